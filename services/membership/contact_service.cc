#include "services/membership/contact_service.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/contact_list.h"
#include "services/membership/errors.h"
#include "services/membership/errors_contacts.h"
#include "services/membership/limits_contacts.h"
#include "services/membership/names.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/mailing.h"
#include "services/membership/sequence_page.h"
#include "services/membership/sign_in_limits.h"
#include "services/membership/store/contacts.h"
#include "services/membership/store/notices.h"
#include "services/membership/store/register.h"
#include "services/membership/store/subscriptions.h"

namespace plenary::membership {
namespace {

constexpr char kSaveTopic[] = "plenary.membership.v1.ContactService.SaveTopic";
constexpr char kAddContact[] = "plenary.membership.v1.ContactService.AddContact";
constexpr char kSubscribe[] = "plenary.membership.v1.ContactService.Subscribe";
constexpr char kConfirmSubscription[] = "plenary.membership.v1.ContactService.ConfirmSubscription";
constexpr char kUnsubscribe[] = "plenary.membership.v1.ContactService.Unsubscribe";
constexpr char kEraseContact[] = "plenary.membership.v1.ContactService.EraseContact";
constexpr char kExportContacts[] = "plenary.membership.v1.ContactService.ExportContacts";
// What acts on the list as a whole, or on somebody of whom nothing is to be kept, are recorded of.
constexpr char kTheList[] = "contacts";

std::string ContactId(const std::string& name) { return ResourceId("contacts", name).value_or(""); }

v1::Contact Show(const store::StoredContact& contact) {
  v1::Contact shown;
  shown.set_name(ResourceName("contacts", contact.id));
  shown.set_email(contact.email);
  shown.set_full_name(contact.full_name);
  shown.set_person(NameOrEmpty(kPeople, contact.person));
  shown.set_state(contact.state);
  for (const std::string& topic : rules::SplitTopics(contact.topics)) {
    shown.add_topics(ResourceName("topics", topic));
  }
  shown.set_source(contact.source);
  *shown.mutable_create_time() = ToTimestamp(contact.created_at);
  return shown;
}

void CheckEntry(FieldChecks& checks, const std::string& email, const std::string& full_name, int topics) {
  checks.Require(rules::NormaliseEmail(email).has_value(), "email", "Write the address as name@example.org.");
  checks.Text("full_name", full_name, 0, limits::kLongestPersonName);
  checks.Require(topics <= limits::kMostTopics, "topics", "Name at most 20 topics.");
}

// Puts the letter on its way, unless the address got enough of them today.
absl::Status SendLetter(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                        const store::SubscriptionRequest& request) {
  ASSIGN_OR_RETURN(const std::int64_t letters, store::CountAddress(transaction, request.email, call.now()));
  if (letters > limits::kMostLettersADay) return absl::OkStatus();
  const std::string token = ids.NextText();
  RETURN_IF_ERROR(store::InsertSubscriptionRequest(transaction, token, request));
  return store::EnqueueNotice(
             transaction, ids,
             {.event = "contact-confirm/" + ids.NextText(),
              .template_name = "contact-confirm",
              .person = "",
              .address = request.email,
              .values = {{"code", token}, {"expires", FormatDate(DateOf(request.expires_at))}},
              .not_after = request.expires_at},
             call.now())
      .status();
}

// The address that asks to leave; nullopt when a token is nobody's.
absl::StatusOr<std::optional<std::string>> WhoLeaves(db::Pool& pool, const rpc::Call& call,
                                                     const std::string& token) {
  if (token.empty() && !call.principal().IsPerson()) {
    return errors::FieldInvalid("token", "Give the token of a mailing, or sign in.");
  }
  return db::Autocommit(
      pool, call.deadline(), [&](db::Session& session) -> absl::StatusOr<std::optional<std::string>> {
        if (!token.empty()) {
          ASSIGN_OR_RETURN(const auto contact, store::FindContactByToken(session, token));
          return contact.has_value() ? std::optional(contact->email) : std::nullopt;
        }
        const std::string& name = call.principal().person;
        ASSIGN_OR_RETURN(const auto person,
                         store::FindPerson(session, ResourceId(kPeople, name).value_or("")));
        if (!person.has_value()) return errors::PersonNotFound(name);
        return std::optional(person->email);
      });
}

absl::StatusOr<store::ContactFilter> FilterOf(const v1::ListContactsRequest& request) {
  const auto email = request.email().empty() ? "" : rules::NormaliseEmail(request.email());
  if (!email.has_value()) return errors::FieldInvalid("email", "Write the address as name@example.org.");
  const auto topic = request.topic().empty() ? "" : ResourceId("topics", request.topic());
  if (!topic.has_value()) return errors::FieldInvalid("topic", "Name the topic \"topics/{topic}\".");
  if (!v1::Contact::State_IsValid(request.state())) {
    return errors::FieldInvalid("state", "There is no such state of a contact.");
  }
  if (!v1::ListContactsRequest::Audience_IsValid(request.audience())) {
    return errors::FieldInvalid("audience", "There is no such audience.");
  }
  return store::ContactFilter{
      .email = *email, .state = request.state(), .topic = *topic, .audience = request.audience()};
}

std::string ExportRecord(const store::StoredContact& contact) {
  return rules::CsvRecord({contact.email, contact.full_name, NameOrEmpty(kPeople, contact.person),
                           contact.topics, contact.unsubscribe_token});
}

}  // namespace

absl::StatusOr<v1::Topic> ContactService::SaveTopic(rpc::Call& call, const v1::SaveTopicRequest& request) {
  FieldChecks checks;
  checks.Require(ResourceId("topics", request.topic().name()).has_value(), "topic.name",
                 "Name the topic \"topics/{id}\" with an id of 1 to 63 characters of a-z, 0-9 and -.");
  checks.Text("topic.display_name", request.topic().display_name(), 1, limits::kLongestTopicName);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return Mutate<v1::Topic>(
      pool_, call, kSaveTopic, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Topic> {
        const v1::Topic& topic = request.topic();
        RETURN_IF_ERROR(
            store::SaveTopic(transaction, *ResourceId("topics", topic.name()), topic.display_name()));
        RETURN_IF_ERROR(RecordAct(transaction, call, kSaveTopic, topic.name(), topic.display_name()));
        return topic;
      });
}

absl::StatusOr<v1::ListTopicsResponse> ContactService::ListTopics(rpc::Call& call,
                                                                  const v1::ListTopicsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListTopicsResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListTopics(session, page.after, page.size + 1));
        v1::ListTopicsResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(*ResourceId("topics", rows.back().name())));
        }
        response.mutable_topics()->Add(rows.begin(), rows.end());
        return response;
      });
}

absl::StatusOr<v1::Contact> ContactService::AddContact(rpc::Call& call,
                                                       const v1::AddContactRequest& request) {
  FieldChecks checks;
  CheckEntry(checks, request.email(), request.full_name(), request.topics_size());
  checks.Text("source", request.source(), 1, limits::kLongestSource);
  checks.Text("evidence", request.evidence(), 1, limits::kLongestConsentEvidence);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return Mutate<v1::Contact>(
      pool_, call, kAddContact, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Contact> {
        ASSIGN_OR_RETURN(std::string topics, KnownTopics(transaction, request.topics()));
        ASSIGN_OR_RETURN(const AddedContact added,
                         AddToList(transaction, ids_, call,
                                   {.email = *rules::NormaliseEmail(request.email()),
                                    .full_name = request.full_name(),
                                    .topics = std::move(topics),
                                    .source = request.source(),
                                    .evidence = request.evidence()}));
        if (added.outcome == Added::kSuppressed) return errors::ContactSuppressed();
        RETURN_IF_ERROR(RecordAct(transaction, call, kAddContact, ResourceName("contacts", added.contact.id),
                                  request.source()));
        ASSIGN_OR_RETURN(const auto contact, store::FindContact(transaction, added.contact.id));
        return Show(contact.value_or(added.contact));
      });
}

absl::StatusOr<v1::SubscribeResponse> ContactService::Subscribe(rpc::Call& call,
                                                                const grpc::ServerContext& context,
                                                                const v1::SubscribeRequest& request) {
  FieldChecks checks;
  CheckEntry(checks, request.email(), request.full_name(), request.topics_size());
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return Mutate<v1::SubscribeResponse>(
      pool_, call, kSubscribe, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::SubscribeResponse> {
        ASSIGN_OR_RETURN(const std::int64_t from_peer,
                         store::CountCaller(transaction, CallerOf(context), call.now()));
        if (from_peer > limits::kMostSubscriptionsFromPeer) return errors::TooManySubscriptions();
        ASSIGN_OR_RETURN(const std::int64_t everybody, store::CountEverybody(transaction, call.now()));
        if (everybody > limits::kMostSubscriptionsAnHour) return errors::TooManySubscriptions();
        ASSIGN_OR_RETURN(std::string topics, KnownTopics(transaction, request.topics()));
        RETURN_IF_ERROR(store::ClearPast(transaction, call.now(), limits::kClearedAtOnce));
        RETURN_IF_ERROR(SendLetter(transaction, ids_, call,
                                   {.email = *rules::NormaliseEmail(request.email()),
                                    .full_name = request.full_name(),
                                    .topics = std::move(topics),
                                    .expires_at = call.now() + limits::kSubscriptionLife}));
        RETURN_IF_ERROR(RecordAct(transaction, call, kSubscribe, kTheList, ""));
        return v1::SubscribeResponse();
      });
}

absl::StatusOr<v1::ConfirmSubscriptionResponse> ContactService::ConfirmSubscription(
    rpc::Call& call, const v1::ConfirmSubscriptionRequest& request) {
  return Mutate<v1::ConfirmSubscriptionResponse>(
      pool_, call, kConfirmSubscription, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::ConfirmSubscriptionResponse> {
        ASSIGN_OR_RETURN(const auto asked, store::TakeSubscriptionRequest(transaction, request.token()));
        if (!asked.has_value() || asked->expires_at <= call.now()) return errors::SubscriptionNotFound();
        ASSIGN_OR_RETURN(const store::StoredContact contact,
                         ConfirmOnList(transaction, ids_, call,
                                       {.email = asked->email,
                                        .full_name = asked->full_name,
                                        .topics = asked->topics,
                                        .source = "subscription",
                                        .evidence = "The token of the letter that was good until " +
                                                    FormatInstant(asked->expires_at)}));
        const v1::Contact shown = Show(contact);
        RETURN_IF_ERROR(RecordAct(transaction, call, kConfirmSubscription, shown.name(), ""));
        v1::ConfirmSubscriptionResponse response;
        response.set_email(shown.email());
        *response.mutable_topics() = shown.topics();
        return response;
      });
}

absl::StatusOr<v1::UnsubscribeResponse> ContactService::Unsubscribe(rpc::Call& call,
                                                                    const v1::UnsubscribeRequest& request) {
  ASSIGN_OR_RETURN(const auto email, WhoLeaves(pool_, call, request.token()));
  if (!email.has_value()) return v1::UnsubscribeResponse();
  return Mutate<v1::UnsubscribeResponse>(
      pool_, call, kUnsubscribe, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::UnsubscribeResponse> {
        ASSIGN_OR_RETURN(const auto contact, TakeOffList(transaction, call, *email));
        RETURN_IF_ERROR(RecordAct(transaction, call, kUnsubscribe,
                                  contact.has_value() ? ResourceName("contacts", contact->id) : kTheList,
                                  ""));
        return v1::UnsubscribeResponse();
      });
}

absl::StatusOr<v1::EraseContactResponse> ContactService::EraseContact(
    rpc::Call& call, const v1::EraseContactRequest& request) {
  return Mutate<v1::EraseContactResponse>(
      pool_, call, kEraseContact, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::EraseContactResponse> {
        ASSIGN_OR_RETURN(const auto contact, store::FindContact(transaction, ContactId(request.name())));
        if (!contact.has_value()) return errors::ContactNotFound(request.name());
        RETURN_IF_ERROR(EraseFromList(transaction, call, *contact));
        RETURN_IF_ERROR(RecordAct(transaction, call, kEraseContact, request.name(), ""));
        return v1::EraseContactResponse();
      });
}

absl::StatusOr<v1::ListContactsResponse> ContactService::ListContacts(
    rpc::Call& call, const v1::ListContactsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const store::ContactFilter filter, FilterOf(request));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListContactsResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListContacts(session, filter, page.after, page.size + 1));
        v1::ListContactsResponse response;
        if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().id));
        for (const store::StoredContact& row : rows) *response.add_contacts() = Show(row);
        return response;
      });
}

absl::Status ContactService::ExportContacts(rpc::Call& call, const v1::ExportContactsRequest& request,
                                            grpc::ServerWriter<v1::ExportContactsResponse>& writer) {
  store::ContactFilter filter{.state = v1::Contact::STATE_SUBSCRIBED};
  RETURN_IF_ERROR(db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
    filter.topic = ResourceId("topics", request.topic()).value_or("");
    ASSIGN_OR_RETURN(const bool known, store::HasTopic(transaction, filter.topic));
    if (!request.topic().empty() && !known) return errors::TopicNotFound(request.topic());
    return RecordAct(transaction, call, kExportContacts, kTheList, request.topic());
  }));
  v1::ExportContactsResponse part;
  part.set_content(rules::CsvRecord({"email", "full_name", "person", "topics", "unsubscribe_token"}));
  std::string after;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const auto rows, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                       return store::ListContacts(session, filter, after, limits::kExportPage);
                     }));
    for (const store::StoredContact& row : rows) {
      part.mutable_content()->append(ExportRecord(row));
      if (part.content().size() < limits::kExportPart) continue;
      if (!writer.Write(part)) return absl::OkStatus();  // nobody listens any more
      part.clear_content();
    }
    more = rows.size() == static_cast<std::size_t>(limits::kExportPage);
    if (more) after = rows.back().id;
  }
  if (!part.content().empty()) writer.Write(part);
  return absl::OkStatus();
}

absl::StatusOr<v1::ListConsentsResponse> ContactService::ListConsents(
    rpc::Call& call, const v1::ListConsentsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::uint64_t after, ReadSequence(page));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListConsentsResponse> {
        ASSIGN_OR_RETURN(auto rows,
                         store::ListConsents(session, ContactId(request.contact()), after, page.size + 1));
        if (rows.empty() && after == 0) return errors::ContactNotFound(request.contact());
        v1::ListConsentsResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (store::StoredConsent& row : rows) *response.add_consents() = std::move(row.consent);
        return response;
      });
}

}  // namespace plenary::membership
