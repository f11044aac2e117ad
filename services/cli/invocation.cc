#include "services/cli/invocation.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/time/clock.h"
#include "common/ids/id.h"
#include "common/rpc/retry.h"
#include "common/status/error.h"
#include "common/time/clock.h"
#include "common/time/date.h"
#include "services/cli/errors.h"
#include "services/cli/session_renewal.h"

namespace plenary::cli {
namespace {

// A stream may take so many times what one answer may.
constexpr int kStreamFactor = 10;
// Bytes of an answer that is one message: a signed list of 250,000 lines of 48 bytes, and room.
constexpr int kLongestAnswer = 16 * 1024 * 1024;

enum class Connection { kShared, kFresh };

std::shared_ptr<grpc::Channel> Connect(const std::string& address, Connection connection) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(kLongestAnswer);
  arguments.SetServiceConfigJSON(rpc::kRetryUnavailable);
  if (connection == Connection::kFresh) arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

const google::protobuf::FieldDescriptor* ItemsField(const google::protobuf::Message& answer) {
  for (int i = 0; i < answer.GetDescriptor()->field_count(); ++i) {
    if (answer.GetDescriptor()->field(i)->is_repeated()) return answer.GetDescriptor()->field(i);
  }
  return nullptr;
}

}  // namespace

int ItemCount(const google::protobuf::Message& answer) {
  const auto* items = ItemsField(answer);
  return items == nullptr ? 0 : answer.GetReflection()->FieldSize(answer, items);
}

void Truncate(google::protobuf::Message& answer, int limit) {
  if (limit <= 0) return;
  for (int count = ItemCount(answer); count > limit; --count) {
    answer.GetReflection()->RemoveLast(&answer, ItemsField(answer));
  }
}

Invocation::Invocation(const GlobalFlags& flags, Surroundings& surroundings)
    : flags_(flags),
      surroundings_(surroundings),
      output_(surroundings.out, surroundings.err,
              flags.json ? Output::Format::kJson : Output::Format::kPeople) {}

absl::StatusOr<Stack> Invocation::FindServices() {
  if (!stack_.has_value()) stack_ = FindStack(flags_.addresses, surroundings_);
  return *stack_;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Invocation::Channel(Part part) {
  auto& channel = channels_[static_cast<std::size_t>(part)];
  if (channel == nullptr) {
    ASSIGN_OR_RETURN(const Stack stack, FindServices());
    ASSIGN_OR_RETURN(const std::string address, stack.AddressOf(part));
    channel = Connect(address, Connection::kShared);
  }
  return channel;
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> Invocation::FreshChannel(Part part) {
  ASSIGN_OR_RETURN(const Stack stack, FindServices());
  ASSIGN_OR_RETURN(const std::string address, stack.AddressOf(part));
  return Connect(address, Connection::kFresh);
}

const absl::StatusOr<std::optional<Session>>& Invocation::LoadedSession() {
  if (!session_.has_value()) session_ = LoadSession(session_path());
  return *session_;
}

absl::Time Invocation::Now() {
  const auto stack = FindServices();
  const bool simulated = stack.ok() && !stack->clock_file.empty();
  return simulated ? FileClock(stack->clock_file).Now() : absl::Now();
}

absl::StatusOr<Session> Invocation::KeptSession() {
  ASSIGN_OR_RETURN(const std::optional<Session> session, LoadedSession());
  return session.has_value() ? absl::StatusOr<Session>(*session) : errors::NotSignedIn();
}

absl::StatusOr<Session> Invocation::SignedIn() {
  ASSIGN_OR_RETURN(const std::optional<Session> session, LoadedSession());
  if (!session.has_value()) return errors::NotSignedIn();
  if (CanBeRenewed(*session)) return Now() < session->expire_time ? *session : Renewed(*session);
  const auto stack = FindServices();
  // Where the clock is not known here, the services judge.
  const bool clock_known = stack.ok() && !stack->clock_file.empty();
  if (clock_known && session->expire_time <= Now()) {
    return errors::SessionEnded(FormatInstant(session->expire_time));
  }
  return *session;
}

absl::StatusOr<Session> Invocation::Renewed(const Session& session) {
  if (renewal_failure_.has_value()) return *renewal_failure_;
  absl::StatusOr<Session> renewed = RenewSession(*this, session);
  if (renewed.ok()) {
    Use(*renewed);
  } else {
    renewal_failure_ = renewed.status();
  }
  return renewed;
}

void Invocation::PrepareStream(grpc::ClientContext& context, Part part) {
  Prepare(context, part);
  context.set_deadline(
      absl::ToChronoTime(absl::Now() + kStreamFactor * absl::Seconds(flags_.timeout_seconds)));
}

std::string Invocation::RequestId() const {
  return flags_.request_id.empty() ? RandomUuid() : flags_.request_id;
}

void Invocation::PrepareAnonymous(grpc::ClientContext& context) const {
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(flags_.timeout_seconds)));
}

void Invocation::Prepare(grpc::ClientContext& context, Part part) {
  PrepareAnonymous(context);
  if (part == Part::kBox || part == Part::kAuditor) return;
  const absl::StatusOr<Session> session = SignedIn();
  if (session.ok()) context.AddMetadata("authorization", "Bearer " + session->TokenFor(PartName(part)));
}

absl::Status Invocation::ErrorOf(Part part, const grpc::Status& status) {
  absl::Status error = FromGrpcStatus(status);
  if (absl::IsUnauthenticated(error)) {
    const absl::StatusOr<Session> session = SignedIn();
    return session.ok() ? error : session.status();
  }
  return ErrorWithoutToken(part, status);
}

absl::Status Invocation::ErrorWithoutToken(Part part, const grpc::Status& status) {
  absl::Status error = FromGrpcStatus(status);
  if (!ReasonOf(error).empty()) return error;
  if (absl::IsUnavailable(error)) {
    const auto stack = FindServices();
    return errors::ServiceUnreachable(PartName(part),
                                      stack.ok() ? stack->addresses[static_cast<std::size_t>(part)] : "");
  }
  if (absl::IsDeadlineExceeded(error))
    return errors::Timeout(PartName(part), absl::Seconds(flags_.timeout_seconds));
  return error;
}

std::unique_ptr<Progress> Invocation::ShowProgress(std::string label, std::int64_t total) {
  Progress::Style style = Progress::Style::kNone;
  if (surroundings_.err_is_terminal) {
    style = Progress::Style::kTerminal;
  } else if (flags_.progress) {
    style = Progress::Style::kLines;
  }
  return std::make_unique<Progress>(surroundings_.err, style, std::move(label), total);
}

}  // namespace plenary::cli
