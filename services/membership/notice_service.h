// Notices and suppressed addresses, as notice_service.proto states them.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/notice_service.grpc.pb.h"
#include "services/membership/notice_library.h"
#include "services/membership/store/notice_records.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class NoticeService final : public v1::NoticeService::Service {
 public:
  // `mail_domain` ends the Message-IDs; "" when the service sends no mail.
  NoticeService(rpc::Edge& edge, db::Pool& pool, const NoticeLibrary& library, std::string mail_domain)
      : guard_(edge, "plenary.membership.v1.NoticeService"),
        pool_(pool),
        library_(library),
        mail_domain_(std::move(mail_domain)) {}

  grpc::Status ListNotices(grpc::ServerContext* context, const v1::ListNoticesRequest* request,
                           v1::ListNoticesResponse* response) override {
    return guard_.Unary(context, "ListNotices", *request, *response,
                        [&](rpc::Call& call) { return ListNotices(call, *request); });
  }
  grpc::Status ListMyNotices(grpc::ServerContext* context, const v1::ListMyNoticesRequest* request,
                             v1::ListMyNoticesResponse* response) override {
    return guard_.Unary(context, "ListMyNotices", *request, *response,
                        [&](rpc::Call& call) { return ListMyNotices(call, *request); });
  }
  grpc::Status GetNotice(grpc::ServerContext* context, const v1::GetNoticeRequest* request,
                         v1::Notice* response) override {
    return guard_.Unary(context, "GetNotice", *request, *response,
                        [&](rpc::Call& call) { return GetNotice(call, *request); });
  }
  grpc::Status GetNoticeCounts(grpc::ServerContext* context, const v1::GetNoticeCountsRequest* request,
                               v1::GetNoticeCountsResponse* response) override {
    return guard_.Unary(context, "GetNoticeCounts", *request, *response,
                        [&](rpc::Call& call) { return GetNoticeCounts(call); });
  }
  grpc::Status ResendNotice(grpc::ServerContext* context, const v1::ResendNoticeRequest* request,
                            v1::Notice* response) override {
    return guard_.Unary(context, "ResendNotice", *request, *response,
                        [&](rpc::Call& call) { return ResendNotice(call, *request); });
  }
  grpc::Status ReportBounce(grpc::ServerContext* context, const v1::ReportBounceRequest* request,
                            v1::SuppressedAddress* response) override {
    return guard_.Unary(context, "ReportBounce", *request, *response,
                        [&](rpc::Call& call) { return ReportBounce(call, *request); });
  }
  grpc::Status ClearSuppression(grpc::ServerContext* context, const v1::ClearSuppressionRequest* request,
                                v1::ClearSuppressionResponse* response) override {
    return guard_.Unary(context, "ClearSuppression", *request, *response,
                        [&](rpc::Call& call) { return ClearSuppression(call, *request); });
  }
  grpc::Status ListSuppressedAddresses(grpc::ServerContext* context,
                                       const v1::ListSuppressedAddressesRequest* request,
                                       v1::ListSuppressedAddressesResponse* response) override {
    return guard_.Unary(context, "ListSuppressedAddresses", *request, *response,
                        [&](rpc::Call& call) { return ListSuppressedAddresses(call, *request); });
  }

 private:
  absl::StatusOr<v1::ListNoticesResponse> ListNotices(rpc::Call& call, const v1::ListNoticesRequest& request);
  absl::StatusOr<v1::ListMyNoticesResponse> ListMyNotices(rpc::Call& call,
                                                          const v1::ListMyNoticesRequest& request);
  absl::StatusOr<v1::Notice> GetNotice(rpc::Call& call, const v1::GetNoticeRequest& request);
  absl::StatusOr<v1::GetNoticeCountsResponse> GetNoticeCounts(rpc::Call& call);
  absl::StatusOr<v1::Notice> ResendNotice(rpc::Call& call, const v1::ResendNoticeRequest& request);
  absl::StatusOr<v1::SuppressedAddress> ReportBounce(rpc::Call& call, const v1::ReportBounceRequest& request);
  absl::StatusOr<v1::ClearSuppressionResponse> ClearSuppression(rpc::Call& call,
                                                                const v1::ClearSuppressionRequest& request);
  absl::StatusOr<v1::ListSuppressedAddressesResponse> ListSuppressedAddresses(
      rpc::Call& call, const v1::ListSuppressedAddressesRequest& request);

  // A page of `filter` into either kind of answer.
  template <typename Response>
  absl::StatusOr<Response> Page(rpc::Call& call, const store::NoticeFilter& filter, int page_size,
                                const std::string& page_token);
  v1::Notice Shown(const store::NoticeRecord& record) const;

  rpc::Guard guard_;
  db::Pool& pool_;
  const NoticeLibrary& library_;
  const std::string mail_domain_;
};

}  // namespace plenary::membership
