// ElectionService: calls elections, moves their phases, publishes their manifests.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/outbox/outbox.h"
#include "common/rpc/edge.h"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "services/election/peers.h"
#include "services/election/rules/manifest_build.h"

namespace plenary::election {

// The election, when the caller is its returning officer: proves the relation. ELECTION_NOT_FOUND, or
// NOT_RETURNING_OFFICER.
absl::StatusOr<v1::Election> LoadAsReturningOfficer(db::Pool& pool, rpc::Call& call,
                                                    const std::string& election);

// Thread-safe; borrows everything.
class ElectionServiceImpl final : public v1::ElectionService::Service {
 public:
  ElectionServiceImpl(rpc::Edge& edge, db::Pool& pool, IdSource& ids, const Peers& peers,
                      outbox::Dispatcher& effects);

  grpc::Status CreateElection(grpc::ServerContext* context, const v1::CreateElectionRequest* request,
                              v1::Election* response) override;
  grpc::Status GetElection(grpc::ServerContext* context, const v1::GetElectionRequest* request,
                           v1::Election* response) override;
  grpc::Status ListElections(grpc::ServerContext* context, const v1::ListElectionsRequest* request,
                             v1::ListElectionsResponse* response) override;
  grpc::Status MovePhase(grpc::ServerContext* context, const v1::MovePhaseRequest* request,
                         v1::Election* response) override;
  grpc::Status PublishManifest(grpc::ServerContext* context, const v1::PublishManifestRequest* request,
                               v1::Election* response) override;
  grpc::Status GetManifest(grpc::ServerContext* context, const v1::GetManifestRequest* request,
                           v1::GetManifestResponse* response) override;

 private:
  absl::StatusOr<v1::Election> Create(rpc::Call& call, const v1::CreateElectionRequest& request);
  absl::StatusOr<v1::Election> Get(rpc::Call& call, const v1::GetElectionRequest& request);
  absl::StatusOr<v1::ListElectionsResponse> List(rpc::Call& call, const v1::ListElectionsRequest& request);
  absl::StatusOr<v1::Election> Move(rpc::Call& call, const v1::MovePhaseRequest& request);
  absl::StatusOr<v1::Election> Publish(rpc::Call& call, const v1::PublishManifestRequest& request);
  absl::StatusOr<v1::GetManifestResponse> Manifest(rpc::Call& call, const v1::GetManifestRequest& request);

  absl::StatusOr<ManifestParts> AskPeers(const rpc::Call& call, const v1::Election& election) const;
  static absl::StatusOr<v1::Election> PublishLocked(db::Transaction& tx, const rpc::Call& call,
                                                    v1::Election election, ManifestParts parts);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
  const Peers& peers_;
  outbox::Dispatcher& effects_;
};

}  // namespace plenary::election
