// Who may be a trustee, what may come when, and what is right about what they send.
#include "services/election/rules/trustees.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/crypto/sealed_box.h"
#include "common/crypto/shamir.h"
#include "common/testing/status_matchers.h"
#include "services/election/limits.h"
#include "services/election/rules/shares.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::HasReason;
using plenary::testing::IsError;

google::protobuf::RepeatedPtrField<std::string> People(int count) {
  google::protobuf::RepeatedPtrField<std::string> people;
  for (int i = 0; i < count; ++i) *people.Add() = "people/t" + std::to_string(i);
  return people;
}

constexpr TrusteeFields kFields = {.people = "election.trustees", .threshold = "election.trustee_threshold"};

TEST(Trustees, AreTwoToNinePeopleAndTwoOrMoreMakeUpForOne) {
  struct Row {
    int people;
    int threshold;
    const char* reason;
  };
  for (const Row& row : {Row{0, 0, "TRUSTEES_INVALID"},
                         {1, 0, "TRUSTEES_INVALID"},
                         {2, 0, ""},
                         {2, 2, ""},
                         {9, 0, ""},
                         {9, 9, ""},
                         {10, 0, "TRUSTEES_INVALID"},
                         {3, 1, "TRUSTEES_INVALID"},
                         {3, -1, "TRUSTEES_INVALID"},
                         {3, 4, "TRUSTEES_INVALID"},
                         {9, 10, "TRUSTEES_INVALID"}}) {
    EXPECT_THAT(CheckTrustees(People(row.people), row.threshold, "people/officer", kFields),
                HasReason(row.reason))
        << row.threshold << " of " << row.people;
  }
}

TEST(Trustees, AreDistinctPeopleAndNotTheReturningOfficer) {
  const auto check = [](const std::string& second) {
    auto people = People(3);
    *people.Mutable(1) = second;
    return CheckTrustees(people, 2, "people/officer", kFields);
  };
  EXPECT_OK(check("people/ann"));
  for (const char* wrong : {"people/t0", "people/officer", "", "people/", "companies/ann", "ann"}) {
    EXPECT_THAT(check(wrong), IsError(StatusCode::kInvalidArgument, "TRUSTEES_INVALID")) << wrong;
    EXPECT_EQ(FieldViolationsOf(check(wrong)).at(0).field, "election.trustees[1]") << wrong;
  }
  const auto threshold = CheckTrustees(People(3), 4, "people/officer", {"trustees", "threshold"});
  EXPECT_EQ(FieldViolationsOf(threshold).at(0).field, "threshold") << "each request names its own fields";
}

TEST(Trustees, AreReplacedByMoreThanHalfUnlessItIsSaidOtherwise) {
  EXPECT_EQ(ThresholdOf(0, 2), 2);
  EXPECT_EQ(ThresholdOf(0, 3), 2);
  EXPECT_EQ(ThresholdOf(0, 4), 3);
  EXPECT_EQ(ThresholdOf(0, 9), 5);
  EXPECT_EQ(ThresholdOf(3, 3), 3);
}

// How far three trustees are.
enum class Progress { kNothing, kTwoSentKeys, kSentKeys, kTwoDealt, kDealt, kTwoAccepted, kAccepted };

Trustees At(Progress progress) {
  Trustees trustees;
  for (int i = 1; i <= 3; ++i) {
    const auto done = [&](Progress all, Progress but_one) {
      return progress >= all || (progress == but_one && i < 3);
    };
    v1::Trustee& trustee = trustees.emplace_back();
    trustee.set_person("people/t" + std::to_string(i));
    trustee.set_number(i);
    if (done(Progress::kSentKeys, Progress::kTwoSentKeys)) trustee.set_tally_key("key");
    if (done(Progress::kDealt, Progress::kTwoDealt)) trustee.add_share_sha256("hash");
    trustee.set_accepted(done(Progress::kAccepted, Progress::kTwoAccepted));
  }
  return trustees;
}

TEST(Trustees, SendDealAndAcceptInThisOrderBeforeTheManifestAndReleaseAfterTheClose) {
  using Act = TrusteeAct;
  using Election = v1::Election;
  struct Row {
    Act act;
    Election::State state;
    Progress progress;
    const char* reason;
  };
  constexpr auto kCalled = Election::STATE_CALLED;
  constexpr auto kPublished = Election::STATE_PUBLISHED;
  for (const Row& row : {
           Row{Act::kSendKeys, kCalled, Progress::kNothing, ""},
           {Act::kSendKeys, kPublished, Progress::kNothing, "MANIFEST_PUBLISHED"},
           {Act::kSendKeys, Election::STATE_SEATED, Progress::kNothing, "MANIFEST_PUBLISHED"},
           {Act::kDealShares, kCalled, Progress::kTwoSentKeys, "TRUSTEE_KEYS_MISSING"},
           {Act::kDealShares, kCalled, Progress::kSentKeys, ""},
           {Act::kDealShares, kPublished, Progress::kSentKeys, "MANIFEST_PUBLISHED"},
           {Act::kListShares, kCalled, Progress::kTwoDealt, "SHARES_MISSING"},
           {Act::kListShares, kCalled, Progress::kDealt, ""},
           {Act::kListShares, kPublished, Progress::kDealt, ""},
           {Act::kAcceptShares, kCalled, Progress::kTwoDealt, "SHARES_MISSING"},
           {Act::kAcceptShares, kCalled, Progress::kDealt, ""},
           {Act::kReset, kCalled, Progress::kAccepted, ""},
           {Act::kReset, kPublished, Progress::kAccepted, "MANIFEST_PUBLISHED"},
           {Act::kReset, Election::STATE_CLOSED, Progress::kAccepted, "MANIFEST_PUBLISHED"},
           {Act::kRelease, kCalled, Progress::kAccepted, "ELECTION_NOT_CLOSED"},
           {Act::kRelease, kPublished, Progress::kAccepted, "ELECTION_NOT_CLOSED"},
           {Act::kRelease, Election::STATE_CLOSED, Progress::kAccepted, ""},
           {Act::kRelease, Election::STATE_COUNTED, Progress::kAccepted, ""},
           {Act::kRelease, Election::STATE_CERTIFIED, Progress::kAccepted, ""},
           {Act::kRelease, Election::STATE_SEATED, Progress::kAccepted, ""},
       }) {
    EXPECT_THAT(CheckTrusteeAct(row.act, row.state, At(row.progress)), HasReason(row.reason))
        << static_cast<int>(row.act) << " in " << row.state << " at " << static_cast<int>(row.progress);
  }
}

TEST(Trustees, AreNotReadyBeforeTheLastHasAccepted) {
  const auto message = [](Progress progress) {
    return std::string(CheckTrusteesReady(At(progress)).message());
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(CheckTrusteesReady({}), IsError(StatusCode::kFailedPrecondition, "TRUSTEES_NOT_READY"));
  EXPECT_THAT(std::string(CheckTrusteesReady({}).message()), HasSubstr("plenary trustee reset"));
  EXPECT_THAT(message(Progress::kNothing),
              HasSubstr("people/t1, people/t2 and people/t3 have not sent keys"));
  EXPECT_THAT(message(Progress::kTwoSentKeys), HasSubstr("people/t3 has not sent keys"));
  EXPECT_THAT(message(Progress::kTwoDealt), HasSubstr("people/t3 has not dealt"));
  EXPECT_THAT(message(Progress::kTwoAccepted), HasSubstr("people/t3 has not accepted"));
  EXPECT_THAT(CheckTrusteesReady(At(Progress::kTwoAccepted)), HasReason("TRUSTEES_NOT_READY"));
  EXPECT_OK(CheckTrusteesReady(At(Progress::kAccepted)));
}

TEST(TrusteeKeysSent, AreTwoKeysOfX25519NotOfSmallOrder) {
  crypto::SeededRandom random("keys sent");
  const auto key = [&] { return crypto::X25519PublicKey(crypto::MakeX25519Secret(random)).value(); };
  v1::SendTrusteeKeysRequest good;
  good.set_tally_key(key());
  good.set_transport_key(key());
  EXPECT_OK(CheckTrusteeKeys(good));
  const std::string small_order = std::string(1, 1) + std::string(31, 0);
  for (const std::string& wrong :
       {std::string(), std::string(32, 0), small_order, good.tally_key().substr(1), good.tally_key() + "x"}) {
    auto request = good;
    request.set_tally_key(wrong);
    EXPECT_THAT(CheckTrusteeKeys(request), IsError(StatusCode::kInvalidArgument, "TALLY_KEY_INVALID"));
    request = good;
    request.set_transport_key(wrong);
    EXPECT_THAT(CheckTrusteeKeys(request), IsError(StatusCode::kInvalidArgument, "TALLY_KEY_INVALID"));
  }
  auto twice = good;
  twice.set_transport_key(good.tally_key());
  EXPECT_THAT(CheckTrusteeKeys(twice), HasReason("TALLY_KEY_INVALID"));
}

TEST(SharesDealt, AreOneATrusteeOfTheirExactLength) {
  v1::DealSharesRequest good;
  for (int i = 0; i < 3; ++i) {
    good.add_sealed_shares(std::string(kSealedShareBytes, 's'));
    good.add_share_sha256(std::string(32, 'h'));
  }
  EXPECT_EQ(kSealedShareBytes, kShareBytes + crypto::kSealedBoxOverhead);
  EXPECT_OK(CheckDealtShares(good, 3));
  EXPECT_THAT(CheckDealtShares(good, 2), IsError(StatusCode::kInvalidArgument, "SHARES_INVALID"));
  EXPECT_THAT(CheckDealtShares(good, 4), HasReason("SHARES_INVALID"));
  EXPECT_THAT(CheckDealtShares({}, 3), HasReason("SHARES_INVALID"));
  for (const std::size_t length : {std::size_t{0}, kSealedShareBytes - 1, kSealedShareBytes + 1}) {
    auto request = good;
    request.set_sealed_shares(1, std::string(length, 's'));
    EXPECT_THAT(CheckDealtShares(request, 3), HasReason("SHARES_INVALID")) << length;
  }
  for (const std::size_t length : {0, 31, 33}) {
    auto request = good;
    request.set_share_sha256(2, std::string(length, 'h'));
    EXPECT_THAT(CheckDealtShares(request, 3), HasReason("SHARES_INVALID")) << length;
  }
}

// One secret split 2 of 3, and the trustees as the service knows them.
class SplitSecretTest : public ::testing::Test {
 protected:
  SplitSecretTest() : random_("split"), secret_(crypto::MakeX25519Secret(random_)) {
    tally_key_ = crypto::X25519PublicKey(secret_).value();
    shares_ = Split(secret_);
    for (int i = 1; i <= 3; ++i) {
      v1::Trustee& trustee = trustees_.emplace_back();
      trustee.set_person("people/t" + std::to_string(i));
      trustee.set_number(i);
      trustee.set_tally_key(i == 2 ? tally_key_ : std::string(32, static_cast<char>(i)));
    }
    for (const std::string& share : shares_) trustees_[1].add_share_sha256(crypto::Sha256(share));
  }

  std::vector<std::string> Split(const std::string& secret) {
    std::vector<std::string> encoded;
    const auto shares = crypto::SplitSecret(secret, 2, 3, random_);
    for (const crypto::SecretShare& share : shares.value()) {
      encoded.push_back(EncodeShare({.tally_key = tally_key_,
                                     .threshold = 2,
                                     .trustees = 3,
                                     .index = share.index,
                                     .share = share.share,
                                     .salt = random_.Bytes(kShareSaltSize)}));
    }
    return encoded;
  }

  crypto::SeededRandom random_;
  std::string secret_;
  std::string tally_key_;
  std::vector<std::string> shares_;
  Trustees trustees_;
};

TEST_F(SplitSecretTest, ASecretIsTheOneOfItsKeyAndClamped) {
  EXPECT_OK(CheckTallySecret(secret_, tally_key_));
  std::string unclamped = secret_;
  unclamped[0] = static_cast<char>(unclamped[0] | 1);
  std::string other = secret_;
  other[10] = static_cast<char>(other[10] ^ 1);
  EXPECT_EQ(crypto::X25519PublicKey(unclamped).value(), tally_key_) << "it opens the same boxes";
  for (const std::string& wrong : {unclamped, other, std::string(), secret_.substr(1), secret_ + "x"}) {
    EXPECT_THAT(CheckTallySecret(wrong, tally_key_),
                IsError(StatusCode::kInvalidArgument, "TALLY_SECRET_WRONG"));
  }
}

TEST_F(SplitSecretTest, AShareIsKnownByItsHashAndNamesItsDealer) {
  EXPECT_EQ(DealerOf(shares_[0], 1, trustees_).value(), 2);
  EXPECT_EQ(DealerOf(shares_[2], 3, trustees_).value(), 2);
  const auto refused = [&](const std::string& share, int holder) {
    const auto dealer = DealerOf(share, holder, trustees_);
    EXPECT_THAT(dealer, IsError(StatusCode::kInvalidArgument, "SHARE_WRONG"));
    return std::string(dealer.status().message());
  };
  EXPECT_THAT(refused(shares_[0], 3), ::testing::HasSubstr("people/t2"));
  std::string altered = shares_[0];
  altered[60] = static_cast<char>(altered[60] ^ 1);
  EXPECT_THAT(refused(altered, 1), ::testing::HasSubstr("people/t2"));
  EXPECT_THAT(refused(Split(secret_)[0], 1), ::testing::HasSubstr("people/t2")) << "of another split";
  tally_key_ = std::string(32, 'x');
  EXPECT_THAT(refused(Split(secret_)[0], 1), ::testing::HasSubstr("another election"));
  for (const std::string& wrong :
       {std::string(), shares_[0].substr(1), shares_[0] + "x", "QLS1" + shares_[0].substr(4)}) {
    refused(wrong, 1);
  }
}

TEST_F(SplitSecretTest, AnyTwoOfThreeSharesGiveTheSecretBackAndOneDoesNot) {
  EXPECT_EQ(SecretFromShares({shares_[0], shares_[1]}, 2, tally_key_), secret_);
  EXPECT_EQ(SecretFromShares({shares_[2], shares_[0]}, 2, tally_key_), secret_);
  EXPECT_EQ(SecretFromShares(shares_, 2, tally_key_), secret_);
  EXPECT_EQ(SecretFromShares({shares_[0]}, 2, tally_key_), std::nullopt);
  EXPECT_EQ(SecretFromShares({}, 2, tally_key_), std::nullopt);
}

// Whoever deals shares that do not belong together is found out by nobody before they are needed.
TEST_F(SplitSecretTest, OneShareOfAnotherSplitDoesNotSpoilTheOthers) {
  const std::string stray = Split(crypto::MakeX25519Secret(random_))[0];
  EXPECT_EQ(SecretFromShares({stray, shares_[1]}, 2, tally_key_), std::nullopt);
  EXPECT_EQ(SecretFromShares({stray, shares_[1], shares_[2]}, 2, tally_key_), secret_);
}

}  // namespace
}  // namespace plenary::election
