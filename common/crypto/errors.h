// The errors of this room, wording and codes in one file. Domain "plenary.crypto".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace plenary::crypto::errors {

// INVALID_ARGUMENT, KEY_UNSUITABLE. `because` is a sentence.
absl::Status KeyUnsuitable(std::string_view because);
// INVALID_ARGUMENT, LENGTH_UNEXPECTED.
absl::Status LengthUnexpected(std::string_view what, std::size_t expected, std::size_t actual);
// INVALID_ARGUMENT, MESSAGE_UNSUITABLE. `because` is a sentence.
absl::Status MessageUnsuitable(std::string_view because);
// INVALID_ARGUMENT, BLINDED_MESSAGE_OUT_OF_RANGE.
absl::Status BlindedMessageOutOfRange();
// INVALID_ARGUMENT, SIGNATURE_INVALID.
absl::Status SignatureInvalid();
// INTERNAL, SIGNING_FAULT: a private operation gave a wrong answer or none; nothing was let out.
absl::Status SigningFault();
// INTERNAL, RANDOMNESS_UNSUITABLE: the source of randomness keeps giving unusable bytes.
absl::Status RandomnessUnsuitable();
// INVALID_ARGUMENT, PLAINTEXT_TOO_LONG.
absl::Status PlaintextTooLong(std::size_t size, std::size_t most);
// INVALID_ARGUMENT, SECRET_WRONG: the box does not open.
absl::Status SecretWrong();
// OUT_OF_RANGE, PROOF_OUT_OF_RANGE: the tree has `size` leaves, too few for what was asked.
absl::Status ProofOutOfRange(std::uint64_t size);
// INVALID_ARGUMENT, PROOF_INVALID: a Merkle proof that does not lead where it should.
absl::Status ProofInvalid();
// INVALID_ARGUMENT, NOTE_INVALID. `because` is a sentence.
absl::Status NoteInvalid(std::string_view because);
// INVALID_ARGUMENT, ENTRY_TOO_LONG.
absl::Status EntryTooLong(std::size_t size, std::size_t most);
// INVALID_ARGUMENT, TILE_INVALID: the bytes are not a tile of `width`.
absl::Status TileInvalid(unsigned width);
// INVALID_ARGUMENT, SHARING_UNSUITABLE. `because` is a sentence.
absl::Status SharingUnsuitable(std::string_view because);
// INTERNAL, SPLIT_FAULT: shares that did not give the secret back; nothing was let out.
absl::Status SplitFault();

}  // namespace plenary::crypto::errors
