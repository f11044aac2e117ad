// What this service asks of, and hands to, the membership service.
#pragma once

#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/outbox/outbox.h"
#include "common/rpc/peer.h"
#include "plenary/committee/v1/motion_service.pb.h"
#include "plenary/membership/v1/membership_service.grpc.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"

namespace plenary::committee {

// Name the handlers in the outbox.
inline constexpr char kGrantWaiver[] = "plenary.membership.v1.RegisterService.GrantWaiver";
inline constexpr char kSuspend[] = "plenary.membership.v1.MembershipService.Suspend";
inline constexpr char kReinstate[] = "plenary.membership.v1.MembershipService.Reinstate";

// Thread-safe. Borrows the caller.
class MembershipPeer {
 public:
  MembershipPeer(std::shared_ptr<grpc::Channel> channel, const rpc::PeerCaller& caller)
      : register_(membership::v1::RegisterService::NewStub(channel)),
        memberships_(membership::v1::MembershipService::NewStub(channel)),
        caller_(caller) {}

  // The full name of a person who may hold office today, the letters of reference aside: founding members
  // precede the letters. FAILED_PRECONDITION with membership's reason when they may not; membership's own
  // error (PERSON_NOT_FOUND) or PEER_UNAVAILABLE otherwise.
  absl::StatusOr<std::string> NameOfEligiblePerson(const std::string& person, absl::Time deadline) const;

  // The outbox handlers: each hands an act to membership, the effect's id as request_id. Our own token being
  // refused (clocks apart) is UNAVAILABLE: the act is not at fault and is delivered later.
  std::map<std::string, outbox::Handler> Handlers() const;

 private:
  std::unique_ptr<membership::v1::RegisterService::Stub> register_;
  std::unique_ptr<membership::v1::MembershipService::Stub> memberships_;
  const rpc::PeerCaller& caller_;
};

// The effect of a carried motion that acts: membership takes it over, once for ever under the motion's name.
outbox::Effect EffectOf(const v1::Motion& motion);

}  // namespace plenary::committee
