// The stages of a count that adds votes up, in words and figures.
#include <algorithm>
#include <numeric>

#include "fmt/format.h"
#include "services/election/rules/counting/report_page.h"

namespace plenary::election::counting {
namespace {

bool Contains(const google::protobuf::RepeatedField<std::int32_t>& options, int option) {
  return std::find(options.begin(), options.end(), option) != options.end();
}

// One stage, with the one before it.
class StageTeller {
 public:
  StageTeller(Page& page, int index)
      : page_(page),
        report_(page.report()),
        stage_(report_.stages(index)),
        before_(index > 0 ? report_.stages(index - 1) : v1::CountStage::default_instance()),
        first_(index == 0),
        last_(index + 1 == report_.stages_size()) {}

  void Tell() {
    page_.Gap();
    page_.Say(fmt::format("Stage {}: {}", stage_.number(), Act()));
    TellQuota();
    TellVotes();
    TellTies(v1::CountTie::DECIDES_SEAT, v1::CountTie::DECIDES_MAJORITY);
    TellElected();
    // What these settle comes next: in Meek's method at once, else as the next stage.
    TellTies(v1::CountTie::DECIDES_EXCLUSION, v1::CountTie::DECIDES_SURPLUS);
    TellOut();
  }

 private:
  // Those about something between `first` and `last` of the contract.
  void TellTies(v1::CountTie::Decides first, v1::CountTie::Decides last) {
    for (const v1::CountTie& tie : report_.ties()) {
      if (tie.stage() == stage_.number() && first <= tie.decides() && tie.decides() <= last)
        TellTie(page_, tie);
    }
  }

  std::string Names(const google::protobuf::RepeatedField<std::int32_t>& options) const {
    return Listed(page_.names().All(options));
  }

  bool Transfers() const { return report_.method() != v1::COUNTING_METHOD_INSTANT_RUNOFF; }

  std::string Act() const {
    switch (stage_.act()) {
      case v1::CountStage::ACT_FIRST_COUNT:
        return "each ballot counts for its first preference.";
      case v1::CountStage::ACT_SURPLUS:
        return SurplusPassesOn();
      case v1::CountStage::ACT_EXCLUSION:
        return IsExcluded();
      default:
        return Distribution();
    }
  }

  std::string SurplusPassesOn() const {
    const std::int64_t votes = stage_.subjects().empty() ? 0 : ValueAt(before_.votes(), stage_.subjects(0));
    return fmt::format(
        "{} holds {} votes, {} more than the quota. This surplus passes on to the next preferences: each "
        "ballot "
        "passes on its value x {} / {}, cut after {} decimals.",
        Names(stage_.subjects()), page_.Votes(votes), page_.Votes(stage_.surplus()),
        page_.Votes(stage_.surplus()), page_.Votes(votes), report_.decimals());
  }

  std::string IsExcluded() const {
    const bool one = stage_.subjects_size() == 1;
    std::int64_t votes = 0;
    for (const int option : stage_.subjects()) votes += ValueAt(before_.votes(), option);
    return fmt::format(
        "{} {} out with the fewest votes, {}{}. The ballots pass on to their next preferences{}.",
        Names(stage_.subjects()), one ? "goes" : "go", page_.Votes(votes), one ? "" : " together",
        Transfers() ? ", each at the value it has" : "");
  }

  std::string Distribution() const {
    std::string text = first_
                           ? "each ballot counts for its first preference."
                           : "all ballots are counted again, of each vote an elected option keeps its part.";
    if (stage_.distributions() > 1) {
      text += fmt::format(" {} distributions settled the parts.", GroupedAmount(stage_.distributions(), 0));
    }
    return text;
  }

  // Where it changes from stage to stage: how it comes about, where the rule's arithmetic gives the one that
  // was used.
  void TellQuota() {
    if (stage_.act() == v1::CountStage::ACT_DISTRIBUTION ||
        report_.method() == v1::COUNTING_METHOD_MEEK_STV) {
      TellMeekQuota();
    } else if (report_.method() == v1::COUNTING_METHOD_INSTANT_RUNOFF && stage_.quota() > 0) {
      page_.Say(fmt::format("  More than half of the {} that continue: {}.", Counted(Continuing(), "vote"),
                            page_.Votes(stage_.quota())),
                2);
    }
  }

  std::int64_t Continuing() const {
    return std::accumulate(stage_.votes().begin(), stage_.votes().end(), std::int64_t{0});
  }

  void TellMeekQuota() {
    const std::int64_t continuing = Continuing();
    const bool by_rule = continuing / (report_.seats() + 1) + 1 == stage_.quota();
    page_.Say(
        by_rule
            ? fmt::format("  Quota: {} votes that continue / ({} + 1), cut after {} decimals, plus {} = {}.",
                          page_.Votes(continuing), Counted(report_.seats(), "seat"), report_.decimals(),
                          page_.Votes(1), page_.Votes(stage_.quota()))
            : fmt::format("  Quota: {}.", page_.Votes(stage_.quota())),
        2);
    if (stage_.surplus() > 0) {
      page_.Say(fmt::format("  All elected options together hold {} votes beyond it.",
                            page_.Votes(stage_.surplus())),
                2);
    }
  }

  std::string Note(int option) const {
    if (Contains(stage_.elected(), option)) return " - ELECTED";
    const bool excluded =
        stage_.act() == v1::CountStage::ACT_EXCLUSION && Contains(stage_.subjects(), option);
    if (excluded || Contains(stage_.excluded(), option)) return " - out";
    return ElectedBy(option) ? " - elected" : "";
  }

  // At this stage or before.
  bool ElectedBy(int option) const {
    for (const v1::CountPlacing& placing : report_.placings()) {
      if (placing.option() != option) continue;
      return placing.elected() && placing.stage() > 0 && placing.stage() <= stage_.number();
    }
    return false;
  }

  std::string Change(std::int64_t change) const {
    if (first_ || change == 0) return "";
    return (change > 0 ? "+" : "") + page_.Votes(change);
  }

  // Of those elected: the others keep the whole of every vote.
  std::string Kept(int option) const {
    if (stage_.keep_factors().empty()) return "";
    return ElectedBy(option) ? page_.Votes(ValueAt(stage_.keep_factors(), option)) : "";
  }

  std::string Ballots(int option) const {
    for (const v1::CountTransfer& transfer : stage_.transfers()) {
      if ((transfer.has_option() ? transfer.option() : -1) == option)
        return GroupedAmount(transfer.ballots(), 0);
    }
    return "";
  }

  // Most votes first. Options that went out before are left out, and those of a long table that did not
  // change.
  void TellVotes() {
    std::vector<int> shown;
    for (int i = 0; i < stage_.votes_size(); ++i) {
      const bool moved = stage_.votes(i) != ValueAt(before_.votes(), i);
      if (OptionAt(report_, i).withdrawn()) continue;
      if (first_ || moved || stage_.votes(i) != 0 || !Note(i).empty() || StillIn(i)) shown.push_back(i);
    }
    std::stable_sort(shown.begin(), shown.end(),
                     [this](int a, int b) { return stage_.votes(a) > stage_.votes(b); });
    const std::size_t all = shown.size();
    if (all > kLongTable && !first_) {
      std::erase_if(shown, [this](int i) {
        return stage_.votes(i) == ValueAt(before_.votes(), i) && !Contains(stage_.elected(), i);
      });
    }
    std::vector<std::vector<std::string>> rows;
    for (const int i : shown) {
      rows.push_back({Ballots(i), Change(stage_.votes(i) - ValueAt(before_.votes(), i)),
                      page_.Votes(stage_.votes(i)), Kept(i), page_.names()[i] + Note(i)});
    }
    if (stage_.not_transferable() > 0) {
      rows.push_back({Ballots(-1), Change(stage_.not_transferable() - before_.not_transferable()),
                      page_.Votes(stage_.not_transferable()), "", "(not transferable)"});
    }
    page_.Table({"ballots", "change", "votes", "keeps", "option"}, rows);
    if (stage_.act() == v1::CountStage::ACT_SURPLUS &&
        stage_.not_transferable() > before_.not_transferable()) {
      page_.Say(
          "  Not transferable: ballots without a next preference, and what was cut off behind the last "
          "decimal.");
    }
    if (shown.size() < all) {
      page_.Say(fmt::format("  {} others stay as they are.",
                            GroupedAmount(static_cast<std::int64_t>(all - shown.size()), 0)));
    }
  }

  // Neither out nor elected by now.
  bool StillIn(int option) const {
    for (const v1::CountPlacing& placing : report_.placings()) {
      if (placing.option() == option) return placing.stage() == 0 || placing.stage() >= stage_.number();
    }
    return false;
  }

  void TellElected() {
    for (const int option : stage_.elected()) {
      page_.Say(
          "  " + page_.names()[option] + Elected(OptionAt(report_, option), ValueAt(stage_.votes(), option)),
          2);
    }
  }

  std::string Elected(const v1::CountedOption& option, std::int64_t votes) const {
    if (option.holds_seat()) return " keeps the seat it holds.";
    const std::string is_elected =
        option.none_of_these() ? " takes a seat, which stays vacant" : " is elected";
    if (votes < stage_.quota()) {
      return fmt::format("{} with {} votes, without reaching the quota: no more options are left than seats.",
                         is_elected, page_.Votes(votes));
    }
    if (!Transfers())
      return fmt::format("{} with {} of {}.", is_elected, page_.Votes(votes), Counted(Continuing(), "vote"));
    if (votes == stage_.quota())
      return fmt::format("{}: {} votes reach the quota exactly.", is_elected, page_.Votes(votes));
    return fmt::format("{}: {} votes reach the quota, {} over it.", is_elected, page_.Votes(votes),
                       page_.Votes(votes - stage_.quota()));
  }

  // Those who went out by the stage's act were told in its heading.
  void TellOut() {
    const bool seats_filled = last_ && !report_.undecided();
    std::vector<std::string> left, weakest;
    for (const int option : stage_.excluded()) {
      if (Contains(stage_.subjects(), option)) continue;
      const std::string votes = page_.Votes(ValueAt(stage_.votes(), option));
      (seats_filled && !MadeRoom(option) ? left : weakest)
          .push_back(fmt::format("{} ({})", page_.names()[option], votes));
    }
    if (!weakest.empty()) {
      page_.Say(fmt::format("  {} {} out with the fewest votes.", Listed(weakest),
                            weakest.size() == 1 ? "goes" : "go"),
                2);
    }
    if (!left.empty()) {
      page_.Say(fmt::format("  No seat is left for {}.", Listed(left)), 2);
    }
  }

  // In the last stage: went out so that somebody was elected without the quota, not because the seats were
  // full.
  bool MadeRoom(int option) const {
    const std::int64_t votes = ValueAt(stage_.votes(), option);
    return std::any_of(stage_.elected().begin(), stage_.elected().end(), [&](int elected) {
      const std::int64_t held = ValueAt(stage_.votes(), elected);
      return held < stage_.quota() && votes <= held;
    });
  }

  Page& page_;
  const v1::CountReport& report_;
  const v1::CountStage& stage_;
  const v1::CountStage& before_;
  const bool first_;
  const bool last_;
};

// Block plurality, approval, score: one stage, and the first ones have the seats.
void TellSums(Page& page) {
  const v1::CountReport& report = page.report();
  const bool score = report.method() == v1::COUNTING_METHOD_SCORE;
  page.Gap();
  page.Say(score ? "The scores of each option are added up; the highest sums win."
                 : "Each mark of a ballot is one vote; the most votes win.");
  // Neither the last one nor the next is known while a tie is open.
  if (report.undecided()) return;
  const v1::CountPlacing* last = nullptr;
  const v1::CountPlacing* next = nullptr;
  for (const v1::CountPlacing& placing : report.placings()) {
    if (placing.elected()) last = &placing;
    if (!placing.elected() && next == nullptr) next = &placing;
  }
  if (last == nullptr || next == nullptr || last->votes() <= next->votes()) return;
  page.Say(fmt::format("{} is elected last with {}, {} more than {} with {}.", page.names()[last->option()],
                       Counted(last->votes(), score ? "point" : "vote"),
                       GroupedAmount(last->votes() - next->votes(), 0), page.names()[next->option()],
                       GroupedAmount(next->votes(), 0)));
}

std::string WhatIsTied(const v1::CountTie& tie, const std::string& who) {
  switch (tie.decides()) {
    case v1::CountTie::DECIDES_EXCLUSION:
      return who + " are tied: which of them goes out?";
    case v1::CountTie::DECIDES_SURPLUS:
      return who + " have equally large surpluses: whose passes on first?";
    case v1::CountTie::DECIDES_SEAT:
      return who + " are tied: there are not seats for all of them.";
    case v1::CountTie::DECIDES_MAJORITY:
      return "Among " + who + " there are equally strong majorities that contradict each other: which holds?";
    default:
      return who + " are tied: who ranks ahead?";
  }
}

// The least favoured of a tie.
const std::string& LastOf(const Page& page, const v1::CountTie& tie) {
  return page.names()[tie.options().empty() ? -1 : tie.options(tie.options_size() - 1)];
}

std::string AtEarlierStage(const Page& page, const v1::CountTie& tie) {
  const std::string stage =
      fmt::format("At stage {}, the latest that tells them apart,", tie.earlier_stage());
  if (tie.decides() == v1::CountTie::DECIDES_EXCLUSION) {
    return fmt::format("{} {} had the fewest and goes out.", stage, LastOf(page, tie));
  }
  return fmt::format("{} {} had the most.", stage, page.names()[tie.options().empty() ? -1 : tie.options(0)]);
}

}  // namespace

void TellTie(Page& page, const v1::CountTie& tie) {
  const std::string what = "  Tie: " + WhatIsTied(tie, Listed(page.names().All(tie.options())));
  switch (tie.settled()) {
    case v1::CountTie::SETTLED_EARLIER_STAGE:
      page.Say(fmt::format("{} {}", what, AtEarlierStage(page, tie)), 7);
      return;
    case v1::CountTie::SETTLED_LOT: {
      std::vector<std::string> lots;
      for (int i = 0; i < tie.options_size(); ++i) {
        const std::string lot = i < tie.lots_size() ? Hex(tie.lots(i)).substr(0, 8) : "?";
        lots.push_back(fmt::format("{} {}", page.names()[tie.options(i)], lot));
      }
      const bool exclusion = tie.decides() == v1::CountTie::DECIDES_EXCLUSION;
      page.Say(fmt::format("{} The lot favours the smallest number: {}.{}", what, fmt::join(lots, ", "),
                           exclusion ? fmt::format(" So {} goes out.", LastOf(page, tie)) : ""),
               7);
      return;
    }
    case v1::CountTie::SETTLED_WITHOUT_EFFECT:
      page.Say(what + " None of them has a vote, so nothing hangs on it.", 7);
      return;
    default:
      page.Say(what + " No lot was given, so this stays open.", 7);
  }
}

void TellStages(Page& page) {
  const v1::CountReport& report = page.report();
  if (report.stages().empty()) return;
  if (report.stages_size() == 1 && report.stages(0).quota() == 0) {
    TellSums(page);
    return;
  }
  for (int i = 0; i < report.stages_size(); ++i) StageTeller(page, i).Tell();
}

}  // namespace plenary::election::counting
