// The errors of notices: codes, reasons and wording in one place.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

absl::Status NoticeNotFound(std::string_view notice);  // NOT_FOUND
absl::Status SuppressionNotFound();                    // NOT_FOUND

// Sending a notice again: FAILED_PRECONDITION.
absl::Status NoticeQueued(std::string_view notice);
absl::Status NoticeOutOfDate(std::string_view notice);
absl::Status NoticeSecretGone(std::string_view notice);
absl::Status AddressSuppressed(std::string_view notice);

// At the start: FAILED_PRECONDITION, INVALID_ARGUMENT.
absl::Status NoticeTemplateInvalid(std::string_view notice, std::string_view file, std::string_view because);
absl::Status MailFlagInvalid(std::string_view flag, std::string_view sentence);

}  // namespace plenary::membership::errors
