// Which ballot keys have been seen, at ten bytes a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace plenary::election::verify {

// Keeps of each key a tag of 64 bits alone. Not thread-safe.
class SeenKeys {
 public:
  using Tag = std::uint64_t (*)(std::string_view key);

  // Salted anew in every process: nobody can write a log whose keys share tags.
  static std::uint64_t SaltedTag(std::string_view key);

  // For `most` keys. Tests give another tag.
  explicit SeenKeys(std::uint64_t most, Tag tag = &SaltedTag);

  // True for a key that was not seen before, for certain; at most `most` times. False when one with the same
  // tag was: almost certainly this very key, but whoever must know looks at the keys themselves.
  bool Add(std::string_view key);

 private:
  const Tag tag_;
  std::vector<std::uint64_t> table_;  // open addressing: tags, 0 is free
};

}  // namespace plenary::election::verify
