// What a count takes and gives. Amounts of votes are whole numbers in units of 10^-decimals votes.

import type { Bytes } from "../bytes.ts";
import type { Mark } from "../opening.ts";

export type CountedContest = {
  // A number of Method.
  method: number;
  seats: number;
  options: number;
  // The last option is "None of these".
  noneOfThese: boolean;
  // By option; the smallest is favoured.
  lots: readonly Bytes[];
};

// Ballots with the same marks, and how many there are.
export type FoldedBallot = { marks: readonly Mark[]; weight: bigint };

export type Placing = {
  option: number;
  // When it was elected or went out.
  votes: bigint;
  elected: boolean;
  // A lot decided between it and others.
  tied: boolean;
};

export type Outcome = {
  vacancies: number;
  // All options in order of rank.
  placings: Placing[];
};

// Folds equal ballots; those without a mark are left out.
export function fold(ballots: Iterable<readonly Mark[]>): FoldedBallot[] {
  const folded = new Map<string, FoldedBallot>();
  for (const marks of ballots) {
    if (marks.length === 0) continue;
    const key = marks.map(({ option, value }) => `${option}:${value}`).join(" ");
    const same = folded.get(key);
    if (same) same.weight += 1n;
    else folded.set(key, { marks, weight: 1n });
  }
  return [...folded.values()];
}

// The options of a ballot in the order of their ranks, none of them shared.
export function ranking(marks: readonly Mark[]): number[] {
  return [...marks].sort((a, b) => a.value - b.value).map((mark) => mark.option);
}
