#include "services/election/client/errors_trustee.h"

#include <fmt/format.h>

#include <utility>

#include "services/election/errors.h"

namespace plenary::election::errors {
namespace {

absl::Status Refused(std::string_view reason, std::string message) {
  return Domain().Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message));
}

}  // namespace

absl::Status TrusteeKeysUnusable(std::string sentence) {
  return Refused("TRUSTEE_KEYS_UNUSABLE", std::move(sentence));
}
absl::Status TrusteeKeysInUse(std::string_view path) {
  return Domain().Error(absl::StatusCode::kUnavailable, "TRUSTEE_KEYS_IN_USE",
                        fmt::format("Another command is using {}. Wait until it has ended.", path));
}
absl::Status DealtShareWrong(std::string_view election, std::string_view dealer, std::string_view because) {
  return Domain().Error(
      absl::StatusCode::kDataLoss, "DEALT_SHARE_WRONG",
      fmt::format("The share that {} dealt to you {}. Nothing was accepted: tell the returning "
                  "officer, who resets the trustees with `plenary trustee reset {} --reason WHY`.",
                  dealer, because, election),
      {{"dealer", dealer}});
}
absl::Status ManifestNotAsAccepted(std::string_view what) {
  return Refused(
      "MANIFEST_DIFFERS",
      fmt::format(
          "The published manifest is not the one to release for: {}. Release nothing, and tell the returning "
          "officer and the other trustees.",
          what));
}
absl::Status LogExchanged(std::string_view path) {
  return Domain().Error(
      absl::StatusCode::kDataLoss, "LOG_EXCHANGED",
      fmt::format(
          "The ballot box shows another log than the one you released under. Its signatures under both "
          "prove it: keep your key file, which holds the first one, and {}, which holds the second. "
          "Release nothing more, and tell the auditors and the other trustees.",
          path));
}
absl::Status NotSafeToRelease(std::string sentence) {
  return Refused("NOT_SAFE_TO_RELEASE", std::move(sentence));
}

}  // namespace plenary::election::errors
