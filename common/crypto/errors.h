// The errors of this room, wording and codes in one file. Domain "plenary.crypto".
#pragma once

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

}  // namespace plenary::crypto::errors
