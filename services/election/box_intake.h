// How ballots come into the database: one thread stores all that wait in one transaction, while the next ones
// gather. Many ballots share one wait for the disk, and nothing of a transaction tells in which order its
// ballots arrived.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/worker/batcher.h"
#include "services/election/box_limits.h"
#include "services/election/box_marks.h"
#include "services/election/served_boxes.h"
#include "services/election/store/box_store.h"

namespace plenary::election {

// A ballot whose signatures were checked, or that may not be stored.
struct CheckedBallot {
  OnItsWay on_its_way;
  std::shared_ptr<const ServedBox> box;
  NewBallot ballot;  // its bytes live until it is answered, and nobody looks at them after that
  // False for one that came too late: it is looked for and not stored.
  bool may_store = true;
  absl::Time deadline;  // real time
};

// Thread-safe; borrows pool and marks.
class Intake {
 public:
  // `gather_patience`: how long a transaction waits for the ballots that are on their way.
  Intake(db::Pool& pool, BoxMarks& marks, absl::Duration gather_patience = kGatherPatience);

  // To be asked for before a ballot's signatures are checked, and handed to Take with it: a transaction waits
  // a moment (kGatherPatience) for the ballots that are about to come.
  OnItsWay Announce() { return batcher_.Announce(); }

  // Tells `then` once the ballot is durably stored and the mark outside the database covers it: OK, then and
  // only then a receipt may leave. The same bytes again are OK again. Otherwise
  //   BALLOT_ALREADY_CAST     another ballot has its key
  //   VOTING_CLOSED           it is not in the box, and the box takes no more
  //   BALLOT_OUTCOME_UNKNOWN  it may be stored or not
  //   LOG_FENCED              another process has taken over the box
  //   or the database's error: nothing was stored
  void Take(CheckedBallot ballot, Batcher<CheckedBallot>::Then then);

  // Runs `work` between two transactions: no ballot is being stored meanwhile.
  absl::Status WhileIdle(std::function<absl::Status()> work) { return batcher_.WhileIdle(std::move(work)); }

  // Calls whose turn has not come.
  std::size_t waiting() const { return batcher_.waiting(); }

 private:
  struct Stored;
  using Batch = Batcher<CheckedBallot>::Batch;

  void StoreBatch(Batch batch);
  void StoreOfOneBox(const Batch& batch);
  absl::StatusOr<Stored> Store(const ServedBox& box, const std::vector<const NewBallot*>& wanted,
                               const std::vector<std::string>& ids);
  absl::StatusOr<Stored> LookUp(const ServedBox& box, const std::vector<std::string>& ids);

  db::Pool& pool_;
  BoxMarks& marks_;
  // Of the batcher's thread alone: the elections whose mark tells how many ballots the box holds. It does not
  // after a start, when another process may have stored some, and after a commit whose outcome is unknown.
  std::set<std::string> counted_;
  Batcher<CheckedBallot> batcher_;  // last: it uses all of the above
};

}  // namespace plenary::election
