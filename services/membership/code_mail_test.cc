// When a code is mailed, put off and given up, with a mail server that says what the test wants and a clock
// that the test moves.
#include "services/membership/code_mail.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/crypto/random.h"
#include "common/testing/status_matchers.h"
#include "common/time/clock.h"
#include "services/membership/limits_registrar.h"

namespace plenary::membership {
namespace {

using Outcome = mail::Delivery::Outcome;

class CodeMailTest : public ::testing::Test {
 protected:
  struct Server final : public mail::Transport {
    explicit Server(CodeMailTest& of) : test(of) {}
    mail::Delivery Deliver(const mail::Envelope& envelope) override {
      test.tries_[envelope.to].push_back(test.now_ - test.start_);
      return {test.outcomes_[envelope.to], "550 <" + envelope.to + "> no such user"};
    }
    CodeMailTest& test;
  };

  // Goes on for so long, as the thread would: a pass every kCodeMailPause.
  void PassFor(absl::Duration time) {
    for (const absl::Time end = now_ + time; now_ < end; now_ += limits::kCodeMailPause) mail_.SendDue();
  }
  std::vector<int> SecondsOf(const std::string& to) {
    std::vector<int> seconds;
    for (const absl::Duration at : tries_[to]) seconds.push_back(static_cast<int>(absl::ToInt64Seconds(at)));
    return seconds;
  }

  const absl::Time start_ = absl::FromUnixSeconds(1'700'000'000);
  absl::Time now_ = start_;
  std::map<std::string, Outcome> outcomes_;  // by address; what is not here is kAccepted
  std::map<std::string, std::vector<absl::Duration>> tries_;
  FakeClock clock_{start_};
  crypto::SystemRandom random_;
  CodeMail mail_{
      std::make_unique<Server>(*this), {"auditor@society.example", "The auditor"}, clock_, random_, [this] {
        return now_;
      }};
};

TEST_F(CodeMailTest, MailsACodeOnce) {
  mail_.Send("ann@example.org", "ABCD-EFGH");
  PassFor(limits::kCodeLifetime);
  EXPECT_EQ(SecondsOf("ann@example.org"), std::vector<int>{0});
}

TEST_F(CodeMailTest, GivesUpAtOnceWhatTheServerRefusesForGood) {
  outcomes_["gone@example.org"] = Outcome::kAddressRefused;
  outcomes_["odd@example.org"] = Outcome::kMessageRefused;
  for (const char* to : {"gone@example.org", "odd@example.org", "ann@example.org"})
    mail_.Send(to, "ABCD-EFGH");
  PassFor(limits::kCodeLifetime);
  for (const char* to : {"gone@example.org", "odd@example.org", "ann@example.org"}) {
    EXPECT_EQ(SecondsOf(to), std::vector<int>{0}) << to;
  }
}

TEST_F(CodeMailTest, TriesWhatIsPutOffAfterLongerAndLongerPausesUntilTheCodeIsNoGood) {
  outcomes_["slow@example.org"] = Outcome::kLater;
  mail_.Send("slow@example.org", "ABCD-EFGH");
  PassFor(2 * limits::kCodeLifetime);
  std::vector<int> expected = {0, 2, 6, 14};
  for (int at = 30; at < absl::ToInt64Seconds(limits::kCodeLifetime); at += 30) expected.push_back(at);
  EXPECT_EQ(SecondsOf("slow@example.org"), expected) << "2, 4, 8, 16 s, then every 30 s for 15 minutes";
}

TEST_F(CodeMailTest, HoldsNobodyUpForAnAddressThatHasToWait) {
  outcomes_["slow@example.org"] = Outcome::kLater;
  mail_.Send("slow@example.org", "ABCD-EFGH");
  mail_.SendDue();
  mail_.Send("ann@example.org", "ABCD-EFGH");
  mail_.SendDue();
  EXPECT_EQ(SecondsOf("slow@example.org"), std::vector<int>{0});
  EXPECT_EQ(SecondsOf("ann@example.org"), std::vector<int>{0});
}

TEST_F(CodeMailTest, LeavesAServerAloneThatCannotBeUsedHoweverManyCodesWait) {
  for (const char* to : {"ann@example.org", "cy@example.org"}) outcomes_[to] = Outcome::kServerUnusable;
  mail_.Send("ann@example.org", "ABCD-EFGH");
  mail_.Send("cy@example.org", "ABCD-EFGH");
  PassFor(absl::Seconds(14));
  EXPECT_EQ(SecondsOf("ann@example.org"), (std::vector<int>{0, 2, 6}));
  EXPECT_EQ(SecondsOf("cy@example.org"), std::vector<int>()) << "the server was asked once a time";
  outcomes_.clear();
  PassFor(absl::Seconds(2));
  EXPECT_EQ(SecondsOf("ann@example.org"), (std::vector<int>{0, 2, 6, 14}));
  EXPECT_EQ(SecondsOf("cy@example.org"), std::vector<int>{14}) << "and what waited goes out together";
  outcomes_["ann@example.org"] = Outcome::kServerUnusable;
  mail_.Send("ann@example.org", "ABCD-EFGH");
  PassFor(absl::Seconds(4));
  EXPECT_EQ(SecondsOf("ann@example.org"), (std::vector<int>{0, 2, 6, 14, 16, 18})) << "the pauses begin anew";
}

// The log of a pass says how many, never whose.
TEST_F(CodeMailTest, NamesNoAddressInTheLog) {
  ::testing::internal::CaptureStdout();  // where a log goes that no service has started
  outcomes_["gone@example.org"] = Outcome::kAddressRefused;
  outcomes_["slow@example.org"] = Outcome::kLater;
  for (const char* to : {"gone@example.org", "slow@example.org"}) mail_.Send(to, "ABCD-EFGH");
  PassFor(limits::kCodeLifetime + absl::Seconds(4));
  outcomes_["ann@example.org"] = Outcome::kServerUnusable;
  mail_.Send("ann@example.org", "ABCD-EFGH");
  mail_.SendDue();
  const std::string log = ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(log.find("example.org"), std::string::npos) << log;
  EXPECT_EQ(log.find("ABCD"), std::string::npos) << log;
  for (const char* told : {"refused codes for good", "put codes off", "not mailed while", "cannot be used"}) {
    EXPECT_NE(log.find(told), std::string::npos) << told << "\n" << log;
  }
}

}  // namespace
}  // namespace plenary::membership
