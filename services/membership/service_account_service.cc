#include "services/membership/service_account_service.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "common/audit/audit.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/membership/errors.h"
#include "services/membership/errors_identity.h"
#include "services/membership/limits_identity.h"
#include "services/membership/names.h"
#include "services/membership/sign_in_limits.h"
#include "services/membership/signed_in_person.h"
#include "services/membership/store/identity.h"
#include "services/membership/store/service_accounts.h"

namespace plenary::membership {
namespace {

constexpr char kServiceAccounts[] = "serviceAccounts";
constexpr char kCreate[] = "plenary.membership.v1.ServiceAccountService.CreateServiceAccount";
constexpr char kRotate[] = "plenary.membership.v1.ServiceAccountService.RotateServiceAccountSecret";
constexpr char kRevoke[] = "plenary.membership.v1.ServiceAccountService.RevokeServiceAccount";
constexpr char kSignIn[] = "plenary.membership.v1.ServiceAccountService.SignInServiceAccount";

// What an account may be given. The other roles are facts about people.
constexpr const char* kRolesToGive[] = {"staff"};
constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kFingerprintDigits = 8;

std::string FingerprintOf(std::string_view secret_sha256) {
  return crypto::HexEncode(secret_sha256).substr(0, kFingerprintDigits);
}

v1::ServiceAccount Show(const store::ServiceAccount& account) {
  v1::ServiceAccount shown;
  shown.set_name(ResourceName(kServiceAccounts, account.id));
  shown.set_display_name(account.display_name);
  shown.mutable_roles()->Add(account.roles.begin(), account.roles.end());
  shown.set_creator(account.creator);
  *shown.mutable_create_time() = ToTimestamp(account.created);
  *shown.mutable_expire_time() = ToTimestamp(account.expires);
  *shown.mutable_secret_time() = ToTimestamp(account.secret_made);
  shown.set_secret_fingerprint(FingerprintOf(account.secret_sha256));
  if (account.revoked.has_value()) *shown.mutable_revoke_time() = ToTimestamp(*account.revoked);
  return shown;
}

bool IsInForce(const store::ServiceAccount& account, absl::Time now) {
  return !account.revoked.has_value() && now < account.expires;
}

absl::Status CheckNewAccount(const v1::CreateServiceAccountRequest& request, absl::Time now) {
  FieldChecks checks;
  checks.Text("display_name", request.display_name(), 1, limits::kLongestAccountName);
  const absl::Time expires = FromTimestamp(request.expire_time());
  checks.Require(expires > now && expires <= now + limits::kLongestAccountLife, "expire_time",
                 "Say when the account ends: in the future, at most 366 days from now.");
  for (int i = 0; i < request.roles_size(); ++i) {
    const bool known = std::find(std::begin(kRolesToGive), std::end(kRolesToGive), request.roles(i)) !=
                       std::end(kRolesToGive);
    const auto begin = request.roles().begin();
    checks.Require(known && std::find(begin, begin + i, request.roles(i)) == begin + i,
                   fmt::format("roles[{}]", i), "Give each role once; only \"staff\" can be given.");
  }
  return checks.Result(errors::kDomain);
}

absl::StatusOr<store::ServiceAccount> LockAccount(db::Transaction& transaction, const std::string& name) {
  ASSIGN_OR_RETURN(const auto account,
                   store::LockServiceAccount(transaction, ResourceId(kServiceAccounts, name).value_or("")));
  if (!account.has_value()) return errors::ServiceAccountNotFound(name);
  return *account;
}

// The secret stands in no stored answer: it is added when this very call made it.
v1::ServiceAccount WithSecret(v1::ServiceAccount account, const std::string& secret) {
  if (account.secret_fingerprint() == FingerprintOf(crypto::Sha256(secret))) account.set_secret(secret);
  return account;
}

}  // namespace

absl::StatusOr<v1::ServiceAccount> ServiceAccountService::CreateServiceAccount(
    rpc::Call& call, const v1::CreateServiceAccountRequest& request) {
  if (!call.principal().IsPerson()) return errors::PersonNeeded();
  RETURN_IF_ERROR(CheckNewAccount(request, call.now()));
  const std::string secret = crypto::Base64UrlEncode(random_.Bytes(kSecretSize));
  store::ServiceAccount account{.id = ids_.NextText(),
                                .display_name = request.display_name(),
                                .roles = {request.roles().begin(), request.roles().end()},
                                .creator = call.principal().person,
                                .created = call.now(),
                                .expires = FromTimestamp(request.expire_time()),
                                .secret_sha256 = crypto::Sha256(secret),
                                .secret_made = call.now()};
  std::sort(account.roles.begin(), account.roles.end());
  ASSIGN_OR_RETURN(v1::ServiceAccount made,
                   Mutate<v1::ServiceAccount>(
                       pool_, call, kCreate, request,
                       [&](db::Transaction& transaction) -> absl::StatusOr<v1::ServiceAccount> {
                         RETURN_IF_ERROR(store::InsertServiceAccount(transaction, account));
                         RETURN_IF_ERROR(RecordAct(
                             transaction, call, kCreate, ResourceName(kServiceAccounts, account.id),
                             fmt::format("{} [{}]", account.display_name, fmt::join(account.roles, ", "))));
                         return Show(account);
                       }));
  return WithSecret(std::move(made), secret);
}

absl::StatusOr<v1::ListServiceAccountsResponse> ServiceAccountService::ListServiceAccounts(
    rpc::Call& call, const v1::ListServiceAccountsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListServiceAccountsResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListServiceAccounts(session, page.after, page.size + 1));
        v1::ListServiceAccountsResponse response;
        if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().id));
        for (const store::ServiceAccount& row : rows) *response.add_service_accounts() = Show(row);
        return response;
      });
}

absl::StatusOr<v1::ServiceAccount> ServiceAccountService::RotateServiceAccountSecret(
    rpc::Call& call, const v1::RotateServiceAccountSecretRequest& request) {
  if (!call.principal().IsPerson()) return errors::PersonNeeded();
  const std::string secret = crypto::Base64UrlEncode(random_.Bytes(kSecretSize));
  ASSIGN_OR_RETURN(
      v1::ServiceAccount changed,
      Mutate<v1::ServiceAccount>(
          pool_, call, kRotate, request,
          [&](db::Transaction& transaction) -> absl::StatusOr<v1::ServiceAccount> {
            ASSIGN_OR_RETURN(store::ServiceAccount account, LockAccount(transaction, request.name()));
            if (!IsInForce(account, call.now())) return errors::ServiceAccountEnded(request.name());
            account.secret_sha256 = crypto::Sha256(secret);
            account.secret_made = call.now();
            RETURN_IF_ERROR(
                store::SetServiceAccountSecret(transaction, account.id, account.secret_sha256, call.now()));
            RETURN_IF_ERROR(RecordAct(transaction, call, kRotate, request.name(), account.display_name));
            return Show(account);
          }));
  return WithSecret(std::move(changed), secret);
}

absl::StatusOr<v1::ServiceAccount> ServiceAccountService::RevokeServiceAccount(
    rpc::Call& call, const v1::RevokeServiceAccountRequest& request) {
  if (!call.principal().IsPerson()) return errors::PersonNeeded();
  return Mutate<v1::ServiceAccount>(
      pool_, call, kRevoke, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::ServiceAccount> {
        ASSIGN_OR_RETURN(store::ServiceAccount account, LockAccount(transaction, request.name()));
        ASSIGN_OR_RETURN(const bool revoked,
                         store::RevokeServiceAccount(transaction, account.id, call.now()));
        if (revoked) {
          account.revoked = call.now();
          RETURN_IF_ERROR(RecordAct(transaction, call, kRevoke, request.name(), account.display_name));
        }
        return Show(account);
      });
}

absl::StatusOr<v1::SignedInServiceAccount> ServiceAccountService::SignInServiceAccount(
    rpc::Call& call, const grpc::ServerContext& context, const v1::SignInServiceAccountRequest& request) {
  const std::string id = ResourceId(kServiceAccounts, request.name()).value_or("");
  const std::string secret_sha256 = crypto::Sha256(request.secret());
  const CountedUse wrong = WrongProofsFromPeer(CallerOf(context));
  // The tries of one account are not counted: nobody guesses 256 bits, and whoever tried could lock it out.
  ASSIGN_OR_RETURN(
      const auto account,
      db::Transact(pool_, call.deadline(),
                   [&](db::Transaction& transaction) -> absl::StatusOr<std::optional<store::ServiceAccount>> {
                     RETURN_IF_ERROR(CountWithin(transaction, wrong, call.now()));
                     ASSIGN_OR_RETURN(auto found, store::FindServiceAccount(transaction, id));
                     const bool proven = found.has_value() && IsInForce(*found, call.now()) &&
                                         crypto::ConstantTimeEquals(secret_sha256, found->secret_sha256);
                     if (!proven) return std::optional<store::ServiceAccount>();
                     RETURN_IF_ERROR(store::UncountUse(transaction, wrong.subject));
                     RETURN_IF_ERROR(audit::Append(transaction, {.at = call.now(),
                                                                 .actor = request.name(),
                                                                 .act = kSignIn,
                                                                 .resource = request.name(),
                                                                 .detail = ""}));
                     return found;
                   }));
  if (!account.has_value()) return errors::ServiceAccountRefused();
  const auth::Principal principal{.kind = auth::Principal::Kind::kServiceAccount,
                                  .person = "",
                                  .company = "",
                                  .roles = account->roles,
                                  .service = "",
                                  .account = request.name()};
  const absl::Duration lifetime = std::min(auth::kPersonTokenLifetime, account->expires - call.now());
  v1::SignedInServiceAccount response;
  *response.mutable_tokens() = TokensOf(principal, signer_, call.now(), lifetime);
  *response.mutable_expire_time() = ToTimestamp(call.now() + lifetime);
  response.set_name(request.name());
  response.set_display_name(account->display_name);
  response.mutable_roles()->Add(account->roles.begin(), account->roles.end());
  return response;
}

}  // namespace plenary::membership
