#include "services/membership/errors_notices.h"

#include "fmt/format.h"
#include "services/membership/errors.h"

namespace plenary::membership::errors {
namespace {

using absl::StatusCode;

absl::Status OfNotice(StatusCode code, std::string_view reason, std::string_view notice,
                      std::string message) {
  return kDomain.Error(code, reason, std::move(message), {{"notice", notice}});
}

}  // namespace

absl::Status NoticeNotFound(std::string_view notice) {
  return OfNotice(StatusCode::kNotFound, "NOTICE_NOT_FOUND", notice,
                  "There is no such notice. Look for it among the notices of the person.");
}

absl::Status SuppressionNotFound() {
  return kDomain.Error(StatusCode::kNotFound, "SUPPRESSION_NOT_FOUND",
                       "This address is not suppressed: mail goes there. Check how it is spelt.");
}

absl::Status NoticeQueued(std::string_view notice) {
  return OfNotice(StatusCode::kFailedPrecondition, "NOTICE_QUEUED", notice,
                  "This notice still waits to be sent. Look at what the mail server last said.");
}

absl::Status NoticeOutOfDate(std::string_view notice) {
  return OfNotice(StatusCode::kFailedPrecondition, "NOTICE_OUT_OF_DATE", notice,
                  "This notice is worthless by now. Do again what it was about, and a new one goes out.");
}

absl::Status NoticeSecretGone(std::string_view notice) {
  return OfNotice(StatusCode::kFailedPrecondition, "NOTICE_SECRET_GONE", notice,
                  "This notice held a code, and codes are not kept. Ask for a new one.");
}

absl::Status AddressSuppressed(std::string_view notice) {
  return OfNotice(
      StatusCode::kFailedPrecondition, "ADDRESS_SUPPRESSED", notice,
      "The address gets no mail: it bounced, or its reader complained. Correct the person's address, "
      "or clear it first once you know that mail is welcome there.");
}

absl::Status NoticeTemplateInvalid(std::string_view notice, std::string_view file, std::string_view because) {
  return OfNotice(StatusCode::kFailedPrecondition, "NOTICE_TEMPLATE_INVALID", notice,
                  fmt::format("The template {}.{} cannot be used: {}. Correct it, and start again.", notice,
                              file, because));
}

absl::Status MailFlagInvalid(std::string_view flag, std::string_view sentence) {
  return kDomain.Error(StatusCode::kInvalidArgument, "MAIL_FLAG_INVALID",
                       fmt::format("{}: {}", flag, sentence), {{"flag", flag}});
}

}  // namespace plenary::membership::errors
