#include "services/membership/roll_service.h"

#include <fmt/format.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/limits.h"
#include "services/membership/names.h"
#include "services/membership/rules/eligibility.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kFreezeRoll[] = "plenary.membership.v1.RollService.FreezeRoll";
constexpr rpc::PageLimits kRollPage = {limits::kDefaultRollPage, limits::kLargestRollPage};

v1::Eligibility Show(const rules::CompanyFacts& company, const rules::CompanyEligibility& answer) {
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

// The companies that could vote as of the day, ascending by id.
absl::StatusOr<std::vector<v1::RollEntry>> EligibleCompanies(db::Session& session, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto companies,
                   store::LoadCompanies(session, "", std::numeric_limits<std::int64_t>::max()));
  ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(session));
  std::vector<v1::RollEntry> entries;
  for (const rules::CompanyFacts& company : companies) {
    const rules::CompanyEligibility answer = rules::ExplainEligibility(company, provisions, day);
    if (!answer.eligible) continue;
    v1::RollEntry& entry = entries.emplace_back();
    entry.set_company(ResourceName(kCompanies, company.id));
    entry.set_company_display_name(company.display_name);
    entry.set_representative(ResourceName(kPeople, answer.representative));
  }
  return entries;
}

absl::StatusOr<std::string> HashOf(const std::vector<v1::RollEntry>& entries) {
  std::vector<IdBytes> units;
  for (const v1::RollEntry& entry : entries) {
    const auto bytes = ParseId(ResourceId(kCompanies, entry.company()).value_or(""));
    if (!bytes.has_value()) return absl::InternalError("a company's id is none: " + entry.company());
    units.push_back(*bytes);
  }
  return rules::RollSha256(std::move(units));
}

absl::StatusOr<v1::Roll> Freeze(db::Transaction& transaction, const rpc::Call& call,
                                const v1::FreezeRollRequest& request, absl::CivilDay record_date) {
  ASSIGN_OR_RETURN(const auto entries, EligibleCompanies(transaction, record_date));
  if (entries.empty()) return errors::RollEmpty(request.record_date());
  v1::Roll roll;
  roll.set_election(request.election());
  roll.set_count(static_cast<int>(entries.size()));
  ASSIGN_OR_RETURN(*roll.mutable_sha256(), HashOf(entries));
  roll.set_record_date(request.record_date());
  *roll.mutable_freeze_time() = ToTimestamp(call.now());
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  ASSIGN_OR_RETURN(const bool frozen, store::InsertRoll(transaction, election, roll, entries));
  if (!frozen) return errors::RollAlreadyFrozen(request.election());
  RETURN_IF_ERROR(RecordAct(transaction, call, kFreezeRoll, request.election(),
                            fmt::format("{} companies as of {}", roll.count(), roll.record_date())));
  return roll;
}

}  // namespace

absl::StatusOr<v1::ExplainEligibilityResponse> RollService::ExplainEligibility(
    rpc::Call& call, const v1::ExplainEligibilityRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token(), kRollPage));
  const auto day = request.as_of().empty() ? DateOf(call.now()) : ParseDate(request.as_of());
  if (!day.has_value()) return errors::DateInvalid("as_of", request.as_of());
  return db::Transact(
      pool_, call.deadline(),
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::ExplainEligibilityResponse> {
        v1::ExplainEligibilityResponse response;
        std::vector<rules::CompanyFacts> companies;
        if (request.company().empty()) {
          ASSIGN_OR_RETURN(companies, store::LoadCompanies(transaction, page.after, page.size + 1));
          if (CutToPage(companies, page)) response.set_next_page_token(rpc::PageToken(companies.back().id));
        } else {
          ASSIGN_OR_RETURN(
              auto company,
              store::LoadCompany(transaction, ResourceId(kCompanies, request.company()).value_or("")));
          if (!company.has_value()) return errors::CompanyNotFound(request.company());
          companies.push_back(*std::move(company));
        }
        ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction));
        for (const rules::CompanyFacts& company : companies) {
          *response.add_companies() = Show(company, rules::ExplainEligibility(company, provisions, *day));
        }
        return response;
      });
}

absl::Status RollService::FreezeRoll(rpc::Call& call, const v1::FreezeRollRequest& request,
                                     grpc::ServerWriter<v1::FreezeRollResponse>& writer) {
  const auto election = ResourceId(kElections, request.election());
  if (!election.has_value())
    return errors::FieldInvalid("election", "Name the election \"elections/{election}\".");
  const auto record_date = ParseDate(request.record_date());
  if (!record_date.has_value()) return errors::DateInvalid("record_date", request.record_date());
  if (*record_date > DateOf(call.now())) return errors::RecordDateInFuture(request.record_date());

  ASSIGN_OR_RETURN(const v1::Roll roll,
                   MutateOnce<v1::Roll>(pool_, call, kFreezeRoll, request.request_id(),
                                        request.SerializeAsString(), [&](db::Transaction& transaction) {
                                          return Freeze(transaction, call, request, *record_date);
                                        }));
  // What is stored, so that a repeated request gets the first answer whatever the register says by now.
  ASSIGN_OR_RETURN(auto entries, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::ListRollEntries(session, *election, "",
                                                   std::numeric_limits<std::int64_t>::max());
                   }));
  v1::FreezeRollResponse part;
  for (v1::RollEntry& entry : entries) {
    *part.mutable_entry() = std::move(entry);
    writer.Write(part);
  }
  *part.mutable_roll() = roll;
  writer.Write(part);
  return absl::OkStatus();
}

absl::StatusOr<v1::Roll> RollService::GetRoll(rpc::Call& call, const v1::GetRollRequest& request) {
  return db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::Roll> {
    ASSIGN_OR_RETURN(const auto roll,
                     store::FindRoll(session, ResourceId(kElections, request.election()).value_or("")));
    if (!roll.has_value()) return errors::RollNotFound(request.election());
    return *roll;
  });
}

absl::StatusOr<v1::ListRollEntriesResponse> RollService::ListRollEntries(
    rpc::Call& call, const v1::ListRollEntriesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token(), kRollPage));
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListRollEntriesResponse> {
        ASSIGN_OR_RETURN(const auto roll, store::FindRoll(session, election));
        if (!roll.has_value()) return errors::RollNotFound(request.election());
        ASSIGN_OR_RETURN(auto entries, store::ListRollEntries(session, election, page.after, page.size + 1));
        v1::ListRollEntriesResponse response;
        if (CutToPage(entries, page)) {
          response.set_next_page_token(rpc::PageToken(*ResourceId(kCompanies, entries.back().company())));
        }
        response.mutable_entries()->Add(entries.begin(), entries.end());
        return response;
      });
}

}  // namespace plenary::membership
