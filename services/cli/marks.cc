#include "services/cli/marks.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "common/status/macros.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/cli/display_width.h"
#include "services/cli/errors.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/names.h"

namespace plenary::cli {
namespace {

using election::client::Choice;
using election::counting::BallotKind;
using election::counting::FindMethod;
using election::counting::Method;
using election::v1::Manifest;

// What stands between names on the command line; a name that holds one of them is given in a file.
constexpr std::string_view kSeparators = ";=:";

std::string Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

// The parts between the separators, trimmed; empty ones too.
std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(Trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
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
    return errors::InputInvalid(fmt::format(
        "\"{}\" is no contest on this ballot. See `plenary election manifest {}`.", text, manifest.origin()));
  }
  return *found;
}

std::string_view What(BallotKind kind) {
  switch (kind) {
    case BallotKind::kMarks:
      return "marks";
    case BallotKind::kRanks:
      return "ranked options";
    case BallotKind::kScores:
      return "scores";
  }
  return "";
}

// What the voter wrote for one contest, on its way to choices.
class ContestChoices {
 public:
  ContestChoices(const Manifest::Contest& contest, const Method& method)
      : contest_(contest), method_(method) {}

  absl::Status Add(const WrittenMark& mark) {
    switch (method_.kind) {
      case BallotKind::kMarks:
        return AddMark(mark);
      case BallotKind::kRanks:
        return AddRank(mark);
      case BallotKind::kScores:
        return AddScore(mark);
    }
    return absl::InternalError("no such kind of ballot");
  }

  // Whether there are as many as the contest takes; then they are the voter's.
  absl::StatusOr<std::vector<Choice>> Take() {
    const std::size_t count = choices_.size();
    if (count <= contest_.max_marks() && (count == 0 || count >= contest_.min_marks()))
      return std::move(choices_);
    return errors::InputInvalid(fmt::format("{} takes {} to {} {}, or none for a blank; these are {}.",
                                            contest_.display_name(), contest_.min_marks(),
                                            contest_.max_marks(), What(method_.kind), count));
  }

 private:
  absl::Status AddMark(const WrittenMark& mark) {
    if (mark.score.has_value() || mark.names.size() > 1) {
      return errors::InputInvalid(
          fmt::format("{} takes marks, neither ranks nor scores. List the names, one beside the other.",
                      contest_.display_name()));
    }
    return Choose(mark.names.front(), 1);
  }

  absl::Status AddRank(const WrittenMark& mark) {
    if (mark.score.has_value()) {
      return errors::InputInvalid(fmt::format(
          "{} takes ranks, no scores. List the names in order of preference.", contest_.display_name()));
    }
    ASSIGN_OR_RETURN(const std::vector<std::string> names, NamesAtOneRank(mark));
    if (names.size() > 1 && !method_.equal_ranks) {
      return errors::InputInvalid(fmt::format("{} takes no equal ranks. Put one of {} before the other.",
                                              contest_.display_name(), fmt::join(names, ", ")));
    }
    ++last_rank_;
    for (const std::string& name : names) RETURN_IF_ERROR(Choose(name, last_rank_));
    return absl::OkStatus();
  }

  absl::Status AddScore(const WrittenMark& mark) {
    std::string name = mark.names.front();
    std::optional<std::int64_t> score = mark.score;
    if (mark.typed && CountNamed(name) == 0) {
      if (const std::size_t colon = name.rfind(':'); colon != std::string::npos) {
        score = ParseScore(Trimmed(std::string_view(name).substr(colon + 1)));
        name = Trimmed(std::string_view(name).substr(0, colon));
      }
    }
    if (!score.has_value() || mark.names.size() > 1) {
      return errors::InputInvalid(
          fmt::format("{} takes scores, and \"{}\" has none. Write NAME:SCORE with a score of 1 to {}, in a "
                      "file of choices "
                      "{{\"NAME\": SCORE}}.",
                      contest_.display_name(), mark.names.front(), contest_.max_score()));
    }
    if (*score < 1 || *score > contest_.max_score()) {
      return errors::InputInvalid(
          fmt::format("{} takes scores of 1 to {}, not {} for \"{}\". Leave out what gets 0.",
                      contest_.display_name(), contest_.max_score(), *score, name));
    }
    return Choose(name, static_cast<std::uint16_t>(*score));
  }

  static std::optional<std::int64_t> ParseScore(std::string_view text) {
    std::int64_t score = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, score);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return score;
  }

  // "DV=Ants" is two names at one rank, unless an option is called that.
  absl::StatusOr<std::vector<std::string>> NamesAtOneRank(const WrittenMark& mark) const {
    const std::string& text = mark.names.front();
    if (!mark.typed || text.find('=') == std::string::npos) return mark.names;
    std::vector<std::string> parts = Split(text, '=');
    const bool all_named = std::all_of(parts.begin(), parts.end(),
                                       [&](const std::string& part) { return CountNamed(part) > 0; });
    if (CountNamed(text) == 0) return parts;
    if (!all_named) return mark.names;
    return errors::InputInvalid(fmt::format(
        "\"{}\" is the name of an option for {}, and of others at one rank. Say which in a file: --choices.",
        text, contest_.display_name()));
  }

  long CountNamed(const std::string& text) const {
    return std::count_if(
        contest_.options().begin(), contest_.options().end(),
        [&](const Manifest::Option& option) { return Names(text, option.name(), option.display_name()); });
  }

  // Where a name holds what separates names, the command line cannot say it.
  std::string_view Hint() const {
    const bool separated =
        std::any_of(contest_.options().begin(), contest_.options().end(), [](const Manifest::Option& option) {
          return option.display_name().find_first_of(kSeparators) != std::string::npos;
        });
    return separated ? " Names with \";\", \"=\" or \":\" are given by their ids, or in a file: --choices."
                     : "";
  }

  absl::Status Choose(const std::string& text, std::uint16_t value) {
    const long named = CountNamed(text);
    if (named > 1) {
      return errors::InputInvalid(
          fmt::format("Two options for {} are called \"{}\". Use the id.", contest_.display_name(), text));
    }
    if (named == 0) {
      return errors::InputInvalid(
          fmt::format("\"{}\" is not on the ballot for {}. See `plenary election manifest {}`.{}", text,
                      contest_.display_name(), election::ElectionOf(contest_.name()), Hint()));
    }
    const auto option = std::find_if(contest_.options().begin(), contest_.options().end(),
                                     [&](const Manifest::Option& candidate) {
                                       return Names(text, candidate.name(), candidate.display_name());
                                     });
    const bool twice = std::any_of(choices_.begin(), choices_.end(),
                                   [&](const Choice& choice) { return choice.option == option->name(); });
    if (twice) {
      return errors::InputInvalid(
          fmt::format("\"{}\" stands twice for {}. Name it once.", text, contest_.display_name()));
    }
    choices_.emplace_back(option->name(), value);
    return absl::OkStatus();
  }

  const Manifest::Contest& contest_;
  const Method& method_;
  std::vector<Choice> choices_;
  std::uint16_t last_rank_ = 0;
};

// JSON lets a key stand twice, the last one counts; a ballot does not.
class KeysOnce {
 public:
  bool operator()(nlohmann::json::parse_event_t event, const nlohmann::json& value) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end) keys_.pop_back();
    if (event == Event::key && !keys_.back().insert(value.get<std::string>()).second && twice_.empty()) {
      twice_ = value.get<std::string>();
    }
    return true;
  }
  const std::string& twice() const { return twice_; }

 private:
  std::vector<std::set<std::string>> keys_;
  std::string twice_;
};

// A name, or a list of names that share a rank. nullopt for anything else.
std::optional<WrittenMark> MarkOf(const nlohmann::json& entry) {
  WrittenMark mark;
  for (const nlohmann::json& name : entry.is_array() ? entry : nlohmann::json::array({entry})) {
    if (!name.is_string()) return std::nullopt;
    mark.names.push_back(name.get<std::string>());
  }
  if (mark.names.empty()) return std::nullopt;
  return mark;
}

// A list of marks, or an object of scores. nullopt for anything else.
std::optional<ContestMarks> MarksOf(const std::string& contest, const nlohmann::json& content) {
  ContestMarks marks{contest, {}};
  if (content.is_object()) {
    for (const auto& [name, score] : content.items()) {
      if (!score.is_number_integer()) return std::nullopt;
      marks.marks.push_back({.names = {name}, .score = score.get<std::int64_t>()});
    }
    return marks;
  }
  if (!content.is_array()) return std::nullopt;
  for (const nlohmann::json& entry : content) {
    auto mark = MarkOf(entry);
    if (!mark.has_value()) return std::nullopt;
    marks.marks.push_back(*std::move(mark));
  }
  return marks;
}

}  // namespace

absl::StatusOr<ContestMarks> ParseMark(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || Trimmed(text.substr(0, equals)).empty()) {
    return errors::WrongUsage(fmt::format("\"{}\" is no mark. Use CONTEST=NAME;NAME.", text));
  }
  ContestMarks marks{Trimmed(text.substr(0, equals)), {}};
  for (std::string& entry : Split(text.substr(equals + 1), ';')) {
    if (!entry.empty())
      marks.marks.push_back({.names = {std::move(entry)}, .score = std::nullopt, .typed = true});
  }
  return marks;
}

absl::StatusOr<std::vector<ContestMarks>> ParseChoicesFile(std::string_view json) {
  KeysOnce keys;
  const auto file = nlohmann::json::parse(
      json,
      [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) { return keys(event, value); },
      /*allow_exceptions=*/false);
  const absl::Status no_choices = errors::InputInvalid(
      "The file of choices is not {\"contest\": [\"name\", …]} in JSON, with [\"name\", \"name\"] for names "
      "at one rank, "
      "or {\"contest\": {\"name\": score}}.");
  if (!file.is_object()) return no_choices;
  if (!keys.twice().empty()) {
    return errors::InputInvalid(
        fmt::format("\"{}\" stands twice in the file of choices. Name it once.", keys.twice()));
  }
  std::vector<ContestMarks> all;
  for (const auto& [contest, content] : file.items()) {
    auto marks = MarksOf(contest, content);
    if (!marks.has_value()) return no_choices;
    all.push_back(*std::move(marks));
  }
  return all;
}

absl::StatusOr<std::vector<std::vector<Choice>>> ResolveMarks(const Manifest& manifest,
                                                              const std::vector<ContestMarks>& marks) {
  std::vector<ContestChoices> contests;
  for (const Manifest::Contest& contest : manifest.contests()) {
    const Method* method = FindMethod(contest.method());
    if (method == nullptr) {
      return errors::InputInvalid(
          fmt::format("{} is counted in a way that this program does not know. Use a newer one.",
                      contest.display_name()));
    }
    contests.emplace_back(contest, *method);
  }
  for (const ContestMarks& contest_marks : marks) {
    ASSIGN_OR_RETURN(const int number, ContestNumber(manifest, contest_marks.contest));
    for (const WrittenMark& mark : contest_marks.marks) {
      RETURN_IF_ERROR(contests[static_cast<std::size_t>(number)].Add(mark));
    }
  }
  std::vector<std::vector<Choice>> choices;
  for (ContestChoices& contest : contests) {
    ASSIGN_OR_RETURN(choices.emplace_back(), contest.Take());
  }
  return choices;
}

void ShowBallot(std::ostream& out, const Manifest& manifest,
                const std::vector<std::vector<Choice>>& choices) {
  out << Printable(manifest.display_name()) << '\n';
  for (int i = 0; i < manifest.contests_size(); ++i) {
    const Manifest::Contest& contest = manifest.contests(i);
    const Method* method = FindMethod(contest.method());
    const bool plain = method == nullptr || method->kind == BallotKind::kMarks;
    const auto& chosen = choices[static_cast<std::size_t>(i)];
    std::size_t width = 1;
    for (const Choice& choice : chosen) {
      if (!plain) width = std::max(width, std::to_string(choice.value).size());
    }
    out << '\n' << Printable(contest.display_name()) << (chosen.empty() ? ": blank\n" : "\n");
    for (const Manifest::Option& option : contest.options()) {
      const auto choice = std::find_if(chosen.begin(), chosen.end(),
                                       [&](const Choice& one) { return one.option == option.name(); });
      const std::string mark = choice == chosen.end() ? "" : plain ? "x" : std::to_string(choice->value);
      out << fmt::format("  [{:>{}}] {}\n", mark, width, Printable(option.display_name()));
    }
  }
}

}  // namespace plenary::cli
