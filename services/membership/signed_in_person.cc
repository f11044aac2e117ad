#include "services/membership/signed_in_person.h"

#include <utility>

#include "common/status/macros.h"
#include "services/membership/names.h"
#include "services/membership/rules/eligibility.h"
#include "services/membership/store/facts.h"

namespace plenary::membership {
namespace {

constexpr const char* kServicesOfPeople[] = {"membership", "committee", "ethics", "election"};

}  // namespace

auth::Principal SignedInPerson::Principal() const {
  return {.kind = auth::Principal::Kind::kPerson,
          .person = ResourceName(kPeople, person.id),
          .company = ResourceName(kCompanies, person.company),
          .roles = roles,
          .service = "",
          .account = ""};
}

absl::StatusOr<SignedInPerson> LoadSignedInPerson(db::Session& session, store::RegisterPerson person,
                                                  absl::CivilDay today) {
  ASSIGN_OR_RETURN(const auto company, store::LoadCompany(session, person.company, today));
  if (!company.has_value()) return absl::InternalError("a person's company is gone: " + person.company);
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(session, today));
  std::vector<std::string> roles = rules::RolesOf(person.id, *company, provisions, today);
  return SignedInPerson{std::move(person), company->display_name, std::move(roles)};
}

google::protobuf::RepeatedPtrField<v1::ServiceToken> TokensOf(const auth::Principal& principal,
                                                              const auth::TokenSigner& signer, absl::Time now,
                                                              absl::Duration lifetime) {
  google::protobuf::RepeatedPtrField<v1::ServiceToken> tokens;
  for (const char* service : kServicesOfPeople) {
    v1::ServiceToken& token = *tokens.Add();
    token.set_service(service);
    token.set_access_token(signer.SignPerson(principal, {service}, now, lifetime));
  }
  return tokens;
}

}  // namespace plenary::membership
