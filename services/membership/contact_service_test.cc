#include "services/membership/contact_service.h"

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <thread>

#include "common/ids/id.h"
#include "common/testing/every_caller.h"
#include "nlohmann/json.hpp"
#include "services/membership/limits_contacts.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::Invoke;
using testing::IsError;
using Stub = v1::ContactService::Stub;

constexpr char kZoe[] = "zoe@example.net";

class ContactServiceTest : public MembershipTest {
 protected:
  // Ann is a member; Zoe is nobody the register knows.
  ContactServiceTest()
      : service_(suite_.edge(), database_.pool(), ids_),
        contact_loopback_({&service_}),
        contacts_(v1::ContactService::NewStub(contact_loopback_.channel())) {
    SaveCategories();
    MustImport("ann@example.org,Ann,Acme,professional,2021-08-24,2022-08-31,2,,\n");
    for (const std::string id : {"news", "events"}) {
      v1::SaveTopicRequest request;
      request.mutable_topic()->set_name("topics/" + id);
      request.mutable_topic()->set_display_name(id);
      EXPECT_OK(Invoke(&Stub::SaveTopic, *contacts_, suite_.Staff(), request));
    }
  }

  static v1::AddContactRequest Addition(const std::string& email = kZoe) {
    v1::AddContactRequest request;
    request.set_email(email);
    request.set_full_name("Zoe");
    request.set_source("autumn conference 2022");
    request.set_evidence("ticked the box on paper form 12");
    request.add_topics("topics/news");
    return request;
  }
  absl::StatusOr<v1::Contact> Add(const v1::AddContactRequest& request) {
    return Invoke(&Stub::AddContact, *contacts_, suite_.Staff(), request);
  }
  absl::Status Subscribe(const std::string& email, const std::vector<std::string>& topics = {},
                         const std::string& request_id = "") {
    v1::SubscribeRequest request;
    request.set_email(email);
    for (const std::string& topic : topics) request.add_topics(topic);
    request.set_request_id(request_id);
    return Invoke(&Stub::Subscribe, *contacts_, testing::TestSuite::Anonymous(), request).status();
  }
  // The tokens of all letters to the address, in the order they were sent.
  std::vector<std::string> Tokens(const std::string& email) {
    std::vector<std::string> tokens;
    for (const std::string& values : database_.Column(
             "SELECT template_values FROM notices WHERE template = 'contact-confirm' AND address = '" +
             email + "' ORDER BY sequence")) {
      tokens.push_back(nlohmann::json::parse(values).at("code").get<std::string>());
    }
    return tokens;
  }
  absl::StatusOr<v1::ConfirmSubscriptionResponse> Confirm(const std::string& token,
                                                          const std::string& request_id = "") {
    v1::ConfirmSubscriptionRequest request;
    request.set_token(token);
    request.set_request_id(request_id);
    return Invoke(&Stub::ConfirmSubscription, *contacts_, testing::TestSuite::Anonymous(), request);
  }
  absl::Status Unsubscribe(const std::string& token,
                           std::unique_ptr<grpc::ClientContext> context = testing::TestSuite::Anonymous()) {
    v1::UnsubscribeRequest request;
    request.set_token(token);
    return Invoke(&Stub::Unsubscribe, *contacts_, std::move(context), request).status();
  }
  std::string TokenOf(const std::string& email) {
    return database_.One("SELECT unsubscribe_token FROM contacts WHERE email = '" + email + "'");
  }
  std::string StateOf(const std::string& email) {
    return database_.One("SELECT COALESCE(MAX(state), '') FROM contacts WHERE email = '" + email + "'");
  }
  std::vector<std::string> List(const v1::ListContactsRequest& request) {
    const auto answer = Invoke(&Stub::ListContacts, *contacts_, suite_.Staff(), request);
    EXPECT_OK(answer);
    std::vector<std::string> emails;
    if (answer.ok()) {
      for (const v1::Contact& contact : answer->contacts()) emails.push_back(contact.email());
    }
    std::sort(emails.begin(), emails.end());
    return emails;
  }
  absl::StatusOr<std::string> Export(const std::string& topic = "") {
    v1::ExportContactsRequest request;
    request.set_topic(topic);
    const auto context = suite_.Staff();
    const auto reader = contacts_->ExportContacts(context.get(), request);
    std::string csv;
    v1::ExportContactsResponse part;
    while (reader->Read(&part)) csv += part.content();
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return csv;
  }
  using Row = std::pair<std::string, std::string>;
  absl::StatusOr<v1::ImportContactsResponse> Import(const std::vector<Row>& rows,
                                                    const std::string& topic = "topics/news",
                                                    const std::string& request_id = "") {
    const auto context = suite_.Staff();
    v1::ImportContactsResponse response;
    const auto writer = contacts_->ImportContacts(context.get(), &response);
    v1::ImportContactsRequest part;
    part.mutable_header()->set_source("the old list");
    part.mutable_header()->set_evidence("double opt-in of the old list");
    part.mutable_header()->add_topics(topic);
    part.mutable_header()->set_request_id(request_id);
    bool open = writer->Write(part);
    for (std::size_t i = 0; open && i < rows.size(); ++i) {
      part.mutable_row()->set_email(rows[i].first);
      part.mutable_row()->set_full_name(rows[i].second);
      open = writer->Write(part);
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }

  ContactService service_;
  testing::Loopback contact_loopback_;
  std::unique_ptr<Stub> contacts_;
};

TEST_F(ContactServiceTest, KeepsTheEvidenceOfEveryAddition) {
  v1::AddContactRequest request = Addition(" ZOE@Example.net ");
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::Contact first, Add(request));
  ASSERT_OK_AND_ASSIGN(const v1::Contact repeated, Add(request));
  EXPECT_EQ(repeated.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(first.email(), kZoe);
  EXPECT_EQ(first.person(), "");
  v1::AddContactRequest more = Addition();
  more.set_topics(0, "topics/events");
  ASSERT_OK_AND_ASSIGN(const v1::Contact merged, Add(more));
  EXPECT_EQ(merged.name(), first.name()) << "one contact an address";
  ASSERT_EQ(merged.topics_size(), 2);
  EXPECT_EQ(merged.topics(0), "topics/events");
  ASSERT_OK_AND_ASSIGN(const v1::Contact ann, Add(Addition("ann@example.org")));
  EXPECT_EQ(ann.person(), PersonAt("ann@example.org").name());
  v1::ListConsentsRequest list;
  list.set_contact(first.name());
  list.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto oldest, Invoke(&Stub::ListConsents, *contacts_, suite_.Staff(), list));
  EXPECT_EQ(oldest.consents(0).act(), v1::Consent::ACT_ADDED);
  EXPECT_EQ(oldest.consents(0).evidence(), "ticked the box on paper form 12");
  EXPECT_EQ(oldest.consents(0).actor(), "people/staff");
  list.set_page_token(oldest.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto newest, Invoke(&Stub::ListConsents, *contacts_, suite_.Staff(), list));
  EXPECT_EQ(newest.consents(0).topics_size(), 2);
  EXPECT_EQ(newest.next_page_token(), "");
}

TEST_F(ContactServiceTest, RefusesAdditionsThatCannotBe) {
  for (const auto& change : std::vector<std::function<void(v1::AddContactRequest&)>>{
           [](auto& r) { r.set_email("zoe"); },
           [](auto& r) { r.set_email("zoe@example.net\r\nBcc: x@y.zz"); },
           [](auto& r) { r.set_full_name(std::string(121, 'x')); },
           [](auto& r) { r.set_full_name("\x1b[2J"); }, [](auto& r) { r.set_source(""); },
           [](auto& r) { r.set_source(std::string(121, 'x')); }, [](auto& r) { r.set_evidence(" "); },
           [](auto& r) { r.set_evidence(std::string(2'001, 'x')); },
           [](auto& r) {
             for (int i = 0; i < 20; ++i) r.add_topics("topics/news");
           }}) {
    v1::AddContactRequest request = Addition();
    change(request);
    EXPECT_THAT(Add(request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << request.ShortDebugString();
  }
  v1::AddContactRequest unknown = Addition();
  unknown.add_topics("topics/' OR 1=1");
  EXPECT_THAT(Add(unknown), IsError(StatusCode::kNotFound, "TOPIC_NOT_FOUND"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM contacts"), "0");
  v1::SaveTopicRequest topic;
  topic.mutable_topic()->set_name("topics/No");
  topic.mutable_topic()->set_display_name(std::string(81, 'x'));
  const auto refused = Invoke(&Stub::SaveTopic, *contacts_, suite_.Staff(), topic);
  EXPECT_THAT(refused, IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_EQ(FieldViolationsOf(refused.status()).size(), 2U);
}

TEST_F(ContactServiceTest, BoundsTheTopicsOfAContact) {
  for (int i = 0; i < limits::kMostTopics; ++i) {
    database_.Run(fmt::format("INSERT INTO topics VALUES ('t{}', 't')", i));
    v1::AddContactRequest request = Addition();
    request.set_topics(0, fmt::format("topics/t{}", i));
    ASSERT_OK(Add(request));
  }
  EXPECT_THAT(Add(Addition()), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(ContactServiceTest, SubscribesByTheTokenOfALetter) {
  ASSERT_OK(Subscribe("Zoe@example.NET", {"topics/news"}));
  EXPECT_EQ(StateOf(kZoe), "") << "asking alone changes nothing";
  const std::vector<std::string> tokens = Tokens(kZoe);
  ASSERT_EQ(tokens.size(), 1U);
  EXPECT_EQ(
      database_.One("SELECT COUNT(*) FROM subscription_requests WHERE token_sha256 = '" + tokens[0] + "'"),
      "0")
      << "the token stands in the letter alone";
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto confirmed, Confirm(tokens[0], request_id));
  EXPECT_EQ(confirmed.email(), kZoe);
  EXPECT_EQ(confirmed.topics(0), "topics/news");
  EXPECT_EQ(StateOf(kZoe), "SUBSCRIBED");
  EXPECT_OK(Confirm(tokens[0], request_id)) << "a client that lost the answer";
  EXPECT_THAT(Confirm(tokens[0]), IsError(StatusCode::kNotFound, "SUBSCRIPTION_NOT_FOUND")) << "once";
  EXPECT_THAT(Confirm("' OR 1=1"), IsError(StatusCode::kNotFound, "SUBSCRIPTION_NOT_FOUND"));
  ASSERT_OK(Subscribe(kZoe, {"topics/events"}));
  ASSERT_OK_AND_ASSIGN(const auto changed, Confirm(Tokens(kZoe).back()));
  ASSERT_EQ(changed.topics_size(), 1);
  EXPECT_EQ(changed.topics(0), "topics/events") << "in the place of those before";
}

TEST_F(ContactServiceTest, LetsATokenGrowOld) {
  ASSERT_OK(Subscribe(kZoe));
  ASSERT_OK(Subscribe("yan@example.net"));
  suite_.clock().Advance(limits::kSubscriptionLife - absl::Seconds(1));
  EXPECT_OK(Confirm(Tokens(kZoe)[0]));
  suite_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(Confirm(Tokens("yan@example.net")[0]),
              IsError(StatusCode::kNotFound, "SUBSCRIPTION_NOT_FOUND"));
  suite_.clock().Advance(absl::Seconds(1));
  ASSERT_OK(Subscribe("xia@example.net"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM subscription_requests"), "1")
      << "what is too old is cleared away";
}

TEST_F(ContactServiceTest, AnswersTheSameForEveryAddress) {
  ASSERT_OK(Add(Addition()));
  ASSERT_OK(Unsubscribe(TokenOf(kZoe)));
  ASSERT_OK(Add(Addition("ann@example.org")));
  for (const char* email : {kZoe, "ann@example.org", "nobody@example.net"}) {
    EXPECT_OK(Subscribe(email));
    EXPECT_EQ(Tokens(email).size(), 1U) << "a letter either way: " << email;
  }
  EXPECT_OK(Unsubscribe("00000000000000000000000000")) << "an unknown token";
  EXPECT_EQ(StateOf("ann@example.org"), "SUBSCRIBED");
}

TEST_F(ContactServiceTest, BoundsTheLettersToAnAddress) {
  for (int i = 0; i < limits::kMostLettersADay + 2; ++i) EXPECT_OK(Subscribe(kZoe));
  EXPECT_EQ(Tokens(kZoe).size(), static_cast<std::size_t>(limits::kMostLettersADay));
  EXPECT_OK(Subscribe("yan@example.net"));
  EXPECT_EQ(Tokens("yan@example.net").size(), 1U);
  suite_.clock().Advance(absl::Hours(24));
  EXPECT_OK(Subscribe(kZoe));
  EXPECT_EQ(Tokens(kZoe).size(), static_cast<std::size_t>(limits::kMostLettersADay) + 1) << "another day";
}

TEST_F(ContactServiceTest, BoundsTheSubscriptionsOfEverybody) {
  ASSERT_OK(Subscribe(kZoe));
  database_.Run(
      fmt::format("UPDATE subscription_counts SET asked = {} WHERE asker_sha256 = REPEAT('\\0', 32)",
                  limits::kMostSubscriptionsAnHour));
  EXPECT_THAT(Subscribe("yan@example.net"),
              IsError(StatusCode::kResourceExhausted, "TOO_MANY_SUBSCRIPTIONS"));
  EXPECT_TRUE(Tokens("yan@example.net").empty());
  suite_.clock().Advance(absl::Hours(1));
  EXPECT_OK(Subscribe("yan@example.net"));
}

TEST_F(ContactServiceTest, BoundsTheSubscriptionsFromOnePlace) {
  const auto subscribe_from = [&](const std::string& caller, const std::string& email) {
    v1::SubscribeRequest request;
    request.set_email(email);
    auto context = testing::TestSuite::Anonymous();
    context->AddMetadata("x-forwarded-for", caller);
    return Invoke(&Stub::Subscribe, *contacts_, std::move(context), request).status();
  };
  for (int i = 0; i < limits::kMostSubscriptionsFromPeer; ++i) {
    ASSERT_OK(subscribe_from("192.0.2.1", fmt::format("{}@example.net", i)));
  }
  EXPECT_THAT(subscribe_from("192.0.2.1", kZoe),
              IsError(StatusCode::kResourceExhausted, "TOO_MANY_SUBSCRIPTIONS"));
  EXPECT_OK(subscribe_from("192.0.2.2", kZoe));
  EXPECT_EQ(database_.One("SELECT asked FROM subscription_counts WHERE asker_sha256 = REPEAT('\\0', 32)"),
            std::to_string(limits::kMostSubscriptionsFromPeer + 1))
      << "what was refused was not counted";
  suite_.clock().Advance(absl::Hours(1));
  EXPECT_OK(subscribe_from("192.0.2.1", "yan@example.net"));
}

TEST_F(ContactServiceTest, RefusesSubscriptionsThatCannotBe) {
  EXPECT_THAT(Subscribe("zoe"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Subscribe(kZoe, std::vector<std::string>(21, "topics/news")),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Subscribe(kZoe, {"topics/none"}), IsError(StatusCode::kNotFound, "TOPIC_NOT_FOUND"));
  EXPECT_THAT(Unsubscribe(""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Unsubscribe("", suite_.Person("people/none")),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(ContactServiceTest, BringsNobodyBackWhoLeft) {
  ASSERT_OK(Add(Addition()));
  ASSERT_OK(Subscribe(kZoe));
  ASSERT_OK(Unsubscribe(TokenOf(kZoe)));
  EXPECT_OK(Unsubscribe(TokenOf(kZoe))) << "twice is once";
  EXPECT_EQ(StateOf(kZoe), "UNSUBSCRIBED");
  EXPECT_THAT(Add(Addition()), IsError(StatusCode::kFailedPrecondition, "CONTACT_SUPPRESSED"));
  EXPECT_THAT(Confirm(Tokens(kZoe)[0]), IsError(StatusCode::kNotFound, "SUBSCRIPTION_NOT_FOUND"))
      << "a letter from before is worthless";
  ASSERT_OK(Subscribe(kZoe));
  ASSERT_OK(Confirm(Tokens(kZoe).back()));
  EXPECT_EQ(StateOf(kZoe), "SUBSCRIBED") << "they themself may";
  EXPECT_OK(Add(Addition()));
}

TEST_F(ContactServiceTest, LetsMembersLeaveByThemselves) {
  ASSERT_OK(Unsubscribe("", As("ann@example.org"))) << "also who is not on the list yet";
  EXPECT_THAT(Add(Addition("ann@example.org")),
              IsError(StatusCode::kFailedPrecondition, "CONTACT_SUPPRESSED"));
}

TEST_F(ContactServiceTest, ForgetsAllButTheDigest) {
  ASSERT_OK_AND_ASSIGN(const v1::Contact contact, Add(Addition()));
  ASSERT_OK(Subscribe(kZoe));
  v1::EraseContactRequest request;
  request.set_name(contact.name());
  ASSERT_OK(Invoke(&Stub::EraseContact, *contacts_, suite_.Staff(), request));
  EXPECT_THAT(Invoke(&Stub::EraseContact, *contacts_, suite_.Staff(), request),
              IsError(StatusCode::kNotFound, "CONTACT_NOT_FOUND"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM contacts"), "0");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM contact_consents WHERE evidence <> ''"), "0");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM subscription_requests"), "0");
  EXPECT_THAT(Add(Addition()), IsError(StatusCode::kFailedPrecondition, "CONTACT_SUPPRESSED"));
  v1::ListConsentsRequest list;
  list.set_contact(contact.name());
  ASSERT_OK_AND_ASSIGN(const auto consents, Invoke(&Stub::ListConsents, *contacts_, suite_.Staff(), list));
  ASSERT_EQ(consents.consents_size(), 2);
  EXPECT_EQ(consents.consents(1).act(), v1::Consent::ACT_ERASED);
  list.set_contact("contacts/none");
  EXPECT_THAT(Invoke(&Stub::ListConsents, *contacts_, suite_.Staff(), list),
              IsError(StatusCode::kNotFound, "CONTACT_NOT_FOUND"));
}

TEST_F(ContactServiceTest, ImportsGoodRowsAndNamesBadOnes) {
  ASSERT_OK(Add(Addition()));
  ASSERT_OK(Unsubscribe(TokenOf(kZoe)));
  ASSERT_OK(Add(Addition("ann@example.org")));
  const std::string request_id = RandomUuid();
  const std::vector<Row> rows = {{"yan@example.net", "Yan"},
                                 {"=1+1", ""},
                                 {kZoe, "Zoe"},
                                 {"ANN@example.org", ""},
                                 {"yan@example.net", "Yan"},
                                 {"xia@example.net", std::string(121, 'x')}};
  ASSERT_OK_AND_ASSIGN(const auto first, Import(rows, "topics/events", request_id));
  EXPECT_EQ(first.rows(), 6);
  EXPECT_EQ(first.added(), 1);
  EXPECT_EQ(first.merged(), 2);
  ASSERT_EQ(first.problems_size(), 3);
  EXPECT_EQ(first.problems(0).reason(), "EMAIL_INVALID");
  EXPECT_EQ(first.problems(1).reason(), "CONTACT_SUPPRESSED");
  EXPECT_EQ(first.problems(1).row(), 3);
  EXPECT_EQ(first.problems(2).reason(), "NAME_INVALID");
  ASSERT_OK_AND_ASSIGN(const auto repeated, Import(rows, "topics/events", request_id));
  EXPECT_EQ(repeated.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(StateOf(kZoe), "UNSUBSCRIBED");
  const Row vast = {std::string(10'000, 'a') + "@example.net", std::string(10'000, 'x')};
  ASSERT_OK_AND_ASSIGN(const auto cut, Import({vast, {"wim@example.net", vast.second}}));
  ASSERT_EQ(cut.problems_size(), 2);
  EXPECT_EQ(cut.problems(0).email(), std::string(254, 'a'));
  EXPECT_EQ(cut.problems(1).reason(), "NAME_INVALID");
  EXPECT_THAT(Import({}, "topics/none"), IsError(StatusCode::kNotFound, "TOPIC_NOT_FOUND"));
  EXPECT_THAT(Import(std::vector<Row>(limits::kMostImportedContacts + 1)),
              IsError(StatusCode::kInvalidArgument, "TOO_MANY_ROWS"));
}

TEST_F(ContactServiceTest, ListsByEveryFilter) {
  ASSERT_OK(Add(Addition()));
  ASSERT_OK(Add(Addition("ann@example.org")));
  v1::AddContactRequest events = Addition("yan@example.net");
  events.set_topics(0, "topics/events");
  ASSERT_OK(Add(events));
  ASSERT_OK(Unsubscribe(TokenOf("yan@example.net")));
  using Emails = std::vector<std::string>;
  v1::ListContactsRequest request;
  EXPECT_EQ(List(request), (Emails{"ann@example.org", "yan@example.net", kZoe}));
  request.set_state(v1::Contact::STATE_SUBSCRIBED);
  EXPECT_EQ(List(request), (Emails{"ann@example.org", kZoe}));
  request.set_audience(v1::ListContactsRequest::AUDIENCE_REGISTER);
  EXPECT_EQ(List(request), Emails{"ann@example.org"});
  request.set_audience(v1::ListContactsRequest::AUDIENCE_OTHERS);
  EXPECT_EQ(List(request), Emails{kZoe});
  request.set_topic("topics/events");
  EXPECT_EQ(List(request), Emails{});
  request.clear_state();
  EXPECT_EQ(List(request), Emails{"yan@example.net"});
  request.Clear();
  request.set_topic("topics/event");
  EXPECT_EQ(List(request), Emails{}) << "a topic is more than how it begins";
  request.Clear();
  request.set_email("ZOE@example.net");
  EXPECT_EQ(List(request), Emails{kZoe});
  request.Clear();
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto page, Invoke(&Stub::ListContacts, *contacts_, suite_.Staff(), request));
  request.set_page_token(page.next_page_token());
  EXPECT_EQ(List(request).size(), 1U);
  for (const auto& change : std::vector<std::function<void(v1::ListContactsRequest&)>>{
           [](auto& r) { r.set_email("zoe"); }, [](auto& r) { r.set_topic("news"); },
           [](auto& r) { r.set_state(static_cast<v1::Contact::State>(9)); },
           [](auto& r) { r.set_audience(static_cast<v1::ListContactsRequest::Audience>(9)); }}) {
    v1::ListContactsRequest bad;
    change(bad);
    EXPECT_THAT(Invoke(&Stub::ListContacts, *contacts_, suite_.Staff(), bad),
                IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
}

TEST_F(ContactServiceTest, ExportsThoseWhoMayBeWrittenTo) {
  v1::AddContactRequest hostile = Addition();
  hostile.set_full_name("=HYPERLINK(\"http://x\",\"Zoe\")");
  ASSERT_OK(Add(hostile));
  ASSERT_OK(Add(Addition("yan@example.net")));
  ASSERT_OK(Unsubscribe(TokenOf("yan@example.net")));
  ASSERT_OK_AND_ASSIGN(const std::string csv, Export());
  EXPECT_EQ(csv,
            "email,full_name,person,topics,unsubscribe_token\r\n"
            "zoe@example.net,\"'=HYPERLINK(\"\"http://x\"\",\"\"Zoe\"\")\",,news," +
                TokenOf(kZoe) + "\r\n");
  ASSERT_OK_AND_ASSIGN(const std::string events, Export("topics/events"));
  EXPECT_EQ(events, "email,full_name,person,topics,unsubscribe_token\r\n");
  EXPECT_THAT(Export("topics/none"), IsError(StatusCode::kNotFound, "TOPIC_NOT_FOUND"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE act LIKE '%ExportContacts'"), "2");
}

TEST_F(ContactServiceTest, ExportsInParts) {
  std::vector<Row> rows;
  for (int i = 0; i < 2 * limits::kExportPage; ++i)
    rows.emplace_back(fmt::format("p{}@example.net", i), "Person");
  ASSERT_OK(Import(rows));
  ASSERT_OK_AND_ASSIGN(const std::string csv, Export("topics/news"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 2 * limits::kExportPage + 1);
  EXPECT_GT(csv.size(), limits::kExportPart);
}

TEST_F(ContactServiceTest, MakesOneContactOfTwoConfirmations) {
  for (int i = 0; i < limits::kMostLettersADay; ++i) ASSERT_OK(Subscribe(kZoe));
  const std::vector<std::string> tokens = Tokens(kZoe);
  std::vector<std::thread> threads;
  std::atomic<int> confirmed{0};
  for (std::size_t i = 0; i < 2 * tokens.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto result = Confirm(tokens[i / 2]);
      if (result.ok()) {
        ++confirmed;
      } else {
        EXPECT_THAT(result, IsError(StatusCode::kNotFound, "SUBSCRIPTION_NOT_FOUND"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(confirmed, static_cast<int>(tokens.size())) << "each token once";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM contacts"), "1");
}

TEST_F(ContactServiceTest, NeverAddsWhoLeavesAtThatMoment) {
  ASSERT_OK(Add(Addition()));
  const std::string token = TokenOf(kZoe);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (i == 4) {
        EXPECT_OK(Unsubscribe(token));
      } else {
        const auto added = Add(Addition());
        EXPECT_TRUE(added.ok() || ReasonOf(added.status()) == "CONTACT_SUPPRESSED");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(StateOf(kZoe), "UNSUBSCRIBED");
}

TEST_F(ContactServiceTest, AnswersExactlyThoseWhomThePolicyNames) {
  testing::ExpectEveryPolicyHolds(suite_, contact_loopback_.channel(),
                                  {"plenary.membership.v1.ContactService"});
}

}  // namespace
}  // namespace plenary::membership
