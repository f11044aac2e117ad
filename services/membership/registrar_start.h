// What a registrar keeps outside its database, opened and held against it before it serves: the same for
// both.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "services/membership/key_encryption.h"
#include "services/membership/registrar_journal.h"

namespace plenary::membership {

// OK when every line of the journal is in the database; else JOURNAL_AHEAD: the database was set back to
// before a credential was issued, and would issue a second one to the same company or person.
absl::Status CheckJournal(db::Pool& pool, const RegistrarJournal& journal, absl::Time deadline);

// Puts the lines of the journal that the database does not know of on record, with an act for each election;
// the operator has said that no newer database is to be had. A line is all that a list, and the same message
// again, need: what is lost is the blob that the voter left for a lost device. All or nothing: JOURNAL_AHEAD
// when an election has no manifest here, has its list, or has another credential of the same unit on record.
absl::Status TakeOverJournal(db::Pool& pool, const RegistrarJournal& journal, absl::Time now,
                             absl::Time deadline);

struct RegistrarFiles {
  std::string journal;
  std::string key_encryption;
  // Membership's database may hold keys from before they were sealed.
  bool may_hold_plain_keys = false;
  // The operator asks for TakeOverJournal().
  bool take_over_journal = false;
};

struct RegistrarState {
  std::unique_ptr<RegistrarJournal> journal;
  std::unique_ptr<KeyEncryption> encryption;
};
// Both files are made where the database has nothing that they would have to tell or open. JOURNAL_MISSING or
// KEY_ENCRYPTION_MISSING when one is not named; JOURNAL_LOST, JOURNAL_UNUSABLE, JOURNAL_AHEAD,
// KEY_ENCRYPTION_UNUSABLE. `now` is the suite's, `deadline` real time.
absl::StatusOr<RegistrarState> StartRegistrar(const RegistrarFiles& files, db::Pool& pool,
                                              crypto::RandomSource& random, absl::Time now,
                                              absl::Time deadline);

}  // namespace plenary::membership
