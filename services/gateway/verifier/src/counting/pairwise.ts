// Schulze and ranked pairs compare options two by two.

import type { CountedContest, FoldedBallot } from "./contest.ts";

// By row and column: ballots that rank the row's option ahead of the column's. What is not ranked shares the last place.
export function preferences(contest: CountedContest, ballots: readonly FoldedBallot[]): number[][] {
  const n = contest.options;
  const ahead = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const ranks = new Array<number>(n);
  for (const { marks, weight } of ballots) {
    ranks.fill(Infinity);
    for (const { option, value } of marks) ranks[option] = value;
    for (const { option: row } of marks) {
      for (let column = 0; column < n; ++column) if (ranks[row]! < ranks[column]!) ahead[row]![column]! += Number(weight);
    }
  }
  return ahead;
}
