#include "services/membership/renewal_run.h"

#include <optional>
#include <set>
#include <vector>

#include "common/audit/audit.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/limits_dues.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/rules/renewal.h"
#include "services/membership/store/invoices.h"
#include "services/membership/store/price_locks.h"

namespace plenary::membership {
namespace {

constexpr char kRunRenewals[] = "plenary.membership.v1.MembershipService.RunRenewals";

// The ends that a notice, or an invoice, may be due for.
constexpr int kEarliestEnd = rules::kRenewalNotices[4] + rules::kLastNoticeDays;
constexpr int kLatestEnd = rules::kInvoiceDays;

void Add(const v1::RunRenewalsResponse& more, v1::RunRenewalsResponse& counts) {
  counts.set_holders(counts.holders() + 1);
  counts.set_invoices(counts.invoices() + more.invoices());
  counts.set_notices(counts.notices() + more.notices());
  counts.set_locks_ended(counts.locks_ended() + more.locks_ended());
  counts.set_without_addressee(counts.without_addressee() + more.without_addressee());
}

}  // namespace

absl::Status RenewalRun::DoPage() {
  if (counts_.done()) return absl::OkStatus();
  const absl::CivilDay today = DateOf(options_.now);
  ASSIGN_OR_RETURN(const std::vector<store::Holder> holders,
                   db::Autocommit(pool_, options_.deadline, [&](db::Session& session) {
                     return store::HoldersWithEndings(session, after_, today - kEarliestEnd,
                                                      today + kLatestEnd, today, limits::kRenewalPage);
                   }));
  for (const store::Holder& holder : holders) {
    ASSIGN_OR_RETURN(const v1::RunRenewalsResponse done,
                     db::Transact(pool_, options_.deadline, [&](db::Transaction& transaction) {
                       return DoHolder(transaction, holder);
                     }));
    Add(done, counts_);
    after_ = holder.id;
  }
  counts_.set_done(holders.size() < static_cast<std::size_t>(limits::kRenewalPage));
  return absl::OkStatus();
}

absl::StatusOr<v1::RunRenewalsResponse> RenewalRun::DoHolder(db::Transaction& transaction,
                                                             const store::Holder& holder) {
  v1::RunRenewalsResponse counts;
  const absl::StatusOr<HolderFacts> facts = LockHolderFacts(transaction, holder);
  if (absl::IsNotFound(facts.status())) return counts;  // gone since the page was read
  RETURN_IF_ERROR(facts.status());
  std::set<std::string> categories;
  for (const rules::Period& period : facts->periods) categories.insert(period.category);
  for (const std::string& category : categories) {
    RETURN_IF_ERROR(DoCategory(transaction, *facts, category, counts));
  }
  if (counts.invoices() + counts.notices() + counts.locks_ended() > 0) {
    RETURN_IF_ERROR(
        audit::Append(transaction, {options_.now, options_.actor, kRunRenewals, store::HolderName(holder),
                                    fmt::format("{} invoices, {} notices, {} locks ended", counts.invoices(),
                                                counts.notices(), counts.locks_ended())}));
  }
  return counts;
}

absl::Status RenewalRun::DoCategory(db::Transaction& transaction, const HolderFacts& facts,
                                    std::string_view category, v1::RunRenewalsResponse& counts) {
  const absl::CivilDay today = DateOf(options_.now);
  ASSIGN_OR_RETURN(const CategoryFacts known, LoadCategoryFacts(transaction, facts, category, today));
  const rules::RenewalWork work = rules::WorkOn(known.renewal, today);
  if (work.lapsed_on.has_value()) {
    RETURN_IF_ERROR(EndLock(transaction, facts, category, *work.lapsed_on, counts));
  }
  if (!work.invoice && !work.notice.has_value()) return absl::OkStatus();
  const rules::RenewalAnswer plan = rules::PlanRenewalAfter(known.renewal, *work.period->end, today);
  if (plan.refusal != rules::RenewalRefusal::kNone) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Offer offer, PriceNext(transaction, facts, known, plan.next));
  if (work.invoice) RETURN_IF_ERROR(MakeInvoice(transaction, facts, offer, counts));
  if (!work.notice.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Told told,
                   TellRenewal(transaction, ids_, facts, offer, *work.period, *work.notice, options_.now));
  counts.set_notices(counts.notices() + told.queued);
  counts.set_without_addressee(counts.without_addressee() + (told.addressees == 0 ? 1 : 0));
  return absl::OkStatus();
}

absl::Status RenewalRun::MakeInvoice(db::Transaction& transaction, const HolderFacts& facts,
                                     const Offer& offer, v1::RunRenewalsResponse& counts) {
  if (offer.price.cents == 0) return absl::OkStatus();
  const v1::Invoice invoice = InvoiceFor(ids_, facts, offer, DateOf(options_.now));
  ASSIGN_OR_RETURN(const auto stored, store::InsertInvoice(transaction, facts.holder, invoice, options_.now));
  counts.set_invoices(counts.invoices() + (stored.has_value() ? 1 : 0));
  return absl::OkStatus();
}

absl::Status RenewalRun::EndLock(db::Transaction& transaction, const HolderFacts& facts,
                                 std::string_view category, absl::CivilDay lapsed_on,
                                 v1::RunRenewalsResponse& counts) {
  ASSIGN_OR_RETURN(const bool ended, store::EndPriceLock(transaction, facts.holder.id, category, lapsed_on));
  counts.set_locks_ended(counts.locks_ended() + (ended ? 1 : 0));
  return absl::OkStatus();
}

}  // namespace plenary::membership
