// Who collects a company's credential in one election, until it is collected.
#include <algorithm>
#include <string>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/roll_names.h"
#include "services/membership/roll_service.h"
#include "services/membership/rules/collector.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/issuances.h"
#include "services/membership/store/register.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kSubstituteRepresentative[] = "plenary.membership.v1.RollService.SubstituteRepresentative";

// Staff, an administrator of the company, or a person of it who may vote.
bool MaySubstitute(const auth::Principal& caller, const rules::CompanyFacts& company,
                   const rules::Provisions& provisions, absl::CivilDay today) {
  if (caller.HasRole("staff")) return true;
  const std::string person = ResourceId(kPeople, caller.person).value_or("");
  const auto& administrators = company.administrators;
  return std::find(administrators.begin(), administrators.end(), person) != administrators.end() ||
         rules::WhyCannotCollect(company, person, provisions, today).empty();
}

// The company's line, which somebody else can still collect for.
absl::StatusOr<store::RollLine> OpenLine(db::Session& session, const rpc::Call& call,
                                         const v1::SubstituteRepresentativeRequest& request,
                                         const std::string& election, const std::string& company) {
  ASSIGN_OR_RETURN(const auto roll, store::FindRoll(session, election));
  if (!roll.has_value()) return errors::RollNotFound(request.election());
  if (roll->unit() == v1::UNIT_PERSON) return errors::RollOfPeople(request.election());
  ASSIGN_OR_RETURN(const auto line, store::FindRollLine(session, election, company));
  if (!line.has_value()) return errors::RollEntryNotFound(request.company());
  ASSIGN_OR_RETURN(const auto issuance, store::FindIssuance(session, election, company));
  if (issuance.has_value()) return errors::CredentialCollected(request.company());
  ASSIGN_OR_RETURN(const auto issuing, store::FindIssuing(session, election));
  if (issuing.has_value() && call.now() >= issuing->closes) {
    return errors::IssuingClosed(request.election());
  }
  return *line;
}

absl::StatusOr<v1::RollEntry> SubstituteUnderLock(db::Transaction& transaction, const rpc::Call& call,
                                                  const v1::SubstituteRepresentativeRequest& request,
                                                  const std::string& election) {
  const absl::CivilDay today = DateOf(call.now());
  const std::string company = ResourceId(kCompanies, request.company()).value_or("");
  // The same row that naming a representative and issuing the credential hold.
  RETURN_IF_ERROR(store::LockCompany(transaction, company).status());
  ASSIGN_OR_RETURN(const auto facts, store::LoadCompany(transaction, company, today));
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction, today));
  if (!MaySubstitute(call.principal(), facts.value_or(rules::CompanyFacts()), provisions, today)) {
    return errors::NotOfCompanyToSubstitute(request.company());
  }
  ASSIGN_OR_RETURN(store::RollLine line, OpenLine(transaction, call, request, election, company));
  const std::string person = ResourceId(kPeople, request.representative()).value_or("");
  if (const std::string why =
          rules::WhyCannotCollect(facts.value_or(rules::CompanyFacts()), person, provisions, today);
      !why.empty()) {
    return errors::RepresentativeNotEntitled(why);
  }
  if (line.representative != person) {
    v1::Substitution substitution;
    substitution.set_company(request.company());
    substitution.set_predecessor(ResourceName(kPeople, line.representative));
    substitution.set_substitute(request.representative());
    substitution.set_reason(request.reason());
    substitution.set_actor(call.principal().Actor());
    *substitution.mutable_create_time() = ToTimestamp(call.now());
    ASSIGN_OR_RETURN(const bool stored, store::Substitute(transaction, election, substitution));
    if (!stored) {
      ASSIGN_OR_RETURN(const std::string other, store::UnitOfCollector(transaction, election, person));
      return errors::CollectsForAnotherLine(request.representative(), ResourceName(kCompanies, other));
    }
    RETURN_IF_ERROR(RecordAct(transaction, call, kSubstituteRepresentative, request.election(),
                              request.company() + " by " + request.representative()));
    line.representative = person;
  }
  return store::ShowLine(line, v1::UNIT_COMPANY);
}

}  // namespace

absl::StatusOr<v1::RollEntry> RollService::SubstituteRepresentative(
    rpc::Call& call, const v1::SubstituteRepresentativeRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ReadElection(request.election()));
  FieldChecks checks;
  checks.Text("reason", request.reason(), 0, limits::kLongestSubstitutionReason);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  auto answer = Mutate<v1::RollEntry>(pool_, call, kSubstituteRepresentative, request,
                                      [&](db::Transaction& transaction) {
                                        return SubstituteUnderLock(transaction, call, request, election);
                                      });
  // Under the lock, or when this caller got the answer that is now repeated.
  if (answer.ok()) call.ProveRelation();
  return answer;
}

absl::StatusOr<v1::ListSubstitutionsResponse> RollService::ListSubstitutions(
    rpc::Call& call, const v1::ListSubstitutionsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::uint64_t after, ReadSequence(page));
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListSubstitutionsResponse> {
        ASSIGN_OR_RETURN(const auto roll, store::FindRoll(session, election));
        if (!roll.has_value()) return errors::RollNotFound(request.election());
        ASSIGN_OR_RETURN(auto rows, store::ListSubstitutions(session, election, after, page.size + 1));
        v1::ListSubstitutionsResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (store::StoredSubstitution& row : rows) {
          *response.add_substitutions() = std::move(row.substitution);
        }
        return response;
      });
}

}  // namespace plenary::membership
