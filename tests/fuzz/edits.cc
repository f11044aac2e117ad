#include "tests/fuzz/edits.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "common/crypto/bytes.h"

namespace plenary::fuzz {
namespace {

enum Act { kPut, kInsert, kErase, kCut, kFlip, kLengthen, kCopy, kActs };
constexpr unsigned kWhole = 0xFF;
constexpr unsigned kFromEnd = 0x8000;
constexpr std::size_t kLengthenBy = 64;
// More than any leaf or manifest may have; an input of many edits does not take all memory.
constexpr std::size_t kMostBytes = 70'000;

// Where an edit takes place: from 0 to the size, whatever the number is, so that none is without effect.
std::size_t PlaceIn(const std::string& bytes, unsigned where) {
  const std::size_t places = bytes.size() + 1;
  return where < kFromEnd ? where % places : bytes.size() - (0x10000 - where) % places;
}

// A u16, or what there is of it.
unsigned NumberIn(std::string_view bytes) {
  unsigned number = 0;
  for (const char byte : bytes.substr(0, 2)) number = number * 256 + static_cast<unsigned char>(byte);
  return number;
}

// How many bytes of an edit follow its count.
std::size_t PayloadOf(unsigned act, unsigned count) {
  if (act == kPut || act == kInsert) return count;
  return act == kCopy ? 2 : 0;
}

void Put(std::string& bytes, std::size_t at, std::string_view other) {
  std::copy_n(other.begin(), std::min(other.size(), bytes.size() - at),
              bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

void Apply(std::string& bytes, unsigned act, std::size_t at, unsigned count, std::string_view payload) {
  switch (act) {
    case kPut:
      Put(bytes, at, payload);
      break;
    case kInsert:
      bytes.insert(at, payload);
      break;
    case kErase:
      bytes.erase(at, count);
      break;
    case kCut:
      bytes.resize(at);
      break;
    case kCopy:
      Put(bytes, at, bytes.substr(PlaceIn(bytes, NumberIn(payload)), count));
      break;
    case kFlip:
      if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ static_cast<char>(count));
      break;
    default:
      bytes.resize(std::max(bytes.size(), std::min(bytes.size() + kLengthenBy * count, kMostBytes)), '\0');
  }
}

}  // namespace

unsigned TakeByte(std::string_view& input) {
  if (input.empty()) return 0;
  const unsigned byte = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return byte;
}

std::string Edited(std::string good, std::string_view edits) {
  crypto::ByteReader reader(edits);
  while (reader.Remaining() != 0) {
    const unsigned act = *reader.ReadU8();
    if (act == kWhole) return std::string(*reader.ReadBytes(reader.Remaining()));
    const auto where = reader.ReadU16();
    const auto count = reader.ReadU8();
    if (!where.has_value() || !count.has_value()) break;
    const std::string_view payload =
        *reader.ReadBytes(std::min(PayloadOf(act % kActs, *count), reader.Remaining()));
    Apply(good, act % kActs, PlaceIn(good, *where), *count, payload);
  }
  return good;
}

}  // namespace plenary::fuzz
