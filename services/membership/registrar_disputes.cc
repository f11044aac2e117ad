#include "services/membership/registrar_disputes.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/registrar_names.h"
#include "services/membership/registrar_service.h"
#include "services/membership/rules/dispute_turns.h"

namespace plenary::membership {
namespace {

constexpr char kFileDispute[] = "plenary.membership.v1.RegistrarService.FileDispute";
constexpr char kAnswerDispute[] = "plenary.membership.v1.RegistrarService.AnswerDispute";

std::string DisputeName(std::string_view election, const store::Dispute& dispute) {
  return fmt::format("{}/{}", ResourceName(kElections, election),
                     ResourceName(kDisputes, rules::DisputeId(dispute.unit, dispute.number)));
}

struct NamedDispute {
  std::string election;
  rules::DisputeOfUnit dispute;
};

// nullopt unless "elections/{election}/disputes/{what rules::DisputeId() gives}".
std::optional<NamedDispute> ReadDisputeName(std::string_view name) {
  const std::size_t slash = name.find('/', sizeof kElections);
  if (slash == std::string_view::npos) return std::nullopt;
  const auto election = ResourceId(kElections, name.substr(0, slash));
  const auto id = ResourceId(kDisputes, name.substr(slash + 1));
  const auto dispute = rules::ReadDisputeId(id.value_or(""));
  if (!election.has_value() || !dispute.has_value()) return std::nullopt;
  return NamedDispute{*election, *dispute};
}

absl::Status CheckText(std::string_view field, std::string_view text) {
  FieldChecks checks;
  checks.Text(field, text, 1, limits::kLongestDisputeText);
  return checks.Result(errors::kDomain);
}

// The number of the next dispute of a line, once nothing speaks against it. Shares what whoever issues
// shares, and not with whoever destroys the keys: then comes KEYS_DESTROYED, or the dispute was first and
// they stay.
absl::StatusOr<int> NextDispute(db::Transaction& transaction, const rpc::Call& call,
                                const std::string& election, const std::string& unit) {
  const std::string name = ResourceName(kElections, election);
  ASSIGN_OR_RETURN(const auto issuing, store::ShareIssuing(transaction, election));
  if (!issuing.has_value() || call.now() < issuing->opens) return errors::IssuingNotOpen(name);
  ASSIGN_OR_RETURN(const auto keys, store::ShareKeys(transaction, election));
  if (!keys.has_value() || keys->destroyed.has_value()) {
    return errors::KeysDestroyed(absl::StatusCode::kFailedPrecondition, name);
  }
  ASSIGN_OR_RETURN(const auto last, store::FindLastDispute(transaction, election, unit));
  if (!last.has_value()) return rules::NextDispute(std::nullopt, name);
  return rules::NextDispute(rules::LastDispute{last->number, !last->answer.empty()}, name);
}

struct LineOfRoll {
  RegistrarRoll roll;
  std::string unit;
};

// The line that the caller disputes. In a transaction of its own: its reads would fix what the next ones see,
// and a credential that is issued meanwhile is evidence too.
absl::StatusOr<LineOfRoll> FindDisputedLine(db::Pool& pool, const RegistrarRolls& rolls, rpc::Call& call,
                                            const std::string& election) {
  return db::Transact(pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<LineOfRoll> {
    ASSIGN_OR_RETURN(const auto roll, rolls.Find(transaction, election));
    if (!roll.has_value()) return errors::IssuingNotOpen(ResourceName(kElections, election));
    ASSIGN_OR_RETURN(const RegistrarLine line, rolls.FindLine(transaction, call, election, *roll));
    call.ProveRelation();
    return LineOfRoll{*roll, line.unit};
  });
}

}  // namespace

v1::Dispute ShowDispute(const std::string& election, bool of_people, const store::Dispute& dispute) {
  v1::Dispute shown;
  shown.set_name(DisputeName(election, dispute));
  shown.set_unit(UnitName(of_people, dispute.unit));
  shown.set_text(dispute.text);
  shown.set_blinded_msg(dispute.blinded_msg);
  shown.set_blind_signature(dispute.blind_signature);
  shown.set_answer(dispute.answer);
  return shown;
}

absl::StatusOr<v1::Dispute> RegistrarService::FileDispute(rpc::Call& call,
                                                          const v1::FileDisputeRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ReadElection(request.election()));
  RETURN_IF_ERROR(CheckText("text", request.text()));
  ASSIGN_OR_RETURN(const FoundKeys found, FindKeys(call, election));
  if (found.destroyed.has_value()) {
    return errors::KeysDestroyed(absl::StatusCode::kFailedPrecondition, request.election());
  }
  if (found.keys == nullptr) return errors::IssuingNotOpen(request.election());
  if (!request.blinded_msg().empty() &&
      !IsBlindedMessage(request.blinded_msg(), found.keys->rsa.public_key().n())) {
    return errors::BlindedMessageInvalid();
  }
  ASSIGN_OR_RETURN(const LineOfRoll line, FindDisputedLine(pool_, rolls_, call, election));
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::Dispute> {
        ASSIGN_OR_RETURN(const int number, NextDispute(transaction, call, election, line.unit));
        store::Dispute dispute{.unit = line.unit,
                               .number = number,
                               .text = request.text(),
                               .blinded_msg = request.blinded_msg(),
                               .blind_signature = "",
                               .answer = ""};
        if (!request.blinded_msg().empty()) {
          const JournalLine issued{election, UnitName(line.roll.of_people, line.unit),
                                   crypto::Sha256(request.blinded_msg())};
          ASSIGN_OR_RETURN(const auto first, store::ShareIssuance(transaction, election, line.unit));
          if (first.has_value() && first->blinded_msg_sha256 == issued.sha256) {
            ASSIGN_OR_RETURN(dispute.blind_signature, Sign(*found.keys, issued, request.blinded_msg()));
          }
        }
        ASSIGN_OR_RETURN(const bool filed, store::FileDispute(transaction, election, dispute));
        if (!filed) return errors::DisputeOpen(request.election());
        const v1::Dispute shown = ShowDispute(election, line.roll.of_people, dispute);
        RETURN_IF_ERROR(RecordAct(transaction, call, kFileDispute, shown.name(), shown.unit()));
        return shown;
      });
}

absl::StatusOr<v1::ListDisputesResponse> RegistrarService::ListDisputes(
    rpc::Call& call, const v1::ListDisputesRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Autocommit(pool_, call.deadline(),
                        [&](db::Session& session) -> absl::StatusOr<v1::ListDisputesResponse> {
                          ASSIGN_OR_RETURN(const auto roll, rolls_.Find(session, election));
                          if (!roll.has_value()) return errors::RollNotFound(request.election());
                          ASSIGN_OR_RETURN(const auto disputes,
                                           store::ListDisputes(session, election, limits::kDisputeListBytes));
                          v1::ListDisputesResponse response;
                          for (const store::Dispute& dispute : disputes) {
                            *response.add_disputes() = ShowDispute(election, roll->of_people, dispute);
                          }
                          return response;
                        });
}

absl::StatusOr<v1::Dispute> RegistrarService::AnswerDispute(rpc::Call& call,
                                                            const v1::AnswerDisputeRequest& request) {
  RETURN_IF_ERROR(CheckText("answer", request.answer()));
  const auto named = ReadDisputeName(request.name());
  if (!named.has_value()) return errors::DisputeNotFound(request.name());
  const std::string& election = named->election;
  const auto& [unit, number] = named->dispute;
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::Dispute> {
        ASSIGN_OR_RETURN(const bool answered,
                         store::AnswerDispute(transaction, election, unit, number, request.answer()));
        ASSIGN_OR_RETURN(const auto roll, rolls_.Find(transaction, election));
        ASSIGN_OR_RETURN(const auto dispute, store::FindDispute(transaction, election, unit, number));
        if (!dispute.has_value() || !roll.has_value()) return errors::DisputeNotFound(request.name());
        if (!answered) return errors::DisputeAnswered(request.name());
        RETURN_IF_ERROR(RecordAct(transaction, call, kAnswerDispute, request.name(), ""));
        return ShowDispute(election, roll->of_people, *dispute);
      });
}

}  // namespace plenary::membership
