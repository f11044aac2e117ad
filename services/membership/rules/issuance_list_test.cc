#include "services/membership/rules/issuance_list.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"

namespace plenary::membership::rules {
namespace {

const crypto::Ed25519KeyPair& Key() {
  static const auto& key =
      *new crypto::Ed25519KeyPair(crypto::Ed25519KeyPair::FromSeed(std::string(32, 's')).value());
  return key;
}

IdBytes Unit(std::uint8_t last) {
  IdBytes unit = {};
  unit[15] = last;
  return unit;
}

TEST(IssuanceList, IsTheBytesOfTheSpecificationAscendingByUnit) {
  const std::string hash(32, 'h');
  const std::string list =
      SignIssuanceList(hash, 1, {{Unit(0x80), std::string(32, 'b')}, {Unit(7), std::string(32, 'a')}}, Key());
  std::string expected = "PLI1" + hash + '\1' + std::string("\0\0\0\2", 4);
  expected += std::string(15, '\0') + '\7' + std::string(32, 'a');
  expected += std::string(15, '\0') + '\x80' + std::string(32, 'b');
  ASSERT_EQ(list.size(), expected.size() + 64);
  EXPECT_EQ(list.substr(0, expected.size()), expected);
  EXPECT_TRUE(crypto::VerifyEd25519(Key().public_key(), "plenary-issuance-v1" + expected,
                                    list.substr(expected.size()))
                  .ok());
}

TEST(IssuanceList, OfNobodyIsSignedToo) {
  const std::string list = SignIssuanceList(std::string(32, 'h'), 0, {}, Key());
  EXPECT_EQ(list.size(), 4u + 32 + 1 + 4 + 64);
}

}  // namespace
}  // namespace plenary::membership::rules
