#include "services/election/rules/counting/stages.h"

#include <algorithm>
#include <numeric>

#include "services/election/rules/counting/placing.h"

namespace plenary::election::counting {

Stages::Stages(const Contest& contest, v1::CountReport& report)
    : contest_(contest),
      report_(report),
      status_(contest.options.size(), Status::kContinuing),
      votes_(contest.options.size(), 0),
      standing_(contest.options.size(), 0),
      decided_in_(contest.options.size(), 0),
      deciding_votes_(contest.options.size(), 0),
      tied_(contest.options.size(), false) {
  for (std::size_t i = 0; i < contest.options.size(); ++i) {
    if (contest.options[i].withdrawn) status_[i] = Status::kWithdrawn;
  }
}

std::vector<std::uint16_t> Stages::Continuing() const {
  std::vector<std::uint16_t> continuing;
  for (std::uint16_t option = 0; option < status_.size(); ++option) {
    if (Continues(option)) continuing.push_back(option);
  }
  return continuing;
}

std::uint32_t Stages::Reserved() const {
  std::uint32_t reserved = 0;
  for (std::uint16_t option = 0; option < status_.size(); ++option) {
    if (Continues(option) && contest_.options[option].holds_seat) ++reserved;
  }
  return reserved;
}

v1::CountStage& Stages::Open(v1::CountStage::Act act) {
  v1::CountStage& stage = *report_.add_stages();
  stage.set_number(report_.stages_size());
  stage.set_act(act);
  return stage;
}

void Stages::Close(std::int64_t not_transferable) {
  current().mutable_votes()->Assign(votes_.begin(), votes_.end());
  current().set_not_transferable(not_transferable);
  Rank();
}

// The latest stage tells first, those before it only where it does not: standing after standing, refined.
void Stages::Rank() {
  std::vector<std::uint16_t> order(votes_.size());
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::sort(order.begin(), order.end(),
            [this](std::uint16_t a, std::uint16_t b) { return Compare(a, b) < 0; });
  std::vector<int> standing(votes_.size(), 0);
  for (std::size_t i = 1; i < order.size(); ++i) {
    standing[order[i]] = standing[order[i - 1]] + (Compare(order[i - 1], order[i]) != 0 ? 1 : 0);
  }
  standing_ = std::move(standing);
}

std::uint32_t Stages::FreeSeats() const {
  const std::uint32_t taken = elected() + contest_.stay_vacant;
  return contest_.seats > taken ? contest_.seats - taken : 0;
}

bool Stages::Elect(std::vector<std::uint16_t> options) {
  std::vector<std::uint16_t> chosen;
  std::copy_if(options.begin(), options.end(), std::back_inserter(chosen),
               [this](std::uint16_t option) { return contest_.options[option].holds_seat; });
  std::erase_if(options, [this](std::uint16_t option) { return contest_.options[option].holds_seat; });
  Sort(options, /*look_back=*/true);
  const std::size_t free = FreeSeats() > Reserved() ? FreeSeats() - Reserved() : 0;
  bool decided = true;
  if (options.size() > free) {
    const std::size_t sure = free == 0 ? 0 : SettleLastSeat(options, free);
    decided = free == 0 || sure == free;
    options.resize(sure);
  }
  chosen.insert(chosen.end(), options.begin(), options.end());
  Sort(chosen, /*look_back=*/true);
  RecordOrderTies(chosen);
  for (const std::uint16_t option : chosen) Seat(option);
  return decided;
}

// How many of the sorted options, more than `free`, have a seat for certain.
std::size_t Stages::SettleLastSeat(const std::vector<std::uint16_t>& options, std::size_t free) {
  const std::uint16_t last = options[free - 1];
  if (Compare(last, options[free]) != 0) return free;
  std::vector<std::uint16_t> tied;
  std::copy_if(options.begin(), options.end(), std::back_inserter(tied),
               [&](std::uint16_t option) { return Compare(last, option) == 0; });
  Record(tied, v1::CountTie::DECIDES_SEAT, Drawn(), 0);
  if (!contest_.lots.empty()) return free;
  return static_cast<std::size_t>(std::find(options.begin(), options.end(), tied.front()) - options.begin());
}

void Stages::Seat(std::uint16_t option) {
  status_[option] = Status::kElected;
  Decide(option);
  elected_.push_back(option);
  current().add_elected(option);
}

void Stages::Exclude(std::uint16_t option) {
  status_[option] = Status::kExcluded;
  Decide(option);
  excluded_.push_back(option);
}

void Stages::Decide(std::uint16_t option) {
  decided_in_[option] = report_.stages_size();
  deciding_votes_[option] = votes_[option];
}

bool Stages::Finish() {
  std::vector<std::uint16_t> continuing = Continuing();
  const std::uint32_t free = FreeSeats();
  const std::uint32_t reserved = Reserved();
  if (free > reserved && continuing.size() > free) return false;
  std::vector<std::uint16_t> seated = continuing;
  if (continuing.size() > free) {
    std::erase_if(seated, [this](std::uint16_t option) { return !contest_.options[option].holds_seat; });
  }
  // There is a seat for each, so no tie can be open.
  if (!seated.empty() && !Elect(seated)) return false;
  std::vector<std::uint16_t> rest = Continuing();
  Sort(rest, /*look_back=*/true);
  RecordOrderTies(rest);
  for (auto option = rest.rbegin(); option != rest.rend(); ++option) {
    Exclude(*option);
    current().add_excluded(*option);
  }
  return true;
}

std::optional<std::uint16_t> Stages::Lowest(bool look_back, std::int64_t margin) {
  std::vector<std::uint16_t> candidates = Continuing();
  std::erase_if(candidates, [this](std::uint16_t option) { return contest_.options[option].holds_seat; });
  std::int64_t fewest = votes_[candidates.front()];
  for (const std::uint16_t option : candidates) fewest = std::min(fewest, votes_[option]);
  std::erase_if(candidates, [&](std::uint16_t option) { return votes_[option] > fewest + margin; });
  if (candidates.size() == 1) return candidates.front();
  if (contest_.lots.empty() && WithoutEffect(candidates)) {
    std::reverse(candidates.begin(), candidates.end());
    Record(candidates, v1::CountTie::DECIDES_EXCLUSION, v1::CountTie::SETTLED_WITHOUT_EFFECT, 0);
    return candidates.back();
  }
  return Settle(std::move(candidates), v1::CountTie::DECIDES_EXCLUSION, look_back);
}

std::optional<std::uint16_t> Stages::Highest(const std::vector<std::uint16_t>& options) {
  std::int64_t most = votes_[options.front()];
  for (const std::uint16_t option : options) most = std::max(most, votes_[option]);
  std::vector<std::uint16_t> candidates;
  std::copy_if(options.begin(), options.end(), std::back_inserter(candidates),
               [&](std::uint16_t option) { return votes_[option] == most; });
  if (candidates.size() == 1) return candidates.front();
  return Settle(std::move(candidates), v1::CountTie::DECIDES_SURPLUS, /*look_back=*/true);
}

// None of them has a vote to pass on, and without them all there is still somebody for every seat.
bool Stages::WithoutEffect(const std::vector<std::uint16_t>& tied) const {
  return Continuing().size() - tied.size() >= FreeSeats() &&
         std::all_of(tied.begin(), tied.end(), [this](std::uint16_t option) { return votes_[option] == 0; });
}

int Stages::Compare(std::uint16_t a, std::uint16_t b) const {
  if (votes_[a] != votes_[b]) return votes_[a] > votes_[b] ? -1 : 1;
  return standing_[a] - standing_[b];
}

int Stages::StageThatTellsApart(std::uint16_t a, std::uint16_t b) const {
  for (int i = report_.stages_size() - 1; i >= 0; --i) {
    const v1::CountStage& stage = report_.stages(i);
    if (stage.votes_size() != 0 && stage.votes(a) != stage.votes(b)) return stage.number();
  }
  return 0;
}

void Stages::Sort(std::vector<std::uint16_t>& options, bool look_back) const {
  std::sort(options.begin(), options.end(), [&](std::uint16_t a, std::uint16_t b) {
    const int order = look_back ? Compare(a, b) : 0;
    if (order != 0) return order < 0;
    if (!contest_.lots.empty() && contest_.lots[a] != contest_.lots[b])
      return contest_.lots[a] < contest_.lots[b];
    return a < b;
  });
}

v1::CountTie::Settled Stages::Drawn() const {
  return contest_.lots.empty() ? v1::CountTie::SETTLED_OPEN : v1::CountTie::SETTLED_LOT;
}

// For an exclusion the last of the order is picked, for a surplus the first.
std::optional<std::uint16_t> Stages::Settle(std::vector<std::uint16_t> tied, v1::CountTie::Decides decides,
                                            bool look_back) {
  const bool exclusion = decides == v1::CountTie::DECIDES_EXCLUSION;
  Sort(tied, look_back);
  const std::uint16_t picked = exclusion ? tied.back() : tied.front();
  const std::uint16_t runner_up = exclusion ? tied[tied.size() - 2] : tied[1];
  if (look_back) {
    if (Compare(picked, runner_up) != 0) {
      Record(tied, decides, v1::CountTie::SETTLED_EARLIER_STAGE, StageThatTellsApart(picked, runner_up));
      return picked;
    }
    std::erase_if(tied, [&](std::uint16_t option) { return Compare(picked, option) != 0; });
  }
  const bool open = contest_.lots.empty();
  if (open) std::sort(tied.begin(), tied.end());
  Record(tied, decides, Drawn(), 0);
  if (open) return std::nullopt;
  return picked;
}

// Sorted options that nothing but the lot tells apart, unless the tie about the last seat has named them.
void Stages::RecordOrderTies(const std::vector<std::uint16_t>& options) {
  // "None of these" takes no place among those who serve.
  const auto serves = [this](std::uint16_t option) { return !contest_.options[option].none_of_these; };
  auto place = static_cast<std::size_t>(std::count_if(elected_.begin(), elected_.end(), serves));
  for (auto begin = options.begin(); begin != options.end();) {
    const auto end =
        std::find_if(begin, options.end(), [&](std::uint16_t o) { return Compare(*begin, o) != 0; });
    const auto serving = static_cast<std::size_t>(std::count_if(begin, end, serves));
    if (end - begin > 1) {
      if (!NamedInLastTie(*begin)) Record({begin, end}, v1::CountTie::DECIDES_ORDER, Drawn(), 0);
      const bool terms = serving > 1 && CrossesTerm(contest_.terms, place, place + serving - 1);
      if (contest_.lots.empty() && terms) report_.set_undecided(true);
    }
    place += serving;
    begin = end;
  }
}

bool Stages::NamedInLastTie(std::uint16_t option) const {
  if (report_.ties_size() == 0) return false;
  const v1::CountTie& tie = report_.ties(report_.ties_size() - 1);
  return tie.stage() == report_.stages_size() && tie.decides() == v1::CountTie::DECIDES_SEAT &&
         std::count(tie.options().begin(), tie.options().end(), option) > 0;
}

void Stages::Record(const std::vector<std::uint16_t>& options, v1::CountTie::Decides decides,
                    v1::CountTie::Settled settled, int earlier_stage) {
  v1::CountTie& tie = *report_.add_ties();
  tie.set_decides(decides);
  tie.set_settled(settled);
  tie.set_stage(report_.stages_size());
  tie.set_earlier_stage(earlier_stage);
  const bool by_lot = settled == v1::CountTie::SETTLED_LOT;
  for (const std::uint16_t option : options) {
    tie.add_options(option);
    if (by_lot) tie.add_lots(contest_.lots[option]);
    if (by_lot || settled == v1::CountTie::SETTLED_OPEN) tied_[option] = true;
  }
  const bool order_only = decides == v1::CountTie::DECIDES_ORDER;
  if (settled == v1::CountTie::SETTLED_OPEN && !order_only) report_.set_undecided(true);
}

void Stages::Place() {
  // A count that stopped at a tie has not come to those who keep their seats in any case.
  for (const std::uint16_t option : Continuing()) {
    if (contest_.options[option].holds_seat) Seat(option);
  }
  std::vector<std::uint16_t> rest = Continuing();
  Sort(rest, /*look_back=*/true);
  rest.insert(rest.end(), excluded_.rbegin(), excluded_.rend());
  std::vector<std::uint16_t> order;
  for (const std::uint16_t option : elected_) {
    // "None of these" took a seat, which stays vacant.
    if (!contest_.options[option].none_of_these) order.push_back(option);
  }
  const std::size_t seated = order.size();
  for (const std::uint16_t option : elected_) {
    if (contest_.options[option].none_of_these) order.push_back(option);
  }
  order.insert(order.end(), rest.begin(), rest.end());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint16_t option = order[i];
    v1::CountPlacing& placing = *report_.add_placings();
    placing.set_option(option);
    placing.set_rank(static_cast<std::int32_t>(i + 1));
    placing.set_elected(i < seated);
    placing.set_tied(tied_[option]);
    if (tied_[option] && !contest_.lots.empty()) placing.set_lot(contest_.lots[option]);
    placing.set_stage(decided_in_[option]);
    placing.set_votes(Continues(option) ? votes_[option] : deciding_votes_[option]);
  }
  // While a tie is open, those seats alone are sure to stay vacant that nobody may win.
  const std::size_t vacant = contest_.seats > seated ? contest_.seats - seated : 0;
  report_.set_vacancies(report_.undecided() ? static_cast<std::int32_t>(contest_.stay_vacant)
                                            : static_cast<std::int32_t>(vacant));
}

}  // namespace plenary::election::counting
