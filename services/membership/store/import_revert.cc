#include "services/membership/store/import_revert.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/limits_imports.h"
#include "services/membership/names.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/search.h"

namespace plenary::membership::store {
namespace {

// Every statement here is about the changes h of one import beyond one sequence number up to another.
#define PLENARY_CHANGES " h.batch = ? AND h.sequence > ? AND h.sequence <= ? "

constexpr char kLockCompanies[] =
    "SELECT c.id FROM import_changes h JOIN companies c ON c.id = h.subject WHERE" PLENARY_CHANGES
    "ORDER BY c.id FOR UPDATE";
constexpr char kLockCompaniesOfLinks[] =
    "SELECT c.id FROM import_changes h JOIN companies c ON c.id = h.company WHERE" PLENARY_CHANGES
    "ORDER BY c.id FOR UPDATE";
constexpr char kLockPeople[] =
    "SELECT p.id FROM import_changes h JOIN people p ON p.id = h.subject WHERE" PLENARY_CHANGES
    "ORDER BY p.id FOR UPDATE";

// One line a change, with whom it is about.
#define PLENARY_OBSTACLES                                                                                    \
  "SELECT h.subject, h.kind = 'PERSON_ADDED' OR p.id IS NOT NULL, COALESCE(p.full_name, c.display_name, '')" \
  " FROM import_changes h JOIN import_batches b ON b.id = h.batch LEFT JOIN people p ON p.id = h.subject"    \
  " LEFT JOIN companies c ON c.id = h.subject WHERE" PLENARY_CHANGES
#define PLENARY_OF_OTHERS(row) "(" row ".batch IS NULL OR " row ".batch <> h.batch)"

constexpr char kGone[] = PLENARY_OBSTACLES
    "AND ((h.kind = 'PERSON_ADDED' AND p.id IS NULL) OR (h.kind = 'COMPANY_ADDED' AND c.id IS NULL)"
    " OR (h.kind = 'PERIOD_ADDED' AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.holder = h.subject"
    " AND m.category = h.category AND m.start_date = h.start_date AND m.batch = h.batch))"
    " OR (h.kind IN ('LINK_ADDED', 'LINK_ENDED') AND NOT EXISTS (SELECT 1 FROM links l WHERE l.id = h.link"
    " AND l.person = h.subject AND l.company = h.company))"
    " OR (h.kind = 'LETTERS_RECORDED' AND NOT EXISTS (SELECT 1 FROM letter_counts k WHERE k.person = "
    "h.subject"
    " AND k.recorded_on = h.start_date AND k.batch = h.batch)))";
constexpr char kCredential[] = PLENARY_OBSTACLES
    "AND ((h.kind IN ('PERSON_ADDED', 'COMPANY_ADDED') AND EXISTS (SELECT 1 FROM issuances i WHERE i.unit = "
    "h.subject))"
    " OR (h.kind = 'LINK_ADDED' AND h.role = 'REPRESENTATIVE' AND h.end_date IS NULL"
    " AND EXISTS (SELECT 1 FROM issuances i WHERE i.unit = h.company)))";
constexpr char kOnRoll[] = PLENARY_OBSTACLES
    "AND ((h.kind = 'PERSON_ADDED' AND EXISTS (SELECT 1 FROM roll_entries r WHERE r.representative = "
    "h.subject))"
    " OR (h.kind = 'COMPANY_ADDED' AND EXISTS (SELECT 1 FROM roll_entries r WHERE r.company = h.subject))"
    " OR (h.kind IN ('PERIOD_ADDED', 'LETTERS_RECORDED') AND EXISTS (SELECT 1 FROM roll_entries r"
    " JOIN rolls o ON o.election = r.election WHERE r.representative = h.subject"
    " AND o.frozen_at >= b.imported_at)))";
constexpr char kMoney[] = PLENARY_OBSTACLES
    "AND ((h.kind IN ('PERSON_ADDED', 'COMPANY_ADDED') AND (EXISTS (SELECT 1 FROM payments y WHERE y.holder "
    "= h.subject)"
    " OR EXISTS (SELECT 1 FROM invoices v WHERE v.holder = h.subject)"
    " OR EXISTS (SELECT 1 FROM price_locks x WHERE x.holder = h.subject)))"
    " OR (h.kind = 'PERIOD_ADDED' AND EXISTS (SELECT 1 FROM invoices v WHERE v.holder = h.subject"
    " AND v.category = h.category AND h.start_date IN (v.period_start, v.begun_on))))";
constexpr char kActs[] = PLENARY_OBSTACLES
    "AND ((h.kind IN ('PERSON_ADDED', 'COMPANY_ADDED')"
    " AND EXISTS (SELECT 1 FROM membership_acts a WHERE a.holder = h.subject))"
    " OR (h.kind = 'PERIOD_ADDED' AND EXISTS (SELECT 1 FROM membership_acts a WHERE a.holder = h.subject"
    " AND a.category = h.category AND (a.start_date = h.start_date OR a.start_date IS NULL))))";
constexpr char kMembership[] = PLENARY_OBSTACLES
    "AND ((h.kind IN ('PERSON_ADDED', 'COMPANY_ADDED') AND EXISTS (SELECT 1 FROM memberships m"
    " WHERE m.holder = h.subject AND " PLENARY_OF_OTHERS("m") "))"
    " OR (h.kind = 'PERIOD_ADDED' AND b.year = 0 AND EXISTS (SELECT 1 FROM memberships m WHERE m.holder = h.subject"
    " AND m.category = h.category AND m.start_date = h.end_date AND " PLENARY_OF_OTHERS("m") ")))";
constexpr char kMoved[] = PLENARY_OBSTACLES
    "AND ((h.kind = 'PERSON_ADDED' AND EXISTS (SELECT 1 FROM links l WHERE l.person = h.subject"
    " AND " PLENARY_OF_OTHERS("l") "))"
    " OR (h.kind = 'COMPANY_ADDED' AND EXISTS (SELECT 1 FROM links l WHERE l.company = h.subject"
    " AND " PLENARY_OF_OTHERS("l") "))"
    " OR (h.kind IN ('LINK_ADDED', 'LINK_ENDED') AND EXISTS (SELECT 1 FROM links l WHERE l.id = h.link"
    " AND NOT (l.end_date <=> h.end_date)))"
    " OR (h.kind = 'LINK_ENDED' AND (EXISTS (SELECT 1 FROM links l WHERE l.employee_now = h.subject"
    " AND h.role = 'EMPLOYEE' AND " PLENARY_OF_OTHERS("l") ") OR EXISTS (SELECT 1 FROM links l"
    " WHERE l.representative_now = h.company AND h.role = 'REPRESENTATIVE' AND " PLENARY_OF_OTHERS("l") ")"
    " OR EXISTS (SELECT 1 FROM links l WHERE l.administrator_now = CONCAT(h.subject, h.company)"
    " AND h.role = 'ADMINISTRATOR'))))";
constexpr char kRenamed[] = PLENARY_OBSTACLES
    "AND ((h.kind = 'PERSON_RENAMED' AND p.full_name <> h.after_text)"
    " OR (h.kind IN ('PERSON_ADDED', 'COMPANY_ADDED')"
    " AND EXISTS (SELECT 1 FROM former_names f WHERE f.holder = h.subject)))";
constexpr char kLetters[] = PLENARY_OBSTACLES
    "AND h.kind = 'PERSON_ADDED' AND EXISTS (SELECT 1 FROM letter_counts k WHERE k.person = h.subject"
    " AND " PLENARY_OF_OTHERS("k") ")";
constexpr char kRecords[] = PLENARY_OBSTACLES
    "AND h.kind = 'PERSON_ADDED' AND (EXISTS (SELECT 1 FROM letters x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM vouches x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM verification_grants x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM code_acceptances x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM credits x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM certifications x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM badges x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM chapter_memberships x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM help_offers x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM oidc_subjects x WHERE x.person = h.subject)"
    " OR EXISTS (SELECT 1 FROM phones x WHERE x.person = h.subject))";
constexpr char kMerged[] = PLENARY_OBSTACLES
    "AND h.kind IN ('PERSON_ADDED', 'COMPANY_ADDED', 'PERIOD_ADDED') AND EXISTS (SELECT 1 FROM merges x"
    " WHERE x.duplicate_now IS NOT NULL AND h.subject IN (x.survivor, x.duplicate))";
constexpr char kSeats[] = PLENARY_OBSTACLES
    "AND h.kind IN ('PERSON_ADDED', 'COMPANY_ADDED', 'PERIOD_ADDED')"
    " AND (EXISTS (SELECT 1 FROM seats x WHERE x.holder = h.subject)"
    " OR EXISTS (SELECT 1 FROM seats x WHERE x.company = h.subject)"
    " OR (h.kind = 'PERSON_ADDED' AND EXISTS (SELECT 1 FROM seat_moves x WHERE x.person_out = h.subject"
    " OR x.person_in = h.subject))"
    " OR (h.kind = 'COMPANY_ADDED' AND (EXISTS (SELECT 1 FROM seat_purchases x WHERE x.company = h.subject)"
    " OR EXISTS (SELECT 1 FROM seat_moves x WHERE x.company = h.subject)"
    " OR EXISTS (SELECT 1 FROM join_codes x WHERE x.company = h.subject))))";

constexpr const char* kLocks[] = {kLockCompanies, kLockCompaniesOfLinks, kLockPeople};

struct Check {
  const char* sql;
  const char* reason;
  const char* sentence;  // after the name
};
constexpr Check kChecks[] = {
    {kGone, "FACT_GONE", "was merged or erased since, or what the import said of them was."},
    {kCredential, "CREDENTIAL_ISSUED", "stands behind a voting credential that went out."},
    {kOnRoll, "ON_A_ROLL", "stands on a frozen roll."},
    {kMoney, "MONEY_RECORDED", "has an invoice, a payment or a kept price."},
    {kActs, "ACT_RECORDED", "has a membership that was cancelled, suspended or reinstated."},
    {kMembership, "MEMBERSHIP_FOLLOWED", "has a later membership, from another import or a renewal."},
    {kMoved, "MOVED_SINCE", "moved, or has people or a representative by a later act."},
    {kRenamed, "RENAMED_SINCE", "got another name later."},
    {kLetters, "LETTERS_RECORDED", "has letters of reference that were recorded later."},
    {kMerged, "RECORD_FOLLOWED", "is what others were merged into, or was merged."},
    {kSeats, "RECORD_FOLLOWED", "has or had a team seat, seats of its own, or codes to join it."},
    {kRecords, "RECORD_FOLLOWED", "has letters, credits, a badge, a chapter or another record of their own."},
};

constexpr char kCount[] = "SELECT kind, COUNT(*) FROM import_changes WHERE batch = ? GROUP BY kind";

// In this order: what was added goes before what was ended comes back, for a key allows one of them.
constexpr const char* kUndo[] = {
    "DELETE l FROM links l JOIN import_changes h ON h.link = l.id WHERE" PLENARY_CHANGES
    "AND h.kind = 'LINK_ADDED'",
    "UPDATE links l JOIN import_changes h ON h.link = l.id SET l.end_date = NULL, l.end_source = '',"
    " l.employee_now = IF(l.role = 'EMPLOYEE', l.person, NULL),"
    " l.representative_now = IF(l.role = 'REPRESENTATIVE', l.company, NULL),"
    " l.administrator_now = IF(l.role = 'ADMINISTRATOR', CONCAT(l.person, l.company), NULL)"
    " WHERE" PLENARY_CHANGES "AND h.kind = 'LINK_ENDED'",
    "UPDATE people p JOIN import_changes h ON h.subject = p.id JOIN links l ON l.employee_now = p.id"
    " SET p.company = l.company WHERE" PLENARY_CHANGES "AND h.kind = 'LINK_ENDED'",
    "UPDATE companies c JOIN import_changes h ON h.company = c.id LEFT JOIN links l ON l.representative_now "
    "= c.id"
    " SET c.representative = l.person, c.version = c.version + 1 WHERE" PLENARY_CHANGES
    "AND h.kind IN ('LINK_ADDED', 'LINK_ENDED') AND h.role = 'REPRESENTATIVE'",
    "DELETE m FROM memberships m JOIN import_changes h ON m.holder = h.subject AND m.category = h.category"
    " AND m.start_date = h.start_date AND m.batch = h.batch WHERE" PLENARY_CHANGES
    "AND h.kind = 'PERIOD_ADDED'",
    "DELETE k FROM letter_counts k JOIN import_changes h ON k.person = h.subject AND k.recorded_on = "
    "h.start_date"
    " AND k.batch = h.batch WHERE" PLENARY_CHANGES "AND h.kind = 'LETTERS_RECORDED'",
    "DELETE f FROM former_names f JOIN import_changes h ON f.holder = h.subject AND f.name = h.before_text"
    " JOIN import_batches b ON b.id = h.batch AND f.source = b.source WHERE" PLENARY_CHANGES
    "AND h.kind = 'PERSON_RENAMED'",
    "UPDATE people p JOIN import_changes h ON h.subject = p.id SET p.full_name = h.before_text "
    "WHERE" PLENARY_CHANGES "AND h.kind = 'PERSON_RENAMED'",
    "DELETE w FROM search_words w JOIN import_changes h ON h.subject = w.holder WHERE" PLENARY_CHANGES
    "AND h.kind IN ('PERSON_ADDED', 'COMPANY_ADDED')",
    "DELETE p FROM people p JOIN import_changes h ON h.subject = p.id WHERE" PLENARY_CHANGES
    "AND h.kind = 'PERSON_ADDED'",
    "DELETE c FROM companies c JOIN import_changes h ON h.subject = c.id WHERE" PLENARY_CHANGES
    "AND h.kind = 'COMPANY_ADDED'",
};
constexpr char kLettersAgain[] =
    "UPDATE people p JOIN import_changes h ON h.subject = p.id SET p.accepted_letters = COALESCE((SELECT "
    "k.accepted"
    " FROM letter_counts k WHERE k.person = p.id AND k.recorded_on <= ? ORDER BY k.recorded_on DESC, "
    "k.sequence DESC"
    " LIMIT 1), 0) WHERE" PLENARY_CHANGES "AND h.kind = 'LETTERS_RECORDED'";
constexpr char kRenames[] = "SELECT h.subject, h.before_text FROM import_changes h WHERE" PLENARY_CHANGES
                            "AND h.kind = 'PERSON_RENAMED'";
constexpr char kMarkReverted[] = "UPDATE import_batches SET reverted_at = ?, reverted_by = ? WHERE id = ?";

#undef PLENARY_CHANGES
#undef PLENARY_OBSTACLES
#undef PLENARY_OF_OTHERS

// Calls `each` for the changes of an import, a few thousand at a time.
absl::Status EachPart(std::string_view import, std::int64_t changes, const Step& step,
                      const std::function<absl::Status(const db::Params&)>& each) {
  for (std::int64_t after = 0; after < changes; after += limits::kChangesAtATime) {
    RETURN_IF_ERROR(each({import, after, std::min(changes, after + limits::kChangesAtATime)}));
    step();
  }
  return absl::OkStatus();
}

v1::ImportObstacle ObstacleOf(const Check& check, const db::Row& row) {
  v1::ImportObstacle obstacle;
  obstacle.set_reason(check.reason);
  obstacle.set_subject(ResourceName(row.Bool(1) ? kPeople : kCompanies, row.Text(0)));
  const std::string& name = row.Text(2);
  obstacle.set_sentence(fmt::format("{} {}", name.empty() ? obstacle.subject() : name, check.sentence));
  return obstacle;
}

// What people.accepted_letters and the search know of the people of a part.
absl::Status RestorePeople(db::Transaction& transaction, const db::Params& part, absl::CivilDay today) {
  db::Params params = {DateValue(today)};
  params.insert(params.end(), part.begin(), part.end());
  RETURN_IF_ERROR(transaction.Execute(kLettersAgain, params).status());
  std::vector<NamedHolder> renamed;
  RETURN_IF_ERROR(transaction.Query(kRenames, part, [&](const db::Row& row) {
    renamed.push_back({row.Text(0), row.Text(1)});
  }));
  for (const NamedHolder& holder : renamed) RETURN_IF_ERROR(ReplaceSearchWords(transaction, holder));
  return absl::OkStatus();
}

}  // namespace

std::int64_t StepsOfReversal(std::int64_t changes, bool undo) {
  const auto parts = (changes + limits::kChangesAtATime - 1) / limits::kChangesAtATime;
  constexpr std::size_t kLooks = std::size(kLocks) + std::size(kChecks);
  return parts * static_cast<std::int64_t>(undo ? kLooks + std::size(kUndo) + 1 : kLooks);
}

absl::Status LockSubjectsOfImport(db::Transaction& transaction, std::string_view import, std::int64_t changes,
                                  const Step& step) {
  for (const char* sql : kLocks) {
    RETURN_IF_ERROR(EachPart(import, changes, step, [&](const db::Params& part) {
      return transaction.Query(sql, part, [](const db::Row&) {});
    }));
  }
  return absl::OkStatus();
}

absl::StatusOr<Obstacles> FindObstacles(db::Session& session, std::string_view import, std::int64_t changes,
                                        const Step& step) {
  Obstacles obstacles;
  for (const Check& check : kChecks) {
    RETURN_IF_ERROR(EachPart(import, changes, step, [&](const db::Params& part) {
      return session.Query(check.sql, part, [&](const db::Row& row) {
        ++obstacles.count;
        if (obstacles.count <= limits::kMostObstacles) obstacles.first.push_back(ObstacleOf(check, row));
      });
    }));
  }
  return obstacles;
}

absl::StatusOr<v1::RevertImportResponse> CountReversal(db::Session& session, std::string_view import) {
  v1::RevertImportResponse response;
  RETURN_IF_ERROR(session.Query(kCount, {import}, [&](const db::Row& row) {
    const std::string& kind = row.Text(0);
    const std::int64_t count = row.Int64(1);
    if (kind == "PERSON_ADDED") response.set_people_deleted(count);
    if (kind == "COMPANY_ADDED") response.set_companies_deleted(count);
    if (kind == "PERIOD_ADDED") response.set_memberships_deleted(count);
    if (kind == "LINK_ADDED") response.set_links_deleted(count);
    if (kind == "LETTERS_RECORDED") response.set_letters_deleted(count);
    if (kind == "PERSON_RENAMED" || kind == "LINK_ENDED") {
      response.set_facts_restored(response.facts_restored() + count);
    }
  }));
  return response;
}

absl::Status UndoImport(db::Transaction& transaction, std::string_view import, std::int64_t changes,
                        absl::Time now, std::string_view actor, const Step& step) {
  for (const char* sql : kUndo) {
    RETURN_IF_ERROR(EachPart(import, changes, step, [&](const db::Params& part) {
      return transaction.Execute(sql, part).status();
    }));
  }
  RETURN_IF_ERROR(EachPart(import, changes, step, [&](const db::Params& part) {
    return RestorePeople(transaction, part, DateOf(now));
  }));
  return transaction.Execute(kMarkReverted, {db::ToMicros(now), actor, import}).status();
}

}  // namespace plenary::membership::store
