// Two records made one, and taken apart again. Every statement that moves a fact leaves a line in
// merge_moves, and a merge is undone by going through these lines from the last to the first.
//
// Whoever merges holds the companies concerned, then the people, each in ascending order of their ids.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "plenary/membership/v1/duplicate_service.pb.h"

namespace plenary::membership::store {

// What went over, and what stayed since the survivor holds the same already; by the kind of fact.
struct MovedFacts {
  std::map<std::string, int> moved;
  std::map<std::string, int> kept_apart;
};

// Who is merged into whom, and how the acts are signed.
struct MergePair {
  std::string id;  // of the merge
  std::string survivor;
  std::string duplicate;
  absl::CivilDay on;
};

// Moves what the duplicate holds to the survivor, ends its links, and takes it off the register. Under the
// locks of both.
absl::StatusOr<MovedFacts> MergePeople(db::Transaction& transaction, IdSource& ids, const MergePair& pair);
absl::StatusOr<MovedFacts> MergeCompanies(db::Transaction& transaction, IdSource& ids, const MergePair& pair);

// Moves everything back. MERGE_BUILT_UPON when a fact is no longer where the merge put it, or when the
// duplicate's address or name is taken.
absl::Status UndoMerge(db::Transaction& transaction, const MergePair& pair);

// The company that a merged person was of, held for the rest of the transaction; nullopt when nobody of that
// id is merged into another.
absl::StatusOr<std::optional<std::string>> LockMergedPerson(db::Transaction& transaction,
                                                            std::string_view id);

struct StoredMerge {
  std::uint64_t sequence = 0;
  std::string id;
  std::string survivor;
  std::string duplicate;
  v1::MergeRecord record;
  std::optional<absl::Time> undone_at;
};
absl::Status InsertMerge(db::Transaction& transaction, const MergePair& pair, const v1::MergeRecord& record);
// Held for the rest of the transaction.
absl::StatusOr<std::optional<StoredMerge>> LockMerge(db::Transaction& transaction, std::string_view id);
absl::Status MarkUndone(db::Transaction& transaction, std::string_view id, absl::Time now);
// Newest first, beyond `before` (0: from the newest), at most `limit`.
absl::StatusOr<std::vector<StoredMerge>> ListMerges(db::Session& session, std::uint64_t before,
                                                    std::int64_t limit);

// Whether the person or company stands on the roll of an election whose voting is not over, as a line or as a
// representative.
absl::StatusOr<bool> IsOnRunningRoll(db::Session& session, std::string_view id, absl::Time now);

// Seats of teams that the two hold now.
absl::StatusOr<int> CountSeats(db::Session& session, const MergePair& pair);

}  // namespace plenary::membership::store
