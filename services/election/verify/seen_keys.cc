#include "services/election/verify/seen_keys.h"

#include <absl/hash/hash.h>

namespace plenary::election::verify {

std::uint64_t SeenKeys::SaltedTag(std::string_view key) { return absl::HashOf(key); }

// A fifth of the table stays free, so that a search ends after a dozen steps even when it is full.
SeenKeys::SeenKeys(std::uint64_t most, Tag tag) : tag_(tag), table_(most + most / 4 + 1) {}

bool SeenKeys::Add(std::string_view key) {
  const std::uint64_t drawn = tag_(key);
  const std::uint64_t tag = drawn == 0 ? 1 : drawn;
  for (std::size_t place = tag % table_.size();; place = (place + 1) % table_.size()) {
    if (table_[place] == tag) return false;
    if (table_[place] != 0) continue;
    table_[place] = tag;
    return true;
  }
}

}  // namespace plenary::election::verify
