#include "services/membership/key_encryption.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/secretbox.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "services/membership/durable_file.h"
#include "services/membership/errors_registrar.h"

namespace plenary::membership {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kOthers = 0077;

// Separates this use of the key from every other, and the boxes of one election from those of the next.
std::string LabelOf(std::string_view election) {
  return fmt::format("plenary registrar keys 1 {}", election);
}

absl::Status Unusable(const std::string& path, std::string_view because) {
  return errors::KeyEncryptionUnusable(path, because);
}

// Written aside, so that a start that is cut short leaves no half of a key. A link never replaces: of two
// processes that start together, one fails and finds the other's key at its next start.
absl::Status Make(const std::string& path, crypto::RandomSource& random) {
  const std::string aside = fmt::format("{}.{}.new", path, getpid());
  const int file = open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
  if (file < 0) return Unusable(path, std::strerror(errno));
  std::string key = random.Bytes(kKeyEncryptionKeySize);
  const crypto::WipeAtEnd wipe(key);
  const bool written =
      WriteAll(file, key) && fsync(file) == 0 && link(aside.c_str(), path.c_str()) == 0 && SyncFolderOf(path);
  const std::string because = written ? "" : std::strerror(errno);
  close(file);
  unlink(aside.c_str());
  if (!written) return Unusable(path, because);
  log::Info("made the key that the registrar's keys are sealed with", {{"file", path}});
  return absl::OkStatus();
}

}  // namespace

PrivateKeyBytes::~PrivateKeyBytes() {
  crypto::SecureWipe(rsa_der);
  crypto::SecureWipe(list_seed);
}

absl::StatusOr<std::unique_ptr<KeyEncryption>> KeyEncryption::Open(const std::string& path,
                                                                   WhenMissing missing,
                                                                   crypto::RandomSource& random) {
  if (access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    if (missing == WhenMissing::kRefuse) {
      return Unusable(path, "it is missing, and the database has keys that only it opens");
    }
    RETURN_IF_ERROR(Make(path, random));
  }
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Unusable(path, std::strerror(errno));
  struct stat facts = {};
  std::string key;
  const bool read = fstat(file, &facts) == 0 && ReadAll(file, key);
  close(file);
  const crypto::WipeAtEnd wipe(key);
  if (!read) return Unusable(path, "it cannot be read");
  if ((facts.st_mode & kOthers) != 0)
    return Unusable(path, "others than its owner may read it; chmod 600 it");
  if (key.size() != kKeyEncryptionKeySize) {
    return Unusable(path, fmt::format("it has {} bytes, not {}", key.size(), kKeyEncryptionKeySize));
  }
  return std::unique_ptr<KeyEncryption>(new KeyEncryption(path, std::string(key)));
}

KeyEncryption::~KeyEncryption() { crypto::SecureWipe(key_); }

absl::StatusOr<std::string> KeyEncryption::Seal(std::string_view election, const PrivateKeyBytes& keys,
                                                crypto::RandomSource& random) const {
  std::string plaintext = keys.list_seed + keys.rsa_der;
  const crypto::WipeAtEnd wipe(plaintext);
  return crypto::SealWithSecret(LabelOf(election), key_, plaintext, kSealedKeysSize, random);
}

absl::StatusOr<PrivateKeyBytes> KeyEncryption::Unseal(std::string_view election,
                                                      std::string_view sealed) const {
  ASSIGN_OR_RETURN(std::string plaintext, crypto::OpenWithSecret(LabelOf(election), key_, sealed));
  const crypto::WipeAtEnd wipe(plaintext);
  if (plaintext.size() <= crypto::kEd25519SeedSize) return absl::InternalError("sealed keys are cut short");
  PrivateKeyBytes keys;
  keys.list_seed = plaintext.substr(0, crypto::kEd25519SeedSize);
  keys.rsa_der = plaintext.substr(crypto::kEd25519SeedSize);
  return keys;
}

}  // namespace plenary::membership
