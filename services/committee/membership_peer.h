// What this service asks of, and hands to, the membership service.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/outbox/outbox.h"
#include "common/rpc/peer.h"
#include "plenary/committee/v1/motion_service.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"

namespace plenary::committee {

// Names the handler of waivers in the outbox.
inline constexpr char kGrantWaiver[] = "plenary.membership.v1.RegisterService.GrantWaiver";

// Thread-safe. Borrows the caller.
class MembershipPeer {
 public:
  MembershipPeer(std::shared_ptr<grpc::Channel> channel, const rpc::PeerCaller& caller)
      : stub_(membership::v1::RegisterService::NewStub(std::move(channel))), caller_(caller) {}

  // The full name of a person who may hold office today, the letters of reference aside: founding members
  // precede the letters. FAILED_PRECONDITION with membership's reason when they may not; membership's own
  // error (PERSON_NOT_FOUND) or PEER_UNAVAILABLE otherwise.
  absl::StatusOr<std::string> NameOfEligiblePerson(const std::string& person, absl::Time deadline) const;

  // The outbox handler: hands a waiver to membership, the effect's id as request_id. Our own token being
  // refused (clocks apart) is UNAVAILABLE: the waiver is not at fault and is delivered later.
  outbox::Handler WaiverHandler() const;

 private:
  std::unique_ptr<membership::v1::RegisterService::Stub> stub_;
  const rpc::PeerCaller& caller_;
};

// The effect of a carried motion: membership takes the waiver over, once for ever under the motion's name.
outbox::Effect WaiverEffect(const v1::Motion& motion);

}  // namespace plenary::committee
