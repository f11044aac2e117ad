#include "common/crypto/errors.h"

#include <fmt/format.h>

#include "common/status/error.h"

namespace plenary::crypto::errors {
namespace {

using absl::StatusCode;

constexpr ErrorDomain kDomain("plenary.crypto");

}  // namespace

absl::Status KeyUnsuitable(std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "KEY_UNSUITABLE",
                       fmt::format("This key cannot be used. {}", because));
}

absl::Status LengthUnexpected(std::string_view what, std::size_t expected, std::size_t actual) {
  return kDomain.Error(StatusCode::kInvalidArgument, "LENGTH_UNEXPECTED",
                       fmt::format("Give {} of exactly {} bytes; this one has {}.", what, expected, actual));
}

absl::Status MessageUnsuitable(std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "MESSAGE_UNSUITABLE",
                       fmt::format("This message cannot be signed. {}", because));
}

absl::Status BlindedMessageOutOfRange() {
  return kDomain.Error(
      StatusCode::kInvalidArgument, "BLINDED_MESSAGE_OUT_OF_RANGE",
      "The blinded message is zero or not below the modulus; blind the message under this key.");
}

absl::Status SignatureInvalid() {
  return kDomain.Error(
      StatusCode::kInvalidArgument, "SIGNATURE_INVALID",
      "The signature does not belong to this message and key; check that neither was altered.");
}

absl::Status SigningFault() {
  return kDomain.Error(
      StatusCode::kInternal, "SIGNING_FAULT",
      "The private key gave a wrong answer, which was withheld; check the key and the machine.");
}

absl::Status RandomnessUnsuitable() {
  return kDomain.Error(
      StatusCode::kInternal, "RANDOMNESS_UNSUITABLE",
      "The source of randomness gives no usable numbers; check the machine before you go on.");
}

absl::Status PlaintextTooLong(std::size_t size, std::size_t most) {
  return kDomain.Error(
      StatusCode::kInvalidArgument, "PLAINTEXT_TOO_LONG",
      fmt::format("At most {} bytes fit into the box; shorten the {} bytes given.", most, size));
}

absl::Status SecretWrong() {
  return kDomain.Error(StatusCode::kInvalidArgument, "SECRET_WRONG",
                       "The box does not open with this secret; check the secret for a slip.");
}

absl::Status ProofOutOfRange(std::uint64_t size) {
  return kDomain.Error(StatusCode::kOutOfRange, "PROOF_OUT_OF_RANGE",
                       fmt::format("The log has {} leaves; ask for a size and a leaf within them.", size));
}

absl::Status ProofInvalid() {
  return kDomain.Error(StatusCode::kInvalidArgument, "PROOF_INVALID",
                       "The proof does not lead to this root; fetch the checkpoint and the proof again.");
}

absl::Status NoteInvalid(std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "NOTE_INVALID",
                       fmt::format("This is no checkpoint of the log. {}", because));
}

absl::Status EntryTooLong(std::size_t size, std::size_t most) {
  return kDomain.Error(StatusCode::kInvalidArgument, "ENTRY_TOO_LONG",
                       fmt::format("An entry of a log has at most {} bytes; this one has {}.", most, size));
}

absl::Status TileInvalid(unsigned width) {
  return kDomain.Error(
      StatusCode::kInvalidArgument, "TILE_INVALID",
      fmt::format("These bytes are not a tile of exactly {} entries; fetch the tile again.", width));
}

absl::Status SharingUnsuitable(std::string_view because) {
  return kDomain.Error(StatusCode::kInvalidArgument, "SHARING_UNSUITABLE",
                       fmt::format("A secret cannot be shared like this. {}", because));
}

absl::Status SplitFault() {
  return kDomain.Error(StatusCode::kInternal, "SPLIT_FAULT",
                       "The shares did not give the secret back and were withheld; check the machine.");
}

}  // namespace plenary::crypto::errors
