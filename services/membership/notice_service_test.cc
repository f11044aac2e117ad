#include "services/membership/notice_service.h"

#include <functional>

#include "common/db/transact.h"
#include "common/rpc/page.h"
#include "common/testing/every_caller.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/membership/limits_notices.h"
#include "services/membership/store/notices.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Invoke;
using ::testing::IsEmpty;
using testing::IsError;
using Stub = v1::NoticeService::Stub;

class NoticeServiceTest : public MembershipTest {
 protected:
  NoticeServiceTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-08-24,2022-08-23,2,,\n"
        "bob@example.org,Bob,Bobco,professional,2021-08-24,2022-08-23,2,,\n");
  }

  std::string IdOf(const std::string& email) { return *ResourceId("people", PersonAt(email).name()); }
  // Queues a notice and returns its name.
  std::string Queue(const std::string& event, const std::string& email = "ann@example.org",
                    const std::string& words = "renewed", absl::Time not_after = absl::InfiniteFuture()) {
    store::Notice notice{
        .event = event,
        .template_name = words,
        .person = IdOf(email),
        .address = email,
        .values = {{"full_name", "Ann"}, {"category", "Professional"}, {"ends_on", "2023-08-24"}},
        .not_after = not_after};
    if (words == "contact-confirm") notice.values = {{"code", "AB12-CD34"}, {"expires", "12:10"}};
    const auto queued =
        db::Transact(database_.pool(), absl::InfiniteFuture(), [&](db::Transaction& transaction) {
          return store::EnqueueNotice(transaction, ids_, notice, suite_.clock().Now());
        });
    EXPECT_TRUE(queued.value());
    return "notices/" + database_.One("SELECT id FROM notices WHERE event = '" + event + "'");
  }
  void Settle(const std::string& event, const std::string& state = "SENT") {
    database_.Run("UPDATE notices SET state = '" + state + "', settled_at = created_at WHERE event = '" +
                  event + "'");
  }
  static std::vector<std::string> Events(const google::protobuf::RepeatedPtrField<v1::Notice>& notices) {
    std::vector<std::string> events;
    for (const v1::Notice& notice : notices) events.push_back(notice.event());
    return events;
  }
  absl::StatusOr<std::vector<std::string>> List(const v1::ListNoticesRequest& request) {
    const auto page = Invoke(&Stub::ListNotices, *stub_, suite_.Staff(), request);
    if (!page.ok()) return page.status();
    return Events(page->notices());
  }
  absl::StatusOr<v1::Notice> Resend(const std::string& name, const std::string& request_id = "") {
    v1::ResendNoticeRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    return Invoke(&Stub::ResendNotice, *stub_, suite_.Staff(), request);
  }
  static v1::ReportBounceRequest BounceOf(const std::string& address) {
    v1::ReportBounceRequest request;
    request.set_address(address);
    request.set_cause(v1::SuppressedAddress::CAUSE_BOUNCE);
    request.set_detail("550 5.1.1");
    return request;
  }
  absl::StatusOr<v1::SuppressedAddress> Report(const v1::ReportBounceRequest& request) {
    return Invoke(&Stub::ReportBounce, *stub_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::ClearSuppressionResponse> Clear(const std::string& address) {
    v1::ClearSuppressionRequest request;
    request.set_address(address);
    return Invoke(&Stub::ClearSuppression, *stub_, suite_.Staff(), request);
  }

  NoticeLibrary library_ =
      NoticeLibrary::Load(PLENARY_MEMBERSHIP_TEMPLATE_DIR, "https://society.example").value();
  NoticeService service_{suite_.edge(), database_.pool(), library_, "society.example"};
  testing::Loopback notices_loopback_{{&service_}};
  std::unique_ptr<Stub> stub_ = v1::NoticeService::NewStub(notices_loopback_.channel());
};

TEST_F(NoticeServiceTest, EveryPolicyHolds) {
  testing::ExpectEveryPolicyHolds(suite_, notices_loopback_.channel(),
                                  {"plenary.membership.v1.NoticeService"});
}

TEST_F(NoticeServiceTest, ListsNewestFirstByAnyFilter) {
  Queue("a");
  Queue("b", "bob@example.org");
  Queue("c", "ann@example.org", "contact-confirm");
  Settle("a");
  v1::ListNoticesRequest request;
  EXPECT_THAT(List(request).value(), ElementsAre("c", "b", "a"));
  request.set_state(v1::Notice::STATE_QUEUED);
  EXPECT_THAT(List(request).value(), ElementsAre("c", "b"));
  request.set_template_("renewed");
  EXPECT_THAT(List(request).value(), ElementsAre("b"));
  request.clear_state();
  EXPECT_THAT(List(request).value(), ElementsAre("b", "a"));
  request.set_person(PersonAt("ann@example.org").name());
  EXPECT_THAT(List(request).value(), ElementsAre("a"));
  request.set_state(v1::Notice::STATE_QUEUED);
  EXPECT_THAT(List(request).value(), IsEmpty());
  request.set_template_("contact-confirm");
  EXPECT_THAT(List(request).value(), ElementsAre("c"));
}

TEST_F(NoticeServiceTest, ListsPageByPage) {
  for (const char* event : {"a", "b", "c"}) Queue(event);
  v1::ListNoticesRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Invoke(&Stub::ListNotices, *stub_, suite_.Staff(), request));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Invoke(&Stub::ListNotices, *stub_, suite_.Staff(), request));
  EXPECT_THAT(Events(first.notices()), ElementsAre("c", "b"));
  EXPECT_THAT(Events(second.notices()), ElementsAre("a"));
  EXPECT_EQ(second.next_page_token(), "");
  request.set_page_token(rpc::PageToken("nonsense"));
  EXPECT_THAT(List(request), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(NoticeServiceTest, RefusesFiltersThatMeanNothing) {
  for (const auto& change : std::vector<std::function<void(v1::ListNoticesRequest&)>>{
           [](v1::ListNoticesRequest& r) { r.set_person("ann"); },
           [](v1::ListNoticesRequest& r) { r.set_template_("no-such"); },
           [](v1::ListNoticesRequest& r) { r.set_state(static_cast<v1::Notice::State>(99)); }}) {
    v1::ListNoticesRequest request;
    change(request);
    EXPECT_THAT(List(request), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
}

TEST_F(NoticeServiceTest, ShowsEverybodyTheirOwn) {
  Queue("a");
  Queue("b", "bob@example.org");
  ASSERT_OK_AND_ASSIGN(const auto mine, Invoke(&Stub::ListMyNotices, *stub_, As("bob@example.org"), {}));
  EXPECT_THAT(Events(mine.notices()), ElementsAre("b"));
}

TEST_F(NoticeServiceTest, ShowsTheWordsButNeverACode) {
  v1::GetNoticeRequest request;
  request.set_name(Queue("a"));
  ASSERT_OK_AND_ASSIGN(const v1::Notice open, Invoke(&Stub::GetNotice, *stub_, suite_.Staff(), request));
  EXPECT_THAT(open.text(), HasSubstr("as Professional was renewed"));
  EXPECT_EQ(open.values().at("ends_on"), "2023-08-24");
  EXPECT_EQ(open.address(), "ann@example.org");
  EXPECT_THAT(open.message_id(), HasSubstr(".0@society.example>"));
  const absl::Time until = suite_.clock().Now() + absl::Minutes(10);
  request.set_name(Queue("b", "ann@example.org", "contact-confirm", until));
  ASSERT_OK_AND_ASSIGN(const v1::Notice secret, Invoke(&Stub::GetNotice, *stub_, suite_.Staff(), request));
  EXPECT_EQ(secret.ShortDebugString().find("AB12"), std::string::npos) << "not even while it is queued";
  EXPECT_EQ(secret.subject(), "");
  EXPECT_TRUE(secret.has_expire_time());
  request.set_name("notices/none");
  EXPECT_THAT(Invoke(&Stub::GetNotice, *stub_, suite_.Staff(), request),
              IsError(absl::StatusCode::kNotFound, "NOTICE_NOT_FOUND"));
}

TEST_F(NoticeServiceTest, CountsByState) {
  Queue("a");
  Queue("b");
  Queue("c");
  Settle("b");
  ASSERT_OK(Report(BounceOf("x@example.org")));
  ASSERT_OK_AND_ASSIGN(const auto counts, Invoke(&Stub::GetNoticeCounts, *stub_, suite_.Staff(), {}));
  ASSERT_EQ(counts.states_size(), 6);
  EXPECT_EQ(counts.states(0).state(), v1::Notice::STATE_QUEUED);
  EXPECT_EQ(counts.states(0).count(), 2);
  EXPECT_EQ(counts.states(1).count(), 1);
  EXPECT_EQ(counts.states(2).count(), 0);
  EXPECT_EQ(counts.suppressed_addresses(), 1);
  EXPECT_TRUE(counts.has_oldest_queued_time());
  EXPECT_TRUE(counts.sending());
}

TEST_F(NoticeServiceTest, SendsAgainUnderAnotherMessageId) {
  const std::string name = Queue("a");
  Settle("a", "FAILED");
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const v1::Notice queued, Resend(name, request_id));
  EXPECT_EQ(queued.state(), v1::Notice::STATE_QUEUED);
  EXPECT_THAT(queued.message_id(), HasSubstr(".1@society.example>"));
  EXPECT_FALSE(queued.has_settle_time());
  EXPECT_TRUE(MessageDifferencer::Equals(Resend(name, request_id).value(), queued));
  EXPECT_EQ(database_.One("SELECT resends FROM notices"), "1");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE resource = '" + name + "'"), "1");
}

TEST_F(NoticeServiceTest, RefusesToSendAgainWhatIsNoUse) {
  using absl::StatusCode;
  EXPECT_THAT(Resend("notices/none"), IsError(StatusCode::kNotFound, "NOTICE_NOT_FOUND"));
  const std::string waiting = Queue("a");
  EXPECT_THAT(Resend(waiting), IsError(StatusCode::kFailedPrecondition, "NOTICE_QUEUED"));
  const std::string secret = Queue("b", "ann@example.org", "contact-confirm");
  Settle("b");
  EXPECT_THAT(Resend(secret), IsError(StatusCode::kFailedPrecondition, "NOTICE_SECRET_GONE"));
  const std::string late = Queue("c", "ann@example.org", "renewed", suite_.clock().Now() + absl::Hours(1));
  Settle("c", "EXPIRED");
  suite_.clock().Advance(absl::Hours(2));
  EXPECT_THAT(Resend(late), IsError(StatusCode::kFailedPrecondition, "NOTICE_OUT_OF_DATE"));
  const std::string bounced = Queue("d");
  Settle("d", "BOUNCED");
  ASSERT_OK(Report(BounceOf("ann@example.org")));
  EXPECT_THAT(Resend(bounced), IsError(StatusCode::kFailedPrecondition, "ADDRESS_SUPPRESSED"));
}

TEST_F(NoticeServiceTest, KeepsWhatWasSaidWithoutTheAddress) {
  v1::ReportBounceRequest request = BounceOf("Ada@X.org");
  request.set_detail("550 5.1.1 <ada@x.org>: rejected");
  ASSERT_OK_AND_ASSIGN(const v1::SuppressedAddress by_address, Report(request));
  EXPECT_EQ(by_address.detail(), "550 5.1.1 <address>: rejected");
  const std::string name = Queue("a");
  Settle("a");
  request.set_message_id("<" + *ResourceId("notices", name) + ".0@society.example>");
  request.set_detail("rfc822;ANN@example.org failed");
  ASSERT_OK_AND_ASSIGN(const v1::SuppressedAddress by_message, Report(request));
  EXPECT_EQ(by_message.detail(), "rfc822;<address> failed");
  EXPECT_EQ(database_.One("SELECT error FROM notices"), "rfc822;<address> failed");
}

TEST_F(NoticeServiceTest, TakesABounceByMessageId) {
  const std::string name = Queue("a");
  Settle("a");
  v1::ReportBounceRequest request;
  request.set_message_id("<" + *ResourceId("notices", name) + ".0@society.example>");
  request.set_cause(v1::SuppressedAddress::CAUSE_COMPLAINT);
  ASSERT_OK_AND_ASSIGN(const v1::SuppressedAddress suppressed, Report(request));
  EXPECT_EQ(suppressed.notice(), name);
  EXPECT_EQ(suppressed.person(), PersonAt("ann@example.org").name());
  EXPECT_EQ(suppressed.cause(), v1::SuppressedAddress::CAUSE_COMPLAINT);
  EXPECT_EQ(database_.One("SELECT state FROM notices"), "BOUNCED");
  EXPECT_EQ(Report(request).value().SerializeAsString(), suppressed.SerializeAsString()) << "told again";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE resource LIKE 'suppressed%'"), "1");
  request.set_message_id("<1@example.org>");
  EXPECT_THAT(Report(request), IsError(absl::StatusCode::kNotFound, "NOTICE_NOT_FOUND"));
}

TEST_F(NoticeServiceTest, RefusesAReportThatSaysTooLittle) {
  for (const auto& change : std::vector<std::function<void(v1::ReportBounceRequest&)>>{
           [](v1::ReportBounceRequest& r) { r.clear_address(); },
           [](v1::ReportBounceRequest& r) { r.set_address("ann"); },
           [](v1::ReportBounceRequest& r) {
             r.set_message_id(std::string(limits::kLongestMessageId + 1, 'x'));
           },
           [](v1::ReportBounceRequest& r) { r.clear_cause(); },
           [](v1::ReportBounceRequest& r) { r.set_cause(static_cast<v1::SuppressedAddress::Cause>(9)); },
           [](v1::ReportBounceRequest& r) {
             r.set_detail(std::string(limits::kLongestBounceDetail + 1, 'x'));
           }}) {
    v1::ReportBounceRequest request = BounceOf("ann@example.org");
    change(request);
    EXPECT_THAT(Report(request), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << request.ShortDebugString().substr(0, 100);
  }
}

TEST_F(NoticeServiceTest, KeepsSuppressedAddressesByDigestUntilTheyAreCleared) {
  ASSERT_OK(Report(BounceOf("Ann@Example.org")));
  ASSERT_OK(Report(BounceOf("bob@example.org")));
  v1::ListSuppressedAddressesRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Invoke(&Stub::ListSuppressedAddresses, *stub_, suite_.Staff(), request));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Invoke(&Stub::ListSuppressedAddresses, *stub_, suite_.Staff(), request));
  EXPECT_EQ(second.next_page_token(), "");
  EXPECT_LT(first.addresses(0).address_sha256(), second.addresses(0).address_sha256());
  EXPECT_EQ(first.ShortDebugString().find("@"), std::string::npos);
  v1::ListSuppressedAddressesRequest one;
  one.set_address(" ANN@example.org");
  ASSERT_OK_AND_ASSIGN(const auto found, Invoke(&Stub::ListSuppressedAddresses, *stub_, suite_.Staff(), one));
  ASSERT_EQ(found.addresses_size(), 1);

  ASSERT_OK_AND_ASSIGN(const auto cleared, Clear("ann@example.org"));
  EXPECT_EQ(cleared.cleared().detail(), "550 5.1.1");
  EXPECT_OK(Clear(first.addresses(0).address_sha256() == found.addresses(0).address_sha256()
                      ? second.addresses(0).address_sha256()
                      : first.addresses(0).address_sha256()))
      << "the digest does too";
  EXPECT_THAT(Clear("ann@example.org"), IsError(absl::StatusCode::kNotFound, "SUPPRESSION_NOT_FOUND"));
  EXPECT_THAT(Clear("ann"), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace plenary::membership
