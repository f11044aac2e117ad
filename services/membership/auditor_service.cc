#include "services/membership/auditor_service.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/registrar_names.h"
#include "services/membership/rules/roll_copy.h"
#include "services/membership/store/issuances.h"
#include "services/membership/store/roll_copies.h"

namespace plenary::membership {
namespace {

constexpr char kFreezeRollCopy[] = "plenary.membership.v1.AuditorService.FreezeRollCopy";
constexpr char kReplaceRepresentative[] = "plenary.membership.v1.AuditorService.ReplaceRepresentative";

// What a stream of messages says, complete.
struct SentRoll {
  std::string election;
  std::vector<v1::RollCopyLine> lines;
};

absl::StatusOr<SentRoll> ReadRoll(const grpc::ServerContext& context,
                                  grpc::ServerReader<v1::FreezeRollCopyRequest>& reader) {
  SentRoll roll;
  bool first = true;
  for (v1::FreezeRollCopyRequest part; reader.Read(&part); first = false) {
    if (first) {
      ASSIGN_OR_RETURN(roll.election, ReadElection(part.election()));
    } else if (!part.election().empty()) {
      return errors::FieldInvalid("election", "Name the election in the first message alone.");
    }
    if (part.lines_size() > limits::kRollCopyLinesAMessage) {
      return errors::RollCopyInvalid("A message has more than 500 lines.");
    }
    if (roll.lines.size() + static_cast<std::size_t>(part.lines_size()) > limits::kMostRollCopyLines) {
      return errors::RollCopyInvalid("The roll has more than 250,000 lines.");
    }
    roll.lines.insert(roll.lines.end(), std::make_move_iterator(part.mutable_lines()->begin()),
                      std::make_move_iterator(part.mutable_lines()->end()));
  }
  // A caller who died in the middle has sent half a roll.
  if (context.IsCancelled()) return errors::RollCopyCutShort();
  if (first) return errors::FieldInvalid("election", "Name the election \"elections/{election}\".");
  return roll;
}

// Why nobody was replaced: `other` has the person or the address already.
absl::Status StandsThere(const store::CopiedLine& other, const v1::RollCopyLine& replaced) {
  const std::string unit = ResourceName(kCompanies, other.unit);
  return ResourceName(kPeople, other.representative) == replaced.representative()
             ? errors::PersonOnAnotherLine(replaced.representative(), unit)
             : errors::AddressOnAnotherLine(replaced.email(), unit);
}

}  // namespace

absl::StatusOr<v1::RollCopy> AuditorService::FreezeRollCopy(
    rpc::Call& call, const grpc::ServerContext& context,
    grpc::ServerReader<v1::FreezeRollCopyRequest>& reader) {
  ASSIGN_OR_RETURN(SentRoll sent, ReadRoll(context, reader));
  ASSIGN_OR_RETURN(const rules::RollCopyPlan plan, rules::CheckRollCopy(std::move(sent.lines)));
  const std::string name = ResourceName(kElections, sent.election);
  return db::Transact(
      parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::RollCopy> {
        ASSIGN_OR_RETURN(const auto before, store::LockRollCopy(transaction, sent.election));
        if (before.has_value() && before->fixed()) return errors::ManifestFixed(name);
        RETURN_IF_ERROR(store::StoreRollCopy(transaction, sent.election, plan));
        RETURN_IF_ERROR(
            RecordAct(transaction, call, kFreezeRollCopy, name,
                      fmt::format("{} lines, {}", plan.lines.size(), crypto::HexEncode(plan.sha256))));
        ASSIGN_OR_RETURN(const auto copy, store::FindRollCopy(transaction, sent.election));
        if (!copy.has_value()) return absl::InternalError("a roll copy is gone");
        return *copy;
      });
}

absl::StatusOr<v1::ListRollCopiesResponse> AuditorService::ListRollCopies(rpc::Call& call) {
  ASSIGN_OR_RETURN(const auto copies, db::Autocommit(parts_.pool, call.deadline(), store::ListRollCopies));
  v1::ListRollCopiesResponse response;
  response.mutable_roll_copies()->Add(copies.begin(), copies.end());
  return response;
}

absl::StatusOr<v1::RollCopyLine> AuditorService::ReplaceRepresentative(
    rpc::Call& call, const v1::ReplaceRepresentativeRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ReadElection(request.election()));
  const std::string unit = ResourceId(kCompanies, request.unit()).value_or("");
  return db::Transact(
      parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::RollCopyLine> {
        // Held first: whoever collects has committed and is seen below, or finds the new one.
        ASSIGN_OR_RETURN(auto line, store::LockLineOfUnit(transaction, election, unit));
        ASSIGN_OR_RETURN(const auto copy, store::FindRollCopy(transaction, election));
        if (copy.has_value() && copy->of_people()) return errors::RollOfPeople(request.election());
        if (!line.has_value()) return errors::UnitNotOnRollCopy(request.unit());
        ASSIGN_OR_RETURN(const auto issued, store::FindIssuance(transaction, election, unit));
        if (issued.has_value()) return errors::CredentialOfLineIssued(request.unit());
        ASSIGN_OR_RETURN(const auto issuing, store::FindIssuing(transaction, election));
        if (issuing.has_value() && (issuing->listed || call.now() >= issuing->closes)) {
          return errors::IssuingClosed(request.election());
        }
        v1::RollCopyLine replaced;
        replaced.set_unit(request.unit());
        replaced.set_unit_display_name(line->unit_display_name);
        replaced.set_representative(request.representative());
        replaced.set_representative_full_name(request.representative_full_name());
        replaced.set_email(request.email());
        RETURN_IF_ERROR(rules::CheckRollCopyLine(replaced));
        line->representative = ResourceId(kPeople, replaced.representative()).value_or("");
        line->representative_full_name = replaced.representative_full_name();
        line->email = replaced.email();
        ASSIGN_OR_RETURN(const auto other, store::ReplaceCollector(transaction, election, *line));
        if (other.has_value()) return StandsThere(*other, replaced);
        RETURN_IF_ERROR(RecordAct(transaction, call, kReplaceRepresentative, request.election(),
                                  fmt::format("{}: {}", request.unit(), request.representative())));
        return replaced;
      });
}

}  // namespace plenary::membership
