// Calls to other services of the suite: with this service's own token, and within a deadline.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/policy.h"
#include "common/auth/token.h"
#include "common/time/clock.h"
#include "google/protobuf/descriptor.h"

namespace plenary::rpc {

// A plaintext channel to an address of the loopback interface, "127.0.0.1:7401".
std::shared_ptr<grpc::Channel> LoopbackChannel(const std::string& address);

// The error of a call to a peer. One that the peer made is passed on as it is; a peer that cannot be
// reached is UNAVAILABLE with reason PEER_UNAVAILABLE.
absl::Status PeerError(const grpc::Status& status);

// How this service proves itself to its peers. Thread-safe.
class PeerCaller {
 public:
  // Borrows both.
  PeerCaller(const auth::TokenSigner& signer, const Clock& clock) : signer_(signer), clock_(clock) {}

  // Adds deadline (real time) and a token for the service of that contract: for streams.
  void Prepare(grpc::ClientContext& context, const google::protobuf::FileDescriptor& contract,
               absl::Time deadline) const;

  // The same for a server of that contract which takes tokens of its own audience (Edge::Options::audience).
  void PrepareFor(const std::string& service, grpc::ClientContext& context, absl::Time deadline) const;

  // A unary call, of a method whose response belongs to the contract:
  //   Ask<Roll>([&](auto* context, auto* roll) { return stub.GetRoll(context, request, roll); }, deadline)
  template <typename Response, typename Invoke>
  absl::StatusOr<Response> Ask(Invoke invoke, absl::Time deadline) const {
    return AskService<Response>(auth::AudienceOf(*Response::descriptor()->file()), invoke, deadline);
  }
  // The same of a server that takes tokens of its own audience.
  template <typename Response, typename Invoke>
  absl::StatusOr<Response> AskService(const std::string& service, Invoke invoke, absl::Time deadline) const {
    grpc::ClientContext context;
    PrepareFor(service, context, deadline);
    Response response;
    const grpc::Status status = invoke(&context, &response);
    if (!status.ok()) return PeerError(status);
    return response;
  }

 private:
  struct Token {
    std::string text;
    absl::Time made = absl::InfinitePast();
  };
  std::string TokenFor(const std::string& service) const;

  const auth::TokenSigner& signer_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Token> tokens_;  // by service
};

}  // namespace plenary::rpc
