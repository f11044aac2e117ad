// The edge of a service: everything that happens to a call before and after its method. Deadline,
// identity, policy, admission, metrics, log, and the one conversion of the status.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/metrics/metrics.h"
#include "common/rpc/call.h"
#include "common/time/clock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "plenary/policy/v1/policy.pb.h"

namespace plenary::rpc {

// A call without a deadline, or with a farther one, gets this.
inline constexpr absl::Duration kLongestUnaryCall = absl::Seconds(30);
inline constexpr absl::Duration kLongestStream = absl::Minutes(10);
// Bytes of one message that a server takes, unless its service says otherwise.
inline constexpr int kLongestMessage = 64 * 1024;

class Guard;
class Visit;  // one call between its coming in and its answer

// What a method needs of its server. One a process; thread-safe.
class Edge {
 public:
  struct Options {
    // Calls being handled; one more is RESOURCE_EXHAUSTED at once. Streams have half of it: whoever opens
    // many and reads none of them leaves room for everybody else.
    int max_in_flight = 64;
    // Whom tokens must be for; "": the service that the contract belongs to. Set by a process that serves a
    // contract of another service, so that it takes none of that one's tokens.
    std::string audience;
  };

  // Borrows all three.
  Edge(const Clock& clock, const auth::KeySet& keys, Metrics& metrics, Options options);

 private:
  friend class Guard;
  friend class Visit;
  const Clock& clock_;
  const auth::KeySet& keys_;
  Metrics& metrics_;
  const Options options_;
  std::atomic<int> in_flight_{0};
  std::atomic<int> streams_{0};  // of those
};

// A call that no thread waits for: whoever has it answers it, once, from any thread. Nobody looks at its
// request or its response after that: gRPC may have freed them. So whoever hands a call on does nothing more
// with it.
class LateCall {
 public:
  LateCall(std::unique_ptr<Visit> visit, grpc::ServerUnaryReactor& reactor);
  // Whoever is left without an answer gets INTERNAL.
  ~LateCall();
  LateCall(const LateCall&) = delete;
  LateCall& operator=(const LateCall&) = delete;

  Call& call();

  // The first answer counts. After OK the response is sent as it is. Throws nothing.
  void Answer(const absl::Status& status);

  // A part of the call: an error or an exception of it is the answer. Throws nothing.
  void Do(absl::FunctionRef<absl::Status()> part);

 private:
  std::atomic<bool> answered_{false};
  std::unique_ptr<Visit> visit_;
  grpc::ServerUnaryReactor& reactor_;
};

// The edge of one proto service. Thread-safe.
//
//   grpc::Status GetBinding(grpc::ServerContext* context, const GetBindingRequest* request, Binding*
//   response) override {
//     return guard_.Unary(context, "GetBinding", *request, *response, [&](rpc::Call& call) { return
//     GetBinding(call, *request); });
//   }
class Guard {
 public:
  // `service` is the full name in the proto, "plenary.ethics.v1.CodeService"; it must exist.
  Guard(Edge& edge, const std::string& service);

  // `handler`: absl::StatusOr<Response>(Call&).
  template <typename Response, typename Handler>
  grpc::Status Unary(grpc::ServerContext* context, std::string_view method,
                     const google::protobuf::Message& request, Response& response, Handler handler) {
    return Run(context, method, &request, kLongestUnaryCall, Answer(response, handler));
  }

  // For a method of gRPC's callback API. `handler` hands the call on, and holds no thread of gRPC's up.
  grpc::ServerUnaryReactor* UnaryLater(grpc::CallbackServerContext* context, std::string_view method,
                                       const google::protobuf::Message& request,
                                       absl::FunctionRef<void(std::shared_ptr<LateCall>)> handler);

  // `handler`: absl::Status(Call&), writing to its grpc::ServerWriter. A response written before the
  // method fails has been sent.
  template <typename Handler>
  grpc::Status ServerStream(grpc::ServerContext* context, std::string_view method,
                            const google::protobuf::Message& request, Handler handler) {
    return Run(context, method, &request, kLongestStream, handler);
  }

  // `handler`: absl::StatusOr<Response>(Call&), reading from its grpc::ServerReader.
  template <typename Response, typename Handler>
  grpc::Status ClientStream(grpc::ServerContext* context, std::string_view method, Response& response,
                            Handler handler) {
    return Run(context, method, nullptr, kLongestStream, Answer(response, handler));
  }

 private:
  friend class Visit;
  struct Method {
    std::string name;  // "plenary.ethics.v1.CodeService/GetBinding"
    policy::v1::Policy policy;
    MethodMetrics* metrics;
  };

  template <typename Response, typename Handler>
  static auto Answer(Response& response, Handler& handler) {
    return [&response, &handler](Call& call) -> absl::Status {
      absl::StatusOr<Response> answer = handler(call);
      if (!answer.ok()) return answer.status();
      response = *std::move(answer);
      return absl::OkStatus();
    };
  }

  grpc::Status Run(grpc::ServerContext* context, std::string_view method,
                   const google::protobuf::Message* request, absl::Duration longest,
                   absl::FunctionRef<absl::Status(Call&)> handler);
  const Method& Find(std::string_view method) const;

  Edge& edge_;
  std::string audience_;  // of the tokens that this service takes
  std::unordered_map<std::string, Method> methods_;
  // A service with a method that takes no identity: whatever is called around that one tells its times.
  bool leaves_no_lines_ = false;
};

}  // namespace plenary::rpc
