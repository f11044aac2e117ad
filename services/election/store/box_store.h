// The ballot box's own database: boxes and ballots. Holds no state; thread-safe.
#pragma once

#include <functional>
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

// What became of a ballot that was to be stored.
enum class Stored {
  kStored,
  kKeyTaken,  // there is a ballot under its key: the same or another
  kBoxNotOpen
};

struct NewBallot {
  std::string id;             // SHA-256(manifest hash || ballot key)
  std::string ballot_hash;    // SHA-256(ballot)
  std::string manifest_hash;  // names the box
  std::string ballot;
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

  // OPEN -> CLOSED; false when the box was not OPEN. Waits for every ballot that is being stored.
  static absl::StatusOr<bool> Close(db::Session& session, const std::string& election);

  // Writes the table anew, by its key: until then the server's own file holds the rows of a page in the order
  // in which they came, each with the number of its transaction.
  static absl::Status ForgetOrder(db::Session& session);

  // One statement, one round trip, a transaction of its own: holds a shared lock on the box from the check
  // that it is open until the ballot is committed.
  static absl::StatusOr<Stored> StoreBallot(db::Session& session, const NewBallot& ballot);

  // The ballot under a key.
  static absl::StatusOr<std::optional<std::string>> FindBallot(db::Session& session, const std::string& id);

  static absl::StatusOr<std::int64_t> CountBallots(db::Session& session, const std::string& election);

  // Ballots with a hash above `after`, ascending by it, at most `limit`.
  static absl::StatusOr<std::vector<std::string>> ListBallots(db::Session& session,
                                                              const std::string& election,
                                                              std::string_view after, int limit);
};

}  // namespace plenary::election
