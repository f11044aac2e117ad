// Team seats behind a server of their own, over the register of MembershipTest.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "fmt/format.h"
#include "services/membership/membership_service.h"
#include "services/membership/store/links.h"
#include "services/membership/team_service.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {

// Acme with Ann, its administrator, and p1 to p6; Bob is alone in Bobco. Both companies have no seats.
class TeamTest : public MembershipTest {
 protected:
  using Teams = v1::TeamService::Stub;

  TeamTest() {
    SaveCategories();
    SaveCategory("associate", 0, false);
    SaveCategory("team-3", 3, false);
    SaveCategory("office-holder", 0, true);
    std::string rows = "ann@example.org,Ann,Acme,professional,2021-08-24,2023-08-23,2,,\n";
    for (int i = 1; i <= 6; ++i)
      rows += fmt::format("p{0}@example.org,P{0},Acme,registered,2021-08-24,,,,\n", i);
    rows += "bob@example.org,Bob,Bobco,professional,2021-08-24,2023-08-23,2,,\n";
    MustImport(rows);
    acme_ = CompanyOf("ann@example.org");
    Administer("ann@example.org", acme_);
  }

  void SaveCategory(const std::string& id, int seats_included, bool can_hold_office) {
    v1::SaveCategoryRequest request;
    v1::Category& category = *request.mutable_category();
    category.set_name("categories/" + id);
    category.set_display_name(id);
    category.set_valid_from("2000-01-01");
    category.mutable_rights()->set_can_attend(true);
    category.mutable_rights()->set_can_hold_office(can_hold_office);
    category.set_seats_included(seats_included);
    category.set_term_months(12);
    category.set_grace_days(30);
    ASSERT_OK(testing::Invoke(&v1::RegisterService::Stub::SaveCategory, *register_, suite_.Staff(), request));
  }
  void Administer(const std::string& email, const std::string& company) {
    v1::AppointAdministratorRequest request;
    request.set_company(company);
    request.set_person(PersonAt(email).name());
    ASSERT_OK(
        testing::Invoke(&v1::PeopleService::Stub::AppointAdministrator, *people_, suite_.Staff(), request));
  }
  std::string P(int i) { return PersonAt(fmt::format("p{}@example.org", i)).name(); }
  void PassTo(const std::string& date) { suite_.clock().Set(Noon(date)); }

  std::unique_ptr<grpc::ClientContext> Ann() { return As("ann@example.org"); }
  absl::StatusOr<v1::SeatPurchase> Buy(int seats, const std::string& until = "",
                                       const std::string& from = "") {
    v1::BuySeatsRequest request;
    request.set_company(acme_);
    request.set_seats(seats);
    request.set_start_date(from);
    request.set_end_date(until);
    return testing::Invoke(&Teams::BuySeats, *teams_, Ann(), request);
  }
  absl::StatusOr<v1::SeatPurchase> Reduce(const std::string& purchase, int seats) {
    v1::ReduceSeatsRequest request;
    request.set_purchase(purchase);
    request.set_seats(seats);
    return testing::Invoke(&Teams::ReduceSeats, *teams_, Ann(), request);
  }
  absl::StatusOr<v1::Seat> Assign(const std::string& person, const std::string& category = "",
                                  std::unique_ptr<grpc::ClientContext> as = nullptr) {
    v1::AssignSeatRequest request;
    request.set_company(acme_);
    request.set_person(person);
    request.set_category(category);
    return testing::Invoke(&Teams::AssignSeat, *teams_, as == nullptr ? Ann() : std::move(as), request);
  }
  absl::StatusOr<v1::FreeSeatResponse> Free(const std::string& person) {
    v1::FreeSeatRequest request;
    request.set_company(acme_);
    request.set_person(person);
    return testing::Invoke(&Teams::FreeSeat, *teams_, Ann(), request);
  }
  absl::StatusOr<v1::Seat> Swap(const std::string& out, const std::string& in) {
    v1::SwapSeatRequest request;
    request.set_company(acme_);
    request.set_person_out(out);
    request.set_person_in(in);
    return testing::Invoke(&Teams::SwapSeat, *teams_, Ann(), request);
  }
  v1::ListSeatsResponse Seats() {
    v1::ListSeatsRequest request;
    request.set_company(acme_);
    return testing::Invoke(&Teams::ListSeats, *teams_, Ann(), request).value();
  }
  // "1 P1 until 2023-01-01", a line a seat.
  std::vector<std::string> SeatLines() {
    std::vector<std::string> lines;
    const v1::ListSeatsResponse seats = Seats();
    for (const v1::Seat& seat : seats.seats()) {
      lines.push_back(fmt::format("{} {} until {}", seat.name().substr(seat.name().rfind('/') + 1),
                                  seat.full_name(), seat.covered_until()));
    }
    return lines;
  }
  // The state of each membership as an associate, oldest first, on the day of the clock: "2022-08-20 ACTIVE".
  std::vector<std::string> AssociateOf(const std::string& email) {
    std::vector<std::string> lines;
    const v1::Person person = PersonAt(email);
    for (const v1::Membership& membership : person.memberships()) {
      if (membership.category() != "categories/associate") continue;
      lines.push_back(membership.start_date() + " " +
                      v1::Membership::State_Name(membership.state()).substr(6));
    }
    return lines;
  }

  TeamService team_service_{suite_.edge(), database_.pool(), ids_};
  MembershipService membership_service_{suite_.edge(), database_.pool(), ids_};
  testing::Loopback teams_loopback_{{&team_service_, &membership_service_}};
  std::unique_ptr<Teams> teams_ = v1::TeamService::NewStub(teams_loopback_.channel());
  std::unique_ptr<v1::MembershipService::Stub> memberships_ =
      v1::MembershipService::NewStub(teams_loopback_.channel());
  std::string acme_;
};

}  // namespace plenary::membership
