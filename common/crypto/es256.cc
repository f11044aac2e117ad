#include "common/crypto/es256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <utility>

#include "common/crypto/errors.h"
#include "common/crypto/private_key_codec.h"
#include "common/status/macros.h"

namespace plenary::crypto {
namespace {

using internal::BytesOf;
using internal::Data;
using internal::MutableData;
using internal::NumberOf;
using internal::OpenSslPtr;
using internal::Require;

constexpr char kCurve[] = "P-256";
// OpenSSL's own name for P-256, as a loaded key reports it.
constexpr std::string_view kCurveAsReported = "prime256v1";

// The longest DER form of two numbers of 33 bytes each.
constexpr std::size_t kLongestDer = 72;

// 32 bytes of a key's coordinate.
std::string Coordinate(const EVP_PKEY& key, const char* name) {
  BIGNUM* number = nullptr;
  const bool read = EVP_PKEY_get_bn_param(&key, name, &number) == 1;
  const OpenSslPtr<BIGNUM> owned(number);
  Require(read, "EVP_PKEY_get_bn_param");
  return BytesOf(*number, kEs256CoordinateSize);
}

bool IsOnP256(const EVP_PKEY& key) {
  char name[32] = "";
  std::size_t size = 0;
  return EVP_PKEY_get_group_name(&key, name, sizeof(name), &size) == 1 &&
         std::string_view(name, size) == kCurveAsReported;
}

// OpenSSL reads and writes the DER form, JOSE the bare numbers.
std::string RawFromDer(std::string_view der) {
  const unsigned char* at = Data(der);
  const OpenSslPtr<ECDSA_SIG> parsed(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  Require(parsed != nullptr, "d2i_ECDSA_SIG");
  return BytesOf(*ECDSA_SIG_get0_r(parsed.get()), kEs256CoordinateSize) +
         BytesOf(*ECDSA_SIG_get0_s(parsed.get()), kEs256CoordinateSize);
}

std::string DerFromRaw(std::string_view raw) {
  const OpenSslPtr<ECDSA_SIG> numbers(ECDSA_SIG_new());
  Require(numbers && ECDSA_SIG_set0(numbers.get(), NumberOf(raw.substr(0, kEs256CoordinateSize)).release(),
                                    NumberOf(raw.substr(kEs256CoordinateSize)).release()) == 1,
          "ECDSA_SIG_set0");
  std::string der(kLongestDer, '\0');
  unsigned char* end = MutableData(der);
  const int size = i2d_ECDSA_SIG(numbers.get(), &end);
  Require(size > 0, "i2d_ECDSA_SIG");
  der.resize(static_cast<std::size_t>(size));
  return der;
}

}  // namespace

absl::StatusOr<Es256PublicKey> Es256PublicKey::FromCoordinates(std::string_view x, std::string_view y) {
  const internal::ErrorQueueGuard guard;
  for (const std::string_view coordinate : {x, y}) {
    if (coordinate.size() != kEs256CoordinateSize) {
      return errors::LengthUnexpected("a P-256 coordinate", kEs256CoordinateSize, coordinate.size());
    }
  }
  std::string point = "\x04";  // uncompressed
  point += x;
  point += y;
  const OpenSslPtr<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  Require(builder &&
              OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kCurve, 0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                               point.size()) == 1,
          "OSSL_PARAM_BLD_push");
  const OpenSslPtr<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const OpenSslPtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  Require(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_fromdata_init");
  EVP_PKEY* parsed = nullptr;
  EVP_PKEY_fromdata(context.get(), &parsed, EVP_PKEY_PUBLIC_KEY, params.get());
  std::shared_ptr<EVP_PKEY> key(parsed, internal::OpenSslDeleter());
  if (!key) return errors::KeyUnsuitable("Its point is not on the curve P-256.");
  const OpenSslPtr<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  Require(check != nullptr, "EVP_PKEY_CTX_new_from_pkey");
  if (EVP_PKEY_public_check(check.get()) != 1)
    return errors::KeyUnsuitable("Its point is not on the curve P-256.");
  Es256PublicKey result;
  result.x_ = x;
  result.y_ = y;
  result.key_ = std::move(key);
  return result;
}

absl::Status Es256PublicKey::Verify(std::string_view message, std::string_view signature) const {
  const internal::ErrorQueueGuard guard;
  if (signature.size() != kEs256SignatureSize) return errors::SignatureInvalid();
  const std::string der = DerFromRaw(signature);
  const OpenSslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
  Require(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1,
          "EVP_DigestVerifyInit");
  if (EVP_DigestVerify(context.get(), Data(der), der.size(), Data(message), message.size()) != 1) {
    return errors::SignatureInvalid();
  }
  return absl::OkStatus();
}

absl::StatusOr<Es256PrivateKey> Es256PrivateKey::FromKey(OpenSslPtr<EVP_PKEY> key) {
  if (!IsOnP256(*key)) return errors::KeyUnsuitable("It is not on the curve P-256.");
  const OpenSslPtr<EVP_PKEY_CTX> check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  Require(check != nullptr, "EVP_PKEY_CTX_new_from_pkey");
  if (EVP_PKEY_check(check.get()) != 1) {
    return errors::KeyUnsuitable("Its private and its public numbers do not belong together.");
  }
  ASSIGN_OR_RETURN(Es256PublicKey public_key,
                   Es256PublicKey::FromCoordinates(Coordinate(*key, OSSL_PKEY_PARAM_EC_PUB_X),
                                                   Coordinate(*key, OSSL_PKEY_PARAM_EC_PUB_Y)));
  return Es256PrivateKey(std::move(key), std::move(public_key));
}

Es256PrivateKey Es256PrivateKey::Generate() {
  OpenSslPtr<EVP_PKEY> key(EVP_EC_gen(kCurve));
  Require(key != nullptr, "EVP_EC_gen");
  absl::StatusOr<Es256PrivateKey> result = FromKey(std::move(key));
  Require(result.ok(), "the check of a new P-256 key");
  return *std::move(result);
}

absl::StatusOr<Es256PrivateKey> Es256PrivateKey::FromPem(std::string_view pem) {
  const internal::ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(OpenSslPtr<EVP_PKEY> key, internal::PrivateKeyFromPem(pem, "EC"));
  return FromKey(std::move(key));
}

std::string Es256PrivateKey::ToPem() const { return internal::PrivateKeyToPem(*key_); }

std::string Es256PrivateKey::Sign(std::string_view message) const {
  const OpenSslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::string der(kLongestDer, '\0');
  std::size_t size = der.size();
  Require(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
              EVP_DigestSign(context.get(), MutableData(der), &size, Data(message), message.size()) == 1,
          "EVP_DigestSign");
  der.resize(size);
  return RawFromDer(der);
}

}  // namespace plenary::crypto
