// Rows of the register as the rules and the contract know them. Each expects the columns in the order of its
// table's schema; people and companies without further columns.
#pragma once

#include <string_view>

#include "common/db/session.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/rules/import_plan.h"

namespace plenary::membership::store {

// category, display_name, can_vote … required_code_version, valid_from.
v1::Category CategoryOf(const db::Row& row);
// "REFERENCE_LETTERS" … of a column; RequirementWord the other way round.
v1::Requirement RequirementOf(std::string_view word);
const char* RequirementWord(v1::Requirement requirement);
// id, email, full_name, company, accepted_letters.
rules::RegisterPerson PersonOf(const db::Row& row);
// id, display_name, name_key, representative, version.
rules::RegisterCompany CompanyOf(const db::Row& row);
// category, start_date, end_date, the first at `column`.
rules::Period PeriodOf(const db::Row& row, std::size_t column);
// kind, effective_on, category, start_date, motion, the first at `column`.
rules::StandingAct ActOf(const db::Row& row, std::size_t column);

}  // namespace plenary::membership::store
