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
  EXPECT_EQ(options[1].name(), parts.accepted[0].name());
  EXPECT_EQ(options[2].name(), parts.accepted[2].name());
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
  EXPECT_EQ(published.ballot_length(), 4u + 32 + 32 + 2 * 416 + 58 + 3 * 48 + 64);
  EXPECT_EQ(published.hash(), crypto::Sha256(bytes));
  EXPECT_EQ(published.Fingerprint().size(), 20u);
}

TEST(BuildManifest, RefusesMoreThanSixtyFourKilobytes) {
  ManifestParts parts = SampleParts(BoxKey());
  parts.accepted[0].set_full_name(std::string(60, 'a'));
  for (int i = 0; i < 900; ++i) parts.accepted.push_back(parts.accepted[0]);
  EXPECT_THAT(BuildManifest(parts), IsError(absl::StatusCode::kFailedPrecondition, "MANIFEST_TOO_LONG"));
}

TEST(BuildManifest, RefusesMoreCandidatesThanAMethodCounts) {
  ManifestParts parts = SampleParts(BoxKey());
  v1::Contest& governance = *parts.election.mutable_contests(0);
  governance.set_method(v1::COUNTING_METHOD_MEEK_STV);
  const v1::Candidacy ada = parts.accepted[0];
  const auto run = [&](int candidates) {
    parts.accepted.clear();
    for (int i = 0; i < candidates; ++i) {
      parts.accepted.push_back(ada);
      parts.accepted.back().set_name(ada.name() + std::to_string(i));
    }
    return BuildManifest(parts).status();
  };
  EXPECT_OK(run(300));
  EXPECT_THAT(run(301), IsError(absl::StatusCode::kFailedPrecondition, "TOO_MANY_CANDIDATES"));
  governance.set_none_of_these(true);
  EXPECT_OK(run(299));
  EXPECT_THAT(run(300), IsError(absl::StatusCode::kFailedPrecondition, "TOO_MANY_CANDIDATES"));
  governance.set_method(v1::COUNTING_METHOD_APPROVAL);
  EXPECT_OK(run(301));
}

TEST(BuildManifest, PutsAPollsOptionsInTheOrderOfTheCallAndNoneOfTheseLast) {
  ManifestParts parts = SampleParts(BoxKey());
  v1::Election wanted = testing::WantedPolls();
  std::swap(*wanted.mutable_contests(1)->mutable_options(0), *wanted.mutable_contests(1)->mutable_options(1));
  wanted.mutable_contests(1)->mutable_options(0)->set_picture_uri("https://a.example/t.png");
  parts.election = testing::Stored(wanted);
  ASSERT_OK_AND_ASSIGN(const std::string bytes, BuildManifest(parts));
  ASSERT_OK_AND_ASSIGN(const PublishedManifest published, PublishedManifest::Parse(bytes));
  const v1::Manifest::Contest& motto = published.manifest().contests(1);
  ASSERT_EQ(motto.options_size(), 3);
  EXPECT_EQ(motto.options(0).name(), parts.election.name() + "/contests/motto/options/together");
  EXPECT_EQ(motto.options(0).display_name(), "Together");
  EXPECT_EQ(motto.options(0).picture_uri(), "https://a.example/t.png");
  EXPECT_EQ(motto.options(1).display_name(), "Onward");
  EXPECT_EQ(motto.options(2).name(), parts.election.name() + "/contests/motto/options/none-of-these");
  EXPECT_EQ(motto.options(2).display_name(), "None of these");
  EXPECT_TRUE(motto.none_of_these());
  EXPECT_FALSE(published.manifest().contests(0).none_of_these());
  EXPECT_EQ(published.contests()[0].kind, counting::BallotKind::kRanks);
  EXPECT_TRUE(published.contests()[0].equal_ranks);
  EXPECT_EQ(published.contests()[1].kind, counting::BallotKind::kScores);
  EXPECT_EQ(published.contests()[1].max_score, 5u);
}

TEST(BuildManifest, FillsInWhatAContestLeavesOpen) {
  struct Row {
    const char* sentence;
    v1::CountingMethod method;
    int seats, min, max, score;      // as called
    int candidates;                  // of whom the first run
    std::uint32_t least, most, top;  // as printed
  };
  const Row rows[] = {
      {"as many marks as seats", v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, 0, 0, 0, 3, 1, 2, 0},
      {"also with fewer candidates", v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, 0, 0, 0, 1, 1, 2, 0},
      {"also with nobody", v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, 0, 0, 0, 0, 1, 2, 0},
      {"or as many as wanted", v1::COUNTING_METHOD_BLOCK_PLURALITY, 3, 2, 2, 0, 3, 2, 2, 0},
      {"but no more than can be marked", v1::COUNTING_METHOD_BLOCK_PLURALITY, 3, 2, 2, 0, 1, 1, 2, 0},
      {"as many marks as candidates", v1::COUNTING_METHOD_APPROVAL, 1, 0, 0, 0, 3, 1, 3, 0},
      {"as many ranks as candidates", v1::COUNTING_METHOD_SCOTTISH_STV, 1, 0, 0, 0, 3, 1, 3, 0},
      {"or fewer", v1::COUNTING_METHOD_SCOTTISH_STV, 1, 1, 2, 0, 3, 1, 2, 0},
      {"but no more than there are", v1::COUNTING_METHOD_SCOTTISH_STV, 1, 2, 9, 0, 1, 1, 1, 0},
      {"one that cannot be made with nobody", v1::COUNTING_METHOD_SCHULZE, 1, 0, 0, 0, 0, 1, 1, 0},
      {"scores up to 10", v1::COUNTING_METHOD_SCORE, 1, 0, 0, 0, 3, 1, 3, 10},
      {"or as high as wanted", v1::COUNTING_METHOD_SCORE, 1, 0, 0, 100, 3, 1, 3, 100},
  };
  for (const Row& row : rows) {
    ManifestParts parts = SampleParts(BoxKey());
    v1::Contest& contest = *parts.election.mutable_contests(0);
    contest.set_method(row.method);
    contest.set_seats(row.seats);
    contest.set_min_marks(row.min);
    contest.set_max_marks(row.max);
    contest.set_max_score(row.score);
    contest.set_none_of_these(row.candidates == 0);  // which would stand alone
    parts.accepted.resize(static_cast<std::size_t>(row.candidates));
    const auto bytes = BuildManifest(parts);
    ASSERT_OK(bytes) << row.sentence;
    v1::Manifest manifest;
    manifest.ParseFromString(*bytes);
    EXPECT_EQ(manifest.contests(0).options_size(), row.candidates) << row.sentence;
    EXPECT_FALSE(manifest.contests(0).none_of_these()) << row.sentence;
    EXPECT_EQ(manifest.contests(0).min_marks(), row.least) << row.sentence;
    EXPECT_EQ(manifest.contests(0).max_marks(), row.most) << row.sentence;
    EXPECT_EQ(manifest.contests(0).max_score(), row.top) << row.sentence;
  }
}

// The hash of the sample as it was when trustees came into the manifest: what is published stays valid.
TEST(BuildManifest, GivesTheBytesOfBefore) {
  ASSERT_OK_AND_ASSIGN(const std::string bytes, BuildManifest(SampleParts(BoxKey())));
  EXPECT_EQ(crypto::HexEncode(crypto::Sha256(bytes)),
            "54ecc6d90ee2ea86feeebe47dc087af54881dfcdcc37566dbb1204b0c1475c94");
}

TEST(PublishedManifest, RefusesContestsThatCannotBeMarkedOrCounted) {
  ManifestParts parts = SampleParts(BoxKey());
  parts.election.mutable_contests()->MergeFrom(testing::Stored(testing::WantedPolls()).contests());
  ASSERT_OK_AND_ASSIGN(const std::string good, BuildManifest(parts));
  struct Row {
    const char* sentence;
    void (*change)(v1::Manifest::Contest& body, v1::Manifest::Contest& ranked, v1::Manifest::Contest& scored);
    const char* reason;
  };
  const Row rows[] = {
      {"the sample is good", [](auto&, auto&, auto&) {}, ""},
      {"no seats", [](auto& body, auto&, auto&) { body.set_seats(0); }, "MANIFEST_INVALID"},
      {"seats that no u16 holds", [](auto& body, auto&, auto&) { body.set_seats(65'536); },
       "MANIFEST_INVALID"},
      {"instant run-off for two",
       [](auto& body, auto&, auto&) { body.set_method(v1::COUNTING_METHOD_INSTANT_RUNOFF); },
       "MANIFEST_INVALID"},
      {"instant run-off for one",
       [](auto&, auto& ranked, auto&) { ranked.set_method(v1::COUNTING_METHOD_INSTANT_RUNOFF); }, ""},
      {"no marks", [](auto& body, auto&, auto&) { body.set_max_marks(0); }, "MANIFEST_INVALID"},
      {"more marks than candidates by block plurality",
       [](auto& body, auto&, auto&) { body.set_max_marks(9); }, ""},
      {"more marks than a ballot holds", [](auto& body, auto&, auto&) { body.set_max_marks(20'000); },
       "MANIFEST_INVALID"},
      {"more ranks than options", [](auto&, auto& ranked, auto&) { ranked.set_max_marks(4); },
       "MANIFEST_INVALID"},
      {"a minimum above the maximum", [](auto&, auto& ranked, auto&) { ranked.set_min_marks(4); },
       "MANIFEST_INVALID"},
      {"a minimum above the candidates",
       [](auto& body, auto&, auto&) {
         body.set_max_marks(9);
         body.set_min_marks(4);
       },
       "MANIFEST_INVALID"},
      {"no highest score", [](auto&, auto&, auto& scored) { scored.clear_max_score(); }, "MANIFEST_INVALID"},
      {"a highest score above a thousand", [](auto&, auto&, auto& scored) { scored.set_max_score(1'001); },
       "MANIFEST_INVALID"},
      {"a highest score for ranks", [](auto&, auto& ranked, auto&) { ranked.set_max_score(1); },
       "MANIFEST_INVALID"},
      {"none of these alone",
       [](auto&, auto&, auto& scored) {
         scored.mutable_options()->DeleteSubrange(0, 2);
         scored.set_max_marks(1);
       },
       "MANIFEST_INVALID"},
      {"an option named twice",
       [](auto&, auto& ranked, auto&) { ranked.mutable_options(0)->set_name(ranked.options(1).name()); },
       "MANIFEST_INVALID"},
      {"301 options with ranks",
       [](auto&, auto& ranked, auto&) {
         for (int i = 3; i < 301; ++i) ranked.add_options()->set_name(std::to_string(i));
       },
       "MANIFEST_INVALID"},
      {"301 options without",
       [](auto& body, auto&, auto&) {
         for (int i = 3; i < 301; ++i) body.add_options()->set_name(std::to_string(i));
       },
       ""},
      {"1,001 options",
       [](auto& body, auto&, auto&) {
         for (int i = 3; i < 1'001; ++i) body.add_options()->set_name(std::to_string(i));
       },
       "MANIFEST_INVALID"},
  };
  for (const Row& row : rows) {
    v1::Manifest manifest;
    manifest.ParseFromString(good);
    row.change(*manifest.mutable_contests(0), *manifest.mutable_contests(2), *manifest.mutable_contests(3));
    manifest.set_choices_length(static_cast<std::uint32_t>(PlaintextLength(ContestRules(manifest))));
    EXPECT_THAT(PublishedManifest::Parse(manifest.SerializeAsString()), HasReason(row.reason))
        << row.sentence;
  }
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
      {"three registrars", changed([](auto& m) {
         m.mutable_registrars()->Add()->CopyFrom(testing::RegistrarEntry(0));
         m.mutable_registrars(2)->mutable_rsa_n()->back() ^= 2;
       })},
      {"one trustee", changed([](auto& m) {
         m.mutable_trustees()->DeleteSubrange(1, 2);
         m.mutable_trustees(0)->mutable_share_sha256()->DeleteSubrange(1, 2);
       })},
      {"no trustees", changed([](auto& m) { m.clear_trustees(); })},
      {"a threshold of one", changed([](auto& m) { m.set_threshold(1); })},
      {"a threshold above the trustees", changed([](auto& m) { m.set_threshold(4); })},
      {"the same tally key twice",
       changed([](auto& m) { m.mutable_trustees(1)->set_tally_key(m.trustees(0).tally_key()); })},
      {"a tally key of small order",
       changed([](auto& m) { m.mutable_trustees(1)->set_tally_key(std::string(32, '\0')); })},
      {"a short tally key",
       changed([](auto& m) { m.mutable_trustees(1)->set_tally_key(std::string(31, 'k')); })},
      {"a share without its hash",
       changed([](auto& m) { m.mutable_trustees(1)->mutable_share_sha256()->RemoveLast(); })},
      {"a hash of another length",
       changed([](auto& m) { m.mutable_trustees(1)->set_share_sha256(0, std::string(31, 'h')); })},
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
