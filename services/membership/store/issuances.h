// What the registrar keeps: its keys, the manifests it accepted, and which companies or people collected a
// credential.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

struct StoredKeys {
  std::string rsa_n;
  std::string rsa_private;  // PKCS#8, DER; whoever reads it wipes it
  std::string list_seed;    // Ed25519; whoever reads it wipes it
};
absl::StatusOr<std::optional<StoredKeys>> FindKeys(db::Session& session, std::string_view election);
// False when the election has keys already.
absl::StatusOr<bool> InsertKeys(db::Transaction& transaction, std::string_view election,
                                const StoredKeys& keys);

struct AcceptedManifest {
  std::string bytes;
  std::string hash;
  absl::Time issuing_opens;
  absl::Time issuing_closes;
  absl::Time voting_closes;
};
absl::StatusOr<std::optional<AcceptedManifest>> FindManifest(db::Session& session, std::string_view election);
// False when the election has a manifest already.
absl::StatusOr<bool> InsertManifest(db::Transaction& transaction, std::string_view election,
                                    const AcceptedManifest& manifest);

struct Issuance {
  std::string blinded_msg_sha256;
  std::string recovery_blob;
};
// False when the unit of a roll, a company or a person, has a credential for the election: the key (election,
// unit) is what makes it one.
absl::StatusOr<bool> InsertIssuance(db::Transaction& transaction, std::string_view election,
                                    std::string_view unit, const Issuance& issuance);
absl::StatusOr<std::optional<Issuance>> FindIssuance(db::Session& session, std::string_view election,
                                                     std::string_view unit);
absl::StatusOr<std::int64_t> CountIssuances(db::Session& session, std::string_view election);
// Whether the unit holds a credential of an election whose voting has not closed by `now`.
absl::StatusOr<bool> HasRunningIssuance(db::Session& session, std::string_view unit, absl::Time now);
// Every issuance, in no order. `unit` is "companies/…" or "people/…".
absl::Status EachIssuance(db::Session& session,
                          const std::function<void(const std::string& election, const std::string& unit,
                                                   const std::string& sha256)>& each);

}  // namespace plenary::membership::store
