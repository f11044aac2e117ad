#include "services/membership/directory_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/db/transact.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/names.h"
#include "services/membership/register_reader.h"
#include "services/membership/rules/search_words.h"
#include "services/membership/store/directory.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/links.h"
#include "services/membership/store/periods.h"

namespace plenary::membership {
namespace {

// Candidates that are looked at together when a state has to be computed.
constexpr int kCandidates = 500;

// The filters of a request, whose shape is right.
template <typename Request>
absl::StatusOr<store::SearchFilter> FilterOf(const rpc::Call& call, const Request& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayAskedAbout(call, request.as_of()));
  FieldChecks checks;
  checks.Text("text", request.text(), 0, limits::kLongestSearch);
  const auto terms = rules::SearchTerms(request.text());
  checks.Require(terms.has_value() && terms->size() <= limits::kMostSearchTerms, "text",
                 "Look for 1 to 4 words of letters and digits.");
  checks.Require(v1::Membership::State_IsValid(request.state()), "state", "Name a state of a membership.");
  const auto category = request.category().empty() ? "" : ResourceId(kCategories, request.category());
  checks.Require(category.has_value(), "category", "Name the category \"categories/{category}\".");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return store::SearchFilter{.terms = *terms, .category = *category, .day = day};
}

absl::Status CheckCategoryExists(db::Session& session, const std::string& category) {
  if (category.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool exists, store::CategoryExists(session, category));
  return exists ? absl::OkStatus() : errors::CategoryNotFound(ResourceName(kCategories, category));
}

// Whether a membership of the category ("": any) is in the state (UNSPECIFIED: any).
template <typename Holder>
bool Fits(const Holder& holder, const store::SearchFilter& filter, v1::Membership::State state) {
  if (state == v1::Membership::STATE_UNSPECIFIED) return true;
  const auto fits = [&](const v1::Membership& membership) {
    return membership.state() == state &&
           (filter.category.empty() || membership.category() == ResourceName(kCategories, filter.category));
  };
  return std::any_of(holder.memberships().begin(), holder.memberships().end(), fits);
}

template <typename Shown>
struct Found {
  std::vector<Shown> shown;
  std::string next;  // id after which to go on; "" when nobody is left
};

// Looks at candidates, some at a time, until the page is full, nobody is left, or enough was looked at.
// `find`: StatusOr<vector<Row>>(after, limit); `show`: StatusOr<vector<Shown>>(rows), one for each row.
template <typename Shown, typename Find, typename Show>
absl::StatusOr<Found<Shown>> Search(const rpc::Page& page, const store::SearchFilter& filter,
                                    v1::Membership::State state, const Find& find, const Show& show) {
  Found<Shown> found;
  const int batch = state == v1::Membership::STATE_UNSPECIFIED ? page.size + 1 : kCandidates;
  std::string after = page.after;
  for (int looked_at = 0; looked_at < limits::kMostSearched; looked_at += batch) {
    ASSIGN_OR_RETURN(const auto rows, find(after, batch));
    ASSIGN_OR_RETURN(std::vector<Shown> shown, show(rows));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (found.shown.size() == static_cast<std::size_t>(page.size)) {
        found.next = after;
        return found;
      }
      if (Fits(shown[i], filter, state)) found.shown.push_back(std::move(shown[i]));
      after = rows[i].id;
    }
    if (rows.size() < static_cast<std::size_t>(batch)) return found;
  }
  found.next = after;
  return found;
}

absl::StatusOr<store::HistoryPosition> PositionOf(std::string_view token) {
  store::HistoryPosition position{.day = absl::CivilDay(1000, 1, 1), .key = ""};
  if (token.empty()) return position;
  const std::size_t bar = token.find('|');
  const auto day = ParseDate(token.substr(0, bar));
  if (bar == std::string_view::npos || !day.has_value()) {
    return errors::FieldInvalid("page_token",
                                "page_token is not one that this list gave. Start again without it.");
  }
  return store::HistoryPosition{.day = *day, .key = std::string(token.substr(bar + 1))};
}

// Whose history, and who may read it.
struct HistoryHolder {
  std::string name;
  std::string id;
  bool is_company = false;
};

absl::StatusOr<HistoryHolder> HolderOf(db::Session& session, rpc::Call& call, const std::string& requested) {
  const std::string& name = requested.empty() ? call.principal().person : requested;
  const bool staff = call.principal().HasRole("staff");
  const auto company = ResourceId(kCompanies, name);
  if (!company.has_value()) {
    if (!staff && name != call.principal().person) return errors::NotTheHolder(name);
    const std::string person = ResourceId(kPeople, name).value_or("");
    ASSIGN_OR_RETURN(const auto row, store::FindPerson(session, person));
    if (!row.has_value()) return errors::PersonNotFound(name);
    return HistoryHolder{.name = name, .id = person};
  }
  if (!staff) {
    const std::string caller = ResourceId(kPeople, call.principal().person).value_or("");
    ASSIGN_OR_RETURN(const bool administers, store::IsAdministrator(session, caller, *company));
    if (!administers) return errors::NotAdministrator(name);
  }
  call.ProveRelation();
  ASSIGN_OR_RETURN(const auto row, store::FindCompany(session, *company));
  if (!row.has_value()) return errors::CompanyNotFound(name);
  return HistoryHolder{.name = name, .id = *company, .is_company = true};
}

// Gives each period its state on the day.
absl::Status AddStates(db::Session& session, const std::string& holder, absl::CivilDay day,
                       std::vector<store::StoredFact>& facts) {
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session, day));
  ASSIGN_OR_RETURN(const auto acts, store::ActsOf(session, holder));
  for (store::StoredFact& stored : facts) {
    if (!stored.fact.has_membership()) continue;
    v1::Membership& membership = *stored.fact.mutable_membership();
    const rules::Period period{.category = ResourceId(kCategories, membership.category()).value_or(""),
                               .start = stored.position.day,
                               .end = ParseDate(membership.end_date())};
    membership.set_state(rules::StateOn(period, acts, rules::GraceDays(categories, period.category), day));
    const rules::StandingAct* suspension = rules::SuspensionOn(period, acts, day);
    if (membership.state() == v1::Membership::STATE_SUSPENDED) membership.set_motion(suspension->motion);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::SearchPeopleResponse> DirectoryService::SearchPeople(
    rpc::Call& call, const v1::SearchPeopleRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const store::SearchFilter filter, FilterOf(call, request));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::SearchPeopleResponse> {
        RETURN_IF_ERROR(CheckCategoryExists(session, filter.category));
        ASSIGN_OR_RETURN(const auto found,
                         Search<v1::Person>(
                             page, filter, request.state(),
                             [&](const std::string& after, int limit) {
                               return store::SearchPeople(session, filter, after, limit);
                             },
                             [&](const auto& rows) { return ShowPeopleAsOf(session, rows, filter.day); }));
        v1::SearchPeopleResponse response;
        response.mutable_people()->Add(found.shown.begin(), found.shown.end());
        if (!found.next.empty()) response.set_next_page_token(rpc::PageToken(found.next));
        return response;
      });
}

absl::StatusOr<v1::SearchCompaniesResponse> DirectoryService::SearchCompanies(
    rpc::Call& call, const v1::SearchCompaniesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const store::SearchFilter filter, FilterOf(call, request));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::SearchCompaniesResponse> {
        RETURN_IF_ERROR(CheckCategoryExists(session, filter.category));
        ASSIGN_OR_RETURN(const auto found,
                         Search<v1::Company>(
                             page, filter, request.state(),
                             [&](const std::string& after, int limit) {
                               return store::SearchCompanies(session, filter, after, limit);
                             },
                             [&](const auto& rows) { return ShowCompaniesAsOf(session, rows, filter.day); }));
        v1::SearchCompaniesResponse response;
        response.mutable_companies()->Add(found.shown.begin(), found.shown.end());
        if (!found.next.empty()) response.set_next_page_token(rpc::PageToken(found.next));
        return response;
      });
}

absl::StatusOr<v1::ListHistoryResponse> DirectoryService::ListHistory(rpc::Call& call,
                                                                      const v1::ListHistoryRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const store::HistoryPosition after, PositionOf(page.after));
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayAskedAbout(call, request.as_of()));
  const auto as_of = request.as_of().empty() ? std::optional<absl::CivilDay>() : day;
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListHistoryResponse> {
        ASSIGN_OR_RETURN(const HistoryHolder holder, HolderOf(session, call, request.holder()));
        const auto history = holder.is_company ? store::HistoryOfCompany : store::HistoryOfPerson;
        ASSIGN_OR_RETURN(auto facts, history(session, holder.id, as_of, after, page.size + 1));
        v1::ListHistoryResponse response;
        if (CutToPage(facts, page)) {
          const store::HistoryPosition& last = facts.back().position;
          response.set_next_page_token(rpc::PageToken(FormatDate(last.day) + "|" + last.key));
        }
        RETURN_IF_ERROR(AddStates(session, holder.id, day, facts));
        for (store::StoredFact& stored : facts) *response.add_facts() = std::move(stored.fact);
        return response;
      });
}

}  // namespace plenary::membership
