// Courses and the tracks that are made of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "plenary/membership/v1/education_service.pb.h"

namespace plenary::membership::store {

// Stores the course, in the place of the one of that name.
absl::Status SaveCourse(db::Transaction& transaction, std::string_view id, const v1::Course& course);
absl::StatusOr<std::optional<v1::Course>> FindCourse(db::Session& session, std::string_view id);
// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<v1::Course>> ListCourses(db::Session& session, std::string_view after,
                                                    std::int64_t limit);

// Stores the track with its courses, in the place of the one of that name.
absl::Status SaveTrack(db::Transaction& transaction, std::string_view id, const v1::Track& track);
absl::StatusOr<std::optional<v1::Track>> FindTrack(db::Session& session, std::string_view id);
// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<v1::Track>> ListTracks(db::Session& session, std::string_view after,
                                                  std::int64_t limit);
// Those that are granted without an act of staff; by id, at most `limit`.
absl::StatusOr<std::vector<v1::Track>> AutomaticTracks(db::Session& session, std::int64_t limit);

}  // namespace plenary::membership::store
