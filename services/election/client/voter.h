// The voter's side of a ballot: pure but for the randomness that is handed in. What the command line, the
// benchmark and the tests vote with.
//
//   state = PrepareCredential(manifest, random)        keep it durably, then send each blinded_msg
//   credentials = FinalizeCredential(manifest, state, blind signatures)
//   ballot = BuildBallot(manifest, state.seed, credentials, choices)
//   … cast it, then VerifyReceipt(manifest, ballot, receipt)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/random.h"
#include "services/election/rules/ballot_layout.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election::client {

inline constexpr std::size_t kRecoveryCodeSize = 16;
inline constexpr std::size_t kRecoveryBlobSize = 2048;

// What one registrar's blind signature needs to become a credential.
struct Blinding {
  std::string prefix;       // 32
  std::string inv;          // 384
  std::string blinded_msg;  // 384: what is sent
  friend bool operator==(const Blinding&, const Blinding&) = default;
};

// The ballot key and its blindings: everything that must not be lost, and nobody else may see.
struct CredentialState {
  std::string seed;                 // 32, of the Ed25519 ballot key
  std::vector<Blinding> blindings;  // in manifest order
  friend bool operator==(const CredentialState&, const CredentialState&) = default;
};

// A new ballot key, as its 32-byte seed.
std::string MakeBallotKey(crypto::RandomSource& random);

// Blinds the ballot key for all registrars of the manifest at once.
absl::StatusOr<CredentialState> PrepareCredential(const PublishedManifest& manifest, std::string seed,
                                                  crypto::RandomSource& random);

// `seed 32 || n x (prefix 32 || inv 384 || blinded_msg 384)`.
std::string SerializeState(const CredentialState& state);
// BALLOT_STATE_UNUSABLE unless it has exactly the length for that many registrars.
absl::StatusOr<CredentialState> ParseState(std::string_view bytes, std::size_t registrars);

// 16 random bytes, and their text for the voter to keep: 26 base32 characters.
std::string MakeRecoveryCode(crypto::RandomSource& random);
std::string RecoveryCodeText(std::string_view code);

// The state sealed under the code, exactly 2,048 bytes, for the registrar to keep.
absl::StatusOr<std::string> MakeRecoveryBlob(const CredentialState& state, std::string_view code,
                                             crypto::RandomSource& random);
// The state again. SECRET_WRONG for another code.
absl::StatusOr<CredentialState> OpenRecoveryBlob(std::string_view blob, std::string_view code,
                                                 std::size_t registrars);

// The credentials, each verified. SIGNATURE_INVALID when a registrar answered with anything else than its
// signature: ask it again with the same blinded message. One blind signature a registrar, in manifest order.
absl::StatusOr<std::vector<Credential>> FinalizeCredential(const PublishedManifest& manifest,
                                                           const CredentialState& state,
                                                           const std::vector<std::string>& blind_signatures);

// One mark as the voter makes it: an option by its name in the manifest, and a rank from 1, a score, or 1 for
// a plain mark.
struct Choice {
  Choice(std::string option_in, std::uint16_t value_in = 1)  // NOLINT: an option alone is a plain mark
      : option(std::move(option_in)), value(value_in) {}

  std::string option;
  std::uint16_t value;
  friend bool operator==(const Choice&, const Choice&) = default;
};

// The ballot's marks, from choices in any order; a contest without one is blank. OPTION_UNKNOWN for an option
// that is not on the ballot or is named twice; TOO_MANY_MARKS, TOO_FEW_MARKS, RANKS_INVALID, SCORE_INVALID,
// or PLAINTEXT_INVALID for a plain mark of another value than 1.
absl::StatusOr<counting::Ballot> MarksFor(const PublishedManifest& manifest,
                                          const std::vector<Choice>& choices);

// The ballot's bytes, sealed to all trustees; the same arguments give the same bytes. TOO_MANY_MARKS,
// OPTION_UNKNOWN or PLAINTEXT_INVALID for choices that the count would spoil.
absl::StatusOr<std::string> BuildBallot(const PublishedManifest& manifest, std::string_view seed,
                                        const std::vector<Credential>& credentials,
                                        const counting::Ballot& choices);

// RECEIPT_INVALID unless the manifest's box key signed the receipt of exactly this ballot.
absl::Status VerifyReceipt(const PublishedManifest& manifest, std::string_view ballot,
                           std::string_view receipt);

}  // namespace plenary::election::client
