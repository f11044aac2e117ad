// Rolls on their way out: their bytes for whoever counts again, their lines for the auditor's registrar.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits_rolls.h"
#include "services/membership/roll_names.h"
#include "services/membership/roll_service.h"
#include "services/membership/rules/roll_bytes.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kExportRoll[] = "plenary.membership.v1.RollService.ExportRoll";

}  // namespace

absl::Status RollService::StreamRollBytes(rpc::Call& call, const v1::StreamRollBytesRequest& request,
                                          grpc::ServerWriter<v1::StreamRollBytesResponse>& writer) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  // At one instant: 16 bytes a line are in memory, no name.
  ASSIGN_OR_RETURN(
      const std::string bytes,
      db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const auto roll, store::FindRoll(transaction, election));
        if (!roll.has_value()) return errors::RollNotFound(request.election());
        ASSIGN_OR_RETURN(auto units, store::UnitsOfRoll(transaction, election));
        return rules::RollBytes(std::move(units));
      }));
  v1::StreamRollBytesResponse part;
  for (std::size_t at = 0; at < bytes.size(); at += limits::kRollBytesAMessage) {
    part.set_content(bytes.substr(at, limits::kRollBytesAMessage));
    if (!writer.Write(part)) return errors::CallerGone();
  }
  return absl::OkStatus();
}

absl::Status RollService::ExportRoll(rpc::Call& call, const v1::ExportRollRequest& request,
                                     grpc::ServerWriter<v1::ExportRollResponse>& writer) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  // Recorded before it leaves: it holds people's addresses.
  ASSIGN_OR_RETURN(
      const std::vector<v1::RollCopyLine> lines,
      db::Transact(pool_, call.deadline(),
                   [&](db::Transaction& transaction) -> absl::StatusOr<std::vector<v1::RollCopyLine>> {
                     ASSIGN_OR_RETURN(const auto roll, store::FindRoll(transaction, election));
                     if (!roll.has_value()) return errors::RollNotFound(request.election());
                     ASSIGN_OR_RETURN(auto all,
                                      store::ExportRollLines(transaction, *roll, "", roll->count()));
                     RETURN_IF_ERROR(RecordAct(transaction, call, kExportRoll, request.election(),
                                               fmt::format("{} lines", all.size())));
                     return all;
                   }));
  v1::ExportRollResponse part;
  for (const v1::RollCopyLine& line : lines) {
    *part.add_lines() = line;
    if (part.lines_size() < limits::kExportedLinesAMessage) continue;
    if (!writer.Write(part)) return errors::CallerGone();
    part.clear_lines();
  }
  return part.lines_size() == 0 || writer.Write(part) ? absl::OkStatus() : errors::CallerGone();
}

}  // namespace plenary::membership
