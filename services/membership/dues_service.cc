#include "services/membership/dues_service.h"

#include <optional>
#include <string>
#include <utility>

#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/rpc/page.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/dues_checks.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/holder_access.h"
#include "services/membership/limits_dues.h"
#include "services/membership/names.h"
#include "services/membership/renewals.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/store/invoices.h"
#include "services/membership/store/payments.h"

namespace plenary::membership {
namespace {

constexpr char kCreateInvoice[] = "plenary.membership.v1.DuesService.CreateInvoice";
constexpr char kVoidInvoice[] = "plenary.membership.v1.DuesService.VoidInvoice";

absl::Status CheckInvoice(const v1::CreateInvoiceRequest& request) {
  FieldChecks checks;
  checks.Require(store::ParseHolder(request.holder()).has_value(), "holder",
                 "Name the member \"people/{person}\" or \"companies/{company}\".");
  if (request.category().empty()) {
    checks.Text("description", request.description(), 1, limits::kLongestInvoiceText);
    checks.Require(request.amount_cents() > 0 && request.amount_cents() <= limits::kHighestAmountCents,
                   "amount_cents", "Give an amount of 1 to 100,000,000 cents.");
  } else {
    checks.Require(ResourceId(kCategories, request.category()).has_value(), "category",
                   "Name the category \"categories/{category}\".");
    checks.Require(request.description().empty(), "description",
                   "Leave the description out: a membership describes itself.");
    checks.Require(request.amount_cents() == 0, "amount_cents",
                   "Leave the amount out: a membership has its price.");
  }
  return checks.Result(errors::kDomain);
}

// The invoice of the next period of a category.
absl::StatusOr<v1::Invoice> DuesInvoice(db::Transaction& transaction, IdSource& ids, const HolderFacts& facts,
                                        const std::string& category_name, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const CategoryFacts category,
                   LoadCategoryFacts(transaction, facts, *ResourceId(kCategories, category_name), today));
  const rules::RenewalAnswer plan =
      rules::PlanRenewal(category.renewal, rules::RenewalTiming::kAnyTime, today);
  if (plan.refusal != rules::RenewalRefusal::kNoMembership)
    RETURN_IF_ERROR(RefusalError(plan, category_name));
  ASSIGN_OR_RETURN(const Offer offer, PriceNext(transaction, facts, category, plan.next));
  if (offer.price.cents == 0) return errors::NothingToPay();
  return InvoiceFor(ids, facts, offer, today);
}

v1::Invoice OtherInvoice(IdSource& ids, const v1::CreateInvoiceRequest& request, absl::CivilDay today) {
  v1::Invoice invoice;
  invoice.set_name(ResourceName("invoices", ids.NextText()));
  invoice.set_holder(request.holder());
  invoice.set_kind(v1::PAYMENT_KIND_OTHER);
  invoice.set_description(request.description());
  invoice.set_amount_cents(request.amount_cents());
  invoice.set_issue_date(FormatDate(today));
  invoice.set_due_date(FormatDate(rules::DueOn(today, std::nullopt)));
  return invoice;
}

// The invoice that is there for the same period.
absl::Status PeriodInvoiced(db::Transaction& transaction, const store::Holder& holder,
                            const v1::Invoice& invoice) {
  ASSIGN_OR_RETURN(const auto there,
                   store::LockInvoiceOfPeriod(transaction, holder,
                                              ResourceId(kCategories, invoice.category()).value_or(""),
                                              ParseDate(invoice.period_start()).value_or(absl::CivilDay())));
  if (!there.has_value()) return absl::InternalError("the invoice that refused this one is gone");
  return errors::InvoiceExists(there->name());
}

absl::StatusOr<v1::Invoice> CreateUnderLock(db::Transaction& transaction, IdSource& ids,
                                            const rpc::Call& call, const v1::CreateInvoiceRequest& request,
                                            std::optional<absl::CivilDay> due_on) {
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const HolderFacts facts,
                   LockHolderFacts(transaction, *store::ParseHolder(request.holder())));
  v1::Invoice invoice = OtherInvoice(ids, request, today);
  if (!request.category().empty()) {
    ASSIGN_OR_RETURN(invoice, DuesInvoice(transaction, ids, facts, request.category(), today));
  }
  if (due_on.has_value()) invoice.set_due_date(FormatDate(*due_on));
  ASSIGN_OR_RETURN(const auto stored, store::InsertInvoice(transaction, facts.holder, invoice, call.now()));
  if (!stored.has_value()) return PeriodInvoiced(transaction, facts.holder, invoice);
  RETURN_IF_ERROR(TellInvoice(transaction, ids, *stored, call.now()).status());
  RETURN_IF_ERROR(RecordAct(transaction, call, kCreateInvoice, stored->name(),
                            fmt::format("{} cents of {}", stored->amount_cents(), stored->holder())));
  return *stored;
}

}  // namespace

absl::StatusOr<v1::Invoice> DuesService::FindInvoice(const rpc::Call& call, const std::string& name) {
  ASSIGN_OR_RETURN(auto invoice, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindInvoice(session, ResourceId("invoices", name).value_or(""));
                   }));
  if (!invoice.has_value()) return errors::InvoiceNotFound(name);
  return *std::move(invoice);
}

absl::StatusOr<std::string> DuesService::ListedHolder(rpc::Call& call, std::string_view field,
                                                      const std::string& name) {
  if (name.empty() && call.principal().HasRole("staff")) return "";
  ASSIGN_OR_RETURN(const store::Holder holder, HolderOrCaller(call, field, name));
  RETURN_IF_ERROR(AllowHolder(pool_, call, holder));
  return holder.id;
}

absl::StatusOr<v1::Invoice> DuesService::CreateInvoice(rpc::Call& call,
                                                       const v1::CreateInvoiceRequest& request) {
  RETURN_IF_ERROR(CheckInvoice(request));
  std::optional<absl::CivilDay> due_on;
  if (!request.due_date().empty()) {
    due_on = ParseDate(request.due_date());
    if (!due_on.has_value()) return errors::DateInvalid("due_date", request.due_date());
  }
  return Mutate<v1::Invoice>(pool_, call, kCreateInvoice, request, [&](db::Transaction& transaction) {
    return CreateUnderLock(transaction, ids_, call, request, due_on);
  });
}

absl::StatusOr<v1::Invoice> DuesService::GetInvoice(rpc::Call& call, const v1::GetInvoiceRequest& request) {
  ASSIGN_OR_RETURN(v1::Invoice invoice, FindInvoice(call, request.name()));
  RETURN_IF_ERROR(AllowHolder(pool_, call, store::ParseHolder(invoice.holder()).value_or(store::Holder{})));
  return invoice;
}

absl::StatusOr<v1::ListInvoicesResponse> DuesService::ListInvoices(rpc::Call& call,
                                                                   const v1::ListInvoicesRequest& request) {
  ASSIGN_OR_RETURN(const std::string holder, ListedHolder(call, "holder", request.holder()));
  ASSIGN_OR_RETURN(const NumberPage page, ReadNumberPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(auto invoices, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::ListInvoices(session, {holder, request.unpaid_only(), request.number()},
                                                page.before, page.size + 1);
                   }));
  v1::ListInvoicesResponse response;
  if (CutToPage(invoices, {.size = page.size})) {
    response.set_next_page_token(rpc::PageToken(std::to_string(invoices.back().number())));
  }
  response.mutable_invoices()->Add(invoices.begin(), invoices.end());
  return response;
}

absl::StatusOr<v1::Invoice> DuesService::VoidInvoice(rpc::Call& call, const v1::VoidInvoiceRequest& request) {
  FieldChecks checks;
  checks.Text("reason", request.reason(), 1, limits::kLongestActReason);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  ASSIGN_OR_RETURN(const v1::Invoice found, FindInvoice(call, request.name()));
  const std::string id = *ResourceId("invoices", found.name());
  return Mutate<v1::Invoice>(
      pool_, call, kVoidInvoice, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Invoice> {
        ASSIGN_OR_RETURN(const auto invoice, store::LockInvoice(transaction, id));
        if (!invoice.has_value()) return errors::InvoiceNotFound(request.name());
        if (invoice->state() == v1::Invoice::STATE_VOID) return errors::InvoiceVoid(request.name());
        ASSIGN_OR_RETURN(const bool done,
                         store::VoidInvoice(transaction, id, DateOf(call.now()), request.reason()));
        if (!done) return errors::InvoiceHasPayments(request.name(), invoice->paid_cents());
        RETURN_IF_ERROR(RecordAct(transaction, call, kVoidInvoice, request.name(), request.reason()));
        ASSIGN_OR_RETURN(const auto changed, store::FindInvoice(transaction, id));
        return changed.value_or(*invoice);
      });
}

}  // namespace plenary::membership
