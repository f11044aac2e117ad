#include "services/membership/registrar_start.h"

#include <set>
#include <utility>

#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/names.h"
#include "services/membership/registrar_keys.h"
#include "services/membership/store/issuances.h"

namespace plenary::membership {
namespace {

// What the database already depends on.
struct Held {
  bool issuances = false;
  bool sealed_keys = false;
};

absl::StatusOr<Held> WhatIsHeld(db::Session& session) {
  Held held;
  ASSIGN_OR_RETURN(held.issuances, store::HasIssuances(session));
  ASSIGN_OR_RETURN(const auto sealed, store::ListSealedKeys(session));
  held.sealed_keys = !sealed.empty();
  return held;
}

}  // namespace

absl::Status CheckJournal(db::Pool& pool, const RegistrarJournal& journal, absl::Time deadline) {
  std::set<JournalLine> missing = journal.Lines();
  RETURN_IF_ERROR(db::Autocommit(pool, deadline, [&](db::Session& session) {
    return store::EachIssuance(
        session, [&](const std::string& election, const std::string& unit, const std::string& sha256) {
          missing.erase({election, unit, sha256});
        });
  }));
  if (missing.empty()) return absl::OkStatus();
  const JournalLine& line = *missing.begin();
  return errors::JournalAhead(journal.path(), line.unit, ResourceName(kElections, line.election));
}

absl::StatusOr<RegistrarState> StartRegistrar(const RegistrarFiles& files, db::Pool& pool,
                                              crypto::RandomSource& random, absl::Time deadline) {
  if (files.journal.empty()) return errors::JournalMissing();
  if (files.key_encryption.empty()) return errors::KeyEncryptionMissing();
  ASSIGN_OR_RETURN(const Held held, db::Autocommit(pool, deadline, WhatIsHeld));
  RegistrarState state;
  ASSIGN_OR_RETURN(state.journal, RegistrarJournal::Open(
                                      files.journal, held.issuances ? RegistrarJournal::WhenMissing::kRefuse
                                                                    : RegistrarJournal::WhenMissing::kMake));
  RETURN_IF_ERROR(CheckJournal(pool, *state.journal, deadline));
  ASSIGN_OR_RETURN(state.encryption,
                   KeyEncryption::Open(files.key_encryption,
                                       held.sealed_keys ? KeyEncryption::WhenMissing::kRefuse
                                                        : KeyEncryption::WhenMissing::kMake,
                                       random));
  RETURN_IF_ERROR(db::Autocommit(
      pool, deadline, [&](db::Session& session) { return CheckOpensAll(session, *state.encryption); }));
  if (files.may_hold_plain_keys) {
    ASSIGN_OR_RETURN(const int sealed, db::Transact(pool, deadline, [&](db::Transaction& transaction) {
                       return SealPlainKeys(transaction, *state.encryption, random);
                     }));
    if (sealed > 0) log::Info("sealed the registrar's keys", {{"elections", std::to_string(sealed)}});
  }
  return state;
}

}  // namespace plenary::membership
