#include "services/membership/store/erasure.h"

#include <array>
#include <limits>

#include "common/crypto/bytes.h"
#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kFindErasure[] = "SELECT sequence, person, reason, erased_at FROM erasures WHERE person = ?";
constexpr char kListErasures[] =
    "SELECT sequence, person, reason, erased_at FROM erasures WHERE sequence < ? ORDER BY sequence DESC "
    "LIMIT ?";
constexpr char kInsertErasure[] = "INSERT INTO erasures (person, reason, erased_at) VALUES (?, ?, ?)";

// What goes by the person's id, in this order: mail about letters is found through the letters.
constexpr std::array kById = {
    "UPDATE notices n JOIN letters l ON n.event = CONCAT('letter-request/letters/', l.id)"
    " SET n.state = IF(n.state = 'QUEUED', 'EXPIRED', n.state), n.address = 'erased@erased.invalid',"
    " n.template_values = '{}', n.error = '' WHERE l.person = ?",
    "UPDATE people SET email = CONCAT('erased-', id, '@erased.invalid'), full_name = 'Erased member' WHERE "
    "id = ?",
    "UPDATE merged_people SET email = CONCAT('erased-', id, '@erased.invalid'), full_name = 'Erased member'"
    " WHERE id = ?",
    "DELETE FROM phones WHERE person = ?",
    "DELETE v FROM merge_moves v JOIN merges g ON g.id = v.merge_id WHERE v.fact = 'telephone' AND "
    "g.survivor = ?",
    "DELETE FROM former_names WHERE holder = ?",
    "DELETE FROM search_words WHERE holder = ?",
    "UPDATE import_changes SET before_text = '', after_text = '' WHERE subject = ? AND kind = "
    "'PERSON_RENAMED'",
    "UPDATE letters SET referee_name = 'Erased', referee_email = 'erased@erased.invalid', referee_now = NULL,"
    " relation = '', text = '', check_note = '', decision_reason = '', token_sha256 = NULL WHERE person = ?",
    "UPDATE applications SET full_name = 'Erased', email = 'erased@erased.invalid', email_now = NULL,"
    " company_display_name = '', statement = '', decision_reason = '', token_sha256 = NULL WHERE person = ?",
    "UPDATE credits SET description = '', evidence = '', decision_reason = '' WHERE person = ?",
    "UPDATE badges SET label = '', show_company = 0, revoked_at = COALESCE(revoked_at, issued_at) WHERE "
    "person = ?",
    "UPDATE contributions c JOIN payments p ON p.id = c.payment SET c.donor_name = 'Erased member', "
    "c.anonymous = 1"
    " WHERE p.holder = ?",
    "DELETE FROM seats WHERE holder = ?",
    "UPDATE help_offers SET skills = '', offer_text = '', show_email = 0, taken_for = '',"
    " state = IF(state = 'OPEN', 'WITHDRAWN', state) WHERE person = ?",
    // The hash of a roll is of ids: its lines stay, without the name.
    "UPDATE roll_entries SET unit_display_name = 'Erased member' WHERE unit = ?",
    // What they said of their own line; what stands there of a company's was said for the company.
    "UPDATE disputes SET text = 'Erased', answer = IF(answer = '', '', 'Erased') WHERE unit = ?",
    "DELETE FROM sign_ins WHERE person = ?",
    "DELETE t FROM refresh_tokens t JOIN sessions s ON s.id = t.session WHERE s.person = ?",
    "DELETE FROM sessions WHERE person = ?",
    "DELETE FROM oidc_subjects WHERE person = ?",
};
// What goes by the address: what was written before, or beside, being on the register.
constexpr std::array kByEmail = {
    "UPDATE letters SET referee_name = 'Erased', referee_email = 'erased@erased.invalid',"
    " referee_now = IF(referee_now IS NULL, NULL, CONCAT('erased-', id, '@erased.invalid')) WHERE "
    "referee_email = ?",
    "UPDATE applications SET full_name = 'Erased', email = 'erased@erased.invalid', email_now = NULL,"
    " company_display_name = '', statement = '', decision_reason = '', token_sha256 = NULL,"
    " state = IF(state IN ('SUBMITTED', 'CONFIRMED'), 'WITHDRAWN', state) WHERE email = ?",
    "DELETE FROM join_codes WHERE address = ?",
};
// A notice that waits is sent to nobody.
constexpr char kNotices[] =
    "UPDATE notices SET state = IF(state = 'QUEUED', 'EXPIRED', state), settled_at = COALESCE(settled_at, ?),"
    " address = 'erased@erased.invalid', template_values = '{}', error = '' WHERE person = ? OR "
    "address_sha256 = ?";
constexpr char kSuppressed[] = "UPDATE suppressed_addresses SET detail = '' WHERE address_sha256 = ?";
// First answers that tell of them, whoever asked.
constexpr char kRequests[] =
    "DELETE FROM requests WHERE caller = ? OR INSTR(response, ?) > 0 OR INSTR(response, ?) > 0";
constexpr char kProposals[] = "DELETE FROM duplicates WHERE first_id = ? OR second_id = ?";

constexpr std::array kOfCompany = {
    "UPDATE companies SET display_name = CONCAT('Erased company ', id), name_key = CONCAT('erased company ', "
    "id),"
    " version = version + 1 WHERE id = ?",
    "DELETE FROM former_names WHERE holder = ?",
    "DELETE FROM search_words WHERE holder = ?",
    "UPDATE roll_entries SET unit_display_name = 'Erased company', company_display_name = 'Erased company'"
    " WHERE company = ?",
};

StoredErasure ErasureOf(const db::Row& row) {
  return {.sequence = row.Uint64(0),
          .person = row.Text(1),
          .reason = row.Text(2),
          .erased_at = db::FromMicros(row.Int64(3))};
}

}  // namespace

absl::StatusOr<std::optional<StoredErasure>> FindErasure(db::Session& session, std::string_view person) {
  return ReadOne<StoredErasure>(session, kFindErasure, {person}, ErasureOf);
}

absl::StatusOr<std::vector<StoredErasure>> ListErasures(db::Session& session, std::uint64_t before,
                                                        std::int64_t limit) {
  const std::uint64_t newest = std::numeric_limits<std::uint64_t>::max();
  return ReadAll<StoredErasure>(session, kListErasures, {before == 0 ? newest : before, limit}, ErasureOf);
}

absl::Status InsertErasure(db::Transaction& transaction, std::string_view person, std::string_view reason,
                           absl::Time now) {
  return transaction.Execute(kInsertErasure, {person, reason, db::ToMicros(now)}).status();
}

absl::Status EraseIdentity(db::Transaction& transaction, const Identity& identity, absl::Time now) {
  const std::string digest = crypto::Sha256(identity.email);
  RETURN_IF_ERROR(transaction.Execute(kNotices, {db::ToMicros(now), identity.id, digest}).status());
  RETURN_IF_ERROR(transaction.Execute(kSuppressed, {digest}).status());
  for (const char* sql : kById) RETURN_IF_ERROR(transaction.Execute(sql, {identity.id}).status());
  for (const char* sql : kByEmail) RETURN_IF_ERROR(transaction.Execute(sql, {identity.email}).status());
  RETURN_IF_ERROR(
      transaction.Execute(kRequests, {ResourceName("people", identity.id), identity.id, identity.email})
          .status());
  return transaction.Execute(kProposals, {identity.id, identity.id}).status();
}

absl::Status EraseCompanyName(db::Transaction& transaction, std::string_view company) {
  for (const char* sql : kOfCompany) RETURN_IF_ERROR(transaction.Execute(sql, {company}).status());
  return absl::OkStatus();
}

}  // namespace plenary::membership::store
