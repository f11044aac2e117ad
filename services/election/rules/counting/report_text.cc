#include "services/election/rules/counting/report_text.h"

#include <algorithm>
#include <map>

#include "fmt/format.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_page.h"

namespace plenary::election::counting {
namespace {

// Runners-up that a summary names.
constexpr int kNextInLine = 3;

bool TransfersVotes(v1::CountingMethod method) {
  return method == v1::COUNTING_METHOD_SCOTTISH_STV || method == v1::COUNTING_METHOD_MEEK_STV;
}

void TellTitle(Page& page) {
  const v1::CountReport& report = page.report();
  const Method* method = FindMethod(report.method());
  page.Say(fmt::format("{}: {}, {}", method == nullptr ? "Count" : method->title,
                       Counted(report.seats(), "seat"), Counted(report.options_size(), "option")));
  page.Say(fmt::format("Counted: {}, {} blank, {} spoilt.", Counted(report.valid_ballots(), "valid ballot"),
                       GroupedAmount(report.blank_ballots(), 0), GroupedAmount(report.spoilt_ballots(), 0)));
  if (report.withdrawn_only_ballots() > 0) {
    page.Say(fmt::format("Not counted: {} for withdrawn options alone.",
                         Counted(report.withdrawn_only_ballots(), "ballot")));
  }
  std::vector<std::string> withdrawn, holding;
  for (int i = 0; i < report.options_size(); ++i) {
    if (report.options(i).withdrawn()) withdrawn.push_back(page.names()[i]);
    if (report.options(i).holds_seat()) holding.push_back(page.names()[i]);
  }
  if (!withdrawn.empty()) {
    page.Say(fmt::format("Withdrawn: {}. Marks for {} are passed over.", Listed(withdrawn),
                         withdrawn.size() == 1 ? "this option" : "these options"));
  }
  if (!holding.empty()) {
    page.Say(fmt::format("Countback: {} {} a seat already and {} it.", Listed(holding),
                         holding.size() == 1 ? "holds" : "hold", holding.size() == 1 ? "keeps" : "keep"));
  }
}

std::int64_t UnitsOfAVote(int decimals) {
  std::int64_t units = 1;
  for (int i = 0; i < decimals; ++i) units *= 10;
  return units;
}

// How the quota comes about is told where the rule's arithmetic gives the quota that was used.
void TellQuota(Page& page) {
  const v1::CountReport& report = page.report();
  const std::int64_t quota = FirstQuota(report);
  if (quota == 0) return;
  const std::int64_t whole = report.valid_ballots() / (report.seats() + 1) + 1;
  if (report.method() == v1::COUNTING_METHOD_SCOTTISH_STV &&
      quota == whole * UnitsOfAVote(report.decimals())) {
    page.Say(fmt::format("Quota: {} / ({} + 1), whole part, plus 1 = {} votes.",
                         Counted(report.valid_ballots(), "valid ballot"), Counted(report.seats(), "seat"),
                         page.Votes(quota)));
  } else if (report.method() == v1::COUNTING_METHOD_MEEK_STV) {
    page.Say(
        fmt::format("Quota: {} votes at first, less as ballots run out of preferences.", page.Votes(quota)));
  } else if (report.method() == v1::COUNTING_METHOD_INSTANT_RUNOFF) {
    page.Say(fmt::format("Majority: {} at first, more than half of the votes that continue.",
                         Counted(quota, "vote")));
  } else {
    page.Say(fmt::format("Quota: {} votes.", page.Votes(quota)));
  }
}

// ": stage 1, 2,043.00000 votes, 129.00000 over the quota"
std::string HowElected(const Page& page, const v1::CountPlacing& placing) {
  const v1::CountReport& report = page.report();
  if (OptionAt(report, placing.option()).holds_seat()) return ": keeps the seat";
  if (report.stages().empty()) return "";
  const bool one = placing.votes() == 1 && report.decimals() == 0;
  const std::string votes =
      fmt::format("{} {}{}", page.Votes(placing.votes()),
                  report.method() == v1::COUNTING_METHOD_SCORE ? "point" : "vote", one ? "" : "s");
  const bool in_stage = placing.stage() >= 1 && placing.stage() <= report.stages_size();
  const std::int64_t quota = in_stage ? report.stages(placing.stage() - 1).quota() : 0;
  if (quota == 0) return ": " + votes;
  const std::string start = fmt::format(": stage {}, {}", placing.stage(), votes);
  if (placing.votes() < quota)
    return start + ", without reaching the quota: no more options were left than seats";
  if (!TransfersVotes(report.method())) return start;
  if (placing.votes() == quota) return start + ", exactly the quota";
  return fmt::format("{}, {} over the quota", start, page.Votes(placing.votes() - quota));
}

void TellElected(Page& page) {
  const v1::CountReport& report = page.report();
  page.Gap();
  const std::vector<int> elected = ElectedOptions(report);
  if (elected.empty()) {
    page.Say("Nobody is elected.");
  } else {
    page.Line("Elected:");
    int place = 0;
    for (const v1::CountPlacing& placing : report.placings()) {
      if (!placing.elected()) continue;
      page.Say(fmt::format("{:>3}. {}{}{}", ++place, page.names()[placing.option()],
                           HowElected(page, placing), SeatByLot(report, placing.option()) ? "; by lot" : ""),
               5);
    }
  }
  if (report.vacancies() > 0) {
    const bool none = std::any_of(report.options().begin(), report.options().end(),
                                  [](const v1::CountedOption& option) { return option.none_of_these(); });
    page.Say(fmt::format(
        "{} {} vacant: {}.", Counted(report.vacancies(), "seat"), report.vacancies() == 1 ? "stays" : "stay",
        none ? "too few options, or the option that stands for none of them, came ahead of the rest"
             : "there are fewer options than seats"));
  }
}

void TellUndecided(Page& page) {
  const v1::CountReport& report = page.report();
  if (!report.undecided()) return;
  std::vector<std::string> tied;
  for (const int option : TiedOptions(report)) tied.push_back(page.names()[option]);
  const auto open = report.seats() - report.vacancies() - static_cast<int>(ElectedOptions(report).size());
  page.Gap();
  page.Say(fmt::format("UNDECIDED: {} {} tied, and {}.", tied.empty() ? "options" : Listed(tied),
                       tied.size() == 1 ? "is" : "are",
                       open > 0 ? Counted(open, "seat") + (open == 1 ? " hangs on it" : " hang on it")
                                : std::string("how long they serve hangs on it")));
  page.Say(
      "Only a lot settles this. Draw a seed of 32 bytes in public and count again with it (--lot-seed).");
}

void TellNextInLine(Page& page) {
  std::vector<std::string> next;
  std::size_t all = 0;
  for (const v1::CountPlacing& placing : page.report().placings()) {
    if (placing.elected() || OptionAt(page.report(), placing.option()).none_of_these()) continue;
    const bool open = placing.tied() && placing.lot().empty();
    if (next.size() < kNextInLine) next.push_back(page.names()[placing.option()] + (open ? " (tied)" : ""));
    ++all;
  }
  if (next.empty() || page.report().undecided()) return;
  const std::size_t more = all - next.size();
  page.Say(fmt::format(
      "Next in line: {}{}.", fmt::join(next, "; "),
      more > 0 ? fmt::format("; then {} more", GroupedAmount(static_cast<std::int64_t>(more), 0)) : ""));
}

// A tie is never settled silently.
bool BelongsInSummary(const v1::CountTie& tie) {
  if (tie.decides() == v1::CountTie::DECIDES_ORDER) return false;
  return tie.settled() == v1::CountTie::SETTLED_LOT || tie.settled() == v1::CountTie::SETTLED_OPEN;
}

void TellTies(Page& page, const std::function<bool(const v1::CountTie&)>& which) {
  bool first = true;
  for (const v1::CountTie& tie : page.report().ties()) {
    if (!which(tie)) continue;
    if (first) page.Gap();
    first = false;
    TellTie(page, tie);
  }
}

std::string Standing(const v1::CountReport& report, const v1::CountPlacing& placing) {
  std::string text = placing.elected() ? "elected" : "";
  if (report.undecided() && !placing.elected() && placing.stage() == 0 && !report.stages().empty()) {
    text = "still in";
  } else if (placing.stage() > 0 && report.stages_size() > 1) {
    text += fmt::format("{} stage {}", placing.elected() ? " at" : "out at", placing.stage());
  }
  if (placing.tied()) text += text.empty() ? "tied" : ", tied";
  if (!placing.lot().empty()) text += fmt::format(", lot {}", Hex(placing.lot()).substr(0, 8));
  return text;
}

void TellOrder(Page& page) {
  const v1::CountReport& report = page.report();
  page.Gap();
  page.Line(report.undecided() ? "Order so far:" : "Order of all options:");
  std::vector<std::vector<std::string>> rows;
  for (const v1::CountPlacing& placing : report.placings()) {
    const std::string standing = Standing(report, placing);
    rows.push_back({HasRank(report, placing) ? std::to_string(placing.rank()) : "",
                    report.stages().empty() ? "" : page.Votes(placing.votes()),
                    page.names()[placing.option()] + (standing.empty() ? "" : " - " + standing)});
  }
  page.Table({"rank", report.method() == v1::COUNTING_METHOD_SCORE ? "points" : "votes", "option"}, rows);
  if (report.undecided()) {
    page.Say("While the count is undecided, only those elected have a rank.");
  } else if (report.stages_size() > 1) {
    page.Say(
        "Votes are those an option had when it was elected or went out. Runners-up follow those elected; "
        "the next one stands first.");
  }
}

}  // namespace

std::vector<std::string> ReportText(const v1::CountReport& report, Detail detail, const Screen& screen) {
  Page page(report, screen);
  TellTitle(page);
  TellQuota(page);
  TellElected(page);
  TellUndecided(page);
  if (detail == Detail::kSummary) {
    TellNextInLine(page);
    TellTies(page, BelongsInSummary);
    return page.Take();
  }
  TellStages(page);
  TellPairwise(page);
  TellTies(page,
           [&](const v1::CountTie& tie) { return tie.stage() < 1 || tie.stage() > report.stages_size(); });
  TellOrder(page);
  return page.Take();
}

}  // namespace plenary::election::counting
