#include "services/membership/renewals.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/holder_access.h"
#include "services/membership/limits_dues.h"
#include "services/membership/names.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/seat_alignment.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/invoices.h"
#include "services/membership/store/notices.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/price_locks.h"

namespace plenary::membership {
namespace {

absl::StatusOr<HolderFacts> FactsOf(db::Session& session, const store::Holder& holder) {
  HolderFacts facts{.holder = holder};
  ASSIGN_OR_RETURN(facts.periods, store::PeriodsOf(session, holder.id));
  ASSIGN_OR_RETURN(facts.acts, store::ActsOf(session, holder.id));
  return facts;
}

std::int64_t PriceIn(const rules::Categories& categories, const std::string& category) {
  const auto found = categories.find(category);
  return found == categories.end() ? 0 : found->second.price_cents();
}

// The lock that was stored last for the category.
std::optional<rules::LockedPrice> LastLock(const std::vector<store::PriceLock>& locks,
                                           const std::string& category) {
  std::optional<rules::LockedPrice> last;
  for (const store::PriceLock& lock : locks) {
    if (lock.category == category) last = lock.price;
  }
  return last;
}

// When the next period of the category begins that no cancellation ends; nullopt for the holder's last.
std::optional<absl::CivilDay> BeginOfLaterPeriod(const HolderFacts& facts, const rules::Period& period) {
  std::optional<absl::CivilDay> later;
  for (const rules::Period& other : rules::NotCancelled(facts.periods, facts.acts, absl::CivilDay::max())) {
    if (other.category != period.category || other.start <= period.start) continue;
    if (!later.has_value() || other.start < *later) later = other.start;
  }
  return later;
}

// The period that a paid invoice gives, as of the day the money came.
absl::StatusOr<Offer> PaidOffer(db::Session& session, const HolderFacts& facts, const v1::Invoice& invoice,
                                absl::CivilDay received_on) {
  const std::string category_id = ResourceId(kCategories, invoice.category()).value_or("");
  ASSIGN_OR_RETURN(const CategoryFacts category, LoadCategoryFacts(session, facts, category_id, received_on));
  const rules::RenewalAnswer plan =
      rules::PlanRenewal(category.renewal, rules::RenewalTiming::kAnyTime, received_on);
  if (plan.refusal != rules::RenewalRefusal::kNone && plan.refusal != rules::RenewalRefusal::kNoMembership) {
    return RefusalError(plan, invoice.category());
  }
  ASSIGN_OR_RETURN(Offer offer, PriceNext(session, facts, category, plan.next));
  const bool lapsed_since =
      plan.next.lapsed_on.has_value() && FormatDate(*plan.next.lapsed_on) > invoice.issue_date();
  if (lapsed_since && offer.price.cents > invoice.amount_cents()) {
    return errors::InvoiceStale(invoice.name(), *plan.next.lapsed_on);
  }
  // What was agreed is what is locked, when the category has become dearer since the invoice.
  if (!plan.next.continues && offer.price.lock.has_value()) {
    offer.price.lock->cents = std::min(offer.price.lock->cents, invoice.amount_cents());
  }
  return offer;
}

}  // namespace

absl::StatusOr<HolderFacts> LockHolderFacts(db::Transaction& transaction, const store::Holder& holder) {
  ASSIGN_OR_RETURN(const bool there, store::LockHolder(transaction, holder));
  if (!there) return HolderNotFound(holder);
  return FactsOf(transaction, holder);
}

absl::StatusOr<HolderFacts> LoadHolderFacts(db::Session& session, const store::Holder& holder) {
  ASSIGN_OR_RETURN(const auto name, store::NameOfHolder(session, holder));
  if (!name.has_value()) return HolderNotFound(holder);
  return FactsOf(session, holder);
}

absl::StatusOr<CategoryFacts> LoadCategoryFacts(db::Session& session, const HolderFacts& facts,
                                                std::string_view category, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session, day));
  const auto found = categories.find(category);
  if (found == categories.end()) return errors::CategoryNotFound(ResourceName(kCategories, category));
  return CategoryFacts{.category = found->second,
                       .renewal = {.periods = facts.periods,
                                   .acts = facts.acts,
                                   .category = std::string(category),
                                   .grace_days = found->second.grace_days(),
                                   .term_months = found->second.term_months()}};
}

absl::StatusOr<Offer> PriceNext(db::Session& session, const HolderFacts& facts, const CategoryFacts& category,
                                const rules::NextPeriod& next) {
  ASSIGN_OR_RETURN(const auto locks, store::PriceLocksOf(session, facts.holder.id));
  ASSIGN_OR_RETURN(const rules::Categories then, store::LoadCategories(session, next.member_since));
  const std::string& id = next.period.category;
  return Offer{.category = category.category,
               .next = next,
               .price = rules::PriceOf({.continues = next.continues,
                                        .member_since = next.member_since,
                                        .period_start = next.period.start,
                                        .asked = category.category.price_cents(),
                                        .asked_since = PriceIn(then, id),
                                        .stored = LastLock(locks, id)})};
}

absl::Status RefusalError(const rules::RenewalAnswer& answer, std::string_view category) {
  using rules::RenewalRefusal;
  switch (answer.refusal) {
    case RenewalRefusal::kNone:
      return absl::OkStatus();
    case RenewalRefusal::kNoMembership:
      return errors::MembershipNotFound(category);
    case RenewalRefusal::kAlreadyRenewed:
      return errors::AlreadyRenewed(answer.on);
    case RenewalRefusal::kNotOpen:
      return errors::RenewalNotOpen(answer.on);
    case RenewalRefusal::kEndless:
      return errors::MembershipEndless(category);
    case RenewalRefusal::kCancelled:
      return errors::MembershipCancelled(answer.on);
    case RenewalRefusal::kSuspended:
      return errors::MembershipSuspended();
    case RenewalRefusal::kDeceased:
      return errors::HolderDeceased();
    case RenewalRefusal::kTooFar:
      return errors::RenewalTooFar(answer.on);
  }
  return absl::InternalError("a refusal that has no error");
}

v1::Enrolment ShowOffer(const HolderFacts& facts, const Offer& offer, absl::CivilDay today) {
  v1::Enrolment shown;
  shown.set_holder(store::HolderName(facts.holder));
  v1::Membership& membership = *shown.mutable_membership();
  membership.set_category(offer.category.name());
  membership.set_start_date(FormatDate(offer.next.period.start));
  if (offer.next.period.end.has_value()) membership.set_end_date(FormatDate(*offer.next.period.end));
  membership.set_state(rules::StateOn(offer.next.period, facts.acts, offer.category.grace_days(), today));
  shown.set_price_cents(offer.price.cents);
  shown.set_price_locked(offer.price.locked);
  shown.set_member_since(FormatDate(offer.next.member_since));
  return shown;
}

absl::Status BeginPeriod(db::Transaction& transaction, const HolderFacts& facts, const Offer& offer,
                         std::string_view source) {
  ASSIGN_OR_RETURN(const bool is_new,
                   store::InsertPeriod(transaction, facts.holder.id, offer.next.period, source));
  if (!is_new) return errors::PeriodExists(offer.next.period.start);
  if (facts.holder.kind == store::HolderKind::kCompany) {
    RETURN_IF_ERROR(ContinueSeats(transaction, facts.holder.id, offer.next.period.start));
  }
  if (!offer.price.lock.has_value()) return absl::OkStatus();
  const std::string& category = offer.next.period.category;
  if (const auto later = BeginOfLaterPeriod(facts, offer.next.period)) {
    return store::RecordEndedPrice(transaction, facts.holder.id, category, *offer.price.lock, *later);
  }
  return store::HoldPrice(transaction, facts.holder.id, category, *offer.price.lock);
}

v1::Invoice InvoiceFor(IdSource& ids, const HolderFacts& facts, const Offer& offer, absl::CivilDay today) {
  const rules::Period& period = offer.next.period;
  v1::Invoice invoice;
  invoice.set_name(ResourceName("invoices", ids.NextText()));
  invoice.set_holder(store::HolderName(facts.holder));
  invoice.set_kind(v1::PAYMENT_KIND_DUES);
  invoice.set_amount_cents(offer.price.cents);
  invoice.set_issue_date(FormatDate(today));
  invoice.set_due_date(FormatDate(rules::DueOn(today, period.start)));
  invoice.set_category(offer.category.name());
  invoice.set_period_start(FormatDate(period.start));
  invoice.set_description(
      fmt::format("{} membership from {}", offer.category.display_name(), FormatDate(period.start)));
  if (period.end.has_value()) {
    invoice.set_period_end(FormatDate(*period.end));
    invoice.set_description(invoice.description() + " to " + FormatDate(*period.end - 1));
  }
  return invoice;
}

absl::StatusOr<std::string> InvoiceBegun(db::Transaction& transaction, IdSource& ids,
                                         const HolderFacts& facts, const Offer& offer, absl::Time now) {
  const rules::Period& period = offer.next.period;
  const absl::CivilDay today = DateOf(now);
  ASSIGN_OR_RETURN(const auto there,
                   store::LockInvoiceOfPeriod(transaction, facts.holder, period.category, period.start));
  std::string name;
  if (there.has_value()) {
    name = there->name();
    RETURN_IF_ERROR(store::SetBegun(transaction, ResourceId("invoices", name).value_or(""), period.start));
  } else if (offer.price.cents > 0) {
    v1::Invoice invoice = InvoiceFor(ids, facts, offer, today);
    invoice.set_begun_on(FormatDate(period.start));
    ASSIGN_OR_RETURN(const auto stored, store::InsertInvoice(transaction, facts.holder, invoice, now));
    if (!stored.has_value()) return errors::InvoiceExists(invoice.name());
    RETURN_IF_ERROR(TellInvoice(transaction, ids, *stored, now).status());
    name = stored->name();
  }
  RETURN_IF_ERROR(store::VoidUnbegun(transaction, {.holder = facts.holder.id, .category = period.category},
                                     today, "The membership was renewed otherwise."));
  return name;
}

absl::Status BeginPaid(db::Transaction& transaction, IdSource& ids, const HolderFacts& facts,
                       const v1::Invoice& invoice, absl::CivilDay received_on, absl::Time now) {
  const std::string id = ResourceId("invoices", invoice.name()).value_or("");
  ASSIGN_OR_RETURN(const Offer offer, PaidOffer(transaction, facts, invoice, received_on));
  RETURN_IF_ERROR(BeginPeriod(transaction, facts, offer, invoice.name()));
  RETURN_IF_ERROR(store::SetBegun(transaction, id, offer.next.period.start));
  RETURN_IF_ERROR(store::VoidUnbegun(
      transaction, {.holder = facts.holder.id, .category = offer.next.period.category, .but = id},
      DateOf(now), "The membership was renewed by " + invoice.name() + "."));
  return TellRenewed(transaction, ids, facts, offer, now).status();
}

}  // namespace plenary::membership
