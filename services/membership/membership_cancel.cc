// Ending a membership by the wish of its holder.
#include <set>
#include <string>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/holder_access.h"
#include "services/membership/limits_dues.h"
#include "services/membership/membership_requests.h"
#include "services/membership/membership_service.h"
#include "services/membership/seat_alignment.h"
#include "services/membership/show_acts.h"
#include "services/membership/store/invoices.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/price_locks.h"

namespace plenary::membership {
namespace {

constexpr char kCancel[] = "plenary.membership.v1.MembershipService.Cancel";

std::set<std::string> CategoriesHeld(const HolderFacts& facts) {
  std::set<std::string> held;
  for (const rules::Period& period : facts.periods) held.insert(period.category);
  return held;
}

// The categories of which a cancellation on the day would end something.
absl::StatusOr<std::set<std::string>> CategoriesThatRun(db::Session& session, const HolderFacts& facts,
                                                        absl::CivilDay day) {
  std::set<std::string> running;
  for (const std::string& id : CategoriesHeld(facts)) {
    ASSIGN_OR_RETURN(const CategoryFacts category, LoadCategoryFacts(session, facts, id, day));
    if (!rules::CancelledBy(category.renewal, day).empty()) running.insert(id);
  }
  return running;
}

absl::Status NothingToCancel(const HolderFacts& facts, const CategoryFacts& category) {
  bool held = false;
  bool cancelled = false;
  for (const rules::Period& period : facts.periods) {
    if (period.category != category.renewal.category) continue;
    held = true;
    // On the last day there is, every cancellation has come to hold.
    cancelled =
        rules::StateOn(period, facts.acts, 0, absl::CivilDay::max()) == v1::Membership::STATE_CANCELLED;
  }
  if (!held) return errors::MembershipNotFound(category.category.name());
  return cancelled ? errors::MembershipAlreadyCancelled() : errors::MembershipOver();
}

absl::Status OnlyStaffCancelBack() {
  return errors::FieldInvalid("effective_date",
                              "Only staff cancel for a day that has passed. Give today or a day to come.");
}

}  // namespace

absl::StatusOr<v1::CancelResponse> MembershipService::Cancel(rpc::Call& call,
                                                             const v1::CancelRequest& request) {
  ASSIGN_OR_RETURN(const store::Holder holder, HolderOrCaller(call, "holder", request.holder()));
  RETURN_IF_ERROR(AllowHolder(pool_, call, holder));
  FieldChecks checks;
  checks.Text("reason", request.reason(), 0, limits::kLongestActReason);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  ASSIGN_OR_RETURN(const absl::CivilDay day, DayOrToday(call, "effective_date", request.effective_date()));
  return Mutate<v1::CancelResponse>(pool_, call, kCancel, request, [&](db::Transaction& transaction) {
    return CancelUnderLock(transaction, call, request, holder, day);
  });
}

absl::StatusOr<v1::CancelResponse> MembershipService::CancelUnderLock(db::Transaction& transaction,
                                                                      const rpc::Call& call,
                                                                      const v1::CancelRequest& request,
                                                                      const store::Holder& holder,
                                                                      absl::CivilDay day) {
  // Asked here, where a request that was answered before midnight is not asked again after it.
  if (day < DateOf(call.now()) && !call.principal().HasRole("staff")) return OnlyStaffCancelBack();
  ASSIGN_OR_RETURN(const HolderFacts facts, LockHolderFacts(transaction, holder));
  ASSIGN_OR_RETURN(const auto running, CategoriesThatRun(transaction, facts, day));
  // With nothing to end, the one that there was is what the answer is about.
  ASSIGN_OR_RETURN(const std::string id,
                   ChooseCategory(request.category(), running.empty() ? CategoriesHeld(facts) : running));
  ASSIGN_OR_RETURN(const CategoryFacts category, LoadCategoryFacts(transaction, facts, id, day));
  const std::vector<rules::Period> ended = rules::CancelledBy(category.renewal, day);
  if (ended.empty()) return NothingToCancel(facts, category);
  v1::CancelResponse response;
  for (const rules::Period& period : ended) {
    const store::Act act{.id = ids_.NextText(),
                         .holder = holder.id,
                         .kind = rules::ActKind::kCancelled,
                         .of = {{id, period.start}},
                         .effective_on = day,
                         .reason = request.reason(),
                         .source = call.principal().Actor()};
    ASSIGN_OR_RETURN(const bool is_new, store::InsertAct(transaction, act, call.now()));
    if (!is_new) return errors::MembershipAlreadyCancelled();
    *response.add_acts() = ShowAct(holder, {.act = act, .recorded_at = call.now()});
  }
  if (holder.kind == store::HolderKind::kCompany) {
    RETURN_IF_ERROR(AlignSeats(transaction, ids_, holder.id, DateOf(call.now()), call.now()));
  }
  RETURN_IF_ERROR(store::EndPriceLock(transaction, holder.id, id, day).status());
  RETURN_IF_ERROR(store::VoidUnbegun(transaction, {.holder = holder.id, .category = id}, DateOf(call.now()),
                                     "The membership was cancelled."));
  RETURN_IF_ERROR(RecordAct(transaction, call, kCancel, store::HolderName(holder),
                            fmt::format("{} from {} on", category.category.name(), FormatDate(day))));
  return response;
}

}  // namespace plenary::membership
