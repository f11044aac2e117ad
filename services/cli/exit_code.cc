#include "services/cli/exit_code.h"

#include <string>

#include "common/status/error.h"

namespace plenary::cli {

int ExitCodeOf(const absl::Status& status) {
  // Found by the voter's client: what two parties published differs.
  const std::string reason = ReasonOf(status);
  if (reason == "MANIFEST_DIFFERS" || reason == "MANIFEST_FORGED") return kExitDifferent;
  if (reason == "COUNT_UNDECIDED") return kExitUndecided;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitDone;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kExitWrongUsage;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kExitNotAllowed;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return kExitUnavailable;
    case absl::StatusCode::kDataLoss:
      return kExitDifferent;
    default:
      return kExitRefused;
  }
}

}  // namespace plenary::cli
