#include "services/membership/oidc_settings.h"

#include <fstream>
#include <utility>

#include "common/http/client.h"
#include "common/status/macros.h"
#include "services/membership/errors_oidc.h"
#include "services/membership/limits_oidc.h"

namespace plenary::membership {
namespace {

constexpr char kProtected[] = "Give an https address; http is for this machine alone.";

// A query or a fragment has no place in either address.
bool IsAddress(const std::string& url) {
  return http::CheckUrl(url).ok() && url.find_first_of("?#") == std::string::npos;
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  std::string secret;
  std::ifstream file(path);
  if (!std::getline(file, secret) || secret.empty()) {
    return errors::OidcFlagInvalid("--oidc_client_secret_file",
                                   "It is missing, cannot be read, or its first line is empty.");
  }
  return secret;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OidcProvider>> OpenOidcProvider(const OidcFlags& flags,
                                                               const Clock& real_time) {
  if (flags.issuer.empty()) {
    if (flags.client_id.empty() && flags.client_secret_file.empty() && flags.redirect_uri.empty()) {
      return std::unique_ptr<OidcProvider>();
    }
    return errors::OidcFlagInvalid("--oidc_issuer",
                                   "The other flags of the provider are there, and it is not.");
  }
  if (!IsAddress(flags.issuer) || flags.issuer.size() > limits::kLongestIssuer) {
    return errors::OidcFlagInvalid("--oidc_issuer", kProtected);
  }
  if (!IsAddress(flags.redirect_uri)) return errors::OidcFlagInvalid("--oidc_redirect_uri", kProtected);
  if (flags.client_id.empty()) {
    return errors::OidcFlagInvalid("--oidc_client_id", "Give what the provider calls this service.");
  }
  ASSIGN_OR_RETURN(std::string secret, ReadSecret(flags.client_secret_file));
  return std::make_unique<OidcProvider>(OidcProvider::Settings{.issuer = flags.issuer,
                                                               .client_id = flags.client_id,
                                                               .client_secret = std::move(secret),
                                                               .redirect_uri = flags.redirect_uri},
                                        real_time);
}

}  // namespace plenary::membership
