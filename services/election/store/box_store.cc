#include "services/election/store/box_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "common/db/insert_new.h"
#include "common/status/macros.h"
#include "services/election/box_limits.h"

namespace plenary::election {
namespace {

constexpr char kInsertBox[] = "INSERT INTO boxes (election, state, key_seed) VALUES (?, 'PREPARED', ?)";
constexpr char kSelectBox[] =
    "SELECT election, state, key_seed, manifest_hash, manifest FROM boxes WHERE election = ?";
constexpr char kSelectBoxesWithManifest[] =
    "SELECT election, state, key_seed, manifest_hash, manifest FROM boxes WHERE manifest IS NOT NULL";
constexpr char kOpenBox[] =
    "UPDATE boxes SET state = 'OPEN', manifest_hash = ?, manifest = ? WHERE election = ? AND state = "
    "'PREPARED'";
constexpr char kCloseBox[] = "UPDATE boxes SET state = 'CLOSED' WHERE election = ? AND state = 'OPEN'";

// Locks are asked for by name: at READ COMMITTED, and for a mere SELECT at any level, none would be taken,
// and a ballot could slip in behind the close.
constexpr char kLockForBallots[] =
    "SELECT b.state = 'OPEN', h.epoch FROM boxes b JOIN log_head h ON h.election = b.election "
    "WHERE b.manifest_hash = ? LOCK IN SHARE MODE";
constexpr char kLockForClosing[] = "SELECT 1 FROM boxes WHERE election = ? FOR UPDATE";
constexpr char kStoreBallots[] = "INSERT INTO ballots (id, election, ballot_hash, ballot) VALUES";
constexpr char kFindHashes[] = "SELECT id, ballot_hash FROM ballots WHERE id IN (?";
constexpr char kForgetOrder[] = "OPTIMIZE TABLE ballots";
constexpr char kWaitForTheTable[] = "SET SESSION lock_wait_timeout = ";
// MariaDB's name and MySQL's, which knows both; the larger one holds.
constexpr char kRedoSizes[] =
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_log_file_size', 'innodb_redo_log_capacity')";
constexpr char kFill[] = "REPLACE INTO filler (id, bytes) VALUES (1, REPEAT(RANDOM_BYTES(1024), 1024))";
constexpr char kCountBallots[] = "SELECT COUNT(*) FROM ballots WHERE election = ?";

StoredBox Read(const db::Row& row) {
  StoredBox box;
  box.election = row.Text(0);
  if (row.Text(1) == "OPEN") box.state = StoredBox::State::kOpen;
  if (row.Text(1) == "CLOSED") box.state = StoredBox::State::kClosed;
  box.key_seed = row.Bytes(2);
  box.manifest_hash = row.OptionalText(3).value_or("");
  box.manifest = row.OptionalText(4).value_or("");
  return box;
}

// It goes round in a circle.
absl::Status OverwriteRedoLog(db::Session& session) {
  std::uint64_t size = 0;
  RETURN_IF_ERROR(
      session.Query(kRedoSizes, {}, [&](const db::Row& row) { size = std::max(size, row.Uint64(1)); }));
  if (size == 0) return absl::InternalError("the server does not tell how long its redo log is");
  for (std::uint64_t written = 0; written < size + size / kRedoReserve; written += kFillerBytes) {
    RETURN_IF_ERROR(session.Execute(kFill, {}).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> BoxStore::Insert(db::Session& session, const std::string& election,
                                      const std::string& key_seed) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome, session.Insert(kInsertBox, {election, key_seed}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<StoredBox>> BoxStore::Load(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectBox, {election}));
  if (!row.has_value()) return std::optional<StoredBox>();
  return std::optional<StoredBox>(Read(*row));
}

absl::StatusOr<std::vector<StoredBox>> BoxStore::LoadWithManifest(db::Session& session) {
  std::vector<StoredBox> boxes;
  RETURN_IF_ERROR(
      session.Query(kSelectBoxesWithManifest, {}, [&](const db::Row& row) { boxes.push_back(Read(row)); }));
  return boxes;
}

absl::StatusOr<bool> BoxStore::Open(db::Session& session, const std::string& election,
                                    const std::string& hash, const std::string& manifest) {
  ASSIGN_OR_RETURN(const std::int64_t changed, session.Execute(kOpenBox, {hash, manifest, election}));
  return changed == 1;
}

absl::StatusOr<bool> BoxStore::Close(db::Transaction& tx, const std::string& election) {
  ASSIGN_OR_RETURN(const std::int64_t changed, tx.Execute(kCloseBox, {election}));
  return changed == 1;
}

absl::Status BoxStore::ForgetOrder(db::Session& session) {
  const std::string wait = std::to_string(absl::ToInt64Seconds(kForgetLockWait));
  RETURN_IF_ERROR(session.Execute(kWaitForTheTable + wait, {}).status());
  // The server tells of a failure in a row (table, operation, kind, text).
  std::string failure;
  RETURN_IF_ERROR(session.Query(kForgetOrder, {}, [&](const db::Row& row) {
    if (absl::EqualsIgnoreCase(row.Text(2), "error")) failure = row.Text(3);
  }));
  if (!failure.empty()) return absl::InternalError("the ballots could not be written anew: " + failure);
  return OverwriteRedoLog(session);
}

absl::StatusOr<std::optional<LockedBox>> BoxStore::LockForBallots(db::Transaction& tx,
                                                                  const std::string& manifest_hash) {
  ASSIGN_OR_RETURN(const auto row, tx.QueryOne(kLockForBallots, {manifest_hash}));
  if (!row.has_value()) return std::optional<LockedBox>();
  return std::optional<LockedBox>({.open = row->Bool(0), .epoch = row->Uint64(1)});
}

absl::StatusOr<bool> BoxStore::LockForClosing(db::Transaction& tx, const std::string& election) {
  ASSIGN_OR_RETURN(const auto row, tx.QueryOne(kLockForClosing, {election}));
  return row.has_value();
}

absl::StatusOr<std::int64_t> BoxStore::StoreBallots(db::Transaction& tx, const std::string& election,
                                                    const std::vector<const NewBallot*>& ballots) {
  std::vector<db::Params> rows;
  rows.reserve(ballots.size());
  for (const NewBallot* ballot : ballots) {
    rows.push_back({ballot->id, election, ballot->ballot_hash, ballot->ballot});
  }
  return db::InsertNew(tx, kStoreBallots, "id", std::move(rows));
}

absl::StatusOr<std::map<std::string, std::string>> BoxStore::FindHashes(db::Session& session,
                                                                        const std::vector<std::string>& ids) {
  std::map<std::string, std::string> hashes;
  if (ids.empty()) return hashes;
  // One text for every number of ids, so that one prepared statement serves them all.
  std::string sql = kFindHashes;
  db::Params params(ids.begin(), ids.end());
  while (params.size() < kMostCombined) params.push_back(ids.back());
  for (std::size_t i = 1; i < params.size(); ++i) sql += ", ?";
  RETURN_IF_ERROR(session.Query(sql + ")", params,
                                [&](const db::Row& row) { hashes.emplace(row.Bytes(0), row.Bytes(1)); }));
  return hashes;
}

absl::StatusOr<std::uint64_t> BoxStore::CountBallots(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountBallots, {election}));
  return row.has_value() ? row->Uint64(0) : 0;
}

}  // namespace plenary::election
