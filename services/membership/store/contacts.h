// The mailing list. Whoever changes a contact holds its address first (HoldAddress).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/contact_service.pb.h"

namespace plenary::membership::store {

absl::Status SaveTopic(db::Transaction& transaction, std::string_view id, std::string_view display_name);
absl::StatusOr<bool> HasTopic(db::Session& session, std::string_view id);
// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<v1::Topic>> ListTopics(db::Session& session, std::string_view after,
                                                  std::int64_t limit);

enum class AddressState { kFree, kSuppressed };
// Holds the address, normalised, for the rest of the transaction and says whether the society may add it.
absl::StatusOr<AddressState> HoldAddress(db::Transaction& transaction, std::string_view email);
// Suppresses the address, from now on when it was free.
absl::Status SuppressAddress(db::Transaction& transaction, std::string_view email, absl::Time now);
absl::Status FreeAddress(db::Transaction& transaction, std::string_view email);

struct StoredContact {
  std::string id;
  std::string email;
  std::string full_name;
  std::string person;  // id of the person of the register with this address; "" for none
  v1::Contact::State state = v1::Contact::STATE_SUBSCRIBED;
  std::string topics;  // JoinTopics
  std::string source;
  std::string unsubscribe_token;
  absl::Time created_at;
};

// False when the address has a contact already.
absl::StatusOr<bool> InsertContact(db::Transaction& transaction, const StoredContact& contact);
// Stores name, state and topics.
absl::Status UpdateContact(db::Transaction& transaction, const StoredContact& contact);
absl::Status DeleteContact(db::Transaction& transaction, std::string_view id);
absl::StatusOr<std::optional<StoredContact>> FindContact(db::Session& session, std::string_view id);
// What is committed, whatever the transaction has read before.
absl::StatusOr<std::optional<StoredContact>> FindContactByEmail(db::Transaction& transaction,
                                                                std::string_view email);
absl::StatusOr<std::optional<StoredContact>> FindContactByToken(db::Session& session, std::string_view token);

struct ContactFilter {
  std::string email;                                          // normalised; "": any
  v1::Contact::State state = v1::Contact::STATE_UNSPECIFIED;  // UNSPECIFIED: any
  std::string topic;                                          // id; "": any
  v1::ListContactsRequest::Audience audience = v1::ListContactsRequest::AUDIENCE_UNSPECIFIED;
};
// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<StoredContact>> ListContacts(db::Session& session, const ContactFilter& filter,
                                                        std::string_view after, std::int64_t limit);

struct ConsentAct {
  std::string contact;  // id
  v1::Consent::Act act = v1::Consent::ACT_UNSPECIFIED;
  std::string evidence;
  std::string topics;  // JoinTopics
  std::string actor;
};
absl::Status InsertConsent(db::Transaction& transaction, const ConsentAct& consent, absl::Time now);
// Empties what the consents of a contact say of the person.
absl::Status ClearEvidence(db::Transaction& transaction, std::string_view contact);

struct StoredConsent {
  std::uint64_t sequence = 0;
  v1::Consent consent;
};
// Oldest first, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<StoredConsent>> ListConsents(db::Session& session, std::string_view contact,
                                                        std::uint64_t after, std::int64_t limit);

}  // namespace plenary::membership::store
