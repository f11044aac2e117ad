// Ranked pairs (Tideman, Social Choice and Welfare 4, 1987), majorities measured by winning votes.

import type { CountedContest, FoldedBallot, Outcome } from "./contest.ts";
import { preferences } from "./pairwise.ts";
import { byLot } from "./placing.ts";
import { seatByComparison } from "./schulze.ts";

type Majority = { winner: number; loser: number; votes: number; opposition: number };

// From the strongest to the weakest: most votes, then the smaller opposition, then the lots of winner and loser.
function majorities(contest: CountedContest, ahead: readonly number[][]): Majority[] {
  const found: Majority[] = [];
  for (let winner = 0; winner < ahead.length; ++winner) {
    for (let loser = 0; loser < ahead.length; ++loser) {
      const votes = ahead[winner]![loser]!;
      const opposition = ahead[loser]![winner]!;
      if (votes > opposition) found.push({ winner, loser, votes, opposition });
    }
  }
  const lot = byLot(contest);
  return found.sort(
    (a, b) =>
      b.votes - a.votes || a.opposition - b.opposition || lot(a.winner, b.winner) || lot(a.loser, b.loser),
  );
}

export function countRankedPairs(contest: CountedContest, ballots: readonly FoldedBallot[]): Outcome {
  const n = contest.options;
  // Whom the majorities that hold put behind an option, in one step or several.
  const behind = Array.from({ length: n }, () => new Uint8Array(n));
  for (const { winner, loser } of majorities(contest, preferences(contest, ballots))) {
    if (behind[loser]![winner] || behind[winner]![loser]) continue;
    for (let from = 0; from < n; ++from) {
      if (from !== winner && !behind[from]![winner]) continue;
      behind[from]![loser] = 1;
      for (let to = 0; to < n; ++to) if (behind[loser]![to]) behind[from]![to] = 1;
    }
  }
  return seatByComparison(contest, (a, b) => behind[a]![b] === 1);
}
