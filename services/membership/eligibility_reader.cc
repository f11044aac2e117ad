#include "services/membership/eligibility_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/names.h"
#include "services/membership/rules/collector.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/links.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

// The company that the person belonged to on the day; the present one for a day before all links.
absl::StatusOr<std::string> CompanyOn(db::Session& session, const store::RegisterPerson& person,
                                      absl::CivilDay day) {
  ASSIGN_OR_RETURN(const std::vector<store::Link> links, store::LinksOfPerson(session, person.id));
  const auto held = std::find_if(links.begin(), links.end(), [&](const store::Link& link) {
    return link.role == store::LinkRole::kEmployee && link.start <= day &&
           (!link.end.has_value() || day < *link.end);
  });
  return held == links.end() ? person.company : held->company;
}

void ShowRights(const rules::PersonFacts& person, const rules::Provisions& provisions, absl::CivilDay day,
                v1::GetMyEligibilityResponse& response) {
  for (const v1::Act act : {v1::ACT_VOTE, v1::ACT_HOLD_OFFICE, v1::ACT_CONTEST}) {
    const rules::RightAnswer answer = rules::ExplainRight(person, provisions, act, day);
    v1::GetMyEligibilityResponse::Right& right = *response.add_rights();
    right.set_act(act);
    right.set_allowed(answer.allowed);
    right.set_reason(answer.reason);
    right.set_remedy(answer.remedy);
    right.set_waiver(NameOrEmpty(kWaivers, answer.waiver));
  }
}

// The company can vote, and the caller is not the one who does.
std::string RemedyOfOthers(const std::string& representative,
                           const v1::GetMyEligibilityResponse::Right& vote) {
  if (!vote.allowed()) return fmt::format("{} votes for the company. {}", representative, vote.remedy());
  return fmt::format(
      "{} votes for the company. Ask an administrator of it to name you, if you should instead.",
      representative);
}

}  // namespace

v1::Eligibility ShowEligibility(const rules::CompanyFacts& company, const rules::CompanyEligibility& answer) {
  v1::Eligibility shown;
  shown.set_company(ResourceName(kCompanies, company.id));
  shown.set_company_display_name(company.display_name);
  shown.set_eligible(answer.eligible);
  shown.set_representative(NameOrEmpty(kPeople, answer.representative));
  shown.set_reason(answer.reason);
  shown.set_remedy(answer.remedy);
  shown.set_waiver(NameOrEmpty(kWaivers, answer.waiver));
  return shown;
}

absl::StatusOr<v1::GetMyEligibilityResponse> ReadMyEligibility(db::Session& session, std::string_view person,
                                                               absl::CivilDay day) {
  const std::string id = ResourceId(kPeople, person).value_or("");
  ASSIGN_OR_RETURN(const auto row, store::FindPerson(session, id));
  ASSIGN_OR_RETURN(const auto facts, store::LoadPersonFacts(session, id, day));
  if (!row.has_value() || !facts.has_value()) return errors::PersonNotFound(person);
  ASSIGN_OR_RETURN(const std::string company_id, CompanyOn(session, *row, day));
  ASSIGN_OR_RETURN(const auto company, store::LoadCompany(session, company_id, day));
  if (!company.has_value()) return errors::CompanyNotFound(ResourceName(kCompanies, company_id));
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(session, day));

  v1::GetMyEligibilityResponse response;
  response.set_as_of(FormatDate(day));
  const rules::CompanyEligibility answer = rules::ExplainEligibility(*company, provisions, day);
  *response.mutable_company() = ShowEligibility(*company, answer);
  ShowRights(*facts, provisions, day, response);
  if (const auto* voter = rules::FindPersonIn(*company, answer.representative); voter != nullptr) {
    response.set_representative_full_name(voter->full_name);
  }
  response.set_can_vote(answer.eligible && answer.representative == id);
  if (answer.eligible && !response.can_vote()) {
    response.set_reason("NOT_REPRESENTATIVE");
    response.set_remedy(RemedyOfOthers(response.representative_full_name(), response.rights(0)));
  } else {
    response.set_reason(answer.reason);
    response.set_remedy(answer.remedy);
  }
  return response;
}

}  // namespace plenary::membership
