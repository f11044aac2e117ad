#include "services/committee/membership_peer.h"

#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "services/committee/errors.h"

namespace plenary::committee {
namespace {

using membership::v1::ExplainRightRequest;
using membership::v1::ExplainRightResponse;
using membership::v1::GrantWaiverRequest;
using membership::v1::Waiver;

// The one reason that does not keep a founding member from a seat.
constexpr std::string_view kLettersMissing = "LETTERS_MISSING";

// Well within the outbox's lease.
constexpr absl::Duration kDeliveryLimit = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::string> MembershipPeer::NameOfEligiblePerson(const std::string& person,
                                                                 absl::Time deadline) const {
  ExplainRightRequest request;
  request.set_person(person);
  request.set_act(membership::v1::ACT_HOLD_OFFICE);
  ASSIGN_OR_RETURN(
      const ExplainRightResponse right,
      caller_.Ask<ExplainRightResponse>(
          [&](auto* context, auto* answer) { return stub_->ExplainRight(context, request, answer); },
          deadline));
  if (!right.allowed() && right.reason() != kLettersMissing) {
    return errors::RightMissing(right.reason(), right.full_name(), right.remedy());
  }
  return right.full_name();
}

outbox::Handler MembershipPeer::WaiverHandler() const {
  return [this](const std::string& payload, const std::string& effect_id) -> absl::Status {
    GrantWaiverRequest request;
    if (!request.ParseFromString(payload))
      return absl::DataLossError("the payload of a waiver does not parse");
    request.set_request_id(effect_id);
    const absl::Status status =
        caller_
            .Ask<Waiver>(
                [&](auto* context, auto* waiver) { return stub_->GrantWaiver(context, request, waiver); },
                absl::Now() + kDeliveryLimit)
            .status();
    if (absl::IsUnauthenticated(status)) return absl::UnavailableError(status.message());
    return status;
  };
}

outbox::Effect WaiverEffect(const v1::Motion& motion) {
  GrantWaiverRequest request;
  Waiver& waiver = *request.mutable_waiver();
  waiver.set_requirement(motion.waive_requirement().requirement());
  *waiver.mutable_acts() = motion.waive_requirement().acts();
  waiver.set_motion(motion.name());
  waiver.set_valid_from(motion.waive_requirement().valid_from());
  waiver.set_valid_until(motion.waive_requirement().valid_until());
  return {.method = kGrantWaiver,
          .payload = request.SerializeAsString(),
          .not_before = absl::InfinitePast(),
          .dedupe_key = motion.name()};
}

}  // namespace plenary::committee
