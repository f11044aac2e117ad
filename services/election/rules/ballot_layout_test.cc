#include "services/election/rules/ballot_layout.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"

namespace plenary::election {
namespace {

const std::string kHash(32, 'h');
const std::string kPk(32, 'k');

constexpr BallotShape kShape = {.registrars = 2, .trustees = 3, .plaintext_length = 50};
constexpr std::size_t kSealed = 50 + 3 * 48;

std::string Sample() {
  const std::vector<Credential> credentials(2, {std::string(32, 'p'), std::string(384, 's')});
  return UnsignedBallot(kHash, kPk, credentials, std::string(kSealed, 't')) + std::string(64, 'e');
}

TEST(BallotLayout, HasTheLengthThatRegistrarsTrusteesAndPlaintextGive) {
  EXPECT_EQ(kShape.SealedLength(), kSealed);
  EXPECT_EQ(kShape.BallotLength(), 4u + 32 + 32 + 2 * 416 + kSealed + 64);
  EXPECT_EQ(Sample().size(), kShape.BallotLength());
}

TEST(BallotLayout, GivesBackEveryPart) {
  const std::string ballot = Sample();
  const auto view = ParseBallot(ballot, kShape);
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->manifest_hash, kHash);
  EXPECT_EQ(view->pk, kPk);
  ASSERT_EQ(view->credentials.size(), 2u);
  EXPECT_EQ(view->credentials[1].prefix, std::string(32, 'p'));
  EXPECT_EQ(view->credentials[1].signature, std::string(384, 's'));
  EXPECT_EQ(view->sealed, std::string(kSealed, 't'));
  EXPECT_EQ(view->signature, std::string(64, 'e'));
  EXPECT_EQ(view->unsigned_bytes, ballot.substr(0, ballot.size() - 64));
}

TEST(BallotLayout, RefusesEveryOtherLengthAndAnotherMagic) {
  const std::string ballot = Sample();
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, ballot.size() - 1}) {
    EXPECT_FALSE(ParseBallot(ballot.substr(0, size), kShape).has_value()) << size;
  }
  EXPECT_FALSE(ParseBallot(ballot + 'x', kShape).has_value());
  EXPECT_FALSE(ParseBallot("PLB2" + ballot.substr(4), kShape).has_value());
  EXPECT_FALSE(ManifestHashOf("PLB2" + ballot.substr(4)).has_value());
  EXPECT_FALSE(ManifestHashOf(ballot.substr(0, 35)).has_value());
  EXPECT_EQ(ManifestHashOf(ballot.substr(0, 36)), kHash);
}

TEST(BallotLayout, SeparatesWhatIsSignedByDomains) {
  EXPECT_EQ(CredentialMessage(kHash, kPk), "plenary-credential-v1" + kHash + kPk);
  EXPECT_EQ(BallotMessage("bytes"), "plenary-ballot-v1bytes");
  EXPECT_EQ(ReceiptMessage(kHash, kPk), "plenary-receipt-v1" + std::string(1, '\0') + kHash + kPk);
  EXPECT_EQ(BallotId(kHash, kPk), crypto::Sha256(kHash + kPk));
}

}  // namespace
}  // namespace plenary::election
