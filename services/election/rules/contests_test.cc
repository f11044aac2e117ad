// What contests and polls an election may be called with.
#include "services/election/rules/contests.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/status/error.h"
#include "common/testing/status_matchers.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using plenary::testing::HasReason;

// The sample's two bodies, and then its two polls: a ranked one of three options, and a scored one of two.
v1::Election Mixed() {
  v1::Election election = testing::WantedElection();
  election.mutable_contests()->MergeFrom(testing::WantedPolls().contests());
  return election;
}
v1::Contest& Body(v1::Election& election) { return *election.mutable_contests(0); }
v1::Contest& Ranked(v1::Election& election) { return *election.mutable_contests(2); }
v1::Contest& Scored(v1::Election& election) { return *election.mutable_contests(3); }

struct Row {
  const char* sentence;
  void (*change)(v1::Election&);
  const char* reason;
};

void Expect(std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    v1::Election election = Mixed();
    row.change(election);
    EXPECT_THAT(CheckElectionShape(election), HasReason(row.reason)) << row.sentence;
  }
}

TEST(Contests, AreForTheSeatsOfABodyOrArePolls) {
  Expect({
      {"bodies and polls mix", [](v1::Election&) {}, ""},
      {"polls alone", [](v1::Election& e) { e = testing::WantedPolls(); }, ""},
      {"neither body nor options", [](v1::Election& e) { Body(e).clear_body(); }, "CONTESTS_INVALID"},
      {"both", [](v1::Election& e) { Ranked(e).set_body("bodies/board"); }, "CONTESTS_INVALID"},
      {"a poll with terms", [](v1::Election& e) { *Ranked(e).mutable_terms() = Body(e).terms(); },
       "TERMS_INVALID"},
      {"a poll in which all win", [](v1::Election& e) { Ranked(e).set_seats(3); }, ""},
      {"a poll in which more win than there are", [](v1::Election& e) { Ranked(e).set_seats(4); },
       "CONTESTS_INVALID"},
  });
}

TEST(Contests, AreCountedByAnyMethodThatFitsTheirSeats) {
  for (int method = v1::COUNTING_METHOD_BLOCK_PLURALITY; method <= v1::CountingMethod_MAX; ++method) {
    v1::Election election = Mixed();
    Body(election).set_method(static_cast<v1::CountingMethod>(method));
    const bool one_seat = method == v1::COUNTING_METHOD_INSTANT_RUNOFF;
    EXPECT_THAT(CheckElectionShape(election), HasReason(one_seat ? "CONTESTS_INVALID" : "")) << method;
    Ranked(election).set_method(static_cast<v1::CountingMethod>(method));
    Body(election).set_method(v1::COUNTING_METHOD_APPROVAL);
    EXPECT_OK(CheckElectionShape(election)) << method;
  }
}

TEST(Contests, HoldMarksThatCanBeMade) {
  Expect({
      {"fewer marks than seats", [](v1::Election& e) { Body(e).set_max_marks(1); }, ""},
      {"more marks than seats by block plurality", [](v1::Election& e) { Body(e).set_max_marks(3); },
       "CONTESTS_INVALID"},
      {"as many ranks as options", [](v1::Election& e) { Ranked(e).set_max_marks(3); }, ""},
      {"more ranks than options", [](v1::Election& e) { Ranked(e).set_max_marks(4); }, "CONTESTS_INVALID"},
      {"none of these is one more", [](v1::Election& e) { Scored(e).set_max_marks(3); }, ""},
      {"a negative maximum", [](v1::Election& e) { Ranked(e).set_max_marks(-1); }, "CONTESTS_INVALID"},
      {"all options ranked or none", [](v1::Election& e) { Ranked(e).set_min_marks(3); }, ""},
      {"a minimum above the options", [](v1::Election& e) { Ranked(e).set_min_marks(4); },
       "CONTESTS_INVALID"},
      {"a minimum above the maximum",
       [](v1::Election& e) {
         Ranked(e).set_max_marks(1);
         Ranked(e).set_min_marks(2);
       },
       "CONTESTS_INVALID"},
      {"a negative minimum", [](v1::Election& e) { Ranked(e).set_min_marks(-1); }, "CONTESTS_INVALID"},
      {"ranks for candidates nobody knows yet",
       [](v1::Election& e) {
         Body(e).set_method(v1::COUNTING_METHOD_SCOTTISH_STV);
         Body(e).set_max_marks(1000);
       },
       ""},
      {"more ranks than can be counted",
       [](v1::Election& e) {
         Body(e).set_method(v1::COUNTING_METHOD_SCOTTISH_STV);
         Body(e).set_max_marks(1001);
       },
       "CONTESTS_INVALID"},
  });
}

TEST(Contests, HaveAHighestScoreWhenTheyAreScored) {
  Expect({
      {"the usual one", [](v1::Election& e) { Scored(e).clear_max_score(); }, ""},
      {"a thousand", [](v1::Election& e) { Scored(e).set_max_score(1000); }, ""},
      {"more than a thousand", [](v1::Election& e) { Scored(e).set_max_score(1001); }, "CONTESTS_INVALID"},
      {"a negative one", [](v1::Election& e) { Scored(e).set_max_score(-1); }, "CONTESTS_INVALID"},
      {"one for ranks", [](v1::Election& e) { Ranked(e).set_max_score(5); }, "CONTESTS_INVALID"},
  });
}

void Fill(v1::Contest& poll, int options, const std::string& picture = "") {
  poll.clear_options();
  for (int i = 0; i < options; ++i) {
    v1::PollOption& option = *poll.add_options();
    option.set_name("options/" + std::to_string(i));
    option.set_display_name("Option " + std::to_string(i));
    option.set_picture_uri(picture);
  }
}

TEST(PollOptions, CanBeToldApart) {
  Expect({
      {"a picture",
       [](v1::Election& e) { Ranked(e).mutable_options(0)->set_picture_uri("https://a.example/b.png"); }, ""},
      {"a picture that is not https",
       [](v1::Election& e) { Ranked(e).mutable_options(0)->set_picture_uri("javascript:alert(1)"); },
       "CONTESTS_INVALID"},
      {"a single option", [](v1::Election& e) { Fill(Ranked(e), 1); }, "CONTESTS_INVALID"},
      {"two hundred", [](v1::Election& e) { Fill(Ranked(e), 200); }, ""},
      {"two hundred and one", [](v1::Election& e) { Fill(Ranked(e), 201); }, "CONTESTS_INVALID"},
      {"no id", [](v1::Election& e) { Ranked(e).mutable_options(0)->set_name("Anchor"); },
       "CONTESTS_INVALID"},
      {"the same id twice", [](v1::Election& e) { Ranked(e).mutable_options(0)->set_name("options/swirl"); },
       "CONTESTS_INVALID"},
      {"the id of none of these",
       [](v1::Election& e) { Ranked(e).mutable_options(0)->set_name("options/none-of-these"); },
       "CONTESTS_INVALID"},
      {"no name", [](v1::Election& e) { Ranked(e).mutable_options(0)->clear_display_name(); },
       "CONTESTS_INVALID"},
      {"a name of 81 characters",
       [](v1::Election& e) { Ranked(e).mutable_options(0)->set_display_name(std::string(81, 'a')); },
       "CONTESTS_INVALID"},
      {"the same name twice",
       [](v1::Election& e) { Ranked(e).mutable_options(0)->set_display_name("Swirl"); }, "CONTESTS_INVALID"},
      {"a name like the last option's",
       [](v1::Election& e) { Scored(e).mutable_options(0)->set_display_name("None of these"); },
       "CONTESTS_INVALID"},
  });
}

TEST(PollOptions, LeaveRoomForTheRestOfTheManifest) {
  Expect({
      {"two hundred with pictures of 100 characters",
       [](v1::Election& e) { Fill(Ranked(e), 200, "https://" + std::string(92, 'a')); }, ""},
      {"two hundred with pictures of 300 characters",
       [](v1::Election& e) { Fill(Ranked(e), 200, "https://" + std::string(292, 'a')); }, "CONTESTS_INVALID"},
  });
}

TEST(Contests, NameEveryFieldThatIsWrong) {
  v1::Election election = Mixed();
  Ranked(election).mutable_options(1)->set_picture_uri("http://a.example");
  Ranked(election).set_max_marks(9);
  std::vector<std::string> fields;
  for (const auto& violation : FieldViolationsOf(CheckElectionShape(election)))
    fields.push_back(violation.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"election.contests[2].options[1].picture_uri",
                                              "election.contests[2].max_marks"}));
}

}  // namespace
}  // namespace plenary::election
