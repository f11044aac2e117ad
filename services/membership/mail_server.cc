#include "services/membership/mail_server.h"

#include <fstream>
#include <utility>

#include "common/mail/smtp.h"
#include "common/status/macros.h"
#include "services/membership/errors_notices.h"
#include "services/membership/rules/email.h"

namespace plenary::membership {
namespace {

absl::Status CheckFlags(const MailServerFlags& flags) {
  if (!rules::NormaliseEmail(flags.mail_from).has_value()) {
    return errors::MailFlagInvalid("--mail_from",
                                   "Give the address that mail comes from, such as "
                                   "office@society.example.");
  }
  if (flags.smtp_user.empty() != flags.smtp_password_file.empty()) {
    return errors::MailFlagInvalid("--smtp_user", "It comes with --smtp_password_file, and not without.");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadPassword(const std::string& path) {
  if (path.empty()) return "";
  std::string password;
  std::ifstream file(path);
  if (!std::getline(file, password) || password.empty()) {
    return errors::MailFlagInvalid("--smtp_password_file", "It cannot be read, or its first line is empty.");
  }
  return password;
}

}  // namespace

absl::StatusOr<std::unique_ptr<mail::Transport>> OpenMailServer(const MailServerFlags& flags) {
  if (flags.smtp_url.empty()) return std::unique_ptr<mail::Transport>();
  RETURN_IF_ERROR(CheckFlags(flags));
  ASSIGN_OR_RETURN(std::string password, ReadPassword(flags.smtp_password_file));
  ASSIGN_OR_RETURN(std::unique_ptr<mail::SmtpTransport> smtp,
                   mail::SmtpTransport::Create({.url = flags.smtp_url,
                                                .user = flags.smtp_user,
                                                .password = std::move(password),
                                                .ca_file = flags.smtp_ca_file}));
  return std::unique_ptr<mail::Transport>(std::move(smtp));
}

}  // namespace plenary::membership
