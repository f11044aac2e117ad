#include "services/membership/store/issuances.h"

#include <utility>

#include "common/db/insert_new.h"
#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

constexpr char kFindKeys[] = "SELECT rsa_n, sealed, destroyed_at FROM registrar_keys WHERE election = ?";
constexpr char kShareKeys[] =
    "SELECT rsa_n, sealed, destroyed_at FROM registrar_keys WHERE election = ? LOCK IN SHARE MODE";
constexpr char kInsertKeys[] = "INSERT INTO registrar_keys (election, rsa_n, sealed) VALUES (?, ?, ?)";
constexpr char kDestroyKeys[] =
    "UPDATE registrar_keys SET sealed = NULL, destroyed_at = ? WHERE election = ? AND destroyed_at IS NULL";
constexpr char kListSealedKeys[] =
    "SELECT election, rsa_n, sealed FROM registrar_keys WHERE sealed IS NOT NULL ORDER BY election";
constexpr char kListPlainKeys[] =
    "SELECT election, rsa_private, list_seed FROM registrar_keys WHERE rsa_private IS NOT NULL ORDER BY "
    "election";
constexpr char kReplacePlainKeys[] =
    "UPDATE registrar_keys SET sealed = ?, rsa_private = NULL, list_seed = NULL WHERE election = ?";
constexpr char kInsertManifest[] =
    "INSERT INTO manifests (election, manifest, manifest_hash, issuing_opens, issuing_closes, voting_closes, "
    "unit)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kFindIssuing[] =
    "SELECT manifest_hash, issuing_opens, issuing_closes, unit, listed FROM manifests WHERE election = ?";
constexpr char kShareIssuing[] =
    "SELECT manifest_hash, issuing_opens, issuing_closes, unit, listed FROM manifests WHERE election = ?"
    " LOCK IN SHARE MODE";
constexpr char kHoldIssuing[] =
    "SELECT manifest_hash, issuing_opens, issuing_closes, unit, listed FROM manifests WHERE election = ?"
    " FOR UPDATE";
constexpr char kFindManifestBytes[] = "SELECT manifest FROM manifests WHERE election = ?";
constexpr char kInsertIssuances[] =
    "INSERT INTO issuances (election, unit, blinded_msg_sha256, recovery_blob) VALUES";
constexpr char kFindIssuance[] =
    "SELECT blinded_msg_sha256, recovery_blob FROM issuances WHERE election = ? AND unit = ?";
constexpr char kShareIssuance[] =
    "SELECT blinded_msg_sha256, recovery_blob FROM issuances WHERE election = ? AND unit = ?"
    " LOCK IN SHARE MODE";
constexpr char kCountIssuances[] = "SELECT COUNT(*) FROM issuances WHERE election = ?";
constexpr char kHasRunningIssuance[] =
    "SELECT 1 FROM issuances i JOIN manifests m ON m.election = i.election"
    " WHERE i.unit = ? AND m.voting_closes > ? LIMIT 1";
constexpr char kHasIssuances[] = "SELECT 1 FROM issuances LIMIT 1";
constexpr char kEachIssuance[] =
    "SELECT i.election, m.unit, i.unit, i.blinded_msg_sha256 FROM issuances i"
    " JOIN manifests m ON m.election = i.election";
constexpr char kListIssuances[] =
    "SELECT unit, blinded_msg_sha256 FROM issuances WHERE election = ? ORDER BY unit LOCK IN SHARE MODE";
constexpr char kFindIssuanceList[] = "SELECT issuance_list FROM issuance_lists WHERE election = ?";
constexpr char kInsertIssuanceList[] = "INSERT INTO issuance_lists (election, issuance_list) VALUES (?, ?)";
constexpr char kMarkListed[] = "UPDATE manifests SET listed = 1 WHERE election = ?";

absl::StatusOr<std::optional<Issuing>> OneIssuing(db::Session& session, std::string_view sql,
                                                  std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {election}));
  if (!row.has_value()) return std::optional<Issuing>();
  return std::optional<Issuing>({.manifest_hash = row->Bytes(0),
                                 .opens = db::FromMicros(row->Int64(1)),
                                 .closes = db::FromMicros(row->Int64(2)),
                                 .of_people = row->Text(3) == "PERSON",
                                 .listed = row->Bool(4)});
}

absl::StatusOr<std::optional<StoredKeys>> OneKeys(db::Session& session, std::string_view sql,
                                                  std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {election}));
  if (!row.has_value()) return std::optional<StoredKeys>();
  StoredKeys keys{.rsa_n = row->Bytes(0), .sealed = row->OptionalText(1).value_or(""), .destroyed = {}};
  if (const auto destroyed = row->OptionalInt64(2); destroyed.has_value()) {
    keys.destroyed = db::FromMicros(*destroyed);
  }
  return std::optional<StoredKeys>(std::move(keys));
}

absl::StatusOr<std::optional<Issuance>> OneIssuance(db::Session& session, std::string_view sql,
                                                    std::string_view election, std::string_view unit) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {election, unit}));
  if (!row.has_value()) return std::optional<Issuance>();
  return std::optional<Issuance>({.blinded_msg_sha256 = row->Bytes(0), .recovery_blob = row->Bytes(1)});
}

}  // namespace

absl::StatusOr<std::optional<StoredKeys>> FindKeys(db::Session& session, std::string_view election) {
  return OneKeys(session, kFindKeys, election);
}

absl::StatusOr<std::optional<StoredKeys>> ShareKeys(db::Transaction& transaction, std::string_view election) {
  return OneKeys(transaction, kShareKeys, election);
}
absl::StatusOr<bool> InsertKeys(db::Transaction& transaction, std::string_view election,
                                std::string_view rsa_n, std::string_view sealed) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertKeys, {election, rsa_n, sealed}));
  return outcome.inserted();
}

absl::StatusOr<bool> DestroyKeys(db::Transaction& transaction, std::string_view election, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   transaction.Execute(kDestroyKeys, {db::ToMicros(now), election}));
  return changed == 1;
}

absl::StatusOr<std::vector<SealedKeys>> ListSealedKeys(db::Session& session) {
  std::vector<SealedKeys> keys;
  RETURN_IF_ERROR(session.Query(kListSealedKeys, {}, [&](const db::Row& row) {
    keys.push_back({.election = row.Text(0), .rsa_n = row.Bytes(1), .sealed = row.Bytes(2)});
  }));
  return keys;
}

absl::StatusOr<std::vector<PlainKeys>> ListPlainKeys(db::Session& session) {
  std::vector<PlainKeys> keys;
  RETURN_IF_ERROR(session.Query(kListPlainKeys, {}, [&](const db::Row& row) {
    keys.push_back({.election = row.Text(0), .rsa_private = row.Bytes(1), .list_seed = row.Bytes(2)});
  }));
  return keys;
}

absl::Status ReplacePlainKeys(db::Transaction& transaction, std::string_view election,
                              std::string_view sealed) {
  return transaction.Execute(kReplacePlainKeys, {sealed, election}).status();
}

absl::StatusOr<bool> InsertManifest(db::Transaction& transaction, std::string_view election,
                                    const AcceptedManifest& manifest) {
  const Issuing& issuing = manifest.issuing;
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsertManifest,
                         {election, manifest.bytes, issuing.manifest_hash, db::ToMicros(issuing.opens),
                          db::ToMicros(issuing.closes), db::ToMicros(manifest.voting_closes),
                          issuing.of_people ? "PERSON" : "COMPANY"}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<Issuing>> FindIssuing(db::Session& session, std::string_view election) {
  return OneIssuing(session, kFindIssuing, election);
}

absl::StatusOr<std::optional<Issuing>> ShareIssuing(db::Transaction& transaction, std::string_view election) {
  return OneIssuing(transaction, kShareIssuing, election);
}

absl::StatusOr<std::optional<Issuing>> HoldIssuing(db::Transaction& transaction, std::string_view election) {
  return OneIssuing(transaction, kHoldIssuing, election);
}

absl::StatusOr<std::optional<std::string>> FindManifestBytes(db::Session& session,
                                                             std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindManifestBytes, {election}));
  return row.has_value() ? std::optional<std::string>(row->Bytes(0)) : std::nullopt;
}

absl::StatusOr<std::int64_t> InsertIssuances(db::Transaction& transaction, std::string_view election,
                                             const std::vector<UnitIssuance>& issuances) {
  std::vector<db::Params> rows;
  rows.reserve(issuances.size());
  for (const auto& [unit, issuance] : issuances) {
    rows.push_back({election, unit, issuance->blinded_msg_sha256, issuance->recovery_blob});
  }
  return db::InsertNew(transaction, kInsertIssuances, "unit", std::move(rows));
}

absl::StatusOr<std::optional<Issuance>> FindIssuance(db::Session& session, std::string_view election,
                                                     std::string_view unit) {
  return OneIssuance(session, kFindIssuance, election, unit);
}

absl::StatusOr<std::optional<Issuance>> ShareIssuance(db::Transaction& transaction, std::string_view election,
                                                      std::string_view unit) {
  return OneIssuance(transaction, kShareIssuance, election, unit);
}

absl::StatusOr<bool> HasIssuances(db::Session& session) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kHasIssuances));
  return row.has_value();
}

absl::StatusOr<std::int64_t> CountIssuances(db::Session& session, std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountIssuances, {election}));
  return row->Int64(0);
}

absl::StatusOr<bool> HasRunningIssuance(db::Session& session, std::string_view unit, absl::Time now) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kHasRunningIssuance, {unit, db::ToMicros(now)}));
  return row.has_value();
}

absl::Status EachIssuance(db::Session& session,
                          const std::function<void(const std::string& election, const std::string& unit,
                                                   const std::string& sha256)>& each) {
  return session.Query(kEachIssuance, {}, [&](const db::Row& row) {
    const bool person = row.Text(1) == "PERSON";
    each(row.Text(0), ResourceName(person ? "people" : "companies", row.Text(2)), row.Bytes(3));
  });
}

absl::StatusOr<std::vector<rules::IssuanceLine>> ListIssuances(db::Transaction& transaction,
                                                               std::string_view election) {
  std::vector<rules::IssuanceLine> lines;
  bool readable = true;
  RETURN_IF_ERROR(transaction.Query(kListIssuances, {election}, [&](const db::Row& row) {
    const auto unit = ParseId(row.Text(0));
    readable = readable && unit.has_value();
    lines.push_back({.unit = unit.value_or(IdBytes()), .blinded_msg_sha256 = row.Bytes(1)});
  }));
  if (!readable) return absl::InternalError("a unit that collected has no id");
  return lines;
}

absl::StatusOr<std::optional<std::string>> FindIssuanceList(db::Session& session, std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindIssuanceList, {election}));
  return row.has_value() ? std::optional<std::string>(row->Bytes(0)) : std::nullopt;
}

absl::Status InsertIssuanceList(db::Transaction& transaction, std::string_view election,
                                std::string_view list) {
  RETURN_IF_ERROR(transaction.Execute(kInsertIssuanceList, {election, list}).status());
  return transaction.Execute(kMarkListed, {election}).status();
}

}  // namespace plenary::membership::store
