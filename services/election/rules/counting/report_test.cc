// Reports as text and as JSON: hand-made ones for single sentences, real counts for the whole.
#include <cstdlib>
#include <fstream>
#include <limits>

#include "absl/strings/str_join.h"
#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/counting/count.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_json.h"
#include "services/election/rules/counting/report_text.h"
#include "services/election/rules/counting/report_words.h"

namespace plenary::election::counting {
namespace {

using nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

struct Counted {
  Contest contest;
  Profile profile;
};

// The file of tests/data, with the seats it says.
Counted ReadKnown(const std::string& name, v1::CountingMethod method, std::uint32_t seats) {
  const char* root = std::getenv("PLENARY_SOURCE_DIR");
  std::ifstream in(fmt::format("{}/tests/data/{}", root == nullptr ? "." : root, name));
  auto reading = ballot_files::ReadBallotFile(in, *ballot_files::FormatOf(name, ""),
                                              {.equal_ranks = FindMethod(method)->equal_ranks});
  auto& file = std::get<ballot_files::BallotFile>(reading);
  Contest contest{.method = method, .seats = seats};
  for (const auto& option : file.options) contest.options.push_back({.display_name = option.name});
  return {std::move(contest), std::move(file.profile)};
}

// A contest among options "A", "B" …, each ballot its marks in order.
Counted Small(v1::CountingMethod method, std::uint32_t seats, std::uint32_t options,
              const std::vector<std::vector<std::uint16_t>>& ballots) {
  Counted counted{{.method = method, .seats = seats}, Profile(options)};
  for (std::uint32_t i = 0; i < options; ++i) {
    counted.contest.options.push_back({.display_name = std::string(1, static_cast<char>('A' + i))});
  }
  const bool ranks = FindMethod(method)->kind == BallotKind::kRanks;
  for (const auto& ballot : ballots) {
    Marks marks;
    for (const std::uint16_t option : ballot) {
      marks.push_back({option, static_cast<std::uint16_t>(ranks ? marks.size() + 1 : 1)});
    }
    EXPECT_TRUE(counted.profile.Add(marks));
  }
  return counted;
}

void DrawFor(Contest& contest) {
  contest.lot_seed = std::string(32, 'x');
  contest.lots = DrawLots(contest.lot_seed, 0, contest.options.size());
}

std::string Text(const v1::CountReport& report, Detail detail = Detail::kExplained) {
  return absl::StrJoin(ReportText(report, detail, {}), "\n");
}

std::string Text(const Counted& counted, Detail detail = Detail::kExplained) {
  return Text(Count(counted.contest, counted.profile), detail);
}

TEST(Amount, HasExactlyTheMethodsDecimals) {
  EXPECT_EQ(Amount(191'400'000, 5), "1914.00000");
  EXPECT_EQ(Amount(7, 5), "0.00007");
  EXPECT_EQ(Amount(-12'900'000, 5), "-129.00000");
  EXPECT_EQ(Amount(1914, 0), "1914");
  EXPECT_EQ(Amount(std::numeric_limits<std::int64_t>::min(), 9), "-9223372036.854775808");
  EXPECT_EQ(GroupedAmount(191'400'000, 5), "1,914.00000");
  EXPECT_EQ(GroupedAmount(-123'456'789, 0), "-123,456,789");
  EXPECT_EQ(GroupedAmount(123, 0), "123");
}

TEST(OptionNames, AreAllDifferent) {
  v1::CountReport report;
  for (const char* name : {"Ann", "Bo", "Ann", ""}) report.add_options()->set_display_name(name);
  const OptionNames names(report);
  EXPECT_EQ(names[0], "Ann (option 1)");
  EXPECT_EQ(names[1], "Bo");
  EXPECT_EQ(names[2], "Ann (option 3)");
  EXPECT_EQ(names[3], "Option 4");
  EXPECT_EQ(names[4], "?");
  EXPECT_EQ(names[-1], "?");
}

TEST(OptionNames, StayDifferentWhenSomebodyIsCalledLikeANumberedOne) {
  v1::CountReport report;
  for (const char* name : {"Ann", "Ann (option 1)", "Ann"}) report.add_options()->set_display_name(name);
  const OptionNames names(report);
  EXPECT_NE(names[0], names[1]);
  EXPECT_NE(names[1], names[2]);
  EXPECT_NE(names[0], names[2]);
}

TEST(OptionNames, AreComparedAsTheyAreShown) {
  v1::CountReport report;
  for (const char* name : {"Ann\x1b", "Ann\x07"}) report.add_options()->set_display_name(name);
  const OptionNames names(report, [](std::string_view) { return "Ann "; });
  EXPECT_EQ(names[0], "Ann  (option 1)");
  EXPECT_EQ(names[1], "Ann  (option 2)");
}

TEST(ReportText, TellsWhyEachOfGlasgowLinnWasElected) {
  const Counted linn = ReadKnown("stv/glasgow-linn-2007.blt", v1::COUNTING_METHOD_SCOTTISH_STV, 4);
  const std::string text = Text(linn);
  EXPECT_THAT(text,
              StartsWith("Single transferable vote, Scottish rules: 4 seats, 11 options\n"
                         "Counted: 9,567 valid ballots, 0 blank, 0 spoilt.\n"
                         "Quota: 9,567 valid ballots / (4 seats + 1), whole part, plus 1 = 1,914.00000\n"
                         "votes.\n"));
  EXPECT_THAT(text, HasSubstr("  1. David Ritchie: stage 1, 2,043.00000 votes, 129.00000 over the quota\n"
                              "  2. Sadie Docherty: stage 8, 1,947.35496 votes, 33.35496 over the quota\n"
                              "  3. John McKenzie: stage 10, 2,174.90506 votes, 260.90506 over the quota\n"
                              "  4. Margot Clark: stage 10, 2,008.75096 votes, 94.75096 over the quota\n"));
  EXPECT_THAT(text,
              HasSubstr("Stage 2: David Ritchie holds 2,043.00000 votes, 129.00000 more than the quota."));
  EXPECT_THAT(text, HasSubstr("      300   +18.94200  1,302.94200  Margot Clark\n"));
  EXPECT_THAT(text, HasSubstr("Stage 3: Gordon Thomson goes out with the fewest votes, 156.82936."));
  EXPECT_THAT(text, HasSubstr("      573   +36.18420     36.18420  (not transferable)\n"));
  EXPECT_THAT(text, HasSubstr("     5  1,111.65708  Alan Stewart - out at stage 10\n"));
  EXPECT_EQ(text, Text(linn)) << "the same report gives the same text";
}

TEST(ReportText, FitsA80ColumnTerminal) {
  for (const Method& method : AllMethods()) {
    if (method.kind != BallotKind::kRanks) continue;
    const Counted linn = ReadKnown("stv/glasgow-linn-2007.blt", method.method, method.one_seat ? 1 : 4);
    EXPECT_THAT(ReportText(Count(linn.contest, linn.profile), Detail::kExplained, {}),
                Each(SizeIs(::testing::Le(80U))))
        << method.word;
  }
}

TEST(ReportText, SummarisesInAFewLines) {
  const Counted linn = ReadKnown("stv/glasgow-linn-2007.blt", v1::COUNTING_METHOD_SCOTTISH_STV, 4);
  const std::string text = Text(linn, Detail::kSummary);
  EXPECT_THAT(text, AllOf(HasSubstr("4. Margot Clark"), HasSubstr("Next in line: Alan Stewart; Esme H Clark"),
                          Not(HasSubstr("Stage 2"))));
}

TEST(ReportText, TellsHowMeeksQuotaFalls) {
  const Counted small = ReadKnown("stv/hill-513.blt", v1::COUNTING_METHOD_MEEK_STV, 2);
  const std::string text = Text(small);
  EXPECT_THAT(text,
              HasSubstr("  Quota: 9.000000000 votes that continue / (2 seats + 1), cut after 9 decimals,\n"
                        "  plus 0.000000001 = 3.000000001.\n"));
  EXPECT_THAT(text, HasSubstr("  -1.999999995  3.000000005  0.600000001  Castor - elected\n"));
  EXPECT_THAT(text,
              HasSubstr("  Helen is elected with 3.000000000 votes, without reaching the quota: no more\n"
                        "  options are left than seats.\n"));
  EXPECT_THAT(text, HasSubstr("  Pollux (2.999999995) goes out with the fewest votes.\n"));
}

TEST(ReportText, TellsTheMajorityOfARunOff) {
  const Counted small = Small(v1::COUNTING_METHOD_INSTANT_RUNOFF, 1, 3,
                              {{0, 1}, {0}, {0}, {1, 0}, {1, 0}, {1}, {2, 1}, {2, 1}});
  const std::string text = Text(small);
  EXPECT_THAT(text, HasSubstr("Majority: 5 votes at first, more than half of the votes that continue.\n"));
  EXPECT_THAT(text,
              HasSubstr("Stage 2: C goes out with the fewest votes, 2. The ballots pass on to their next\n"
                        "preferences.\n"));
  EXPECT_THAT(text, HasSubstr("  B is elected with 5 of 8 votes.\n  No seat is left for A (3).\n"));
}

TEST(ReportText, ComparesTheLastElectedWithTheNext) {
  const std::string text =
      Text(Small(v1::COUNTING_METHOD_BLOCK_PLURALITY, 1, 3, {{0, 1}, {0}, {0, 2}, {1}, {}}));
  EXPECT_THAT(text, HasSubstr("Counted: 4 valid ballots, 1 blank, 0 spoilt.\n"));
  EXPECT_THAT(text, HasSubstr("A is elected last with 3 votes, 1 more than B with 2.\n"));
  EXPECT_THAT(text, HasSubstr("     1      3  A - elected\n     2      2  B\n     3      1  C"));
}

TEST(ReportText, LeavesATieOpenAndSaysWhatToDo) {
  const Counted small = Small(v1::COUNTING_METHOD_APPROVAL, 2, 4, {{0, 1}, {0, 2}, {0}, {3, 1}, {2}});
  for (const Detail detail : {Detail::kSummary, Detail::kExplained}) {
    const std::string text = Text(small, detail);
    EXPECT_THAT(text, HasSubstr("UNDECIDED: B and C are tied, and 1 seat hangs on it.\n"));
    EXPECT_THAT(text, HasSubstr("--lot-seed"));
    EXPECT_THAT(text, HasSubstr("No lot was given,"));
  }
}

TEST(ReportText, CallsNobodyARunnerUpWhileAnybodyMayYetBeElected) {
  // C goes out first; then A and B are tied, and D and E, who are elected, are not.
  const Counted stopped = Small(v1::COUNTING_METHOD_SCOTTISH_STV, 2, 4,
                                {{3}, {3}, {3}, {3}, {3}, {0}, {0}, {0}, {1}, {1}, {1}, {2}});
  const std::string text = Text(stopped);
  EXPECT_THAT(text, HasSubstr("Order so far:\n"));
  EXPECT_THAT(text, HasSubstr("  rank    votes  option\n     1  5.00000  D - elected at stage 1\n"
                              "        3.00000  A - still in, tied\n        3.00000  B - still in, tied\n"
                              "        1.00000  C - out at stage 2\n"));
  EXPECT_THAT(text, AllOf(HasSubstr("only those elected have a rank."), Not(HasSubstr("Runners-up"))));
  EXPECT_THAT(Text(stopped, Detail::kSummary), Not(HasSubstr("Next in line")));
  for (const auto method : {v1::COUNTING_METHOD_INSTANT_RUNOFF, v1::COUNTING_METHOD_MEEK_STV}) {
    EXPECT_THAT(Text(Small(method, 1, 2, {{0}, {1}})),
                AllOf(HasSubstr("A - still in, tied\n"), Not(HasSubstr("Order of all options"))));
  }
}

TEST(ReportText, DoesNotSayWhoIsElectedLastWhileASeatIsOpen) {
  EXPECT_THAT(Text(Small(v1::COUNTING_METHOD_APPROVAL, 2, 3, {{0}, {0}, {1}, {2}})),
              AllOf(HasSubstr("UNDECIDED: B and C"), Not(HasSubstr("is elected last"))));
}

TEST(ReportText, NamesTheLotThatSettledATie) {
  Counted small = Small(v1::COUNTING_METHOD_APPROVAL, 1, 2, {{0}, {1}});
  DrawFor(small.contest);
  const bool first = small.contest.lots[0] < small.contest.lots[1];
  const auto lot = [&](int i) { return Hex(small.contest.lots[static_cast<std::size_t>(i)]).substr(0, 8); };
  for (const Detail detail : {Detail::kSummary, Detail::kExplained}) {
    const std::string text = Text(small, detail);
    EXPECT_THAT(text, HasSubstr(fmt::format("1. {}: 1 vote; by lot", first ? "A" : "B")));
    EXPECT_THAT(text, HasSubstr(first ? fmt::format("A {}, B {}.", lot(0), lot(1))
                                      : fmt::format("B {}, A {}.", lot(1), lot(0))));
  }
}

TEST(ReportText, DoesNotCallASeatALotWhenOnlyTheOrderWas) {
  for (const auto method : {v1::COUNTING_METHOD_BLOCK_PLURALITY, v1::COUNTING_METHOD_SCHULZE}) {
    Counted both = Small(method, 2, 3, {{0}, {1}});
    for (int drawn = 0; drawn < 2; ++drawn) {
      EXPECT_THAT(Text(both), AllOf(Not(HasSubstr("by lot")), Not(HasSubstr("UNDECIDED"))));
      DrawFor(both.contest);
    }
  }
}

TEST(ReportText, TellsWhichEarlierStageSettledATie) {
  v1::CountReport report;
  report.set_method(v1::COUNTING_METHOD_SCOTTISH_STV);
  for (const char* name : {"Ann", "Bo"}) report.add_options()->set_display_name(name);
  v1::CountTie& tie = *report.add_ties();
  tie.add_options(1);
  tie.add_options(0);
  tie.set_decides(v1::CountTie::DECIDES_EXCLUSION);
  tie.set_settled(v1::CountTie::SETTLED_EARLIER_STAGE);
  tie.set_earlier_stage(3);
  EXPECT_THAT(Text(report),
              HasSubstr("  Tie: Bo and Ann are tied: which of them goes out? At stage 3, the latest that\n"
                        "       tells them apart, Ann had the fewest and goes out.\n"));
}

TEST(ReportText, TellsOfVacantSeats) {
  EXPECT_THAT(Text(Small(v1::COUNTING_METHOD_BLOCK_PLURALITY, 3, 2, {{0}, {0, 1}})),
              HasSubstr("1 seat stays vacant: there are fewer options than seats.\n"));
  Counted none = Small(v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, 3, {{0}, {0, 2}, {2}, {0, 1}});
  none.contest.options[2].none_of_these = true;
  EXPECT_THAT(Text(none),
              HasSubstr("1 seat stays vacant: too few options, or the option that stands for none of\nthem"));
}

TEST(ReportText, TellsWhoKeepsASeatInACountback) {
  const Counted linn = ReadKnown("stv/glasgow-linn-2007.blt", v1::COUNTING_METHOD_SCOTTISH_STV, 4);
  const v1::CountReport report = Count(linn.contest, linn.profile);
  const std::string text = Text(CountBack(linn.contest, linn.profile, report, {6}));
  EXPECT_THAT(text, HasSubstr("Withdrawn: David Ritchie. Marks for this option are passed over.\n"));
  EXPECT_THAT(text, HasSubstr("  1. Sadie Docherty: keeps the seat\n"));
}

TEST(ReportText, SaysWhyOneIsAheadByAChainOfMajorities) {
  std::vector<std::vector<std::uint16_t>> ballots(5, {0, 1, 2});
  ballots.insert(ballots.end(), 4, {1, 2, 0});
  ballots.insert(ballots.end(), 3, {2, 0, 1});
  const std::string schulze = Text(Small(v1::COUNTING_METHOD_SCHULZE, 1, 3, ballots));
  EXPECT_THAT(schulze,
              HasSubstr("A is elected: its strongest path to each of the 2 options behind it is stronger\n"
                        "  than the one back; the closest is 8 to 7 against B.\n"));
  EXPECT_THAT(schulze, HasSubstr("  rank  1  2  3  option\n     1  -  8  8  A\n     2  7  -  9  B\n"));
  const std::string pairs = Text(Small(v1::COUNTING_METHOD_RANKED_PAIRS, 1, 3, ballots));
  EXPECT_THAT(pairs, HasSubstr("    8        4  A over B - holds\n"));
  EXPECT_THAT(pairs, HasSubstr("    7        5  C over A - PASSED OVER: stronger ones say the opposite\n"));
}

TEST(ReportText, GivesALineAnOptionWhereAMatrixIsTooWide) {
  std::vector<std::uint16_t> all(25);
  for (std::uint16_t i = 0; i < all.size(); ++i) all[i] = i;
  const Counted many =
      Small(v1::COUNTING_METHOD_SCHULZE, 1, 25, std::vector<std::vector<std::uint16_t>>(100, all));
  const auto lines = ReportText(Count(many.contest, many.profile), Detail::kExplained, {});
  EXPECT_THAT(lines, Each(SizeIs(::testing::Le(80U))));
  EXPECT_THAT(absl::StrJoin(lines, "\n"), HasSubstr("     1   24     0     0    100:0     2  A\n"));
}

TEST(ReportText, LeavesOutWhatDoesNotChangeInALongTable) {
  // 60 options of one vote each, the first one of two: without lots nothing can be excluded, so lots are
  // drawn.
  std::vector<std::vector<std::uint16_t>> ballots = {{0}};
  for (std::uint16_t i = 0; i < 60; ++i) ballots.push_back({i});
  Counted many = Small(v1::COUNTING_METHOD_SCOTTISH_STV, 1, 60, ballots);
  DrawFor(many.contest);
  EXPECT_THAT(Text(many), HasSubstr(" others stay as they are.\n"));
}

TEST(ReportText, ShowsNamesOnlyAsTheScreenAllows) {
  Counted small = Small(v1::COUNTING_METHOD_BLOCK_PLURALITY, 1, 2, {{0}});
  small.contest.options[0].display_name = "Ann\nElected: Bo\x1b[2J";
  const Screen screen{.printable = [](std::string_view name) {
    std::string text(name);
    for (char& byte : text) byte = static_cast<unsigned char>(byte) < 0x20 ? ' ' : byte;
    return text;
  }};
  const auto lines = ReportText(Count(small.contest, small.profile), Detail::kExplained, screen);
  EXPECT_THAT(lines, Each(AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\x1b")))));
  EXPECT_THAT(lines, ::testing::Contains("  1. Ann Elected: Bo [2J: 1 vote"));
}

TEST(ReportText, TakesAReportWithNumbersThatAreNone) {
  v1::CountReport report;
  report.set_method(v1::COUNTING_METHOD_SCHULZE);
  report.add_placings()->set_option(7);
  report.mutable_placings(0)->set_elected(true);
  report.add_stages()->add_elected(-1);
  report.mutable_stages(0)->set_quota(1);
  report.mutable_stages(0)->add_excluded(9);
  report.mutable_stages(0)->add_votes(1);
  report.mutable_pairwise()->add_options(12);
  report.add_ties()->add_options(99);
  EXPECT_THAT(Text(report), HasSubstr("?"));
  EXPECT_EQ(ReportJson(report)["elected"], ordered_json::array({"?"}));
}

std::vector<std::string> Keys(const ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

TEST(ReportJson, HasTheShapeThatProgramsRelyOn) {
  const Counted linn = ReadKnown("stv/glasgow-linn-2007.blt", v1::COUNTING_METHOD_SCOTTISH_STV, 4);
  const ordered_json json = ReportJson(Count(linn.contest, linn.profile));
  EXPECT_THAT(Keys(json),
              ElementsAre("method", "seats", "elected", "tied", "undecided", "vacancies", "ballots", "quota",
                          "stages", "ties", "order", "pairwise", "withdrawn", "none_of_these", "lot_seed"));
  EXPECT_EQ(json["method"], "scottish-stv");
  EXPECT_EQ(json["elected"],
            ordered_json::array({"David Ritchie", "Sadie Docherty", "John McKenzie", "Margot Clark"}));
  EXPECT_EQ(json["ballots"],
            (ordered_json{{"valid", 9567}, {"blank", 0}, {"spoilt", 0}, {"withdrawn_only", 0}}));
  EXPECT_EQ(json["quota"], "1914.00000");
  EXPECT_EQ(json["lot_seed"], nullptr);
  const ordered_json& surplus = json["stages"][1];
  EXPECT_THAT(Keys(surplus), ElementsAre("stage", "act", "options", "quota", "surplus", "votes",
                                         "not_transferable", "transfers", "elected", "excluded"));
  EXPECT_EQ(surplus["act"], "surplus");
  EXPECT_EQ(surplus["options"], ordered_json::array({"David Ritchie"}));
  EXPECT_EQ(surplus["surplus"], "129.00000");
  EXPECT_EQ(surplus["votes"]["Esme H Clark"], "905.13482");
  EXPECT_EQ(surplus["not_transferable"], "36.18420");
  EXPECT_EQ(surplus["transfers"].back()["to"], nullptr);
  EXPECT_EQ(json["stages"][2]["act"], "exclusion");
  EXPECT_EQ(json["order"][4]["name"], "Alan Stewart");
  EXPECT_EQ(json["order"][4]["elected"], false);
}

TEST(ReportJson, HasKeepFactorsForMeekAlone) {
  const Counted small = ReadKnown("stv/hill-513.blt", v1::COUNTING_METHOD_MEEK_STV, 2);
  const ordered_json json = ReportJson(Count(small.contest, small.profile));
  EXPECT_EQ(json["stages"][1]["keep_factors"]["Castor"], "0.600000001");
  EXPECT_EQ(json["stages"][1]["distributions"], 2);
}

TEST(ReportJson, ListsTheTiedSetOfAnUndecidedCount) {
  Counted small = Small(v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, 5, {{0, 1}, {0, 2}, {0}, {3, 1}, {2}});
  const ordered_json open = ReportJson(Count(small.contest, small.profile));
  EXPECT_EQ(open["undecided"], true);
  EXPECT_EQ(open["elected"], ordered_json::array({"A"}));
  EXPECT_EQ(open["tied"], ordered_json::array({"B", "C"}));
  EXPECT_EQ(open["ties"][0]["settled"], "open");
  DrawFor(small.contest);
  const ordered_json drawn = ReportJson(Count(small.contest, small.profile));
  EXPECT_EQ(drawn["undecided"], false);
  EXPECT_EQ(drawn["tied"], ordered_json::array());
  EXPECT_EQ(drawn["lot_seed"], Hex(small.contest.lot_seed));
  EXPECT_EQ(drawn["ties"][0]["lots"].size(), 2U);
}

TEST(ReportJson, ListsThoseWhoseTermHangsOnATie) {
  Counted small = Small(v1::COUNTING_METHOD_BLOCK_PLURALITY, 2, 3, {{0, 1}, {0, 1}, {2}});
  small.contest.terms = {1, 1};
  const ordered_json json = ReportJson(Count(small.contest, small.profile));
  EXPECT_EQ(json["undecided"], true);
  EXPECT_EQ(json["tied"], ordered_json::array({"A", "B"}));
}

TEST(ReportJson, RanksOnlyThoseElectedWhileUndecided) {
  const Counted small = Small(v1::COUNTING_METHOD_SCOTTISH_STV, 2, 3, {{0}, {0}, {0}, {1}, {2}});
  const ordered_json json = ReportJson(Count(small.contest, small.profile));
  ASSERT_EQ(json["undecided"], true);
  EXPECT_EQ(json["order"][0]["rank"], 1);
  EXPECT_EQ(json["order"][1]["rank"], nullptr);
  EXPECT_EQ(json["order"][1]["votes"], "1.00000");
}

TEST(ReportJson, TiesNobodyWhoKeepsASeatOverATerm) {
  Counted small = Small(v1::COUNTING_METHOD_BLOCK_PLURALITY, 3, 3, {{0, 1, 2}, {0, 1, 2}});
  small.contest.options[2].holds_seat = true;
  v1::CountReport report = Count(small.contest, small.profile);
  report.set_undecided(true);
  EXPECT_EQ(ReportJson(report)["tied"], ordered_json::array({"A", "B"}));
}

TEST(ReportJson, HasTheMatricesRowByRow) {
  const Counted small = Small(v1::COUNTING_METHOD_RANKED_PAIRS, 1, 2, {{0, 1}, {0}, {1}});
  const ordered_json json = ReportJson(Count(small.contest, small.profile));
  EXPECT_EQ(json["pairwise"]["preferences"], ordered_json::parse("[[0,2],[1,0]]"));
  EXPECT_EQ(json["pairwise"]["majorities"][0]["outcome"], "locked");
  EXPECT_EQ(json["pairwise"].contains("strengths"), false);
  EXPECT_EQ(json["order"][0]["votes"], nullptr);
}

}  // namespace
}  // namespace plenary::election::counting
