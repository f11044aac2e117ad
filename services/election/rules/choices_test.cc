#include "services/election/rules/choices.h"

#include <gtest/gtest.h>

#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using testing::MarksOf;

const std::vector<ContestRule> kContests = {{.options = 3, .min_marks = 1, .max_marks = 2},
                                            {.options = 2, .min_marks = 1, .max_marks = 3}};
const std::string kPk(32, 'k');

std::string Bytes(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

TEST(Choices, AreWrittenAsCountsAndMarks) {
  EXPECT_EQ(EncodeChoices(MarksOf({{0, 2}, {}})), Bytes({0, 2, 0, 0, 0, 1, 0, 2, 0, 1, 0, 0}));
}

TEST(Choices, TakeTheSameRoomWhateverWasChosen) {
  EXPECT_EQ(PlaintextLength(kContests), 32u + 2 + (2 + 4 * 2) + (2 + 4 * 3));
  EXPECT_EQ(EncodePlaintext(kPk, EncodeChoices(MarksOf({{}, {}})), PlaintextLength(kContests)).size(),
            PlaintextLength(kContests));
}

TEST(Choices, AreReadBackAsTheyWereWritten) {
  for (const auto& ballot : {MarksOf({{}, {}}), MarksOf({{0, 2}, {0, 1}}), MarksOf({{1}, {}})}) {
    const auto opened = ParseChoices(EncodeChoices(ballot), kContests);
    EXPECT_EQ(opened.fault, PlaintextFault::kNone);
    EXPECT_EQ(opened.ballot, ballot);
  }
}

TEST(Choices, AreRefusedForTheFirstFault) {
  struct Row {
    const char* sentence;
    std::string choices;
    PlaintextFault fault;
  };
  const Row rows[] = {
      {"nothing at all", "", PlaintextFault::kMalformed},
      {"the second contest is missing", Bytes({0, 0}), PlaintextFault::kMalformed},
      {"a mark is cut short", Bytes({0, 1, 0, 0, 0}), PlaintextFault::kMalformed},
      {"bytes follow the last contest", Bytes({0, 0, 0, 0, 0}), PlaintextFault::kMalformed},
      {"one mark more than seats", Bytes({0, 3, 0, 0, 0, 1, 0, 1, 0, 1, 0, 2, 0, 1, 0, 0}),
       PlaintextFault::kTooManyMarks},
      {"an option that the contest has not", Bytes({0, 1, 0, 3, 0, 1, 0, 0}), PlaintextFault::kOptionUnknown},
      {"options descend", Bytes({0, 2, 0, 2, 0, 1, 0, 0, 0, 1, 0, 0}), PlaintextFault::kMalformed},
      {"an option stands twice", Bytes({0, 2, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0}), PlaintextFault::kMalformed},
      {"a mark of value 0", Bytes({0, 1, 0, 0, 0, 0, 0, 0}), PlaintextFault::kMalformed},
      {"a mark of value 2", Bytes({0, 1, 0, 0, 0, 2, 0, 0}), PlaintextFault::kMalformed},
  };
  for (const Row& row : rows)
    EXPECT_EQ(ParseChoices(row.choices, kContests).fault, row.fault) << row.sentence;
}

TEST(Choices, AreRefusedWithFewerMarksThanTheLeastUnlessBlank) {
  const std::vector<ContestRule> contests = {{.options = 3, .min_marks = 2, .max_marks = 3}};
  EXPECT_EQ(ParseChoices(EncodeChoices(MarksOf({{1}})), contests).fault, PlaintextFault::kTooFewMarks);
  EXPECT_EQ(ParseChoices(EncodeChoices(MarksOf({{}})), contests).fault, PlaintextFault::kNone);
}

TEST(Choices, TakeRanksThatCountFromOneWithoutGaps) {
  constexpr auto kNone = PlaintextFault::kNone;
  constexpr auto kWrong = PlaintextFault::kRanksInvalid;
  struct Row {
    const char* sentence;
    counting::Marks marks;  // option, rank
    PlaintextFault strict;
    PlaintextFault equal_allowed;
  };
  const Row rows[] = {
      {"a blank", {}, kNone, kNone},
      {"one option", {{2, 1}}, kNone, kNone},
      {"every option", {{0, 3}, {1, 1}, {2, 4}, {3, 2}}, kNone, kNone},
      {"a rank of 0", {{0, 0}, {1, 1}}, kWrong, kWrong},
      {"no first rank", {{0, 2}, {1, 3}}, kWrong, kWrong},
      {"a skipped rank", {{0, 1}, {1, 3}}, kWrong, kWrong},
      {"a rank beyond all", {{0, 65535}}, kWrong, kWrong},
      {"an equal first rank", {{0, 1}, {1, 1}, {2, 2}}, kWrong, kNone},
      {"an equal last rank", {{0, 1}, {1, 2}, {3, 2}}, kWrong, kNone},
      {"all equal", {{0, 1}, {1, 1}, {2, 1}, {3, 1}}, kWrong, kNone},
      {"a rank skipped after an equal one", {{0, 1}, {1, 1}, {2, 3}}, kWrong, kWrong},
  };
  ContestRule contest = {.options = 4, .min_marks = 1, .max_marks = 4, .kind = counting::BallotKind::kRanks};
  for (const Row& row : rows) {
    const std::string choices = EncodeChoices({row.marks});
    contest.equal_ranks = false;
    EXPECT_EQ(ParseChoices(choices, {contest}).fault, row.strict) << row.sentence;
    contest.equal_ranks = true;
    EXPECT_EQ(ParseChoices(choices, {contest}).fault, row.equal_allowed) << row.sentence;
  }
}

TEST(Choices, TakeScoresFromOneToTheHighest) {
  const ContestRule contest = {
      .options = 3, .min_marks = 1, .max_marks = 3, .kind = counting::BallotKind::kScores, .max_score = 10};
  const auto fault = [&](const counting::Marks& marks) {
    return ParseChoices(EncodeChoices({marks}), {contest}).fault;
  };
  EXPECT_EQ(fault({{0, 1}, {1, 10}, {2, 10}}), PlaintextFault::kNone);
  EXPECT_EQ(fault({}), PlaintextFault::kNone);
  EXPECT_EQ(fault({{0, 0}}), PlaintextFault::kScoreInvalid) << "an option without a score is left out";
  EXPECT_EQ(fault({{0, 1}, {1, 11}}), PlaintextFault::kScoreInvalid);
}

TEST(Choices, AreSpoiltByAWrongRankOrScoreAsByAnyOtherFaultOfTheirs) {
  for (const auto fault : {PlaintextFault::kTooFewMarks, PlaintextFault::kRanksInvalid,
                           PlaintextFault::kScoreInvalid, PlaintextFault::kTooManyMarks}) {
    EXPECT_EQ(SpoiltReason(fault), "CHOICES");
  }
}

TEST(Plaintext, IsCheckedInTheOrderKeyLengthPaddingChoices) {
  const std::size_t length = PlaintextLength(kContests);
  const std::string good = EncodePlaintext(kPk, EncodeChoices(MarksOf({{0}, {1}})), length);
  std::string other_key = good;
  other_key[0] = 'x';
  std::string too_long = good;
  too_long[32] = '\xff';
  std::string padded = good;
  padded.back() = 1;
  std::string all_wrong = good;
  all_wrong[0] = 'x';
  all_wrong[32] = '\xff';
  all_wrong.back() = 1;
  std::string length_and_padding = too_long;
  length_and_padding.back() = 1;
  const std::string unknown = EncodePlaintext(kPk, EncodeChoices(MarksOf({{7}, {}})), length);
  struct Row {
    const char* sentence;
    std::string plaintext;
    std::string_view reason;
  };
  const Row rows[] = {
      {"a good one is not spoilt", good, ""},
      {"the key is not that of the ballot", other_key, "PK"},
      {"nothing at all has no key", "", "PK"},
      {"the length does not fit", too_long, "LENGTH"},
      {"only a key has no length", kPk, "LENGTH"},
      {"something stands in the padding", padded, "PADDING"},
      {"the choices are wrong", unknown, "CHOICES"},
      {"the key is looked at first", all_wrong, "PK"},
      {"the length is looked at before the padding", length_and_padding, "LENGTH"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(SpoiltReason(OpenPlaintext(row.plaintext, kPk, kContests).fault), row.reason) << row.sentence;
  }
}

}  // namespace
}  // namespace plenary::election
