// Single transferable vote by the Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45
// to 52; five decimals.

import type { CountedContest, FoldedBallot, Outcome } from "./contest.ts";
import { Piles } from "./piles.ts";
import { Stages } from "./stages.ts";

const ONE = 100_000n;

export function countScottishStv(contest: CountedContest, ballots: readonly FoldedBallot[]): Outcome {
  const stages = new Stages(contest);
  const piles = new Piles(stages, ballots, ONE);
  const valid = ballots.reduce((sum, { weight }) => sum + weight, 0n);
  const quota = (valid / BigInt(contest.seats + 1) + 1n) * ONE;
  let pending: number[] = []; // elected, with a surplus to pass on
  for (;;) {
    const reached = stages.continuing.filter((option) => stages.votes[option]! >= quota);
    stages.elect(reached);
    pending.push(...reached.filter((option) => stages.votes[option]! > quota));
    if (stages.seatsLeft > 0 && stages.continuing.length <= stages.seatsLeft) stages.elect(stages.continuing); // rule 52
    if (stages.seatsLeft === 0 || stages.continuing.length === 0) return stages.finish();

    if (pending.length > 0) {
      const next = stages.strongest(pending); // rule 49
      stages.endStage();
      pending = pending.filter((option) => option !== next);
      const held = stages.votes[next]!;
      piles.passOn(next, (value) => ((held - quota) * value) / held);
      stages.votes[next] = quota;
    } else {
      const weakest = stages.weakest(stages.continuing); // rule 51
      stages.endStage();
      stages.exclude(weakest);
      piles.passOn(weakest, (value) => value);
      stages.votes[weakest] = 0n;
    }
  }
}
