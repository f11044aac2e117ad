// The next period of a holder: planned and priced by the rules, put on the register, invoiced, told. Shared
// by enrolment, renewal, payment and the daily work; each holds the holder's row for its transaction.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "plenary/membership/v1/dues_service.pb.h"
#include "plenary/membership/v1/membership_service.pb.h"
#include "services/membership/rules/price_lock.h"
#include "services/membership/rules/renewal.h"
#include "services/membership/store/holders.h"

namespace plenary::membership {

struct HolderFacts {
  store::Holder holder;
  std::vector<rules::Period> periods;
  std::vector<rules::StandingAct> acts;
};
// PERSON_NOT_FOUND, COMPANY_NOT_FOUND.
absl::StatusOr<HolderFacts> LockHolderFacts(db::Transaction& transaction, const store::Holder& holder);
absl::StatusOr<HolderFacts> LoadHolderFacts(db::Session& session, const store::Holder& holder);

// A category as it holds on a day, and what the rules ask about the holder's membership of it.
struct CategoryFacts {
  v1::Category category;
  rules::RenewalFacts renewal;
};
// `category` is an id. CATEGORY_NOT_FOUND.
absl::StatusOr<CategoryFacts> LoadCategoryFacts(db::Session& session, const HolderFacts& facts,
                                                std::string_view category, absl::CivilDay day);

// A period to come with its price.
struct Offer {
  v1::Category category;
  rules::NextPeriod next;
  rules::PriceAnswer price;
};
absl::StatusOr<Offer> PriceNext(db::Session& session, const HolderFacts& facts, const CategoryFacts& category,
                                const rules::NextPeriod& next);

// The error for a refusal of the rules.
absl::Status RefusalError(const rules::RenewalAnswer& answer, std::string_view category);

v1::Enrolment ShowOffer(const HolderFacts& facts, const Offer& offer, absl::CivilDay today);

// The offer on the register: the period, its price lock. PERIOD_EXISTS.
absl::Status BeginPeriod(db::Transaction& transaction, const HolderFacts& facts, const Offer& offer,
                         std::string_view source);

// The invoice of the offer, as it is to be stored.
v1::Invoice InvoiceFor(IdSource& ids, const HolderFacts& facts, const Offer& offer, absl::CivilDay today);
// Of the period that BeginPeriod has put on the register: the one that is there, or a new one. "" when there
// is nothing to pay. Those of periods that never began are taken back.
absl::StatusOr<std::string> InvoiceBegun(db::Transaction& transaction, IdSource& ids,
                                         const HolderFacts& facts, const Offer& offer, absl::Time now);

// Puts on the register what a paid invoice is for, as of the day the money came.
absl::Status BeginPaid(db::Transaction& transaction, IdSource& ids, const HolderFacts& facts,
                       const v1::Invoice& invoice, absl::CivilDay received_on, absl::Time now);

// Notices to the holder's addressees; each once for ever.
struct Told {
  int addressees = 0;
  int queued = 0;
};
// That `period` ends, or has ended; `offer` is what comes next, `days` one of rules::kRenewalNotices.
absl::StatusOr<Told> TellRenewal(db::Transaction& transaction, IdSource& ids, const HolderFacts& facts,
                                 const Offer& offer, const rules::Period& period, int days, absl::Time now);
absl::StatusOr<Told> TellInvoice(db::Transaction& transaction, IdSource& ids, const v1::Invoice& invoice,
                                 absl::Time now);
absl::StatusOr<Told> TellRenewed(db::Transaction& transaction, IdSource& ids, const HolderFacts& facts,
                                 const Offer& offer, absl::Time now);

}  // namespace plenary::membership
