// The trustee's commands against a service that stands in for the real one: what is kept, sent and said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "common/crypto/bytes.h"
#include "common/crypto/merkle.h"
#include "common/crypto/signed_note.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/testing/loopback.h"
#include "common/testing/status_matchers.h"
#include "common/time/clock.h"
#include "nlohmann/json.hpp"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "plenary/election/v1/trustee_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/cli/exit_code.h"
#include "services/cli/run.h"
#include "services/cli/session.h"
#include "services/cli/testing/terminal.h"
#include "services/cli/trustee_file.h"
#include "services/election/client/trustee.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/trustees.h"
#include "services/election/testing/sample.h"

namespace plenary::cli {
namespace {

using namespace election::v1;
using election::testing::Day;
using grpc::ServerContext;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr ErrorDomain kDomain("plenary.election");

const std::string& ElectionOfTest() {
  static const std::string name = election::testing::SampleElection().name();
  return name;
}

std::string CallerOf(const ServerContext& context) {
  const auto token = context.client_metadata().find("authorization");
  if (token == context.client_metadata().end()) return "";
  const std::string text(token->second.data(), token->second.size());
  return text.substr(text.rfind(' ') + 1);
}

// Tia and Tom, who replace nobody: 2 of 2. Tells a key that was seen before, as the real one does.
class FakeTrustees final : public TrusteeService::Service {
 public:
  FakeTrustees() { Reset(); }

  void Reset() {
    circle = {};
    circle.set_threshold(2);
    dealt_.clear();
    for (const char* person : {"people/tia", "people/tom"}) {
      Trustee& trustee = *circle.add_trustees();
      trustee.set_person(person);
      trustee.set_number(circle.trustees_size());
    }
  }

  ListTrusteesResponse circle;
  std::function<void(ListTrusteesResponse&)> lie;  // changes what is listed; may be empty
  std::map<std::string, std::string> secrets;      // released, by person

 private:
  Trustee& Me(const ServerContext& context) {
    for (Trustee& trustee : *circle.mutable_trustees()) {
      if (trustee.person() == CallerOf(context)) return trustee;
    }
    throw std::runtime_error("no trustee");
  }
  grpc::Status ListTrustees(ServerContext*, const ListTrusteesRequest*,
                            ListTrusteesResponse* response) override {
    *response = circle;
    if (lie) lie(*response);
    return grpc::Status::OK;
  }
  grpc::Status SendTrusteeKeys(ServerContext* context, const SendTrusteeKeysRequest* request,
                               Trustee* response) override {
    Trustee& me = Me(*context);
    if (me.tally_key() != request->tally_key() && !seen_.insert(request->tally_key()).second) {
      return ToGrpcStatus(
          kDomain.Error(absl::StatusCode::kAlreadyExists, "KEY_USED_BEFORE", "Make new ones."));
    }
    me.set_tally_key(request->tally_key());
    me.set_transport_key(request->transport_key());
    *response = me;
    return grpc::Status::OK;
  }
  grpc::Status DealShares(ServerContext* context, const DealSharesRequest* request,
                          Trustee* response) override {
    Trustee& me = Me(*context);
    dealt_[me.number()] = *request;
    *me.mutable_share_sha256() = request->share_sha256();
    *response = me;
    return grpc::Status::OK;
  }
  grpc::Status ListDealtShares(ServerContext* context, const ListDealtSharesRequest*,
                               ListDealtSharesResponse* response) override {
    for (const auto& [dealer, shares] : dealt_) {
      response->add_sealed_shares(shares.sealed_shares(Me(*context).number() - 1));
    }
    return grpc::Status::OK;
  }
  grpc::Status AcceptShares(ServerContext* context, const AcceptSharesRequest*, Trustee* response) override {
    Me(*context).set_accepted(true);
    *response = Me(*context);
    return grpc::Status::OK;
  }
  // Puts nothing together: as when the shares were dealt wrong.
  grpc::Status ReleaseShare(ServerContext* context, const ReleaseShareRequest*, Trustee* response) override {
    for (Trustee& trustee : *circle.mutable_trustees()) {
      if (trustee.person() == CallerOf(*context)) continue;
      trustee.add_released_shares(Me(*context).number());
      *response = trustee;
    }
    return grpc::Status::OK;
  }
  grpc::Status ReleaseSecret(ServerContext* context, const ReleaseSecretRequest* request,
                             Trustee* response) override {
    secrets[CallerOf(*context)] = request->tally_secret();
    Me(*context).set_released(true);
    *response = Me(*context);
    return grpc::Status::OK;
  }

  std::set<std::string> seen_;
  std::map<int, DealSharesRequest> dealt_;
};

class FakeElections final : public ElectionService::Service {
 public:
  std::string manifest;

 private:
  grpc::Status GetElection(ServerContext*, const GetElectionRequest* request, Election* response) override {
    response->set_name(request->name());
    response->set_state(manifest.empty() ? Election::STATE_CALLED : Election::STATE_PUBLISHED);
    return grpc::Status::OK;
  }
  grpc::Status GetManifest(ServerContext*, const GetManifestRequest*,
                           GetManifestResponse* response) override {
    response->set_manifest(manifest);
    response->set_manifest_hash(crypto::Sha256(manifest));
    return grpc::Status::OK;
  }
};

// The association's or the auditor's.
class FakeRegistrar final : public membership::v1::RegistrarService::Service {
 public:
  std::string manifest_hash;

 private:
  grpc::Status GetManifestHash(ServerContext* context, const membership::v1::GetManifestHashRequest*,
                               membership::v1::GetManifestHashResponse* response) override {
    EXPECT_EQ(CallerOf(*context), "") << "anybody may ask";
    if (manifest_hash.empty()) {
      return ToGrpcStatus(
          ErrorDomain("plenary.membership")
              .Error(absl::StatusCode::kNotFound, "MANIFEST_NOT_FOUND", "Wait for its publication."));
    }
    response->set_manifest_hash(manifest_hash);
    return grpc::Status::OK;
  }
};

class FakeBox final : public BallotBoxService::Service {
 public:
  std::string manifest_hash;
  std::vector<std::string> leaves;
  std::string note;

 private:
  grpc::Status GetBox(ServerContext*, const GetBoxRequest*, GetBoxResponse* response) override {
    response->set_manifest_hash(manifest_hash);
    return grpc::Status::OK;
  }
  grpc::Status ListCheckpoints(ServerContext*, const ListCheckpointsRequest*,
                               ListCheckpointsResponse* response) override {
    response->add_checkpoints(note);
    return grpc::Status::OK;
  }
  grpc::Status ListEntries(ServerContext*, const ListEntriesRequest*,
                           grpc::ServerWriter<ListEntriesResponse>* writer) override {
    ListEntriesResponse part;
    part.mutable_entries()->Assign(leaves.begin(), leaves.end());
    writer->Write(part);
    return grpc::Status::OK;
  }
};

class TrusteeCommandTest : public ::testing::Test {
 protected:
  TrusteeCommandTest() : random_("trustee commands"), box_key_(crypto::Ed25519KeyPair::Generate(random_)) {
    terminal_.environment["PLENARY_CLOCK_FILE"] = terminal_.folder() / "clock";
    SetClock(Day(8, 2));
    for (const char* person : {"tia", "tom"}) {
      Session session;
      session.person = std::string("people/") + person;
      session.tokens["election"] = session.person;
      session.expire_time = Day(12, 1);
      EXPECT_OK(SaveSession(SessionFile(person), session));
    }
  }
  void SetClock(absl::Time now) {
    ASSERT_TRUE(FileClock::Set(terminal_.environment["PLENARY_CLOCK_FILE"], now).ok());
  }
  std::string SessionFile(const std::string& person) const {
    return terminal_.folder() / person / "session.json";
  }
  std::string KeyFile(const std::string& person) const {
    const std::string id = ElectionOfTest().substr(ElectionOfTest().rfind('/') + 1);
    return terminal_.folder() / person / "trustees" / (id + "." + person + ".json");
  }
  int Run(const std::string& person, const std::string& command, const std::vector<std::string>& more = {}) {
    std::vector<std::string> all = {
        "--election",    server_.address(),   "--box",     server_.address(),
        "--membership",  server_.address(),   "--auditor", auditor_server_.address(),
        "--session",     SessionFile(person), "trustee",   command,
        ElectionOfTest()};
    all.insert(all.end(), more.begin(), more.end());
    return cli::Run(all, terminal_.surroundings());
  }
  void MakeKeys() {
    for (const char* command : {"keygen", "keygen", "accept"}) {
      for (const char* person : {"tia", "tom"}) ASSERT_EQ(Run(person, command), 0) << terminal_.TakeErr();
    }
    terminal_.TakeOut();
  }
  // A manifest of these trustees, as the election service makes it with this key of a box.
  std::string MakeManifest(const crypto::Ed25519KeyPair& box_key) {
    election::ManifestParts parts = election::testing::SampleParts(box_key);
    parts.trustees =
        election::ManifestTrustees({trustees_.circle.trustees().begin(), trustees_.circle.trustees().end()});
    parts.threshold = 2;
    return election::BuildManifest(parts).value();
  }
  void PublishManifest() {
    elections_.manifest = MakeManifest(box_key_);
    TakeOver(elections_.manifest);
    SetLog({elections_.manifest});
  }
  void TakeOver(const std::string& manifest) {
    association_.manifest_hash = auditor_.manifest_hash = box_.manifest_hash = crypto::Sha256(manifest);
  }
  std::string Fingerprint() const {
    return election::client::CircleFingerprint(ElectionOfTest(), trustees_.circle);
  }
  void AcceptManifest() {
    for (const char* person : {"tia", "tom"}) ASSERT_EQ(Run(person, "accept"), 0) << terminal_.TakeErr();
    terminal_.TakeOut();
  }
  void SetLog(std::vector<std::string> leaves) {
    crypto::RootBuilder root;
    for (const std::string& leaf : leaves) root.AppendLeaf(leaf);
    box_.note = crypto::SignCheckpoint(
                    {.origin = ElectionOfTest(), .size = leaves.size(), .root = root.Root()}, box_key_)
                    .value();
    box_.leaves = std::move(leaves);
  }
  void CloseLog(char second_list = '2') {
    SetLog({elections_.manifest,
            election::EncodeCloseRecord(
                {.manifest_hash = crypto::Sha256(elections_.manifest),
                 .ballots = 0,
                 .issuance_list_sha256 = {std::string(32, '1'), std::string(32, second_list)}})});
  }

  crypto::SeededRandom random_;
  crypto::Ed25519KeyPair box_key_;
  FakeTrustees trustees_;
  FakeElections elections_;
  FakeBox box_;
  FakeRegistrar association_;
  FakeRegistrar auditor_;
  plenary::testing::Loopback server_{{&trustees_, &elections_, &box_, &association_}};
  plenary::testing::Loopback auditor_server_{{&auditor_}};
  Terminal terminal_;
};

TEST_F(TrusteeCommandTest, NamesTheKeyFileInTheNextCommandWhenItWasNamed) {
  const std::string file = terminal_.folder() / "my keys";
  ASSERT_EQ(Run("tia", "keygen", {"--key-file", file}), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("run `plenary trustee keygen " + ElectionOfTest() +
                                             " --key-file '" + file + "'` again"));
}

TEST_F(TrusteeCommandTest, SaysAtEachStepWhatIsNext) {
  ASSERT_EQ(Run("tia", "keygen"), kExitDone) << terminal_.TakeErr();
  const std::string first = terminal_.TakeOut();
  EXPECT_THAT(first, HasSubstr("once people/tom has sent theirs"));
  EXPECT_THAT(first, HasSubstr(KeyFile("tia")));
  ASSERT_EQ(Run("tom", "keygen"), kExitDone);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("people/tia has dealt")) << "who came last deals at once";
  ASSERT_EQ(Run("tia", "keygen"), kExitDone);
  const std::string dealt = terminal_.TakeOut();
  EXPECT_THAT(dealt, HasSubstr("Next: when all of you read the same, run `plenary trustee accept " +
                               ElectionOfTest() + "`"));
  EXPECT_THAT(dealt, HasSubstr("Any 2 of 2 make up"));
  ASSERT_EQ(Run("tia", "accept"), kExitDone);
  const std::string accepted = terminal_.TakeOut();
  EXPECT_THAT(accepted, HasSubstr("once the manifest is published"));
  for (const std::string& said : {dealt, accepted}) EXPECT_THAT(said, HasSubstr(Fingerprint()));
  EXPECT_THAT(accepted, HasSubstr("Any 2 of 2 make up"));
  ASSERT_EQ(Run("tom", "accept"), kExitDone);
  PublishManifest();
  ASSERT_EQ(Run("tia", "accept"), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("both registrars and the ballot box have the same"));
  ASSERT_EQ(Run("tom", "list"), kExitDone);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Any 2 of 2 make up for an absent one."));
}

TEST_F(TrusteeCommandTest, MakesNewKeysAfterAResetAndSetsTheOldOnesAside) {
  MakeKeys();
  trustees_.Reset();
  ASSERT_EQ(Run("tia", "keygen"), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr(KeyFile("tia") + ".1"));
  EXPECT_TRUE(std::filesystem::exists(KeyFile("tia") + ".1"));
  MakeKeys();
}

TEST_F(TrusteeCommandTest, DoesNotMakeOtherKeysWhereTheFirstOnesAreNot) {
  ASSERT_EQ(Run("tia", "keygen"), kExitDone);
  std::filesystem::remove(KeyFile("tia"));
  EXPECT_EQ(Run("tia", "keygen"), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("[TRUSTEE_KEYS_UNUSABLE]"));
  EXPECT_FALSE(std::filesystem::exists(KeyFile("tia")));
  EXPECT_EQ(Run("tom", "accept"), kExitRefused);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("There is no key file"));
}

TEST_F(TrusteeCommandTest, ReadsOutTheKeysItSealedToAndAcceptsNoOthers) {
  for (const char* person : {"tia", "tom"}) ASSERT_EQ(Run(person, "keygen"), kExitDone);
  terminal_.TakeOut();
  const auto mallory = election::client::MakeTrusteeKeys(ElectionOfTest(), random_);
  trustees_.lie = [&, lists = 0](ListTrusteesResponse& shown) mutable {
    constexpr int kBeforeDealing = 2;  // the honest list comes too late
    if (++lists > kBeforeDealing) return;
    shown.mutable_trustees(1)->set_transport_key(election::client::KeysToSend(mallory).transport_key());
  };
  ASSERT_EQ(Run("tia", "keygen"), kExitDone) << terminal_.TakeErr();
  const std::string said = terminal_.TakeOut();
  EXPECT_THAT(said, HasSubstr("Fingerprint"));
  EXPECT_THAT(said, Not(HasSubstr(Fingerprint()))) << "what Tom reads out";
  trustees_.lie = nullptr;
  for (const char* command : {"keygen", "accept"}) {
    EXPECT_EQ(Run("tia", command), kExitRefused) << command;
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr("other transport keys than those your shares were sealed to"));
  }
  EXPECT_FALSE(trustees_.circle.trustees(0).accepted());
}

TEST_F(TrusteeCommandTest, AcceptsAndReleasesForNoManifestThatTheElectionServiceAloneShows) {
  MakeKeys();
  PublishManifest();
  SetClock(Day(9, 23));
  CloseLog();
  const std::string published = elections_.manifest;
  const std::string other = crypto::Sha256("another");
  const auto refused = [&](const std::string& command, int code, const std::string& what) {
    EXPECT_EQ(Run("tia", command), code) << command;
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr(what)) << command;
    EXPECT_TRUE(trustees_.secrets.empty()) << "nothing left the file";
  };
  refused("release", kExitRefused, "Run `plenary trustee accept " + ElectionOfTest() + "` again");
  const auto differs = [&](const std::string& command) {
    const std::pair<std::string*, const char*> parties[] = {
        {&association_.manifest_hash, "the association's registrar has another"},
        {&auditor_.manifest_hash, "the auditor's registrar has another"},
        {&box_.manifest_hash, "the ballot box has another"}};
    for (const auto& [hash, what] : parties) {
      const std::string honest = std::exchange(*hash, other);
      refused(command, kExitDifferent, what);
      *hash = "";
      refused(command, kExitRefused, "[MANIFEST_NOT_FOUND]");
      *hash = honest;
    }
  };
  differs("accept");
  AcceptManifest();
  differs("release");
  elections_.manifest = MakeManifest(crypto::Ed25519KeyPair::Generate(random_));
  TakeOver(elections_.manifest);
  refused("release", kExitDifferent, "another than the one you compared before");
  refused("accept", kExitDifferent, "another than the one you compared before");
  elections_.manifest = published;
  TakeOver(published);
  EXPECT_EQ(Run("tia", "release"), kExitDone) << terminal_.TakeErr();
}

TEST_F(TrusteeCommandTest, ReleasesOnlyAfterTheLogIsClosed) {
  MakeKeys();
  PublishManifest();
  AcceptManifest();
  SetClock(Day(9, 23) - absl::Seconds(1));
  CloseLog();
  const auto refused = [&](const char* reason) {
    EXPECT_NE(Run("tia", "release"), kExitDone);
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr(reason));
    EXPECT_TRUE(trustees_.secrets.empty()) << "nothing left the file";
  };
  refused("[NOT_SAFE_TO_RELEASE]");
  SetClock(Day(9, 23));
  SetLog({elections_.manifest});
  refused("plenary election close");
  CloseLog();
  std::string altered = box_.leaves[1];
  altered.back() = static_cast<char>(altered.back() ^ 1);
  std::swap(box_.leaves[1], altered);
  refused("[CHECK_FAILED]");
  CloseLog();
  const std::string stranger = box_.note;
  box_.note = crypto::SignCheckpoint({.origin = ElectionOfTest(), .size = 2, .root = std::string(32, 'r')},
                                     crypto::Ed25519KeyPair::Generate(random_))
                  .value();
  refused("[CHECK_FAILED]");
  box_.note = stranger;
  ASSERT_EQ(Run("tia", "release"), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("By the stack's clock"));
  EXPECT_TRUE(
      election::CheckTallySecret(trustees_.secrets["people/tia"], trustees_.circle.trustees(0).tally_key())
          .ok());
}

TEST_F(TrusteeCommandTest, ReleasesWithACopyOfTheKeysFromTheFirstDay) {
  ASSERT_EQ(Run("tia", "keygen"), kExitDone) << terminal_.TakeErr();
  const std::string copy = terminal_.folder() / "copy.json";
  std::filesystem::copy_file(KeyFile("tia"), copy);
  MakeKeys();
  EXPECT_EQ(Run("tia", "accept", {"--key-file", copy}), kExitRefused) << "a reset can still help";
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("the returning officer resets the trustees"));
  PublishManifest();
  CloseLog();
  SetClock(Day(9, 23));
  EXPECT_EQ(Run("tia", "accept", {"--key-file", copy}), kExitDone) << terminal_.TakeErr();
  EXPECT_EQ(Run("tia", "release", {"--key-file", copy}), kExitDone) << terminal_.TakeErr();
  EXPECT_TRUE(
      election::CheckTallySecret(trustees_.secrets["people/tia"], trustees_.circle.trustees(0).tally_key())
          .ok());
}

TEST_F(TrusteeCommandTest, KeepsTheLogItReleasedUnderAndReleasesUnderNoOther) {
  MakeKeys();
  PublishManifest();
  AcceptManifest();
  CloseLog();
  SetClock(Day(9, 23));
  ASSERT_EQ(Run("tia", "release"), kExitDone) << terminal_.TakeErr();
  const std::string root =
      crypto::HexEncode(crypto::OpenCheckpoint(box_.note, ElectionOfTest(), box_key_.public_key())->root);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("plenary verify FOLDER --root " + root));
  const std::string first = box_.note;
  CloseLog('3');
  EXPECT_EQ(Run("tia", "release", {"--for", "people/tom"}), kExitDifferent);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("[LOG_EXCHANGED]"));
  EXPECT_TRUE(trustees_.circle.trustees(1).released_shares().empty()) << "nothing left the file";
  std::ifstream file(KeyFile("tia"));
  EXPECT_EQ(nlohmann::json::parse(file)["released_under"], first) << "one half of the proof";
  std::ifstream other(KeyFile("tia") + ".another-log");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(other), {}), box_.note) << "the other half";
  CloseLog();
  EXPECT_EQ(Run("tia", "release", {"--for", "people/tom"}), kExitDone) << terminal_.TakeErr();
}

TEST_F(TrusteeCommandTest, SaysWhenTheReleasedSharesDoNotGiveTheSecret) {
  MakeKeys();
  PublishManifest();
  AcceptManifest();
  CloseLog();
  SetClock(Day(9, 23));
  ASSERT_EQ(Run("tia", "release", {"--for", "people/tom"}), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), AllOf(HasSubstr("1 of 2 shares"), Not(HasSubstr("dealt wrong"))));
  ASSERT_EQ(Run("tia", "release", {"--for", "people/tom"}), kExitDone) << terminal_.TakeErr();
  EXPECT_THAT(terminal_.TakeOut(), AllOf(HasSubstr("2 of 2 shares"), HasSubstr("dealt wrong")));
}

TEST_F(TrusteeCommandTest, ReleasesNothingForAnotherManifest) {
  MakeKeys();
  PublishManifest();
  election::ManifestParts parts = election::testing::SampleParts(box_key_);
  elections_.manifest = election::BuildManifest(parts).value();
  CloseLog();
  SetClock(Day(9, 23));
  EXPECT_EQ(Run("tia", "accept"), kExitDifferent);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("[MANIFEST_DIFFERS]"));
  EXPECT_EQ(Run("tia", "release"), kExitDifferent);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("[MANIFEST_DIFFERS]"));
  EXPECT_TRUE(trustees_.secrets.empty());
}

}  // namespace
}  // namespace plenary::cli
