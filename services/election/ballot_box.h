// What the two services of the ballot box share: the boxes it serves, how ballots come in, the log, and the
// checks before it serves anything.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/worker/thread_pool.h"
#include "services/election/box_intake.h"
#include "services/election/box_limits.h"
#include "services/election/log_folder.h"
#include "services/election/log_sequencer.h"
#include "services/election/served_boxes.h"

namespace plenary::election {

// Thread-safe; borrows the pool.
class BallotBox {
 public:
  struct Options {
    std::string log_dir;  // see log_folder.h
    absl::Duration batch_interval = kBatchInterval;
  };

  // Compares the database with what was kept outside it, takes over every log, and publishes what a process
  // before could not. Does not serve a database that was set back:
  //   BOX_BEHIND           it holds fewer ballots than were acknowledged
  //   LOG_BEHIND           its log is shorter than what is published, or another
  //   MARK_MISSING         a box was opened, and the folder knows nothing of it
  //   LOG_FOLDER_UNUSABLE  the folder is not there, damaged, or in use
  static absl::StatusOr<std::unique_ptr<BallotBox>> Open(db::Pool& pool, const Options& options);

  db::Pool& pool() { return pool_; }
  LogFolder& folder() { return *folder_; }
  const ServedBoxes& boxes() const { return boxes_; }
  Intake& intake() { return intake_; }
  // For the signatures of ballots and receipts: a thread a core.
  ThreadPool& signatures() { return signatures_; }
  Sequencer& sequencer() { return sequencer_; }

  // Makes the mark of a box before it opens, unless it is there. BOX_BEHIND or LOG_BEHIND when the folder
  // knows of ballots or of a log of that box, which then was open before.
  absl::Status PrepareMark(const StoredBox& box);
  // Takes a box that has a manifest over and serves it.
  absl::Status Serve(const StoredBox& box, absl::Time deadline);

 private:
  BallotBox(db::Pool& pool, std::unique_ptr<LogFolder> folder, const Options& options);
  absl::Status CheckMarks(absl::Time deadline);
  absl::Status ServeAll(absl::Time deadline);

  db::Pool& pool_;
  db::Pool patient_pool_;  // for the one statement that takes longer than the pool's may
  const std::unique_ptr<LogFolder> folder_;
  ServedBoxes boxes_;
  ThreadPool signatures_;  // before the intake, whose answers it signs
  Intake intake_;
  Sequencer sequencer_;  // stops before the intake, which it has work done by
};

}  // namespace plenary::election
