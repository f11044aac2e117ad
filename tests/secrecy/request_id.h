// The metadata under which a tracing gateway would send one value with all calls of a request.
#pragma once

#include <grpcpp/server_context.h>

#include <string>

namespace plenary::secrecy {

inline constexpr char kRequestId[] = "x-request-id";

// The value of this metadata; "" when the caller sent none.
inline std::string MetadataOf(const grpc::ServerContextBase& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return "";
  return {found->second.data(), found->second.size()};
}

}  // namespace plenary::secrecy
