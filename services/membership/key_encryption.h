// The key that a registrar's private keys are sealed with at rest. It stands in a file outside the database,
// so that neither a dump nor a backup of the database signs anything.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/random.h"

namespace plenary::membership {

// Bytes of the file, and of a box: an RSA key of 3072 bits takes about 1,800.
inline constexpr std::size_t kKeyEncryptionKeySize = 32;
inline constexpr std::size_t kSealedKeysSize = 2048;

// Both private keys of an election. Wiped when it goes.
struct PrivateKeyBytes {
  std::string rsa_der;    // PKCS#8
  std::string list_seed;  // Ed25519, 32 bytes

  PrivateKeyBytes() = default;
  PrivateKeyBytes(PrivateKeyBytes&&) = default;
  PrivateKeyBytes& operator=(PrivateKeyBytes&&) = default;
  ~PrivateKeyBytes();
};

// Immutable; const use is thread-safe.
class KeyEncryption {
 public:
  enum class WhenMissing { kMake, kRefuse };
  // Reads the file, or makes it, mode 0600 and on the disk. KEY_ENCRYPTION_UNUSABLE when it is missing and
  // may not be made, is not 32 bytes long, or can be read by others than its owner.
  static absl::StatusOr<std::unique_ptr<KeyEncryption>> Open(const std::string& path, WhenMissing missing,
                                                             crypto::RandomSource& random);
  ~KeyEncryption();
  KeyEncryption(const KeyEncryption&) = delete;
  KeyEncryption& operator=(const KeyEncryption&) = delete;

  // A box of kSealedKeysSize bytes, good for that election alone (its bare id).
  absl::StatusOr<std::string> Seal(std::string_view election, const PrivateKeyBytes& keys,
                                   crypto::RandomSource& random) const;
  // SECRET_WRONG when it is a box of another key or another election, or was altered.
  absl::StatusOr<PrivateKeyBytes> Unseal(std::string_view election, std::string_view sealed) const;

  const std::string& path() const { return path_; }

 private:
  KeyEncryption(std::string path, std::string key) : path_(std::move(path)), key_(std::move(key)) {}

  const std::string path_;
  std::string key_;
};

}  // namespace plenary::membership
