#include "services/membership/store/contacts.h"

#include "common/crypto/bytes.h"
#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/time/proto_time.h"
#include "services/membership/rules/mailing.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kSaveTopic[] =
    "INSERT INTO topics (id, display_name) VALUES (?, ?)"
    " ON DUPLICATE KEY UPDATE display_name = VALUES(display_name)";
constexpr char kHasTopic[] = "SELECT COUNT(*) FROM topics WHERE id = ?";
constexpr char kListTopics[] = "SELECT id, display_name FROM topics WHERE id > ? ORDER BY id LIMIT ?";

constexpr char kHoldAddress[] =
    "INSERT INTO contact_addresses (address_sha256, suppressed_at, changes) VALUES (?, NULL, 1)"
    " ON DUPLICATE KEY UPDATE changes = changes + 1";
constexpr char kSuppressed[] =
    "SELECT suppressed_at IS NOT NULL FROM contact_addresses WHERE address_sha256 = ? FOR UPDATE";
constexpr char kSuppress[] =
    "UPDATE contact_addresses SET suppressed_at = COALESCE(suppressed_at, ?) WHERE address_sha256 = ?";
constexpr char kFree[] = "UPDATE contact_addresses SET suppressed_at = NULL WHERE address_sha256 = ?";

constexpr char kInsertContact[] =
    "INSERT INTO contacts (id, email, full_name, state, topics, source, unsubscribe_token, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdateContact[] = "UPDATE contacts SET full_name = ?, state = ?, topics = ? WHERE id = ?";
constexpr char kDeleteContact[] = "DELETE FROM contacts WHERE id = ?";
constexpr char kFindContact[] =
    "SELECT c.id, c.email, c.full_name, p.id, c.state, c.topics, c.source, c.unsubscribe_token, c.created_at"
    " FROM contacts c LEFT JOIN people p ON p.email = c.email WHERE c.id = ?";
constexpr char kFindContactByEmail[] =
    "SELECT id, email, full_name, NULL, state, topics, source, unsubscribe_token, created_at FROM contacts"
    " WHERE email = ? FOR UPDATE";
constexpr char kFindContactByToken[] =
    "SELECT id, email, full_name, NULL, state, topics, source, unsubscribe_token, created_at FROM contacts"
    " WHERE unsubscribe_token = ?";
// An empty filter lets everything through.
constexpr char kListContacts[] =
    "SELECT c.id, c.email, c.full_name, p.id, c.state, c.topics, c.source, c.unsubscribe_token, c.created_at"
    " FROM contacts c LEFT JOIN people p ON p.email = c.email WHERE c.id > ?"
    " AND (? = '' OR c.email = ?) AND (? = '' OR c.state = ?)"
    " AND (? = '' OR CONCAT(' ', c.topics, ' ') LIKE CONCAT('% ', ?, ' %'))"
    " AND (? = 0 OR p.id IS NOT NULL) AND (? = 0 OR p.id IS NULL) ORDER BY c.id LIMIT ?";

constexpr char kInsertConsent[] =
    "INSERT INTO contact_consents (contact, act, evidence, topics, actor, at) VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kClearEvidence[] = "UPDATE contact_consents SET evidence = '' WHERE contact = ?";
constexpr char kListConsents[] =
    "SELECT sequence, act, evidence, topics, actor, at FROM contact_consents WHERE contact = ? AND sequence "
    "> ?"
    " ORDER BY sequence LIMIT ?";

constexpr std::string_view kStatePrefix = "STATE_";
constexpr std::string_view kActPrefix = "ACT_";

std::string StateWord(v1::Contact::State state) {
  return v1::Contact::State_Name(state).substr(kStatePrefix.size());
}

StoredContact ContactOf(const db::Row& row) {
  StoredContact contact{.id = row.Text(0),
                        .email = row.Text(1),
                        .full_name = row.Text(2),
                        .person = row.OptionalText(3).value_or(""),
                        .topics = row.Text(5),
                        .source = row.Text(6),
                        .unsubscribe_token = row.Text(7),
                        .created_at = db::FromMicros(row.Int64(8))};
  v1::Contact::State_Parse(std::string(kStatePrefix) + row.Text(4), &contact.state);
  return contact;
}

StoredConsent ConsentOf(const db::Row& row) {
  StoredConsent stored{.sequence = row.Uint64(0)};
  v1::Consent::Act act = v1::Consent::ACT_UNSPECIFIED;
  v1::Consent::Act_Parse(std::string(kActPrefix) + row.Text(1), &act);
  stored.consent.set_act(act);
  stored.consent.set_evidence(row.Text(2));
  for (const std::string& topic : rules::SplitTopics(row.Text(3))) {
    stored.consent.add_topics(ResourceName("topics", topic));
  }
  stored.consent.set_actor(row.Text(4));
  *stored.consent.mutable_time() = ToTimestamp(db::FromMicros(row.Int64(5)));
  return stored;
}

}  // namespace

absl::Status SaveTopic(db::Transaction& transaction, std::string_view id, std::string_view display_name) {
  return transaction.Execute(kSaveTopic, {id, display_name}).status();
}

absl::StatusOr<bool> HasTopic(db::Session& session, std::string_view id) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kHasTopic, {id}));
  return row->Int64(0) > 0;
}

absl::StatusOr<std::vector<v1::Topic>> ListTopics(db::Session& session, std::string_view after,
                                                  std::int64_t limit) {
  return ReadAll<v1::Topic>(session, kListTopics, {after, limit}, [](const db::Row& row) {
    v1::Topic topic;
    topic.set_name(ResourceName("topics", row.Text(0)));
    topic.set_display_name(row.Text(1));
    return topic;
  });
}

absl::StatusOr<AddressState> HoldAddress(db::Transaction& transaction, std::string_view email) {
  const std::string digest = crypto::Sha256(email);
  RETURN_IF_ERROR(transaction.Execute(kHoldAddress, {digest}).status());
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kSuppressed, {digest}));
  return row->Bool(0) ? AddressState::kSuppressed : AddressState::kFree;
}

absl::Status SuppressAddress(db::Transaction& transaction, std::string_view email, absl::Time now) {
  return transaction.Execute(kSuppress, {db::ToMicros(now), crypto::Sha256(email)}).status();
}

absl::Status FreeAddress(db::Transaction& transaction, std::string_view email) {
  return transaction.Execute(kFree, {crypto::Sha256(email)}).status();
}

absl::StatusOr<bool> InsertContact(db::Transaction& transaction, const StoredContact& contact) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsertContact, {contact.id, contact.email, contact.full_name,
                                          StateWord(contact.state), contact.topics, contact.source,
                                          contact.unsubscribe_token, db::ToMicros(contact.created_at)}));
  return outcome.inserted();
}

absl::Status UpdateContact(db::Transaction& transaction, const StoredContact& contact) {
  return transaction
      .Execute(kUpdateContact, {contact.full_name, StateWord(contact.state), contact.topics, contact.id})
      .status();
}

absl::Status DeleteContact(db::Transaction& transaction, std::string_view id) {
  return transaction.Execute(kDeleteContact, {id}).status();
}

absl::StatusOr<std::optional<StoredContact>> FindContact(db::Session& session, std::string_view id) {
  return ReadOne<StoredContact>(session, kFindContact, {id}, ContactOf);
}

absl::StatusOr<std::optional<StoredContact>> FindContactByEmail(db::Transaction& transaction,
                                                                std::string_view email) {
  return ReadOne<StoredContact>(transaction, kFindContactByEmail, {email}, ContactOf);
}

absl::StatusOr<std::optional<StoredContact>> FindContactByToken(db::Session& session,
                                                                std::string_view token) {
  return ReadOne<StoredContact>(session, kFindContactByToken, {token}, ContactOf);
}

absl::StatusOr<std::vector<StoredContact>> ListContacts(db::Session& session, const ContactFilter& filter,
                                                        std::string_view after, std::int64_t limit) {
  const std::string state =
      filter.state == v1::Contact::STATE_UNSPECIFIED ? std::string() : StateWord(filter.state);
  return ReadAll<StoredContact>(session, kListContacts,
                                {after, filter.email, filter.email, state, state, filter.topic, filter.topic,
                                 filter.audience == v1::ListContactsRequest::AUDIENCE_REGISTER,
                                 filter.audience == v1::ListContactsRequest::AUDIENCE_OTHERS, limit},
                                ContactOf);
}

absl::Status InsertConsent(db::Transaction& transaction, const ConsentAct& consent, absl::Time now) {
  const std::string act = v1::Consent::Act_Name(consent.act).substr(kActPrefix.size());
  return transaction
      .Execute(kInsertConsent,
               {consent.contact, act, consent.evidence, consent.topics, consent.actor, db::ToMicros(now)})
      .status();
}

absl::Status ClearEvidence(db::Transaction& transaction, std::string_view contact) {
  return transaction.Execute(kClearEvidence, {contact}).status();
}

absl::StatusOr<std::vector<StoredConsent>> ListConsents(db::Session& session, std::string_view contact,
                                                        std::uint64_t after, std::int64_t limit) {
  return ReadAll<StoredConsent>(session, kListConsents, {contact, after, limit}, ConsentOf);
}

}  // namespace plenary::membership::store
