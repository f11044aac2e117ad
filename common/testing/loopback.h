// Services behind a real server on the loopback interface, with a clock that the test moves and keys
// that the test holds: handler tests go through everything a call goes through.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/service_type.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/auth/token.h"
#include "common/metrics/metrics.h"
#include "common/rpc/edge.h"
#include "common/rpc/peer.h"
#include "common/status/grpc_status.h"
#include "common/time/clock.h"

namespace plenary::testing {

// What the servers of one test share: clock, keys, edge. Several Loopbacks may share one (a service and
// a fake of its peer).
class TestSuite {
 public:
  explicit TestSuite(absl::Time start, rpc::Edge::Options options = {});

  FakeClock& clock() { return clock_; }
  rpc::Edge& edge() { return edge_; }
  Metrics& metrics() { return metrics_; }
  const auth::KeySet& keys() const { return keys_; }
  // Signs as the service of that name; "membership" may name people.
  const auth::TokenSigner& Signer(const std::string& service);
  rpc::PeerCaller& Caller(const std::string& service);

  // Contexts with a deadline of 20 s and the token of somebody. Roles default to a plain member.
  std::unique_ptr<grpc::ClientContext> Person(const std::string& person, const std::string& company = "",
                                              std::vector<std::string> roles = {"member"});
  std::unique_ptr<grpc::ClientContext> Staff();  // "people/staff" with role staff
  std::unique_ptr<grpc::ClientContext> Service(const std::string& name);
  std::unique_ptr<grpc::ClientContext> ServiceAccount(
      std::vector<std::string> roles);  // "serviceAccounts/sync"
  static std::unique_ptr<grpc::ClientContext> Anonymous();

 private:
  // A context of a test is for whatever service it calls.
  const auth::Audience audience_ = {"membership", "committee", "ethics", "election"};
  FakeClock clock_;
  auth::KeySet keys_{"membership"};
  Metrics metrics_{"test"};
  rpc::Edge edge_;
  std::vector<std::pair<std::string, std::unique_ptr<auth::TokenSigner>>> signers_;
  std::vector<std::pair<std::string, std::unique_ptr<rpc::PeerCaller>>> callers_;
};

// A server at 127.0.0.1 on a free port, until it dies. Borrows the services. Takes messages up to the length
// that the service's own main sets.
class Loopback {
 public:
  explicit Loopback(const std::vector<grpc::Service*>& services,
                    int max_receive_bytes = rpc::kLongestMessage);
  ~Loopback();

  const std::string& address() const { return address_; }
  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  // A connection of its own, which shares nothing with channel().
  std::shared_ptr<grpc::Channel> FreshChannel() const;

 private:
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A unary call of a stub, as absl::StatusOr:
//   Invoke(&CodeService::Stub::GetBinding, *stub, suite.Staff(), GetBindingRequest())
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Invoke(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                Stub& stub, std::unique_ptr<grpc::ClientContext> context,
                                const Request& request) {
  Response response;
  const grpc::Status status = (stub.*method)(context.get(), request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

}  // namespace plenary::testing
