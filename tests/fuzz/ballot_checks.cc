#include "tests/fuzz/ballot_checks.h"

#include <algorithm>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "services/election/rules/ballot_files/ballot_file.h"
#include "tests/fuzz/require.h"

namespace plenary::election::ballot_files {
namespace {

using counting::BallotKind;
using counting::Mark;
using fuzz::Require;

// Every kind of method, with limits that are easy to reach.
constexpr Expectation kExpectations[] = {
    {.kind = BallotKind::kRanks, .equal_ranks = true},
    {.kind = BallotKind::kRanks, .equal_ranks = false, .min_marks = 2, .max_marks = 3},
    {.kind = BallotKind::kMarks, .max_marks = 2},
    {.kind = BallotKind::kScores, .max_score = 10},
};

// A terminal is not written over, and no report breaks.
bool Shows(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
  });
}

void CheckFault(const ReadFault& fault, std::string_view bytes) {
  constexpr std::string_view kOfReasons = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_8";
  Require(!fault.reason.empty() && fault.reason.find_first_not_of(kOfReasons) == std::string::npos,
          "a reason is UPPER_SNAKE");
  Require(Shows(fault.message), "a message can be shown");
  const auto lines = std::count(bytes.begin(), bytes.end(), '\n') + 1;
  Require(fault.line >= 0 && fault.line <= lines, "a fault is on a line of the file");
}

void CheckOptions(const std::vector<FileOption>& options) {
  Require(!options.empty() && options.size() <= counting::kMostOptions,
          "the number of options is within its limits");
  std::set<std::string_view> names;
  for (const FileOption& option : options) {
    Require(Shows(option.name) && option.name.size() <= kLongestName, "a name can be shown");
    Require(names.insert(option.name).second, "names are distinct");
  }
  Require(
      std::any_of(options.begin(), options.end(), [](const FileOption& option) { return !option.withdrawn; }),
      "an option is left");
}

void CheckMarks(std::span<const Mark> marks, std::uint32_t options, const Expectation& expectation) {
  Require(!marks.empty(), "a blank ballot is no entry");
  Require(marks.size() >= expectation.min_marks, "a ballot with too few marks is spoilt");
  Require(expectation.max_marks == 0 || marks.size() <= expectation.max_marks, "one with too many is spoilt");
  const bool ranks = expectation.kind == BallotKind::kRanks;
  std::set<std::uint16_t> seen;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Mark& mark = marks[i];
    Require(mark.option < options && seen.insert(mark.option).second, "options are known and named once");
    if (expectation.kind == BallotKind::kMarks) Require(mark.value == 1, "the value of a mark is 1");
    if (expectation.kind == BallotKind::kScores) {
      Require(mark.value >= 1 && mark.value <= expectation.max_score, "a score is within its limits");
    }
    if (ranks && i == 0) Require(mark.value == 1, "ranks begin with 1");
    if (i == 0) continue;
    const Mark& before = marks[i - 1];
    const int step = ranks ? mark.value - before.value : 0;
    Require(step == 0 || step == 1, "ranks have no gaps");
    Require(step == 1 || before.option < mark.option, "marks ascend");
    Require(!ranks || step == 1 || expectation.equal_ranks, "ranks are shared only where they may be");
  }
}

void CheckFile(const BallotFile& file, const Expectation& expectation) {
  const counting::Profile& profile = file.profile;
  CheckOptions(file.options);
  Require(profile.options() == file.options.size(), "the ballots have the file's options");
  Require(file.title.empty() || Shows(file.title), "the title can be shown");
  Require(file.seats.value_or(1) >= 1, "there is a seat");
  std::int64_t sum = 0;
  std::set<std::vector<std::pair<int, int>>> ballots;
  for (std::size_t i = 0; i < profile.size(); ++i) {
    CheckMarks(profile.marks(i), profile.options(), expectation);
    Require(profile.weight(i) >= 1, "a weight is positive");
    sum += profile.weight(i);
    std::vector<std::pair<int, int>> ballot;
    for (const Mark& mark : profile.marks(i)) ballot.emplace_back(mark.option, mark.value);
    Require(ballots.insert(std::move(ballot)).second, "identical ballots are folded");
  }
  Require(sum == profile.ballots() && sum > 0, "the weights make up the ballots");
  Require(profile.blanks() >= 0 && profile.spoilt() >= 0, "no sum ran over");
  Require(file.spoilt_too_few + file.spoilt_too_many == profile.spoilt(),
          "every spoilt ballot has its reason");
  Require((file.spoilt_too_few > 0) == (file.first_line_too_few > 0) &&
              (file.spoilt_too_many > 0) == (file.first_line_too_many > 0),
          "the first ballot spoilt for a reason has its line");
  Require(sum + profile.blanks() + profile.spoilt() <= counting::kMostBallots,
          "there are not too many ballots");
}

// What was read, written as BLT.
std::string AsBlt(const BallotFile& file) {
  std::ostringstream out;
  out << file.options.size() << ' ' << file.seats.value_or(1) << '\n';
  for (std::size_t i = 0; i < file.options.size(); ++i) {
    if (file.options[i].withdrawn) out << '-' << i + 1 << '\n';
  }
  for (std::size_t i = 0; i < file.profile.size(); ++i) {
    out << file.profile.weight(i);
    int rank = 0;
    for (const Mark& mark : file.profile.marks(i)) {
      out << (mark.value == rank ? '=' : ' ') << mark.option + 1;
      rank = mark.value;
    }
    out << " 0\n";
  }
  if (file.profile.blanks() > 0) out << file.profile.blanks() << " 0\n";
  out << "0\n";
  for (const FileOption& option : file.options) {
    out << '"';
    for (const char byte : option.name) out << (byte == '"' || byte == '\\' ? "\\" : "") << byte;
    out << "\"\n";
  }
  out << "\"title\"\n";
  return out.str();
}

// That what was read comes back when it is written as BLT and read again.
void CheckRoundTrip(const BallotFile& file, const Expectation& expectation) {
  std::istringstream in(AsBlt(file));
  const Reading reading = ReadBlt(in, expectation);
  const auto* again = std::get_if<BallotFile>(&reading);
  Require(again != nullptr, "what was read can be written and read again");
  Require(again->options == file.options, "the options come back");
  Require(again->profile.blanks() == file.profile.blanks(), "the blank ballots come back");
  Require(again->profile.size() == file.profile.size(), "the ballots come back");
  for (std::size_t i = 0; i < file.profile.size(); ++i) {
    Require(std::ranges::equal(again->profile.marks(i), file.profile.marks(i)), "a ballot's marks come back");
    Require(again->profile.weight(i) == file.profile.weight(i), "a ballot's weight comes back");
  }
}

void Check(std::string_view bytes, Format format, const Expectation& expectation) {
  std::istringstream in{std::string(bytes)};
  const Reading reading = ReadBallotFile(in, format, expectation);
  if (const auto* fault = std::get_if<ReadFault>(&reading)) {
    CheckFault(*fault, bytes);
    return;
  }
  const auto& file = std::get<BallotFile>(reading);
  CheckFile(file, expectation);
  if (expectation.kind != BallotKind::kScores) CheckRoundTrip(file, expectation);  // BLT has no scores
}

void CheckAll(std::string_view bytes, Format format) {
  for (const Expectation& expectation : kExpectations) Check(bytes, format, expectation);
}

}  // namespace

void CheckBlt(std::string_view bytes) { CheckAll(bytes, Format::kBlt); }

void CheckPrefLib(std::string_view bytes) {
  CheckAll(bytes, Format::kToi);
  // The other formats only promise more of the same.
  for (const Format format : {Format::kSoc, Format::kSoi, Format::kToc})
    Check(bytes, format, kExpectations[0]);
}

void CheckCsv(std::string_view bytes) { CheckAll(bytes, Format::kCsv); }

}  // namespace plenary::election::ballot_files
