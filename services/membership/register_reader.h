// People and companies of the register as the contract shows them, with their periods and states of a day.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/store/register.h"

namespace plenary::membership {

// Complete resources for rows as they are today, with the states and administrators of a day.
absl::StatusOr<std::vector<v1::Person>> ShowPeople(db::Session& session,
                                                   const std::vector<store::RegisterPerson>& people,
                                                   absl::CivilDay day);
absl::StatusOr<std::vector<v1::Company>> ShowCompanies(db::Session& session,
                                                       const std::vector<store::RegisterCompany>& companies,
                                                       absl::CivilDay day);

// The same as of the day: with the names, companies, letters and roles of that day.
absl::StatusOr<std::vector<v1::Person>> ShowPeopleAsOf(db::Session& session,
                                                       const std::vector<store::RegisterPerson>& people,
                                                       absl::CivilDay day);
absl::StatusOr<std::vector<v1::Company>> ShowCompaniesAsOf(
    db::Session& session, const std::vector<store::RegisterCompany>& companies, absl::CivilDay day);

// The date of a request's `as_of`, today when it is empty. DATE_INVALID.
absl::StatusOr<absl::CivilDay> DayAskedAbout(const rpc::Call& call, std::string_view as_of);

// By resource name, as of the day: PERSON_NOT_FOUND, COMPANY_NOT_FOUND.
absl::StatusOr<v1::Person> ReadPerson(db::Session& session, std::string_view name, absl::CivilDay day);
absl::StatusOr<v1::Company> ReadCompany(db::Session& session, std::string_view name, absl::CivilDay day);

// What a change of the person sends back to show that they are as they were read.
std::string EtagOf(const store::RegisterPerson& person);

}  // namespace plenary::membership
