#include "services/membership/holder_access.h"

#include <string>

#include "common/db/transact.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/names.h"
#include "services/membership/store/links.h"

namespace plenary::membership {

absl::StatusOr<store::Holder> HolderOrCaller(const rpc::Call& call, std::string_view field,
                                             std::string_view name) {
  const auto holder =
      store::ParseHolder(name.empty() && call.principal().IsPerson() ? call.principal().person : name);
  if (!holder.has_value()) {
    return errors::FieldInvalid(field, "Name the member \"people/{person}\" or \"companies/{company}\".");
  }
  return *holder;
}

absl::Status AllowHolder(db::Pool& pool, rpc::Call& call, const store::Holder& holder) {
  const auth::Principal& caller = call.principal();
  const std::string name = store::HolderName(holder);
  if (caller.HasRole("staff") || caller.person == name) {
    call.ProveRelation();
    return absl::OkStatus();
  }
  if (holder.kind != store::HolderKind::kCompany) return errors::NotTheirMembership(name);
  const std::string person = ResourceId(kPeople, caller.person).value_or("");
  ASSIGN_OR_RETURN(const bool administers, db::Autocommit(pool, call.deadline(), [&](db::Session& session) {
                     return store::IsAdministrator(session, person, holder.id);
                   }));
  if (!administers) return errors::NotTheirMembership(name);
  call.ProveRelation();
  return absl::OkStatus();
}

absl::Status HolderNotFound(const store::Holder& holder) {
  const std::string name = store::HolderName(holder);
  return holder.kind == store::HolderKind::kPerson ? errors::PersonNotFound(name)
                                                   : errors::CompanyNotFound(name);
}

}  // namespace plenary::membership
