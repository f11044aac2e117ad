#include "services/election/effects.h"

#include "absl/time/clock.h"
#include "common/audit/audit.h"
#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/election/store/election_store.h"

namespace plenary::election {
namespace {

// Two registrars serve one contract: the method alone is membership's.
constexpr char kAcceptManifest[] = "plenary.membership.v1.RegistrarService/AcceptManifest";
constexpr char kAcceptManifestOfAuditor[] = "plenary.membership.v1.RegistrarService/AcceptManifest@auditor";
constexpr char kDestroyKeys[] = "plenary.membership.v1.RegistrarService/DestroyKeys";
constexpr char kDestroyKeysOfAuditor[] = "plenary.membership.v1.RegistrarService/DestroyKeys@auditor";
constexpr char kOpenBox[] = "plenary.election.v1.BallotBoxControlService/OpenBox";
constexpr char kSeatWinners[] = "plenary.committee.v1.BodyService/SeatWinners";

// One delivery ends long before the outbox's lease on it.
constexpr absl::Duration kDeliveryPatience = absl::Seconds(20);

template <typename Request>
absl::StatusOr<Request> Parse(const std::string& payload) {
  Request request;
  if (!request.ParseFromString(payload)) return absl::DataLossError("An effect's payload does not parse.");
  return request;
}

// What a person settles while the effect waits: it is tried again until then. A challenge of the roll that
// was filed since the publication is decided before membership fixes the roll; the auditor copies the roll
// that the manifest names; a dispute of the last moment is answered before keys are destroyed.
absl::Status AgainWhenSettled(Registrar registrar, absl::Status answer) {
  const std::string reason = ReasonOf(answer);
  const bool copy_differs = reason == "MANIFEST_MISMATCH" || reason == "ROLL_NOT_FROZEN";
  const bool waits = reason == "ROLL_CHALLENGED" || reason == "DISPUTES_OPEN" ||
                     (registrar == Registrar::kAuditor && copy_differs);
  return waits ? absl::UnavailableError(answer.message()) : answer;
}

outbox::Handler AcceptManifestHandler(const Peers& peers, Registrar registrar) {
  return [&peers, registrar](const std::string& payload, const std::string&) -> absl::Status {
    ASSIGN_OR_RETURN(const auto request, Parse<membership::v1::AcceptManifestRequest>(payload));
    return AgainWhenSettled(registrar,
                            peers.AcceptManifest(registrar, request, absl::Now() + kDeliveryPatience));
  };
}

outbox::Handler DestroyKeysHandler(const Peers& peers, Registrar registrar) {
  return [&peers, registrar](const std::string& payload, const std::string&) -> absl::Status {
    ASSIGN_OR_RETURN(const auto request, Parse<membership::v1::DestroyKeysRequest>(payload));
    return AgainWhenSettled(
        registrar, peers.DestroyKeys(registrar, request.election(), absl::Now() + kDeliveryPatience));
  };
}

// Due now, once an election.
absl::Status EnqueueNow(db::Transaction& tx, const char* method, const google::protobuf::Message& request,
                        const std::string& key) {
  return outbox::Enqueue(tx, {.method = method,
                              .payload = request.SerializeAsString(),
                              .not_before = absl::InfinitePast(),
                              .dedupe_key = key});
}

absl::Status MarkSeated(db::Pool& pool, const Clock& clock, const std::string& election) {
  return db::Transact(pool, absl::Now() + kDeliveryPatience, [&](db::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const bool seated, ElectionStore::Advance(tx, election, v1::Election::STATE_CERTIFIED,
                                                               v1::Election::STATE_SEATED));
    if (!seated) return absl::OkStatus();  // delivered before
    return audit::Append(tx, {.at = clock.Now(),
                              .actor = "services/election",
                              .act = kSeatWinners,
                              .resource = election,
                              .detail = "the winners are seated"});
  });
}

}  // namespace

absl::Status EnqueueManifest(db::Transaction& tx, const std::string& election, const std::string& manifest) {
  membership::v1::AcceptManifestRequest accept;
  accept.set_election(election);
  accept.set_manifest(manifest);
  RETURN_IF_ERROR(EnqueueNow(tx, kAcceptManifest, accept, "accept-manifest/" + election));
  RETURN_IF_ERROR(EnqueueNow(tx, kAcceptManifestOfAuditor, accept, "accept-manifest/auditor/" + election));
  v1::OpenBoxRequest open;
  open.set_election(election);
  open.set_manifest(manifest);
  return EnqueueNow(tx, kOpenBox, open, "open-box/" + election);
}

absl::Status EnqueueDestroyKeys(db::Transaction& tx, const std::string& election) {
  membership::v1::DestroyKeysRequest request;
  request.set_election(election);
  RETURN_IF_ERROR(EnqueueNow(tx, kDestroyKeys, request, "destroy-keys/" + election));
  return EnqueueNow(tx, kDestroyKeysOfAuditor, request, "destroy-keys/auditor/" + election);
}

absl::Status EnqueueSeating(db::Transaction& tx, const committee::v1::SeatWinnersRequest& request,
                            absl::Time seats_on) {
  return outbox::Enqueue(tx, {.method = kSeatWinners,
                              .payload = request.SerializeAsString(),
                              .not_before = seats_on,
                              .dedupe_key = "seat-winners/" + request.election()});
}

std::map<std::string, outbox::Handler> EffectHandlers(db::Pool& pool, const Clock& clock,
                                                      const Peers& peers) {
  std::map<std::string, outbox::Handler> handlers;
  handlers[kAcceptManifest] = AcceptManifestHandler(peers, Registrar::kMembership);
  handlers[kAcceptManifestOfAuditor] = AcceptManifestHandler(peers, Registrar::kAuditor);
  handlers[kDestroyKeys] = DestroyKeysHandler(peers, Registrar::kMembership);
  handlers[kDestroyKeysOfAuditor] = DestroyKeysHandler(peers, Registrar::kAuditor);
  handlers[kOpenBox] = [&peers](const std::string& payload, const std::string&) -> absl::Status {
    ASSIGN_OR_RETURN(const auto request, Parse<v1::OpenBoxRequest>(payload));
    return peers.OpenBox(request, absl::Now() + kDeliveryPatience);
  };
  handlers[kSeatWinners] = [&pool, &clock, &peers](const std::string& payload,
                                                   const std::string& effect_id) -> absl::Status {
    ASSIGN_OR_RETURN(auto request, Parse<committee::v1::SeatWinnersRequest>(payload));
    request.set_request_id(effect_id);
    RETURN_IF_ERROR(peers.SeatWinners(request, absl::Now() + kDeliveryPatience));
    return MarkSeated(pool, clock, request.election());
  };
  return handlers;
}

}  // namespace plenary::election
