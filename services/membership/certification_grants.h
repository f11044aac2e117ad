// Granting certifications: by staff, and by the rule of an automatic track.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "plenary/membership/v1/education_service.pb.h"

namespace plenary::membership {

inline constexpr char kByRule[] = "rule:automatic";

// Grants or renews the certification of `track`; recorded as an act of `method`. The transaction holds the
// person. TRACK_INCOMPLETE, CERTIFICATION_HOLDS.
absl::StatusOr<v1::Certification> GrantByStaff(db::Transaction& transaction, IdSource& ids,
                                               const rpc::Call& call, std::string_view method,
                                               const std::string& person, const v1::Track& track);

// Grants those of the automatic `tracks` that the person has completed; returns how many. The transaction
// holds the person.
absl::StatusOr<int> GrantByRule(db::Transaction& transaction, IdSource& ids, const rpc::Call& call,
                                std::string_view method, const std::string& person,
                                const std::vector<v1::Track>& tracks);

}  // namespace plenary::membership
