// Signing in at the auditor's registrar, which takes no token of membership: it mails a code of its own.
#pragma once

#include <grpcpp/client_context.h>

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/cli/invocation.h"
#include "services/cli/mailbox.h"

namespace plenary::cli {

// Who is signed in there. As secret as a password.
struct AuditorSession {
  std::string email;
  std::string access_token;
  absl::Time expire_time;  // by the suite's clock
  std::string person;      // "people/…"; "" of the auditor
};

// Has a code mailed to the address, if the registrar knows it; it does not say.
absl::Status RequestAuditorCode(Invocation& run, const std::string& email);
// With a code that was given, not typed: when it is CODE_WRONG, the error says how to get another.
absl::StatusOr<AuditorSession> ProveAuditorCode(Invocation& run, const std::string& email,
                                                const std::string& code);

// Where the mailed code is read.
enum class CodeFrom {
  kTerminal,  // the person types it; CODE_MISSING when nothing is typed
  kMail,  // the mail that a development stack catches; MAIL_NOT_KEPT, or MAIL_NOT_FOUND after kMailPatience
};
// How long a mail may be on its way to the folder, real time.
inline constexpr absl::Duration kMailPatience = absl::Seconds(20);
// Both: requests a code, reads it, proves it. The session is in memory alone.
absl::StatusOr<AuditorSession> SignInAtAuditor(Invocation& run, const std::string& email, CodeFrom from);

// The code of the newest mail of the auditor's registrar among `mails`, beyond the number `after`; "" when
// there is none. Membership mails codes to the same addresses, which are no good here.
std::string NewestAuditorCode(const std::vector<CaughtMail>& mails, int after);

// The auditor's own session between commands, in a file beside the session's that only its owner may read.
absl::Status SaveAuditorSession(Invocation& run, const AuditorSession& session);
// AUDITOR_NOT_SIGNED_IN when there is none, or it has expired by the stack's clock.
absl::StatusOr<AuditorSession> SignedInAtAuditor(Invocation& run);

// A unary call to the auditor's registrar; `token` may be "", for what anybody may ask.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> AskAuditor(Invocation& run, std::string_view token,
                                    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                 Response*),
                                    const Request& request) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kAuditor));
  Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareAnonymous(context);
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + std::string(token));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return run.ErrorWithoutToken(Part::kAuditor, status);
  return response;
}

}  // namespace plenary::cli
