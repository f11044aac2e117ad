#include "services/election/client/voter.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/testing/status_matchers.h"
#include "services/election/client/ballot_file.h"
#include "services/election/testing/sample.h"

namespace plenary::election::client {
namespace {

using election::testing::RegistrarKey;
using election::testing::SampleCandidacies;
using election::testing::SampleSecrets;
using plenary::testing::HasReason;

class VoterTest : public ::testing::Test {
 protected:
  VoterTest()
      : random_("voter"),
        box_key_(crypto::Ed25519KeyPair::Generate(random_)),
        manifest_(election::testing::SampleManifest(box_key_)) {}

  crypto::SeededRandom random_;
  crypto::Ed25519KeyPair box_key_;
  PublishedManifest manifest_;
};

TEST_F(VoterTest, KeepsStateAsSeedAndBlindings) {
  ASSERT_OK_AND_ASSIGN(const CredentialState state,
                       PrepareCredential(manifest_, MakeBallotKey(random_), random_));
  const std::string bytes = SerializeState(state);
  EXPECT_EQ(bytes.size(), 32u + 2 * (32 + 384 + 384));
  ASSERT_OK_AND_ASSIGN(const CredentialState read, ParseState(bytes, 2));
  EXPECT_EQ(read, state);
  EXPECT_THAT(ParseState(bytes, 1), HasReason("BALLOT_STATE_UNUSABLE"));
  EXPECT_THAT(ParseState(bytes + 'x', 2), HasReason("BALLOT_STATE_UNUSABLE"));
}

TEST_F(VoterTest, RecoversStateWithTheCodeAndNothingElse) {
  ASSERT_OK_AND_ASSIGN(const CredentialState state,
                       PrepareCredential(manifest_, MakeBallotKey(random_), random_));
  const std::string code = MakeRecoveryCode(random_);
  EXPECT_EQ(code.size(), 16u);
  EXPECT_EQ(RecoveryCodeText(code).size(), 26u);
  ASSERT_OK_AND_ASSIGN(const std::string blob, MakeRecoveryBlob(state, code, random_));
  EXPECT_EQ(blob.size(), 2048u);
  ASSERT_OK_AND_ASSIGN(const CredentialState read, OpenRecoveryBlob(blob, code, 2));
  EXPECT_EQ(read, state);
  EXPECT_THAT(OpenRecoveryBlob(blob, MakeRecoveryCode(random_), 2), HasReason("SECRET_WRONG"));
}

TEST_F(VoterTest, OpensNothingWithACodeThatAnybodyCouldHaveGuessed) {
  ASSERT_OK_AND_ASSIGN(const CredentialState state,
                       PrepareCredential(manifest_, MakeBallotKey(random_), random_));
  for (const std::string& code : {std::string(), std::string(15, 'c'), std::string(17, 'c')}) {
    ASSERT_OK_AND_ASSIGN(const std::string planted, MakeRecoveryBlob(state, code, random_));
    EXPECT_THAT(OpenRecoveryBlob(planted, code, 2), HasReason("SECRET_WRONG")) << code.size();
  }
}

TEST_F(VoterTest, MakesABallotThatTheManifestVerifies) {
  const auto voter = election::testing::MakeVoter(manifest_, random_);
  ASSERT_OK_AND_ASSIGN(const auto marks,
                       MarksFor(manifest_, {SampleCandidacies()[1].name(), SampleCandidacies()[0].name()}));
  ASSERT_OK_AND_ASSIGN(const std::string ballot,
                       BuildBallot(manifest_, voter.seed, voter.credentials, marks));
  EXPECT_EQ(ballot.size(), manifest_.ballot_length());
  ASSERT_OK_AND_ASSIGN(const BallotView view, manifest_.ReadBallot(ballot));
  EXPECT_OK(manifest_.CheckSignatures(view));
  EXPECT_EQ(manifest_.Open(view, SampleSecrets()).ballot, election::testing::MarksOf({{0, 1}, {}}));
  ASSERT_OK_AND_ASSIGN(const std::string again, BuildBallot(manifest_, voter.seed, voter.credentials, marks));
  EXPECT_EQ(again, ballot);
}

TEST_F(VoterTest, SealsSoThatEveryTrusteeIsNeededAndNoTwoBoxesAreAlike) {
  const auto voter = election::testing::MakeVoter(manifest_, random_);
  const auto sealed_with = [&](const counting::Ballot& marks) {
    const std::string ballot = *BuildBallot(manifest_, voter.seed, voter.credentials, marks);
    return std::string(manifest_.ReadBallot(ballot)->sealed);
  };
  const std::string one = sealed_with(election::testing::MarksOf({{0}, {}}));
  const std::string other = sealed_with(election::testing::MarksOf({{1}, {}}));
  EXPECT_EQ(one.size(), other.size());
  EXPECT_NE(one.substr(0, 32), other.substr(0, 32)) << "another ephemeral key for other choices";
  const std::string ballot = *BuildBallot(manifest_, voter.seed, voter.credentials, counting::Ballot(2));
  ASSERT_OK_AND_ASSIGN(const BallotView view, manifest_.ReadBallot(ballot));
  for (std::size_t absent = 0; absent < SampleSecrets().size(); ++absent) {
    TallySecrets secrets = SampleSecrets();
    secrets[absent] = crypto::MakeX25519Secret(random_);
    EXPECT_EQ(manifest_.Open(view, secrets).fault, PlaintextFault::kOpen) << absent;
  }
}

TEST_F(VoterTest, RefusesChoicesThatTheBoxWouldRefuse) {
  const auto candidacies = SampleCandidacies();
  EXPECT_THAT(MarksFor(manifest_, {candidacies[0].name(), candidacies[1].name(), candidacies[2].name()}),
              HasReason("TOO_MANY_MARKS"));
  EXPECT_THAT(MarksFor(manifest_, {candidacies[0].name(), candidacies[0].name()}),
              HasReason("OPTION_UNKNOWN"));
  EXPECT_THAT(MarksFor(manifest_, {{"elections/x/candidacies/y"}}), HasReason("OPTION_UNKNOWN"));
  const auto voter = election::testing::MakeVoter(manifest_, random_);
  EXPECT_THAT(BuildBallot(manifest_, voter.seed, voter.credentials, election::testing::MarksOf({{1, 0}, {}})),
              HasReason("PLAINTEXT_INVALID"));
}

// The sample election with governance ranked (equal ranks allowed) and finance scored from 1 to 5.
PublishedManifest RankedAndScored(const crypto::Ed25519KeyPair& box_key, v1::CountingMethod ranked) {
  ManifestParts parts = election::testing::SampleParts(box_key);
  parts.election.mutable_contests(0)->set_method(ranked);
  parts.election.mutable_contests(0)->set_max_marks(3);
  parts.election.mutable_contests(1)->set_method(v1::COUNTING_METHOD_SCORE);
  parts.election.mutable_contests(1)->set_max_score(5);
  const auto bytes = BuildManifest(parts);
  EXPECT_OK(bytes);
  auto manifest = PublishedManifest::Parse(*bytes);
  EXPECT_OK(manifest);
  return *std::move(manifest);
}

TEST_F(VoterTest, CarriesRanksAndScores) {
  const PublishedManifest manifest = RankedAndScored(box_key_, v1::COUNTING_METHOD_SCHULZE);
  const auto candidacies = SampleCandidacies();
  ASSERT_OK_AND_ASSIGN(const auto marks, MarksFor(manifest, {{candidacies[2].name(), 1},
                                                             {candidacies[0].name(), 2},
                                                             {candidacies[1].name(), 1},
                                                             {candidacies[4].name(), 5}}));
  EXPECT_EQ(marks, (counting::Ballot{{{0, 2}, {1, 1}, {2, 1}}, {{1, 5}}}));
  const auto voter = election::testing::MakeVoter(manifest, random_);
  ASSERT_OK_AND_ASSIGN(const std::string ballot, BuildBallot(manifest, voter.seed, voter.credentials, marks));
  ASSERT_OK_AND_ASSIGN(const BallotView view, manifest.ReadBallot(ballot));
  EXPECT_EQ(manifest.Open(view, SampleSecrets()).ballot, marks);
}

TEST_F(VoterTest, RefusesValuesThatTheContestDoesNotTake) {
  const PublishedManifest schulze = RankedAndScored(box_key_, v1::COUNTING_METHOD_SCHULZE);
  const PublishedManifest stv = RankedAndScored(box_key_, v1::COUNTING_METHOD_SCOTTISH_STV);
  const auto candidacies = SampleCandidacies();
  const std::string ada = candidacies[0].name(), ben = candidacies[1].name(), eve = candidacies[4].name();
  EXPECT_THAT(MarksFor(schulze, {{ada, 1}, {ben, 3}}), HasReason("RANKS_INVALID")) << "a gap";
  EXPECT_THAT(MarksFor(schulze, {{ada, 2}}), HasReason("RANKS_INVALID")) << "nobody is first";
  EXPECT_OK(MarksFor(schulze, {{ada, 1}, {ben, 1}}));
  EXPECT_THAT(MarksFor(stv, {{ada, 1}, {ben, 1}}), HasReason("RANKS_INVALID")) << "equal ranks";
  EXPECT_THAT(MarksFor(stv, {{ada, 1}, {ada, 2}}), HasReason("OPTION_UNKNOWN")) << "twice";
  EXPECT_THAT(MarksFor(stv, {{eve, 0}}), HasReason("SCORE_INVALID"));
  EXPECT_THAT(MarksFor(stv, {{eve, 6}}), HasReason("SCORE_INVALID"));
}

TEST_F(VoterTest, NoticesARegistrarThatSignsSomethingElse) {
  ASSERT_OK_AND_ASSIGN(const CredentialState state,
                       PrepareCredential(manifest_, MakeBallotKey(random_), random_));
  std::vector<std::string> signatures;
  for (int i : {0, 1})
    signatures.push_back(*crypto::BlindSign(RegistrarKey(i), state.blindings[i].blinded_msg));
  EXPECT_OK(FinalizeCredential(manifest_, state, signatures));
  EXPECT_THAT(FinalizeCredential(manifest_, state, {signatures[1], signatures[0]}),
              HasReason("SIGNATURE_INVALID"))
      << "one registrar's for the other's";
  EXPECT_THAT(FinalizeCredential(manifest_, state, {signatures[0]}), HasReason("BALLOT_STATE_UNUSABLE"));
  EXPECT_THAT(FinalizeCredential(manifest_, state, {}), HasReason("BALLOT_STATE_UNUSABLE"));
  signatures[1].back() ^= 1;
  EXPECT_THAT(FinalizeCredential(manifest_, state, signatures), HasReason("SIGNATURE_INVALID"));
}

TEST_F(VoterTest, TakesOnlyTheReceiptOfThisBallot) {
  const std::string receipt = box_key_.Sign(ReceiptMessage(manifest_.hash(), crypto::Sha256("ballot")));
  EXPECT_OK(VerifyReceipt(manifest_, "ballot", receipt));
  EXPECT_THAT(VerifyReceipt(manifest_, "other", receipt), HasReason("RECEIPT_INVALID"));
}

TEST(BallotFile, ComesBackAsItWasKeptAndIsThePersonsOwn) {
  std::string folder = std::filesystem::temp_directory_path() / "plenary-ballot.XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/ballot.json";
  ASSERT_OK_AND_ASSIGN(const auto absent, LoadBallot(path));
  EXPECT_FALSE(absent.has_value());
  const KeptBallot kept{.election = "elections/1",
                        .manifest_hash = std::string(32, '\xff'),
                        .state = "state",
                        .recovery_code = "code",
                        .recovery_blob = "blob",
                        .credentials = {{"prefix", "signature"}},
                        .ballot = std::string("\0\1", 2),
                        .receipt = ""};
  ASSERT_OK(SaveBallot(path, kept));
  ASSERT_OK(SaveBallot(path, kept));
  ASSERT_OK_AND_ASSIGN(const auto read, LoadBallot(path));
  EXPECT_EQ(read, kept);
  struct stat facts {};
  ASSERT_EQ(stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  std::ofstream(path) << "{";
  EXPECT_THAT(LoadBallot(path), HasReason("BALLOT_STATE_UNUSABLE"));
  EXPECT_THAT(SaveBallot(folder + "/absent/ballot.json", kept), HasReason("BALLOT_STATE_UNUSABLE"));
  // What cannot be read may hold the only key: nobody is told to move it away.
  std::filesystem::create_symlink("loop", folder + "/loop");
  for (const std::string& unreadable : {folder, folder + "/loop", folder + "/" + std::string(300, 'n')}) {
    const auto loaded = LoadBallot(unreadable);
    EXPECT_THAT(loaded, HasReason("BALLOT_STATE_UNUSABLE")) << unreadable;
    EXPECT_THAT(std::string(loaded.status().message()), ::testing::StartsWith("Cannot ")) << unreadable;
  }
  std::filesystem::remove_all(folder);
}

// Written by the command as it was when ballots bore marks alone.
TEST(BallotFile, ReadsABallotThatWasKeptBeforeThereWereRanks) {
  std::string folder = std::filesystem::temp_directory_path() / "plenary-ballot.XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/ballot.json";
  std::ofstream(path) << R"({
  "ballot": "AAE",
  "credentials": [{"prefix": "cHJlZml4", "signature": "c2lnbmF0dXJl"}],
  "election": "elections/1",
  "manifest_hash": "_____w",
  "receipt": "",
  "recovery_blob": "YmxvYg",
  "recovery_code": "Y29kZQ",
  "state": "c3RhdGU"
})";
  ASSERT_OK_AND_ASSIGN(const auto read, LoadBallot(path));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->ballot, std::string("\0\1", 2));
  EXPECT_EQ(read->manifest_hash, "\xff\xff\xff\xff");
  EXPECT_EQ(read->credentials, (std::vector<Credential>{{"prefix", "signature"}}));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace plenary::election::client
