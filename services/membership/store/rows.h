// Rows of the register as the rules and the contract know them. Each expects the columns in the order of its
// table's schema; people and companies without further columns.
#pragma once

#include "common/db/session.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/rules/import_plan.h"

namespace plenary::membership::store {

// id, display_name, can_vote … required_letters.
v1::Category CategoryOf(const db::Row& row);
// id, email, full_name, company, accepted_letters.
rules::RegisterPerson PersonOf(const db::Row& row);
// id, display_name, name_key, representative, version.
rules::RegisterCompany CompanyOf(const db::Row& row);
// category, start_date, end_date, the first at `column`.
rules::Period PeriodOf(const db::Row& row, std::size_t column);

}  // namespace plenary::membership::store
