#include "services/cli/session_renewal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"

namespace plenary::cli {
namespace {

using membership::v1::RefreshSessionRequest;
using membership::v1::ServiceAccountService;
using membership::v1::SessionService;
using membership::v1::SignedInServiceAccount;
using membership::v1::SignedInSession;
using membership::v1::SignInServiceAccountRequest;
using membership::v1::SignOutRequest;
using membership::v1::SignOutResponse;

// Held while it lives; another process waits for it.
class FileLock {
 public:
  static absl::StatusOr<FileLock> Take(const std::string& path) {
    RETURN_IF_ERROR(MakeFolderOf(path));
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0) return errors::FileUnwritable(path, std::strerror(errno));
    int locked = 0;
    do {
      locked = ::flock(file, LOCK_EX);
    } while (locked != 0 && errno == EINTR);
    if (locked == 0) return FileLock(file);
    ::close(file);
    return errors::FileUnwritable(path, std::strerror(errno));
  }
  FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock() {
    if (file_ >= 0) ::close(file_);
  }

 private:
  explicit FileLock(int file) : file_(file) {}
  int file_;
};

template <typename Answer>
std::map<std::string, std::string> TokensOf(const Answer& answer) {
  std::map<std::string, std::string> tokens;
  for (const auto& token : answer.tokens()) tokens[token.service()] = token.access_token();
  return tokens;
}

absl::StatusOr<Session> Refresh(Invocation& run, Session session) {
  // Kept before it is sent: whoever tries again after a lost answer sends the same.
  if (session.refresh_request.empty()) {
    session.refresh_request = RandomUuid();
    RETURN_IF_ERROR(SaveSession(run.session_path(), session));
  }
  RefreshSessionRequest request;
  request.set_refresh_token(session.refresh_token);
  request.set_request_id(session.refresh_request);
  const absl::StatusOr<SignedInSession> answer =
      run.AskWithoutToken(&SessionService::Stub::RefreshSession, request);
  if (answer.ok()) return SessionOf(*answer, session.email);
  if (absl::IsUnauthenticated(answer.status())) {
    session.refresh_token.clear();
    session.refresh_request.clear();
    RETURN_IF_ERROR(SaveSession(run.session_path(), session));
  }
  return answer.status();
}

}  // namespace

bool CanBeRenewed(const Session& session) {
  return !session.refresh_token.empty() || !session.service_account.empty();
}

Session SessionOf(const SignedInSession& answer, const std::string& email) {
  return {.tokens = TokensOf(answer),
          .expire_time = FromTimestamp(answer.expire_time()),
          .person = answer.person(),
          .full_name = answer.full_name(),
          .email = email,
          .roles = {answer.roles().begin(), answer.roles().end()},
          .session = answer.session(),
          .refresh_token = answer.refresh_token()};
}

absl::StatusOr<Session> SignInServiceAccount(Invocation& run, const std::string& account,
                                             const std::string& secret_file) {
  ASSIGN_OR_RETURN(std::string secret, ReadNamedFile(secret_file));
  const crypto::WipeAtEnd wipe(secret);
  SignInServiceAccountRequest request;
  request.set_name(account);
  request.set_secret(std::string(absl::StripAsciiWhitespace({secret.data(), secret.size()})));
  ASSIGN_OR_RETURN(const SignedInServiceAccount answer,
                   run.AskWithoutToken(&ServiceAccountService::Stub::SignInServiceAccount, request));
  return Session{.tokens = TokensOf(answer),
                 .expire_time = FromTimestamp(answer.expire_time()),
                 .person = "",
                 .full_name = answer.display_name(),
                 .email = "",
                 .roles = {answer.roles().begin(), answer.roles().end()},
                 .session = "",
                 .refresh_token = "",
                 .refresh_request = "",
                 .service_account = answer.name(),
                 .secret_file = secret_file};
}

absl::StatusOr<Session> RenewSession(Invocation& run, const Session& expired) {
  const std::string path = run.session_path();
  ASSIGN_OR_RETURN(const FileLock lock, FileLock::Take(path + ".lock"));
  ASSIGN_OR_RETURN(const std::optional<Session> stored, LoadSession(path));
  if (!stored.has_value()) return errors::NotSignedIn();
  if (run.Now() < stored->expire_time) return *stored;  // another command was first
  if (!CanBeRenewed(*stored)) return errors::SessionEnded(FormatInstant(expired.expire_time));
  absl::StatusOr<Session> renewed =
      stored->refresh_token.empty() ? SignInServiceAccount(run, stored->service_account, stored->secret_file)
                                    : Refresh(run, *stored);
  if (renewed.ok()) RETURN_IF_ERROR(SaveSession(path, *renewed));
  return renewed;
}

absl::Status EndSession(Invocation& run, const Session& session) {
  if (session.refresh_token.empty()) return absl::OkStatus();
  SignOutRequest request;
  request.set_refresh_token(session.refresh_token);
  const absl::Status told = run.AskWithoutToken(&SessionService::Stub::SignOut, request).status();
  return absl::IsUnauthenticated(told) ? absl::OkStatus() : told;  // it had ended
}

}  // namespace plenary::cli
