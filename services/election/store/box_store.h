// The ballot box's own database: boxes and ballots. Holds no state; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace plenary::election {

struct StoredBox {
  enum class State { kPrepared, kOpen, kClosed };
  std::string election;  // the id
  State state = State::kPrepared;
  std::string key_seed;
  std::string manifest_hash;  // empty while prepared
  std::string manifest;       // empty while prepared
};

struct NewBallot {
  std::string id;           // SHA-256(manifest hash || ballot key)
  std::string ballot_hash;  // SHA-256(ballot)
  std::string_view ballot;  // borrowed
};

// What a transaction that stores ballots finds of their box; locked against closing until it ends.
struct LockedBox {
  bool open = false;
  std::uint64_t epoch = 0;  // of the log
};

class BoxStore {
 public:
  // False when the election has a box already.
  static absl::StatusOr<bool> Insert(db::Session& session, const std::string& election,
                                     const std::string& key_seed);
  static absl::StatusOr<std::optional<StoredBox>> Load(db::Session& session, const std::string& election);
  // Every box that has a manifest.
  static absl::StatusOr<std::vector<StoredBox>> LoadWithManifest(db::Session& session);

  // PREPARED -> OPEN with the manifest; false when the box was not PREPARED.
  static absl::StatusOr<bool> Open(db::Session& session, const std::string& election, const std::string& hash,
                                   const std::string& manifest);

  // OPEN -> CLOSED; false when the box was not OPEN. LockForClosing comes before it.
  static absl::StatusOr<bool> Close(db::Transaction& tx, const std::string& election);

  // Writes the table anew, by its key: until then the server's own file holds the rows of a page in the order
  // in which they came, each with the number of its transaction. And fills the server's redo log, which holds
  // every ballot in the order of arrival, with something else. Half a second for a redo log of 48 MiB.
  // Waits briefly for whoever uses the table; that bound stays with the connection.
  static absl::Status ForgetOrder(db::Session& session);

  // Shared with other ballots; whoever closes waits. nullopt when no box with a log has that manifest.
  static absl::StatusOr<std::optional<LockedBox>> LockForBallots(db::Transaction& tx,
                                                                 const std::string& manifest_hash);
  // For closing and counting: waits for every ballot that is being stored, by whichever process, and lets no
  // other transaction store one until this one ends.
  // False when the election has no box.
  static absl::StatusOr<bool> LockForClosing(db::Transaction& tx, const std::string& election);

  // Stores ballots with distinct ids, in one statement and in that order; where there is one under an id,
  // that one stays. Returns how many came in.
  static absl::StatusOr<std::int64_t> StoreBallots(db::Transaction& tx, const std::string& election,
                                                   const std::vector<const NewBallot*>& ballots);

  // id -> ballot hash of those ids that have a ballot. At most kMostCombined.
  static absl::StatusOr<std::map<std::string, std::string>> FindHashes(db::Session& session,
                                                                       const std::vector<std::string>& ids);

  static absl::StatusOr<std::uint64_t> CountBallots(db::Session& session, const std::string& election);
};

}  // namespace plenary::election
