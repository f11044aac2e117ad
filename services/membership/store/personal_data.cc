#include "services/membership/store/personal_data.h"

#include <array>

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/date.h"

namespace plenary::membership::store {
namespace {

// A section of the export. The statement takes the person's id, or their address, or their name as a caller,
// as often as it has parameters, and gives the columns in the order of the names. Those that end in "_at" are
// instants.
enum class By { kId, kEmail, kName };
struct Section {
  const char* name;
  By by;
  int parameters;
  const char* sql;
  std::array<const char*, 9> columns;
};

constexpr std::array kSections = {
    Section{"person",
            By::kId,
            1,
            "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id = ?",
            {"id", "email", "full_name", "company", "accepted_letters"}},
    Section{"telephone", By::kId, 1, "SELECT phone FROM phones WHERE person = ?", {"phone"}},
    Section{"former_names",
            By::kId,
            1,
            "SELECT name, held_until, source FROM former_names WHERE holder = ? ORDER BY sequence",
            {"name", "held_until", "source"}},
    Section{"companies",
            By::kId,
            1,
            "SELECT l.role, l.company, c.display_name, l.start_date, l.end_date, l.source, l.end_source FROM "
            "links l LEFT"
            " JOIN companies c ON c.id = l.company WHERE l.person = ? ORDER BY l.start_date, l.id",
            {"role", "company", "company_name", "start_date", "end_date", "source", "end_source"}},
    Section{
        "memberships",
        By::kId,
        1,
        "SELECT category, start_date, end_date, source FROM memberships WHERE holder = ? ORDER BY start_date",
        {"category", "start_date", "end_date", "source"}},
    Section{"membership_acts",
            By::kId,
            1,
            "SELECT kind, category, start_date, effective_on, motion, reason, source FROM membership_acts "
            "WHERE holder = ?"
            " ORDER BY sequence",
            {"kind", "category", "period_start", "effective_on", "motion", "reason", "source"}},
    Section{"price_locks",
            By::kId,
            1,
            "SELECT category, since, price_cents, ended_on FROM price_locks WHERE holder = ? ORDER BY since",
            {"category", "since", "price_cents", "ended_on"}},
    Section{"invoices",
            By::kId,
            1,
            "SELECT id, description, amount_cents, paid_cents, issued_on, due_on, voided_on FROM invoices "
            "WHERE holder = ?"
            " ORDER BY sequence",
            {"id", "description", "amount_cents", "paid_cents", "issued_on", "due_on", "voided_on"}},
    Section{"payments",
            By::kId,
            1,
            "SELECT p.id, p.reference, p.kind, p.amount_cents, p.refunded_cents, p.received_on, p.note, "
            "c.donor_name,"
            " c.purpose FROM payments p LEFT JOIN contributions c ON c.payment = p.id WHERE p.holder = ?"
            " ORDER BY p.sequence",
            {"id", "reference", "kind", "amount_cents", "refunded_cents", "received_on", "note", "donor_name",
             "purpose"}},
    Section{
        "letters",
        By::kId,
        1,
        "SELECT id, referee_name, referee_email, relation, state, text, created_at, received_at, decided_at"
        " FROM letters WHERE person = ? ORDER BY created_at",
        {"id", "referee_name", "referee_email", "relation", "state", "text", "created_at", "received_at",
         "decided_at"}},
    Section{"letter_counts",
            By::kId,
            1,
            "SELECT recorded_on, accepted, source FROM letter_counts WHERE person = ? ORDER BY sequence",
            {"recorded_on", "accepted", "source"}},
    Section{"vouches",
            By::kId,
            2,
            "SELECT voucher, person, start_date, end_date FROM vouches WHERE person = ? OR voucher = ? ORDER "
            "BY sequence",
            {"voucher", "person", "start_date", "end_date"}},
    Section{"verifications",
            By::kId,
            1,
            "SELECT category, motion, start_date, end_date FROM verification_grants WHERE person = ?",
            {"category", "motion", "start_date", "end_date"}},
    Section{"applications",
            By::kId,
            1,
            "SELECT id, full_name, email, company_display_name, category, statement, state, created_at, "
            "decided_at"
            " FROM applications WHERE person = ? ORDER BY created_at",
            {"id", "full_name", "email", "company", "category", "statement", "state", "created_at",
             "decided_at"}},
    Section{
        "credits",
        By::kId,
        1,
        "SELECT id, state, earned_on, hundredths, course, description, evidence, decision_reason, created_at"
        " FROM credits WHERE person = ? ORDER BY earned_on, id",
        {"id", "state", "earned_on", "hundredths", "course", "description", "evidence", "decision_reason",
         "created_at"}},
    Section{"certifications",
            By::kId,
            1,
            "SELECT id, track, granted_on, valid_until, revoked_on FROM certifications WHERE person = ?"
            " ORDER BY granted_on",
            {"id", "track", "granted_on", "valid_until", "revoked_on"}},
    Section{"badges",
            By::kId,
            1,
            "SELECT id, label, issued_at, revoked_at FROM badges WHERE person = ? ORDER BY issued_at",
            {"id", "label", "issued_at", "revoked_at"}},
    Section{"code_acceptances",
            By::kId,
            1,
            "SELECT code_version, accepted_on FROM code_acceptances WHERE person = ? ORDER BY accepted_on",
            {"code_version", "accepted_on"}},
    Section{"chapters",
            By::kId,
            1,
            "SELECT chapter, start_date, end_date, source FROM chapter_memberships WHERE person = ?"
            " ORDER BY start_date",
            {"chapter", "start_date", "end_date", "source"}},
    Section{"seat",
            By::kId,
            1,
            "SELECT company, number, category, held_since FROM seats WHERE holder = ?",
            {"company", "number", "category", "held_since"}},
    Section{"seat_moves",
            By::kId,
            2,
            "SELECT company, number, kind, moved_on FROM seat_moves WHERE person_out = ? OR person_in = ? "
            "ORDER BY "
            "sequence",
            {"company", "number", "kind", "moved_on"}},
    Section{
        "offers_of_help",
        By::kId,
        1,
        "SELECT id, hours_a_month, skills, offer_text, state, created_at FROM help_offers WHERE person = ?"
        " ORDER BY sequence",
        {"id", "hours_a_month", "skills", "text", "state", "created_at"}},
    Section{"seats",
            By::kId,
            2,
            "SELECT company, number, kind, person_out, person_in, moved_on, source FROM seat_moves"
            " WHERE person_out = ? OR person_in = ? ORDER BY sequence",
            {"company", "number", "kind", "person_out", "person_in", "moved_on", "source"}},
    Section{"help_offers",
            By::kId,
            1,
            "SELECT id, hours_a_month, skills, offer_text, state, taken_for, created_at, settled_at"
            " FROM help_offers WHERE person = ? ORDER BY sequence",
            {"id", "hours_a_month", "skills", "text", "state", "taken_for", "created_at", "settled_at"}},
    Section{
        "invitations",
        By::kEmail,
        1,
        "SELECT id, company, creator, created_at, expires_at FROM join_codes WHERE address = ? ORDER BY id",
        {"id", "company", "creator", "created_at", "expires_at"}},
    Section{"contact",
            By::kEmail,
            1,
            "SELECT id, email, full_name, state, topics, source, created_at FROM contacts WHERE email = ?",
            {"id", "email", "full_name", "state", "topics", "source", "created_at"}},
    Section{
        "consents",
        By::kEmail,
        1,
        "SELECT s.act, s.evidence, s.topics, s.at FROM contacts c JOIN contact_consents s ON s.contact = c.id"
        " WHERE c.email = ? ORDER BY s.sequence",
        {"act", "evidence", "topics", "given_at"}},
    Section{"notices",
            By::kId,
            1,
            "SELECT id, template, address, state, created_at, settled_at FROM notices WHERE person = ?"
            " ORDER BY sequence",
            {"id", "template", "address", "state", "created_at", "settled_at"}},
    Section{"sessions",
            By::kId,
            1,
            "SELECT id, means, created_at, refreshed_at, ended_at FROM sessions WHERE person = ? ORDER BY "
            "created_at",
            {"id", "means", "created_at", "refreshed_at", "ended_at"}},
    Section{"provider_names",
            By::kId,
            1,
            "SELECT issuer, subject, linked_at FROM oidc_subjects WHERE person = ? ORDER BY issuer, subject",
            {"issuer", "subject", "linked_at"}},
    Section{"rolls",
            By::kId,
            2,
            "SELECT election, unit_display_name FROM roll_entries WHERE representative = ? OR unit = ? ORDER "
            "BY election",
            {"election", "line"}},
    Section{"acts_of_the_person",
            By::kName,
            1,
            "SELECT at, act, resource, detail FROM audit WHERE actor = ? ORDER BY sequence",
            {"done_at", "act", "resource", "detail"}},
    Section{"acts_on_the_person",
            By::kName,
            1,
            "SELECT at, act, detail FROM audit WHERE resource = ? ORDER BY sequence",
            {"done_at", "act", "detail"}},
};

constexpr char kMergedInto[] =
    "SELECT m.id, m.email, m.full_name FROM merges g JOIN merged_people m ON m.id = g.duplicate_now"
    " WHERE g.survivor = ? ORDER BY m.id";

std::optional<std::string> ValueOf(const db::Row& row, std::size_t column, std::string_view name) {
  if (row.IsNull(column)) return std::nullopt;
  if (name.size() > 3 && name.substr(name.size() - 3) == "_at")
    return FormatInstant(db::FromMicros(row.Int64(column)));
  return row.Text(column);
}

}  // namespace

absl::Status EachPersonalRecord(db::Session& session, const std::vector<Identity>& identities,
                                const std::function<void(std::string_view)>& section,
                                const std::function<void(const PersonalRecord&)>& record) {
  for (const Section& of : kSections) {
    section(of.name);
    for (const Identity& identity : identities) {
      const std::string name = ResourceName("people", identity.id);
      const std::string& key = of.by == By::kId ? identity.id : of.by == By::kEmail ? identity.email : name;
      const db::Params params(static_cast<std::size_t>(of.parameters), key);
      RETURN_IF_ERROR(session.Query(of.sql, params, [&](const db::Row& row) {
        PersonalRecord values;
        for (std::size_t i = 0; i < row.size(); ++i)
          values.emplace_back(of.columns[i], ValueOf(row, i, of.columns[i]));
        record(values);
      }));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Identity>> IdentitiesOf(db::Session& session, const Identity& person) {
  std::vector<Identity> identities = {person};
  for (std::size_t i = 0; i < identities.size(); ++i) {
    const std::string survivor = identities[i].id;
    RETURN_IF_ERROR(session.Query(kMergedInto, {survivor}, [&](const db::Row& row) {
      identities.push_back({.id = row.Text(0), .email = row.Text(1), .full_name = row.Text(2)});
    }));
  }
  return identities;
}

}  // namespace plenary::membership::store
