// The shape of requests that is more than a line: pure, and tested through the services. Each returns OK or
// INVALID_ARGUMENT FIELD_INVALID with every field at fault.
#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "plenary/committee/v1/body_service.pb.h"
#include "plenary/committee/v1/motion_service.pb.h"

namespace plenary::committee {

absl::Status CheckBody(const v1::Body& body);
absl::Status CheckFounder(const v1::SeatFounderRequest& request, absl::CivilDay today);
absl::Status CheckWinners(const v1::SeatWinnersRequest& request);
absl::Status CheckMotion(const v1::Motion& motion);

}  // namespace plenary::committee
