#include "services/membership/roll_service.h"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/eligibility_reader.h"
#include "services/membership/errors.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/register_pass.h"
#include "services/membership/roll_names.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/links.h"
#include "services/membership/store/register.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr rpc::PageLimits kRollPage = {limits::kDefaultRollPage, limits::kLargestRollPage};

// The day of a question; today when none is given.
absl::StatusOr<absl::CivilDay> ReadDay(const rpc::Call& call, const std::string& as_of) {
  const auto day = as_of.empty() ? DateOf(call.now()) : ParseDate(as_of);
  if (!day.has_value()) return errors::DateInvalid("as_of", as_of);
  return *day;
}

// Where a list of entries goes on: "REVISION-UNIT", so that every page is of one revision.
struct EntryPosition {
  int revision = 0;  // 0: the latest
  std::string unit;
};

absl::StatusOr<EntryPosition> ReadPosition(const rpc::Page& page, int revision) {
  if (page.after.empty()) return EntryPosition{revision, ""};
  EntryPosition position;
  const char* const begin = page.after.data();
  const char* const end = begin + page.after.size();
  const auto number = std::from_chars(begin, end, position.revision);
  if (number.ec != std::errc() || number.ptr == end || *number.ptr != '-') return PageTokenInvalid();
  position.unit = std::string(number.ptr + 1, end);
  return position;
}

// Sends companies in messages of some hundred, and counts them all.
class EligibilityWriter {
 public:
  EligibilityWriter(grpc::ServerWriter<v1::StreamEligibilityResponse>& writer, bool only_not_eligible)
      : writer_(writer), only_not_eligible_(only_not_eligible) {}

  absl::Status Add(const rules::CompanyFacts& company, const rules::CompanyEligibility& answer) {
    ++counts_[answer.reason];
    part_.set_companies_so_far(part_.companies_so_far() + 1);
    if (!only_not_eligible_ || !answer.eligible) *part_.add_companies() = ShowEligibility(company, answer);
    const bool full = part_.companies_size() >= limits::kCompaniesAMessage;
    const bool quiet = part_.companies_so_far() - told_ >= limits::kCompaniesAtATime;
    return full || quiet ? Send() : absl::OkStatus();
  }

  absl::Status Finish() {
    for (const auto& [reason, companies] : counts_) {
      v1::ReasonCount& count = *part_.add_counts();
      count.set_reason(reason);
      count.set_companies(companies);
    }
    part_.set_complete(true);
    return Send();
  }

 private:
  absl::Status Send() {
    if (!writer_.Write(part_)) return errors::CallerGone();
    told_ = part_.companies_so_far();
    part_.clear_companies();
    return absl::OkStatus();
  }

  grpc::ServerWriter<v1::StreamEligibilityResponse>& writer_;
  const bool only_not_eligible_;
  std::map<std::string, int> counts_;
  v1::StreamEligibilityResponse part_;
  int told_ = 0;
};

}  // namespace

absl::StatusOr<v1::ExplainEligibilityResponse> RollService::ExplainEligibility(
    rpc::Call& call, const v1::ExplainEligibilityRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token(), kRollPage));
  ASSIGN_OR_RETURN(const absl::CivilDay day, ReadDay(call, request.as_of()));
  return db::Transact(
      pool_, call.deadline(),
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::ExplainEligibilityResponse> {
        v1::ExplainEligibilityResponse response;
        std::vector<rules::CompanyFacts> companies;
        if (request.company().empty()) {
          ASSIGN_OR_RETURN(companies, store::LoadCompanies(transaction, day, page.after, page.size + 1));
          if (CutToPage(companies, page)) response.set_next_page_token(rpc::PageToken(companies.back().id));
        } else {
          ASSIGN_OR_RETURN(
              auto company,
              store::LoadCompany(transaction, ResourceId(kCompanies, request.company()).value_or(""), day));
          if (!company.has_value()) return errors::CompanyNotFound(request.company());
          companies.push_back(*std::move(company));
        }
        ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction, day));
        for (const rules::CompanyFacts& company : companies) {
          *response.add_companies() =
              ShowEligibility(company, rules::ExplainEligibility(company, provisions, day));
        }
        return response;
      });
}

absl::Status RollService::StreamEligibility(rpc::Call& call, const v1::StreamEligibilityRequest& request,
                                            grpc::ServerWriter<v1::StreamEligibilityResponse>& writer) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ReadDay(call, request.as_of()));
  // Reads alone run into no conflict, so the body does not run twice.
  return db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
    EligibilityWriter answer(writer, request.only_not_eligible());
    RETURN_IF_ERROR(EachCompany(transaction, day, call.deadline(),
                                [&](const rules::CompanyFacts& company, const rules::Provisions& provisions) {
                                  return answer.Add(company,
                                                    rules::ExplainEligibility(company, provisions, day));
                                }));
    return answer.Finish();
  });
}

absl::StatusOr<v1::GetMyEligibilityResponse> RollService::GetMyEligibility(
    rpc::Call& call, const v1::GetMyEligibilityRequest& request) {
  ASSIGN_OR_RETURN(const absl::CivilDay day, ReadDay(call, request.as_of()));
  return db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) {
    return ReadMyEligibility(transaction, call.principal().person, day);
  });
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
  ASSIGN_OR_RETURN(EntryPosition position, ReadPosition(page, request.revision()));
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListRollEntriesResponse> {
        ASSIGN_OR_RETURN(const auto roll, store::FindRoll(session, election));
        if (!roll.has_value()) return errors::RollNotFound(request.election());
        const int revision = position.revision == 0 ? roll->revision() : position.revision;
        if (revision < 1 || revision > roll->revision()) {
          return errors::RollRevisionNotFound(request.election(), revision);
        }
        ASSIGN_OR_RETURN(auto entries,
                         store::ListRollEntries(session, *roll, revision, position.unit, page.size + 1));
        v1::ListRollEntriesResponse response;
        response.set_revision(revision);
        if (CutToPage(entries, page)) {
          response.set_next_page_token(
              rpc::PageToken(std::to_string(revision) + "-" +
                             ResourceId(CollectionOf(roll->unit()), entries.back().unit()).value_or("")));
        }
        response.mutable_entries()->Add(entries.begin(), entries.end());
        return response;
      });
}

absl::StatusOr<v1::ListRollRevisionsResponse> RollService::ListRollRevisions(
    rpc::Call& call, const v1::ListRollRevisionsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::uint64_t after, ReadSequence(page));
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListRollRevisionsResponse> {
        ASSIGN_OR_RETURN(const auto roll, store::FindRoll(session, election));
        if (!roll.has_value()) return errors::RollNotFound(request.election());
        ASSIGN_OR_RETURN(
            auto revisions,
            store::ListRollRevisions(session, election, static_cast<std::int64_t>(after), page.size + 1));
        v1::ListRollRevisionsResponse response;
        if (CutToPage(revisions, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(revisions.back().revision())));
        }
        response.mutable_revisions()->Add(revisions.begin(), revisions.end());
        return response;
      });
}

}  // namespace plenary::membership
