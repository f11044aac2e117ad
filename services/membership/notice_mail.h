// What the process sends mail with: flags, words, mail server, sender.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/mail/transport.h"
#include "common/time/clock.h"
#include "services/membership/notice_library.h"
#include "services/membership/notice_sender.h"

namespace plenary::membership {

struct MailFlags {
  std::string smtp_url;  // "": nothing is sent
  std::string smtp_user;
  std::string smtp_password_file;
  std::string smtp_ca_file;
  std::string mail_from;
  std::string mail_name;
  std::string public_url;
  std::string template_dir;
};

class NoticeMail {
 public:
  // Reads the words and begins to send. Borrows pool and clock. INVALID_ARGUMENT, reason MAIL_FLAG_INVALID or
  // SMTP_URL_INVALID; FAILED_PRECONDITION, reason NOTICE_TEMPLATE_INVALID.
  static absl::StatusOr<std::shared_ptr<NoticeMail>> Start(const MailFlags& flags, db::Pool& pool,
                                                           const Clock& clock);

  const NoticeLibrary& library() const { return library_; }
  // "" when nothing is sent.
  std::string domain() const { return transport_ == nullptr ? "" : identity_.Domain(); }
  // Waits for the message in progress, and sends no other.
  void Stop() { sender_.Stop(); }

 private:
  NoticeMail(NoticeLibrary library, std::unique_ptr<mail::Transport> transport, MailIdentity identity,
             db::Pool& pool, const Clock& clock);

  const NoticeLibrary library_;
  const std::unique_ptr<mail::Transport> transport_;
  const MailIdentity identity_;
  NoticeSender sender_;
};

}  // namespace plenary::membership
