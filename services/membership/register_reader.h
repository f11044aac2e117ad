// People and companies of the register as the contract shows them, with their periods and states of a day.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/store/register.h"

namespace plenary::membership {

// Complete resources for rows as they are, with states, rights of categories and administrators of the day.
absl::StatusOr<std::vector<v1::Person>> ShowPeople(db::Session& session,
                                                   const std::vector<store::RegisterPerson>& people,
                                                   absl::CivilDay day);
absl::StatusOr<std::vector<v1::Company>> ShowCompanies(db::Session& session,
                                                       const std::vector<store::RegisterCompany>& companies,
                                                       absl::CivilDay day);

// By resource name, as of the day: PERSON_NOT_FOUND, COMPANY_NOT_FOUND.
absl::StatusOr<v1::Person> ReadPerson(db::Session& session, std::string_view name, absl::CivilDay day);
absl::StatusOr<v1::Company> ReadCompany(db::Session& session, std::string_view name, absl::CivilDay day);

// What a change of the person sends back to show that they are as they were read.
std::string EtagOf(const store::RegisterPerson& person);

}  // namespace plenary::membership
