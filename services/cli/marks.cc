#include "services/cli/marks.h"

#include <algorithm>
#include <optional>

#include "common/status/macros.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/cli/errors.h"

namespace plenary::cli {
namespace {

using election::v1::Manifest;

std::string Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

bool Names(std::string_view text, const std::string& name, const std::string& display_name) {
  return text == name || text == display_name || text == name.substr(name.rfind('/') + 1);
}

absl::StatusOr<int> ContestNumber(const Manifest& manifest, const std::string& text) {
  std::optional<int> found;
  for (int i = 0; i < manifest.contests_size(); ++i) {
    const Manifest::Contest& contest = manifest.contests(i);
    if (!Names(text, contest.name(), contest.display_name())) continue;
    if (found.has_value())
      return errors::InputInvalid(fmt::format("\"{}\" is the name of two contests. Use the id.", text));
    found = i;
  }
  if (!found.has_value()) {
    return errors::InputInvalid(
        fmt::format("\"{}\" is no contest on this ballot. See `plenary election manifest`.", text));
  }
  return *found;
}

absl::StatusOr<std::string> CandidacyOf(const Manifest::Contest& contest, const std::string& text) {
  std::string found;
  for (const Manifest::Option& option : contest.options()) {
    if (!Names(text, option.candidacy(), option.display_name())) continue;
    if (!found.empty()) {
      return errors::InputInvalid(fmt::format(
          "Two candidates for {} are called \"{}\". Use the candidacy's id.", contest.display_name(), text));
    }
    found = option.candidacy();
  }
  if (found.empty()) {
    return errors::InputInvalid(fmt::format("\"{}\" is no candidate for {}. See `plenary election manifest`.",
                                            text, contest.display_name()));
  }
  return found;
}

absl::Status CheckCount(const Manifest::Contest& contest, std::size_t marks) {
  if (marks > contest.max_marks() || (marks > 0 && marks < contest.min_marks())) {
    return errors::InputInvalid(fmt::format("{} takes {} to {} marks, or none for a blank; these are {}.",
                                            contest.display_name(), contest.min_marks(), contest.max_marks(),
                                            marks));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ContestMarks> ParseMark(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || Trimmed(text.substr(0, equals)).empty()) {
    return errors::WrongUsage(fmt::format("\"{}\" is no mark. Use CONTEST=NAME;NAME.", text));
  }
  ContestMarks marks{Trimmed(text.substr(0, equals)), {}};
  std::string_view rest = text.substr(equals + 1);
  while (true) {
    const std::size_t semicolon = rest.find(';');
    std::string option = Trimmed(rest.substr(0, semicolon));
    if (!option.empty()) marks.options.push_back(std::move(option));
    if (semicolon == std::string_view::npos) return marks;
    rest.remove_prefix(semicolon + 1);
  }
}

absl::StatusOr<std::vector<ContestMarks>> ParseChoicesFile(std::string_view json) {
  const auto file = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  const absl::Status no_choices =
      errors::InputInvalid("The file of choices is not {\"contest\": [\"name\", …], …} in JSON.");
  if (!file.is_object()) return no_choices;
  std::vector<ContestMarks> all;
  for (const auto& [contest, options] : file.items()) {
    if (!options.is_array()) return no_choices;
    ContestMarks marks{contest, {}};
    for (const auto& option : options) {
      if (!option.is_string()) return no_choices;
      marks.options.push_back(option.get<std::string>());
    }
    all.push_back(std::move(marks));
  }
  return all;
}

absl::StatusOr<std::vector<std::vector<std::string>>> ResolveMarks(const Manifest& manifest,
                                                                   const std::vector<ContestMarks>& marks) {
  std::vector<std::vector<std::string>> candidacies(static_cast<std::size_t>(manifest.contests_size()));
  for (const ContestMarks& contest_marks : marks) {
    ASSIGN_OR_RETURN(const int number, ContestNumber(manifest, contest_marks.contest));
    auto& marked = candidacies[static_cast<std::size_t>(number)];
    for (const std::string& option : contest_marks.options) {
      ASSIGN_OR_RETURN(const std::string candidacy, CandidacyOf(manifest.contests(number), option));
      if (std::find(marked.begin(), marked.end(), candidacy) != marked.end()) {
        return errors::InputInvalid(
            fmt::format("\"{}\" is marked twice for {}.", option, manifest.contests(number).display_name()));
      }
      marked.push_back(candidacy);
    }
  }
  for (int i = 0; i < manifest.contests_size(); ++i) {
    RETURN_IF_ERROR(CheckCount(manifest.contests(i), candidacies[static_cast<std::size_t>(i)].size()));
  }
  return candidacies;
}

}  // namespace plenary::cli
