// A published manifest, read once and checked: what the ballot box, the count and the voter's client go by.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/rsa_key.h"
#include "plenary/election/v1/manifest.pb.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/rules/choices.h"
#include "services/election/rules/counting/method.h"

namespace plenary::election {

// The trustees' X25519 secrets in manifest order, 32 bytes each.
using TallySecrets = std::vector<std::string>;

// What each contest of a manifest allows. Every method is known.
std::vector<ContestRule> ContestRules(const v1::Manifest& manifest);

// Most options that a contest counted by `method` may have.
int MostOptions(const counting::Method& method);

// Immutable; const use is thread-safe. Holds the registrars' keys parsed, so that a ballot costs no parsing.
class PublishedManifest {
 public:
  // INVALID_ARGUMENT, reason MANIFEST_INVALID: not a manifest in its one spelling, unknown fields, too long,
  // contests that cannot be marked or counted, unsuitable keys, an RSA modulus or a tally key that stands
  // twice, trustees without every share's hash, times that do not ascend, a wrong L. The README lists every
  // rule.
  static absl::StatusOr<PublishedManifest> Parse(std::string_view bytes);

  const v1::Manifest& manifest() const { return manifest_; }
  const std::string& hash() const { return hash_; }
  // First 20 base32 characters of the hash: to be read out by phone.
  std::string Fingerprint() const;

  const std::vector<crypto::RsaPublicKey>& registrars() const { return registrars_; }
  const crypto::Ed25519PublicKey& box_key() const { return box_key_; }
  const std::vector<ContestRule>& contests() const { return contests_; }
  const BallotShape& shape() const { return shape_; }
  std::size_t plaintext_length() const { return shape_.plaintext_length; }
  std::size_t ballot_length() const { return shape_.BallotLength(); }

  // OK, or an error: BALLOT_LENGTH_INVALID, BALLOT_MALFORMED, MANIFEST_UNKNOWN (the ballot names another).
  absl::StatusOr<BallotView> ReadBallot(std::string_view ballot) const;

  // Every registrar's signature (CREDENTIAL_INVALID), then the ballot key's (BALLOT_SIGNATURE_INVALID).
  absl::Status CheckSignatures(const BallotView& ballot) const;

  // The plaintext in one sealed box a trustee. `ephemeral_secret` gives each box's secret by the number of
  // its layer, from 0 for the outermost, and what goes into it.
  using EphemeralSecret = std::function<std::string(int layer, std::string_view content)>;
  absl::StatusOr<std::string> SealPlaintext(std::string_view plaintext,
                                            const EphemeralSecret& ephemeral_secret) const;

  // The number of the first trustee, from 1, whose secret is not clamped or not that of the manifest's key; 0
  // when all are right, -1 when there are more or fewer than trustees.
  int FirstWrongSecret(const TallySecrets& secrets) const;

  // The first check that the ballot fails once its boxes are opened, or its marks. `secrets` are right.
  OpenedPlaintext Open(const BallotView& ballot, const TallySecrets& secrets) const;

 private:
  PublishedManifest(v1::Manifest manifest, crypto::Ed25519PublicKey box_key)
      : manifest_(std::move(manifest)), box_key_(std::move(box_key)) {}

  v1::Manifest manifest_;
  std::string hash_;
  std::vector<crypto::RsaPublicKey> registrars_;
  crypto::Ed25519PublicKey box_key_;
  std::vector<ContestRule> contests_;
  BallotShape shape_;
};

// What the client answers to a plaintext with that fault: OK for none, else TOO_MANY_MARKS, TOO_FEW_MARKS,
// OPTION_UNKNOWN, RANKS_INVALID, SCORE_INVALID or PLAINTEXT_INVALID.
absl::Status PlaintextError(PlaintextFault fault);

// First 20 base32 characters of a manifest hash.
std::string FingerprintOf(std::string_view manifest_hash);

}  // namespace plenary::election
