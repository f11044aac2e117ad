#include "services/election/rules/shares.h"

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"

namespace plenary::election {
namespace {

constexpr std::string_view kShareMagic = "PLS1";
constexpr std::size_t kShareValueSize = 32;

static_assert(kShareBytes ==
              kShareMagic.size() + crypto::kX25519KeySize + 3 + kShareValueSize + kShareSaltSize);

}  // namespace

std::string EncodeShare(const Share& share) {
  std::string bytes(kShareMagic);
  bytes += share.tally_key;
  crypto::AppendU8(bytes, share.threshold);
  crypto::AppendU8(bytes, share.trustees);
  crypto::AppendU8(bytes, share.index);
  bytes += share.share;
  bytes += share.salt;
  return bytes;
}

std::optional<Share> ReadShare(std::string_view bytes) {
  crypto::ByteReader reader(bytes);
  if (bytes.size() != kShareBytes || reader.ReadBytes(kShareMagic.size()) != kShareMagic) return std::nullopt;
  Share share;
  share.tally_key = *reader.ReadBytes(crypto::kX25519KeySize);
  share.threshold = *reader.ReadU8();
  share.trustees = *reader.ReadU8();
  share.index = *reader.ReadU8();
  share.share = *reader.ReadBytes(kShareValueSize);
  share.salt = *reader.ReadBytes(kShareSaltSize);
  return share;
}

}  // namespace plenary::election
