#include "services/membership/store/duplicates.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kPeople[] =
    "SELECT p.id, p.email, p.full_name, p.company, t.phone FROM people p LEFT JOIN phones t ON t.person = "
    "p.id"
    " WHERE p.id > ? AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.person = p.id) ORDER BY p.id LIMIT ?";
constexpr char kCompanies[] = "SELECT id, display_name FROM companies WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kPeopleOfCompanies[] =
    "SELECT p.company, p.email, t.phone FROM people p LEFT JOIN phones t ON t.person = p.id"
    " WHERE p.company BETWEEN ? AND ?";
constexpr char kCountPeople[] = "SELECT COUNT(*) FROM people";
constexpr char kCountCompanies[] = "SELECT COUNT(*) FROM companies";

constexpr char kInsertProposal[] =
    "INSERT INTO duplicates (id, kind, first_id, second_id, score, reasons, state, proposed_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 'PROPOSED', ?)";
constexpr char kListProposals[] =
    "SELECT d.id, d.kind, d.first_id, d.second_id, d.score, d.reasons, d.state,"
    " COALESCE(CONCAT(a.full_name, ' <', a.email, '>'), ca.display_name, ''),"
    " COALESCE(CONCAT(b.full_name, ' <', b.email, '>'), cb.display_name, '')"
    " FROM duplicates d LEFT JOIN people a ON a.id = d.first_id LEFT JOIN people b ON b.id = d.second_id"
    " LEFT JOIN companies ca ON ca.id = d.first_id LEFT JOIN companies cb ON cb.id = d.second_id"
    " WHERE d.id > ? AND (? = '' OR d.state = ?) AND (? = '' OR d.kind = ?) ORDER BY d.id LIMIT ?";
constexpr char kFindProposal[] =
    "SELECT d.id, d.kind, d.first_id, d.second_id, d.score, d.reasons, d.state,"
    " COALESCE(CONCAT(a.full_name, ' <', a.email, '>'), ca.display_name, ''),"
    " COALESCE(CONCAT(b.full_name, ' <', b.email, '>'), cb.display_name, '')"
    " FROM duplicates d LEFT JOIN people a ON a.id = d.first_id LEFT JOIN people b ON b.id = d.second_id"
    " LEFT JOIN companies ca ON ca.id = d.first_id LEFT JOIN companies cb ON cb.id = d.second_id WHERE d.id "
    "= ?";
constexpr char kDismissProposal[] =
    "UPDATE duplicates SET state = 'DISMISSED', decision_reason = ? WHERE id = ? AND state = 'PROPOSED'";
constexpr char kSettlePair[] = "UPDATE duplicates SET state = ? WHERE first_id = ? AND second_id = ?";

constexpr char kFindPhone[] = "SELECT phone FROM phones WHERE person = ?";
constexpr char kSetPhone[] = "REPLACE INTO phones (person, phone) VALUES (?, ?)";
constexpr char kDeletePhone[] = "DELETE FROM phones WHERE person = ?";

const char* WordOf(v1::DuplicateKind kind) {
  if (kind == v1::DUPLICATE_KIND_UNSPECIFIED) return "";
  return kind == v1::DUPLICATE_KIND_COMPANY ? "COMPANY" : "PERSON";
}

const char* WordOf(v1::Duplicate::State state) {
  switch (state) {
    case v1::Duplicate::STATE_PROPOSED:
      return "PROPOSED";
    case v1::Duplicate::STATE_DISMISSED:
      return "DISMISSED";
    case v1::Duplicate::STATE_MERGED:
      return "MERGED";
    default:
      return "";
  }
}

v1::Duplicate::State StateOf(std::string_view word) {
  if (word == "DISMISSED") return v1::Duplicate::STATE_DISMISSED;
  return word == "MERGED" ? v1::Duplicate::STATE_MERGED : v1::Duplicate::STATE_PROPOSED;
}

// Reasons are sentences without line breaks, a line each.
std::string Join(const std::vector<std::string>& reasons) {
  std::string text;
  for (const std::string& reason : reasons) text += (text.empty() ? "" : "\n") + reason;
  return text;
}

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> reasons;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    reasons.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return reasons;
}

Proposal ProposalOf(const db::Row& row) {
  return {.id = row.Text(0),
          .kind = row.Text(1) == "COMPANY" ? v1::DUPLICATE_KIND_COMPANY : v1::DUPLICATE_KIND_PERSON,
          .first = row.Text(2),
          .second = row.Text(3),
          .match = {.score = static_cast<int>(row.Int64(4)), .reasons = Split(row.Text(5))},
          .state = StateOf(row.Text(6)),
          .first_label = row.Text(7),
          .second_label = row.Text(8)};
}

void AddOnce(std::vector<std::string>& list, std::string item) {
  if (std::find(list.begin(), list.end(), item) == list.end()) list.push_back(std::move(item));
}

}  // namespace

absl::StatusOr<std::vector<rules::PersonFeatures>> PeopleToCompare(db::Session& session,
                                                                   std::string_view after,
                                                                   std::int64_t limit) {
  return ReadAll<rules::PersonFeatures>(session, kPeople, {after, limit}, [](const db::Row& row) {
    return rules::PersonFeatures{row.Text(0), row.Text(1), row.Text(2), row.Text(3),
                                 row.OptionalText(4).value_or("")};
  });
}

absl::StatusOr<std::vector<rules::CompanyFeatures>> CompaniesToCompare(db::Session& session,
                                                                       std::string_view after,
                                                                       std::int64_t limit) {
  ASSIGN_OR_RETURN(
      auto companies,
      ReadAll<rules::CompanyFeatures>(session, kCompanies, {after, limit}, [](const db::Row& row) {
        return rules::CompanyFeatures{.id = row.Text(0), .display_name = row.Text(1)};
      }));
  if (companies.empty()) return companies;
  std::map<std::string, rules::CompanyFeatures*> by_id;
  for (rules::CompanyFeatures& company : companies) by_id.emplace(company.id, &company);
  RETURN_IF_ERROR(
      session.Query(kPeopleOfCompanies, {companies.front().id, companies.back().id}, [&](const db::Row& row) {
        const auto company = by_id.find(row.Text(0));
        if (company == by_id.end()) return;
        const std::string& email = row.Text(1);
        const std::string domain = email.substr(email.find('@') + 1);
        if (!rules::IsPublicMailDomain(domain)) AddOnce(company->second->domains, domain);
        if (auto phone = row.OptionalText(2); phone.has_value())
          AddOnce(company->second->phones, *std::move(phone));
      }));
  return companies;
}

absl::StatusOr<std::int64_t> CountToCompare(db::Session& session, v1::DuplicateKind kind) {
  ASSIGN_OR_RETURN(const auto row,
                   session.QueryOne(kind == v1::DUPLICATE_KIND_COMPANY ? kCountCompanies : kCountPeople));
  return row.has_value() ? row->Int64(0) : 0;
}

absl::StatusOr<bool> InsertProposal(db::Transaction& transaction, const Proposal& proposal, absl::Time now) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertProposal, {proposal.id, WordOf(proposal.kind), proposal.first,
                                                        proposal.second, proposal.match.score,
                                                        Join(proposal.match.reasons), db::ToMicros(now)}));
  return outcome.inserted();
}

absl::StatusOr<std::vector<Proposal>> ListProposals(db::Session& session, std::string_view after,
                                                    v1::Duplicate::State state, v1::DuplicateKind kind,
                                                    std::int64_t limit) {
  return ReadAll<Proposal>(session, kListProposals,
                           {after, WordOf(state), WordOf(state), WordOf(kind), WordOf(kind), limit},
                           ProposalOf);
}

absl::StatusOr<std::optional<Proposal>> FindProposal(db::Session& session, std::string_view id) {
  return ReadOne<Proposal>(session, kFindProposal, {id}, ProposalOf);
}

absl::StatusOr<bool> DismissProposal(db::Transaction& transaction, std::string_view id,
                                     std::string_view reason) {
  ASSIGN_OR_RETURN(const std::int64_t changed, transaction.Execute(kDismissProposal, {reason, id}));
  return changed > 0;
}

absl::Status SettlePair(db::Transaction& transaction, std::string_view a, std::string_view b,
                        v1::Duplicate::State state) {
  return transaction.Execute(kSettlePair, {WordOf(state), std::min(a, b), std::max(a, b)}).status();
}

absl::StatusOr<std::string> FindPhone(db::Session& session, std::string_view person) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindPhone, {person}));
  return row.has_value() ? row->Text(0) : std::string();
}

absl::Status SetPhone(db::Transaction& transaction, std::string_view person, std::string_view phone) {
  if (phone.empty()) return transaction.Execute(kDeletePhone, {person}).status();
  return transaction.Execute(kSetPhone, {person, phone}).status();
}

}  // namespace plenary::membership::store
