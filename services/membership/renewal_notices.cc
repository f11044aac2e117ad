// What holders are told about their memberships.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/limits_dues.h"
#include "services/membership/renewals.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/store/notices.h"

namespace plenary::membership {
namespace {

absl::StatusOr<Told> TellHolder(db::Transaction& transaction, IdSource& ids, const store::Holder& holder,
                                const std::string& event, const std::string& template_name,
                                std::map<std::string, std::string> values, absl::Time now) {
  Told told;
  ASSIGN_OR_RETURN(const auto addressees, store::AddresseesOf(transaction, holder, limits::kMostAddressees));
  for (const store::Addressee& addressee : addressees) {
    values["full_name"] = addressee.full_name;
    ASSIGN_OR_RETURN(const bool is_new,
                     store::EnqueueNotice(transaction, ids,
                                          {.event = fmt::format("{}/{}", event, addressee.person),
                                           .template_name = template_name,
                                           .person = addressee.person,
                                           .address = addressee.email,
                                           .values = values},
                                          now));
    ++told.addressees;
    told.queued += is_new ? 1 : 0;
  }
  return told;
}

std::string TemplateFor(int days, const Offer& offer) {
  if (days < 0) return "renewal-before";
  if (offer.next.lapsed_on.has_value()) return "renewal-lapsed";
  return days == 0 ? "renewal-today" : "renewal-after";
}

// What each of the templates says, beside the name.
std::map<std::string, std::string> ValuesFor(int days, const Offer& offer, absl::CivilDay end) {
  std::map<std::string, std::string> values = {{"category", offer.category.display_name()},
                                               {"amount", rules::FormatCents(offer.price.cents)}};
  if (days < 0) values["ends_on"] = FormatDate(end);
  const bool lapsed = offer.next.lapsed_on.has_value();
  if (days > 0 || lapsed) values["ended_on"] = FormatDate(end);
  if (lapsed) values["lapsed_on"] = FormatDate(*offer.next.lapsed_on);
  // The last day on which a renewal leaves no gap.
  if (days >= 0 && !lapsed) {
    values["grace_until"] = FormatDate(end + std::max(offer.category.grace_days(), 1) - 1);
  }
  return values;
}

}  // namespace

absl::StatusOr<Told> TellInvoice(db::Transaction& transaction, IdSource& ids, const v1::Invoice& invoice,
                                 absl::Time now) {
  const auto holder = store::ParseHolder(invoice.holder());
  if (!holder.has_value()) return absl::InternalError("an invoice without a holder");
  return TellHolder(transaction, ids, *holder, invoice.name(), "invoice",
                    {{"invoice", std::to_string(invoice.number())},
                     {"amount", rules::FormatCents(invoice.amount_cents())},
                     {"due_on", invoice.due_date()},
                     {"what", invoice.description()}},
                    now);
}

absl::StatusOr<Told> TellRenewed(db::Transaction& transaction, IdSource& ids, const HolderFacts& facts,
                                 const Offer& offer, absl::Time now) {
  const rules::Period& period = offer.next.period;
  return TellHolder(
      transaction, ids, facts.holder,
      fmt::format("renewed/{}/{}/{}", facts.holder.id, period.category, FormatDate(period.start)), "renewed",
      {{"category", offer.category.display_name()},
       {"ends_on", period.end.has_value() ? FormatDate(*period.end) : "no end"}},
      now);
}

absl::StatusOr<Told> TellRenewal(db::Transaction& transaction, IdSource& ids, const HolderFacts& facts,
                                 const Offer& offer, const rules::Period& period, int days, absl::Time now) {
  return TellHolder(
      transaction, ids, facts.holder,
      fmt::format("renewal{:+}/{}/{}/{}", days, facts.holder.id, period.category, FormatDate(*period.end)),
      TemplateFor(days, offer), ValuesFor(days, offer, *period.end), now);
}

}  // namespace plenary::membership
