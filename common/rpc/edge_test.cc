#include "common/rpc/edge.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "common/log/log.h"
#include "common/testing/loopback.h"
#include "common/testing/status_matchers.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/ethics/v1/code_service.grpc.pb.h"

// The contracts of two services serve as examples of methods with policies; what they mean does not
// matter here.
namespace plenary::rpc {
namespace {

using ethics::v1::CodeService;
using testing::IsError;
using testing::IsOk;
using testing::StatusIs;

const absl::Time kStart = absl::FromUnixSeconds(1'661'000'000);

// Once a process, for the tests that read it.
void StartLog() {
  static const bool started = (log::Start("edge-test", "info"), true);
  EXPECT_TRUE(started);
}

class Example final : public CodeService::Service {
 public:
  explicit Example(Edge& edge) : guard_(edge, "plenary.ethics.v1.CodeService") {}

  grpc::Status GetBinding(grpc::ServerContext* context, const ethics::v1::GetBindingRequest* request,
                          ethics::v1::Binding* response) override {
    if (as_stream) {
      return guard_.ServerStream(context, "GetBinding", *request,
                                 [&](Call& call) { return Binding(call).status(); });
    }
    return guard_.Unary(context, "GetBinding", *request, *response,
                        [&](Call& call) -> absl::StatusOr<ethics::v1::Binding> { return Binding(call); });
  }
  grpc::Status SetBinding(grpc::ServerContext* context, const ethics::v1::SetBindingRequest* request,
                          ethics::v1::Binding* response) override {
    return guard_.Unary(context, "SetBinding", *request, *response,
                        [&](Call& call) -> absl::StatusOr<ethics::v1::Binding> { return Binding(call); });
  }
  // Under a name that the contract does not have, so without a policy.
  grpc::Status ListAcceptances(grpc::ServerContext* context,
                               const ethics::v1::ListAcceptancesRequest* request,
                               ethics::v1::ListAcceptancesResponse* response) override {
    return guard_.Unary(
        context, "NoSuchMethod", *request, *response,
        [&](Call&) -> absl::StatusOr<ethics::v1::ListAcceptancesResponse> { return *response; });
  }

  absl::StatusOr<ethics::v1::Binding> Binding(Call& call) {
    deadline = call.deadline();
    if (throws) throw std::runtime_error("secret text");
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [&] { return !blocked; });
    --waiting;
    return ethics::v1::Binding();
  }

  Guard guard_;
  std::mutex mutex;
  std::condition_variable changed;
  bool blocked = false;
  int waiting = 0;
  bool throws = false;
  std::atomic<bool> as_stream = false;
  absl::Time deadline;
};

class EdgeTest : public ::testing::Test {
 protected:
  testing::TestSuite suite_{kStart, {.max_in_flight = 2}};
  Example example_{suite_.edge()};
  testing::Loopback server_{{&example_}};
  std::unique_ptr<CodeService::Stub> stub_ = CodeService::NewStub(server_.channel());

  absl::StatusOr<ethics::v1::Binding> Get(std::unique_ptr<grpc::ClientContext> context) {
    return testing::Invoke(&CodeService::Stub::GetBinding, *stub_, std::move(context),
                           ethics::v1::GetBindingRequest());
  }
  absl::StatusOr<ethics::v1::Binding> Set(std::unique_ptr<grpc::ClientContext> context) {
    return testing::Invoke(&CodeService::Stub::SetBinding, *stub_, std::move(context),
                           ethics::v1::SetBindingRequest());
  }
};

TEST_F(EdgeTest, LetsInWhomThePolicyNames) {
  EXPECT_THAT(Set(suite_.Staff()), IsOk());
  EXPECT_THAT(Set(suite_.Person("people/ada")), IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Set(suite_.Service("election")), IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Set(suite_.Anonymous()), IsError(absl::StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
}

TEST_F(EdgeTest, AMethodWithoutAPolicyAnswersNobody) {
  const auto call = [&](std::unique_ptr<grpc::ClientContext> context) {
    return testing::Invoke(&CodeService::Stub::ListAcceptances, *stub_, std::move(context),
                           ethics::v1::ListAcceptancesRequest());
  };
  EXPECT_THAT(call(suite_.Staff()), IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(call(suite_.Service("election")), IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(EdgeTest, ABadTokenIsRefusedEvenWhereNoneIsNeeded) {
  auto context = suite_.Anonymous();
  context->AddMetadata("authorization", "Bearer nonsense");
  EXPECT_THAT(Get(std::move(context)), IsError(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"));
  auto expired = suite_.Staff();
  suite_.clock().Advance(absl::Hours(1));
  EXPECT_THAT(Get(std::move(expired)), IsError(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED"));
}

TEST_F(EdgeTest, ClampsAMissingDeadlineAndKeepsANearerOne) {
  auto context = std::make_unique<grpc::ClientContext>();
  ASSERT_THAT(Get(std::move(context)), IsOk());
  EXPECT_LE(example_.deadline, absl::Now() + kLongestUnaryCall);
  auto near = std::make_unique<grpc::ClientContext>();
  near->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
  ASSERT_THAT(Get(std::move(near)), IsOk());
  EXPECT_LE(example_.deadline, absl::Now() + absl::Seconds(6)) << "gRPC rounds the timeout up";
}

TEST_F(EdgeTest, RefusesAtOnceWhatItCannotHandleNow) {
  example_.blocked = true;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) clients.emplace_back([&] { EXPECT_THAT(Get(suite_.Anonymous()), IsOk()); });
  {
    std::unique_lock lock(example_.mutex);
    example_.changed.wait(lock, [&] { return example_.waiting == 2; });
  }
  EXPECT_THAT(Get(suite_.Anonymous()), IsError(absl::StatusCode::kResourceExhausted, "SERVER_BUSY"));
  {
    const std::lock_guard lock(example_.mutex);
    example_.blocked = false;
  }
  example_.changed.notify_all();
  for (std::thread& client : clients) client.join();
  EXPECT_THAT(Get(suite_.Anonymous()), IsOk());
}

// Whoever opens streams and reads none of them.
TEST_F(EdgeTest, LeavesRoomBesideStreamsThatDoNotEnd) {
  example_.blocked = example_.as_stream = true;
  std::thread slow_reader([&] { EXPECT_THAT(Get(suite_.Anonymous()), IsOk()); });
  const auto wait_for = [&](int waiting) {
    std::unique_lock lock(example_.mutex);
    example_.changed.wait(lock, [&] { return example_.waiting == waiting; });
  };
  wait_for(1);
  EXPECT_THAT(Get(suite_.Anonymous()), IsError(absl::StatusCode::kResourceExhausted, "SERVER_BUSY"));
  example_.as_stream = false;
  std::thread caller([&] { EXPECT_THAT(Get(suite_.Anonymous()), IsOk()); });
  wait_for(2);
  {
    const std::lock_guard lock(example_.mutex);
    example_.blocked = false;
  }
  example_.changed.notify_all();
  slow_reader.join();
  caller.join();
  example_.as_stream = true;
  EXPECT_THAT(Get(suite_.Anonymous()), IsOk());
}

TEST_F(EdgeTest, AnExceptionIsInternalAndItsTextStaysInside) {
  example_.throws = true;
  const auto answer = Get(suite_.Anonymous());
  EXPECT_THAT(answer, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(std::string(answer.status().message()).find("secret"), std::string::npos);
}

TEST_F(EdgeTest, CountsCallsByMethodAndCode) {
  ASSERT_THAT(Get(suite_.Anonymous()), IsOk());
  const std::string text = suite_.metrics().Text();
  EXPECT_NE(
      text.find("plenary_calls_total{code=\"OK\",method=\"plenary.ethics.v1.CodeService/GetBinding\"} 1"),
      std::string::npos)
      << text;
}

// The method of the suite that takes no identity.
class AnonymousExample final : public election::v1::BallotBoxService::Service {
 public:
  explicit AnonymousExample(Edge& edge) : guard_(edge, "plenary.election.v1.BallotBoxService") {}
  grpc::Status CastBallot(grpc::ServerContext* context, const election::v1::CastBallotRequest* request,
                          election::v1::CastBallotResponse* response) override {
    return guard_.Unary(context, "CastBallot", *request, *response,
                        [&](Call& call) -> absl::StatusOr<election::v1::CastBallotResponse> {
                          EXPECT_EQ(call.principal().Actor(), "anyone");
                          return election::v1::CastBallotResponse();
                        });
  }
  grpc::Status GetBox(grpc::ServerContext* context, const election::v1::GetBoxRequest* request,
                      election::v1::GetBoxResponse* response) override {
    return guard_.Unary(context, "GetBox", *request, *response,
                        [&](Call&) -> absl::StatusOr<election::v1::GetBoxResponse> { return *response; });
  }
  Guard guard_;
};

TEST(AnonymousMethod, RefusesACallThatBringsAnIdentity) {
  testing::TestSuite suite(kStart);
  AnonymousExample example(suite.edge());
  testing::Loopback server({&example});
  const auto stub = election::v1::BallotBoxService::NewStub(server.channel());
  const auto call = [&](std::unique_ptr<grpc::ClientContext> context) {
    return testing::Invoke(&election::v1::BallotBoxService::Stub::CastBallot, *stub, std::move(context),
                           election::v1::CastBallotRequest());
  };
  EXPECT_THAT(call(suite.Anonymous()), IsOk());
  for (auto* identified : {"person", "service", "cookie"}) {
    auto context = std::string_view(identified) == "person"    ? suite.Person("people/ada")
                   : std::string_view(identified) == "service" ? suite.Service("election")
                                                               : suite.Anonymous();
    if (std::string_view(identified) == "cookie") context->AddMetadata("cookie", "session=1");
    EXPECT_THAT(call(std::move(context)), IsError(absl::StatusCode::kInvalidArgument, "IDENTITY_ATTACHED"))
        << identified;
  }
}

// A method that no thread waits for: calls lie in `left` until somebody answers them.
class LateExample final : public election::v1::BallotBoxService::WithCallbackMethod_CastBallot<
                              election::v1::BallotBoxService::Service> {
 public:
  explicit LateExample(Edge& edge) : guard_(edge, "plenary.election.v1.BallotBoxService") {}

  grpc::ServerUnaryReactor* CastBallot(grpc::CallbackServerContext* context,
                                       const election::v1::CastBallotRequest* request,
                                       election::v1::CastBallotResponse* response) override {
    return guard_.UnaryLater(context, "CastBallot", *request, [&](const std::shared_ptr<LateCall>& call) {
      if (throws) throw std::runtime_error("secret text");
      response->set_receipt("of " + request->ballot());
      const std::lock_guard lock(mutex_);
      left_.push_back(call);
      came_.notify_all();
    });
  }

  // The next one, once it is there; nullptr when none comes.
  std::shared_ptr<LateCall> Take() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, std::chrono::seconds(20), [&] { return !left_.empty(); })) return nullptr;
    auto call = std::move(left_.front());
    left_.pop_front();
    return call;
  }
  void LeaveNone() {
    const std::lock_guard lock(mutex_);
    left_.clear();
  }

  std::atomic<bool> throws = false;

 private:
  Guard guard_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::shared_ptr<LateCall>> left_;
};

class LateCallTest : public ::testing::Test {
 protected:
  using Box = election::v1::BallotBoxService::Stub;
  using Answer = absl::StatusOr<election::v1::CastBallotResponse>;

  // The server waits for every answer.
  void TearDown() override { example_.LeaveNone(); }

  Answer Cast(std::unique_ptr<grpc::ClientContext> context) {
    election::v1::CastBallotRequest request;
    request.set_ballot("a ballot");
    return testing::Invoke(&Box::CastBallot, *stub_, std::move(context), request);
  }
  std::future<Answer> Caller() {
    return std::async(std::launch::async, [this] { return Cast(suite_.Anonymous()); });
  }

  testing::TestSuite suite_{kStart, {.max_in_flight = 2}};
  LateExample example_{suite_.edge()};
  testing::Loopback server_{{&example_}};
  std::unique_ptr<Box> stub_ = election::v1::BallotBoxService::NewStub(server_.channel());
};

TEST_F(LateCallTest, IsAnsweredByWhoeverHasIt) {
  auto caller = std::async(std::launch::async, [&] { return Cast(std::make_unique<grpc::ClientContext>()); });
  const auto call = example_.Take();
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(call->call().principal().Actor(), "anyone");
  EXPECT_LE(call->call().deadline(), absl::Now() + kLongestUnaryCall) << "it asked for none";
  call->Answer(absl::OkStatus());
  const Answer answer = caller.get();
  ASSERT_OK(answer);
  EXPECT_EQ(answer->receipt(), "of a ballot");
  const std::string text = suite_.metrics().Text();
  EXPECT_NE(text.find("plenary_calls_total{code=\"OK\",method=\"plenary.election.v1.BallotBoxService/"
                      "CastBallot\"} 1"),
            std::string::npos)
      << text;
}

TEST_F(LateCallTest, CountsAsBeingHandledUntilItIsAnswered) {
  auto one = Caller(), other = Caller();
  auto first = example_.Take(), second = example_.Take();
  ASSERT_TRUE(first != nullptr && second != nullptr);
  EXPECT_THAT(Cast(suite_.Anonymous()), IsError(absl::StatusCode::kResourceExhausted, "SERVER_BUSY"));
  first->Answer(absl::OkStatus());
  auto third = Caller();
  const auto admitted = example_.Take();
  ASSERT_NE(admitted, nullptr);
  admitted->Answer(absl::OkStatus());
  EXPECT_THAT(third.get(), IsOk());
  second->Answer(absl::OkStatus());
  EXPECT_THAT(one.get(), IsOk());
  EXPECT_THAT(other.get(), IsOk());
}

TEST_F(LateCallTest, TakesTheFirstAnswer) {
  auto caller = Caller();
  const auto call = example_.Take();
  ASSERT_NE(call, nullptr);
  call->Do([] { return absl::OkStatus(); });
  call->Do([] { return absl::NotFoundError("first"); });
  call->Answer(absl::OkStatus());
  EXPECT_THAT(caller.get(), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(LateCallTest, AnExceptionOfAPartIsInternalAndItsTextStaysInside) {
  auto caller = Caller();
  const auto call = example_.Take();
  ASSERT_NE(call, nullptr);
  call->Do([]() -> absl::Status { throw std::runtime_error("secret text"); });
  const Answer of_a_part = caller.get();
  EXPECT_THAT(of_a_part, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(std::string(of_a_part.status().message()).find("secret"), std::string::npos);
  example_.throws = true;
  const Answer of_the_handler = Cast(suite_.Anonymous());
  EXPECT_THAT(of_the_handler, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(std::string(of_the_handler.status().message()).find("secret"), std::string::npos);
}

TEST_F(LateCallTest, IsNeverLeftWithoutAnAnswer) {
  auto caller = Caller();
  ASSERT_NE(example_.Take(), nullptr) << "and nobody has it any more";
  EXPECT_THAT(caller.get(), StatusIs(absl::StatusCode::kInternal));
}

TEST_F(LateCallTest, LeavesNoLineWhenItTakesNoIdentity) {
  StartLog();
  ::testing::internal::CaptureStderr();
  auto caller = Caller();
  const auto call = example_.Take();
  if (call != nullptr) call->Answer(absl::OkStatus());
  EXPECT_THAT(caller.get(), IsOk());
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(LateCallTest, MeetsTheSameEdgeAsAnyOther) {
  EXPECT_THAT(Cast(suite_.Person("people/ada")),
              IsError(absl::StatusCode::kInvalidArgument, "IDENTITY_ATTACHED"));
}

// Two processes serve one contract; a token that one was shown is no good at the other.
TEST(Audience, OfAProcessIsItsOwnWhenItSaysSo) {
  testing::TestSuite suite(kStart);
  Edge edge(suite.clock(), suite.keys(), suite.metrics(), {.audience = "second"});
  Example example(edge);
  testing::Loopback server({&example});
  const auto stub = CodeService::NewStub(server.channel());
  const auto get = [&](const std::string& audience) {
    return suite.Caller("election")
        .AskService<ethics::v1::Binding>(
            audience,
            [&](auto* context, auto* binding) {
              return stub->GetBinding(context, ethics::v1::GetBindingRequest(), binding);
            },
            absl::Now() + absl::Seconds(20));
  };
  EXPECT_THAT(get("second"), IsOk());
  EXPECT_THAT(get("ethics"), IsError(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID"))
      << "whom the contract belongs to does not matter";
}

TEST(AnonymousMethod, LeavesNoLineNorDoTheCallsAroundIt) {
  using Box = election::v1::BallotBoxService::Stub;
  testing::TestSuite suite(kStart);
  AnonymousExample anonymous(suite.edge());
  Example named(suite.edge());
  testing::Loopback server({&anonymous, &named});
  const auto box = election::v1::BallotBoxService::NewStub(server.channel());
  const auto code = CodeService::NewStub(server.channel());
  StartLog();
  ::testing::internal::CaptureStderr();
  EXPECT_THAT(testing::Invoke(&Box::GetBox, *box, suite.Anonymous(), election::v1::GetBoxRequest()), IsOk());
  EXPECT_THAT(testing::Invoke(&Box::CastBallot, *box, suite.Anonymous(), election::v1::CastBallotRequest()),
              IsOk());
  EXPECT_THAT(testing::Invoke(&CodeService::Stub::GetBinding, *code, suite.Anonymous(),
                              ethics::v1::GetBindingRequest()),
              IsOk());
  const std::string lines = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(lines.find("BallotBoxService"), std::string::npos) << lines;
  EXPECT_NE(lines.find("GetBinding"), std::string::npos) << "other calls are logged";
}

}  // namespace
}  // namespace plenary::rpc
