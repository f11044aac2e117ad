#include "services/election/store/box_store.h"

#include "absl/strings/match.h"
#include "common/status/macros.h"

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

// The lock is asked for by name: at READ COMMITTED, an INSERT … SELECT would otherwise read without one, and
// a ballot could slip in behind the close.
constexpr char kStoreBallot[] =
    "INSERT INTO ballots (id, election, ballot_hash, ballot) SELECT ?, election, ?, ? FROM boxes "
    "WHERE manifest_hash = ? AND state = 'OPEN' LOCK IN SHARE MODE";
constexpr char kForgetOrder[] = "OPTIMIZE TABLE ballots";
constexpr char kFindBallot[] = "SELECT ballot FROM ballots WHERE id = ?";
constexpr char kCountBallots[] = "SELECT COUNT(*) FROM ballots WHERE election = ?";
constexpr char kListBallots[] =
    "SELECT ballot FROM ballots WHERE election = ? AND ballot_hash > ? ORDER BY ballot_hash LIMIT ?";

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

absl::StatusOr<bool> BoxStore::Close(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const std::int64_t changed, session.Execute(kCloseBox, {election}));
  return changed == 1;
}

absl::Status BoxStore::ForgetOrder(db::Session& session) {
  // The server tells of a failure in a row (table, operation, kind, text).
  std::string failure;
  RETURN_IF_ERROR(session.Query(kForgetOrder, {}, [&](const db::Row& row) {
    if (absl::EqualsIgnoreCase(row.Text(2), "error")) failure = row.Text(3);
  }));
  if (failure.empty()) return absl::OkStatus();
  return absl::InternalError("the ballots could not be written anew: " + failure);
}

absl::StatusOr<Stored> BoxStore::StoreBallot(db::Session& session, const NewBallot& ballot) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      session.Insert(kStoreBallot, {ballot.id, ballot.ballot_hash, ballot.ballot, ballot.manifest_hash}));
  if (outcome.duplicate()) return Stored::kKeyTaken;
  return outcome.rows == 0 ? Stored::kBoxNotOpen : Stored::kStored;
}

absl::StatusOr<std::optional<std::string>> BoxStore::FindBallot(db::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindBallot, {id}));
  if (!row.has_value()) return std::optional<std::string>();
  return std::optional<std::string>(row->Bytes(0));
}

absl::StatusOr<std::int64_t> BoxStore::CountBallots(db::Session& session, const std::string& election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountBallots, {election}));
  return row.has_value() ? row->Int64(0) : 0;
}

absl::StatusOr<std::vector<std::string>> BoxStore::ListBallots(db::Session& session,
                                                               const std::string& election,
                                                               std::string_view after, int limit) {
  std::vector<std::string> ballots;
  RETURN_IF_ERROR(session.Query(kListBallots, {election, after, limit},
                                [&](const db::Row& row) { ballots.push_back(row.Bytes(0)); }));
  return ballots;
}

}  // namespace plenary::election
