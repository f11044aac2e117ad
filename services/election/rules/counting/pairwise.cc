#include "services/election/rules/counting/pairwise.h"

namespace plenary::election::counting {
namespace {

constexpr std::uint16_t kPassedOver = 0xffff;

// Ballots where both of a pair are ranked, and where one is ranked at all. Of an option that is ranked,
// everything is behind that is not ahead of it or equal: that spares the unranked ones a visit.
class Comparison {
 public:
  Comparison(const Profile& profile, const std::vector<std::uint16_t>& options)
      : count_(options.size()),
        place_(profile.options(), kPassedOver),
        ahead_(count_ * count_, 0),
        ranked_(count_, 0),
        places_(count_),
        values_(count_) {
    for (std::size_t i = 0; i < count_; ++i) place_[options[i]] = static_cast<std::uint16_t>(i);
  }

  void Add(std::span<const Mark> marks, std::int64_t weight) {
    std::size_t n = 0;
    bool shares = false;
    for (const Mark& mark : marks) {
      const std::uint16_t place = place_[mark.option];
      if (place == kPassedOver) continue;
      shares = shares || (n > 0 && values_[n - 1] == mark.value);
      places_[n] = place;
      values_[n++] = mark.value;
    }
    for (std::size_t a = 0; a < n; ++a) {
      ranked_[places_[a]] += weight;
      std::int64_t* const row = ahead_.data() + places_[a] * count_;
      std::size_t b = a + 1;
      if (shares) {
        for (; b < n && values_[b] == values_[a]; ++b) AddEqual(places_[a], places_[b], weight);
      }
      for (; b < n; ++b) row[places_[b]] += weight;
    }
  }

  std::vector<std::int64_t> Preferences() const {
    std::vector<std::int64_t> preferences(count_ * count_, 0);
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t j = 0; j < count_; ++j) {
        if (i == j) continue;
        const std::int64_t equal = equal_.empty() ? 0 : equal_[i * count_ + j];
        preferences[i * count_ + j] = ranked_[i] - ahead_[j * count_ + i] - equal;
      }
    }
    return preferences;
  }

 private:
  void AddEqual(std::uint16_t a, std::uint16_t b, std::int64_t weight) {
    if (equal_.empty()) equal_.assign(count_ * count_, 0);
    equal_[a * count_ + b] += weight;
    equal_[b * count_ + a] += weight;
  }

  const std::size_t count_;
  std::vector<std::uint16_t> place_;  // by number of option
  std::vector<std::int64_t> ahead_;   // among ballots that rank both
  std::vector<std::int64_t> equal_;   // empty while no ballot shares a rank
  std::vector<std::int64_t> ranked_;
  std::vector<std::uint16_t> places_;  // of the ballot at hand
  std::vector<std::uint16_t> values_;
};

}  // namespace

std::vector<std::int64_t> Preferences(const Profile& profile, const std::vector<std::uint16_t>& options) {
  Comparison comparison(profile, options);
  for (std::size_t i = 0; i < profile.size(); ++i) comparison.Add(profile.marks(i), profile.weight(i));
  return comparison.Preferences();
}

}  // namespace plenary::election::counting
