// The errors of the mailing list: codes, reasons and wording in one place.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

absl::Status TopicNotFound(std::string_view topic);      // NOT_FOUND
absl::Status ContactNotFound(std::string_view contact);  // NOT_FOUND
absl::Status ContactSuppressed();                        // FAILED_PRECONDITION
absl::Status SubscriptionNotFound();                     // NOT_FOUND
absl::Status TooManySubscriptions();                     // RESOURCE_EXHAUSTED

// What the answer of an import says of a suppressed row.
inline constexpr char kSuppressedReason[] = "CONTACT_SUPPRESSED";
inline constexpr char kSuppressedSentence[] =
    "This person unsubscribed, or was erased. Only they can put themself on the list again: ask them to "
    "subscribe.";

}  // namespace plenary::membership::errors
