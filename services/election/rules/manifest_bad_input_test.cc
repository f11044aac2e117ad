// Every field of a manifest at its limits and one beyond: what is refused, and what is just not.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "common/crypto/sealed_box.h"
#include "common/testing/status_matchers.h"
#include "services/election/limits.h"
#include "services/election/rules/manifest_build.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using plenary::testing::HasReason;

constexpr char kGood[] = "";
constexpr char kBad[] = "MANIFEST_INVALID";

v1::Manifest Good() {
  ManifestParts parts = testing::SampleParts(*crypto::Ed25519KeyPair::FromSeed(std::string(32, 'b')));
  v1::Manifest manifest;
  manifest.ParseFromString(BuildManifest(parts).value());
  return manifest;
}

struct Row {
  const char* sentence;
  const char* reason;
  std::function<void(v1::Manifest&)> change;
};

// Changes the good one, and what follows from its contests.
void ExpectEach(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    v1::Manifest manifest = Good();
    row.change(manifest);
    manifest.set_choices_length(static_cast<std::uint32_t>(PlaintextLength(ContestRules(manifest))));
    EXPECT_THAT(PublishedManifest::Parse(manifest.SerializeAsString()), HasReason(row.reason))
        << row.sentence;
  }
}

v1::Manifest::Contest& First(v1::Manifest& manifest) { return *manifest.mutable_contests(0); }

void SetOptions(v1::Manifest& manifest, v1::CountingMethod method, int options) {
  v1::Manifest::Contest& contest = First(manifest);
  contest.set_method(method);
  contest.clear_options();
  for (int i = 0; i < options; ++i) contest.add_options()->set_name("o" + std::to_string(i));
}

// So many trustees, of whom two make up for one.
void SetTrustees(v1::Manifest& manifest, int trustees) {
  manifest.clear_trustees();
  crypto::SeededRandom random("trustees");
  for (int i = 0; i < trustees; ++i) {
    v1::Manifest::Trustee& trustee = *manifest.add_trustees();
    trustee.set_tally_key(crypto::X25519PublicKey(crypto::MakeX25519Secret(random)).value());
    for (int holder = 0; holder < trustees; ++holder) trustee.add_share_sha256(std::string(kHashSize, 'h'));
  }
}

TEST(ManifestBadInput, SeatsAndMarksHaveLimits) {
  ExpectEach({
      {"the sample", kGood, [](auto&) {}},
      {"a seat", kGood, [](auto& m) { First(m).set_seats(1); }},
      {"no seat", kBad, [](auto& m) { First(m).set_seats(0); }},
      {"65,535 seats", kGood, [](auto& m) { First(m).set_seats(65'535); }},
      {"65,536 seats", kBad, [](auto& m) { First(m).set_seats(65'536); }},
      {"4,294,967,295 seats", kBad, [](auto& m) { First(m).set_seats(0xFFFFFFFF); }},
      {"no mark", kBad, [](auto& m) { First(m).set_max_marks(0), First(m).set_min_marks(0); }},
      {"a mark", kGood, [](auto& m) { First(m).set_max_marks(1); }},
      {"as few marks as nothing", kGood, [](auto& m) { First(m).set_min_marks(0); }},
      {"as many at least as at most", kGood, [](auto& m) { First(m).set_min_marks(2); }},
      {"more at least than at most", kBad, [](auto& m) { First(m).set_min_marks(3); }},
      {"as many approvals as options", kGood,
       [](auto& m) { SetOptions(m, v1::COUNTING_METHOD_APPROVAL, 3), First(m).set_max_marks(3); }},
      {"an approval more", kBad,
       [](auto& m) { SetOptions(m, v1::COUNTING_METHOD_APPROVAL, 3), First(m).set_max_marks(4); }},
      {"a mark where nobody runs", kGood,
       [](auto& m) { SetOptions(m, v1::COUNTING_METHOD_APPROVAL, 0), First(m).set_max_marks(1); }},
      {"two marks where nobody runs", kBad,
       [](auto& m) { SetOptions(m, v1::COUNTING_METHOD_APPROVAL, 0), First(m).set_max_marks(2); }},
      {"65,535 marks", kBad, [](auto& m) { First(m).set_max_marks(65'535); }},  // too long a ballot
      {"4,294,967,295 marks", kBad, [](auto& m) { First(m).set_max_marks(0xFFFFFFFF); }},
  });
}

TEST(ManifestBadInput, OptionsHaveLimitsByMethod) {
  const auto with = [](v1::CountingMethod method, int options) {
    return [=](v1::Manifest& manifest) {
      SetOptions(manifest, method, options);
      First(manifest).set_max_marks(1);
      First(manifest).set_seats(1);
      if (method == v1::COUNTING_METHOD_SCORE) First(manifest).set_max_score(5);
    };
  };
  ExpectEach({
      {"300 by plurality", kGood, with(v1::COUNTING_METHOD_BLOCK_PLURALITY, 300)},
      {"1,000 by plurality", kGood, with(v1::COUNTING_METHOD_BLOCK_PLURALITY, 1'000)},
      {"1,001 by plurality", kBad, with(v1::COUNTING_METHOD_BLOCK_PLURALITY, 1'001)},
      {"1,000 by approval", kGood, with(v1::COUNTING_METHOD_APPROVAL, 1'000)},
      {"1,001 by approval", kBad, with(v1::COUNTING_METHOD_APPROVAL, 1'001)},
      {"1,000 by scores", kGood, with(v1::COUNTING_METHOD_SCORE, 1'000)},
      {"1,001 by scores", kBad, with(v1::COUNTING_METHOD_SCORE, 1'001)},
      {"300 by instant run-off", kGood, with(v1::COUNTING_METHOD_INSTANT_RUNOFF, 300)},
      {"301 by instant run-off", kBad, with(v1::COUNTING_METHOD_INSTANT_RUNOFF, 301)},
      {"300 by Scottish rules", kGood, with(v1::COUNTING_METHOD_SCOTTISH_STV, 300)},
      {"301 by Scottish rules", kBad, with(v1::COUNTING_METHOD_SCOTTISH_STV, 301)},
      {"301 by Meek", kBad, with(v1::COUNTING_METHOD_MEEK_STV, 301)},
      {"301 by Schulze", kBad, with(v1::COUNTING_METHOD_SCHULZE, 301)},
      {"301 by ranked pairs", kBad, with(v1::COUNTING_METHOD_RANKED_PAIRS, 301)},
  });
}

TEST(ManifestBadInput, ScoresAndNoneOfTheseBelongToSomeContests) {
  const auto score = [](std::uint32_t highest) {
    return [=](v1::Manifest& manifest) {
      SetOptions(manifest, v1::COUNTING_METHOD_SCORE, 3);
      First(manifest).set_max_score(highest);
    };
  };
  const auto none_of = [](int options) {
    return [=](v1::Manifest& manifest) {
      SetOptions(manifest, v1::COUNTING_METHOD_APPROVAL, options);
      First(manifest).set_max_marks(1);
      First(manifest).set_none_of_these(true);
    };
  };
  ExpectEach({
      {"scores without a highest", kBad, score(0)},
      {"scores of one", kGood, score(1)},
      {"scores to a thousand", kGood, score(1'000)},
      {"scores beyond", kBad, score(1'001)},
      {"a score for marks", kBad, [](auto& m) { First(m).set_max_score(1); }},
      {"none of nothing", kBad, none_of(0)},
      {"none of these alone", kBad, none_of(1)},
      {"none of one other", kGood, none_of(2)},
      {"a name twice", kBad,
       [](auto& m) { First(m).mutable_options(0)->set_name(First(m).options(1).name()); }},
      {"a name without anything", kGood, [](auto& m) { First(m).mutable_options(0)->clear_name(); }},
      {"the name of an option of another contest", kGood,
       [](auto& m) { First(m).mutable_options(0)->set_name(m.contests(1).options(0).name()); }},
  });
}

TEST(ManifestBadInput, ContestsAreOneToFifty) {
  const auto contests = [](int count) {
    return [=](v1::Manifest& manifest) {
      const v1::Manifest::Contest contest = manifest.contests(0);
      manifest.clear_contests();
      for (int i = 0; i < count; ++i) *manifest.add_contests() = contest;
    };
  };
  ExpectEach({{"none", kBad, contests(0)},
              {"one", kGood, contests(1)},
              {"fifty", kGood, contests(50)},
              {"fifty-one", kBad, contests(51)}});
}

TEST(ManifestBadInput, ABallotIsAtMostAsLongAsAnAnswerHasRoomFor) {
  // L is 34 and 2 + 4 marks for the one contest.
  v1::Manifest manifest = Good();
  manifest.mutable_contests()->DeleteSubrange(1, 1);
  const std::size_t head = 4 + 32 + 32 + 2 * 416 + 3 * 48 + 64 + 34 + 2;
  const auto marks = static_cast<std::uint32_t>((kLongestBallot - head) / 4);
  for (const std::uint32_t more : {0, 1}) {
    First(manifest).set_max_marks(marks + more);
    manifest.set_choices_length(34 + 2 + 4 * (marks + more));
    const auto parsed = PublishedManifest::Parse(manifest.SerializeAsString());
    EXPECT_THAT(parsed, HasReason(more == 0 ? kGood : kBad)) << more;
    EXPECT_TRUE(!parsed.ok() || parsed->ballot_length() + 4 > kLongestBallot) << "it is the longest";
  }
}

TEST(ManifestBadInput, TheLengthOfChoicesFollowsFromTheContests) {
  for (const int difference : {-1, 0, 1}) {
    v1::Manifest manifest = Good();
    manifest.set_choices_length(manifest.choices_length() + static_cast<std::uint32_t>(difference));
    EXPECT_THAT(PublishedManifest::Parse(manifest.SerializeAsString()),
                HasReason(difference == 0 ? kGood : kBad))
        << difference;
  }
  v1::Manifest manifest = Good();
  manifest.set_choices_length(0);
  EXPECT_THAT(PublishedManifest::Parse(manifest.SerializeAsString()), HasReason(kBad));
}

TEST(ManifestBadInput, RegistrarsHaveKeysOfTheirOwnThatSuit) {
  const auto modulus = [](const std::function<void(std::string&)>& change) {
    return [=](v1::Manifest& manifest) { change(*manifest.mutable_registrars(1)->mutable_rsa_n()); };
  };
  const auto exponent = [](const std::string& e) {
    return [=](v1::Manifest& manifest) { manifest.mutable_registrars(1)->set_rsa_e(e); };
  };
  const auto list_key = [](const std::string& key) {
    return [=](v1::Manifest& manifest) { manifest.mutable_registrars(1)->set_list_key(key); };
  };
  const auto box_key = [](const std::string& key) {
    return [=](v1::Manifest& manifest) { manifest.set_box_key(key); };
  };
  ExpectEach({
      {"one registrar", kGood, [](auto& m) { m.mutable_registrars()->RemoveLast(); }},
      {"none", kBad, [](auto& m) { m.clear_registrars(); }},
      {"three", kBad,
       [](auto& m) {
         *m.add_registrars() = m.registrars(0);
         m.mutable_registrars(2)->mutable_rsa_n()->at(9) ^= 1;
       }},
      {"no modulus", kBad, modulus([](std::string& n) { n.clear(); })},
      {"a modulus of a byte less", kBad, modulus([](std::string& n) { n.pop_back(); })},
      {"of a byte more", kBad, modulus([](std::string& n) { n += '\1'; })},
      {"with a zero before it", kBad, modulus([](std::string& n) { n = '\0' + n; })},
      {"of 3,071 bits", kBad, modulus([](std::string& n) { n[0] = static_cast<char>(n[0] & 0x7f); })},
      {"that is even", kBad, modulus([](std::string& n) { n.back() = static_cast<char>(n.back() & ~1); })},
      {"of zeros", kBad, modulus([](std::string& n) { n.assign(384, '\0'); })},
      {"no exponent", kBad, exponent("")},
      {"the exponent 3", kBad, exponent("\3")},
      {"65537 with a zero before it", kBad, exponent(std::string("\0\1\0\1", 4))},
      {"65539", kBad, exponent(std::string("\1\0\3", 3))},
      {"no list key", kBad, list_key("")},
      {"a list key of 31 bytes", kBad, list_key(std::string(31, 'l'))},
      {"of 33 bytes", kBad, list_key(std::string(33, 'l'))},
      {"no box key", kBad, box_key("")},
      {"a box key of 31 bytes", kBad, box_key(std::string(31, 'b'))},
      {"of 33 bytes", kBad, box_key(std::string(33, 'b'))},
  });
}

TEST(ManifestBadInput, TrusteesAreTwoToNineWithAHashForEveryShare) {
  const auto trustees = [](int count, std::uint32_t threshold) {
    return [=](v1::Manifest& manifest) {
      SetTrustees(manifest, count);
      manifest.set_threshold(threshold);
    };
  };
  const auto share = [](const std::string& hash) {
    return [=](v1::Manifest& manifest) { manifest.mutable_trustees(2)->set_share_sha256(2, hash); };
  };
  ExpectEach({
      {"none", kBad, trustees(0, 2)},
      {"one", kBad, trustees(1, 1)},
      {"one of whom two make up", kBad, trustees(1, 2)},
      {"two", kGood, trustees(2, 2)},
      {"two of whom one makes up", kBad, trustees(2, 1)},
      {"two of whom three make up", kBad, trustees(2, 3)},
      {"nine", kGood, trustees(9, 9)},
      {"nine of whom none make up", kBad, trustees(9, 0)},
      {"nine of whom ten make up", kBad, trustees(9, 10)},
      {"ten", kBad, trustees(10, 2)},
      {"a hash less", kBad, [](auto& m) { m.mutable_trustees(0)->mutable_share_sha256()->RemoveLast(); }},
      {"a hash more", kBad, [](auto& m) { m.mutable_trustees(0)->add_share_sha256(std::string(32, 'h')); }},
      {"no hash", kBad, share("")},
      {"a hash of 31 bytes", kBad, share(std::string(31, 'h'))},
      {"of 33 bytes", kBad, share(std::string(33, 'h'))},
      {"a tally key of 31 bytes", kBad,
       [](auto& m) { m.mutable_trustees(0)->mutable_tally_key()->pop_back(); }},
      {"of 33 bytes", kBad, [](auto& m) { *m.mutable_trustees(0)->mutable_tally_key() += 'k'; }},
      {"no tally key", kBad, [](auto& m) { m.mutable_trustees(0)->clear_tally_key(); }},
  });
}

TEST(ManifestBadInput, TimesAscend) {
  constexpr std::uint64_t kYear10000 = 253'402'300'800;
  ExpectEach({
      {"issuing that opens as it closes", kBad, [](auto& m) { m.set_issuing_opens(m.issuing_closes()); }},
      {"a second before", kGood, [](auto& m) { m.set_issuing_opens(m.issuing_closes() - 1); }},
      {"voting that opens as it closes", kBad, [](auto& m) { m.set_voting_opens(m.voting_closes()); }},
      {"a second before", kGood, [](auto& m) { m.set_voting_opens(m.voting_closes() - 1); }},
      {"issuing that closes with the vote", kGood, [](auto& m) { m.set_issuing_closes(m.voting_closes()); }},
      {"a second after", kBad, [](auto& m) { m.set_issuing_closes(m.voting_closes() + 1); }},
      {"everything from the beginning of time", kGood,
       [](auto& m) { m.set_issuing_opens(0), m.set_voting_opens(0); }},
      {"the last second of the year 9999", kGood, [](auto& m) { m.set_voting_closes(kYear10000 - 1); }},
      {"the year 10000", kBad, [](auto& m) { m.set_voting_closes(kYear10000); }},
      {"the end of 64 bits", kBad, [](auto& m) { m.set_voting_closes(~std::uint64_t{0}); }},
  });
}

TEST(ManifestBadInput, NamesTheElectionAndTheRoll) {
  const auto origin = [](const std::string& name) {
    return [=](v1::Manifest& manifest) { manifest.set_origin(name); };
  };
  const auto roll = [](std::size_t size) {
    return [=](v1::Manifest& manifest) { manifest.set_roll_sha256(std::string(size, 'r')); };
  };
  ExpectEach({
      {"no origin", kBad, origin("")},
      {"an id alone", kBad, origin("00000000000000000000000004")},
      {"another collection", kBad, origin("companies/00000000000000000000000004")},
      {"an id of 25 characters", kBad, origin("elections/0000000000000000000000000")},
      {"of 27", kBad, origin("elections/000000000000000000000000004")},
      {"with a character that ids have not", kBad, origin("elections/0000000000000000000000000u")},
      {"with something after it", kBad, origin("elections/00000000000000000000000004/x")},
      {"with a newline", kBad, origin("elections/0000000000000000000000000\n")},
      {"no roll", kBad, roll(0)},
      {"a hash of 31 bytes", kBad, roll(31)},
      {"of 32", kGood, roll(32)},
      {"of 33", kBad, roll(33)},
      {"a roll of nobody", kGood, [](auto& m) { m.set_roll_count(0); }},
  });
}

TEST(ManifestBadInput, HasOneSpelling) {
  const std::string good = Good().SerializeAsString();
  struct Spelling {
    const char* sentence;
    std::string bytes;
  };
  const std::string threshold("\x70\x02", 2);  // field 14, the last
  ASSERT_TRUE(good.ends_with(threshold));
  const std::string before(good, 0, good.size() - threshold.size());
  const Spelling spellings[] = {
      {"nothing", ""},
      {"one byte", good.substr(0, 1)},
      {"a byte less", good.substr(0, good.size() - 1)},
      {"a byte more", good + '\0'},
      {"twice", good + good},
      {"a number in more bytes than it needs", before + std::string("\x70\x82\x00", 3)},
      {"a field twice", good + threshold},
      {"a field out of order", threshold + before},
      {"a default value that is written", before + std::string("\x70\x00", 2)},
      {"a field that is not known", good + std::string("\x78\x01", 2)},
      {"a field of another kind", before + std::string("\x72\x01\x02", 3)},
      {"a name that is not UTF-8", "\x12\x01\xff" + good},
  };
  EXPECT_OK(PublishedManifest::Parse(good));
  for (const Spelling& spelling : spellings) {
    EXPECT_THAT(PublishedManifest::Parse(spelling.bytes), HasReason(kBad)) << spelling.sentence;
  }
}

TEST(ManifestBadInput, IsAtMostAsLongAsALeafCanBe) {
  for (const std::size_t size : {kLongestManifest, kLongestManifest + 1}) {
    v1::Manifest manifest = Good();
    // A name of more than 16 K has a length of three bytes; so has one that is a little longer.
    manifest.set_display_name(std::string(20'000, 'n'));
    manifest.mutable_display_name()->append(size - manifest.SerializeAsString().size(), 'n');
    ASSERT_EQ(manifest.SerializeAsString().size(), size);
    EXPECT_THAT(PublishedManifest::Parse(manifest.SerializeAsString()),
                HasReason(size == kLongestManifest ? kGood : kBad));
  }
}

}  // namespace
}  // namespace plenary::election
