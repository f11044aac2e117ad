// People and companies of the register as the contract shows them, with their periods and states of the day.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/store/register.h"

namespace plenary::membership {

// Complete resources for rows that ascend by id. `company` narrows the look-up of periods when all the people
// are of that company; "" does not.
absl::StatusOr<std::vector<v1::Person>> ShowPeople(db::Session& session,
                                                   const std::vector<store::RegisterPerson>& people,
                                                   std::string_view company, absl::CivilDay today);
absl::StatusOr<std::vector<v1::Company>> ShowCompanies(db::Session& session,
                                                       const std::vector<store::RegisterCompany>& companies,
                                                       absl::CivilDay today);

// By resource name: PERSON_NOT_FOUND, COMPANY_NOT_FOUND.
absl::StatusOr<v1::Person> ReadPerson(db::Session& session, std::string_view name, absl::CivilDay today);
absl::StatusOr<v1::Company> ReadCompany(db::Session& session, std::string_view name, absl::CivilDay today);

}  // namespace plenary::membership
