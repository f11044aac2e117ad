#include "services/membership/education_service.h"

#include <fmt/format.h>

#include <atomic>
#include <functional>
#include <thread>

#include "common/ids/id.h"
#include "common/testing/every_caller.h"
#include "services/membership/limits_education.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::Invoke;
using testing::IsError;
using Stub = v1::EducationService::Stub;

class EducationServiceTest : public MembershipTest {
 protected:
  // Ann and Bob learn; Olive and Otto are the office.
  EducationServiceTest()
      : service_(suite_.edge(), database_.pool(), ids_),
        education_loopback_({&service_}),
        education_(v1::EducationService::NewStub(education_loopback_.channel())) {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-03-01,2023-02-28,2,,\n"
        "bob@example.org,Bob,Acme,registered,2021-08-24,,,,\n"
        "olive@example.org,Olive,Office,staff,2020-01-01,,,,\n"
        "olive@example.org,Olive,Office,registered,2020-01-01,,,,\n"
        "otto@example.org,Otto,Office,staff,2020-01-01,,,,\n");
    SaveCourse("cables", 150);
    SaveCourse("safety", 200);
  }

  void SaveCourse(const std::string& id, int hundredths) {
    v1::SaveCourseRequest request;
    *request.mutable_course() = Course(id);
    request.mutable_course()->set_credit_hundredths(hundredths);
    ASSERT_OK(Invoke(&Stub::SaveCourse, *education_, suite_.Staff(), request));
  }
  static v1::Course Course(const std::string& id) {
    v1::Course course;
    course.set_name("courses/" + id);
    course.set_title("All about " + id);
    course.set_provider("The Guild");
    course.set_credit_hundredths(150);
    return course;
  }
  void SaveTrack(const v1::Track& track) {
    v1::SaveTrackRequest request;
    *request.mutable_track() = track;
    ASSERT_OK(Invoke(&Stub::SaveTrack, *education_, suite_.Staff(), request));
  }
  static v1::Track Technician() {
    v1::Track track;
    track.set_name("tracks/technician");
    track.set_title("Technician");
    track.add_courses("courses/cables");
    track.add_courses("courses/safety");
    track.set_valid_months(12);
    return track;
  }

  static v1::ClaimCreditsRequest CourseClaim(const std::string& course = "courses/cables",
                                             const std::string& day = "2022-08-01") {
    v1::ClaimCreditsRequest request;
    request.set_course(course);
    request.set_earned_on(day);
    request.set_evidence("https://guild.example/certificates/1");
    return request;
  }
  absl::StatusOr<v1::Claim> Claim(const v1::ClaimCreditsRequest& request,
                                  const std::string& email = "ann@example.org") {
    return Invoke(&Stub::ClaimCredits, *education_, As(email), request);
  }
  absl::StatusOr<v1::Claim> Decide(const std::string& name, bool approve, const std::string& reason = "",
                                   const std::string& etag = "",
                                   const std::string& email = "otto@example.org") {
    v1::DecideClaimRequest request;
    request.set_name(name);
    request.set_approve(approve);
    request.set_reason(reason);
    request.set_etag(etag);
    return Invoke(&Stub::DecideClaim, *education_, As(email), request);
  }
  void Pass(const std::string& course, const std::string& day = "2022-08-01") {
    ASSERT_OK_AND_ASSIGN(const v1::Claim claim, Claim(CourseClaim(course, day)));
    ASSERT_OK(Decide(claim.name(), true));
  }
  absl::StatusOr<v1::Claim> Withdraw(const std::string& name, const std::string& email = "ann@example.org") {
    v1::WithdrawClaimRequest request;
    request.set_name(name);
    return Invoke(&Stub::WithdrawClaim, *education_, As(email), request);
  }
  absl::StatusOr<v1::Certification> Grant(const std::string& person,
                                          const std::string& track = "tracks/technician",
                                          const std::string& by = "otto@example.org") {
    v1::GrantCertificationRequest request;
    request.set_person(person);
    request.set_track(track);
    return Invoke(&Stub::GrantCertification, *education_, As(by), request);
  }
  absl::StatusOr<v1::Certification> Revoke(const std::string& name, const std::string& reason = "fraud") {
    v1::RevokeCertificationRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Invoke(&Stub::RevokeCertification, *education_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::RecordAttendanceResponse> Record(const v1::RecordAttendanceRequest::Header& header,
                                                      const std::vector<std::string>& attendees) {
    const auto context = As("otto@example.org");
    v1::RecordAttendanceResponse response;
    const auto writer = education_->RecordAttendance(context.get(), &response);
    v1::RecordAttendanceRequest part;
    *part.mutable_header() = header;
    bool open = writer->Write(part);
    for (std::size_t i = 0; open && i < attendees.size(); ++i) {
      part.set_attendee(attendees[i]);
      open = writer->Write(part);
    }
    writer->WritesDone();
    const grpc::Status status = writer->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return response;
  }
  static v1::RecordAttendanceRequest::Header Header() {
    v1::RecordAttendanceRequest::Header header;
    header.set_course("courses/cables");
    header.set_earned_on("2022-08-10");
    header.set_evidence("the list at the door");
    return header;
  }

  EducationService service_;
  testing::Loopback education_loopback_;
  std::unique_ptr<Stub> education_;
};

TEST_F(EducationServiceTest, ListsCoursesAndTracksPageByPage) {
  SaveTrack(Technician());
  v1::Track management = Technician();
  management.set_name("tracks/management");
  management.clear_courses();
  management.set_required_credit_hundredths(2'000);
  SaveTrack(management);
  v1::ListCoursesRequest courses;
  courses.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Invoke(&Stub::ListCourses, *education_, testing::TestSuite::Anonymous(), courses));
  courses.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Invoke(&Stub::ListCourses, *education_, testing::TestSuite::Anonymous(), courses));
  EXPECT_EQ(first.courses(0).name(), "courses/cables");
  EXPECT_EQ(second.courses(0).name(), "courses/safety");
  EXPECT_EQ(second.next_page_token(), "");
  v1::ListTracksRequest tracks;
  ASSERT_OK_AND_ASSIGN(const auto all,
                       Invoke(&Stub::ListTracks, *education_, testing::TestSuite::Anonymous(), tracks));
  ASSERT_EQ(all.tracks_size(), 2);
  EXPECT_EQ(all.tracks(0).SerializeAsString(), management.SerializeAsString());
  EXPECT_EQ(all.tracks(1).SerializeAsString(), Technician().SerializeAsString());
}

TEST_F(EducationServiceTest, RefusesCoursesAndTracksThatCannotBe) {
  for (const auto& [reason, change] : std::vector<std::pair<const char*, std::function<void(v1::Course&)>>>{
           {"FIELD_INVALID", [](v1::Course& c) { c.set_name("courses/No Name"); }},
           {"FIELD_INVALID", [](v1::Course& c) { c.set_title(""); }},
           {"FIELD_INVALID", [](v1::Course& c) { c.set_title(std::string(161, 'x')); }},
           {"FIELD_INVALID", [](v1::Course& c) { c.set_provider(std::string(121, 'x')); }},
           {"FIELD_INVALID", [](v1::Course& c) { c.set_title("\x1b[2J"); }},
           {"FIELD_INVALID", [](v1::Course& c) { c.set_credit_hundredths(0); }},
           {"FIELD_INVALID", [](v1::Course& c) { c.set_credit_hundredths(10'001); }},
           {"DATE_INVALID", [](v1::Course& c) { c.set_valid_from("2023-02-29"); }},
           {"DATE_INVALID", [](v1::Course& c) { c.set_valid_until("soon"); }},
           {"FIELD_INVALID", [](v1::Course& c) {
              c.set_valid_from("2022-02-01");
              c.set_valid_until("2022-01-31");
            }}}) {
    v1::SaveCourseRequest request;
    *request.mutable_course() = Course("cables");
    change(*request.mutable_course());
    EXPECT_THAT(Invoke(&Stub::SaveCourse, *education_, suite_.Staff(), request),
                IsError(StatusCode::kInvalidArgument, reason))
        << request.ShortDebugString();
  }
  for (const auto& change : std::vector<std::function<void(v1::Track&)>>{
           [](v1::Track& t) { t.set_name("technician"); }, [](v1::Track& t) { t.set_title(""); },
           [](v1::Track& t) { t.clear_courses(); },
           [](v1::Track& t) { t.set_required_credit_hundredths(100'001); },
           [](v1::Track& t) { t.set_within_months(-1); }, [](v1::Track& t) { t.set_valid_months(1'201); },
           [](v1::Track& t) {
             for (int i = 0; i < 49; ++i) t.add_courses("courses/cables");
           }}) {
    v1::SaveTrackRequest request;
    *request.mutable_track() = Technician();
    change(*request.mutable_track());
    EXPECT_THAT(Invoke(&Stub::SaveTrack, *education_, suite_.Staff(), request),
                IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"))
        << request.ShortDebugString();
  }
  v1::SaveTrackRequest unknown;
  *unknown.mutable_track() = Technician();
  unknown.mutable_track()->add_courses("courses/juggling");
  EXPECT_THAT(Invoke(&Stub::SaveTrack, *education_, suite_.Staff(), unknown),
              IsError(StatusCode::kNotFound, "COURSE_NOT_FOUND"));
}

TEST_F(EducationServiceTest, TakesAClaimAndItsDecision) {
  v1::ClaimCreditsRequest request = CourseClaim();
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::Claim claim, Claim(request));
  ASSERT_OK_AND_ASSIGN(const v1::Claim again, Claim(request));
  EXPECT_EQ(again.SerializeAsString(), claim.SerializeAsString());
  EXPECT_EQ(claim.state(), v1::Claim::STATE_CLAIMED);
  EXPECT_EQ(claim.credit_hundredths(), 150) << "the course says so";
  EXPECT_EQ(claim.description(), "All about cables");
  ASSERT_OK_AND_ASSIGN(const v1::Claim approved, Decide(claim.name(), true));
  EXPECT_EQ(approved.state(), v1::Claim::STATE_APPROVED);
  EXPECT_EQ(approved.decided_by(), PersonAt("otto@example.org").name());
  EXPECT_THAT(Decide(claim.name(), false, "no"),
              IsError(StatusCode::kFailedPrecondition, "CLAIM_ALREADY_DECIDED"));
  EXPECT_THAT(Decide(claim.name(), false, "no", claim.etag()),
              IsError(StatusCode::kAborted, "CLAIM_CHANGED"));
  ASSERT_OK_AND_ASSIGN(const v1::Claim refused, Decide(claim.name(), false, "a mistake", approved.etag()));
  EXPECT_EQ(refused.state(), v1::Claim::STATE_REFUSED);
  EXPECT_EQ(refused.decision_reason(), "a mistake");
  ASSERT_OK(Claim(CourseClaim())) << "a refused claim is no bar";
  EXPECT_THAT(Decide(claim.name(), true, "", refused.etag()),
              IsError(StatusCode::kAlreadyExists, "CREDITS_ALREADY_CLAIMED"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM credits WHERE state = 'CLAIMED'"), "1");
}

TEST_F(EducationServiceTest, TakesAClaimWithoutACourse) {
  v1::ClaimCreditsRequest request = CourseClaim("");
  request.set_description("Spoke at a conference =HYPERLINK(\"x\") \xF0\x9F\x8E\x93");
  request.set_credit_hundredths(300);
  ASSERT_OK_AND_ASSIGN(const v1::Claim claim, Claim(request));
  EXPECT_EQ(claim.description(), request.description());
  v1::DecideClaimRequest decision;
  decision.set_name(claim.name());
  decision.set_approve(true);
  decision.set_credit_hundredths(200);
  ASSERT_OK_AND_ASSIGN(const v1::Claim approved,
                       Invoke(&Stub::DecideClaim, *education_, As("otto@example.org"), decision));
  EXPECT_EQ(approved.credit_hundredths(), 200) << "worth less than was claimed";
  ASSERT_OK_AND_ASSIGN(const v1::Claim of_course, Claim(CourseClaim()));
  decision.set_name(of_course.name());
  EXPECT_THAT(Invoke(&Stub::DecideClaim, *education_, As("otto@example.org"), decision),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(EducationServiceTest, RefusesClaimsThatCannotBe) {
  using Change = std::function<void(v1::ClaimCreditsRequest&)>;
  struct Case {
    StatusCode code;
    const char* reason;
    Change change;
  };
  v1::SaveCourseRequest old;
  *old.mutable_course() = Course("old");
  old.mutable_course()->set_valid_until("2022-07-31");
  ASSERT_OK(Invoke(&Stub::SaveCourse, *education_, suite_.Staff(), old));
  for (const Case& row : std::vector<Case>{
           {StatusCode::kInvalidArgument, "FIELD_INVALID", [](auto& r) { r.set_evidence(""); }},
           {StatusCode::kInvalidArgument, "FIELD_INVALID",
            [](auto& r) { r.set_evidence(std::string(2'001, 'x')); }},
           {StatusCode::kInvalidArgument, "FIELD_INVALID",
            [](auto& r) { r.set_evidence(std::string("a\0b", 3)); }},
           {StatusCode::kInvalidArgument, "FIELD_INVALID", [](auto& r) { r.set_description("more"); }},
           {StatusCode::kInvalidArgument, "FIELD_INVALID", [](auto& r) { r.set_credit_hundredths(100); }},
           {StatusCode::kInvalidArgument, "FIELD_INVALID", [](auto& r) { r.clear_course(); }},
           {StatusCode::kInvalidArgument, "FIELD_INVALID",
            [](auto& r) {
              r.clear_course();
              r.set_description("a week of it");
              r.set_credit_hundredths(4'001);
            }},
           {StatusCode::kInvalidArgument, "FIELD_INVALID",
            [](auto& r) {
              r.clear_course();
              r.set_description(std::string(201, 'x'));
              r.set_credit_hundredths(100);
            }},
           {StatusCode::kInvalidArgument, "DATE_INVALID", [](auto& r) { r.set_earned_on("2022-02-30"); }},
           {StatusCode::kFailedPrecondition, "EARNED_IN_FUTURE",
            [](auto& r) { r.set_earned_on("2022-08-21"); }},
           {StatusCode::kFailedPrecondition, "EARNED_TOO_LONG_AGO",
            [](auto& r) { r.set_earned_on("2020-08-18"); }},
           {StatusCode::kFailedPrecondition, "COURSE_NOT_OFFERED",
            [](auto& r) { r.set_course("courses/old"); }},
           {StatusCode::kNotFound, "COURSE_NOT_FOUND", [](auto& r) { r.set_course("courses/' OR 1=1"); }}}) {
    v1::ClaimCreditsRequest request = CourseClaim();
    row.change(request);
    EXPECT_THAT(Claim(request), IsError(row.code, row.reason)) << request.ShortDebugString();
  }
  EXPECT_THAT(Invoke(&Stub::ClaimCredits, *education_, suite_.Person("people/none"), CourseClaim()),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM credits"), "0");
}

TEST_F(EducationServiceTest, CountsACourseOnceADayUnderARace) {
  std::atomic<int> claimed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto result = Claim(CourseClaim());
      if (result.ok()) {
        ++claimed;
      } else {
        EXPECT_THAT(result, IsError(StatusCode::kAlreadyExists, "CREDITS_ALREADY_CLAIMED"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(claimed, 1);
  EXPECT_OK(Claim(CourseClaim("courses/cables", "2022-08-02"))) << "another day is another attendance";
  EXPECT_OK(Claim(CourseClaim(), "bob@example.org"));
}

TEST_F(EducationServiceTest, BoundsTheClaimsThatWait) {
  const std::string ann = ResourceId("people", PersonAt("ann@example.org").name()).value();
  for (int i = 0; i < limits::kMostWaitingClaims; ++i) {
    database_.Run(
        fmt::format("INSERT INTO credits (id, person, state, earned_on, hundredths, description, evidence,"
                    " created_at, version) VALUES ('{}', '{}', 'CLAIMED', '2022-01-01', 1, 'x', 'x', 0, 1)",
                    ids_.NextText(), ann));
  }
  EXPECT_THAT(Claim(CourseClaim()), IsError(StatusCode::kFailedPrecondition, "TOO_MANY_CLAIMS"));
}

TEST_F(EducationServiceTest, LetsNobodyDecideTheirOwnClaim) {
  ASSERT_OK_AND_ASSIGN(const v1::Claim claim, Claim(CourseClaim(), "olive@example.org"));
  EXPECT_THAT(Decide(claim.name(), true, "", "", "olive@example.org"),
              IsError(StatusCode::kPermissionDenied, "OWN_CLAIM"));
  EXPECT_OK(Decide(claim.name(), true));
  EXPECT_THAT(Decide("claims/none", true), IsError(StatusCode::kNotFound, "CLAIM_NOT_FOUND"));
  EXPECT_THAT(Decide(claim.name(), false), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"))
      << "a refusal has a reason";
  EXPECT_THAT(Decide(claim.name(), true, std::string(501, 'x')),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Decide(claim.name(), true, "", "", "ann@example.org"),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(EducationServiceTest, LetsThePersonTakeBackWhatWaits) {
  ASSERT_OK_AND_ASSIGN(const v1::Claim claim, Claim(CourseClaim()));
  EXPECT_THAT(Withdraw(claim.name(), "bob@example.org"), IsError(StatusCode::kNotFound, "CLAIM_NOT_FOUND"));
  EXPECT_THAT(Withdraw(claim.name(), "otto@example.org"), IsError(StatusCode::kNotFound, "CLAIM_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const v1::Claim withdrawn, Withdraw(claim.name()));
  EXPECT_EQ(withdrawn.state(), v1::Claim::STATE_WITHDRAWN);
  EXPECT_OK(Withdraw(claim.name())) << "twice is once";
  EXPECT_THAT(Decide(claim.name(), true), IsError(StatusCode::kFailedPrecondition, "CLAIM_WITHDRAWN"));
  ASSERT_OK_AND_ASSIGN(const v1::Claim anew, Claim(CourseClaim()));
  ASSERT_OK(Decide(anew.name(), true));
  EXPECT_THAT(Withdraw(anew.name()), IsError(StatusCode::kFailedPrecondition, "CLAIM_ALREADY_DECIDED"));
}

TEST_F(EducationServiceTest, ShowsClaimsToStaffAndToTheirPerson) {
  ASSERT_OK(Claim(CourseClaim()));
  ASSERT_OK(Claim(CourseClaim("courses/safety")));
  ASSERT_OK_AND_ASSIGN(const v1::Claim of_bob, Claim(CourseClaim(), "bob@example.org"));
  ASSERT_OK(Decide(of_bob.name(), true));
  const auto count = [&](std::unique_ptr<grpc::ClientContext> context, v1::ListClaimsRequest request) {
    const auto answer = Invoke(&Stub::ListClaims, *education_, std::move(context), request);
    EXPECT_OK(answer);
    return answer.ok() ? answer->claims_size() : -1;
  };
  v1::ListClaimsRequest request;
  EXPECT_EQ(count(suite_.Staff(), request), 3);
  EXPECT_EQ(count(As("ann@example.org"), request), 2) << "without a name one's own";
  request.set_state(v1::Claim::STATE_APPROVED);
  EXPECT_EQ(count(suite_.Staff(), request), 1);
  EXPECT_EQ(count(As("ann@example.org"), request), 0);
  request.set_person(of_bob.person());
  EXPECT_EQ(count(suite_.Staff(), request), 1);
  EXPECT_THAT(Invoke(&Stub::ListClaims, *education_, As("ann@example.org"), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  request.set_person("");
  request.clear_state();
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto page, Invoke(&Stub::ListClaims, *education_, suite_.Staff(), request));
  request.set_page_token(page.next_page_token());
  EXPECT_EQ(count(suite_.Staff(), request), 1);
  request.set_person("bob");
  EXPECT_THAT(Invoke(&Stub::ListClaims, *education_, suite_.Staff(), request),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(EducationServiceTest, RecordsAttendanceRowByRow) {
  ASSERT_OK_AND_ASSIGN(const v1::Claim waits, Claim(CourseClaim("courses/cables", "2022-08-10")));
  v1::RecordAttendanceRequest::Header header = Header();
  header.set_request_id(RandomUuid());
  const std::vector<std::string> rows = {" ANN@example.org",   PersonAt("bob@example.org").name(),
                                         "nobody@example.org", "=cmd|'/C calc'!A0",
                                         "otto@example.org",   "bob@example.org",
                                         std::string(300, 'x')};
  ASSERT_OK_AND_ASSIGN(const auto first, Record(header, rows));
  EXPECT_EQ(first.rows(), 7);
  EXPECT_EQ(first.recorded(), 2);
  EXPECT_EQ(first.unchanged(), 1) << "Bob stands there twice";
  ASSERT_EQ(first.problems_size(), 4);
  EXPECT_EQ(first.problems(0).row(), 3);
  EXPECT_EQ(first.problems(0).reason(), "PERSON_NOT_FOUND");
  EXPECT_EQ(first.problems(1).attendee(), "=cmd|'/C calc'!A0");
  EXPECT_EQ(first.problems(2).reason(), "OWN_CLAIM");
  EXPECT_EQ(first.problems(3).attendee().size(), limits::kLongestRepeatedRow);
  ASSERT_OK_AND_ASSIGN(const auto repeated, Record(header, rows));
  EXPECT_EQ(repeated.SerializeAsString(), first.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto mended, Record(Header(), {"ann@example.org", "bob@example.org"}));
  EXPECT_EQ(mended.unchanged(), 2);
  EXPECT_EQ(mended.recorded(), 0);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM credits WHERE state = 'APPROVED' AND hundredths = 150"), "2");
  v1::ListClaimsRequest list;
  ASSERT_OK_AND_ASSIGN(const auto of_ann,
                       Invoke(&Stub::ListClaims, *education_, As("ann@example.org"), list));
  ASSERT_EQ(of_ann.claims_size(), 1) << "the claim that waited is approved, not doubled";
  EXPECT_EQ(of_ann.claims(0).name(), waits.name());
}

TEST_F(EducationServiceTest, LeavesARefusalStanding) {
  ASSERT_OK_AND_ASSIGN(const v1::Claim claim, Claim(CourseClaim("courses/cables", "2022-08-10")));
  ASSERT_OK(Decide(claim.name(), false, "left after an hour"));
  ASSERT_OK_AND_ASSIGN(const auto answer, Record(Header(), {"ann@example.org"}));
  ASSERT_EQ(answer.problems_size(), 1);
  EXPECT_EQ(answer.problems(0).reason(), "CREDITS_REFUSED");
}

TEST_F(EducationServiceTest, RefusesAttendanceThatCannotBe) {
  using Change = std::function<void(v1::RecordAttendanceRequest::Header&)>;
  struct Case {
    StatusCode code;
    const char* reason;
    Change change;
  };
  for (const Case& row : std::vector<Case>{
           {StatusCode::kInvalidArgument, "FIELD_INVALID", [](auto& h) { h.clear_evidence(); }},
           {StatusCode::kInvalidArgument, "DATE_INVALID", [](auto& h) { h.set_earned_on("10.8.2022"); }},
           {StatusCode::kFailedPrecondition, "EARNED_IN_FUTURE",
            [](auto& h) { h.set_earned_on("2022-08-21"); }},
           {StatusCode::kNotFound, "COURSE_NOT_FOUND", [](auto& h) { h.set_course("courses/none"); }}}) {
    v1::RecordAttendanceRequest::Header header = Header();
    row.change(header);
    EXPECT_THAT(Record(header, {"ann@example.org"}), IsError(row.code, row.reason));
  }
  EXPECT_THAT(Record(Header(), std::vector<std::string>(limits::kMostAttendees + 1, "x")),
              IsError(StatusCode::kInvalidArgument, "TOO_MANY_ROWS"));
  v1::SaveCourseRequest old;
  *old.mutable_course() = Course("cables");
  old.mutable_course()->set_valid_until("2022-07-31");
  ASSERT_OK(Invoke(&Stub::SaveCourse, *education_, suite_.Staff(), old));
  EXPECT_THAT(Record(Header(), {"ann@example.org"}),
              IsError(StatusCode::kFailedPrecondition, "COURSE_NOT_OFFERED"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM credits"), "0");
}

TEST_F(EducationServiceTest, CertifiesWhoCompletedTheTrack) {
  SaveTrack(Technician());
  const std::string ann = PersonAt("ann@example.org").name();
  Pass("courses/cables");
  const auto incomplete = Grant(ann);
  EXPECT_THAT(incomplete, IsError(StatusCode::kFailedPrecondition, "TRACK_INCOMPLETE"));
  EXPECT_NE(std::string(incomplete.status().message()).find("courses/safety"), std::string::npos);
  Pass("courses/safety");
  ASSERT_OK_AND_ASSIGN(const v1::Certification first, Grant(ann));
  EXPECT_EQ(first.valid_until(), "2023-08-20");
  EXPECT_THAT(Grant(ann), IsError(StatusCode::kAlreadyExists, "CERTIFICATION_HOLDS"));
  suite_.clock().Set(Noon("2023-06-01"));
  ASSERT_OK_AND_ASSIGN(const v1::Certification renewed, Grant(ann));
  EXPECT_EQ(renewed.granted_on(), "2023-06-01");
  EXPECT_EQ(renewed.valid_until(), "2024-08-20") << "a term from the old one's end on";
  suite_.clock().Set(Noon("2025-01-01"));
  ASSERT_OK_AND_ASSIGN(const v1::Certification anew, Grant(ann));
  EXPECT_EQ(anew.valid_until(), "2026-01-01");
  v1::ListCertificationsRequest list;
  list.set_track("tracks/technician");
  ASSERT_OK_AND_ASSIGN(const auto all, Invoke(&Stub::ListCertifications, *education_, suite_.Staff(), list));
  EXPECT_EQ(all.certifications_size(), 3);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM certifications WHERE held_now IS NOT NULL"), "1");
  EXPECT_THAT(Grant("people/none"), IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Grant(ann, "tracks/none"), IsError(StatusCode::kNotFound, "TRACK_NOT_FOUND"));
  EXPECT_THAT(Grant(PersonAt("otto@example.org").name()),
              IsError(StatusCode::kPermissionDenied, "OWN_CERTIFICATION"));
}

TEST_F(EducationServiceTest, CertifiesAutomaticallyOnceAndNeverAgainstStaff) {
  v1::Track track = Technician();
  track.set_automatic(true);
  SaveTrack(track);
  Pass("courses/cables");
  ASSERT_OK_AND_ASSIGN(const v1::Claim last, Claim(CourseClaim("courses/safety")));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM certifications"), "0");
  ASSERT_OK(Decide(last.name(), true));
  v1::ListCertificationsRequest list;
  ASSERT_OK_AND_ASSIGN(const auto of_ann,
                       Invoke(&Stub::ListCertifications, *education_, As("ann@example.org"), list));
  ASSERT_EQ(of_ann.certifications_size(), 1);
  EXPECT_EQ(of_ann.certifications(0).granted_by(), "rule:automatic");
  EXPECT_EQ(of_ann.certifications(0).track_title(), "Technician");
  Pass("courses/cables", "2022-08-02");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM certifications"), "1") << "once";
  const std::string name = of_ann.certifications(0).name();
  EXPECT_THAT(Revoke(name, ""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  ASSERT_OK_AND_ASSIGN(const v1::Certification revoked, Revoke(name));
  EXPECT_EQ(revoked.state(), v1::Certification::STATE_REVOKED);
  EXPECT_THAT(Revoke(name), IsError(StatusCode::kFailedPrecondition, "CERTIFICATION_OVER"));
  EXPECT_THAT(Revoke("certifications/none"), IsError(StatusCode::kNotFound, "CERTIFICATION_NOT_FOUND"));
  Pass("courses/cables", "2022-08-03");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM certifications"), "1") << "no rule gives it back";
  EXPECT_OK(Grant(PersonAt("ann@example.org").name())) << "staff may";
  ASSERT_OK_AND_ASSIGN(const auto attendance, Record(Header(), {"bob@example.org"}));
  EXPECT_EQ(attendance.certifications_granted(), 0);
  v1::RecordAttendanceRequest::Header safety = Header();
  safety.set_course("courses/safety");
  ASSERT_OK_AND_ASSIGN(const auto completes, Record(safety, {"bob@example.org"}));
  EXPECT_EQ(completes.certifications_granted(), 1);
}

TEST_F(EducationServiceTest, GrantsOneCertificationUnderARace) {
  SaveTrack(Technician());
  Pass("courses/cables");
  Pass("courses/safety");
  const std::string ann = PersonAt("ann@example.org").name();
  std::atomic<int> granted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto result = Grant(ann);
      if (result.ok()) {
        ++granted;
      } else {
        EXPECT_THAT(result, IsError(StatusCode::kAlreadyExists, "CERTIFICATION_HOLDS"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(granted, 1);
}

TEST_F(EducationServiceTest, TellsInATranscriptWhatIsMissing) {
  v1::SaveCategoryRequest category;
  category.mutable_category()->set_name("categories/professional");
  category.mutable_category()->set_display_name("Professional");
  category.mutable_category()->set_required_credit_hundredths(500);
  ASSERT_OK(Invoke(&v1::RegisterService::Stub::SaveCategory, *register_, suite_.Staff(), category));
  Pass("courses/cables", "2021-06-01");
  Pass("courses/safety", "2022-08-01");
  ASSERT_OK(Claim(CourseClaim("courses/cables", "2022-08-02")));
  v1::GetTranscriptRequest request;
  ASSERT_OK_AND_ASSIGN(const v1::Transcript own,
                       Invoke(&Stub::GetTranscript, *education_, As("ann@example.org"), request));
  EXPECT_EQ(own.full_name(), "Ann");
  EXPECT_EQ(own.approved_hundredths(), 350);
  ASSERT_EQ(own.years_size(), 2);
  EXPECT_EQ(own.years(0).start_date(), "2022-03-01");
  EXPECT_EQ(own.years(0).approved_hundredths(), 200);
  EXPECT_EQ(own.years(0).claimed_hundredths(), 150);
  EXPECT_FALSE(own.years(0).completed());
  EXPECT_EQ(own.years(1).missing_hundredths(), 350);
  EXPECT_TRUE(own.years(1).completed());
  EXPECT_EQ(own.claims_size(), 3);
  EXPECT_EQ(own.claims(0).earned_on(), "2022-08-02");
  request.set_person(own.person());
  request.set_as_of("2021-12-31");
  ASSERT_OK_AND_ASSIGN(const v1::Transcript past,
                       Invoke(&Stub::GetTranscript, *education_, suite_.Staff(), request));
  EXPECT_EQ(past.years_size(), 1);
  EXPECT_EQ(past.approved_hundredths(), 150);
  EXPECT_THAT(Invoke(&Stub::GetTranscript, *education_, As("bob@example.org"), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  request.set_as_of("2022-02-30");
  EXPECT_THAT(Invoke(&Stub::GetTranscript, *education_, suite_.Staff(), request),
              IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
  request.set_as_of("");
  request.set_person("people/none");
  EXPECT_THAT(Invoke(&Stub::GetTranscript, *education_, suite_.Staff(), request),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(EducationServiceTest, AnswersExactlyThoseWhomThePolicyNames) {
  testing::ExpectEveryPolicyHolds(suite_, education_loopback_.channel(),
                                  {"plenary.membership.v1.EducationService"});
}

}  // namespace
}  // namespace plenary::membership
