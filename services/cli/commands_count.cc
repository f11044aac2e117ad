// count
#include <utility>

#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/count_file.h"
#include "services/cli/display_width.h"
#include "services/cli/errors.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_json.h"
#include "services/election/rules/counting/report_text.h"
#include "services/election/rules/counting/report_words.h"

namespace plenary::cli {
namespace {

namespace counting = election::counting;

struct CountFlags {
  CountRequest request;
  bool explain = false;
};

constexpr char kHowToRead[] = R"(
What a file may look like (services/election/rules/ballot_files/README.md tells all of it):
  CSV of marks    weight,Ann,Ben,Cy     the first column, if headed "weight", says how often the ballot was cast
                  12,x,,x               a row a ballot; empty: no mark
  CSV of ranks    Ann,Ben,Cy
                  2,1,                  1 is the first choice; no rank is left out; empty: not ranked
  CSV of scores   Ann,Ben,Cy
                  10,0,3                the highest is the best
  BLT             3 2                   options and seats
                  12 1 3 0              twelve ballots: the first option, then the third; 0 ends the ballot
                  5 2=3 1 0             equal ranks (schulze and ranked-pairs only)
                  0                     ends the ballots; then the names and the title:
                  "Ann" "Ben" "Cy" "Committee"
  PrefLib         soc, soi, toc and toi files of preflib.org

How to read a result: those elected stand in order, with the stage at which each was elected. --explain tells every
stage: what was done, how many votes passed to whom, who is elected or goes out, and why. Amounts are exact to the
last decimal shown. The same file and flags give the same bytes every time.

Ties: votes that do not decide are never decided silently. Without --lot-seed the tied options are named, no seat (and
no term, with --terms) that hangs on the tie is given, and the exit code is 6. To draw a lot that nobody can foresee: agree in public, before the count, on
something that nobody knows yet, such as the numbers of the next state lottery, and take
  printf '2026-12-05 4 8 15 16 23 42' | sha256sum | cut -c1-64
The seed of a published election is in `plenary result show`; --contest-number is the contest's place on its ballot.

A countback (--departed) counts the same ballots again without those who left; everybody else who was elected stays,
for the term of the first count. The terms of those who left (--terms) go to those elected anew, in order, the longest
first: nobody's term is cut short because somebody else resigns. A seat that was vacant stays so.

Example:
  plenary count --method scottish-stv --seats 4 --explain ward.blt)";

std::string Footer() {
  std::string text = "Methods:\n";
  for (const counting::Method& method : counting::AllMethods()) {
    text += fmt::format("  {}: {}\n", method.word, method.title);
    for (const std::string_view line : method.explanation) text += fmt::format("      {}\n", line);
    text += fmt::format("      Source: {}.\n", method.source);
  }
  return text + kHowToRead;
}

std::vector<std::string> MethodWords() {
  std::vector<std::string> words;
  for (const counting::Method& method : counting::AllMethods()) words.emplace_back(method.word);
  return words;
}

std::vector<std::string> ElectedNames(const election::v1::CountReport& report) {
  const counting::OptionNames names(report);
  std::vector<std::string> elected;
  for (const int option : counting::ElectedOptions(report)) elected.push_back(names[option]);
  return elected;
}

void PrintText(Invocation& run, const CountFlags& flags, const CountedFile& counted) {
  Output& out = run.out();
  if (!counted.title.empty()) out.Line(counted.title);
  if (counted.seats_by_file) {
    out.Line(fmt::format("Seats: {}, {}; --seats sets another number.", counted.report.seats(),
                         counted.seats_in_file ? "as the file says" : "because nothing says otherwise"));
  }
  out.Line(counted.read_as);
  for (const std::string& sentence : counted.spoilt_because) out.Line(sentence);
  for (const std::string& name : counted.departed) out.Line(fmt::format("Departed: {}", name));
  const counting::Screen screen{.printable = Printable, .width = DisplayWidth};
  const auto detail = flags.explain ? counting::Detail::kExplained : counting::Detail::kSummary;
  for (const std::string& line : counting::ReportText(counted.report, detail, screen)) out.Line(line);
  if (!counted.departed.empty() && !counted.report.undecided()) {
    out.Line("");
    out.Line(counted.successors.empty()
                 ? "Nobody takes the place: it stays vacant."
                 : fmt::format("Elected anew: {}", fmt::join(counted.successors, ", ")));
  }
  if (counted.departed.empty() && !flags.request.departed.empty()) {
    out.Line("");
    out.Line("Nobody's place is filled yet: the count itself has to be decided first.");
  }
  if (!counted.term_years.empty()) {
    const std::vector<std::string> elected = ElectedNames(counted.report);
    out.Line("");
    Table table({Right("YEARS"), "NAME"});
    for (std::size_t i = 0; i < counted.term_years.size(); ++i) {
      table.Row({std::to_string(counted.term_years[i]), elected[i]});
    }
    out.Print(table, "Nobody serves.");
  }
  if (!flags.explain) {
    out.Line("");
    out.Line("--explain tells every step, --json is for programs.");
  }
}

Json DocumentOf(const CountFlags& flags, const CountedFile& counted) {
  Json document = counting::ReportJson(counted.report);
  document["file"] = {{"title", counted.title},
                      {"spoilt_too_few", counted.spoilt_too_few},
                      {"spoilt_too_many", counted.spoilt_too_many}};
  // Asked for, and not to be said while a tie is open.
  if (!flags.request.terms.empty()) document["terms"] = nullptr;
  if (!counted.term_years.empty()) {
    const std::vector<std::string> elected = ElectedNames(counted.report);
    Json& terms = document["terms"] = Json::array();
    for (std::size_t i = 0; i < counted.term_years.size(); ++i) {
      terms.push_back({{"name", elected[i]}, {"years", counted.term_years[i]}});
    }
  }
  if (!counted.departed.empty()) {
    document["countback"] = {{"departed", counted.departed}, {"elected", counted.successors}};
  }
  return document;
}

absl::Status RunCount(Invocation& run, const CountFlags& flags) {
  ASSIGN_OR_RETURN(const CountedFile counted, CountFile(run, flags.request));
  if (run.out().json()) {
    run.out().Document(DocumentOf(flags, counted));
  } else {
    PrintText(run, flags, counted);
  }
  return counted.report.undecided() ? errors::CountUndecided() : absl::OkStatus();
}

// A script whose variable is not set is not to count without lots, or terms, unawares.
std::string NotEmpty(const std::string& text) {
  return text.empty() ? "needs a value; leave the flag out" : "";
}

void AddBallotFlags(CLI::App& command, CountRequest& request) {
  command
      .add_option("--min-marks", request.min_marks, "Fewest marks, ranks or scores of a ballot that counts")
      ->check(CLI::Range(1, static_cast<int>(counting::kMostOptions)))
      ->capture_default_str();
  command
      .add_option("--max-marks", request.max_marks,
                  "Most marks, ranks or scores of a ballot that counts (default: the seats for block, else "
                  "all options)")
      ->check(CLI::Range(1, static_cast<int>(counting::kMostOptions)));
  command.add_option("--max-score", request.max_score, "score: the highest score of a ballot")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  command.add_option(
      "--none-of-these", request.none_of_these,
      "NAME of the option that stands for \"none of these\": only what comes ahead of it is elected");
  command
      .add_option("--withdraw", request.withdrawn,
                  "NAME of an option to be passed over; may be given more than once")
      ->allow_extra_args(false);
}

void AddResultFlags(CLI::App& command, CountFlags& flags) {
  CountRequest& request = flags.request;
  command.add_flag("--explain", flags.explain, "Tell every stage, transfer, exclusion, tie and lot");
  command
      .add_option("--lot-seed", request.lot_seed,
                  "HEX, 32 bytes or a published seed: what lots are drawn from (see below); without it a tie "
                  "stays open")
      ->check(NotEmpty);
  command
      .add_option("--contest-number", request.contest_number,
                  "The contest's number on the ballot, from 0: its lots are drawn apart")
      ->check(CLI::Range(0, 65'535))
      ->capture_default_str();
  command
      .add_option(
          "--departed", request.departed,
          "NAME of somebody elected who has left: a countback fills the place; may be given more than once")
      ->allow_extra_args(false);
  command
      .add_option("--terms", request.terms,
                  "How long those elected serve, by rank: 5x2,4x1 for five of two years and four of one")
      ->check(NotEmpty);
}

}  // namespace

void AddCountCommands(CommandSet& commands) {
  const auto flags = std::make_shared<CountFlags>();
  CountRequest& request = flags->request;
  CLI::App& count = commands.Command(commands.root(), "count", "Count a file of ballots; needs no server", "",
                                     [flags](Invocation& run) { return RunCount(run, *flags); });
  count
      .add_option("FILE", request.file,
                  "Ballots: BLT, PrefLib soc, soi, toc, toi, or CSV; - for standard input")
      ->required();
  count.add_option("--method", request.method, "How to count (see below); required")
      ->check(CLI::IsMember(MethodWords()));
  count.add_option("--seats", request.seats, "Seats to fill (default: the file's own number, else 1)")
      ->check(CLI::Range(std::int64_t{1}, election::ballot_files::kMostSeats));
  count.add_option("--format", request.format, "Format of FILE, when its name does not say")
      ->check(CLI::IsMember({"blt", "soc", "soi", "toc", "toi", "csv"}));
  AddResultFlags(count, *flags);
  AddBallotFlags(count, request);
  count.footer(Footer());
}

}  // namespace plenary::cli
