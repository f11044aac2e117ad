// Who may act for a company: staff and its administrators.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/mutation/mutate.h"
#include "common/rpc/call.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/names.h"
#include "services/membership/store/register.h"

namespace plenary::membership {

// NOT_ADMINISTRATOR for whoever is neither; else COMPANY_NOT_FOUND when there is none. `company` is the name.
absl::Status AllowForCompany(db::Session& session, const rpc::Call& call, const std::string& company);

// The same for a method that only reads; proves the relation.
absl::Status AllowReading(db::Pool& pool, rpc::Call& call, const std::string& company);

// A mutation for the company of that name, under its row; `change` gets the id.
template <typename Response, typename Request>
absl::StatusOr<Response> MutateForCompany(
    db::Pool& pool, rpc::Call& call, std::string_view method, const Request& request,
    const std::string& company,
    const std::function<absl::StatusOr<Response>(db::Transaction&, const std::string&)>& change) {
  auto answer = Mutate<Response>(pool, call, method, request,
                                 [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
                                   const std::string id = ResourceId(kCompanies, company).value_or("");
                                   RETURN_IF_ERROR(store::LockCompany(transaction, id).status());
                                   RETURN_IF_ERROR(AllowForCompany(transaction, call, company));
                                   return change(transaction, id);
                                 });
  // Under the lock, or when this caller got the answer that is now repeated.
  if (answer.ok()) call.ProveRelation();
  return answer;
}

}  // namespace plenary::membership
