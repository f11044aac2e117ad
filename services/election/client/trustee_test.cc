// Three trustees among themselves, with nothing between them but messages.
#include "services/election/client/trustee.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/crypto/shamir.h"
#include "common/testing/status_matchers.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/shares.h"
#include "services/election/rules/trustees.h"
#include "services/election/testing/sample.h"

namespace plenary::election::client {
namespace {

using absl::StatusCode;
using plenary::testing::HasReason;
using plenary::testing::IsError;

constexpr int kTrustees = 3;
constexpr int kThreshold = 2;

class TrusteeTest : public ::testing::Test {
 protected:
  TrusteeTest() : random_("trustees") {
    circle_.set_threshold(kThreshold);
    for (int i = 0; i < kTrustees; ++i) {
      keys_.push_back(MakeTrusteeKeys(election_, random_));
      const auto sent = KeysToSend(keys_.back());
      v1::Trustee& trustee = *circle_.add_trustees();
      trustee.set_person("people/t" + std::to_string(i + 1));
      trustee.set_number(i + 1);
      trustee.set_tally_key(sent.tally_key());
      trustee.set_transport_key(sent.transport_key());
    }
  }
  void Deal() {
    for (int i = 0; i < kTrustees; ++i) {
      TrusteeKeys& keys = keys_[static_cast<std::size_t>(i)];
      ASSERT_OK(SplitTallySecret(keys, circle_, random_));
      const auto shares = SharesToSend(keys, circle_, random_);
      ASSERT_OK(shares);
      *circle_.mutable_trustees(i)->mutable_share_sha256() = shares->share_sha256();
      dealt_.push_back(*shares);
    }
  }
  // As many as wanted, with the first one's keys.
  v1::ListTrusteesResponse CircleOf(int threshold, int trustees) const {
    v1::ListTrusteesResponse circle;
    circle.set_threshold(threshold);
    for (int i = 0; i < trustees; ++i) *circle.add_trustees() = circle_.trustees(0);
    return circle;
  }
  // What the service hands to a trustee.
  v1::ListDealtSharesResponse DealtTo(int number) const {
    v1::ListDealtSharesResponse response;
    for (const auto& shares : dealt_) response.add_sealed_shares(shares.sealed_shares(number - 1));
    return response;
  }
  absl::Status Accept(int number, WhenNotDealt when = WhenNotDealt::kRefuse) {
    return AcceptDealt(keys_[static_cast<std::size_t>(number - 1)], number, circle_, DealtTo(number), when);
  }
  // Puts other bytes where dealer's share for holder was, under their own hash when `hashed`.
  void Replace(int dealer, int holder, const std::string& share, bool hashed) {
    const std::string box =
        crypto::Seal(circle_.trustees(holder - 1).transport_key(), share, crypto::MakeX25519Secret(random_))
            .value();
    dealt_[static_cast<std::size_t>(dealer - 1)].set_sealed_shares(holder - 1, box);
    if (!hashed) return;
    circle_.mutable_trustees(dealer - 1)->set_share_sha256(holder - 1, crypto::Sha256(share));
  }

  const std::string election_ = "elections/00000000000000000000000004";
  crypto::SeededRandom random_;
  std::vector<TrusteeKeys> keys_;
  v1::ListTrusteesResponse circle_;
  std::vector<v1::DealSharesRequest> dealt_;
};

TEST_F(TrusteeTest, MakesKeysThatTheServiceTakes) {
  const auto request = KeysToSend(keys_[0]);
  EXPECT_EQ(request.election(), election_);
  EXPECT_OK(CheckTrusteeKeys(request));
  EXPECT_OK(CheckTallySecret(keys_[0].tally_secret, request.tally_key()));
  EXPECT_NE(keys_[0].tally_secret, keys_[1].tally_secret);
}

TEST_F(TrusteeTest, DealsSharesThatTheServiceTakesAndSplitsOnce) {
  Deal();
  EXPECT_OK(CheckDealtShares(dealt_[0], kTrustees));
  const auto first = keys_[0].dealt;
  ASSERT_OK(SplitTallySecret(keys_[0], circle_, random_));
  EXPECT_EQ(keys_[0].dealt, first) << "after a crash the same shares go out";
  ASSERT_OK_AND_ASSIGN(const auto again, SharesToSend(keys_[0], circle_, random_));
  EXPECT_EQ(again.share_sha256(2), dealt_[0].share_sha256(2));
  EXPECT_NE(again.sealed_shares(2), dealt_[0].sealed_shares(2)) << "in another box";
}

TEST_F(TrusteeTest, DoesNotSplitSoThatOneShareIsTheSecret) {
  for (const auto& [threshold, trustees] : {std::pair{1, 3}, {2, 10}, {4, 3}, {0, 3}}) {
    TrusteeKeys keys = keys_[0];
    EXPECT_FALSE(SplitTallySecret(keys, CircleOf(threshold, trustees), random_).ok())
        << threshold << " of " << trustees;
    EXPECT_TRUE(keys.dealt.empty());
  }
}

TEST_F(TrusteeTest, DoesNotDealWhatWasSplitForOthers) {
  ASSERT_OK(SplitTallySecret(keys_[0], CircleOf(kThreshold, 2), random_));
  EXPECT_THAT(SharesToSend(keys_[0], circle_, random_), HasReason("TRUSTEE_KEYS_UNUSABLE"));
  EXPECT_THAT(SharesToSend(keys_[1], circle_, random_), HasReason("TRUSTEE_KEYS_UNUSABLE")) << "not split";
}

TEST_F(TrusteeTest, AcceptsAndAnyTwoCanReplaceTheThird) {
  Deal();
  for (int number = 1; number <= kTrustees; ++number) ASSERT_OK(Accept(number));
  std::vector<std::string> shares;
  for (const std::size_t holder : {0u, 2u}) shares.push_back(keys_[holder].accepted[1].share);
  EXPECT_EQ(SecretFromShares(shares, kThreshold, circle_.trustees(1).tally_key()), keys_[1].tally_secret);
  const Trustees trustees(circle_.trustees().begin(), circle_.trustees().end());
  EXPECT_EQ(DealerOf(shares[0], 1, trustees).value(), 2);
}

TEST_F(TrusteeTest, ACopyFromBeforeTheSharesWereDealtIsAsGoodOnceTheManifestIsPublished) {
  const TrusteeKeys copy = keys_[0];
  Deal();
  ASSERT_OK(Accept(1));
  const auto accepted = keys_[0].accepted;
  keys_[0] = copy;
  EXPECT_THAT(Accept(1), HasReason("TRUSTEE_KEYS_UNUSABLE")) << "while a reset can help";
  const auto honest = circle_;
  circle_.mutable_trustees(0)->set_transport_key(circle_.trustees(1).transport_key());
  EXPECT_THAT(Accept(1, WhenNotDealt::kTake), HasReason("TRUSTEE_KEYS_UNUSABLE")) << "other keys";
  circle_ = honest;
  ASSERT_OK(Accept(1, WhenNotDealt::kTake));
  EXPECT_EQ(keys_[0].accepted, accepted);
}

TEST_F(TrusteeTest, NamesWhoDealtAWrongShare) {
  Deal();
  const std::string good = keys_[1].dealt[0];
  const auto refused = [&](const char* sentence) {
    const TrusteeKeys before = keys_[0];
    const absl::Status status = Accept(1);
    EXPECT_THAT(status, IsError(StatusCode::kDataLoss, "DEALT_SHARE_WRONG")) << sentence;
    EXPECT_EQ(ErrorMetadataOf(status, "dealer"), "people/t2") << sentence;
    EXPECT_EQ(keys_[0], before) << sentence;
  };
  std::string altered = good;
  altered[50] = static_cast<char>(altered[50] ^ 1);
  Replace(2, 1, altered, /*hashed=*/false);
  refused("not the one that was published");
  Replace(2, 1, keys_[1].dealt[2], /*hashed=*/true);
  refused("for another holder");
  Replace(2, 1, keys_[2].dealt[0], /*hashed=*/true);
  refused("of another secret");
  Replace(2, 1, good.substr(1), /*hashed=*/true);
  refused("cut short");
  auto share = ReadShare(good);
  share->threshold = 1;
  Replace(2, 1, EncodeShare(*share), /*hashed=*/true);
  refused("of another threshold");
  dealt_[1].set_sealed_shares(0, std::string(135, 'x'));
  refused("in a box that does not open");
  Replace(2, 1, good, /*hashed=*/true);
  EXPECT_OK(Accept(1));
}

TEST_F(TrusteeTest, NoticesWhenTheServiceShowsOtherKeysOfTheirOwn) {
  Deal();
  const auto honest = circle_;
  const auto refused = [&](const char* sentence) {
    EXPECT_THAT(Accept(1), HasReason("TRUSTEE_KEYS_UNUSABLE")) << sentence;
    circle_ = honest;
  };
  circle_.mutable_trustees(0)->set_tally_key(circle_.trustees(1).tally_key());
  refused("another tally key");
  circle_.mutable_trustees(0)->set_transport_key(circle_.trustees(1).transport_key());
  refused("another transport key");
  circle_.mutable_trustees(0)->set_share_sha256(1, std::string(32, 'x'));
  refused("another share");
  EXPECT_THAT(AcceptDealt(keys_[0], 2, circle_, DealtTo(2), WhenNotDealt::kTake),
              HasReason("TRUSTEE_KEYS_UNUSABLE"));
  EXPECT_OK(Accept(1));
}

TEST_F(TrusteeTest, FindsOutWhenTheSharesWereSealedToAKeyOfTheServicesOwn) {
  const auto honest = circle_;
  const auto mallory = KeysToSend(MakeTrusteeKeys(election_, random_));
  circle_.mutable_trustees(2)->set_transport_key(mallory.transport_key());
  Deal();
  for (int i = 0; i < kTrustees; ++i) {
    circle_.mutable_trustees(i)->set_transport_key(honest.trustees(i).transport_key());
  }
  Replace(1, 3, keys_[0].dealt[2], /*hashed=*/true);  // sealed again, as if nobody had read it
  const TrusteeKeys before = keys_[0];
  const absl::Status status = Accept(1);
  EXPECT_THAT(status, IsError(StatusCode::kFailedPrecondition, "TRUSTEE_KEYS_UNUSABLE"));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("other transport keys"));
  EXPECT_EQ(keys_[0], before);
  EXPECT_THAT(SharesToSend(keys_[0], circle_, random_), HasReason("TRUSTEE_KEYS_UNUSABLE"))
      << "what was dealt is sealed to no other keys";
}

TEST_F(TrusteeTest, ShowsAnotherFingerprintWhenAnythingIsAnother) {
  const std::string fingerprint = CircleFingerprint(election_, circle_);
  EXPECT_EQ(fingerprint.size(), 20u);
  EXPECT_EQ(CircleFingerprint(election_, circle_), fingerprint);
  EXPECT_NE(CircleFingerprint("elections/00000000000000000000000000", circle_), fingerprint);
  const std::string other = KeysToSend(MakeTrusteeKeys(election_, random_)).tally_key();
  using Circle = v1::ListTrusteesResponse;
  for (const std::function<void(Circle&)>& change : std::vector<std::function<void(Circle&)>>{
           [&](Circle& circle) { circle.mutable_trustees(2)->set_transport_key(other); },
           [&](Circle& circle) { circle.mutable_trustees(0)->set_tally_key(other); },
           [](Circle& circle) { circle.mutable_trustees(1)->set_person("people/mallory"); },
           [](Circle& circle) { circle.mutable_trustees()->SwapElements(0, 1); },
           [](Circle& circle) { circle.mutable_trustees()->RemoveLast(); },
           [](Circle& circle) { circle.set_threshold(3); },
       }) {
    Circle changed = circle_;
    change(changed);
    EXPECT_NE(CircleFingerprint(election_, changed), fingerprint) << changed.ShortDebugString();
  }
}

TEST_F(TrusteeTest, ComparesTheManifestWithWhatWasAccepted) {
  Deal();
  ASSERT_OK(Accept(1));
  const auto box_key = crypto::Ed25519KeyPair::Generate(random_);
  const auto check = [&](void (*change)(ManifestParts&), const TrusteeKeys& keys) {
    ManifestParts parts = testing::SampleParts(box_key);
    parts.trustees = ManifestTrustees({circle_.trustees().begin(), circle_.trustees().end()});
    parts.threshold = kThreshold;
    change(parts);
    const auto manifest = PublishedManifest::Parse(BuildManifest(parts).value());
    return CheckManifest(keys, manifest.value());
  };
  const auto as_it_is = [](ManifestParts&) {};
  EXPECT_OK(check(as_it_is, keys_[0]));
  EXPECT_THAT(check(as_it_is, keys_[1]), HasReason("TRUSTEE_KEYS_UNUSABLE")) << "nothing accepted";
  for (void (*change)(ManifestParts&) : {
           +[](ManifestParts& parts) { std::swap(parts.trustees[0], parts.trustees[1]); },
           +[](ManifestParts& parts) { parts.threshold = 3; },
           +[](ManifestParts& parts) { parts.trustees[2].set_share_sha256(0, std::string(32, 'x')); },
           +[](ManifestParts& parts) { parts.trustees = testing::TrusteeEntries(); },
           +[](ManifestParts& parts) { parts.election.set_name("elections/00000000000000000000000000"); },
       }) {
    EXPECT_THAT(check(change, keys_[0]), IsError(StatusCode::kFailedPrecondition, "MANIFEST_DIFFERS"));
  }
  keys_[0].manifest_hash = std::string(32, 'x');
  EXPECT_THAT(check(as_it_is, keys_[0]), HasReason("MANIFEST_DIFFERS")) << "another was compared before";
}

TEST_F(TrusteeTest, ReleasesNothingBeforeTheLogIsClosedForEver) {
  Deal();
  ASSERT_OK(Accept(1));
  const auto box_key = crypto::Ed25519KeyPair::Generate(random_);
  ManifestParts parts = testing::SampleParts(box_key);
  parts.trustees = ManifestTrustees({circle_.trustees().begin(), circle_.trustees().end()});
  parts.threshold = kThreshold;
  const auto manifest = PublishedManifest::Parse(BuildManifest(parts).value());
  ASSERT_OK(manifest);
  const auto record = [&](const std::string& manifest_hash, std::uint32_t ballots) {
    return EncodeCloseRecord({.manifest_hash = manifest_hash,
                              .ballots = ballots,
                              .issuance_list_sha256 = {std::string(32, '1'), std::string(32, '2')}});
  };
  const absl::Time closes = testing::Day(9, 23);
  const auto check = [&](absl::Time now, const LogSeen& log) {
    return CheckSafeToRelease(keys_[0], *manifest, now, "the hall's clock", log);
  };
  const LogSeen closed{.size = 7, .last_leaf = record(manifest->hash(), 5)};
  const auto unseen = check(closes, closed);
  EXPECT_THAT(unseen, HasReason("NOT_SAFE_TO_RELEASE")) << "the manifest was not compared";
  EXPECT_THAT(std::string(unseen.message()), ::testing::HasSubstr("plenary trustee accept"));
  keys_[0].manifest_hash = manifest->hash();
  EXPECT_OK(check(closes, closed));
  const auto early = check(closes - absl::Seconds(1), closed);
  EXPECT_THAT(early, IsError(StatusCode::kFailedPrecondition, "NOT_SAFE_TO_RELEASE"));
  EXPECT_THAT(std::string(early.message()), ::testing::HasSubstr("the hall's clock"));
  for (const LogSeen& open : {LogSeen{.size = 6, .last_leaf = "a ballot"}, LogSeen{},
                              LogSeen{.size = 8, .last_leaf = record(manifest->hash(), 5)},
                              LogSeen{.size = 7, .last_leaf = record(std::string(32, 'x'), 5)}}) {
    EXPECT_THAT(check(closes, open), HasReason("NOT_SAFE_TO_RELEASE")) << open.size;
  }
  keys_[0].threshold = 3;
  EXPECT_THAT(check(closes, closed), HasReason("MANIFEST_DIFFERS"));
}

TEST_F(TrusteeTest, KeepsEverythingInAFileAndReadsNothingElse) {
  Deal();
  EXPECT_EQ(ReadTrusteeKeys(WriteTrusteeKeys(keys_[0])).value(), keys_[0]);
  ASSERT_OK(Accept(1));
  keys_[0].manifest_hash = std::string(32, 'm');
  keys_[0].released_under = "a note\nof three\nlines\n";
  const std::string text = WriteTrusteeKeys(keys_[0]);
  EXPECT_EQ(ReadTrusteeKeys(text).value(), keys_[0]);
  for (const std::string& wrong :
       {std::string(), std::string("{}"), std::string("[]"), text.substr(0, text.size() / 2),
        std::string(text).replace(text.find("tally_secret\": \"") + 16, 2, "")}) {
    EXPECT_THAT(ReadTrusteeKeys(wrong), HasReason("TRUSTEE_KEYS_UNUSABLE"));
  }
}

}  // namespace
}  // namespace plenary::election::client
