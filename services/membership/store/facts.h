// What the rules ask for, loaded set by set: the number of statements does not grow with the companies.
//
// Company and letters are those of today whatever day the rule is asked about; periods carry their days.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "services/membership/rules/eligibility.h"

namespace plenary::membership::store {

absl::StatusOr<rules::Categories> LoadCategories(db::Session& session);
absl::StatusOr<rules::Provisions> LoadProvisions(db::Session& session);

// Companies with an id beyond `after`, ascending, at most `limit`, with their people and those people's
// periods.
absl::StatusOr<std::vector<rules::CompanyFacts>> LoadCompanies(db::Session& session, std::string_view after,
                                                               std::int64_t limit);
// nullopt when there is no such company.
absl::StatusOr<std::optional<rules::CompanyFacts>> LoadCompany(db::Session& session,
                                                               std::string_view company);

// nullopt when there is no such person.
absl::StatusOr<std::optional<rules::PersonFacts>> LoadPersonFacts(db::Session& session,
                                                                  std::string_view person);

}  // namespace plenary::membership::store
