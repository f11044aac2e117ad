#include <algorithm>
#include <set>

#include "services/election/rules/counting/methods.h"
#include "services/election/rules/counting/pairwise.h"
#include "services/election/rules/counting/placing.h"

namespace plenary::election::counting {
namespace {

// Indices into the active options.
struct Pair {
  std::size_t winner = 0;
  std::size_t loser = 0;
  std::int64_t votes = 0;
  std::int64_t opposition = 0;
  v1::Majority::Outcome outcome = v1::Majority::OUTCOME_OPEN;

  bool AsStrongAs(const Pair& other) const { return votes == other.votes && opposition == other.opposition; }
};

std::vector<Pair> Majorities(const std::vector<std::int64_t>& preferences, std::size_t n) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const std::int64_t votes = preferences[i * n + j];
      const std::int64_t opposition = preferences[j * n + i];
      if (votes > opposition) pairs.push_back({i, j, votes, opposition});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return a.votes != b.votes ? a.votes > b.votes : a.opposition < b.opposition;
  });
  return pairs;
}

// Who is ahead of whom by the majorities locked in so far, and by what follows from them. A row of bits an
// option.
class Locked {
 public:
  explicit Locked(std::size_t n) : n_(n), words_((n + kBits - 1) / kBits), ahead_(n * words_, 0) {}

  bool Ahead(std::size_t a, std::size_t b) const { return (Row(a)[b / kBits] >> (b % kBits) & 1) != 0; }

  // False when the opposite holds already.
  bool Lock(const Pair& pair) {
    if (Ahead(pair.loser, pair.winner)) return false;
    if (Ahead(pair.winner, pair.loser)) return true;
    for (std::size_t above = 0; above < n_; ++above) {
      if (above != pair.winner && !Ahead(above, pair.winner)) continue;
      std::uint64_t* const row = ahead_.data() + above * words_;
      for (std::size_t word = 0; word < words_; ++word) row[word] |= Row(pair.loser)[word];
      row[pair.loser / kBits] |= std::uint64_t{1} << (pair.loser % kBits);
    }
    return true;
  }

  std::vector<char> Matrix() const {
    std::vector<char> matrix;
    matrix.reserve(n_ * n_);
    for (std::size_t a = 0; a < n_; ++a) {
      for (std::size_t b = 0; b < n_; ++b) matrix.push_back(Ahead(a, b) ? 1 : 0);
    }
    return matrix;
  }

 private:
  static constexpr std::size_t kBits = 64;

  const std::uint64_t* Row(std::size_t a) const { return ahead_.data() + a * words_; }

  std::size_t n_;
  std::size_t words_;
  std::vector<std::uint64_t> ahead_;
};

// Equally strong majorities, [begin, end): all at once when they do not contradict each other, else by lot.
class Locking {
 public:
  Locking(const Contest& contest, const std::vector<std::uint16_t>& options, v1::CountReport& report)
      : contest_(contest), options_(options), report_(report), locked_(options.size()) {}

  void Run(std::vector<Pair>& pairs) {
    for (auto begin = pairs.begin(); begin != pairs.end();) {
      const auto end = std::find_if(begin, pairs.end(), [&](const Pair& p) { return !p.AsStrongAs(*begin); });
      if (end - begin > 1 && Contradict(begin, end) && !SettleByLot(begin, end)) return;
      for (; begin != end; ++begin) {
        begin->outcome =
            locked_.Lock(*begin) ? v1::Majority::OUTCOME_LOCKED : v1::Majority::OUTCOME_PASSED_OVER;
      }
    }
  }

  std::vector<char> Ahead() const { return locked_.Matrix(); }

 private:
  using Place = std::vector<Pair>::iterator;

  // Whether the order among them matters: together with what holds, they make a circle.
  bool Contradict(Place begin, Place end) const {
    Locked trial = locked_;
    return std::any_of(begin, end, [&](const Pair& pair) {
      return !locked_.Ahead(pair.loser, pair.winner) && !trial.Lock(pair);
    });
  }

  // Sorts them by the lots of winner and loser. Without lots the tie stays open, and so does all that is
  // weaker.
  bool SettleByLot(Place begin, Place end) {
    std::set<std::uint16_t> tied;
    for (Place pair = begin; pair != end; ++pair) {
      if (locked_.Ahead(pair->loser, pair->winner)) continue;
      tied.insert(options_[pair->winner]);
      tied.insert(options_[pair->loser]);
    }
    v1::CountTie& tie = *report_.add_ties();
    tie.set_decides(v1::CountTie::DECIDES_MAJORITY);
    std::vector<std::uint16_t> in_order(tied.begin(), tied.end());
    if (contest_.lots.empty()) {
      tie.set_settled(v1::CountTie::SETTLED_OPEN);
      tie.mutable_options()->Assign(in_order.begin(), in_order.end());
      return false;
    }
    const auto lot = [this](std::size_t i) -> const std::string& { return contest_.lots[options_[i]]; };
    std::sort(begin, end, [&](const Pair& a, const Pair& b) {
      return a.winner != b.winner ? lot(a.winner) < lot(b.winner) : lot(a.loser) < lot(b.loser);
    });
    std::sort(in_order.begin(), in_order.end(),
              [this](std::uint16_t a, std::uint16_t b) { return contest_.lots[a] < contest_.lots[b]; });
    tie.set_settled(v1::CountTie::SETTLED_LOT);
    for (const std::uint16_t option : in_order) {
      tie.add_options(option);
      tie.add_lots(contest_.lots[option]);
    }
    return true;
  }

  const Contest& contest_;
  const std::vector<std::uint16_t>& options_;
  v1::CountReport& report_;
  Locked locked_;
};

}  // namespace

void CountRankedPairs(const Contest& contest, const Profile& profile, v1::CountReport& report) {
  Order order{Active(contest), {}};
  const std::size_t n = order.options.size();
  const std::vector<std::int64_t> preferences = Preferences(profile, order.options);
  std::vector<Pair> pairs = Majorities(preferences, n);
  Locking locking(contest, order.options, report);
  locking.Run(pairs);
  order.ahead = locking.Ahead();

  v1::Pairwise& pairwise = *report.mutable_pairwise();
  pairwise.mutable_options()->Assign(order.options.begin(), order.options.end());
  pairwise.mutable_preferences()->Assign(preferences.begin(), preferences.end());
  for (const Pair& pair : pairs) {
    v1::Majority& majority = *pairwise.add_majorities();
    majority.set_winner(order.options[pair.winner]);
    majority.set_loser(order.options[pair.loser]);
    majority.set_votes(pair.votes);
    majority.set_opposition(pair.opposition);
    majority.set_outcome(pair.outcome);
  }
  Place(contest, order, {}, report);
}

}  // namespace plenary::election::counting
