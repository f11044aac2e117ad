#include "services/election/client/voter.h"

#include <algorithm>
#include <utility>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/secretbox.h"
#include "common/status/macros.h"
#include "services/election/client/errors_voter.h"
#include "services/election/errors.h"

namespace plenary::election::client {
namespace {

constexpr char kSealLabel[] = "plenary-seal-v1";
constexpr char kRecoveryLabel[] = "plenary-recovery-v1";
constexpr std::size_t kBlindingSize = kPrefixSize + 2 * crypto::kRsaModulusSize;

absl::StatusOr<std::string> PublicKeyOf(std::string_view seed) {
  ASSIGN_OR_RETURN(const auto key, crypto::Ed25519KeyPair::FromSeed(seed));
  return std::string(key.public_key().bytes());
}

// Label, manifest hash, seed and layer: less than this.
constexpr std::size_t kMostSealInput = 128;

// Follows from what only the voter knows and everything that goes into the box: the same choices give the
// same ballot, also from another device, and no two boxes share a secret.
std::string EphemeralSecret(std::string_view manifest_hash, std::string_view seed, int layer,
                            std::string_view content) {
  std::string input;
  input.reserve(kMostSealInput + content.size());  // no copy is left behind by growing
  input += kSealLabel;
  input += manifest_hash;
  input += seed;
  crypto::AppendU8(input, static_cast<std::uint8_t>(layer));
  input += content;
  const crypto::WipeAtEnd wipe(input);
  return crypto::Sha256(input);
}

struct Place {
  std::size_t contest = 0;
  std::uint16_t option = 0;
};

absl::StatusOr<Place> PlaceOf(const v1::Manifest& manifest, const std::string& name) {
  for (int i = 0; i < manifest.contests_size(); ++i) {
    const auto& options = manifest.contests(i).options();
    for (int j = 0; j < options.size(); ++j) {
      if (options.Get(j).name() == name) {
        return Place{static_cast<std::size_t>(i), static_cast<std::uint16_t>(j)};
      }
    }
  }
  return errors::OptionUnknown();
}

}  // namespace

std::string MakeBallotKey(crypto::RandomSource& random) { return random.Bytes(crypto::kEd25519SeedSize); }

absl::StatusOr<CredentialState> PrepareCredential(const PublishedManifest& manifest, std::string seed,
                                                  crypto::RandomSource& random) {
  ASSIGN_OR_RETURN(const std::string pk, PublicKeyOf(seed));
  const std::string message = CredentialMessage(manifest.hash(), pk);
  CredentialState state;
  state.seed = std::move(seed);
  for (const crypto::RsaPublicKey& registrar : manifest.registrars()) {
    const std::string input = crypto::PrepareRandomized(message, random);
    ASSIGN_OR_RETURN(crypto::BlindedMessage blinded, crypto::Blind(registrar, input, random));
    state.blindings.push_back(
        {input.substr(0, kPrefixSize), std::move(blinded.inv), std::move(blinded.blinded_msg)});
  }
  return state;
}

std::string SerializeState(const CredentialState& state) {
  std::string bytes;
  bytes.reserve(state.seed.size() + state.blindings.size() * kBlindingSize);
  bytes += state.seed;
  for (const Blinding& blinding : state.blindings)
    bytes.append(blinding.prefix).append(blinding.inv).append(blinding.blinded_msg);
  return bytes;
}

absl::StatusOr<CredentialState> ParseState(std::string_view bytes, std::size_t registrars) {
  if (bytes.size() != crypto::kEd25519SeedSize + registrars * kBlindingSize) {
    return errors::BallotStateUnusable(
        "The kept ballot key has the wrong length and is not one of this election. Recover the ballot with "
        "its code.");
  }
  crypto::ByteReader reader(bytes);
  CredentialState state;
  state.seed = *reader.ReadBytes(crypto::kEd25519SeedSize);
  for (std::size_t i = 0; i < registrars; ++i) {
    Blinding& blinding = state.blindings.emplace_back();
    blinding.prefix = *reader.ReadBytes(kPrefixSize);
    blinding.inv = *reader.ReadBytes(crypto::kRsaModulusSize);
    blinding.blinded_msg = *reader.ReadBytes(crypto::kRsaModulusSize);
  }
  return state;
}

std::string MakeRecoveryCode(crypto::RandomSource& random) { return random.Bytes(kRecoveryCodeSize); }

std::string RecoveryCodeText(std::string_view code) { return crypto::Base32Encode(code); }

absl::StatusOr<std::string> MakeRecoveryBlob(const CredentialState& state, std::string_view code,
                                             crypto::RandomSource& random) {
  std::string bytes = SerializeState(state);
  const crypto::WipeAtEnd wipe(bytes);
  return crypto::SealWithSecret(kRecoveryLabel, code, bytes, kRecoveryBlobSize, random);
}

absl::StatusOr<CredentialState> OpenRecoveryBlob(std::string_view blob, std::string_view code,
                                                 std::size_t registrars) {
  // Whoever keeps a blob could have sealed it under an empty code, or one that is easily guessed.
  if (code.size() != kRecoveryCodeSize) return errors::RecoveryCodeWrong();
  auto bytes = crypto::OpenWithSecret(kRecoveryLabel, code, blob);
  if (!bytes.ok()) return errors::RecoveryCodeWrong();
  const crypto::WipeAtEnd wipe(*bytes);
  return ParseState(*bytes, registrars);
}

absl::StatusOr<std::vector<Credential>> FinalizeCredential(const PublishedManifest& manifest,
                                                           const CredentialState& state,
                                                           const std::vector<std::string>& blind_signatures) {
  const std::size_t registrars = manifest.registrars().size();
  if (state.blindings.size() != registrars || blind_signatures.size() != registrars) {
    return errors::BallotStateUnusable("A ballot needs the signature of every registrar. Ask all of them.");
  }
  ASSIGN_OR_RETURN(const std::string pk, PublicKeyOf(state.seed));
  const std::string message = CredentialMessage(manifest.hash(), pk);
  std::vector<Credential> credentials;
  for (std::size_t i = 0; i < registrars; ++i) {
    const Blinding& blinding = state.blindings[i];
    ASSIGN_OR_RETURN(std::string signature,
                     crypto::Finalize(manifest.registrars()[i], blinding.prefix + message,
                                      blind_signatures[i], blinding.inv));
    credentials.push_back({blinding.prefix, std::move(signature)});
  }
  return credentials;
}

absl::StatusOr<counting::Ballot> MarksFor(const PublishedManifest& manifest,
                                          const std::vector<Choice>& choices) {
  counting::Ballot ballot(manifest.contests().size());
  for (const Choice& choice : choices) {
    ASSIGN_OR_RETURN(const Place place, PlaceOf(manifest.manifest(), choice.option));
    ballot[place.contest].push_back({place.option, choice.value});
  }
  for (counting::Marks& marks : ballot) {
    std::sort(marks.begin(), marks.end(),
              [](const counting::Mark& a, const counting::Mark& b) { return a.option < b.option; });
    const auto twice = std::adjacent_find(
        marks.begin(), marks.end(),
        [](const counting::Mark& a, const counting::Mark& b) { return a.option == b.option; });
    if (twice != marks.end()) return errors::OptionUnknown();
  }
  RETURN_IF_ERROR(PlaintextError(ParseChoices(EncodeChoices(ballot), manifest.contests()).fault));
  return ballot;
}

absl::StatusOr<std::string> BuildBallot(const PublishedManifest& manifest, std::string_view seed,
                                        const std::vector<Credential>& credentials,
                                        const counting::Ballot& choices) {
  const std::string encoded = EncodeChoices(choices);
  RETURN_IF_ERROR(PlaintextError(ParseChoices(encoded, manifest.contests()).fault));
  ASSIGN_OR_RETURN(const auto key, crypto::Ed25519KeyPair::FromSeed(seed));
  const std::string_view pk = key.public_key().bytes();
  std::string plaintext = EncodePlaintext(pk, encoded, manifest.plaintext_length());
  const crypto::WipeAtEnd wipe(plaintext);
  ASSIGN_OR_RETURN(const std::string sealed,
                   manifest.SealPlaintext(plaintext, [&](int layer, std::string_view content) {
                     return EphemeralSecret(manifest.hash(), seed, layer, content);
                   }));
  std::string ballot = UnsignedBallot(manifest.hash(), pk, credentials, sealed);
  ballot += key.Sign(BallotMessage(ballot));
  return ballot;
}

absl::Status VerifyReceipt(const PublishedManifest& manifest, std::string_view ballot,
                           std::string_view receipt) {
  const std::string message = ReceiptMessage(manifest.hash(), crypto::Sha256(ballot));
  return crypto::VerifyEd25519(manifest.box_key(), message, receipt).ok() ? absl::OkStatus()
                                                                          : errors::ReceiptInvalid();
}

}  // namespace plenary::election::client
