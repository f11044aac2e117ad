#include "services/committee/testing/committee_fixture.h"

#include <fmt/format.h>

namespace plenary::committee::testing {

using BodyStub = v1::BodyService::Stub;

void CommitteeTest::CreateBody(const std::string& id, int seat_count, v1::Body::Kind kind) {
  v1::CreateBodyRequest request;
  request.mutable_body()->set_name("bodies/" + id);
  request.mutable_body()->set_display_name("The " + id);
  request.mutable_body()->set_kind(kind);
  request.mutable_body()->set_purpose("To do what a " + id + " does.");
  request.mutable_body()->set_seat_count(seat_count);
  ASSERT_OK(Bodies(&BodyStub::CreateBody, suite_.Staff(), request));
}

v1::SeatFounderRequest CommitteeTest::Founder(const std::string& seat, const std::string& person) {
  v1::SeatFounderRequest request;
  request.set_seat(seat);
  request.set_person(person);
  request.set_start_date(kToday);
  request.set_end_date(kSeatsOn);
  return request;
}

absl::StatusOr<v1::Seat> CommitteeTest::SeatFounder(const std::string& seat, const std::string& person,
                                                    v1::Holding::Office office) {
  v1::SeatFounderRequest request = Founder(seat, person);
  request.set_office(office);
  return Bodies(&BodyStub::SeatFounder, suite_.Staff(), request);
}

void CommitteeTest::CreateBoard(int seats, int founders) {
  CreateBody("board", seats, v1::Body::KIND_BOARD);
  for (int i = 1; i <= founders; ++i) {
    ASSERT_OK(SeatFounder(fmt::format("bodies/board/seats/{}", i), fmt::format("people/{}", i),
                          i == 1 ? v1::Holding::OFFICE_CHAIR : v1::Holding::OFFICE_UNSPECIFIED));
  }
}

absl::StatusOr<v1::Body> CommitteeTest::GetBody(const std::string& id) {
  v1::GetBodyRequest request;
  request.set_name("bodies/" + id);
  return Bodies(&BodyStub::GetBody, suite_.Anonymous(), request);
}

std::vector<std::string> CommitteeTest::Holders(const std::string& id) {
  v1::ListSeatsRequest request;
  request.set_body("bodies/" + id);
  const auto listed = Bodies(&BodyStub::ListSeats, suite_.Anonymous(), request);
  EXPECT_OK(listed);
  std::vector<std::string> holders;
  if (!listed.ok()) return holders;
  for (int i = 0; i < listed->seats_size(); ++i) {
    EXPECT_EQ(listed->seats(i).name(), fmt::format("bodies/{}/seats/{}", id, i + 1));
    if (listed->seats(i).has_holding()) {
      holders.push_back(fmt::format("{} {}", i + 1, listed->seats(i).holding().person()));
    }
  }
  return holders;
}

}  // namespace plenary::committee::testing
