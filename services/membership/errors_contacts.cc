#include "services/membership/errors_contacts.h"

#include "services/membership/errors.h"

namespace plenary::membership::errors {

using absl::StatusCode;

absl::Status TopicNotFound(std::string_view topic) {
  return kDomain.Error(StatusCode::kNotFound, "TOPIC_NOT_FOUND",
                       "There is no topic of that name. The list of topics has them all.",
                       {{"topic", topic}});
}

absl::Status ContactNotFound(std::string_view contact) {
  return kDomain.Error(StatusCode::kNotFound, "CONTACT_NOT_FOUND",
                       "There is no contact of that name. Check the name.", {{"contact", contact}});
}

absl::Status ContactSuppressed() {
  return kDomain.Error(StatusCode::kFailedPrecondition, kSuppressedReason, kSuppressedSentence);
}

absl::Status SubscriptionNotFound() {
  return kDomain.Error(StatusCode::kNotFound, "SUBSCRIPTION_NOT_FOUND",
                       "This confirmation is used, too old, or none. Subscribe again to get a new one.");
}

absl::Status TooManySubscriptions() {
  return kDomain.Error(StatusCode::kResourceExhausted, "TOO_MANY_SUBSCRIPTIONS",
                       "So many subscribe just now, from your network or in all, that no more letters go "
                       "out. Try again in an hour.");
}

}  // namespace plenary::membership::errors
