// The registrar, as registrar_service.proto states it: knows who votes, never the votes.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/membership/registrar_journal.h"
#include "services/membership/registrar_keys.h"

namespace plenary::membership {

// OK when every line of the journal is in the database; else JOURNAL_AHEAD: the database was set back to
// before a credential was issued, and would issue a second one to the same company or person. Called before
// the registrar serves.
absl::Status CheckJournal(db::Pool& pool, const RegistrarJournal& journal, absl::Time deadline);

// Thread-safe. Borrows all it is given.
class RegistrarService final : public v1::RegistrarService::Service {
 public:
  RegistrarService(rpc::Edge& edge, db::Pool& pool, RegistrarJournal& journal, crypto::RandomSource& random)
      : guard_(edge, "plenary.membership.v1.RegistrarService"),
        pool_(pool),
        journal_(journal),
        random_(random) {}

  grpc::Status PrepareRegistrar(grpc::ServerContext* context, const v1::PrepareRegistrarRequest* request,
                                v1::PrepareRegistrarResponse* response) override {
    return guard_.Unary(context, "PrepareRegistrar", *request, *response,
                        [&](rpc::Call& call) { return PrepareRegistrar(call, *request); });
  }
  grpc::Status AcceptManifest(grpc::ServerContext* context, const v1::AcceptManifestRequest* request,
                              v1::AcceptManifestResponse* response) override {
    return guard_.Unary(context, "AcceptManifest", *request, *response,
                        [&](rpc::Call& call) { return AcceptManifest(call, *request); });
  }
  grpc::Status GetManifestHash(grpc::ServerContext* context, const v1::GetManifestHashRequest* request,
                               v1::GetManifestHashResponse* response) override {
    return guard_.Unary(context, "GetManifestHash", *request, *response,
                        [&](rpc::Call& call) { return GetManifestHash(call, *request); });
  }
  grpc::Status IssueCredential(grpc::ServerContext* context, const v1::IssueCredentialRequest* request,
                               v1::IssueCredentialResponse* response) override {
    return guard_.Unary(context, "IssueCredential", *request, *response,
                        [&](rpc::Call& call) { return IssueCredential(call, *request); });
  }
  grpc::Status GetIssuance(grpc::ServerContext* context, const v1::GetIssuanceRequest* request,
                           v1::GetIssuanceResponse* response) override {
    return guard_.Unary(context, "GetIssuance", *request, *response,
                        [&](rpc::Call& call) { return GetIssuance(call, *request); });
  }
  grpc::Status CountIssuances(grpc::ServerContext* context, const v1::CountIssuancesRequest* request,
                              v1::CountIssuancesResponse* response) override {
    return guard_.Unary(context, "CountIssuances", *request, *response,
                        [&](rpc::Call& call) { return CountIssuances(call, *request); });
  }

 private:
  absl::StatusOr<v1::PrepareRegistrarResponse> PrepareRegistrar(rpc::Call& call,
                                                                const v1::PrepareRegistrarRequest& request);
  absl::StatusOr<v1::AcceptManifestResponse> AcceptManifest(rpc::Call& call,
                                                            const v1::AcceptManifestRequest& request);
  absl::StatusOr<v1::GetManifestHashResponse> GetManifestHash(rpc::Call& call,
                                                              const v1::GetManifestHashRequest& request);
  absl::StatusOr<v1::IssueCredentialResponse> IssueCredential(rpc::Call& call,
                                                              const v1::IssueCredentialRequest& request);
  absl::StatusOr<v1::GetIssuanceResponse> GetIssuance(rpc::Call& call, const v1::GetIssuanceRequest& request);
  absl::StatusOr<v1::CountIssuancesResponse> CountIssuances(rpc::Call& call,
                                                            const v1::CountIssuancesRequest& request);

  // Stores that the unit which the caller collects for has a credential for this blinded message, or finds
  // that it got one for the same. Takes election and hash from `issued`, and sets its unit.
  absl::Status Issue(rpc::Call& call, const v1::IssueCredentialRequest& request, JournalLine& issued);

  rpc::Guard guard_;
  db::Pool& pool_;
  RegistrarJournal& journal_;
  crypto::RandomSource& random_;
  RegistrarKeys keys_;
};

}  // namespace plenary::membership
