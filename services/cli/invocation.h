// One run of a command: where the services are, who asks, and the calls themselves.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "google/protobuf/message.h"
#include "services/cli/output.h"
#include "services/cli/progress.h"
#include "services/cli/service_part.h"
#include "services/cli/session.h"
#include "services/cli/stack.h"
#include "services/cli/surroundings.h"

namespace plenary::cli {

// The flags that every command has, and the two that many share.
struct GlobalFlags {
  PartAddresses addresses;
  std::string session_file;
  bool json = false;
  bool progress = false;
  int timeout_seconds = 30;  // of one call, real time
  std::string request_id;    // of a mutation; "": drawn
  int limit = 0;             // of a list; 0: all
};

// Takes `limit` items of the first repeated field of a list's answer; 0 takes all.
void Truncate(google::protobuf::Message& answer, int limit);
// How many items the first repeated field of a list's answer holds.
int ItemCount(const google::protobuf::Message& answer);

class Invocation {
 public:
  // Borrows both.
  Invocation(const GlobalFlags& flags, Surroundings& surroundings);

  Output& out() { return output_; }
  Surroundings& surroundings() { return surroundings_; }
  const GlobalFlags& flags() const { return flags_; }

  absl::StatusOr<Stack> FindServices();
  absl::StatusOr<std::shared_ptr<grpc::Channel>> Channel(Part part);
  // A connection that shares nothing with Channel()'s.
  absl::StatusOr<std::shared_ptr<grpc::Channel>> FreshChannel(Part part);

  std::string session_path() const { return SessionPath(flags_.session_file, surroundings_); }
  // The session, renewed when its tokens have expired by the stack's clock; or NOT_SIGNED_IN, or
  // SESSION_ENDED.
  absl::StatusOr<Session> SignedIn();
  // The session as it was saved, expired or not; NOT_SIGNED_IN. Nothing is asked of anybody.
  absl::StatusOr<Session> KeptSession();
  // The session that a command has saved, for what it asks next.
  void Use(const Session& session) { session_ = std::optional<Session>(session); }
  // What time it is for tokens: the stack's clock, else real time.
  absl::Time Now();

  // The mutation's --request-id, or one drawn at random.
  std::string RequestId() const;

  // Deadline and, unless the part is the box or the auditor's registrar, or the session has ended, the token.
  void Prepare(grpc::ClientContext& context, Part part);
  // The same with the longer deadline of a stream.
  void PrepareStream(grpc::ClientContext& context, Part part);
  // The deadline alone.
  void PrepareAnonymous(grpc::ClientContext& context) const;
  // The error of a call as this program shows it: an unreachable service and a missing session in words.
  absl::Status ErrorOf(Part part, const grpc::Status& status);
  // The same for a call that shows no token: a refusal is the service's own.
  absl::Status ErrorWithoutToken(Part part, const grpc::Status& status);

  // A unary call that shows no token: whoever signs in shows no older one.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> AskWithoutToken(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*),
                                           const Request& request) {
    ASSIGN_OR_RETURN(const auto channel, Channel(kPartOf<Stub>));
    Stub stub(channel);
    grpc::ClientContext context;
    PrepareAnonymous(context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return ErrorWithoutToken(kPartOf<Stub>, status);
    return response;
  }

  // A unary call: Ask(&RegisterService::Stub::GetPerson, request).
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request) {
    ASSIGN_OR_RETURN(const auto channel, Channel(kPartOf<Stub>));
    Stub stub(channel);
    grpc::ClientContext context;
    Prepare(context, kPartOf<Stub>);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return ErrorOf(kPartOf<Stub>, status);
    return response;
  }

  // Every page of a list in one answer, --limit items at most; its next_page_token is empty.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> AskAll(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                                  const Request& request) {
    return AskUpTo(flags_.limit, method, request);
  }

  // The same with a limit of the command's own; 0: all.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> AskUpTo(int limit,
                                   grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                Response*),
                                   Request request) {
    const std::unique_ptr<Progress> progress = ShowProgress("Listing", 0);
    Response all;
    request.set_page_size(limit > 0 ? limit : kLargestPage);
    while (true) {
      ASSIGN_OR_RETURN(Response page, Ask(method, request));
      progress->Advance(ItemCount(page));
      request.set_page_token(page.next_page_token());
      page.clear_next_page_token();
      all.MergeFrom(page);
      if (request.page_token().empty() || (limit > 0 && ItemCount(all) >= limit)) break;
    }
    Truncate(all, limit);
    return all;
  }

  // On a terminal, or when it was asked for.
  std::unique_ptr<Progress> ShowProgress(std::string label, std::int64_t total);

 private:
  // A service gives fewer when this is more than it allows.
  static constexpr int kLargestPage = 1000;

  const GlobalFlags& flags_;
  Surroundings& surroundings_;
  Output output_;
  std::optional<absl::StatusOr<Stack>> stack_;
  std::optional<absl::StatusOr<std::optional<Session>>> session_;
  std::array<std::shared_ptr<grpc::Channel>, kParts.size()> channels_;

  const absl::StatusOr<std::optional<Session>>& LoadedSession();
  absl::StatusOr<Session> Renewed(const Session& session);

  std::optional<absl::Status> renewal_failure_;  // it is tried once a run
};

}  // namespace plenary::cli
