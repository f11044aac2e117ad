// The committee service behind a real server and a real database, with membership played by a fake.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/ids/id.h"
#include "common/outbox/outbox.h"
#include "common/testing/loopback.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"
#include "services/committee/body_service.h"
#include "services/committee/membership_peer.h"
#include "services/committee/motion_service.h"
#include "services/committee/testing/fake_membership.h"

namespace plenary::committee::testing {

// 24 August 2022, in the season of the first election; its winners are seated on 1 October.
inline constexpr char kToday[] = "2022-08-24";
inline constexpr char kSeatsOn[] = "2022-10-01";

class CommitteeTest : public ::testing::Test {
 protected:
  // A body of that many vacant seats.
  void CreateBody(const std::string& id, int seat_count, v1::Body::Kind kind = v1::Body::KIND_COMMITTEE);
  // A founder since kToday until kSeatsOn; "people/{person}".
  absl::StatusOr<v1::Seat> SeatFounder(const std::string& seat, const std::string& person,
                                       v1::Holding::Office office = v1::Holding::OFFICE_UNSPECIFIED);
  v1::SeatFounderRequest Founder(const std::string& seat, const std::string& person);
  // The board of `seats`, of which people/1 … people/{founders} hold the first; people/1 is the chair.
  void CreateBoard(int seats, int founders);

  absl::StatusOr<v1::Body> GetBody(const std::string& id);
  // "2 people/ann" for each filled seat of a body, by number.
  std::vector<std::string> Holders(const std::string& id);

  // A call of a method of BodyService by somebody.
  template <typename Request, typename Response>
  absl::StatusOr<Response> Bodies(grpc::Status (v1::BodyService::Stub::*method)(grpc::ClientContext*,
                                                                                const Request&, Response*),
                                  std::unique_ptr<grpc::ClientContext> context, const Request& request) {
    return plenary::testing::Invoke(method, *bodies_, std::move(context), request);
  }
  template <typename Request, typename Response>
  absl::StatusOr<Response> Motions(grpc::Status (v1::MotionService::Stub::*method)(grpc::ClientContext*,
                                                                                   const Request&, Response*),
                                   std::unique_ptr<grpc::ClientContext> context, const Request& request) {
    return plenary::testing::Invoke(method, *motions_, std::move(context), request);
  }

  plenary::testing::TestSuite suite_{
      absl::FromCivil(absl::CivilSecond(2022, 8, 24, 10), absl::UTCTimeZone())};
  plenary::testing::TestDatabase database_{
      {plenary::testing::CommonMigrations(),
       plenary::testing::MigrationsOf("committee", "services/committee/schema")}};
  RandomIds ids_;
  FakeMembership membership_{suite_.edge()};
  FakeMemberships memberships_{suite_.edge()};
  plenary::testing::Loopback membership_server_{{&membership_, &memberships_}};
  MembershipPeer membership_peer_{membership_server_.channel(), suite_.Caller("committee")};
  BodyService body_service_{suite_.edge(), database_.pool(), ids_, membership_peer_};
  MotionService motion_service_{suite_.edge(), database_.pool(), ids_, [] {}};
  plenary::testing::Loopback server_{{&body_service_, &motion_service_}};
  std::unique_ptr<v1::BodyService::Stub> bodies_ = v1::BodyService::NewStub(server_.channel());
  std::unique_ptr<v1::MotionService::Stub> motions_ = v1::MotionService::NewStub(server_.channel());
};

}  // namespace plenary::committee::testing
