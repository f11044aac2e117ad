#include "common/crypto/signed_note.h"

#include <absl/strings/escaping.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/crypto/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/merkle.h"

namespace plenary::crypto {
namespace {

// The em dash and the space that every signature line begins with.
constexpr std::string_view kSignaturePrefix = "\xE2\x80\x94 ";
constexpr std::size_t kKeyIdSize = 4;
// Says that the key is an Ed25519 key, c2sp.org/signed-note.
constexpr std::uint8_t kEd25519Type = 0x01;

std::string Base64(std::string_view bytes) {
  return absl::Base64Escape(absl::string_view(bytes.data(), bytes.size()));
}

// Abseil takes spaces, missing padding and loose last bits; one value has one spelling here.
std::optional<std::string> StrictBase64(std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(absl::string_view(text.data(), text.size()), &bytes)) return std::nullopt;
  if (Base64(bytes) != text) return std::nullopt;
  return bytes;
}

// Up to the end of the line, which is taken away from the text with its newline.
std::optional<std::string_view> TakeLine(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::uint64_t> ParseSize(std::string_view text) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (error != std::errc() || end != text.data() + text.size() || fmt::format("{}", size) != text) {
    return std::nullopt;
  }
  return size;
}

// As the name of a key must be: no space, no plus, nothing that could end a line.
bool IsOrigin(std::string_view origin) {
  return !origin.empty() &&
         std::ranges::all_of(origin, [](char c) { return c > ' ' && c < 0x7f && c != '+'; });
}

std::string TextOf(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.size, Base64(checkpoint.root));
}

}  // namespace

std::string NoteKeyId(std::string_view name, const Ed25519PublicKey& key) {
  std::string bytes(name);
  bytes += '\n';
  AppendU8(bytes, kEd25519Type);
  bytes += key.bytes();
  return Sha256(bytes).substr(0, kKeyIdSize);
}

absl::StatusOr<std::string> SignCheckpoint(const Checkpoint& checkpoint, const Ed25519KeyPair& key) {
  if (!IsOrigin(checkpoint.origin)) {
    return errors::NoteInvalid("Its origin must be visible ASCII characters, no space and no plus.");
  }
  if (checkpoint.root.size() != kMerkleHashSize) {
    return errors::LengthUnexpected("a root", kMerkleHashSize, checkpoint.root.size());
  }
  const std::string text = TextOf(checkpoint);
  const std::string signature = NoteKeyId(checkpoint.origin, key.public_key()) + key.Sign(text);
  std::string note =
      fmt::format("{}\n{}{} {}\n", text, kSignaturePrefix, checkpoint.origin, Base64(signature));
  if (note.size() > kMostNoteBytes) return errors::NoteInvalid("Its origin is too long.");
  return note;
}

absl::StatusOr<Checkpoint> OpenCheckpoint(std::string_view note, std::string_view origin,
                                          const Ed25519PublicKey& key) {
  if (note.size() > kMostNoteBytes) return errors::NoteInvalid("It is too long.");
  std::string_view rest = note;
  const auto first = TakeLine(rest), second = TakeLine(rest), third = TakeLine(rest), fourth = TakeLine(rest),
             fifth = TakeLine(rest);
  if (!fifth.has_value() || !rest.empty()) {
    return errors::NoteInvalid("It must have five lines: origin, size, root, an empty one, one signature.");
  }
  if (*first != origin || !IsOrigin(origin)) return errors::NoteInvalid("It is of another log.");
  const std::optional<std::uint64_t> size = ParseSize(*second);
  if (!size.has_value()) return errors::NoteInvalid("The size must be decimal, without leading zeros.");
  std::optional<std::string> root = StrictBase64(*third);
  if (!root.has_value() || root->size() != kMerkleHashSize) {
    return errors::NoteInvalid("The root must be 32 bytes in base64.");
  }
  const std::string line_start = fmt::format("{}{} ", kSignaturePrefix, origin);
  if (!fourth->empty() || !fifth->starts_with(line_start)) {
    return errors::NoteInvalid("An empty line and the signature of the log must follow the root.");
  }
  const std::optional<std::string> signature = StrictBase64(fifth->substr(line_start.size()));
  if (!signature.has_value() || signature->size() != kKeyIdSize + kEd25519SignatureSize) {
    return errors::NoteInvalid("The signature must be a key id and 64 bytes in base64.");
  }
  if (!signature->starts_with(NoteKeyId(origin, key))) {
    return errors::NoteInvalid("It is signed by another key.");
  }
  Checkpoint checkpoint{std::string(origin), *size, *std::move(root)};
  const absl::Status verified =
      VerifyEd25519(key, TextOf(checkpoint), std::string_view(*signature).substr(kKeyIdSize));
  if (!verified.ok()) return verified;
  return checkpoint;
}

}  // namespace plenary::crypto
