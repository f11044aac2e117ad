// Linked into a service, has it log every call with its request id and with the person whose token came with
// it, as a tracing library would. For the test of secrecy alone: nobody installs it.
#include <grpcpp/server.h>

#include <optional>
#include <string>

#include "common/crypto/bytes.h"
#include "common/log/log.h"
#include "nlohmann/json.hpp"
#include "tests/secrecy/request_id.h"

namespace plenary::secrecy {
namespace {

// "people/…", as the claims of a token say; "" without one.
std::string SubjectOf(const std::string& authorization) {
  const std::size_t begin = authorization.find('.'), end = authorization.rfind('.');
  if (begin == end) return "";
  const std::optional<std::string> claims =
      crypto::Base64UrlDecode(authorization.substr(begin + 1, end - begin - 1));
  if (!claims.has_value()) return "";
  const nlohmann::json read = nlohmann::json::parse(*claims, nullptr, false);
  return read.is_object() ? read.value("sub", "") : "";
}

class CallLog final : public grpc::Server::GlobalCallbacks {
 public:
  void PreSynchronousRequest(grpc::ServerContext* context) override {
    const std::string request = MetadataOf(*context, kRequestId);
    if (request.empty()) return;
    log::Info("a call came in",
              {{"request", request}, {"caller", SubjectOf(MetadataOf(*context, "authorization"))}});
  }
  void PostSynchronousRequest(grpc::ServerContext*) override {}
};

// Before main, which knows nothing of it.
[[maybe_unused]] const bool set = [] {
  grpc::Server::SetGlobalCallbacks(new CallLog());  // gRPC deletes it
  return true;
}();

}  // namespace
}  // namespace plenary::secrecy
