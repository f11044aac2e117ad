// The ONE file pair that knows the vendors' error numbers. Internal to common/db.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace plenary::db {

inline constexpr int kDuplicateEntry = 1062;

// Reasons of the errors of this room, domain "plenary.db".
inline constexpr std::string_view kConflict = "TRANSACTION_CONFLICT";
inline constexpr std::string_view kUnavailable = "DATABASE_UNAVAILABLE";
inline constexpr std::string_view kOutcomeUnknown = "COMMIT_OUTCOME_UNKNOWN";
inline constexpr std::string_view kBusy = "DATABASE_BUSY";
inline constexpr std::string_view kTooSlow = "STATEMENT_TOO_SLOW";
inline constexpr std::string_view kDeadlinePassed = "DEADLINE_PASSED";

//   1213, 1205, 1020               ABORTED TRANSACTION_CONFLICT: the transaction may be rerun
//   2000..2999, 1290, 1047, 1927,
//   1053, 1040, 1203               UNAVAILABLE DATABASE_UNAVAILABLE: the connection is dropped
//   1969, 3024                     DEADLINE_EXCEEDED STATEMENT_TOO_SLOW
//   the rest                       INTERNAL with the server's text and `sql`, for the log only
absl::Status VendorError(int number, std::string_view text, std::string_view sql);

// Whether a connection that failed with this number must be dropped.
bool LosesConnection(int number);

bool IsConflict(const absl::Status& status);
bool IsConnectionLoss(const absl::Status& status);

// The key of "Duplicate entry 'x' for key 'table.name'": MySQL names the table, MariaDB does not.
std::string DuplicateKey(std::string_view text);

absl::Status OutcomeUnknownError(const absl::Status& cause);
absl::Status BusyError();
absl::Status ClosedError();
absl::Status DeadlinePassedError();

}  // namespace plenary::db
