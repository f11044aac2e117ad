#include "services/membership/membership_service.h"

#include <set>
#include <string>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/holder_access.h"
#include "services/membership/membership_requests.h"
#include "services/membership/names.h"
#include "services/membership/renewal_run.h"
#include "services/membership/store/invoices.h"

namespace plenary::membership {
namespace {

constexpr char kEnrol[] = "plenary.membership.v1.MembershipService.Enrol";
constexpr char kRenew[] = "plenary.membership.v1.MembershipService.Renew";

std::set<std::string> CategoriesThatEnd(const HolderFacts& facts) {
  std::set<std::string> categories;
  for (const rules::Period& period : facts.periods) {
    if (period.end.has_value()) categories.insert(period.category);
  }
  return categories;
}

std::string DetailOf(const v1::Enrolment& enrolment) {
  return fmt::format("{} from {} to {} for {} cents", enrolment.membership().category(),
                     enrolment.membership().start_date(),
                     enrolment.membership().end_date().empty() ? "no end" : enrolment.membership().end_date(),
                     enrolment.price_cents());
}

absl::StatusOr<rules::RenewalAnswer> Plan(const v1::RenewRequest& request, const rules::RenewalFacts& facts,
                                          absl::CivilDay today) {
  if (request.end_date().empty()) {
    return rules::PlanRenewal(facts, rules::RenewalTiming::kWhenOpen, today);
  }
  const auto end = ParseDate(request.end_date());
  if (!end.has_value()) return errors::DateInvalid("end_date", request.end_date());
  return rules::PlanRenewalAfter(facts, *end, today);
}

}  // namespace

absl::StatusOr<v1::Enrolment> MembershipService::Enrol(rpc::Call& call, const v1::EnrolRequest& request) {
  FieldChecks checks;
  const auto holder = store::ParseHolder(request.holder());
  checks.Require(holder.has_value(), "holder",
                 "Name the member \"people/{person}\" or \"companies/{company}\".");
  checks.Require(ResourceId(kCategories, request.category()).has_value(), "category",
                 "Name the category \"categories/{category}\".");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  ASSIGN_OR_RETURN(const absl::CivilDay start, DayOrToday(call, "start_date", request.start_date()));
  return Mutate<v1::Enrolment>(pool_, call, kEnrol, request, [&](db::Transaction& transaction) {
    return EnrolUnderLock(transaction, call, request, *holder, start);
  });
}

absl::StatusOr<v1::Enrolment> MembershipService::EnrolUnderLock(db::Transaction& transaction,
                                                                const rpc::Call& call,
                                                                const v1::EnrolRequest& request,
                                                                const store::Holder& holder,
                                                                absl::CivilDay start) {
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const HolderFacts facts, LockHolderFacts(transaction, holder));
  ASSIGN_OR_RETURN(
      const CategoryFacts category,
      LoadCategoryFacts(transaction, facts, *ResourceId(kCategories, request.category()), start));
  const rules::RenewalAnswer plan = rules::PlanEnrolment(category.renewal, start, today);
  if (plan.refusal == rules::RenewalRefusal::kAlreadyRenewed)
    return errors::MembershipRuns(request.category());
  RETURN_IF_ERROR(RefusalError(plan, request.category()));
  ASSIGN_OR_RETURN(const Offer offer, PriceNext(transaction, facts, category, plan.next));
  v1::Enrolment enrolment = ShowOffer(facts, offer, today);
  enrolment.set_validate_only(request.validate_only());
  if (request.validate_only()) return enrolment;
  const std::string source = "enrolled by " + call.principal().Actor();
  enrolment.mutable_membership()->set_source(source);
  RETURN_IF_ERROR(BeginPeriod(transaction, facts, offer, source));
  ASSIGN_OR_RETURN(*enrolment.mutable_invoice(), InvoiceBegun(transaction, ids_, facts, offer, call.now()));
  RETURN_IF_ERROR(RecordAct(transaction, call, kEnrol, enrolment.holder(), DetailOf(enrolment)));
  return enrolment;
}

absl::StatusOr<v1::Enrolment> MembershipService::Renew(rpc::Call& call, const v1::RenewRequest& request) {
  ASSIGN_OR_RETURN(const store::Holder holder, HolderOrCaller(call, "holder", request.holder()));
  RETURN_IF_ERROR(AllowHolder(pool_, call, holder));
  return Mutate<v1::Enrolment>(pool_, call, kRenew, request, [&](db::Transaction& transaction) {
    return RenewUnderLock(transaction, call, request, holder);
  });
}

absl::StatusOr<v1::Enrolment> MembershipService::RenewUnderLock(db::Transaction& transaction,
                                                                const rpc::Call& call,
                                                                const v1::RenewRequest& request,
                                                                const store::Holder& holder) {
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const HolderFacts facts, LockHolderFacts(transaction, holder));
  ASSIGN_OR_RETURN(const std::string id, ChooseCategory(request.category(), CategoriesThatEnd(facts)));
  ASSIGN_OR_RETURN(const CategoryFacts category, LoadCategoryFacts(transaction, facts, id, today));
  ASSIGN_OR_RETURN(const rules::RenewalAnswer plan, Plan(request, category.renewal, today));
  RETURN_IF_ERROR(RefusalError(plan, category.category.name()));
  ASSIGN_OR_RETURN(const Offer offer, PriceNext(transaction, facts, category, plan.next));
  v1::Enrolment renewal = ShowOffer(facts, offer, today);
  renewal.set_validate_only(request.validate_only());
  if (request.validate_only() || !call.principal().HasRole("staff")) {
    ASSIGN_OR_RETURN(const auto invoice,
                     store::LockInvoiceOfPeriod(transaction, holder, id, offer.next.period.start));
    if (invoice.has_value()) renewal.set_invoice(invoice->name());
    if (request.validate_only()) return renewal;
    if (offer.price.cents > 0) return errors::PaymentNeeded(offer.price.cents, renewal.invoice());
  }
  const std::string source = "renewed by " + call.principal().Actor();
  renewal.mutable_membership()->set_source(source);
  RETURN_IF_ERROR(BeginPeriod(transaction, facts, offer, source));
  ASSIGN_OR_RETURN(*renewal.mutable_invoice(), InvoiceBegun(transaction, ids_, facts, offer, call.now()));
  RETURN_IF_ERROR(TellRenewed(transaction, ids_, facts, offer, call.now()).status());
  RETURN_IF_ERROR(RecordAct(transaction, call, kRenew, renewal.holder(), DetailOf(renewal)));
  return renewal;
}

absl::Status MembershipService::RunRenewals(rpc::Call& call, grpc::ServerContext& context,
                                            grpc::ServerWriter<v1::RunRenewalsResponse>& writer) {
  RenewalRun run(pool_, ids_,
                 {.now = call.now(), .deadline = call.deadline(), .actor = call.principal().Actor()});
  while (!run.counts().done() && !context.IsCancelled()) {
    RETURN_IF_ERROR(run.DoPage());
    writer.Write(run.counts());
  }
  return absl::OkStatus();
}

}  // namespace plenary::membership
