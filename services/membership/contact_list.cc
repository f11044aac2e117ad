#include "services/membership/contact_list.h"

#include <vector>

#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/errors_contacts.h"
#include "services/membership/limits_contacts.h"
#include "services/membership/names.h"
#include "services/membership/rules/mailing.h"
#include "services/membership/store/subscriptions.h"

namespace plenary::membership {
namespace {

store::StoredContact NewContact(IdSource& ids, const rpc::Call& call, const ListEntry& entry) {
  return {.id = ids.NextText(),
          .email = entry.email,
          .full_name = entry.full_name,
          .topics = entry.topics,
          .source = entry.source,
          .unsubscribe_token = ids.NextText(),
          .created_at = call.now()};
}

// The contact that a held address has.
absl::StatusOr<store::StoredContact> Existing(db::Transaction& transaction, const std::string& email) {
  ASSIGN_OR_RETURN(const auto contact, store::FindContactByEmail(transaction, email));
  if (!contact.has_value()) return absl::InternalError("a contact whose address is held is gone");
  return *contact;
}

absl::Status Consent(db::Transaction& transaction, const rpc::Call& call, const store::StoredContact& contact,
                     v1::Consent::Act act, const std::string& evidence) {
  return store::InsertConsent(transaction,
                              {.contact = contact.id,
                               .act = act,
                               .evidence = evidence,
                               .topics = act == v1::Consent::ACT_ERASED ? "" : contact.topics,
                               .actor = call.principal().Actor()},
                              call.now());
}

}  // namespace

absl::StatusOr<std::string> KnownTopics(db::Session& session,
                                        const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    const std::string id = ResourceId("topics", name).value_or("");
    ASSIGN_OR_RETURN(const bool known, store::HasTopic(session, id));
    if (!known) return errors::TopicNotFound(name);
    ids.push_back(id);
  }
  return rules::JoinTopics(std::move(ids));
}

absl::StatusOr<AddedContact> AddToList(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                       const ListEntry& entry) {
  ASSIGN_OR_RETURN(const store::AddressState address, store::HoldAddress(transaction, entry.email));
  if (address == store::AddressState::kSuppressed) return AddedContact{};
  AddedContact added{.outcome = Added::kNew, .contact = NewContact(ids, call, entry)};
  ASSIGN_OR_RETURN(const bool inserted, store::InsertContact(transaction, added.contact));
  if (!inserted) {
    added.outcome = Added::kMerged;
    ASSIGN_OR_RETURN(added.contact, Existing(transaction, entry.email));
    std::vector<std::string> topics = rules::SplitTopics(added.contact.topics + " " + entry.topics);
    added.contact.topics = rules::JoinTopics(topics);
    if (rules::SplitTopics(added.contact.topics).size() > static_cast<std::size_t>(limits::kMostTopics)) {
      return errors::FieldInvalid("topics", "A contact has at most 20 topics, with those it has already.");
    }
    if (added.contact.full_name.empty()) added.contact.full_name = entry.full_name;
    RETURN_IF_ERROR(store::UpdateContact(transaction, added.contact));
  }
  RETURN_IF_ERROR(Consent(transaction, call, added.contact, v1::Consent::ACT_ADDED, entry.evidence));
  return added;
}

absl::StatusOr<store::StoredContact> ConfirmOnList(db::Transaction& transaction, IdSource& ids,
                                                   const rpc::Call& call, const ListEntry& entry) {
  RETURN_IF_ERROR(store::HoldAddress(transaction, entry.email).status());
  RETURN_IF_ERROR(store::FreeAddress(transaction, entry.email));
  store::StoredContact contact = NewContact(ids, call, entry);
  ASSIGN_OR_RETURN(const bool inserted, store::InsertContact(transaction, contact));
  if (!inserted) {
    ASSIGN_OR_RETURN(contact, Existing(transaction, entry.email));
    contact.state = v1::Contact::STATE_SUBSCRIBED;
    contact.topics = entry.topics;
    if (!entry.full_name.empty()) contact.full_name = entry.full_name;
    RETURN_IF_ERROR(store::UpdateContact(transaction, contact));
  }
  RETURN_IF_ERROR(Consent(transaction, call, contact, v1::Consent::ACT_CONFIRMED, entry.evidence));
  return contact;
}

absl::StatusOr<std::optional<store::StoredContact>> TakeOffList(db::Transaction& transaction,
                                                                const rpc::Call& call,
                                                                const std::string& email) {
  RETURN_IF_ERROR(store::HoldAddress(transaction, email).status());
  RETURN_IF_ERROR(store::SuppressAddress(transaction, email, call.now()));
  RETURN_IF_ERROR(store::DropSubscriptionRequests(transaction, email));
  ASSIGN_OR_RETURN(auto contact, store::FindContactByEmail(transaction, email));
  if (!contact.has_value() || contact->state == v1::Contact::STATE_UNSUBSCRIBED) {
    return std::optional<store::StoredContact>();
  }
  contact->state = v1::Contact::STATE_UNSUBSCRIBED;
  RETURN_IF_ERROR(store::UpdateContact(transaction, *contact));
  RETURN_IF_ERROR(Consent(transaction, call, *contact, v1::Consent::ACT_UNSUBSCRIBED, ""));
  return contact;
}

absl::Status EraseFromList(db::Transaction& transaction, const rpc::Call& call,
                           const store::StoredContact& contact) {
  RETURN_IF_ERROR(store::HoldAddress(transaction, contact.email).status());
  RETURN_IF_ERROR(store::SuppressAddress(transaction, contact.email, call.now()));
  RETURN_IF_ERROR(store::DropSubscriptionRequests(transaction, contact.email));
  ASSIGN_OR_RETURN(const auto held, store::FindContactByEmail(transaction, contact.email));
  if (!held.has_value()) return errors::ContactNotFound(ResourceName("contacts", contact.id));
  RETURN_IF_ERROR(store::DeleteContact(transaction, contact.id));
  RETURN_IF_ERROR(store::ClearEvidence(transaction, contact.id));
  return Consent(transaction, call, contact, v1::Consent::ACT_ERASED, "");
}

}  // namespace plenary::membership
