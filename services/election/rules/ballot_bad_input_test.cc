// Every part of a ballot, of its plaintext and of the records beside it, with every size and value around
// what is right; and what belongs to another ballot, voter or election. Each is refused for its own reason.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/crypto/sealed_box.h"
#include "common/crypto/shamir.h"
#include "common/testing/small_order.h"
#include "common/testing/status_matchers.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/shares.h"
#include "services/election/rules/trustees.h"
#include "services/election/testing/credentials_for.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using plenary::testing::HasReason;
using testing::BallotOf;
using testing::MakeVoter;
using testing::SampleManifest;
using testing::SampleSecrets;

constexpr std::size_t kHead = 4 + 32 + 32;  // magic, manifest, key
constexpr std::size_t kCredential = 32 + 384;

class BallotBadInput : public ::testing::Test {
 protected:
  BallotBadInput()
      : random_("bad input"),
        manifest_(SampleManifest(crypto::Ed25519KeyPair::Generate(random_))),
        voter_(MakeVoter(manifest_, random_)),
        ballot_(BallotOf(manifest_, voter_, {{0}, {1}})) {}

  // The reason for which the box refuses it; "" when it is taken.
  std::string ReasonFor(const std::string& ballot) const {
    const auto view = manifest_.ReadBallot(ballot);
    return ReasonOf(view.ok() ? manifest_.CheckSignatures(*view) : view.status());
  }
  // The reason for which it is spoilt; "" when it is counted.
  std::string SpoiltFor(const std::string& ballot) const {
    const auto view = manifest_.ReadBallot(ballot);
    EXPECT_OK(view);
    EXPECT_OK(manifest_.CheckSignatures(*view));
    return std::string(SpoiltReason(manifest_.Open(*view, SampleSecrets()).fault));
  }
  std::string SealedOf(const std::string& ballot) const {
    return std::string(ParseBallot(ballot, manifest_.shape())->sealed);
  }
  // The voter's ballot around any plaintext.
  std::string Around(const std::string& plaintext) const {
    return testing::BallotAround(manifest_, voter_, plaintext);
  }

  crypto::SeededRandom random_;
  const PublishedManifest manifest_;
  const testing::TestVoter voter_;
  const std::string ballot_;
};

TEST_F(BallotBadInput, ABallotHasOneLengthAndOneBeginning) {
  struct Row {
    const char* sentence;
    std::string bytes;
    const char* reason;
  };
  const Row rows[] = {
      {"the ballot", ballot_, ""},
      {"nothing", "", "BALLOT_MALFORMED"},
      {"a byte", "P", "BALLOT_MALFORMED"},
      {"the magic alone", "PLB1", "BALLOT_MALFORMED"},
      {"all but a byte of the manifest's hash", ballot_.substr(0, 35), "BALLOT_MALFORMED"},
      {"the manifest's hash and no more", ballot_.substr(0, 36), "BALLOT_LENGTH_INVALID"},
      {"without the signature", ballot_.substr(0, ballot_.size() - 64), "BALLOT_LENGTH_INVALID"},
      {"a byte less", ballot_.substr(0, ballot_.size() - 1), "BALLOT_LENGTH_INVALID"},
      {"a byte more", ballot_ + '\0', "BALLOT_LENGTH_INVALID"},
      {"twice", ballot_ + ballot_, "BALLOT_LENGTH_INVALID"},
      {"with a credential more",
       ballot_.substr(0, kHead) + ballot_.substr(kHead, kCredential) + ballot_.substr(kHead),
       "BALLOT_LENGTH_INVALID"},
      {"with a credential less", ballot_.substr(0, kHead) + ballot_.substr(kHead + kCredential),
       "BALLOT_LENGTH_INVALID"},
      {"of zeros", std::string(ballot_.size(), '\0'), "BALLOT_MALFORMED"},
      {"of another version", "PLB2" + ballot_.substr(4), "BALLOT_MALFORMED"},
      {"in small letters", "plb1" + ballot_.substr(4), "BALLOT_MALFORMED"},
      {"of another manifest", "PLB1" + std::string(32, 'h') + ballot_.substr(36), "MANIFEST_UNKNOWN"},
      {"of another manifest, and cut", "PLB1" + std::string(32, 'h'), "MANIFEST_UNKNOWN"},
  };
  for (const Row& row : rows) EXPECT_EQ(ReasonFor(row.bytes), row.reason) << row.sentence;
}

TEST_F(BallotBadInput, CredentialsAreForThisKeyInThisElectionByEachRegistrar) {
  const PublishedManifest elsewhere = SampleManifest(crypto::Ed25519KeyPair::Generate(random_));
  const testing::TestVoter other = MakeVoter(manifest_, random_);
  const auto with = [&](std::vector<Credential> credentials) {
    testing::TestVoter voter = voter_;
    voter.credentials = std::move(credentials);
    return testing::BallotWithSealed(manifest_, voter, SealedOf(ballot_));
  };
  const Credential &first = voter_.credentials[0], &second = voter_.credentials[1];
  const std::string modulus = manifest_.registrars()[0].n();
  const auto with_first = [&](const std::string& prefix, const std::string& signature) {
    return with({{prefix, signature}, second});
  };
  EXPECT_EQ(ReasonFor(with({first, second})), "");
  const std::pair<const char*, std::string> rows[] = {
      {"swapped", with({second, first})},
      {"the first twice", with({first, first})},
      {"the second twice", with({second, second})},
      {"of another voter", with(other.credentials)},
      {"one of another voter", with({first, other.credentials[1]})},
      {"of another election by the same registrars", with(MakeVoter(elsewhere, random_).credentials)},
      {"a prefix of zeros", with_first(std::string(32, '\0'), first.signature)},
      {"the other's prefix", with_first(second.prefix, first.signature)},
      {"the number 0", with_first(first.prefix, std::string(384, '\0'))},
      {"the number 1", with_first(first.prefix, std::string(383, '\0') + '\1')},
      {"the modulus", with_first(first.prefix, modulus)},
      {"all ones", with_first(first.prefix, std::string(384, '\xff'))},
  };
  for (const auto& [sentence, ballot] : rows) EXPECT_EQ(ReasonFor(ballot), "CREDENTIAL_INVALID") << sentence;
}

TEST_F(BallotBadInput, TheBallotKeyHasSignedAndIsAKeyThatCanSign) {
  const std::string unsigned_ballot = ballot_.substr(0, ballot_.size() - 64);
  const std::string signature = ballot_.substr(ballot_.size() - 64);
  const testing::TestVoter other = MakeVoter(manifest_, random_);
  const auto stranger = crypto::Ed25519KeyPair::FromSeed(other.seed).value();
  const auto own = crypto::Ed25519KeyPair::FromSeed(voter_.seed).value();
  const std::pair<const char*, std::string> rows[] = {
      {"nobody's", std::string(64, '\0')},
      {"of ones", std::string(64, '\xff')},
      {"of a stranger", stranger.Sign(BallotMessage(unsigned_ballot))},
      {"over the ballot without its label", own.Sign(unsigned_ballot)},
      {"over another ballot", own.Sign(BallotMessage(unsigned_ballot + 'x'))},
      {"in its second spelling", plenary::testing::SpelledAgain(signature)},
      {"its halves swapped", signature.substr(32) + signature.substr(0, 32)},
  };
  for (const auto& [sentence, wrong] : rows) {
    EXPECT_EQ(ReasonFor(unsigned_ballot + wrong), "BALLOT_SIGNATURE_INVALID") << sentence;
  }
  // Keys that need no secret: registrars, who do not see what they sign, let them in.
  for (const std::string& pk : plenary::testing::SmallOrderEd25519Keys()) {
    const auto credentials = testing::CredentialsFor(manifest_.hash(), pk);
    const std::string ballot = UnsignedBallot(manifest_.hash(), pk, credentials, SealedOf(ballot_));
    const std::string forged = plenary::testing::SignatureUnderSmallOrder(pk, BallotMessage(ballot));
    EXPECT_TRUE(plenary::testing::OpenSslTakes(pk, BallotMessage(ballot), forged)) << crypto::HexEncode(pk);
    EXPECT_EQ(ReasonFor(ballot + forged), "BALLOT_SIGNATURE_INVALID") << crypto::HexEncode(pk);
  }
}

TEST_F(BallotBadInput, BoxesAreSealedToEveryTrusteeInOrder) {
  const auto& trustees = manifest_.manifest().trustees();
  const std::string plaintext =
      EncodePlaintext(ParseBallot(ballot_, manifest_.shape())->pk,
                      EncodeChoices(testing::MarksOf({{0}, {1}})), manifest_.plaintext_length());
  // Sealed to these keys, the first of which is the outermost.
  const auto sealed_to = [&](const std::vector<std::string>& keys) {
    std::string content = plaintext;
    for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
      content = crypto::Seal(*key, content, random_.Bytes(32)).value();
    }
    return SpoiltFor(testing::BallotWithSealed(manifest_, voter_, content));
  };
  const std::string one = trustees[0].tally_key(), two = trustees[1].tally_key(),
                    three = trustees[2].tally_key();
  const std::string stranger = crypto::X25519PublicKey(crypto::MakeX25519Secret(random_)).value();
  EXPECT_EQ(sealed_to({one, two, three}), "");
  EXPECT_EQ(sealed_to({three, two, one}), "OPEN");
  EXPECT_EQ(sealed_to({one, three, two}), "OPEN");
  EXPECT_EQ(sealed_to({one, one, one}), "OPEN");
  EXPECT_EQ(sealed_to({stranger, two, three}), "OPEN");
  EXPECT_EQ(sealed_to({one, two, stranger}), "OPEN");

  const std::string sealed = SealedOf(ballot_);
  const auto spoilt = [&](const std::string& boxes) {
    return SpoiltFor(testing::BallotWithSealed(manifest_, voter_, boxes));
  };
  EXPECT_EQ(spoilt(sealed), "");
  EXPECT_EQ(spoilt(std::string(sealed.size(), '\0')), "OPEN") << "an ephemeral key of small order";
  EXPECT_EQ(spoilt('\1' + std::string(31, '\0') + sealed.substr(32)), "OPEN") << "another";
  std::string high_bit = sealed;
  high_bit[31] = static_cast<char>(high_bit[31] ^ 0x80);
  EXPECT_EQ(spoilt(high_bit), "OPEN") << "the ephemeral key in a second spelling";
  const std::string others = BallotOf(manifest_, MakeVoter(manifest_, random_), {{0}, {1}});
  EXPECT_EQ(spoilt(SealedOf(others)), "PK") << "copied from another ballot";
}

TEST_F(BallotBadInput, APlaintextIsTheKeyTheChoicesAndZeros) {
  const std::string pk(ParseBallot(ballot_, manifest_.shape())->pk);
  const std::size_t length = manifest_.plaintext_length();
  const std::size_t room = length - 34;
  const auto plaintext = [&](std::size_t said, const std::string& rest) {
    std::string bytes = pk;
    crypto::AppendU16(bytes, static_cast<std::uint16_t>(said));
    bytes += rest;
    bytes.resize(length, '\0');
    return SpoiltFor(Around(bytes));
  };
  const std::string blank(4, '\0');
  EXPECT_EQ(plaintext(4, blank), "");
  EXPECT_EQ(plaintext(0, ""), "CHOICES") << "no contest at all";
  EXPECT_EQ(plaintext(3, blank), "CHOICES") << "a byte less";
  EXPECT_EQ(plaintext(5, blank), "CHOICES") << "a byte more";
  EXPECT_EQ(plaintext(room, blank), "CHOICES") << "all the room there is";
  EXPECT_EQ(plaintext(room + 1, blank), "LENGTH") << "a byte beyond the end";
  EXPECT_EQ(plaintext(65'535, blank), "LENGTH");
  EXPECT_EQ(plaintext(4, blank + '\1'), "PADDING") << "in the first byte after the choices";
  EXPECT_EQ(plaintext(4, blank + std::string(room - 5, '\0') + '\1'), "PADDING") << "in the last one";
  std::string other_key(length, '\0');
  EXPECT_EQ(SpoiltFor(Around(other_key)), "PK");
  other_key.replace(0, 32, pk);
  other_key[31] = static_cast<char>(other_key[31] ^ 1);
  EXPECT_EQ(SpoiltFor(Around(other_key)), "PK") << "by the last bit of the key";
}

std::string Choices(std::initializer_list<int> numbers) {
  std::string bytes;
  for (const int number : numbers) crypto::AppendU16(bytes, static_cast<std::uint16_t>(number));
  return bytes;
}

TEST(ChoicesBadInput, EveryNumberHasItsLimits) {
  const ContestRule marks = {.options = 3, .min_marks = 2, .max_marks = 3};
  const ContestRule scores = {.options = 3,
                              .min_marks = 1,
                              .max_marks = 3,
                              .kind = counting::BallotKind::kScores,
                              .max_score = 1'000};
  const ContestRule ranks = {
      .options = 3, .min_marks = 1, .max_marks = 3, .kind = counting::BallotKind::kRanks};
  struct Row {
    const char* sentence;
    ContestRule contest;
    std::string choices;  // count, then option and value
    PlaintextFault fault;
  };
  using Fault = PlaintextFault;
  const Row rows[] = {
      {"blank", marks, Choices({0}), Fault::kNone},
      {"half a count", marks, std::string(1, '\0'), Fault::kMalformed},
      {"a mark below the least", marks, Choices({1, 0, 1}), Fault::kTooFewMarks},
      {"the least", marks, Choices({2, 0, 1, 1, 1}), Fault::kNone},
      {"the most, the last option too", marks, Choices({3, 0, 1, 1, 1, 2, 1}), Fault::kNone},
      {"one more", marks, Choices({4, 0, 1, 1, 1, 2, 1, 3, 1}), Fault::kTooManyMarks},
      {"65,535 that are not there", marks, Choices({65'535}), Fault::kMalformed},
      {"a count above what follows", marks, Choices({3, 0, 1, 1, 1}), Fault::kMalformed},
      {"a count below what follows", marks, Choices({2, 0, 1, 1, 1, 2, 1}), Fault::kMalformed},
      {"half a mark", marks, Choices({2, 0, 1, 1}), Fault::kMalformed},
      {"an option beyond the last", marks, Choices({2, 0, 1, 3, 1}), Fault::kOptionUnknown},
      {"option 65,535", marks, Choices({2, 0, 1, 65'535, 1}), Fault::kOptionUnknown},
      {"a mark of 0", marks, Choices({2, 0, 0, 1, 1}), Fault::kMalformed},
      {"a mark of 2", marks, Choices({2, 0, 2, 1, 1}), Fault::kMalformed},
      {"a mark of 65,535", marks, Choices({2, 0, 1, 1, 65'535}), Fault::kMalformed},
      {"a score of 0", scores, Choices({1, 0, 0}), Fault::kScoreInvalid},
      {"a score of 1", scores, Choices({1, 0, 1}), Fault::kNone},
      {"the highest score", scores, Choices({1, 0, 1'000}), Fault::kNone},
      {"one above it", scores, Choices({1, 0, 1'001}), Fault::kScoreInvalid},
      {"a rank of 0", ranks, Choices({1, 0, 0}), Fault::kRanksInvalid},
      {"a rank of 1", ranks, Choices({1, 0, 1}), Fault::kNone},
      {"a rank of 2 alone", ranks, Choices({1, 0, 2}), Fault::kRanksInvalid},
      {"every rank", ranks, Choices({3, 0, 3, 1, 2, 2, 1}), Fault::kNone},
      {"a rank beyond the marks", ranks, Choices({3, 0, 4, 1, 2, 2, 1}), Fault::kRanksInvalid},
      {"a rank of 65,535", ranks, Choices({3, 0, 65'535, 1, 2, 2, 1}), Fault::kRanksInvalid},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ParseChoices(row.choices, {row.contest}).fault, row.fault) << row.sentence;
  }
}

std::string Unit(char id) { return std::string(kUnitIdSize, id); }

// A record of so many lines that says it has `count`.
std::string RollSaying(std::uint32_t count, const std::vector<std::string>& units) {
  std::string bytes = "PLR1";
  crypto::AppendU32(bytes, count);
  for (const std::string& unit : units) bytes += unit;
  return bytes;
}

std::string ListSaying(std::uint32_t count, const std::vector<std::string>& units) {
  std::string bytes = "PLI1" + std::string(kHashSize, 'h') + '\1';
  crypto::AppendU32(bytes, count);
  for (const std::string& unit : units) bytes += unit + std::string(kHashSize, 'm');
  return bytes + std::string(crypto::kEd25519SignatureSize, 's');
}

TEST(RecordBadInput, ACountIsThatOfTheUnitsWhichAscend) {
  const std::string a = Unit('a'), b = Unit('b'), zero = Unit('\0'), highest = Unit('\xff');
  std::string just_above = a;
  just_above.back() = 'b';
  struct Row {
    const char* sentence;
    std::vector<std::string> units;
    std::uint32_t count;
    bool taken;
  };
  const Row rows[] = {
      {"nobody", {}, 0, true},
      {"one", {a}, 1, true},
      {"two", {a, b}, 2, true},
      {"two that differ in the last byte", {a, just_above}, 2, true},
      {"the lowest and the highest there can be", {zero, highest}, 2, true},
      {"bytes beyond 127 in their order", {Unit('\x7f'), Unit('\x80')}, 2, true},
      {"and out of it", {Unit('\x80'), Unit('\x7f')}, 2, false},
      {"one that is not there", {}, 1, false},
      {"one that is not counted", {a}, 0, false},
      {"one less", {a, b}, 1, false},
      {"one more", {a, b}, 3, false},
      {"twice the same", {a, a}, 2, false},
      {"descending in the last byte", {just_above, a}, 2, false},
      {"a count whose lines are 2^32 bytes", {}, 0x10000000, false},
      {"the highest count", {a}, 0xFFFFFFFF, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ReadRoll(RollSaying(row.count, row.units)).has_value(), row.taken) << row.sentence;
    EXPECT_EQ(ReadIssuanceList(ListSaying(row.count, row.units)).has_value(), row.taken) << row.sentence;
  }
}

TEST(RecordBadInput, NoOtherSizeIsARecord) {
  const std::string roll = RollSaying(2, {Unit('a'), Unit('b')}), list = ListSaying(1, {Unit('a')});
  const CloseRecord record{
      .manifest_hash = std::string(kHashSize, 'h'),
      .ballots = 0xFFFFFFFF,
      .issuance_list_sha256 = {std::string(kHashSize, 'l'), std::string(kHashSize, 'm')}};
  const std::string closed = EncodeCloseRecord(record);
  EXPECT_EQ(ReadCloseRecord(closed, 2), record) << "with as many ballots as there can be";
  for (std::size_t size = 0; size <= list.size() + 1; ++size) {
    const auto resized = [&](std::string bytes) {
      bytes.resize(size, '\0');
      return bytes;
    };
    EXPECT_EQ(ReadRoll(resized(roll)).has_value(), size == roll.size()) << size;
    EXPECT_EQ(ReadIssuanceList(resized(list)).has_value(), size == list.size()) << size;
    EXPECT_EQ(ReadCloseRecord(resized(closed), 2).has_value(), size == closed.size()) << size;
    EXPECT_EQ(ReadShare(resized("PLS1")).has_value(), size == kShareBytes) << size;
  }
}

// Two secrets that were split among three, as in two elections of the same people.
class ShareBadInput : public ::testing::Test {
 protected:
  ShareBadInput() : random_("shares") {
    for (std::vector<std::string>* shares : {&shares_, &elsewhere_}) {
      const std::string secret = crypto::MakeX25519Secret(random_);
      const std::string key = crypto::X25519PublicKey(secret).value();
      const auto split = crypto::SplitSecret(secret, 2, 3, random_);
      for (const crypto::SecretShare& share : split.value()) {
        shares->push_back(EncodeShare({.tally_key = key,
                                       .threshold = 2,
                                       .trustees = 3,
                                       .index = share.index,
                                       .share = share.share,
                                       .salt = random_.Bytes(kShareSaltSize)}));
      }
      if (shares != &shares_) break;
      secret_ = secret;
      key_ = key;
      for (int i = 1; i <= 3; ++i) {
        v1::Trustee& trustee = trustees_.emplace_back();
        trustee.set_number(i);
        trustee.set_person("people/t" + std::to_string(i));
        trustee.set_tally_key(i == 1 ? key : std::string(32, static_cast<char>(i)));
      }
      for (const std::string& share : *shares) trustees_[0].add_share_sha256(crypto::Sha256(share));
    }
  }

  crypto::SeededRandom random_;
  std::string secret_, key_;
  std::vector<std::string> shares_, elsewhere_;
  Trustees trustees_;
};

TEST_F(ShareBadInput, AShareIsTakenAsItWasDealtFromWhomItWasDealtTo) {
  EXPECT_EQ(DealerOf(shares_[1], 2, trustees_).value(), 1);
  for (const int holder : {-1, 0, 1, 3, 4}) {
    EXPECT_THAT(DealerOf(shares_[1], holder, trustees_), HasReason("SHARE_WRONG")) << holder;
  }
  EXPECT_THAT(DealerOf(elsewhere_[1], 2, trustees_), HasReason("SHARE_WRONG")) << "of another election";
  struct Row {
    const char* field;
    std::size_t at;
    std::vector<int> values;
  };
  for (const Row& row : {Row{"threshold", 36, {0, 1, 3, 255}}, Row{"trustees", 37, {0, 2, 4, 255}},
                         Row{"index", 38, {0, 1, 3, 4, 255}}}) {
    for (const int value : row.values) {
      std::string changed = shares_[1];
      changed[row.at] = static_cast<char>(value);
      EXPECT_TRUE(ReadShare(changed).has_value());
      EXPECT_THAT(DealerOf(changed, 2, trustees_), HasReason("SHARE_WRONG")) << row.field << " " << value;
    }
  }
}

TEST_F(ShareBadInput, SharesThatDoNotBelongTogetherGiveNothing) {
  EXPECT_EQ(SecretFromShares({shares_[0], shares_[1]}, 2, key_), secret_);
  const auto nothing = [&](const std::vector<std::string>& shares, int threshold = 2) {
    return !SecretFromShares(shares, threshold, key_).has_value();
  };
  EXPECT_TRUE(nothing({}));
  EXPECT_TRUE(nothing({shares_[0]}));
  EXPECT_TRUE(nothing({shares_[0], shares_[0]})) << "the same twice";
  EXPECT_TRUE(nothing({shares_[0], elsewhere_[1]})) << "of two elections";
  EXPECT_TRUE(nothing(elsewhere_)) << "of another secret";
  EXPECT_TRUE(nothing({shares_[0], shares_[1]}, 3)) << "as many as were not enough";
  EXPECT_TRUE(nothing({shares_[0], ""}));
  std::string index_of_zero = shares_[1];
  index_of_zero[38] = '\0';
  EXPECT_TRUE(nothing({shares_[0], index_of_zero})) << "where the secret itself would be";
}

}  // namespace
}  // namespace plenary::election
