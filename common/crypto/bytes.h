// Bytes, their digests and their spellings. A std::string holds bytes everywhere in the suite (as in
// protobuf), a std::string_view passes them in. Everything here is thread-safe on distinct objects.
//
// Every decoder is strict: one value has one spelling (hexadecimal alone takes both cases), and
// anything else is nullopt.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto {

inline constexpr std::size_t kSha256Size = 32;
inline constexpr std::size_t kSha384Size = 48;

// FIPS 180-4; 32 and 48 bytes, not text.
std::string Sha256(std::string_view bytes);
std::string Sha384(std::string_view bytes);

// SHA-256 of bytes that arrive in pieces.
class Sha256Hasher {
 public:
  Sha256Hasher();
  void Update(std::string_view bytes);
  // The digest of everything since construction or the last Finish; starts over.
  std::string Finish();

 private:
  internal::OpenSslPtr<EVP_MD_CTX> context_;
};

// Lower-case hexadecimal; decoding takes both cases, without a prefix.
std::string HexEncode(std::string_view bytes);
std::optional<std::string> HexDecode(std::string_view text);

// RFC 4648 section 6, upper case, no padding: what people read aloud.
std::string Base32Encode(std::string_view bytes);
std::optional<std::string> Base32Decode(std::string_view text);

// RFC 4648 section 5, no padding: what JOSE uses.
std::string Base64UrlEncode(std::string_view bytes);
std::optional<std::string> Base64UrlDecode(std::string_view text);

// Appends an integer, big-endian.
void AppendU8(std::string& bytes, std::uint8_t value);
void AppendU16(std::string& bytes, std::uint16_t value);
void AppendU32(std::string& bytes, std::uint32_t value);

// Reads a layout from front to back. A read that asks for more than remains is nullopt and takes
// nothing. Borrows: the bytes must outlive the reader and the views it gives.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::string_view> ReadBytes(std::size_t size);
  std::optional<std::uint8_t> ReadU8();
  std::optional<std::uint16_t> ReadU16();
  std::optional<std::uint32_t> ReadU32();
  std::size_t Remaining() const { return rest_.size(); }

 private:
  std::optional<std::uint32_t> ReadBigEndian(std::size_t size);

  std::string_view rest_;
};

// Overwrites the bytes, spare capacity included, in a way no optimiser removes; leaves it empty.
void SecureWipe(std::string& secret);

// Wipes a string when the scope ends. Borrows the string.
class WipeAtEnd {
 public:
  explicit WipeAtEnd(std::string& secret) : secret_(secret) {}
  ~WipeAtEnd() { SecureWipe(secret_); }
  WipeAtEnd(const WipeAtEnd&) = delete;
  WipeAtEnd& operator=(const WipeAtEnd&) = delete;

 private:
  std::string& secret_;
};

// Takes a time that depends on the sizes only.
bool ConstantTimeEquals(std::string_view a, std::string_view b);

}  // namespace plenary::crypto
