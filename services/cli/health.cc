#include "services/cli/health.h"

#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <vector>

namespace plenary::cli {
namespace {

// Debian ships no generated grpc/health/v1. The request for the server as a whole is the empty message; the
// answer is field 1, a varint: 1 SERVING, 2 NOT_SERVING.
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr char kServingBytes[] = "\x08\x01";
constexpr char kNotServingBytes[] = "\x08\x02";

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

std::string_view HealthWord(Health health) {
  switch (health) {
    case Health::kServing:
      return "serving";
    case Health::kNotServing:
      return "not serving";
    case Health::kUnreachable:
      return "unreachable";
    case Health::kUnknown:
      return "unknown";
  }
  return "";
}

Health CheckHealth(const std::shared_ptr<grpc::Channel>& channel, absl::Time deadline) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  grpc::CompletionQueue queue;
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(&context, kCheck, request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
      status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return Health::kUnreachable;
  }
  if (!status.ok()) return Health::kUnknown;
  const std::string bytes = BytesOf(response);
  if (bytes == kServingBytes) return Health::kServing;
  return bytes == kNotServingBytes ? Health::kNotServing : Health::kUnknown;
}

}  // namespace plenary::cli
