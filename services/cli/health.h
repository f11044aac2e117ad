// Whether a server serves, by the public protocol grpc.health.v1.
#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace plenary::cli {

enum class Health { kServing, kNotServing, kUnreachable, kUnknown };

std::string_view HealthWord(Health health);

// Asks for the server as a whole.
Health CheckHealth(const std::shared_ptr<grpc::Channel>& channel, absl::Time deadline);

}  // namespace plenary::cli
