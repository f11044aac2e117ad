// contact
#include <algorithm>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "plenary/membership/v1/contact_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Contacts = ContactService::Stub;

using Topics = google::protobuf::RepeatedPtrField<std::string>;

void AddTopics(const std::vector<std::string>& ids, Topics& topics) {
  for (const std::string& id : ids) {
    if (!id.empty()) *topics.Add() = Qualified("topics", id);
  }
}

std::string TopicText(const Topics& topics) {
  std::vector<std::string> ids;
  for (const std::string& topic : topics) ids.push_back(LastSegment(topic));
  return fmt::format("{}", fmt::join(ids, " "));
}

CLI::Option& AddTopicOption(CLI::App& command, std::vector<std::string>& topics) {
  return *command.add_option("--topics", topics, "Ids of topics, separated by commas")
              ->delimiter(',')
              ->allow_extra_args(false);
}

absl::Status SaveTopic(Invocation& run, const std::string& id, const std::string& display_name) {
  SaveTopicRequest request;
  request.mutable_topic()->set_name(Qualified("topics", id));
  request.mutable_topic()->set_display_name(display_name);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Topic saved, run.Ask(&Contacts::SaveTopic, request));
  run.out().Line(fmt::format("Saved {} ({}).", saved.name(), saved.display_name()));
  run.out().Document(saved);
  return absl::OkStatus();
}

absl::Status ListTopics(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Contacts::ListTopics, ListTopicsRequest()));
  Table table({"ID", "NAME"});
  for (const Topic& topic : all.topics()) table.Row({LastSegment(topic.name()), topic.display_name()});
  run.out().Print(table, "No topics.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddTopicGroup(CommandSet& commands, CLI::App& contact) {
  CLI::App& topic = commands.Group(contact, "topic", "What mailings are about");
  const auto id = std::make_shared<std::string>();
  const auto display_name = std::make_shared<std::string>();
  CLI::App& save =
      commands.Mutation(topic, "save", "Create a topic, or rename the one with that id (staff)",
                        "plenary contact topic save events --display-name Events",
                        [id, display_name](Invocation& run) { return SaveTopic(run, *id, *display_name); });
  save.add_option("ID", *id, "Id, of [a-z0-9-]")->required();
  save.add_option("--display-name,--name", *display_name, "What people call it")->required();
  commands.List(topic, "list", "All topics", "plenary contact topic list", ListTopics);
}

struct ContactFlags {
  std::string email;
  std::string full_name;
  std::string source;
  std::string evidence;
  std::vector<std::string> topics;
  std::string file;
};

absl::Status AddContact(Invocation& run, const ContactFlags& flags) {
  AddContactRequest request;
  request.set_email(flags.email);
  request.set_full_name(flags.full_name);
  request.set_source(flags.source);
  request.set_evidence(flags.evidence);
  AddTopics(flags.topics, *request.mutable_topics());
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Contact contact, run.Ask(&Contacts::AddContact, request));
  run.out().Line(fmt::format("{} is on the list as {}.", contact.email(), contact.name()));
  run.out().Document(contact);
  return absl::OkStatus();
}

absl::StatusOr<ImportContactsResponse> SendContacts(Invocation& run, const ContactFlags& flags,
                                                    const std::vector<std::string>& lines) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Contacts stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  ImportContactsResponse answer;
  const auto writer = stub.ImportContacts(&context, &answer);
  ImportContactsRequest part;
  part.mutable_header()->set_source(flags.source);
  part.mutable_header()->set_evidence(flags.evidence);
  AddTopics(flags.topics, *part.mutable_header()->mutable_topics());
  part.mutable_header()->set_request_id(run.RequestId());
  bool open = writer->Write(part);
  for (std::size_t i = 0; open && i < lines.size(); ++i) {
    const std::size_t comma = std::min(lines[i].find(','), lines[i].size());
    part.mutable_row()->set_email(lines[i].substr(0, comma));
    part.mutable_row()->set_full_name(lines[i].substr(std::min(comma + 1, lines[i].size())));
    open = writer->Write(part);
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  return answer;
}

absl::Status ImportContacts(Invocation& run, const ContactFlags& flags) {
  ASSIGN_OR_RETURN(const std::string content, ReadNamedFile(flags.file));
  ASSIGN_OR_RETURN(const auto answer, SendContacts(run, flags, LinesOf(content)));
  run.out().Line(fmt::format("{} rows: {} added, {} on the list already.", answer.rows(), answer.added(),
                             answer.merged()));
  run.out().Document(answer);
  if (answer.problems().empty()) return absl::OkStatus();
  Table table({Right("ROW"), "E-MAIL", "REASON", "MESSAGE"});
  for (const auto& problem : answer.problems()) {
    table.Row({std::to_string(problem.row()), problem.email(), problem.reason(), problem.message()});
  }
  run.out().Print(table, "No bad rows.");
  return errors::RowsLeftOut(answer.problems_size());
}

void AddSourceOptions(CLI::App& command, ContactFlags& flags) {
  command.add_option("--source", flags.source, "Where the address comes from")->required();
  command.add_option("--evidence", flags.evidence, "What shows that the person agreed")->required();
  AddTopicOption(command, flags.topics);
}

void AddAdditions(CommandSet& commands, CLI::App& contact) {
  const auto flags = std::make_shared<ContactFlags>();
  CLI::App& add = commands.Mutation(contact, "add", "Put somebody on the list who agreed to it (staff)",
                                    "plenary contact add zoe@visitor.example --source \"Conference 2022\" "
                                    "--evidence \"Form 12\" --topics events",
                                    [flags](Invocation& run) { return AddContact(run, *flags); });
  add.add_option("EMAIL", flags->email, "E-mail address")->required();
  add.add_option("--full-name,--name", flags->full_name, "As the person writes it");
  AddSourceOptions(add, *flags);
  CLI::App& import = commands.Mutation(contact, "import", "Put many on the list who agreed to it (staff)",
                                       "plenary contact import list.txt --source \"The old list\" --evidence "
                                       "\"Double opt-in of the old list\"",
                                       [flags](Invocation& run) { return ImportContacts(run, *flags); });
  import.add_option("FILE", flags->file, "EMAIL or EMAIL,FULL NAME a line")->required();
  AddSourceOptions(import, *flags);
}

absl::Status Subscribe(Invocation& run, const ContactFlags& flags) {
  SubscribeRequest request;
  request.set_email(flags.email);
  request.set_full_name(flags.full_name);
  AddTopics(flags.topics, *request.mutable_topics());
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Contacts::Subscribe, request));
  run.out().Line("Look into your mail: the letter says how to confirm.");
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status Confirm(Invocation& run, const std::string& token) {
  ConfirmSubscriptionRequest request;
  request.set_token(token);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Contacts::ConfirmSubscription, request));
  run.out().Line(fmt::format("{} is on the list{}{}.", answer.email(), answer.topics().empty() ? "" : " for ",
                             TopicText(answer.topics())));
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status Unsubscribe(Invocation& run, const std::string& token) {
  UnsubscribeRequest request;
  request.set_token(token);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Contacts::Unsubscribe, request));
  run.out().Line("Done: no mailing will come any more.");
  run.out().Document(answer);
  return absl::OkStatus();
}

void AddOwnActs(CommandSet& commands, CLI::App& contact) {
  const auto flags = std::make_shared<ContactFlags>();
  CLI::App& subscribe = commands.Mutation(contact, "subscribe", "Ask for the mailings, or for other topics",
                                          "plenary contact subscribe zoe@visitor.example --topics events",
                                          [flags](Invocation& run) { return Subscribe(run, *flags); });
  subscribe.add_option("EMAIL", flags->email, "E-mail address")->required();
  subscribe.add_option("--full-name,--name", flags->full_name, "As you write it");
  AddTopicOption(subscribe, flags->topics);
  const auto token = std::make_shared<std::string>();
  CLI::App& confirm = commands.Mutation(contact, "confirm", "Confirm by the token of the letter",
                                        "plenary contact confirm 0123456789abcdefghijklmnop",
                                        [token](Invocation& run) { return Confirm(run, *token); });
  confirm.add_option("TOKEN", *token, "Token of the letter")->required();
  CLI::App& unsubscribe = commands.Mutation(contact, "unsubscribe", "Leave the list for good",
                                            "plenary contact unsubscribe 0123456789abcdefghijklmnop",
                                            [token](Invocation& run) { return Unsubscribe(run, *token); });
  unsubscribe.add_option("TOKEN", *token, "Token of any mailing (default: who is signed in)");
}

struct ContactFilter {
  std::string email;
  std::string state;
  std::string topic;
  std::string audience;
};

absl::Status ListContacts(Invocation& run, const ContactFilter& filter) {
  ListContactsRequest request;
  request.set_email(filter.email);
  request.set_state(ValueOf<Contact::State>(filter.state));
  if (!filter.topic.empty()) request.set_topic(Qualified("topics", filter.topic));
  request.set_audience(ValueOf<ListContactsRequest::Audience>(filter.audience));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Contacts::ListContacts, request));
  Table table({"CONTACT", "E-MAIL", "NAME", "PERSON", "STATE", "TOPICS", "SOURCE"});
  for (const Contact& contact : all.contacts()) {
    table.Row({LastSegment(contact.name()), contact.email(), contact.full_name(),
               LastSegment(contact.person()), Word(contact.state()), TopicText(contact.topics()),
               contact.source()});
  }
  run.out().Print(table, "No contacts.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ListConsents(Invocation& run, const std::string& contact) {
  ListConsentsRequest request;
  request.set_contact(Qualified("contacts", contact));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Contacts::ListConsents, request));
  Table table({"TIME", "ACT", "BY", "TOPICS", "EVIDENCE"});
  for (const Consent& consent : all.consents()) {
    table.Row({InstantText(consent.has_time(), consent.time()), Word(consent.act()), consent.actor(),
               TopicText(consent.topics()), consent.evidence()});
  }
  run.out().Print(table, "Nothing happened.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status EraseContact(Invocation& run, const std::string& contact) {
  EraseContactRequest request;
  request.set_name(Qualified("contacts", contact));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Contacts::EraseContact, request));
  run.out().Line(fmt::format("Erased {}. The society cannot add that address again.", request.name()));
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status ExportContacts(Invocation& run, const std::string& topic, const std::string& file) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Contacts stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  ExportContactsRequest request;
  if (!topic.empty()) request.set_topic(Qualified("topics", topic));
  const auto reader = stub.ExportContacts(&context, request);
  std::string csv;
  ExportContactsResponse part;
  while (reader->Read(&part)) csv += part.content();
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  RETURN_IF_ERROR(WriteSecretFile(file, csv));
  const auto contacts = std::count(csv.begin(), csv.end(), '\n') - 1;
  run.out().Line(fmt::format("Wrote {} contact{} to {}, which only you can read.", contacts,
                             contacts == 1 ? "" : "s", file));
  run.out().Document(Json{{"file", file}, {"contacts", contacts}});
  return absl::OkStatus();
}

void AddViews(CommandSet& commands, CLI::App& contact) {
  const auto filter = std::make_shared<ContactFilter>();
  CLI::App& list = commands.List(contact, "list", "Contacts, by id (staff)",
                                 "plenary contact list --audience others --topic events",
                                 [filter](Invocation& run) { return ListContacts(run, *filter); });
  list.add_option("--email", filter->email, "Only the one with this address");
  AddWord<Contact::State>(list, "--state", filter->state, "Only those in this state");
  list.add_option("--topic", filter->topic, "Only those who agreed to this topic");
  AddWord<ListContactsRequest::Audience>(list, "--audience", filter->audience,
                                         "Only people of the register, or only others");
  const auto which = std::make_shared<std::string>();
  CLI::App& history = commands.List(contact, "history", "How a contact came on the list and off it (staff)",
                                    "plenary contact history 0123456789abcdefghijklmnop",
                                    [which](Invocation& run) { return ListConsents(run, *which); });
  history.add_option("CONTACT", *which, "Id of the contact")->required();
  CLI::App& erase = commands.Mutation(contact, "erase", "Forget a contact for good (staff)",
                                      "plenary contact erase 0123456789abcdefghijklmnop",
                                      [which](Invocation& run) { return EraseContact(run, *which); });
  erase.add_option("CONTACT", *which, "Id of the contact")->required();
  const auto topic = std::make_shared<std::string>();
  const auto file = std::make_shared<std::string>("contacts.csv");
  CLI::App& exported =
      commands.Command(contact, "export", "Write those who may be written to as CSV (staff)",
                       "plenary contact export --topic events --out contacts.csv",
                       [topic, file](Invocation& run) { return ExportContacts(run, *topic, *file); });
  exported.add_option("--topic", *topic, "Only those who agreed to this topic");
  exported.add_option("--out", *file, "File to write")->capture_default_str();
}

}  // namespace

void AddContactCommands(CommandSet& commands) {
  CLI::App& contact = commands.Group("contact", "The mailing list");
  AddTopicGroup(commands, contact);
  AddAdditions(commands, contact);
  AddOwnActs(commands, contact);
  AddViews(commands, contact);
}

}  // namespace plenary::cli
