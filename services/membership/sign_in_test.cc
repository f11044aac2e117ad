#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/testing/every_caller.h"
#include "services/membership/testing_identity.h"

namespace plenary::membership {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Invoke;
using testing::IsError;
using testing::IsOk;
using ::testing::Not;

constexpr auto kLimited = absl::StatusCode::kResourceExhausted;
constexpr auto kRefused = absl::StatusCode::kUnauthenticated;
constexpr auto kOver = absl::StatusCode::kFailedPrecondition;

class SignInTest : public IdentityTest {
 protected:
  absl::StatusOr<v1::SignedInSession> Follow(const std::string& sign_in, const std::string& token) {
    v1::CompleteSignInRequest request;
    request.set_sign_in(sign_in);
    request.set_link_token(token);
    return Invoke(&v1::SessionService::Stub::CompleteSignIn, *sessions_, testing::TestSuite::Anonymous(),
                  request);
  }
};

TEST_F(SignInTest, LetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(
      suite_, identity_loopback_.channel(),
      {"plenary.membership.v1.SessionService", "plenary.membership.v1.ServiceAccountService"});
}

TEST_F(SignInTest, GivesASessionForTheCodeOfTheMail) {
  ASSERT_OK_AND_ASSIGN(const auto asked, Request(" ANN@Example.org"));
  EXPECT_EQ(asked.expire_time().seconds(), absl::ToUnixSeconds(suite_.clock().Now() + absl::Minutes(10)));
  std::string typed = MailedCode();
  for (char& c : typed) c = c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  ASSERT_OK_AND_ASSIGN(const auto session, Complete(asked.sign_in(), typed));
  EXPECT_EQ(session.full_name(), "Ann Lee");
  EXPECT_THAT(session.roles(), ElementsAre("member", "representative"));
  for (const auto& token : session.tokens()) {
    ASSERT_OK_AND_ASSIGN(const auth::Principal principal,
                         suite_.keys().Verify(token.access_token(), token.service(), suite_.clock().Now()));
    EXPECT_EQ(principal.person, session.person());
    EXPECT_THAT(principal.roles, ElementsAre("member", "representative"));
  }
  EXPECT_EQ(session.expire_time().seconds(), absl::ToUnixSeconds(suite_.clock().Now() + absl::Minutes(15)));
  EXPECT_THAT(Complete(asked.sign_in(), typed), IsError(kOver, "SIGN_IN_ENDED")) << "once";
  EXPECT_EQ(database_.One("SELECT actor FROM audit WHERE resource = '" + session.session() + "'"),
            session.person());
}

TEST_F(SignInTest, GivesASessionForTheLinkOfTheMail) {
  ASSERT_OK_AND_ASSIGN(const auto asked, Request("ann@example.org"));
  const std::string token = Mail().at("link_token");
  EXPECT_EQ("signIns/" + Mail().at("sign_in").get<std::string>(), asked.sign_in());
  EXPECT_THAT(Follow(asked.sign_in(), token.substr(1)), IsError(kRefused, "SIGN_IN_CODE_WRONG"));
  EXPECT_THAT(Follow(asked.sign_in(), MailedCode()), IsError(kRefused, "SIGN_IN_CODE_WRONG"));
  EXPECT_THAT(Follow(asked.sign_in(), token), IsOk());
  EXPECT_EQ(database_.One("SELECT means FROM sessions"), "EMAIL_LINK");
}

TEST_F(SignInTest, RefusesWhatIsNoAddressAndNoProof) {
  for (const char* email : {"", "ann", "ann@", "ann@example", "ann lee@example.org"}) {
    EXPECT_THAT(Request(email), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID")) << email;
  }
  EXPECT_THAT(Invoke(&v1::SessionService::Stub::CompleteSignIn, *sessions_, testing::TestSuite::Anonymous(),
                     v1::CompleteSignInRequest()),
              IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Complete("signIns/none", "ABCD-2345"), IsError(kOver, "SIGN_IN_ENDED"));
}

TEST_F(SignInTest, GivesFiveTriesAndTellsHowManyAreLeft) {
  ASSERT_OK_AND_ASSIGN(const auto asked, Request("ann@example.org"));
  const std::string code = MailedCode();
  for (const char* left : {"4 tries are", "3 tries are", "2 tries are", "1 try is", "last try"}) {
    const auto refused = Complete(asked.sign_in(), "22222222");
    ASSERT_THAT(refused, IsError(kRefused, "SIGN_IN_CODE_WRONG"));
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(left));
  }
  EXPECT_THAT(Complete(asked.sign_in(), code), IsError(kOver, "SIGN_IN_ENDED"));
}

TEST_F(SignInTest, IsGoodForTenMinutes) {
  ASSERT_OK_AND_ASSIGN(const auto first, Request("ann@example.org"));
  const std::string code = MailedCode();
  suite_.clock().Advance(limits::kSignInLifetime);
  EXPECT_THAT(Complete(first.sign_in(), code), IsError(kOver, "SIGN_IN_ENDED"));
  ASSERT_OK_AND_ASSIGN(const auto second, Request("ann@example.org"));
  suite_.clock().Advance(limits::kSignInLifetime - absl::Microseconds(1));
  EXPECT_THAT(Complete(second.sign_in(), MailedCode()), IsOk());
}

TEST_F(SignInTest, AnUnknownAddressIsToldInTheMailAlone) {
  ASSERT_OK_AND_ASSIGN(const auto asked, Request("stranger@example.org"));
  EXPECT_EQ(database_.One("SELECT CONCAT(template, ' ', address) FROM notices"),
            "sign-in-unknown stranger@example.org");
  for (int i = 0; i < limits::kTriesOfSignIn; ++i) {
    EXPECT_THAT(Complete(asked.sign_in(), "ABCD2345"), IsError(kRefused, "SIGN_IN_CODE_WRONG"));
  }
  EXPECT_THAT(Complete(asked.sign_in(), "ABCD2345"), IsError(kOver, "SIGN_IN_ENDED"));
}

// What one connection was asked to do, by kind of statement.
class StatementsTest : public SignInTest {
 protected:
  std::vector<std::string> StatementsOf(const std::string& email) {
    const std::vector<std::string> before = Counts();
    v1::RequestSignInRequest request;
    request.set_email(email);
    EXPECT_OK(Invoke(&v1::SessionService::Stub::RequestSignIn, *stub_, From("198.51.100.9"), request));
    std::vector<std::string> after = Counts();
    for (std::size_t i = 0; i < after.size(); ++i) {
      after[i] = std::to_string(std::stoll(after[i]) - std::stoll(before[i]));
    }
    return after;
  }
  std::vector<std::string> Counts() {
    std::vector<std::string> counts;
    const absl::Status status =
        db::Autocommit(pool_, absl::Now() + absl::Seconds(20), [&](db::Session& session) {
          counts.clear();
          return session.Query(
              "SELECT variable_value FROM information_schema.session_status WHERE variable_name IN "
              "('COM_SELECT',"
              " 'COM_INSERT', 'COM_UPDATE', 'COM_DELETE', 'COM_COMMIT', 'COM_ROLLBACK') ORDER BY "
              "variable_name",
              {}, [&](const db::Row& row) { counts.push_back(row.Text(0)); });
        });
    EXPECT_OK(status);
    return counts;
  }

  db::Pool pool_{database_.settings(), {.max_connections = 1}};
  SessionService service_{{.edge = suite_.edge(),
                           .pool = pool_,
                           .ids = ids_,
                           .random = random_,
                           .signer = suite_.Signer("membership"),
                           .keys = suite_.keys()}};
  testing::Loopback server_{{&service_}};
  std::unique_ptr<v1::SessionService::Stub> stub_ = v1::SessionService::NewStub(server_.channel());
};

TEST_F(StatementsTest, AreTheSameForEveryAddress) {
  const std::vector<std::string> known = StatementsOf("ann@example.org");
  EXPECT_EQ(StatementsOf("stranger@example.org"), known);
  EXPECT_EQ(StatementsOf("bob@example.org"), known);
  EXPECT_NE(known[2], "0") << "it counts something";
}

TEST_F(SignInTest, MailsFiveTimesAnHourToAnyAddress) {
  for (const std::string email : {"ann@example.org", "stranger@example.org"}) {
    for (int i = 0; i < limits::kSignInsOfAddress; ++i) ASSERT_OK(Request(email));
    const auto refused = Request(email);
    ASSERT_THAT(refused, IsError(kLimited, "SIGN_IN_LIMIT"));
    EXPECT_EQ(ErrorMetadataOf(refused.status(), "try_again"),
              FormatInstant(suite_.clock().Now() + absl::Hours(1)));
    EXPECT_THAT(Request(email, "198.51.100.7"), IsError(kLimited, "SIGN_IN_LIMIT")) << "from anywhere";
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices"), "10");
  EXPECT_THAT(Request("bob@example.org"), IsOk());
  suite_.clock().Advance(limits::kSignInSpan);
  EXPECT_THAT(Request("ann@example.org"), IsOk());
}

TEST_F(SignInTest, MailsSixtyTimesAnHourForOnePlace) {
  for (int i = 0; i < limits::kSignInsFromPeer; ++i) {
    ASSERT_OK(Request("p" + std::to_string(i) + "@example.org", "198.51.100.7"));
  }
  EXPECT_THAT(Request("ann@example.org", "198.51.100.7"), IsError(kLimited, "SIGN_IN_LIMIT"));
  EXPECT_THAT(Request("ann@example.org", "10.9.8.7, 198.51.100.7"), IsError(kLimited, "SIGN_IN_LIMIT"))
      << "what the client wrote into the header";
  EXPECT_THAT(Request("ann@example.org", "198.51.100.8"), IsOk());
}

TEST_F(SignInTest, TakesTwentyWrongCodesAnHourForOneAddress) {
  int wrong = 0;
  std::string sign_in;
  while (wrong < limits::kWrongCodesOfAddress) {
    ASSERT_OK_AND_ASSIGN(const auto asked, Request("ann@example.org"));
    sign_in = asked.sign_in();
    for (int i = 0; i < limits::kTriesOfSignIn; ++i, ++wrong) {
      ASSERT_THAT(Complete(sign_in, "22222222"), IsError(kRefused, "SIGN_IN_CODE_WRONG"));
    }
  }
  ASSERT_OK_AND_ASSIGN(const auto asked, Request("ann@example.org"));
  const std::string code = MailedCode();
  EXPECT_THAT(Complete(asked.sign_in(), code), IsError(kLimited, "SIGN_IN_LIMIT"));
  EXPECT_EQ(database_.One("SELECT tries FROM sign_ins WHERE id = '" +
                          Mail().at("sign_in").get<std::string>() + "'"),
            "0")
      << "no try is lost by the limit";
}

TEST_F(SignInTest, TakesAHundredWrongCodesAnHourFromOnePlace) {
  for (int i = 0; i < limits::kWrongProofsFromPeer / limits::kTriesOfSignIn; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto asked, Request("p" + std::to_string(i) + "@example.org"));
    for (int tries = 0; tries < limits::kTriesOfSignIn; ++tries) {
      ASSERT_THAT(Complete(asked.sign_in(), "22222222", "198.51.100.7"),
                  IsError(kRefused, "SIGN_IN_CODE_WRONG"));
    }
  }
  ASSERT_OK_AND_ASSIGN(const auto asked, Request("ann@example.org"));
  EXPECT_THAT(Complete(asked.sign_in(), MailedCode(), "198.51.100.7"), IsError(kLimited, "SIGN_IN_LIMIT"));
  EXPECT_THAT(Complete(asked.sign_in(), MailedCode(), "198.51.100.8"), IsOk());
}

TEST_F(SignInTest, SigningInRightlyIsNotCounted) {
  for (int i = 0; i < limits::kWrongCodesOfAddress + 1; ++i) {
    SignIn("ann@example.org");
    if (i % limits::kSignInsOfAddress == limits::kSignInsOfAddress - 1)
      suite_.clock().Advance(limits::kSignInSpan);
  }
  EXPECT_EQ(database_.One("SELECT SUM(uses) FROM sign_in_counts WHERE subject LIKE 'wrong%'"), "0");
}

TEST_F(SignInTest, ForgetsWhatIsOutOfDate) {
  ASSERT_OK(Request("ann@example.org"));
  suite_.clock().Advance(limits::kSignInsKept + absl::Seconds(1));
  ASSERT_OK(Request("bob@example.org"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM sign_ins"), "1");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM sign_in_counts"), "2");
}

TEST_F(SignInTest, LeavesNoSecretBehind) {
  ::testing::internal::CaptureStderr();
  ASSERT_OK_AND_ASSIGN(const auto asked, Request("ann@example.org"));
  const std::string shown = MailedCode();
  const std::string code = shown.substr(0, 4) + shown.substr(5);
  const std::string link = Mail().at("link_token");
  ASSERT_OK_AND_ASSIGN(const auto session, Complete(asked.sign_in(), code));
  ASSERT_OK_AND_ASSIGN(const auto next, Refresh(session.refresh_token(), RandomUuid()));
  const std::string log = ::testing::internal::GetCapturedStderr();
  for (const std::string& secret :
       {code, shown, link, session.refresh_token(), next.refresh_token(), next.tokens(0).access_token()}) {
    EXPECT_FALSE(IsStored(secret)) << secret;
    EXPECT_THAT(log, Not(HasSubstr(secret)));
  }
  EXPECT_TRUE(IsStored("ann@example.org")) << "the search finds what is there";
  EXPECT_THAT(log, Not(HasSubstr("ann@example.org")));
}

}  // namespace
}  // namespace plenary::membership
