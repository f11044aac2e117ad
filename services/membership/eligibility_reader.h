// What the rules say of a company or a person, as the contract shows it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/roll_service.pb.h"
#include "services/membership/rules/eligibility.h"

namespace plenary::membership {

v1::Eligibility ShowEligibility(const rules::CompanyFacts& company, const rules::CompanyEligibility& answer);

// Why the person ("people/…") can or cannot vote on the day: the answer about the company they belonged to on
// that day, and about themselves.
absl::StatusOr<v1::GetMyEligibilityResponse> ReadMyEligibility(db::Session& session, std::string_view person,
                                                               absl::CivilDay day);

}  // namespace plenary::membership
