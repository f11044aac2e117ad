#include "common/crypto/shamir.h"

#include <sodium.h>

#include <array>
#include <bit>
#include <mutex>

#include "common/crypto/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/openssl_ptr.h"

extern "C" {
#include <libgfshare.h>
}

namespace plenary::crypto {
namespace {

using internal::Require;
using internal::RequireSodium;

struct ContextDeleter {
  void operator()(gfshare_ctx* context) const { gfshare_ctx_free(context); }
};
using Context = std::unique_ptr<gfshare_ctx, ContextDeleter>;

// Whose bytes the coefficients are, for as long as this thread splits a secret.
thread_local RandomSource* coefficient_source = nullptr;

// What libgfshare calls: for the coefficients, and to overwrite what it is about to free, which is no
// reason to draw from the caller's source.
void FillRandom(unsigned char* bytes, unsigned int size) {
  if (coefficient_source != nullptr) {
    coefficient_source->Fill({bytes, size});
  } else {
    randombytes_buf(bytes, size);
  }
}

// libgfshare's one global: NULL when the program starts, set once and never again. Which source a thread
// uses is in `coefficient_source`, so that threads do not share it.
void RequireRandomness() {
  static std::once_flag once;
  std::call_once(once, [] {
    RequireSodium();
    gfshare_fill_rand = &FillRandom;
  });
}

class CoefficientsFrom {
 public:
  explicit CoefficientsFrom(RandomSource& random) { coefficient_source = &random; }
  ~CoefficientsFrom() { coefficient_source = nullptr; }
  CoefficientsFrom(const CoefficientsFrom&) = delete;
  CoefficientsFrom& operator=(const CoefficientsFrom&) = delete;
};

std::vector<SecretShare> SharesOf(std::string_view secret, unsigned threshold, unsigned count,
                                  RandomSource& random) {
  std::array<unsigned char, kMostShares> numbers{};
  for (unsigned i = 0; i < count; ++i) numbers.at(i) = static_cast<unsigned char>(i + 1);
  const Context context(
      gfshare_ctx_init_enc(numbers.data(), count, static_cast<unsigned char>(threshold), kSharedSecretSize));
  Require(context != nullptr, "gfshare_ctx_init_enc");
  {
    // The library takes the secret through a pointer to non-const, and only reads it.
    std::string copy(secret);
    const WipeAtEnd wipe(copy);
    const CoefficientsFrom source(random);
    gfshare_ctx_enc_setsecret(context.get(), internal::MutableData(copy));
  }
  std::vector<SecretShare> shares(count);
  for (unsigned i = 0; i < count; ++i) {
    shares[i].index = numbers.at(i);
    shares[i].share.assign(kSharedSecretSize, '\0');
    gfshare_ctx_enc_getshare(context.get(), static_cast<unsigned char>(i),
                             internal::MutableData(shares[i].share));
  }
  return shares;
}

void WipeAll(std::vector<SecretShare>& shares) {
  for (SecretShare& share : shares) SecureWipe(share.share);
}

// Whether every subset of `threshold` shares gives the secret.
bool EverySubsetCombines(const std::vector<SecretShare>& shares, unsigned threshold,
                         std::string_view secret) {
  for (unsigned subset = 0; subset < 1u << shares.size(); ++subset) {
    if (static_cast<unsigned>(std::popcount(subset)) != threshold) continue;
    std::vector<SecretShare> chosen;
    for (std::size_t i = 0; i < shares.size(); ++i) {
      if ((subset >> i & 1) != 0) chosen.push_back(shares[i]);
    }
    absl::StatusOr<std::string> combined = CombineShares(chosen);
    const bool equal = combined.ok() && ConstantTimeEquals(*combined, secret);
    if (combined.ok()) SecureWipe(*combined);
    WipeAll(chosen);
    if (!equal) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::vector<SecretShare>> SplitSecret(std::string_view secret, unsigned threshold,
                                                     unsigned count, RandomSource& random) {
  if (secret.size() != kSharedSecretSize) {
    return errors::LengthUnexpected("a secret", kSharedSecretSize, secret.size());
  }
  if (threshold < kFewestSharesToCombine || threshold > count || count > kMostShares) {
    return errors::SharingUnsuitable("Ask for 2 to 9 shares and a threshold from 2 to their number.");
  }
  RequireRandomness();
  std::vector<SecretShare> shares = SharesOf(secret, threshold, count, random);
  if (!EverySubsetCombines(shares, threshold, secret)) {
    WipeAll(shares);
    return errors::SplitFault();
  }
  return shares;
}

absl::StatusOr<std::string> CombineShares(std::span<const SecretShare> shares) {
  if (shares.size() < kFewestSharesToCombine || shares.size() > kMostShares) {
    return errors::SharingUnsuitable("Give from 2 to 9 shares.");
  }
  RequireRandomness();
  std::array<unsigned char, kMostShares> numbers{};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    if (shares[i].share.size() != kSharedSecretSize) {
      return errors::LengthUnexpected("a share", kSharedSecretSize, shares[i].share.size());
    }
    numbers.at(i) = shares[i].index;
    for (std::size_t j = 0; j < i; ++j) {
      if (numbers.at(j) == numbers.at(i)) return errors::SharingUnsuitable("Give each share once.");
    }
    if (shares[i].index == 0) return errors::SharingUnsuitable("Shares are counted from 1.");
  }
  const Context context(
      gfshare_ctx_init_dec(numbers.data(), static_cast<unsigned>(shares.size()), kSharedSecretSize));
  Require(context != nullptr, "gfshare_ctx_init_dec");
  for (std::size_t i = 0; i < shares.size(); ++i) {
    std::string copy = shares[i].share;
    const WipeAtEnd wipe(copy);
    gfshare_ctx_dec_giveshare(context.get(), static_cast<unsigned char>(i), internal::MutableData(copy));
  }
  std::string secret(kSharedSecretSize, '\0');
  gfshare_ctx_dec_extract(context.get(), internal::MutableData(secret));
  return secret;
}

}  // namespace plenary::crypto
