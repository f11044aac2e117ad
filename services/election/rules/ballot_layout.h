// A ballot as bytes: "PLB1 || manifest hash 32 || pk 32 || n x (prefix 32 || signature 384) || plaintext L ||
// signature 64". Integers are big-endian. "The same ballot" means the same bytes.
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
  std::string_view plaintext;
  std::string_view signature;
  std::string_view unsigned_bytes;  // all before the signature
};

// The one length a ballot of an election may have.
std::size_t BallotLength(std::size_t registrars, std::size_t plaintext_length);

// The manifest hash that bytes name; nullopt unless they begin as a ballot does.
std::optional<std::string_view> ManifestHashOf(std::string_view ballot);

// nullopt unless the bytes begin with the magic and have exactly BallotLength().
std::optional<BallotView> ParseBallot(std::string_view ballot, std::size_t registrars,
                                      std::size_t plaintext_length);

// All but the signature.
std::string UnsignedBallot(std::string_view manifest_hash, std::string_view pk,
                           const std::vector<Credential>& credentials, std::string_view plaintext);

// What the ballot key signs: "plenary-ballot-v1" || all preceding bytes.
std::string BallotMessage(std::string_view unsigned_ballot);

// What a registrar signs blindly: "plenary-credential-v1" || manifest hash 32 || pk 32.
std::string CredentialMessage(std::string_view manifest_hash, std::string_view pk);

// What the box signs: "plenary-receipt-v1" || 00 || manifest hash || ballot hash.
std::string ReceiptMessage(std::string_view manifest_hash, std::string_view ballot_hash);

// The key of a ballot in the box: SHA-256(manifest hash || pk).
std::string BallotId(std::string_view manifest_hash, std::string_view pk);

}  // namespace plenary::election
