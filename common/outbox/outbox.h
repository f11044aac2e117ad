// Effects on other services: decided in a transaction, delivered after it, at least once.
//
// Enqueue() writes the effect in the transaction that decided it, so it exists exactly when the decision
// does. A Dispatcher hands it to its handler until that succeeds. A crash between the delivery and its mark
// delivers again, so a handler's receiver is idempotent: the effect's id is a UUID that never changes
// and serves as the request_id of the call.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/worker/worker.h"

namespace plenary::outbox {

struct Effect {
  std::string method;      // the RPC's full name, which names the handler
  std::string payload;     // its request, serialized
  absl::Time not_before;   // of the suite's clock; InfinitePast() for at once
  std::string dedupe_key;  // names the effect for ever, at most 255 bytes: "roll-frozen/elections/1"
};

// Enqueueing a key that was enqueued before, delivered or not, is a no-op: the first effect stands.
absl::Status Enqueue(db::Transaction& transaction, const Effect& effect);

// How an effect is delivered. UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, RESOURCE_EXHAUSTED, INTERNAL and
// UNAUTHENTICATED mean "not now": it is tried again after a growing pause. Any other error parks it with its
// text, for a person to look at. Must return well within Dispatcher::Options::lease.
using Handler = std::function<absl::Status(const std::string& payload, const std::string& effect_id)>;

struct Counts {
  std::int64_t pending = 0;
  std::int64_t delivered = 0;
  std::int64_t parked = 0;
};

absl::StatusOr<Counts> Count(db::Session& session);

// Delivers the effects of one schema. Several may run over the same schema, in one process or in many:
// each effect is claimed with a lease, so no two deliver it at the same time. Effects are taken in the
// order they were enqueued; one that fails does not hold up those behind it. Thread-safe.
class Dispatcher {
 public:
  struct Options {
    absl::Duration poll_interval = absl::Milliseconds(100);
    // A claim that its dispatcher did not live to settle is free again after this long (real time).
    absl::Duration lease = absl::Minutes(1);
    // The n-th retry waits about first_pause * 2^n, never more than longest_pause.
    absl::Duration first_pause = absl::Milliseconds(200);
    absl::Duration longest_pause = absl::Minutes(5);
  };

  // Does nothing yet. `pool` outlives the dispatcher; `clock` gives the time that not_before is read in.
  Dispatcher(db::Pool& pool, std::function<absl::Time()> clock, std::map<std::string, Handler> handlers)
      : Dispatcher(pool, std::move(clock), std::move(handlers), Options()) {}
  Dispatcher(db::Pool& pool, std::function<absl::Time()> clock, std::map<std::string, Handler> handlers,
             Options options);
  ~Dispatcher();  // stops

  // Starts the thread that delivers what is due, every poll_interval and after each Notify().
  void Start();

  // Something was enqueued: look now. For after a Transact() that enqueued.
  void Notify();

  // Waits for the delivery in progress and its mark, and starts no other.
  void Stop();

  // One pass in the caller's thread: how many effects were delivered. Start() calls this over and over.
  absl::StatusOr<int> DeliverDue();

 private:
  struct Claimed;

  absl::StatusOr<bool> Claim(const std::string& effect_id);
  absl::StatusOr<bool> Deliver(const Claimed& effect);
  absl::Status Settle(const Claimed& effect, const absl::Status& outcome);

  db::Pool& pool_;
  const std::function<absl::Time()> clock_;
  const std::map<std::string, Handler> handlers_;
  const Options options_;
  const std::string name_;  // a UUID: whose claim it is
  Worker worker_;
};

}  // namespace plenary::outbox
