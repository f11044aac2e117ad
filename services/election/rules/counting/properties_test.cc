// What has to hold of every count, tried on many random elections. The seeds are fixed: a failure comes
// again.

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <random>
#include <set>

#include "fmt/format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/election/rules/counting/count.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/pairwise.h"

namespace plenary::election::counting {
namespace {

constexpr int kElections = 300;

using Random = std::mt19937_64;

int Between(Random& random, int least, int most) {
  return least + static_cast<int>(random() % static_cast<std::uint64_t>(most - least + 1));
}

// Ballots one by one, as a voter fills them in.
struct Election {
  Contest contest;
  std::vector<Marks> ballots;  // of the kind the method takes, canonical
};

Marks Canonical(Marks marks, BallotKind kind) {
  std::sort(marks.begin(), marks.end(), [kind](const Mark& a, const Mark& b) {
    if (kind == BallotKind::kRanks && a.value != b.value) return a.value < b.value;
    return a.option < b.option;
  });
  return marks;
}

Marks RandomBallot(Random& random, const Method& method, int options) {
  std::vector<std::uint16_t> order(static_cast<std::size_t>(options));
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::shuffle(order.begin(), order.end(), random);
  order.resize(static_cast<std::size_t>(Between(random, 0, options)));
  Marks marks;
  std::uint16_t rank = 0;
  for (const std::uint16_t option : order) {
    const bool shares = method.equal_ranks && rank > 0 && random() % 4 == 0;
    if (!shares) ++rank;
    const std::uint16_t score = static_cast<std::uint16_t>(Between(random, 1, 10));
    const std::uint16_t value = method.kind == BallotKind::kRanks    ? rank
                                : method.kind == BallotKind::kScores ? score
                                                                     : 1;
    marks.push_back({option, value});
  }
  return Canonical(std::move(marks), method.kind);
}

std::vector<std::string> RandomLots(Random& random, std::size_t options) {
  std::vector<std::string> lots;
  for (std::size_t i = 0; i < options; ++i) lots.push_back(fmt::format("{:016x}{:04x}", random(), i));
  return lots;
}

Election RandomElection(Random& random, const Method& method) {
  Election election;
  const int options = Between(random, 2, 7);
  election.contest.method = method.method;
  election.contest.seats = method.one_seat ? 1 : static_cast<std::uint32_t>(Between(random, 1, options));
  for (int i = 0; i < options; ++i) election.contest.options.push_back({fmt::format("Option {}", i)});
  election.contest.lots = RandomLots(random, election.contest.options.size());
  const int ballots = Between(random, 1, 60);
  for (int i = 0; i < ballots; ++i) election.ballots.push_back(RandomBallot(random, method, options));
  return election;
}

Profile Fold(const Election& election, Profile::Identical identical = Profile::Identical::kFold) {
  Profile profile(static_cast<std::uint32_t>(election.contest.options.size()), identical);
  for (const Marks& ballot : election.ballots) EXPECT_TRUE(profile.Add(ballot));
  return profile;
}

v1::CountReport CountAll(const Election& election) { return Count(election.contest, Fold(election)); }

std::vector<int> Elected(const v1::CountReport& report) {
  std::vector<int> elected;
  for (const v1::CountPlacing& placing : report.placings()) {
    if (placing.elected()) elected.push_back(placing.option());
  }
  return elected;
}

std::set<int> ElectedSet(const v1::CountReport& report) {
  const std::vector<int> elected = Elected(report);
  return {elected.begin(), elected.end()};
}

// Elected, or, where the methods compare options, named in the tie about a seat. A count in stages that
// stopped says nothing of those who were still in.
bool CouldBeElected(const v1::CountReport& report, int option) {
  if (ElectedSet(report).count(option) > 0 || !report.undecided())
    return ElectedSet(report).count(option) > 0;
  for (const v1::CountTie& tie : report.ties()) {
    const bool stopped =
        tie.decides() == v1::CountTie::DECIDES_EXCLUSION || tie.decides() == v1::CountTie::DECIDES_SURPLUS;
    if (stopped && tie.settled() == v1::CountTie::SETTLED_OPEN) return true;
    if (tie.decides() == v1::CountTie::DECIDES_SEAT &&
        std::count(tie.options().begin(), tie.options().end(), option) > 0) {
      return true;
    }
  }
  return false;
}

class EveryMethod : public ::testing::TestWithParam<v1::CountingMethod> {
 protected:
  const Method& method() const { return *FindMethod(GetParam()); }

  void ForElections(const std::function<void(Random&, const Election&)>& check) {
    for (int i = 0; i < kElections && !HasFailure(); ++i) {
      SCOPED_TRACE(fmt::format("election {}", i));
      Random random(static_cast<std::uint64_t>(i) * 1'000 + static_cast<std::uint64_t>(GetParam()));
      const Election election = RandomElection(random, method());
      check(random, election);
    }
  }
};

TEST_P(EveryMethod, GivesTheSameBytesWhateverTheOrderOfTheBallots) {
  ForElections([](Random& random, const Election& election) {
    Election shuffled = election;
    std::shuffle(shuffled.ballots.begin(), shuffled.ballots.end(), random);
    EXPECT_EQ(CountAll(shuffled).SerializeAsString(), CountAll(election).SerializeAsString());
  });
}

TEST_P(EveryMethod, ElectsTheSameWhateverTheOptionsAreNumbered) {
  ForElections([this](Random& random, const Election& election) {
    std::vector<std::uint16_t> number(election.contest.options.size());
    std::iota(number.begin(), number.end(), std::uint16_t{0});
    std::shuffle(number.begin(), number.end(), random);
    Election renumbered = election;
    for (std::size_t i = 0; i < number.size(); ++i) {
      renumbered.contest.options[number[i]] = election.contest.options[i];
      renumbered.contest.lots[number[i]] = election.contest.lots[i];
    }
    for (Marks& ballot : renumbered.ballots) {
      for (Mark& mark : ballot) mark.option = number[mark.option];
      ballot = Canonical(std::move(ballot), method().kind);
    }
    std::vector<int> expected;
    for (const int option : Elected(CountAll(election)))
      expected.push_back(number[static_cast<std::size_t>(option)]);
    EXPECT_EQ(Elected(CountAll(renumbered)), expected);
  });
}

TEST_P(EveryMethod, TakesAWeightForAsManyCopies) {
  ForElections([](Random& random, const Election& election) {
    Profile weighted(static_cast<std::uint32_t>(election.contest.options.size()));
    Election copied = election;
    copied.ballots.clear();
    for (const Marks& ballot : election.ballots) {
      const int weight = Between(random, 1, 5);
      ASSERT_TRUE(weighted.Add(ballot, weight));
      copied.ballots.insert(copied.ballots.end(), static_cast<std::size_t>(weight), ballot);
    }
    EXPECT_EQ(Count(election.contest, weighted).SerializeAsString(), CountAll(copied).SerializeAsString());
  });
}

TEST_P(EveryMethod, CountsFoldedBallotsAsTheyCame) {
  ForElections([](Random&, const Election& election) {
    const Profile apart = Fold(election, Profile::Identical::kKeepApart);
    EXPECT_EQ(Count(election.contest, apart).SerializeAsString(), CountAll(election).SerializeAsString());
  });
}

TEST_P(EveryMethod, FillsEverySeatOrSaysThatItIsVacant) {
  ForElections([](Random&, const Election& election) {
    const v1::CountReport report = CountAll(election);
    EXPECT_FALSE(report.undecided());
    EXPECT_EQ(Elected(report).size() + static_cast<std::size_t>(report.vacancies()), election.contest.seats);
    EXPECT_EQ(report.placings_size(), report.options_size());
    EXPECT_EQ(report.vacancies(), 0);
  });
}

v1::CountReport CountWithoutLots(Election election) {
  election.contest.lots.clear();
  return CountAll(election);
}

v1::CountReport CountWithOtherLots(Random& random, Election election) {
  election.contest.lots = RandomLots(random, election.contest.options.size());
  return CountAll(election);
}

TEST_P(EveryMethod, ElectsWithoutLotsNobodyWhomALotCouldRefuse) {
  ForElections([](Random& random, const Election& election) {
    const v1::CountReport open = CountWithoutLots(election);
    for (int lots = 0; lots < 5; ++lots) {
      const std::set<int> elected = ElectedSet(CountWithOtherLots(random, election));
      if (!open.undecided()) {
        EXPECT_EQ(ElectedSet(open), elected);
      }
      for (const int option : Elected(open)) EXPECT_TRUE(elected.count(option)) << open.ShortDebugString();
      for (const int option : elected) EXPECT_TRUE(CouldBeElected(open, option)) << open.ShortDebugString();
    }
  });
}

// With "none of these", somebody withdrawn, and holders of seats who keep them.
Election WithSpecials(Random& random, const Election& plain) {
  Election election = plain;
  std::vector<Option>& options = election.contest.options;
  if (random() % 2 == 0) options.back().none_of_these = true;
  if (random() % 3 == 0) options[random() % options.size()].withdrawn = true;
  std::uint32_t holders = 0;
  for (Option& option : options) {
    const bool may_hold = !option.none_of_these && !option.withdrawn && holders < election.contest.seats;
    option.holds_seat = may_hold && random() % 4 == 0;
    holders += option.holds_seat ? 1 : 0;
  }
  return election;
}

TEST_P(EveryMethod, HoldsToItsReportWithNoneOfTheseWithdrawalsAndHolders) {
  ForElections([](Random& random, const Election& plain) {
    const Election election = WithSpecials(random, plain);
    const v1::CountReport open = CountWithoutLots(election);
    for (int lots = 0; lots < 5; ++lots) {
      const v1::CountReport report = CountWithOtherLots(random, election);
      const std::set<int> elected = ElectedSet(report);
      EXPECT_FALSE(report.undecided());
      EXPECT_EQ(elected.size() + static_cast<std::size_t>(report.vacancies()), election.contest.seats);
      for (std::size_t i = 0; i < election.contest.options.size(); ++i) {
        const Option& option = election.contest.options[i];
        const bool seated = elected.count(static_cast<int>(i)) > 0;
        EXPECT_TRUE(seated || !option.holds_seat) << report.ShortDebugString();
        EXPECT_FALSE(seated && (option.none_of_these || option.withdrawn)) << report.ShortDebugString();
      }
      for (const int option : Elected(open)) EXPECT_TRUE(elected.count(option)) << open.ShortDebugString();
      for (const int option : elected) EXPECT_TRUE(CouldBeElected(open, option)) << open.ShortDebugString();
    }
  });
}

TEST_P(EveryMethod, ElectsNobodyAnewWhenNobodyWithASeatLeaves) {
  ForElections([](Random& random, const Election& plain) {
    Election election = plain;
    if (random() % 2 == 0) election.contest.options.back().none_of_these = true;
    const Profile profile = Fold(election);
    const v1::CountReport report = Count(election.contest, profile);
    for (const v1::CountPlacing& placing : report.placings()) {
      const auto option = static_cast<std::uint16_t>(placing.option());
      if (placing.elected() || election.contest.options[option].none_of_these) continue;
      EXPECT_EQ(ElectedSet(CountBack(election.contest, profile, report, {option})), ElectedSet(report));
    }
  });
}

TEST_P(EveryMethod, KeepsTheResultWhenNobodyResigns) {
  ForElections([](Random&, const Election& election) {
    const Profile profile = Fold(election);
    const v1::CountReport report = Count(election.contest, profile);
    EXPECT_EQ(Elected(CountBack(election.contest, profile, report, {})), Elected(report));
  });
}

TEST_P(EveryMethod, FillsOnlyTheSeatOfWhoeverResigns) {
  ForElections([](Random& random, const Election& election) {
    const Profile profile = Fold(election);
    const v1::CountReport report = Count(election.contest, profile);
    const std::vector<int> elected = Elected(report);
    const int gone = elected[random() % elected.size()];
    const v1::CountReport after =
        CountBack(election.contest, profile, report, {static_cast<std::uint16_t>(gone)});
    const std::set<int> seated = ElectedSet(after);
    for (const int option : elected) {
      EXPECT_EQ(seated.count(option), option == gone ? 0u : 1u) << option;
    }
    EXPECT_EQ(seated.size(), std::min(elected.size(), election.contest.options.size() - 1));
  });
}

TEST_P(EveryMethod, ElectsNobodyWhoWithdrew) {
  ForElections([](Random& random, const Election& election) {
    Election fewer = election;
    const auto gone =
        static_cast<std::size_t>(Between(random, 0, static_cast<int>(fewer.contest.options.size()) - 1));
    fewer.contest.options[gone].withdrawn = true;
    Election without = fewer;
    for (Marks& ballot : without.ballots) {
      std::erase_if(ballot, [&](const Mark& mark) { return mark.option == gone; });
      std::uint16_t rank = 0;
      std::uint16_t last = 0;
      for (Mark& mark : ballot) {
        if (FindMethod(fewer.contest.method)->kind != BallotKind::kRanks) break;
        if (mark.value != last) ++rank;
        last = mark.value;
        mark.value = rank;
      }
    }
    v1::CountReport report = CountAll(fewer);
    EXPECT_EQ(ElectedSet(report).count(static_cast<int>(gone)), 0u);
    // Whoever marked nobody else has not left the ballot blank, but it counts as much.
    report.set_blank_ballots(report.blank_ballots() + report.withdrawn_only_ballots());
    report.clear_withdrawn_only_ballots();
    EXPECT_EQ(report.SerializeAsString(), CountAll(without).SerializeAsString());
  });
}

// First by more than half of all ballots: by rank, or because nothing else is marked.
TEST_P(EveryMethod, ElectsWhomAMajorityWantsAlone) {
  ForElections([this](Random& random, const Election& election) {
    Election majority = election;
    const auto wanted =
        static_cast<std::uint16_t>(Between(random, 0, static_cast<int>(election.contest.options.size()) - 1));
    const std::uint16_t value = method().kind == BallotKind::kScores ? 10 : 1;
    majority.ballots.insert(majority.ballots.end(), election.ballots.size() + 1, Marks{{wanted, value}});
    EXPECT_EQ(ElectedSet(CountAll(majority)).count(wanted), 1u);
  });
}

std::string NameOf(const ::testing::TestParamInfo<v1::CountingMethod>& instance) {
  std::string name(FindMethod(instance.param)->word);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Random, EveryMethod,
                         ::testing::Values(v1::COUNTING_METHOD_BLOCK_PLURALITY, v1::COUNTING_METHOD_APPROVAL,
                                           v1::COUNTING_METHOD_SCORE, v1::COUNTING_METHOD_INSTANT_RUNOFF,
                                           v1::COUNTING_METHOD_SCOTTISH_STV, v1::COUNTING_METHOD_MEEK_STV,
                                           v1::COUNTING_METHOD_SCHULZE, v1::COUNTING_METHOD_RANKED_PAIRS),
                         NameOf);

class TransferableVote : public EveryMethod {};

// Voters who put the same options first, in whatever order, and make up k Droop quotas get k of them elected
// (or all).
TEST_P(TransferableVote, GivesASolidCoalitionItsShareOfSeats) {
  ForElections([this](Random& random, const Election& election) {
    Election solid = election;
    const auto options = static_cast<int>(election.contest.options.size());
    const int coalition = Between(random, 1, options);
    const int voters = Between(random, 1, 80);
    for (int i = 0; i < voters; ++i) {
      std::vector<std::uint16_t> members(static_cast<std::size_t>(coalition));
      std::iota(members.begin(), members.end(), std::uint16_t{0});
      std::shuffle(members.begin(), members.end(), random);
      Marks ballot;
      for (const std::uint16_t member : members)
        ballot.push_back({member, static_cast<std::uint16_t>(ballot.size() + 1)});
      solid.ballots.push_back(std::move(ballot));
    }
    const v1::CountReport report = CountAll(solid);
    // Rounding down (Scottish) and up (Meek) costs less than a vote here: ask for a quota and a vote more.
    const std::int64_t quotas =
        (voters - 1) / (report.valid_ballots() / (solid.contest.seats + std::int64_t{1}) + 1);
    int winners = 0;
    for (const int option : Elected(report)) winners += option < coalition ? 1 : 0;
    EXPECT_GE(winners, std::min<std::int64_t>(quotas, coalition)) << method().word;
  });
}

TEST_P(TransferableVote, LosesNoVoteBetweenTheStages) {
  ForElections([](Random&, const Election& election) {
    const v1::CountReport report = CountAll(election);
    const std::int64_t vote = report.decimals() == 5 ? 100'000 : report.decimals() == 9 ? 1'000'000'000 : 1;
    for (const v1::CountStage& stage : report.stages()) {
      const std::int64_t votes = std::accumulate(stage.votes().begin(), stage.votes().end(), std::int64_t{0});
      EXPECT_EQ(votes + stage.not_transferable(), report.valid_ballots() * vote) << stage.number();
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Random, TransferableVote,
                         ::testing::Values(v1::COUNTING_METHOD_INSTANT_RUNOFF,
                                           v1::COUNTING_METHOD_SCOTTISH_STV, v1::COUNTING_METHOD_MEEK_STV),
                         NameOf);

class PairwiseMethod : public EveryMethod {};

std::vector<std::int64_t> PreferencesOf(const Election& election) {
  std::vector<std::uint16_t> all(election.contest.options.size());
  std::iota(all.begin(), all.end(), std::uint16_t{0});
  return Preferences(Fold(election), all);
}

// Counted the long way: each ballot, each pair.
TEST_P(PairwiseMethod, ComparesEachPairOnEachBallot) {
  ForElections([](Random&, const Election& election) {
    const std::size_t n = election.contest.options.size();
    std::vector<std::int64_t> expected(n * n, 0);
    for (const Marks& ballot : election.ballots) {
      std::vector<int> rank(n, 1'000);
      for (const Mark& mark : ballot) rank[mark.option] = mark.value;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) expected[i * n + j] += rank[i] < rank[j] ? 1 : 0;
      }
    }
    EXPECT_EQ(PreferencesOf(election), expected);
  });
}

TEST_P(PairwiseMethod, PutsFirstWhoeverBeatsEverybody) {
  int found = 0;
  ForElections([&](Random&, const Election& election) {
    const std::size_t n = election.contest.options.size();
    const std::vector<std::int64_t> preferences = PreferencesOf(election);
    for (std::size_t i = 0; i < n; ++i) {
      bool beats_all = true;
      for (std::size_t j = 0; j < n; ++j) {
        beats_all = beats_all && (i == j || preferences[i * n + j] > preferences[j * n + i]);
      }
      if (!beats_all) continue;
      ++found;
      EXPECT_EQ(CountAll(election).placings(0).option(), static_cast<int>(i));
    }
  });
  EXPECT_GT(found, kElections / 3);
}

// A clone stands right behind its original on every ballot. Without it the same wins, or the clone in its
// stead.
TEST_P(PairwiseMethod, IsNotMovedByClones) {
  ForElections([](Random& random, const Election& election) {
    Election one = election;
    one.contest.seats = 1;
    Election cloned = one;
    const auto original =
        static_cast<std::uint16_t>(Between(random, 0, static_cast<int>(one.contest.options.size()) - 1));
    const auto clone = static_cast<std::uint16_t>(one.contest.options.size());
    cloned.contest.options.push_back({"Clone"});
    // Right behind its original when the lot is drawn, too.
    cloned.contest.lots.push_back(one.contest.lots[original] + "clone");
    for (Marks& ballot : cloned.ballots) {
      const auto at = std::find_if(ballot.begin(), ballot.end(),
                                   [&](const Mark& mark) { return mark.option == original; });
      if (at == ballot.end()) continue;
      const auto rank = at->value;
      // Who shares the original's rank shares the clone's: nobody comes between the two.
      const bool shares = std::count_if(ballot.begin(), ballot.end(),
                                        [&](const Mark& mark) { return mark.value == rank; }) > 1;
      for (Mark& mark : ballot) {
        if (!shares && mark.value > rank) ++mark.value;
      }
      ballot.push_back({clone, static_cast<std::uint16_t>(shares ? rank : rank + 1)});
      ballot = Canonical(std::move(ballot), BallotKind::kRanks);
    }
    const int without = Elected(CountAll(one)).at(0);
    const int with = Elected(CountAll(cloned)).at(0);
    EXPECT_EQ(with == clone ? original : with, without);
  });
}

INSTANTIATE_TEST_SUITE_P(Random, PairwiseMethod,
                         ::testing::Values(v1::COUNTING_METHOD_SCHULZE, v1::COUNTING_METHOD_RANKED_PAIRS),
                         NameOf);

}  // namespace
}  // namespace plenary::election::counting
