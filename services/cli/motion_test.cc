// Motions that waive a requirement, and the waivers they became.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/loopback.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "plenary/committee/v1/motion_service.grpc.pb.h"
#include "plenary/membership/v1/identity_service.grpc.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"
#include "services/cli/run.h"
#include "services/cli/testing/terminal.h"

namespace plenary::cli {
namespace {

using grpc::ServerContext;
using ::testing::HasSubstr;

class FakeIdentity final : public membership::v1::DevelopmentIdentityService::Service {
  grpc::Status SignInForDevelopment(ServerContext*, const membership::v1::SignInForDevelopmentRequest*,
                                    membership::v1::SignInForDevelopmentResponse* response) override {
    for (const char* service : {"membership", "committee"}) {
      membership::v1::ServiceToken& token = *response->add_tokens();
      token.set_service(service);
      token.set_access_token("token");
    }
    *response->mutable_expire_time() = ToTimestamp(*ParseInstant("2022-08-03T09:15:00Z"));
    response->set_person("people/ada");
    response->set_full_name("Ada");
    return grpc::Status::OK;
  }
};

class FakeMotions final : public committee::v1::MotionService::Service {
 public:
  committee::v1::ProposeMotionRequest last;

 private:
  grpc::Status ProposeMotion(ServerContext*, const committee::v1::ProposeMotionRequest* request,
                             committee::v1::Motion* response) override {
    last = *request;
    *response = request->motion();
    response->set_name("bodies/board/motions/1");
    return grpc::Status::OK;
  }
};

class FakeRegister final : public membership::v1::RegisterService::Service {
  grpc::Status ListWaivers(ServerContext*, const membership::v1::ListWaiversRequest*,
                           membership::v1::ListWaiversResponse* response) override {
    for (const auto requirement :
         {membership::v1::REQUIREMENT_REFERENCE_LETTERS, membership::v1::REQUIREMENT_CREDITS,
          membership::v1::REQUIREMENT_CODE_ACCEPTANCE}) {
      auto& waiver = *response->add_waivers();
      waiver.set_requirement(requirement);
      waiver.add_acts(membership::v1::ACT_VOTE);
    }
    return grpc::Status::OK;
  }
};

class MotionTest : public ::testing::Test {
 protected:
  int Run(const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"--membership", server_.address(), "--committee", server_.address()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return cli::Run(all, terminal_.surroundings());
  }

  int Propose(const std::vector<std::string>& more) {
    std::vector<std::string> all = {"motion", "propose", "board", "--title", "Waive", "--text", "Resolved."};
    all.insert(all.end(), more.begin(), more.end());
    return Run(all);
  }

  FakeIdentity identity_;
  FakeMotions motions_;
  FakeRegister register_;
  plenary::testing::Loopback server_{{&identity_, &motions_, &register_}};
  Terminal terminal_;
};

TEST_F(MotionTest, ProposesToWaiveEachRequirement) {
  ASSERT_EQ(Run({"login", "--as", "ada@society.example"}), 0) << terminal_.TakeErr();
  for (const auto& [flag, requirement] : std::vector<std::pair<std::string, membership::v1::Requirement>>{
           {"--waive-letters", membership::v1::REQUIREMENT_REFERENCE_LETTERS},
           {"--waive-credits", membership::v1::REQUIREMENT_CREDITS},
           {"--waive-code", membership::v1::REQUIREMENT_CODE_ACCEPTANCE}}) {
    ASSERT_EQ(Propose({flag, "--acts", "vote,hold-office", "--from", "2022-08-03", "--until", "2022-12-31"}),
              0)
        << terminal_.TakeErr();
    const auto& waive = motions_.last.motion().waive_requirement();
    EXPECT_EQ(waive.requirement(), requirement) << flag;
    EXPECT_EQ(waive.acts_size(), 2);
    EXPECT_EQ(waive.valid_until(), "2022-12-31");
  }
  ASSERT_EQ(Propose({}), 0) << terminal_.TakeErr();
  EXPECT_FALSE(motions_.last.motion().has_waive_requirement());
}

TEST_F(MotionTest, WaivesOneRequirementAndSaysForWhat) {
  const std::vector<std::string> how = {"--acts", "vote", "--from", "2022-08-03", "--until", "2022-12-31"};
  EXPECT_EQ(Propose(how), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("--waive-credits"));
  EXPECT_EQ(Propose({"--waive-credits", "--acts", "vote"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("--until"));
  std::vector<std::string> two = how;
  two.insert(two.end(), {"--waive-credits", "--waive-code"});
  EXPECT_EQ(Propose(two), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("A motion waives one requirement"));
}

TEST_F(MotionTest, ListsWhichRequirementIsWaived) {
  ASSERT_EQ(Run({"waiver", "list"}), 0) << terminal_.TakeErr();
  const std::string table = terminal_.TakeOut();
  for (const char* word : {"reference-letters", "credits", "code-acceptance"}) {
    EXPECT_THAT(table, HasSubstr(word));
  }
}

}  // namespace
}  // namespace plenary::cli
