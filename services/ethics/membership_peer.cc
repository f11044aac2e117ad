#include "services/ethics/membership_peer.h"

#include <fmt/format.h>

#include <string>

#include "absl/time/clock.h"

namespace plenary::ethics {
namespace {

using membership::v1::CodeAcceptance;
using membership::v1::RecordCodeAcceptanceRequest;

// Well within the outbox's lease.
constexpr absl::Duration kDeliveryLimit = absl::Seconds(10);

}  // namespace

outbox::Handler MembershipPeer::AcceptanceHandler() const {
  return [this](const std::string& payload, const std::string& effect_id) -> absl::Status {
    RecordCodeAcceptanceRequest request;
    if (!request.ParseFromString(payload)) {
      return absl::DataLossError("the payload of an acceptance does not parse");
    }
    request.set_request_id(effect_id);
    const absl::Status status = caller_
                                    .Ask<CodeAcceptance>(
                                        [&](auto* context, auto* acceptance) {
                                          return stub_->RecordCodeAcceptance(context, request, acceptance);
                                        },
                                        absl::Now() + kDeliveryLimit)
                                    .status();
    if (absl::IsUnauthenticated(status)) return absl::UnavailableError(status.message());
    return status;
  };
}

outbox::Effect AcceptanceEffect(const v1::Acceptance& acceptance) {
  RecordCodeAcceptanceRequest request;
  request.set_person(acceptance.person());
  request.set_code_version(acceptance.code_version());
  *request.mutable_accept_time() = acceptance.accept_time();
  return {.method = kRecordCodeAcceptance,
          .payload = request.SerializeAsString(),
          .not_before = absl::InfinitePast(),
          .dedupe_key = fmt::format("acceptance/{}/{}", acceptance.person(), acceptance.code_version())};
}

}  // namespace plenary::ethics
