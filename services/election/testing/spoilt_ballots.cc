#include "services/election/testing/spoilt_ballots.h"

#include <array>
#include <stdexcept>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"

namespace plenary::election::testing {
namespace {

enum Kind {
  kNotSpoilt,
  kOutermostBox,
  kInnermostBox,
  kKeyOfAnother,
  kLengthBeyondEnd,
  kSomethingAfterChoices,
  kCutShort,
  kLeftOver,
  kTooManyMarks,
  kUnknownOption,
  kOptionsDescending,
  kOptionTwice,
  kMarkOfTwo,
  kRankMissing,
  kRankShared,
  kRankGap,
  kScoreTooHigh,
  kScoreZero,
  kKinds,
};

constexpr std::array<SpoiltKind, kKinds> kSpoiltKinds = {{
    {"not spoilt", ""},
    {"its outermost box does not open", "OPEN"},
    {"its innermost box does not open", "OPEN"},
    {"it holds the key of another ballot", "PK"},
    {"its choices are longer than there is room", "LENGTH"},
    {"something stands after its choices", "PADDING"},
    {"its choices are cut short", "CHOICES"},
    {"something is left over of its choices", "CHOICES"},
    {"it has too many marks", "CHOICES"},
    {"it marks an option that there is not", "CHOICES"},
    {"its options descend", "CHOICES"},
    {"it marks an option twice", "CHOICES"},
    {"a plain mark of it is two", "CHOICES"},
    {"it has no first rank", "CHOICES"},
    {"it shares a rank where that is not allowed", "CHOICES"},
    {"it leaves a rank out after equal ones", "CHOICES"},
    {"a score is above the highest", "CHOICES"},
    {"a score is zero", "CHOICES"},
}};

// Choices in the contests of plain marks, ranks, equal ranks and scores.
std::string Choices(counting::Marks marks, counting::Marks ranks, counting::Marks equal_ranks,
                    counting::Marks scores) {
  return EncodeChoices({std::move(marks), std::move(ranks), std::move(equal_ranks), std::move(scores)});
}

std::string ChoicesOf(int kind) {
  const std::string blank = Choices({}, {}, {}, {});
  switch (kind) {
    case kCutShort:
      return blank.substr(0, blank.size() - 1);
    case kLeftOver:
      return blank + '\0';
    case kTooManyMarks:
      return Choices({{0, 1}, {1, 1}, {2, 1}}, {}, {}, {});
    case kUnknownOption:
      return Choices({{3, 1}}, {}, {}, {});
    case kOptionsDescending:
      return Choices({{1, 1}, {0, 1}}, {}, {}, {});
    case kOptionTwice:
      return Choices({{1, 1}, {1, 1}}, {}, {}, {});
    case kMarkOfTwo:
      return Choices({{1, 2}}, {}, {}, {});
    case kRankMissing:
      return Choices({}, {{0, 2}, {1, 3}}, {}, {});
    case kRankShared:
      return Choices({}, {{0, 1}, {1, 1}}, {}, {});
    case kRankGap:
      return Choices({}, {}, {{0, 1}, {1, 1}, {2, 3}}, {});
    case kScoreTooHigh:
      return Choices({}, {}, {}, {{0, 6}});
    case kScoreZero:
      return Choices({}, {}, {}, {{0, 0}});
    default:
      return blank;
  }
}

std::string Sealed(const PublishedManifest& manifest, std::string_view plaintext,
                   crypto::RandomSource& random) {
  auto sealed = manifest.SealPlaintext(
      plaintext, [&](int, std::string_view) { return random.Bytes(crypto::kX25519KeySize); });
  if (!sealed.ok()) throw std::runtime_error(sealed.status().ToString());
  return *std::move(sealed);
}

// All boxes but the innermost, around noise.
std::string SealedAroundNoise(const PublishedManifest& manifest, crypto::RandomSource& random) {
  std::string content = random.Bytes(manifest.plaintext_length() + crypto::kSealedBoxOverhead);
  for (int layer = manifest.manifest().trustees_size() - 2; layer >= 0; --layer) {
    auto box = crypto::Seal(manifest.manifest().trustees(layer).tally_key(), content,
                            random.Bytes(crypto::kX25519KeySize));
    if (!box.ok()) throw std::runtime_error(box.status().ToString());
    content = *std::move(box);
  }
  return content;
}

}  // namespace

std::span<const SpoiltKind> SpoiltKinds() { return kSpoiltKinds; }

std::string SpoiltBallot(const PublishedManifest& manifest, const TestVoter& voter, int kind,
                         crypto::RandomSource& random) {
  if (kind == kOutermostBox) {
    return BallotWithSealed(manifest, voter, random.Bytes(manifest.shape().SealedLength()));
  }
  if (kind == kInnermostBox) return BallotWithSealed(manifest, voter, SealedAroundNoise(manifest, random));
  const auto key = crypto::Ed25519KeyPair::FromSeed(voter.seed);
  const std::string pk =
      kind == kKeyOfAnother ? random.Bytes(kBallotKeySize) : std::string(key->public_key().bytes());
  std::string plaintext = EncodePlaintext(pk, ChoicesOf(kind), manifest.plaintext_length());
  if (kind == kLengthBeyondEnd) plaintext[kBallotKeySize] = '\xff';
  if (kind == kSomethingAfterChoices) plaintext.back() = '\1';
  return BallotWithSealed(manifest, voter, Sealed(manifest, plaintext, random));
}

}  // namespace plenary::election::testing
