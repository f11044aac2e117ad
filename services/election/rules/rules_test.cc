// The small rules: terms, states of a candidacy, pages, the shape of an election, seating.
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/election/rules/candidacy_state.h"
#include "services/election/rules/candidate_page.h"
#include "services/election/rules/contests.h"
#include "services/election/rules/roll_suits.h"
#include "services/election/rules/seating.h"
#include "services/election/rules/terms.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using plenary::testing::HasReason;
using v1::Candidacy;

google::protobuf::RepeatedPtrField<v1::TermRule> Rules(std::initializer_list<std::pair<int, int>> rules) {
  google::protobuf::RepeatedPtrField<v1::TermRule> field;
  for (const auto& [winners, years] : rules) {
    v1::TermRule& rule = *field.Add();
    rule.set_winners(winners);
    rule.set_years(years);
  }
  return field;
}

TEST(AssignTerms, GivesTheLongTermToTheTopFour) {
  EXPECT_EQ(AssignTerms(Rules({{4, 2}, {3, 1}}), 7), (std::vector<int>{2, 2, 2, 2, 1, 1, 1}));
}
TEST(AssignTerms, GivesTheLegislativeNineFiveAndFour) {
  EXPECT_EQ(AssignTerms(Rules({{5, 2}, {4, 1}}), 9), (std::vector<int>{2, 2, 2, 2, 2, 1, 1, 1, 1}));
}
TEST(AssignTerms, LeavesTheShortTermsEmptyWithFewerWinnersThanSeats) {
  EXPECT_EQ(AssignTerms(Rules({{4, 2}, {3, 1}}), 5), (std::vector<int>{2, 2, 2, 2, 1}));
  EXPECT_EQ(AssignTerms(Rules({{4, 2}, {3, 1}}), 2), (std::vector<int>{2, 2}));
  EXPECT_TRUE(AssignTerms(Rules({{4, 2}}), 0).empty());
}

TEST(RollSuits, LeavesTheSeatsOfABodyToCompaniesAndPollsToWhomeverTheRollLists) {
  using namespace membership::v1;
  const v1::Election seats = testing::WantedElection();
  const v1::Election polls = testing::WantedPolls();
  v1::Election mixed = polls;
  *mixed.add_contests() = seats.contests(0);
  struct Row {
    const char* sentence;
    Unit unit;
    Act act;
    const v1::Election& election;
    bool suits;
  };
  const Row rows[] = {
      {"companies fill seats", UNIT_COMPANY, ACT_VOTE, seats, true},
      {"companies answer polls", UNIT_COMPANY, ACT_VOTE, polls, true},
      {"companies do both at once", UNIT_COMPANY, ACT_VOTE, mixed, true},
      {"a roll without a unit lists companies", UNIT_UNSPECIFIED, ACT_VOTE, seats, true},
      {"people answer polls", UNIT_PERSON, ACT_VOTE, polls, true},
      {"people do not fill seats", UNIT_PERSON, ACT_VOTE, seats, false},
      {"nor do they beside a poll", UNIT_PERSON, ACT_VOTE, mixed, false},
      {"who may take part in contests does not vote", UNIT_PERSON, ACT_CONTEST, polls, false},
      {"who may hold office does not vote for that", UNIT_COMPANY, ACT_HOLD_OFFICE, seats, false},
      {"a roll that does not say for what", UNIT_COMPANY, ACT_UNSPECIFIED, seats, false},
  };
  for (const Row& row : rows) {
    Roll roll;
    roll.set_unit(row.unit);
    roll.set_act(row.act);
    const absl::Status status = CheckRollSuits(roll, row.election);
    EXPECT_EQ(status.ok(), row.suits) << row.sentence << ": " << status;
    if (!row.suits) {
      EXPECT_THAT(status, HasReason("ROLL_UNSUITABLE")) << row.sentence;
      EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("Call the election anew"))
          << row.sentence;
    }
  }
}

TEST(CandidacyState, FollowsOneTable) {
  struct Row {
    const char* sentence;
    Candidacy::State from;
    CandidacyAct act;
    std::optional<Candidacy::State> to;
  };
  const Row rows[] = {
      {"a draft stays one when saved", Candidacy::STATE_DECLARED, CandidacyAct::kSave,
       Candidacy::STATE_DECLARED},
      {"a finished page waits", Candidacy::STATE_DECLARED, CandidacyAct::kSubmit, Candidacy::STATE_COMPLETED},
      {"a draft cannot be accepted", Candidacy::STATE_DECLARED, CandidacyAct::kAccept, std::nullopt},
      {"a finished page is accepted", Candidacy::STATE_COMPLETED, CandidacyAct::kAccept,
       Candidacy::STATE_ACCEPTED},
      {"an accepted one is not accepted again", Candidacy::STATE_ACCEPTED, CandidacyAct::kAccept,
       std::nullopt},
      {"a changed page is looked at again", Candidacy::STATE_ACCEPTED, CandidacyAct::kSubmit,
       Candidacy::STATE_COMPLETED},
      {"a page changed after acceptance is a draft", Candidacy::STATE_ACCEPTED, CandidacyAct::kSave,
       Candidacy::STATE_DECLARED},
      {"anyone may withdraw from a draft", Candidacy::STATE_DECLARED, CandidacyAct::kWithdraw,
       Candidacy::STATE_WITHDRAWN},
      {"and when accepted", Candidacy::STATE_ACCEPTED, CandidacyAct::kWithdraw, Candidacy::STATE_WITHDRAWN},
      {"withdrawn is for ever", Candidacy::STATE_WITHDRAWN, CandidacyAct::kSubmit, std::nullopt},
      {"nobody withdraws twice", Candidacy::STATE_WITHDRAWN, CandidacyAct::kWithdraw, std::nullopt},
  };
  for (const Row& row : rows) EXPECT_EQ(After(row.from, row.act), row.to) << row.sentence;
}

TEST(CandidatePage, MayBeUnfinishedButNotWrong) {
  v1::CandidatePage page;
  EXPECT_OK(CheckPage(page));
  EXPECT_THAT(CheckPageComplete(page), HasReason("PAGE_INCOMPLETE"));
  page.set_statement("I can count.");
  EXPECT_THAT(CheckPageComplete(page), HasReason("PAGE_INCOMPLETE"));
  page.set_conflict_of_interest("none");
  EXPECT_OK(CheckPageComplete(page));
  page.add_links("javascript:alert(1)");
  EXPECT_THAT(CheckPage(page), HasReason("FIELD_INVALID"));
  page.clear_links();
  page.set_photo_uri("http://example.org/a.png");
  EXPECT_THAT(CheckPage(page), HasReason("FIELD_INVALID"));
  page.set_photo_uri("https://example.org/a.png");
  for (int i = 0; i < 11; ++i) page.add_links("https://example.org");
  EXPECT_THAT(CheckPage(page), HasReason("FIELD_INVALID"));
  page.mutable_links()->RemoveLast();
  EXPECT_OK(CheckPage(page));
  page.set_statement(std::string(5001, 'a'));
  EXPECT_THAT(CheckPage(page), HasReason("FIELD_INVALID"));
}

TEST(ElectionShape, IsRefusedWithTheReasonOfWhatIsWrong) {
  using Change = void (*)(v1::Election&);
  struct Row {
    const char* sentence;
    Change change;
    const char* reason;
  };
  const Row rows[] = {
      {"the sample is good", [](v1::Election&) {}, ""},
      {"no name", [](v1::Election& e) { e.clear_display_name(); }, "FIELD_INVALID"},
      {"no returning officer", [](v1::Election& e) { e.clear_returning_officer(); }, "FIELD_INVALID"},
      {"no contest", [](v1::Election& e) { e.clear_contests(); }, "CONTESTS_INVALID"},
      {"a contest without an id", [](v1::Election& e) { e.mutable_contests(0)->set_name("contests/"); },
       "CONTESTS_INVALID"},
      {"the same contest twice",
       [](v1::Election& e) { e.mutable_contests(1)->set_name(e.contests(0).name()); }, "CONTESTS_INVALID"},
      {"the same body twice", [](v1::Election& e) { e.mutable_contests(1)->set_body(e.contests(0).body()); },
       "CONTESTS_INVALID"},
      {"no seats", [](v1::Election& e) { e.mutable_contests(0)->set_seats(0); }, "CONTESTS_INVALID"},
      {"a hundred seats", [](v1::Election& e) { e.mutable_contests(0)->set_seats(100); }, "CONTESTS_INVALID"},
      {"no method", [](v1::Election& e) { e.mutable_contests(0)->clear_method(); }, "CONTESTS_INVALID"},
      {"fewer terms than seats",
       [](v1::Election& e) { e.mutable_contests(0)->mutable_terms()->RemoveLast(); }, "TERMS_INVALID"},
      {"a term of no years", [](v1::Election& e) { e.mutable_contests(0)->mutable_terms(0)->set_years(0); },
       "TERMS_INVALID"},
      {"a rule without winners",
       [](v1::Election& e) { e.mutable_contests(0)->mutable_terms(0)->set_winners(0); }, "TERMS_INVALID"},
      {"fifty-one contests",
       [](v1::Election& e) {
         while (e.contests_size() < 51) *e.add_contests() = e.contests(0);
       },
       "CONTESTS_INVALID"},
  };
  for (const Row& row : rows) {
    v1::Election election = testing::WantedElection();
    row.change(election);
    EXPECT_THAT(CheckElectionShape(election), HasReason(row.reason)) << row.sentence;
  }
}

TEST(Seating, AsksForTheWinnersOfEachBodyByRankWithTheirTerms) {
  v1::Result result;
  auto* governance = result.add_contests();
  for (const auto& [candidate, elected, years] :
       {std::tuple{"ben", true, 2}, std::tuple{"ada", true, 1}, std::tuple{"cem", false, 0}}) {
    auto* option = governance->add_options();
    option->set_option(testing::SampleElection().name() + "/candidacies/" + candidate);
    option->set_elected(elected);
    option->set_term_years(years);
  }
  result.add_contests();  // nobody ran
  const auto request = SeatingOf(testing::SampleElection(), result, testing::SampleCandidacies());
  EXPECT_EQ(request.election(), testing::SampleElection().name());
  EXPECT_EQ(request.seats_on(), "2022-10-01");
  ASSERT_EQ(request.bodies_size(), 2);
  EXPECT_EQ(request.bodies(0).body(), "bodies/governance");
  EXPECT_EQ(request.bodies(0).open_seats(), 2);
  ASSERT_EQ(request.bodies(0).winners_size(), 2);
  EXPECT_EQ(request.bodies(0).winners(0).person(), "people/ben");
  EXPECT_EQ(request.bodies(0).winners(0).full_name(), "Ben");
  EXPECT_EQ(request.bodies(0).winners(0).term_years(), 2);
  EXPECT_EQ(request.bodies(0).winners(1).term_years(), 1);
  EXPECT_EQ(request.bodies(1).open_seats(), 3);
  EXPECT_EQ(request.bodies(1).winners_size(), 0);
}

TEST(Seating, AsksForNobodyWhoWonAPoll) {
  v1::Election election = testing::SampleElection();
  v1::Contest finance = election.contests(1);
  election.mutable_contests()->RemoveLast();
  *election.add_contests() = testing::Stored(testing::WantedPolls()).contests(0);
  *election.add_contests() = finance;
  v1::Result result;
  for (const v1::Contest& contest : election.contests()) result.add_contests()->set_contest(contest.name());
  auto* winner = result.mutable_contests(1)->add_options();
  winner->set_option(election.contests(1).options(0).name());
  winner->set_elected(true);
  const auto request = SeatingOf(election, result, testing::SampleCandidacies());
  ASSERT_EQ(request.bodies_size(), 2);
  EXPECT_EQ(request.bodies(0).body(), "bodies/governance");
  EXPECT_EQ(request.bodies(1).body(), "bodies/finance");
  EXPECT_EQ(request.bodies(1).open_seats(), 3);

  v1::Election polls = testing::Stored(testing::WantedPolls());
  v1::Result of_polls;
  of_polls.add_contests();
  of_polls.add_contests();
  EXPECT_TRUE(SeatingOf(polls, of_polls, {}).bodies().empty());
}

TEST(Seating, DoesNotLookForNoneOfTheseAmongTheCandidates) {
  v1::Result result;
  auto* none = result.add_contests()->add_options();
  none->set_option(testing::SampleElection().name() + "/contests/governance/options/none-of-these");
  none->set_rank(1);
  none->set_none_of_these(true);
  result.add_contests();
  const auto request = SeatingOf(testing::SampleElection(), result, {});
  EXPECT_EQ(request.bodies(0).open_seats(), 2);
  EXPECT_EQ(request.bodies(0).winners_size(), 0);
}

}  // namespace
}  // namespace plenary::election
