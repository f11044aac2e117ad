// The errors that a trustee's client makes itself. Domain "plenary.election".
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace plenary::election::errors {

// FAILED_PRECONDITION, TRUSTEE_KEYS_UNUSABLE.
absl::Status TrusteeKeysUnusable(std::string sentence);
// For its end: what helps whose key file is lost.
inline constexpr char kWithoutTrusteeFile[] =
    "If it is lost: until the manifest is published the returning officer resets the trustees; after that "
    "the other trustees release for you, with `plenary trustee release --for`.";
// UNAVAILABLE, TRUSTEE_KEYS_IN_USE.
absl::Status TrusteeKeysInUse(std::string_view path);
// DATA_LOSS, DEALT_SHARE_WRONG: names the dealer.
absl::Status DealtShareWrong(std::string_view election, std::string_view dealer, std::string_view because);
// FAILED_PRECONDITION, MANIFEST_DIFFERS: the manifest is not what was accepted, or what others took over.
absl::Status ManifestNotAsAccepted(std::string_view what);
// DATA_LOSS, LOG_EXCHANGED: the box signed two logs as the final one.
// `path` is the file with the second signature.
absl::Status LogExchanged(std::string_view path);
// FAILED_PRECONDITION, NOT_SAFE_TO_RELEASE.
absl::Status NotSafeToRelease(std::string sentence);

}  // namespace plenary::election::errors
