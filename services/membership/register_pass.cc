#include "services/membership/register_pass.h"

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/vendor_error.h"
#include "common/status/macros.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/store/facts.h"

namespace plenary::membership {

absl::Status CheckInTime(absl::Time deadline) {
  return absl::Now() < deadline ? absl::OkStatus() : db::DeadlinePassedError();
}

absl::Status EachCompany(db::Transaction& transaction, absl::CivilDay day, absl::Time deadline,
                         const EachCompanyBody& each) {
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction, day));
  std::string after;
  while (true) {
    RETURN_IF_ERROR(CheckInTime(deadline));
    ASSIGN_OR_RETURN(const std::vector<rules::CompanyFacts> companies,
                     store::LoadCompanies(transaction, day, after, limits::kCompaniesAtATime));
    for (const rules::CompanyFacts& company : companies) RETURN_IF_ERROR(each(company, provisions));
    if (companies.size() < static_cast<std::size_t>(limits::kCompaniesAtATime)) return absl::OkStatus();
    after = companies.back().id;
  }
}

}  // namespace plenary::membership
