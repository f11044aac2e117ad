#include "services/election/rules/counting/method.h"

namespace plenary::election::counting {
namespace {

constexpr auto kMethods = std::to_array<Method>({
    {v1::COUNTING_METHOD_BLOCK_PLURALITY,
     "block",
     "Block plurality",
     BallotKind::kMarks,
     false,
     false,
     0,
     {"Each ballot marks up to as many options as there are seats.",
      "Each mark is one vote; the options with the most votes win the seats.",
      "One seat makes it plain plurality: whoever has the most votes."},
     "The society's own; Robert's Rules of Order Newly Revised (12th ed.) 44:11, plurality vote"},
    {v1::COUNTING_METHOD_APPROVAL,
     "approval",
     "Approval voting",
     BallotKind::kMarks,
     false,
     false,
     0,
     {"Each ballot marks every option it approves of, as many as it likes.",
      "Each mark is one vote; the options with the most votes win the seats.",
      "Marking one more option never harms another that the ballot marks."},
     "Brams and Fishburn, American Political Science Review 72 (1978)"},
    {v1::COUNTING_METHOD_SCORE,
     "score",
     "Score voting",
     BallotKind::kScores,
     false,
     false,
     0,
     {"Each ballot gives options a score, from 1 to the highest; no score counts 0.",
      "The scores of an option are added up.", "The options with the highest sums win the seats."},
     "Smith, Range voting (2000); also known as range voting"},
    {v1::COUNTING_METHOD_INSTANT_RUNOFF,
     "irv",
     "Instant run-off",
     BallotKind::kRanks,
     false,
     true,
     0,
     {"Each ballot ranks options and counts for the highest that is still in.",
      "The option with the fewest votes goes out, one at a time, and its ballots pass on.",
      "The first with more than half of the votes still counting wins the one seat."},
     "Robert's Rules of Order Newly Revised (12th ed.) 45:62-69, preferential voting"},
    {v1::COUNTING_METHOD_SCOTTISH_STV,
     "scottish-stv",
     "Single transferable vote, Scottish rules",
     BallotKind::kRanks,
     false,
     false,
     5,
     {"Each ballot ranks options; a quota of votes, just over valid / (seats + 1), wins a seat.",
      "What a winner has beyond the quota passes on, each ballot at a part of its value;",
      "when nobody has such a surplus, the option with the fewest votes goes out and passes on."},
     "The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45-52"},
    {v1::COUNTING_METHOD_MEEK_STV,
     "meek-stv",
     "Single transferable vote, Meek's method",
     BallotKind::kRanks,
     false,
     false,
     9,
     {"As the Scottish rules, but every winner keeps just the part of each ballot that the quota needs,",
      "and the quota falls as ballots run out of preferences: all ballots are counted again each time.",
      "It treats a ballot the same whoever was elected or excluded first; it needs a computer."},
     "Hill, Wichmann and Woodall, Computer Journal 30 (1987); reference rule of the Proportional "
     "Representation Foundation"},
    {v1::COUNTING_METHOD_SCHULZE,
     "schulze",
     "Schulze method",
     BallotKind::kRanks,
     true,
     false,
     0,
     {"Each ballot ranks options, equal ranks allowed; unranked ones share the last place.",
      "Options are compared two by two; chains of majorities are as strong as their weakest link.",
      "An option is ahead of another when its strongest chain to it is the stronger one."},
     "Schulze, Social Choice and Welfare 36 (2011), winning votes"},
    {v1::COUNTING_METHOD_RANKED_PAIRS,
     "ranked-pairs",
     "Ranked pairs",
     BallotKind::kRanks,
     true,
     false,
     0,
     {"Each ballot ranks options, equal ranks allowed; unranked ones share the last place.",
      "Majorities between two options are taken from the strongest to the weakest;",
      "each holds unless the stronger ones already say the opposite."},
     "Tideman, Social Choice and Welfare 4 (1987), winning votes"},
});

}  // namespace

std::span<const Method> AllMethods() { return kMethods; }

const Method* FindMethod(v1::CountingMethod method) {
  for (const Method& known : AllMethods()) {
    if (known.method == method) return &known;
  }
  return nullptr;
}

const Method* FindMethod(std::string_view word) {
  for (const Method& known : AllMethods()) {
    if (known.word == word) return &known;
  }
  return nullptr;
}

}  // namespace plenary::election::counting
