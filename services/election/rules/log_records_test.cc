#include "services/election/rules/log_records.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "services/election/rules/result_bytes.h"
#include "services/election/rules/shares.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

const std::string kHash(32, 'h');

std::string Unit(char id) { return std::string(kUnitIdSize, id); }

std::string Counted(std::size_t count) {
  std::string bytes;
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(count));
  return bytes;
}

std::string Roll(const std::string& ids) {
  std::string bytes = "PLR1" + Counted(ids.size());
  for (const char id : ids) bytes += Unit(id);
  return bytes;
}

std::string List(const std::string& ids, int registrar = 1) {
  std::string bytes = "PLI1" + kHash + static_cast<char>(registrar) + Counted(ids.size());
  for (const char id : ids) bytes += Unit(id) + kHash;
  return bytes + testing::ListKey(registrar).Sign("plenary-issuance-v1" + bytes);
}

// Every change of the length by one, and of the magic, is told.
template <typename Read>
void ExpectRefusesOtherForms(const std::string& bytes, Read read) {
  EXPECT_TRUE(read(bytes));
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read(bytes.substr(0, 3)));
  EXPECT_FALSE(read(bytes.substr(0, bytes.size() - 1)));
  EXPECT_FALSE(read(bytes + 'x'));
  EXPECT_FALSE(read("XXXX" + bytes.substr(4)));
}

TEST(ReadRoll, TakesAnAscendingListOfTheLengthItSays) {
  const std::string bytes = Roll("abd");
  const auto roll = ReadRoll(bytes);
  ASSERT_TRUE(roll.has_value());
  ASSERT_EQ(roll->size(), 3u);
  EXPECT_EQ((*roll)[2], Unit('d'));
  EXPECT_EQ(ReadRoll(Roll(""))->size(), 0u);
  ExpectRefusesOtherForms(bytes, [](const std::string& other) { return ReadRoll(other).has_value(); });
  EXPECT_FALSE(ReadRoll(Roll("ba")).has_value()) << "descending";
  EXPECT_FALSE(ReadRoll(Roll("aa")).has_value()) << "a unit twice";
}

TEST(ReadRoll, RefusesACountThatOverflowsALength) {
  EXPECT_FALSE(ReadRoll("PLR1" + std::string(4, '\xff')).has_value());
  EXPECT_FALSE(ReadRoll("PLR1" + std::string("\x10\0\0\0", 4)).has_value()) << "2^28 units are 2^32 bytes";
}

TEST(ReadIssuanceList, GivesBackEveryPart) {
  const std::string bytes = List("abd");
  const auto list = ReadIssuanceList(bytes);
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->manifest_hash, kHash);
  EXPECT_EQ(list->registrar, 1);
  ASSERT_EQ(list->units.size(), 3u);
  EXPECT_EQ(list->units[1], Unit('b'));
  ExpectRefusesOtherForms(bytes,
                          [](const std::string& other) { return ReadIssuanceList(other).has_value(); });
  EXPECT_FALSE(ReadIssuanceList(List("ba")).has_value());
  EXPECT_FALSE(ReadIssuanceList(List("aa")).has_value());
}

TEST(ReadIssuanceList, TellsWhetherTheRegistrarSignedIt) {
  const std::string bytes = List("abd");
  const std::string_view key = testing::ListKey(1).public_key().bytes();
  EXPECT_TRUE(ReadIssuanceList(bytes)->IsSignedBy(key));
  EXPECT_FALSE(ReadIssuanceList(bytes)->IsSignedBy(testing::ListKey(0).public_key().bytes()));
  EXPECT_FALSE(ReadIssuanceList(bytes)->IsSignedBy("short"));
  for (const std::size_t at : {std::size_t{4}, std::size_t{36}, std::size_t{60}, bytes.size() - 1}) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto list = ReadIssuanceList(changed);
    ASSERT_TRUE(list.has_value()) << at;
    EXPECT_FALSE(list->IsSignedBy(key)) << at;
  }
}

TEST(CountOnEvery, CountsUnitsThatStandOnEveryList) {
  struct Row {
    const char* name;
    std::string first, second;
    std::size_t expected;
  };
  for (const Row& row :
       {Row{"the same lists", "abc", "abc", 3}, Row{"equal size, unequal units", "abc", "abd", 2},
        Row{"nothing in common", "ace", "bdf", 0}, Row{"one is empty", "abc", "", 0},
        Row{"both are empty", "", "", 0}, Row{"one within the other", "bc", "abcd", 2}}) {
    const std::string first = Roll(row.first), second = Roll(row.second);
    EXPECT_EQ(CountOnEvery({*ReadRoll(first), *ReadRoll(second)}), row.expected) << row.name;
    EXPECT_EQ(CountOnEvery({*ReadRoll(second), *ReadRoll(first)}), row.expected) << row.name;
    EXPECT_EQ(IsSubset(*ReadRoll(first), *ReadRoll(second)), row.expected == row.first.size()) << row.name;
  }
}

TEST(CloseRecord, ComesBackAndHasOneLength) {
  const CloseRecord record{.manifest_hash = kHash, .ballots = 70'000, .issuance_list_sha256 = {kHash, kHash}};
  const std::string bytes = EncodeCloseRecord(record);
  EXPECT_EQ(bytes.size(), 4u + 32 + 4 + 2 * 32);
  EXPECT_EQ(ReadCloseRecord(bytes, 2), record);
  EXPECT_FALSE(ReadCloseRecord(bytes, 1).has_value());
  EXPECT_FALSE(ReadCloseRecord(bytes, 3).has_value());
  ExpectRefusesOtherForms(bytes,
                          [](const std::string& other) { return ReadCloseRecord(other, 2).has_value(); });
}

TEST(Share, ComesBackAndHasOneLength) {
  const Share share{.tally_key = std::string(32, 'k'),
                    .threshold = 2,
                    .trustees = 3,
                    .index = 1,
                    .share = std::string(32, 's'),
                    .salt = std::string(16, 't')};
  const std::string bytes = EncodeShare(share);
  EXPECT_EQ(bytes.size(), kShareBytes);
  EXPECT_EQ(ReadShare(bytes), share);
  ExpectRefusesOtherForms(bytes, [](const std::string& other) { return ReadShare(other).has_value(); });
}

class EncodeResultTest : public ::testing::Test {
 protected:
  EncodeResultTest() {
    result_.set_ballot_count(3);
    result_.set_lot_seed(std::string(32, 'r') + "secrets");
    for (const auto& contest : manifest_.manifest().contests()) {
      auto& entry = *result_.add_contests();
      entry.set_contest(contest.name());
      entry.set_blank_count(1);
      entry.set_vacancies(2);
      for (const auto& option : contest.options()) entry.add_options()->set_option(option.name());
    }
    result_.mutable_contests(0)->mutable_options()->SwapElements(0, 2);
    auto& first = *result_.mutable_contests(0)->mutable_options(0);
    first.set_votes(0x102030405);
    first.set_elected(true);
    first.set_tied(true);
  }

  const PublishedManifest manifest_ =
      testing::SampleManifest(*crypto::Ed25519KeyPair::FromSeed(std::string(32, 'b')));
  v1::Result result_;
};

TEST_F(EncodeResultTest, WritesFiguresInOrderOfRank) {
  const auto bytes = EncodeResult(manifest_, result_);
  ASSERT_TRUE(bytes.has_value());
  const std::string head = "PLT1" + manifest_.hash() + std::string(32, 'r') + Counted(3) + Counted(0);
  EXPECT_EQ(bytes->substr(0, head.size()), head);
  const std::string first_contest("\0\0\0\1\0\2\0\3\0\2\0\0\0\1\2\3\4\5\3\0\1", 21);
  EXPECT_EQ(bytes->substr(head.size(), first_contest.size()), first_contest);
  EXPECT_EQ(bytes->size(), head.size() + (8 + 3 * 11) + (8 + 2 * 11));
}

TEST_F(EncodeResultTest, OrdersSpoiltBallotsByHash) {
  for (const char id : {'b', 'a'}) {
    auto& spoilt = *result_.add_spoilt();
    spoilt.set_ballot_hash(std::string(32, id));
    spoilt.set_reason(id == 'a' ? "OPEN" : "CHOICES");
  }
  const std::string bytes = *EncodeResult(manifest_, result_);
  EXPECT_EQ(bytes.substr(72, 4 + 66), Counted(2) + std::string(32, 'a') + '\1' + std::string(32, 'b') + '\5');
  result_.mutable_spoilt(0)->set_reason("OTHER");
  EXPECT_FALSE(EncodeResult(manifest_, result_).has_value());
}

TEST_F(EncodeResultTest, RefusesTheResultOfAnotherManifest) {
  v1::Result other = result_;
  other.mutable_contests(0)->mutable_options(0)->set_option("elections/x/candidacies/y");
  EXPECT_FALSE(EncodeResult(manifest_, other).has_value()) << "an option that is not on the ballot";
  other = result_;
  other.mutable_contests()->RemoveLast();
  EXPECT_FALSE(EncodeResult(manifest_, other).has_value()) << "a contest less";
  other = result_;
  other.set_lot_seed("short");
  EXPECT_FALSE(EncodeResult(manifest_, other).has_value()) << "no root";
}

}  // namespace
}  // namespace plenary::election
