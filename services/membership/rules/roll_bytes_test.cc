#include "services/membership/rules/roll_bytes.h"

#include <gtest/gtest.h>

#include <string>

#include "common/crypto/bytes.h"

namespace plenary::membership::rules {
namespace {

IdBytes Id(std::uint8_t last) {
  IdBytes bytes{};
  bytes.back() = last;
  return bytes;
}

TEST(RollBytes, AreMagicCountAndUnitsAscending) {
  const std::string zeros(15, '\0');
  const std::string expected =
      std::string("PLR1") + std::string("\0\0\0\2", 4) + zeros + "\1" + zeros + "\x2a";
  EXPECT_EQ(RollBytes({Id(42), Id(1)}), expected);
  EXPECT_EQ(RollBytes({}), std::string("PLR1\0\0\0\0", 8));
}

TEST(RollBytes, HaveTheHashOfTheWhole) {
  for (const auto& units :
       {std::vector<IdBytes>(), std::vector<IdBytes>{Id(3)}, std::vector<IdBytes>{Id(9), Id(2), Id(7)}}) {
    EXPECT_EQ(RollSha256(units), crypto::Sha256(RollBytes(units)));
  }
}

}  // namespace
}  // namespace plenary::membership::rules
