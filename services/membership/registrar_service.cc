#include "services/membership/registrar_service.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/errors_rolls.h"
#include "services/membership/limits.h"
#include "services/membership/names.h"
#include "services/membership/rules/collector.h"
#include "services/membership/rules/manifest_check.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/issuances.h"
#include "services/membership/store/register.h"
#include "services/membership/store/roll_challenges.h"
#include "services/membership/store/rolls.h"

namespace plenary::membership {
namespace {

constexpr char kPrepareRegistrar[] = "plenary.membership.v1.RegistrarService.PrepareRegistrar";
constexpr char kAcceptManifest[] = "plenary.membership.v1.RegistrarService.AcceptManifest";

absl::StatusOr<std::string> ElectionOf(std::string_view name) {
  auto election = ResourceId(kElections, name);
  if (!election.has_value())
    return errors::FieldInvalid("election", "Name the election \"elections/{election}\".");
  return *std::move(election);
}

// Who collects: a line of the roll, and what the register says of those it depends on.
struct Collector {
  store::RollLine line;
  std::optional<rules::CompanyFacts> company;  // of a roll of companies
  std::optional<rules::PersonFacts> person;    // of a roll of people; nullopt: gone from the register
};

std::string ClaimedCompany(const rpc::Call& call) {
  return ResourceId(kCompanies, call.principal().company).value_or("");
}

std::string CallersId(const rpc::Call& call) {
  return ResourceId(kPeople, call.principal().person).value_or("");
}

// Of the company that the token claims: the caller is of it, by the facts of the day, and is the one whom the
// roll names, or the substitute.
absl::StatusOr<Collector> FindRepresentative(db::Session& session, const rpc::Call& call,
                                             const std::string& election) {
  const std::string person = CallersId(call);
  Collector collector;
  ASSIGN_OR_RETURN(collector.company, store::LoadCompany(session, ClaimedCompany(call), DateOf(call.now())));
  if (!collector.company.has_value() || rules::FindPersonIn(*collector.company, person) == nullptr)
    return errors::NotRepresentative();
  ASSIGN_OR_RETURN(auto line, store::FindRollLine(session, election, collector.company->id));
  if (!line.has_value()) return errors::NotOnRoll(ResourceName(kElections, election));
  if (line->representative != person) return errors::NotRepresentative();
  collector.line = *std::move(line);
  return collector;
}

// A roll of people: everybody on it for themselves.
absl::StatusOr<Collector> FindVoter(db::Session& session, const rpc::Call& call,
                                    const std::string& election) {
  const std::string person = CallersId(call);
  Collector collector;
  ASSIGN_OR_RETURN(auto line, store::FindRollLine(session, election, person));
  if (!line.has_value()) return errors::PersonNotOnRoll(ResourceName(kElections, election));
  ASSIGN_OR_RETURN(collector.person, store::LoadPersonFacts(session, person, DateOf(call.now())));
  collector.line = *std::move(line);
  return collector;
}

bool ListsPeople(const std::optional<v1::Roll>& roll) {
  return roll.has_value() && roll->unit() == v1::UNIT_PERSON;
}

absl::StatusOr<Collector> FindCollector(db::Session& session, const rpc::Call& call,
                                        const std::string& election, const std::optional<v1::Roll>& roll) {
  return ListsPeople(roll) ? FindVoter(session, call, election) : FindRepresentative(session, call, election);
}

std::string WhyCannotCollect(const Collector& collector, const std::optional<v1::Roll>& roll,
                             const rules::Provisions& provisions, absl::CivilDay today) {
  if (!ListsPeople(roll)) {
    return rules::WhyCannotCollect(*collector.company, collector.line.representative, provisions, today);
  }
  if (!collector.person.has_value()) return "You are not on the register any more. Ask the office why.";
  return rules::WhyCannotCollect(*collector.person, roll->act(), provisions, today);
}

// A manifest fixes the roll, so what is said against the roll is decided before.
absl::Status CheckUnchallenged(db::Session& session, std::string_view election) {
  ASSIGN_OR_RETURN(const bool open, store::HasOpenChallenge(session, election));
  return open ? errors::RollChallenged(ResourceName(kElections, election)) : absl::OkStatus();
}

// The facts a manifest is held against. MANIFEST_MISMATCH when there is no roll or no key to hold it against.
absl::StatusOr<rules::RegistrarFacts> FactsOf(const std::optional<v1::Roll>& roll,
                                              const std::string& election, const ElectionKeys* keys) {
  if (!roll.has_value()) return errors::ManifestMismatch("The roll of this election is not frozen.");
  if (keys == nullptr) return errors::ManifestMismatch("This registrar has no keys for this election.");
  return rules::RegistrarFacts{.election = ResourceName(kElections, election),
                               .roll_sha256 = roll->sha256(),
                               .roll_count = static_cast<std::uint32_t>(roll->count()),
                               .roll_of_people = ListsPeople(roll),
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

// In [1, n). Big-endian numbers of equal length compare as bytes.
bool InRange(const std::string& message, const std::string& n) {
  return message < n && message.find_first_not_of('\0') != std::string::npos;
}

}  // namespace

absl::Status CheckJournal(db::Pool& pool, const RegistrarJournal& journal, absl::Time deadline) {
  std::set<JournalLine> missing = journal.Lines();
  RETURN_IF_ERROR(db::Autocommit(pool, deadline, [&](db::Session& session) {
    return store::EachIssuance(
        session, [&](const std::string& election, const std::string& unit, const std::string& sha256) {
          missing.erase({election, unit, sha256});
        });
  }));
  if (missing.empty()) return absl::OkStatus();
  const JournalLine& line = *missing.begin();
  return errors::JournalAhead(journal.path(), line.unit, ResourceName(kElections, line.election));
}

absl::StatusOr<v1::PrepareRegistrarResponse> RegistrarService::PrepareRegistrar(
    rpc::Call& call, const v1::PrepareRegistrarRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ElectionOf(request.election()));
  const auto find = [&](db::Session& session) { return keys_.Find(session, election); };
  RETURN_IF_ERROR(db::Autocommit(pool_, call.deadline(),
                                 [&](db::Session& session) { return CheckUnchallenged(session, election); }));
  ASSIGN_OR_RETURN(auto keys, db::Autocommit(pool_, call.deadline(), find));
  if (keys == nullptr) {
    ASSIGN_OR_RETURN(const ElectionKeys fresh, GenerateElectionKeys(random_));
    RETURN_IF_ERROR(db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const bool stored, StoreElectionKeys(transaction, election, fresh));
      if (!stored) return absl::OkStatus();  // another call was first: its keys are the ones
      return RecordAct(transaction, call, kPrepareRegistrar, request.election(), "keys made");
    }));
    ASSIGN_OR_RETURN(keys, db::Autocommit(pool_, call.deadline(), find));
    if (keys == nullptr) return absl::InternalError("the registrar's keys are gone");
  }
  v1::PrepareRegistrarResponse response;
  response.set_rsa_n(keys->rsa.public_key().n());
  response.set_rsa_e(keys->rsa.public_key().e());
  response.set_list_key(std::string(keys->list.public_key().bytes()));
  return response;
}

absl::StatusOr<v1::AcceptManifestResponse> RegistrarService::AcceptManifest(
    rpc::Call& call, const v1::AcceptManifestRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ElectionOf(request.election()));
  ASSIGN_OR_RETURN(const election::v1::Manifest manifest, rules::ReadManifest(request.manifest()));
  const auto seconds = [](std::uint64_t value) {
    return absl::FromUnixSeconds(static_cast<std::int64_t>(value));
  };
  const store::AcceptedManifest accepted = {.bytes = request.manifest(),
                                            .hash = crypto::Sha256(request.manifest()),
                                            .issuing_opens = seconds(manifest.issuing_opens()),
                                            .issuing_closes = seconds(manifest.issuing_closes()),
                                            .voting_closes = seconds(manifest.voting_closes())};
  const absl::Status accepting =
      db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
        // The roll first: a challenge that is being decided is decided before, or comes too late.
        ASSIGN_OR_RETURN(const auto roll, store::LockRoll(transaction, election));
        ASSIGN_OR_RETURN(const auto keys, keys_.Find(transaction, election));
        ASSIGN_OR_RETURN(const rules::RegistrarFacts facts, FactsOf(roll, election, keys.get()));
        RETURN_IF_ERROR(rules::CheckManifest(manifest, facts));
        RETURN_IF_ERROR(CheckUnchallenged(transaction, election));
        ASSIGN_OR_RETURN(const bool stored, store::InsertManifest(transaction, election, accepted));
        if (!stored) return absl::OkStatus();
        RETURN_IF_ERROR(store::FixRoll(transaction, election));
        return RecordAct(transaction, call, kAcceptManifest, request.election(),
                         crypto::HexEncode(accepted.hash));
      });
  RETURN_IF_ERROR(accepting);
  // Outside that transaction, which may not see what another one committed beside it.
  ASSIGN_OR_RETURN(const auto first, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindManifest(session, election);
                   }));
  if (!first.has_value() || first->hash != accepted.hash) return errors::ManifestFixed(request.election());
  v1::AcceptManifestResponse response;
  response.set_manifest_hash(accepted.hash);
  return response;
}

absl::StatusOr<v1::GetManifestHashResponse> RegistrarService::GetManifestHash(
    rpc::Call& call, const v1::GetManifestHashRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  ASSIGN_OR_RETURN(const auto manifest, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindManifest(session, election);
                   }));
  if (!manifest.has_value()) return errors::ManifestNotFound(request.election());
  v1::GetManifestHashResponse response;
  response.set_manifest_hash(manifest->hash);
  return response;
}

absl::StatusOr<v1::IssueCredentialResponse> RegistrarService::IssueCredential(
    rpc::Call& call, const v1::IssueCredentialRequest& request) {
  ASSIGN_OR_RETURN(const std::string election, ElectionOf(request.election()));
  RETURN_IF_ERROR(CheckShape(request));
  ASSIGN_OR_RETURN(const auto keys, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return keys_.Find(session, election);
                   }));
  if (keys == nullptr) return errors::IssuingNotOpen(request.election());
  if (!InRange(request.blinded_msg(), keys->rsa.public_key().n())) return errors::BlindedMessageInvalid();

  JournalLine issued{election, "", crypto::Sha256(request.blinded_msg())};
  RETURN_IF_ERROR(Issue(call, request, issued));
  RETURN_IF_ERROR(journal_.Append(issued));
  v1::IssueCredentialResponse response;
  ASSIGN_OR_RETURN(*response.mutable_blind_signature(), crypto::BlindSign(keys->rsa, request.blinded_msg()));
  return response;
}

absl::Status RegistrarService::Issue(rpc::Call& call, const v1::IssueCredentialRequest& request,
                                     JournalLine& issued) {
  // Whom a roll lists, companies or people, never changes; it says what is held below.
  ASSIGN_OR_RETURN(const auto roll, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindRoll(session, issued.election);
                   }));
  // No request id and no record of the act: either would carry a time or an order. The row is the record.
  return db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
    // The lock comes first, so that who collects cannot change between the rule and the row.
    RETURN_IF_ERROR(ListsPeople(roll) ? store::LockPerson(transaction, CallersId(call)).status()
                                      : store::LockCompany(transaction, ClaimedCompany(call)).status());
    ASSIGN_OR_RETURN(const Collector collector, FindCollector(transaction, call, issued.election, roll));
    const std::string& unit = collector.line.unit;
    issued.unit = ResourceName(ListsPeople(roll) ? kPeople : kCompanies, unit);
    call.ProveRelation();
    ASSIGN_OR_RETURN(const auto manifest, store::FindManifest(transaction, issued.election));
    if (!manifest.has_value() || call.now() < manifest->issuing_opens) {
      return errors::IssuingNotOpen(request.election());
    }
    ASSIGN_OR_RETURN(const auto first, store::FindIssuance(transaction, issued.election, unit));
    if (first.has_value()) {
      return first->blinded_msg_sha256 == issued.sha256 ? absl::OkStatus()
                                                        : errors::CredentialAlreadyIssued(request.election());
    }
    if (call.now() >= manifest->issuing_closes) return errors::IssuingClosed(request.election());
    const absl::CivilDay today = DateOf(call.now());
    ASSIGN_OR_RETURN(const rules::Provisions provisions, store::LoadProvisions(transaction, today));
    const std::string why = WhyCannotCollect(collector, roll, provisions, today);
    if (!why.empty()) return errors::RepresentativeNotEntitled(why);
    ASSIGN_OR_RETURN(const bool inserted, store::InsertIssuance(transaction, issued.election, unit,
                                                                {issued.sha256, request.recovery_blob()}));
    return inserted ? absl::OkStatus() : errors::CredentialAlreadyIssued(request.election());
  });
}

absl::StatusOr<v1::GetIssuanceResponse> RegistrarService::GetIssuance(rpc::Call& call,
                                                                      const v1::GetIssuanceRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::GetIssuanceResponse> {
        ASSIGN_OR_RETURN(const auto roll, store::FindRoll(transaction, election));
        ASSIGN_OR_RETURN(const Collector collector, FindCollector(transaction, call, election, roll));
        call.ProveRelation();
        ASSIGN_OR_RETURN(const auto issuance,
                         store::FindIssuance(transaction, election, collector.line.unit));
        if (!issuance.has_value()) return errors::CredentialNotIssued(request.election());
        v1::GetIssuanceResponse response;
        response.set_blinded_msg_sha256(issuance->blinded_msg_sha256);
        response.set_recovery_blob(issuance->recovery_blob);
        return response;
      });
}

absl::StatusOr<v1::CountIssuancesResponse> RegistrarService::CountIssuances(
    rpc::Call& call, const v1::CountIssuancesRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::CountIssuancesResponse> {
        ASSIGN_OR_RETURN(const auto roll, store::FindRoll(session, election));
        if (!roll.has_value()) return errors::RollNotFound(request.election());
        ASSIGN_OR_RETURN(const std::int64_t issued, store::CountIssuances(session, election));
        v1::CountIssuancesResponse response;
        response.set_roll_count(roll->count());
        response.set_issued_count(static_cast<int>(issued));
        return response;
      });
}

}  // namespace plenary::membership
