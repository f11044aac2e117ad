// One tiny poll a method, through sealed bytes and back: what a voter ranks or scores is what is counted.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"
#include "services/election/limits.h"
#include "services/election/rules/counting/count.h"
#include "services/election/rules/tally.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using counting::Marks;

// Name, votes, elected, in order of rank.
using Line = std::tuple<std::string, std::int64_t, bool>;

class TallyMethodsTest : public ::testing::Test {
 protected:
  TallyMethodsTest() : random_("methods"), box_key_(crypto::Ed25519KeyPair::Generate(random_)) {
    election_ = testing::WantedPolls();
    election_.clear_contests();
  }

  // Whatever the marks are: a client of any make could send them.
  std::string Sealed(const PublishedManifest& manifest, const Marks& marks) {
    const testing::TestVoter voter = testing::MakeVoter(manifest, random_);
    const auto key = crypto::Ed25519KeyPair::FromSeed(voter.seed);
    return testing::BallotAround(
        manifest, voter,
        EncodePlaintext(key->public_key().bytes(), EncodeChoices({marks}), manifest.plaintext_length()));
  }

  // One contest, and ballots as often as they say; with wrong ranks or scores they are spoilt.
  void Count(const v1::Contest& contest, const std::vector<std::pair<int, Marks>>& ballots) {
    election_.clear_contests();
    *election_.add_contests() = contest;
    ManifestParts parts = testing::SampleParts(box_key_);
    parts.election = testing::Stored(election_);
    const auto bytes = BuildManifest(parts);
    ASSERT_OK(bytes);
    const auto manifest = PublishedManifest::Parse(*bytes);
    ASSERT_OK(manifest);
    std::vector<std::string> sealed;
    for (const auto& [copies, marks] : ballots) {
      for (int i = 0; i < copies; ++i) {
        sealed.push_back(Sealed(*manifest, marks));
      }
    }
    Tally tally(*manifest, testing::SampleSecrets());
    for (const std::string& ballot : sealed) ASSERT_OK(tally.Add(ballot));
    auto counted = tally.Count(parts.election.contests(), std::string(32, 'o'), 40);
    ASSERT_OK(counted);
    ASSERT_EQ(counted->reports.size(), 1u);
    ASSERT_TRUE(report_.ParseFromString(counted->reports[0]));
    result_ = counted->result.contests(0);
    spoilt_.assign(counted->result.spoilt().begin(), counted->result.spoilt().end());
    EXPECT_EQ(result_.report_sha256(), crypto::Sha256(counted->reports[0]));
    EXPECT_EQ(result_.method(), contest.method());
    EXPECT_EQ(report_.lot_seed(), counted->result.lot_seed());
    EXPECT_FALSE(report_.undecided());
  }
  void CountPoll(v1::CountingMethod method, int seats, const std::vector<std::pair<int, Marks>>& ballots) {
    v1::Election election;
    v1::Contest& contest = testing::AddPoll(election, "colour", method, {"Amber", "Blue", "Cyan"});
    contest.set_seats(seats);
    Count(contest, ballots);
  }
  std::vector<Line> Lines() const {
    std::vector<Line> lines;
    for (const auto& option : result_.options()) {
      lines.emplace_back(option.display_name(), option.votes(), option.elected());
      EXPECT_EQ(option.rank(), static_cast<int>(lines.size()));
      EXPECT_EQ(option.term_years(), 0) << "nobody serves for a poll";
    }
    return lines;
  }

  crypto::SeededRandom random_;
  crypto::Ed25519KeyPair box_key_;
  v1::Election election_;
  v1::ContestResult result_;
  v1::CountReport report_;
  std::vector<v1::SpoiltBallot> spoilt_;
};

TEST_F(TallyMethodsTest, AddsMarksUpByBlockPlurality) {
  CountPoll(v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, {{2, {{0, 1}, {2, 1}}}, {1, {{2, 1}}}, {1, {}}});
  EXPECT_EQ(Lines(), (std::vector<Line>{{"Cyan", 3, true}, {"Amber", 2, true}, {"Blue", 0, false}}));
  EXPECT_EQ(result_.blank_count(), 1);
  EXPECT_EQ(report_.valid_ballots(), 3);
  EXPECT_EQ(result_.decimals(), 0);
}

TEST_F(TallyMethodsTest, AddsApprovalsUp) {
  CountPoll(v1::COUNTING_METHOD_APPROVAL, 1,
            {{1, {{0, 1}, {1, 1}, {2, 1}}}, {1, {{1, 1}}}, {1, {{0, 1}, {1, 1}}}});
  EXPECT_EQ(Lines(), (std::vector<Line>{{"Blue", 3, true}, {"Amber", 2, false}, {"Cyan", 1, false}}));
}

TEST_F(TallyMethodsTest, AddsScoresUp) {
  CountPoll(v1::COUNTING_METHOD_SCORE, 1, {{2, {{0, 10}}}, {3, {{1, 7}, {2, 1}}}});
  EXPECT_EQ(Lines(), (std::vector<Line>{{"Blue", 21, true}, {"Amber", 20, false}, {"Cyan", 3, false}}));
}

TEST_F(TallyMethodsTest, PassesTheWeakestOnByInstantRunoff) {
  CountPoll(v1::COUNTING_METHOD_INSTANT_RUNOFF, 1,
            {{3, {{0, 1}}}, {2, {{1, 1}}}, {1, {{1, 1}, {2, 2}}}, {1, {{1, 2}, {2, 1}}}});
  // Cyan goes out with 1, and its ballot makes Blue's 3 of 7 into 4.
  EXPECT_EQ(Lines(), (std::vector<Line>{{"Blue", 4, true}, {"Amber", 3, false}, {"Cyan", 1, false}}));
  EXPECT_EQ(report_.stages_size(), 2);
}

TEST_F(TallyMethodsTest, PassesASurplusOnByScottishRules) {
  CountPoll(v1::COUNTING_METHOD_SCOTTISH_STV, 2, {{4, {{0, 1}, {1, 2}}}, {1, {{1, 1}}}, {1, {{2, 1}}}});
  // The quota is 3; a quarter of a vote of each of Amber's ballots makes Blue's 1 into 2.
  EXPECT_EQ(result_.decimals(), 5);
  EXPECT_EQ(report_.stages(0).quota(), 300'000);
  EXPECT_EQ(Lines(),
            (std::vector<Line>{{"Amber", 400'000, true}, {"Blue", 200'000, true}, {"Cyan", 100'000, false}}));
}

TEST_F(TallyMethodsTest, PassesASurplusOnByMeek) {
  CountPoll(v1::COUNTING_METHOD_MEEK_STV, 2, {{4, {{0, 1}, {1, 2}}}, {1, {{1, 1}}}, {1, {{2, 1}}}});
  EXPECT_EQ(result_.decimals(), 9);
  ASSERT_EQ(Lines().size(), 3u);
  EXPECT_TRUE(result_.options(0).elected() && result_.options(1).elected());
  EXPECT_EQ(result_.options(2).display_name(), "Cyan");
}

TEST_F(TallyMethodsTest, ComparesTwoByTwoBySchulzeAlsoWithEqualRanks) {
  CountPoll(v1::COUNTING_METHOD_SCHULZE, 1,
            {{2, {{0, 1}, {1, 1}, {2, 2}}}, {1, {{0, 2}, {1, 1}}}, {1, {{2, 1}}}});
  EXPECT_EQ(Lines(), (std::vector<Line>{{"Blue", 0, true}, {"Amber", 0, false}, {"Cyan", 0, false}}));
  // Blue ahead of Amber: one ballot; Amber ahead of Cyan: three.
  EXPECT_EQ(report_.pairwise().preferences(1 * 3 + 0), 1);
  EXPECT_EQ(report_.pairwise().preferences(0 * 3 + 2), 3);
}

TEST_F(TallyMethodsTest, LocksMajoritiesInByRankedPairs) {
  // A cycle: Amber over Blue 7:2, Blue over Cyan 6:3, Cyan over Amber 5:4; the last is passed over.
  CountPoll(v1::COUNTING_METHOD_RANKED_PAIRS, 1,
            {{4, {{0, 1}, {1, 2}, {2, 3}}}, {3, {{0, 2}, {1, 3}, {2, 1}}}, {2, {{0, 3}, {1, 1}, {2, 2}}}});
  EXPECT_EQ(Lines(), (std::vector<Line>{{"Amber", 0, true}, {"Blue", 0, false}, {"Cyan", 0, false}}));
  EXPECT_EQ(report_.pairwise().majorities_size(), 3);
}

TEST_F(TallyMethodsTest, LeavesASeatVacantThatNoneOfTheseTakes) {
  v1::Election election;
  v1::Contest& contest =
      testing::AddPoll(election, "colour", v1::COUNTING_METHOD_APPROVAL, {"Amber", "Blue"});
  contest.set_seats(2);
  contest.set_none_of_these(true);
  Count(contest, {{3, {{0, 1}}}, {2, {{2, 1}}}, {1, {{1, 1}}}});
  EXPECT_EQ(Lines(),
            (std::vector<Line>{{"Amber", 3, true}, {"None of these", 2, false}, {"Blue", 1, false}}));
  EXPECT_TRUE(result_.options(1).none_of_these());
  EXPECT_FALSE(result_.options(0).none_of_these());
  EXPECT_EQ(result_.vacancies(), 1);
}

TEST_F(TallyMethodsTest, SettlesEveryTieByTheLotOfTheBallots) {
  for (int method = v1::COUNTING_METHOD_BLOCK_PLURALITY; method <= v1::CountingMethod_MAX; ++method) {
    CountPoll(static_cast<v1::CountingMethod>(method), 1, {{1, {{0, 1}}}, {1, {{1, 1}}}, {1, {{2, 1}}}});
    ASSERT_EQ(result_.options_size(), 3) << method;
    EXPECT_TRUE(result_.options(0).elected()) << method;
    EXPECT_TRUE(result_.options(0).tied()) << method;
    EXPECT_LT(result_.options(0).lot(), result_.options(1).lot()) << method;
    EXPECT_EQ(result_.vacancies(), 0) << method;
    EXPECT_GT(report_.ties_size(), 0) << method;
  }
}

TEST_F(TallyMethodsTest, SpoilsABallotWhoseRanksCannotBeRead) {
  CountPoll(v1::COUNTING_METHOD_SCOTTISH_STV, 1,
            {{1, {{0, 1}, {1, 3}}}, {1, {{0, 1}, {1, 1}}}, {1, {{2, 1}}}});
  ASSERT_EQ(spoilt_.size(), 2u);
  EXPECT_EQ(spoilt_[0].reason(), "CHOICES");
  EXPECT_EQ(spoilt_[1].reason(), "CHOICES");
  EXPECT_EQ(report_.spoilt_ballots(), 2);
  EXPECT_EQ(report_.valid_ballots(), 1);
  EXPECT_EQ(result_.options(0).display_name(), "Cyan");
}

TEST_F(TallyMethodsTest, GivesTheWinnersTheirTermsInOrder) {
  v1::Contest contest = testing::WantedElection().contests(0);  // Ada, Ben, Cem for 2 years and 1 year
  contest.set_method(v1::COUNTING_METHOD_SCOTTISH_STV);
  contest.set_none_of_these(true);
  Count(contest, {{3, {{2, 1}}}, {2, {{0, 1}}}, {1, {{1, 1}}}});
  ASSERT_EQ(result_.options_size(), 4);
  EXPECT_EQ(result_.options(0).display_name(), "Cem");
  EXPECT_EQ(result_.options(0).term_years(), 2);
  EXPECT_EQ(result_.options(1).display_name(), "Ada");
  EXPECT_EQ(result_.options(1).term_years(), 1);
  EXPECT_EQ(result_.options(2).term_years(), 0);
}

TEST_F(TallyMethodsTest, LeavesTheSeatsVacantWhenNobodyRan) {
  for (int method = v1::COUNTING_METHOD_BLOCK_PLURALITY; method <= v1::CountingMethod_MAX; ++method) {
    v1::Contest contest = testing::WantedElection().contests(0);
    contest.set_name("contests/nobody");
    contest.set_method(static_cast<v1::CountingMethod>(method));
    contest.set_seats(method == v1::COUNTING_METHOD_INSTANT_RUNOFF ? 1 : 2);
    contest.set_none_of_these(true);
    Count(contest, {{2, {}}});
    EXPECT_EQ(result_.options_size(), 0) << method;
    EXPECT_EQ(result_.vacancies(), contest.seats()) << method;
    EXPECT_EQ(result_.blank_count(), 2) << method;
  }
}

// Of the largest contest: each option first on as many ballots, and every ballot ranks all of them.
counting::Profile InCircles() {
  counting::Profile profile(kMostRankedOptions);
  for (int i = 0; i < kMostRankedOptions; ++i) {
    Marks marks;
    for (int j = 0; j < kMostRankedOptions; ++j) {
      marks.push_back(
          {static_cast<std::uint16_t>((i + j) % kMostRankedOptions), static_cast<std::uint16_t>(j + 1)});
    }
    EXPECT_TRUE(profile.Add(marks, counting::kMostBallots / kMostRankedOptions));
  }
  return profile;
}

// Every option ahead of every other on as many ballots: those who are still in are tied stage after stage,
// and whoever goes out passes votes on to all of them. The longest reports that are known.
counting::Profile EachAheadOfEach() {
  constexpr int kPairs = kMostRankedOptions * (kMostRankedOptions - 1);
  counting::Profile profile(kMostRankedOptions);
  for (int i = 0; i < kMostRankedOptions; ++i) {
    for (int k = 1; k < kMostRankedOptions; ++k) {
      const Marks marks = {{static_cast<std::uint16_t>(i), 1},
                           {static_cast<std::uint16_t>((i + k) % kMostRankedOptions), 2}};
      EXPECT_TRUE(profile.Add(marks, counting::kMostBallots / kPairs));
    }
  }
  return profile;
}

std::size_t ReportBytes(v1::CountingMethod method, std::uint32_t seats, const counting::Profile& profile) {
  counting::Contest contest{.method = method, .seats = seats};
  contest.lot_seed = std::string(32, 's');
  contest.lots = counting::DrawLots(contest.lot_seed, 0, kMostRankedOptions);
  const counting::Option option = {.display_name = std::string(kLongestContestName, 'n')};
  contest.options.assign(kMostRankedOptions, option);
  return counting::Count(contest, profile).ByteSizeLong();
}

TEST(CountReports, OfTheLargestContestFitIntoOneMessage) {
  const counting::Profile profiles[] = {InCircles(), EachAheadOfEach()};
  for (int number = v1::COUNTING_METHOD_INSTANT_RUNOFF; number <= v1::CountingMethod_MAX; ++number) {
    const auto method = static_cast<v1::CountingMethod>(number);
    for (const std::uint32_t seats : {1, kMostSeats}) {
      if (seats > 1 && counting::FindMethod(method)->one_seat) continue;
      for (const counting::Profile& profile : profiles) {
        const std::size_t bytes = ReportBytes(method, seats, profile);
        const std::string name = v1::CountingMethod_Name(method) + "_" + std::to_string(seats) + "_" +
                                 std::to_string(profile.size());
        EXPECT_LE(bytes, kLongestCountReport) << name;
        RecordProperty(name, static_cast<int>(bytes));
      }
    }
  }
}

}  // namespace
}  // namespace plenary::election
