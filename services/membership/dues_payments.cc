// Money received and given back.
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
#include "services/membership/dues_service.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/limits_dues.h"
#include "services/membership/names.h"
#include "services/membership/renewals.h"
#include "services/membership/store/invoices.h"
#include "services/membership/store/payments.h"

namespace plenary::membership {
namespace {

constexpr char kRecordPayment[] = "plenary.membership.v1.DuesService.RecordPayment";
constexpr char kRefundPayment[] = "plenary.membership.v1.DuesService.RefundPayment";

// Whether a repeated payment is the one that was recorded; without a date it is whenever that was.
bool SamePayment(const v1::Payment& first, const v1::Payment& again, bool with_date) {
  return first.kind() == again.kind() && first.amount_cents() == again.amount_cents() &&
         first.invoice() == again.invoice() && first.refund_of() == again.refund_of() &&
         (!with_date || first.receive_date() == again.receive_date());
}

// The payment that is there under the reference, when it is the same.
absl::StatusOr<v1::Payment> FirstPayment(db::Transaction& transaction, const v1::Payment& again,
                                         bool with_date) {
  ASSIGN_OR_RETURN(const auto first, store::LockPaymentByReference(transaction, again.reference()));
  if (!first.has_value() || !SamePayment(*first, again, with_date)) {
    return errors::PaymentReferenceReused(again.reference());
  }
  ASSIGN_OR_RETURN(const auto stored,
                   store::FindPayment(transaction, *ResourceId("payments", first->name())));
  return stored.value_or(*first);
}

absl::Status AddToInvoice(db::Transaction& transaction, const v1::Invoice& invoice, std::int64_t cents) {
  if (invoice.state() == v1::Invoice::STATE_VOID) return errors::InvoiceVoid(invoice.name());
  ASSIGN_OR_RETURN(const bool added,
                   store::AddToPaid(transaction, *ResourceId("invoices", invoice.name()), cents));
  if (!added) return errors::Overpayment(invoice.amount_cents() - invoice.paid_cents());
  return absl::OkStatus();
}

// Stores the payment of a locked invoice and what it completes.
absl::StatusOr<v1::Payment> Receive(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                    const v1::Payment& payment, bool with_date) {
  const auto holder = store::ParseHolder(payment.holder());
  if (!holder.has_value()) return absl::InternalError("an invoice without a holder");
  ASSIGN_OR_RETURN(const HolderFacts facts, LockHolderFacts(transaction, *holder));
  ASSIGN_OR_RETURN(const auto invoice,
                   store::LockInvoice(transaction, *ResourceId("invoices", payment.invoice())));
  if (!invoice.has_value() || invoice->holder() != payment.holder()) {
    return errors::InvoiceNotFound(payment.invoice());
  }
  ASSIGN_OR_RETURN(const bool is_new, store::InsertPayment(transaction, payment, call.now()));
  if (!is_new) return FirstPayment(transaction, payment, with_date);
  RETURN_IF_ERROR(AddToInvoice(transaction, *invoice, payment.amount_cents()));
  const bool complete = invoice->paid_cents() + payment.amount_cents() == invoice->amount_cents();
  if (complete && invoice->kind() == v1::PAYMENT_KIND_DUES && invoice->begun_on().empty()) {
    RETURN_IF_ERROR(BeginPaid(transaction, ids, facts, *invoice,
                              ParseDate(payment.receive_date()).value_or(DateOf(call.now())), call.now()));
  }
  RETURN_IF_ERROR(RecordAct(transaction, call, kRecordPayment, payment.name(),
                            fmt::format("{} cents for {}", payment.amount_cents(), payment.invoice())));
  ASSIGN_OR_RETURN(const auto stored,
                   store::FindPayment(transaction, *ResourceId("payments", payment.name())));
  return stored.value_or(payment);
}

// Stores what was given back of a payment; `refund` is complete.
absl::StatusOr<v1::Payment> GiveBack(db::Transaction& transaction, const rpc::Call& call,
                                     const v1::Payment& refund, bool with_date) {
  if (!refund.invoice().empty()) {  // invoices are locked before payments
    RETURN_IF_ERROR(store::LockInvoice(transaction, *ResourceId("invoices", refund.invoice())).status());
  }
  const std::string id = *ResourceId("payments", refund.refund_of());
  ASSIGN_OR_RETURN(const auto payment, store::LockPayment(transaction, id));
  if (!payment.has_value()) return errors::PaymentNotFound(refund.refund_of());
  ASSIGN_OR_RETURN(const bool is_new, store::InsertPayment(transaction, refund, call.now()));
  if (!is_new) return FirstPayment(transaction, refund, with_date);
  const std::int64_t cents = -refund.amount_cents();
  ASSIGN_OR_RETURN(const bool left, store::AddToRefunded(transaction, id, cents));
  if (!left) return errors::RefundTooLarge(payment->amount_cents() - payment->refunded_cents());
  if (!refund.invoice().empty()) {
    ASSIGN_OR_RETURN(const bool taken_off,
                     store::AddToPaid(transaction, *ResourceId("invoices", refund.invoice()), -cents));
    if (!taken_off) return absl::InternalError("an invoice has less paid than its payments say");
  }
  RETURN_IF_ERROR(RecordAct(transaction, call, kRefundPayment, refund.name(),
                            fmt::format("{} cents of {}", cents, refund.refund_of())));
  ASSIGN_OR_RETURN(const auto stored,
                   store::FindPayment(transaction, *ResourceId("payments", refund.name())));
  return stored.value_or(refund);
}

}  // namespace

absl::StatusOr<v1::Payment> DuesService::FindPayment(const rpc::Call& call, const std::string& name) {
  ASSIGN_OR_RETURN(auto payment, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindPayment(session, ResourceId("payments", name).value_or(""));
                   }));
  if (!payment.has_value()) return errors::PaymentNotFound(name);
  return *std::move(payment);
}

absl::StatusOr<v1::Payment> DuesService::RecordPayment(rpc::Call& call,
                                                       const v1::RecordPaymentRequest& request) {
  FieldChecks checks;
  CheckReference(checks, "reference", request.reference());
  CheckAmount(checks, "amount_cents", request.amount_cents());
  checks.Text("note", request.note(), 0, limits::kLongestPaymentNote);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  ASSIGN_OR_RETURN(const absl::CivilDay day, PastDay(call, "receive_date", request.receive_date()));
  ASSIGN_OR_RETURN(const v1::Invoice invoice, FindInvoice(call, request.invoice()));
  v1::Payment payment;
  payment.set_reference(request.reference());
  payment.set_kind(invoice.kind());
  payment.set_amount_cents(request.amount_cents());
  payment.set_receive_date(FormatDate(day));
  payment.set_holder(invoice.holder());
  payment.set_invoice(invoice.name());
  payment.set_note(request.note());
  return Mutate<v1::Payment>(pool_, call, kRecordPayment, request, [&](db::Transaction& transaction) {
    v1::Payment named = payment;
    named.set_name(ResourceName("payments", ids_.NextText()));
    return Receive(transaction, ids_, call, named, !request.receive_date().empty());
  });
}

absl::StatusOr<v1::Payment> DuesService::RefundPayment(rpc::Call& call,
                                                       const v1::RefundPaymentRequest& request) {
  FieldChecks checks;
  CheckReference(checks, "reference", request.reference());
  CheckAmount(checks, "amount_cents", request.amount_cents());
  checks.Text("reason", request.reason(), 1, limits::kLongestActReason);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  ASSIGN_OR_RETURN(const absl::CivilDay day, PastDay(call, "refund_date", request.refund_date()));
  ASSIGN_OR_RETURN(const v1::Payment payment, FindPayment(call, request.payment()));
  if (payment.amount_cents() < 0) return errors::NotRefundable(request.payment());
  v1::Payment refund;
  refund.set_reference(request.reference());
  refund.set_kind(payment.kind());
  refund.set_amount_cents(-request.amount_cents());
  refund.set_receive_date(FormatDate(day));
  refund.set_holder(payment.holder());
  refund.set_invoice(payment.invoice());
  refund.set_refund_of(payment.name());
  refund.set_note(request.reason());
  return Mutate<v1::Payment>(pool_, call, kRefundPayment, request, [&](db::Transaction& transaction) {
    v1::Payment named = refund;
    named.set_name(ResourceName("payments", ids_.NextText()));
    return GiveBack(transaction, call, named, !request.refund_date().empty());
  });
}

absl::StatusOr<v1::ListPaymentsResponse> DuesService::ListPayments(rpc::Call& call,
                                                                   const v1::ListPaymentsRequest& request) {
  ASSIGN_OR_RETURN(const std::string holder, ListedHolder(call, "holder", request.holder()));
  ASSIGN_OR_RETURN(const NumberPage page, ReadNumberPage(request.page_size(), request.page_token()));
  const auto invoice = request.invoice().empty() ? "" : ResourceId("invoices", request.invoice());
  if (!invoice.has_value()) return errors::InvoiceNotFound(request.invoice());
  const store::PaymentFilter filter{.holder = holder, .invoice = *invoice, .reference = request.reference()};
  ASSIGN_OR_RETURN(auto listed, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::ListPayments(session, filter, page.before, page.size + 1);
                   }));
  v1::ListPaymentsResponse response;
  if (CutToPage(listed, {.size = page.size})) {
    response.set_next_page_token(rpc::PageToken(std::to_string(listed.back().sequence)));
  }
  for (const store::Listed& row : listed) *response.add_payments() = row.payment;
  return response;
}

}  // namespace plenary::membership
