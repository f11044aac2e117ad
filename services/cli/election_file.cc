#include "services/cli/election_file.h"

#include <array>

#include "common/status/macros.h"
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/cli/errors.h"
#include "services/cli/names.h"

namespace plenary::cli {
namespace {

using nlohmann::json;

constexpr char kMethodPrefix[] = "COUNTING_METHOD_";

absl::Status NotAnElection(const std::string& because) {
  return errors::InputInvalid(fmt::format("The file does not call an election: {}.", because));
}

// The file's contest as the contract's: `id` becomes a name, the method gets its full name.
absl::StatusOr<json> ContestOf(json contest) {
  if (!contest.is_object() || !contest.contains("id") || !contest["id"].is_string()) {
    return NotAnElection("every contest is an object with an id");
  }
  contest["name"] = Qualified("contests", contest["id"].get<std::string>());
  contest.erase("id");
  if (contest.contains("body") && contest["body"].is_string()) {
    contest["body"] = Qualified("bodies", contest["body"].get<std::string>());
  }
  const std::string method =
      contest.value("method", json()).is_string() ? contest["method"].get<std::string>() : "BLOCK_PLURALITY";
  contest["method"] = method.rfind(kMethodPrefix, 0) == 0 ? method : kMethodPrefix + method;
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
