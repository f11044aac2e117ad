#include "services/membership/education_service.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/certification_grants.h"
#include "services/membership/errors.h"
#include "services/membership/errors_education.h"
#include "services/membership/limits_education.h"
#include "services/membership/names.h"
#include "services/membership/rules/education.h"
#include "services/membership/store/certifications.h"
#include "services/membership/store/courses.h"
#include "services/membership/store/credits.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

constexpr char kSaveCourse[] = "plenary.membership.v1.EducationService.SaveCourse";
constexpr char kSaveTrack[] = "plenary.membership.v1.EducationService.SaveTrack";
constexpr char kGrantCertification[] = "plenary.membership.v1.EducationService.GrantCertification";
constexpr char kRevokeCertification[] = "plenary.membership.v1.EducationService.RevokeCertification";

constexpr char kIdSentence[] =
    "Give an id of 1 to 63 characters of a-z, 0-9 and - behind the collection: \"{}/{{id}}\".";

bool Between(std::int64_t value, std::int64_t least, std::int64_t most) {
  return value >= least && value <= most;
}

absl::Status CheckCourse(const v1::Course& course) {
  FieldChecks checks;
  checks.Require(ResourceId("courses", course.name()).has_value(), "course.name",
                 fmt::format(kIdSentence, "courses"));
  checks.Text("course.title", course.title(), 1, limits::kLongestCourseTitle);
  checks.Text("course.provider", course.provider(), 1, limits::kLongestProvider);
  checks.Require(Between(course.credit_hundredths(), 1, limits::kMostCourseHundredths),
                 "course.credit_hundredths", "Give 1 to 10,000 hundredths of a credit.");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const auto from = ParseDate(course.valid_from());
  const auto until = ParseDate(course.valid_until());
  if (!course.valid_from().empty() && !from.has_value()) {
    return errors::DateInvalid("course.valid_from", course.valid_from());
  }
  if (!course.valid_until().empty() && !until.has_value()) {
    return errors::DateInvalid("course.valid_until", course.valid_until());
  }
  if (from.has_value() && until.has_value() && *until < *from) {
    return errors::FieldInvalid("course.valid_until",
                                "The course would end before it begins. Correct one of the dates.");
  }
  return absl::OkStatus();
}

absl::Status CheckTrack(const v1::Track& track) {
  FieldChecks checks;
  checks.Require(ResourceId("tracks", track.name()).has_value(), "track.name",
                 fmt::format(kIdSentence, "tracks"));
  checks.Text("track.title", track.title(), 1, limits::kLongestCourseTitle);
  checks.Require(track.courses_size() <= limits::kMostTrackCourses, "track.courses",
                 "A track takes at most 50 courses.");
  checks.Require(Between(track.required_credit_hundredths(), 0, limits::kMostTrackHundredths),
                 "track.required_credit_hundredths", "Ask for 0 to 100,000 hundredths of a credit.");
  checks.Require(Between(track.within_months(), 0, limits::kMostTrackMonths), "track.within_months",
                 "Give 0 to 1,200 months.");
  checks.Require(Between(track.valid_months(), 0, limits::kMostTrackMonths), "track.valid_months",
                 "Give 0 to 1,200 months.");
  checks.Require(track.courses_size() > 0 || track.required_credit_hundredths() > 0, "track.courses",
                 "Ask for a course, or for credits: nobody is certified for nothing.");
  return checks.Result(errors::kDomain);
}

// The person whose list a call asks for: the named one; nobody in particular for staff, else the caller.
absl::StatusOr<std::string> PersonToList(const rpc::Call& call, const std::string& name) {
  if (name.empty() && call.principal().HasRole("staff")) return std::string();
  const auto person = ResourceId(kPeople, name.empty() ? call.principal().person : name);
  if (!person.has_value()) return errors::FieldInvalid("person", "Name the person \"people/{person}\".");
  return *person;
}

std::vector<rules::EarnedCredits> EarnedBy(const std::vector<rules::ApprovedCredit>& credits) {
  std::vector<rules::EarnedCredits> earned;
  for (const rules::ApprovedCredit& credit : credits) earned.push_back({credit.on, credit.hundredths});
  return earned;
}

v1::Transcript::Year Show(const rules::CreditYear& year) {
  v1::Transcript::Year shown;
  shown.set_start_date(FormatDate(year.year.start));
  shown.set_end_date(FormatDate(year.year.end));
  shown.set_category(ResourceName(kCategories, year.category));
  shown.set_approved_hundredths(static_cast<int>(year.approved));
  shown.set_claimed_hundredths(static_cast<int>(year.claimed));
  shown.set_required_hundredths(static_cast<int>(year.required));
  shown.set_missing_hundredths(static_cast<int>(year.missing()));
  shown.set_completed(year.completed);
  return shown;
}

absl::StatusOr<v1::Transcript> ReadTranscript(db::Session& session, const std::string& name,
                                              absl::CivilDay day) {
  const std::string id = ResourceId(kPeople, name).value_or("");
  ASSIGN_OR_RETURN(const auto person, store::LoadPersonFacts(session, id, day));
  if (!person.has_value()) return errors::PersonNotFound(name);
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session, day));
  ASSIGN_OR_RETURN(const auto approved, store::ApprovedCredits(session, id));
  ASSIGN_OR_RETURN(const auto waiting, store::WaitingCredits(session, id));
  v1::Transcript transcript;
  transcript.set_person(name);
  transcript.set_full_name(person->full_name);
  transcript.set_as_of(FormatDate(day));
  std::int64_t hundredths = 0;
  for (const rules::ApprovedCredit& credit : approved) hundredths += credit.on <= day ? credit.hundredths : 0;
  transcript.set_approved_hundredths(static_cast<int>(hundredths));
  for (const rules::CreditYear& year :
       rules::CreditYearsOf(person->periods, person->acts, categories, EarnedBy(approved), waiting, day)) {
    if (transcript.years_size() < limits::kMostTranscriptYears) *transcript.add_years() = Show(year);
  }
  ASSIGN_OR_RETURN(const auto certifications,
                   store::LatestCertifications(session, id, day, limits::kMostTranscriptCertifications));
  transcript.mutable_certifications()->Add(certifications.begin(), certifications.end());
  ASSIGN_OR_RETURN(const auto claims, store::LatestClaims(session, id, day, limits::kMostTranscriptClaims));
  transcript.mutable_claims()->Add(claims.begin(), claims.end());
  return transcript;
}

}  // namespace

absl::StatusOr<v1::Course> EducationService::SaveCourse(rpc::Call& call,
                                                        const v1::SaveCourseRequest& request) {
  RETURN_IF_ERROR(CheckCourse(request.course()));
  return Mutate<v1::Course>(
      pool_, call, kSaveCourse, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Course> {
        const v1::Course& course = request.course();
        RETURN_IF_ERROR(store::SaveCourse(transaction, *ResourceId("courses", course.name()), course));
        RETURN_IF_ERROR(RecordAct(transaction, call, kSaveCourse, course.name(), course.ShortDebugString()));
        return course;
      });
}

absl::StatusOr<v1::ListCoursesResponse> EducationService::ListCourses(rpc::Call& call,
                                                                      const v1::ListCoursesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListCoursesResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListCourses(session, page.after, page.size + 1));
        v1::ListCoursesResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(*ResourceId("courses", rows.back().name())));
        }
        response.mutable_courses()->Add(rows.begin(), rows.end());
        return response;
      });
}

absl::StatusOr<v1::Track> EducationService::SaveTrack(rpc::Call& call, const v1::SaveTrackRequest& request) {
  RETURN_IF_ERROR(CheckTrack(request.track()));
  return Mutate<v1::Track>(
      pool_, call, kSaveTrack, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Track> {
        const std::string id = *ResourceId("tracks", request.track().name());
        for (const std::string& course : request.track().courses()) {
          ASSIGN_OR_RETURN(const auto known,
                           store::FindCourse(transaction, ResourceId("courses", course).value_or("")));
          if (!known.has_value()) return errors::CourseNotFound(course);
        }
        RETURN_IF_ERROR(store::SaveTrack(transaction, id, request.track()));
        ASSIGN_OR_RETURN(const auto track, store::FindTrack(transaction, id));
        if (!track.has_value()) return absl::InternalError("a track is gone");
        RETURN_IF_ERROR(RecordAct(transaction, call, kSaveTrack, track->name(), track->ShortDebugString()));
        return *track;
      });
}

absl::StatusOr<v1::ListTracksResponse> EducationService::ListTracks(rpc::Call& call,
                                                                    const v1::ListTracksRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::ListTracksResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListTracks(transaction, page.after, page.size + 1));
        v1::ListTracksResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(*ResourceId("tracks", rows.back().name())));
        }
        response.mutable_tracks()->Add(rows.begin(), rows.end());
        return response;
      });
}

absl::StatusOr<v1::ListClaimsResponse> EducationService::ListClaims(rpc::Call& call,
                                                                    const v1::ListClaimsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::string person, PersonToList(call, request.person()));
  if (!v1::Claim::State_IsValid(request.state())) {
    return errors::FieldInvalid("state", "There is no such state of a claim.");
  }
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListClaimsResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListClaims(session, {.person = person, .state = request.state()},
                                                      page.after, page.size + 1));
        v1::ListClaimsResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(*ResourceId("claims", rows.back().name())));
        }
        response.mutable_claims()->Add(rows.begin(), rows.end());
        return response;
      });
}

absl::StatusOr<v1::Certification> EducationService::GrantCertification(
    rpc::Call& call, const v1::GrantCertificationRequest& request) {
  if (request.person() == call.principal().Actor()) return errors::OwnCertification();
  return Mutate<v1::Certification>(
      pool_, call, kGrantCertification, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Certification> {
        ASSIGN_OR_RETURN(const auto person,
                         store::LockPerson(transaction, ResourceId(kPeople, request.person()).value_or("")));
        if (!person.has_value()) return errors::PersonNotFound(request.person());
        ASSIGN_OR_RETURN(const auto track,
                         store::FindTrack(transaction, ResourceId("tracks", request.track()).value_or("")));
        if (!track.has_value()) return errors::TrackNotFound(request.track());
        return GrantByStaff(transaction, ids_, call, kGrantCertification, request.person(), *track);
      });
}

absl::StatusOr<v1::Certification> EducationService::RevokeCertification(
    rpc::Call& call, const v1::RevokeCertificationRequest& request) {
  FieldChecks checks;
  checks.Text("reason", request.reason(), 1, limits::kLongestDecisionReason);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const std::string id = ResourceId("certifications", request.name()).value_or("");
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const auto known, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindCertification(session, id, today);
                   }));
  if (!known.has_value()) return errors::CertificationNotFound(request.name());
  return Mutate<v1::Certification>(
      pool_, call, kRevokeCertification, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Certification> {
        RETURN_IF_ERROR(
            store::LockPerson(transaction, ResourceId(kPeople, known->person()).value_or("")).status());
        ASSIGN_OR_RETURN(const auto certification, store::FindCertification(transaction, id, today));
        if (!certification.has_value() || certification->state() != v1::Certification::STATE_VALID) {
          return errors::CertificationOver(request.name());
        }
        RETURN_IF_ERROR(store::RevokeCertification(transaction, id, today, request.reason()));
        RETURN_IF_ERROR(RecordAct(transaction, call, kRevokeCertification, request.name(), request.reason()));
        v1::Certification revoked = *certification;
        revoked.set_state(v1::Certification::STATE_REVOKED);
        revoked.set_revoke_reason(request.reason());
        return revoked;
      });
}

absl::StatusOr<v1::ListCertificationsResponse> EducationService::ListCertifications(
    rpc::Call& call, const v1::ListCertificationsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::string person, PersonToList(call, request.person()));
  const auto track = request.track().empty() ? "" : ResourceId("tracks", request.track());
  if (!track.has_value()) return errors::FieldInvalid("track", "Name the track \"tracks/{track}\".");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListCertificationsResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListCertifications(session, {.person = person, .track = *track},
                                                              DateOf(call.now()), page.after, page.size + 1));
        v1::ListCertificationsResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(*ResourceId("certifications", rows.back().name())));
        }
        response.mutable_certifications()->Add(rows.begin(), rows.end());
        return response;
      });
}

absl::StatusOr<v1::Transcript> EducationService::GetTranscript(rpc::Call& call,
                                                               const v1::GetTranscriptRequest& request) {
  const auto day = request.as_of().empty() ? DateOf(call.now()) : ParseDate(request.as_of());
  if (!day.has_value()) return errors::DateInvalid("as_of", request.as_of());
  const std::string& name = request.person().empty() ? call.principal().person : request.person();
  return db::Transact(pool_, call.deadline(),
                      [&](db::Transaction& transaction) { return ReadTranscript(transaction, name, *day); });
}

}  // namespace plenary::membership
