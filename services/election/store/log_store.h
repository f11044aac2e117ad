// The log's tables in the ballot box's database. Holds no state; thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace plenary::election {

struct LogHead {
  std::uint64_t size = 0;
  std::uint64_t epoch = 0;
  std::string close_record;  // empty until the box is closed
};

// Elections are ids.
class LogStore {
 public:
  // The log of a box that opens: the manifest as leaf 0, which is a batch of its own.
  static absl::Status Begin(db::Transaction& tx, const std::string& election,
                            const std::string& manifest_hash);

  static absl::StatusOr<std::optional<LogHead>> Load(db::Session& session, const std::string& election);

  // From now on nobody with an older epoch appends or takes ballots. The log is there.
  static absl::StatusOr<std::uint64_t> TakeEpoch(db::Transaction& tx, const std::string& election);

  // Ballots that are no leaf yet: how many, and their hashes ascending.
  static absl::StatusOr<std::uint64_t> CountWaiting(db::Session& session, const std::string& election);
  static absl::StatusOr<std::vector<std::string>> Waiting(db::Session& session, const std::string& election);

  // Appends a batch to the log as it stands at `before`; with a close record, that is its last leaf. False,
  // and nothing is to be committed, when the log has another size or another epoch by now.
  static absl::StatusOr<bool> Append(db::Transaction& tx, const std::string& election, const LogHead& before,
                                     const std::vector<std::string>& ballot_hashes,
                                     const std::string& close_record);

  // The log's sizes after each batch, ascending.
  static absl::StatusOr<std::vector<std::uint64_t>> Batches(db::Session& session,
                                                            const std::string& election);

  // The bytes of leaves first … end - 1, as they are stored. A leaf that is missing, or whose bytes are not
  // those it was appended with, ends the list before it.
  static absl::StatusOr<std::vector<std::string>> Leaves(db::Session& session, const std::string& election,
                                                         std::uint64_t first, std::uint64_t end);
};

}  // namespace plenary::election
