// Chapters, as chapter_service.proto states them.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/chapter_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class ChapterService final : public v1::ChapterService::Service {
 public:
  ChapterService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.ChapterService"), pool_(pool), ids_(ids) {}

  grpc::Status SaveChapter(grpc::ServerContext* context, const v1::SaveChapterRequest* request,
                           v1::Chapter* response) override {
    return guard_.Unary(context, "SaveChapter", *request, *response,
                        [&](rpc::Call& call) { return SaveChapter(call, *request); });
  }
  grpc::Status ListChapters(grpc::ServerContext* context, const v1::ListChaptersRequest* request,
                            v1::ListChaptersResponse* response) override {
    return guard_.Unary(context, "ListChapters", *request, *response,
                        [&](rpc::Call& call) { return ListChapters(call, *request); });
  }
  grpc::Status JoinChapter(grpc::ServerContext* context, const v1::JoinChapterRequest* request,
                           v1::ChapterMembership* response) override {
    return guard_.Unary(context, "JoinChapter", *request, *response,
                        [&](rpc::Call& call) { return JoinChapter(call, *request); });
  }
  grpc::Status LeaveChapter(grpc::ServerContext* context, const v1::LeaveChapterRequest* request,
                            v1::ChapterMembership* response) override {
    return guard_.Unary(context, "LeaveChapter", *request, *response,
                        [&](rpc::Call& call) { return LeaveChapter(call, *request); });
  }
  grpc::Status ListChapterMembers(grpc::ServerContext* context, const v1::ListChapterMembersRequest* request,
                                  v1::ListChapterMembersResponse* response) override {
    return guard_.Unary(context, "ListChapterMembers", *request, *response,
                        [&](rpc::Call& call) { return ListChapterMembers(call, *request); });
  }
  grpc::Status ListChapterMemberships(grpc::ServerContext* context,
                                      const v1::ListChapterMembershipsRequest* request,
                                      v1::ListChapterMembershipsResponse* response) override {
    return guard_.Unary(context, "ListChapterMemberships", *request, *response,
                        [&](rpc::Call& call) { return ListChapterMemberships(call, *request); });
  }

 private:
  absl::StatusOr<v1::Chapter> SaveChapter(rpc::Call& call, const v1::SaveChapterRequest& request);
  absl::StatusOr<v1::ListChaptersResponse> ListChapters(rpc::Call& call,
                                                        const v1::ListChaptersRequest& request);
  absl::StatusOr<v1::ChapterMembership> JoinChapter(rpc::Call& call, const v1::JoinChapterRequest& request);
  absl::StatusOr<v1::ChapterMembership> LeaveChapter(rpc::Call& call, const v1::LeaveChapterRequest& request);
  absl::StatusOr<v1::ListChapterMembersResponse> ListChapterMembers(
      rpc::Call& call, const v1::ListChapterMembersRequest& request);
  absl::StatusOr<v1::ListChapterMembershipsResponse> ListChapterMemberships(
      rpc::Call& call, const v1::ListChapterMembershipsRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
