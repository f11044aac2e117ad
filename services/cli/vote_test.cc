// `plenary vote` as a whole, against services that stand in for the real ones: what it sends and what it
// writes, and above all what it does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/merkle.h"
#include "common/crypto/signed_note.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/testing/loopback.h"
#include "common/testing/status_matchers.h"
#include "nlohmann/json.hpp"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "plenary/membership/v1/auditor_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/cli/exit_code.h"
#include "services/cli/run.h"
#include "services/cli/session.h"
#include "services/cli/testing/terminal.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/testing/sample.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;
namespace elections = election::v1;
using grpc::ServerContext;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr ErrorDomain kDomain("plenary.election");

const crypto::Ed25519KeyPair& BoxKey() {
  static const auto key = crypto::Ed25519KeyPair::FromSeed(std::string(32, 'b')).value();
  return key;
}
const elections::Manifest& SampleManifest() {
  static const elections::Manifest manifest = election::testing::SampleManifest(BoxKey()).manifest();
  return manifest;
}
const std::string& ManifestBytes() {
  static const std::string bytes = SampleManifest().SerializeAsString();
  return bytes;
}

class FakeElections final : public elections::ElectionService::Service {
 public:
  int tokens_shown = 0;

 private:
  grpc::Status GetManifest(ServerContext* context, const elections::GetManifestRequest*,
                           elections::GetManifestResponse* response) override {
    tokens_shown += static_cast<int>(context->client_metadata().count("authorization"));
    response->set_manifest(ManifestBytes());
    response->set_manifest_hash(crypto::Sha256(ManifestBytes()));
    return grpc::Status::OK;
  }
};

// Of one voter: keeps the first message.
class FakeRegistrar final : public RegistrarService::Service {
 public:
  explicit FakeRegistrar(int number) : number_(number) {}
  IssueCredentialRequest issued;
  std::function<grpc::Status()> before_issuing;  // may be empty

 private:
  grpc::Status GetManifestHash(ServerContext*, const GetManifestHashRequest*,
                               GetManifestHashResponse* response) override {
    response->set_manifest_hash(crypto::Sha256(ManifestBytes()));
    return grpc::Status::OK;
  }
  grpc::Status IssueCredential(ServerContext*, const IssueCredentialRequest* request,
                               IssueCredentialResponse* response) override {
    const grpc::Status refused = before_issuing ? before_issuing() : grpc::Status::OK;
    if (!refused.ok()) return refused;
    if (issued.blinded_msg().empty()) issued = *request;
    response->set_blind_signature(
        crypto::BlindSign(election::testing::RegistrarKey(number_), request->blinded_msg()).value());
    return grpc::Status::OK;
  }
  grpc::Status GetIssuance(ServerContext*, const GetIssuanceRequest*,
                           GetIssuanceResponse* response) override {
    response->set_blinded_msg_sha256(crypto::Sha256(issued.blinded_msg()));
    response->set_recovery_blob(issued.recovery_blob());
    return grpc::Status::OK;
  }

  const int number_;
};

// Mails nothing; knows one code.
class FakeAuditor final : public AuditorService::Service {
 public:
  static constexpr char kCode[] = "ABCD-EFGH";
  int requested = 0, proven = 0;

 private:
  grpc::Status RequestCode(ServerContext*, const RequestCodeRequest*, RequestCodeResponse*) override {
    ++requested;
    return grpc::Status::OK;
  }
  grpc::Status ProveCode(ServerContext*, const ProveCodeRequest* request,
                         ProveCodeResponse* response) override {
    if (request->code() != kCode) {
      return ToGrpcStatus(ErrorDomain("plenary.membership")
                              .Error(absl::StatusCode::kUnauthenticated, "CODE_WRONG", "Not the code."));
    }
    ++proven;
    response->set_access_token("token");
    return grpc::Status::OK;
  }
};

// Of one voter too: takes one ballot, and the log has the manifest alone.
class FakeBox final : public elections::BallotBoxService::Service {
 public:
  std::string ballot;
  int casts = 0;
  bool open = true;

 private:
  grpc::Status GetBox(ServerContext*, const elections::GetBoxRequest*,
                      elections::GetBoxResponse* response) override {
    if (open) response->set_manifest_hash(crypto::Sha256(ManifestBytes()));
    return grpc::Status::OK;
  }
  grpc::Status ListEntries(ServerContext*, const elections::ListEntriesRequest*,
                           grpc::ServerWriter<elections::ListEntriesResponse>* writer) override {
    elections::ListEntriesResponse part;
    part.add_entries(ManifestBytes());
    writer->Write(part);
    return grpc::Status::OK;
  }
  grpc::Status ListCheckpoints(ServerContext*, const elections::ListCheckpointsRequest*,
                               elections::ListCheckpointsResponse* response) override {
    response->add_checkpoints(
        *crypto::SignCheckpoint({SampleManifest().origin(), 1, crypto::LeafHash(ManifestBytes())}, BoxKey()));
    return grpc::Status::OK;
  }
  grpc::Status GetTile(ServerContext*, const elections::GetTileRequest*,
                       elections::GetTileResponse* response) override {
    response->set_content(crypto::LeafHash(ManifestBytes()));
    return grpc::Status::OK;
  }
  grpc::Status CastBallot(ServerContext*, const elections::CastBallotRequest* request,
                          elections::CastBallotResponse* response) override {
    ++casts;
    if (ballot.empty()) ballot = request->ballot();
    if (ballot != request->ballot()) {
      return ToGrpcStatus(
          kDomain.Error(absl::StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST", "Another was cast."));
    }
    response->set_receipt(BoxKey().Sign(
        election::ReceiptMessage(crypto::Sha256(ManifestBytes()), crypto::Sha256(request->ballot()))));
    return grpc::Status::OK;
  }
};

class VoteTest : public ::testing::Test {
 protected:
  VoteTest() {
    EXPECT_OK(SaveSession(session_, {.tokens = {{"membership", "token"}},
                                     .expire_time = absl::FromUnixSeconds(4'000'000'000),
                                     .person = "people/ann",
                                     .email = "ann@example.org"}));
  }

  int Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--session", session_, "--membership", membership_server_.address(),
                                         "--auditor", auditor_server_.address(), "--election",
                                         server_.address(), "--box", server_.address()});
    return cli::Run(arguments, terminal_.surroundings());
  }
  // A blank ballot, unless there is a mark.
  int Vote(std::vector<std::string> flags) {
    flags.insert(flags.end(), {"--auditor-code", FakeAuditor::kCode});
    return VoteWithoutCode(std::move(flags));
  }
  int VoteWithoutCode(std::vector<std::string> flags) {
    const bool marked = std::find(flags.begin(), flags.end(), "--mark") != flags.end();
    flags.insert(flags.begin(), {"vote", SampleManifest().origin()});
    if (!marked) flags.push_back("--blank");
    return Run(flags);
  }
  // One for the first candidate of the first contest.
  static std::string Mark() {
    const auto& contest = SampleManifest().contests(0);
    return contest.name().substr(contest.name().rfind('/') + 1) + "=" + contest.options(0).name();
  }
  std::string Path(const std::string& name) const { return (terminal_.folder() / name).string(); }
  static std::string Content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Terminal terminal_;
  const std::string session_ = (terminal_.folder() / "session.json").string();
  FakeElections elections_;
  FakeRegistrar membership_{0}, at_auditor_{1};
  FakeAuditor auditor_;
  FakeBox box_;
  testing::Loopback membership_server_{{&membership_}};
  testing::Loopback auditor_server_{{&at_auditor_, &auditor_}};
  testing::Loopback server_{{&elections_, &box_}};
};

TEST_F(VoteTest, SaysAtOnceThatAnotherBallotStands) {
  ASSERT_EQ(Vote({"--json", "--state", Path("old.state")}), kExitDone) << terminal_.TakeErr();
  std::ofstream(Path("code"))
      << nlohmann::json::parse(terminal_.TakeOut())["recovery_code"].get<std::string>();
  const std::vector<std::string> anew = {"--state",    Path("new.state"), "--recover-file",
                                         Path("code"), "--mark",          Mark()};
  EXPECT_EQ(Vote(anew), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(), AllOf(HasSubstr("that one stands"), HasSubstr("[BALLOT_ALREADY_CAST]")));
  EXPECT_EQ(box_.casts, 2);
  const int proven = auditor_.proven;
  EXPECT_EQ(Vote(anew), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("plenary ballots check " + SampleManifest().origin()));
  EXPECT_EQ(box_.casts, 2) << "nothing was sent";
  EXPECT_EQ(auditor_.proven, proven);
  // As the message says: the choices of then, with another file.
  EXPECT_EQ(Vote({"--state", Path("third.state"), "--recover-file", Path("code")}), kExitDone)
      << terminal_.TakeErr();
}

TEST_F(VoteTest, ReadsTheCodeOfTheAuditorsRegistrarFromAFileOrFromStandardInput) {
  EXPECT_EQ(VoteWithoutCode({}), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(),
              AllOf(HasSubstr("--auditor-code-file FILE"), HasSubstr("[AUDITOR_CODE_NEEDED]")));
  EXPECT_EQ(auditor_.requested, 1);
  std::ofstream(Path("empty")) << "\n";
  EXPECT_EQ(VoteWithoutCode({"--auditor-code-file", Path("empty")}), kExitWrongUsage);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("no code in " + Path("empty")));
  EXPECT_EQ(VoteWithoutCode({"--auditor-code-file", Path("nowhere")}), kExitWrongUsage);
  EXPECT_EQ(Vote({"--auditor-code-file", Path("empty")}), kExitWrongUsage) << "two ways at once";
  EXPECT_EQ(auditor_.requested + auditor_.proven, 1) << "nobody was asked";
  std::ofstream(Path("code")) << "\n " << FakeAuditor::kCode << "\n";
  EXPECT_EQ(VoteWithoutCode({"--json", "--auditor-code-file", Path("code")}), kExitDone)
      << terminal_.TakeErr();
  EXPECT_EQ(auditor_.proven, 1);
  const std::string first = terminal_.TakeOut();
  EXPECT_EQ(VoteWithoutCode({"--auditor-code-file", Path("nowhere")}), kExitDone)
      << "the same command goes on when its code has been used: " << terminal_.TakeErr();
  EXPECT_EQ(auditor_.proven, 1);
  // On another device, both codes a line each.
  terminal_.in.str(nlohmann::json::parse(first)["recovery_code"].get<std::string>() + "\n" +
                   FakeAuditor::kCode + "\n");
  EXPECT_EQ(
      VoteWithoutCode({"--state", Path("new.state"), "--recover-file", "-", "--auditor-code-file", "-"}),
      kExitDone)
      << terminal_.TakeErr();
  EXPECT_EQ(auditor_.proven, 2);
}

TEST_F(VoteTest, VerifiesAReceiptWithoutTheSession) {
  ASSERT_EQ(Vote({"--receipt", Path("receipt.json")}), kExitDone) << terminal_.TakeErr();
  terminal_.TakeOut();
  ASSERT_EQ(Run({"receipt", "verify", Path("receipt.json")}), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("The receipt is good"));
  EXPECT_EQ(elections_.tokens_shown, 0) << "it would be renewed, minutes after the vote";
}

// Whatever ends the run after the first registrar has signed: what it signed is lost without the code.
TEST_F(VoteTest, TellsTheRecoveryCodeBeforeARegistrarIsAsked) {
  std::string told;
  membership_.before_issuing = [&] {
    told += terminal_.err.str();
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"credential", "collect", SampleManifest().origin()}), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("[AUDITOR_CODE_NEEDED]"));
  EXPECT_EQ(Run({"--json", "credential", "collect", SampleManifest().origin()}), kExitRefused);
  const auto document = nlohmann::json::parse(terminal_.TakeErr());
  EXPECT_EQ(document["error"]["reason"], "AUDITOR_CODE_NEEDED");
  const std::string code = document["recovery_code"];
  EXPECT_THAT(told, HasSubstr("Keep your recovery code, with which another device goes on: " + code));
  EXPECT_EQ(Vote({}), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr(code));
}

TEST_F(VoteTest, TakesTheRecoveryCodeBackWhenAnotherKeyWasSigned) {
  membership_.before_issuing = [] {
    return ToGrpcStatus(
        ErrorDomain("plenary.membership")
            .Error(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED", "Recover."));
  };
  EXPECT_EQ(Vote({}), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("The recovery code above is of no use"));
  EXPECT_EQ(Vote({"--json"}), kExitRefused);
  EXPECT_FALSE(nlohmann::json::parse(terminal_.TakeErr()).contains("recovery_code"));
}

TEST_F(VoteTest, KeepsTheRecoveryCodeOfAKeyThatOneRegistrarSigned) {
  at_auditor_.before_issuing = [] {
    return ToGrpcStatus(
        ErrorDomain("plenary.membership")
            .Error(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED", "Recover."));
  };
  EXPECT_EQ(Vote({"--state", Path("ballot.state")}), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(),
              AllOf(HasSubstr("Keep your recovery code"), HasSubstr("[CREDENTIALS_DIFFER]"),
                    HasSubstr("plenary issuance dispute"), HasSubstr(Path("ballot.state"))));
  EXPECT_EQ(Vote({"--json", "--state", Path("ballot.state")}), kExitRefused);
  EXPECT_TRUE(nlohmann::json::parse(terminal_.TakeErr()).contains("recovery_code"));
}

TEST_F(VoteTest, WaitsForABoxThatHasNoManifestYet) {
  box_.open = false;
  const std::string state = Path("ballot.state");
  EXPECT_EQ(Vote({"--state", state}), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(),
              AllOf(HasSubstr("Try again in a moment"), HasSubstr("[MANIFEST_NOT_FOUND]")));
  EXPECT_FALSE(std::filesystem::exists(state)) << "no key was made";
  EXPECT_TRUE(membership_.issued.blinded_msg().empty());
  box_.open = true;
  EXPECT_EQ(Vote({}), kExitDone) << terminal_.TakeErr();
}

TEST_F(VoteTest, SaysHowToGetAnotherCodeOfTheAuditorsRegistrar) {
  EXPECT_EQ(VoteWithoutCode({"--auditor-code", "WRON-GONE"}), kExitNotAllowed);
  EXPECT_THAT(terminal_.TakeErr(),
              AllOf(HasSubstr("Run the same command without a code"), HasSubstr("[CODE_WRONG]")));
  terminal_.surroundings().in_is_terminal = true;
  terminal_.in.str("WRON-GONE\n\n");
  EXPECT_EQ(Run({"credential", "collect", SampleManifest().origin()}), kExitWrongUsage);
  const std::string said = terminal_.TakeErr();
  EXPECT_THAT(said, AllOf(HasSubstr("Not the code."), HasSubstr("another code is mailed"),
                          HasSubstr("[CODE_MISSING]")));
  EXPECT_EQ(auditor_.proven, 0);
}

TEST_F(VoteTest, WritesNoReceiptOverTheBallot) {
  const std::string state = Path("ballot.state");
  for (const std::string& receipt :
       {state, state + ".new", state + ".lock", (terminal_.folder() / "." / "ballot.state").string()}) {
    EXPECT_EQ(Vote({"--state", state, "--receipt", receipt}), kExitWrongUsage) << receipt;
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr("--receipt names the file that keeps the ballot")) << receipt;
  }
  const std::string relative = std::filesystem::relative(state);
  EXPECT_EQ(Vote({"--state", relative, "--receipt", "./" + relative}), kExitWrongUsage);
  EXPECT_EQ(Vote({"--state", relative, "--receipt", state}), kExitWrongUsage);
  EXPECT_EQ(box_.casts, 0);
}

TEST_F(VoteTest, WritesItsReceiptOverNothingElse) {
  const std::string receipt = Path("receipt.json"), state = Path("ballot.state");
  const std::pair<const char*, std::string> rows[] = {
      {"something else than a receipt", "{\"a\": 1}"},
      {"something else than a receipt", "\n"},
      {"a receipt of elections/other", R"({"election": "elections/other", "manifest_hash": ")" +
                                           std::string(64, 'a') + R"(", "ballot_hash": ")" +
                                           std::string(64, 'b') + R"(", "receipt": ")" +
                                           std::string(128, 'c') + "\"}"},
      {"a receipt of another ballot",
       R"({"election": ")" + SampleManifest().origin() + R"(", "manifest_hash": ")" +
           crypto::HexEncode(crypto::Sha256(ManifestBytes())) + R"(", "ballot_hash": ")" +
           std::string(64, 'b') + R"(", "receipt": ")" + std::string(128, 'c') + "\"}"},
  };
  for (const auto& [holds, content] : rows) {
    std::ofstream(receipt) << content;
    EXPECT_EQ(Vote({"--receipt", receipt, "--state", state}), kExitWrongUsage) << holds;
    EXPECT_THAT(terminal_.TakeErr(),
                AllOf(HasSubstr(holds), HasSubstr("nothing was sent"), HasSubstr("[RECEIPT_FILE_TAKEN]")));
    EXPECT_EQ(Content(receipt), content);
  }
  EXPECT_EQ(box_.casts + auditor_.requested + auditor_.proven, 0);
  EXPECT_EQ(Vote({"--receipt", terminal_.folder(), "--state", state}), kExitWrongUsage) << "a folder";
  std::ofstream(receipt) << "";
  EXPECT_EQ(Vote({"--receipt", receipt, "--state", state}), kExitDone) << terminal_.TakeErr();
  const std::string written = Content(receipt);
  EXPECT_THAT(written, HasSubstr(crypto::HexEncode(crypto::Sha256(box_.ballot))));
  EXPECT_EQ(Vote({"--receipt", receipt, "--state", state}), kExitDone) << "the same once more";
  EXPECT_EQ(Content(receipt), written);
  EXPECT_EQ(Vote({"--receipt", receipt, "--state", Path("another.state")}), kExitWrongUsage);
  EXPECT_EQ(Content(receipt), written);
}

TEST_F(VoteTest, SaysThatTheBallotIsCastWhenItsReceiptCannotBeWritten) {
  std::ofstream(Path("file")) << "x";
  EXPECT_EQ(Vote({"--json", "--receipt", Path("file/receipt.json")}), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(), AllOf(HasSubstr("Your ballot is cast"), HasSubstr("RECEIPT_NOT_WRITTEN")));
  EXPECT_EQ(box_.casts, 1);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("\"receipt\""));
  EXPECT_EQ(Vote({"--receipt", Path("receipt.json")}), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(Content(Path("receipt.json")), HasSubstr(crypto::HexEncode(crypto::Sha256(box_.ballot))));
}

}  // namespace
}  // namespace plenary::cli
