// What the rules ask for, as of a day, loaded set by set: the number of statements does not grow with the
// companies. `day` is the date asked about: who belonged to which company as what, accepted letters, versions
// of the categories, earned credits and accepted codes are those of that day; periods and acts carry their
// days.
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
#include "services/membership/rules/eligibility.h"

namespace plenary::membership::store {

// Of each category the version that holds on the day; before the first version, the first.
absl::StatusOr<rules::Categories> LoadCategories(db::Session& session, absl::CivilDay day);
absl::StatusOr<rules::Provisions> LoadProvisions(db::Session& session, absl::CivilDay day);

// Companies with an id beyond `after`, ascending, at most `limit`, with their people and those people's
// periods.
absl::StatusOr<std::vector<rules::CompanyFacts>> LoadCompanies(db::Session& session, absl::CivilDay day,
                                                               std::string_view after, std::int64_t limit);
// nullopt when there is no such company.
absl::StatusOr<std::optional<rules::CompanyFacts>> LoadCompany(db::Session& session, std::string_view company,
                                                               absl::CivilDay day);

// nullopt when there is no such person.
absl::StatusOr<std::optional<rules::PersonFacts>> LoadPersonFacts(db::Session& session,
                                                                  std::string_view person,
                                                                  absl::CivilDay day);

}  // namespace plenary::membership::store
