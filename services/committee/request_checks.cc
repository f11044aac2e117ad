#include "services/committee/request_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "common/ids/id.h"
#include "common/status/field_checks.h"
#include "common/time/date.h"
#include "services/committee/errors.h"
#include "services/committee/limits.h"
#include "services/committee/names.h"
#include "services/committee/rules/motion_act.h"

namespace plenary::committee {
namespace {

constexpr char kDateWanted[] = "Give a date that exists, as YYYY-MM-DD.";
constexpr char kPersonWanted[] = "Give a person as people/{person}.";

void CheckBodyWinners(const v1::SeatWinnersRequest::BodyWinners& body, const std::string& field,
                      FieldChecks& checks) {
  checks.Require(ResourceId("bodies", body.body()).has_value(), field + ".body",
                 "Give a body as bodies/{body}.");
  checks.Require(body.open_seats() >= 1 && body.open_seats() <= limits::kSeatsOfBody, field + ".open_seats",
                 fmt::format("Give 1 to {} open seats.", limits::kSeatsOfBody));
  checks.Require(body.winners_size() <= body.open_seats(), field + ".winners",
                 "Give at most one winner an open seat.");
  for (int i = 0; i < body.winners_size(); ++i) {
    const auto& winner = body.winners(i);
    const std::string at = fmt::format("{}.winners[{}]", field, i);
    checks.Require(ResourceId("people", winner.person()).has_value(), at + ".person", kPersonWanted);
    checks.Text(at + ".full_name", winner.full_name(), 1, limits::kFullNameLength);
    checks.Require(winner.term_years() >= 1 && winner.term_years() <= limits::kTermYears, at + ".term_years",
                   fmt::format("Give a term of 1 to {} years.", limits::kTermYears));
  }
}

void CheckWaiver(const v1::WaiveRequirement& waiver, FieldChecks& checks) {
  using membership::v1::Act;
  checks.Require(waiver.requirement() != membership::v1::REQUIREMENT_UNSPECIFIED &&
                     membership::v1::Requirement_IsValid(waiver.requirement()),
                 "motion.waive_requirement.requirement", "Name the requirement that is to be waived.");
  std::set<int> acts(waiver.acts().begin(), waiver.acts().end());
  const bool known = std::all_of(acts.begin(), acts.end(), [](int act) {
    return act != membership::v1::ACT_UNSPECIFIED && membership::v1::Act_IsValid(act);
  });
  checks.Require(!acts.empty() && known && static_cast<int>(acts.size()) == waiver.acts_size(),
                 "motion.waive_requirement.acts", "Name at least one act, and each of them once.");
  const auto from = ParseDate(waiver.valid_from());
  const auto until = ParseDate(waiver.valid_until());
  checks.Require(from.has_value(), "motion.waive_requirement.valid_from", kDateWanted);
  checks.Require(until.has_value(), "motion.waive_requirement.valid_until", kDateWanted);
  checks.Require(!from || !until || *from <= *until, "motion.waive_requirement.valid_until",
                 "Let the last day not be before the first.");
}

void CheckActOnMembership(const v1::ActOnMembership& act, const std::string& field, FieldChecks& checks) {
  checks.Require(
      ResourceId("people", act.holder()).has_value() || ResourceId("companies", act.holder()).has_value(),
      field + ".holder", "Give the member as people/{person} or companies/{company}.");
  checks.Require(ParseDate(act.effective_date()).has_value(), field + ".effective_date", kDateWanted);
  checks.Text(field + ".reason", act.reason(), 1, limits::kReasonLength);
}

}  // namespace

absl::Status CheckBody(const v1::Body& body) {
  FieldChecks checks;
  checks.Require(ResourceId("bodies", body.name()).has_value(), "body.name",
                 "Give bodies/{body}, the id of 1 to 63 of a-z, 0-9 and -.");
  checks.Text("body.display_name", body.display_name(), 1, limits::kDisplayNameLength);
  checks.Require(body.kind() != v1::Body::KIND_UNSPECIFIED && v1::Body::Kind_IsValid(body.kind()),
                 "body.kind", "Say whether it is the board or a committee.");
  checks.Text("body.purpose", body.purpose(), 1, limits::kPurposeLength);
  checks.Require(body.seat_count() >= 1 && body.seat_count() <= limits::kSeatsOfBody, "body.seat_count",
                 fmt::format("Give it 1 to {} seats.", limits::kSeatsOfBody));
  return errors::Fields(checks);
}

absl::Status CheckFounder(const v1::SeatFounderRequest& request, absl::CivilDay today) {
  FieldChecks checks;
  checks.Require(ParseSeatName(request.seat()).has_value(), "seat",
                 "Give a seat as bodies/{body}/seats/{number}.");
  checks.Require(ResourceId("people", request.person()).has_value(), "person", kPersonWanted);
  checks.Require(v1::Holding::Office_IsValid(request.office()), "office",
                 "Choose an office that exists, or none.");
  const auto start = ParseDate(request.start_date());
  const auto end = ParseDate(request.end_date());
  checks.Require(start.has_value(), "start_date", kDateWanted);
  checks.Require(!start || *start <= today, "start_date",
                 "Seat a founder on the first day or later, not ahead of it.");
  checks.Require(end.has_value(), "end_date", kDateWanted);
  checks.Require(!end || *end > today, "end_date", "Let the term end after today.");
  return errors::Fields(checks);
}

absl::Status CheckWinners(const v1::SeatWinnersRequest& request) {
  FieldChecks checks;
  checks.Require(ResourceId("elections", request.election()).has_value(), "election",
                 "Give an election as elections/{election}.");
  checks.Require(ParseDate(request.seats_on()).has_value(), "seats_on", kDateWanted);
  checks.Require(request.bodies_size() >= 1 && request.bodies_size() <= limits::kBodiesOfElection, "bodies",
                 fmt::format("Give 1 to {} bodies.", limits::kBodiesOfElection));
  std::set<std::string> bodies;
  for (int i = 0; i < request.bodies_size(); ++i) {
    const std::string field = fmt::format("bodies[{}]", i);
    CheckBodyWinners(request.bodies(i), field, checks);
    checks.Require(bodies.insert(request.bodies(i).body()).second, field + ".body", "Give each body once.");
  }
  return errors::Fields(checks);
}

absl::Status CheckMotion(const v1::Motion& motion) {
  FieldChecks checks;
  checks.Text("motion.title", motion.title(), 1, limits::kMotionTitleLength);
  checks.Text("motion.text", motion.text(), 1, limits::kMotionTextLength);
  checks.Require(v1::Motion::Threshold_IsValid(motion.threshold()), "motion.threshold",
                 "Choose a threshold that exists, or none for a majority.");
  checks.Require(rules::CountActs(motion) <= 1, "motion",
                 "Let the motion do one thing; propose another one.");
  if (motion.has_waive_requirement()) CheckWaiver(motion.waive_requirement(), checks);
  if (motion.has_suspend_membership()) {
    CheckActOnMembership(motion.suspend_membership(), "motion.suspend_membership", checks);
  }
  if (motion.has_reinstate_membership()) {
    CheckActOnMembership(motion.reinstate_membership(), "motion.reinstate_membership", checks);
  }
  return errors::Fields(checks);
}

}  // namespace plenary::committee
