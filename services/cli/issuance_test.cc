// Disputes from the command line, against registrars that stand in for the real ones: what is shown of a
// ballot file, where it goes, and what is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/testing/loopback.h"
#include "common/testing/status_matchers.h"
#include "nlohmann/json.hpp"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/cli/run.h"
#include "services/cli/session.h"
#include "services/cli/testing/terminal.h"
#include "services/election/client/ballot_file.h"
#include "services/election/client/voter.h"
#include "services/election/testing/sample.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;
using election::PublishedManifest;
using election::testing::RegistrarKey;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Says what it is told to say.
class FakeRegistrar final : public RegistrarService::Service {
 public:
  // The signature, of a message that is shown.
  std::function<std::string(const std::string& blinded_msg)> sign = [](const auto&) { return ""; };
  std::string filed_instead;  // of the message that is shown
  FileDisputeRequest filed;
  ListDisputesResponse disputes;
  std::string on_record;  // a message; "" for none
  bool away = false;

 private:
  grpc::Status GetIssuance(grpc::ServerContext*, const GetIssuanceRequest*,
                           GetIssuanceResponse* response) override {
    if (away) return {grpc::StatusCode::UNAVAILABLE, "away"};
    if (on_record.empty()) {
      constexpr ErrorDomain kDomain("plenary.membership");
      return ToGrpcStatus(kDomain.Error(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED", "None."));
    }
    response->set_blinded_msg_sha256(crypto::Sha256(on_record));
    return grpc::Status::OK;
  }
  grpc::Status FileDispute(grpc::ServerContext*, const FileDisputeRequest* request,
                           Dispute* response) override {
    filed = *request;
    response->set_name(request->election() + "/disputes/unit");
    response->set_text(request->text());
    response->set_blinded_msg(filed_instead.empty() ? request->blinded_msg() : filed_instead);
    if (!request->blinded_msg().empty()) response->set_blind_signature(sign(request->blinded_msg()));
    return grpc::Status::OK;
  }
  grpc::Status ListDisputes(grpc::ServerContext*, const ListDisputesRequest*,
                            ListDisputesResponse* response) override {
    *response = disputes;
    return grpc::Status::OK;
  }
};

class FakeElections final : public election::v1::ElectionService::Service {
 public:
  std::string manifest;

 private:
  grpc::Status GetManifest(grpc::ServerContext*, const election::v1::GetManifestRequest*,
                           election::v1::GetManifestResponse* response) override {
    response->set_manifest(manifest);
    response->set_manifest_hash(crypto::Sha256(manifest));
    return grpc::Status::OK;
  }
};

std::string ManifestBytes(int registrars, const std::string& box_seed = std::string(32, 'b')) {
  election::ManifestParts parts =
      election::testing::SampleParts(crypto::Ed25519KeyPair::FromSeed(box_seed).value());
  parts.registrars.resize(static_cast<std::size_t>(registrars));
  return election::BuildManifest(parts).value();
}

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
    Publish(2);
  }

  // The manifest, and a ballot file that was made by it.
  void Publish(int registrars) {
    elections_.manifest = ManifestBytes(registrars);
    const PublishedManifest manifest = PublishedManifest::Parse(elections_.manifest).value();
    election_ = manifest.manifest().origin();
    crypto::SeededRandom random("ballot of Ann");
    state_ = election::client::PrepareCredential(manifest, std::string(32, 's'), random).value();
    election::client::KeptBallot kept;
    kept.election = election_;
    kept.manifest_hash = manifest.hash();
    kept.state = election::client::SerializeState(state_);
    EXPECT_OK(election::client::SaveBallot(file_, kept));
    membership_.on_record = state_.blindings[0].blinded_msg;
  }

  int Issuance(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {"--session", session_, "--membership", membership_server_.address(), "--auditor",
                      auditor_server_.address(), "--election", elections_server_.address(), "issuance"});
    return cli::Run(arguments, terminal_.surroundings());
  }
  int Dispute(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"dispute", election_, "--text", "Wrong"});
    return Issuance(std::move(arguments));
  }

  Terminal terminal_;
  const std::string session_ = (terminal_.folder() / "session.json").string();
  const std::string file_ = (terminal_.folder() / "ballot.json").string();
  std::string election_;
  election::client::CredentialState state_;
  FakeRegistrar membership_;
  FakeRegistrar auditor_;
  FakeElections elections_;
  testing::Loopback membership_server_{{&membership_}};
  testing::Loopback auditor_server_{{&auditor_}};
  testing::Loopback elections_server_{{&elections_}};
};

TEST_F(IssuanceTest, ShowsNothingUnlessAFileIsNamed) {
  ASSERT_EQ(Dispute({}), 0) << terminal_.TakeErr();
  EXPECT_EQ(membership_.filed.text(), "Wrong");
  EXPECT_EQ(membership_.filed.blinded_msg(), "");
  EXPECT_THAT(terminal_.TakeOut(), AllOf(HasSubstr("an election that is not certified yet is not certified"),
                                         Not(HasSubstr("SHA-256"))));
}

TEST_F(IssuanceTest, ShowsEachRegistrarTheMessageThatWentToIt) {
  const std::string& sent = state_.blindings[0].blinded_msg;
  membership_.sign = [](const std::string& message) {
    return crypto::BlindSign(RegistrarKey(0), message).value();
  };
  ASSERT_EQ(Dispute({"--state", file_}), 0) << terminal_.TakeErr();
  EXPECT_EQ(membership_.filed.blinded_msg(), sent);
  EXPECT_THAT(terminal_.TakeOut(),
              AllOf(HasSubstr("is the one on record"), HasSubstr("stands with the dispute"),
                    HasSubstr("of 384 bytes (--json shows them)"),
                    Not(HasSubstr(crypto::HexEncode(crypto::BlindSign(RegistrarKey(0), sent).value()))),
                    HasSubstr("SHA-256 " + crypto::HexEncode(crypto::Sha256(sent)))));
  ASSERT_EQ(Dispute({"--state", file_, "--at-auditor"}), 0) << terminal_.TakeErr();
  EXPECT_EQ(auditor_.filed.blinded_msg(), state_.blindings[1].blinded_msg);
  EXPECT_THAT(terminal_.TakeOut(),
              AllOf(HasSubstr("did not record the message of your ballot file"),
                    HasSubstr("`plenary issuance show " + election_ + " --at-auditor`")));
  auditor_.sign = [](const std::string& message) {
    return crypto::BlindSign(RegistrarKey(1), message).value();
  };
  ASSERT_EQ(Dispute({"--state", file_, "--at-auditor"}), 0) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("stands with the dispute"));
}

// The registrar is the one that is accused.
TEST_F(IssuanceTest, TakesNoRegistrarsWordForASignature) {
  const std::string& other = state_.blindings[1].blinded_msg;
  const std::string right = crypto::BlindSign(RegistrarKey(0), state_.blindings[0].blinded_msg).value();
  const std::pair<const char*, std::string> rows[] = {
      {"a word", "signature"},
      {"bytes of the right length", std::string(384, 's')},
      {"a number above the modulus", std::string(384, '\xff')},
      {"a bit that was turned over", right.substr(0, 383) + static_cast<char>(right[383] ^ 1)},
      {"a byte too few", right.substr(0, 383)},
      {"a byte too many", right + '\0'},
      {"the signature of another message", crypto::BlindSign(RegistrarKey(0), other).value()},
      {"by the other registrar's key",
       crypto::BlindSign(RegistrarKey(1), state_.blindings[0].blinded_msg).value()},
  };
  for (const auto& [what, signature] : rows) {
    membership_.sign = [&signature = signature](const std::string&) { return signature; };
    EXPECT_EQ(Dispute({"--state", file_}), 5) << what;
    EXPECT_THAT(terminal_.TakeOut(), AllOf(HasSubstr("is filed"), HasSubstr(crypto::HexEncode(signature)),
                                           Not(HasSubstr("stands with the dispute"))))
        << what;
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr("answer is no signature of it: keep this output")) << what;
  }
  membership_.sign = [&right](const std::string&) { return right; };
  EXPECT_EQ(Dispute({"--state", file_}), 0) << "the right one";
}

TEST_F(IssuanceTest, SaysWhenAnotherMessageWasFiled) {
  for (const std::string& instead : {std::string(384, 'x'), std::string("short")}) {
    membership_.filed_instead = instead;
    EXPECT_EQ(Dispute({"--state", file_}), 5);
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr("filed another message than the one of your ballot file"));
  }
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

TEST_F(IssuanceTest, GoesByTheNumberOfRegistrarsInTheManifest) {
  Publish(1);
  ASSERT_EQ(Dispute({"--state", file_}), 0) << terminal_.TakeErr();
  EXPECT_EQ(membership_.filed.blinded_msg(), state_.blindings[0].blinded_msg);
  EXPECT_EQ(Dispute({"--state", file_, "--at-auditor"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), AllOf(HasSubstr("INPUT_INVALID"), HasSubstr("one registrar alone")));
  EXPECT_EQ(auditor_.filed.text(), "") << "nothing was sent";
}

TEST_F(IssuanceTest, SendsNothingWhenAnotherManifestIsPublished) {
  elections_.manifest = ManifestBytes(2, std::string(32, 'c'));
  EXPECT_EQ(Dispute({"--state", file_}), 5);
  EXPECT_THAT(terminal_.TakeErr(), AllOf(HasSubstr("CHECK_FAILED"), HasSubstr("another than the one")));
  EXPECT_EQ(membership_.filed.text(), "");
}

TEST_F(IssuanceTest, RefusesAFileThatIsNoneOfTheElection) {
  EXPECT_EQ(Dispute({"--state", file_ + ".not"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("FILE_UNREADABLE"));
  election::client::KeptBallot other = **election::client::LoadBallot(file_);
  other.election = "elections/other";
  ASSERT_OK(election::client::SaveBallot(file_, other));
  EXPECT_EQ(Dispute({"--state", file_}), 2);
  EXPECT_THAT(terminal_.TakeErr(), AllOf(HasSubstr("INPUT_INVALID"), HasSubstr("elections/other")));
  other.election = election_;
  other.state = "cut short";
  ASSERT_OK(election::client::SaveBallot(file_, other));
  EXPECT_NE(Dispute({"--state", file_}), 0);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("BALLOT_STATE_UNUSABLE"));
  EXPECT_EQ(membership_.filed.text(), "") << "nothing was sent";
}

// A line is disputed three times at most.
TEST_F(IssuanceTest, SendsNothingOfAFileThatNoRegistrarHasOnRecordForTheCaller) {
  for (const std::string& other : {std::string(384, 'x'), std::string()}) {
    membership_.on_record = auditor_.on_record = other;
    for (const bool at_auditor : {false, true}) {
      std::vector<std::string> dispute = {"--state", file_};
      if (at_auditor) dispute.emplace_back("--at-auditor");
      EXPECT_EQ(Dispute(dispute), 2);
      EXPECT_THAT(terminal_.TakeErr(),
                  AllOf(HasSubstr("NOT_ON_RECORD"), HasSubstr("nothing was sent"), HasSubstr(file_),
                        HasSubstr("Neither"), HasSubstr("--not-on-record")));
      EXPECT_EQ(membership_.filed.text() + auditor_.filed.text(), "");
    }
  }
  auditor_.away = true;
  EXPECT_EQ(Dispute({"--state", file_}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("`plenary auditor login --email ann@example.org`"));
  membership_.away = true;
  EXPECT_EQ(Dispute({"--state", file_}), 4) << "nobody knows";
  EXPECT_EQ(membership_.filed.text(), "");
}

TEST_F(IssuanceTest, ShowsAFileThatTheOtherRegistrarHasOnRecord) {
  membership_.on_record = std::string(384, 'x');
  auditor_.on_record = state_.blindings[1].blinded_msg;
  EXPECT_EQ(Dispute({"--state", file_}), 0) << terminal_.TakeErr();
  EXPECT_EQ(membership_.filed.blinded_msg(), state_.blindings[0].blinded_msg);
}

TEST_F(IssuanceTest, ShowsAFileThatNobodyHasOnRecordWhenToldTo) {
  membership_.on_record.clear();
  EXPECT_EQ(Dispute({"--state", file_, "--not-on-record"}), 0) << terminal_.TakeErr();
  EXPECT_EQ(membership_.filed.blinded_msg(), state_.blindings[0].blinded_msg);
  EXPECT_EQ(Dispute({"--not-on-record"}), 2) << "of which file?";
}

TEST_F(IssuanceTest, GivesProgramsTheWholeSignature) {
  membership_.sign = [](const std::string&) { return std::string(384, 's'); };
  EXPECT_EQ(Dispute({"--json", "--state", file_}), 5) << "which is none";
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr(R"("blind_signature": "c3Nzc3Nz)"));
}

TEST_F(IssuanceTest, SaysThatALongListMayBeCutShort) {
  membership_.disputes.add_disputes()->set_text("Mine");
  ASSERT_EQ(Issuance({"disputes", election_}), 0) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), AllOf(HasSubstr("Mine"), Not(HasSubstr("cut short"))));
  for (int i = 0; i < 600; ++i) membership_.disputes.add_disputes()->set_text(std::string(2'000, 'x'));
  ASSERT_EQ(Issuance({"disputes", election_}), 0) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("may be cut short"));
}

}  // namespace
}  // namespace plenary::cli
