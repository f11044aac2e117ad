// TallyService: closes the box, counts, certifies.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/outbox/outbox.h"
#include "common/rpc/edge.h"
#include "plenary/election/v1/tally_service.grpc.pb.h"
#include "services/election/peers.h"
#include "services/election/rules/tally.h"
#include "services/election/store/closing_store.h"

namespace plenary::election {

// Thread-safe; borrows everything.
class TallyServiceImpl final : public v1::TallyService::Service {
 public:
  TallyServiceImpl(rpc::Edge& edge, db::Pool& pool, const Peers& peers, outbox::Dispatcher& effects);

  grpc::Status CloseElection(grpc::ServerContext* context, const v1::CloseElectionRequest* request,
                             v1::Election* response) override;
  grpc::Status StreamClosing(grpc::ServerContext* context, const v1::StreamClosingRequest* request,
                             grpc::ServerWriter<v1::StreamClosingResponse>* writer) override;
  grpc::Status CountElection(grpc::ServerContext* context, const v1::CountElectionRequest* request,
                             v1::Result* response) override;
  grpc::Status GetResult(grpc::ServerContext* context, const v1::GetResultRequest* request,
                         v1::Result* response) override;
  grpc::Status GetCountReport(grpc::ServerContext* context, const v1::GetCountReportRequest* request,
                              v1::CountReport* response) override;
  grpc::Status CertifyResult(grpc::ServerContext* context, const v1::CertifyResultRequest* request,
                             v1::Result* response) override;

 private:
  absl::StatusOr<v1::Election> Close(rpc::Call& call, const v1::CloseElectionRequest& request);
  absl::Status ShowClosing(rpc::Call& call, const v1::StreamClosingRequest& request,
                           grpc::ServerWriter<v1::StreamClosingResponse>& writer);
  absl::StatusOr<v1::Result> Count(rpc::Call& call, const v1::CountElectionRequest& request);
  absl::StatusOr<v1::Result> Get(rpc::Call& call, const v1::GetResultRequest& request);
  absl::StatusOr<v1::CountReport> Report(rpc::Call& call, const v1::GetCountReportRequest& request);
  absl::StatusOr<v1::Result> Certify(rpc::Call& call, const v1::CertifyResultRequest& request);

  // Closes the box over the registrars' lists. Checks everything, stores nothing.
  absl::StatusOr<Closing> CloseBox(const rpc::Call& call, const std::string& election) const;
  // Opens and counts the closed log, without a connection to the database while it does. Stores nothing.
  absl::StatusOr<Counted> CountLog(const rpc::Call& call, const v1::Election& election) const;

  rpc::Guard guard_;
  db::Pool& pool_;
  const Peers& peers_;
  outbox::Dispatcher& effects_;
};

}  // namespace plenary::election
