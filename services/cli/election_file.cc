#include "services/cli/election_file.h"

#include <utility>

#include "common/status/macros.h"
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/cli/errors.h"
#include "services/cli/names.h"
#include "services/election/rules/counting/method.h"

namespace plenary::cli {
namespace {

using nlohmann::json;

constexpr char kMethodPrefix[] = "COUNTING_METHOD_";

absl::Status NotAnElection(const std::string& because) {
  return errors::InputInvalid(fmt::format("The file does not call an election: {}.", because));
}

// A method by its word ("scottish-stv") or its name in the contract, with or without what all of them begin
// with.
absl::StatusOr<std::string> MethodOf(const json& contest) {
  if (!contest.contains("method")) return std::string("COUNTING_METHOD_BLOCK_PLURALITY");
  const json& given = contest["method"];
  const std::string text = given.is_string() ? given.get<std::string>() : given.dump();
  const std::string full = text.rfind(kMethodPrefix, 0) == 0 ? text : kMethodPrefix + text;
  std::string words;
  for (const election::counting::Method& method : election::counting::AllMethods()) {
    const std::string& name = election::v1::CountingMethod_Name(method.method);
    if (text == method.word || full == name) return name;
    words += fmt::format("{}{}", words.empty() ? "" : ", ", method.word);
  }
  return NotAnElection(fmt::format("\"{}\" is no method of counting; use one of {}", text, words));
}

// `id` becomes a name in the collection.
absl::StatusOr<json> WithName(json entry, std::string_view collection, const char* what) {
  if (!entry.is_object() || !entry.contains("id") || !entry["id"].is_string()) {
    return NotAnElection(fmt::format("every {} is an object with an id", what));
  }
  entry["name"] = Qualified(collection, entry["id"].get<std::string>());
  entry.erase("id");
  return entry;
}

// The file's contest as the contract's: ids become names, the method gets its full name.
absl::StatusOr<json> ContestOf(json given) {
  ASSIGN_OR_RETURN(json contest, WithName(std::move(given), "contests", "contest"));
  if (contest.contains("body") && contest["body"].is_string() && contest["body"] != "") {
    contest["body"] = Qualified("bodies", contest["body"].get<std::string>());
  }
  ASSIGN_OR_RETURN(contest["method"], MethodOf(contest));
  if (!contest.contains("options")) return contest;
  if (!contest["options"].is_array()) return NotAnElection("the options of a contest are a list");
  for (json& option : contest["options"]) {
    ASSIGN_OR_RETURN(option, WithName(option, "options", "option"));
  }
  return contest;
}

}  // namespace

absl::StatusOr<election::v1::Election> ReadElectionFile(std::string_view text) {
  json file = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!file.is_object()) return NotAnElection("it is not a JSON object");
  if (!file.contains("contests") || !file["contests"].is_array()) return NotAnElection("contests is no list");
  for (json& contest : file["contests"]) {
    ASSIGN_OR_RETURN(contest, ContestOf(contest));
  }
  election::v1::Election election;
  const auto read = google::protobuf::util::JsonStringToMessage(file.dump(), &election);
  if (!read.ok()) return NotAnElection(std::string(read.message()));
  return election;
}

}  // namespace plenary::cli
