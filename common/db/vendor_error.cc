#include "common/db/vendor_error.h"

#include <fmt/format.h>

#include "common/status/error.h"

namespace plenary::db {
namespace {

constexpr ErrorDomain kDomain("plenary.db");

constexpr int kChangedSinceRead = 1020;  // innodb_snapshot_isolation
constexpr int kTooManyConnections = 1040;
constexpr int kClusterNotReady = 1047;  // Galera
constexpr int kShuttingDown = 1053;
constexpr int kTooManyOfUser = 1203;
constexpr int kLockWaitTimeout = 1205;  // rolls back only the statement
constexpr int kDeadlock = 1213;
constexpr int kReadOnly = 1290;
constexpr int kConnectionKilled = 1927;  // MariaDB
constexpr int kStatementTimeout = 1969;  // MariaDB
constexpr int kQueryTimeout = 3024;      // MySQL
constexpr int kFirstClientError = 2000;
constexpr int kLastClientError = 2999;

// In an error's text a statement is cut to this length.
constexpr std::size_t kShownStatement = 200;

bool HasReason(const absl::Status& status, std::string_view reason) { return ReasonOf(status) == reason; }

}  // namespace

bool LosesConnection(int number) {
  switch (number) {
    case kTooManyConnections:
    case kClusterNotReady:
    case kShuttingDown:
    case kTooManyOfUser:
    case kReadOnly:
    case kConnectionKilled:
      return true;
    default:
      return number >= kFirstClientError && number <= kLastClientError;
  }
}

absl::Status VendorError(int number, std::string_view text, std::string_view sql) {
  const std::string vendor_error = std::to_string(number);
  switch (number) {
    case kChangedSinceRead:
    case kLockWaitTimeout:
    case kDeadlock:
      return kDomain.Error(absl::StatusCode::kAborted, kConflict,
                           "Someone else was changing the same thing at this moment. Try again.",
                           {{"vendor_error", vendor_error}});
    case kStatementTimeout:
    case kQueryTimeout:
      return kDomain.Error(absl::StatusCode::kDeadlineExceeded, kTooSlow,
                           "The database took too long over this. Try again, or ask for less at once.",
                           {{"vendor_error", vendor_error}});
    default:
      break;
  }
  if (LosesConnection(number)) {
    return kDomain.Error(absl::StatusCode::kUnavailable, kUnavailable,
                         "The database cannot be reached at this moment. Try again in a little while.",
                         {{"vendor_error", vendor_error}});
  }
  return absl::InternalError(
      fmt::format("database error {}: {} (in: {})", number, text, sql.substr(0, kShownStatement)));
}

bool IsConflict(const absl::Status& status) { return HasReason(status, kConflict); }
bool IsConnectionLoss(const absl::Status& status) { return HasReason(status, kUnavailable); }

std::string DuplicateKey(std::string_view text) {
  // The value may hold anything, quotes too: the key is what stands between the last two quotes.
  const std::size_t end = text.rfind('\'');
  if (end == std::string_view::npos || end == 0) return "";
  const std::size_t start = text.rfind('\'', end - 1);
  if (start == std::string_view::npos) return "";
  const std::string_view key = text.substr(start + 1, end - start - 1);
  return std::string(key.substr(key.find('.') + 1));  // npos + 1 is 0: no table named
}

absl::Status OutcomeUnknownError(const absl::Status& cause) {
  return kDomain.Error(
      absl::StatusCode::kUnavailable, kOutcomeUnknown,
      "The database was lost while this was being stored, so it may or may not have been. Ask "
      "again with the same request id.",
      {{"vendor_error", ErrorMetadataOf(cause, "vendor_error")}});
}

absl::Status BusyError() {
  return kDomain.Error(absl::StatusCode::kResourceExhausted, kBusy,
                       "Too many requests use the database at this moment. Try again in a little while.");
}

absl::Status ClosedError() {
  return kDomain.Error(absl::StatusCode::kUnavailable, kUnavailable,
                       "This server is shutting down. Try again in a little while.");
}

absl::Status DeadlinePassedError() {
  return kDomain.Error(
      absl::StatusCode::kDeadlineExceeded, kDeadlinePassed,
      "The time allowed for this had passed before it was stored; nothing was stored. Try again.");
}

}  // namespace plenary::db
