// Ballots in piles, one an option, that pass on to next preferences.

import { ranking, type FoldedBallot } from "./contest.ts";
import type { Stages } from "./stages.ts";

// Equal ballots, the preference that they count for, and what each is worth.
export type Parcel = { ranking: readonly number[]; at: number; weight: bigint; value: bigint };

export class Piles {
  readonly #piles: Parcel[][];
  readonly #stages: Stages;

  // First preferences, each ballot worth `unit`.
  constructor(stages: Stages, ballots: readonly FoldedBallot[], unit: bigint) {
    this.#stages = stages;
    this.#piles = stages.votes.map(() => []);
    for (const { marks, weight } of ballots) {
      this.#credit({ ranking: ranking(marks), at: 0, weight, value: unit });
    }
  }

  #credit(parcel: Parcel): void {
    const option = parcel.ranking[parcel.at]!;
    this.#piles[option]!.push(parcel);
    this.#stages.votes[option]! += parcel.weight * parcel.value;
  }

  // Every ballot of the option goes to its next preference that is still in, if there is one.
  passOn(option: number, newValue: (value: bigint) => bigint): void {
    const passing = this.#piles[option]!;
    this.#piles[option] = [];
    for (const parcel of passing) {
      const at = parcel.ranking.findIndex((next, i) => i > parcel.at && this.#stages.isIn(next));
      if (at !== -1) this.#credit({ ...parcel, at, value: newValue(parcel.value) });
    }
  }
}
