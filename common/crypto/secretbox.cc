#include "common/crypto/secretbox.h"

#include <sodium.h>

#include <algorithm>
#include <limits>

#include "common/crypto/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto {
namespace {

using internal::Data;
using internal::MutableData;

static_assert(kSecretBoxOverhead ==
              crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + sizeof(std::uint16_t));

std::string KeyOf(std::string_view label, std::string_view secret) {
  std::string input(label);
  input += secret;
  const WipeAtEnd wipe(input);
  std::string key(crypto_secretbox_KEYBYTES, '\0');
  crypto_generichash(MutableData(key), key.size(), Data(input), input.size(), nullptr, 0);
  return key;
}

}  // namespace

absl::StatusOr<std::string> SealWithSecret(std::string_view label, std::string_view secret,
                                           std::string_view plaintext, std::size_t padded_size,
                                           RandomSource& random) {
  internal::RequireSodium();
  const std::size_t room = padded_size < kSecretBoxOverhead ? 0 : padded_size - kSecretBoxOverhead;
  const std::size_t most = std::min<std::size_t>(room, std::numeric_limits<std::uint16_t>::max());
  if (plaintext.size() > most || padded_size < kSecretBoxOverhead) {
    return errors::PlaintextTooLong(plaintext.size(), most);
  }
  std::string key = KeyOf(label, secret);
  const WipeAtEnd wipe_key(key);
  std::string content;
  content.reserve(sizeof(std::uint16_t) + room);  // no copy is left behind by growing
  const WipeAtEnd wipe_content(content);
  AppendU16(content, static_cast<std::uint16_t>(plaintext.size()));
  content += plaintext;
  content.resize(sizeof(std::uint16_t) + room, '\0');
  std::string box = random.Bytes(crypto_secretbox_NONCEBYTES);
  box.resize(padded_size);
  crypto_secretbox_easy(MutableData(box) + crypto_secretbox_NONCEBYTES, Data(content), content.size(),
                        Data(box), Data(key));
  return box;
}

absl::StatusOr<std::string> OpenWithSecret(std::string_view label, std::string_view secret,
                                           std::string_view box) {
  internal::RequireSodium();
  if (box.size() < kSecretBoxOverhead) return errors::SecretWrong();
  std::string key = KeyOf(label, secret);
  const WipeAtEnd wipe_key(key);
  const std::string_view nonce = box.substr(0, crypto_secretbox_NONCEBYTES);
  const std::string_view sealed = box.substr(crypto_secretbox_NONCEBYTES);
  std::string content(sealed.size() - crypto_secretbox_MACBYTES, '\0');
  const WipeAtEnd wipe_content(content);
  if (crypto_secretbox_open_easy(MutableData(content), Data(sealed), sealed.size(), Data(nonce), Data(key)) !=
      0) {
    return errors::SecretWrong();
  }
  ByteReader reader(content);
  const auto size = reader.ReadU16();
  const auto plaintext = size.has_value() ? reader.ReadBytes(*size) : std::nullopt;
  const auto padding = reader.ReadBytes(reader.Remaining());
  if (!plaintext.has_value() || padding->find_first_not_of('\0') != std::string_view::npos) {
    return errors::SecretWrong();
  }
  return std::string(*plaintext);
}

}  // namespace plenary::crypto
