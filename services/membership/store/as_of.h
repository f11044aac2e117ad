// The register as it stood on a day, for people and companies that are there today.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "services/membership/store/register.h"

namespace plenary::membership::store {

// Sets name, company ("" when the register knows of none that early) and letters to those of the day.
absl::Status PeopleAsOf(db::Session& session, absl::CivilDay day, std::vector<RegisterPerson>& people);
// Sets name and representative to those of the day.
absl::Status CompaniesAsOf(db::Session& session, absl::CivilDay day, std::vector<RegisterCompany>& companies);

// By company, each list ascending.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> AdministratorsOf(
    db::Session& session, const std::set<std::string>& companies, absl::CivilDay day);

}  // namespace plenary::membership::store
