#include "services/committee/errors.h"

#include <fmt/format.h>

#include "common/status/error.h"

namespace plenary::committee::errors {
namespace {

using absl::StatusCode;

constexpr ErrorDomain kDomain("plenary.committee");

}  // namespace

absl::Status BodyNotFound(std::string_view body) {
  return kDomain.Error(StatusCode::kNotFound, "BODY_NOT_FOUND",
                       fmt::format("There is no body \"{}\"; choose one from the list of bodies.", body));
}

absl::Status SeatNotFound(std::string_view seat) {
  return kDomain.Error(
      StatusCode::kNotFound, "SEAT_NOT_FOUND",
      fmt::format("There is no seat \"{}\"; choose one from the body's list of seats.", seat));
}

absl::Status MotionNotFound(std::string_view motion) {
  return kDomain.Error(StatusCode::kNotFound, "MOTION_NOT_FOUND",
                       fmt::format("There is no motion \"{}\"; choose one from the body's list.", motion));
}

absl::Status BodyExists(std::string_view body) {
  return kDomain.Error(StatusCode::kAlreadyExists, "BODY_EXISTS",
                       fmt::format("\"{}\" is already a body; choose another id for a new one.", body));
}

absl::Status SeatHeld(std::string_view seat) {
  return kDomain.Error(StatusCode::kAlreadyExists, "SEAT_HELD",
                       fmt::format("Somebody holds \"{}\"; choose a vacant seat.", seat));
}

absl::Status PersonHoldsSeat(std::string_view full_name) {
  return kDomain.Error(
      StatusCode::kAlreadyExists, "PERSON_HOLDS_SEAT",
      fmt::format("{} would hold two seats; a person holds one position, so give one of them to another.",
                  full_name));
}

absl::Status ChairHeld(std::string_view body) {
  return kDomain.Error(
      StatusCode::kAlreadyExists, "CHAIR_HELD",
      fmt::format("\"{}\" has a chair already; seat this person without that office.", body));
}

absl::Status ElectionAlreadySeated(std::string_view election) {
  return kDomain.Error(
      StatusCode::kAlreadyExists, "ELECTION_ALREADY_SEATED",
      fmt::format("The winners of \"{}\" were seated with other content; look at the holdings that stand.",
                  election),
      {{"election", std::string(election)}});
}

absl::Status RightMissing(std::string_view reason, std::string_view full_name, std::string_view remedy) {
  return kDomain.Error(StatusCode::kFailedPrecondition, reason,
                       fmt::format("{} cannot hold office yet. {}", full_name,
                                   remedy.empty() ? "Ask the office what is missing." : remedy));
}

absl::Status NotASeatHolder(std::string_view body) {
  return kDomain.Error(
      StatusCode::kPermissionDenied, "NOT_A_SEAT_HOLDER",
      fmt::format("Only those who hold a seat of \"{}\" today may do this; ask one of them.", body));
}

absl::Status NotTheChair(std::string_view body) {
  return kDomain.Error(
      StatusCode::kPermissionDenied, "NOT_THE_CHAIR",
      fmt::format("Only the chair of \"{}\" opens and announces votes; ask the chair.", body));
}

absl::Status NotTheMover() {
  return kDomain.Error(StatusCode::kPermissionDenied, "NOT_THE_MOVER",
                       "Only the person who proposed a motion takes it back; ask the mover.");
}

absl::Status MotionNotProposed() {
  return kDomain.Error(StatusCode::kFailedPrecondition, "MOTION_NOT_PROPOSED",
                       "The motion was opened or withdrawn before; look at its state.");
}

absl::Status MotionNotOpen() {
  return kDomain.Error(StatusCode::kFailedPrecondition, "MOTION_NOT_OPEN",
                       "The motion is not open for votes; look at its state.");
}

absl::Status MotionClosed() {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "MOTION_CLOSED",
      "The motion was announced or withdrawn before; propose a new one to change what stands.");
}

absl::Status NoQuorum(int voted, int quorum) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "NO_QUORUM",
      fmt::format("{} voted and the quorum is {}; the motion stays open, so ask the others to vote.", voted,
                  quorum),
      {{"voted", std::to_string(voted)}, {"quorum", std::to_string(quorum)}});
}

absl::Status NotTheBoard() {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "NOT_THE_BOARD",
      "Only the board waives a requirement of membership, suspends or reinstates a member; propose this "
      "motion to the board.");
}

absl::Status SeatsNotDue(std::string_view seats_on) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "SEATS_NOT_DUE",
      fmt::format("The new terms begin on {}; seat the winners on that day or later.", seats_on));
}

absl::Status SeatsNotOpen(std::string_view body, int room, int open_seats) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "SEATS_NOT_OPEN",
      fmt::format(
          "{} seats of \"{}\" make room and the election filled {}; check when the present terms end.", room,
          body, open_seats));
}

absl::Status Fields(const FieldChecks& checks) { return checks.Result(kDomain); }

}  // namespace plenary::committee::errors
