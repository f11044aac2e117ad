// Counting attempts to sign in, by address and by where they come from.
#pragma once

#include <grpcpp/server_context.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership {

// What is counted, and how much of it is allowed in limits::kSignInSpan.
struct CountedUse {
  std::string subject;
  int allowed = 0;
};

// `address_sha256` is of a normalised e-mail address, `caller` of rules::CallerAddress.
CountedUse SignInsOfAddress(std::string_view address_sha256);
CountedUse SignInsFromPeer(std::string_view caller);
CountedUse WrongCodesOfAddress(std::string_view address_sha256);
CountedUse WrongProofsFromPeer(std::string_view caller);

// Counts one more, or RESOURCE_EXHAUSTED, SIGN_IN_LIMIT: roll back, and nothing was counted.
absl::Status CountWithin(db::Transaction& transaction, const CountedUse& use, absl::Time now);

// Where the call comes from: rules::CallerAddress.
std::string CallerOf(const grpc::ServerContext& context);

}  // namespace plenary::membership
