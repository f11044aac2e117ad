// The work of a day about memberships that end: invoices, notices, price locks of the lapsed.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "plenary/membership/v1/membership_service.pb.h"
#include "services/membership/renewals.h"

namespace plenary::membership {

// Page by page, each holder in a transaction of its own. Whatever was done stays when it is cut off, and
// doing it again finds its keys. Not thread-safe; any number may run at the same time.
class RenewalRun {
 public:
  struct Options {
    absl::Time now;       // of the suite's clock: the day that is worked on
    absl::Time deadline;  // real
    std::string actor;    // for the record of acts
  };

  // Borrows both.
  RenewalRun(db::Pool& pool, IdSource& ids, Options options)
      : pool_(pool), ids_(ids), options_(std::move(options)) {}

  // The next holders; nothing once counts().done().
  absl::Status DoPage();
  const v1::RunRenewalsResponse& counts() const { return counts_; }

 private:
  absl::StatusOr<v1::RunRenewalsResponse> DoHolder(db::Transaction& transaction, const store::Holder& holder);
  absl::Status DoCategory(db::Transaction& transaction, const HolderFacts& facts, std::string_view category,
                          v1::RunRenewalsResponse& counts);
  absl::Status MakeInvoice(db::Transaction& transaction, const HolderFacts& facts, const Offer& offer,
                           v1::RunRenewalsResponse& counts);
  absl::Status EndLock(db::Transaction& transaction, const HolderFacts& facts, std::string_view category,
                       absl::CivilDay lapsed_on, v1::RunRenewalsResponse& counts);

  db::Pool& pool_;
  IdSource& ids_;
  const Options options_;
  std::string after_;
  v1::RunRenewalsResponse counts_;
};

}  // namespace plenary::membership
