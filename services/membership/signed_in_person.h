// Who a person is by the facts of the day, and the access tokens that say so.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/db/session.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "plenary/membership/v1/identity_service.pb.h"
#include "services/membership/store/register.h"

namespace plenary::membership {

struct SignedInPerson {
  store::RegisterPerson person;
  std::string company_display_name;
  std::vector<std::string> roles;  // sorted

  auth::Principal Principal() const;
};

absl::StatusOr<SignedInPerson> LoadSignedInPerson(db::Session& session, store::RegisterPerson person,
                                                  absl::CivilDay today);

// A token for each service that people and programs call. Not the ballot box, which takes no identity.
google::protobuf::RepeatedPtrField<v1::ServiceToken> TokensOf(
    const auth::Principal& principal, const auth::TokenSigner& signer, absl::Time now,
    absl::Duration lifetime = auth::kPersonTokenLifetime);

}  // namespace plenary::membership
