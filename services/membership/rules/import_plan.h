// What an import changes: the rows of a file against what the register knows. Nothing is stored here.
//
// A row adds facts and never takes one back: a period of membership is added or found as it is, an empty
// field leaves what the register says. The plan of the same file a second time is therefore empty.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/ids/id.h"
#include "plenary/membership/v1/register_service.pb.h"
#include "services/membership/rules/import_row.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

struct RegisterPerson {
  std::string id;
  std::string email;
  std::string full_name;
  std::string company;
  int accepted_letters = 0;
};

struct RegisterCompany {
  std::string id;
  std::string display_name;
  std::string key;
  std::string representative;
  std::int64_t version = 1;
};

// The part of the register that the rows touch.
struct KnownRegister {
  std::map<std::string, RegisterPerson> people;        // by e-mail
  std::map<std::string, RegisterCompany> companies;    // by key; those of these people too
  std::map<std::string, std::vector<Period>> periods;  // by holder
  std::set<std::string> credential_issued;             // companies, in elections still running
};

struct NewPeriod {
  std::string holder;  // id of a person or of a company
  Period period;
};

struct ImportPlan {
  v1::ImportMembersResponse report;  // `applied` is not set
  std::vector<RegisterCompany> new_companies;
  std::vector<RegisterCompany> changed_companies;
  std::vector<RegisterPerson> new_people;
  std::vector<RegisterPerson> changed_people;
  std::vector<NewPeriod> new_periods;
};

// `problems` are those of rows that could not be read; `rows` are the others, in file order. With any
// problem, the plan holds a report and no change.
ImportPlan PlanImport(const std::vector<ImportRow>& rows, const std::vector<RowProblem>& problems,
                      const KnownRegister& known, absl::CivilDay today, IdSource& ids);

}  // namespace plenary::membership::rules
