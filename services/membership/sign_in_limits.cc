#include "services/membership/sign_in_limits.h"

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/membership/errors_identity.h"
#include "services/membership/limits_identity.h"
#include "services/membership/rules/caller_address.h"
#include "services/membership/store/identity.h"

namespace plenary::membership {
namespace {

constexpr char kForwardedFor[] = "x-forwarded-for";

}  // namespace

CountedUse SignInsOfAddress(std::string_view address_sha256) {
  return {fmt::format("mail/{}", crypto::HexEncode(address_sha256)), limits::kSignInsOfAddress};
}

CountedUse SignInsFromPeer(std::string_view caller) {
  return {fmt::format("mail-from/{}", crypto::HexEncode(crypto::Sha256(caller))), limits::kSignInsFromPeer};
}

CountedUse WrongCodesOfAddress(std::string_view address_sha256) {
  return {fmt::format("wrong/{}", crypto::HexEncode(address_sha256)), limits::kWrongCodesOfAddress};
}

CountedUse WrongProofsFromPeer(std::string_view caller) {
  return {fmt::format("wrong-from/{}", crypto::HexEncode(crypto::Sha256(caller))),
          limits::kWrongProofsFromPeer};
}

absl::Status CountWithin(db::Transaction& transaction, const CountedUse& use, absl::Time now) {
  ASSIGN_OR_RETURN(const store::Count count, store::CountUse(transaction, use.subject, now));
  if (count.uses <= use.allowed) return absl::OkStatus();
  return errors::SignInLimit(count.started + limits::kSignInSpan);
}

std::string CallerOf(const grpc::ServerContext& context) {
  const auto [begin, end] = context.client_metadata().equal_range(kForwardedFor);
  std::string_view forwarded;
  for (auto header = begin; header != end; ++header) {
    forwarded = {header->second.data(), header->second.size()};
  }
  return rules::CallerAddress(context.peer(), forwarded);
}

}  // namespace plenary::membership
