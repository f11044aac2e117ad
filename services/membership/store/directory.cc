#include "services/membership/store/directory.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/status/macros.h"
#include "services/membership/limits.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/read_rows.h"
#include "services/membership/store/rows.h"

namespace plenary::membership::store {
namespace {

// Statements of a search. Which index finds the candidates is said here: left to itself the server walks all
// words of a common term once for each candidate of another. Each ends with the filter by category: its
// parameters are the category twice, the day, the limit.

// By the words of a rare term, each candidate then held against three more. Parameters: the term three times,
// `after`, each other term three times.
constexpr char kFindPeople[] =
    "SELECT p.id, p.email, p.full_name, p.company, p.accepted_letters FROM ("
    "SELECT holder AS id FROM search_words FORCE INDEX (by_word) WHERE word LIKE ? ESCAPE '!'"
    " UNION SELECT q.id FROM search_words s FORCE INDEX (by_word) STRAIGHT_JOIN people q FORCE INDEX "
    "(of_company)"
    " ON q.company = s.holder WHERE s.word LIKE ? ESCAPE '!'"
    " UNION SELECT id FROM people WHERE email LIKE ? ESCAPE '!'"
    ") found STRAIGHT_JOIN people p ON p.id = found.id WHERE p.id > ?"
    " AND (p.email LIKE ? ESCAPE '!'"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.id AND t.word LIKE ? ESCAPE '!')"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.company AND t.word LIKE ? ESCAPE '!'))"
    " AND (p.email LIKE ? ESCAPE '!'"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.id AND t.word LIKE ? ESCAPE '!')"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.company AND t.word LIKE ? ESCAPE '!'))"
    " AND (p.email LIKE ? ESCAPE '!'"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.id AND t.word LIKE ? ESCAPE '!')"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.company AND t.word LIKE ? ESCAPE '!'))"
    " AND (? = '' OR EXISTS (SELECT 1 FROM memberships m WHERE m.holder = p.id AND m.category = ?"
    " AND m.start_date <= ?)) ORDER BY p.id LIMIT ?";
// By id, each person held against four terms: of common ones a page is full soon. Parameters: `after`, each
// term three times.
constexpr char kWalkPeople[] =
    "SELECT p.id, p.email, p.full_name, p.company, p.accepted_letters FROM people p FORCE INDEX (PRIMARY)"
    " WHERE p.id > ?"
    " AND (p.email LIKE ? ESCAPE '!'"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.id AND t.word LIKE ? ESCAPE '!')"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.company AND t.word LIKE ? ESCAPE '!'))"
    " AND (p.email LIKE ? ESCAPE '!'"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.id AND t.word LIKE ? ESCAPE '!')"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.company AND t.word LIKE ? ESCAPE '!'))"
    " AND (p.email LIKE ? ESCAPE '!'"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.id AND t.word LIKE ? ESCAPE '!')"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.company AND t.word LIKE ? ESCAPE '!'))"
    " AND (p.email LIKE ? ESCAPE '!'"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.id AND t.word LIKE ? ESCAPE '!')"
    " OR EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = p.company AND t.word LIKE ? ESCAPE '!'))"
    " AND (? = '' OR EXISTS (SELECT 1 FROM memberships m WHERE m.holder = p.id AND m.category = ?"
    " AND m.start_date <= ?)) ORDER BY p.id LIMIT ?";
constexpr char kFilterPeople[] =
    "SELECT p.id, p.email, p.full_name, p.company, p.accepted_letters FROM people p WHERE p.id > ?"
    " AND (? = '' OR EXISTS (SELECT 1 FROM memberships m WHERE m.holder = p.id AND m.category = ?"
    " AND m.start_date <= ?)) ORDER BY p.id LIMIT ?";

// The same for companies; a term is one parameter.
constexpr char kFindCompanies[] =
    "SELECT c.id, c.display_name, c.name_key, c.representative, c.version FROM ("
    "SELECT DISTINCT holder AS id FROM search_words FORCE INDEX (by_word) WHERE word LIKE ? ESCAPE '!'"
    ") found STRAIGHT_JOIN companies c ON c.id = found.id WHERE c.id > ?"
    " AND EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = c.id AND t.word LIKE ? ESCAPE '!')"
    " AND EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = c.id AND t.word LIKE ? ESCAPE '!')"
    " AND EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = c.id AND t.word LIKE ? ESCAPE '!')"
    " AND (? = '' OR EXISTS (SELECT 1 FROM memberships m WHERE m.holder = c.id AND m.category = ?"
    " AND m.start_date <= ?)) ORDER BY c.id LIMIT ?";
constexpr char kWalkCompanies[] =
    "SELECT c.id, c.display_name, c.name_key, c.representative, c.version FROM companies c FORCE INDEX "
    "(PRIMARY)"
    " WHERE c.id > ?"
    " AND EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = c.id AND t.word LIKE ? ESCAPE '!')"
    " AND EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = c.id AND t.word LIKE ? ESCAPE '!')"
    " AND EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = c.id AND t.word LIKE ? ESCAPE '!')"
    " AND EXISTS (SELECT 1 FROM search_words t FORCE INDEX (PRIMARY)"
    " WHERE t.holder = c.id AND t.word LIKE ? ESCAPE '!')"
    " AND (? = '' OR EXISTS (SELECT 1 FROM memberships m WHERE m.holder = c.id AND m.category = ?"
    " AND m.start_date <= ?)) ORDER BY c.id LIMIT ?";
constexpr char kFilterCompanies[] =
    "SELECT c.id, c.display_name, c.name_key, c.representative, c.version FROM companies c WHERE c.id > ?"
    " AND (? = '' OR EXISTS (SELECT 1 FROM memberships m WHERE m.holder = c.id AND m.category = ?"
    " AND m.start_date <= ?)) ORDER BY c.id LIMIT ?";

constexpr char kCountWords[] =
    "SELECT COUNT(*) FROM (SELECT 1 FROM search_words FORCE INDEX (by_word) WHERE word LIKE ? ESCAPE '!' "
    "LIMIT ?)"
    " counted";

// Of a history: parameters holder, the last first day, (where a fact can end) the day beyond which it held,
// the day of the position twice, its key, the limit. Each begins with the first day and the key of the fact.
constexpr char kLinksOfPerson[] =
    "SELECT l.start_date, CONCAT('1', l.id), l.end_date, l.source, l.end_source, l.role, l.person, "
    "p.full_name,"
    " l.company, c.display_name FROM links l JOIN people p ON p.id = l.person JOIN companies c ON c.id = "
    "l.company"
    " WHERE l.person = ? AND l.start_date <= ? AND (l.end_date IS NULL OR l.end_date > ?)"
    " AND (l.start_date > ? OR (l.start_date = ? AND CONCAT('1', l.id) > ?)) ORDER BY l.start_date, l.id "
    "LIMIT ?";
constexpr char kLinksOfCompany[] =
    "SELECT l.start_date, CONCAT('1', l.id), l.end_date, l.source, l.end_source, l.role, l.person, "
    "p.full_name,"
    " l.company, c.display_name FROM links l JOIN people p ON p.id = l.person JOIN companies c ON c.id = "
    "l.company"
    " WHERE l.company = ? AND l.start_date <= ? AND (l.end_date IS NULL OR l.end_date > ?)"
    " AND (l.start_date > ? OR (l.start_date = ? AND CONCAT('1', l.id) > ?)) ORDER BY l.start_date, l.id "
    "LIMIT ?";
constexpr char kPeriods[] =
    "SELECT start_date, CONCAT('2', category), category, start_date, end_date, source FROM memberships"
    " WHERE holder = ? AND start_date <= ?"
    " AND (start_date > ? OR (start_date = ? AND CONCAT('2', category) > ?)) ORDER BY start_date, category "
    "LIMIT ?";
constexpr char kDecisions[] =
    "SELECT effective_on, CONCAT('3', LPAD(sequence, 20, '0')), kind, effective_on, category, start_date, "
    "motion,"
    " reason, source FROM membership_acts WHERE holder = ? AND effective_on <= ?"
    " AND (effective_on > ? OR (effective_on = ? AND CONCAT('3', LPAD(sequence, 20, '0')) > ?))"
    " ORDER BY effective_on, sequence LIMIT ?";
constexpr char kLetters[] =
    "SELECT recorded_on, sort_key, until, source, accepted FROM ("
    "SELECT recorded_on, CONCAT('4', LPAD(sequence, 20, '0')) AS sort_key, source, accepted, sequence,"
    " LEAD(recorded_on) OVER (ORDER BY recorded_on, sequence) AS until FROM letter_counts WHERE person = ?) "
    "counts"
    " WHERE recorded_on <= ? AND (until IS NULL OR until > ?)"
    " AND (recorded_on > ? OR (recorded_on = ? AND sort_key > ?)) ORDER BY recorded_on, sequence LIMIT ?";
constexpr char kFormerNames[] =
    "SELECT since, sort_key, held_until, source, name FROM ("
    "SELECT COALESCE(LAG(held_until) OVER (ORDER BY sequence), DATE '1900-01-01') AS since,"
    " CONCAT('5', LPAD(sequence, 20, '0')) AS sort_key, held_until, source, name, sequence FROM former_names"
    " WHERE holder = ?) names WHERE since <= ? AND held_until > ?"
    " AND (since > ? OR (since = ? AND sort_key > ?)) ORDER BY since, sequence LIMIT ?";

// Before and after every day that a register knows.
constexpr char kAlways[] = "1000-01-01";
constexpr char kForever[] = "9999-12-31";
// The first day of a name, when nobody knows it.
constexpr char kBeforeTheRegister[] = "1900-01-01";

// No word and no address begins so.
constexpr char kFitsNothing[] = "@";

// "ann" as a pattern of LIKE … ESCAPE '!'.
std::string Beginning(std::string_view term) {
  std::string pattern;
  for (const char c : term) {
    if (c == '%' || c == '_' || c == '!') pattern.push_back('!');
    pattern.push_back(c);
  }
  return pattern + "%";
}

// Addresses are ASCII.
std::string AddressPattern(std::string_view term) {
  const bool ascii =
      std::all_of(term.begin(), term.end(), [](char c) { return static_cast<signed char>(c) > 0; });
  return ascii ? Beginning(term) : kFitsNothing;
}

struct RankedTerms {
  std::vector<std::string> terms;  // the rarest first, and as many as a statement asks for
  bool all_common = false;
};

absl::StatusOr<RankedTerms> Rank(db::Session& session, const std::vector<std::string>& terms) {
  std::vector<std::pair<std::int64_t, std::string>> counted;
  for (const std::string& term : terms) {
    ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountWords, {Beginning(term), limits::kCommonTerm}));
    counted.emplace_back(row.has_value() ? row->Int64(0) : 0, term);
  }
  std::stable_sort(counted.begin(), counted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  RankedTerms ranked{.all_common = counted.front().first == limits::kCommonTerm};
  for (auto& [count, term] : counted) ranked.terms.push_back(std::move(term));
  ranked.terms.resize(limits::kMostSearchTerms, ranked.terms.back());
  return ranked;
}

// What a person is held against for one term.
void AddPersonTerm(const std::string& term, db::Params& params) {
  params.insert(params.end(), {AddressPattern(term), Beginning(term), Beginning(term)});
}

void AddFilter(const SearchFilter& filter, std::int64_t limit, db::Params& params) {
  params.insert(params.end(), {filter.category, filter.category, DateValue(filter.day), limit});
}

v1::HistoricFact::Link::Role RoleOf(std::string_view word) {
  if (word == "ADMINISTRATOR") return v1::HistoricFact::Link::ROLE_ADMINISTRATOR;
  return word == "REPRESENTATIVE" ? v1::HistoricFact::Link::ROLE_REPRESENTATIVE
                                  : v1::HistoricFact::Link::ROLE_EMPLOYEE;
}

v1::HistoricFact::Decision::Kind KindOf(rules::ActKind kind) {
  switch (kind) {
    case rules::ActKind::kCancelled:
      return v1::HistoricFact::Decision::KIND_CANCELLED;
    case rules::ActKind::kSuspended:
      return v1::HistoricFact::Decision::KIND_SUSPENDED;
    case rules::ActKind::kReinstated:
      return v1::HistoricFact::Decision::KIND_REINSTATED;
    case rules::ActKind::kDeceased:
      return v1::HistoricFact::Decision::KIND_DECEASED;
  }
  return v1::HistoricFact::Decision::KIND_UNSPECIFIED;
}

void ShowLink(const db::Row& row, v1::HistoricFact& fact) {
  fact.set_end_date(row.OptionalText(2).value_or(""));
  fact.set_source(row.Text(3));
  fact.set_end_source(row.Text(4));
  v1::HistoricFact::Link& link = *fact.mutable_link();
  link.set_role(RoleOf(row.Text(5)));
  link.set_person("people/" + row.Text(6));
  link.set_full_name(row.Text(7));
  link.set_company("companies/" + row.Text(8));
  link.set_company_display_name(row.Text(9));
}

void ShowPeriod(const db::Row& row, v1::HistoricFact& fact) {
  fact.set_end_date(row.OptionalText(4).value_or(""));
  fact.set_source(row.Text(5));
  v1::Membership& membership = *fact.mutable_membership();
  membership.set_category("categories/" + row.Text(2));
  membership.set_start_date(row.Text(3));
  membership.set_end_date(fact.end_date());
  membership.set_source(fact.source());
}

void ShowDecision(const db::Row& row, v1::HistoricFact& fact) {
  const rules::StandingAct act = ActOf(row, 2);
  fact.set_source(row.Text(8));
  v1::HistoricFact::Decision& decision = *fact.mutable_decision();
  decision.set_kind(KindOf(act.kind));
  if (!act.category.empty()) decision.set_category("categories/" + act.category);
  if (act.start.has_value()) decision.set_start_date(FormatDate(*act.start));
  decision.set_motion(act.motion);
  decision.set_reason(row.Text(7));
}

void ShowLetters(const db::Row& row, v1::HistoricFact& fact) {
  fact.set_end_date(row.OptionalText(2).value_or(""));
  fact.set_source(row.Text(3));
  fact.set_accepted_letters(static_cast<int>(row.Int64(4)));
}

void ShowFormerName(const db::Row& row, v1::HistoricFact& fact) {
  if (fact.start_date() == kBeforeTheRegister) fact.clear_start_date();
  fact.set_end_date(row.Text(2));
  fact.set_end_source(row.Text(3));
  fact.set_former_name(row.Text(4));
}

using Show = void (*)(const db::Row&, v1::HistoricFact&);

absl::Status AddFacts(db::Session& session, const char* statement, const db::Params& params, Show show,
                      std::vector<StoredFact>& facts) {
  return session.Query(statement, params, [&](const db::Row& row) {
    StoredFact& stored = facts.emplace_back();
    stored.position = {StoredDate(row.Text(0)), row.Text(1)};
    stored.fact.set_start_date(row.Text(0));
    show(row, stored.fact);
  });
}

// The first `limit` of each kind hold the first `limit` of all.
absl::StatusOr<std::vector<StoredFact>> HistoryOf(db::Session& session, const char* links,
                                                  std::string_view holder,
                                                  const std::optional<absl::CivilDay>& as_of,
                                                  const HistoryPosition& after, std::int64_t limit) {
  const db::Value until = as_of.has_value() ? DateValue(as_of) : db::Value(kForever);
  const db::Value beyond = as_of.has_value() ? DateValue(as_of) : db::Value(kAlways);
  const db::Value day = DateValue(after.day);
  const db::Params lasting = {holder, until, beyond, day, day, after.key, limit};
  const db::Params begun = {holder, until, day, day, after.key, limit};
  std::vector<StoredFact> facts;
  RETURN_IF_ERROR(AddFacts(session, links, lasting, ShowLink, facts));
  RETURN_IF_ERROR(AddFacts(session, kPeriods, begun, ShowPeriod, facts));
  RETURN_IF_ERROR(AddFacts(session, kDecisions, begun, ShowDecision, facts));
  RETURN_IF_ERROR(AddFacts(session, kLetters, lasting, ShowLetters, facts));
  RETURN_IF_ERROR(AddFacts(session, kFormerNames, lasting, ShowFormerName, facts));
  std::sort(facts.begin(), facts.end(), [](const StoredFact& a, const StoredFact& b) {
    return std::tie(a.position.day, a.position.key) < std::tie(b.position.day, b.position.key);
  });
  if (facts.size() > static_cast<std::size_t>(limit)) facts.resize(static_cast<std::size_t>(limit));
  return facts;
}

}  // namespace

absl::StatusOr<std::vector<RegisterPerson>> SearchPeople(db::Session& session, const SearchFilter& filter,
                                                         std::string_view after, std::int64_t limit) {
  const char* statement = kFilterPeople;
  db::Params params;
  std::vector<std::string> terms;
  if (!filter.terms.empty()) {
    ASSIGN_OR_RETURN(RankedTerms ranked, Rank(session, filter.terms));
    statement = ranked.all_common ? kWalkPeople : kFindPeople;
    terms = std::move(ranked.terms);
    if (!ranked.all_common) {
      params = {Beginning(terms.front()), Beginning(terms.front()), AddressPattern(terms.front())};
      terms.erase(terms.begin());
    }
  }
  params.emplace_back(after);
  for (const std::string& term : terms) AddPersonTerm(term, params);
  AddFilter(filter, limit, params);
  return ReadAll<RegisterPerson>(session, statement, params, PersonOf);
}

absl::StatusOr<std::vector<RegisterCompany>> SearchCompanies(db::Session& session, const SearchFilter& filter,
                                                             std::string_view after, std::int64_t limit) {
  const char* statement = kFilterCompanies;
  db::Params params;
  std::vector<std::string> terms;
  if (!filter.terms.empty()) {
    ASSIGN_OR_RETURN(RankedTerms ranked, Rank(session, filter.terms));
    statement = ranked.all_common ? kWalkCompanies : kFindCompanies;
    terms = std::move(ranked.terms);
    if (!ranked.all_common) {
      params.emplace_back(Beginning(terms.front()));
      terms.erase(terms.begin());
    }
  }
  params.emplace_back(after);
  for (const std::string& term : terms) params.emplace_back(Beginning(term));
  AddFilter(filter, limit, params);
  return ReadAll<RegisterCompany>(session, statement, params, CompanyOf);
}

absl::StatusOr<std::vector<StoredFact>> HistoryOfPerson(db::Session& session, std::string_view person,
                                                        const std::optional<absl::CivilDay>& as_of,
                                                        const HistoryPosition& after, std::int64_t limit) {
  return HistoryOf(session, kLinksOfPerson, person, as_of, after, limit);
}

absl::StatusOr<std::vector<StoredFact>> HistoryOfCompany(db::Session& session, std::string_view company,
                                                         const std::optional<absl::CivilDay>& as_of,
                                                         const HistoryPosition& after, std::int64_t limit) {
  return HistoryOf(session, kLinksOfCompany, company, as_of, after, limit);
}

}  // namespace plenary::membership::store
