// The first person of a new register: somebody has to be staff before anybody can be made anything.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/ids/id.h"

namespace plenary::membership {

struct NewStaff {
  std::string email;
  std::string full_name;
  std::string office;  // name of the company of the office
  std::string since;   // first day as staff, "YYYY-MM-DD"; empty: the day of `now`
};

// Makes what is missing of: the category "categories/staff" (right to attend), the office's company, the
// person, and their membership as staff from `since` on. Run again, it changes nothing. Returns what
// it did, a line each. A person who is on the register stays in the company they have.
absl::StatusOr<std::string> CreateStaff(db::Pool& pool, IdSource& ids, const NewStaff& staff, absl::Time now,
                                        absl::Time deadline);

}  // namespace plenary::membership
