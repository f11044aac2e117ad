// A membership service that says what a test tells it to and remembers the waivers it is handed. It stands
// behind the real policies, so a call without the right token is refused.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/rpc/edge.h"
#include "plenary/membership/v1/membership_service.grpc.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"

namespace plenary::committee::testing {

class FakeMembership final : public membership::v1::RegisterService::Service {
 public:
  explicit FakeMembership(rpc::Edge& edge) : guard_(edge, "plenary.membership.v1.RegisterService") {}

  // What ExplainRight says of a person; anybody else may hold office and is called "Member {id}".
  void Say(const std::string& person, membership::v1::ExplainRightResponse answer);
  // What GrantWaiver answers, until told otherwise.
  void AnswerWaivers(absl::Status status);
  std::vector<membership::v1::GrantWaiverRequest> waivers() const;

  grpc::Status ExplainRight(grpc::ServerContext* context, const membership::v1::ExplainRightRequest* request,
                            membership::v1::ExplainRightResponse* response) override;
  grpc::Status GrantWaiver(grpc::ServerContext* context, const membership::v1::GrantWaiverRequest* request,
                           membership::v1::Waiver* response) override;

 private:
  rpc::Guard guard_;
  mutable std::mutex mutex_;
  std::map<std::string, membership::v1::ExplainRightResponse> rights_;
  std::vector<membership::v1::GrantWaiverRequest> waivers_;
  absl::Status waiver_answer_;
};

// Remembers what it is told about members.
class FakeMemberships final : public membership::v1::MembershipService::Service {
 public:
  explicit FakeMemberships(rpc::Edge& edge) : guard_(edge, "plenary.membership.v1.MembershipService") {}

  std::vector<membership::v1::SuspendRequest> suspensions() const;
  std::vector<membership::v1::ReinstateRequest> reinstatements() const;

  grpc::Status Suspend(grpc::ServerContext* context, const membership::v1::SuspendRequest* request,
                       membership::v1::MembershipAct* response) override;
  grpc::Status Reinstate(grpc::ServerContext* context, const membership::v1::ReinstateRequest* request,
                         membership::v1::MembershipAct* response) override;

 private:
  rpc::Guard guard_;
  mutable std::mutex mutex_;
  std::vector<membership::v1::SuspendRequest> suspensions_;
  std::vector<membership::v1::ReinstateRequest> reinstatements_;
};

}  // namespace plenary::committee::testing
