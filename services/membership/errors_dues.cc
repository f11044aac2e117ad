#include "services/membership/errors_dues.h"

#include <string>

#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/rules/renewal.h"

namespace plenary::membership::errors {
namespace {

using absl::StatusCode;
using rules::FormatCents;

absl::Status Refused(std::string_view reason, std::string message, ErrorMetadata metadata = {}) {
  return kDomain.Error(StatusCode::kFailedPrecondition, reason, std::move(message), metadata);
}

absl::Status Exists(std::string_view reason, std::string message, ErrorMetadata metadata = {}) {
  return kDomain.Error(StatusCode::kAlreadyExists, reason, std::move(message), metadata);
}

}  // namespace

absl::Status NotTheirMembership(std::string_view holder) {
  return kDomain.Error(StatusCode::kPermissionDenied, "NOT_THE_HOLDER",
                       "Only staff, the member, or an administrator of the company may do this. Ask one of "
                       "them.",
                       {{"holder", holder}});
}

absl::Status MembershipNotFound(std::string_view category) {
  return kDomain.Error(StatusCode::kNotFound, "MEMBERSHIP_NOT_FOUND",
                       "The holder has no membership of this category. Check the category, or enrol.",
                       {{"category", category}});
}

absl::Status CategoryNeeded() {
  return kDomain.BadRequest(
      "CATEGORY_NEEDED",
      {{"category", "The holder has not exactly one membership that this could mean. Name its category."}});
}

absl::Status MembershipRuns(std::string_view category) {
  return Exists("MEMBERSHIP_RUNS",
                "The holder has a membership of this category for these days, or is in its days of grace. "
                "Renew it instead.",
                {{"category", category}});
}

absl::Status PeriodExists(absl::CivilDay start) {
  return Exists(
      "PERIOD_EXISTS",
      fmt::format("A period of this category from {} on is on the register already, and no period is "
                  "overwritten. Start on another day.",
                  FormatDate(start)));
}

absl::Status AlreadyRenewed(absl::CivilDay until) {
  return Exists("ALREADY_RENEWED",
                fmt::format("The membership is renewed already: it now runs until {}.", FormatDate(until)));
}

absl::Status RenewalNotOpen(absl::CivilDay opens_on) {
  return Refused(
      "RENEWAL_NOT_OPEN",
      fmt::format("It is early: this membership can be renewed from {} on. To renew it now, name the "
                  "end of its period.",
                  FormatDate(opens_on)));
}

absl::Status RenewalTooFar(absl::CivilDay from) {
  return Refused("RENEWAL_TOO_FAR",
                 fmt::format("The next period would begin more than {} years ahead. Renew it from {} on.",
                             rules::kMostYearsAhead, FormatDate(from)));
}

absl::Status MembershipEndless(std::string_view category) {
  return Refused("MEMBERSHIP_ENDLESS", "This membership has no end, so there is nothing to renew.",
                 {{"category", category}});
}

absl::Status MembershipCancelled(absl::CivilDay from) {
  return Refused(
      "MEMBERSHIP_CANCELLED",
      fmt::format("This membership is cancelled from {} on. Enrol again from that day.", FormatDate(from)));
}

absl::Status MembershipAlreadyCancelled() {
  return Refused("MEMBERSHIP_CANCELLED", "This membership is cancelled already.");
}

absl::Status MembershipOver() {
  return Refused("MEMBERSHIP_OVER", "This membership is over on that day: nothing is left to cancel.");
}

absl::Status MembershipSuspended() {
  return Refused("MEMBERSHIP_SUSPENDED",
                 "The board has suspended this member. Only another motion of the board ends that.");
}

absl::Status NotSuspended(std::string_view date) {
  // Of two acts of the board the second may arrive first: asked again later, it finds the suspension there.
  return kDomain.Error(StatusCode::kAborted, "NOT_SUSPENDED",
                       fmt::format("The member is not suspended on {}. Check the day, or try again once the "
                                   "suspension is recorded.",
                                   date));
}

absl::Status HolderDeceased() {
  return Refused("HOLDER_DECEASED", "This member has died. Nothing is renewed or asked for any more.");
}

absl::Status DeathRecorded() {
  return Exists("HOLDER_DECEASED", "The death of this member is recorded already.");
}

absl::Status MotionActed(std::string_view motion) {
  return Exists("MOTION_ACTED", "This motion has acted already, and otherwise. Carry another motion.",
                {{"motion", motion}});
}

absl::Status PaymentNeeded(std::int64_t price_cents, std::string_view invoice) {
  return Refused(
      "PAYMENT_NEEDED",
      fmt::format("The next term costs {} {}. {} Its payment renews the membership.",
                  FormatCents(price_cents), rules::kCurrency,
                  invoice.empty() ? "Ask the office for the invoice." : fmt::format("Pay {}.", invoice)),
      {{"invoice", invoice}});
}

absl::Status InvoiceNotFound(std::string_view invoice) {
  return kDomain.Error(StatusCode::kNotFound, "INVOICE_NOT_FOUND",
                       "There is no invoice of that name. Check the name.", {{"invoice", invoice}});
}

absl::Status InvoiceExists(std::string_view invoice) {
  return Exists("INVOICE_EXISTS",
                fmt::format("This period is invoiced already by {}. Use it, or void it first.", invoice),
                {{"invoice", invoice}});
}

absl::Status NothingToPay() {
  return Refused("NOTHING_TO_PAY",
                 "The next period of this category is free. Enrol or renew without an invoice.");
}

absl::Status InvoiceVoid(std::string_view invoice) {
  return Refused("INVOICE_VOID", "This invoice is void. Make a new one.", {{"invoice", invoice}});
}

absl::Status InvoiceHasPayments(std::string_view invoice, std::int64_t paid_cents) {
  return Refused("INVOICE_HAS_PAYMENTS",
                 fmt::format("{} {} is paid on this invoice. Refund it first.", FormatCents(paid_cents),
                             rules::kCurrency),
                 {{"invoice", invoice}});
}

absl::Status InvoiceStale(std::string_view invoice, absl::CivilDay lapsed_on) {
  return Refused(
      "INVOICE_STALE",
      fmt::format("The membership lapsed on {}, before this money came, and its price with it. Refund "
                  "what is paid, void the invoice, and make a new one.",
                  FormatDate(lapsed_on)),
      {{"invoice", invoice}});
}

absl::Status PaymentNotFound(std::string_view payment) {
  return kDomain.Error(StatusCode::kNotFound, "PAYMENT_NOT_FOUND",
                       "There is no payment of that name. Check the name.", {{"payment", payment}});
}

absl::Status PaymentReferenceReused(std::string_view reference) {
  return Exists(
      "PAYMENT_REFERENCE_REUSED",
      "Another payment is recorded under this reference. Compare the two with the bank's statement.",
      {{"reference", reference}});
}

absl::Status Overpayment(std::int64_t outstanding_cents) {
  return Refused(
      "OVERPAYMENT",
      outstanding_cents <= 0
          ? std::string("This invoice is paid. Return the money, or record it as a contribution.")
          : fmt::format("Only {} {} is outstanding. Record that much; return the rest, or record it "
                        "as a contribution.",
                        FormatCents(outstanding_cents), rules::kCurrency));
}

absl::Status RefundTooLarge(std::int64_t left_cents) {
  return Refused("REFUND_TOO_LARGE", fmt::format("Only {} {} of this payment is left to refund.",
                                                 FormatCents(left_cents), rules::kCurrency));
}

absl::Status NotRefundable(std::string_view payment) {
  return Refused("NOT_REFUNDABLE", "This is a refund itself. Name the payment that it gave back from.",
                 {{"payment", payment}});
}

absl::Status MonthInvalid(std::string_view field, std::string_view sentence) {
  return kDomain.BadRequest("MONTH_INVALID", {{std::string(field), std::string(sentence)}});
}

}  // namespace plenary::membership::errors
