#include "common/db/transact.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/time/clock.h"
#include "common/db/connection.h"
#include "common/db/vendor_error.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace plenary::db {

class SessionAccess {
 public:
  static absl::Status RunTransactionOnce(Pool& pool, absl::Time deadline,
                                         const std::function<absl::Status(Transaction&)>& body);
  static absl::Status RunAutocommitOnce(Pool& pool, absl::Time deadline,
                                        const std::function<absl::Status(Session&)>& body);
};

namespace {

constexpr char kBegin[] = "BEGIN";
constexpr char kCommit[] = "COMMIT";
constexpr char kRollback[] = "ROLLBACK";

// The n-th rerun waits between half of this times 2^n and all of it.
constexpr absl::Duration kFirstPause = absl::Milliseconds(5);

// BEGIN … COMMIT as executed SQL: the driver's own commit(), rollback() and setAutoCommit() return
// normally on a dead server. Rolls back when it ends without a COMMIT.
class OpenTransaction {
 public:
  explicit OpenTransaction(Connection& connection) : connection_(connection) {}
  ~OpenTransaction() {
    if (!open_) return;
    // The server rolls back what a connection that goes had open.
    if (!connection_.Run(kRollback).ok()) connection_.Drop();
  }
  OpenTransaction(const OpenTransaction&) = delete;
  OpenTransaction& operator=(const OpenTransaction&) = delete;

  absl::Status Begin() {
    RETURN_IF_ERROR(connection_.Run(kBegin));
    open_ = true;
    return absl::OkStatus();
  }

  // A conflict means not stored. Whatever else went wrong, only the server knows.
  absl::Status Commit() {
    const absl::Status status = connection_.Run(kCommit);
    if (IsConflict(status)) return status;
    open_ = false;
    if (status.ok()) return status;
    connection_.Drop();
    log::Error("COMMIT failed, outcome unknown", {{"vendor_error", ErrorMetadataOf(status, "vendor_error")}});
    return OutcomeUnknownError(status);
  }

 private:
  Connection& connection_;
  bool open_ = false;
};

absl::Status CheckDeadline(absl::Time deadline) {
  return absl::Now() < deadline ? absl::OkStatus() : DeadlinePassedError();
}

// Reruns what ended in a conflict, after a growing random pause, while the deadline allows.
absl::Status Rerun(absl::Time deadline, const std::function<absl::Status()>& once) {
  thread_local absl::InsecureBitGen random;
  for (int reruns = 0;; ++reruns) {
    const absl::Status status = once();
    if (!IsConflict(status) || reruns == kMaxReruns) return status;
    const absl::Duration pause = kFirstPause * (1 << reruns) * absl::Uniform(random, 0.5, 1.0);
    if (absl::Now() + pause >= deadline) return status;
    absl::SleepFor(pause);
  }
}

}  // namespace

absl::Status SessionAccess::RunTransactionOnce(Pool& pool, absl::Time deadline,
                                               const std::function<absl::Status(Transaction&)>& body) {
  ASSIGN_OR_RETURN(Pool::Lease lease, pool.Acquire(deadline));
  RETURN_IF_ERROR(CheckDeadline(deadline));
  OpenTransaction open(*lease);
  RETURN_IF_ERROR(open.Begin());
  Transaction transaction(*lease);
  const absl::Status status = body(transaction);
  // A failed statement outweighs what the body made of it: after a deadlock nothing of it is left to commit.
  if (IsConflict(transaction.failure_)) return transaction.failure_;
  RETURN_IF_ERROR(status);
  RETURN_IF_ERROR(transaction.failure_);
  RETURN_IF_ERROR(CheckDeadline(deadline));
  return open.Commit();
}

absl::Status SessionAccess::RunAutocommitOnce(Pool& pool, absl::Time deadline,
                                              const std::function<absl::Status(Session&)>& body) {
  ASSIGN_OR_RETURN(Pool::Lease lease, pool.Acquire(deadline));
  RETURN_IF_ERROR(CheckDeadline(deadline));
  Session session(*lease, Session::Mode::kAutocommit);
  const absl::Status status = body(session);
  if (IsConflict(session.failure_)) return session.failure_;
  RETURN_IF_ERROR(status);
  return session.failure_;
}

absl::Status RunTransaction(Pool& pool, absl::Time deadline,
                            const std::function<absl::Status(Transaction&)>& body) {
  return Rerun(deadline, [&] { return SessionAccess::RunTransactionOnce(pool, deadline, body); });
}

absl::Status RunAutocommit(Pool& pool, absl::Time deadline,
                           const std::function<absl::Status(Session&)>& body) {
  return Rerun(deadline, [&] { return SessionAccess::RunAutocommitOnce(pool, deadline, body); });
}

}  // namespace plenary::db
