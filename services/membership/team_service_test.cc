#include "services/membership/team_service.h"

#include <atomic>
#include <thread>

#include "common/testing/every_caller.h"
#include "services/membership/limits_teams.h"
#include "services/membership/testing_teams.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Invoke;
using ::testing::IsEmpty;
using testing::IsError;

class TeamServiceTest : public TeamTest {};

TEST_F(TeamServiceTest, EveryPolicyHolds) {
  testing::ExpectEveryPolicyHolds(suite_, teams_loopback_.channel(), {"plenary.membership.v1.TeamService"});
}

TEST_F(TeamServiceTest, PutsPeopleOnSeatsUpToTheNumberAndGivesThemAPeriod) {
  ASSERT_OK(Buy(2, "2023-01-01"));
  EXPECT_EQ(Assign(P(1)).value().name(), acme_ + "/seats/1");
  EXPECT_EQ(Assign(P(2)).value().covered_until(), "2023-01-01");
  EXPECT_THAT(Assign(P(3)), IsError(StatusCode::kFailedPrecondition, "NO_FREE_SEAT"));
  EXPECT_THAT(Assign(P(1)), IsError(StatusCode::kAlreadyExists, "SEAT_HELD"));
  EXPECT_THAT(AssociateOf("p1@example.org"), ElementsAre("2022-08-20 ACTIVE"));
  EXPECT_EQ(Seats().seat_count(), 2);
  EXPECT_EQ(Seats().taken_count(), 2);
  PassTo("2023-01-01");
  EXPECT_EQ(Seats().seat_count(), 0);
  EXPECT_EQ(Seats().taken_count(), 0);
  EXPECT_THAT(AssociateOf("p1@example.org"), ElementsAre("2022-08-20 GRACE"));
}

TEST_F(TeamServiceTest, FreesAndSwapsAndKeepsEveryMove) {
  ASSERT_OK(Buy(1));
  ASSERT_OK(Assign(P(1)));
  EXPECT_EQ(Swap(P(1), P(2)).value().full_name(), "P2");
  EXPECT_THAT(AssociateOf("p1@example.org"), ElementsAre("2022-08-20 CANCELLED"));
  EXPECT_THAT(AssociateOf("p2@example.org"), ElementsAre("2022-08-20 ACTIVE"));
  EXPECT_THAT(Swap(P(1), P(3)), IsError(StatusCode::kNotFound, "SEAT_NOT_FOUND"));
  EXPECT_EQ(Free(P(2)).value().freed().person(), P(2));
  EXPECT_THAT(Free(P(2)), IsError(StatusCode::kNotFound, "SEAT_NOT_FOUND"));
  EXPECT_THAT(SeatLines(), IsEmpty());
  v1::ListSeatMovesRequest request;
  request.set_company(acme_);
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto moves, Invoke(&Teams::ListSeatMoves, *teams_, Ann(), request));
  ASSERT_EQ(moves.moves_size(), 2);
  EXPECT_EQ(moves.moves(0).kind(), v1::SeatMove::KIND_FREED);
  EXPECT_EQ(moves.moves(1).kind(), v1::SeatMove::KIND_SWAPPED);
  EXPECT_EQ(moves.moves(1).person_out(), P(1));
  EXPECT_EQ(moves.moves(1).person_in(), P(2));
  EXPECT_EQ(moves.moves(1).date(), "2022-08-20");
  EXPECT_EQ(moves.moves(1).source(), PersonAt("ann@example.org").name());
  request.set_page_token(moves.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto rest, Invoke(&Teams::ListSeatMoves, *teams_, Ann(), request));
  ASSERT_EQ(rest.moves_size(), 1);
  EXPECT_EQ(rest.moves(0).kind(), v1::SeatMove::KIND_ASSIGNED);
}

TEST_F(TeamServiceTest, SittingDownAgainOnOneDayBeginsTheNextPeriodADayLater) {
  ASSERT_OK(Buy(1));
  for (int i = 0; i < limits::kMostSittingsADay; ++i) {
    ASSERT_OK(Assign(P(1))) << i;
    ASSERT_OK(Free(P(1))) << i;
  }
  EXPECT_THAT(Assign(P(1)), IsError(StatusCode::kFailedPrecondition, "SEAT_TAKEN_TOO_OFTEN"));
  EXPECT_THAT(SeatLines(), IsEmpty()) << "a refusal leaves nothing behind";
  EXPECT_OK(Assign(P(2)));
}

TEST_F(TeamServiceTest, AMembershipIncludesSeatsAndItsRenewalContinuesThem) {
  v1::EnrolRequest enrol;
  enrol.set_holder(acme_);
  enrol.set_category("categories/team-3");
  ASSERT_OK(Invoke(&v1::MembershipService::Stub::Enrol, *memberships_, suite_.Staff(), enrol));
  EXPECT_EQ(Seats().seat_count(), 3);
  ASSERT_OK(Assign(P(1)));
  EXPECT_THAT(SeatLines(), ElementsAre("1 P1 until 2023-09-19")) << "a year and thirty days of grace";
  PassTo("2023-08-20");
  v1::RenewRequest renew;
  renew.set_holder(acme_);
  renew.set_category("categories/team-3");
  ASSERT_OK(Invoke(&v1::MembershipService::Stub::Renew, *memberships_, suite_.Staff(), renew));
  EXPECT_THAT(SeatLines(), ElementsAre("1 P1 until 2024-09-19"));
  PassTo("2023-10-01");
  EXPECT_THAT(AssociateOf("p1@example.org"), ElementsAre("2022-08-20 GRACE", "2023-09-19 ACTIVE"));
  v1::CancelRequest cancel;
  cancel.set_holder(acme_);
  cancel.set_category("categories/team-3");
  ASSERT_OK(Invoke(&v1::MembershipService::Stub::Cancel, *memberships_, suite_.Staff(), cancel));
  EXPECT_EQ(Seats().seat_count(), 0);
  EXPECT_THAT(SeatLines(), ElementsAre("1 P1 until 2023-10-01"));
  EXPECT_THAT(AssociateOf("p1@example.org"), ElementsAre("2022-08-20 GRACE", "2023-09-19 CANCELLED"));
}

TEST_F(TeamServiceTest, BuyingOnKeepsPeopleOnTheirSeats) {
  ASSERT_OK(Buy(1, "2023-01-01"));
  ASSERT_OK(Assign(P(1)));
  ASSERT_OK(Buy(1, "2024-01-01", "2023-01-01"));
  EXPECT_THAT(SeatLines(), ElementsAre("1 P1 until 2024-01-01"));
}

TEST_F(TeamServiceTest, ASeatThatLapsedIsSomebodysAgainWhenThereAreSeats) {
  ASSERT_OK(Buy(1, "2022-09-01"));
  ASSERT_OK(Assign(P(1)));
  PassTo("2022-10-01");
  EXPECT_THAT(Assign(P(2)), IsError(StatusCode::kFailedPrecondition, "NO_FREE_SEAT"));
  ASSERT_OK(Buy(2));
  EXPECT_THAT(SeatLines(), ElementsAre("1 P1 until "));
  EXPECT_EQ(Assign(P(2)).value().name(), acme_ + "/seats/2");
  EXPECT_THAT(AssociateOf("p1@example.org"), ElementsAre("2022-08-20 LAPSED", "2022-10-01 ACTIVE"));
}

TEST_F(TeamServiceTest, NobodyLosesASeatByAReduction) {
  ASSERT_OK_AND_ASSIGN(const v1::SeatPurchase first, Buy(2));
  ASSERT_OK_AND_ASSIGN(const v1::SeatPurchase second, Buy(2, "2023-01-01"));
  for (int i = 1; i <= 4; ++i) ASSERT_OK(Assign(P(i)));
  const auto refused = Reduce(first.name(), 0);
  EXPECT_THAT(refused, IsError(StatusCode::kFailedPrecondition, "SEATS_IN_USE"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("P1, P2, P3, P4"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("4 are taken, 2 would be left"));
  ASSERT_OK(Free(P(1)));
  ASSERT_OK(Free(P(3)));
  EXPECT_EQ(Reduce(first.name(), 0).value().seats(), 0);
  EXPECT_THAT(SeatLines(), ElementsAre("1 P4 until 2023-01-01", "2 P2 until 2023-01-01"));
  PassTo("2023-02-15");
  EXPECT_THAT(AssociateOf("p2@example.org"), ElementsAre("2022-08-20 CANCELLED"))
      << "their seats would have lasted, had the first purchase";
  EXPECT_THAT(Reduce(first.name(), 1), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Reduce("seatPurchases/none", 0), IsError(StatusCode::kNotFound, "SEAT_PURCHASE_NOT_FOUND"));
}

TEST_F(TeamServiceTest, WhoLeavesTheCompanyLeavesTheSeat) {
  ASSERT_OK(Buy(1));
  ASSERT_OK(Assign(P(1)));
  v1::MovePersonRequest move;
  move.set_person(P(1));
  move.set_company(CompanyOf("bob@example.org"));
  ASSERT_OK(Invoke(&v1::PeopleService::Stub::MovePerson, *people_, suite_.Staff(), move));
  EXPECT_THAT(SeatLines(), IsEmpty());
  EXPECT_THAT(AssociateOf("p1@example.org"), ElementsAre("2022-08-20 CANCELLED"));
  EXPECT_EQ(database_.One("SELECT kind FROM seat_moves ORDER BY sequence DESC LIMIT 1"), "LEFT_COMPANY");
  EXPECT_OK(Assign(P(2)));
}

TEST_F(TeamServiceTest, OnlyStaffGiveSeatsWithOffice) {
  ASSERT_OK(Buy(2));
  EXPECT_THAT(Assign(P(1), "categories/office-holder"),
              IsError(StatusCode::kFailedPrecondition, "CATEGORY_NEEDS_OFFICE"));
  EXPECT_THAT(Assign(P(1), "categories/none"), IsError(StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
  EXPECT_OK(Assign(P(1), "categories/office-holder", suite_.Staff()));
  EXPECT_THAT(Swap(P(1), P(2)), IsError(StatusCode::kFailedPrecondition, "CATEGORY_NEEDS_OFFICE"))
      << "nor by a swap";
}

TEST_F(TeamServiceTest, ServesNobodyElse) {
  ASSERT_OK(Buy(1));
  EXPECT_THAT(Assign(P(1), "", As("p1@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
  EXPECT_THAT(Assign(P(1), "", As("bob@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
  EXPECT_THAT(Assign(PersonAt("bob@example.org").name()),
              IsError(StatusCode::kFailedPrecondition, "NOT_EMPLOYEE"));
  EXPECT_THAT(Assign("people/none"), IsError(StatusCode::kFailedPrecondition, "NOT_EMPLOYEE"));
  v1::ListSeatsRequest list;
  list.set_company(acme_);
  EXPECT_THAT(Invoke(&Teams::ListSeats, *teams_, As("p1@example.org"), list),
              IsError(StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
  list.set_company("companies/none");
  EXPECT_THAT(Invoke(&Teams::ListSeats, *teams_, suite_.Staff(), list),
              IsError(StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
  EXPECT_THAT(Invoke(&Teams::ListSeats, *teams_, Ann(), list),
              IsError(StatusCode::kPermissionDenied, "NOT_ADMINISTRATOR"));
}

TEST_F(TeamServiceTest, RefusesPurchasesThatCannotBe) {
  EXPECT_THAT(Buy(0), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Buy(limits::kMostSeats + 1), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Buy(1, "2022-08-20"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Buy(1, "", "2022-08-19"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Buy(1, "2023-02-29"), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_OK(Buy(limits::kMostSeats, "2023-01-01"));
  EXPECT_OK(Buy(limits::kMostSeats, "", "2023-01-01"));
  EXPECT_THAT(Buy(1, "2022-12-31"), IsError(StatusCode::kFailedPrecondition, "SEATS_TOO_MANY"));
  v1::ListSeatPurchasesRequest list;
  list.set_company(acme_);
  list.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto page, Invoke(&Teams::ListSeatPurchases, *teams_, Ann(), list));
  EXPECT_EQ(page.purchases(0).start_date(), "2023-01-01") << "newest first";
  EXPECT_NE(page.next_page_token(), "");
}

TEST_F(TeamServiceTest, ARepeatedRequestGetsItsFirstSeat) {
  ASSERT_OK(Buy(2));
  v1::AssignSeatRequest request;
  request.set_company(acme_);
  request.set_person(P(1));
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::Seat first, Invoke(&Teams::AssignSeat, *teams_, Ann(), request));
  ASSERT_OK_AND_ASSIGN(const v1::Seat again, Invoke(&Teams::AssignSeat, *teams_, Ann(), request));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(Seats().taken_count(), 1);
}

TEST_F(TeamServiceTest, FourAdministratorsAtOnceFillTwoSeats) {
  ASSERT_OK(Buy(2));
  std::atomic<int> seated = 0;
  std::vector<std::string> people;
  for (int i = 1; i <= 4; ++i) people.push_back(P(i));
  std::vector<std::thread> threads;
  for (const std::string& person : people) {
    threads.emplace_back([&, person] {
      if (Assign(person, "", suite_.Staff()).ok()) ++seated;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seated, 2);
  EXPECT_EQ(Seats().taken_count(), 2);
}

// The keys alone, without the lock of the company: many who saw the same seat free.
class SeatKeysTest : public TeamTest {
 protected:
  // How many of 8 people got one of 3 seats, each trying the same number.
  int Race() {
    std::atomic<int> seated = 0;
    for (int number = 1; number <= 3; ++number) {
      std::vector<std::thread> threads;
      for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&, i] {
          const store::HeldSeat seat{.company = acme_.substr(10),
                                     .number = number,
                                     .holder = fmt::format("holder{}", number * 10 + i),
                                     .category = "associate",
                                     .held_since = absl::CivilDay(2022, 8, 20)};
          const auto outcome =
              db::Transact(database_.pool(), absl::Now() + absl::Seconds(20),
                           [&](db::Transaction& transaction) { return store::TakeSeat(transaction, seat); });
          if (outcome.ok() && *outcome == store::SeatOutcome::kTaken) ++seated;
        });
      }
      for (std::thread& thread : threads) thread.join();
    }
    return seated;
  }
};

TEST_F(SeatKeysTest, OneSeatHasOnePerson) { EXPECT_EQ(Race(), 3); }

// What the key is for.
TEST_F(SeatKeysTest, WithoutTheKeyASeatHasMany) {
  database_.Run("ALTER TABLE seats DROP PRIMARY KEY");
  EXPECT_GT(Race(), 3);
}

}  // namespace
}  // namespace plenary::membership
