// What this service hands to the membership service.
#pragma once

#include <grpcpp/channel.h>

#include <memory>

#include "common/outbox/outbox.h"
#include "common/rpc/peer.h"
#include "plenary/ethics/v1/code_service.pb.h"
#include "plenary/membership/v1/verification_service.grpc.pb.h"

namespace plenary::ethics {

// Names the handler of acceptances in the outbox.
inline constexpr char kRecordCodeAcceptance[] =
    "plenary.membership.v1.VerificationService.RecordCodeAcceptance";

// Thread-safe. Borrows the caller.
class MembershipPeer {
 public:
  MembershipPeer(std::shared_ptr<grpc::Channel> channel, const rpc::PeerCaller& caller)
      : stub_(membership::v1::VerificationService::NewStub(std::move(channel))), caller_(caller) {}

  // The outbox handler: tells membership of an acceptance, the effect's id as request_id. Our own token being
  // refused (clocks apart) is UNAVAILABLE: it is told later.
  outbox::Handler AcceptanceHandler() const;

 private:
  std::unique_ptr<membership::v1::VerificationService::Stub> stub_;
  const rpc::PeerCaller& caller_;
};

// The effect of an acceptance: membership knows of it, once for ever a person and version.
outbox::Effect AcceptanceEffect(const v1::Acceptance& acceptance);

}  // namespace plenary::ethics
