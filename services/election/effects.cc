#include "services/election/effects.h"

#include "absl/time/clock.h"
#include "common/audit/audit.h"
#include "common/db/transact.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/election/store/election_store.h"

namespace plenary::election {
namespace {

constexpr char kAcceptManifest[] = "plenary.membership.v1.RegistrarService/AcceptManifest";
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

// A challenge of the roll that was filed since the publication is decided before the registrar fixes the
// roll: it is asked again until then.
absl::Status AgainWhenDecided(absl::Status answer) {
  if (ReasonOf(answer) != "ROLL_CHALLENGED") return answer;
  return absl::UnavailableError(answer.message());
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
  RETURN_IF_ERROR(outbox::Enqueue(tx, {.method = kAcceptManifest,
                                       .payload = accept.SerializeAsString(),
                                       .not_before = absl::InfinitePast(),
                                       .dedupe_key = "accept-manifest/" + election}));
  v1::OpenBoxRequest open;
  open.set_election(election);
  open.set_manifest(manifest);
  return outbox::Enqueue(tx, {.method = kOpenBox,
                              .payload = open.SerializeAsString(),
                              .not_before = absl::InfinitePast(),
                              .dedupe_key = "open-box/" + election});
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
  handlers[kAcceptManifest] = [&peers](const std::string& payload, const std::string&) -> absl::Status {
    ASSIGN_OR_RETURN(const auto request, Parse<membership::v1::AcceptManifestRequest>(payload));
    return AgainWhenDecided(peers.AcceptManifest(request, absl::Now() + kDeliveryPatience));
  };
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
