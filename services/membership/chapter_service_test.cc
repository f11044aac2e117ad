#include "services/membership/chapter_service.h"

#include <functional>
#include <thread>

#include "common/testing/every_caller.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::Invoke;
using testing::IsError;
using Stub = v1::ChapterService::Stub;

class ChapterServiceTest : public MembershipTest {
 protected:
  ChapterServiceTest()
      : service_(suite_.edge(), database_.pool(), ids_),
        chapter_loopback_({&service_}),
        chapters_(v1::ChapterService::NewStub(chapter_loopback_.channel())) {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-08-24,2022-08-31,2,,\n"
        "bob@example.org,Bob,Acme,registered,2019-08-24,,,,\n");
    Save("us-ny");
    Save("us-nj");
  }

  void Save(const std::string& code, bool closed = false) {
    v1::SaveChapterRequest request;
    *request.mutable_chapter() = Chapter(code);
    request.mutable_chapter()->set_closed(closed);
    ASSERT_OK(Invoke(&Stub::SaveChapter, *chapters_, suite_.Staff(), request));
  }
  static v1::Chapter Chapter(const std::string& code) {
    v1::Chapter chapter;
    chapter.set_name("chapters/" + code);
    chapter.set_display_name("Chapter of " + code);
    chapter.set_kind(v1::Chapter::KIND_STATE);
    return chapter;
  }
  absl::StatusOr<v1::ChapterMembership> Join(const std::string& chapter,
                                             std::unique_ptr<grpc::ClientContext> context,
                                             const std::string& person = "") {
    v1::JoinChapterRequest request;
    request.set_person(person);
    request.set_chapter(chapter);
    return Invoke(&Stub::JoinChapter, *chapters_, std::move(context), request);
  }
  absl::StatusOr<v1::ChapterMembership> Leave(std::unique_ptr<grpc::ClientContext> context) {
    return Invoke(&Stub::LeaveChapter, *chapters_, std::move(context), {});
  }
  absl::StatusOr<v1::ListChapterMembersResponse> Members(const std::string& chapter,
                                                         const std::string& as_of = "", int page_size = 0,
                                                         const std::string& page_token = "") {
    v1::ListChapterMembersRequest request;
    request.set_chapter(chapter);
    request.set_as_of(as_of);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Invoke(&Stub::ListChapterMembers, *chapters_, suite_.Staff(), request);
  }

  ChapterService service_;
  testing::Loopback chapter_loopback_;
  std::unique_ptr<Stub> chapters_;
};

TEST_F(ChapterServiceTest, KeepsWhoWasWhereAndWhen) {
  ASSERT_OK_AND_ASSIGN(const auto first, Join("chapters/us-ny", As("ann@example.org")));
  EXPECT_EQ(first.source(), "self");
  EXPECT_EQ(first.full_name(), "Ann");
  ASSERT_OK_AND_ASSIGN(const auto again, Join("chapters/us-ny", As("ann@example.org")));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString()) << "in it already";
  suite_.clock().Set(Noon("2022-08-25"));
  ASSERT_OK(Join("chapters/us-nj", suite_.Staff(), first.person()));
  suite_.clock().Set(Noon("2022-08-28"));
  ASSERT_OK_AND_ASSIGN(const auto left, Leave(As("ann@example.org")));
  EXPECT_EQ(left.end_date(), "2022-08-28");
  EXPECT_THAT(Leave(As("ann@example.org")), IsError(StatusCode::kFailedPrecondition, "NOT_IN_CHAPTER"));
  v1::ListChapterMembershipsRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto oldest,
                       Invoke(&Stub::ListChapterMemberships, *chapters_, As("ann@example.org"), request));
  request.set_page_token(oldest.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto newest,
                       Invoke(&Stub::ListChapterMemberships, *chapters_, As("ann@example.org"), request));
  EXPECT_EQ(oldest.memberships(0).chapter(), "chapters/us-ny");
  EXPECT_EQ(oldest.memberships(0).end_date(), "2022-08-25");
  EXPECT_EQ(newest.memberships(0).chapter(), "chapters/us-nj");
  EXPECT_EQ(newest.memberships(0).source(), "staff");
  EXPECT_EQ(newest.next_page_token(), "");
  request.set_person(first.person());
  EXPECT_THAT(Invoke(&Stub::ListChapterMemberships, *chapters_, As("bob@example.org"), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(ChapterServiceTest, ListsItsPeopleOnAnyDay) {
  ASSERT_OK(Join("chapters/us-ny", As("ann@example.org")));
  ASSERT_OK(Join("chapters/us-ny", As("bob@example.org")));
  suite_.clock().Set(Noon("2022-08-25"));
  ASSERT_OK(Join("chapters/us-nj", As("bob@example.org")));
  EXPECT_EQ(Members("chapters/us-ny")->members_size(), 1);
  EXPECT_EQ(Members("chapters/us-ny", "2022-08-24")->members_size(), 2);
  EXPECT_EQ(Members("chapters/us-ny", "2022-08-19")->members_size(), 0);
  ASSERT_OK_AND_ASSIGN(const auto page, Members("chapters/us-ny", "2022-08-24", 1));
  EXPECT_EQ(Members("chapters/us-ny", "2022-08-24", 1, page.next_page_token())->members_size(), 1);
  EXPECT_THAT(Members("chapters/none"), IsError(StatusCode::kNotFound, "CHAPTER_NOT_FOUND"));
  EXPECT_THAT(Members("chapters/us-ny", "yesterday"), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
  ASSERT_OK_AND_ASSIGN(const auto all,
                       Invoke(&Stub::ListChapters, *chapters_, testing::TestSuite::Anonymous(), {}));
  ASSERT_EQ(all.chapters_size(), 2);
  EXPECT_EQ(all.chapters(0).name(), "chapters/us-nj");
  EXPECT_EQ(all.chapters(0).people(), 1);
  EXPECT_EQ(all.chapters(1).people(), 1);
}

TEST_F(ChapterServiceTest, TakesNobodyNewOnceClosed) {
  ASSERT_OK(Join("chapters/us-ny", As("ann@example.org")));
  Save("us-ny", /*closed=*/true);
  EXPECT_THAT(Join("chapters/us-ny", As("bob@example.org")),
              IsError(StatusCode::kFailedPrecondition, "CHAPTER_CLOSED"));
  EXPECT_OK(Join("chapters/us-ny", As("ann@example.org"))) << "who is in stays in";
  EXPECT_EQ(Members("chapters/us-ny")->members_size(), 1);
}

TEST_F(ChapterServiceTest, RefusesWhatCannotBe) {
  EXPECT_THAT(Join("chapters/none", As("ann@example.org")),
              IsError(StatusCode::kNotFound, "CHAPTER_NOT_FOUND"));
  EXPECT_THAT(Join("chapters/' OR 1=1", As("ann@example.org")),
              IsError(StatusCode::kNotFound, "CHAPTER_NOT_FOUND"));
  EXPECT_THAT(Join("chapters/us-ny", suite_.Staff(), "people/none"),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Join("chapters/us-ny", As("ann@example.org"), PersonAt("bob@example.org").name()),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  for (const auto& change : std::vector<std::function<void(v1::Chapter&)>>{
           [](v1::Chapter& c) { c.set_name("chapters/US NY"); },
           [](v1::Chapter& c) { c.set_display_name(""); },
           [](v1::Chapter& c) { c.set_display_name(std::string(81, 'x')); },
           [](v1::Chapter& c) { c.set_display_name("\x1b[31m"); }, [](v1::Chapter& c) { c.clear_kind(); },
           [](v1::Chapter& c) { c.set_kind(static_cast<v1::Chapter::Kind>(9)); }}) {
    v1::SaveChapterRequest request;
    *request.mutable_chapter() = Chapter("us-ct");
    change(*request.mutable_chapter());
    EXPECT_THAT(Invoke(&Stub::SaveChapter, *chapters_, suite_.Staff(), request),
                IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  }
}

TEST_F(ChapterServiceTest, HoldsAPersonInOneChapterUnderARace) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back(
        [&, i] { EXPECT_OK(Join(i % 2 == 0 ? "chapters/us-ny" : "chapters/us-nj", As("ann@example.org"))); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM chapter_memberships WHERE end_date IS NULL"), "1");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM chapter_memberships WHERE person_now IS NOT NULL"), "1");
}

TEST_F(ChapterServiceTest, AnswersExactlyThoseWhomThePolicyNames) {
  testing::ExpectEveryPolicyHolds(suite_, chapter_loopback_.channel(),
                                  {"plenary.membership.v1.ChapterService"});
}

}  // namespace
}  // namespace plenary::membership
