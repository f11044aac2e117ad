// Who puts ballots into the logs: one process at a time, by epoch; in batches, so that the log tells no
// order; and the rest with the close record at the end.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "services/election/box_limits.h"
#include "services/election/log_folder.h"
#include "services/election/log_publisher.h"
#include "services/election/served_boxes.h"
#include "services/election/store/log_store.h"

namespace plenary::election {

// Thread-safe; borrows pool and folder.
class Sequencer {
 public:
  struct Options {
    absl::Duration batch_interval = kBatchInterval;
    // Makes the files of the database forget in which order ballots came, those of every log. After every
    // batch, and again at the next look when it fails.
    std::function<absl::Status()> forget_order;
  };
  // A log that was closed.
  struct ClosedLog {
    std::uint64_t ballots = 0;
    std::string checkpoint;
  };

  Sequencer(db::Pool& pool, LogFolder& folder, Options options);
  ~Sequencer();
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;

  // Continues the log of an open or closed box from now on, in a new epoch, and publishes what is missing. A
  // box that was taken over before is returned as it is. LOG_BEHIND and LOG_FOLDER_UNUSABLE:
  // LogPublisher::Load.
  absl::StatusOr<std::shared_ptr<const ServedBox>> TakeOver(const StoredBox& box, absl::Time deadline);

  // Merges batches when they are due, on a thread of its own, until Stop or until it is fenced.
  void Start();
  void Stop();

  // One look at every log: a batch where one is due at `now` (real time), and what an earlier look could not
  // finish. LOG_FENCED from then on when another process has taken a log over.
  absl::Status MergeDue(absl::Time now);

  // Closes the box: no ballot comes in from then on, and those that wait are the last batch, before the close
  // record with these hashes. Repeating it gives the same; with other hashes CLOSE_RECORD_FIXED. The box was
  // taken over.
  absl::StatusOr<ClosedLog> Close(const ServedBox& box, const std::vector<std::string>& issuance_list_sha256,
                                  absl::Time deadline);

  // The checkpoints that are out; nullptr when the election (an id) was not taken over.
  std::shared_ptr<const PublishedLog> Published(const std::string& election) const;

  // Whether another process has taken a log over: then this one must serve no more.
  bool fenced() const { return fenced_; }

 private:
  struct Log {
    Log(db::Pool& pool, LogFolder& folder, std::shared_ptr<const ServedBox> box);
    LogPublisher publisher;
    absl::Time last_batch;  // a process that starts waits for a whole interval
  };

  void Run();
  absl::Status Fence(const ServedBox& box);
  absl::Status Publish(Log& log, absl::Time deadline);
  absl::Status Tend(Log& log, absl::Time now, absl::Time deadline);
  absl::StatusOr<bool> Merge(const ServedBox& box, absl::Time deadline);
  absl::Status AppendClose(const ServedBox& box, const std::vector<std::string>& issuance_list_sha256,
                           absl::Time deadline);
  void Forget();

  db::Pool& pool_;
  LogFolder& folder_;
  const Options options_;
  std::atomic<bool> fenced_ = false;

  std::mutex working_;             // one step of the log at a time
  bool keeps_order_ = false;       // of ballots that are merged
  mutable std::mutex logs_mutex_;  // the map; a log that is in it stays
  std::map<std::string, std::unique_ptr<Log>> logs_;

  std::mutex stop_mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace plenary::election
