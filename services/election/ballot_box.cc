#include "services/election/ballot_box.h"

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/election/errors_box.h"
#include "services/election/store/log_store.h"

namespace plenary::election {
namespace {

absl::StatusOr<std::uint64_t> CountBallots(db::Pool& pool, absl::Time deadline, const std::string& election) {
  return db::Autocommit(pool, deadline,
                        [&](db::Session& session) { return BoxStore::CountBallots(session, election); });
}

db::Settings Patient(db::Settings settings) {
  settings.statement_timeout = kForgetPatience;
  return settings;
}

}  // namespace

BallotBox::BallotBox(db::Pool& pool, std::unique_ptr<LogFolder> folder, const Options& options)
    : pool_(pool),
      patient_pool_(Patient(pool.settings()), {.max_connections = 1}),
      folder_(std::move(folder)),
      signatures_(Cores()),
      intake_(pool_, folder_->marks()),
      sequencer_(pool_, *folder_, {.batch_interval = options.batch_interval, .forget_order = [this] {
                                     return intake_.WhileIdle([this] {
                                       return db::Autocommit(patient_pool_, absl::Now() + kForgetPatience,
                                                             BoxStore::ForgetOrder);
                                     });
                                   }}) {}

absl::StatusOr<std::unique_ptr<BallotBox>> BallotBox::Open(db::Pool& pool, const Options& options) {
  ASSIGN_OR_RETURN(auto folder, LogFolder::Open(options.log_dir));
  std::unique_ptr<BallotBox> box(new BallotBox(pool, std::move(folder), options));
  const absl::Time deadline = absl::Now() + kLogPatience;
  RETURN_IF_ERROR(box->CheckMarks(deadline));
  RETURN_IF_ERROR(box->ServeAll(deadline));
  return box;
}

// Every election that the folder knows of, also one that the database has lost.
absl::Status BallotBox::CheckMarks(absl::Time deadline) {
  for (const auto& [election, acknowledged] : folder_->marks().All()) {
    ASSIGN_OR_RETURN(const std::uint64_t stored, CountBallots(pool_, deadline, election));
    if (stored < acknowledged)
      return errors::BoxBehind(election, stored, acknowledged, folder_->marks().folder());
    // A process that ended between the commit and the mark: the receipts may still be asked for.
    RETURN_IF_ERROR(folder_->marks().Raise(election, stored));
  }
  ASSIGN_OR_RETURN(const auto published, folder_->Elections());
  for (const std::string& election : published) {
    ASSIGN_OR_RETURN(const auto head, db::Autocommit(pool_, deadline, [&](db::Session& session) {
                       return LogStore::Load(session, election);
                     }));
    if (!head.has_value()) {
      return errors::LogBehind(election, "the database has none", folder_->PublishedFolder(election));
    }
  }
  return absl::OkStatus();
}

absl::Status BallotBox::ServeAll(absl::Time deadline) {
  ASSIGN_OR_RETURN(const auto boxes, db::Autocommit(pool_, deadline, [](db::Session& session) {
                     return BoxStore::LoadWithManifest(session);
                   }));
  for (const StoredBox& box : boxes) {
    ASSIGN_OR_RETURN(const auto head, db::Autocommit(pool_, deadline, [&](db::Session& session) {
                       return LogStore::Load(session, box.election);
                     }));
    if (!head.has_value()) {
      log::Warning("a box of the time before the log is not served", {{"election", box.election}});
      continue;
    }
    RETURN_IF_ERROR(Serve(box, deadline));
  }
  return absl::OkStatus();
}

absl::Status BallotBox::PrepareMark(const StoredBox& box) {
  const std::uint64_t acknowledged = folder_->marks().Count(box.election).value_or(0);
  if (acknowledged > 0) return errors::BoxBehind(box.election, 0, acknowledged, folder_->marks().folder());
  ASSIGN_OR_RETURN(const auto notes, folder_->Checkpoints(box.election));
  if (!notes.empty()) {
    return errors::LogBehind(box.election, "the database has none", folder_->PublishedFolder(box.election));
  }
  return folder_->marks().Create(box.election);
}

absl::Status BallotBox::Serve(const StoredBox& box, absl::Time deadline) {
  if (!folder_->marks().Count(box.election).has_value()) {
    return errors::MarkMissing(box.election, folder_->marks().folder());
  }
  ASSIGN_OR_RETURN(auto served, sequencer_.TakeOver(box, deadline));
  boxes_.Add(std::move(served));
  return absl::OkStatus();
}

}  // namespace plenary::election
