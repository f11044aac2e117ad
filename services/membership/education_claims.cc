// The methods of EducationService that make and decide claims.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/certification_grants.h"
#include "services/membership/education_service.h"
#include "services/membership/errors.h"
#include "services/membership/errors_education.h"
#include "services/membership/errors_rows.h"
#include "services/membership/limits_education.h"
#include "services/membership/names.h"
#include "services/membership/rules/clip.h"
#include "services/membership/rules/education.h"
#include "services/membership/rules/email.h"
#include "services/membership/store/courses.h"
#include "services/membership/store/credits.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

constexpr char kClaimCredits[] = "plenary.membership.v1.EducationService.ClaimCredits";
constexpr char kDecideClaim[] = "plenary.membership.v1.EducationService.DecideClaim";
constexpr char kWithdrawClaim[] = "plenary.membership.v1.EducationService.WithdrawClaim";
constexpr char kRecordAttendance[] = "plenary.membership.v1.EducationService.RecordAttendance";

absl::Status CheckClaim(const v1::ClaimCreditsRequest& request) {
  FieldChecks checks;
  checks.Text("evidence", request.evidence(), 1, limits::kLongestEvidence);
  if (request.course().empty()) {
    checks.Text("description", request.description(), 1, limits::kLongestCreditDescription);
    checks.Require(
        request.credit_hundredths() >= 1 && request.credit_hundredths() <= limits::kMostClaimedHundredths,
        "credit_hundredths", "Claim 1 to 4,000 hundredths of a credit.");
  } else {
    checks.Require(request.description().empty(), "description",
                   "Leave the description out: the course says what it is.");
    checks.Require(request.credit_hundredths() == 0, "credit_hundredths",
                   "Leave the credits out: the course says what it is worth.");
  }
  return checks.Result(errors::kDomain);
}

absl::Status CheckEarnedOn(const std::string& text, absl::CivilDay today) {
  const auto day = ParseDate(text);
  if (!day.has_value()) return errors::DateInvalid("earned_on", text);
  switch (rules::JudgeEarnedDay(*day, today)) {
    case rules::EarnedDay::kInFuture:
      return errors::EarnedInFuture(text);
    case rules::EarnedDay::kTooLongAgo:
      return errors::EarnedTooLongAgo(text);
    default:
      return absl::OkStatus();
  }
}

// The course, when it earns credits on the day.
absl::StatusOr<v1::Course> CourseOn(db::Session& session, const std::string& name, const std::string& day) {
  ASSIGN_OR_RETURN(const auto course, store::FindCourse(session, ResourceId("courses", name).value_or("")));
  if (!course.has_value()) return errors::CourseNotFound(name);
  if (!rules::IsOffered(*course, ParseDate(day).value_or(absl::CivilDay()))) {
    return errors::CourseNotOffered(course->title(), day);
  }
  return *course;
}

// Holds the person for the rest of the transaction.
absl::StatusOr<store::RegisterPerson> HoldPerson(db::Transaction& transaction, const std::string& name) {
  ASSIGN_OR_RETURN(const auto person, store::LockPerson(transaction, ResourceId(kPeople, name).value_or("")));
  if (!person.has_value()) return errors::PersonNotFound(name);
  return *person;
}

void Decide(v1::Claim& claim, v1::Claim::State state, const rpc::Call& call, const std::string& reason) {
  claim.set_state(state);
  claim.set_decided_by(call.principal().Actor());
  claim.set_decision_reason(reason);
  *claim.mutable_decide_time() = ToTimestamp(call.now());
}

absl::Status CheckDecision(const v1::DecideClaimRequest& request) {
  FieldChecks checks;
  checks.Text("reason", request.reason(), request.approve() ? 0 : 1, limits::kLongestDecisionReason);
  checks.Require(
      request.credit_hundredths() >= 0 && request.credit_hundredths() <= limits::kMostClaimedHundredths,
      "credit_hundredths", "Grant 1 to 4,000 hundredths of a credit, or 0 for what was claimed.");
  checks.Require(request.approve() || request.credit_hundredths() == 0, "credit_hundredths",
                 "A refused claim is worth nothing: leave the credits out.");
  return checks.Result(errors::kDomain);
}

absl::Status ErrorOf(rules::DecisionBar bar, const std::string& claim) {
  switch (bar) {
    case rules::DecisionBar::kOwn:
      return errors::OwnClaim();
    case rules::DecisionBar::kWithdrawn:
      return errors::ClaimWithdrawn(claim);
    case rules::DecisionBar::kChanged:
      return errors::ClaimChanged(claim);
    case rules::DecisionBar::kDecided:
      return errors::ClaimAlreadyDecided(claim);
    default:
      return absl::OkStatus();
  }
}

// Whose claim it is, so that the person is held before the claim is read.
absl::StatusOr<v1::Claim> PeekClaim(db::Pool& pool, const rpc::Call& call, const std::string& name) {
  ASSIGN_OR_RETURN(const auto claim, db::Autocommit(pool, call.deadline(), [&](db::Session& session) {
                     return store::FindClaim(session, ResourceId("claims", name).value_or(""));
                   }));
  if (!claim.has_value()) return errors::ClaimNotFound(name);
  return *claim;
}

// The claim under the lock of its person. ABORTED when it has got another person meanwhile.
absl::StatusOr<v1::Claim> HoldClaim(db::Transaction& transaction, const v1::Claim& seen) {
  RETURN_IF_ERROR(HoldPerson(transaction, seen.person()).status());
  ASSIGN_OR_RETURN(const auto claim,
                   store::FindClaim(transaction, ResourceId("claims", seen.name()).value_or("")));
  if (!claim.has_value() || claim->person() != seen.person()) return errors::ClaimChanged(seen.name());
  return *claim;
}

using RowProblem = v1::RecordAttendanceResponse::RowProblem;

struct AttendanceList {
  v1::RecordAttendanceRequest::Header header;
  std::vector<std::string> attendees;
  std::string bytes;  // all of it, for the request id
};

absl::StatusOr<AttendanceList> ReadAttendance(const grpc::ServerContext& context,
                                              grpc::ServerReader<v1::RecordAttendanceRequest>& reader) {
  AttendanceList list;
  v1::RecordAttendanceRequest part;
  if (reader.Read(&part)) {
    if (!part.has_header()) {
      return errors::FieldInvalid("header", "The first message of a list is its header.");
    }
    list.header = part.header();
    list.bytes = part.SerializeAsString();
  }
  while (reader.Read(&part)) {
    if (part.has_header()) return errors::FieldInvalid("header", "A list has one header, before its rows.");
    if (list.attendees.size() == static_cast<std::size_t>(limits::kMostAttendees)) {
      return errors::TooManyRows(limits::kMostAttendees);
    }
    list.attendees.push_back(part.attendee());
    list.bytes += part.SerializeAsString();
  }
  if (context.IsCancelled()) return errors::RowsCutShort();
  return list;
}

void AddProblem(v1::RecordAttendanceResponse& response, std::size_t row, const std::string& attendee,
                const char* reason, const char* message) {
  RowProblem& problem = *response.add_problems();
  problem.set_row(static_cast<std::int64_t>(row) + 1);
  problem.set_attendee(rules::Clip(attendee, limits::kLongestRepeatedRow));
  problem.set_reason(reason);
  problem.set_message(message);
}

// The id of the person that a row names; "" for nobody.
absl::StatusOr<std::string> ResolveAttendee(db::Session& session, const std::string& attendee) {
  if (const auto id = ResourceId(kPeople, attendee); id.has_value()) {
    ASSIGN_OR_RETURN(const auto person, store::FindPerson(session, *id));
    return person.has_value() ? person->id : std::string();
  }
  const auto email = rules::NormaliseEmail(attendee);
  if (!email.has_value()) return std::string();
  ASSIGN_OR_RETURN(const auto person, store::FindPersonByEmail(session, *email));
  return person.has_value() ? person->id : std::string();
}

// Rows by the id of the person they name, ascending, so that people are held in the order of all; rows that
// name nobody, or the caller, become problems.
absl::StatusOr<std::map<std::string, std::size_t>> Attendees(db::Session& session, const rpc::Call& call,
                                                             const std::vector<std::string>& attendees,
                                                             v1::RecordAttendanceResponse& response) {
  std::map<std::string, std::size_t> rows;
  for (std::size_t i = 0; i < attendees.size(); ++i) {
    ASSIGN_OR_RETURN(const std::string id, ResolveAttendee(session, attendees[i]));
    if (id.empty()) {
      AddProblem(response, i, attendees[i], "PERSON_NOT_FOUND",
                 "Nobody of that address is on the register. Check it, or put the person on the register.");
    } else if (ResourceName(kPeople, id) == call.principal().Actor()) {
      AddProblem(response, i, attendees[i], "OWN_CLAIM",
                 "Nobody records credits of their own. Ask a colleague.");
    } else if (!rows.emplace(id, i).second) {
      response.set_unchanged(response.unchanged() + 1);
    }
  }
  return rows;
}

enum class Recorded { kNew, kAlready, kRefused };

// Gives one person, whom the transaction holds, the credits of the list.
absl::StatusOr<Recorded> Record(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                const std::string& person, const v1::Course& course,
                                const v1::RecordAttendanceRequest::Header& header) {
  const std::string course_id = ResourceId("courses", course.name()).value_or("");
  ASSIGN_OR_RETURN(auto known, store::FindClaimOfCourse(transaction, person, course_id, header.earned_on()));
  if (known.has_value() && known->state() == v1::Claim::STATE_APPROVED) return Recorded::kAlready;
  if (known.has_value() && known->state() == v1::Claim::STATE_REFUSED) return Recorded::kRefused;
  v1::Claim claim;
  if (known.has_value() && known->state() == v1::Claim::STATE_CLAIMED) {
    claim = *known;
    Decide(claim, v1::Claim::STATE_APPROVED, call, "");
    ASSIGN_OR_RETURN(const bool updated, store::UpdateClaim(transaction, claim));
    if (!updated) return absl::InternalError("a claim that waits does not fit in its own place");
  } else {
    claim.set_name(ResourceName("claims", ids.NextText()));
    claim.set_person(ResourceName(kPeople, person));
    claim.set_course(course.name());
    claim.set_description(course.title());
    claim.set_earned_on(header.earned_on());
    claim.set_credit_hundredths(course.credit_hundredths());
    claim.set_evidence(header.evidence());
    *claim.mutable_create_time() = ToTimestamp(call.now());
    Decide(claim, v1::Claim::STATE_APPROVED, call, "");
    ASSIGN_OR_RETURN(const bool inserted, store::InsertClaim(transaction, claim));
    if (!inserted) return absl::AbortedError("the credits of a person changed while they were held");
  }
  RETURN_IF_ERROR(RecordAct(transaction, call, kRecordAttendance, claim.name(),
                            claim.person() + " " + course.name() + " " + header.earned_on()));
  return Recorded::kNew;
}

}  // namespace

absl::StatusOr<v1::Claim> EducationService::ClaimCredits(rpc::Call& call,
                                                         const v1::ClaimCreditsRequest& request) {
  RETURN_IF_ERROR(CheckClaim(request));
  RETURN_IF_ERROR(CheckEarnedOn(request.earned_on(), DateOf(call.now())));
  return Mutate<v1::Claim>(
      pool_, call, kClaimCredits, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Claim> {
        ASSIGN_OR_RETURN(const store::RegisterPerson person,
                         HoldPerson(transaction, call.principal().person));
        ASSIGN_OR_RETURN(const std::int64_t waiting, store::CountWaitingClaims(transaction, person.id));
        if (waiting >= limits::kMostWaitingClaims) return errors::TooManyClaims();
        v1::Claim claim;
        claim.set_name(ResourceName("claims", ids_.NextText()));
        claim.set_person(ResourceName(kPeople, person.id));
        claim.set_description(request.description());
        claim.set_earned_on(request.earned_on());
        claim.set_credit_hundredths(request.credit_hundredths());
        claim.set_evidence(request.evidence());
        claim.set_state(v1::Claim::STATE_CLAIMED);
        *claim.mutable_create_time() = ToTimestamp(call.now());
        claim.set_etag("1");
        if (!request.course().empty()) {
          ASSIGN_OR_RETURN(const v1::Course course,
                           CourseOn(transaction, request.course(), request.earned_on()));
          claim.set_course(course.name());
          claim.set_description(course.title());
          claim.set_credit_hundredths(course.credit_hundredths());
        }
        ASSIGN_OR_RETURN(const bool inserted, store::InsertClaim(transaction, claim));
        if (!inserted) return errors::CreditsAlreadyClaimed(claim.description(), claim.earned_on());
        RETURN_IF_ERROR(RecordAct(transaction, call, kClaimCredits, claim.name(),
                                  fmt::format("{} hundredths", claim.credit_hundredths())));
        return claim;
      });
}

absl::StatusOr<v1::Claim> EducationService::DecideClaim(rpc::Call& call,
                                                        const v1::DecideClaimRequest& request) {
  RETURN_IF_ERROR(CheckDecision(request));
  ASSIGN_OR_RETURN(const v1::Claim seen, PeekClaim(pool_, call, request.name()));
  return Mutate<v1::Claim>(
      pool_, call, kDecideClaim, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Claim> {
        ASSIGN_OR_RETURN(v1::Claim claim, HoldClaim(transaction, seen));
        RETURN_IF_ERROR(
            ErrorOf(rules::BarOfDecision(claim, call.principal().Actor(), request.etag()), claim.name()));
        if (request.credit_hundredths() > 0) {
          if (!claim.course().empty()) {
            return errors::FieldInvalid("credit_hundredths", "The course says what it is worth.");
          }
          claim.set_credit_hundredths(request.credit_hundredths());
        }
        Decide(claim, request.approve() ? v1::Claim::STATE_APPROVED : v1::Claim::STATE_REFUSED, call,
               request.reason());
        ASSIGN_OR_RETURN(const bool updated, store::UpdateClaim(transaction, claim));
        if (!updated) return errors::CreditsAlreadyClaimed(claim.description(), claim.earned_on());
        RETURN_IF_ERROR(RecordAct(transaction, call, kDecideClaim, claim.name(),
                                  v1::Claim::State_Name(claim.state()) + " " + request.reason()));
        if (request.approve()) {
          ASSIGN_OR_RETURN(const auto tracks,
                           store::AutomaticTracks(transaction, limits::kMostAutomaticTracks));
          RETURN_IF_ERROR(
              GrantByRule(transaction, ids_, call, kDecideClaim, claim.person(), tracks).status());
        }
        return claim;
      });
}

absl::StatusOr<v1::Claim> EducationService::WithdrawClaim(rpc::Call& call,
                                                          const v1::WithdrawClaimRequest& request) {
  ASSIGN_OR_RETURN(const v1::Claim seen, PeekClaim(pool_, call, request.name()));
  if (seen.person() != call.principal().person) return errors::ClaimNotFound(request.name());
  call.ProveRelation();
  return Mutate<v1::Claim>(pool_, call, kWithdrawClaim, request,
                           [&](db::Transaction& transaction) -> absl::StatusOr<v1::Claim> {
                             ASSIGN_OR_RETURN(v1::Claim claim, HoldClaim(transaction, seen));
                             if (claim.state() == v1::Claim::STATE_WITHDRAWN) return claim;
                             if (claim.state() != v1::Claim::STATE_CLAIMED)
                               return errors::ClaimAlreadyDecided(claim.name());
                             claim.set_state(v1::Claim::STATE_WITHDRAWN);
                             RETURN_IF_ERROR(store::UpdateClaim(transaction, claim).status());
                             RETURN_IF_ERROR(RecordAct(transaction, call, kWithdrawClaim, claim.name(), ""));
                             return claim;
                           });
}

absl::StatusOr<v1::RecordAttendanceResponse> EducationService::RecordAttendance(
    rpc::Call& call, const grpc::ServerContext& context,
    grpc::ServerReader<v1::RecordAttendanceRequest>& reader) {
  ASSIGN_OR_RETURN(const AttendanceList list, ReadAttendance(context, reader));
  FieldChecks checks;
  checks.Text("header.evidence", list.header.evidence(), 1, limits::kLongestEvidence);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const auto day = ParseDate(list.header.earned_on());
  if (!day.has_value()) return errors::DateInvalid("header.earned_on", list.header.earned_on());
  if (*day > DateOf(call.now())) return errors::EarnedInFuture(list.header.earned_on());
  v1::RecordAttendanceResponse start;
  start.set_rows(static_cast<std::int64_t>(list.attendees.size()));
  ASSIGN_OR_RETURN(const auto rows, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     start.clear_problems();
                     start.clear_unchanged();
                     return Attendees(session, call, list.attendees, start);
                   }));
  return MutateOnce<v1::RecordAttendanceResponse>(
      pool_, call, kRecordAttendance, list.header.request_id(), list.bytes,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::RecordAttendanceResponse> {
        v1::RecordAttendanceResponse response = start;
        for (const auto& [person, row] : rows) {
          RETURN_IF_ERROR(store::LockPerson(transaction, person).status());
        }
        ASSIGN_OR_RETURN(const v1::Course course,
                         CourseOn(transaction, list.header.course(), list.header.earned_on()));
        ASSIGN_OR_RETURN(const auto tracks,
                         store::AutomaticTracks(transaction, limits::kMostAutomaticTracks));
        for (const auto& [person, row] : rows) {
          ASSIGN_OR_RETURN(const Recorded recorded,
                           Record(transaction, ids_, call, person, course, list.header));
          if (recorded == Recorded::kAlready) response.set_unchanged(response.unchanged() + 1);
          if (recorded == Recorded::kRefused) {
            AddProblem(response, row, list.attendees[row], "CREDITS_REFUSED",
                       "These credits were refused. Change that decision if it was wrong.");
          }
          if (recorded != Recorded::kNew) continue;
          response.set_recorded(response.recorded() + 1);
          ASSIGN_OR_RETURN(const int granted, GrantByRule(transaction, ids_, call, kRecordAttendance,
                                                          ResourceName(kPeople, person), tracks));
          response.set_certifications_granted(response.certifications_granted() + granted);
        }
        std::sort(response.mutable_problems()->begin(), response.mutable_problems()->end(),
                  [](const RowProblem& a, const RowProblem& b) { return a.row() < b.row(); });
        return response;
      });
}

}  // namespace plenary::membership
