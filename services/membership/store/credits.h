// Credits that people claim, or have. Whoever changes those of a person holds the person (LockPerson).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/education_service.pb.h"
#include "services/membership/rules/education.h"

namespace plenary::membership::store {

// Stores a claim as it stands, at version 1. False when the person has credits for that course and day that
// wait or count.
absl::StatusOr<bool> InsertClaim(db::Transaction& transaction, const v1::Claim& claim);

// nullopt when there is no such claim.
absl::StatusOr<std::optional<v1::Claim>> FindClaim(db::Session& session, std::string_view id);

// What a person has for a course and a day: credits that wait or count before those that do not, the last
// ones first.
absl::StatusOr<std::optional<v1::Claim>> FindClaimOfCourse(db::Session& session, std::string_view person,
                                                           std::string_view course, std::string_view day);

// Stores state, worth and decision of `claim`, and moves its etag on. False when it would count beside other
// credits of the person for that course and day.
absl::StatusOr<bool> UpdateClaim(db::Transaction& transaction, v1::Claim& claim);

struct ClaimFilter {
  std::string person;                                     // id; "": of everybody
  v1::Claim::State state = v1::Claim::STATE_UNSPECIFIED;  // UNSPECIFIED: any
};
// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<v1::Claim>> ListClaims(db::Session& session, const ClaimFilter& filter,
                                                  std::string_view after, std::int64_t limit);
// Of one person, earned by `day`; the latest first.
absl::StatusOr<std::vector<v1::Claim>> LatestClaims(db::Session& session, std::string_view person,
                                                    absl::CivilDay day, std::int64_t limit);
absl::StatusOr<std::int64_t> CountWaitingClaims(db::Session& session, std::string_view person);

absl::StatusOr<std::vector<rules::ApprovedCredit>> ApprovedCredits(db::Session& session,
                                                                   std::string_view person);
absl::StatusOr<std::vector<rules::EarnedCredits>> WaitingCredits(db::Session& session,
                                                                 std::string_view person);

}  // namespace plenary::membership::store
