#include "common/rpc/edge.h"

#include <grpcpp/security/auth_context.h>
#include <prometheus/gauge.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "common/auth/policy.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "common/worker/guarded.h"
#include "fmt/format.h"

namespace plenary::rpc {
namespace {

using google::protobuf::Message;

constexpr ErrorDomain kDomain("plenary.rpc");
constexpr std::string_view kBearer = "Bearer ";
// Metadata that says, or lets a server find out, who calls.
constexpr std::array<const char*, 5> kIdentityMetadata = {"authorization", "proxy-authorization", "cookie",
                                                          "x-forwarded-client-cert", "x-client-cert"};

absl::Status IdentityAttached() {
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "IDENTITY_ATTACHED",
      "This call takes no identity. Send it over a fresh connection without token, cookie or "
      "client certificate.");
}
absl::Status SignInNeeded() {
  return kDomain.Error(absl::StatusCode::kUnauthenticated, "SIGN_IN_NEEDED",
                       "Sign in first, then call again.");
}
absl::Status NotAllowed(const policy::v1::Policy& policy) {
  return kDomain.Error(
      absl::StatusCode::kPermissionDenied, "NOT_ALLOWED",
      fmt::format("You may not do this. It is open to: {}. Sign in as one of them, or ask them.",
                  auth::DescribePolicy(policy)));
}
absl::Status Busy() {
  return kDomain.Error(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
                       "The service is handling as many calls as it can. Try again in a few seconds.");
}
absl::Status DeadlinePassed() {
  return kDomain.Error(absl::StatusCode::kDeadlineExceeded, "DEADLINE_PASSED",
                       "The call's deadline had passed before it was handled. Try again with a later one.");
}

// Streams of either direction get the longer time, and calls of no other kind.
bool IsStream(absl::Duration longest) { return longest == kLongestStream; }

// At least one, however few calls there may be.
int StreamLimit(int max_in_flight) { return std::max(1, max_in_flight / 2); }

bool ShowsIdentity(const grpc::ServerContextBase& context) {
  const auto& metadata = context.client_metadata();
  const bool named = std::any_of(kIdentityMetadata.begin(), kIdentityMetadata.end(),
                                 [&](const char* key) { return metadata.find(key) != metadata.end(); });
  const auto peer = context.auth_context();
  return named || (peer != nullptr && peer->IsPeerAuthenticated());
}

absl::StatusOr<auth::Principal> ReadPrincipal(const grpc::ServerContextBase& context,
                                              const auth::KeySet& keys, const std::string& service,
                                              absl::Time now) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find("authorization");
  if (found == metadata.end()) return auth::Principal();
  const std::string_view value(found->second.data(), found->second.size());
  // A value in another form has no token in it, which Verify says.
  return keys.Verify(value.substr(0, kBearer.size()) == kBearer ? value.substr(kBearer.size()) : "", service,
                     now);
}

absl::Time Clamp(const grpc::ServerContextBase& context, absl::Duration longest) {
  // A client without a deadline reads as one in the far future.
  return std::min(absl::FromChrono(context.deadline()), absl::Now() + longest);
}

void LogCall(const std::string& method, const absl::Status& status, absl::Duration took) {
  const bool ours =
      status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown;
  log::Fields fields = {{"method", method},
                        {"code", absl::StatusCodeToString(status.code())},
                        {"ms", fmt::format("{:.1f}", absl::ToDoubleMilliseconds(took))}};
  if (const std::string reason = ReasonOf(status); !reason.empty()) fields.emplace_back("reason", reason);
  if (ours) fields.emplace_back("error", std::string(status.message()));
  log::Write(ours ? log::Level::kError : log::Level::kInfo, "call", fields);
}

// Counts a call in for as long as it lives.
class Admission {
 public:
  Admission(std::atomic<int>& count, int limit) : count_(count), admitted_(count.fetch_add(1) < limit) {}
  ~Admission() { count_.fetch_sub(1); }
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;
  bool admitted() const { return admitted_; }

 private:
  std::atomic<int>& count_;
  const bool admitted_;
};

// Shows a call for as long as it lives.
class Shown {
 public:
  explicit Shown(prometheus::Gauge& gauge) : gauge_(gauge) { gauge_.Increment(); }
  ~Shown() { gauge_.Decrement(); }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

 private:
  prometheus::Gauge& gauge_;
};

}  // namespace

// One call between its coming in and its answer.
class Visit {
 public:
  Visit(Guard& guard, const Guard::Method& method)
      : guard_(guard), edge_(guard.edge_), method_(method), start_(absl::Now()) {}

  // Everything before the method. An error is the call's answer.
  absl::Status Enter(const grpc::ServerContextBase& context, const Message* request, absl::Duration longest);

  // Of a call that was let in.
  Call& call() { return *call_; }

  // Everything after it: what the caller is told. Once; whoever is told may call again at once.
  grpc::Status Leave(absl::Status status);

 private:
  absl::Status Prove(absl::Status status) const;

  Guard& guard_;
  Edge& edge_;
  const Guard::Method& method_;
  const absl::Time start_;
  std::optional<Shown> shown_;
  std::optional<Admission> admission_, stream_;
  auth::Access access_ = auth::Access::kRefused;
  std::optional<Call> call_;
};

absl::Status Visit::Enter(const grpc::ServerContextBase& context, const Message* request,
                          absl::Duration longest) {
  shown_.emplace(edge_.metrics_.in_flight());
  admission_.emplace(edge_.in_flight_, edge_.options_.max_in_flight);
  if (!admission_->admitted()) return Busy();
  if (IsStream(longest)) {
    stream_.emplace(edge_.streams_, StreamLimit(edge_.options_.max_in_flight));
    if (!stream_->admitted()) return Busy();
  }

  auth::Principal principal;
  const absl::Time now = edge_.clock_.Now();
  if (method_.policy.anonymous_only()) {
    if (ShowsIdentity(context)) return IdentityAttached();
  } else {
    ASSIGN_OR_RETURN(principal, ReadPrincipal(context, edge_.keys_, guard_.audience_, now));
  }
  access_ = auth::Decide(method_.policy, principal, request);
  if (access_ == auth::Access::kRefused) {
    return principal.kind == auth::Principal::Kind::kNobody ? SignInNeeded() : NotAllowed(method_.policy);
  }
  const absl::Time deadline = Clamp(context, longest);
  if (deadline <= absl::Now() || context.IsCancelled()) return DeadlinePassed();
  call_.emplace(std::move(principal), deadline, now);
  return absl::OkStatus();
}

absl::Status Visit::Prove(absl::Status status) const {
  if (!status.ok() || access_ != auth::Access::kMustProveRelation || call_->relation_proven()) return status;
  log::Error("a method answered without proving the relation its policy asks for",
             {{"method", method_.name}});
  return NotAllowed(method_.policy);
}

grpc::Status Visit::Leave(absl::Status status) {
  status = Prove(std::move(status));
  stream_.reset();
  admission_.reset();
  shown_.reset();
  const absl::Duration took = absl::Now() - start_;
  if (method_.metrics != nullptr) method_.metrics->Record(status.code(), took);
  // An anonymous call leaves no line, nor do the calls that voters make around it: a line has a time, and a
  // time is an order. Our own failures do, without a time of any ballot that was taken.
  const bool logged = !guard_.leaves_no_lines_ && !method_.policy.unlogged();
  if (logged || status.code() == absl::StatusCode::kInternal) LogCall(method_.name, status, took);
  return ToGrpcStatus(status);
}

Edge::Edge(const Clock& clock, const auth::KeySet& keys, Metrics& metrics, Options options)
    : clock_(clock), keys_(keys), metrics_(metrics), options_(std::move(options)) {}

Guard::Guard(Edge& edge, const std::string& service) : edge_(edge) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
  if (descriptor == nullptr) {
    log::Error("no such proto service", {{"service", service}});
    std::abort();
  }
  audience_ = edge.options_.audience.empty() ? auth::AudienceOf(*descriptor->file()) : edge.options_.audience;
  for (int i = 0; i < descriptor->method_count(); ++i) {
    const auto& method = *descriptor->method(i);
    const std::string name = fmt::format("{}/{}", service, method.name());
    methods_.emplace(method.name(), Method{name, auth::PolicyOf(method), &edge.metrics_.ForMethod(name)});
    leaves_no_lines_ = leaves_no_lines_ || auth::PolicyOf(method).anonymous_only();
  }
}

const Guard::Method& Guard::Find(std::string_view method) const {
  static const Method kUnknown{"unknown", {}, nullptr};  // an empty policy: nobody
  const auto found = methods_.find(std::string(method));
  return found == methods_.end() ? kUnknown : found->second;
}

grpc::Status Guard::Run(grpc::ServerContext* context, std::string_view method, const Message* request,
                        absl::Duration longest, absl::FunctionRef<absl::Status(Call&)> handler) {
  Visit visit(*this, Find(method));
  absl::Status status = visit.Enter(*context, request, longest);
  if (status.ok()) status = Guarded([&] { return handler(visit.call()); });
  return visit.Leave(std::move(status));
}

grpc::ServerUnaryReactor* Guard::UnaryLater(grpc::CallbackServerContext* context, std::string_view method,
                                            const Message& request,
                                            absl::FunctionRef<void(std::shared_ptr<LateCall>)> handler) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  auto own = std::make_unique<Visit>(*this, Find(method));
  Visit& visit = *own;
  const auto call = std::make_shared<LateCall>(std::move(own), *reactor);
  call->Do([&]() -> absl::Status {
    RETURN_IF_ERROR(visit.Enter(*context, &request, kLongestUnaryCall));
    handler(call);
    return absl::OkStatus();
  });
  return reactor;
}

LateCall::LateCall(std::unique_ptr<Visit> visit, grpc::ServerUnaryReactor& reactor)
    : visit_(std::move(visit)), reactor_(reactor) {}

LateCall::~LateCall() {
  if (!answered_) Answer(absl::InternalError("nobody answered the call"));
}

Call& LateCall::call() { return visit_->call(); }

void LateCall::Answer(const absl::Status& status) {
  if (answered_.exchange(true)) return;
  // A call that is never finished would keep the server from ending.
  grpc::Status told(grpc::StatusCode::INTERNAL, "");
  try {
    told = visit_->Leave(status);
  } catch (const std::exception&) {
    // No memory to say more.
  }
  reactor_.Finish(std::move(told));
}

void LateCall::Do(absl::FunctionRef<absl::Status()> part) {
  const absl::Status status = Guarded(part);
  if (!status.ok()) Answer(status);
}

}  // namespace plenary::rpc
