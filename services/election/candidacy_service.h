// CandidacyService: who runs for what.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/election/v1/candidacy_service.grpc.pb.h"
#include "services/election/peers.h"
#include "services/election/rules/candidacy_state.h"

namespace plenary::election {

// Thread-safe; borrows everything.
class CandidacyServiceImpl final : public v1::CandidacyService::Service {
 public:
  CandidacyServiceImpl(rpc::Edge& edge, db::Pool& pool, IdSource& ids, const Peers& peers);

  grpc::Status DeclareCandidacy(grpc::ServerContext* context, const v1::DeclareCandidacyRequest* request,
                                v1::Candidacy* response) override;
  grpc::Status CompleteCandidacy(grpc::ServerContext* context, const v1::CompleteCandidacyRequest* request,
                                 v1::Candidacy* response) override;
  grpc::Status AcceptCandidacy(grpc::ServerContext* context, const v1::AcceptCandidacyRequest* request,
                               v1::Candidacy* response) override;
  grpc::Status WithdrawCandidacy(grpc::ServerContext* context, const v1::WithdrawCandidacyRequest* request,
                                 v1::Candidacy* response) override;
  grpc::Status GetCandidacy(grpc::ServerContext* context, const v1::GetCandidacyRequest* request,
                            v1::Candidacy* response) override;
  grpc::Status ListCandidacies(grpc::ServerContext* context, const v1::ListCandidaciesRequest* request,
                               v1::ListCandidaciesResponse* response) override;
  grpc::Status GetSeatCoverage(grpc::ServerContext* context, const v1::GetSeatCoverageRequest* request,
                               v1::GetSeatCoverageResponse* response) override;

 private:
  absl::StatusOr<v1::Candidacy> Declare(rpc::Call& call, const v1::DeclareCandidacyRequest& request);
  absl::StatusOr<v1::Candidacy> Complete(rpc::Call& call, const v1::CompleteCandidacyRequest& request);
  absl::StatusOr<v1::Candidacy> Accept(rpc::Call& call, const v1::AcceptCandidacyRequest& request);
  absl::StatusOr<v1::Candidacy> Withdraw(rpc::Call& call, const v1::WithdrawCandidacyRequest& request);
  absl::StatusOr<v1::Candidacy> Get(rpc::Call& call, const v1::GetCandidacyRequest& request);
  absl::StatusOr<v1::ListCandidaciesResponse> List(rpc::Call& call,
                                                   const v1::ListCandidaciesRequest& request);
  absl::StatusOr<v1::GetSeatCoverageResponse> Coverage(rpc::Call& call,
                                                       const v1::GetSeatCoverageRequest& request);

  absl::StatusOr<v1::Election> LoadElection(const rpc::Call& call, const std::string& name) const;
  // The candidacy, when the caller is its candidate: proves the relation.
  absl::Status ProveCandidate(rpc::Call& call, const std::string& name) const;
  // The person's name, when membership grants the right to hold office today.
  absl::StatusOr<std::string> RequireRight(const rpc::Call& call, const std::string& person) const;
  absl::Status RequireNoOtherPosition(const rpc::Call& call, const v1::Election& election) const;

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
  const Peers& peers_;
};

}  // namespace plenary::election
