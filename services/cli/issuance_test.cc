// Disputes from the command line, against registrars that stand in for the real ones: what is shown of a
// ballot file, where it goes, and what is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "common/crypto/bytes.h"
#include "common/testing/loopback.h"
#include "common/testing/status_matchers.h"
#include "nlohmann/json.hpp"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/cli/run.h"
#include "services/cli/session.h"
#include "services/cli/testing/terminal.h"
#include "services/election/client/ballot_file.h"
#include "services/election/client/voter.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Signs what is on record, as the real one does.
class FakeRegistrar final : public RegistrarService::Service {
 public:
  std::string on_record;
  FileDisputeRequest filed;

 private:
  grpc::Status FileDispute(grpc::ServerContext*, const FileDisputeRequest* request,
                           Dispute* response) override {
    filed = *request;
    response->set_name(request->election() + "/disputes/unit");
    response->set_text(request->text());
    response->set_blinded_msg(request->blinded_msg());
    if (!request->blinded_msg().empty() && request->blinded_msg() == on_record) {
      response->set_blind_signature("signature");
    }
    return grpc::Status::OK;
  }
};

class IssuanceTest : public ::testing::Test {
 protected:
  IssuanceTest() {
    Session session{.tokens = {{"membership", "token"}},
                    .expire_time = absl::InfiniteFuture(),
                    .person = "people/ann",
                    .email = "ann@example.org"};
    session.expire_time = absl::FromUnixSeconds(4'000'000'000);
    EXPECT_OK(SaveSession(session_, session));
    std::ofstream(session_ + ".auditor")
        << R"({"email": "ann@example.org", "access_token": "token",)"
        << R"( "expire_time": "2096-10-02T07:06:40Z", "person": "people/ann"})";
    state_.seed = std::string(32, 's');
    for (const char letter : {'m', 'a'}) {
      state_.blindings.push_back({std::string(32, 'p'), std::string(384, 'i'), std::string(384, letter)});
    }
    election::client::KeptBallot kept;
    kept.election = "elections/e";
    kept.manifest_hash = std::string(32, 'h');
    kept.state = election::client::SerializeState(state_);
    EXPECT_OK(election::client::SaveBallot(file_, kept));
  }

  int Dispute(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"--session", session_, "--membership", membership_server_.address(), "--auditor",
                      auditor_server_.address(), "issuance", "dispute", "elections/e", "--text", "Wrong"});
    return cli::Run(arguments, terminal_.surroundings());
  }

  Terminal terminal_;
  const std::string session_ = (terminal_.folder() / "session.json").string();
  const std::string file_ = (terminal_.folder() / "ballot.json").string();
  election::client::CredentialState state_;
  FakeRegistrar membership_;
  FakeRegistrar auditor_;
  testing::Loopback membership_server_{{&membership_}};
  testing::Loopback auditor_server_{{&auditor_}};
};

TEST_F(IssuanceTest, ShowsNothingUnlessAFileIsNamed) {
  ASSERT_EQ(Dispute({}), 0) << terminal_.TakeErr();
  EXPECT_EQ(membership_.filed.text(), "Wrong");
  EXPECT_EQ(membership_.filed.blinded_msg(), "");
  EXPECT_THAT(terminal_.TakeOut(), AllOf(HasSubstr("an election that is not certified yet is not certified"),
                                         Not(HasSubstr("SHA-256"))));
}

TEST_F(IssuanceTest, ShowsEachRegistrarTheMessageThatWentToIt) {
  membership_.on_record = state_.blindings[0].blinded_msg;
  ASSERT_EQ(Dispute({"--state", file_}), 0) << terminal_.TakeErr();
  EXPECT_EQ(membership_.filed.blinded_msg(), std::string(384, 'm'));
  EXPECT_THAT(terminal_.TakeOut(),
              AllOf(HasSubstr("is the one on record"),
                    HasSubstr("SHA-256 " + crypto::HexEncode(crypto::Sha256(std::string(384, 'm'))))));
  ASSERT_EQ(Dispute({"--state", file_, "--at-auditor"}), 0) << terminal_.TakeErr();
  EXPECT_EQ(auditor_.filed.blinded_msg(), std::string(384, 'a'));
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("did not record the message of your ballot file"));
}

// Key, prefixes and what unblinds stay at home.
TEST_F(IssuanceTest, ShowsNothingElseOfTheFile) {
  ASSERT_EQ(Dispute({"--state", file_}), 0) << terminal_.TakeErr();
  const std::string sent = membership_.filed.SerializeAsString();
  EXPECT_EQ(sent.find(state_.seed), std::string::npos);
  EXPECT_EQ(sent.find(state_.blindings[0].prefix), std::string::npos);
  EXPECT_EQ(sent.find(state_.blindings[0].inv), std::string::npos);
  EXPECT_EQ(sent.find(state_.blindings[1].blinded_msg), std::string::npos);
}

TEST_F(IssuanceTest, RefusesAFileThatIsNoneOfTheElection) {
  EXPECT_EQ(Dispute({"--state", file_ + ".not"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("FILE_UNREADABLE"));
  election::client::KeptBallot other = **election::client::LoadBallot(file_);
  other.election = "elections/other";
  ASSERT_OK(election::client::SaveBallot(file_, other));
  EXPECT_EQ(Dispute({"--state", file_}), 2);
  EXPECT_THAT(terminal_.TakeErr(), AllOf(HasSubstr("INPUT_INVALID"), HasSubstr("elections/other")));
  other.election = "elections/e";
  other.state = "cut short";
  ASSERT_OK(election::client::SaveBallot(file_, other));
  EXPECT_NE(Dispute({"--state", file_}), 0);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("BALLOT_STATE_UNUSABLE"));
  EXPECT_EQ(membership_.filed.text(), "") << "nothing was sent";
}

}  // namespace
}  // namespace plenary::cli
