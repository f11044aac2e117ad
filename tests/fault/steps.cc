#include "tests/fault/steps.h"

#include <fcntl.h>
#include <grpcpp/support/client_interceptor.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "fmt/format.h"

namespace plenary::fault {
namespace {

using Counters = std::array<std::atomic<std::uint32_t>, kSteps>;
static_assert(sizeof(Counters) == kSteps * sizeof(std::uint32_t), "the file holds plain numbers");

Counters* counters = nullptr;
thread_local Walker* walker = nullptr;

// A call is made by the thread that waits for it.
class CallWatch final : public grpc::experimental::Interceptor {
 public:
  explicit CallWatch(std::string method) : method_(std::move(method)) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using Point = grpc::experimental::InterceptionHookPoints;
    if (walker_ != nullptr) {
      if (methods->QueryInterceptionHookPoint(Point::PRE_SEND_INITIAL_METADATA)) walker_->CallBegins(method_);
      if (methods->QueryInterceptionHookPoint(Point::POST_RECV_STATUS)) {
        walker_->CallEnds(method_, methods->GetRecvStatus()->ok());
      }
    }
    methods->Proceed();
  }

 private:
  const std::string method_;
  Walker* const walker_ = Walker::OfThisThread();  // nullptr in a race
};

class CallWatchFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo* info) override {
    const std::string method = info->method();
    return new CallWatch(method.substr(method.rfind('/') + 1));
  }
};

}  // namespace

absl::Status StepBoard::Open(const std::string& path) {
  static CallWatchFactory factory;
  if (path.empty()) return absl::OkStatus();
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0 || ftruncate(file, sizeof(Counters)) != 0) {
    return absl::UnavailableError(fmt::format("{}: {}", path, std::strerror(errno)));
  }
  void* const mapped = mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (mapped == MAP_FAILED) return absl::UnavailableError(fmt::format("{}: {}", path, std::strerror(errno)));
  counters = new (mapped) Counters();
  grpc::experimental::RegisterGlobalClientInterceptorFactory(&factory);
  return absl::OkStatus();
}

Walker::Walker() { walker = this; }
Walker::~Walker() {
  Enter(kSteps);
  walker = nullptr;
}
Walker* Walker::OfThisThread() { return walker; }

void Walker::Enter(int step) {
  if (counters == nullptr || step == step_) return;
  if (step_ != kSteps) --(*counters)[static_cast<std::size_t>(step_)];
  if (step != kSteps) ++(*counters)[static_cast<std::size_t>(step)];
  step_ = step;
}

void Walker::CallBegins(const std::string& method) {
  if (looks_for_ballot_) return Enter(kInclusion);
  if (method == "IssueCredential") return Enter(registrar_ == 0 ? kRegistrar1 : kRegistrar2);
  if (method == "GetIssuance") return Enter(kRecover);
  Enter(method == "CastBallot" ? kCast : kCompare);
}

void Walker::CallEnds(const std::string& method, bool ok) {
  const bool all_signed = ok && !looks_for_ballot_ && method == "IssueCredential" && registrar_ == 1;
  Enter(all_signed ? kFinish : kSteps);
}

}  // namespace plenary::fault
