// Calls that a broken or refused connection cut off are tried again by gRPC itself.
#pragma once

namespace plenary::rpc {

// For grpc::ChannelArguments::SetServiceConfigJSON. Every method of the suite may be repeated: reads,
// mutations by their request_id, and IssueCredential and CastBallot by their bytes. A service that is not
// there is found out in about a second.
inline constexpr char kRetryUnavailable[] = R"({"methodConfig": [{"name": [{}], "retryPolicy": {
    "maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "1s", "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"]}}]})";

}  // namespace plenary::rpc
