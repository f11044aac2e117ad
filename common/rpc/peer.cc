#include "common/rpc/peer.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "common/rpc/retry.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"

namespace plenary::rpc {
namespace {
constexpr ErrorDomain kDomain("plenary.rpc");
// A token is made anew long before it expires.
constexpr absl::Duration kTokenReuse = absl::Minutes(1);
// Bytes of an answer that is one message: a signed list of 250,000 lines of 48 bytes, and room.
constexpr int kLongestAnswer = 16 * 1024 * 1024;
}  // namespace

std::shared_ptr<grpc::Channel> LoopbackChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  // A peer that restarts is found again within a second, not after gRPC's two minutes.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kLongestAnswer);
  arguments.SetServiceConfigJSON(kRetryUnavailable);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

absl::Status PeerError(const grpc::Status& status) {
  absl::Status error = FromGrpcStatus(status);
  if (error.code() == absl::StatusCode::kUnavailable && ReasonOf(error).empty()) {
    return kDomain.Error(absl::StatusCode::kUnavailable, "PEER_UNAVAILABLE",
                         "A service that this one needs cannot be reached. Try again in a minute.");
  }
  return error;
}

void PeerCaller::Prepare(grpc::ClientContext& context, const google::protobuf::FileDescriptor& contract,
                         absl::Time deadline) const {
  PrepareFor(auth::AudienceOf(contract), context, deadline);
}

void PeerCaller::PrepareFor(const std::string& service, grpc::ClientContext& context,
                            absl::Time deadline) const {
  context.set_deadline(absl::ToChronoTime(deadline));
  context.AddMetadata("authorization", "Bearer " + TokenFor(service));
}

std::string PeerCaller::TokenFor(const std::string& service) const {
  const absl::Time now = clock_.Now();
  const std::lock_guard lock(mutex_);
  Token& token = tokens_[service];
  // A simulated clock may jump in either direction.
  if (absl::AbsDuration(now - token.made) > kTokenReuse) token = {signer_.SignService({service}, now), now};
  return token.text;
}

}  // namespace plenary::rpc
