#include "services/election/rules/counting/placing.h"

#include <algorithm>
#include <optional>

namespace plenary::election::counting {
namespace {

// What the order alone says of an option, however the ties fall.
enum class Fate { kElected, kOut, kOpen };

// Positions are indices into order.options.
class Placer {
 public:
  Placer(const Contest& contest, const Order& order, const std::vector<std::int64_t>& votes,
         v1::CountReport& report)
      : contest_(contest), order_(order), votes_(votes), report_(report), count_(order.options.size()) {}

  void Run() {
    FindSpecials();
    Judge();
    Arrange();
    Seat();
    Write();
  }

 private:
  const Option& OptionAt(std::size_t i) const { return contest_.options[order_.options[i]]; }
  bool Competes(std::size_t i) const { return !OptionAt(i).holds_seat && !OptionAt(i).none_of_these; }

  void FindSpecials() {
    for (std::size_t i = 0; i < count_; ++i) {
      if (OptionAt(i).none_of_these) none_ = i;
      if (OptionAt(i).holds_seat) ++held_;
    }
    const std::uint32_t taken = held_ + contest_.stay_vacant;
    open_seats_ = contest_.seats > taken ? contest_.seats - taken : 0;
  }

  // Of those that compete, how many are ahead of each, and how many it is ahead of.
  void Judge() {
    std::size_t competing = 0;
    for (std::size_t i = 0; i < count_; ++i) competing += Competes(i) ? 1 : 0;
    above_.assign(count_, 0);
    below_.assign(count_, 0);
    fates_.assign(count_, Fate::kOut);
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t j = 0; j < count_; ++j) {
        if (!Competes(j)) continue;
        above_[i] += order_.Ahead(j, i) ? 1 : 0;
        below_[i] += order_.Ahead(i, j) ? 1 : 0;
      }
      if (OptionAt(i).holds_seat) fates_[i] = Fate::kElected;
      if (!Competes(i)) continue;
      const bool behind_none = none_.has_value() && order_.Ahead(*none_, i);
      const bool ahead_of_none = !none_.has_value() || order_.Ahead(i, *none_);
      if (behind_none || above_[i] >= open_seats_) continue;
      const bool surely_placed = competing - below_[i] <= open_seats_;
      fates_[i] = ahead_of_none && surely_placed ? Fate::kElected : Fate::kOpen;
    }
  }

  // The order, ties by lot; each time several are next, that is a tie.
  void Arrange() {
    std::vector<std::size_t> waiting_for(count_, 0);
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t j = 0; j < count_; ++j) waiting_for[i] += order_.Ahead(j, i) ? 1 : 0;
    }
    std::vector<bool> placed(count_, false);
    tied_.assign(count_, false);
    WriteOpenSeats();
    while (places_.size() < count_) {
      std::vector<std::size_t> next;
      for (std::size_t i = 0; i < count_; ++i) {
        if (!placed[i] && waiting_for[i] == 0) next.push_back(i);
      }
      SortByLot(next);
      if (next.size() > 1 && !IsPartOf(next, last_tie_)) {
        WriteTie(next);
        last_tie_ = next;
        std::sort(last_tie_.begin(), last_tie_.end());
      }
      const std::size_t first = next.front();
      placed[first] = true;
      places_.push_back(first);
      for (std::size_t j = 0; j < count_; ++j) waiting_for[j] -= order_.Ahead(first, j) ? 1 : 0;
    }
  }

  static bool IsPartOf(std::vector<std::size_t> some, const std::vector<std::size_t>& all) {
    std::sort(some.begin(), some.end());
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
  }

  void SortByLot(std::vector<std::size_t>& positions) const {
    if (contest_.lots.empty()) return;
    std::sort(positions.begin(), positions.end(), [this](std::size_t a, std::size_t b) {
      return contest_.lots[order_.options[a]] < contest_.lots[order_.options[b]];
    });
  }

  // Without lots, all whose seat hangs on how ties fall are one tie, written before: a partial order may
  // leave some open who are never next at the same time.
  void WriteOpenSeats() {
    if (!contest_.lots.empty()) return;
    std::vector<std::size_t> open;
    bool against_none = false;
    for (std::size_t i = 0; i < count_; ++i) {
      if (fates_[i] != Fate::kOpen) continue;
      open.push_back(i);
      against_none = against_none || (none_.has_value() && !order_.Ahead(i, *none_));
    }
    if (open.empty()) return;
    if (against_none) open.push_back(*none_);
    std::sort(open.begin(), open.end());
    last_tie_ = open;
    report_.set_undecided(true);
    AddTie(open, v1::CountTie::DECIDES_SEAT);
  }

  void WriteTie(const std::vector<std::size_t>& tied) {
    bool seat = false;
    bool term = false;
    for (const std::size_t i : tied) {
      seat = seat || fates_[i] == Fate::kOpen;
      term = term || (fates_[i] == Fate::kElected && HangsOnTerm(i));
    }
    const bool open = contest_.lots.empty();
    if (open && term) report_.set_undecided(true);
    AddTie(tied, seat && !open ? v1::CountTie::DECIDES_SEAT : v1::CountTie::DECIDES_ORDER);
  }

  void AddTie(const std::vector<std::size_t>& tied, v1::CountTie::Decides decides) {
    v1::CountTie& tie = *report_.add_ties();
    tie.set_decides(decides);
    tie.set_settled(contest_.lots.empty() ? v1::CountTie::SETTLED_OPEN : v1::CountTie::SETTLED_LOT);
    for (const std::size_t i : tied) {
      tied_[i] = true;
      tie.add_options(order_.options[i]);
      if (!contest_.lots.empty()) tie.add_lots(contest_.lots[order_.options[i]]);
    }
  }

  bool HangsOnTerm(std::size_t i) const {
    std::size_t competing = 0;
    for (std::size_t j = 0; j < count_; ++j) competing += Competes(j) ? 1 : 0;
    return CrossesTerm(contest_.terms, above_[i], competing - 1 - below_[i]);
  }

  void Seat() {
    elected_.assign(count_, false);
    std::uint32_t left = open_seats_;
    bool past_none = false;
    for (const std::size_t i : places_) {
      past_none = past_none || OptionAt(i).none_of_these;
      if (OptionAt(i).holds_seat) elected_[i] = true;
      if (!Competes(i)) continue;
      const bool decided = !contest_.lots.empty() || fates_[i] == Fate::kElected;
      if (past_none || left == 0 || !decided) continue;
      elected_[i] = true;
      --left;
    }
    std::stable_partition(places_.begin(), places_.end(), [this](std::size_t i) { return elected_[i]; });
  }

  void Write() {
    int rank = 0;
    int elected = 0;
    for (const std::size_t i : places_) {
      v1::CountPlacing& placing = *report_.add_placings();
      const std::uint16_t option = order_.options[i];
      placing.set_option(option);
      placing.set_rank(++rank);
      if (!votes_.empty()) {
        placing.set_votes(votes_[option]);
        placing.set_stage(1);
      }
      placing.set_elected(elected_[i]);
      placing.set_tied(tied_[i]);
      if (tied_[i] && !contest_.lots.empty()) placing.set_lot(contest_.lots[option]);
      elected += elected_[i] ? 1 : 0;
    }
    // While a tie is open, those seats alone are sure to stay vacant that nobody may win.
    report_.set_vacancies(report_.undecided() ? static_cast<int>(contest_.stay_vacant)
                                              : std::max(0, static_cast<int>(contest_.seats) - elected));
  }

  const Contest& contest_;
  const Order& order_;
  const std::vector<std::int64_t>& votes_;
  v1::CountReport& report_;
  const std::size_t count_;
  std::optional<std::size_t> none_;
  std::uint32_t held_ = 0;
  std::uint32_t open_seats_ = 0;
  std::vector<std::size_t> above_;
  std::vector<std::size_t> below_;
  std::vector<Fate> fates_;
  std::vector<std::size_t> places_;
  std::vector<std::size_t> last_tie_;  // as written, ascending
  std::vector<bool> tied_;
  std::vector<bool> elected_;
};

}  // namespace

std::vector<std::uint16_t> Active(const Contest& contest) {
  std::vector<std::uint16_t> active;
  for (std::size_t i = 0; i < contest.options.size(); ++i) {
    if (!contest.options[i].withdrawn) active.push_back(static_cast<std::uint16_t>(i));
  }
  return active;
}

void Place(const Contest& contest, const Order& order, const std::vector<std::int64_t>& votes,
           v1::CountReport& report) {
  Placer(contest, order, votes, report).Run();
}

bool CrossesTerm(const std::vector<std::uint32_t>& terms, std::size_t first, std::size_t last) {
  std::size_t border = 0;
  for (const std::uint32_t winners : terms) {
    border += winners;
    if (first < border && border <= last) return true;
  }
  return false;
}

}  // namespace plenary::election::counting
