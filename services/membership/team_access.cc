#include "services/membership/team_access.h"

#include "common/db/transact.h"
#include "services/membership/store/links.h"

namespace plenary::membership {

absl::Status AllowForCompany(db::Session& session, const rpc::Call& call, const std::string& company) {
  const std::string id = ResourceId(kCompanies, company).value_or("");
  if (!call.principal().HasRole("staff")) {
    const std::string caller = ResourceId(kPeople, call.principal().person).value_or("");
    ASSIGN_OR_RETURN(const bool administers, store::IsAdministrator(session, caller, id));
    if (!administers) return errors::NotAdministrator(company);
  }
  ASSIGN_OR_RETURN(const auto there, store::FindCompany(session, id));
  return there.has_value() ? absl::OkStatus() : errors::CompanyNotFound(company);
}

absl::Status AllowReading(db::Pool& pool, rpc::Call& call, const std::string& company) {
  RETURN_IF_ERROR(db::Autocommit(
      pool, call.deadline(), [&](db::Session& session) { return AllowForCompany(session, call, company); }));
  call.ProveRelation();
  return absl::OkStatus();
}

}  // namespace plenary::membership
