// Instant run-off: the weakest goes out until one has more than half of the votes that continue.

import type { CountedContest, FoldedBallot, Outcome } from "./contest.ts";
import { Piles } from "./piles.ts";
import { Stages } from "./stages.ts";

export function countInstantRunoff(contest: CountedContest, ballots: readonly FoldedBallot[]): Outcome {
  const stages = new Stages(contest);
  const piles = new Piles(stages, ballots, 1n);
  for (;;) {
    const continuing = stages.continuing;
    const total = continuing.reduce((sum, option) => sum + stages.votes[option]!, 0n);
    const winner = continuing.find((option) => 2n * stages.votes[option]! > total);
    if (winner !== undefined) stages.elect([winner]);
    else if (continuing.length <= 1) stages.elect(continuing);
    if (stages.continuing.length === 0 || stages.seatsLeft === 0) return stages.finish();

    const weakest = stages.weakest(continuing);
    stages.endStage();
    stages.exclude(weakest);
    piles.passOn(weakest, (value) => value);
    stages.votes[weakest] = 0n;
  }
}
