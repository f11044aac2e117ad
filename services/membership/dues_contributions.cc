// Money given beside the dues, and the report of all of it.
#include <algorithm>
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
#include "services/membership/holder_access.h"
#include "services/membership/limits_dues.h"
#include "services/membership/names.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/store/payments.h"

namespace plenary::membership {
namespace {

constexpr char kRecordContribution[] = "plenary.membership.v1.DuesService.RecordContribution";

bool IsContribution(v1::PaymentKind kind) {
  return kind == v1::PAYMENT_KIND_DONATION || kind == v1::PAYMENT_KIND_SPONSORSHIP ||
         kind == v1::PAYMENT_KIND_VENDOR_PARTNER;
}

absl::Status CheckContribution(const v1::Contribution& contribution) {
  FieldChecks checks;
  checks.Require(IsContribution(contribution.kind()), "contribution.kind",
                 "Say whether it is a donation, a sponsorship or of a vendor partner.");
  CheckReference(checks, "contribution.reference", contribution.reference());
  CheckAmount(checks, "contribution.amount_cents", contribution.amount_cents());
  checks.Require(contribution.donor().empty() || store::ParseHolder(contribution.donor()).has_value(),
                 "contribution.donor", "Name the donor \"people/{person}\" or \"companies/{company}\".");
  checks.Text("contribution.donor_name", contribution.donor_name(), contribution.donor().empty() ? 1 : 0,
              limits::kLongestDonorName);
  checks.Text("contribution.purpose", contribution.purpose(), 0, limits::kLongestContributionPurpose);
  return checks.Result(errors::kDomain);
}

v1::Payment PaymentOf(const v1::Contribution& contribution, absl::CivilDay day) {
  v1::Payment payment;
  payment.set_reference(contribution.reference());
  payment.set_kind(contribution.kind());
  payment.set_amount_cents(contribution.amount_cents());
  payment.set_receive_date(FormatDate(day));
  payment.set_holder(contribution.donor());
  return payment;
}

bool SameContribution(const v1::Contribution& first, const v1::Contribution& again) {
  return first.kind() == again.kind() && first.amount_cents() == again.amount_cents() &&
         first.donor() == again.donor() && first.purpose() == again.purpose() &&
         first.anonymous() == again.anonymous() &&
         (again.donor_name().empty() || first.donor_name() == again.donor_name()) &&
         (again.receive_date().empty() || first.receive_date() == again.receive_date());
}

absl::StatusOr<v1::Contribution> FirstContribution(db::Transaction& transaction,
                                                   const v1::Contribution& again) {
  ASSIGN_OR_RETURN(const auto payment, store::LockPaymentByReference(transaction, again.reference()));
  if (!payment.has_value()) return errors::PaymentReferenceReused(again.reference());
  ASSIGN_OR_RETURN(const auto first,
                   store::FindContribution(transaction, *ResourceId("payments", payment->name())));
  if (!first.has_value() || !SameContribution(*first, again)) {
    return errors::PaymentReferenceReused(again.reference());
  }
  return *first;
}

absl::StatusOr<v1::Contribution> Receive(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                         const v1::Contribution& contribution, absl::CivilDay day) {
  if (const auto donor = store::ParseHolder(contribution.donor())) {
    ASSIGN_OR_RETURN(const bool there, store::LockHolder(transaction, *donor));
    if (!there) return HolderNotFound(*donor);
  }
  const std::string id = ids.NextText();
  v1::Payment payment = PaymentOf(contribution, day);
  payment.set_name(ResourceName("payments", id));
  ASSIGN_OR_RETURN(const bool is_new, store::InsertPayment(transaction, payment, call.now()));
  if (!is_new) return FirstContribution(transaction, contribution);
  RETURN_IF_ERROR(store::InsertContribution(transaction, id, contribution));
  RETURN_IF_ERROR(RecordAct(transaction, call, kRecordContribution, payment.name(),
                            fmt::format("{} cents", payment.amount_cents())));
  ASSIGN_OR_RETURN(const auto stored, store::FindContribution(transaction, id));
  if (!stored.has_value()) return absl::InternalError("a contribution is gone");
  return *stored;
}

struct Months {
  absl::CivilMonth first;
  absl::CivilMonth last;
};
absl::StatusOr<Months> ReadMonths(const v1::GetRevenueRequest& request, absl::CivilDay today) {
  constexpr char kSentence[] = "Write the month as YYYY-MM.";
  const auto last =
      request.last_month().empty() ? absl::CivilMonth(today) : rules::ParseMonth(request.last_month());
  if (!last.has_value()) return errors::MonthInvalid("last_month", kSentence);
  const auto first = request.first_month().empty() ? absl::CivilMonth(absl::CivilYear(*last))
                                                   : rules::ParseMonth(request.first_month());
  if (!first.has_value()) return errors::MonthInvalid("first_month", kSentence);
  if (*last < *first) {
    return errors::MonthInvalid("last_month", "The last month is before the first. Correct one of them.");
  }
  if (*last - *first >= limits::kMostRevenueMonths) {
    return errors::MonthInvalid("first_month", "Ask for at most 120 months at once.");
  }
  return Months{*first, *last};
}

}  // namespace

absl::StatusOr<v1::Contribution> DuesService::RecordContribution(
    rpc::Call& call, const v1::RecordContributionRequest& request) {
  RETURN_IF_ERROR(CheckContribution(request.contribution()));
  ASSIGN_OR_RETURN(const absl::CivilDay day,
                   PastDay(call, "contribution.receive_date", request.contribution().receive_date()));
  return Mutate<v1::Contribution>(pool_, call, kRecordContribution, request,
                                  [&](db::Transaction& transaction) {
                                    return Receive(transaction, ids_, call, request.contribution(), day);
                                  });
}

absl::StatusOr<v1::ListContributionsResponse> DuesService::ListContributions(
    rpc::Call& call, const v1::ListContributionsRequest& request) {
  ASSIGN_OR_RETURN(const std::string donor, ListedHolder(call, "donor", request.donor()));
  ASSIGN_OR_RETURN(const NumberPage page, ReadNumberPage(request.page_size(), request.page_token()));
  if (request.kind() != v1::PAYMENT_KIND_UNSPECIFIED && !IsContribution(request.kind())) {
    return errors::FieldInvalid("kind", "Choose donation, sponsorship or vendor partner, or leave it out.");
  }
  ASSIGN_OR_RETURN(auto listed, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::ListContributions(session, donor, request.kind(), page.before,
                                                     page.size + 1);
                   }));
  v1::ListContributionsResponse response;
  if (CutToPage(listed, {.size = page.size})) {
    response.set_next_page_token(rpc::PageToken(std::to_string(listed.back().sequence)));
  }
  for (const store::ListedContribution& row : listed) *response.add_contributions() = row.contribution;
  return response;
}

absl::StatusOr<v1::GetRevenueResponse> DuesService::GetRevenue(rpc::Call& call,
                                                               const v1::GetRevenueRequest& request) {
  ASSIGN_OR_RETURN(const Months months, ReadMonths(request, DateOf(call.now())));
  ASSIGN_OR_RETURN(const auto lines, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::RevenueBetween(session, absl::CivilDay(months.first),
                                                  absl::CivilDay(months.last + 1));
                   }));
  v1::GetRevenueResponse response;
  response.set_currency(rules::kCurrency);
  for (const v1::GetRevenueResponse::Line& line : lines) {
    *response.add_lines() = line;
    response.set_received_cents(response.received_cents() + line.received_cents());
    response.set_refunded_cents(response.refunded_cents() + line.refunded_cents());
    response.set_net_cents(response.net_cents() + line.net_cents());
  }
  return response;
}

}  // namespace plenary::membership
