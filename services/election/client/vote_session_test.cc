#include "services/election/client/vote_session.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "common/crypto/bytes.h"
#include "common/crypto/merkle.h"
#include "common/crypto/signed_note.h"
#include "common/db/transact.h"
#include "common/testing/status_matchers.h"
#include "services/election/client/log_reader.h"
#include "services/election/testing/election_server.h"

namespace plenary::election::client {
namespace {

using plenary::testing::HasReason;
using plenary::testing::IsError;
using ::testing::HasSubstr;

class VoteSessionTest : public election::testing::ElectionTest {
 protected:
  void SetUp() override { OpenVoting(); }

  std::string State() const { return folder_.path() + "/ballot.json"; }
  KeptBallot Kept() const { return **LoadBallot(State()); }
  // What the voter's disk holds after a kill at some point.
  void Keep(const KeptBallot& kept) { ASSERT_OK(SaveBallot(State(), kept)); }

  void CloseTheLog() {
    suite_.clock().Set(election::testing::Day(9, 23));
    ASSERT_OK(Close());
  }

  election::testing::TemporaryFolder folder_;
};

TEST_F(VoteSessionTest, GoesOnWithTheSameBytesAfterAKillAtAnyPoint) {
  ASSERT_OK_AND_ASSIGN(const auto voted, Session("company-1", State()).Vote({ada_}));
  const KeptBallot whole = Kept();
  EXPECT_EQ(whole.credentials.size(), 2u);
  // Each of these is what stands on the disk when the process ends there.
  KeptBallot no_receipt = whole;
  no_receipt.receipt.clear();
  KeptBallot not_cast = no_receipt;
  not_cast.ballot.clear();
  KeptBallot not_signed = not_cast;
  not_signed.credentials.clear();
  for (const KeptBallot& kept : {no_receipt, not_cast, not_signed}) {
    Keep(kept);
    ASSERT_OK_AND_ASSIGN(const auto again, Session("company-1", State()).Vote({ada_}));
    EXPECT_EQ(again.receipt, voted.receipt);
    EXPECT_EQ(Kept(), whole);
  }
  EXPECT_EQ(registrar_.issued.size(), 1u);
  EXPECT_EQ(auditor_.issued.size(), 1u);
}

TEST_F(VoteSessionTest, KeepsTheKeyBeforeAnythingIsSent) {
  auto session =
      VoteSession({.election = election_,
                   .election_channel = server_.channel(),
                   .registrars = {{"one", peer_server_.channel(),
                                   [&] {
                                     EXPECT_FALSE(Kept().state.empty());
                                     return absl::StatusOr<std::string>(absl::AbortedError("killed here"));
                                   }},
                                  {"two", auditor_server_.channel(),
                                   [] { return absl::StatusOr<std::string>("company-1"); }}},
                   .fresh_box_channel = [this] { return box_.server.FreshChannel(); },
                   .state_path = State()},
                  box_.random);
  EXPECT_FALSE(session.CollectCredential().ok());
  EXPECT_TRUE(registrar_.issued.empty());
}

TEST_F(VoteSessionTest, AsksEachRegistrarForItsTokenOnceAndOnlyWhenItCollects) {
  int asked = 0;
  const auto token = [&asked] {
    ++asked;
    return absl::StatusOr<std::string>("company-1");
  };
  const auto session = [&] {
    return VoteSession(
        {.election = election_,
         .election_channel = server_.channel(),
         .registrars = {{"one", peer_server_.channel(), token}, {"two", auditor_server_.channel(), token}},
         .fresh_box_channel = [this] { return box_.server.FreshChannel(); },
         .state_path = State()},
        box_.random);
  };
  ASSERT_OK(session().CollectCredential());
  EXPECT_EQ(asked, 2);
  ASSERT_OK(session().Vote({ada_}));
  EXPECT_EQ(asked, 2) << "who collected early casts without a name";
}

TEST_F(VoteSessionTest, CastsACollectedCredentialWhileBothRegistrarsAreAway) {
  ASSERT_OK(Session("company-1", State()).CollectCredential());
  const auto nowhere = FreshChannel("127.0.0.1:1");
  const auto no_token = [] { return absl::StatusOr<std::string>(absl::InternalError("asked for a name")); };
  VoteSession session({.election = election_,
                       .election_channel = server_.channel(),
                       .registrars = {{"one", nowhere, no_token}, {"two", nowhere, no_token}},
                       .fresh_box_channel = [this] { return box_.server.FreshChannel(); },
                       .state_path = State()},
                      box_.random);
  EXPECT_OK(session.Vote({ada_}));
  EXPECT_OK(session.CheckIncluded());
}

TEST_F(VoteSessionTest, DoesNotCryTheftWhileTheLastBatchIsUnpublished) {
  ASSERT_OK(Session("company-1", State()).Vote({ada_}));
  // As in the moment between the commit of the close and its publishing.
  ASSERT_OK(db::Autocommit(box_.database.pool(), absl::Now() + absl::Seconds(5), [](db::Session& session) {
    return session.Execute("UPDATE boxes SET state = 'CLOSED'", {}).status();
  }));
  ASSERT_OK_AND_ASSIGN(const auto seen, Session("company-1", State()).CheckIncluded());
  EXPECT_FALSE(seen.included);
  EXPECT_FALSE(seen.closed);
}

TEST_F(VoteSessionTest, RecoversTheSameKeyAsOftenAsAsked) {
  auto session = Session("company-1");
  ASSERT_OK(session.CollectCredential());
  EXPECT_OK(session.Recover(session.RecoveryCode()));
  EXPECT_OK(session.Vote({ada_}));
}

TEST_F(VoteSessionTest, LetsOneProcessAtATimeUseAState) {
  auto first = Session("company-1", State());
  ASSERT_OK(first.CollectCredential());
  EXPECT_THAT(Session("company-1", State()).Vote({ada_}),
              IsError(absl::StatusCode::kAborted, "BALLOT_STATE_BUSY"));
}

TEST_F(VoteSessionTest, NamesTheRegistrarThatShowsAnotherManifest) {
  auditor_.hash_to_show = std::string(32, 'x');
  const auto vote = Session("company-1").Vote({ada_});
  EXPECT_THAT(vote, HasReason("MANIFEST_DIFFERS"));
  EXPECT_THAT(std::string(vote.status().message()), HasSubstr("the auditor's registrar"));
  EXPECT_TRUE(registrar_.issued.empty()) << "no key was made";
}

TEST_F(VoteSessionTest, RefusesToVoteWithARegistrarMissing) {
  VoteSession session({.election = election_,
                       .election_channel = server_.channel(),
                       .registrars = {{"one", peer_server_.channel(),
                                       [] { return absl::StatusOr<std::string>("company-1"); }}},
                       .fresh_box_channel = [this] { return box_.server.FreshChannel(); },
                       .state_path = ""},
                      box_.random);
  EXPECT_THAT(session.Vote({ada_}), HasReason("REGISTRARS_UNKNOWN"));
}

TEST_F(VoteSessionTest, RecoversFromWhicheverRegistrarHasTheBlob) {
  std::string code;
  {
    auto lost = Session("company-1", State());
    ASSERT_OK(lost.CollectCredential());
    code = lost.RecoveryCode();
  }
  registrar_.issued.clear();  // only the other one had issued when the device was lost
  std::filesystem::remove(State());
  ASSERT_OK(Session("company-1", State()).Recover(code));
  EXPECT_OK(Session("company-1", State()).Vote({ada_}));
}

TEST_F(VoteSessionTest, RecoversThoughOneRegistrarKeepsSomethingElseOrIsAway) {
  std::string code;
  {
    auto lost = Session("company-1", State());
    ASSERT_OK(lost.CollectCredential());
    code = lost.RecoveryCode();
  }
  std::filesystem::remove(State());
  registrar_.issued["company-1"].set_recovery_blob(std::string(2048, 'j'));
  EXPECT_OK(Session("company-1").Recover(code));
  const auto away = [] { return absl::StatusOr<std::string>(absl::UnavailableError("away")); };
  auto session = VoteSession({.election = election_,
                              .election_channel = server_.channel(),
                              .registrars = {{"one", peer_server_.channel(), away},
                                             {"two", auditor_server_.channel(),
                                              [] { return absl::StatusOr<std::string>("company-1"); }}},
                              .fresh_box_channel = [this] { return box_.server.FreshChannel(); },
                              .state_path = ""},
                             box_.random);
  EXPECT_OK(session.Recover(code));
  auto other_away = VoteSession({.election = election_,
                                 .election_channel = server_.channel(),
                                 .registrars = {{"one", peer_server_.channel(),
                                                 [] { return absl::StatusOr<std::string>("company-1"); }},
                                                {"two", auditor_server_.channel(), away}},
                                 .fresh_box_channel = [this] { return box_.server.FreshChannel(); },
                                 .state_path = ""},
                                box_.random);
  EXPECT_TRUE(absl::IsUnavailable(other_away.Recover(code))) << "the code may be right";
  auditor_.issued["company-1"].set_recovery_blob(std::string(2048, 'j'));
  EXPECT_THAT(Session("company-1").Recover(code), HasReason("SECRET_WRONG"));
}

TEST_F(VoteSessionTest, SaysThatNothingWasLeftRatherThanThatTheCodeIsWrong) {
  EXPECT_THAT(Session("company-1", State()).Recover(std::string(26, 'A')),
              IsError(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED"))
      << "nobody collected";
  std::string code;
  {
    auto lost = Session("company-1", State());
    ASSERT_OK(lost.CollectCredential());
    code = lost.RecoveryCode();
  }
  std::filesystem::remove(State());
  // As a client that leaves nothing would have collected.
  registrar_.issued["company-1"].clear_recovery_blob();
  EXPECT_OK(Session("company-1").Recover(code)) << "the other one has it";
  auditor_.issued["company-1"].clear_recovery_blob();
  EXPECT_THAT(Session("company-1").Recover(code),
              IsError(absl::StatusCode::kNotFound, "NOTHING_LEFT_TO_RECOVER"));
  EXPECT_THAT(Session("company-2").Recover(code),
              IsError(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED"))
      << "and nobody else is told";
}

TEST_F(VoteSessionTest, SeesTheBallotInTheLogOnceItIsMerged) {
  EXPECT_THAT(Session("company-1", State()).CheckIncluded(), HasReason("BALLOT_NOT_CAST"));
  ASSERT_OK(Session("company-1", State()).Vote({ada_}));
  ASSERT_OK_AND_ASSIGN(const auto waiting, Session("company-1", State()).CheckIncluded());
  EXPECT_FALSE(waiting.included);
  EXPECT_EQ(waiting.log_size, 1u) << "the manifest";
  CloseTheLog();
  ASSERT_OK_AND_ASSIGN(const auto seen, Session("company-1", State()).CheckIncluded());
  EXPECT_TRUE(seen.included);
  EXPECT_TRUE(seen.closed);
  EXPECT_EQ(seen.log_size, 3u) << "manifest, ballot, close record";
}

TEST_F(VoteSessionTest, ProvesTheTheftOfABallotThatHasAReceipt) {
  ASSERT_OK(Session("company-1", State()).Vote({ada_}));
  // Somebody with the database in hand takes the ballot out.
  ASSERT_OK(db::Autocommit(box_.database.pool(), absl::Now() + absl::Seconds(5), [](db::Session& session) {
    return session.Execute("DELETE FROM ballots", {}).status();
  }));
  CloseTheLog();
  EXPECT_THAT(Session("company-1", State()).CheckIncluded(),
              IsError(absl::StatusCode::kDataLoss, "BALLOT_STOLEN"));
}

TEST_F(VoteSessionTest, NoticesALogThatDoesNotContinueWhatItSaw) {
  ASSERT_OK(Session("company-1", State()).Vote({ada_}));
  ASSERT_OK(Session("company-1", State()).CheckIncluded());
  KeptBallot kept = Kept();
  ASSERT_FALSE(kept.checkpoint.empty());
  // A checkpoint that the box signed over another log, as it would show it to somebody else.
  const std::string seed = *db::Autocommit(box_.database.pool(), absl::Now() + absl::Seconds(5),
                                           [](db::Session& session) -> absl::StatusOr<std::string> {
                                             const auto row =
                                                 session.QueryOne("SELECT key_seed FROM boxes", {});
                                             return (*row)->Bytes(0);
                                           });
  const auto key = crypto::Ed25519KeyPair::FromSeed(seed);
  kept.checkpoint = *crypto::SignCheckpoint({election_, 1, crypto::LeafHash("another manifest")}, *key);
  Keep(kept);
  EXPECT_THAT(Session("company-1", State()).CheckIncluded(), HasReason("LOG_FORGED"));
  kept.checkpoint = *crypto::SignCheckpoint({election_, 9, crypto::LeafHash("a longer log")}, *key);
  Keep(kept);
  EXPECT_THAT(Session("company-1", State()).CheckIncluded(), HasReason("LOG_FORGED")) << "the log has shrunk";
}

TEST_F(VoteSessionTest, ReadsNoLogWithMoreBallotsThanVoters) {
  const auto merge_noise = [&](int first, int last, absl::Duration since_now) {
    box_.database.Run(
        "INSERT INTO ballots (id, election, ballot_hash, ballot) SELECT UNHEX(SHA2(seq, 256)), (SELECT "
        "election "
        "FROM boxes), UNHEX(SHA2(CONCAT('noise ', seq), 256)), CONCAT('noise ', seq) FROM seq_" +
        std::to_string(first) + "_to_" + std::to_string(last));
    EXPECT_OK(box_.parts->sequencer().MergeDue(absl::Now() + since_now));
  };
  ASSERT_OK(Session("company-1", State()).Vote({ada_}));
  merge_noise(1, 39, absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const auto full, Session("company-1", State()).CheckIncluded());
  EXPECT_EQ(full.log_size, 41u) << "the manifest, and a ballot for each on the roll";
  merge_noise(40, 47, absl::Hours(2));
  EXPECT_THAT(Session("company-1", State()).CheckIncluded(), HasReason("LOG_FORGED"));
}

TEST_F(VoteSessionTest, AVoterContinuesWithTheSameBytesAfterACrash) {
  const std::string path = State();
  ASSERT_OK(Session("company-1", path).CollectCredential());
  ASSERT_OK_AND_ASSIGN(const auto first, Session("company-1", path).Vote({ada_}));
  ASSERT_OK_AND_ASSIGN(const auto again, Session("company-1", path).Vote({ada_}));
  EXPECT_EQ(first.receipt, again.receipt);
  EXPECT_EQ(first.recovery_code_text.size(), 26u);
  EXPECT_THAT(Session("company-1", path).Vote({ben_}),
              IsError(absl::StatusCode::kAlreadyExists, "BALLOT_FIXED"));
  EXPECT_THAT(Session("company-1").Vote({ben_}), HasReason("CREDENTIAL_ALREADY_ISSUED"));

  // Another device, with the code.
  auto device = Session("company-1");
  ASSERT_OK(device.Recover(first.recovery_code_text));
  ASSERT_OK_AND_ASSIGN(const auto recovered, device.Vote({ada_}));
  EXPECT_EQ(recovered.receipt, first.receipt);
  EXPECT_THAT(Session("company-1").Recover("AAAA"), HasReason("SECRET_WRONG"));
  EXPECT_EQ(box_.database.One("SELECT COUNT(*) FROM ballots"), "1");
}

TEST_F(VoteSessionTest, AVoterRecoversOnADeviceThatAskedForACredentialInVain) {
  const std::string path = State();
  ASSERT_OK_AND_ASSIGN(const auto first, Session("company-1").Vote({ada_}));
  EXPECT_THAT(Session("company-1", path).Vote({ada_}), HasReason("CREDENTIAL_ALREADY_ISSUED"));
  ASSERT_OK(Session("company-1", path).Recover(first.recovery_code_text));
  ASSERT_OK_AND_ASSIGN(const auto recovered, Session("company-1", path).Vote({ada_}));
  EXPECT_EQ(recovered.receipt, first.receipt);
  EXPECT_OK(Session("company-1", path).Recover(first.recovery_code_text)) << "it is this key already";
  EXPECT_THAT(Session("company-1", path).Recover(std::string(26, 'A')), HasReason("BALLOT_FIXED"))
      << "a ballot that may have been cast is not thrown away";
}

// The voter of a recovered device does not remember what was voted on the other one.
TEST_F(VoteSessionTest, ABallotThatWasRefusedForAnotherIsSentAgainOnlyWhenItIsLookedFor) {
  ASSERT_OK_AND_ASSIGN(const auto first, Session("company-1").Vote({ada_}));
  ASSERT_OK(Session("company-1", State()).Recover(first.recovery_code_text));
  const auto refused = Session("company-1", State()).Vote({ben_});
  EXPECT_THAT(refused, IsError(absl::StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST"));
  for (const char* next : {"that one stands", "plenary ballots check elections/", "--recover"}) {
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(next));
  }
  const KeptBallot kept = Kept();
  EXPECT_TRUE(kept.another_stands);
  EXPECT_FALSE(kept.ballot.empty()) << "the box may have kept it, so no other is ever made here";
  EXPECT_THAT(Session("company-1", State()).CheckIncluded(), HasReason("BALLOT_ALREADY_CAST"));
  // A box that was wrong, and would take it now.
  ASSERT_OK(db::Autocommit(box_.database.pool(), absl::Now() + absl::Seconds(5), [](db::Session& session) {
    return session.Execute("DELETE FROM ballots", {}).status();
  }));
  EXPECT_THAT(Session("company-1", State()).CheckMayVote(), HasReason("BALLOT_ALREADY_CAST"));
  for (const auto& choices : {ada_, ben_}) {
    EXPECT_THAT(Session("company-1", State()).Vote({choices}), HasReason("BALLOT_ALREADY_CAST"));
  }
  EXPECT_EQ(box_.database.One("SELECT COUNT(*) FROM ballots"), "0");
  ASSERT_OK_AND_ASSIGN(const auto looked, Session("company-1", State()).CheckIncluded());
  EXPECT_FALSE(looked.included);
  EXPECT_EQ(box_.database.One("SELECT COUNT(*) FROM ballots"), "1");
  EXPECT_FALSE(Kept().another_stands);
  EXPECT_FALSE(Kept().receipt.empty());
  EXPECT_OK(Session("company-1", State()).Vote({ben_}));
}

TEST_F(VoteSessionTest, ABallotThatWasRefusedForAnotherIsNotSaidToBeReplacedByOneOnceTheLogIsClosed) {
  ASSERT_OK_AND_ASSIGN(const auto first, Session("company-1").Vote({ada_}));
  ASSERT_OK(Session("company-1", State()).Recover(first.recovery_code_text));
  EXPECT_THAT(Session("company-1", State()).Vote({ben_}), HasReason("BALLOT_ALREADY_CAST"));
  CloseTheLog();
  const auto looked = Session("company-1", State()).CheckIncluded();
  EXPECT_THAT(looked, IsError(absl::StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST"));
  EXPECT_THAT(std::string(looked.status().message()), HasSubstr("tell the auditors"));
}

TEST_F(VoteSessionTest, ARefusedBallotIsFoundAllTheSameWhenTheBoxKeptIt) {
  ASSERT_OK(Session("company-1", State()).Vote({ada_}));
  KeptBallot lied_to = Kept();
  lied_to.receipt.clear();
  lied_to.another_stands = true;
  Keep(lied_to);
  CloseTheLog();
  ASSERT_OK_AND_ASSIGN(const auto seen, Session("company-1", State()).CheckIncluded());
  EXPECT_TRUE(seen.included);
  EXPECT_FALSE(Kept().another_stands);
  EXPECT_OK(Session("company-1", State()).Vote({ada_})) << "and its receipt can be had again";
}

TEST_F(VoteSessionTest, ABoxThatDisownsItsReceiptContradictsItself) {
  ASSERT_OK_AND_ASSIGN(const auto first, Session("company-1").Vote({ada_}));
  ASSERT_OK(Session("company-1", State()).Recover(first.recovery_code_text));
  EXPECT_THAT(Session("company-1", State()).Vote({ben_}), HasReason("BALLOT_ALREADY_CAST"));
  KeptBallot kept = Kept();
  kept.another_stands = false;
  kept.receipt = first.receipt;
  Keep(kept);
  EXPECT_THAT(Session("company-1", State()).Vote({ben_}),
              IsError(absl::StatusCode::kDataLoss, "BALLOT_ALREADY_CAST"));
  EXPECT_FALSE(Kept().another_stands) << "it is looked for until the log is closed";
}

TEST_F(VoteSessionTest, AVoterMayChangeTheirMindUntilVotingOpens) {
  suite_.clock().Set(election::testing::Day(9, 10));
  auto session = Session("company-1");
  EXPECT_THAT(session.Vote({ada_}), HasReason("VOTING_NOT_OPEN"));
  suite_.clock().Set(election::testing::Day(9, 15));
  EXPECT_OK(session.Vote({ben_}));
}

// A box that said "too early" and kept the ballot could choose between two.
TEST_F(VoteSessionTest, ABallotThatWasSentIsFixedThoughTheBoxSaysThatItIsTooEarly) {
  auto session = Session("company-1", "", election::testing::Day(9, 15));
  suite_.clock().Set(election::testing::Day(9, 10));
  EXPECT_THAT(session.Vote({ada_}), HasReason("VOTING_NOT_OPEN"));
  suite_.clock().Set(election::testing::Day(9, 15));
  EXPECT_THAT(session.Vote({ben_}), HasReason("BALLOT_FIXED"));
  EXPECT_OK(session.Vote({ada_}));
}

TEST_F(VoteSessionTest, AVoterDoesNotVoteOnAManifestThatDiffers) {
  registrar_.hash_to_show = std::string(32, 'x');
  EXPECT_THAT(Session("company-1").Vote({ada_}),
              IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_DIFFERS"));
  EXPECT_TRUE(registrar_.issued.empty());
}

TEST_F(VoteSessionTest, AVoterDoesNotVoteOnAManifestOfAnotherElection) {
  database_.Run("UPDATE manifests SET manifest = REPLACE(manifest, '" + election_ +
                "', 'elections/00000000000000000000000000')");
  EXPECT_THAT(Session("company-1").Vote({ada_}),
              IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_FORGED"));
  EXPECT_TRUE(registrar_.issued.empty());
}

}  // namespace
}  // namespace plenary::election::client
