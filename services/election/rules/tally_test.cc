// A whole election in memory: keys, credentials, ballots and count follow from a seed.
#include "services/election/rules/tally.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "common/testing/status_matchers.h"
#include "services/election/limits_tally.h"
#include "services/election/rules/tally_batches.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using plenary::testing::HasReason;
using plenary::testing::IsError;
using testing::BallotAround;
using testing::BallotOf;
using testing::MakeVoter;
using testing::SampleElection;

class TallyTest : public ::testing::Test {
 protected:
  TallyTest()
      : random_("tally"),
        box_key_(crypto::Ed25519KeyPair::Generate(random_)),
        manifest_(testing::SampleManifest(box_key_)) {}

  void Cast(const std::vector<std::vector<int>>& options) {
    ballots_.push_back(BallotOf(manifest_, MakeVoter(manifest_, random_), options));
  }
  absl::StatusOr<v1::Result> Count(int issued) {
    Tally tally(manifest_, testing::SampleSecrets());
    for (const std::string& ballot : ballots_) {
      if (const absl::Status status = tally.Add(ballot); !status.ok()) return status;
    }
    ASSIGN_OR_RETURN(Counted counted, tally.Count(SampleElection().contests(), kRoot, issued));
    reports_ = std::move(counted.reports);
    return std::move(counted.result);
  }

  const std::string kRoot = std::string(32, 'o');
  crypto::SeededRandom random_;
  crypto::Ed25519KeyPair box_key_;
  PublishedManifest manifest_;
  std::vector<std::string> ballots_;
  std::vector<std::string> reports_;
};

TEST_F(TallyTest, CountsAWholeElection) {
  for (const auto& options : std::vector<std::vector<std::vector<int>>>{
           {{0, 1}, {0}}, {{0}, {0, 1}}, {{0, 2}, {}}, {{1}, {1}}, {{}, {}}}) {
    Cast(options);
  }
  ASSERT_OK_AND_ASSIGN(const v1::Result result, Count(6));
  EXPECT_EQ(result.ballot_count(), 5);
  EXPECT_EQ(result.issued_count(), 6);
  EXPECT_EQ(result.roll_count(), 40);
  EXPECT_EQ(result.spoilt_size(), 0);
  EXPECT_EQ(result.state(), v1::Result::STATE_PROVISIONAL);
  const v1::ContestResult& governance = result.contests(0);
  EXPECT_EQ(governance.options(0).display_name(), "Ada");
  EXPECT_EQ(governance.options(0).votes(), 3);
  EXPECT_EQ(governance.options(0).term_years(), 2);
  EXPECT_EQ(governance.options(1).display_name(), "Ben");
  EXPECT_EQ(governance.options(1).term_years(), 1);
  EXPECT_FALSE(governance.options(2).elected());
  EXPECT_EQ(governance.options(2).term_years(), 0);
  EXPECT_EQ(governance.blank_count(), 1);
  const v1::ContestResult& finance = result.contests(1);
  EXPECT_EQ(finance.vacancies(), 1);
  EXPECT_TRUE(finance.options(0).tied());
  EXPECT_EQ(finance.options(0).votes(), 2);
  EXPECT_LT(finance.options(0).lot(), finance.options(1).lot());
  EXPECT_EQ(finance.options(1).term_years(), 2);

  // The same seed gives the same bytes, on every machine and for ever.
  EXPECT_EQ(crypto::HexEncode(crypto::Sha256(result.SerializeAsString())),
            "606c80ff0efbefa7dd69e36906075b538237081441828bc6a75d8021b98ae62a");
}

TEST_F(TallyTest, DrawsLotsFromTheFinalRootAndAllSecrets) {
  ASSERT_OK_AND_ASSIGN(const v1::Result result, Count(0));
  const TallySecrets secrets = testing::SampleSecrets();
  EXPECT_EQ(result.lot_seed(), kRoot + secrets[0] + secrets[1] + secrets[2]);
  const v1::OptionResult& first = result.contests(0).options(0);
  ASSERT_TRUE(first.tied());
  for (const v1::OptionResult& option : result.contests(0).options()) EXPECT_LE(first.lot(), option.lot());
}

TEST_F(TallyTest, CountsTheSameInWhateverOrderBallotsCome) {
  Cast({{0, 1}, {0}});
  Cast({{1}, {}});
  Cast({{2}, {1}});
  ASSERT_OK_AND_ASSIGN(const v1::Result first, Count(3));
  std::reverse(ballots_.begin(), ballots_.end());
  ASSERT_OK_AND_ASSIGN(const v1::Result second, Count(3));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST_F(TallyTest, CountsTheSameInBatchesOnHoweverManyThreads) {
  const auto count = [&](unsigned threads, std::size_t most) -> absl::StatusOr<Counted> {
    Tally tally(manifest_, testing::SampleSecrets());
    TallyBatches batches(tally, threads);
    for (std::size_t i = 0; i < most; ++i) RETURN_IF_ERROR(batches.Add(ballots_[i]));
    RETURN_IF_ERROR(batches.Finish());
    return tally.Count({}, kRoot, static_cast<int>(most));
  };
  const std::size_t most = kBallotsAtOnce + 3;
  for (std::size_t i = 0; i < most; ++i) Cast({{static_cast<int>(i % 3)}, {}});
  for (const std::size_t some : {std::size_t{0}, std::size_t{1}, kBallotsAtOnce, most}) {
    ASSERT_OK_AND_ASSIGN(const Counted alone, count(1, some));
    EXPECT_EQ(alone.result.ballot_count(), static_cast<int>(some));
    for (const unsigned threads : {0U, 2U, 5U}) {
      ASSERT_OK_AND_ASSIGN(const Counted together, count(threads, some));
      EXPECT_EQ(together.result.SerializeAsString(), alone.result.SerializeAsString()) << threads;
    }
  }
  ballots_[kBallotsAtOnce] = ballots_[0];
  EXPECT_THAT(count(2, most), IsError(absl::StatusCode::kDataLoss, "BALLOT_BOX_INCONSISTENT"))
      << "a key of another batch";
}

TEST_F(TallyTest, CountsWithoutTermsForWhoeverDoesNotKnowThem) {
  Cast({{0, 1}, {0}});
  ASSERT_OK_AND_ASSIGN(const v1::Result with_terms, Count(1));
  Tally tally(manifest_, testing::SampleSecrets());
  ASSERT_OK(tally.Add(ballots_[0]));
  ASSERT_OK_AND_ASSIGN(Counted without, tally.Count({}, kRoot, 1));
  EXPECT_GT(with_terms.contests(0).options(0).term_years(), 0);
  EXPECT_EQ(without.result.contests(0).options(0).term_years(), 0);
  v1::Result stripped = with_terms;
  for (v1::ContestResult& contest : *stripped.mutable_contests()) {
    for (v1::OptionResult& option : *contest.mutable_options()) option.clear_term_years();
    contest.clear_report_sha256();
  }
  for (v1::ContestResult& contest : *without.result.mutable_contests()) contest.clear_report_sha256();
  EXPECT_EQ(without.result.SerializeAsString(), stripped.SerializeAsString());
}

TEST_F(TallyTest, GivesTheSameResultHoweverOften) {
  for (int i = 0; i < 3; ++i) Cast({{i}, {}});
  ASSERT_OK_AND_ASSIGN(const v1::Result first, Count(3));
  ASSERT_OK_AND_ASSIGN(const v1::Result second, Count(3));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(second.contests(0).report_sha256(), crypto::Sha256(reports_[0]));
}

TEST_F(TallyTest, CountsAnEmptyBox) {
  ASSERT_OK_AND_ASSIGN(const v1::Result result, Count(0));
  EXPECT_EQ(result.ballot_count(), 0);
  EXPECT_TRUE(result.contests(0).options(0).tied());
}

TEST_F(TallyTest, PublishesASpoiltBallotWithItsReason) {
  const auto voter = MakeVoter(manifest_, random_);
  const auto key = crypto::Ed25519KeyPair::FromSeed(voter.seed);
  ASSERT_OK(key);
  std::string plaintext = EncodePlaintext(
      key->public_key().bytes(), EncodeChoices(testing::MarksOf({{0}, {}})), manifest_.plaintext_length());
  plaintext.back() = 1;
  ballots_.push_back(BallotAround(manifest_, voter, plaintext));
  ballots_.push_back(testing::BallotWithSealed(manifest_, MakeVoter(manifest_, random_),
                                               std::string(manifest_.shape().SealedLength(), 's')));
  Cast({{1}, {}});
  ASSERT_OK_AND_ASSIGN(const v1::Result result, Count(3));
  EXPECT_EQ(result.ballot_count(), 3);
  ASSERT_EQ(result.spoilt_size(), 2);
  EXPECT_LT(result.spoilt(0).ballot_hash(), result.spoilt(1).ballot_hash());
  for (const v1::SpoiltBallot& spoilt : result.spoilt()) {
    EXPECT_EQ(spoilt.reason(), spoilt.ballot_hash() == crypto::Sha256(ballots_[0]) ? "PADDING" : "OPEN");
  }
  EXPECT_EQ(result.contests(0).options(0).votes(), 1);
  EXPECT_EQ(result.contests(0).blank_count(), 0);
  v1::CountReport report;
  ASSERT_TRUE(report.ParseFromString(reports_[0]));
  EXPECT_EQ(report.valid_ballots(), 1);
  EXPECT_EQ(report.spoilt_ballots(), 2);
}

TEST_F(TallyTest, StopsWhenThereAreMoreBallotsThanCredentials) {
  Cast({{0}, {}});
  Cast({{0}, {}});
  EXPECT_THAT(Count(1), IsError(absl::StatusCode::kFailedPrecondition, "MORE_BALLOTS_THAN_CREDENTIALS"));
}

TEST_F(TallyTest, StopsAtWhatTheBoxWouldNotHaveTaken) {
  const auto voter = MakeVoter(manifest_, random_);
  const std::string good = BallotOf(manifest_, voter, {{0}, {}});
  const auto refused = [&](const std::vector<std::string>& ballots) {
    Tally tally(manifest_, testing::SampleSecrets());
    absl::Status status;
    for (const std::string& ballot : ballots) status.Update(tally.Add(ballot));
    if (!status.ok()) return status;
    return tally.Count(SampleElection().contests(), kRoot, 40).status();
  };
  std::string forged = good;
  forged.back() ^= 1;
  std::string uncredentialed = good;
  uncredentialed[100] ^= 1;
  const std::string other = BallotOf(manifest_, voter, {{1}, {}});
  struct Row {
    const char* sentence;
    std::vector<std::string> ballots;
  };
  const Row rows[] = {
      {"a ballot given twice", {good, good}},  {"two ballots under one key", {good, other}},
      {"a wrong ballot signature", {forged}},  {"a wrong credential", {uncredentialed}},
      {"bytes that are no ballot", {"noise"}},
  };
  EXPECT_OK(refused({good}));
  for (const Row& row : rows) {
    EXPECT_THAT(refused(row.ballots), IsError(absl::StatusCode::kDataLoss, "BALLOT_BOX_INCONSISTENT"))
        << row.sentence;
  }
}

}  // namespace
}  // namespace plenary::election
