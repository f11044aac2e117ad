// The mailing list, as contact_service.proto states it.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/contact_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class ContactService final : public v1::ContactService::Service {
 public:
  ContactService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.ContactService"), pool_(pool), ids_(ids) {}

  grpc::Status SaveTopic(grpc::ServerContext* context, const v1::SaveTopicRequest* request,
                         v1::Topic* response) override {
    return guard_.Unary(context, "SaveTopic", *request, *response,
                        [&](rpc::Call& call) { return SaveTopic(call, *request); });
  }
  grpc::Status ListTopics(grpc::ServerContext* context, const v1::ListTopicsRequest* request,
                          v1::ListTopicsResponse* response) override {
    return guard_.Unary(context, "ListTopics", *request, *response,
                        [&](rpc::Call& call) { return ListTopics(call, *request); });
  }
  grpc::Status AddContact(grpc::ServerContext* context, const v1::AddContactRequest* request,
                          v1::Contact* response) override {
    return guard_.Unary(context, "AddContact", *request, *response,
                        [&](rpc::Call& call) { return AddContact(call, *request); });
  }
  grpc::Status ImportContacts(grpc::ServerContext* context,
                              grpc::ServerReader<v1::ImportContactsRequest>* reader,
                              v1::ImportContactsResponse* response) override {
    return guard_.ClientStream(context, "ImportContacts", *response,
                               [&](rpc::Call& call) { return ImportContacts(call, *context, *reader); });
  }
  grpc::Status Subscribe(grpc::ServerContext* context, const v1::SubscribeRequest* request,
                         v1::SubscribeResponse* response) override {
    return guard_.Unary(context, "Subscribe", *request, *response,
                        [&](rpc::Call& call) { return Subscribe(call, *context, *request); });
  }
  grpc::Status ConfirmSubscription(grpc::ServerContext* context,
                                   const v1::ConfirmSubscriptionRequest* request,
                                   v1::ConfirmSubscriptionResponse* response) override {
    return guard_.Unary(context, "ConfirmSubscription", *request, *response,
                        [&](rpc::Call& call) { return ConfirmSubscription(call, *request); });
  }
  grpc::Status Unsubscribe(grpc::ServerContext* context, const v1::UnsubscribeRequest* request,
                           v1::UnsubscribeResponse* response) override {
    return guard_.Unary(context, "Unsubscribe", *request, *response,
                        [&](rpc::Call& call) { return Unsubscribe(call, *request); });
  }
  grpc::Status EraseContact(grpc::ServerContext* context, const v1::EraseContactRequest* request,
                            v1::EraseContactResponse* response) override {
    return guard_.Unary(context, "EraseContact", *request, *response,
                        [&](rpc::Call& call) { return EraseContact(call, *request); });
  }
  grpc::Status ListContacts(grpc::ServerContext* context, const v1::ListContactsRequest* request,
                            v1::ListContactsResponse* response) override {
    return guard_.Unary(context, "ListContacts", *request, *response,
                        [&](rpc::Call& call) { return ListContacts(call, *request); });
  }
  grpc::Status ExportContacts(grpc::ServerContext* context, const v1::ExportContactsRequest* request,
                              grpc::ServerWriter<v1::ExportContactsResponse>* writer) override {
    return guard_.ServerStream(context, "ExportContacts", *request,
                               [&](rpc::Call& call) { return ExportContacts(call, *request, *writer); });
  }
  grpc::Status ListConsents(grpc::ServerContext* context, const v1::ListConsentsRequest* request,
                            v1::ListConsentsResponse* response) override {
    return guard_.Unary(context, "ListConsents", *request, *response,
                        [&](rpc::Call& call) { return ListConsents(call, *request); });
  }

 private:
  absl::StatusOr<v1::Topic> SaveTopic(rpc::Call& call, const v1::SaveTopicRequest& request);
  absl::StatusOr<v1::ListTopicsResponse> ListTopics(rpc::Call& call, const v1::ListTopicsRequest& request);
  absl::StatusOr<v1::Contact> AddContact(rpc::Call& call, const v1::AddContactRequest& request);
  absl::StatusOr<v1::ImportContactsResponse> ImportContacts(
      rpc::Call& call, const grpc::ServerContext& context,
      grpc::ServerReader<v1::ImportContactsRequest>& reader);
  absl::StatusOr<v1::SubscribeResponse> Subscribe(rpc::Call& call, const grpc::ServerContext& context,
                                                  const v1::SubscribeRequest& request);
  absl::StatusOr<v1::ConfirmSubscriptionResponse> ConfirmSubscription(
      rpc::Call& call, const v1::ConfirmSubscriptionRequest& request);
  absl::StatusOr<v1::UnsubscribeResponse> Unsubscribe(rpc::Call& call, const v1::UnsubscribeRequest& request);
  absl::StatusOr<v1::EraseContactResponse> EraseContact(rpc::Call& call,
                                                        const v1::EraseContactRequest& request);
  absl::StatusOr<v1::ListContactsResponse> ListContacts(rpc::Call& call,
                                                        const v1::ListContactsRequest& request);
  absl::Status ExportContacts(rpc::Call& call, const v1::ExportContactsRequest& request,
                              grpc::ServerWriter<v1::ExportContactsResponse>& writer);
  absl::StatusOr<v1::ListConsentsResponse> ListConsents(rpc::Call& call,
                                                        const v1::ListConsentsRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
