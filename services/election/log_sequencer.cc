#include "services/election/log_sequencer.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/errors_box.h"
#include "services/election/rules/log_records.h"
#include "services/election/store/box_store.h"

namespace plenary::election {
namespace {

constexpr char kFenced[] = "LOG_FENCED";

// Leaves that are no ballots: the manifest, and the close record once it is there.
std::uint64_t BallotsIn(const LogHead& head) { return head.size - 1 - (head.close_record.empty() ? 0 : 1); }

absl::StatusOr<LogHead> LoadHead(db::Session& session, const ServedBox& box) {
  ASSIGN_OR_RETURN(const auto head, LogStore::Load(session, box.election));
  if (!head.has_value() || head->epoch != box.epoch) return errors::LogFenced();
  return *head;
}

}  // namespace

Sequencer::Log::Log(db::Pool& pool, LogFolder& folder, std::shared_ptr<const ServedBox> box)
    : publisher(pool, folder, std::move(box)), last_batch(absl::Now()) {}

Sequencer::Sequencer(db::Pool& pool, LogFolder& folder, Options options)
    : pool_(pool), folder_(folder), options_(std::move(options)) {}
Sequencer::~Sequencer() { Stop(); }

absl::StatusOr<std::shared_ptr<const ServedBox>> Sequencer::TakeOver(const StoredBox& stored,
                                                                     absl::Time deadline) {
  const std::lock_guard working(working_);
  {
    const std::lock_guard lock(logs_mutex_);
    if (const auto known = logs_.find(stored.election); known != logs_.end())
      return known->second->publisher.box();
  }
  ASSIGN_OR_RETURN(auto box, ServedBox::From(stored, 0));
  auto log = std::make_unique<Log>(pool_, folder_, box);
  RETURN_IF_ERROR(log->publisher.Load(deadline));
  // Only now: a start that is refused leaves a process that serves alone.
  ASSIGN_OR_RETURN(const std::uint64_t epoch, db::Transact(pool_, deadline, [&](db::Transaction& tx) {
                     return LogStore::TakeEpoch(tx, stored.election);
                   }));
  ASSIGN_OR_RETURN(box, ServedBox::From(stored, epoch));
  log->publisher.ServeAs(box);
  RETURN_IF_ERROR(log->publisher.PublishMissing(deadline));
  // The process before may have ended between a batch and what follows it.
  if (log->publisher.published()->size > 1) keeps_order_ = true;
  const std::lock_guard lock(logs_mutex_);
  logs_.emplace(stored.election, std::move(log));
  return box;
}

void Sequencer::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Sequencer::Stop() {
  {
    const std::lock_guard lock(stop_mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sequencer::Run() {
  const absl::Duration look = std::clamp(options_.batch_interval / 60, kShortestLook, kLongestLook);
  std::unique_lock lock(stop_mutex_);
  while (!stop_.wait_for(lock, absl::ToChronoNanoseconds(look), [this] { return stopping_; })) {
    lock.unlock();
    const absl::Status status = MergeDue(absl::Now());
    if (!status.ok()) {
      log::Error("the log could not be continued",
                 {{"reason", ReasonOf(status)}, {"error", std::string(status.message())}});
    }
    lock.lock();
    if (fenced_) return;
  }
}

absl::Status Sequencer::Fence(const ServedBox& box) {
  if (!fenced_.exchange(true)) {
    log::Error("another process has taken over the log: this one serves no more",
               {{"election", box.election}});
  }
  return errors::LogFenced();
}

absl::Status Sequencer::MergeDue(absl::Time now) {
  const std::lock_guard working(working_);
  std::vector<Log*> logs;
  {
    const std::lock_guard lock(logs_mutex_);
    for (const auto& [election, log] : logs_) logs.push_back(log.get());
  }
  // One log that cannot be continued does not hold up the others.
  absl::Status first;
  for (Log* log : logs) {
    absl::Status status = fenced_ ? errors::LogFenced() : Tend(*log, now, absl::Now() + kLogPatience);
    if (ReasonOf(status) == kFenced) status = Fence(*log->publisher.box());
    first.Update(status);
  }
  if (!fenced_) Forget();
  return first;
}

absl::Status Sequencer::Publish(Log& log, absl::Time deadline) {
  const std::uint64_t before = log.publisher.published()->size;
  const absl::Status status = log.publisher.PublishMissing(deadline);
  if (log.publisher.published()->size != before) keeps_order_ = true;
  return status;
}

absl::Status Sequencer::Tend(Log& log, absl::Time now, absl::Time deadline) {
  const ServedBox& box = *log.publisher.box();
  // A batch is out before the next one is merged: each has a checkpoint of its own.
  RETURN_IF_ERROR(Publish(log, deadline));
  if (now - log.last_batch < options_.batch_interval) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool merged, Merge(box, deadline));
  if (!merged) return absl::OkStatus();
  log.last_batch = now;
  return Publish(log, deadline);
}

absl::StatusOr<bool> Sequencer::Merge(const ServedBox& box, absl::Time deadline) {
  ASSIGN_OR_RETURN(const std::uint64_t count, db::Autocommit(pool_, deadline, [&](db::Session& session) {
                     return LogStore::CountWaiting(session, box.election);
                   }));
  if (count < kFewestInABatch) return false;
  return db::Transact(pool_, deadline, [&](db::Transaction& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const LogHead head, LoadHead(tx, box));
    // A closed log is whole.
    if (!head.close_record.empty()) return false;
    ASSIGN_OR_RETURN(const auto hashes, LogStore::Waiting(tx, box.election));
    ASSIGN_OR_RETURN(const bool appended, LogStore::Append(tx, box.election, head, hashes, ""));
    if (!appended) return errors::LogFenced();
    return true;
  });
}

absl::StatusOr<Sequencer::ClosedLog> Sequencer::Close(const ServedBox& box,
                                                      const std::vector<std::string>& issuance_list_sha256,
                                                      absl::Time deadline) {
  const std::lock_guard working(working_);
  Log* log = nullptr;
  {
    const std::lock_guard lock(logs_mutex_);
    log = logs_.at(box.election).get();
  }
  if (fenced_) return errors::LogFenced();
  RETURN_IF_ERROR(Publish(*log, deadline));
  if (const absl::Status closed = AppendClose(box, issuance_list_sha256, deadline); !closed.ok()) {
    return ReasonOf(closed) == kFenced ? Fence(box) : closed;
  }
  RETURN_IF_ERROR(Publish(*log, deadline));
  Forget();
  const auto published = log->publisher.published();
  return ClosedLog{published->size - 2, published->notes.back()};
}

absl::Status Sequencer::AppendClose(const ServedBox& box,
                                    const std::vector<std::string>& issuance_list_sha256,
                                    absl::Time deadline) {
  return db::Transact(pool_, deadline, [&](db::Transaction& tx) -> absl::Status {
    // Before anything is read: ballots that are being stored are among what waits, and none comes after it.
    ASSIGN_OR_RETURN(const bool locked, BoxStore::LockForClosing(tx, box.election));
    if (!locked) return errors::BoxNotFound();
    ASSIGN_OR_RETURN(const LogHead head, LoadHead(tx, box));
    CloseRecord record{.manifest_hash = box.manifest.hash(), .issuance_list_sha256 = issuance_list_sha256};
    if (!head.close_record.empty()) {
      record.ballots = static_cast<std::uint32_t>(BallotsIn(head));
      return EncodeCloseRecord(record) == head.close_record ? absl::OkStatus() : errors::CloseRecordFixed();
    }
    ASSIGN_OR_RETURN(const auto hashes, LogStore::Waiting(tx, box.election));
    record.ballots = static_cast<std::uint32_t>(BallotsIn(head) + hashes.size());
    RETURN_IF_ERROR(BoxStore::Close(tx, box.election).status());
    ASSIGN_OR_RETURN(const bool appended,
                     LogStore::Append(tx, box.election, head, hashes, EncodeCloseRecord(record)));
    return appended ? absl::OkStatus() : errors::LogFenced();
  });
}

// Holds up no log: what fails is tried again.
void Sequencer::Forget() {
  if (!keeps_order_ || !options_.forget_order) return;
  const absl::Status status = options_.forget_order();
  keeps_order_ = !status.ok();
  if (status.ok()) return;
  // Not the server's own words, which may quote a row.
  log::Error("the database's files still tell in which order ballots came; rewriting them is tried again",
             {{"code", absl::StatusCodeToString(status.code())},
              {"reason", ReasonOf(status)},
              {"vendor_error", ErrorMetadataOf(status, "vendor_error")}});
}

std::shared_ptr<const PublishedLog> Sequencer::Published(const std::string& election) const {
  const std::lock_guard lock(logs_mutex_);
  const auto found = logs_.find(election);
  return found == logs_.end() ? nullptr : found->second->publisher.published();
}

}  // namespace plenary::election
