// Counts of real and hand-made elections that others have published: tests/data/{stv,approval,condorcet} say
// where each comes from.

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/counting/count.h"
#include "services/election/rules/counting/method.h"

namespace plenary::election::counting {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::UnorderedElementsAreArray;

std::string DataPath(const std::string& file) {
  const char* root = std::getenv("PLENARY_SOURCE_DIR");
  return fmt::format("{}/tests/data/{}", root == nullptr ? "." : root, file);
}

json ReadJson(const std::string& file) {
  std::ifstream in(DataPath(file));
  EXPECT_TRUE(in) << file;
  return json::parse(in);
}

struct Case {
  Contest contest;
  Profile profile;
};

Case ReadCase(const std::string& file, ballot_files::Format format, v1::CountingMethod method,
              std::uint32_t seats) {
  const Method& known = *FindMethod(method);
  std::ifstream in(DataPath(file));
  ballot_files::Reading reading =
      ballot_files::ReadBallotFile(in, format, {.kind = known.kind, .equal_ranks = known.equal_ranks});
  if (const auto* fault = std::get_if<ballot_files::ReadFault>(&reading)) {
    ADD_FAILURE() << file << ":" << fault->line << " " << fault->message;
    return {{}, Profile(0)};
  }
  auto& read = std::get<ballot_files::BallotFile>(reading);
  Contest contest{.method = method, .seats = seats == 0 ? read.seats.value_or(1) : seats};
  for (const auto& option : read.options) contest.options.push_back({option.name, option.withdrawn});
  return {std::move(contest), std::move(read.profile)};
}

// Where the rule leaves it to the lot, the reference took out whoever stands first on the ballot.
std::vector<std::string> LotsThatFavourTheLast(std::size_t options) {
  std::vector<std::string> lots;
  for (std::size_t i = 0; i < options; ++i) lots.emplace_back(1, static_cast<char>(options - i));
  return lots;
}

std::string Amount(std::int64_t units, int decimals) {
  std::int64_t vote = 1;
  for (int i = 0; i < decimals; ++i) vote *= 10;
  return fmt::format("{}.{:0{}}", units / vote, units % vote, decimals);
}

// One round of the reference: its votes when it was decided, and who was in and out at its end. Candidates
// from 1.
struct Round {
  std::map<int, std::string> votes;
  std::set<int> elected;
  std::set<int> defeated;
};

bool Decides(const std::string& what) {
  for (const char* word : {"Begin", "Surplus transferred", "Transfer defeated", "Elect:", "Defeat ("}) {
    if (what.rfind(word, 0) == 0) return true;
  }
  return false;
}

std::vector<Round> Rounds(const json& reference, bool meek) {
  std::map<int, Round> rounds;
  std::set<int> decided;
  for (const json& stage : reference.at("stages")) {
    const int number = stage.at("round");
    Round& round = rounds[number];
    // Of Meek's rounds the first such entry, before a candidate's votes are struck out; of the others the
    // last.
    if (Decides(stage.at("what")) && (!meek || decided.insert(number).second)) {
      round.votes.clear();
      for (const auto& [candidate, votes] : stage.at("votes").items())
        round.votes[std::stoi(candidate)] = votes;
    }
    round.elected.clear();
    round.defeated.clear();
    for (const auto& [candidate, state] : stage.at("states").items()) {
      if (state == "elected") round.elected.insert(std::stoi(candidate));
      if (state == "defeated") round.defeated.insert(std::stoi(candidate));
    }
  }
  // Round 0 of Meek only says how the count begins.
  if (meek) rounds.erase(0);
  std::vector<Round> list;
  for (auto& [number, round] : rounds) list.push_back(std::move(round));
  return list;
}

// The report's stages as rounds.
std::vector<Round> Rounds(const v1::CountReport& report) {
  std::vector<Round> rounds;
  std::set<int> elected;
  std::set<int> defeated;
  for (const v1::CountStage& stage : report.stages()) {
    if (stage.act() == v1::CountStage::ACT_EXCLUSION) defeated.insert(stage.subjects(0) + 1);
    for (const int option : stage.elected()) elected.insert(option + 1);
    for (const int option : stage.excluded()) defeated.insert(option + 1);
    Round& round = rounds.emplace_back(Round{{}, elected, defeated});
    for (int i = 0; i < stage.votes_size(); ++i)
      round.votes[i + 1] = Amount(stage.votes(i), report.decimals());
  }
  return rounds;
}

void ExpectSameRounds(const std::vector<Round>& counted, const std::vector<Round>& reference) {
  ASSERT_EQ(counted.size(), reference.size());
  for (std::size_t i = 0; i < reference.size(); ++i) {
    EXPECT_EQ(counted[i].votes, reference[i].votes) << "stage " << i + 1;
    EXPECT_EQ(counted[i].elected, reference[i].elected) << "stage " << i + 1;
    EXPECT_EQ(counted[i].defeated, reference[i].defeated) << "stage " << i + 1;
  }
}

std::vector<std::string> ElectedNames(const v1::CountReport& report) {
  std::vector<std::string> names;
  for (const v1::CountPlacing& placing : report.placings()) {
    if (placing.elected()) names.push_back(report.options(placing.option()).display_name());
  }
  return names;
}

struct StvCase {
  std::string name;
  bool meek = false;
  bool lots = false;  // ties that the rule leaves to the lot
};

class StvKnownAnswers : public ::testing::TestWithParam<StvCase> {};

TEST_P(StvKnownAnswers, AgreeInEveryStageToTheLastDigit) {
  const StvCase& param = GetParam();
  const json reference =
      ReadJson(fmt::format("stv/{}.{}.json", param.name, param.meek ? "meek-prf" : "scotland"));
  Case counted = ReadCase(fmt::format("stv/{}.blt", param.name), ballot_files::Format::kBlt,
                          param.meek ? v1::COUNTING_METHOD_MEEK_STV : v1::COUNTING_METHOD_SCOTTISH_STV, 0);
  if (param.lots) counted.contest.lots = LotsThatFavourTheLast(counted.contest.options.size());
  const v1::CountReport report = Count(counted.contest, counted.profile);

  EXPECT_FALSE(report.undecided()) << report.ties(report.ties_size() - 1).ShortDebugString();
  EXPECT_EQ(report.seats(), reference.at("seats").get<int>());
  EXPECT_EQ(report.valid_ballots(), reference.at("ballots").get<int>());
  EXPECT_EQ(Amount(report.stages(0).quota(), report.decimals()), reference.at("quota").get<std::string>());
  for (int i = 0; i < report.options_size(); ++i) {
    EXPECT_EQ(report.options(i).display_name(),
              reference.at("candidates").at(std::to_string(i + 1)).get<std::string>());
  }
  EXPECT_THAT(ElectedNames(report),
              UnorderedElementsAreArray(reference.at("elected").get<std::vector<std::string>>()));
  ExpectSameRounds(Rounds(report), Rounds(reference, param.meek));
}

INSTANTIATE_TEST_SUITE_P(Published, StvKnownAnswers,
                         ::testing::Values(StvCase{"glasgow-govan-2007"}, StvCase{"glasgow-hillhead-2007"},
                                           StvCase{"glasgow-linn-2007"}, StvCase{"tie-42"},
                                           StvCase{"glasgow-linn-2007", true}, StvCase{"tie-42", true},
                                           StvCase{"hill-513", true}, StvCase{"hill-sc", true},
                                           StvCase{"hill-m135", true, true}),
                         [](const auto& instance) {
                           std::string name =
                               instance.param.name + (instance.param.meek ? "-meek" : "-scottish");
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

// The sets of winners that the count leaves possible: those elected, filled up from the tied.
std::set<std::set<int>> WinningSets(const v1::CountReport& report) {
  std::set<int> sure;
  std::vector<int> tied;
  for (const v1::CountPlacing& placing : report.placings()) {
    if (placing.elected()) {
      sure.insert(placing.option());
    } else if (placing.tied() && report.undecided()) {
      tied.push_back(placing.option());
    }
  }
  // Of those tied behind the winners, only the ones with the most votes compete for the last seats.
  std::set<std::set<int>> sets;
  const std::size_t missing = static_cast<std::size_t>(report.seats()) - sure.size();
  for (const v1::CountTie& tie : report.ties()) {
    if (tie.decides() == v1::CountTie::DECIDES_SEAT) tied.assign(tie.options().begin(), tie.options().end());
  }
  std::vector<bool> chosen(tied.size(), false);
  if (missing > tied.size()) return sets;
  std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(missing), true);
  do {
    std::set<int> set = sure;
    for (std::size_t i = 0; i < tied.size(); ++i) {
      if (chosen[i]) set.insert(tied[i]);
    }
    sets.insert(set);
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  return sets;
}

TEST(ApprovalKnownAnswers, GiveEveryWinningSetTiesIncluded) {
  const json instances = ReadJson("approval/approval.json");
  ASSERT_EQ(instances.size(), 60u);
  for (const json& instance : instances) {
    for (const auto method : {v1::COUNTING_METHOD_APPROVAL, v1::COUNTING_METHOD_BLOCK_PLURALITY}) {
      const auto options = instance.at("candidates").get<std::uint32_t>();
      Contest contest{.method = method, .seats = instance.at("seats").get<std::uint32_t>()};
      for (std::uint32_t i = 0; i < options; ++i) contest.options.push_back({std::to_string(i)});
      Profile profile(options);
      for (const json& ballot : instance.at("ballots")) {
        Marks marks;
        for (const json& option : ballot) marks.push_back({option.get<std::uint16_t>(), 1});
        std::sort(marks.begin(), marks.end(),
                  [](const Mark& a, const Mark& b) { return a.option < b.option; });
        ASSERT_TRUE(profile.Add(marks));
      }
      const v1::CountReport report = Count(contest, profile);
      const auto expected = instance.at("winning_sets").get<std::set<std::set<int>>>();
      EXPECT_EQ(WinningSets(report), expected) << instance.at("instance") << report.ShortDebugString();
      EXPECT_EQ(report.undecided(), expected.size() > 1) << instance.at("instance");
    }
  }
}

class DebianLogo : public ::testing::TestWithParam<v1::CountingMethod> {};

TEST_P(DebianLogo, GivesThePublishedMatrixAndOrder) {
  const json reference = ReadJson("condorcet/debian-logo-1999.expected.json");
  const Case counted = ReadCase("condorcet/debian-logo-1999.soi", ballot_files::Format::kSoi, GetParam(), 1);
  const v1::CountReport report = Count(counted.contest, counted.profile);
  EXPECT_EQ(report.valid_ballots(), 143);
  std::vector<std::int64_t> preferences;
  for (const json& row : reference.at("pairwise")) {
    for (const json& votes : row) preferences.push_back(votes);
  }
  EXPECT_THAT(report.pairwise().preferences(), ElementsAreArray(preferences));
  std::vector<std::string> order;
  for (const v1::CountPlacing& placing : report.placings()) {
    order.push_back(report.options(placing.option()).display_name());
  }
  EXPECT_THAT(order,
              ElementsAreArray(reference.at("schulze_winning_votes_order").get<std::vector<std::string>>()));
  EXPECT_THAT(ElectedNames(report), ElementsAre("Swirl"));
  EXPECT_FALSE(report.undecided());
}

// There is a Condorcet order in these ballots, so the two methods agree.
INSTANTIATE_TEST_SUITE_P(Published, DebianLogo,
                         ::testing::Values(v1::COUNTING_METHOD_SCHULZE, v1::COUNTING_METHOD_RANKED_PAIRS),
                         [](const auto& instance) {
                           return instance.param == v1::COUNTING_METHOD_SCHULZE ? "schulze" : "ranked_pairs";
                         });

}  // namespace
}  // namespace plenary::election::counting
