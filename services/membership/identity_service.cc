#include "services/membership/identity_service.h"

#include <string>
#include <vector>

#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/names.h"
#include "services/membership/rules/eligibility.h"
#include "services/membership/rules/email.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

// Services that people call as themselves. Not the ballot box, which takes no identity.
constexpr const char* kServicesOfPeople[] = {"membership", "committee", "ethics", "election"};

struct Me {
  store::RegisterPerson person;
  std::string company_display_name;
  std::vector<std::string> roles;
};

// Who a person is by the facts of the day.
absl::StatusOr<Me> LoadMe(db::Session& session, store::RegisterPerson person, absl::CivilDay today) {
  ASSIGN_OR_RETURN(const auto company, store::LoadCompany(session, person.company, today));
  if (!company.has_value()) return absl::InternalError("a person's company is gone: " + person.company);
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(session, today));
  std::vector<std::string> roles = rules::RolesOf(person.id, *company, provisions, today);
  return Me{std::move(person), company->display_name, std::move(roles)};
}

}  // namespace

absl::StatusOr<v1::GetMeResponse> IdentityService::GetMe(rpc::Call& call, const v1::GetMeRequest& request) {
  const std::string& name = call.principal().person;
  ASSIGN_OR_RETURN(
      const Me me,
      db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<Me> {
        ASSIGN_OR_RETURN(const auto person,
                         store::FindPerson(transaction, ResourceId(kPeople, name).value_or("")));
        if (!person.has_value()) return errors::PersonNotFound(name);
        return LoadMe(transaction, *person, DateOf(call.now()));
      }));
  v1::GetMeResponse response;
  response.set_person(name);
  response.set_full_name(me.person.full_name);
  response.set_company(ResourceName(kCompanies, me.person.company));
  response.set_company_display_name(me.company_display_name);
  response.mutable_roles()->Add(me.roles.begin(), me.roles.end());
  return response;
}

absl::StatusOr<v1::SignInForDevelopmentResponse> DevelopmentIdentityService::SignInForDevelopment(
    rpc::Call& call, const v1::SignInForDevelopmentRequest& request) {
  const auto email = rules::NormaliseEmail(request.email());
  if (!email.has_value()) return errors::PersonNotFound(request.email());
  ASSIGN_OR_RETURN(
      const Me me,
      db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<Me> {
        ASSIGN_OR_RETURN(const auto person, store::FindPersonByEmail(transaction, *email));
        if (!person.has_value()) return errors::PersonNotFound(request.email());
        return LoadMe(transaction, *person, DateOf(call.now()));
      }));
  const auth::Principal principal{.kind = auth::Principal::Kind::kPerson,
                                  .person = ResourceName(kPeople, me.person.id),
                                  .company = ResourceName(kCompanies, me.person.company),
                                  .roles = me.roles,
                                  .service = ""};
  v1::SignInForDevelopmentResponse response;
  for (const char* service : kServicesOfPeople) {
    v1::ServiceToken& token = *response.add_tokens();
    token.set_service(service);
    token.set_access_token(signer_.SignPerson(principal, {service}, call.now()));
  }
  *response.mutable_expire_time() = ToTimestamp(call.now() + auth::kPersonTokenLifetime);
  response.set_person(principal.person);
  response.set_full_name(me.person.full_name);
  response.mutable_roles()->Add(me.roles.begin(), me.roles.end());
  return response;
}

}  // namespace plenary::membership
