#include <gtest/gtest.h>

#include <map>
#include <set>

#include "services/membership/limits_identity.h"
#include "services/membership/rules/caller_address.h"
#include "services/membership/rules/session_life.h"
#include "services/membership/rules/sign_in_code.h"

namespace plenary::membership::rules {
namespace {

TEST(DrawSignInCode, UsesEveryCharacterAboutAsOften) {
  crypto::SeededRandom random("codes");
  std::map<char, int> seen;
  std::set<std::string> codes;
  constexpr int kCodes = 4000;
  for (int i = 0; i < kCodes; ++i) {
    const std::string code = DrawSignInCode(random);
    ASSERT_EQ(code.size(), limits::kSignInCodeLength);
    codes.insert(code);
    for (const char c : code) ++seen[c];
  }
  EXPECT_EQ(codes.size(), static_cast<std::size_t>(kCodes));
  ASSERT_EQ(seen.size(), kSignInAlphabet.size());
  const int expected = kCodes * static_cast<int>(limits::kSignInCodeLength) / static_cast<int>(seen.size());
  for (const auto& [c, count] : seen) {
    EXPECT_GT(count, expected * 8 / 10) << c;
    EXPECT_LT(count, expected * 12 / 10) << c;
  }
}

TEST(ReadSignInCode, ForgivesHowItIsTyped) {
  EXPECT_EQ(ShowSignInCode("ABCD2345"), "ABCD-2345");
  for (const char* typed : {"ABCD2345", "abcd-2345", " AB CD-23 45\n"}) {
    EXPECT_EQ(ReadSignInCode(typed), "ABCD2345") << typed;
  }
  for (const char* typed : {"", "ABCD234", "ABCD23456", "ABCD234O", "ABCD2341", "ABCD_2345", "ABCDÄ234"}) {
    EXPECT_EQ(ReadSignInCode(typed), std::nullopt) << typed;
  }
}

TEST(CallerAddress, BelievesAProxyOnThisMachineOnly) {
  struct Row {
    const char* what;
    const char* peer;
    const char* forwarded;
    const char* caller;
  };
  for (const Row& row : std::vector<Row>{
           {"a direct caller", "ipv4:192.0.2.7:4711", "", "192.0.2.7"},
           {"a direct caller who invents a proxy", "ipv4:192.0.2.7:4711", "198.51.100.1", "192.0.2.7"},
           {"a proxy here", "ipv4:127.0.0.1:4711", "198.51.100.1", "198.51.100.1"},
           {"what the client wrote before the proxy", "ipv4:127.0.0.1:4711", "10.0.0.1, 198.51.100.1",
            "198.51.100.1"},
           {"a proxy here over IPv6", "ipv6:%5B::1%5D:4711", "198.51.100.1", "198.51.100.1"},
           {"a proxy here over a socket", "unix:/run/plenary.sock", "198.51.100.1", "198.51.100.1"},
           {"a program here", "ipv4:127.0.0.1:4711", "", "127.0.0.1"},
           {"a proxy that writes nonsense", "ipv4:127.0.0.1:4711", "unknown", "127.0.0.1"},
           {"a whole IPv6 net", "ipv6:[2001:db8:1:2:3:4:5:6]:4711", "", "2001:db8:1:2::/64"},
           {"IPv4 in IPv6", "ipv6:[::ffff:192.0.2.7]:4711", "", "192.0.2.7"},
           {"nothing that can be read", "", "", "here"}}) {
    EXPECT_EQ(CallerAddress(row.peer, row.forwarded), row.caller) << row.what;
  }
}

TEST(SessionEnd, IsTheIdleOrTheAbsoluteOneWhicheverIsSooner) {
  const absl::Time created = absl::FromUnixSeconds(1'661'000'000);
  const absl::Duration day = absl::Hours(24);
  EXPECT_EQ(SessionEnd(created, created), created + 7 * day);
  EXPECT_EQ(SessionEnd(created, created + 10 * day), created + 17 * day);
  EXPECT_EQ(SessionEnd(created, created + 29 * day), created + 30 * day);
}

TEST(JudgeRefresh, ForgivesALostAnswerAndNothingElse) {
  const absl::Time used = absl::FromUnixSeconds(1'661'000'000);
  struct Row {
    const char* what;
    ShownToken token;
    absl::Duration later;
    RefreshUse use;
  };
  for (const Row& row : std::vector<Row>{
           {"a new token", {std::nullopt, false, false}, absl::ZeroDuration(), RefreshUse::kFirst},
           {"the same request at once", {used, true, false}, absl::Seconds(1), RefreshUse::kRepeat},
           {"at the end of the grace", {used, true, false}, absl::Seconds(10), RefreshUse::kRepeat},
           {"after the grace", {used, true, false}, absl::Seconds(11), RefreshUse::kReuse},
           {"long before, by a clock set back", {used, true, false}, -absl::Hours(1), RefreshUse::kReuse},
           {"another request", {used, false, false}, absl::Seconds(1), RefreshUse::kReuse},
           {"the answer had arrived", {used, true, true}, absl::Seconds(1), RefreshUse::kReuse}}) {
    EXPECT_EQ(JudgeRefresh(row.token, used + row.later), row.use) << row.what;
  }
}

}  // namespace
}  // namespace plenary::membership::rules
