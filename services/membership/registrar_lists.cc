// What a registrar publishes of an election, and how it ends: counts, the signed list, the end of the keys.
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/log/log.h"
#include "common/mutation/mutate.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "plenary/election/v1/manifest.pb.h"
#include "services/membership/errors.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/registrar_names.h"
#include "services/membership/registrar_service.h"
#include "services/membership/store/disputes.h"

namespace plenary::membership {
namespace {

constexpr char kDestroyKeys[] = "plenary.membership.v1.RegistrarService.DestroyKeys";

// The number of the registrar with that modulus, from 0, in a manifest that was accepted.
absl::StatusOr<std::uint8_t> NumberIn(const std::string& bytes, const std::string& rsa_n) {
  election::v1::Manifest manifest;
  if (!manifest.ParseFromString(bytes)) return absl::InternalError("an accepted manifest cannot be read");
  for (int i = 0; i < manifest.registrars_size(); ++i) {
    if (manifest.registrars(i).rsa_n() == rsa_n) return static_cast<std::uint8_t>(i);
  }
  return absl::InternalError("an accepted manifest does not name this registrar");
}

// A signature left for every line of the journal, so a list without it would call a ballot one too many, for
// ever. The other way round is no fault: a process may have ended between COMMIT and journal.
absl::Status CheckHoldsJournal(const RegistrarJournal& journal, const std::string& election, bool of_people,
                               const std::vector<rules::IssuanceLine>& lines) {
  std::set<JournalLine> held;
  for (const rules::IssuanceLine& line : lines) {
    held.insert({election, UnitName(of_people, IdText(line.unit)), line.blinded_msg_sha256});
  }
  for (const JournalLine& line : journal.Lines()) {
    if (line.election == election && !held.contains(line)) {
      log::Error("no list is signed: the database is older than the journal", {{"journal", journal.path()}});
      return errors::ListBehindJournal(ResourceName(kElections, election));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CountIssuancesResponse> RegistrarService::CountIssuances(
    rpc::Call& call, const v1::CountIssuancesRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::CountIssuancesResponse> {
        ASSIGN_OR_RETURN(const auto roll, rolls_.Find(session, election));
        if (!roll.has_value()) return errors::RollNotFound(request.election());
        ASSIGN_OR_RETURN(const std::int64_t issued, store::CountIssuances(session, election));
        ASSIGN_OR_RETURN(const std::int64_t disputes, store::CountOpenDisputes(session, election));
        ASSIGN_OR_RETURN(const auto keys, store::FindKeys(session, election));
        v1::CountIssuancesResponse response;
        response.set_roll_count(roll->count);
        response.set_issued_count(static_cast<int>(issued));
        response.set_open_dispute_count(static_cast<int>(disputes));
        if (keys.has_value() && keys->destroyed.has_value()) {
          response.set_keys_destroyed_at(absl::ToUnixSeconds(*keys->destroyed));
        }
        return response;
      });
}

absl::StatusOr<std::string> RegistrarService::ListOf(rpc::Call& call, const std::string& election) {
  std::optional<std::string> list;
  FoundKeys found;
  RETURN_IF_ERROR(db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(list, store::FindIssuanceList(session, election));
    if (!list.has_value()) {
      ASSIGN_OR_RETURN(found, keys_.Find(session, election));
    }
    return absl::OkStatus();
  }));
  if (list.has_value()) return *list;
  const std::string name = ResourceName(kElections, election);
  if (found.keys == nullptr) return errors::ManifestNotFound(name);
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<std::string> {
        // Held first: who issues has committed, or finds the list made.
        ASSIGN_OR_RETURN(const auto issuing, store::HoldIssuing(transaction, election));
        if (!issuing.has_value()) return errors::ManifestNotFound(name);
        if (issuing->listed) {
          ASSIGN_OR_RETURN(const auto first, store::FindIssuanceList(transaction, election));
          if (!first.has_value()) return absl::InternalError("the list of issuances is gone");
          return *first;
        }
        if (call.now() < issuing->closes) return errors::IssuingStillOpen(name);
        ASSIGN_OR_RETURN(const auto manifest, store::FindManifestBytes(transaction, election));
        ASSIGN_OR_RETURN(const std::uint8_t number,
                         NumberIn(manifest.value_or(""), found.keys->rsa.public_key().n()));
        ASSIGN_OR_RETURN(auto lines, store::ListIssuances(transaction, election));
        RETURN_IF_ERROR(CheckHoldsJournal(journal_, election, issuing->of_people, lines));
        std::string made =
            rules::SignIssuanceList(issuing->manifest_hash, number, std::move(lines), found.keys->list);
        RETURN_IF_ERROR(store::InsertIssuanceList(transaction, election, made));
        return made;
      });
}

absl::StatusOr<v1::GetIssuanceListResponse> RegistrarService::GetIssuanceList(
    rpc::Call& call, const v1::GetIssuanceListRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  v1::GetIssuanceListResponse response;
  // Signed, a list ends the issuing for ever. So it takes the word of the election service, by its own clock,
  // that voting is over: a clock that goes wrong here and a stranger's question are not enough.
  if (call.principal().IsService("election")) {
    ASSIGN_OR_RETURN(*response.mutable_issuance_list(), ListOf(call, election));
    return response;
  }
  ASSIGN_OR_RETURN(
      *response.mutable_issuance_list(),
      db::Autocommit(pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(auto list, store::FindIssuanceList(session, election));
        if (list.has_value()) return *std::move(list);
        ASSIGN_OR_RETURN(const auto issuing, store::FindIssuing(session, election));
        return issuing.has_value() ? errors::ListNotSigned(request.election())
                                   : errors::ManifestNotFound(request.election());
      }));
  return response;
}

absl::StatusOr<v1::DestroyKeysResponse> RegistrarService::DestroyKeys(rpc::Call& call,
                                                                      const v1::DestroyKeysRequest& request) {
  const std::string election = ResourceId(kElections, request.election()).value_or("");
  RETURN_IF_ERROR(ListOf(call, election).status());
  const absl::StatusOr<absl::Time> destroyed =
      db::Transact(pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<absl::Time> {
        RETURN_IF_ERROR(store::HoldIssuing(transaction, election).status());
        ASSIGN_OR_RETURN(const std::int64_t open, store::CountOpenDisputes(transaction, election));
        if (open > 0) return errors::DisputesOpen(request.election());
        ASSIGN_OR_RETURN(const bool first, store::DestroyKeys(transaction, election, call.now()));
        if (first) {
          RETURN_IF_ERROR(RecordAct(transaction, call, kDestroyKeys, request.election(),
                                    "private keys destroyed at " + FormatInstant(call.now())));
          return call.now();
        }
        ASSIGN_OR_RETURN(const auto keys, store::FindKeys(transaction, election));
        if (!keys.has_value() || !keys->destroyed.has_value()) {
          return absl::InternalError("the registrar's keys are neither there nor destroyed");
        }
        return *keys->destroyed;
      });
  // Also when it is not known whether that was stored: what is still there is read again.
  keys_.Forget(election);
  RETURN_IF_ERROR(destroyed.status());
  v1::DestroyKeysResponse response;
  response.set_destroyed_at(absl::ToUnixSeconds(*destroyed));
  return response;
}

}  // namespace plenary::membership
