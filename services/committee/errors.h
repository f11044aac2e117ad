// The errors of the committee service, wording and codes in one file. Domain "plenary.committee".
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/status/field_checks.h"

namespace plenary::committee::errors {

// NOT_FOUND: BODY_NOT_FOUND, SEAT_NOT_FOUND, MOTION_NOT_FOUND. Each takes the full resource name.
absl::Status BodyNotFound(std::string_view body);
absl::Status SeatNotFound(std::string_view seat);
absl::Status MotionNotFound(std::string_view motion);

// ALREADY_EXISTS: BODY_EXISTS, SEAT_HELD, PERSON_HOLDS_SEAT, CHAIR_HELD, ELECTION_ALREADY_SEATED.
absl::Status BodyExists(std::string_view body);
absl::Status SeatHeld(std::string_view seat);
absl::Status PersonHoldsSeat(std::string_view full_name);
absl::Status ChairHeld(std::string_view body);
absl::Status ElectionAlreadySeated(std::string_view election);

// FAILED_PRECONDITION with the reason that membership gave, and its remedy for the person.
absl::Status RightMissing(std::string_view reason, std::string_view full_name, std::string_view remedy);

// PERMISSION_DENIED: NOT_A_SEAT_HOLDER, NOT_THE_CHAIR, NOT_THE_MOVER.
absl::Status NotASeatHolder(std::string_view body);
absl::Status NotTheChair(std::string_view body);
absl::Status NotTheMover();

// FAILED_PRECONDITION: MOTION_NOT_PROPOSED, MOTION_NOT_OPEN, MOTION_CLOSED (announced or withdrawn),
// NO_QUORUM, NOT_THE_BOARD (another body moves to act on membership).
absl::Status MotionNotProposed();
absl::Status MotionNotOpen();
absl::Status MotionClosed();
absl::Status NoQuorum(int voted, int quorum);
absl::Status NotTheBoard();

// FAILED_PRECONDITION: SEATS_NOT_DUE (the first day is still to come), SEATS_NOT_OPEN (fewer seats make room
// than the election says it filled).
absl::Status SeatsNotDue(std::string_view seats_on);
absl::Status SeatsNotOpen(std::string_view body, int room, int open_seats);

// INVALID_ARGUMENT, FIELD_INVALID, when a check failed.
absl::Status Fields(const FieldChecks& checks);

}  // namespace plenary::committee::errors
