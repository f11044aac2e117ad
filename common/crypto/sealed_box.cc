#include "common/crypto/sealed_box.h"

#include <sodium.h>

#include "common/crypto/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/openssl_ptr.h"
#include "common/status/macros.h"

namespace plenary::crypto {
namespace {

using internal::Data;
using internal::MutableData;

static_assert(kX25519KeySize == crypto_box_PUBLICKEYBYTES && kX25519KeySize == crypto_box_SECRETKEYBYTES);
static_assert(kSealedBoxOverhead == crypto_box_SEALBYTES);

constexpr unsigned char kLowBits = 0x07;
constexpr unsigned char kHighBits = 0xC0;
constexpr unsigned char kHighBitsClamped = 0x40;

absl::Status CheckLength(std::string_view what, std::string_view key) {
  return key.size() == kX25519KeySize ? absl::OkStatus()
                                      : errors::LengthUnexpected(what, kX25519KeySize, key.size());
}

// As crypto_box_seal makes it: what both sides know of the box.
std::string NonceOf(std::string_view ephemeral_key, std::string_view public_key) {
  std::string input(ephemeral_key);
  input += public_key;
  std::string nonce(crypto_box_NONCEBYTES, '\0');
  crypto_generichash(MutableData(nonce), nonce.size(), Data(input), input.size(), nullptr, 0);
  return nonce;
}

}  // namespace

std::string MakeX25519Secret(RandomSource& random) {
  std::string secret = random.Bytes(kX25519KeySize);
  secret.front() = static_cast<char>(static_cast<unsigned char>(secret.front()) & ~kLowBits);
  secret.back() =
      static_cast<char>((static_cast<unsigned char>(secret.back()) & ~kHighBits) | kHighBitsClamped);
  return secret;
}

bool IsCanonicalX25519Secret(std::string_view secret) {
  if (secret.size() != kX25519KeySize) return false;
  const bool clamped = (static_cast<unsigned char>(secret.front()) & kLowBits) == 0 &&
                       (static_cast<unsigned char>(secret.back()) & kHighBits) == kHighBitsClamped;
  // Below 2^254 + 2^128.
  const bool may_have_a_twin =
      secret.substr(16) == std::string(kX25519KeySize - 17, '\0') + static_cast<char>(kHighBitsClamped);
  return clamped && !may_have_a_twin;
}

absl::StatusOr<std::string> X25519PublicKey(std::string_view secret) {
  internal::RequireSodium();
  RETURN_IF_ERROR(CheckLength("an X25519 secret", secret));
  std::string public_key(kX25519KeySize, '\0');
  crypto_scalarmult_base(MutableData(public_key), Data(secret));
  return public_key;
}

absl::Status CheckX25519PublicKey(std::string_view public_key) {
  internal::RequireSodium();
  RETURN_IF_ERROR(CheckLength("an X25519 public key", public_key));
  // Clamping makes every scalar a multiple of the cofactor, so any one shows a point of small order.
  const std::string scalar(kX25519KeySize, '\x40');
  std::string shared(kX25519KeySize, '\0');
  if (crypto_scalarmult(MutableData(shared), Data(scalar), Data(public_key)) != 0) {
    return errors::KeyUnsuitable("It is of small order: what is sealed to it, everybody can open.");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Seal(std::string_view public_key, std::string_view content,
                                 std::string_view ephemeral_secret) {
  RETURN_IF_ERROR(CheckX25519PublicKey(public_key));
  ASSIGN_OR_RETURN(std::string box, X25519PublicKey(ephemeral_secret));
  const std::string nonce = NonceOf(box, public_key);
  std::string sealed(content.size() + crypto_box_MACBYTES, '\0');
  if (crypto_box_easy(MutableData(sealed), Data(content), content.size(), Data(nonce), Data(public_key),
                      Data(ephemeral_secret)) != 0) {
    return errors::KeyUnsuitable("Nothing can be sealed to it.");
  }
  return box + sealed;
}

absl::StatusOr<std::string> OpenSealed(std::string_view box, std::string_view public_key,
                                       std::string_view secret) {
  internal::RequireSodium();
  RETURN_IF_ERROR(CheckLength("an X25519 public key", public_key));
  RETURN_IF_ERROR(CheckLength("an X25519 secret", secret));
  if (box.size() < kSealedBoxOverhead) return errors::SecretWrong();
  std::string content(box.size() - kSealedBoxOverhead, '\0');
  if (crypto_box_seal_open(MutableData(content), Data(box), box.size(), Data(public_key), Data(secret)) !=
      0) {
    return errors::SecretWrong();
  }
  return content;
}

}  // namespace plenary::crypto
