// A ballot as bytes: "PLB1 || manifest hash 32 || pk 32 || n x (prefix 32 || signature 384) || sealed ||
// signature 64". Integers are big-endian. "The same ballot" means the same bytes.
//
// Sealed: the plaintext of L bytes in one sealed box a trustee (crypto/sealed_box.h), 48 bytes each; the box
// of the last trustee in the manifest is the innermost.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::election {

inline constexpr std::string_view kBallotMagic = "PLB1";
inline constexpr std::size_t kHashSize = 32;
inline constexpr std::size_t kBallotKeySize = 32;
inline constexpr std::size_t kPrefixSize = 32;
inline constexpr std::size_t kCredentialSignatureSize = 384;
inline constexpr std::size_t kBallotSignatureSize = 64;

// What one registrar gave: the randomised prefix of the message, and the signature over both.
struct Credential {
  std::string prefix;
  std::string signature;
  friend bool operator==(const Credential&, const Credential&) = default;
};

// The parts of a ballot; borrowed from its bytes.
struct BallotView {
  struct CredentialView {
    std::string_view prefix;
    std::string_view signature;
  };
  std::string_view manifest_hash;
  std::string_view pk;
  std::vector<CredentialView> credentials;  // in manifest order
  std::string_view sealed;
  std::string_view signature;
  std::string_view unsigned_bytes;  // all before the signature
};

// What decides how long a ballot of an election is, to the byte.
struct BallotShape {
  std::size_t registrars = 0;
  std::size_t trustees = 0;
  std::size_t plaintext_length = 0;  // L

  std::size_t SealedLength() const;
  std::size_t BallotLength() const;
};

// The manifest hash that bytes name; nullopt unless they begin as a ballot does.
std::optional<std::string_view> ManifestHashOf(std::string_view ballot);

// nullopt unless the bytes begin with the magic and have exactly that shape.
std::optional<BallotView> ParseBallot(std::string_view ballot, const BallotShape& shape);

// All but the signature.
std::string UnsignedBallot(std::string_view manifest_hash, std::string_view pk,
                           const std::vector<Credential>& credentials, std::string_view sealed);

// What the ballot key signs: "plenary-ballot-v1" || all preceding bytes.
std::string BallotMessage(std::string_view unsigned_ballot);

// What a registrar signs blindly: "plenary-credential-v1" || manifest hash 32 || pk 32.
std::string CredentialMessage(std::string_view manifest_hash, std::string_view pk);

// What the box signs: "plenary-receipt-v1" || 00 || manifest hash || ballot hash.
std::string ReceiptMessage(std::string_view manifest_hash, std::string_view ballot_hash);

// The key of a ballot in the box: SHA-256(manifest hash || pk).
std::string BallotId(std::string_view manifest_hash, std::string_view pk);

}  // namespace plenary::election
