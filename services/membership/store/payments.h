// Payments, refunds and contributions. A refund is a payment of less than nothing, so that the sum of a time
// is what stayed; what is refunded of a payment never exceeds it, as the statement that changes it says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/dues_service.pb.h"
#include "services/membership/store/holders.h"

namespace plenary::membership::store {

// As an ENUM column says a kind, and back.
std::string_view PaymentKindColumn(v1::PaymentKind kind);
v1::PaymentKind PaymentKindOf(std::string_view column);

// False when a payment with this reference is there. `payment` is complete but for currency and create_time.
absl::StatusOr<bool> InsertPayment(db::Transaction& transaction, const v1::Payment& payment, absl::Time now);
// False when less than that is left of the payment.
absl::StatusOr<bool> AddToRefunded(db::Transaction& transaction, std::string_view id, std::int64_t cents);
// What a payment that is a contribution is beside that.
absl::Status InsertContribution(db::Transaction& transaction, std::string_view payment,
                                const v1::Contribution& contribution);

absl::StatusOr<std::optional<v1::Payment>> FindPayment(db::Session& session, std::string_view id);
// Without the name of its holder.
absl::StatusOr<std::optional<v1::Payment>> LockPayment(db::Transaction& transaction, std::string_view id);
// As it is committed, whatever the transaction has read before.
absl::StatusOr<std::optional<v1::Payment>> LockPaymentByReference(db::Transaction& transaction,
                                                                  std::string_view reference);
absl::StatusOr<std::optional<v1::Contribution>> FindContribution(db::Session& session,
                                                                 std::string_view payment);

struct Listed {
  std::uint64_t sequence = 0;
  v1::Payment payment;
};
struct PaymentFilter {
  std::string holder;     // id; "": any
  std::string invoice;    // id; "": any
  std::string reference;  // "": any
};
// Newest first, recorded before `before` (0: from the newest), at most `limit`.
absl::StatusOr<std::vector<Listed>> ListPayments(db::Session& session, const PaymentFilter& filter,
                                                 std::uint64_t before, std::int64_t limit);

struct ListedContribution {
  std::uint64_t sequence = 0;
  v1::Contribution contribution;
};
// `kind` unspecified: of all.
absl::StatusOr<std::vector<ListedContribution>> ListContributions(db::Session& session,
                                                                  std::string_view donor,
                                                                  v1::PaymentKind kind, std::uint64_t before,
                                                                  std::int64_t limit);

// Received over [first, end), by month and kind.
absl::StatusOr<std::vector<v1::GetRevenueResponse::Line>> RevenueBetween(db::Session& session,
                                                                         absl::CivilDay first,
                                                                         absl::CivilDay end);

}  // namespace plenary::membership::store
