#include "services/election/rules/counting/profile.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <string_view>

namespace plenary::election::counting {
namespace {

// At most half of the table is in use, so that a search ends after a few steps.
constexpr std::size_t kSmallestTable = 16;

// absl::Hash is salted anew in every process: nobody can write a file whose ballots all meet in one place.
std::size_t HashOf(std::span<const Mark> marks) {
  static_assert(sizeof(Mark) == 4, "hashed as bytes, so there must be none between the fields");
  return absl::HashOf(std::string_view(reinterpret_cast<const char*>(marks.data()), marks.size_bytes()));
}

// An entry of the table is the ballot's number plus one. It takes no more bits than the mask has, since half
// of the places stay free; the bits above hold a part of the hash, so that hardly any other ballot's marks
// are looked at.
std::uint32_t TagOf(std::size_t hash, std::size_t mask) {
  return static_cast<std::uint32_t>((hash >> 32) & ~mask);
}

}  // namespace

Profile::Profile(std::uint32_t options, Identical identical)
    : options_(options), identical_(identical), starts_{0} {}

bool Profile::Add(std::span<const Mark> marks, std::int64_t weight) {
  if (!Fits(weight)) return false;
  if (marks.empty()) {
    blanks_ += weight;
    return true;
  }
  if (identical_ == Identical::kFold) {
    if (2 * (size() + 1) > table_.size()) Grow();
    const std::size_t hash = HashOf(marks);
    const std::size_t mask = table_.size() - 1;
    std::uint32_t& entry = table_[Find(marks, hash)];
    if (entry != 0) {
      weights_[(entry & mask) - 1] += weight;
      ballots_ += weight;
      return true;
    }
    entry = TagOf(hash, mask) | static_cast<std::uint32_t>(size() + 1);
  }
  marks_.insert(marks_.end(), marks.begin(), marks.end());
  starts_.push_back(marks_.size());
  weights_.push_back(weight);
  ballots_ += weight;
  return true;
}

bool Profile::AddSpoilt(std::int64_t weight) {
  if (!Fits(weight)) return false;
  spoilt_ += weight;
  return true;
}

bool Profile::Fits(std::int64_t weight) const {
  return weight >= 1 && weight <= kMostBallots - ballots_ - blanks_ - spoilt_;
}

// The place of the ballot with these marks, or the free one where it belongs.
std::size_t Profile::Find(std::span<const Mark> marks, std::size_t hash) const {
  const std::size_t mask = table_.size() - 1;
  const std::uint32_t tag = TagOf(hash, mask);
  std::size_t place = hash & mask;
  for (; table_[place] != 0; place = (place + 1) & mask) {
    const bool likely = ((table_[place] ^ tag) & ~mask) == 0;
    if (likely && std::ranges::equal(this->marks((table_[place] & mask) - 1), marks)) break;
  }
  return place;
}

// Twice the places. The table holds no hashes: they are computed anew, which is cheaper than keeping them.
void Profile::Grow() {
  const std::size_t places = std::max(kSmallestTable, 2 * table_.size());
  const std::size_t mask = places - 1;
  std::vector<std::uint32_t>().swap(table_);  // the old one goes before the new one comes
  table_.resize(places);
  for (std::size_t i = 0; i < size(); ++i) {
    const std::size_t hash = HashOf(marks(i));
    std::size_t place = hash & mask;
    while (table_[place] != 0) place = (place + 1) & mask;
    table_[place] = TagOf(hash, mask) | static_cast<std::uint32_t>(i + 1);
  }
}

}  // namespace plenary::election::counting
