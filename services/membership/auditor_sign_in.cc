// Signing in at the auditor's registrar: a code to the address in its own copy of the roll, and nothing else.
#include <cstdint>
#include <string>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/membership/auditor_service.h"
#include "services/membership/copied_rolls.h"
#include "services/membership/errors.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/limits_identity.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/names.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/sign_in_code.h"
#include "services/membership/session_begin.h"
#include "services/membership/sign_in_limits.h"
#include "services/membership/store/codes.h"
#include "services/membership/store/identity.h"
#include "services/membership/store/roll_copies.h"

namespace plenary::membership {
namespace {

constexpr std::size_t kSaltSize = 16;

// Who asks about which address: a stranger elsewhere must not use up what somebody needs.
std::string PlaceAndAddress(std::string_view caller, std::string_view address_sha256) {
  return crypto::HexEncode(crypto::Sha256(fmt::format("{} {}", caller, crypto::HexEncode(address_sha256))));
}
CountedUse CodesOfAddress(std::string_view caller, std::string_view address_sha256) {
  return {"code/" + PlaceAndAddress(caller, address_sha256), limits::kCodesOfAddress};
}
// Counted anew in every span of a code's life: the last code that was mailed in a span is good to its end.
CountedUse CodesOfAddressAnywhere(std::string_view address_sha256, absl::Time now) {
  const std::int64_t span = (now - absl::UnixEpoch()) / limits::kCodeLifetime;
  const std::string subject = fmt::format("{} {}", crypto::HexEncode(address_sha256), span);
  return {fmt::format("code-any/{}", crypto::HexEncode(crypto::Sha256(subject))),
          limits::kCodesOfAddressAnywhere};
}
CountedUse TriesOfAddress(std::string_view caller, std::string_view address_sha256) {
  return {"try/" + PlaceAndAddress(caller, address_sha256), limits::kTriesOfCode};
}
CountedUse CodesFrom(std::string_view caller, int allowed) {
  return {fmt::format("code-from/{}", crypto::HexEncode(crypto::Sha256(caller))), allowed};
}
CountedUse WrongCodesFrom(std::string_view caller) {
  return {fmt::format("wrong-from/{}", crypto::HexEncode(crypto::Sha256(caller))),
          limits::kWrongCodesFromPeer};
}

// One more, or what `refuse` says: roll back, and nothing was counted.
absl::Status Count(db::Transaction& transaction, const CountedUse& use, absl::Time now,
                   absl::Status (*refuse)()) {
  ASSIGN_OR_RETURN(const store::Count count, store::CountUse(transaction, use.subject, now));
  return count.uses <= use.allowed ? absl::OkStatus() : refuse();
}

// Of everything that bounds requests.
absl::Status CountRequest(db::Transaction& transaction, std::string_view caller,
                          std::string_view address_sha256, int from_place, absl::Time now) {
  RETURN_IF_ERROR(
      Count(transaction, CodesOfAddress(caller, address_sha256), now, errors::TooManyCodesFromPlace));
  RETURN_IF_ERROR(
      Count(transaction, CodesOfAddressAnywhere(address_sha256, now), now, errors::TooManyCodesOfAddress));
  return Count(transaction, CodesFrom(caller, from_place), now, errors::TooManyCodesFromPlace);
}

bool Proves(const std::vector<store::Code>& codes, const std::string& typed) {
  const std::string code = rules::ReadSignInCode(typed).value_or("");
  bool proven = false;
  for (const store::Code& stored : codes) {
    proven |= crypto::ConstantTimeEquals(SaltedDigest(stored.salt, code), stored.code_sha256);
  }
  return proven;
}

}  // namespace

// The same statements whoever has the address; the mail is sent beside the call.
absl::StatusOr<v1::RequestCodeResponse> AuditorService::RequestCode(rpc::Call& call,
                                                                    const grpc::ServerContext& context,
                                                                    const v1::RequestCodeRequest& request) {
  const auto email = rules::NormaliseEmail(request.email());
  if (!email.has_value()) return errors::FieldInvalid("email", "Write the address as name@example.org.");
  const std::string address_sha256 = crypto::Sha256(*email);
  const std::string caller = CallerOf(context);
  const std::string salt = parts_.random.Bytes(kSaltSize);
  const std::string code = rules::DrawSignInCode(parts_.random);
  ASSIGN_OR_RETURN(
      const std::string person,
      db::Transact(
          parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<std::string> {
            RETURN_IF_ERROR(
                CountRequest(transaction, caller, address_sha256, parts_.codes_from_place, call.now()));
            RETURN_IF_ERROR(store::ForgetUses(transaction, TriesOfAddress(caller, address_sha256).subject));
            RETURN_IF_ERROR(store::InsertCode(transaction, address_sha256,
                                              {.salt = salt, .code_sha256 = SaltedDigest(salt, code)},
                                              call.now() + limits::kCodeLifetime));
            return store::PersonAtAddress(transaction, *email);
          }));
  if (!person.empty() || *email == parts_.auditor_email) {
    parts_.mail.Send(*email, rules::ShowSignInCode(code));
  }
  return v1::RequestCodeResponse();
}

absl::StatusOr<v1::ProveCodeResponse> AuditorService::ProveCode(rpc::Call& call,
                                                                const grpc::ServerContext& context,
                                                                const v1::ProveCodeRequest& request) {
  const std::string email = rules::NormaliseEmail(request.email()).value_or("");
  const std::string address_sha256 = crypto::Sha256(email);
  const std::string caller = CallerOf(context);
  const CountedUse wrong = WrongCodesFrom(caller);
  const CountedUse tries = TriesOfAddress(caller, address_sha256);
  struct Outcome {
    bool proven = false;
    std::string person;
  };
  ASSIGN_OR_RETURN(
      const Outcome outcome,
      db::Transact(
          parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<Outcome> {
            RETURN_IF_ERROR(Count(transaction, wrong, call.now(), errors::TooManyWrongCodes));
            ASSIGN_OR_RETURN(const store::Count tried,
                             store::CountUse(transaction, tries.subject, call.now()));
            // A place that has used up its own tries takes none of the codes, which are for all places. What
            // that saves tells the place how often it tried, and nothing of the address.
            if (tried.uses > tries.allowed) return Outcome();
            ASSIGN_OR_RETURN(const auto codes, store::TakeTries(transaction, address_sha256,
                                                                limits::kTriesOfCodeAnywhere, call.now()));
            ASSIGN_OR_RETURN(std::string person, store::PersonAtAddress(transaction, email));
            // What was tried stays counted. A code of nobody's address was mailed to nobody.
            if (!Proves(codes, request.code())) return Outcome();
            if (person.empty() && email != parts_.auditor_email) return Outcome();
            RETURN_IF_ERROR(store::UncountUse(transaction, wrong.subject));
            RETURN_IF_ERROR(store::RemoveCodes(transaction, address_sha256));
            return Outcome{true, std::move(person)};
          }));
  if (!outcome.proven) return errors::CodeWrong();
  return SignIn(email, outcome.person, call.now());
}

// No record of it: when somebody signed in says when they collected.
v1::ProveCodeResponse AuditorService::SignIn(const std::string& email, const std::string& person,
                                             absl::Time now) const {
  auth::Principal principal{.kind = auth::Principal::Kind::kPerson,
                            .person = person.empty() ? kAuditorPerson : ResourceName(kPeople, person),
                            .company = AddressClaim(email),
                            .roles = {},
                            .service = "",
                            .account = ""};
  if (!person.empty()) principal.roles.push_back("representative");
  if (email == parts_.auditor_email) principal.roles.push_back("auditor");
  v1::ProveCodeResponse response;
  response.set_access_token(parts_.signer.SignPerson(principal, {kRegistrarName}, now));
  *response.mutable_expire_time() = ToTimestamp(now + auth::kPersonTokenLifetime);
  if (!person.empty()) response.set_person(principal.person);
  return response;
}

}  // namespace plenary::membership
