// The hand-over: BodyService.SeatWinners, and what the keys of holdings keep when everybody comes at once.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <barrier>
#include <map>
#include <thread>

#include "services/committee/testing/committee_fixture.h"

namespace plenary::committee {
namespace {

using absl::StatusCode;
using plenary::testing::IsError;
using ::testing::ElementsAre;
using BodyStub = v1::BodyService::Stub;

constexpr int kThreads = 8;

class SeatWinnersTest : public testing::CommitteeTest {
 protected:
  // A key is made before threads ask for it.
  SeatWinnersTest() { suite_.Signer("election"); }

  void BeginTerms() { suite_.clock().Set(absl::FromCivil(absl::CivilDay(2022, 10, 1), absl::UTCTimeZone())); }

  v1::SeatWinnersRequest Outcome(const std::string& election) {
    v1::SeatWinnersRequest request;
    request.set_election("elections/" + election);
    request.set_seats_on(testing::kSeatsOn);
    return request;
  }
  v1::SeatWinnersRequest::BodyWinners* Add(v1::SeatWinnersRequest& request, const std::string& body,
                                           int open_seats) {
    auto* winners = request.add_bodies();
    winners->set_body("bodies/" + body);
    winners->set_open_seats(open_seats);
    return winners;
  }
  void Win(v1::SeatWinnersRequest::BodyWinners* body, const std::string& person, int term_years) {
    auto* winner = body->add_winners();
    winner->set_person("people/" + person);
    winner->set_full_name("Member " + person);
    winner->set_term_years(term_years);
  }
  absl::StatusOr<v1::SeatWinnersResponse> Seat(const v1::SeatWinnersRequest& request) {
    return Bodies(&BodyStub::SeatWinners, suite_.Service("election"), request);
  }

  // The codes' reasons ("" for OK) of the same act in kThreads threads at the same moment.
  template <typename Act>
  std::map<std::string, int> Race(Act act) {
    std::barrier start(kThreads);
    std::vector<std::string> reasons(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        const absl::Status status = act(i);
        reasons[i] = status.ok() ? "" : ReasonOf(status);
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::map<std::string, int> counts;
    for (const std::string& reason : reasons) ++counts[reason];
    return counts;
  }
};

TEST_F(SeatWinnersTest, EndsTheFoundersAndSeatsTheWinnersByRank) {
  CreateBoard(3, 3);
  BeginTerms();
  v1::SeatWinnersRequest request = Outcome("2022");
  auto* board = Add(request, "board", 3);
  Win(board, "ann", 2);
  Win(board, "2", 1);  // a founder, elected again
  ASSERT_OK_AND_ASSIGN(const v1::SeatWinnersResponse response, Seat(request));
  EXPECT_THAT(Holders("board"), ElementsAre("1 people/ann", "2 people/2"));
  ASSERT_EQ(response.holdings_size(), 2);
  EXPECT_EQ(response.holdings(0).origin(), v1::Holding::ORIGIN_ELECTED);
  EXPECT_EQ(response.holdings(0).election(), "elections/2022");
  EXPECT_EQ(response.holdings(0).seat(), "bodies/board/seats/1");
  EXPECT_EQ(response.holdings(0).start_date(), "2022-10-01");
  EXPECT_EQ(response.holdings(0).end_date(), "2024-10-01");
  EXPECT_EQ(response.holdings(1).end_date(), "2023-10-01");
  ASSERT_OK_AND_ASSIGN(const v1::Body body, GetBody("board"));
  EXPECT_EQ(body.filled_seats(), 2);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM holdings WHERE current IS NULL"), "3");
}

TEST_F(SeatWinnersTest, FoundersOfOneCommitteeAreElectedIntoAnother) {
  CreateBody("finance", 2);
  CreateBody("governance", 2);
  ASSERT_OK(SeatFounder("bodies/finance/seats/1", "people/ann"));
  ASSERT_OK(SeatFounder("bodies/finance/seats/2", "people/bob"));
  ASSERT_OK(SeatFounder("bodies/governance/seats/1", "people/cid"));
  BeginTerms();
  v1::SeatWinnersRequest request = Outcome("2022");
  auto* governance = Add(request, "governance", 2);
  Win(governance, "ann", 2);
  Win(governance, "bob", 1);
  Win(Add(request, "finance", 2), "cid", 2);
  ASSERT_OK(Seat(request));
  EXPECT_THAT(Holders("finance"), ElementsAre("1 people/cid"));
  EXPECT_THAT(Holders("governance"), ElementsAre("1 people/ann", "2 people/bob"));
}

TEST_F(SeatWinnersTest, ContinuingMembersStay) {
  CreateBody("finance", 3);
  v1::SeatFounderRequest continuing = Founder("bodies/finance/seats/2", "people/ann");
  continuing.set_end_date("2023-10-01");
  ASSERT_OK(Bodies(&BodyStub::SeatFounder, suite_.Staff(), continuing));
  ASSERT_OK(SeatFounder("bodies/finance/seats/1", "people/bob"));
  BeginTerms();
  v1::SeatWinnersRequest request = Outcome("2022");
  auto* finance = Add(request, "finance", 2);
  Win(finance, "cid", 2);
  Win(finance, "dan", 2);
  ASSERT_OK(Seat(request));
  EXPECT_THAT(Holders("finance"), ElementsAre("1 people/cid", "2 people/ann", "3 people/dan"));
}

TEST_F(SeatWinnersTest, HappensOnceAnElection) {
  CreateBoard(3, 2);
  BeginTerms();
  v1::SeatWinnersRequest request = Outcome("2022");
  Win(Add(request, "board", 3), "ann", 2);
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::SeatWinnersResponse first, Seat(request));
  ASSERT_OK_AND_ASSIGN(const v1::SeatWinnersResponse same_id, Seat(request));
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::SeatWinnersResponse same_content, Seat(request));
  EXPECT_EQ(first.SerializeAsString(), same_id.SerializeAsString());
  EXPECT_EQ(first.SerializeAsString(), same_content.SerializeAsString());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM holdings WHERE origin = 2"), "1");
  request.clear_request_id();
  Win(request.mutable_bodies(0), "bob", 2);
  EXPECT_THAT(Seat(request), IsError(StatusCode::kAlreadyExists, "ELECTION_ALREADY_SEATED"));
}

TEST_F(SeatWinnersTest, WaitsForTheFirstDayOfTheTerms) {
  CreateBoard(3, 2);
  v1::SeatWinnersRequest request = Outcome("2022");
  Win(Add(request, "board", 3), "ann", 2);
  EXPECT_THAT(Seat(request), IsError(StatusCode::kFailedPrecondition, "SEATS_NOT_DUE"));
  EXPECT_THAT(Holders("board"), ElementsAre("1 people/1", "2 people/2"));
}

TEST_F(SeatWinnersTest, OnePositionAPersonOrNothingHappens) {
  CreateBody("finance", 2);
  CreateBody("governance", 2);
  ASSERT_OK(SeatFounder("bodies/governance/seats/1", "people/cid"));
  v1::SeatFounderRequest continuing = Founder("bodies/finance/seats/2", "people/dan");
  continuing.set_end_date("2023-10-01");
  ASSERT_OK(Bodies(&BodyStub::SeatFounder, suite_.Staff(), continuing));
  BeginTerms();
  v1::SeatWinnersRequest twice = Outcome("2022");
  Win(Add(twice, "governance", 2), "ann", 2);
  Win(Add(twice, "finance", 1), "ann", 2);
  EXPECT_THAT(Seat(twice), IsError(StatusCode::kAlreadyExists, "PERSON_HOLDS_SEAT"));
  v1::SeatWinnersRequest second_seat = Outcome("2022");
  Win(Add(second_seat, "governance", 2), "dan", 2);
  EXPECT_THAT(Seat(second_seat), IsError(StatusCode::kAlreadyExists, "PERSON_HOLDS_SEAT"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM seatings"), "0");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM holdings WHERE current = 1"), "2");
}

TEST_F(SeatWinnersTest, NeverFillsMoreSeatsThanMakeRoom) {
  CreateBoard(2, 1);
  v1::SeatFounderRequest continuing = Founder("bodies/board/seats/2", "people/dan");
  continuing.set_end_date("2023-10-01");
  ASSERT_OK(Bodies(&BodyStub::SeatFounder, suite_.Staff(), continuing));
  BeginTerms();
  v1::SeatWinnersRequest request = Outcome("2022");
  Win(Add(request, "board", 2), "ann", 2);
  EXPECT_THAT(Seat(request), IsError(StatusCode::kFailedPrecondition, "SEATS_NOT_OPEN"));
}

TEST_F(SeatWinnersTest, NamesEveryFieldThatIsWrong) {
  v1::SeatWinnersRequest request;
  request.set_election("2022");
  request.set_seats_on("soon");
  Win(Add(request, "board", 0), "ann", 0);
  request.add_bodies()->set_body("bodies/board");
  const auto refused = Seat(request);
  EXPECT_THAT(refused, IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  std::vector<std::string> fields;
  for (const FieldViolation& violation : FieldViolationsOf(refused.status()))
    fields.push_back(violation.field);
  EXPECT_THAT(fields,
              ElementsAre("election", "seats_on", "bodies[0].open_seats", "bodies[0].winners",
                          "bodies[0].winners[0].term_years", "bodies[1].open_seats", "bodies[1].body"));
}

TEST_F(SeatWinnersTest, ABodyThatIsNotThereIsNotFound) {
  BeginTerms();
  v1::SeatWinnersRequest request = Outcome("2022");
  Win(Add(request, "nobody", 2), "ann", 2);
  EXPECT_THAT(Seat(request), IsError(StatusCode::kNotFound, "BODY_NOT_FOUND"));
}

TEST_F(SeatWinnersTest, OnlyTheElectionServiceSeatsWinners) {
  const v1::SeatWinnersRequest request = Outcome("2022");
  EXPECT_THAT(Bodies(&BodyStub::SeatWinners, suite_.Staff(), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Bodies(&BodyStub::SeatWinners, suite_.Service("membership"), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(SeatWinnersTest, EightPeopleRacingForASeatLeaveOneHolder) {
  CreateBody("finance", 7);
  const auto counts = Race(
      [&](int i) { return SeatFounder("bodies/finance/seats/1", fmt::format("people/{}", i)).status(); });
  EXPECT_EQ(counts, (std::map<std::string, int>{{"", 1}, {"SEAT_HELD", kThreads - 1}}));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM holdings"), "1");
}

TEST_F(SeatWinnersTest, APersonRacingForEightSeatsGetsOne) {
  for (int i = 0; i < kThreads; ++i) CreateBody(fmt::format("body-{}", i), 1);
  const auto counts = Race(
      [&](int i) { return SeatFounder(fmt::format("bodies/body-{}/seats/1", i), "people/ann").status(); });
  EXPECT_EQ(counts, (std::map<std::string, int>{{"", 1}, {"PERSON_HOLDS_SEAT", kThreads - 1}}));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM holdings"), "1");
}

TEST_F(SeatWinnersTest, TheSameSeatingRacingWithItselfHappensOnce) {
  CreateBoard(3, 3);
  BeginTerms();
  v1::SeatWinnersRequest request = Outcome("2022");
  Win(Add(request, "board", 3), "ann", 2);
  const auto counts = Race([&](int) { return Seat(request).status(); });
  EXPECT_EQ(counts, (std::map<std::string, int>{{"", kThreads}}));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM holdings WHERE origin = 2"), "1");
}

}  // namespace
}  // namespace plenary::committee
