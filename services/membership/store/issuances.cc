#include "services/membership/store/issuances.h"

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

constexpr char kFindKeys[] = "SELECT rsa_n, rsa_private, list_seed FROM registrar_keys WHERE election = ?";
constexpr char kInsertKeys[] =
    "INSERT INTO registrar_keys (election, rsa_n, rsa_private, list_seed) VALUES (?, ?, ?, ?)";
constexpr char kFindManifest[] =
    "SELECT manifest, manifest_hash, issuing_opens, issuing_closes, voting_closes FROM manifests WHERE "
    "election = ?";
constexpr char kInsertManifest[] =
    "INSERT INTO manifests (election, manifest, manifest_hash, issuing_opens, issuing_closes, voting_closes)"
    " VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kInsertIssuance[] =
    "INSERT INTO issuances (election, unit, blinded_msg_sha256, recovery_blob) VALUES (?, ?, ?, ?)";
constexpr char kFindIssuance[] =
    "SELECT blinded_msg_sha256, recovery_blob FROM issuances WHERE election = ? AND unit = ?";
constexpr char kCountIssuances[] = "SELECT COUNT(*) FROM issuances WHERE election = ?";
constexpr char kHasRunningIssuance[] =
    "SELECT 1 FROM issuances i JOIN manifests m ON m.election = i.election"
    " WHERE i.unit = ? AND m.voting_closes > ? LIMIT 1";
constexpr char kEachIssuance[] =
    "SELECT i.election, r.unit, i.unit, i.blinded_msg_sha256 FROM issuances i"
    " JOIN rolls r ON r.election = i.election";

}  // namespace

absl::StatusOr<std::optional<StoredKeys>> FindKeys(db::Session& session, std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindKeys, {election}));
  if (!row.has_value()) return std::optional<StoredKeys>();
  return std::optional<StoredKeys>(
      {.rsa_n = row->Bytes(0), .rsa_private = row->Bytes(1), .list_seed = row->Bytes(2)});
}

absl::StatusOr<bool> InsertKeys(db::Transaction& transaction, std::string_view election,
                                const StoredKeys& keys) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertKeys, {election, keys.rsa_n, keys.rsa_private, keys.list_seed}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<AcceptedManifest>> FindManifest(db::Session& session,
                                                             std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindManifest, {election}));
  if (!row.has_value()) return std::optional<AcceptedManifest>();
  return std::optional<AcceptedManifest>({.bytes = row->Bytes(0),
                                          .hash = row->Bytes(1),
                                          .issuing_opens = db::FromMicros(row->Int64(2)),
                                          .issuing_closes = db::FromMicros(row->Int64(3)),
                                          .voting_closes = db::FromMicros(row->Int64(4))});
}

absl::StatusOr<bool> InsertManifest(db::Transaction& transaction, std::string_view election,
                                    const AcceptedManifest& manifest) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsertManifest,
                         {election, manifest.bytes, manifest.hash, db::ToMicros(manifest.issuing_opens),
                          db::ToMicros(manifest.issuing_closes), db::ToMicros(manifest.voting_closes)}));
  return outcome.inserted();
}

absl::StatusOr<bool> InsertIssuance(db::Transaction& transaction, std::string_view election,
                                    std::string_view unit, const Issuance& issuance) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertIssuance,
                                      {election, unit, issuance.blinded_msg_sha256, issuance.recovery_blob}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<Issuance>> FindIssuance(db::Session& session, std::string_view election,
                                                     std::string_view unit) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindIssuance, {election, unit}));
  if (!row.has_value()) return std::optional<Issuance>();
  return std::optional<Issuance>({.blinded_msg_sha256 = row->Bytes(0), .recovery_blob = row->Bytes(1)});
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

}  // namespace plenary::membership::store
