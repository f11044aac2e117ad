#include "services/membership/registrar_service.h"

#include <optional>
#include <string>
#include <utility>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/limits.h"
#include "services/membership/registrar_disputes.h"
#include "services/membership/registrar_names.h"
#include "services/membership/rules/manifest_check.h"
#include "services/membership/store/disputes.h"

namespace plenary::membership {
namespace {

constexpr char kPrepareRegistrar[] = "plenary.membership.v1.RegistrarService.PrepareRegistrar";
constexpr char kAcceptManifest[] = "plenary.membership.v1.RegistrarService.AcceptManifest";

// The facts a manifest is held against. MANIFEST_MISMATCH when there is no roll or no key to hold it against.
absl::StatusOr<rules::RegistrarFacts> FactsOf(const std::optional<RegistrarRoll>& roll,
                                              const std::string& election, const ElectionKeys* keys) {
  if (!roll.has_value()) return errors::ManifestMismatch("The roll of this election is not frozen.");
  if (keys == nullptr) return errors::ManifestMismatch("This registrar has no keys for this election.");
  return rules::RegistrarFacts{.election = ResourceName(kElections, election),
                               .roll_sha256 = roll->sha256,
                               .roll_count = static_cast<std::uint32_t>(roll->count),
                               .roll_of_people = roll->of_people,
                               .rsa_n = keys->rsa.public_key().n(),
                               .rsa_e = keys->rsa.public_key().e(),
                               .list_key = std::string(keys->list.public_key().bytes())};
}

absl::Status CheckShape(const v1::IssueCredentialRequest& request) {
  if (request.blinded_msg().size() != crypto::kRsaModulusSize) return errors::BlindedMessageInvalid();
  if (!request.recovery_blob().empty() && request.recovery_blob().size() != limits::kRecoveryBlobSize) {
    return errors::RecoveryBlobInvalid();
  }
  return absl::OkStatus();
}

store::AcceptedManifest AcceptedOf(const std::string& bytes, const election::v1::Manifest& manifest,
                                   bool of_people) {
  const auto seconds = [](std::uint64_t value) {
    return absl::FromUnixSeconds(static_cast<std::int64_t>(value));
  };
  return {.bytes = bytes,
          .issuing = {.manifest_hash = crypto::Sha256(bytes),
                      .opens = seconds(manifest.issuing_opens()),
                      .closes = seconds(manifest.issuing_closes()),
                      .of_people = of_people},
          .voting_closes = seconds(manifest.voting_closes())};
}

}  // namespace

absl::StatusOr<FoundKeys> RegistrarService::FindKeys(const rpc::Call& call, const std::string& election) {
  return db::Autocommit(pool_, call.deadline(),
                        [&](db::Session& session) { return keys_.Find(session, election); });
}

absl::StatusOr<v1::PrepareRegistrarResponse> RegistrarService::PrepareRegistrar(
    rpc::Call& call, const v1::PrepareRegistrarRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ReadElection(request.election()));
  ASSIGN_OR_RETURN(FoundKeys found, FindKeys(call, election));
  if (found.destroyed.has_value()) {
    return errors::KeysDestroyed(absl::StatusCode::kAlreadyExists, request.election());
  }
  RETURN_IF_ERROR(db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) { return rolls_.CheckSettled(session, election); }));
  if (found.keys == nullptr) {
    ASSIGN_OR_RETURN(const ElectionKeys fresh, GenerateElectionKeys(random_));
    RETURN_IF_ERROR(db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const bool stored,
                       StoreElectionKeys(transaction, election, fresh, encryption_, random_));
      if (!stored) return absl::OkStatus();  // another call was first: its keys are the ones
      return RecordAct(transaction, call, kPrepareRegistrar, request.election(), "keys made");
    }));
    ASSIGN_OR_RETURN(found, FindKeys(call, election));
    if (found.keys == nullptr) return absl::InternalError("the registrar's keys are gone");
  }
  v1::PrepareRegistrarResponse response;
  response.set_rsa_n(found.keys->rsa.public_key().n());
  response.set_rsa_e(found.keys->rsa.public_key().e());
  response.set_list_key(std::string(found.keys->list.public_key().bytes()));
  return response;
}

absl::StatusOr<v1::AcceptManifestResponse> RegistrarService::AcceptManifest(
    rpc::Call& call, const v1::AcceptManifestRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ReadElection(request.election()));
  ASSIGN_OR_RETURN(const election::v1::Manifest manifest, rules::ReadManifest(request.manifest()));
  const std::string hash = crypto::Sha256(request.manifest());
  ASSIGN_OR_RETURN(const FoundKeys found, FindKeys(call, election));
  const absl::Status accepting =
      db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
        // The roll first: a challenge that is being decided is decided before, or comes too late.
        ASSIGN_OR_RETURN(const auto roll, rolls_.Lock(transaction, election));
        ASSIGN_OR_RETURN(const auto before, store::FindIssuing(transaction, election));
        // Its keys may be destroyed since, so it is not judged again.
        if (before.has_value()) return absl::OkStatus();
        ASSIGN_OR_RETURN(const rules::RegistrarFacts facts, FactsOf(roll, election, found.keys.get()));
        RETURN_IF_ERROR(rules::CheckManifest(manifest, facts));
        RETURN_IF_ERROR(rolls_.CheckSettled(transaction, election));
        ASSIGN_OR_RETURN(const bool stored, store::InsertManifest(transaction, election,
                                                                  AcceptedOf(request.manifest(), manifest,
                                                                             facts.roll_of_people)));
        if (!stored) return absl::OkStatus();
        RETURN_IF_ERROR(rolls_.Fix(transaction, election));
        return RecordAct(transaction, call, kAcceptManifest, request.election(), crypto::HexEncode(hash));
      });
  RETURN_IF_ERROR(accepting);
  // Outside that transaction, which may not see what another one committed beside it.
  ASSIGN_OR_RETURN(const auto first, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindIssuing(session, election);
                   }));
  if (!first.has_value() || first->manifest_hash != hash) return errors::ManifestFixed(request.election());
  v1::AcceptManifestResponse response;
  response.set_manifest_hash(hash);
  return response;
}

absl::StatusOr<v1::GetManifestHashResponse> RegistrarService::GetManifestHash(
    rpc::Call& call, const v1::GetManifestHashRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  ASSIGN_OR_RETURN(const auto issuing, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindIssuing(session, election);
                   }));
  if (!issuing.has_value()) return errors::ManifestNotFound(request.election());
  v1::GetManifestHashResponse response;
  response.set_manifest_hash(issuing->manifest_hash);
  return response;
}

absl::StatusOr<v1::IssueCredentialResponse> RegistrarService::IssueCredential(
    rpc::Call& call, const v1::IssueCredentialRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ReadElection(request.election()));
  RETURN_IF_ERROR(CheckShape(request));
  FoundKeys found;
  std::shared_ptr<const IssuingFacts> facts;
  RETURN_IF_ERROR(db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(found, keys_.Find(session, election));
    ASSIGN_OR_RETURN(facts, intake_.FindFacts(session, election));
    return absl::OkStatus();
  }));
  if (found.destroyed.has_value()) {
    return errors::KeysDestroyed(absl::StatusCode::kFailedPrecondition, request.election());
  }
  if (found.keys == nullptr || facts == nullptr || call.now() < facts->opens) {
    return errors::IssuingNotOpen(request.election());
  }
  if (!IsBlindedMessage(request.blinded_msg(), found.keys->rsa.public_key().n())) {
    return errors::BlindedMessageInvalid();
  }
  const auto signature = std::make_shared<std::string>();
  const auto sign = [keys = found.keys, msg = request.blinded_msg(), signature]() -> absl::Status {
    ASSIGN_OR_RETURN(*signature, crypto::BlindSign(keys->rsa, msg));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(
      intake_.Take({&call, facts, {crypto::Sha256(request.blinded_msg()), request.recovery_blob()}, sign}));
  call.ProveRelation();
  v1::IssueCredentialResponse response;
  response.set_blind_signature(*signature);
  return response;
}

absl::StatusOr<std::string> RegistrarService::Sign(const ElectionKeys& keys, const JournalLine& issued,
                                                   const std::string& blinded_msg) {
  RETURN_IF_ERROR(journal_.Append(issued));
  return crypto::BlindSign(keys.rsa, blinded_msg);
}

absl::StatusOr<v1::GetIssuanceResponse> RegistrarService::GetIssuance(rpc::Call& call,
                                                                      const v1::GetIssuanceRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::GetIssuanceResponse> {
        ASSIGN_OR_RETURN(const auto roll, rolls_.Find(transaction, election));
        if (!roll.has_value()) return errors::CredentialNotIssued(request.election());
        ASSIGN_OR_RETURN(const RegistrarLine line, rolls_.FindLine(transaction, call, election, *roll));
        call.ProveRelation();
        ASSIGN_OR_RETURN(const auto issuance, store::FindIssuance(transaction, election, line.unit));
        ASSIGN_OR_RETURN(const auto dispute, store::FindLastDispute(transaction, election, line.unit));
        // Who disputes that nothing was issued is told the answer.
        if (!issuance.has_value() && !dispute.has_value()) {
          return errors::CredentialNotIssued(request.election());
        }
        v1::GetIssuanceResponse response;
        if (issuance.has_value()) {
          response.set_blinded_msg_sha256(issuance->blinded_msg_sha256);
          response.set_recovery_blob(issuance->recovery_blob);
        }
        if (dispute.has_value())
          *response.mutable_dispute() = ShowDispute(election, roll->of_people, *dispute);
        return response;
      });
}

}  // namespace plenary::membership
