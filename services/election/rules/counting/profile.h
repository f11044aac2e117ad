// The ballots of one contest, folded: what every count reads. Identical ballots are one entry with a weight,
// kept in three flat arrays, so that ten million ballots are not ten million objects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "services/election/rules/counting/compact_ballot.h"

namespace plenary::election::counting {

// Most options of a contest. Comparing all with all takes the square of it, Schulze's paths the cube.
inline constexpr std::uint32_t kMostOptions = 1'000;

// Most ballots of a contest, weights included: nine decimals of their sum, times two, fit in 64 bits.
inline constexpr std::int64_t kMostBallots = 1'000'000'000;

// Not thread-safe while ballots are added; const use is.
class Profile {
 public:
  enum class Identical { kFold, kKeepApart };

  // At most kMostOptions.
  explicit Profile(std::uint32_t options, Identical identical = Identical::kFold);

  // Adds `weight` ballots with these marks. Marks and scores: ascending by option. Ranks: ascending by value,
  // then by option; values 1, 2, 3 … without gaps. Every option below options(), at most once. No marks:
  // blank. False, and nothing is added, when there would be more than kMostBallots ballots.
  [[nodiscard]] bool Add(std::span<const Mark> marks, std::int64_t weight = 1);

  // Ballots that could not be counted; false as for Add.
  [[nodiscard]] bool AddSpoilt(std::int64_t weight = 1);

  std::uint32_t options() const { return options_; }

  // Distinct ballots that are not blank, and the i-th of them, in the order they first came.
  std::size_t size() const { return weights_.size(); }
  std::span<const Mark> marks(std::size_t i) const {
    return {marks_.data() + starts_[i], static_cast<std::size_t>(starts_[i + 1] - starts_[i])};
  }
  std::int64_t weight(std::size_t i) const { return weights_[i]; }

  // Sums of weights.
  std::int64_t ballots() const { return ballots_; }  // not blank
  std::int64_t blanks() const { return blanks_; }
  std::int64_t spoilt() const { return spoilt_; }

 private:
  bool Fits(std::int64_t weight) const;
  std::size_t Find(std::span<const Mark> marks, std::size_t hash) const;
  void Grow();

  std::uint32_t options_;
  Identical identical_;
  std::vector<Mark> marks_;
  std::vector<std::uint64_t> starts_;  // size() + 1
  std::vector<std::int64_t> weights_;
  std::vector<std::uint32_t> table_;  // open addressing: number of a ballot plus one, 0 is free
  std::int64_t ballots_ = 0;
  std::int64_t blanks_ = 0;
  std::int64_t spoilt_ = 0;
};

}  // namespace plenary::election::counting
