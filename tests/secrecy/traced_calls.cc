// Linked into the `plenary` command, has it send one drawn value with every call, whoever is called, as a
// tracing library would. For the test of secrecy alone: the servers that log the value tell who voted how.
#include <grpcpp/support/client_interceptor.h>

#include <string>

#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "tests/secrecy/request_id.h"

namespace plenary::secrecy {
namespace {

using grpc::experimental::InterceptionHookPoints;

// As long as those of tracing libraries.
constexpr std::size_t kRequestIdBytes = 16;

// One a process: somebody who votes runs the command once.
const std::string& RequestId() {
  static const std::string id = crypto::HexEncode(crypto::SystemRandom().Bytes(kRequestIdBytes));
  return id;
}

class Tracer final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace(kRequestId, RequestId());
    }
    methods->Proceed();
  }
};

class TracerFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override {
    return new Tracer();  // gRPC's
  }
};

// Before main, which knows nothing of it.
[[maybe_unused]] const bool registered = [] {
  static TracerFactory factory;
  grpc::experimental::RegisterGlobalClientInterceptorFactory(&factory);
  return true;
}();

}  // namespace
}  // namespace plenary::secrecy
