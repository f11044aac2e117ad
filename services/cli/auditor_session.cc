#include "services/cli/auditor_session.h"

#include <chrono>
#include <istream>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/status/error.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "nlohmann/json.hpp"
#include "services/cli/errors.h"
#include "services/cli/files.h"

namespace plenary::cli {
namespace {

using membership::v1::AuditorService;

// The mails of the auditor's registrar are known by the beginning of their ids.
constexpr std::string_view kRegistrarMail = "<registrar-code.";
// Between two looks at the folder, real time.
constexpr std::chrono::milliseconds kMailPoll(50);

std::string AuditorSessionPath(Invocation& run) { return run.session_path() + ".auditor"; }

absl::StatusOr<std::vector<CaughtMail>> MailTo(Invocation& run, const std::string& email) {
  ASSIGN_OR_RETURN(const Stack stack, run.FindServices());
  if (stack.mail_dir.empty()) return errors::MailNotKept();
  return ReadMailbox(stack.mail_dir, email);
}

absl::StatusOr<AuditorSession> Prove(Invocation& run, const std::string& email, const std::string& code) {
  membership::v1::ProveCodeRequest request;
  request.set_email(email);
  request.set_code(code);
  ASSIGN_OR_RETURN(const auto answer, AskAuditor(run, "", &AuditorService::Stub::ProveCode, request));
  return AuditorSession{.email = email,
                        .access_token = answer.access_token(),
                        .expire_time = FromTimestamp(answer.expire_time()),
                        .person = answer.person()};
}

absl::StatusOr<AuditorSession> SignInByMail(Invocation& run, const std::string& email) {
  ASSIGN_OR_RETURN(const std::vector<CaughtMail> before, MailTo(run, email));
  const int after = before.empty() ? 0 : before.back().number;
  RETURN_IF_ERROR(RequestAuditorCode(run, email));
  const absl::Time until = absl::Now() + kMailPatience;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<CaughtMail> mails, MailTo(run, email));
    const std::string code = NewestAuditorCode(mails, after);
    if (!code.empty()) return Prove(run, email, code);
    if (absl::Now() > until) return errors::NoAuditorMail(email);
    std::this_thread::sleep_for(kMailPoll);
  }
}

// Asks until the code is right, used up, or nobody answers.
absl::StatusOr<AuditorSession> SignInByHand(Invocation& run, const std::string& email) {
  const absl::Status requested = RequestAuditorCode(run, email);
  // A code that came before may still be good.
  const bool too_many = ReasonOf(requested) == "TOO_MANY_CODES";
  if (!requested.ok() && !too_many) return requested;
  Surroundings& surroundings = run.surroundings();
  if (too_many) {
    surroundings.err << requested.message() << "\n";
  } else {
    surroundings.err << "The auditor's registrar has mailed a code of its own to " << email
                     << ", if it is in its copy of the roll.\n";
  }
  while (true) {
    surroundings.err << "Code of the auditor's registrar: " << std::flush;
    std::string code;
    if (!std::getline(surroundings.in, code) || code.empty()) return errors::AuditorCodeNotTyped();
    auto session = Prove(run, email, code);
    if (session.ok() || ReasonOf(session.status()) != "CODE_WRONG") return session;
    surroundings.err << session.status().message() << "\n";
  }
}

}  // namespace

absl::Status RequestAuditorCode(Invocation& run, const std::string& email) {
  membership::v1::RequestCodeRequest request;
  request.set_email(email);
  return AskAuditor(run, "", &AuditorService::Stub::RequestCode, request).status();
}

absl::StatusOr<AuditorSession> ProveAuditorCode(Invocation& run, const std::string& email,
                                                const std::string& code) {
  auto session = Prove(run, email, code);
  return ReasonOf(session.status()) == "CODE_WRONG" ? errors::AuditorCodeWrong() : session;
}

absl::StatusOr<AuditorSession> SignInAtAuditor(Invocation& run, const std::string& email, CodeFrom from) {
  return from == CodeFrom::kMail ? SignInByMail(run, email) : SignInByHand(run, email);
}

std::string NewestAuditorCode(const std::vector<CaughtMail>& mails, int after) {
  for (auto caught = mails.rbegin(); caught != mails.rend() && caught->number > after; ++caught) {
    if (caught->mail.message_id.starts_with(kRegistrarMail)) return CodeIn(caught->mail);
  }
  return "";
}

absl::Status SaveAuditorSession(Invocation& run, const AuditorSession& session) {
  const nlohmann::ordered_json json = {{"email", session.email},
                                       {"access_token", session.access_token},
                                       {"expire_time", FormatInstant(session.expire_time)},
                                       {"person", session.person}};
  return WriteSecretFile(AuditorSessionPath(run), json.dump(2) + "\n");
}

absl::StatusOr<AuditorSession> SignedInAtAuditor(Invocation& run) {
  const auto text = ReadFile(AuditorSessionPath(run));
  if (absl::IsNotFound(text.status())) return errors::AuditorNotSignedIn();
  RETURN_IF_ERROR(text.status());
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return errors::AuditorNotSignedIn();
  const auto expires = ParseInstant(json.value("expire_time", ""));
  AuditorSession session{.email = json.value("email", ""),
                         .access_token = json.value("access_token", ""),
                         .expire_time = expires.value_or(absl::InfinitePast()),
                         .person = json.value("person", "")};
  if (session.access_token.empty() || session.expire_time <= run.Now()) return errors::AuditorNotSignedIn();
  return session;
}

}  // namespace plenary::cli
