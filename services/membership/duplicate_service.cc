#include "services/membership/duplicate_service.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/duplicate_search.h"
#include "services/membership/errors.h"
#include "services/membership/errors_duplicates.h"
#include "services/membership/limits_duplicates.h"
#include "services/membership/merge_records.h"
#include "services/membership/names.h"
#include "services/membership/sequence_page.h"
#include "services/membership/store/duplicates.h"
#include "services/membership/store/merges.h"

namespace plenary::membership {
namespace {

constexpr char kFindDuplicates[] = "plenary.membership.v1.DuplicateService.FindDuplicates";
constexpr char kDismissDuplicate[] = "plenary.membership.v1.DuplicateService.DismissDuplicate";
constexpr char kMerge[] = "plenary.membership.v1.DuplicateService.Merge";
constexpr char kUndoMerge[] = "plenary.membership.v1.DuplicateService.UndoMerge";
constexpr char kDuplicates[] = "duplicates";

v1::Duplicate Show(const store::Proposal& proposal) {
  const char* collection = proposal.kind == v1::DUPLICATE_KIND_COMPANY ? kCompanies : kPeople;
  v1::Duplicate shown;
  shown.set_name(ResourceName(kDuplicates, proposal.id));
  shown.set_kind(proposal.kind);
  shown.set_first(ResourceName(collection, proposal.first));
  shown.set_second(ResourceName(collection, proposal.second));
  shown.set_first_label(proposal.first_label);
  shown.set_second_label(proposal.second_label);
  shown.set_score(proposal.match.score);
  shown.mutable_reasons()->Add(proposal.match.reasons.begin(), proposal.match.reasons.end());
  shown.set_state(proposal.state);
  return shown;
}

v1::MergeRecord Show(const store::StoredMerge& merge) {
  v1::MergeRecord shown = merge.record;
  if (merge.undone_at.has_value()) *shown.mutable_undo_time() = ToTimestamp(*merge.undone_at);
  return shown;
}

absl::Status CheckReason(std::string_view reason) {
  FieldChecks checks;
  checks.Text("reason", reason, 1, limits::kLongestDecisionReason);
  return checks.Result(errors::kDomain);
}

}  // namespace

absl::Status DuplicateService::FindDuplicates(rpc::Call& call, const v1::FindDuplicatesRequest& request,
                                              grpc::ServerWriter<v1::FindDuplicatesResponse>& writer) {
  if (request.kind() != v1::DUPLICATE_KIND_PERSON && request.kind() != v1::DUPLICATE_KIND_COMPANY) {
    return errors::FieldInvalid("kind", "Say whether to compare people or companies.");
  }
  v1::FindDuplicatesResponse part;
  ASSIGN_OR_RETURN(Comparison found,
                   CompareAll(pool_, call, request.kind(), [&](std::int64_t read, std::int64_t total) {
                     part.mutable_progress()->set_read(read);
                     part.mutable_progress()->set_total(total);
                     return writer.Write(part);
                   }));
  v1::FindDuplicatesResponse::Result result;
  result.set_compared(found.compared);
  for (store::Proposal& pair : found.pairs) {
    if (result.proposed() == limits::kMostProposed) break;
    pair.id = ids_.NextText();
    ASSIGN_OR_RETURN(const bool proposed,
                     db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) {
                       return store::InsertProposal(transaction, pair, call.now());
                     }));
    if (proposed) {
      result.set_proposed(result.proposed() + 1);
    } else {
      result.set_known(result.known() + 1);
    }
  }
  RETURN_IF_ERROR(db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) {
    return RecordAct(transaction, call, kFindDuplicates, kDuplicates,
                     fmt::format("{} compared, {} proposed", result.compared(), result.proposed()));
  }));
  *part.mutable_result() = std::move(result);
  writer.Write(part);
  return absl::OkStatus();
}

absl::StatusOr<v1::ListDuplicatesResponse> DuplicateService::ListDuplicates(
    rpc::Call& call, const v1::ListDuplicatesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListDuplicatesResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListProposals(session, page.after, request.state(), request.kind(),
                                                         page.size + 1));
        v1::ListDuplicatesResponse response;
        if (CutToPage(rows, page)) response.set_next_page_token(rpc::PageToken(rows.back().id));
        for (const store::Proposal& row : rows) *response.add_duplicates() = Show(row);
        return response;
      });
}

absl::StatusOr<v1::Duplicate> DuplicateService::DismissDuplicate(rpc::Call& call,
                                                                 const v1::DismissDuplicateRequest& request) {
  RETURN_IF_ERROR(CheckReason(request.reason()));
  const std::string id = ResourceId(kDuplicates, request.name()).value_or("");
  return Mutate<v1::Duplicate>(
      pool_, call, kDismissDuplicate, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::Duplicate> {
        ASSIGN_OR_RETURN(const bool dismissed, store::DismissProposal(transaction, id, request.reason()));
        ASSIGN_OR_RETURN(const auto proposal, store::FindProposal(transaction, id));
        if (!proposal.has_value()) return errors::DuplicateNotFound(request.name());
        if (!dismissed) return errors::DuplicateDecided(request.name());
        RETURN_IF_ERROR(RecordAct(transaction, call, kDismissDuplicate, request.name(), request.reason()));
        return Show(*proposal);
      });
}

absl::StatusOr<v1::MergeRecord> DuplicateService::Merge(rpc::Call& call, const v1::MergeRequest& request) {
  ASSIGN_OR_RETURN(const MergeParties parties, ReadParties(pool_, call, request));
  if (request.validate_only()) return PreviewMerge(pool_, ids_, call, parties);
  RETURN_IF_ERROR(CheckReason(request.reason()));
  return Mutate<v1::MergeRecord>(
      pool_, call, kMerge, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::MergeRecord> {
        ASSIGN_OR_RETURN(v1::MergeRecord record,
                         MergeUnderLock(transaction, ids_, call, parties, request.reason()));
        RETURN_IF_ERROR(RecordAct(transaction, call, kMerge, request.survivor(),
                                  fmt::format("{} took over {}", record.name(), request.duplicate())));
        return record;
      });
}

absl::StatusOr<v1::MergeRecord> DuplicateService::UndoMerge(rpc::Call& call,
                                                            const v1::UndoMergeRequest& request) {
  RETURN_IF_ERROR(CheckReason(request.reason()));
  return Mutate<v1::MergeRecord>(
      pool_, call, kUndoMerge, request, [&](db::Transaction& transaction) -> absl::StatusOr<v1::MergeRecord> {
        ASSIGN_OR_RETURN(const store::StoredMerge merge, UndoUnderLock(transaction, call, request.name()));
        RETURN_IF_ERROR(RecordAct(
            transaction, call, kUndoMerge, merge.record.survivor(),
            fmt::format("{} gave back {}: {}", request.name(), merge.record.duplicate(), request.reason())));
        return Show(merge);
      });
}

absl::StatusOr<v1::ListMergesResponse> DuplicateService::ListMerges(rpc::Call& call,
                                                                    const v1::ListMergesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const std::uint64_t before, ReadSequence(page));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListMergesResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListMerges(session, before, page.size + 1));
        v1::ListMergesResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (const store::StoredMerge& row : rows) *response.add_merges() = Show(row);
        return response;
      });
}

}  // namespace plenary::membership
