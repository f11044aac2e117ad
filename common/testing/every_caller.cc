#include "common/testing/every_caller.h"

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "common/auth/policy.h"
#include "common/testing/status_matchers.h"
#include "google/protobuf/message.h"

namespace plenary::testing {
namespace {

constexpr char kCaller[] = "people/ada";
constexpr char kSomebody[] = "people/somebody-else";

struct Caller {
  std::string name;
  enum class Kind { kNobody, kPerson, kService, kServiceAccount } kind;
  std::vector<std::string> roles;
  std::function<std::unique_ptr<grpc::ClientContext>()> context;
};

std::vector<Caller> Everybody(TestSuite& suite) {
  std::vector<Caller> callers = {
      {"nobody", Caller::Kind::kNobody, {}, [] { return TestSuite::Anonymous(); }}};
  for (const std::vector<std::string>& roles : std::vector<std::vector<std::string>>{
           {}, {"member"}, {"member", "representative"}, {"administrator"}, {"staff"}}) {
    callers.push_back({roles.empty() ? "a person without a role" : roles.back(), Caller::Kind::kPerson, roles,
                       [&suite, roles] { return suite.Person(kCaller, "companies/acme", roles); }});
  }
  for (const std::string service : {"membership", "committee", "ethics", "election"}) {
    callers.push_back(
        {service, Caller::Kind::kService, {}, [&suite, service] { return suite.Service(service); }});
  }
  for (const std::vector<std::string>& roles : std::vector<std::vector<std::string>>{{}, {"staff"}}) {
    callers.push_back({roles.empty() ? "an account without a role" : "an account with role staff",
                       Caller::Kind::kServiceAccount, roles,
                       [&suite, roles] { return suite.ServiceAccount(roles); }});
  }
  return callers;
}

enum class WayIn { kNone, kOpen, kRelation };

// What the request of a call names in the field that the policy's `self` points to.
enum class Named { kNothing, kTheCaller, kSomebodyElse };

// Told again, apart from auth::Decide.
WayIn WayOf(const policy::v1::Policy& policy, const Caller& caller, Named named) {
  const auto names = [](const auto& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  if (policy.anonymous_only()) return caller.kind == Caller::Kind::kNobody ? WayIn::kOpen : WayIn::kNone;
  if (policy.public_()) return WayIn::kOpen;
  if (caller.kind == Caller::Kind::kService)
    return names(policy.services(), caller.name) ? WayIn::kOpen : WayIn::kNone;
  if (caller.kind == Caller::Kind::kNobody) return WayIn::kNone;
  const bool by_role = std::any_of(caller.roles.begin(), caller.roles.end(),
                                   [&](const std::string& role) { return names(policy.roles(), role); });
  if (caller.kind == Caller::Kind::kServiceAccount) return by_role ? WayIn::kOpen : WayIn::kNone;
  // An empty request names the caller.
  const bool by_self = !policy.self().empty() && named != Named::kSomebodyElse;
  if (by_role || policy.signed_in() || by_self) return WayIn::kOpen;
  return policy.relation().empty() ? WayIn::kNone : WayIn::kRelation;
}

// A request with nothing but the field at `path` ("person", "candidacy.person") set.
std::string RequestNaming(const google::protobuf::Descriptor& type, std::string_view path,
                          const std::string& person) {
  const std::unique_ptr<google::protobuf::Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
  google::protobuf::Message* message = request.get();
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    const auto* field = message->GetDescriptor()->FindFieldByName(std::string(path.substr(0, dot)));
    message = message->GetReflection()->MutableMessage(message, field);
    path.remove_prefix(dot + 1);
  }
  message->GetReflection()->SetString(message, message->GetDescriptor()->FindFieldByName(std::string(path)),
                                      person);
  return request->SerializeAsString();
}

absl::Status CallAs(grpc::GenericStub& stub, const std::string& path, const Caller& caller,
                    const std::string& request) {
  const auto context = caller.context();
  grpc::CompletionQueue queue;
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok;
  };
  const auto call = stub.PrepareCall(context.get(), path, &queue);
  call->StartCall(nullptr);
  done();
  const grpc::Slice bytes(request);
  call->WriteLast(grpc::ByteBuffer(&bytes, 1), grpc::WriteOptions(), nullptr);
  done();
  grpc::ByteBuffer answer;
  do {
    call->Read(&answer, nullptr);
  } while (done());
  grpc::Status status;
  call->Finish(&status, nullptr);
  done();
  return FromGrpcStatus(status);
}

void ExpectRefusal(const absl::Status& status, const policy::v1::Policy& policy, const Caller& caller) {
  if (policy.anonymous_only()) {
    EXPECT_THAT(status, IsError(absl::StatusCode::kInvalidArgument, "IDENTITY_ATTACHED"));
  } else if (caller.kind == Caller::Kind::kNobody) {
    EXPECT_THAT(status, IsError(absl::StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  } else {
    EXPECT_THAT(status, IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  }
}

// The method itself was reached: its answer, or an error of its own.
void ExpectReached(const absl::Status& status) {
  if (status.ok()) return;
  const std::string reason = ReasonOf(status);
  EXPECT_THAT(status, IsError(status.code(), reason));
  EXPECT_NE(reason, "") << Describe(status);
  const std::set<std::string> at_the_edge = {"IDENTITY_ATTACHED", "SIGN_IN_NEEDED", "NOT_ALLOWED"};
  EXPECT_FALSE(at_the_edge.contains(reason)) << Describe(status);
}

void ExpectPolicyHolds(grpc::GenericStub& stub, const google::protobuf::MethodDescriptor& method,
                       const Caller& caller, Named named) {
  const policy::v1::Policy& policy = auth::PolicyOf(method);
  std::string request;
  if (named != Named::kNothing) {
    request =
        RequestNaming(*method.input_type(), policy.self(), named == Named::kTheCaller ? kCaller : kSomebody);
  }
  const absl::Status status =
      CallAs(stub, "/" + method.service()->full_name() + "/" + method.name(), caller, request);
  switch (WayOf(policy, caller, named)) {
    case WayIn::kNone:
      return ExpectRefusal(status, policy, caller);
    case WayIn::kOpen:
      return ExpectReached(status);
    case WayIn::kRelation:
      EXPECT_FALSE(status.ok()) << "an answer without the relation";
      EXPECT_NE(ReasonOf(status), "") << Describe(status);
  }
}

}  // namespace

void ExpectEveryPolicyHolds(TestSuite& suite, const std::shared_ptr<grpc::Channel>& channel,
                            const std::vector<std::string>& services) {
  grpc::GenericStub stub(channel);
  const std::vector<Caller> everybody = Everybody(suite);
  for (const std::string& name : services) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      for (const Caller& caller : everybody) {
        SCOPED_TRACE(service->method(i)->full_name() + " as " + caller.name);
        ExpectPolicyHolds(stub, *service->method(i), caller, Named::kNothing);
        if (auth::PolicyOf(*service->method(i)).self().empty()) continue;
        ExpectPolicyHolds(stub, *service->method(i), caller, Named::kTheCaller);
        ExpectPolicyHolds(stub, *service->method(i), caller, Named::kSomebodyElse);
      }
    }
  }
}

}  // namespace plenary::testing
