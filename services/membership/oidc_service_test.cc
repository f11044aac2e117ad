#include "services/membership/oidc_service.h"

#include <atomic>
#include <fstream>
#include <thread>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/testing/every_caller.h"
#include "services/membership/limits_oidc.h"
#include "services/membership/oidc_settings.h"
#include "services/membership/testing_identity.h"
#include "services/membership/testing_oidc.h"

namespace plenary::membership {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Invoke;
using testing::IsError;
using testing::IsOk;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto kOver = absl::StatusCode::kFailedPrecondition;
constexpr auto kRefused = absl::StatusCode::kUnauthenticated;
constexpr auto kUnavailable = absl::StatusCode::kUnavailable;
constexpr char kDiscovery[] = "/.well-known/openid-configuration";

// An address that the provider has verified.
Claims Verified(const std::string& email) { return {{"email", email}, {"email_verified", true}}; }

class OidcServiceTest : public IdentityTest {
 protected:
  absl::StatusOr<v1::StartOidcSignInResponse> Start(const std::string& from = "") {
    return Invoke(&v1::OidcService::Stub::StartOidcSignIn, *oidc_, From(from), v1::StartOidcSignInRequest());
  }
  absl::StatusOr<v1::SignedInSession> Finish(const v1::StartOidcSignInResponse& start,
                                             const std::string& code) {
    v1::FinishOidcSignInRequest request;
    request.set_state(start.state());
    request.set_code(code);
    request.set_secret(start.secret());
    return Invoke(&v1::OidcService::Stub::FinishOidcSignIn, *oidc_, testing::TestSuite::Anonymous(), request);
  }
  absl::StatusOr<v1::SignedInSession> SignInAs(const std::string& subject, const Claims& more,
                                               const std::function<void(Claims&)>& change = nullptr) {
    ASSIGN_OR_RETURN(const auto start, Start());
    return Finish(start, double_.SignIn(start.authorization_url(), subject, more, change));
  }

  ProviderDouble double_{suite_.clock()};
  OidcProvider provider_{{.issuer = double_.issuer(),
                          .client_id = "plenary",
                          .client_secret = "hush hush",
                          .redirect_uri = "http://127.0.0.1:8799/callback"},
                         suite_.clock()};
  OidcService service_{{.edge = suite_.edge(),
                        .pool = database_.pool(),
                        .ids = ids_,
                        .random = random_,
                        .signer = suite_.Signer("membership"),
                        .provider = &provider_}};
  testing::Loopback server_{{&service_}};
  std::unique_ptr<v1::OidcService::Stub> oidc_ = v1::OidcService::NewStub(server_.channel());
};

TEST_F(OidcServiceTest, LetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(suite_, server_.channel(), {"plenary.membership.v1.OidcService"});
}

TEST_F(OidcServiceTest, SendsThePersonToTheProvider) {
  ASSERT_OK_AND_ASSIGN(const auto start, Start());
  EXPECT_THAT(start.authorization_url(), StartsWith(double_.issuer() + "/auth?tenant=1&"));
  auto query = http::QueryOf(start.authorization_url());
  EXPECT_EQ(query["response_type"], "code");
  EXPECT_EQ(query["scope"], "openid email");
  EXPECT_EQ(query["client_id"], "plenary");
  EXPECT_EQ(query["redirect_uri"], "http://127.0.0.1:8799/callback");
  EXPECT_EQ(query["code_challenge_method"], "S256");
  EXPECT_EQ(query["state"], start.state());
  for (const char* name : {"state", "nonce", "code_challenge"}) EXPECT_EQ(query[name].size(), 43u) << name;
  EXPECT_THAT(start.authorization_url(), Not(HasSubstr(start.secret())));
  EXPECT_EQ(start.expire_time().seconds(),
            absl::ToUnixSeconds(suite_.clock().Now() + limits::kOidcSignInLifetime));
}

TEST_F(OidcServiceTest, GivesASessionToWhomTheProviderNames) {
  ASSERT_OK_AND_ASSIGN(const auto session, SignInAs("ann-7", Verified("Ann@Example.org")));
  EXPECT_EQ(session.full_name(), "Ann Lee");
  EXPECT_THAT(session.roles(), ElementsAre("member", "representative"));
  EXPECT_THAT(Refresh(session.refresh_token()), IsOk());
  v1::ListSessionsRequest request;
  request.set_person(session.person());
  ASSERT_OK_AND_ASSIGN(const auto listed,
                       Invoke(&v1::SessionService::Stub::ListSessions, *sessions_, suite_.Staff(), request));
  ASSERT_EQ(listed.sessions_size(), 1);
  EXPECT_EQ(listed.sessions(0).means(), v1::SIGN_IN_MEANS_OIDC);
  EXPECT_EQ(database_.One("SELECT CONCAT(actor, ': ', detail) FROM audit WHERE resource = '" +
                          session.session() + "'"),
            session.person() + ": the first time, by the verified address");
}

TEST_F(OidcServiceTest, KnowsAPersonByTheSubjectAfterTheFirstTime) {
  ASSERT_OK_AND_ASSIGN(const auto first, SignInAs("ann-7", Verified("ann@example.org")));
  for (const Claims& more : {Claims::object(), Verified("bob@example.org"), Verified("moved@example.org")}) {
    ASSERT_OK_AND_ASSIGN(const auto later, SignInAs("ann-7", more));
    EXPECT_EQ(later.person(), first.person()) << more;
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM oidc_subjects"), "1");
  EXPECT_THAT(SignInAs("ann-7 ", Claims::object()),
              IsError(absl::StatusCode::kPermissionDenied, "OIDC_PERSON_UNKNOWN"))
      << "a name with a blank is another name";
}

TEST_F(OidcServiceTest, AsksForTheAddressWhenTheTokenDoesNotSayIt) {
  Claims info = Verified("ann@example.org");
  info["sub"] = "another";
  double_.TellUserInfo(info);
  EXPECT_THAT(SignInAs("ann-7", Claims::object()), IsError(kRefused, "OIDC_REFUSED"));
  info["sub"] = "ann-7";
  info["email_verified"] = false;
  double_.TellUserInfo(info);
  EXPECT_THAT(SignInAs("ann-7", Claims::object()),
              IsError(absl::StatusCode::kPermissionDenied, "OIDC_PERSON_UNKNOWN"));
  info["email_verified"] = true;
  double_.TellUserInfo(info);
  ASSERT_OK_AND_ASSIGN(const auto session, SignInAs("ann-7", Claims::object()));
  EXPECT_EQ(session.full_name(), "Ann Lee");
}

TEST_F(OidcServiceTest, PutsNobodyOnTheRegister) {
  const std::string people = database_.One("SELECT COUNT(*) FROM people");
  const Claims unverified = {{"email", "ann@example.org"}, {"email_verified", false}};
  for (const Claims& more : {Verified("stranger@example.org"), unverified, Claims::object()}) {
    EXPECT_THAT(SignInAs("stranger", more),
                IsError(absl::StatusCode::kPermissionDenied, "OIDC_PERSON_UNKNOWN"));
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM people"), people);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM oidc_subjects"), "0");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM sessions"), "0");
}

TEST_F(OidcServiceTest, AStartIsFinishedOnce) {
  ASSERT_OK_AND_ASSIGN(const auto start, Start());
  const Claims ann = Verified("ann@example.org");
  ASSERT_OK(Finish(start, double_.SignIn(start.authorization_url(), "ann-7", ann)));
  EXPECT_THAT(Finish(start, double_.SignIn(start.authorization_url(), "ann-7", ann)),
              IsError(kOver, "OIDC_SIGN_IN_ENDED"));
  ASSERT_OK_AND_ASSIGN(const auto next, Start());
  EXPECT_THAT(Finish(next, "wrong"), IsError(kRefused, "OIDC_REFUSED"));
  EXPECT_THAT(Finish(next, double_.SignIn(next.authorization_url(), "ann-7", ann)),
              IsError(kOver, "OIDC_SIGN_IN_ENDED"));
}

TEST_F(OidcServiceTest, ManyAtOnceFinishAStartOnceAndLinkASubjectOnce) {
  constexpr int kCallers = 4;
  ASSERT_OK_AND_ASSIGN(const auto shared, Start());
  const Claims ann = Verified("ann@example.org");
  const std::string shared_code = double_.SignIn(shared.authorization_url(), "ann-7", ann);
  std::atomic<int> finished = 0, ended = 0, own = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      const auto session = Finish(shared, shared_code);
      finished += session.ok();
      ended += ReasonOf(session.status()) == "OIDC_SIGN_IN_ENDED";
      own += SignInAs("ann-8", ann).ok();
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(finished, 1);
  EXPECT_EQ(ended, kCallers - 1);
  EXPECT_EQ(own, kCallers);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM oidc_subjects"), "2");
}

TEST_F(OidcServiceTest, AStartIsGoodForTenMinutes) {
  const Claims ann = Verified("ann@example.org");
  ASSERT_OK_AND_ASSIGN(const auto late, Start());
  suite_.clock().Advance(limits::kOidcSignInLifetime);
  EXPECT_THAT(Finish(late, double_.SignIn(late.authorization_url(), "ann-7", ann)),
              IsError(kOver, "OIDC_SIGN_IN_ENDED"));
  ASSERT_OK_AND_ASSIGN(const auto in_time, Start());
  suite_.clock().Advance(limits::kOidcSignInLifetime - absl::Microseconds(1));
  EXPECT_THAT(Finish(in_time, double_.SignIn(in_time.authorization_url(), "ann-7", ann)), IsOk());
}

TEST_F(OidcServiceTest, WhoSeesTheRedirectAloneFinishesNothing) {
  ASSERT_OK_AND_ASSIGN(const auto victim, Start());
  ASSERT_OK_AND_ASSIGN(const auto thief, Start());
  const std::string code = double_.SignIn(victim.authorization_url(), "ann-7", Verified("ann@example.org"));
  auto mixed = victim;
  mixed.set_secret(thief.secret());
  EXPECT_THAT(Finish(mixed, code), IsError(kOver, "OIDC_SIGN_IN_ENDED")) << "the state of another secret";
  mixed.set_secret(victim.state());
  EXPECT_THAT(Finish(mixed, code), IsError(kOver, "OIDC_SIGN_IN_ENDED"));
  EXPECT_THAT(Finish(thief, code), IsError(kRefused, "OIDC_REFUSED")) << "a code of another start: PKCE";
}

TEST_F(OidcServiceTest, RefusesATokenThatDoesNotHold) {
  const std::vector<std::function<void(Claims&)>> lies = {
      [](Claims& claims) { claims["nonce"] = "another"; },
      [](Claims& claims) { claims["iss"] = "https://another.example"; },
      [](Claims& claims) { claims["aud"] = "another"; }, [](Claims& claims) { claims["exp"] = 1; },
      [](Claims& claims) { claims["at_hash"] = "another"; }};
  for (const auto& lie : lies) {
    EXPECT_THAT(SignInAs("ann-7", Verified("ann@example.org"), lie), IsError(kRefused, "OIDC_REFUSED"));
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM sessions"), "0");
}

TEST_F(OidcServiceTest, RefusesFieldsThatAreMissingOrTooLong) {
  const auto invalid = IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID");
  v1::StartOidcSignInResponse start;
  EXPECT_THAT(Finish(start, "code"), invalid);
  start.set_state("state");
  EXPECT_THAT(Finish(start, "code"), invalid);
  start.set_secret("secret");
  EXPECT_THAT(Finish(start, ""), invalid);
  EXPECT_THAT(Finish(start, std::string(limits::kLongestOidcCode + 1, 'c')), invalid);
  EXPECT_THAT(Finish(start, std::string(limits::kLongestOidcCode, 'c')),
              IsError(kOver, "OIDC_SIGN_IN_ENDED"));
}

TEST_F(OidcServiceTest, AsksTheProviderWhatItIsOnceAnHour) {
  const Claims ann = Verified("ann@example.org");
  for (int i = 0; i < 3; ++i) ASSERT_OK(SignInAs("ann-7", ann));
  EXPECT_EQ(double_.Asked(kDiscovery), 1);
  EXPECT_EQ(double_.Asked("/jwks"), 1);
  suite_.clock().Advance(limits::kProviderKept);
  ASSERT_OK(SignInAs("ann-7", ann));
  EXPECT_EQ(double_.Asked(kDiscovery), 2);
  EXPECT_EQ(double_.Asked("/jwks"), 2);
}

TEST_F(OidcServiceTest, ReadsTheKeysAgainForOneThatIsUnknownOnceAMinute) {
  const Claims ann = Verified("ann@example.org");
  ASSERT_OK(SignInAs("ann-7", ann));
  double_.RenameKey("k2");
  EXPECT_THAT(SignInAs("ann-7", ann), IsError(kRefused, "OIDC_REFUSED")) << "the keys are seconds old";
  EXPECT_EQ(double_.Asked("/jwks"), 1);
  suite_.clock().Advance(limits::kProviderKeysPause);
  EXPECT_THAT(SignInAs("ann-7", ann), IsOk());
  EXPECT_EQ(double_.Asked("/jwks"), 2);
}

TEST_F(OidcServiceTest, ASignInStaysOpenWhileTheProviderIsAway) {
  ASSERT_OK_AND_ASSIGN(const auto start, Start());
  const std::string code = double_.SignIn(start.authorization_url(), "ann-7", Verified("ann@example.org"));
  for (const testing::HttpServer::Answer& answer : {testing::HttpServer::Answer{503, ""}, {500, "{}"}}) {
    double_.Answer("/token", answer);
    EXPECT_THAT(Finish(start, code), IsError(kUnavailable, "OIDC_UNAVAILABLE"));
  }
  double_.AnswerAsUsual();
  EXPECT_THAT(Finish(start, code), IsOk());
}

TEST_F(OidcServiceTest, TakesNoOtherProviderForTheOneItKnows) {
  const std::string other = R"({"issuer": "https://other.example"})";
  const std::string open = R"({"issuer": ")" + double_.issuer() +
                           R"(", "authorization_endpoint": "http://id.example/auth",
       "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/jwks"})";
  for (const testing::HttpServer::Answer& answer :
       {testing::HttpServer::Answer{200, other}, {200, open}, {200, "[]"}, {200, "<html>"}, {302, "{}"}}) {
    double_.Answer(kDiscovery, answer);
    EXPECT_THAT(Start(), IsError(kUnavailable, "OIDC_UNAVAILABLE")) << answer.body;
    const int asked = double_.Asked(kDiscovery);
    EXPECT_THAT(Start(), IsError(kUnavailable, "OIDC_UNAVAILABLE"));
    EXPECT_EQ(double_.Asked(kDiscovery), asked) << "not asked again at once";
    suite_.clock().Advance(limits::kProviderPause);
  }
  double_.AnswerAsUsual();
  EXPECT_THAT(Start(), IsOk());
}

TEST_F(OidcServiceTest, StartsSixtyTimesAnHourForOnePlace) {
  for (int i = 0; i < limits::kOidcStartsFromPeer; ++i) ASSERT_OK(Start("198.51.100.7"));
  EXPECT_THAT(Start("198.51.100.7"), IsError(absl::StatusCode::kResourceExhausted, "SIGN_IN_LIMIT"));
  EXPECT_THAT(Start("198.51.100.8"), IsOk());
  EXPECT_THAT(Request("ann@example.org", "198.51.100.7"), IsOk()) << "mail has a count of its own";
  suite_.clock().Advance(limits::kSignInSpan);
  EXPECT_THAT(Start("198.51.100.7"), IsOk());
}

TEST_F(OidcServiceTest, ForgetsWhatIsOutOfDate) {
  ASSERT_OK(Start());
  suite_.clock().Advance(limits::kSignInsKept + absl::Seconds(1));
  ASSERT_OK(Start());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM oidc_sign_ins"), "1");
}

TEST_F(OidcServiceTest, LeavesNoSecretBehind) {
  ::testing::internal::CaptureStderr();
  ASSERT_OK_AND_ASSIGN(const auto start, Start());
  const std::string code = double_.SignIn(start.authorization_url(), "ann-7", Verified("ann@example.org"));
  ASSERT_OK_AND_ASSIGN(const auto session, Finish(start, code));
  const std::string log = ::testing::internal::GetCapturedStderr();
  auto query = http::QueryOf(start.authorization_url());
  for (const std::string& secret : {start.secret(), start.state(), query["nonce"], query["code_challenge"],
                                    code, std::string("hush hush"), session.refresh_token()}) {
    EXPECT_FALSE(IsStored(secret)) << secret;
    EXPECT_THAT(log, Not(HasSubstr(secret)));
  }
  EXPECT_TRUE(IsStored("ann-7")) << "the search finds what is there";
}

TEST_F(OidcServiceTest, SaysWhenThereIsNoProvider) {
  OidcService service{{.edge = suite_.edge(),
                       .pool = database_.pool(),
                       .ids = ids_,
                       .random = random_,
                       .signer = suite_.Signer("membership"),
                       .provider = nullptr}};
  const testing::Loopback server{{&service}};
  oidc_ = v1::OidcService::NewStub(server.channel());
  EXPECT_THAT(Start(), IsError(kOver, "OIDC_NOT_CONFIGURED"));
  EXPECT_THAT(Finish(v1::StartOidcSignInResponse(), "code"), IsError(kOver, "OIDC_NOT_CONFIGURED"));
}

TEST(OidcFlags, AreAllThereOrNone) {
  const TemporaryFolder folder;
  const SystemClock clock;
  const OidcFlags good{.issuer = "https://id.example",
                       .client_id = "plenary",
                       .client_secret_file = folder.Path("secret"),
                       .redirect_uri = "https://society.example/callback"};
  std::ofstream(good.client_secret_file) << "hush\n";
  ASSERT_OK_AND_ASSIGN(const auto provider, OpenOidcProvider(good, clock));
  EXPECT_NE(provider, nullptr);
  ASSERT_OK_AND_ASSIGN(const auto none, OpenOidcProvider({}, clock));
  EXPECT_EQ(none, nullptr);
  for (const char* value : {"", "http://id.example", "https://id.example/?a=b", "id.example"}) {
    for (std::string OidcFlags::*const flag : {&OidcFlags::issuer, &OidcFlags::redirect_uri}) {
      OidcFlags flags = good;
      flags.*flag = value;
      EXPECT_THAT(OpenOidcProvider(flags, clock),
                  IsError(absl::StatusCode::kInvalidArgument, "OIDC_FLAG_INVALID"));
    }
  }
  for (std::string OidcFlags::*const flag : {&OidcFlags::client_id, &OidcFlags::client_secret_file}) {
    OidcFlags flags = good;
    flags.*flag = "";
    EXPECT_THAT(OpenOidcProvider(flags, clock),
                IsError(absl::StatusCode::kInvalidArgument, "OIDC_FLAG_INVALID"));
  }
  OidcFlags flags = good;
  flags.issuer = "https://id.example/" + std::string(limits::kLongestIssuer, 'a');
  EXPECT_THAT(OpenOidcProvider(flags, clock),
              IsError(absl::StatusCode::kInvalidArgument, "OIDC_FLAG_INVALID"));
}

}  // namespace
}  // namespace plenary::membership
