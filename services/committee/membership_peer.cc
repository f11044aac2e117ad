#include "services/committee/membership_peer.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "services/committee/errors.h"

namespace plenary::committee {
namespace {

using membership::v1::ExplainRightRequest;
using membership::v1::ExplainRightResponse;
using membership::v1::GrantWaiverRequest;
using membership::v1::ReinstateRequest;
using membership::v1::SuspendRequest;
using membership::v1::Waiver;
using Memberships = membership::v1::MembershipService::Stub;
using Register = membership::v1::RegisterService::Stub;

// The one reason that does not keep a founding member from a seat.
constexpr std::string_view kLettersMissing = "LETTERS_MISSING";

// Well within the outbox's lease.
constexpr absl::Duration kDeliveryLimit = absl::Seconds(10);

// A handler that parses the payload as a request and calls the method with the effect's id.
template <typename Request, typename Response, typename Stub>
outbox::Handler Delivering(const rpc::PeerCaller& caller, Stub& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*)) {
  return [&caller, &stub, method](const std::string& payload, const std::string& effect_id) -> absl::Status {
    Request request;
    if (!request.ParseFromString(payload)) return absl::DataLossError("the payload of an act does not parse");
    request.set_request_id(effect_id);
    const absl::Status status =
        caller
            .Ask<Response>(
                [&](auto* context, auto* answer) { return (stub.*method)(context, request, answer); },
                absl::Now() + kDeliveryLimit)
            .status();
    if (absl::IsUnauthenticated(status)) return absl::UnavailableError(status.message());
    return status;
  };
}

outbox::Effect EffectWith(const char* method, const v1::Motion& motion, std::string payload) {
  return {.method = method,
          .payload = std::move(payload),
          .not_before = absl::InfinitePast(),
          .dedupe_key = motion.name()};
}

outbox::Effect WaiverEffect(const v1::Motion& motion) {
  GrantWaiverRequest request;
  Waiver& waiver = *request.mutable_waiver();
  waiver.set_requirement(motion.waive_requirement().requirement());
  *waiver.mutable_acts() = motion.waive_requirement().acts();
  waiver.set_motion(motion.name());
  waiver.set_valid_from(motion.waive_requirement().valid_from());
  waiver.set_valid_until(motion.waive_requirement().valid_until());
  return EffectWith(kGrantWaiver, motion, request.SerializeAsString());
}

template <typename Request>
outbox::Effect EffectOn(const char* method, const v1::Motion& motion, const v1::ActOnMembership& act) {
  Request request;
  request.set_holder(act.holder());
  request.set_effective_date(act.effective_date());
  request.set_reason(act.reason());
  request.set_motion(motion.name());
  return EffectWith(method, motion, request.SerializeAsString());
}

}  // namespace

absl::StatusOr<std::string> MembershipPeer::NameOfEligiblePerson(const std::string& person,
                                                                 absl::Time deadline) const {
  ExplainRightRequest request;
  request.set_person(person);
  request.set_act(membership::v1::ACT_HOLD_OFFICE);
  ASSIGN_OR_RETURN(
      const ExplainRightResponse right,
      caller_.Ask<ExplainRightResponse>(
          [&](auto* context, auto* answer) { return register_->ExplainRight(context, request, answer); },
          deadline));
  if (!right.allowed() && right.reason() != kLettersMissing) {
    return errors::RightMissing(right.reason(), right.full_name(), right.remedy());
  }
  return right.full_name();
}

std::map<std::string, outbox::Handler> MembershipPeer::Handlers() const {
  using membership::v1::MembershipAct;
  return {
      {kGrantWaiver, Delivering<GrantWaiverRequest, Waiver>(caller_, *register_, &Register::GrantWaiver)},
      {kSuspend, Delivering<SuspendRequest, MembershipAct>(caller_, *memberships_, &Memberships::Suspend)},
      {kReinstate,
       Delivering<ReinstateRequest, MembershipAct>(caller_, *memberships_, &Memberships::Reinstate)},
  };
}

outbox::Effect EffectOf(const v1::Motion& motion) {
  if (motion.has_suspend_membership()) {
    return EffectOn<SuspendRequest>(kSuspend, motion, motion.suspend_membership());
  }
  if (motion.has_reinstate_membership()) {
    return EffectOn<ReinstateRequest>(kReinstate, motion, motion.reinstate_membership());
  }
  return WaiverEffect(motion);
}

}  // namespace plenary::committee
