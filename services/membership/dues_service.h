// Invoices, payments, refunds and contributions, as dues_service.proto states it.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/dues_service.grpc.pb.h"
#include "services/membership/store/holders.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class DuesService final : public v1::DuesService::Service {
 public:
  DuesService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.DuesService"), pool_(pool), ids_(ids) {}

  grpc::Status CreateInvoice(grpc::ServerContext* context, const v1::CreateInvoiceRequest* request,
                             v1::Invoice* response) override {
    return guard_.Unary(context, "CreateInvoice", *request, *response,
                        [&](rpc::Call& call) { return CreateInvoice(call, *request); });
  }
  grpc::Status GetInvoice(grpc::ServerContext* context, const v1::GetInvoiceRequest* request,
                          v1::Invoice* response) override {
    return guard_.Unary(context, "GetInvoice", *request, *response,
                        [&](rpc::Call& call) { return GetInvoice(call, *request); });
  }
  grpc::Status ListInvoices(grpc::ServerContext* context, const v1::ListInvoicesRequest* request,
                            v1::ListInvoicesResponse* response) override {
    return guard_.Unary(context, "ListInvoices", *request, *response,
                        [&](rpc::Call& call) { return ListInvoices(call, *request); });
  }
  grpc::Status VoidInvoice(grpc::ServerContext* context, const v1::VoidInvoiceRequest* request,
                           v1::Invoice* response) override {
    return guard_.Unary(context, "VoidInvoice", *request, *response,
                        [&](rpc::Call& call) { return VoidInvoice(call, *request); });
  }
  grpc::Status RecordPayment(grpc::ServerContext* context, const v1::RecordPaymentRequest* request,
                             v1::Payment* response) override {
    return guard_.Unary(context, "RecordPayment", *request, *response,
                        [&](rpc::Call& call) { return RecordPayment(call, *request); });
  }
  grpc::Status RefundPayment(grpc::ServerContext* context, const v1::RefundPaymentRequest* request,
                             v1::Payment* response) override {
    return guard_.Unary(context, "RefundPayment", *request, *response,
                        [&](rpc::Call& call) { return RefundPayment(call, *request); });
  }
  grpc::Status ListPayments(grpc::ServerContext* context, const v1::ListPaymentsRequest* request,
                            v1::ListPaymentsResponse* response) override {
    return guard_.Unary(context, "ListPayments", *request, *response,
                        [&](rpc::Call& call) { return ListPayments(call, *request); });
  }
  grpc::Status RecordContribution(grpc::ServerContext* context, const v1::RecordContributionRequest* request,
                                  v1::Contribution* response) override {
    return guard_.Unary(context, "RecordContribution", *request, *response,
                        [&](rpc::Call& call) { return RecordContribution(call, *request); });
  }
  grpc::Status ListContributions(grpc::ServerContext* context, const v1::ListContributionsRequest* request,
                                 v1::ListContributionsResponse* response) override {
    return guard_.Unary(context, "ListContributions", *request, *response,
                        [&](rpc::Call& call) { return ListContributions(call, *request); });
  }
  grpc::Status GetRevenue(grpc::ServerContext* context, const v1::GetRevenueRequest* request,
                          v1::GetRevenueResponse* response) override {
    return guard_.Unary(context, "GetRevenue", *request, *response,
                        [&](rpc::Call& call) { return GetRevenue(call, *request); });
  }

 private:
  absl::StatusOr<v1::Invoice> CreateInvoice(rpc::Call& call, const v1::CreateInvoiceRequest& request);
  absl::StatusOr<v1::Invoice> GetInvoice(rpc::Call& call, const v1::GetInvoiceRequest& request);
  absl::StatusOr<v1::ListInvoicesResponse> ListInvoices(rpc::Call& call,
                                                        const v1::ListInvoicesRequest& request);
  absl::StatusOr<v1::Invoice> VoidInvoice(rpc::Call& call, const v1::VoidInvoiceRequest& request);
  absl::StatusOr<v1::Payment> RecordPayment(rpc::Call& call, const v1::RecordPaymentRequest& request);
  absl::StatusOr<v1::Payment> RefundPayment(rpc::Call& call, const v1::RefundPaymentRequest& request);
  absl::StatusOr<v1::ListPaymentsResponse> ListPayments(rpc::Call& call,
                                                        const v1::ListPaymentsRequest& request);
  absl::StatusOr<v1::Contribution> RecordContribution(rpc::Call& call,
                                                      const v1::RecordContributionRequest& request);
  absl::StatusOr<v1::ListContributionsResponse> ListContributions(
      rpc::Call& call, const v1::ListContributionsRequest& request);
  absl::StatusOr<v1::GetRevenueResponse> GetRevenue(rpc::Call& call, const v1::GetRevenueRequest& request);

  // What is not locked yet: whose it is decides what is locked first.
  absl::StatusOr<v1::Invoice> FindInvoice(const rpc::Call& call, const std::string& name);
  absl::StatusOr<v1::Payment> FindPayment(const rpc::Call& call, const std::string& name);
  // The id that a list is narrowed to: "" for all, which only staff see.
  absl::StatusOr<std::string> ListedHolder(rpc::Call& call, std::string_view field, const std::string& name);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
