#include "services/committee/testing/fake_membership.h"

namespace plenary::committee::testing {

using membership::v1::ExplainRightRequest;
using membership::v1::ExplainRightResponse;
using membership::v1::GrantWaiverRequest;
using membership::v1::Waiver;

void FakeMembership::Say(const std::string& person, ExplainRightResponse answer) {
  const std::lock_guard lock(mutex_);
  rights_[person] = std::move(answer);
}

void FakeMembership::AnswerWaivers(absl::Status status) {
  const std::lock_guard lock(mutex_);
  waiver_answer_ = std::move(status);
}

std::vector<GrantWaiverRequest> FakeMembership::waivers() const {
  const std::lock_guard lock(mutex_);
  return waivers_;
}

grpc::Status FakeMembership::ExplainRight(grpc::ServerContext* context, const ExplainRightRequest* request,
                                          ExplainRightResponse* response) {
  return guard_.Unary(context, "ExplainRight", *request, *response,
                      [&](rpc::Call&) -> absl::StatusOr<ExplainRightResponse> {
                        const std::lock_guard lock(mutex_);
                        if (const auto said = rights_.find(request->person()); said != rights_.end()) {
                          return said->second;
                        }
                        ExplainRightResponse answer;
                        answer.set_allowed(request->act() == membership::v1::ACT_HOLD_OFFICE);
                        answer.set_full_name("Member " + request->person().substr(7));
                        return answer;
                      });
}

grpc::Status FakeMembership::GrantWaiver(grpc::ServerContext* context, const GrantWaiverRequest* request,
                                         Waiver* response) {
  return guard_.Unary(context, "GrantWaiver", *request, *response, [&](rpc::Call&) -> absl::StatusOr<Waiver> {
    const std::lock_guard lock(mutex_);
    if (!waiver_answer_.ok()) return waiver_answer_;
    waivers_.push_back(*request);
    return request->waiver();
  });
}

std::vector<membership::v1::SuspendRequest> FakeMemberships::suspensions() const {
  const std::lock_guard lock(mutex_);
  return suspensions_;
}

std::vector<membership::v1::ReinstateRequest> FakeMemberships::reinstatements() const {
  const std::lock_guard lock(mutex_);
  return reinstatements_;
}

grpc::Status FakeMemberships::Suspend(grpc::ServerContext* context,
                                      const membership::v1::SuspendRequest* request,
                                      membership::v1::MembershipAct* response) {
  return guard_.Unary(context, "Suspend", *request, *response,
                      [&](rpc::Call&) -> absl::StatusOr<membership::v1::MembershipAct> {
                        const std::lock_guard lock(mutex_);
                        suspensions_.push_back(*request);
                        return membership::v1::MembershipAct();
                      });
}

grpc::Status FakeMemberships::Reinstate(grpc::ServerContext* context,
                                        const membership::v1::ReinstateRequest* request,
                                        membership::v1::MembershipAct* response) {
  return guard_.Unary(context, "Reinstate", *request, *response,
                      [&](rpc::Call&) -> absl::StatusOr<membership::v1::MembershipAct> {
                        const std::lock_guard lock(mutex_);
                        reinstatements_.push_back(*request);
                        return membership::v1::MembershipAct();
                      });
}

}  // namespace plenary::committee::testing
