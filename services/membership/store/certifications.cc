#include "services/membership/store/certifications.h"

#include "common/ids/id.h"
#include "services/membership/names.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsertCertification[] =
    "INSERT INTO certifications (id, person, track, granted_on, valid_until, granted_by, held_now)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kFindCertification[] =
    "SELECT c.id, c.person, c.track, COALESCE(t.title, ''), c.granted_on, c.valid_until, c.renewed_on,"
    " c.revoked_on, c.granted_by, c.revoke_reason FROM certifications c LEFT JOIN tracks t ON t.id = c.track"
    " WHERE c.id = ?";
constexpr char kHeldOfTrack[] = "SELECT id, granted_on, valid_until FROM certifications WHERE held_now = ?";
constexpr char kRevokedOfTrack[] =
    "SELECT COUNT(*) FROM certifications WHERE person = ? AND track = ? AND revoked_on IS NOT NULL";
constexpr char kHandOver[] = "UPDATE certifications SET renewed_on = ?, held_now = NULL WHERE id = ?";
constexpr char kRevoke[] =
    "UPDATE certifications SET revoked_on = ?, revoke_reason = ?, held_now = NULL WHERE id = ?";
// An empty filter lets everything through.
constexpr char kListCertifications[] =
    "SELECT c.id, c.person, c.track, COALESCE(t.title, ''), c.granted_on, c.valid_until, c.renewed_on,"
    " c.revoked_on, c.granted_by, c.revoke_reason FROM certifications c LEFT JOIN tracks t ON t.id = c.track"
    " WHERE c.id > ? AND (? = '' OR c.person = ?) AND (? = '' OR c.track = ?) ORDER BY c.id LIMIT ?";
constexpr char kLatestCertifications[] =
    "SELECT c.id, c.person, c.track, COALESCE(t.title, ''), c.granted_on, c.valid_until, c.renewed_on,"
    " c.revoked_on, c.granted_by, c.revoke_reason FROM certifications c LEFT JOIN tracks t ON t.id = c.track"
    " WHERE c.person = ? AND c.granted_on <= ? ORDER BY c.granted_on DESC, c.id LIMIT ?";

std::optional<absl::CivilDay> OptionalDay(const db::Row& row, std::size_t column) {
  const auto text = row.OptionalText(column);
  return text.has_value() ? std::optional<absl::CivilDay>(StoredDate(*text)) : std::nullopt;
}

std::string HeldKey(std::string_view person, std::string_view track) {
  return std::string(person) + "/" + std::string(track);
}

v1::Certification CertificationOf(const db::Row& row, absl::CivilDay day) {
  v1::Certification certification;
  certification.set_name(ResourceName("certifications", row.Text(0)));
  certification.set_person(ResourceName(kPeople, row.Text(1)));
  certification.set_track(ResourceName("tracks", row.Text(2)));
  certification.set_track_title(row.Text(3));
  certification.set_granted_on(row.Text(4));
  certification.set_valid_until(row.OptionalText(5).value_or(""));
  certification.set_state(rules::CertificationStateOn({.granted_on = StoredDate(row.Text(4)),
                                                       .valid_until = OptionalDay(row, 5),
                                                       .renewed_on = OptionalDay(row, 6),
                                                       .revoked_on = OptionalDay(row, 7)},
                                                      day));
  certification.set_granted_by(row.Text(8));
  certification.set_revoke_reason(row.Text(9));
  return certification;
}

}  // namespace

absl::StatusOr<bool> InsertCertification(db::Transaction& transaction,
                                         const v1::Certification& certification) {
  const std::string person = ResourceId(kPeople, certification.person()).value_or("");
  const std::string track = ResourceId("tracks", certification.track()).value_or("");
  const std::string& until = certification.valid_until();
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(
                       kInsertCertification,
                       {ResourceId("certifications", certification.name()).value_or(""), person, track,
                        certification.granted_on(), until.empty() ? db::Value(db::Null()) : db::Value(until),
                        certification.granted_by(), HeldKey(person, track)}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<v1::Certification>> FindCertification(db::Session& session, std::string_view id,
                                                                   absl::CivilDay day) {
  return ReadOne<v1::Certification>(session, kFindCertification, {id},
                                    [&](const db::Row& row) { return CertificationOf(row, day); });
}

absl::StatusOr<TrackRecord> FindTrackRecord(db::Session& session, std::string_view person,
                                            std::string_view track) {
  TrackRecord record;
  RETURN_IF_ERROR(session.Query(kHeldOfTrack, {HeldKey(person, track)}, [&](const db::Row& row) {
    record.held_id = row.Text(0);
    record.held = {.granted_on = StoredDate(row.Text(1)), .valid_until = OptionalDay(row, 2)};
  }));
  ASSIGN_OR_RETURN(const auto revoked, session.QueryOne(kRevokedOfTrack, {person, track}));
  record.revoked_before = revoked->Int64(0) > 0;
  return record;
}

absl::Status HandOver(db::Transaction& transaction, std::string_view id, absl::CivilDay day) {
  return transaction.Execute(kHandOver, {FormatDate(day), id}).status();
}

absl::Status RevokeCertification(db::Transaction& transaction, std::string_view id, absl::CivilDay day,
                                 std::string_view reason) {
  return transaction.Execute(kRevoke, {FormatDate(day), reason, id}).status();
}

absl::StatusOr<std::vector<v1::Certification>> ListCertifications(db::Session& session,
                                                                  const CertificationFilter& filter,
                                                                  absl::CivilDay day, std::string_view after,
                                                                  std::int64_t limit) {
  return ReadAll<v1::Certification>(session, kListCertifications,
                                    {after, filter.person, filter.person, filter.track, filter.track, limit},
                                    [&](const db::Row& row) { return CertificationOf(row, day); });
}

absl::StatusOr<std::vector<v1::Certification>> LatestCertifications(db::Session& session,
                                                                    std::string_view person,
                                                                    absl::CivilDay day, std::int64_t limit) {
  return ReadAll<v1::Certification>(session, kLatestCertifications, {person, FormatDate(day), limit},
                                    [&](const db::Row& row) { return CertificationOf(row, day); });
}

}  // namespace plenary::membership::store
