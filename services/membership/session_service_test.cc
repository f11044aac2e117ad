#include <array>
#include <set>
#include <thread>

#include "common/status/error.h"
#include "services/membership/testing_identity.h"

namespace plenary::membership {
namespace {

using ::testing::ElementsAre;
using testing::Invoke;
using testing::IsError;
using testing::IsOk;
using ::testing::SizeIs;

constexpr auto kRefused = absl::StatusCode::kUnauthenticated;
constexpr int kRaces = 8;

class SessionServiceTest : public IdentityTest {
 protected:
  absl::Status SignOut(const std::string& token) {
    v1::SignOutRequest request;
    request.set_refresh_token(token);
    return Invoke(&v1::SessionService::Stub::SignOut, *sessions_, testing::TestSuite::Anonymous(), request)
        .status();
  }
  absl::StatusOr<v1::ListSessionsResponse> List(std::unique_ptr<grpc::ClientContext> context,
                                                const std::string& person = "", int page_size = 0,
                                                const std::string& page_token = "") {
    v1::ListSessionsRequest request;
    request.set_person(person);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Invoke(&v1::SessionService::Stub::ListSessions, *sessions_, std::move(context), request);
  }
  absl::StatusOr<v1::Session> End(std::unique_ptr<grpc::ClientContext> context, const std::string& session,
                                  const std::string& person = "") {
    v1::EndSessionRequest request;
    request.set_session(session);
    request.set_person(person);
    return Invoke(&v1::SessionService::Stub::EndSession, *sessions_, std::move(context), request);
  }
  absl::StatusOr<v1::SignOutEverywhereResponse> SignOutEverywhere(
      std::unique_ptr<grpc::ClientContext> context, const std::string& person = "",
      const std::string& request_id = "") {
    v1::SignOutEverywhereRequest request;
    request.set_person(person);
    request.set_request_id(request_id);
    return Invoke(&v1::SessionService::Stub::SignOutEverywhere, *sessions_, std::move(context), request);
  }
};

TEST_F(SessionServiceTest, RefreshesWithTheRolesOfTheDay) {
  const v1::SignedInSession session = SignIn("ann@example.org");
  std::string token = session.refresh_token();
  // A week at a time: the membership ends on 24 August and its grace on 23 September.
  for (const char* day : {"2022-08-24", "2022-08-30", "2022-09-05", "2022-09-10", "2022-09-16"}) {
    suite_.clock().Set(Noon(day));
    ASSERT_OK_AND_ASSIGN(const auto next, Refresh(token, RandomUuid()));
    EXPECT_EQ(next.session(), session.session());
    EXPECT_THAT(next.roles(), ElementsAre("member", "representative")) << day;
    EXPECT_NE(next.refresh_token(), token);
    token = next.refresh_token();
  }
  database_.Run("UPDATE memberships SET end_date = '2022-08-01' WHERE category = 'professional'");
  ASSERT_OK_AND_ASSIGN(const auto lapsed, Refresh(token));
  EXPECT_EQ(lapsed.roles_size(), 0);
  ASSERT_OK_AND_ASSIGN(
      const auth::Principal principal,
      suite_.keys().Verify(lapsed.tokens(0).access_token(), "membership", suite_.clock().Now()));
  EXPECT_TRUE(principal.roles.empty());
}

TEST_F(SessionServiceTest, EndsAfterSevenIdleDaysAndAfterThirtyInAll) {
  const v1::SignedInSession idle = SignIn("bob@example.org");
  std::string token = SignIn("ann@example.org").refresh_token();
  const absl::Time start = suite_.clock().Now();
  for (int day = 6; day < 30; day += 6) {
    suite_.clock().Set(start + absl::Hours(24 * day));
    ASSERT_OK_AND_ASSIGN(const auto next, Refresh(token));
    token = next.refresh_token();
    EXPECT_LE(next.refresh_expire_time().seconds(), absl::ToUnixSeconds(start + limits::kSessionLifetime));
  }
  EXPECT_THAT(Refresh(idle.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
  suite_.clock().Set(start + limits::kSessionLifetime - absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto last, Refresh(token));
  suite_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(Refresh(last.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
}

TEST_F(SessionServiceTest, RefusesWhatIsNoToken) {
  for (const std::string& token :
       {std::string(), std::string("x"), std::string(43, 'A'), std::string(5000, 'A')}) {
    EXPECT_THAT(Refresh(token), IsError(kRefused, "REFRESH_TOKEN_INVALID"));
    EXPECT_THAT(SignOut(token), IsError(kRefused, "REFRESH_TOKEN_INVALID"));
  }
  EXPECT_THAT(Refresh(SignIn("ann@example.org").refresh_token(), "no uuid"),
              IsError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_INVALID"));
}

TEST_F(SessionServiceTest, AnswersALostAnswerAgain) {
  const v1::SignedInSession session = SignIn("ann@example.org");
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto first, Refresh(session.refresh_token(), request_id));
  suite_.clock().Advance(limits::kRefreshGrace);
  ASSERT_OK_AND_ASSIGN(const auto again, Refresh(session.refresh_token(), request_id));
  EXPECT_EQ(again.refresh_token(), first.refresh_token());
  EXPECT_THAT(Refresh(again.refresh_token()), IsOk());
  EXPECT_THAT(Refresh(session.refresh_token(), request_id), IsError(kRefused, "REFRESH_TOKEN_REUSED"))
      << "the answer had arrived";
}

TEST_F(SessionServiceTest, AStolenTokenEndsTheSession) {
  for (const absl::Duration later : {absl::Seconds(1), absl::Seconds(11)}) {
    const v1::SignedInSession session = SignIn("ann@example.org");
    const std::string request_id = RandomUuid();
    ASSERT_OK_AND_ASSIGN(const auto owner, Refresh(session.refresh_token(), request_id));
    suite_.clock().Advance(later);
    const std::string thiefs_id = later < limits::kRefreshGrace ? RandomUuid() : request_id;
    EXPECT_THAT(Refresh(session.refresh_token(), thiefs_id), IsError(kRefused, "REFRESH_TOKEN_REUSED"));
    EXPECT_THAT(Refresh(owner.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
    EXPECT_EQ(database_.One("SELECT end_cause FROM sessions WHERE CONCAT('sessions/', id) = '" +
                            session.session() + "'"),
              "TOKEN_REUSED");
    EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE resource = '" + session.session() +
                            "' AND act LIKE '%RefreshSession'"),
              "1");
  }
}

TEST_F(SessionServiceTest, OfTwoAtOnceOneGetsTheTokenAndTheSessionEnds) {
  for (int race = 0; race < kRaces; ++race) {
    suite_.clock().Advance(limits::kSignInSpan);
    const v1::SignedInSession session = SignIn("ann@example.org");
    std::array<absl::StatusOr<v1::SignedInSession>, 2> answers = {absl::UnknownError(""),
                                                                  absl::UnknownError("")};
    {
      std::array<std::thread, 2> both;
      for (std::size_t i = 0; i < both.size(); ++i) {
        both[i] = std::thread([&, i] { answers[i] = Refresh(session.refresh_token(), RandomUuid()); });
      }
      for (std::thread& one : both) one.join();
    }
    const std::size_t winner = answers[0].ok() ? 0 : 1;
    ASSERT_THAT(answers[winner], IsOk());
    ASSERT_THAT(answers[1 - winner], IsError(kRefused, "REFRESH_TOKEN_REUSED"));
    EXPECT_THAT(Refresh(answers[winner]->refresh_token()), IsError(kRefused, "SESSION_ENDED"));
  }
}

TEST_F(SessionServiceTest, ManyOfDifferentPeopleRefreshAtOnce) {
  std::vector<std::string> tokens;
  for (int i = 0; i < kRaces; ++i) {
    if (i % limits::kSignInsOfAddress == 0) suite_.clock().Advance(limits::kSignInSpan);
    tokens.push_back(SignIn("ann@example.org").refresh_token());
  }
  std::vector<std::thread> everybody;
  for (std::string& token : tokens) {
    everybody.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        const auto next = Refresh(token, RandomUuid());
        EXPECT_OK(next);
        if (next.ok()) token = next->refresh_token();
      }
    });
  }
  for (std::thread& one : everybody) one.join();
  EXPECT_EQ(std::set<std::string>(tokens.begin(), tokens.end()).size(), tokens.size());
}

TEST_F(SessionServiceTest, SigningOutEndsTheSessionAndNoOther) {
  const v1::SignedInSession here = SignIn("ann@example.org"), there = SignIn("ann@example.org");
  EXPECT_OK(SignOut(here.refresh_token()));
  EXPECT_OK(SignOut(here.refresh_token())) << "again";
  EXPECT_THAT(Refresh(here.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
  ASSERT_OK_AND_ASSIGN(const auto next, Refresh(there.refresh_token()));
  EXPECT_THAT(suite_.keys().Verify(here.tokens(0).access_token(), "membership", suite_.clock().Now()), IsOk())
      << "access tokens live out their 15 minutes";
  EXPECT_OK(SignOut(there.refresh_token())) << "an older token names the session too";
  EXPECT_THAT(Refresh(next.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
}

TEST_F(SessionServiceTest, ListsAndEndsOnesOwnSessions) {
  std::set<std::string> expected;
  for (int i = 0; i < 3; ++i) expected.insert(SignIn("ann@example.org").session());
  const std::string bobs = SignIn("bob@example.org").session();
  std::set<std::string> listed;
  std::string page_token;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, List(As("ann@example.org"), "", 2, page_token));
    for (const v1::Session& session : page.sessions()) {
      listed.insert(session.name());
      EXPECT_EQ(session.means(), v1::SIGN_IN_MEANS_EMAIL_CODE);
      EXPECT_FALSE(session.has_end_time());
    }
    page_token = page.next_page_token();
  } while (!page_token.empty());
  EXPECT_EQ(listed, expected);
  ASSERT_OK_AND_ASSIGN(const v1::Session ended, End(As("ann@example.org"), *expected.begin()));
  EXPECT_TRUE(ended.has_end_time());
  EXPECT_THAT(List(As("ann@example.org"))->sessions(), SizeIs(2));
  EXPECT_THAT(End(As("ann@example.org"), bobs), IsError(absl::StatusCode::kNotFound, "SESSION_NOT_FOUND"));
  EXPECT_THAT(End(As("ann@example.org"), "sessions/none"),
              IsError(absl::StatusCode::kNotFound, "SESSION_NOT_FOUND"));
  EXPECT_THAT(List(As("bob@example.org"), PersonAt("ann@example.org").name()),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(End(As("olga@example.org"), bobs, PersonAt("bob@example.org").name()), IsOk());
}

TEST_F(SessionServiceTest, SigningOutEverywhereEndsAllOfAPerson) {
  const std::string ann = PersonAt("ann@example.org").name();
  const v1::SignedInSession first = SignIn("ann@example.org"), second = SignIn("ann@example.org");
  const v1::SignedInSession bobs = SignIn("bob@example.org");
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto ended, SignOutEverywhere(As("ann@example.org"), "", request_id));
  EXPECT_EQ(ended.ended_sessions(), 2);
  const v1::SignedInSession third = SignIn("ann@example.org");
  ASSERT_OK_AND_ASSIGN(const auto again, SignOutEverywhere(As("ann@example.org"), "", request_id));
  EXPECT_EQ(again.ended_sessions(), 2) << "the first answer";
  EXPECT_THAT(Refresh(first.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
  EXPECT_THAT(Refresh(second.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
  ASSERT_OK_AND_ASSIGN(const auto by_office, SignOutEverywhere(As("olga@example.org"), ann));
  EXPECT_EQ(by_office.ended_sessions(), 1);
  EXPECT_THAT(Refresh(third.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
  EXPECT_THAT(Refresh(bobs.refresh_token()), IsOk());
  EXPECT_THAT(SignOutEverywhere(As("bob@example.org"), ann),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  for (const char* person : {"people/none", "nobody"}) {
    EXPECT_THAT(SignOutEverywhere(As("olga@example.org"), person),
                IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
    EXPECT_THAT(List(As("olga@example.org"), person),
                IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  }
}

TEST_F(SessionServiceTest, ASessionEndsWithItsPerson) {
  const v1::SignedInSession session = SignIn("bob@example.org");
  database_.Run("DELETE FROM people WHERE email = 'bob@example.org'");
  EXPECT_THAT(Refresh(session.refresh_token()), IsError(kRefused, "SESSION_ENDED"));
}

TEST_F(SessionServiceTest, PublishesTheKeysThatNamePeople) {
  suite_.Signer("ethics");
  const auto list = [&](int page_size, const std::string& page_token) {
    v1::ListKeysRequest request;
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Invoke(&v1::SessionService::Stub::ListKeys, *sessions_, testing::TestSuite::Anonymous(), request);
  };
  ASSERT_OK_AND_ASSIGN(const auto keys, list(0, ""));
  ASSERT_THAT(keys.keys(), SizeIs(1));
  EXPECT_EQ(keys.keys(0).key_id(), suite_.Signer("membership").key_id());
  EXPECT_EQ(keys.keys(0).x().size(), 43u);
  EXPECT_EQ(keys.next_page_token(), "");
  EXPECT_THAT(list(-1, ""), IsError(absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID"));
}

}  // namespace
}  // namespace plenary::membership
