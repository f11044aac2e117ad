#include "common/crypto/shamir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using testing::IsError;

const auto kUnsuitable = IsError(absl::StatusCode::kInvalidArgument, "SHARING_UNSUITABLE");
const auto kLength = IsError(absl::StatusCode::kInvalidArgument, "LENGTH_UNEXPECTED");
const std::string kSecret = "a secret of exactly 32 bytes ...";

// Every subset of `size` of the shares.
std::vector<std::vector<SecretShare>> Subsets(const std::vector<SecretShare>& shares, std::size_t size) {
  std::vector<std::vector<SecretShare>> subsets;
  for (unsigned bits = 0; bits < 1u << shares.size(); ++bits) {
    std::vector<SecretShare> subset;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if ((bits >> i & 1) != 0) subset.push_back(shares[i]);
    }
    if (subset.size() == size) subsets.push_back(subset);
  }
  return subsets;
}

TEST(Shamir, AnyThresholdOfSharesGivesTheSecretAndOneFewerDoesNot) {
  SeededRandom random("shares");
  for (const auto& [threshold, count] :
       std::vector<std::pair<unsigned, unsigned>>{{2, 2}, {2, 3}, {3, 3}, {3, 5}, {5, 9}, {9, 9}}) {
    ASSERT_OK_AND_ASSIGN(const std::vector<SecretShare> shares,
                         SplitSecret(kSecret, threshold, count, random));
    ASSERT_EQ(shares.size(), count);
    for (unsigned i = 0; i < count; ++i) {
      EXPECT_EQ(shares[i].index, i + 1);
      EXPECT_EQ(shares[i].share.size(), kSharedSecretSize);
    }
    for (std::vector<SecretShare>& subset : Subsets(shares, threshold)) {
      std::ranges::reverse(subset);
      EXPECT_EQ(*CombineShares(subset), kSecret);
    }
    if (threshold == 2) continue;
    for (const std::vector<SecretShare>& subset : Subsets(shares, threshold - 1)) {
      EXPECT_NE(*CombineShares(subset), kSecret);
    }
  }
}

// GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1, multiplied the slow way: an implementation of
// its own, so that shares can be combined without the library.
unsigned Multiply(unsigned a, unsigned b) {
  unsigned product = 0;
  for (; b != 0; b >>= 1) {
    if ((b & 1) != 0) product ^= a;
    a <<= 1;
    if ((a & 0x100) != 0) a ^= 0x11d;
  }
  return product;
}

unsigned Inverse(unsigned a) {
  for (unsigned b = 1; b < 256; ++b) {
    if (Multiply(a, b) == 1) return b;
  }
  return 0;
}

TEST(Shamir, SharesAreValuesOfAPolynomialAtTheirIndex) {
  SeededRandom random("polynomial");
  const std::vector<SecretShare> shares = *SplitSecret(kSecret, 3, 5, random);
  const std::array<std::size_t, 3> chosen = {0, 2, 4};
  for (std::size_t at = 0; at < kSharedSecretSize; ++at) {
    unsigned value = 0;
    for (const std::size_t i : chosen) {
      unsigned factor = static_cast<unsigned char>(shares[i].share[at]);
      for (const std::size_t j : chosen) {
        if (i == j) continue;
        const unsigned xi = shares[i].index, xj = shares[j].index;
        factor = Multiply(factor, Multiply(xj, Inverse(xi ^ xj)));
      }
      value ^= factor;
    }
    EXPECT_EQ(value, static_cast<unsigned char>(kSecret[at])) << at;
  }
}

// With a threshold of 2 a share is secret + coefficient * index, so over all coefficients every value comes
// up, whatever the secret: one share says nothing. Two shares, the negative control, say everything.
TEST(Shamir, AShareIsSpreadAlikeWhateverTheSecret) {
  constexpr int kRounds = 400;
  for (const std::string& secret : {std::string(32, '\0'), std::string(32, '\xff'), kSecret}) {
    SystemRandom random;
    std::array<int, 256> seen{};
    for (int round = 0; round < kRounds; ++round) {
      const std::vector<SecretShare> shares = *SplitSecret(secret, 2, 3, random);
      for (const char byte : shares[0].share) ++seen.at(static_cast<unsigned char>(byte));
      EXPECT_EQ(*CombineShares(std::span(shares).first(2)), secret);
    }
    // Chi-square with 255 degrees of freedom: mean 255, standard deviation 22.6; 8 of them are allowed.
    const double expected = kRounds * 32 / 256.0;
    double chi_square = 0;
    for (const int count : seen) chi_square += (count - expected) * (count - expected) / expected;
    EXPECT_LT(chi_square, 255 + 8 * 22.6);
  }
}

TEST(Shamir, EveryOtherShareFitsEverySecretEquallyWell) {
  // The holder of share 1 of 2 cannot rule any secret out: for each there is a second share.
  SeededRandom random("one share");
  const std::string share = SplitSecret(kSecret, 2, 2, random)->at(0).share;
  std::set<std::string> secrets;
  for (int value = 0; value < 256; ++value) {
    const std::array<SecretShare, 2> pair = {SecretShare{1, share},
                                             SecretShare{2, std::string(32, static_cast<char>(value))}};
    secrets.insert(*CombineShares(pair));
  }
  EXPECT_EQ(secrets.size(), 256);
}

TEST(Shamir, AWrongShareGivesAnotherSecretWithoutANotice) {
  SeededRandom random("wrong share");
  std::vector<SecretShare> shares = *SplitSecret(kSecret, 2, 2, random);
  shares[0].share[5] ^= 1;
  ASSERT_OK_AND_ASSIGN(const std::string combined, CombineShares(shares));
  EXPECT_NE(combined, kSecret);
}

TEST(Shamir, TheSameSourceGivesTheSameSharesAndTheSystemsNever) {
  SeededRandom first("same"), second("same");
  SystemRandom system;
  const std::string share = SplitSecret(kSecret, 2, 3, first)->at(2).share;
  EXPECT_EQ(SplitSecret(kSecret, 2, 3, second)->at(2).share, share);
  EXPECT_NE(SplitSecret(kSecret, 2, 3, system)->at(2).share, share);
}

TEST(Shamir, DrawsOnlyTheCoefficientsFromTheSource) {
  SeededRandom random("draws"), control("draws");
  ASSERT_OK(SplitSecret(kSecret, 3, 5, random));
  control.Bytes(2 * kSharedSecretSize);
  EXPECT_EQ(random.Bytes(8), control.Bytes(8));
}

TEST(Shamir, RefusesAThresholdThatIsOneOrMoreThanTheShares) {
  SystemRandom random;
  EXPECT_THAT(SplitSecret(kSecret, 1, 3, random), kUnsuitable);
  EXPECT_THAT(SplitSecret(kSecret, 4, 3, random), kUnsuitable);
  EXPECT_THAT(SplitSecret(kSecret, 2, 10, random), kUnsuitable);
  EXPECT_OK(SplitSecret(kSecret, 2, 9, random));
  EXPECT_THAT(SplitSecret("short", 2, 3, random), kLength);
}

TEST(Shamir, RefusesSharesThatCannotBelongTogether) {
  SystemRandom random;
  const std::vector<SecretShare> shares = *SplitSecret(kSecret, 2, 3, random);
  EXPECT_THAT(CombineShares(std::span(shares).first(1)), kUnsuitable);
  EXPECT_THAT(CombineShares(std::vector<SecretShare>{shares[0], shares[0]}), kUnsuitable);
  EXPECT_THAT(CombineShares(std::vector<SecretShare>{shares[0], {0, shares[1].share}}), kUnsuitable);
  EXPECT_THAT(CombineShares(std::vector<SecretShare>{shares[0], {2, "short"}}), kLength);
  EXPECT_THAT(CombineShares(std::vector<SecretShare>(10, shares[0])), kUnsuitable);
}

TEST(Shamir, ThreadsDoNotDisturbOneAnother) {
  std::array<std::string, 2> shares;
  const auto split = [&shares](std::size_t thread) {
    SeededRandom random(thread == 0 ? "thread 0" : "thread 1");
    for (int round = 0; round < 200; ++round)
      shares.at(thread) = SplitSecret(kSecret, 2, 3, random)->at(1).share;
  };
  std::thread other(split, 1);
  split(0);
  other.join();
  const std::array<std::string, 2> together = shares;
  split(0);
  split(1);
  EXPECT_EQ(together, shares);
}

}  // namespace
}  // namespace plenary::crypto
