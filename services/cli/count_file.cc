#include "services/cli/count_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <streambuf>
#include <utility>

#include "common/crypto/bytes.h"
#include "fmt/format.h"
#include "services/cli/errors.h"
#include "services/election/rules/counting/count.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_words.h"
#include "services/election/rules/terms.h"

namespace plenary::cli {
namespace {

namespace counting = election::counting;
namespace ballot_files = election::ballot_files;
using ballot_files::BallotFile;
using election::v1::CountReport;
using election::v1::TermRule;

constexpr std::size_t kBlockBytes = 1024 * 1024;
// A seed is one hash, or what an election publishes: the log's root and the secret of each of at most nine
// trustees, of 32 bytes each.
constexpr std::size_t kLotSeedStep = 32;
constexpr std::size_t kLongestLotSeed = kLotSeedStep * 10;
// Names that a message lists to choose from.
constexpr std::size_t kNamesToShow = 12;

// Of those elected, by number of option.
using Years = std::map<int, int>;

// Passes a stream on in blocks, shows how far it is, and lets the first block be looked at.
class WatchedBlocks : public std::streambuf {
 public:
  // Borrows both.
  WatchedBlocks(std::istream& in, Progress& progress)
      : in_(in), progress_(progress), block_(kBlockBytes, '\0') {
    Fill();
  }

  std::string_view first_block() const { return {eback(), static_cast<std::size_t>(egptr() - eback())}; }

 protected:
  int_type underflow() override {
    return gptr() < egptr() || Fill() ? traits_type::to_int_type(*gptr()) : traits_type::eof();
  }

 private:
  bool Fill() {
    in_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
    setg(block_.data(), block_.data(), block_.data() + in_.gcount());
    progress_.Advance(in_.gcount() / 1024);
    return in_.gcount() > 0;
  }

  std::istream& in_;
  Progress& progress_;
  std::string block_;
};

absl::StatusOr<ballot_files::Format> FormatOf(const CountRequest& request, std::string_view first_bytes) {
  // The words of --format are endings.
  const std::string name = !request.format.empty() ? "file." + request.format : request.file;
  const auto format = ballot_files::FormatOf(name, first_bytes);
  if (format.has_value()) return *format;
  return errors::WrongUsage(fmt::format("What format {} has cannot be told. Name it with --format.",
                                        request.file == "-" ? "the input" : request.file));
}

ballot_files::Expectation ExpectationOf(const CountRequest& request, const counting::Method& method) {
  const bool seats_limit = method.method == election::v1::COUNTING_METHOD_BLOCK_PLURALITY;
  return {.kind = method.kind,
          .equal_ranks = method.equal_ranks,
          .min_marks = request.min_marks,
          .max_marks = request.max_marks != 0 ? request.max_marks
                       : seats_limit          ? static_cast<std::uint32_t>(request.seats)
                                              : 0,
          .max_score = method.kind == counting::BallotKind::kScores ? request.max_score : 0};
}

absl::StatusOr<BallotFile> ReadFrom(Invocation& run, const CountRequest& request,
                                    const counting::Method& method, std::istream& in, std::int64_t kib) {
  const auto progress = run.ShowProgress("Reading KiB", kib);
  WatchedBlocks blocks(in, *progress);
  std::istream watched(&blocks);
  ASSIGN_OR_RETURN(const auto format, FormatOf(request, blocks.first_block()));
  auto reading = ballot_files::ReadBallotFile(watched, format, ExpectationOf(request, method));
  if (const auto* fault = std::get_if<ballot_files::ReadFault>(&reading)) {
    return errors::BallotFileInvalid(request.file, fault->line, fault->reason, fault->message);
  }
  return std::get<BallotFile>(std::move(reading));
}

absl::StatusOr<BallotFile> Read(Invocation& run, const CountRequest& request,
                                const counting::Method& method) {
  if (request.file == "-") return ReadFrom(run, request, method, run.surroundings().in, 0);
  std::error_code ignored;
  if (std::filesystem::is_directory(request.file, ignored)) {
    return errors::FileUnreadable(request.file, "it is a folder");
  }
  std::ifstream in(request.file, std::ios::binary);
  if (!in) {
    const std::string because = std::strerror(errno);
    return std::filesystem::exists(request.file, ignored) ? errors::FileUnreadable(request.file, because)
                                                          : errors::NoSuchBallotFile(request.file);
  }
  const auto size = std::filesystem::file_size(request.file, ignored);
  return ReadFrom(run, request, method, in, ignored ? 0 : static_cast<std::int64_t>(size / 1024));
}

// Spoils those with more than `most` marks: for a limit that stands in the file itself.
void SpoilOverlong(BallotFile& file, std::size_t most) {
  const counting::Profile& profile = file.profile;
  counting::Profile limited(profile.options());
  // There are as many ballots as before, which was not too many.
  (void)limited.Add({}, profile.blanks());
  (void)limited.AddSpoilt(profile.spoilt());
  for (std::size_t i = 0; i < profile.size(); ++i) {
    if (profile.marks(i).size() > most) {
      (void)limited.AddSpoilt(profile.weight(i));
      file.spoilt_too_many += profile.weight(i);
    } else {
      (void)limited.Add(profile.marks(i), profile.weight(i));
    }
  }
  file.profile = std::move(limited);
}

std::string ReadAs(const counting::Method& method, std::uint32_t max_score) {
  switch (method.kind) {
    case counting::BallotKind::kRanks:
      return "Read as ranks: 1 is the first choice.";
    case counting::BallotKind::kScores:
      return fmt::format("Read as scores: {} is the best.", max_score);
    case counting::BallotKind::kMarks:
      return "Read as marks: each option that a ballot names gets one vote of it.";
  }
  return "";
}

std::string SpoiltBecause(std::int64_t ballots, const char* how, std::uint32_t limit, const char* flag,
                          std::int64_t line) {
  return fmt::format("Spoilt: {} {} than {} option{} ({}){}.", ballots,
                     ballots == 1 ? fmt::format("ballot names {}", how) : fmt::format("ballots name {}", how),
                     limit, limit == 1 ? "" : "s", flag,
                     line > 0 ? fmt::format(", the first in line {}", line) : "");
}

void TellSpoilt(const BallotFile& file, std::uint32_t min_marks, std::uint32_t max_marks,
                CountedFile& counted) {
  counted.spoilt_too_few = file.spoilt_too_few;
  counted.spoilt_too_many = file.spoilt_too_many;
  if (file.spoilt_too_few > 0) {
    counted.spoilt_because.push_back(
        SpoiltBecause(file.spoilt_too_few, "fewer", min_marks, "--min-marks", file.first_line_too_few));
  }
  if (file.spoilt_too_many > 0) {
    counted.spoilt_because.push_back(
        SpoiltBecause(file.spoilt_too_many, "more", max_marks, "--max-marks", file.first_line_too_many));
  }
}

// "Ann; Bo; Cy", and " …" behind the first dozen.
std::string ToChooseFrom(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kNamesToShow);
  return fmt::format("{}{}",
                     fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), "; "),
                     shown < names.size() ? " …" : "");
}

absl::StatusOr<std::uint16_t> OptionNamed(const BallotFile& file, const std::string& name) {
  const auto found =
      std::find_if(file.options.begin(), file.options.end(),
                   [&](const ballot_files::FileOption& option) { return option.name == name; });
  if (found != file.options.end()) return static_cast<std::uint16_t>(found - file.options.begin());
  std::vector<std::string> names;
  for (const auto& option : file.options) names.push_back(option.name);
  return errors::WrongUsage(
      fmt::format("No option is called \"{}\". There are: {}.", name, ToChooseFrom(names)));
}

absl::Status CheckSeats(const counting::Method& method, std::int64_t seats) {
  if (method.one_seat && seats != 1) {
    return errors::WrongUsage(fmt::format(
        "{} fills one seat, and this is a count for {}. Add --seats 1, or use scottish-stv for several.",
        method.title, seats));
  }
  return absl::OkStatus();
}

absl::Status SetTerms(const std::string& text, counting::Contest& contest, std::vector<TermRule>& rules) {
  if (text.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(rules, ParseTerms(text));
  std::int64_t winners = 0;
  for (const TermRule& rule : rules) {
    winners += rule.winners();
    contest.terms.push_back(static_cast<std::uint32_t>(rule.winners()));
  }
  if (winners == contest.seats) return absl::OkStatus();
  return errors::WrongUsage(
      fmt::format("--terms is about {} winners, and there are {} seats. Let the winners add up "
                  "to the seats.",
                  winners, contest.seats));
}

absl::Status SetLots(const CountRequest& request, counting::Contest& contest) {
  if (request.lot_seed.empty()) return absl::OkStatus();
  const auto seed = crypto::HexDecode(request.lot_seed);
  if (!seed.has_value() || seed->empty() || seed->size() % kLotSeedStep != 0 ||
      seed->size() > kLongestLotSeed) {
    return errors::WrongUsage(
        "--lot-seed takes 32 bytes as 64 hexadecimal digits, as `sha256sum` writes them, or the seed of a "
        "published "
        "election.");
  }
  contest.lot_seed = *seed;
  contest.lots =
      counting::DrawLots(*seed, static_cast<std::uint16_t>(request.contest_number), contest.options.size());
  return absl::OkStatus();
}

absl::StatusOr<counting::Contest> ContestOf(const CountRequest& request, const counting::Method& method,
                                            const BallotFile& file) {
  counting::Contest contest;
  contest.method = method.method;
  contest.seats = request.seats > 0 ? static_cast<std::uint32_t>(request.seats) : file.seats.value_or(1);
  RETURN_IF_ERROR(CheckSeats(method, contest.seats));
  for (const auto& option : file.options) {
    contest.options.push_back({.display_name = option.name, .withdrawn = option.withdrawn});
  }
  for (const std::string& name : request.withdrawn) {
    ASSIGN_OR_RETURN(const std::uint16_t option, OptionNamed(file, name));
    contest.options[option].withdrawn = true;
  }
  if (!request.none_of_these.empty()) {
    ASSIGN_OR_RETURN(const std::uint16_t option, OptionNamed(file, request.none_of_these));
    contest.options[option].none_of_these = true;
  }
  if (std::all_of(contest.options.begin(), contest.options.end(),
                  [](const counting::Option& option) { return option.withdrawn; })) {
    return errors::WrongUsage("Every option is withdrawn. Leave one in.");
  }
  RETURN_IF_ERROR(SetLots(request, contest));
  return contest;
}

// By name, somebody elected.
absl::StatusOr<std::uint16_t> ElectedNamed(const BallotFile& file, const CountReport& report,
                                           const std::string& name) {
  ASSIGN_OR_RETURN(const std::uint16_t named, OptionNamed(file, name));
  const counting::OptionNames names(report);
  std::vector<std::string> elected;
  for (const int option : counting::ElectedOptions(report)) {
    if (option == named) return named;
    elected.push_back(names[option]);
  }
  return errors::WrongUsage(
      elected.empty()
          ? fmt::format("\"{}\" was not elected, and nobody was: there is no place to fill.", name)
          : fmt::format("\"{}\" was not elected and leaves no place; those elected are: {}.", name,
                        ToChooseFrom(elected)));
}

// Each once. Of an undecided count only whether there are options of these names: who is elected is not
// known.
absl::StatusOr<std::vector<std::uint16_t>> Departed(const CountRequest& request, const BallotFile& file,
                                                    const CountReport& report) {
  std::set<std::uint16_t> departed;
  for (const std::string& name : request.departed) {
    ASSIGN_OR_RETURN(const std::uint16_t option,
                     report.undecided() ? OptionNamed(file, name) : ElectedNamed(file, report, name));
    departed.insert(option);
  }
  return std::vector<std::uint16_t>(departed.begin(), departed.end());
}

Years YearsByRank(const std::vector<TermRule>& rules, const CountReport& report) {
  const std::vector<int> elected = counting::ElectedOptions(report);
  const google::protobuf::RepeatedPtrField<TermRule> all(rules.begin(), rules.end());
  const std::vector<int> terms = election::AssignTerms(all, static_cast<int>(elected.size()));
  Years years;
  for (std::size_t i = 0; i < terms.size(); ++i) years[elected[i]] = terms[i];
  return years;
}

// Who stays keeps the term; the successors, in order, take the terms of those who left, the longest first.
// There are no more of them than of those who left (see CountBack).
Years YearsAfter(Years years, const std::vector<std::uint16_t>& departed,
                 const std::vector<int>& successors) {
  if (years.empty()) return years;
  std::vector<int> left;
  for (const std::uint16_t option : departed) {
    left.push_back(years.at(option));
    years.erase(option);
  }
  std::sort(left.begin(), left.end(), std::greater<>());
  for (std::size_t i = 0; i < successors.size(); ++i) years[successors[i]] = left.at(i);
  return years;
}

// Whether an open tie leaves open which successor takes which term. `report` is of a decided countback, so
// that open ties are about the order alone.
bool TermsHangOnATie(const CountReport& report, const std::vector<int>& successors, const Years& years) {
  if (years.empty()) return false;
  std::set<int> terms;
  for (const int option : successors) terms.insert(years.at(option));
  if (terms.size() < 2) return false;
  return std::any_of(report.ties().begin(), report.ties().end(), [&](const election::v1::CountTie& tie) {
    if (tie.settled() != election::v1::CountTie::SETTLED_OPEN) return false;
    std::set<int> tied;
    std::size_t seated = 0;
    bool anew = false;
    for (const int option : tie.options()) {
      if (years.contains(option)) ++seated;
      if (std::find(successors.begin(), successors.end(), option) == successors.end()) continue;
      anew = true;
      tied.insert(years.at(option));
    }
    // Options that are compared pair by pair need not stand in one tie for their order to be open: that one
    // of them is tied at all has to do.
    return tied.size() > 1 || (report.has_pairwise() && anew && seated > 1);
  });
}

// Counts again without those who left, if anybody has; `years` are of the first count, and then of this one.
absl::Status CountBackFor(const CountRequest& request, const BallotFile& file,
                          const counting::Contest& contest, CountedFile& counted, Years& years) {
  ASSIGN_OR_RETURN(const std::vector<std::uint16_t> departed, Departed(request, file, counted.report));
  if (departed.empty() || counted.report.undecided()) return absl::OkStatus();
  const counting::OptionNames names(counted.report);
  for (const std::uint16_t option : departed) counted.departed.push_back(names[option]);
  counted.report = counting::CountBack(contest, file.profile, counted.report, departed);
  std::vector<int> successors;
  for (const int option : counting::ElectedOptions(counted.report)) {
    if (counting::OptionAt(counted.report, option).holds_seat()) continue;
    successors.push_back(option);
    counted.successors.push_back(names[option]);
  }
  if (counted.report.undecided()) return absl::OkStatus();
  years = YearsAfter(std::move(years), departed, successors);
  if (TermsHangOnATie(counted.report, successors, years)) counted.report.set_undecided(true);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<TermRule>> ParseTerms(std::string_view text) {
  std::vector<TermRule> rules;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    std::int32_t winners = 0;
    std::int32_t years = 0;
    const auto first = std::from_chars(at, end, winners);
    const bool times = first.ec == std::errc() && first.ptr != end && *first.ptr == 'x';
    const auto second = times ? std::from_chars(first.ptr + 1, end, years) : first;
    if (!times || second.ec != std::errc() || winners < 1 || years < 1) break;
    rules.emplace_back().set_winners(winners);
    rules.back().set_years(years);
    if (second.ptr == end) return rules;
    if (*second.ptr != ',') break;
    at = second.ptr + 1;
  }
  return errors::WrongUsage(fmt::format(
      "\"{}\" does not say how long winners serve. 5x2,4x1 means: the first five serve two years, the "
      "next four one.",
      text));
}

absl::StatusOr<CountedFile> CountFile(Invocation& run, const CountRequest& request) {
  // Asked for only now, so that `count current` learns of the other command.
  if (request.method.empty()) {
    std::error_code ignored;
    const bool there = request.file == "-" || std::filesystem::exists(request.file, ignored);
    return there ? errors::WrongUsage("--method is missing. `plenary count --help` explains each.")
                 : errors::NoSuchBallotFile(request.file);
  }
  const counting::Method& method = *counting::FindMethod(request.method);
  if (request.seats > 0) RETURN_IF_ERROR(CheckSeats(method, request.seats));
  if (request.max_marks > 0 && request.min_marks > request.max_marks) {
    return errors::WrongUsage("--min-marks is more than --max-marks. Let it be at most as many.");
  }
  ASSIGN_OR_RETURN(BallotFile file, Read(run, request, method));
  ASSIGN_OR_RETURN(counting::Contest contest, ContestOf(request, method, file));
  const bool block = method.method == election::v1::COUNTING_METHOD_BLOCK_PLURALITY;
  if (block && request.seats == 0 && request.max_marks == 0) {
    // Only now is known how many seats there are, and so how many marks.
    SpoilOverlong(file, contest.seats);
    if (file.profile.ballots() == 0) {
      return errors::WrongUsage(
          fmt::format("Every ballot marks more than {} option{}. Look at --seats and --max-marks.",
                      contest.seats, contest.seats == 1 ? "" : "s"));
    }
  }
  std::vector<TermRule> rules;
  RETURN_IF_ERROR(SetTerms(request.terms, contest, rules));

  CountedFile counted;
  counted.title = file.title;
  counted.seats_in_file = file.seats.has_value();
  counted.seats_by_file = request.seats == 0;
  counted.read_as = ReadAs(method, request.max_score);
  TellSpoilt(file, request.min_marks, request.max_marks > 0 || !block ? request.max_marks : contest.seats,
             counted);
  counted.report = counting::Count(contest, file.profile);
  Years years = YearsByRank(rules, counted.report);
  RETURN_IF_ERROR(CountBackFor(request, file, contest, counted, years));
  if (counted.report.undecided() || years.empty()) return counted;
  for (const int option : counting::ElectedOptions(counted.report)) {
    counted.term_years.push_back(years.at(option));
  }
  return counted;
}

}  // namespace plenary::cli
