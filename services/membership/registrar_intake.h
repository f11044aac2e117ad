// How credentials come on record: one thread stores all that wait in one transaction and writes their lines
// of the journal at once, while the next ones gather. Many share one wait for each disk, and neither tells in
// which order those of one transaction were collected. Then they are signed, as many at a time as there are
// cores.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/rpc/call.h"
#include "common/worker/batcher.h"
#include "common/worker/thread_pool.h"
#include "services/membership/registrar_journal.h"
#include "services/membership/registrar_rolls.h"
#include "services/membership/store/issuances.h"

namespace plenary::membership {

// What holds for every credential of an election from the moment its manifest was accepted.
struct IssuingFacts {
  std::string election;  // bare id
  RegistrarRoll roll;
  absl::Time opens;
};

// Who collects, and for which blinded message.
struct Collecting {
  const rpc::Call* call = nullptr;
  std::shared_ptr<const IssuingFacts> facts;
  store::Issuance issuance;
  // Once it is on record; by another thread. Owns what it uses.
  std::function<absl::Status()> sign;
};

// Thread-safe; borrows all it is given.
class IssuanceIntake {
 public:
  IssuanceIntake(db::Pool& pool, const RegistrarRolls& rolls, RegistrarJournal& journal);

  // nullptr when there is no manifest. Read once an election.
  absl::StatusOr<std::shared_ptr<const IssuingFacts>> FindFacts(db::Session& session,
                                                                const std::string& election);

  // What `sign` says, which is asked when the unit that the caller collects for has a credential for this
  // blinded message, and no other, in database and journal, durably: then and only then. The same message
  // again is signed again, whatever the day. Otherwise
  //   NOT_REPRESENTATIVE, NOT_ON_ROLL, ...   as RegistrarRolls::HoldLines says
  //   CREDENTIAL_ALREADY_ISSUED              the unit has one for another message
  //   ISSUING_NOT_OPEN, ISSUING_CLOSED, REPRESENTATIVE_NOT_ENTITLED
  //   JOURNAL_BROKEN                         it is in the database, and is signed after a restart
  //   COMMIT_OUTCOME_UNKNOWN                 it may be on record or not: the same message again tells
  //   or the database's error: nothing was stored
  absl::Status Take(Collecting collecting);

  // For tests that want several to come together: calls whose turn has not come; `work` holds them up.
  std::size_t waiting() const { return batcher_.waiting(); }
  absl::Status WhileIdle(std::function<absl::Status()> work) { return batcher_.WhileIdle(std::move(work)); }

 private:
  using Batch = Batcher<Collecting>::Batch;
  using Several = std::vector<const Collecting*>;  // of one election
  using Recorded = absl::StatusOr<JournalLine>;

  void RecordBatch(Batch batch);
  void RecordOfOneElection(const Batch& batch);
  ThreadPool::Task Signing(std::shared_ptr<Batcher<Collecting>::Waiting> waiting);
  std::vector<absl::Status> Record(const Several& all, RegistrarRolls::WhenHeld when, absl::Time deadline);
  absl::StatusOr<std::vector<Recorded>> Store(db::Transaction& transaction, const Several& all,
                                              RegistrarRolls::WhenHeld when);

  db::Pool& pool_;
  const RegistrarRolls& rolls_;
  RegistrarJournal& journal_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const IssuingFacts>> facts_;
  ThreadPool signers_;
  Batcher<Collecting> batcher_;  // last: it uses all of the above
};

}  // namespace plenary::membership
