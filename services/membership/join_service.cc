#include "services/membership/join_service.h"

#include <optional>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_teams.h"
#include "services/membership/limits_teams.h"
#include "services/membership/names.h"
#include "services/membership/register_reader.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/join_code.h"
#include "services/membership/store/links.h"
#include "services/membership/store/notices.h"
#include "services/membership/team_access.h"
#include "services/membership/team_names.h"

namespace plenary::membership {
namespace {

constexpr char kCreateJoinCode[] = "plenary.membership.v1.JoinService.CreateJoinCode";
constexpr char kInvitePerson[] = "plenary.membership.v1.JoinService.InvitePerson";
constexpr char kRevokeJoinCode[] = "plenary.membership.v1.JoinService.RevokeJoinCode";
constexpr char kJoinCompany[] = "plenary.membership.v1.JoinService.JoinCompany";

// Who invites when no person of the register does.
constexpr char kOffice[] = "The office";

v1::JoinCode Show(const store::JoinCode& code) {
  v1::JoinCode shown;
  shown.set_name(ResourceName(kJoinCodes, code.id));
  shown.set_company(ResourceName(kCompanies, code.company));
  shown.set_address(code.address);
  shown.set_uses(code.uses);
  shown.set_most_uses(code.most_uses);
  *shown.mutable_expire_time() = ToTimestamp(code.expires);
  shown.set_creator(code.creator);
  *shown.mutable_create_time() = ToTimestamp(code.created);
  if (code.revoked.has_value()) *shown.mutable_revoke_time() = ToTimestamp(*code.revoked);
  return shown;
}

absl::Status CheckNewCode(const v1::CreateJoinCodeRequest& request, absl::Time now) {
  FieldChecks checks;
  const absl::Time expires = FromTimestamp(request.expire_time());
  checks.Require(request.most_uses() >= 1 && request.most_uses() <= limits::kMostJoinUses, "most_uses",
                 "Let 1 to 1,000 people use it.");
  checks.Require(expires > now && expires <= now + limits::kLongestJoinCodeLife, "expire_time",
                 "Say when it ends: in the future, at most 366 days from now.");
  return checks.Result(errors::kDomain);
}

}  // namespace

store::JoinCode JoinService::Draw(const rpc::Call& call, std::string& bytes) {
  bytes = random_.Bytes(rules::kJoinCodeBytes);
  return {.id = ids_.NextText(),
          .code_sha256 = crypto::Sha256(bytes),
          .creator = call.principal().Actor(),
          .created = call.now()};
}

absl::StatusOr<v1::JoinCode> JoinService::CreateJoinCode(rpc::Call& call,
                                                         const v1::CreateJoinCodeRequest& request) {
  RETURN_IF_ERROR(CheckNewCode(request, call.now()));
  std::string bytes;
  store::JoinCode code = Draw(call, bytes);
  code.most_uses = request.most_uses();
  code.expires = FromTimestamp(request.expire_time());
  ASSIGN_OR_RETURN(
      v1::JoinCode made,
      MutateForCompany<v1::JoinCode>(
          pool_, call, kCreateJoinCode, request, request.company(),
          [&](db::Transaction& transaction, const std::string& company) -> absl::StatusOr<v1::JoinCode> {
            ASSIGN_OR_RETURN(const std::int64_t count,
                             store::CountJoinCodes(transaction, company, call.now()));
            if (count >= limits::kMostJoinCodes) return errors::JoinCodesTooMany(request.company());
            code.company = company;
            RETURN_IF_ERROR(store::InsertJoinCode(transaction, code));
            RETURN_IF_ERROR(RecordAct(transaction, call, kCreateJoinCode, ResourceName(kJoinCodes, code.id),
                                      fmt::format("{}: {} uses", request.company(), code.most_uses)));
            return Show(code);
          }));
  // The code stands in no stored answer: it is added when this very call made it.
  if (made.name() == ResourceName(kJoinCodes, code.id)) made.set_code(rules::ShowJoinCode(bytes));
  return made;
}

absl::StatusOr<v1::JoinCode> JoinService::InvitePerson(rpc::Call& call,
                                                       const v1::InvitePersonRequest& request) {
  const auto address = rules::NormaliseEmail(request.address());
  if (!address.has_value()) return errors::FieldInvalid("address", "Write the address as name@example.org.");
  std::string bytes;
  store::JoinCode code = Draw(call, bytes);
  code.address = *address;
  code.expires = call.now() + limits::kInvitationLife;
  return MutateForCompany<v1::JoinCode>(
      pool_, call, kInvitePerson, request, request.company(),
      [&](db::Transaction& transaction, const std::string& company) -> absl::StatusOr<v1::JoinCode> {
        ASSIGN_OR_RETURN(
            const std::int64_t sent,
            store::CountInvitations(transaction, company, call.now() - limits::kInvitationsWithin));
        if (sent >= limits::kMostInvitations) return errors::InvitationsTooMany(request.company());
        code.company = company;
        RETURN_IF_ERROR(store::InsertJoinCode(transaction, code));
        RETURN_IF_ERROR(MailInvitation(transaction, call, code, bytes));
        RETURN_IF_ERROR(RecordAct(transaction, call, kInvitePerson, ResourceName(kJoinCodes, code.id),
                                  request.company()));
        return Show(code);
      });
}

absl::Status JoinService::MailInvitation(db::Transaction& transaction, const rpc::Call& call,
                                         const store::JoinCode& code, const std::string& bytes) {
  ASSIGN_OR_RETURN(const auto company, store::FindCompany(transaction, code.company));
  ASSIGN_OR_RETURN(const auto invited, store::FindPersonByEmail(transaction, code.address));
  ASSIGN_OR_RETURN(const auto inviter,
                   store::FindPerson(transaction, ResourceId(kPeople, call.principal().person).value_or("")));
  return store::EnqueueNotice(transaction, ids_,
                              {.event = ResourceName(kJoinCodes, code.id),
                               .template_name = "join-invitation",
                               .person = invited.has_value() ? invited->id : "",
                               .address = code.address,
                               .values = {{"company", company.has_value() ? company->display_name : ""},
                                          {"inviter", inviter.has_value() ? inviter->full_name : kOffice},
                                          {"code", rules::ShowJoinCode(bytes)},
                                          {"expires", FormatDate(DateOf(code.expires))}},
                               .not_after = code.expires},
                              call.now())
      .status();
}

absl::StatusOr<v1::JoinCode> JoinService::RevokeJoinCode(rpc::Call& call,
                                                         const v1::RevokeJoinCodeRequest& request) {
  const std::string id = ResourceId(kJoinCodes, request.name()).value_or("");
  ASSIGN_OR_RETURN(const auto found, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindJoinCode(session, id);
                   }));
  if (!found.has_value()) return errors::JoinCodeNotFound();
  return MutateForCompany<v1::JoinCode>(
      pool_, call, kRevokeJoinCode, request, ResourceName(kCompanies, found->company),
      [&](db::Transaction& transaction, const std::string&) -> absl::StatusOr<v1::JoinCode> {
        ASSIGN_OR_RETURN(const bool revoked, store::MarkJoinCodeRevoked(transaction, id, call.now()));
        if (revoked) {
          RETURN_IF_ERROR(RecordAct(transaction, call, kRevokeJoinCode, request.name(),
                                    ResourceName(kCompanies, found->company)));
        }
        ASSIGN_OR_RETURN(const auto code, store::LockJoinCode(transaction, id));
        if (!code.has_value()) return absl::InternalError("a code to join is gone");
        return Show(*code);
      });
}

absl::StatusOr<v1::ListJoinCodesResponse> JoinService::ListJoinCodes(
    rpc::Call& call, const v1::ListJoinCodesRequest& request) {
  RETURN_IF_ERROR(AllowReading(pool_, call, request.company()));
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListJoinCodesResponse> {
        ASSIGN_OR_RETURN(auto rows,
                         store::ListJoinCodes(session, ResourceId(kCompanies, request.company()).value_or(""),
                                              page.after, page.size + 1));
        v1::ListJoinCodesResponse response;
        if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().id));
        for (const store::JoinCode& row : rows) *response.add_join_codes() = Show(row);
        return response;
      });
}

absl::StatusOr<v1::JoinCompanyResponse> JoinService::JoinCompany(rpc::Call& call,
                                                                 const v1::JoinCompanyRequest& request) {
  FieldChecks checks;
  checks.Text("code", request.code(), 1, limits::kLongestJoinCode);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  if (!request.consent()) return errors::ConsentMissing();
  const auto bytes = rules::ReadJoinCode(request.code());
  if (!bytes.has_value()) return errors::JoinCodeNotFound();
  // Which rows to lock is read before the transaction: what it reads itself, it reads under its locks.
  std::optional<store::JoinCode> found;
  std::optional<store::RegisterPerson> person;
  RETURN_IF_ERROR(db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(found, store::FindJoinCodeByDigest(session, crypto::Sha256(*bytes)));
    ASSIGN_OR_RETURN(person,
                     store::FindPerson(session, ResourceId(kPeople, call.principal().person).value_or("")));
    return absl::OkStatus();
  }));
  if (!found.has_value()) return errors::JoinCodeNotFound();
  if (!person.has_value()) return errors::PersonNotFound(call.principal().person);
  // The code is a secret: the record of the request knows its digest only.
  v1::JoinCompanyRequest recorded = request;
  recorded.set_code(crypto::HexEncode(found->code_sha256));
  return MutateOnce<v1::JoinCompanyResponse>(
      pool_, call, kJoinCompany, request.request_id(), recorded.SerializeAsString(),
      [&](db::Transaction& transaction) { return Join(transaction, call, *found, person->company); });
}

absl::StatusOr<v1::JoinCompanyResponse> JoinService::Join(db::Transaction& transaction, const rpc::Call& call,
                                                          const store::JoinCode& found,
                                                          const std::string& last_seen) {
  const std::string& name = call.principal().person;
  const std::string person = ResourceId(kPeople, name).value_or("");
  ASSIGN_OR_RETURN(const std::string from, store::LockForMove(transaction, person, found.company, last_seen));
  ASSIGN_OR_RETURN(const auto joiner, store::LockPerson(transaction, person));
  if (!joiner.has_value()) return errors::PersonNotFound(name);
  const bool for_another = !found.address.empty() && found.address != joiner->email;
  if (for_another) return errors::JoinCodeNotFound();
  const std::string company = ResourceName(kCompanies, found.company);
  if (from == found.company) return errors::AlreadyInCompany(company);
  ASSIGN_OR_RETURN(const bool holds, store::HoldsRunningCredential(transaction, person, from, call.now()));
  if (holds) return errors::MoverRepresentsUnderCredential(ResourceName(kCompanies, from));
  ASSIGN_OR_RETURN(const bool used, store::UseJoinCode(transaction, found.id, call.now()));
  if (!used) return errors::JoinCodeNotFound();
  const absl::CivilDay today = DateOf(call.now());
  RETURN_IF_ERROR(
      store::MovePerson(transaction, ids_, person, found.company, today, ResourceName(kJoinCodes, found.id))
          .status());
  RETURN_IF_ERROR(RecordAct(transaction, call, kJoinCompany, name,
                            fmt::format("{} to {}", ResourceName(kCompanies, from), company)));
  v1::JoinCompanyResponse response;
  ASSIGN_OR_RETURN(*response.mutable_person(), ReadPerson(transaction, name, today));
  ASSIGN_OR_RETURN(const auto joined, store::FindCompany(transaction, found.company));
  if (joined.has_value()) response.set_company_display_name(joined->display_name);
  return response;
}

}  // namespace plenary::membership
