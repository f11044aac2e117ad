// Checkpoints of a log as signed notes, in one spelling each: what was signed is what is read.
// Source: c2sp.org/tlog-checkpoint and c2sp.org/signed-note, Ed25519 (signature type 0x01).
//
//   origin \n  size, decimal \n  base64(root) \n  \n  "— " origin " " base64(key id 4 || signature 64) \n
//
// The origin is also the name of the key. No extension lines, exactly one signature: the suite's logs
// have no witnesses. Everything here is thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/ed25519.h"

namespace plenary::crypto {

// The longest note that is read, in bytes. One of the suite's has about 250.
inline constexpr std::size_t kMostNoteBytes = 4096;

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  std::string root;  // 32 bytes

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// The note, the same for the same checkpoint and key. NOTE_INVALID when the origin is empty, too long for
// kMostNoteBytes, or has a space, a plus, a control character or a byte outside ASCII; LENGTH_UNEXPECTED
// unless the root has 32 bytes.
absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const Ed25519KeyPair& key);

// What the note says, its origin `origin` and its signature by `key`. NOTE_INVALID when it is spelled in
// any other way than SignCheckpoint does or has another origin or key id; SIGNATURE_INVALID.
absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          const Ed25519PublicKey& key);

// The first 4 bytes of SHA-256(name || 0x0A || 0x01 || public key).
std::string NoteKeyId(std::string_view name, const Ed25519PublicKey& key);

}  // namespace plenary::crypto
