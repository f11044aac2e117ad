// Randomness, handed in wherever it is used, so that a whole protocol run can be repeated in a test.
//
// Two things draw from OpenSSL's own generator instead and cannot be seeded: the making of RSA and
// P-256 keys with the nonces of ES256, and the masking inside an RSA private operation, which never
// shows in its result.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace plenary::crypto {

class RandomSource {
 public:
  virtual ~RandomSource() = default;

  // Fills the whole span with random bytes.
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;

  // `size` random bytes.
  std::string Bytes(std::size_t size);
};

// The operating system's generator, through libsodium. Thread-safe.
class SystemRandom final : public RandomSource {
 public:
  SystemRandom();
  void Fill(std::span<std::uint8_t> bytes) override;
};

// FOR TESTS AND SIMULATIONS ONLY: who knows the seed knows every secret drawn from it.
//
// The ChaCha20 keystream under key SHA-256(seed), nonce 0: the same seed gives the same stream on
// every machine, however the stream is cut into calls. Not thread-safe.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::string_view seed);
  void Fill(std::span<std::uint8_t> bytes) override;

 private:
  static constexpr std::size_t kBlockSize = 64;

  std::array<std::uint8_t, 32> key_;
  std::array<std::uint8_t, kBlockSize> block_;
  std::size_t used_ = kBlockSize;
  std::uint64_t next_block_ = 0;
};

}  // namespace plenary::crypto
