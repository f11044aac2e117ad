#include "common/crypto/random.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"

namespace plenary::crypto {
namespace {

TEST(SeededRandom, GivesTheChaCha20StreamOfItsSeed) {
  // openssl enc -chacha20 -K $(printf 'a seed' | sha256sum | cut -c-64) -iv 0… over zeros
  const std::string stream = SeededRandom("a seed").Bytes(136);
  EXPECT_EQ(HexEncode(stream.substr(0, 32)),
            "ec56d92d33d5f2b8281be6b139e4cdbadb3f95dcb19b4149bd2a0b72ff3b34dd");
  EXPECT_EQ(HexEncode(stream.substr(120, 16)), "0ee1c38fbbf37e713131d2393b191539");
}

TEST(SeededRandom, GivesTheSameStreamHoweverItIsCut) {
  const std::string whole = SeededRandom("a seed").Bytes(1000);
  SeededRandom random("a seed");
  std::string pieces;
  for (std::size_t size = 0; pieces.size() < whole.size(); ++size) {
    pieces += random.Bytes(std::min(size, whole.size() - pieces.size()));
  }
  EXPECT_EQ(pieces, whole);
}

TEST(SeededRandom, OtherSeedsGiveOtherStreams) {
  EXPECT_NE(SeededRandom("a seed").Bytes(32), SeededRandom("another seed").Bytes(32));
}

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  EXPECT_NE(random.Bytes(32), random.Bytes(32));
  EXPECT_EQ(random.Bytes(0), "");
}

}  // namespace
}  // namespace plenary::crypto
