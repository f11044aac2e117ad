// Who may vote, as roll_service.proto states it. roll_service.cc answers questions, roll_freeze.cc makes
// rolls, roll_challenges.cc amends them, roll_substitutes.cc says who collects, roll_export.cc hands them on.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/roll_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class RollService final : public v1::RollService::Service {
 public:
  RollService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.RollService"), pool_(pool), ids_(ids) {}

  grpc::Status ExplainEligibility(grpc::ServerContext* context, const v1::ExplainEligibilityRequest* request,
                                  v1::ExplainEligibilityResponse* response) override {
    return guard_.Unary(context, "ExplainEligibility", *request, *response,
                        [&](rpc::Call& call) { return ExplainEligibility(call, *request); });
  }
  grpc::Status StreamEligibility(grpc::ServerContext* context, const v1::StreamEligibilityRequest* request,
                                 grpc::ServerWriter<v1::StreamEligibilityResponse>* writer) override {
    return guard_.ServerStream(context, "StreamEligibility", *request,
                               [&](rpc::Call& call) { return StreamEligibility(call, *request, *writer); });
  }
  grpc::Status GetMyEligibility(grpc::ServerContext* context, const v1::GetMyEligibilityRequest* request,
                                v1::GetMyEligibilityResponse* response) override {
    return guard_.Unary(context, "GetMyEligibility", *request, *response,
                        [&](rpc::Call& call) { return GetMyEligibility(call, *request); });
  }
  grpc::Status FreezeRoll(grpc::ServerContext* context, const v1::FreezeRollRequest* request,
                          grpc::ServerWriter<v1::FreezeRollResponse>* writer) override {
    return guard_.ServerStream(context, "FreezeRoll", *request,
                               [&](rpc::Call& call) { return FreezeRoll(call, *request, *writer); });
  }
  grpc::Status GetRoll(grpc::ServerContext* context, const v1::GetRollRequest* request,
                       v1::Roll* response) override {
    return guard_.Unary(context, "GetRoll", *request, *response,
                        [&](rpc::Call& call) { return GetRoll(call, *request); });
  }
  grpc::Status ListRollEntries(grpc::ServerContext* context, const v1::ListRollEntriesRequest* request,
                               v1::ListRollEntriesResponse* response) override {
    return guard_.Unary(context, "ListRollEntries", *request, *response,
                        [&](rpc::Call& call) { return ListRollEntries(call, *request); });
  }
  grpc::Status StreamRollBytes(grpc::ServerContext* context, const v1::StreamRollBytesRequest* request,
                               grpc::ServerWriter<v1::StreamRollBytesResponse>* writer) override {
    return guard_.ServerStream(context, "StreamRollBytes", *request,
                               [&](rpc::Call& call) { return StreamRollBytes(call, *request, *writer); });
  }
  grpc::Status ExportRoll(grpc::ServerContext* context, const v1::ExportRollRequest* request,
                          grpc::ServerWriter<v1::ExportRollResponse>* writer) override {
    return guard_.ServerStream(context, "ExportRoll", *request,
                               [&](rpc::Call& call) { return ExportRoll(call, *request, *writer); });
  }
  grpc::Status ListRollRevisions(grpc::ServerContext* context, const v1::ListRollRevisionsRequest* request,
                                 v1::ListRollRevisionsResponse* response) override {
    return guard_.Unary(context, "ListRollRevisions", *request, *response,
                        [&](rpc::Call& call) { return ListRollRevisions(call, *request); });
  }
  grpc::Status FileChallenge(grpc::ServerContext* context, const v1::FileChallengeRequest* request,
                             v1::Challenge* response) override {
    return guard_.Unary(context, "FileChallenge", *request, *response,
                        [&](rpc::Call& call) { return FileChallenge(call, *request); });
  }
  grpc::Status DecideChallenge(grpc::ServerContext* context, const v1::DecideChallengeRequest* request,
                               v1::Challenge* response) override {
    return guard_.Unary(context, "DecideChallenge", *request, *response,
                        [&](rpc::Call& call) { return DecideChallenge(call, *request); });
  }
  grpc::Status ListChallenges(grpc::ServerContext* context, const v1::ListChallengesRequest* request,
                              v1::ListChallengesResponse* response) override {
    return guard_.Unary(context, "ListChallenges", *request, *response,
                        [&](rpc::Call& call) { return ListChallenges(call, *request); });
  }
  grpc::Status SubstituteRepresentative(grpc::ServerContext* context,
                                        const v1::SubstituteRepresentativeRequest* request,
                                        v1::RollEntry* response) override {
    return guard_.Unary(context, "SubstituteRepresentative", *request, *response,
                        [&](rpc::Call& call) { return SubstituteRepresentative(call, *request); });
  }
  grpc::Status ListSubstitutions(grpc::ServerContext* context, const v1::ListSubstitutionsRequest* request,
                                 v1::ListSubstitutionsResponse* response) override {
    return guard_.Unary(context, "ListSubstitutions", *request, *response,
                        [&](rpc::Call& call) { return ListSubstitutions(call, *request); });
  }

 private:
  absl::StatusOr<v1::ExplainEligibilityResponse> ExplainEligibility(
      rpc::Call& call, const v1::ExplainEligibilityRequest& request);
  absl::Status StreamEligibility(rpc::Call& call, const v1::StreamEligibilityRequest& request,
                                 grpc::ServerWriter<v1::StreamEligibilityResponse>& writer);
  absl::StatusOr<v1::GetMyEligibilityResponse> GetMyEligibility(rpc::Call& call,
                                                                const v1::GetMyEligibilityRequest& request);
  absl::Status FreezeRoll(rpc::Call& call, const v1::FreezeRollRequest& request,
                          grpc::ServerWriter<v1::FreezeRollResponse>& writer);
  absl::Status StreamRoll(rpc::Call& call, const v1::Roll& roll,
                          grpc::ServerWriter<v1::FreezeRollResponse>& writer);
  absl::StatusOr<v1::Roll> GetRoll(rpc::Call& call, const v1::GetRollRequest& request);
  absl::StatusOr<v1::ListRollEntriesResponse> ListRollEntries(rpc::Call& call,
                                                              const v1::ListRollEntriesRequest& request);
  absl::Status StreamRollBytes(rpc::Call& call, const v1::StreamRollBytesRequest& request,
                               grpc::ServerWriter<v1::StreamRollBytesResponse>& writer);
  absl::Status ExportRoll(rpc::Call& call, const v1::ExportRollRequest& request,
                          grpc::ServerWriter<v1::ExportRollResponse>& writer);
  absl::StatusOr<v1::ListRollRevisionsResponse> ListRollRevisions(
      rpc::Call& call, const v1::ListRollRevisionsRequest& request);
  absl::StatusOr<v1::Challenge> FileChallenge(rpc::Call& call, const v1::FileChallengeRequest& request);
  absl::StatusOr<v1::Challenge> DecideChallenge(rpc::Call& call, const v1::DecideChallengeRequest& request);
  absl::StatusOr<v1::ListChallengesResponse> ListChallenges(rpc::Call& call,
                                                            const v1::ListChallengesRequest& request);
  absl::StatusOr<v1::RollEntry> SubstituteRepresentative(rpc::Call& call,
                                                         const v1::SubstituteRepresentativeRequest& request);
  absl::StatusOr<v1::ListSubstitutionsResponse> ListSubstitutions(
      rpc::Call& call, const v1::ListSubstitutionsRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
