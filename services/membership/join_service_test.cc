#include "services/membership/join_service.h"

#include <atomic>
#include <functional>
#include <thread>

#include "common/crypto/bytes.h"
#include "common/testing/every_caller.h"
#include "services/membership/limits_teams.h"
#include "services/membership/testing_teams.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using ::testing::HasSubstr;
using testing::Invoke;
using testing::IsError;
using Joins = v1::JoinService::Stub;

class JoinServiceTest : public TeamTest {
 protected:
  v1::CreateJoinCodeRequest CodeRequest(int most_uses = 1) {
    v1::CreateJoinCodeRequest request;
    request.set_company(acme_);
    request.set_most_uses(most_uses);
    request.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(suite_.clock().Now() + absl::Hours(24)));
    return request;
  }
  absl::StatusOr<v1::JoinCode> Create(const v1::CreateJoinCodeRequest& request) {
    return Invoke(&Joins::CreateJoinCode, *joins_, Ann(), request);
  }
  v1::JoinCode MustCreate(int most_uses = 1) { return Create(CodeRequest(most_uses)).value(); }
  absl::StatusOr<v1::JoinCode> Invite(const std::string& address) {
    v1::InvitePersonRequest request;
    request.set_company(acme_);
    request.set_address(address);
    return Invoke(&Joins::InvitePerson, *joins_, Ann(), request);
  }
  // The code that the last mail holds.
  std::string MailedCode() {
    const std::string values =
        database_.One("SELECT template_values FROM notices ORDER BY sequence DESC LIMIT 1");
    const std::string key = "\"code\":\"";
    return values.substr(values.find(key) + key.size(), 19);
  }
  absl::StatusOr<v1::JoinCompanyResponse> Join(const std::string& email, const std::string& code,
                                               bool consent = true, const std::string& request_id = "") {
    v1::JoinCompanyRequest request;
    request.set_code(code);
    request.set_consent(consent);
    request.set_request_id(request_id);
    return Invoke(&Joins::JoinCompany, *joins_, As(email), request);
  }
  absl::StatusOr<v1::JoinCode> Revoke(const std::string& name, std::unique_ptr<grpc::ClientContext> as) {
    v1::RevokeJoinCodeRequest request;
    request.set_name(name);
    return Invoke(&Joins::RevokeJoinCode, *joins_, std::move(as), request);
  }

  JoinService join_service_{suite_.edge(), database_.pool(), ids_, random_};
  testing::Loopback joins_loopback_{{&join_service_}};
  std::unique_ptr<Joins> joins_ = v1::JoinService::NewStub(joins_loopback_.channel());
};

TEST_F(JoinServiceTest, EveryPolicyHolds) {
  testing::ExpectEveryPolicyHolds(suite_, joins_loopback_.channel(), {"plenary.membership.v1.JoinService"});
}

TEST_F(JoinServiceTest, MovesWhoeverHasTheCodeAndWantsIt) {
  const v1::JoinCode code = MustCreate();
  EXPECT_EQ(code.code().size(), 19u);
  EXPECT_THAT(Join("bob@example.org", code.code(), false),
              IsError(StatusCode::kFailedPrecondition, "CONSENT_MISSING"));
  std::string typed;
  for (const char c : code.code()) typed += static_cast<char>(c == '-' ? ' ' : std::tolower(c));
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto joined, Join("bob@example.org", typed, true, request_id));
  EXPECT_EQ(joined.person().company(), acme_);
  EXPECT_EQ(joined.company_display_name(), "Acme");
  EXPECT_EQ(CompanyOf("bob@example.org"), acme_);
  EXPECT_EQ(database_.One("SELECT source FROM links WHERE employee_now = '" +
                          joined.person().name().substr(7) + "'"),
            code.name());
  EXPECT_OK(Join("bob@example.org", typed, true, request_id)) << "asked again, the first answer";
  EXPECT_EQ(database_.One("SELECT uses FROM join_codes"), "1");
}

TEST_F(JoinServiceTest, ACodeIsInTheFirstAnswerAloneAndNowhereElse) {
  v1::CreateJoinCodeRequest request = CodeRequest();
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::JoinCode first, Create(request));
  ASSERT_OK_AND_ASSIGN(const v1::JoinCode again, Create(request));
  EXPECT_EQ(again.name(), first.name());
  EXPECT_EQ(again.code(), "");
  v1::ListJoinCodesRequest list;
  list.set_company(acme_);
  ASSERT_OK_AND_ASSIGN(const auto codes, Invoke(&Joins::ListJoinCodes, *joins_, Ann(), list));
  ASSERT_EQ(codes.join_codes_size(), 1);
  EXPECT_EQ(codes.join_codes(0).code(), "");
  ASSERT_OK(Join("bob@example.org", first.code(), true, RandomUuid()));
  for (const std::string& answer : database_.Column("SELECT HEX(response) FROM requests")) {
    EXPECT_THAT(answer, ::testing::Not(HasSubstr(crypto::HexEncode(first.code())))) << "kept in an answer";
  }
}

TEST_F(JoinServiceTest, ACodeEnds) {
  const auto no_code = IsError(StatusCode::kNotFound, "JOIN_CODE_NOT_FOUND");
  for (const char* code : {"nonsense", "AAAA-AAAA-AAAA-AAAA"})
    EXPECT_THAT(Join("bob@example.org", code), no_code);
  const v1::JoinCode used = MustCreate();
  ASSERT_OK(Join("bob@example.org", used.code()));
  EXPECT_THAT(Join("bob@example.org", used.code()),
              IsError(StatusCode::kFailedPrecondition, "ALREADY_IN_COMPANY"));
  ASSERT_OK(Invoke(&v1::PeopleService::Stub::MovePerson, *people_, suite_.Staff(), [&] {
    v1::MovePersonRequest back;
    back.set_person(PersonAt("bob@example.org").name());
    back.set_company("companies/" + database_.One("SELECT id FROM companies WHERE display_name = 'Bobco'"));
    return back;
  }()));
  EXPECT_THAT(Join("bob@example.org", used.code()), no_code) << "used up";
  const v1::JoinCode revoked = MustCreate();
  ASSERT_OK(Revoke(revoked.name(), Ann()));
  ASSERT_OK_AND_ASSIGN(const v1::JoinCode again, Revoke(revoked.name(), Ann()));
  EXPECT_TRUE(again.has_revoke_time());
  EXPECT_THAT(Join("bob@example.org", revoked.code()), no_code);
  const v1::JoinCode late = MustCreate();
  suite_.clock().Advance(absl::Hours(24));
  EXPECT_THAT(Join("bob@example.org", late.code()), no_code);
}

TEST_F(JoinServiceTest, AnInvitationIsForOneAddress) {
  ASSERT_OK_AND_ASSIGN(const v1::JoinCode invitation, Invite(" Bob@Example.org"));
  EXPECT_EQ(invitation.code(), "") << "it goes out by mail alone";
  EXPECT_EQ(invitation.address(), "bob@example.org");
  EXPECT_EQ(database_.One("SELECT CONCAT(template, ' ', address) FROM notices"),
            "join-invitation bob@example.org");
  ASSERT_OK_AND_ASSIGN(const v1::JoinCode stranger, Invite("nobody@example.org"));
  EXPECT_EQ(stranger.uses(), invitation.uses()) << "the answer is the same";
  const std::string for_a_stranger = MailedCode();
  EXPECT_THAT(Join("bob@example.org", for_a_stranger), IsError(StatusCode::kNotFound, "JOIN_CODE_NOT_FOUND"));
  ASSERT_OK(Invite("bob@example.org"));
  EXPECT_OK(Join("bob@example.org", MailedCode()));
  EXPECT_THAT(Invite("bob"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(JoinServiceTest, ACodeIsNotUsedMoreOftenThanItMayBe) {
  std::string rows;
  for (int i = 0; i < 6; ++i) rows += fmt::format("q{0}@example.org,Q{0},Qco,registered,2021-08-24,,,,\n", i);
  MustImport(rows);
  const v1::JoinCode code = MustCreate(2);
  std::atomic<int> joined = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      if (Join(fmt::format("q{}@example.org", i), code.code()).ok()) ++joined;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(joined, 2);
  EXPECT_EQ(database_.One("SELECT uses FROM join_codes"), "2");
}

TEST_F(JoinServiceTest, BelongsToTheAdministrators) {
  v1::CreateJoinCodeRequest request = CodeRequest();
  EXPECT_THAT(Invoke(&Joins::CreateJoinCode, *joins_, As("p1@example.org"), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
  const v1::JoinCode code = MustCreate();
  EXPECT_THAT(Revoke(code.name(), As("bob@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
  EXPECT_THAT(Revoke("joinCodes/none", suite_.Staff()),
              IsError(StatusCode::kNotFound, "JOIN_CODE_NOT_FOUND"));
}

TEST_F(JoinServiceTest, HasLimits) {
  for (const auto& change : std::vector<std::function<void(v1::CreateJoinCodeRequest&)>>{
           [](v1::CreateJoinCodeRequest& r) { r.set_most_uses(0); },
           [](v1::CreateJoinCodeRequest& r) { r.set_most_uses(limits::kMostJoinUses + 1); },
           [](v1::CreateJoinCodeRequest& r) { r.clear_expire_time(); },
           [&](v1::CreateJoinCodeRequest& r) {
             r.mutable_expire_time()->set_seconds(
                 absl::ToUnixSeconds(suite_.clock().Now() + limits::kLongestJoinCodeLife) + 1);
           }}) {
    v1::CreateJoinCodeRequest request = CodeRequest();
    change(request);
    EXPECT_THAT(Create(request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
  for (int i = 0; i < limits::kMostJoinCodes; ++i) MustCreate();
  EXPECT_THAT(Create(CodeRequest()), IsError(StatusCode::kFailedPrecondition, "JOIN_CODES_TOO_MANY"));
  database_.Run(
      "INSERT INTO join_codes (id, company, code_sha256, address, uses, most_uses, expires_at, creator, "
      "created_at)"
      " SELECT CONCAT('x', SUBSTRING(id, 2)), company, UNHEX(SHA2(id, 256)), 'x@example.org', 0, 1, "
      "expires_at,"
      " creator, created_at FROM join_codes");
  database_.Run(
      "INSERT INTO join_codes (id, company, code_sha256, address, uses, most_uses, expires_at, creator, "
      "created_at)"
      " SELECT CONCAT('y', SUBSTRING(id, 2)), company, UNHEX(SHA2(CONCAT('y', id), 256)), 'x@example.org', "
      "0, 1,"
      " expires_at, creator, created_at FROM join_codes WHERE address IS NULL");
  EXPECT_THAT(Invite("bob@example.org"), IsError(StatusCode::kFailedPrecondition, "INVITATIONS_TOO_MANY"));
  suite_.clock().Advance(limits::kInvitationsWithin);
  EXPECT_OK(Invite("bob@example.org"));
  EXPECT_THAT(Join("bob@example.org", std::string(limits::kLongestJoinCode + 1, 'A')),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace plenary::membership
