#include "services/membership/notice_mail.h"

#include <utility>

#include "common/status/macros.h"
#include "services/membership/errors_notices.h"
#include "services/membership/mail_server.h"
#include "services/membership/rules/email.h"

namespace plenary::membership {
namespace {

// Links in mail go over TLS, or stay on this machine.
bool IsPublicUrl(std::string_view url) {
  const auto begins = [&](std::string_view prefix) { return url.rfind(prefix, 0) == 0; };
  return (begins("https://") || begins("http://127.0.0.1") || begins("http://localhost")) &&
         url.back() != '/';
}

absl::StatusOr<std::unique_ptr<mail::Transport>> OpenTransport(const MailFlags& flags) {
  if (!flags.smtp_url.empty() && !IsPublicUrl(flags.public_url)) {
    return errors::MailFlagInvalid("--public_url",
                                   "Give where the association's pages are, https://… without a "
                                   "slash at the end: links in mail begin with it.");
  }
  return OpenMailServer({.smtp_url = flags.smtp_url,
                         .smtp_user = flags.smtp_user,
                         .smtp_password_file = flags.smtp_password_file,
                         .smtp_ca_file = flags.smtp_ca_file,
                         .mail_from = flags.mail_from});
}

}  // namespace

absl::StatusOr<std::shared_ptr<NoticeMail>> NoticeMail::Start(const MailFlags& flags, db::Pool& pool,
                                                              const Clock& clock) {
  ASSIGN_OR_RETURN(std::unique_ptr<mail::Transport> transport, OpenTransport(flags));
  ASSIGN_OR_RETURN(NoticeLibrary library, NoticeLibrary::Load(flags.template_dir, flags.public_url));
  const std::string address = rules::NormaliseEmail(flags.mail_from).value_or("");
  std::shared_ptr<NoticeMail> mail(
      new NoticeMail(std::move(library), std::move(transport), {address, flags.mail_name}, pool, clock));
  mail->sender_.Start();
  return mail;
}

NoticeMail::NoticeMail(NoticeLibrary library, std::unique_ptr<mail::Transport> transport,
                       MailIdentity identity, db::Pool& pool, const Clock& clock)
    : library_(std::move(library)),
      transport_(std::move(transport)),
      identity_(std::move(identity)),
      sender_(pool, clock, library_, transport_.get(), identity_) {}

}  // namespace plenary::membership
