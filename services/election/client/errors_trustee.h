// The errors that a trustee's client makes itself. Domain "plenary.election".
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace plenary::election::errors {

// FAILED_PRECONDITION, TRUSTEE_KEYS_UNUSABLE.
absl::Status TrusteeKeysUnusable(std::string sentence);
// UNAVAILABLE, TRUSTEE_KEYS_IN_USE.
absl::Status TrusteeKeysInUse(std::string_view path);
// DATA_LOSS, DEALT_SHARE_WRONG: names the dealer.
absl::Status DealtShareWrong(std::string_view election, std::string_view dealer, std::string_view because);
// FAILED_PRECONDITION, MANIFEST_DIFFERS: the manifest is not what was accepted, or what others took over.
absl::Status ManifestNotAsAccepted(std::string_view what);
// NOT_FOUND, MANIFEST_NOT_FOUND: the manifest is on its way. `where` begins the sentence.
absl::Status ManifestNotTakenOver(std::string_view where);
// FAILED_PRECONDITION, NOT_SAFE_TO_RELEASE.
absl::Status NotSafeToRelease(std::string sentence);

}  // namespace plenary::election::errors
