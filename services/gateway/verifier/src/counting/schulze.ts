// The Schulze method (Social Choice and Welfare 36, 2011), paths measured by winning votes.

import type { CountedContest, FoldedBallot, Outcome } from "./contest.ts";
import { preferences } from "./pairwise.ts";
import { byLot, seatInOrder } from "./placing.ts";

// Strength of the strongest path from row to column: that of its weakest majority, in votes for it.
function strongestPaths(ahead: readonly number[][]): number[][] {
  const n = ahead.length;
  const strength = ahead.map((row, i) => row.map((votes, j) => (votes > ahead[j]![i]! ? votes : 0)));
  for (let via = 0; via < n; ++via) {
    for (let from = 0; from < n; ++from) {
      const first = strength[from]![via]!;
      if (from === via || first === 0) continue;
      const row = strength[from]!;
      const onward = strength[via]!;
      for (let to = 0; to < n; ++to) {
        if (to !== from) row[to] = Math.max(row[to]!, Math.min(first, onward[to]!));
      }
    }
  }
  return strength;
}

export function countSchulze(contest: CountedContest, ballots: readonly FoldedBallot[]): Outcome {
  const paths = strongestPaths(preferences(contest, ballots));
  const isAhead = (a: number, b: number): boolean => paths[a]![b]! > paths[b]![a]!;
  return seatByComparison(contest, isAhead);
}

// One after the other takes the next place whom nobody left is ahead of; of several, the lot's favourite.
export function seatByComparison(contest: CountedContest, isAhead: (a: number, b: number) => boolean): Outcome {
  const left = new Set(Array.from({ length: contest.options }, (_, option) => option));
  const tied = new Array<boolean>(contest.options).fill(false);
  const order: number[] = [];
  while (left.size > 0) {
    const first = [...left].filter((option) => ![...left].some((other) => isAhead(other, option)));
    first.sort(byLot(contest));
    if (first.length > 1) for (const option of first) tied[option] = true;
    order.push(first[0]!);
    left.delete(first[0]!);
  }
  return seatInOrder(contest, order, () => 0n, tied);
}
