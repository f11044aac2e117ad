// The flags of signing in through an OpenID Connect provider.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/time/clock.h"
#include "services/membership/oidc_provider.h"

namespace plenary::membership {

struct OidcFlags {
  std::string issuer;  // "": nobody signs in through a provider
  std::string client_id;
  std::string client_secret_file;
  std::string redirect_uri;
};

// The provider of the flags; nullptr without an issuer. OIDC_FLAG_INVALID. The provider is not asked yet: a
// service starts without it. Borrows the clock, which is real time.
absl::StatusOr<std::unique_ptr<OidcProvider>> OpenOidcProvider(const OidcFlags& flags,
                                                               const Clock& real_time);

}  // namespace plenary::membership
