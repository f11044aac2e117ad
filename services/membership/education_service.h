// Continuing education, as education_service.proto states it.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/education_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class EducationService final : public v1::EducationService::Service {
 public:
  EducationService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.EducationService"), pool_(pool), ids_(ids) {}

  grpc::Status SaveCourse(grpc::ServerContext* context, const v1::SaveCourseRequest* request,
                          v1::Course* response) override {
    return guard_.Unary(context, "SaveCourse", *request, *response,
                        [&](rpc::Call& call) { return SaveCourse(call, *request); });
  }
  grpc::Status ListCourses(grpc::ServerContext* context, const v1::ListCoursesRequest* request,
                           v1::ListCoursesResponse* response) override {
    return guard_.Unary(context, "ListCourses", *request, *response,
                        [&](rpc::Call& call) { return ListCourses(call, *request); });
  }
  grpc::Status SaveTrack(grpc::ServerContext* context, const v1::SaveTrackRequest* request,
                         v1::Track* response) override {
    return guard_.Unary(context, "SaveTrack", *request, *response,
                        [&](rpc::Call& call) { return SaveTrack(call, *request); });
  }
  grpc::Status ListTracks(grpc::ServerContext* context, const v1::ListTracksRequest* request,
                          v1::ListTracksResponse* response) override {
    return guard_.Unary(context, "ListTracks", *request, *response,
                        [&](rpc::Call& call) { return ListTracks(call, *request); });
  }
  grpc::Status ClaimCredits(grpc::ServerContext* context, const v1::ClaimCreditsRequest* request,
                            v1::Claim* response) override {
    return guard_.Unary(context, "ClaimCredits", *request, *response,
                        [&](rpc::Call& call) { return ClaimCredits(call, *request); });
  }
  grpc::Status ListClaims(grpc::ServerContext* context, const v1::ListClaimsRequest* request,
                          v1::ListClaimsResponse* response) override {
    return guard_.Unary(context, "ListClaims", *request, *response,
                        [&](rpc::Call& call) { return ListClaims(call, *request); });
  }
  grpc::Status DecideClaim(grpc::ServerContext* context, const v1::DecideClaimRequest* request,
                           v1::Claim* response) override {
    return guard_.Unary(context, "DecideClaim", *request, *response,
                        [&](rpc::Call& call) { return DecideClaim(call, *request); });
  }
  grpc::Status WithdrawClaim(grpc::ServerContext* context, const v1::WithdrawClaimRequest* request,
                             v1::Claim* response) override {
    return guard_.Unary(context, "WithdrawClaim", *request, *response,
                        [&](rpc::Call& call) { return WithdrawClaim(call, *request); });
  }
  grpc::Status RecordAttendance(grpc::ServerContext* context,
                                grpc::ServerReader<v1::RecordAttendanceRequest>* reader,
                                v1::RecordAttendanceResponse* response) override {
    return guard_.ClientStream(context, "RecordAttendance", *response,
                               [&](rpc::Call& call) { return RecordAttendance(call, *context, *reader); });
  }
  grpc::Status GrantCertification(grpc::ServerContext* context, const v1::GrantCertificationRequest* request,
                                  v1::Certification* response) override {
    return guard_.Unary(context, "GrantCertification", *request, *response,
                        [&](rpc::Call& call) { return GrantCertification(call, *request); });
  }
  grpc::Status RevokeCertification(grpc::ServerContext* context,
                                   const v1::RevokeCertificationRequest* request,
                                   v1::Certification* response) override {
    return guard_.Unary(context, "RevokeCertification", *request, *response,
                        [&](rpc::Call& call) { return RevokeCertification(call, *request); });
  }
  grpc::Status ListCertifications(grpc::ServerContext* context, const v1::ListCertificationsRequest* request,
                                  v1::ListCertificationsResponse* response) override {
    return guard_.Unary(context, "ListCertifications", *request, *response,
                        [&](rpc::Call& call) { return ListCertifications(call, *request); });
  }
  grpc::Status GetTranscript(grpc::ServerContext* context, const v1::GetTranscriptRequest* request,
                             v1::Transcript* response) override {
    return guard_.Unary(context, "GetTranscript", *request, *response,
                        [&](rpc::Call& call) { return GetTranscript(call, *request); });
  }

 private:
  absl::StatusOr<v1::Course> SaveCourse(rpc::Call& call, const v1::SaveCourseRequest& request);
  absl::StatusOr<v1::ListCoursesResponse> ListCourses(rpc::Call& call, const v1::ListCoursesRequest& request);
  absl::StatusOr<v1::Track> SaveTrack(rpc::Call& call, const v1::SaveTrackRequest& request);
  absl::StatusOr<v1::ListTracksResponse> ListTracks(rpc::Call& call, const v1::ListTracksRequest& request);
  absl::StatusOr<v1::Claim> ClaimCredits(rpc::Call& call, const v1::ClaimCreditsRequest& request);
  absl::StatusOr<v1::ListClaimsResponse> ListClaims(rpc::Call& call, const v1::ListClaimsRequest& request);
  absl::StatusOr<v1::Claim> DecideClaim(rpc::Call& call, const v1::DecideClaimRequest& request);
  absl::StatusOr<v1::Claim> WithdrawClaim(rpc::Call& call, const v1::WithdrawClaimRequest& request);
  absl::StatusOr<v1::RecordAttendanceResponse> RecordAttendance(
      rpc::Call& call, const grpc::ServerContext& context,
      grpc::ServerReader<v1::RecordAttendanceRequest>& reader);
  absl::StatusOr<v1::Certification> GrantCertification(rpc::Call& call,
                                                       const v1::GrantCertificationRequest& request);
  absl::StatusOr<v1::Certification> RevokeCertification(rpc::Call& call,
                                                        const v1::RevokeCertificationRequest& request);
  absl::StatusOr<v1::ListCertificationsResponse> ListCertifications(
      rpc::Call& call, const v1::ListCertificationsRequest& request);
  absl::StatusOr<v1::Transcript> GetTranscript(rpc::Call& call, const v1::GetTranscriptRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
