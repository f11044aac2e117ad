#include "common/outbox/outbox.h"

#include <algorithm>
#include <vector>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "common/db/timestamps.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/log/log.h"
#include "common/status/macros.h"

namespace plenary::outbox {
namespace {

// Of the dispatcher's own statements.
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr int kMostDoublings = 20;
constexpr std::size_t kLongestError = 2000;

constexpr char kInsert[] =
    "INSERT INTO outbox (effect_id, dedupe_key, method, payload, not_before, state, attempts, retry_at, "
    "claimed_until) VALUES (?, ?, ?, ?, ?, 'PENDING', 0, 0, 0)";
// At most this many a pass, so that one pass is bounded.
constexpr char kSelectDue[] =
    "SELECT effect_id, method, payload, attempts FROM outbox WHERE state = 'PENDING' AND not_before <= ? AND "
    "retry_at <= ? AND claimed_until <= ? ORDER BY sequence LIMIT 50";
constexpr char kClaim[] =
    "UPDATE outbox SET claimed_by = ?, claimed_until = ?, attempts = attempts + 1 WHERE effect_id = ? AND "
    "state = "
    "'PENDING' AND claimed_until <= ? AND retry_at <= ?";
constexpr char kMarkDelivered[] =
    "UPDATE outbox SET state = 'DELIVERED', claimed_by = NULL, claimed_until = 0, error = NULL WHERE "
    "effect_id = ? "
    "AND state = 'PENDING' AND claimed_by = ?";
constexpr char kMarkRetry[] =
    "UPDATE outbox SET retry_at = ?, claimed_by = NULL, claimed_until = 0, error = ? WHERE effect_id = ? AND "
    "state = "
    "'PENDING' AND claimed_by = ?";
constexpr char kPark[] =
    "UPDATE outbox SET state = 'PARKED', claimed_by = NULL, claimed_until = 0, error = ? WHERE effect_id = ? "
    "AND "
    "state = 'PENDING' AND claimed_by = ?";
constexpr char kCount[] =
    "SELECT COALESCE(SUM(state = 'PENDING'), 0), COALESCE(SUM(state = 'DELIVERED'), 0), COALESCE(SUM(state = "
    "'PARKED'), 0) FROM outbox";

// ToUnixMicros() of the infinities is INT64_MIN and INT64_MAX: before and after everything.
absl::Time RealDeadline() { return absl::Now() + kPatience; }

bool IsTransient(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnauthenticated:  // a clock that runs ahead, a key that is not known there yet
      return true;
    default:
      return false;
  }
}

std::string ErrorText(const absl::Status& status) {
  return status.ToString(absl::StatusToStringMode::kWithNoExtraData).substr(0, kLongestError);
}

}  // namespace

struct Dispatcher::Claimed {
  std::string id;
  std::string method;
  std::string payload;
  std::int64_t attempts = 0;  // before this one
};

absl::Status Enqueue(db::Transaction& transaction, const Effect& effect) {
  return transaction
      .Insert(kInsert, {RandomUuid(), effect.dedupe_key, effect.method, effect.payload,
                        db::ToMicros(effect.not_before)})
      .status();
}

absl::StatusOr<Counts> Count(db::Session& session) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCount));
  return Counts{row->Int64(0), row->Int64(1), row->Int64(2)};
}

Dispatcher::Dispatcher(db::Pool& pool, std::function<absl::Time()> clock,
                       std::map<std::string, Handler> handlers, Options options)
    : pool_(pool),
      clock_(std::move(clock)),
      handlers_(std::move(handlers)),
      options_(options),
      name_(RandomUuid()),
      worker_(
          [this] {
            if (const auto delivered = DeliverDue(); !delivered.ok()) {
              log::Warning("outbox: a pass failed", {{"error", ErrorText(delivered.status())}});
            }
          },
          options.poll_interval) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Start() { worker_.Start(); }
void Dispatcher::Notify() { worker_.Notify(); }
void Dispatcher::Stop() { worker_.Stop(); }

absl::StatusOr<int> Dispatcher::DeliverDue() {
  std::vector<Claimed> due;
  const std::int64_t now = db::ToMicros(absl::Now());
  RETURN_IF_ERROR(db::Autocommit(pool_, RealDeadline(), [&](db::Session& session) {
    due.clear();
    return session.Query(kSelectDue, {db::ToMicros(clock_()), now, now}, [&](const db::Row& row) {
      due.push_back({row.Text(0), row.Text(1), row.Bytes(2), row.Int64(3)});
    });
  }));
  int delivered = 0;
  for (const Claimed& effect : due) {
    if (worker_.stopped()) break;
    ASSIGN_OR_RETURN(const bool claimed, Claim(effect.id));
    if (!claimed) continue;
    ASSIGN_OR_RETURN(const bool done, Deliver(effect));
    if (done) ++delivered;
  }
  return delivered;
}

absl::StatusOr<bool> Dispatcher::Claim(const std::string& effect_id) {
  const absl::Time now = absl::Now();
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   db::Autocommit(pool_, RealDeadline(), [&](db::Session& session) {
                     return session.Execute(kClaim, {name_, db::ToMicros(now + options_.lease), effect_id,
                                                     db::ToMicros(now), db::ToMicros(now)});
                   }));
  return changed == 1;
}

absl::StatusOr<bool> Dispatcher::Deliver(const Claimed& effect) {
  const auto handler = handlers_.find(effect.method);
  const absl::Status outcome = handler == handlers_.end()
                                   ? absl::UnimplementedError("no handler for " + effect.method)
                                   : handler->second(effect.payload, effect.id);
  RETURN_IF_ERROR(Settle(effect, outcome));
  return outcome.ok();
}

absl::Status Dispatcher::Settle(const Claimed& effect, const absl::Status& outcome) {
  thread_local absl::InsecureBitGen random;
  return db::Autocommit(pool_, RealDeadline(), [&](db::Session& session) -> absl::Status {
    if (outcome.ok()) return session.Execute(kMarkDelivered, {effect.id, name_}).status();
    if (!IsTransient(outcome)) {
      log::Error("outbox: an effect is parked",
                 {{"method", effect.method}, {"id", effect.id}, {"error", ErrorText(outcome)}});
      return session.Execute(kPark, {ErrorText(outcome), effect.id, name_}).status();
    }
    log::Warning("outbox: an effect failed and will be retried",
                 {{"method", effect.method}, {"id", effect.id}, {"error", ErrorText(outcome)}});
    const int doublings = static_cast<int>(std::min<std::int64_t>(effect.attempts, kMostDoublings));
    const absl::Duration pause = std::min(options_.first_pause * (1 << doublings), options_.longest_pause) *
                                 absl::Uniform(random, 0.5, 1.0);
    return session
        .Execute(kMarkRetry, {db::ToMicros(absl::Now() + pause), ErrorText(outcome), effect.id, name_})
        .status();
  });
}

}  // namespace plenary::outbox
