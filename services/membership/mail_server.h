// The mail server that a process hands its mail to: flags and connection.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/mail/transport.h"

namespace plenary::membership {

struct MailServerFlags {
  std::string smtp_url;  // "": nothing is sent
  std::string smtp_user;
  std::string smtp_password_file;
  std::string smtp_ca_file;
  std::string mail_from;
};

// nullptr when there is none. INVALID_ARGUMENT, reason MAIL_FLAG_INVALID or SMTP_URL_INVALID.
absl::StatusOr<std::unique_ptr<mail::Transport>> OpenMailServer(const MailServerFlags& flags);

}  // namespace plenary::membership
