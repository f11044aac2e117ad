#include <gtest/gtest.h>

#include <algorithm>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"
#include "services/election/rules/manifest_build.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using plenary::testing::HasReason;
using plenary::testing::IsError;
using testing::SampleParts;

crypto::Ed25519KeyPair BoxKey() { return *crypto::Ed25519KeyPair::FromSeed(std::string(32, 'b')); }

TEST(BuildManifest, GivesTheSameBytesInWhateverOrderTheCandidaciesCome) {
  ManifestParts parts = SampleParts(BoxKey());
  ASSERT_OK_AND_ASSIGN(const std::string first, BuildManifest(parts));
  std::reverse(parts.accepted.begin(), parts.accepted.end());
  ASSERT_OK_AND_ASSIGN(const std::string second, BuildManifest(parts));
  EXPECT_EQ(first, second);
}

TEST(BuildManifest, OrdersOptionsByNameThenByCandidacy) {
  ManifestParts parts = SampleParts(BoxKey());
  parts.accepted[0].set_full_name("Cem");  // ada is called Cem too
  ASSERT_OK_AND_ASSIGN(const std::string bytes, BuildManifest(parts));
  ASSERT_OK_AND_ASSIGN(const PublishedManifest manifest, PublishedManifest::Parse(bytes));
  const auto& options = manifest.manifest().contests(0).options();
  ASSERT_EQ(options.size(), 3);
  EXPECT_EQ(options[0].display_name(), "Ben");
  EXPECT_EQ(options[1].candidacy(), parts.accepted[0].name());
  EXPECT_EQ(options[2].candidacy(), parts.accepted[2].name());
}

TEST(BuildManifest, FixesTimesLengthAndMarks) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes, BuildManifest(SampleParts(BoxKey())));
  ASSERT_OK_AND_ASSIGN(const PublishedManifest published, PublishedManifest::Parse(bytes));
  const v1::Manifest& manifest = published.manifest();
  EXPECT_EQ(manifest.issuing_opens(), absl::ToUnixSeconds(testing::Day(9, 1)));
  EXPECT_EQ(manifest.issuing_closes(), absl::ToUnixSeconds(testing::Day(9, 23)) - 3600);
  EXPECT_EQ(manifest.voting_opens(), absl::ToUnixSeconds(testing::Day(9, 15)));
  EXPECT_EQ(manifest.voting_closes(), absl::ToUnixSeconds(testing::Day(9, 23)));
  EXPECT_EQ(manifest.contests(0).max_marks(), 2u);
  EXPECT_EQ(manifest.contests(1).max_marks(), 3u);
  EXPECT_EQ(manifest.choices_length(), 32u + 2 + 10 + 14);
  EXPECT_EQ(published.ballot_length(), 4u + 32 + 32 + 416 + 58 + 64);
  EXPECT_EQ(published.hash(), crypto::Sha256(bytes));
  EXPECT_EQ(published.Fingerprint().size(), 20u);
}

TEST(BuildManifest, RefusesMoreThanSixtyFourKilobytes) {
  ManifestParts parts = SampleParts(BoxKey());
  for (int i = 0; i < 2000; ++i) parts.accepted.push_back(parts.accepted[0]);
  EXPECT_THAT(BuildManifest(parts), IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_TOO_LONG"));
}

TEST(PublishedManifest, RefusesWhatIsNoManifestInItsOneSpelling) {
  ASSERT_OK_AND_ASSIGN(const std::string good, BuildManifest(SampleParts(BoxKey())));
  const auto changed = [&](auto change) {
    v1::Manifest manifest;
    manifest.ParseFromString(good);
    change(manifest);
    return manifest.SerializeAsString();
  };
  struct Row {
    const char* sentence;
    std::string bytes;
  };
  const Row rows[] = {
      {"nothing", ""},
      {"noise", "noise"},
      {"an unknown field", good + std::string("\xa0\x06\x01", 3)},
      {"a field given twice", good + good},
      {"a wrong length of choices", changed([](auto& m) { m.set_choices_length(m.choices_length() + 1); })},
      {"another origin", changed([](auto& m) { m.set_origin("elections/x"); })},
      {"no registrar", changed([](auto& m) { m.clear_registrars(); })},
      {"the same registrar twice", changed([](auto& m) { *m.add_registrars() = m.registrars(0); })},
      {"a short modulus", changed([](auto& m) { m.mutable_registrars(0)->set_rsa_n("short"); })},
      {"no box key", changed([](auto& m) { m.clear_box_key(); })},
      {"voting that closes before it opens", changed([](auto& m) { m.set_voting_closes(m.voting_opens()); })},
      {"no contest", changed([](auto& m) {
         m.clear_contests();
         m.set_choices_length(34);
       })},
      {"an unknown method",
       changed([](auto& m) { m.mutable_contests(0)->set_method(v1::CountingMethod(9)); })},
      {"no roll", changed([](auto& m) { m.clear_roll_sha256(); })},
  };
  EXPECT_OK(PublishedManifest::Parse(good));
  for (const Row& row : rows) {
    EXPECT_THAT(PublishedManifest::Parse(row.bytes), HasReason("MANIFEST_INVALID")) << row.sentence;
  }
}

}  // namespace
}  // namespace plenary::election
