#include "common/crypto/rs256.h"

#include <gtest/gtest.h>

#include "common/testing/rs256_key.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using testing::IsError;
using testing::IsOk;
using testing::Rs256Key;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(Rs256PublicKey, TakesWhatItsOwnerSignedAndNothingElse) {
  const Rs256Key key, other;
  ASSERT_OK_AND_ASSIGN(const Rs256PublicKey reader, Rs256PublicKey::FromBytes(key.n(), key.e()));
  const std::string signature = key.Sign("message");
  EXPECT_THAT(reader.Verify("message", signature), IsOk());
  EXPECT_THAT(reader.Verify("massage", signature), IsError(kInvalid, "SIGNATURE_INVALID"));
  EXPECT_THAT(reader.Verify("message", other.Sign("message")), IsError(kInvalid, "SIGNATURE_INVALID"));
  EXPECT_THAT(reader.Verify("message", signature.substr(1)), IsError(kInvalid, "SIGNATURE_INVALID"));
  EXPECT_THAT(reader.Verify("message", ""), IsError(kInvalid, "SIGNATURE_INVALID"));
}

TEST(Rs256PublicKey, RefusesKeysThatAreNone) {
  const Rs256Key key, small(1024);
  const std::string too_long(kRs256MostBits / 8 + 1, '\xff');
  for (const auto& [n, e] : std::initializer_list<std::pair<std::string, std::string>>{
           {small.n(), small.e()},
           {too_long, key.e()},
           {"", key.e()},
           {key.n(), ""},
           {key.n(), std::string(1, '\x01')},
           {key.n(), std::string(1, '\x04')},
           {key.n(), std::string(9, '\x01')},
           {key.n().substr(0, key.n().size() - 1) + '\x02', key.e()}}) {
    EXPECT_THAT(Rs256PublicKey::FromBytes(n, e), IsError(kInvalid, "KEY_UNSUITABLE"));
  }
}

}  // namespace
}  // namespace plenary::crypto
