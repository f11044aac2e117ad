#include "services/membership/registrar_start.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "common/audit/audit.h"
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

constexpr char kTakeOverJournal[] = "take_over_journal";

// Lines of the journal that are not in the database.
absl::StatusOr<std::set<JournalLine>> MissingLines(db::Session& session, const RegistrarJournal& journal) {
  std::set<JournalLine> missing = journal.Lines();
  RETURN_IF_ERROR(store::EachIssuance(
      session, [&](const std::string& election, const std::string& unit, const std::string& sha256) {
        missing.erase({election, unit, sha256});
      }));
  return missing;
}

// Some lines of one election, at least one and no more than one statement takes.
absl::Status TakeOverLines(db::Transaction& transaction, const std::string& path,
                           const std::vector<JournalLine>& lines) {
  const std::string& election = lines.front().election;
  const auto refused = [&](const JournalLine& line, std::string_view because) {
    return errors::JournalNotTakenOver(path, line.unit, ResourceName(kElections, election), because);
  };
  ASSIGN_OR_RETURN(const auto issuing, store::HoldIssuing(transaction, election));
  if (!issuing.has_value()) return refused(lines.front(), "has no manifest of that election");
  if (issuing->listed) return refused(lines.front(), "has signed the list of that election without it");
  std::vector<store::Issuance> issuances(lines.size());
  std::vector<store::UnitIssuance> wanted(lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto unit = ResourceId(issuing->of_people ? kPeople : kCompanies, lines[i].unit);
    if (!unit.has_value()) return refused(lines[i], "has an election that is not of such units");
    issuances[i].blinded_msg_sha256 = lines[i].sha256;
    wanted[i] = {*unit, &issuances[i]};
  }
  ASSIGN_OR_RETURN(const std::int64_t came_in, store::InsertIssuances(transaction, election, wanted));
  if (came_in == static_cast<std::int64_t>(lines.size())) return absl::OkStatus();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ASSIGN_OR_RETURN(const auto stored, store::FindIssuance(transaction, election, wanted[i].unit));
    if (!stored.has_value() || stored->blinded_msg_sha256 != lines[i].sha256)
      return refused(lines[i], "has another one of theirs on record");
  }
  return absl::InternalError("lines of the journal did not come in");
}

// How many lines were taken over, by election.
absl::StatusOr<std::map<std::string, std::size_t>> TakeOver(db::Transaction& transaction,
                                                            const RegistrarJournal& journal, absl::Time now) {
  std::map<std::string, std::size_t> taken_over;
  ASSIGN_OR_RETURN(const std::set<JournalLine> missing, MissingLines(transaction, journal));
  for (auto first = missing.begin(); first != missing.end();) {
    const std::string& election = first->election;
    std::size_t& taken = taken_over[election];
    while (first != missing.end() && first->election == election) {
      std::vector<JournalLine> lines;
      for (; first != missing.end() && first->election == election && lines.size() < db::kRowsPerInsert;
           ++first) {
        lines.push_back(*first);
      }
      RETURN_IF_ERROR(TakeOverLines(transaction, journal.path(), lines));
      taken += lines.size();
    }
    RETURN_IF_ERROR(audit::Append(
        transaction, {now, kTakeOverJournal, kTakeOverJournal, ResourceName(kElections, election),
                      fmt::format("{} credentials of the journal", taken)}));
  }
  return taken_over;
}

}  // namespace

absl::Status CheckJournal(db::Pool& pool, const RegistrarJournal& journal, absl::Time deadline) {
  ASSIGN_OR_RETURN(
      const std::set<JournalLine> missing,
      db::Autocommit(pool, deadline, [&](db::Session& session) { return MissingLines(session, journal); }));
  if (missing.empty()) return absl::OkStatus();
  const JournalLine& line = *missing.begin();
  return errors::JournalAhead(journal.path(), line.unit, ResourceName(kElections, line.election));
}

absl::Status TakeOverJournal(db::Pool& pool, const RegistrarJournal& journal, absl::Time now,
                             absl::Time deadline) {
  ASSIGN_OR_RETURN(const auto taken_over, db::Transact(pool, deadline, [&](db::Transaction& transaction) {
                     return TakeOver(transaction, journal, now);
                   }));
  for (const auto& [election, taken] : taken_over) {
    log::Warning("took credentials over from the registrar's journal",
                 {{"election", election}, {"credentials", std::to_string(taken)}});
  }
  return absl::OkStatus();
}

absl::StatusOr<RegistrarState> StartRegistrar(const RegistrarFiles& files, db::Pool& pool,
                                              crypto::RandomSource& random, absl::Time now,
                                              absl::Time deadline) {
  if (files.journal.empty()) return errors::JournalMissing();
  if (files.key_encryption.empty()) return errors::KeyEncryptionMissing();
  ASSIGN_OR_RETURN(const Held held, db::Autocommit(pool, deadline, WhatIsHeld));
  RegistrarState state;
  // Whoever says that the journal knows more has one.
  const bool has_journal = held.issuances || files.take_over_journal;
  ASSIGN_OR_RETURN(state.journal,
                   RegistrarJournal::Open(files.journal, has_journal ? RegistrarJournal::WhenMissing::kRefuse
                                                                     : RegistrarJournal::WhenMissing::kMake));
  if (files.take_over_journal) RETURN_IF_ERROR(TakeOverJournal(pool, *state.journal, now, deadline));
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
