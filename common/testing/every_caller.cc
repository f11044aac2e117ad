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

namespace plenary::testing {
namespace {

struct Caller {
  std::string name;
  enum class Kind { kNobody, kPerson, kService } kind;
  std::vector<std::string> roles;
  std::function<std::unique_ptr<grpc::ClientContext>()> context;
};

std::vector<Caller> Everybody(TestSuite& suite) {
  std::vector<Caller> callers = {
      {"nobody", Caller::Kind::kNobody, {}, [] { return TestSuite::Anonymous(); }}};
  for (const std::vector<std::string>& roles :
       std::vector<std::vector<std::string>>{{}, {"member"}, {"member", "representative"}, {"staff"}}) {
    callers.push_back({roles.empty() ? "a person without a role" : roles.back(), Caller::Kind::kPerson, roles,
                       [&suite, roles] { return suite.Person("people/ada", "companies/acme", roles); }});
  }
  for (const std::string service : {"membership", "committee", "ethics", "election"}) {
    callers.push_back(
        {service, Caller::Kind::kService, {}, [&suite, service] { return suite.Service(service); }});
  }
  return callers;
}

enum class WayIn { kNone, kOpen, kRelation };

// Told again, apart from auth::Decide.
WayIn WayOf(const policy::v1::Policy& policy, const Caller& caller) {
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
  // An empty request names the caller.
  if (by_role || policy.signed_in() || !policy.self().empty()) return WayIn::kOpen;
  return policy.relation().empty() ? WayIn::kNone : WayIn::kRelation;
}

absl::Status CallWithNothing(grpc::GenericStub& stub, const std::string& path, const Caller& caller) {
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
  const grpc::Slice nothing;
  call->WriteLast(grpc::ByteBuffer(&nothing, 1), grpc::WriteOptions(), nullptr);
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

}  // namespace

void ExpectEveryPolicyHolds(TestSuite& suite, const std::shared_ptr<grpc::Channel>& channel,
                            const std::vector<std::string>& services) {
  grpc::GenericStub stub(channel);
  const std::vector<Caller> everybody = Everybody(suite);
  for (const std::string& name : services) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      const policy::v1::Policy& policy = auth::PolicyOf(*service->method(i));
      for (const Caller& caller : everybody) {
        SCOPED_TRACE(service->method(i)->full_name() + " as " + caller.name);
        const absl::Status status =
            CallWithNothing(stub, "/" + name + "/" + service->method(i)->name(), caller);
        switch (WayOf(policy, caller)) {
          case WayIn::kNone:
            ExpectRefusal(status, policy, caller);
            break;
          case WayIn::kOpen:
            ExpectReached(status);
            break;
          case WayIn::kRelation:
            EXPECT_FALSE(status.ok()) << "an answer without the relation";
            EXPECT_NE(ReasonOf(status), "") << Describe(status);
            break;
        }
      }
    }
  }
}

}  // namespace plenary::testing
