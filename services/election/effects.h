// What the room asks of other services once it has decided: the published manifest, the certified
// winners, and the end of the registrars' keys. Written in the deciding transaction, delivered by the outbox
// at least once.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/outbox/outbox.h"
#include "common/time/clock.h"
#include "plenary/committee/v1/body_service.pb.h"
#include "services/election/peers.h"

namespace plenary::election {

// The registrars and the ballot box take over the manifest, at once.
absl::Status EnqueueManifest(db::Transaction& tx, const std::string& election, const std::string& manifest);

// The committee service seats the winners on the day the schedule says; then the election is SEATED.
absl::Status EnqueueSeating(db::Transaction& tx, const committee::v1::SeatWinnersRequest& request,
                            absl::Time seats_on);

// The registrars destroy their keys of a certified election, at once.
absl::Status EnqueueDestroyKeys(db::Transaction& tx, const std::string& election);

// The handlers of all of them. They borrow everything.
std::map<std::string, outbox::Handler> EffectHandlers(db::Pool& pool, const Clock& clock, const Peers& peers);

}  // namespace plenary::election
