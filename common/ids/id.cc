#include "common/ids/id.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

namespace plenary {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuv";
constexpr std::size_t kLongestResourceId = 63;

bool IsResourceIdCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

}  // namespace

std::string IdSource::NextText() { return IdText(Next()); }

RandomIds::RandomIds() {
  if (sodium_init() < 0) std::abort();
}

IdBytes RandomIds::Next() {
  IdBytes bytes;
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

IdBytes CountingIds::Next() {
  IdBytes bytes{};
  std::uint64_t value = ++last_;
  for (std::size_t i = bytes.size(); value != 0; value >>= 8) bytes[--i] = static_cast<std::uint8_t>(value);
  return bytes;
}

std::string IdText(const IdBytes& bytes) {
  std::string text;
  text.reserve(kIdLength);
  unsigned buffer = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    buffer = (buffer << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[(buffer >> (bits - 5)) & 31]);
    buffer &= 0xff;
  }
  text.push_back(kAlphabet[(buffer << (5 - bits)) & 31]);
  return text;
}

std::optional<IdBytes> ParseId(std::string_view text) {
  if (text.size() != kIdLength) return std::nullopt;
  IdBytes bytes{};
  unsigned buffer = 0;
  int bits = 0;
  std::size_t at = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    buffer = ((buffer << 5) | static_cast<unsigned>(digit)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = static_cast<std::uint8_t>(buffer >> bits);
    }
  }
  if ((buffer & ((1u << bits) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string ResourceName(std::string_view collection, std::string_view id) {
  std::string name(collection);
  name += '/';
  name += id;
  return name;
}

std::optional<std::string> ResourceId(std::string_view collection, std::string_view name) {
  if (name.size() < collection.size() + 2 || name.substr(0, collection.size()) != collection ||
      name[collection.size()] != '/') {
    return std::nullopt;
  }
  const std::string_view id = name.substr(collection.size() + 1);
  if (id.size() > kLongestResourceId || !std::all_of(id.begin(), id.end(), IsResourceIdCharacter))
    return std::nullopt;
  return std::string(id);
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

std::string RandomUuid() {
  IdBytes bytes = RandomIds().Next();
  bytes[6] = (bytes[6] & 0x0f) | 0x40;  // RFC 9562: version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80;  // variant 10
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

}  // namespace plenary
