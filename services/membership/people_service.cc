#include "services/membership/people_service.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/names.h"
#include "services/membership/register_reader.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/text.h"
#include "services/membership/store/links.h"

namespace plenary::membership {
namespace {

constexpr char kCreatePerson[] = "plenary.membership.v1.PeopleService.CreatePerson";
constexpr char kUpdatePerson[] = "plenary.membership.v1.PeopleService.UpdatePerson";
constexpr char kMovePerson[] = "plenary.membership.v1.PeopleService.MovePerson";
constexpr char kCreateCompany[] = "plenary.membership.v1.PeopleService.CreateCompany";
constexpr char kRenameCompany[] = "plenary.membership.v1.PeopleService.RenameCompany";
constexpr char kAppointAdministrator[] = "plenary.membership.v1.PeopleService.AppointAdministrator";
constexpr char kRemoveAdministrator[] = "plenary.membership.v1.PeopleService.RemoveAdministrator";

void CheckName(FieldChecks& checks, std::string_view field, std::string_view name, std::size_t longest) {
  checks.Text(field, name, 1, longest);
  checks.Require(rules::CountPlainCharacters(name).has_value(), field, "Write the name on one line.");
}

void CheckEmail(FieldChecks& checks, std::string_view email) {
  checks.Require(rules::NormaliseEmail(email).has_value(), "email", "Write the address as name@example.org.");
}

std::string Trimmed(std::string_view text) { return std::string(rules::Trim(text)); }

store::Change ChangeBy(const rpc::Call& call) {
  return {.on = DateOf(call.now()), .source = call.principal().Actor()};
}

// The person as they should be, for a request that was checked.
store::RegisterPerson Changed(store::RegisterPerson person, const v1::UpdatePersonRequest& request) {
  if (request.has_full_name()) person.full_name = Trimmed(request.full_name());
  if (request.has_email()) person.email = *rules::NormaliseEmail(request.email());
  return person;
}

absl::Status AllowChangeOf(db::Session& session, const rpc::Call& call, std::string_view company_name,
                           std::string_view company) {
  if (call.principal().HasRole("staff")) return absl::OkStatus();
  const std::string caller = ResourceId(kPeople, call.principal().person).value_or("");
  ASSIGN_OR_RETURN(const bool administers, store::IsAdministrator(session, caller, company));
  return administers ? absl::OkStatus() : errors::NotAdministrator(company_name);
}

}  // namespace

absl::StatusOr<v1::Person> PeopleService::CreatePerson(rpc::Call& call,
                                                       const v1::CreatePersonRequest& request) {
  const absl::CivilDay today = DateOf(call.now());
  const auto since = request.since().empty() ? today : ParseDate(request.since());
  if (!since.has_value()) return errors::DateInvalid("since", request.since());
  FieldChecks checks;
  CheckName(checks, "full_name", request.full_name(), limits::kLongestPersonName);
  CheckEmail(checks, request.email());
  checks.Require(*since <= today, "since", "Give today or an earlier day: nobody comes from the future.");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return Mutate<v1::Person>(
      pool_, call, kCreatePerson, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Person> {
        const std::string company = ResourceId(kCompanies, request.company()).value_or("");
        if (!request.company().empty()) {
          ASSIGN_OR_RETURN(const auto locked, store::LockCompany(transaction, company));
          if (!locked.has_value()) return errors::CompanyNotFound(request.company());
        }
        ASSIGN_OR_RETURN(const auto id, store::InsertPerson(transaction, ids_,
                                                            {.email = *rules::NormaliseEmail(request.email()),
                                                             .full_name = Trimmed(request.full_name()),
                                                             .company = company,
                                                             .since = *since,
                                                             .source = call.principal().Actor()}));
        if (!id.has_value()) return errors::EmailTaken();
        ASSIGN_OR_RETURN(v1::Person person, ReadPerson(transaction, ResourceName(kPeople, *id), today));
        RETURN_IF_ERROR(RecordAct(transaction, call, kCreatePerson, person.name(), person.company()));
        return person;
      });
}

absl::StatusOr<v1::Person> PeopleService::UpdatePerson(rpc::Call& call,
                                                       const v1::UpdatePersonRequest& request) {
  FieldChecks checks;
  if (request.has_full_name()) {
    CheckName(checks, "full_name", request.full_name(), limits::kLongestPersonName);
  }
  if (request.has_email()) CheckEmail(checks, request.email());
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  const std::string& name = request.person().empty() ? call.principal().person : request.person();
  return Mutate<v1::Person>(
      pool_, call, kUpdatePerson, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Person> {
        ASSIGN_OR_RETURN(const auto before,
                         store::LockPerson(transaction, ResourceId(kPeople, name).value_or("")));
        if (!before.has_value()) return errors::PersonNotFound(name);
        if (!request.etag().empty() && request.etag() != EtagOf(*before)) return errors::PersonChanged(name);
        const store::RegisterPerson after = Changed(*before, request);
        if (after.email != before->email && !call.principal().HasRole("staff")) {
          return errors::EmailNeedsOffice();
        }
        if (after.email != before->email || after.full_name != before->full_name) {
          ASSIGN_OR_RETURN(const bool updated,
                           store::UpdatePerson(transaction, *before, after, ChangeBy(call)));
          if (!updated) return errors::EmailTaken();
          RETURN_IF_ERROR(RecordAct(transaction, call, kUpdatePerson, name,
                                    after.email != before->email ? "address" : "name"));
        }
        return ReadPerson(transaction, name, DateOf(call.now()));
      });
}

absl::StatusOr<v1::Person> PeopleService::MovePerson(rpc::Call& call, const v1::MovePersonRequest& request) {
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  // Which company to lock is read before the transaction: what it reads itself, it reads under its locks.
  ASSIGN_OR_RETURN(const auto seen, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindPerson(session, person);
                   }));
  if (!seen.has_value()) return errors::PersonNotFound(request.person());
  return Mutate<v1::Person>(pool_, call, kMovePerson, request, [&](db::Transaction& transaction) {
    return MoveUnderLock(transaction, call, request, seen->company);
  });
}

absl::StatusOr<v1::Person> PeopleService::MoveUnderLock(db::Transaction& transaction, rpc::Call& call,
                                                        const v1::MovePersonRequest& request,
                                                        const std::string& last_seen) {
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  const auto company = ResourceId(kCompanies, request.company());
  if (!company.has_value()) return errors::CompanyNotFound(request.company());
  ASSIGN_OR_RETURN(const std::string from, store::LockForMove(transaction, person, *company, last_seen));
  ASSIGN_OR_RETURN(const auto before, store::LockPerson(transaction, person));
  if (!before.has_value()) return errors::PersonNotFound(request.person());
  if (!request.etag().empty() && request.etag() != EtagOf(*before)) {
    return errors::PersonChanged(request.person());
  }
  if (from != *company) {
    ASSIGN_OR_RETURN(const bool holds, store::HoldsRunningCredential(transaction, person, from, call.now()));
    if (holds) return errors::MoverRepresentsUnderCredential(ResourceName(kCompanies, from));
    const store::Change change = ChangeBy(call);
    RETURN_IF_ERROR(
        store::MovePerson(transaction, ids_, person, *company, change.on, change.source).status());
    RETURN_IF_ERROR(RecordAct(transaction, call, kMovePerson, request.person(),
                              fmt::format("{} to {}", ResourceName(kCompanies, from), request.company())));
  }
  return ReadPerson(transaction, request.person(), DateOf(call.now()));
}

absl::StatusOr<v1::Company> PeopleService::CreateCompany(rpc::Call& call,
                                                         const v1::CreateCompanyRequest& request) {
  FieldChecks checks;
  CheckName(checks, "display_name", request.display_name(), limits::kLongestCompanyName);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return Mutate<v1::Company>(
      pool_, call, kCreateCompany, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Company> {
        ASSIGN_OR_RETURN(const auto id,
                         store::InsertCompany(transaction, ids_, Trimmed(request.display_name())));
        if (!id.has_value()) return errors::CompanyNameTaken(request.display_name());
        const std::string name = ResourceName(kCompanies, *id);
        RETURN_IF_ERROR(RecordAct(transaction, call, kCreateCompany, name, request.display_name()));
        return ReadCompany(transaction, name, DateOf(call.now()));
      });
}

template <typename Request>
absl::StatusOr<v1::Company> PeopleService::ChangeCompany(rpc::Call& call, std::string_view method,
                                                         const Request& request,
                                                         const CompanyChange& change) {
  auto answer = Mutate<v1::Company>(
      pool_, call, method, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::Company> {
        const std::string id = ResourceId(kCompanies, request.company()).value_or("");
        ASSIGN_OR_RETURN(const auto company, store::LockCompany(transaction, id));
        RETURN_IF_ERROR(AllowChangeOf(transaction, call, request.company(), id));
        if (!company.has_value()) return errors::CompanyNotFound(request.company());
        if (!request.etag().empty() && request.etag() != std::to_string(company->version)) {
          return errors::CompanyChanged(request.company());
        }
        RETURN_IF_ERROR(change(transaction, *company));
        return ReadCompany(transaction, request.company(), DateOf(call.now()));
      });
  // Under the lock, or when this caller got the answer that is now repeated.
  if (answer.ok()) call.ProveRelation();
  return answer;
}

absl::StatusOr<v1::Company> PeopleService::RenameCompany(rpc::Call& call,
                                                         const v1::RenameCompanyRequest& request) {
  FieldChecks checks;
  CheckName(checks, "display_name", request.display_name(), limits::kLongestCompanyName);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return ChangeCompany(
      call, kRenameCompany, request,
      [&](db::Transaction& transaction, const store::RegisterCompany& company) -> absl::Status {
        const std::string display_name = Trimmed(request.display_name());
        if (display_name == company.display_name) return absl::OkStatus();
        ASSIGN_OR_RETURN(const bool renamed,
                         store::RenameCompany(transaction, company, display_name, ChangeBy(call)));
        if (!renamed) return errors::CompanyNameTaken(display_name);
        return RecordAct(transaction, call, kRenameCompany, request.company(),
                         fmt::format("{} to {}", company.display_name, display_name));
      });
}

absl::StatusOr<v1::Company> PeopleService::AppointAdministrator(
    rpc::Call& call, const v1::AppointAdministratorRequest& request) {
  return ChangeCompany(call, kAppointAdministrator, request,
                       [&](db::Transaction& transaction, const store::RegisterCompany& company) {
                         return Appoint(transaction, call, request, company);
                       });
}

absl::Status PeopleService::Appoint(db::Transaction& transaction, rpc::Call& call,
                                    const v1::AppointAdministratorRequest& request,
                                    const store::RegisterCompany& company) {
  const std::string person = ResourceId(kPeople, request.person()).value_or("");
  ASSIGN_OR_RETURN(const auto row, store::LockPerson(transaction, person));
  if (!row.has_value() || row->company != company.id) return errors::NotEmployee(request.company());
  ASSIGN_OR_RETURN(const bool administers, store::IsAdministrator(transaction, person, company.id));
  if (administers) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::int64_t count, store::CountAdministrators(transaction, company.id));
  if (count >= limits::kMostAdministrators) return errors::TooManyAdministrators(request.company());
  const store::Change change = ChangeBy(call);
  ASSIGN_OR_RETURN(const bool opened,
                   store::OpenLink(transaction, ids_, person, company.id, store::LinkRole::kAdministrator,
                                   change.on, change.source));
  if (!opened) return absl::OkStatus();
  return RecordAct(transaction, call, kAppointAdministrator, request.company(), request.person());
}

absl::StatusOr<v1::Company> PeopleService::RemoveAdministrator(
    rpc::Call& call, const v1::RemoveAdministratorRequest& request) {
  return ChangeCompany(
      call, kRemoveAdministrator, request,
      [&](db::Transaction& transaction, const store::RegisterCompany& company) -> absl::Status {
        const std::string person = ResourceId(kPeople, request.person()).value_or("");
        const store::Change change = ChangeBy(call);
        ASSIGN_OR_RETURN(const bool ended,
                         store::EndLink(transaction, person, company.id, store::LinkRole::kAdministrator,
                                        change.on, change.source));
        if (!ended) return absl::OkStatus();
        ASSIGN_OR_RETURN(const std::int64_t left, store::CountAdministrators(transaction, company.id));
        if (left == 0 && !call.principal().HasRole("staff")) {
          return errors::LastAdministrator(request.company());
        }
        return RecordAct(transaction, call, kRemoveAdministrator, request.company(), request.person());
      });
}

}  // namespace plenary::membership
