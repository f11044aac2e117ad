#include "services/membership/store/courses.h"

#include "common/ids/id.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kSaveCourse[] =
    "REPLACE INTO courses (id, title, provider, hundredths, valid_from, valid_until) VALUES (?, ?, ?, ?, ?, "
    "?)";
constexpr char kFindCourse[] =
    "SELECT id, title, provider, hundredths, valid_from, valid_until FROM courses WHERE id = ?";
constexpr char kListCourses[] =
    "SELECT id, title, provider, hundredths, valid_from, valid_until FROM courses WHERE id > ?"
    " ORDER BY id LIMIT ?";

constexpr char kSaveTrack[] =
    "REPLACE INTO tracks (id, title, required_hundredths, within_months, valid_months, automatic)"
    " VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kForgetCoursesOfTrack[] = "DELETE FROM track_courses WHERE track = ?";
constexpr char kInsertCourseOfTrack[] = "INSERT IGNORE INTO track_courses (track, course) VALUES (?, ?)";
constexpr char kFindTrack[] =
    "SELECT id, title, required_hundredths, within_months, valid_months, automatic FROM tracks WHERE id = ?";
constexpr char kListTracks[] =
    "SELECT id, title, required_hundredths, within_months, valid_months, automatic FROM tracks WHERE id > ?"
    " ORDER BY id LIMIT ?";
constexpr char kAutomaticTracks[] =
    "SELECT id, title, required_hundredths, within_months, valid_months, automatic FROM tracks"
    " WHERE automatic = 1 ORDER BY id LIMIT ?";
constexpr char kCoursesOfTracks[] =
    "SELECT track, course FROM track_courses WHERE track BETWEEN ? AND ? ORDER BY track, course";

db::Value DateOrNull(const std::string& date) {
  return date.empty() ? db::Value(db::Null()) : db::Value(date);
}

v1::Course CourseOf(const db::Row& row) {
  v1::Course course;
  course.set_name(ResourceName("courses", row.Text(0)));
  course.set_title(row.Text(1));
  course.set_provider(row.Text(2));
  course.set_credit_hundredths(static_cast<int>(row.Int64(3)));
  course.set_valid_from(row.OptionalText(4).value_or(""));
  course.set_valid_until(row.OptionalText(5).value_or(""));
  return course;
}

v1::Track TrackOf(const db::Row& row) {
  v1::Track track;
  track.set_name(ResourceName("tracks", row.Text(0)));
  track.set_title(row.Text(1));
  track.set_required_credit_hundredths(static_cast<int>(row.Int64(2)));
  track.set_within_months(static_cast<int>(row.Int64(3)));
  track.set_valid_months(static_cast<int>(row.Int64(4)));
  track.set_automatic(row.Bool(5));
  return track;
}

std::string IdOf(const v1::Track& track) { return ResourceId("tracks", track.name()).value_or(""); }

// Gives tracks, which are in order of their ids, their courses.
absl::StatusOr<std::vector<v1::Track>> WithCourses(db::Session& session, std::vector<v1::Track> tracks) {
  if (tracks.empty()) return tracks;
  auto at = tracks.begin();
  RETURN_IF_ERROR(
      session.Query(kCoursesOfTracks, {IdOf(tracks.front()), IdOf(tracks.back())}, [&](const db::Row& row) {
        const std::string name = ResourceName("tracks", row.Text(0));
        while (at != tracks.end() && at->name() < name) ++at;
        if (at != tracks.end() && at->name() == name) at->add_courses(ResourceName("courses", row.Text(1)));
      }));
  return tracks;
}

}  // namespace

absl::Status SaveCourse(db::Transaction& transaction, std::string_view id, const v1::Course& course) {
  return transaction
      .Execute(kSaveCourse, {id, course.title(), course.provider(), course.credit_hundredths(),
                             DateOrNull(course.valid_from()), DateOrNull(course.valid_until())})
      .status();
}

absl::StatusOr<std::optional<v1::Course>> FindCourse(db::Session& session, std::string_view id) {
  return ReadOne<v1::Course>(session, kFindCourse, {id}, CourseOf);
}

absl::StatusOr<std::vector<v1::Course>> ListCourses(db::Session& session, std::string_view after,
                                                    std::int64_t limit) {
  return ReadAll<v1::Course>(session, kListCourses, {after, limit}, CourseOf);
}

absl::Status SaveTrack(db::Transaction& transaction, std::string_view id, const v1::Track& track) {
  RETURN_IF_ERROR(transaction
                      .Execute(kSaveTrack, {id, track.title(), track.required_credit_hundredths(),
                                            track.within_months(), track.valid_months(), track.automatic()})
                      .status());
  RETURN_IF_ERROR(transaction.Execute(kForgetCoursesOfTrack, {id}).status());
  for (const std::string& course : track.courses()) {
    RETURN_IF_ERROR(
        transaction.Execute(kInsertCourseOfTrack, {id, ResourceId("courses", course).value_or("")}).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<v1::Track>> FindTrack(db::Session& session, std::string_view id) {
  ASSIGN_OR_RETURN(std::vector<v1::Track> tracks, ReadAll<v1::Track>(session, kFindTrack, {id}, TrackOf));
  ASSIGN_OR_RETURN(tracks, WithCourses(session, std::move(tracks)));
  return tracks.empty() ? std::nullopt : std::optional<v1::Track>(tracks.front());
}

absl::StatusOr<std::vector<v1::Track>> ListTracks(db::Session& session, std::string_view after,
                                                  std::int64_t limit) {
  ASSIGN_OR_RETURN(std::vector<v1::Track> tracks,
                   ReadAll<v1::Track>(session, kListTracks, {after, limit}, TrackOf));
  return WithCourses(session, std::move(tracks));
}

absl::StatusOr<std::vector<v1::Track>> AutomaticTracks(db::Session& session, std::int64_t limit) {
  ASSIGN_OR_RETURN(std::vector<v1::Track> tracks,
                   ReadAll<v1::Track>(session, kAutomaticTracks, {limit}, TrackOf));
  return WithCourses(session, std::move(tracks));
}

}  // namespace plenary::membership::store
