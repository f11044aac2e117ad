// Invoices. What is paid on one never exceeds its amount: the statements that change it say so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/dues_service.pb.h"
#include "services/membership/store/holders.h"

namespace plenary::membership::store {

// The invoice as stored; nullopt when an invoice of that period is there. `invoice` has its name; number,
// state, paid_cents and currency are set by the answer.
absl::StatusOr<std::optional<v1::Invoice>> InsertInvoice(db::Transaction& transaction, const Holder& holder,
                                                         const v1::Invoice& invoice, absl::Time now);

absl::StatusOr<std::optional<v1::Invoice>> FindInvoice(db::Session& session, std::string_view id);
// Without the name of its holder.
absl::StatusOr<std::optional<v1::Invoice>> LockInvoice(db::Transaction& transaction, std::string_view id);
// That which is not void for the period of a category that begins on `start`, as it is committed.
absl::StatusOr<std::optional<v1::Invoice>> LockInvoiceOfPeriod(db::Transaction& transaction,
                                                               const Holder& holder,
                                                               std::string_view category,
                                                               absl::CivilDay start);

struct InvoiceFilter {
  std::string holder;  // id; "": any
  bool unpaid_only = false;
  std::int64_t number = 0;  // 0: any
};
// Newest first, with a number below `before` (0: from the newest), at most `limit`.
absl::StatusOr<std::vector<v1::Invoice>> ListInvoices(db::Session& session, const InvoiceFilter& filter,
                                                      std::uint64_t before, std::int64_t limit);

// Adds to what is paid (or takes off it); false when that would be less than nothing or more than the amount,
// or the invoice is void.
absl::StatusOr<bool> AddToPaid(db::Transaction& transaction, std::string_view id, std::int64_t cents);
// The period that is on the register for it.
absl::Status SetBegun(db::Transaction& transaction, std::string_view id, absl::CivilDay start);
// False when it is void already, or something is paid.
absl::StatusOr<bool> VoidInvoice(db::Transaction& transaction, std::string_view id, absl::CivilDay on,
                                 std::string_view reason);
// Takes back the invoices of dues on which nothing is paid and for which no period is on the register.
struct Unbegun {
  std::string holder;
  std::string category;  // "": any
  std::string but;       // the id of one that stays; "": none does
};
absl::Status VoidUnbegun(db::Transaction& transaction, const Unbegun& which, absl::CivilDay on,
                         std::string_view reason);

}  // namespace plenary::membership::store
