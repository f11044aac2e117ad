#include "services/membership/identity_service.h"

#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/names.h"
#include "services/membership/rules/email.h"
#include "services/membership/signed_in_person.h"
#include "services/membership/store/register.h"

namespace plenary::membership {

absl::StatusOr<v1::GetMeResponse> IdentityService::GetMe(rpc::Call& call, const v1::GetMeRequest& request) {
  const std::string& name = call.principal().person;
  ASSIGN_OR_RETURN(const SignedInPerson me,
                   db::Transact(pool_, call.deadline(),
                                [&](db::Transaction& transaction) -> absl::StatusOr<SignedInPerson> {
                                  ASSIGN_OR_RETURN(
                                      const auto person,
                                      store::FindPerson(transaction, ResourceId(kPeople, name).value_or("")));
                                  if (!person.has_value()) return errors::PersonNotFound(name);
                                  return LoadSignedInPerson(transaction, *person, DateOf(call.now()));
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
  ASSIGN_OR_RETURN(const SignedInPerson me,
                   db::Transact(pool_, call.deadline(),
                                [&](db::Transaction& transaction) -> absl::StatusOr<SignedInPerson> {
                                  ASSIGN_OR_RETURN(const auto person,
                                                   store::FindPersonByEmail(transaction, *email));
                                  if (!person.has_value()) return errors::PersonNotFound(request.email());
                                  return LoadSignedInPerson(transaction, *person, DateOf(call.now()));
                                }));
  const auth::Principal principal = me.Principal();
  v1::SignInForDevelopmentResponse response;
  *response.mutable_tokens() = TokensOf(principal, signer_, call.now());
  *response.mutable_expire_time() = ToTimestamp(call.now() + auth::kPersonTokenLifetime);
  response.set_person(principal.person);
  response.set_full_name(me.person.full_name);
  response.mutable_roles()->Add(me.roles.begin(), me.roles.end());
  return response;
}

}  // namespace plenary::membership
