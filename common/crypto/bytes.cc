#include "common/crypto/bytes.h"

#include <openssl/evp.h>
#include <sodium.h>

namespace plenary::crypto {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Fetched once and kept for the life of the process: a fetch for each digest costs more than a small
// digest itself.
const EVP_MD* FetchedSha256() {
  static const EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  internal::Require(digest != nullptr, "EVP_MD_fetch SHA256");
  return digest;
}

const EVP_MD* FetchedSha384() {
  static const EVP_MD* const digest = EVP_MD_fetch(nullptr, "SHA384", nullptr);
  internal::Require(digest != nullptr, "EVP_MD_fetch SHA384");
  return digest;
}

std::string Digest(const EVP_MD* algorithm, std::size_t size, std::string_view bytes) {
  std::string digest(size, '\0');
  internal::Require(
      EVP_Digest(bytes.data(), bytes.size(), internal::MutableData(digest), nullptr, algorithm, nullptr) == 1,
      "EVP_Digest");
  return digest;
}

// Writes the bytes as digits of `bits` bits each, the last one filled up with zeros.
std::string EncodeDigits(std::string_view bytes, std::string_view alphabet, unsigned bits) {
  std::string text;
  text.reserve((bytes.size() * 8 + bits - 1) / bits);
  const unsigned mask = (1u << bits) - 1;
  unsigned buffer = 0, filled = 0;
  for (const char c : bytes) {
    buffer = (buffer << 8 | static_cast<std::uint8_t>(c)) & 0xffff;
    for (filled += 8; filled >= bits; filled -= bits) text += alphabet[buffer >> (filled - bits) & mask];
  }
  if (filled > 0) text += alphabet[buffer << (bits - filled) & mask];
  return text;
}

// Refuses foreign characters, a length that no bytes have, and padding bits that are not zero.
std::optional<std::string> DecodeDigits(std::string_view text, std::string_view alphabet, unsigned bits) {
  std::string bytes;
  bytes.reserve(text.size() * bits / 8);
  unsigned buffer = 0, filled = 0;
  for (const char c : text) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    buffer = (buffer << bits | static_cast<unsigned>(digit)) & 0xffff;
    filled += bits;
    if (filled >= 8) {
      filled -= 8;
      bytes += static_cast<char>(buffer >> filled & 0xff);
    }
  }
  if (filled >= bits || (buffer & ((1u << filled) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string Sha256(std::string_view bytes) { return Digest(FetchedSha256(), kSha256Size, bytes); }
std::string Sha384(std::string_view bytes) { return Digest(FetchedSha384(), kSha384Size, bytes); }

Sha256Hasher::Sha256Hasher() : context_(EVP_MD_CTX_new()) {
  internal::Require(context_ && EVP_DigestInit_ex(context_.get(), FetchedSha256(), nullptr) == 1,
                    "EVP_DigestInit_ex");
}

void Sha256Hasher::Update(std::string_view bytes) {
  internal::Require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "EVP_DigestUpdate");
}

std::string Sha256Hasher::Finish() {
  std::string digest(kSha256Size, '\0');
  internal::Require(EVP_DigestFinal_ex(context_.get(), internal::MutableData(digest), nullptr) == 1 &&
                        EVP_DigestInit_ex(context_.get(), FetchedSha256(), nullptr) == 1,
                    "EVP_DigestFinal_ex");
  return digest;
}

std::string HexEncode(std::string_view bytes) { return EncodeDigits(bytes, kHex, 4); }

std::optional<std::string> HexDecode(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  }
  return DecodeDigits(lower, kHex, 4);
}

std::string Base32Encode(std::string_view bytes) { return EncodeDigits(bytes, kBase32, 5); }
std::optional<std::string> Base32Decode(std::string_view text) { return DecodeDigits(text, kBase32, 5); }

std::string Base64UrlEncode(std::string_view bytes) { return EncodeDigits(bytes, kBase64Url, 6); }
std::optional<std::string> Base64UrlDecode(std::string_view text) {
  return DecodeDigits(text, kBase64Url, 6);
}

void AppendU8(std::string& bytes, std::uint8_t value) { bytes += static_cast<char>(value); }

void AppendU16(std::string& bytes, std::uint16_t value) {
  AppendU8(bytes, static_cast<std::uint8_t>(value >> 8));
  AppendU8(bytes, static_cast<std::uint8_t>(value));
}

void AppendU32(std::string& bytes, std::uint32_t value) {
  AppendU16(bytes, static_cast<std::uint16_t>(value >> 16));
  AppendU16(bytes, static_cast<std::uint16_t>(value));
}

std::optional<std::string_view> ByteReader::ReadBytes(std::size_t size) {
  if (size > rest_.size()) return std::nullopt;
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

std::optional<std::uint32_t> ByteReader::ReadBigEndian(std::size_t size) {
  const auto bytes = ReadBytes(size);
  if (!bytes.has_value()) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : *bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

std::optional<std::uint8_t> ByteReader::ReadU8() {
  const auto value = ReadBigEndian(1);
  if (!value.has_value()) return std::nullopt;
  return static_cast<std::uint8_t>(*value);
}

std::optional<std::uint16_t> ByteReader::ReadU16() {
  const auto value = ReadBigEndian(2);
  if (!value.has_value()) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

std::optional<std::uint32_t> ByteReader::ReadU32() { return ReadBigEndian(4); }

void SecureWipe(std::string& secret) {
  secret.resize(secret.capacity());  // within the capacity: moves nothing
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

bool ConstantTimeEquals(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace plenary::crypto
