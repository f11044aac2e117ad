// The rules one by one, on elections small enough to count by hand. A ballot is written as the options in
// order of preference, "AB" for A before B, "A(BC)" for B and C sharing the second rank; marks and scores
// likewise.

#include "services/election/rules/counting/count.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/election/rules/counting/lot.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/placing.h"

namespace plenary::election::counting {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kSeed[] = "0123456789abcdef0123456789abcdef";

Contest ContestOf(v1::CountingMethod method, std::uint32_t seats, const std::string& options) {
  Contest contest{.method = method, .seats = seats};
  for (const char option : options) {
    contest.options.push_back({std::string(1, option)});
    contest.options.back().none_of_these = option == '-';
  }
  return contest;
}

std::uint16_t NumberOf(const Contest& contest, char option) {
  for (std::size_t i = 0; i < contest.options.size(); ++i) {
    if (contest.options[i].display_name[0] == option) return static_cast<std::uint16_t>(i);
  }
  ADD_FAILURE() << option;
  return 0;
}

using Ballots = std::vector<std::pair<std::string, std::int64_t>>;

Marks Ranks(const Contest& contest, const std::string& ballot) {
  Marks marks;
  std::uint16_t rank = 0;
  bool together = false;
  for (const char option : ballot) {
    if (option == '(') ++rank;
    if (option == '(' || option == ')') {
      together = option == '(';
      continue;
    }
    if (!together) ++rank;
    marks.push_back({NumberOf(contest, option), rank});
  }
  std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
    return a.value != b.value ? a.value < b.value : a.option < b.option;
  });
  return marks;
}

Marks Scores(const Contest& contest, const std::string& ballot) {
  std::map<std::uint16_t, std::uint16_t> scores;
  for (const char option : ballot) ++scores[NumberOf(contest, option)];
  Marks marks;
  for (const auto& [option, score] : scores) marks.push_back({option, score});
  return marks;
}

Profile Read(const Contest& contest, const Ballots& ballots) {
  Profile profile(static_cast<std::uint32_t>(contest.options.size()));
  for (const auto& [ballot, weight] : ballots) {
    const bool ranks = FindMethod(contest.method)->kind == BallotKind::kRanks;
    EXPECT_TRUE(profile.Add(ranks ? Ranks(contest, ballot) : Scores(contest, ballot), weight));
  }
  return profile;
}

v1::CountReport CountOf(const Contest& contest, const Ballots& ballots) {
  return Count(contest, Read(contest, ballots));
}

Contest WithLots(Contest contest) {
  contest.lot_seed = kSeed;
  contest.lots = DrawLots(kSeed, 0, contest.options.size());
  return contest;
}

// Names of the elected in order.
std::string Elected(const v1::CountReport& report) {
  std::string elected;
  for (const v1::CountPlacing& placing : report.placings()) {
    if (placing.elected()) elected += report.options(placing.option()).display_name();
  }
  return elected;
}

std::string Names(const v1::CountReport& report,
                  const google::protobuf::RepeatedField<std::int32_t>& options) {
  std::string names;
  for (const int option : options) names += report.options(option).display_name();
  return names;
}

std::string OrderOf(const v1::CountReport& report) {
  std::string order;
  for (const v1::CountPlacing& placing : report.placings())
    order += report.options(placing.option()).display_name();
  return order;
}

TEST(Sums, ElectTheMostVotesAndRankTheRest) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, "ABC");
  const v1::CountReport report = CountOf(contest, {{"AB", 3}, {"B", 2}, {"C", 1}, {"", 4}});
  EXPECT_EQ(Elected(report), "BA");
  EXPECT_EQ(OrderOf(report), "BAC");
  EXPECT_THAT(report.stages(0).votes(), ElementsAre(3, 5, 1));
  EXPECT_EQ(report.valid_ballots(), 6);
  EXPECT_EQ(report.blank_ballots(), 4);
  EXPECT_THAT(report.ties(), IsEmpty());
}

TEST(Sums, AddScoresUp) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_SCORE, 1, "ABC");
  const v1::CountReport report = CountOf(contest, {{"AAABBBB", 2}, {"AAACC", 1}});
  EXPECT_EQ(Elected(report), "A");
  EXPECT_THAT(report.stages(0).votes(), ElementsAre(9, 8, 2));
}

TEST(Sums, LeaveTheLastSeatOpenWhenItHangsOnALotThatIsNotDrawn) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_APPROVAL, 2, "ABCD");
  const v1::CountReport report = CountOf(contest, {{"A", 3}, {"B", 2}, {"C", 2}, {"D", 1}});
  EXPECT_TRUE(report.undecided());
  EXPECT_EQ(Elected(report), "A");
  ASSERT_EQ(report.ties_size(), 1);
  EXPECT_EQ(Names(report, report.ties(0).options()), "BC");
  EXPECT_EQ(report.ties(0).decides(), v1::CountTie::DECIDES_SEAT);
  EXPECT_EQ(report.ties(0).settled(), v1::CountTie::SETTLED_OPEN);
}

TEST(Sums, GiveTheLastSeatToTheSmallestLot) {
  const Contest contest = WithLots(ContestOf(v1::COUNTING_METHOD_APPROVAL, 2, "ABCD"));
  const v1::CountReport report = CountOf(contest, {{"A", 3}, {"B", 2}, {"C", 2}, {"D", 1}});
  const bool b_first = Lot(kSeed, 0, 1) < Lot(kSeed, 0, 2);
  EXPECT_FALSE(report.undecided());
  EXPECT_EQ(Elected(report), b_first ? "AB" : "AC");
  ASSERT_EQ(report.ties_size(), 1);
  EXPECT_EQ(Names(report, report.ties(0).options()), b_first ? "BC" : "CB");
  EXPECT_EQ(report.ties(0).settled(), v1::CountTie::SETTLED_LOT);
  EXPECT_LT(report.ties(0).lots(0), report.ties(0).lots(1));
}

TEST(Sums, NameATieThatDecidesTheOrderAloneAndStayDecided) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_APPROVAL, 2, "ABC");
  const v1::CountReport report = CountOf(contest, {{"A", 2}, {"B", 2}, {"C", 1}});
  EXPECT_FALSE(report.undecided());
  EXPECT_EQ(report.ties(0).decides(), v1::CountTie::DECIDES_ORDER);
}

TEST(Sums, AreUndecidedWhenATieDecidesWhoServesLonger) {
  Contest contest = ContestOf(v1::COUNTING_METHOD_APPROVAL, 2, "ABC");
  contest.terms = {1, 1};
  EXPECT_TRUE(CountOf(contest, {{"A", 2}, {"B", 2}, {"C", 1}}).undecided());
  contest.terms = {2};
  EXPECT_FALSE(CountOf(contest, {{"A", 2}, {"B", 2}, {"C", 1}}).undecided());
  contest.terms = {1, 1};
  EXPECT_FALSE(CountOf(contest, {{"A", 2}, {"B", 1}}).undecided());
}

class FewerCandidates : public ::testing::TestWithParam<v1::CountingMethod> {};

TEST_P(FewerCandidates, AreAllElectedAndTheRestOfTheSeatsIsVacant) {
  const v1::CountReport report = CountOf(ContestOf(GetParam(), 5, "AB"), {{"B", 2}, {"AB", 1}});
  EXPECT_THAT(Elected(report), ::testing::AnyOf("AB", "BA"));
  EXPECT_EQ(report.vacancies(), 3);
  EXPECT_FALSE(report.undecided());
}

INSTANTIATE_TEST_SUITE_P(Methods, FewerCandidates,
                         ::testing::Values(v1::COUNTING_METHOD_BLOCK_PLURALITY, v1::COUNTING_METHOD_APPROVAL,
                                           v1::COUNTING_METHOD_SCORE, v1::COUNTING_METHOD_SCOTTISH_STV,
                                           v1::COUNTING_METHOD_MEEK_STV, v1::COUNTING_METHOD_SCHULZE,
                                           v1::COUNTING_METHOD_RANKED_PAIRS));

class NoBallots : public ::testing::TestWithParam<v1::CountingMethod> {};

TEST_P(NoBallots, ElectByLotAloneAndStayOpenWithoutOne) {
  const Contest open = ContestOf(GetParam(), 1, "ABC");
  EXPECT_TRUE(CountOf(open, {}).undecided());
  EXPECT_EQ(Elected(CountOf(open, {})), "");
  const v1::CountReport drawn = CountOf(WithLots(open), {});
  EXPECT_EQ(Elected(drawn).size(), 1u);
  EXPECT_FALSE(drawn.undecided());
}

INSTANTIATE_TEST_SUITE_P(Methods, NoBallots,
                         ::testing::Values(v1::COUNTING_METHOD_BLOCK_PLURALITY, v1::COUNTING_METHOD_APPROVAL,
                                           v1::COUNTING_METHOD_SCORE, v1::COUNTING_METHOD_INSTANT_RUNOFF,
                                           v1::COUNTING_METHOD_SCOTTISH_STV, v1::COUNTING_METHOD_MEEK_STV,
                                           v1::COUNTING_METHOD_SCHULZE, v1::COUNTING_METHOD_RANKED_PAIRS));

TEST(NoneOfThese, LeavesVacantWhatComesBehindIt) {
  const v1::CountReport sums =
      CountOf(ContestOf(v1::COUNTING_METHOD_APPROVAL, 3, "ABC-"), {{"A", 5}, {"-", 3}, {"B", 2}, {"C", 1}});
  EXPECT_EQ(Elected(sums), "A");
  EXPECT_EQ(sums.vacancies(), 2);
  const v1::CountReport pairs =
      CountOf(ContestOf(v1::COUNTING_METHOD_SCHULZE, 3, "ABC-"), {{"A-BC", 3}, {"AB-", 2}});
  EXPECT_EQ(Elected(pairs), "A");
  EXPECT_EQ(pairs.vacancies(), 2);
}

TEST(NoneOfThese, TiedWithACandidateIsSettledByLot) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_APPROVAL, 1, "A-");
  EXPECT_TRUE(CountOf(contest, {{"A", 2}, {"-", 2}}).undecided());
  const v1::CountReport drawn = CountOf(WithLots(contest), {{"A", 2}, {"-", 2}});
  EXPECT_EQ(Elected(drawn), Lot(kSeed, 0, 0) < Lot(kSeed, 0, 1) ? "A" : "");
}

TEST(NoneOfThese, TakesASeatOfATransferableVoteWhichStaysVacant) {
  const v1::CountReport stv =
      CountOf(ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 2, "ABC-"), {{"-A", 50}, {"A", 40}, {"B", 10}});
  EXPECT_EQ(Elected(stv), "A");
  EXPECT_EQ(stv.vacancies(), 1);
  const v1::CountReport irv =
      CountOf(ContestOf(v1::COUNTING_METHOD_INSTANT_RUNOFF, 1, "AB-"), {{"-", 3}, {"A", 2}});
  EXPECT_EQ(Elected(irv), "");
  EXPECT_EQ(irv.vacancies(), 1);
}

TEST(InstantRunoff, PassesTheWeakestOnUntilSomebodyHasAMajority) {
  const v1::CountReport report =
      CountOf(ContestOf(v1::COUNTING_METHOD_INSTANT_RUNOFF, 1, "ABC"), {{"A", 4}, {"B", 3}, {"CB", 2}});
  EXPECT_EQ(Elected(report), "B");
  ASSERT_EQ(report.stages_size(), 2);
  EXPECT_EQ(report.stages(0).quota(), 5);
  EXPECT_THAT(report.stages(1).votes(), ElementsAre(4, 5, 0));
  EXPECT_EQ(OrderOf(report), "BAC");
}

TEST(InstantRunoff, CountsOnlyTheVotesThatContinueForAMajority) {
  const v1::CountReport report =
      CountOf(ContestOf(v1::COUNTING_METHOD_INSTANT_RUNOFF, 1, "ABC"), {{"A", 4}, {"B", 3}, {"C", 2}});
  EXPECT_EQ(Elected(report), "A");
  EXPECT_EQ(report.stages(1).quota(), 4);
  EXPECT_EQ(report.stages(1).not_transferable(), 2);
}

TEST(Exclusion, LooksBackToTheLatestStageThatTellsTheTiedApart) {
  // C and D have 3 votes each in the end; at the first stage C had 3 and D 2.
  const v1::CountReport report = CountOf(ContestOf(v1::COUNTING_METHOD_INSTANT_RUNOFF, 1, "ABCDE"),
                                         {{"A", 6}, {"B", 5}, {"CA", 3}, {"DB", 2}, {"ED", 1}});
  ASSERT_GE(report.ties_size(), 1);
  EXPECT_EQ(report.ties(0).settled(), v1::CountTie::SETTLED_EARLIER_STAGE);
  EXPECT_EQ(report.ties(0).earlier_stage(), 1);
  EXPECT_EQ(Names(report, report.ties(0).options()), "CD");
  EXPECT_EQ(Names(report, report.stages(2).subjects()), "D");
}

TEST(Exclusion, LooksBackNoFurtherThanItHasTo) {
  // C and D have 6 votes each in the end; C had more at the first stage, D at the second, which counts.
  const v1::CountReport report =
      CountOf(ContestOf(v1::COUNTING_METHOD_INSTANT_RUNOFF, 1, "ABCDEF"),
              {{"A", 10}, {"B", 9}, {"CA", 5}, {"DB", 4}, {"ED", 2}, {"FC", 1}, {"F", 2}});
  ASSERT_GE(report.ties_size(), 1);
  EXPECT_EQ(report.ties(0).earlier_stage(), 2);
  EXPECT_EQ(Names(report, report.ties(0).options()), "DC");
  EXPECT_EQ(Names(report, report.stages(3).subjects()), "C");
}

TEST(Exclusion, StopsTheCountAtATieThatNeedsALot) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_INSTANT_RUNOFF, 1, "ABC");
  const Ballots ballots = {{"A", 3}, {"BA", 2}, {"CA", 2}};
  const v1::CountReport open = CountOf(contest, ballots);
  EXPECT_TRUE(open.undecided());
  EXPECT_EQ(Names(open, open.ties(0).options()), "BC");
  const v1::CountReport drawn = CountOf(WithLots(contest), ballots);
  EXPECT_EQ(Elected(drawn), "A");
  const bool b_stays = Lot(kSeed, 0, 1) < Lot(kSeed, 0, 2);
  EXPECT_EQ(Names(drawn, drawn.stages(1).subjects()), b_stays ? "C" : "B");
}

TEST(Exclusion, NeedsNoLotAmongOptionsWithoutAVote) {
  const v1::CountReport report =
      CountOf(ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 1, "ABCD"), {{"A", 3}, {"B", 3}, {"AB", 1}});
  EXPECT_FALSE(report.undecided());
  EXPECT_EQ(Elected(report), "A");
}

TEST(ScottishStv, PassesASurplusOnAtAPartOfEachBallotsValue) {
  // Quota 100 / 3 + 1 = 34: A passes on 26 of 60, each ballot at 0.43333.
  const v1::CountReport report = CountOf(ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 2, "ABC"),
                                         {{"AB", 40}, {"AC", 20}, {"B", 15}, {"C", 25}});
  EXPECT_EQ(report.stages(0).quota(), 34'00000);
  EXPECT_THAT(report.stages(1).votes(), ElementsAre(34'00000, 15'00000 + 40 * 43333, 25'00000 + 20 * 43333));
  EXPECT_EQ(report.stages(1).not_transferable(), 60 * 100000 - 34'00000 - 60 * 43333);
  EXPECT_EQ(report.stages(1).surplus(), 26'00000);
  EXPECT_EQ(Elected(report), "AC");
}

TEST(ScottishStv, IsUndecidedWhenATieDecidesWhoServesLonger) {
  // A reaches the quota; B and C, as good as each other, fill the last two seats.
  Contest contest = ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 3, "ABC");
  const Ballots ballots = {{"A", 5}, {"B", 2}, {"C", 2}};
  contest.terms = {2, 1};
  EXPECT_TRUE(CountOf(contest, ballots).undecided());
  contest.terms = {1, 2};
  EXPECT_FALSE(CountOf(contest, ballots).undecided());
}

TEST(ScottishStv, CountsNoPlaceForNoneOfTheseAmongThoseWhoServe) {
  // "None of these" takes a seat; A and B, as good as each other, the other two, of two years and one.
  Contest contest = ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 3, "AB-");
  contest.terms = {1, 2};
  const v1::CountReport report = CountOf(contest, {{"-", 5}, {"A", 2}, {"B", 2}});
  EXPECT_TRUE(report.undecided());
  EXPECT_EQ(report.ties(0).decides(), v1::CountTie::DECIDES_ORDER);
}

TEST(ScottishStv, CountsBallotsForWithdrawnOptionsAloneForNothing) {
  Contest contest = ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 1, "ABC");
  contest.options[2].withdrawn = true;
  const v1::CountReport report = CountOf(contest, {{"CA", 3}, {"B", 2}, {"C", 4}});
  EXPECT_EQ(Elected(report), "A");
  EXPECT_EQ(report.valid_ballots(), 5);
  EXPECT_EQ(report.blank_ballots(), 0);
  EXPECT_EQ(report.withdrawn_only_ballots(), 4);
  EXPECT_EQ(OrderOf(report), "AB");
}

TEST(MeekStv, TakesWhoeverIsWithinTheSurplusOfTheLowestForTied) {
  // Exactly counted, A and C both come to 2 votes; A's come by rounded steps from B.
  const v1::CountReport report =
      CountOf(ContestOf(v1::COUNTING_METHOD_MEEK_STV, 2, "ABC"), {{"B", 3}, {"BAC", 3}, {"CB", 2}});
  ASSERT_EQ(report.ties_size(), 1);
  EXPECT_EQ(Names(report, report.ties(0).options()), "AC");
  EXPECT_EQ(report.ties(0).decides(), v1::CountTie::DECIDES_EXCLUSION);
  EXPECT_EQ(report.ties(0).settled(), v1::CountTie::SETTLED_OPEN);
  EXPECT_THAT(report.stages(1).votes(), ElementsAre(1'999'999'800, ::testing::_, 2'000'000'000));
}

TEST(RankedPairs, PassesOverAMajorityThatStrongerOnesContradict) {
  // A beats B 6:3, B beats C 7:2, C beats A 5:4: the weakest of the circle gives way.
  const v1::CountReport report =
      CountOf(ContestOf(v1::COUNTING_METHOD_RANKED_PAIRS, 1, "ABC"), {{"ABC", 4}, {"BCA", 3}, {"CAB", 2}});
  EXPECT_EQ(OrderOf(report), "ABC");
  ASSERT_EQ(report.pairwise().majorities_size(), 3);
  EXPECT_EQ(report.pairwise().majorities(2).outcome(), v1::Majority::OUTCOME_PASSED_OVER);
}

TEST(RankedPairs, LeavesEquallyStrongMajoritiesInACircleToTheLot) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_RANKED_PAIRS, 1, "ABC");
  const Ballots ballots = {{"ABC", 1}, {"BCA", 1}, {"CAB", 1}};
  const v1::CountReport open = CountOf(contest, ballots);
  EXPECT_TRUE(open.undecided());
  EXPECT_EQ(open.ties(0).decides(), v1::CountTie::DECIDES_MAJORITY);
  EXPECT_EQ(open.pairwise().majorities(0).outcome(), v1::Majority::OUTCOME_OPEN);
  const v1::CountReport drawn = CountOf(WithLots(contest), ballots);
  EXPECT_FALSE(drawn.undecided());
  EXPECT_EQ(Elected(drawn).size(), 1u);
}

TEST(Schulze, TakesEqualRanksForNoPreference) {
  const v1::CountReport report =
      CountOf(ContestOf(v1::COUNTING_METHOD_SCHULZE, 1, "ABC"), {{"(AB)C", 3}, {"BA", 1}});
  EXPECT_THAT(report.pairwise().preferences(), ElementsAre(0, 0, 4, 1, 0, 4, 0, 0, 0));
  EXPECT_EQ(Elected(report), "B");
}

TEST(Schulze, MeasuresADefeatByItsVotesAndNotByItsMargin) {
  // B beats A 4:2, A beats C 5:4, C beats B 5:3: by winning votes the first gives way, by margins the second
  // would.
  const v1::CountReport report = CountOf(ContestOf(v1::COUNTING_METHOD_SCHULZE, 1, "ABC"),
                                         {{"(BC)", 1}, {"ACB", 2}, {"CBA", 3}, {"(AB)", 3}});
  EXPECT_EQ(OrderOf(report), "ACB");
}

TEST(RankedPairs, MeasureAMajorityByItsVotesAndNotByItsMargin) {
  const v1::CountReport report = CountOf(ContestOf(v1::COUNTING_METHOD_RANKED_PAIRS, 1, "ABC"),
                                         {{"(BC)", 1}, {"ACB", 2}, {"CBA", 3}, {"(AB)", 3}});
  EXPECT_EQ(OrderOf(report), "ACB");
}

TEST(Schulze, NamesEverybodyWhoseSeatIsOpenThoughSomeAreAhead) {
  // C is ahead of A, and B level with both: C is sure of one of two seats, A and B compete for the other.
  const v1::CountReport report =
      CountOf(ContestOf(v1::COUNTING_METHOD_SCHULZE, 2, "ABC"), {{"C", 2}, {"AB", 1}, {"B", 1}});
  EXPECT_TRUE(report.undecided());
  EXPECT_EQ(Elected(report), "C");
  ASSERT_EQ(report.ties_size(), 2);
  EXPECT_EQ(report.ties(0).decides(), v1::CountTie::DECIDES_SEAT);
  EXPECT_EQ(Names(report, report.ties(0).options()), "AB");
  EXPECT_EQ(report.ties(1).decides(), v1::CountTie::DECIDES_ORDER);
  EXPECT_EQ(Names(report, report.ties(1).options()), "BC");
}

TEST(Schulze, FollowsThePathsOfThePublishedExample) {
  // Schulze 2011, example 1: 45 voters, order E A C B D.
  const v1::CountReport report = CountOf(ContestOf(v1::COUNTING_METHOD_SCHULZE, 1, "ABCDE"), {{"ACBED", 5},
                                                                                              {"ADECB", 5},
                                                                                              {"BEDAC", 8},
                                                                                              {"CABED", 3},
                                                                                              {"CAEBD", 7},
                                                                                              {"CBADE", 2},
                                                                                              {"DCEBA", 7},
                                                                                              {"EBADC", 8}});
  EXPECT_EQ(OrderOf(report), "EACBD");
}

TEST(CountBack, SeatsTheNextInLineAndKeepsTheOthers) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, "ABCD");
  const Profile profile = Read(contest, {{"AB", 3}, {"AC", 2}, {"D", 1}});
  const v1::CountReport report = Count(contest, profile);
  ASSERT_EQ(Elected(report), "AB");
  EXPECT_EQ(Elected(CountBack(contest, profile, report, {0})), "BC");
  EXPECT_EQ(Elected(CountBack(contest, profile, report, {0, 2})), "BD");
}

TEST(CountBack, LeavesASeatOpenBetweenTwoWhoReachTheQuotaAlikeAndKeepsTheHolder) {
  Contest contest = ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 2, "ABC");
  contest.options[2].holds_seat = true;
  const Ballots ballots = {{"A", 4}, {"B", 4}, {"C", 1}};
  const v1::CountReport open = CountOf(contest, ballots);
  EXPECT_TRUE(open.undecided());
  EXPECT_EQ(Elected(open), "C");
  EXPECT_EQ(Names(open, open.ties(0).options()), "AB");
  EXPECT_EQ(open.ties(0).decides(), v1::CountTie::DECIDES_SEAT);
  const v1::CountReport drawn = CountOf(WithLots(contest), ballots);
  EXPECT_EQ(Elected(drawn), Lot(kSeed, 0, 0) < Lot(kSeed, 0, 1) ? "AC" : "BC");
}

TEST(CountBack, SeesATieForTheFreeSeatAcrossAHolderWithAsManyVotes) {
  // A, H and B come to 10 votes each when X has gone; H keeps the seat, A and B are tied for the one that is
  // free.
  const Contest contest = ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 3, "AHBZX");
  const Profile profile = Read(contest, {{"XA", 10}, {"XB", 9}, {"B", 1}, {"H", 10}, {"Z", 8}});
  const v1::CountReport report = Count(contest, profile);
  ASSERT_EQ(Elected(report), "XHZ");
  const v1::CountReport open = CountBack(contest, profile, report, {4});
  EXPECT_TRUE(open.undecided());
  EXPECT_EQ(Elected(open), "HZ");
  EXPECT_EQ(Names(open, open.ties(0).options()), "AB");
  EXPECT_EQ(open.ties(0).decides(), v1::CountTie::DECIDES_SEAT);
  const v1::CountReport drawn = CountBack(WithLots(contest), profile, report, {4});
  EXPECT_EQ(Elected(drawn).find(Lot(kSeed, 0, 0) < Lot(kSeed, 0, 2) ? 'B' : 'A'), std::string::npos);
}

TEST(CountBack, CountsSeatsThatStayVacantWhileATieIsOpen) {
  Contest contest = ContestOf(v1::COUNTING_METHOD_APPROVAL, 3, "ABCD");
  contest.options[0].holds_seat = true;
  contest.stay_vacant = 1;
  const v1::CountReport report = CountOf(contest, {{"A", 3}, {"B", 2}, {"C", 2}});
  EXPECT_TRUE(report.undecided());
  EXPECT_EQ(Elected(report), "A");
  EXPECT_EQ(report.vacancies(), 1);
}

class SeatWonByNone : public ::testing::TestWithParam<v1::CountingMethod> {};

TEST_P(SeatWonByNone, StaysVacantWhenSomebodyLeavesWhoHadNoSeat) {
  const Contest contest = ContestOf(GetParam(), 1, "AB-");
  const Profile profile = Read(contest, {{"-", 4}, {"BA", 3}, {"A-", 2}});
  const v1::CountReport report = Count(contest, profile);
  ASSERT_EQ(Elected(report), "");
  ASSERT_EQ(report.vacancies(), 1);
  const v1::CountReport after = CountBack(contest, profile, report, {1});
  EXPECT_EQ(Elected(after), "");
  EXPECT_EQ(after.vacancies(), 1);
}

INSTANTIATE_TEST_SUITE_P(Methods, SeatWonByNone,
                         ::testing::Values(v1::COUNTING_METHOD_INSTANT_RUNOFF,
                                           v1::COUNTING_METHOD_SCOTTISH_STV, v1::COUNTING_METHOD_MEEK_STV));

TEST(CountBack, PassesTheVotesOfTheDepartedToWhomTheirVotersWantedNext) {
  const Contest contest = ContestOf(v1::COUNTING_METHOD_SCOTTISH_STV, 2, "ABCD");
  const Profile profile = Read(contest, {{"AD", 40}, {"B", 35}, {"C", 25}});
  const v1::CountReport report = Count(contest, profile);
  ASSERT_EQ(Elected(report), "AB");
  EXPECT_EQ(Elected(CountBack(contest, profile, report, {0})), "DB");
}

// A billion ballots, all that a profile takes: sums and products stay exact.
TEST(Arithmetic, HoldsForAsManyBallotsAsAProfileTakes) {
  const Ballots ballots = {{"AB", 600'000'000}, {"BC", 250'000'000}, {"CA", 150'000'000}};
  for (const auto method : {v1::COUNTING_METHOD_SCOTTISH_STV, v1::COUNTING_METHOD_MEEK_STV}) {
    const v1::CountReport report = CountOf(ContestOf(method, 2, "ABC"), ballots);
    EXPECT_EQ(Elected(report), "AB");
    const std::int64_t vote = method == v1::COUNTING_METHOD_MEEK_STV ? 1'000'000'000 : 100'000;
    EXPECT_EQ(report.stages(0).votes(0), 600'000'000 * vote);
    for (const v1::CountStage& stage : report.stages()) {
      for (const std::int64_t votes : stage.votes()) EXPECT_GE(votes, 0);
    }
  }
  EXPECT_EQ(CountOf(ContestOf(v1::COUNTING_METHOD_SCHULZE, 1, "ABC"), ballots).pairwise().preferences(1),
            750'000'000);
}

TEST(Terms, HangOnATieOnlyAcrossABorder) {
  EXPECT_TRUE(CrossesTerm({5, 4}, 4, 5));
  EXPECT_FALSE(CrossesTerm({5, 4}, 0, 4));
  EXPECT_FALSE(CrossesTerm({5, 4}, 5, 8));
  EXPECT_TRUE(CrossesTerm({1, 1, 1}, 1, 2));
  EXPECT_FALSE(CrossesTerm({}, 0, 9));
}

TEST(Methods, AreAllKnownByNumberAndWord) {
  EXPECT_EQ(AllMethods().size(), static_cast<std::size_t>(v1::CountingMethod_ARRAYSIZE) - 1);
  for (const Method& method : AllMethods()) {
    EXPECT_EQ(FindMethod(method.method), &method);
    EXPECT_EQ(FindMethod(method.word), &method);
    EXPECT_FALSE(method.source.empty());
  }
  EXPECT_EQ(FindMethod("first-past-the-post"), nullptr);
}

}  // namespace
}  // namespace plenary::election::counting
