#include "services/membership/import_service.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/errors_imports.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/import_members.h"
#include "services/membership/limits_imports.h"
#include "services/membership/names.h"
#include "services/membership/rules/export_row.h"
#include "services/membership/rules/import_words.h"
#include "services/membership/store/export.h"
#include "services/membership/store/import.h"
#include "services/membership/store/import_batches.h"
#include "services/membership/store/import_revert.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kRevertImport[] = "plenary.membership.v1.ImportService.RevertImport";

// A list by a running number: the number that the token of the page before ended with.
template <typename Number>
absl::StatusOr<Number> NumberOf(const rpc::Page& page, Number none) {
  if (page.after.empty()) return none;
  Number number = 0;
  const char* const end = page.after.data() + page.after.size();
  if (std::from_chars(page.after.data(), end, number).ptr != end) {
    return errors::FieldInvalid("page_token",
                                "page_token is not one that this list gave. Start again without it.");
  }
  return number;
}

absl::StatusOr<store::StoredImport> FindImport(db::Session& session, const std::string& name) {
  ASSIGN_OR_RETURN(auto import, store::FindImport(session, ResourceId(kImports, name).value_or("")));
  if (!import.has_value()) return errors::ImportNotFound(name);
  return *std::move(import);
}

std::string Reasons(const store::Obstacles& obstacles) {
  std::string text;
  for (std::size_t i = 0; i < obstacles.first.size() && i < limits::kMostObstaclesInSentence; ++i) {
    text += obstacles.first[i].sentence() + " ";
  }
  const std::int64_t more = obstacles.count - limits::kMostObstaclesInSentence;
  if (more > 0) text += fmt::format("And {} more.", more);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

absl::StatusOr<v1::RevertImportResponse> Revert(db::Transaction& transaction, const rpc::Call& call,
                                                const v1::RevertImportRequest& request,
                                                grpc::ServerWriter<v1::RevertImportUpdate>& writer) {
  RETURN_IF_ERROR(store::TakeImportTurn(transaction));
  RETURN_IF_ERROR(store::ShareRollTurn(transaction));
  const std::string id = ResourceId(kImports, request.name()).value_or("");
  ASSIGN_OR_RETURN(const auto import, store::LockImport(transaction, id));
  if (!import.has_value()) return errors::ImportNotFound(request.name());
  if (import->import.has_revert_time()) return errors::ImportReverted(request.name());
  if (!import->changes_kept) return errors::ImportNotRecorded(request.name());
  const std::int64_t changes = import->import.fact_count();
  v1::RevertImportUpdate update;
  auto& progress = *update.mutable_progress();
  progress.set_steps_total(store::StepsOfReversal(changes, !request.validate_only()));
  const auto step = [&] {
    progress.set_steps_done(progress.steps_done() + 1);
    writer.Write(update);
  };
  RETURN_IF_ERROR(store::LockSubjectsOfImport(transaction, id, changes, step));
  ASSIGN_OR_RETURN(store::Obstacles obstacles, store::FindObstacles(transaction, id, changes, step));
  ASSIGN_OR_RETURN(v1::RevertImportResponse response, store::CountReversal(transaction, id));
  response.set_obstacle_count(obstacles.count);
  if (request.validate_only()) {
    for (v1::ImportObstacle& obstacle : obstacles.first) *response.add_obstacles() = std::move(obstacle);
    return response;
  }
  if (obstacles.count > 0) return errors::ImportInUse(request.name(), Reasons(obstacles));
  RETURN_IF_ERROR(store::UndoImport(transaction, id, changes, call.now(), call.principal().Actor(), step));
  RETURN_IF_ERROR(RecordAct(transaction, call, kRevertImport, request.name(),
                            fmt::format("{}: {} facts taken back", import->import.source(), changes)));
  response.set_reverted(true);
  return response;
}

}  // namespace

absl::StatusOr<v1::ListImportsResponse> ImportService::ListImports(rpc::Call& call,
                                                                   const v1::ListImportsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::uint64_t before, NumberOf(page, std::numeric_limits<std::uint64_t>::max()));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListImportsResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListImports(session, before, page.size + 1));
        v1::ListImportsResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (store::StoredImport& row : rows) *response.add_imports() = std::move(row.import);
        return response;
      });
}

absl::StatusOr<v1::Import> ImportService::GetImport(rpc::Call& call, const v1::GetImportRequest& request) {
  return db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::Import> {
    ASSIGN_OR_RETURN(store::StoredImport import, FindImport(session, request.name()));
    return std::move(import.import);
  });
}

absl::StatusOr<v1::ExplainImportResponse> ImportService::ExplainImport(
    rpc::Call& call, const v1::ExplainImportRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  ASSIGN_OR_RETURN(const std::int64_t after, NumberOf<std::int64_t>(page, 0));
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ExplainImportResponse> {
        RETURN_IF_ERROR(FindImport(session, request.name()).status());
        ASSIGN_OR_RETURN(auto rows, store::FactsOfImport(session, *ResourceId(kImports, request.name()),
                                                         after, page.size + 1));
        v1::ExplainImportResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (store::StoredFact& row : rows) {
          row.fact.fact.set_sentence(rules::SentenceOf(row.fact));
          *response.add_facts() = std::move(row.fact.fact);
        }
        return response;
      });
}

absl::Status ImportService::RevertImport(rpc::Call& call, const v1::RevertImportRequest& request,
                                         grpc::ServerWriter<v1::RevertImportUpdate>& writer) {
  v1::RevertImportUpdate last;
  ASSIGN_OR_RETURN(*last.mutable_result(),
                   Mutate<v1::RevertImportResponse>(pool_, call, kRevertImport, request,
                                                    [&](db::Transaction& transaction) {
                                                      return Revert(transaction, call, request, writer);
                                                    }));
  return writer.Write(last) ? absl::OkStatus() : errors::CallerGone();
}

absl::Status ImportService::ExportMembers(rpc::Call& call, const v1::ExportMembersRequest& request,
                                          grpc::ServerWriter<v1::ExportMembersResponse>& writer) {
  const auto day = request.as_of().empty() ? DateOf(call.now()) : ParseDate(request.as_of());
  if (!day.has_value()) return errors::DateInvalid("as_of", request.as_of());
  const store::ExportScope scope = {
      .day = *day, .all_periods = request.memberships() == v1::ExportMembersRequest::MEMBERSHIPS_ALL};
  v1::ExportMembersResponse part;
  part.set_content(rules::ExportHeader());
  std::string after;
  while (true) {
    // A page is read at one moment, the next one later: a person is told as of one moment.
    ASSIGN_OR_RETURN(const std::vector<rules::ExportedPerson> people,
                     db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) {
                       return store::ExportPage(transaction, scope, after, limits::kExportPage);
                     }));
    for (const rules::ExportedPerson& person : people) {
      for (const std::string& row : rules::ExportRows(person)) {
        if (part.content().size() + row.size() > limits::kExportMessage) {
          if (!writer.Write(part)) return errors::CallerGone();
          part.Clear();
        }
        part.mutable_content()->append(row);
        part.set_rows(part.rows() + 1);
      }
    }
    if (people.size() < static_cast<std::size_t>(limits::kExportPage)) break;
    after = people.back().id;
  }
  return writer.Write(part) ? absl::OkStatus() : errors::CallerGone();
}

}  // namespace plenary::membership
