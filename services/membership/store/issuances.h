// What a registrar keeps: its keys, the manifests it accepted, which companies or people collected a
// credential, and the lists it signed. Both registrars keep the same tables.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "services/membership/rules/issuance_list.h"

namespace plenary::membership::store {

struct StoredKeys {
  std::string rsa_n;
  std::string sealed;  // both private keys in one box; "" once they are destroyed
  std::optional<absl::Time> destroyed;
};
absl::StatusOr<std::optional<StoredKeys>> FindKeys(db::Session& session, std::string_view election);
// The same as it is committed, kept from being destroyed until the transaction ends.
absl::StatusOr<std::optional<StoredKeys>> ShareKeys(db::Transaction& transaction, std::string_view election);
// False when the election has keys already, or another election has had these.
absl::StatusOr<bool> InsertKeys(db::Transaction& transaction, std::string_view election,
                                std::string_view rsa_n, std::string_view sealed);
// Overwrites the private keys with NULL. False when there are none, or no longer.
absl::StatusOr<bool> DestroyKeys(db::Transaction& transaction, std::string_view election, absl::Time now);
// Every box there is, by election, in the order of their ids.
struct SealedKeys {
  std::string election;
  std::string rsa_n;
  std::string sealed;
};
absl::StatusOr<std::vector<SealedKeys>> ListSealedKeys(db::Session& session);

// Keys from before they were sealed, of membership alone. Whoever reads them wipes them.
struct PlainKeys {
  std::string election;
  std::string rsa_private;  // PKCS#8, DER
  std::string list_seed;    // Ed25519
};
absl::StatusOr<std::vector<PlainKeys>> ListPlainKeys(db::Session& session);
// Puts the box in their place.
absl::Status ReplacePlainKeys(db::Transaction& transaction, std::string_view election,
                              std::string_view sealed);

// When the credentials of an election are issued, and what was made of that since.
struct Issuing {
  std::string manifest_hash;
  absl::Time opens;
  absl::Time closes;
  bool of_people = false;
  bool listed = false;  // the list is made: nobody is added
};
struct AcceptedManifest {
  std::string bytes;
  Issuing issuing;
  absl::Time voting_closes;
};
// False when the election has a manifest already.
absl::StatusOr<bool> InsertManifest(db::Transaction& transaction, std::string_view election,
                                    const AcceptedManifest& manifest);
absl::StatusOr<std::optional<Issuing>> FindIssuing(db::Session& session, std::string_view election);
// The same as it is committed. Whoever adds an issuance or a dispute shares the row until the transaction
// ends, whoever makes the list or destroys the keys holds it.
absl::StatusOr<std::optional<Issuing>> ShareIssuing(db::Transaction& transaction, std::string_view election);
absl::StatusOr<std::optional<Issuing>> HoldIssuing(db::Transaction& transaction, std::string_view election);
// The manifest's bytes; nullopt when none was accepted.
absl::StatusOr<std::optional<std::string>> FindManifestBytes(db::Session& session, std::string_view election);

struct Issuance {
  std::string blinded_msg_sha256;
  std::string recovery_blob;
};
struct UnitIssuance {
  std::string unit;  // of a roll: a company or a person
  const Issuance* issuance = nullptr;
};
// Puts them, at least one, on record; how many came in. A unit that has a credential for the election keeps
// it, also beside another message in this very call: the key (election, unit) is what makes it one.
absl::StatusOr<std::int64_t> InsertIssuances(db::Transaction& transaction, std::string_view election,
                                             const std::vector<UnitIssuance>& issuances);
absl::StatusOr<std::optional<Issuance>> FindIssuance(db::Session& session, std::string_view election,
                                                     std::string_view unit);
// The same as it is committed, after whoever is adding it now.
absl::StatusOr<std::optional<Issuance>> ShareIssuance(db::Transaction& transaction, std::string_view election,
                                                      std::string_view unit);
// Whether there is any, of whatever election.
absl::StatusOr<bool> HasIssuances(db::Session& session);
absl::StatusOr<std::int64_t> CountIssuances(db::Session& session, std::string_view election);
// Whether the unit holds a credential of an election whose voting has not closed by `now`.
absl::StatusOr<bool> HasRunningIssuance(db::Session& session, std::string_view unit, absl::Time now);
// Every issuance, in no order. `unit` is "companies/…" or "people/…".
absl::Status EachIssuance(db::Session& session,
                          const std::function<void(const std::string& election, const std::string& unit,
                                                   const std::string& sha256)>& each);

// Those of an election ascending by unit, as they are committed; in rules::IssuanceLine's order.
absl::StatusOr<std::vector<rules::IssuanceLine>> ListIssuances(db::Transaction& transaction,
                                                               std::string_view election);
absl::StatusOr<std::optional<std::string>> FindIssuanceList(db::Session& session, std::string_view election);
// Stores the list and marks the manifest, which HoldIssuing() holds. INTERNAL when there is one.
absl::Status InsertIssuanceList(db::Transaction& transaction, std::string_view election,
                                std::string_view list);

}  // namespace plenary::membership::store
