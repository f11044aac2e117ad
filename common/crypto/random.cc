#include "common/crypto/random.h"

#include <sodium.h>

#include <algorithm>

#include "common/crypto/bytes.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto {

std::string RandomSource::Bytes(std::size_t size) {
  std::string bytes(size, '\0');
  Fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

SystemRandom::SystemRandom() { internal::RequireSodium(); }

void SystemRandom::Fill(std::span<std::uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); }

SeededRandom::SeededRandom(std::string_view seed) {
  internal::RequireSodium();
  static_assert(sizeof(key_) == crypto_stream_chacha20_KEYBYTES);
  const std::string digest = Sha256(seed);
  std::copy(digest.begin(), digest.end(), key_.begin());
}

void SeededRandom::Fill(std::span<std::uint8_t> bytes) {
  constexpr std::array<std::uint8_t, crypto_stream_chacha20_NONCEBYTES> kNonce{};
  constexpr std::array<std::uint8_t, kBlockSize> kZeros{};
  while (!bytes.empty()) {
    if (used_ == kBlockSize) {
      crypto_stream_chacha20_xor_ic(block_.data(), kZeros.data(), kBlockSize, kNonce.data(), next_block_++,
                                    key_.data());
      used_ = 0;
    }
    const std::size_t size = std::min(bytes.size(), kBlockSize - used_);
    std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(used_), size, bytes.begin());
    used_ += size;
    bytes = bytes.subspan(size);
  }
}

}  // namespace plenary::crypto
