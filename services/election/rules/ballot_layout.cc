#include "services/election/rules/ballot_layout.h"

#include <initializer_list>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"

namespace plenary::election {
namespace {

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string bytes;
  for (const std::string_view part : parts) bytes += part;
  return bytes;
}

}  // namespace

std::size_t BallotShape::SealedLength() const {
  return plaintext_length + trustees * crypto::kSealedBoxOverhead;
}

std::size_t BallotShape::BallotLength() const {
  return kBallotMagic.size() + kHashSize + kBallotKeySize +
         registrars * (kPrefixSize + kCredentialSignatureSize) + SealedLength() + kBallotSignatureSize;
}

std::optional<std::string_view> ManifestHashOf(std::string_view ballot) {
  if (ballot.substr(0, kBallotMagic.size()) != kBallotMagic ||
      ballot.size() < kBallotMagic.size() + kHashSize) {
    return std::nullopt;
  }
  return ballot.substr(kBallotMagic.size(), kHashSize);
}

std::optional<BallotView> ParseBallot(std::string_view ballot, const BallotShape& shape) {
  if (ballot.size() != shape.BallotLength()) return std::nullopt;
  crypto::ByteReader reader(ballot);
  if (*reader.ReadBytes(kBallotMagic.size()) != kBallotMagic) return std::nullopt;
  BallotView view;
  view.manifest_hash = *reader.ReadBytes(kHashSize);
  view.pk = *reader.ReadBytes(kBallotKeySize);
  for (std::size_t i = 0; i < shape.registrars; ++i) {
    const std::string_view prefix = *reader.ReadBytes(kPrefixSize);
    view.credentials.push_back({prefix, *reader.ReadBytes(kCredentialSignatureSize)});
  }
  view.sealed = *reader.ReadBytes(shape.SealedLength());
  view.signature = *reader.ReadBytes(kBallotSignatureSize);
  view.unsigned_bytes = ballot.substr(0, ballot.size() - kBallotSignatureSize);
  return view;
}

std::string UnsignedBallot(std::string_view manifest_hash, std::string_view pk,
                           const std::vector<Credential>& credentials, std::string_view sealed) {
  std::string bytes = Join({kBallotMagic, manifest_hash, pk});
  for (const Credential& credential : credentials) bytes += credential.prefix + credential.signature;
  bytes += sealed;
  return bytes;
}

std::string BallotMessage(std::string_view unsigned_ballot) {
  return Join({"plenary-ballot-v1", unsigned_ballot});
}

std::string CredentialMessage(std::string_view manifest_hash, std::string_view pk) {
  return Join({"plenary-credential-v1", manifest_hash, pk});
}

std::string ReceiptMessage(std::string_view manifest_hash, std::string_view ballot_hash) {
  return Join({"plenary-receipt-v1", std::string_view("\0", 1), manifest_hash, ballot_hash});
}

std::string BallotId(std::string_view manifest_hash, std::string_view pk) {
  return crypto::Sha256(Join({manifest_hash, pk}));
}

}  // namespace plenary::election
