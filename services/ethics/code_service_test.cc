#include "services/ethics/code_service.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/ids/id.h"
#include "common/testing/every_caller.h"
#include "common/testing/loopback.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"
#include "common/time/proto_time.h"
#include "services/ethics/limits.h"
#include "services/ethics/membership_peer.h"

namespace plenary::ethics {
namespace {

using absl::StatusCode;
using membership::v1::CodeAcceptance;
using membership::v1::RecordCodeAcceptanceRequest;
using testing::Invoke;
using testing::IsError;
using v1::Binding;
using Stub = v1::CodeService::Stub;

// A membership service that remembers which acceptances it is told of, behind the real policy.
class FakeMembership final : public membership::v1::VerificationService::Service {
 public:
  explicit FakeMembership(rpc::Edge& edge) : guard_(edge, "plenary.membership.v1.VerificationService") {}

  grpc::Status RecordCodeAcceptance(grpc::ServerContext* context, const RecordCodeAcceptanceRequest* request,
                                    CodeAcceptance* response) override {
    return guard_.Unary(context, "RecordCodeAcceptance", *request, *response,
                        [&](rpc::Call&) -> absl::StatusOr<CodeAcceptance> {
                          if (!answer.ok()) return answer;
                          told.push_back(*request);
                          return CodeAcceptance();
                        });
  }

  absl::Status answer;
  std::vector<RecordCodeAcceptanceRequest> told;

 private:
  rpc::Guard guard_;
};

class CodeServiceTest : public ::testing::Test {
 protected:
  v1::PublishCodeVersionRequest Version(const std::string& id) {
    v1::PublishCodeVersionRequest request;
    v1::CodeVersion& code = *request.mutable_code_version();
    code.set_name("codeVersions/" + id);
    code.set_preamble("Clients trust us with what they cannot check.");
    for (const char* area_id : {"competence", "confidentiality"}) {
      v1::Area& area = *code.add_areas();
      area.set_id(area_id);
      area.set_title(fmt::format("On {}", area_id));
      for (int i = 1; i <= 2; ++i) {
        v1::Provision& provision = *area.add_provisions();
        provision.set_id(fmt::format("{}-{}", area_id, i));
        provision.set_text("We will always represent our skills accurately – in every tongue: 誠実.");
      }
    }
    return request;
  }
  absl::StatusOr<v1::CodeVersion> Publish(const v1::PublishCodeVersionRequest& request) {
    return Invoke(&Stub::PublishCodeVersion, *stub_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::CodeVersion> Get(const std::string& name) {
    v1::GetCodeVersionRequest request;
    request.set_name(name);
    return Invoke(&Stub::GetCodeVersion, *stub_, suite_.Anonymous(), request);
  }
  absl::StatusOr<v1::Acceptance> Accept(const std::string& person, const std::string& version) {
    v1::AcceptCodeVersionRequest request;
    request.set_code_version(version);
    return Invoke(&Stub::AcceptCodeVersion, *stub_, suite_.Person(person), request);
  }
  absl::StatusOr<Binding> SetBinding(Binding::Level level, const std::string& reason) {
    v1::SetBindingRequest request;
    request.set_level(level);
    request.set_reason(reason);
    return Invoke(&Stub::SetBinding, *stub_, suite_.Staff(), request);
  }
  absl::StatusOr<Binding> GetBinding() {
    return Invoke(&Stub::GetBinding, *stub_, suite_.Anonymous(), v1::GetBindingRequest());
  }
  absl::StatusOr<v1::CheckAcceptanceResponse> Check(std::unique_ptr<grpc::ClientContext> context,
                                                    const std::string& person) {
    v1::CheckAcceptanceRequest request;
    request.set_person(person);
    return Invoke(&Stub::CheckAcceptance, *stub_, std::move(context), request);
  }
  absl::StatusOr<v1::ListAcceptancesResponse> ListAcceptances(const v1::ListAcceptancesRequest& request) {
    return Invoke(&Stub::ListAcceptances, *stub_, suite_.Staff(), request);
  }

  testing::TestSuite suite_{absl::FromCivil(absl::CivilSecond(2022, 8, 24, 10), absl::UTCTimeZone())};
  testing::TestDatabase database_{
      {testing::CommonMigrations(), testing::MigrationsOf("ethics", "services/ethics/schema")}};
  // One pass of the outbox: how many effects were delivered.
  int Deliver() {
    const MembershipPeer peer(membership_server_.channel(), suite_.Caller("ethics"));
    outbox::Dispatcher dispatcher(database_.pool(), [this] { return suite_.clock().Now(); },
                                  {{kRecordCodeAcceptance, peer.AcceptanceHandler()}});
    return dispatcher.DeliverDue().value();
  }

  std::atomic<int> enqueued_{0};
  CodeService service_{suite_.edge(), database_.pool(), [this] { ++enqueued_; }};
  testing::Loopback server_{{&service_}, limits::kMessageBytes};
  FakeMembership membership_{suite_.edge()};
  testing::Loopback membership_server_{{&membership_}};
  std::unique_ptr<Stub> stub_ = v1::CodeService::NewStub(server_.channel());
};

TEST_F(CodeServiceTest, LetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(suite_, server_.channel(), {"plenary.ethics.v1.CodeService"});
}

TEST_F(CodeServiceTest, ThePublishedVersionReadsBackAsItWasAndIsCurrent) {
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion published, Publish(Version("2022-1")));
  EXPECT_TRUE(published.current());
  EXPECT_EQ(FromTimestamp(published.publish_time()), suite_.clock().Now());
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion by_name, Get("codeVersions/2022-1"));
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion current, Get("codeVersions/current"));
  EXPECT_EQ(by_name.SerializeAsString(), published.SerializeAsString());
  EXPECT_EQ(current.SerializeAsString(), published.SerializeAsString());
  EXPECT_EQ(database_.One("SELECT actor FROM audit"), "people/staff");
}

TEST_F(CodeServiceTest, TheLastPublishedIsCurrentAndTheOldOneStays) {
  ASSERT_OK(Publish(Version("2022-2")));
  ASSERT_OK(Publish(Version("2022-1")));
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion current, Get("codeVersions/current"));
  EXPECT_EQ(current.name(), "codeVersions/2022-1");
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion old, Get("codeVersions/2022-2"));
  EXPECT_FALSE(old.current());
}

TEST_F(CodeServiceTest, AVersionIsNeverPublishedOver) {
  ASSERT_OK(Publish(Version("2022-1")));
  ASSERT_OK(Publish(Version("2022-2")));
  v1::PublishCodeVersionRequest other = Version("2022-1");
  other.mutable_code_version()->set_preamble("Another one.");
  EXPECT_THAT(Publish(other), IsError(StatusCode::kAlreadyExists, "CODE_VERSION_EXISTS"));
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion current, Get("codeVersions/current"));
  EXPECT_EQ(current.name(), "codeVersions/2022-2");
}

TEST_F(CodeServiceTest, ARepeatedRequestIdPublishesOnce) {
  v1::PublishCodeVersionRequest request = Version("2022-1");
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion first, Publish(request));
  suite_.clock().Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion second, Publish(request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST_F(CodeServiceTest, AnIdStandsOnceAVersion) {
  v1::PublishCodeVersionRequest request = Version("2022-1");
  request.mutable_code_version()->mutable_areas(1)->mutable_provisions(0)->set_id("competence-1");
  EXPECT_THAT(Publish(request), IsError(StatusCode::kInvalidArgument, "PROVISION_DUPLICATE"));
  request.mutable_code_version()->clear_preamble();
  EXPECT_THAT(Publish(request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(CodeServiceTest, AVersionThatIsNotThereIsNotFound) {
  for (const char* name : {"codeVersions/current", "codeVersions/2022-1", "2022-1", ""}) {
    EXPECT_THAT(Get(name), IsError(StatusCode::kNotFound, "CODE_VERSION_NOT_FOUND")) << name;
  }
  EXPECT_THAT(Accept("people/1", "codeVersions/2022-1"),
              IsError(StatusCode::kNotFound, "CODE_VERSION_NOT_FOUND"));
  v1::ListAcceptancesRequest request;
  request.set_code_version("codeVersions/2022-1");
  EXPECT_THAT(ListAcceptances(request), IsError(StatusCode::kNotFound, "CODE_VERSION_NOT_FOUND"));
}

TEST_F(CodeServiceTest, ListsVersionsNewestFirstWithoutTheirAreas) {
  for (const char* id : {"b", "c", "a"}) ASSERT_OK(Publish(Version(id)));
  v1::ListCodeVersionsRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Invoke(&Stub::ListCodeVersions, *stub_, suite_.Anonymous(), request));
  ASSERT_EQ(first.code_versions_size(), 2);
  EXPECT_EQ(first.code_versions(0).name(), "codeVersions/a");
  EXPECT_TRUE(first.code_versions(0).current());
  EXPECT_EQ(first.code_versions(0).areas_size(), 0);
  EXPECT_EQ(first.code_versions(1).name(), "codeVersions/c");
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Invoke(&Stub::ListCodeVersions, *stub_, suite_.Anonymous(), request));
  ASSERT_EQ(second.code_versions_size(), 1);
  EXPECT_EQ(second.code_versions(0).name(), "codeVersions/b");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(CodeServiceTest, AcceptingTwiceKeepsTheFirstTime) {
  ASSERT_OK(Publish(Version("2022-1")));
  ASSERT_OK_AND_ASSIGN(const v1::Acceptance first, Accept("people/1", "codeVersions/2022-1"));
  EXPECT_EQ(first.person(), "people/1");
  EXPECT_EQ(FromTimestamp(first.accept_time()), suite_.clock().Now());
  suite_.clock().Advance(absl::Minutes(5));
  ASSERT_OK_AND_ASSIGN(const v1::Acceptance second, Accept("people/1", "codeVersions/2022-1"));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST_F(CodeServiceTest, MembershipIsToldOnceOfAnAcceptance) {
  ASSERT_OK(Publish(Version("2022-1")));
  ASSERT_OK_AND_ASSIGN(const v1::Acceptance first, Accept("people/1", "codeVersions/2022-1"));
  EXPECT_EQ(enqueued_, 1);
  suite_.clock().Advance(absl::Minutes(5));
  ASSERT_OK(Accept("people/1", "codeVersions/2022-1"));
  EXPECT_EQ(Deliver(), 1);
  EXPECT_EQ(Deliver(), 0);
  ASSERT_EQ(membership_.told.size(), 1u);
  EXPECT_EQ(membership_.told[0].person(), "people/1");
  EXPECT_EQ(membership_.told[0].code_version(), "codeVersions/2022-1");
  EXPECT_EQ(FromTimestamp(membership_.told[0].accept_time()), FromTimestamp(first.accept_time()));
  EXPECT_TRUE(IsUuid(membership_.told[0].request_id()));
}

TEST_F(CodeServiceTest, MembershipIsToldLaterWhenItIsAway) {
  ASSERT_OK(Publish(Version("2022-1")));
  membership_.answer = absl::UnavailableError("away");
  ASSERT_OK(Accept("people/1", "codeVersions/2022-1"));
  EXPECT_EQ(Deliver(), 0);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM acceptances"), "1") << "the acceptance stands";
  membership_.answer = absl::OkStatus();
  database_.Run("UPDATE outbox SET retry_at = 0");
  EXPECT_EQ(Deliver(), 1);
  EXPECT_EQ(membership_.told.size(), 1u);
}

TEST_F(CodeServiceTest, NobodyAcceptsWhatTheyDidNotName) {
  ASSERT_OK(Publish(Version("2022-1")));
  EXPECT_THAT(Accept("people/1", "codeVersions/current"),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Accept("people/1", ""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(CodeServiceTest, ListsAcceptancesByPersonInPages) {
  ASSERT_OK(Publish(Version("2022-1")));
  ASSERT_OK(Publish(Version("2022-2")));
  for (const char* person : {"people/3", "people/1", "people/2"})
    ASSERT_OK(Accept(person, "codeVersions/2022-1"));
  ASSERT_OK(Accept("people/4", "codeVersions/2022-2"));
  v1::ListAcceptancesRequest request;
  request.set_code_version("codeVersions/2022-1");
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, ListAcceptances(request));
  ASSERT_EQ(first.acceptances_size(), 2);
  EXPECT_EQ(first.acceptances(0).person(), "people/1");
  EXPECT_EQ(first.acceptances(1).person(), "people/2");
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, ListAcceptances(request));
  ASSERT_EQ(second.acceptances_size(), 1);
  EXPECT_EQ(second.acceptances(0).person(), "people/3");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(CodeServiceTest, TheCodeIsRecommendedUntilItIsSetOtherwise) {
  ASSERT_OK_AND_ASSIGN(const Binding unset, GetBinding());
  EXPECT_EQ(unset.level(), Binding::LEVEL_RECOMMENDED);
  ASSERT_OK(SetBinding(Binding::LEVEL_AT_RENEWAL, "The members ratified it."));
  ASSERT_OK(SetBinding(Binding::LEVEL_TO_JOIN, "A year has passed."));
  ASSERT_OK_AND_ASSIGN(const Binding binding, GetBinding());
  EXPECT_EQ(binding.level(), Binding::LEVEL_TO_JOIN);
  EXPECT_EQ(binding.reason(), "A year has passed.");
  EXPECT_EQ(FromTimestamp(binding.update_time()), suite_.clock().Now());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM bindings"), "2");
}

TEST_F(CodeServiceTest, ALevelNeedsAReason) {
  EXPECT_THAT(SetBinding(Binding::LEVEL_TO_JOIN, ""),
              IsError(StatusCode::kInvalidArgument, "REASON_MISSING"));
  EXPECT_THAT(SetBinding(Binding::LEVEL_UNSPECIFIED, "Why not."),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(SetBinding(Binding::LEVEL_TO_JOIN, std::string(501, 'x')),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(CodeServiceTest, NotHavingAcceptedBlocksOnlyWhenItIsToBeAcceptedToJoin) {
  ASSERT_OK_AND_ASSIGN(const auto nothing, Check(suite_.Service("election"), "people/1"));
  EXPECT_EQ(nothing.code_version(), "");
  EXPECT_EQ(nothing.level(), Binding::LEVEL_RECOMMENDED);
  EXPECT_FALSE(nothing.blocks());
  ASSERT_OK(Publish(Version("2022-1")));
  ASSERT_OK_AND_ASSIGN(const auto recommended, Check(suite_.Service("election"), "people/1"));
  EXPECT_EQ(recommended.code_version(), "codeVersions/2022-1");
  EXPECT_FALSE(recommended.accepted());
  EXPECT_FALSE(recommended.blocks());
  ASSERT_OK(SetBinding(Binding::LEVEL_TO_JOIN, "The members ratified it."));
  ASSERT_OK_AND_ASSIGN(const auto blocked, Check(suite_.Service("membership"), "people/1"));
  EXPECT_TRUE(blocked.blocks());
  ASSERT_OK(Accept("people/1", "codeVersions/2022-1"));
  ASSERT_OK_AND_ASSIGN(const auto accepted, Check(suite_.Service("election"), "people/1"));
  EXPECT_TRUE(accepted.accepted());
  EXPECT_FALSE(accepted.blocks());
  // A new version is accepted anew.
  ASSERT_OK(Publish(Version("2022-2")));
  ASSERT_OK_AND_ASSIGN(const auto anew, Check(suite_.Service("election"), "people/1"));
  EXPECT_TRUE(anew.blocks());
}

TEST_F(CodeServiceTest, APersonLooksAtTheirOwnAcceptanceOnly) {
  ASSERT_OK(Publish(Version("2022-1")));
  ASSERT_OK(Accept("people/1", "codeVersions/2022-1"));
  ASSERT_OK_AND_ASSIGN(const auto own, Check(suite_.Person("people/1"), ""));
  EXPECT_TRUE(own.accepted());
  EXPECT_OK(Check(suite_.Person("people/1"), "people/1"));
  EXPECT_OK(Check(suite_.Staff(), "people/1"));
  EXPECT_THAT(Check(suite_.Person("people/2"), "people/1"),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Check(suite_.Service("committee"), "people/1"),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Check(suite_.Anonymous(), "people/1"), IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  EXPECT_THAT(Check(suite_.Service("election"), ""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(CodeServiceTest, OnlyStaffPublishSetLevelsAndListAcceptances) {
  EXPECT_THAT(Invoke(&Stub::PublishCodeVersion, *stub_, suite_.Person("people/1"), Version("2022-1")),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Invoke(&Stub::SetBinding, *stub_, suite_.Person("people/1"), v1::SetBindingRequest()),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Invoke(&Stub::ListAcceptances, *stub_, suite_.Person("people/1"), v1::ListAcceptancesRequest()),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(
      Invoke(&Stub::AcceptCodeVersion, *stub_, suite_.Service("election"), v1::AcceptCodeVersionRequest()),
      IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Invoke(&Stub::AcceptCodeVersion, *stub_, suite_.Anonymous(), v1::AcceptCodeVersionRequest()),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
}

// Runs an act in eight threads at the same moment.
template <typename Act>
void Race(Act act) {
  constexpr int kThreads = 8;
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      act(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(CodeServiceTest, VersionsPublishedAtTheSameMomentStandInOneOrder) {
  suite_.Signer("membership");
  Race([&](int i) { EXPECT_OK(Publish(Version(fmt::format("v{}", i)))); });
  EXPECT_EQ(database_.One("SELECT COUNT(DISTINCT ordinal) FROM code_versions"), "8");
  EXPECT_EQ(database_.One("SELECT MAX(ordinal) FROM code_versions"), "8");
  ASSERT_OK_AND_ASSIGN(const v1::CodeVersion current, Get("codeVersions/current"));
  EXPECT_EQ(current.name(),
            "codeVersions/" + database_.One("SELECT version FROM code_versions WHERE ordinal = 8"));
}

TEST_F(CodeServiceTest, APersonAcceptingInEightPlacesAcceptsOnce) {
  ASSERT_OK(Publish(Version("2022-1")));
  Race([&](int) { EXPECT_OK(Accept("people/1", "codeVersions/2022-1")); });
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM acceptances"), "1");
}

}  // namespace
}  // namespace plenary::ethics
