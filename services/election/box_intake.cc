#include "services/election/box_intake.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/election/box_limits.h"
#include "services/election/errors.h"
#include "services/election/errors_box.h"

namespace plenary::election {
namespace {

// The database's word for a commit whose answer was lost.
constexpr char kOutcomeUnknown[] = "COMMIT_OUTCOME_UNKNOWN";

}  // namespace

// What the box holds under the ids that were asked for, all of it committed.
struct Intake::Stored {
  std::map<std::string, std::string> hashes;  // id -> ballot hash
  std::uint64_t count = 0;                    // ballots in the box, at least
  absl::Status when_absent;
};

Intake::Intake(db::Pool& pool, BoxMarks& marks, absl::Duration gather_patience)
    : pool_(pool),
      marks_(marks),
      batcher_({.most = kMostCombined, .gather_patience = gather_patience, .half_will_do = true},
               [this](const Batch& batch) { StoreBatch(batch); }) {}

void Intake::Take(CheckedBallot ballot, Batcher<CheckedBallot>::Then then) {
  OnItsWay on_its_way = std::move(ballot.on_its_way);
  batcher_.Hand(std::move(ballot), std::move(on_its_way), std::move(then));
}

void Intake::StoreBatch(Batch batch) {
  // By box, then id: the order of arrival ends here.
  std::sort(batch.begin(), batch.end(), [](const auto& a, const auto& b) {
    const NewBallot &x = a->item().ballot, &y = b->item().ballot;
    return std::tie(a->item().box->election, x.id, x.ballot_hash) <
           std::tie(b->item().box->election, y.id, y.ballot_hash);
  });
  for (auto first = batch.begin(); first != batch.end();) {
    const auto end = std::find_if(
        first, batch.end(), [&](const auto& other) { return other->item().box != (*first)->item().box; });
    StoreOfOneBox(Batch(first, end));
    first = end;
  }
}

void Intake::StoreOfOneBox(const Batch& batch) {
  const ServedBox& box = *batch.front()->item().box;
  const absl::Time now = absl::Now();
  std::vector<const NewBallot*> wanted;  // one an id: the first by its hash
  std::vector<std::string> ids;
  for (const auto& waiting : batch) {
    const CheckedBallot& checked = waiting->item();
    // Whoever gave up waiting casts again.
    if (checked.deadline <= now) continue;
    if (ids.empty() || ids.back() != checked.ballot.id) ids.push_back(checked.ballot.id);
    if (!checked.may_store) continue;
    if (wanted.empty() || wanted.back()->id != checked.ballot.id) wanted.push_back(&checked.ballot);
  }
  absl::StatusOr<Stored> stored = Stored();
  if (!ids.empty()) stored = Store(box, wanted, ids);
  if (ReasonOf(stored.status()) == kOutcomeUnknown) {
    counted_.erase(box.election);
    stored = LookUp(box, ids);
  }
  // The mark covers every ballot that a receipt may be given for, before it is given.
  if (stored.ok() && !marks_.Raise(box.election, stored->count).ok()) stored = errors::BallotOutcomeUnknown();
  for (const auto& waiting : batch) {
    const NewBallot& ballot = waiting->item().ballot;
    if (waiting->item().deadline <= now) {
      waiting->Answer(errors::BallotOutcomeUnknown());
    } else if (!stored.ok()) {
      waiting->Answer(stored.status());
    } else if (const auto found = stored->hashes.find(ballot.id); found == stored->hashes.end()) {
      waiting->Answer(stored->when_absent);
    } else {
      waiting->Answer(found->second == ballot.ballot_hash ? absl::OkStatus() : errors::BallotAlreadyCast());
    }
  }
}

absl::StatusOr<Intake::Stored> Intake::Store(const ServedBox& box,
                                             const std::vector<const NewBallot*>& wanted,
                                             const std::vector<std::string>& ids) {
  const bool counted = counted_.contains(box.election);
  const std::uint64_t before = marks_.Count(box.election).value_or(0);
  auto stored =
      db::Transact(pool_, absl::Now() + kStorePatience, [&](db::Transaction& tx) -> absl::StatusOr<Stored> {
        // A commit whose answer was lost may still be under way: it is waited for, and then counted.
        if (!counted) RETURN_IF_ERROR(BoxStore::LockForClosing(tx, box.election).status());
        ASSIGN_OR_RETURN(const auto locked, BoxStore::LockForBallots(tx, box.manifest.hash()));
        if (!locked.has_value() || locked->epoch != box.epoch) return errors::LogFenced();
        Stored result{.count = before, .when_absent = errors::VotingClosed()};
        std::int64_t came_in = 0;
        if (locked->open && !wanted.empty()) {
          ASSIGN_OR_RETURN(came_in, BoxStore::StoreBallots(tx, box.election, wanted));
          result.count += static_cast<std::uint64_t>(came_in);
        }
        if (!counted) {
          ASSIGN_OR_RETURN(result.count, BoxStore::CountBallots(tx, box.election));
        }
        if (came_in == static_cast<std::int64_t>(ids.size())) {
          for (const NewBallot* ballot : wanted) result.hashes.emplace(ballot->id, ballot->ballot_hash);
          return result;
        }
        ASSIGN_OR_RETURN(result.hashes, BoxStore::FindHashes(tx, ids));
        return result;
      });
  if (stored.ok()) counted_.insert(box.election);
  return stored;
}

// After a commit whose answer was lost.
absl::StatusOr<Intake::Stored> Intake::LookUp(const ServedBox& box, const std::vector<std::string>& ids) {
  auto found = db::Autocommit(pool_, absl::Now() + kLookUpPatience,
                              [&](db::Session& session) -> absl::StatusOr<Stored> {
                                Stored stored{.when_absent = errors::BallotOutcomeUnknown()};
                                ASSIGN_OR_RETURN(stored.hashes, BoxStore::FindHashes(session, ids));
                                ASSIGN_OR_RETURN(stored.count, BoxStore::CountBallots(session, box.election));
                                return stored;
                              });
  if (!found.ok()) return errors::BallotOutcomeUnknown();
  return found;
}

}  // namespace plenary::election
