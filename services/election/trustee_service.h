// TrusteeService: the keys that ballots are sealed to, and their release after the close.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/rpc/edge.h"
#include "plenary/election/v1/trustee_service.grpc.pb.h"
#include "services/election/rules/trustees.h"

namespace plenary::election {

// Thread-safe; borrows everything.
class TrusteeServiceImpl final : public v1::TrusteeService::Service {
 public:
  TrusteeServiceImpl(rpc::Edge& edge, db::Pool& pool);

  grpc::Status ListTrustees(grpc::ServerContext* context, const v1::ListTrusteesRequest* request,
                            v1::ListTrusteesResponse* response) override;
  grpc::Status SendTrusteeKeys(grpc::ServerContext* context, const v1::SendTrusteeKeysRequest* request,
                               v1::Trustee* response) override;
  grpc::Status DealShares(grpc::ServerContext* context, const v1::DealSharesRequest* request,
                          v1::Trustee* response) override;
  grpc::Status ListDealtShares(grpc::ServerContext* context, const v1::ListDealtSharesRequest* request,
                               v1::ListDealtSharesResponse* response) override;
  grpc::Status AcceptShares(grpc::ServerContext* context, const v1::AcceptSharesRequest* request,
                            v1::Trustee* response) override;
  grpc::Status ResetTrustees(grpc::ServerContext* context, const v1::ResetTrusteesRequest* request,
                             v1::ListTrusteesResponse* response) override;
  grpc::Status ReleaseSecret(grpc::ServerContext* context, const v1::ReleaseSecretRequest* request,
                             v1::Trustee* response) override;
  grpc::Status ReleaseShare(grpc::ServerContext* context, const v1::ReleaseShareRequest* request,
                            v1::Trustee* response) override;
  grpc::Status GetTallySecrets(grpc::ServerContext* context, const v1::GetTallySecretsRequest* request,
                               v1::GetTallySecretsResponse* response) override;

 private:
  // The election with its trustees, the caller among them.
  struct Circle {
    v1::Election election;
    Trustees trustees;
    int caller = 0;  // the number

    const v1::Trustee& Me() const { return trustees.at(static_cast<std::size_t>(caller - 1)); }
  };
  // Writes what the caller did and records it; the number of the trustee to answer with.
  using Body = std::function<absl::StatusOr<int>(db::Transaction& tx, const Circle& circle)>;

  // A trustee's act in one transaction, the election's row locked: NOT_TRUSTEE for anybody else.
  absl::StatusOr<v1::Trustee> Act(rpc::Call& call, const std::string& election, const Body& body);

  absl::StatusOr<v1::ListTrusteesResponse> List(rpc::Call& call, const v1::ListTrusteesRequest& request);
  absl::StatusOr<v1::Trustee> SendKeys(rpc::Call& call, const v1::SendTrusteeKeysRequest& request);
  absl::StatusOr<v1::Trustee> Deal(rpc::Call& call, const v1::DealSharesRequest& request);
  absl::StatusOr<v1::ListDealtSharesResponse> ListDealt(rpc::Call& call,
                                                        const v1::ListDealtSharesRequest& request);
  absl::StatusOr<v1::Trustee> Accept(rpc::Call& call, const v1::AcceptSharesRequest& request);
  absl::StatusOr<v1::ListTrusteesResponse> Reset(rpc::Call& call, const v1::ResetTrusteesRequest& request);
  absl::StatusOr<v1::Trustee> ReleaseOwn(rpc::Call& call, const v1::ReleaseSecretRequest& request);
  absl::StatusOr<v1::Trustee> ReleaseOther(rpc::Call& call, const v1::ReleaseShareRequest& request);
  absl::StatusOr<v1::GetTallySecretsResponse> Secrets(rpc::Call& call,
                                                      const v1::GetTallySecretsRequest& request);

  // NOT_TRUSTEE.
  static absl::StatusOr<Circle> LoadCircle(db::Session& session, const rpc::Call& call,
                                           v1::Election election);
  // Publishes the dealer's secret when the shares released by now give it back.
  static absl::Status PutTogether(db::Transaction& tx, const rpc::Call& call, const Circle& circle,
                                  const v1::Trustee& dealer);

  rpc::Guard guard_;
  db::Pool& pool_;
};

}  // namespace plenary::election
