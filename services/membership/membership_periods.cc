// What a holder has been a member of, and how that stands on a date.
#include <string>
#include <vector>

#include "common/db/transact.h"
#include "common/rpc/page.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/holder_access.h"
#include "services/membership/limits.h"
#include "services/membership/membership_service.h"
#include "services/membership/names.h"
#include "services/membership/show_acts.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/price_locks.h"
#include "services/membership/store/recorded_acts.h"

namespace plenary::membership {
namespace {

// Where a page of periods goes on.
std::string KeyOf(const store::SourcedPeriod& held) {
  return FormatDate(held.period.start) + "/" + held.period.category;
}

v1::Membership ShowPeriod(const store::SourcedPeriod& held, const std::vector<rules::StandingAct>& acts,
                          const rules::Categories& categories, absl::CivilDay day) {
  v1::Membership membership;
  membership.set_category(ResourceName(kCategories, held.period.category));
  membership.set_start_date(FormatDate(held.period.start));
  if (held.period.end.has_value()) membership.set_end_date(FormatDate(*held.period.end));
  membership.set_state(
      rules::StateOn(held.period, acts, rules::GraceDays(categories, held.period.category), day));
  membership.set_source(held.source);
  const rules::StandingAct* suspension = rules::SuspensionOn(held.period, acts, day);
  if (membership.state() == v1::Membership::STATE_SUSPENDED && suspension != nullptr) {
    membership.set_motion(suspension->motion);
  }
  return membership;
}

absl::Status AddHistory(db::Session& session, const store::Holder& holder,
                        v1::ListPeriodsResponse& response) {
  ASSIGN_OR_RETURN(const auto acts, store::RecordedActsOf(session, holder.id));
  for (const store::RecordedAct& act : acts) *response.add_acts() = ShowAct(holder, act);
  ASSIGN_OR_RETURN(const auto locks, store::PriceLocksOf(session, holder.id));
  for (const store::PriceLock& lock : locks) {
    v1::PriceLock& shown = *response.add_price_locks();
    shown.set_category(ResourceName(kCategories, lock.category));
    shown.set_price_cents(lock.price.cents);
    shown.set_since(FormatDate(lock.price.since));
    if (lock.ended_on.has_value()) shown.set_end_date(FormatDate(*lock.ended_on));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ListPeriodsResponse> PeriodsOn(db::Session& session, const store::Holder& holder,
                                                  const rpc::Page& page, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto name, store::NameOfHolder(session, holder));
  if (!name.has_value()) return HolderNotFound(holder);
  ASSIGN_OR_RETURN(auto by_holder, store::PeriodsOfHolders(session, {holder.id}));
  ASSIGN_OR_RETURN(const auto acts, store::ActsOf(session, holder.id));
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session, day));
  v1::ListPeriodsResponse response;
  std::string last;
  for (const store::SourcedPeriod& period : by_holder[holder.id]) {
    const std::string key = KeyOf(period);
    if (!page.after.empty() && key <= page.after) continue;
    if (response.periods_size() == page.size) {
      response.set_next_page_token(rpc::PageToken(last));
      break;
    }
    *response.add_periods() = ShowPeriod(period, acts, categories, day);
    last = key;
  }
  if (page.after.empty()) RETURN_IF_ERROR(AddHistory(session, holder, response));
  return response;
}

}  // namespace

absl::StatusOr<v1::ListPeriodsResponse> MembershipService::ListPeriods(
    rpc::Call& call, const v1::ListPeriodsRequest& request) {
  ASSIGN_OR_RETURN(const store::Holder holder, HolderOrCaller(call, "holder", request.holder()));
  RETURN_IF_ERROR(AllowHolder(pool_, call, holder));
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  const auto day = request.as_of().empty() ? DateOf(call.now()) : ParseDate(request.as_of());
  if (!day.has_value()) return errors::DateInvalid("as_of", request.as_of());
  return db::Autocommit(pool_, call.deadline(),
                        [&](db::Session& session) { return PeriodsOn(session, holder, page, *day); });
}

}  // namespace plenary::membership
