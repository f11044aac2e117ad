// The two ways to reach the database. Deadlines are real time (absl::Now()), never a simulated clock.
//
//   return db::Transact(pool, deadline, [&](db::Transaction& tx) -> absl::StatusOr<Roll> {
//     ASSIGN_OR_RETURN(Roll roll, store.Load(tx, name));
//     RETURN_IF_ERROR(rules::CheckFreezable(roll));
//     ...
//   });
#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"

namespace plenary::db {

// How often a body is run again after a conflict (1213, 1205, 1020) before the caller gets ABORTED.
inline constexpr int kMaxReruns = 4;

absl::Status RunTransaction(Pool& pool, absl::Time deadline,
                            const std::function<absl::Status(Transaction&)>& body);
absl::Status RunAutocommit(Pool& pool, absl::Time deadline,
                           const std::function<absl::Status(Session&)>& body);

template <typename Result, typename Argument, typename Body, typename Run>
Result WithResult(Body& body, const Run& run) {
  if constexpr (std::is_same_v<Result, absl::Status>) {
    return run([&body](Argument& argument) -> absl::Status { return body(argument); });
  } else {
    std::optional<Result> result;
    const absl::Status status = run([&](Argument& argument) -> absl::Status {
      result.emplace(body(argument));
      return result->status();
    });
    if (!status.ok()) return status;
    return *std::move(result);
  }
}

// BEGIN, body, COMMIT; the answer is the body's (an absl::Status or absl::StatusOr<T>). A body that
// returns an error is rolled back. It may run again (see kMaxReruns), so it keeps nothing outside itself.
//   DEADLINE_EXCEEDED  the deadline had passed before BEGIN or before COMMIT: nothing is stored
//   ABORTED            conflicts to the last rerun: nothing is stored
//   UNAVAILABLE        reason DATABASE_UNAVAILABLE: nothing is stored;
//                      reason COMMIT_OUTCOME_UNKNOWN: the connection was lost during COMMIT; look the
//                      act up (by its request id) before answering
template <typename Body>
auto Transact(Pool& pool, absl::Time deadline, Body&& body) {
  using Result = std::invoke_result_t<Body&, Transaction&>;
  return WithResult<Result, Transaction>(
      body, [&](const auto& run) { return RunTransaction(pool, deadline, run); });
}

// Runs the body on a connection where each statement is its own transaction: for reads, and for a single
// write that needs no other (one round trip). The body is run again after a conflict, so it holds
// at most one writing statement. Errors as for Transact; a lost write is COMMIT_OUTCOME_UNKNOWN.
template <typename Body>
auto Autocommit(Pool& pool, absl::Time deadline, Body&& body) {
  using Result = std::invoke_result_t<Body&, Session&>;
  return WithResult<Result, Session>(body,
                                     [&](const auto& run) { return RunAutocommit(pool, deadline, run); });
}

}  // namespace plenary::db
