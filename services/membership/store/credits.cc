#include "services/membership/store/credits.h"

#include <charconv>

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/time/proto_time.h"
#include "services/membership/names.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsertClaim[] =
    "INSERT INTO credits (id, person, state, earned_on, hundredths, course, course_now, description, "
    "evidence,"
    " decided_by, decided_at, decision_reason, created_at, version)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)";
constexpr char kUpdateClaim[] =
    "UPDATE credits SET state = ?, hundredths = ?, course_now = ?, decided_by = ?, decided_at = ?,"
    " decision_reason = ?, version = version + 1 WHERE id = ?";
constexpr char kFindClaim[] =
    "SELECT id, person, state, earned_on, hundredths, course, description, evidence, decided_by, decided_at,"
    " decision_reason, created_at, version FROM credits WHERE id = ?";
constexpr char kFindClaimOfCourse[] =
    "SELECT id, person, state, earned_on, hundredths, course, description, evidence, decided_by, decided_at,"
    " decision_reason, created_at, version FROM credits WHERE person = ? AND course = ? AND earned_on = ?"
    " ORDER BY course_now IS NULL, created_at DESC LIMIT 1";
constexpr char kListClaims[] =
    "SELECT id, person, state, earned_on, hundredths, course, description, evidence, decided_by, decided_at,"
    " decision_reason, created_at, version FROM credits WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kListClaimsInState[] =
    "SELECT id, person, state, earned_on, hundredths, course, description, evidence, decided_by, decided_at,"
    " decision_reason, created_at, version FROM credits WHERE state = ? AND id > ? ORDER BY id LIMIT ?";
constexpr char kListClaimsOfPerson[] =
    "SELECT id, person, state, earned_on, hundredths, course, description, evidence, decided_by, decided_at,"
    " decision_reason, created_at, version FROM credits WHERE person = ? AND id > ? ORDER BY id LIMIT ?";
constexpr char kListClaimsOfPersonInState[] =
    "SELECT id, person, state, earned_on, hundredths, course, description, evidence, decided_by, decided_at,"
    " decision_reason, created_at, version FROM credits WHERE person = ? AND state = ? AND id > ?"
    " ORDER BY id LIMIT ?";
constexpr char kLatestClaims[] =
    "SELECT id, person, state, earned_on, hundredths, course, description, evidence, decided_by, decided_at,"
    " decision_reason, created_at, version FROM credits WHERE person = ? AND earned_on <= ?"
    " ORDER BY earned_on DESC, id LIMIT ?";
constexpr char kCountWaitingClaims[] = "SELECT COUNT(*) FROM credits WHERE person = ? AND state = 'CLAIMED'";
constexpr char kApprovedCredits[] =
    "SELECT earned_on, course, hundredths FROM credits WHERE person = ? AND state = 'APPROVED'";
constexpr char kWaitingCredits[] =
    "SELECT earned_on, hundredths FROM credits WHERE person = ? AND state = 'CLAIMED'";

constexpr std::string_view kStatePrefix = "STATE_";

// The word of the column: "STATE_CLAIMED" is CLAIMED.
std::string StateWord(v1::Claim::State state) {
  return v1::Claim::State_Name(state).substr(kStatePrefix.size());
}

v1::Claim::State StateOf(const std::string& word) {
  v1::Claim::State state = v1::Claim::STATE_UNSPECIFIED;
  v1::Claim::State_Parse(std::string(kStatePrefix) + word, &state);
  return state;
}

bool Stands(const v1::Claim& claim) {
  return claim.state() == v1::Claim::STATE_CLAIMED || claim.state() == v1::Claim::STATE_APPROVED;
}

db::Value CourseId(const v1::Claim& claim) {
  const auto id = ResourceId("courses", claim.course());
  return id.has_value() ? db::Value(*id) : db::Value(db::Null());
}
db::Value CourseNow(const v1::Claim& claim) {
  return Stands(claim) ? CourseId(claim) : db::Value(db::Null());
}

db::Value DecidedAt(const v1::Claim& claim) {
  if (!claim.has_decide_time()) return db::Null();
  return db::ToMicros(FromTimestamp(claim.decide_time()));
}

v1::Claim ClaimOf(const db::Row& row) {
  v1::Claim claim;
  claim.set_name(ResourceName("claims", row.Text(0)));
  claim.set_person(ResourceName(kPeople, row.Text(1)));
  claim.set_state(StateOf(row.Text(2)));
  claim.set_earned_on(row.Text(3));
  claim.set_credit_hundredths(static_cast<int>(row.Int64(4)));
  claim.set_course(NameOrEmpty("courses", row.OptionalText(5).value_or("")));
  claim.set_description(row.Text(6));
  claim.set_evidence(row.Text(7));
  claim.set_decided_by(row.Text(8));
  if (const auto at = row.OptionalInt64(9); at.has_value()) {
    *claim.mutable_decide_time() = ToTimestamp(db::FromMicros(*at));
  }
  claim.set_decision_reason(row.Text(10));
  *claim.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(11)));
  claim.set_etag(std::to_string(row.Int64(12)));
  return claim;
}

std::string NextEtag(const std::string& etag) {
  std::int64_t version = 0;
  std::from_chars(etag.data(), etag.data() + etag.size(), version);
  return std::to_string(version + 1);
}

}  // namespace

absl::StatusOr<bool> InsertClaim(db::Transaction& transaction, const v1::Claim& claim) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(
          kInsertClaim,
          {ResourceId("claims", claim.name()).value_or(""), ResourceId(kPeople, claim.person()).value_or(""),
           StateWord(claim.state()), claim.earned_on(), claim.credit_hundredths(), CourseId(claim),
           CourseNow(claim), claim.description(), claim.evidence(), claim.decided_by(), DecidedAt(claim),
           claim.decision_reason(), db::ToMicros(FromTimestamp(claim.create_time()))}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<v1::Claim>> FindClaim(db::Session& session, std::string_view id) {
  return ReadOne<v1::Claim>(session, kFindClaim, {id}, ClaimOf);
}

absl::StatusOr<std::optional<v1::Claim>> FindClaimOfCourse(db::Session& session, std::string_view person,
                                                           std::string_view course, std::string_view day) {
  return ReadOne<v1::Claim>(session, kFindClaimOfCourse, {person, course, day}, ClaimOf);
}

absl::StatusOr<bool> UpdateClaim(db::Transaction& transaction, v1::Claim& claim) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kUpdateClaim, {StateWord(claim.state()), claim.credit_hundredths(), CourseNow(claim),
                                        claim.decided_by(), DecidedAt(claim), claim.decision_reason(),
                                        ResourceId("claims", claim.name()).value_or("")}));
  claim.set_etag(NextEtag(claim.etag()));
  return outcome.inserted();
}

absl::StatusOr<std::vector<v1::Claim>> ListClaims(db::Session& session, const ClaimFilter& filter,
                                                  std::string_view after, std::int64_t limit) {
  const bool any = filter.state == v1::Claim::STATE_UNSPECIFIED;
  const std::string& person = filter.person;
  if (any && person.empty()) return ReadAll<v1::Claim>(session, kListClaims, {after, limit}, ClaimOf);
  if (any) return ReadAll<v1::Claim>(session, kListClaimsOfPerson, {person, after, limit}, ClaimOf);
  const std::string state = StateWord(filter.state);
  if (person.empty()) return ReadAll<v1::Claim>(session, kListClaimsInState, {state, after, limit}, ClaimOf);
  return ReadAll<v1::Claim>(session, kListClaimsOfPersonInState, {person, state, after, limit}, ClaimOf);
}

absl::StatusOr<std::vector<v1::Claim>> LatestClaims(db::Session& session, std::string_view person,
                                                    absl::CivilDay day, std::int64_t limit) {
  return ReadAll<v1::Claim>(session, kLatestClaims, {person, FormatDate(day), limit}, ClaimOf);
}

absl::StatusOr<std::int64_t> CountWaitingClaims(db::Session& session, std::string_view person) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountWaitingClaims, {person}));
  return row->Int64(0);
}

absl::StatusOr<std::vector<rules::ApprovedCredit>> ApprovedCredits(db::Session& session,
                                                                   std::string_view person) {
  return ReadAll<rules::ApprovedCredit>(session, kApprovedCredits, {person}, [](const db::Row& row) {
    return rules::ApprovedCredit{.on = StoredDate(row.Text(0)),
                                 .course = NameOrEmpty("courses", row.OptionalText(1).value_or("")),
                                 .hundredths = row.Int64(2)};
  });
}

absl::StatusOr<std::vector<rules::EarnedCredits>> WaitingCredits(db::Session& session,
                                                                 std::string_view person) {
  return ReadAll<rules::EarnedCredits>(session, kWaitingCredits, {person}, [](const db::Row& row) {
    return rules::EarnedCredits{.on = StoredDate(row.Text(0)), .hundredths = row.Int64(1)};
  });
}

}  // namespace plenary::membership::store
