// Certifications. Whoever changes those of a person holds the person (LockPerson).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/education_service.pb.h"
#include "services/membership/rules/education.h"

namespace plenary::membership::store {

// False when the person holds a certification of that track, neither revoked nor renewed (HandOver first).
absl::StatusOr<bool> InsertCertification(db::Transaction& transaction,
                                         const v1::Certification& certification);

// The certification as it stands on `day`; nullopt when there is none of that id.
absl::StatusOr<std::optional<v1::Certification>> FindCertification(db::Session& session, std::string_view id,
                                                                   absl::CivilDay day);

// What a person has of a track.
struct TrackRecord {
  std::string held_id;  // of the one that is neither revoked nor renewed; "" for none
  std::optional<rules::CertificationDays> held;
  bool revoked_before = false;
};
absl::StatusOr<TrackRecord> FindTrackRecord(db::Session& session, std::string_view person,
                                            std::string_view track);

// Gives the place of a certification up for the next one, which renews it on `day`.
absl::Status HandOver(db::Transaction& transaction, std::string_view id, absl::CivilDay day);
absl::Status RevokeCertification(db::Transaction& transaction, std::string_view id, absl::CivilDay day,
                                 std::string_view reason);

struct CertificationFilter {
  std::string person;  // id; "": of everybody
  std::string track;   // id; "": of any
};
// By id, beyond `after`, at most `limit`, as they stand on `day`.
absl::StatusOr<std::vector<v1::Certification>> ListCertifications(db::Session& session,
                                                                  const CertificationFilter& filter,
                                                                  absl::CivilDay day, std::string_view after,
                                                                  std::int64_t limit);
// Of one person, granted by `day`, as they stand on it; the latest first.
absl::StatusOr<std::vector<v1::Certification>> LatestCertifications(db::Session& session,
                                                                    std::string_view person,
                                                                    absl::CivilDay day, std::int64_t limit);

}  // namespace plenary::membership::store
