// Block plurality, approval and score: what an option got is added up, the highest sums win.

import type { CountedContest, FoldedBallot, Outcome } from "./contest.ts";
import { byLot, seatInOrder } from "./placing.ts";

export function countSums(contest: CountedContest, ballots: readonly FoldedBallot[]): Outcome {
  const sums = new Array<bigint>(contest.options).fill(0n);
  for (const { marks, weight } of ballots) {
    for (const { option, value } of marks) sums[option]! += BigInt(value) * weight;
  }
  const order = sums.map((_, option) => option);
  order.sort((a, b) => (sums[a]! === sums[b]! ? byLot(contest)(a, b) : sums[a]! > sums[b]! ? -1 : 1));
  const tied = sums.map((sum, option) => sums.some((other, i) => i !== option && other === sum));
  return seatInOrder(contest, order, (option) => sums[option]!, tied);
}
