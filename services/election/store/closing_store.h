// The close of an election: the final checkpoint of its log, and the registrars' lists that its close record
// names. Holds no state; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::election {

struct Closing {
  std::string checkpoint;                   // the signed note
  std::vector<std::string> issuance_lists;  // "PLI1 …", in manifest order
  friend bool operator==(const Closing&, const Closing&) = default;
};

class ClosingStore {
 public:
  // False when the election is closed already: the first close stands.
  static absl::StatusOr<bool> Insert(db::Transaction& tx, const std::string& election, const Closing& closing,
                                     absl::Time now);
  // The checkpoint alone; nullopt before the close.
  static absl::StatusOr<std::optional<std::string>> LoadCheckpoint(db::Session& session,
                                                                   const std::string& election);
  // One list, by the registrar's number in the manifest from 0; nullopt before the close, and when there are
  // not so many.
  static absl::StatusOr<std::optional<std::string>> LoadList(db::Session& session,
                                                             const std::string& election, int registrar);
  // All of it; nullopt before the close.
  static absl::StatusOr<std::optional<Closing>> Load(db::Session& session, const std::string& election);
};

}  // namespace plenary::election
