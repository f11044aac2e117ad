#include "services/election/store/log_store.h"

#include "common/crypto/bytes.h"
#include "common/status/macros.h"

namespace plenary::election {
namespace {

constexpr char kInsertHead[] = "INSERT INTO log_head (election, size, epoch) VALUES (?, 1, 0)";
constexpr char kInsertLeaves[] = "INSERT INTO log_leaves (election, idx, leaf_sha256) VALUES";
constexpr char kInsertBatch[] = "INSERT INTO log_batches (election, size) VALUES (?, ?)";
constexpr char kSelectHead[] = "SELECT size, epoch, close_record FROM log_head WHERE election = ?";
constexpr char kTakeEpoch[] = "UPDATE log_head SET epoch = epoch + 1 WHERE election = ?";

// A box has few waiting ballots for each it has in the log, and both keys are ordered alike.
constexpr char kCountWaiting[] =
    "SELECT COUNT(*) FROM ballots b LEFT JOIN log_leaves l ON l.election = b.election AND l.leaf_sha256 = "
    "b.ballot_hash WHERE b.election = ? AND l.idx IS NULL";
constexpr char kSelectWaiting[] =
    "SELECT b.ballot_hash FROM ballots b LEFT JOIN log_leaves l ON l.election = b.election AND l.leaf_sha256 "
    "= "
    "b.ballot_hash WHERE b.election = ? AND l.idx IS NULL ORDER BY b.ballot_hash";

// The fence: whoever holds an older epoch, or missed a batch, changes no row.
constexpr char kMoveHead[] =
    "UPDATE log_head SET size = ?, close_record = ? WHERE election = ? AND size = ? AND epoch = ?";

constexpr char kSelectBatches[] = "SELECT size FROM log_batches WHERE election = ? ORDER BY size";
constexpr char kSelectLeaves[] =
    "SELECT l.idx, l.leaf_sha256, b.ballot FROM log_leaves l LEFT JOIN ballots b ON b.election = l.election "
    "AND "
    "b.ballot_hash = l.leaf_sha256 WHERE l.election = ? AND l.idx >= ? AND l.idx < ? ORDER BY l.idx";
constexpr char kSelectEnds[] =
    "SELECT b.manifest, h.close_record FROM boxes b JOIN log_head h ON h.election = b.election WHERE "
    "b.election = ?";

// What stands in the log but is no ballot.
struct Ends {
  std::string manifest;
  std::string close_record;
};

absl::StatusOr<Ends> LoadEnds(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectEnds, {election}));
  if (!row.has_value()) return Ends();
  return Ends{row->OptionalText(0).value_or(""), row->OptionalText(1).value_or("")};
}

}  // namespace

absl::Status LogStore::Begin(db::Transaction& tx, const std::string& election,
                             const std::string& manifest_hash) {
  RETURN_IF_ERROR(tx.Execute(kInsertHead, {election}).status());
  RETURN_IF_ERROR(tx.InsertMany(kInsertLeaves, {{election, 0, manifest_hash}}).status());
  return tx.Execute(kInsertBatch, {election, 1}).status();
}

absl::StatusOr<std::optional<LogHead>> LogStore::Load(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectHead, {election}));
  if (!row.has_value()) return std::optional<LogHead>();
  return std::optional<LogHead>(
      {.size = row->Uint64(0), .epoch = row->Uint64(1), .close_record = row->OptionalText(2).value_or("")});
}

absl::StatusOr<std::uint64_t> LogStore::TakeEpoch(db::Transaction& tx, const std::string& election) {
  RETURN_IF_ERROR(tx.Execute(kTakeEpoch, {election}).status());
  ASSIGN_OR_RETURN(const auto head, Load(tx, election));
  if (!head.has_value()) return absl::InternalError("there is no log to take over");
  return head->epoch;
}

absl::StatusOr<std::uint64_t> LogStore::CountWaiting(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountWaiting, {election}));
  return row.has_value() ? row->Uint64(0) : 0;
}

absl::StatusOr<std::vector<std::string>> LogStore::Waiting(db::Session& session,
                                                           const std::string& election) {
  std::vector<std::string> hashes;
  RETURN_IF_ERROR(
      session.Query(kSelectWaiting, {election}, [&](const db::Row& row) { hashes.push_back(row.Bytes(0)); }));
  return hashes;
}

absl::StatusOr<bool> LogStore::Append(db::Transaction& tx, const std::string& election, const LogHead& before,
                                      const std::vector<std::string>& ballot_hashes,
                                      const std::string& close_record) {
  std::vector<db::Params> leaves;
  std::uint64_t size = before.size;
  for (const std::string& hash : ballot_hashes) leaves.push_back({election, size++, hash});
  if (!close_record.empty()) leaves.push_back({election, size++, crypto::Sha256(close_record)});
  const db::Value closing = close_record.empty() ? db::Value(db::Null()) : db::Value(close_record);
  ASSIGN_OR_RETURN(const std::int64_t moved,
                   tx.Execute(kMoveHead, {size, closing, election, before.size, before.epoch}));
  if (moved != 1) return false;
  ASSIGN_OR_RETURN(const db::InsertOutcome appended, tx.InsertMany(kInsertLeaves, leaves));
  if (appended.duplicate()) return absl::InternalError("a leaf stands in the log already");
  RETURN_IF_ERROR(tx.Execute(kInsertBatch, {election, size}).status());
  return true;
}

absl::StatusOr<std::vector<std::uint64_t>> LogStore::Batches(db::Session& session,
                                                             const std::string& election) {
  std::vector<std::uint64_t> sizes;
  RETURN_IF_ERROR(
      session.Query(kSelectBatches, {election}, [&](const db::Row& row) { sizes.push_back(row.Uint64(0)); }));
  return sizes;
}

absl::StatusOr<std::vector<std::string>> LogStore::Leaves(db::Session& session, const std::string& election,
                                                          std::uint64_t first, std::uint64_t end) {
  ASSIGN_OR_RETURN(const Ends ends, LoadEnds(session, election));
  std::vector<std::string> leaves;
  bool whole = true;
  RETURN_IF_ERROR(session.Query(kSelectLeaves, {election, first, end}, [&](const db::Row& row) {
    const std::uint64_t index = row.Uint64(0);
    std::string bytes = row.OptionalText(2).value_or(index == 0 ? ends.manifest : ends.close_record);
    whole = whole && index == first + leaves.size() && crypto::Sha256(bytes) == row.Bytes(1);
    if (whole) leaves.push_back(std::move(bytes));
  }));
  return leaves;
}

}  // namespace plenary::election
