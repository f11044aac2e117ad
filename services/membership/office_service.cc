#include "services/membership/office_service.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/eligibility_reader.h"
#include "services/membership/errors.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/names.h"
#include "services/membership/register_pass.h"
#include "services/membership/rules/mending.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/office.h"

namespace plenary::membership {
namespace {

// The day of a field; `otherwise` when it is empty.
absl::StatusOr<absl::CivilDay> ReadDay(std::string_view field, const std::string& text,
                                       absl::CivilDay otherwise) {
  if (text.empty()) return otherwise;
  const auto day = ParseDate(text);
  if (!day.has_value()) return errors::DateInvalid(field, text);
  return *day;
}

absl::StatusOr<rules::FigureDays> ReadDays(const v1::GetFiguresRequest& request, absl::CivilDay today) {
  rules::FigureDays days;
  ASSIGN_OR_RETURN(const absl::CivilDay until, ReadDay("until", request.until(), today));
  ASSIGN_OR_RETURN(days.as_of, ReadDay("as_of", request.as_of(), until));
  days.until = request.until().empty() ? days.as_of : until;
  ASSIGN_OR_RETURN(days.from, ReadDay("from", request.from(), days.until));
  if (days.until < days.from) {
    return errors::FieldInvalid("until", "The period would end before it begins. Correct one of the dates.");
  }
  return days;
}

absl::Status CountHolders(db::Transaction& transaction, absl::Time deadline, rules::Figures& figures) {
  std::string after;
  while (true) {
    RETURN_IF_ERROR(CheckInTime(deadline));
    ASSIGN_OR_RETURN(const store::HolderChunk chunk,
                     store::LoadHolders(transaction, after, limits::kHoldersAtATime));
    for (const rules::HolderFacts& holder : chunk.holders) figures.Add(holder);
    if (chunk.holders.size() < static_cast<std::size_t>(limits::kHoldersAtATime)) return absl::OkStatus();
    after = chunk.last;
  }
}

void ShowFigures(const rules::Figures& figures, v1::Figures& response) {
  response.set_professional(figures.professional());
  response.set_registered(figures.registered());
  for (const auto& [key, standing] : figures.standings()) {
    v1::StandingCount& count = *response.add_standings();
    count.set_category(ResourceName(kCategories, key.first));
    count.set_state(key.second);
    count.set_people(standing.people);
    count.set_companies(standing.companies);
  }
  for (const auto& [category, movements] : figures.movements()) {
    v1::MovementCount& count = *response.add_movements();
    count.set_category(ResourceName(kCategories, category));
    count.set_joins(movements.joins);
    count.set_returns(movements.returns);
    count.set_renewals(movements.renewals);
    count.set_lapses(movements.lapses);
    count.set_cancellations(movements.cancellations);
  }
}

absl::Status ShowMoney(db::Session& session, const rules::FigureDays& days, v1::Figures& response) {
  ASSIGN_OR_RETURN(const std::int64_t contacts, store::CountContacts(session, StartOf(days.as_of + 1)));
  response.set_contacts(static_cast<int>(contacts));
  ASSIGN_OR_RETURN(const auto revenue, store::RevenueOf(session, days.from, days.until));
  for (const store::Revenue& row : revenue) {
    v1::RevenueCount& count = *response.add_revenue();
    count.set_kind(row.kind);
    count.set_amount_cents(row.amount_cents);
    count.set_payments(static_cast<int>(row.payments));
  }
  return absl::OkStatus();
}

// Administrators first, then those whom the reason is about.
absl::Status ShowContacts(db::Session& session, const rules::CompanyFacts& company,
                          const std::vector<std::string>& concerned, v1::CannotVote& shown) {
  ASSIGN_OR_RETURN(std::vector<store::Colleague> colleagues, store::ColleaguesIn(session, company.id));
  std::stable_partition(colleagues.begin(), colleagues.end(),
                        [](const store::Colleague& colleague) { return colleague.administrator; });
  for (const store::Colleague& colleague : colleagues) {
    const bool asked = colleague.administrator ||
                       std::find(concerned.begin(), concerned.end(), colleague.person) != concerned.end();
    if (!asked) continue;
    v1::CannotVote::Contact& contact = *shown.add_contacts();
    contact.set_person(ResourceName(kPeople, colleague.person));
    contact.set_full_name(colleague.full_name);
    contact.set_email(colleague.email);
    contact.set_administrator(colleague.administrator);
    if (shown.contacts_size() == static_cast<int>(limits::kMostContacts)) break;
  }
  return absl::OkStatus();
}

absl::Status CountReasons(db::Transaction& transaction, absl::CivilDay day, absl::Time deadline,
                          v1::ListCannotVoteResponse& response) {
  std::map<std::string, int> by_reason;
  RETURN_IF_ERROR(EachCompany(transaction, day, deadline,
                              [&](const rules::CompanyFacts& company, const rules::Provisions& provisions) {
                                const auto answer = rules::ExplainEligibility(company, provisions, day);
                                if (!answer.eligible) ++by_reason[answer.reason];
                                return absl::OkStatus();
                              }));
  std::vector<std::pair<std::string, int>> counts(by_reason.begin(), by_reason.end());
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [reason, companies] : counts) {
    v1::ReasonCount& count = *response.add_counts();
    count.set_reason(reason);
    count.set_companies(companies);
  }
  return absl::OkStatus();
}

// One page of the work list.
class WorkList {
 public:
  WorkList(db::Transaction& transaction, absl::CivilDay day, const std::string& reason, const rpc::Page& page)
      : transaction_(transaction), day_(day), reason_(reason), page_(page) {}

  absl::Status Read(absl::Time deadline, v1::ListCannotVoteResponse& response) {
    ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction_, day_));
    std::string after = page_.after;
    for (std::int64_t looked = 0; looked < limits::kCompaniesAPage;) {
      RETURN_IF_ERROR(CheckInTime(deadline));
      ASSIGN_OR_RETURN(const auto companies,
                       store::LoadCompanies(transaction_, day_, after, limits::kCompaniesAtATime));
      for (const rules::CompanyFacts& company : companies) {
        if (response.companies_size() == page_.size) {
          response.set_next_page_token(rpc::PageToken(after));
          return absl::OkStatus();
        }
        RETURN_IF_ERROR(Look(company, provisions, response));
        after = company.id;
      }
      if (companies.size() < static_cast<std::size_t>(limits::kCompaniesAtATime)) return absl::OkStatus();
      looked += static_cast<std::int64_t>(companies.size());
    }
    response.set_next_page_token(rpc::PageToken(after));
    return absl::OkStatus();
  }

 private:
  absl::Status Look(const rules::CompanyFacts& company, const rules::Provisions& provisions,
                    v1::ListCannotVoteResponse& response) {
    const auto answer = rules::ExplainEligibility(company, provisions, day_);
    if (answer.eligible || (!reason_.empty() && answer.reason != reason_)) return absl::OkStatus();
    v1::CannotVote& shown = *response.add_companies();
    *shown.mutable_eligibility() = ShowEligibility(company, answer);
    return ShowContacts(transaction_, company, rules::PeopleWhoMend(company, answer, provisions, day_),
                        shown);
  }

  db::Transaction& transaction_;
  const absl::CivilDay day_;
  const std::string& reason_;
  const rpc::Page& page_;
};

}  // namespace

absl::StatusOr<v1::Figures> OfficeService::GetFigures(rpc::Call& call, const v1::GetFiguresRequest& request) {
  ASSIGN_OR_RETURN(const rules::FigureDays days, ReadDays(request, DateOf(call.now())));
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::Figures> {
        ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(transaction, days.as_of));
        rules::Figures figures(categories, days);
        RETURN_IF_ERROR(CountHolders(transaction, call.deadline(), figures));
        v1::Figures response;
        response.set_as_of(FormatDate(days.as_of));
        response.set_from(FormatDate(days.from));
        response.set_until(FormatDate(days.until));
        ShowFigures(figures, response);
        RETURN_IF_ERROR(ShowMoney(transaction, days, response));
        return response;
      });
}

absl::StatusOr<v1::ListCannotVoteResponse> OfficeService::ListCannotVote(
    rpc::Call& call, const v1::ListCannotVoteRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const absl::CivilDay day, ReadDay("as_of", request.as_of(), DateOf(call.now())));
  return db::Transact(
      pool_, call.deadline(),
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::ListCannotVoteResponse> {
        v1::ListCannotVoteResponse response;
        RETURN_IF_ERROR(WorkList(transaction, day, request.reason(), page).Read(call.deadline(), response));
        if (request.count_reasons()) {
          RETURN_IF_ERROR(CountReasons(transaction, day, call.deadline(), response));
        }
        return response;
      });
}

}  // namespace plenary::membership
