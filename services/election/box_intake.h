// How ballots come into the database: one thread stores all that wait in one transaction, while the next ones
// gather. Many ballots share one wait for the disk, and nothing of a transaction tells in which order its
// ballots arrived.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "services/election/box_marks.h"
#include "services/election/served_boxes.h"
#include "services/election/store/box_store.h"

namespace plenary::election {

// A ballot whose signatures were checked.
struct CheckedBallot {
  std::shared_ptr<const ServedBox> box;
  NewBallot ballot;  // its bytes live until Take returns
  // False for one that came too late: it is looked for and not stored.
  bool may_store = true;
  absl::Time deadline;  // real time
};

// Thread-safe; borrows pool and marks.
class Intake {
 public:
  Intake(db::Pool& pool, BoxMarks& marks);
  // No call is under way.
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Waits until the ballot is durably stored and the mark outside the database covers it: OK, then and only
  // then a receipt may leave. The same bytes again are OK again. Otherwise
  //   BALLOT_ALREADY_CAST     another ballot has its key
  //   VOTING_CLOSED           it is not in the box, and the box takes no more
  //   BALLOT_OUTCOME_UNKNOWN  it may be stored or not
  //   LOG_FENCED              another process has taken over the box
  //   or the database's error: nothing was stored
  absl::Status Take(CheckedBallot ballot);

  // Runs `work` between two transactions: no ballot is being stored meanwhile.
  absl::Status WhileIdle(const std::function<absl::Status()>& work);

  // Calls whose turn has not come.
  std::size_t waiting() const;

 private:
  struct Waiting;
  struct Stored;
  using Batch = std::vector<std::shared_ptr<Waiting>>;

  absl::Status Enqueue(std::shared_ptr<Waiting> waiting);
  void Run();
  Batch NextBatch();
  void StoreBatch(Batch batch);
  void StoreOfOneBox(const Batch& batch);
  absl::StatusOr<Stored> Store(const ServedBox& box, const std::vector<const NewBallot*>& wanted,
                               const std::vector<std::string>& ids);
  absl::StatusOr<Stored> LookUp(const ServedBox& box, const std::vector<std::string>& ids);

  db::Pool& pool_;
  BoxMarks& marks_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::shared_ptr<Waiting>> waiting_;
  bool stopping_ = false;
  // Of the writer alone: the elections whose mark tells how many ballots the box holds. It does not after a
  // start, when another process may have stored some, and after a commit whose outcome is unknown.
  std::set<std::string> counted_;
  std::thread writer_;  // last: it uses all of the above
};

}  // namespace plenary::election
