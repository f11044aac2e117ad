#include "services/election/rules/published_manifest.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/counting/profile.h"

namespace plenary::election {
namespace {

constexpr std::size_t kFingerprintLength = 20;
constexpr std::uint32_t kLargestNumber = std::numeric_limits<std::uint16_t>::max();

// A contest without candidates stands without options. With as many candidates as seats or fewer, the marks
// of block plurality may be more than the options.
absl::Status CheckMarks(const v1::Manifest::Contest& contest, const counting::Method& method) {
  const auto options = static_cast<std::uint32_t>(contest.options_size());
  const bool by_seats = contest.method() == v1::COUNTING_METHOD_BLOCK_PLURALITY;
  const bool fits = by_seats || contest.max_marks() <= std::max(options, 1u);
  const bool reachable = options == 0 || contest.min_marks() <= options;
  if (contest.max_marks() == 0 || contest.max_marks() > kLargestNumber ||
      contest.min_marks() > contest.max_marks() || !fits || !reachable) {
    return errors::ManifestInvalid("The manifest has a contest with impossible marks.");
  }
  const bool scored = method.kind == counting::BallotKind::kScores;
  if (scored ? contest.max_score() == 0 || contest.max_score() > kHighestMaxScore
             : contest.max_score() != 0) {
    return errors::ManifestInvalid("The manifest has a contest with an impossible highest score.");
  }
  return absl::OkStatus();
}

absl::Status CheckContest(const v1::Manifest::Contest& contest) {
  const counting::Method* const method = counting::FindMethod(contest.method());
  if (method == nullptr) {
    return errors::ManifestInvalid("The manifest names a counting method that this program does not know.");
  }
  if (contest.seats() == 0 || contest.seats() > kLargestNumber ||
      (method->one_seat && contest.seats() != 1)) {
    return errors::ManifestInvalid("The manifest has a contest with impossible seats.");
  }
  if (contest.options_size() > MostOptions(*method)) {
    return errors::ManifestInvalid("The manifest has a contest with more options than its method counts.");
  }
  if (contest.none_of_these() && contest.options_size() < 2) {
    return errors::ManifestInvalid("The manifest has a contest in which \"None of these\" stands alone.");
  }
  std::set<std::string_view> names;
  for (const auto& option : contest.options()) {
    if (!names.insert(option.name()).second) {
      return errors::ManifestInvalid("The manifest has a contest that names an option twice.");
    }
  }
  return CheckMarks(contest, *method);
}

BallotShape ShapeOf(const v1::Manifest& manifest) {
  return {.registrars = static_cast<std::size_t>(manifest.registrars_size()),
          .trustees = static_cast<std::size_t>(manifest.trustees_size()),
          .plaintext_length = PlaintextLength(ContestRules(manifest))};
}

absl::Status CheckTrustees(const v1::Manifest& manifest) {
  const int trustees = manifest.trustees_size();
  if (trustees < kFewestTrustees || trustees > kMostTrustees || manifest.threshold() < kLowestThreshold ||
      manifest.threshold() > static_cast<std::uint32_t>(trustees)) {
    return errors::ManifestInvalid("The manifest has an impossible number of trustees, or threshold.");
  }
  std::set<std::string_view> keys;
  for (const auto& trustee : manifest.trustees()) {
    if (!crypto::CheckX25519PublicKey(trustee.tally_key()).ok() || !keys.insert(trustee.tally_key()).second) {
      return errors::ManifestInvalid("The manifest has a tally key that is unsuitable or stands twice.");
    }
    const auto& shares = trustee.share_sha256();
    const bool whole = std::all_of(shares.begin(), shares.end(),
                                   [](const std::string& hash) { return hash.size() == kHashSize; });
    if (shares.size() != trustees || !whole) {
      return errors::ManifestInvalid("The manifest does not hold the hash of every share of a tally key.");
    }
  }
  return absl::OkStatus();
}

constexpr std::uint64_t kYear10000 = 253'402'300'800;  // seconds; later instants do not fit into microseconds

absl::Status CheckFacts(const v1::Manifest& manifest) {
  const auto id = ResourceId("elections", manifest.origin());
  if (!id.has_value() || !ParseId(*id).has_value()) {
    return errors::ManifestInvalid("The manifest has no origin with an election's id.");
  }
  if (manifest.contests_size() == 0 || manifest.contests_size() > kMostContests) {
    return errors::ManifestInvalid("The manifest has no contest, or too many.");
  }
  for (const auto& contest : manifest.contests()) RETURN_IF_ERROR(CheckContest(contest));
  if (ShapeOf(manifest).BallotLength() > kLongestBallot) {
    return errors::ManifestInvalid("The manifest allows so many marks that a ballot would be too long.");
  }
  if (manifest.choices_length() != ShapeOf(manifest).plaintext_length) {
    return errors::ManifestInvalid("The manifest's length of choices does not follow from its contests.");
  }
  if (manifest.voting_closes() >= kYear10000) {
    return errors::ManifestInvalid("Voting closes before the year 10000.");
  }
  if (manifest.issuing_opens() >= manifest.issuing_closes() ||
      manifest.voting_opens() >= manifest.voting_closes() ||
      manifest.issuing_closes() > manifest.voting_closes()) {
    return errors::ManifestInvalid("The manifest's times do not ascend.");
  }
  if (manifest.roll_sha256().size() != kHashSize || manifest.registrars_size() == 0 ||
      manifest.registrars_size() > kMostRegistrars) {
    return errors::ManifestInvalid("The manifest has no roll, or no registrar, or too many.");
  }
  return CheckTrustees(manifest);
}

absl::StatusOr<std::vector<crypto::RsaPublicKey>> ReadRegistrars(const v1::Manifest& manifest) {
  std::vector<crypto::RsaPublicKey> keys;
  std::set<std::string> moduli;
  for (const auto& registrar : manifest.registrars()) {
    auto key = crypto::RsaPublicKey::FromBytes(registrar.rsa_n(), registrar.rsa_e());
    if (!key.ok() || registrar.list_key().size() != crypto::kEd25519PublicKeySize) {
      return errors::ManifestInvalid("The manifest has a registrar whose keys are unsuitable.");
    }
    if (!moduli.insert(registrar.rsa_n()).second) {
      return errors::ManifestInvalid("The manifest names the same registrar's key twice.");
    }
    keys.push_back(*std::move(key));
  }
  return keys;
}

// One manifest has one spelling: the serialisation of its own message, without unknown fields.
bool HasOneSpelling(v1::Manifest manifest, std::string_view bytes) {
  manifest.DiscardUnknownFields();
  return manifest.SerializeAsString() == bytes;
}

}  // namespace

std::vector<ContestRule> ContestRules(const v1::Manifest& manifest) {
  std::vector<ContestRule> rules;
  for (const auto& contest : manifest.contests()) {
    const counting::Method& method = *counting::FindMethod(contest.method());
    rules.push_back({.options = static_cast<std::uint32_t>(contest.options_size()),
                     .min_marks = contest.min_marks(),
                     .max_marks = contest.max_marks(),
                     .kind = method.kind,
                     .equal_ranks = method.equal_ranks,
                     .max_score = contest.max_score()});
  }
  return rules;
}

int MostOptions(const counting::Method& method) {
  return method.kind == counting::BallotKind::kRanks ? kMostRankedOptions
                                                     : static_cast<int>(counting::kMostOptions);
}

absl::StatusOr<PublishedManifest> PublishedManifest::Parse(std::string_view bytes) {
  v1::Manifest manifest;
  if (bytes.size() > kLongestManifest ||
      !manifest.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !HasOneSpelling(manifest, bytes)) {
    return errors::ManifestInvalid("These bytes are no manifest in its one spelling.");
  }
  RETURN_IF_ERROR(CheckFacts(manifest));
  ASSIGN_OR_RETURN(auto registrars, ReadRegistrars(manifest));
  auto box_key = crypto::Ed25519PublicKey::FromBytes(manifest.box_key());
  if (!box_key.ok()) return errors::ManifestInvalid("The manifest has no key of the ballot box.");
  PublishedManifest published(std::move(manifest), *std::move(box_key));
  published.hash_ = crypto::Sha256(bytes);
  published.registrars_ = std::move(registrars);
  published.contests_ = ContestRules(published.manifest_);
  published.shape_ = ShapeOf(published.manifest_);
  return published;
}

std::string PublishedManifest::Fingerprint() const { return FingerprintOf(hash_); }

absl::StatusOr<BallotView> PublishedManifest::ReadBallot(std::string_view ballot) const {
  const auto named = ManifestHashOf(ballot);
  if (!named.has_value()) return errors::BallotMalformed();
  if (*named != hash_) return errors::ManifestUnknown();
  auto view = ParseBallot(ballot, shape_);
  if (!view.has_value()) return errors::BallotLengthInvalid(ballot_length(), ballot.size());
  return *std::move(view);
}

absl::Status PlaintextError(PlaintextFault fault) {
  switch (fault) {
    case PlaintextFault::kNone:
      return absl::OkStatus();
    case PlaintextFault::kTooManyMarks:
      return errors::TooManyMarks();
    case PlaintextFault::kTooFewMarks:
      return errors::TooFewMarks();
    case PlaintextFault::kOptionUnknown:
      return errors::OptionUnknown();
    case PlaintextFault::kRanksInvalid:
      return errors::RanksInvalid();
    case PlaintextFault::kScoreInvalid:
      return errors::ScoreInvalid();
    default:
      return errors::PlaintextInvalid(SpoiltReason(fault));
  }
}

absl::Status PublishedManifest::CheckSignatures(const BallotView& ballot) const {
  const std::string message = CredentialMessage(ballot.manifest_hash, ballot.pk);
  for (std::size_t i = 0; i < registrars_.size(); ++i) {
    std::string input(ballot.credentials[i].prefix);
    input += message;
    if (!crypto::Verify(registrars_[i], input, ballot.credentials[i].signature).ok()) {
      return errors::CredentialInvalid();
    }
  }
  const auto key = crypto::Ed25519PublicKey::FromBytes(ballot.pk);
  if (!key.ok() ||
      !crypto::VerifyEd25519(*key, BallotMessage(ballot.unsigned_bytes), ballot.signature).ok()) {
    return errors::BallotSignatureInvalid();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PublishedManifest::SealPlaintext(std::string_view plaintext,
                                                             const EphemeralSecret& ephemeral_secret) const {
  std::string content(plaintext);
  for (int layer = manifest_.trustees_size() - 1; layer >= 0; --layer) {
    std::string secret = ephemeral_secret(layer, content);
    const crypto::WipeAtEnd wipe(secret);
    ASSIGN_OR_RETURN(content, crypto::Seal(manifest_.trustees(layer).tally_key(), content, secret));
  }
  return content;
}

int PublishedManifest::FirstWrongSecret(const TallySecrets& secrets) const {
  if (secrets.size() != shape_.trustees) return -1;
  for (int i = 0; i < manifest_.trustees_size(); ++i) {
    const std::string& secret = secrets[static_cast<std::size_t>(i)];
    const auto key = crypto::X25519PublicKey(secret);
    if (!crypto::IsCanonicalX25519Secret(secret) || !key.ok() || *key != manifest_.trustees(i).tally_key()) {
      return i + 1;
    }
  }
  return 0;
}

OpenedPlaintext PublishedManifest::Open(const BallotView& ballot, const TallySecrets& secrets) const {
  std::string content(ballot.sealed);
  for (int i = 0; i < manifest_.trustees_size(); ++i) {
    auto opened =
        crypto::OpenSealed(content, manifest_.trustees(i).tally_key(), secrets[static_cast<std::size_t>(i)]);
    if (!opened.ok()) return {.fault = PlaintextFault::kOpen};
    content = *std::move(opened);
  }
  return OpenPlaintext(content, ballot.pk, contests_);
}

std::string FingerprintOf(std::string_view manifest_hash) {
  return crypto::Base32Encode(manifest_hash).substr(0, kFingerprintLength);
}

}  // namespace plenary::election
