// The registrar, as registrar_service.proto states it: knows who votes, never the votes. registrar_service.cc
// makes keys and issues, registrar_lists.cc counts, lists and destroys, registrar_disputes.cc is told what is
// wrong. Membership and the auditor's registrar run the same; RegistrarRolls is what differs.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/membership/registrar_intake.h"
#include "services/membership/registrar_journal.h"
#include "services/membership/registrar_keys.h"
#include "services/membership/registrar_rolls.h"
#include "services/membership/store/issuances.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class RegistrarService final : public v1::RegistrarService::Service {
 public:
  struct Parts {
    rpc::Edge& edge;
    db::Pool& pool;
    const RegistrarRolls& rolls;
    RegistrarJournal& journal;
    const KeyEncryption& encryption;
    crypto::RandomSource& random;
  };
  explicit RegistrarService(const Parts& parts)
      : guard_(parts.edge, "plenary.membership.v1.RegistrarService"),
        pool_(parts.pool),
        rolls_(parts.rolls),
        journal_(parts.journal),
        encryption_(parts.encryption),
        random_(parts.random),
        keys_(parts.encryption),
        intake_(parts.pool, parts.rolls, parts.journal) {}

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
  grpc::Status GetIssuanceList(grpc::ServerContext* context, const v1::GetIssuanceListRequest* request,
                               v1::GetIssuanceListResponse* response) override {
    return guard_.Unary(context, "GetIssuanceList", *request, *response,
                        [&](rpc::Call& call) { return GetIssuanceList(call, *request); });
  }
  grpc::Status FileDispute(grpc::ServerContext* context, const v1::FileDisputeRequest* request,
                           v1::Dispute* response) override {
    return guard_.Unary(context, "FileDispute", *request, *response,
                        [&](rpc::Call& call) { return FileDispute(call, *request); });
  }
  grpc::Status ListDisputes(grpc::ServerContext* context, const v1::ListDisputesRequest* request,
                            v1::ListDisputesResponse* response) override {
    return guard_.Unary(context, "ListDisputes", *request, *response,
                        [&](rpc::Call& call) { return ListDisputes(call, *request); });
  }
  grpc::Status AnswerDispute(grpc::ServerContext* context, const v1::AnswerDisputeRequest* request,
                             v1::Dispute* response) override {
    return guard_.Unary(context, "AnswerDispute", *request, *response,
                        [&](rpc::Call& call) { return AnswerDispute(call, *request); });
  }
  grpc::Status DestroyKeys(grpc::ServerContext* context, const v1::DestroyKeysRequest* request,
                           v1::DestroyKeysResponse* response) override {
    return guard_.Unary(context, "DestroyKeys", *request, *response,
                        [&](rpc::Call& call) { return DestroyKeys(call, *request); });
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
  absl::StatusOr<v1::GetIssuanceListResponse> GetIssuanceList(rpc::Call& call,
                                                              const v1::GetIssuanceListRequest& request);
  absl::StatusOr<v1::Dispute> FileDispute(rpc::Call& call, const v1::FileDisputeRequest& request);
  absl::StatusOr<v1::ListDisputesResponse> ListDisputes(rpc::Call& call,
                                                        const v1::ListDisputesRequest& request);
  absl::StatusOr<v1::Dispute> AnswerDispute(rpc::Call& call, const v1::AnswerDisputeRequest& request);
  absl::StatusOr<v1::DestroyKeysResponse> DestroyKeys(rpc::Call& call, const v1::DestroyKeysRequest& request);

  // The blind signature of a message that is on record for the line, which then is in the journal too.
  absl::StatusOr<std::string> Sign(const ElectionKeys& keys, const JournalLine& issued,
                                   const std::string& blinded_msg);
  // The signed list, made when there is none; needs the keys only then.
  absl::StatusOr<std::string> ListOf(rpc::Call& call, const std::string& election);
  absl::StatusOr<FoundKeys> FindKeys(const rpc::Call& call, const std::string& election);

  rpc::Guard guard_;
  db::Pool& pool_;
  const RegistrarRolls& rolls_;
  RegistrarJournal& journal_;
  const KeyEncryption& encryption_;
  crypto::RandomSource& random_;
  RegistrarKeys keys_;
  IssuanceIntake intake_;
};

}  // namespace plenary::membership
