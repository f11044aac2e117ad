// Single transferable vote by Meek's method, reference rule of the Proportional Representation Foundation; nine decimals.

import { ranking, type CountedContest, type FoldedBallot, type Outcome } from "./contest.ts";
import { Stages } from "./stages.ts";

const ONE = 1_000_000_000n;
const OMEGA = 1_000n; // 0.000001

function roundedUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator;
}

type Ranked = { ranking: readonly number[]; weight: bigint };

// Step B.2.a: every option keeps its part of each ballot and leaves the rest to the next.
function distribute(ballots: readonly Ranked[], keeps: readonly bigint[], options: number): bigint[] {
  const votes = new Array<bigint>(options).fill(0n);
  for (const { ranking: preferences, weight } of ballots) {
    let rest = ONE;
    for (const option of preferences) {
      const keep = keeps[option]!;
      if (keep === 0n) continue;
      const kept = keep === ONE ? rest : roundedUp(rest * keep, ONE);
      votes[option]! += kept * weight;
      rest -= kept;
      if (rest === 0n) break;
    }
  }
  return votes;
}

// A ballot is read only up to its first option that is still in, which keeps all of it. Cut there, most are equal.
function cutAndFold(ballots: readonly Ranked[], stages: Stages): Ranked[] {
  const folded = new Map<string, Ranked>();
  for (const { ranking: preferences, weight } of ballots) {
    const counted = preferences.filter((option) => stages.isIn(option) || stages.isElected(option));
    const last = counted.findIndex((option) => stages.isIn(option));
    const cut = last === -1 ? counted : counted.slice(0, last + 1);
    const key = cut.join(" ");
    const same = folded.get(key);
    if (same) same.weight += weight;
    else folded.set(key, { ranking: cut, weight });
  }
  return [...folded.values()];
}

class MeekCount {
  readonly stages: Stages;
  readonly #ballots: readonly Ranked[];
  readonly #keeps: bigint[];
  #surplus = 0n;

  constructor(contest: CountedContest, ballots: readonly FoldedBallot[]) {
    this.stages = new Stages(contest);
    this.#ballots = ballots.map(({ marks, weight }) => ({ ranking: ranking(marks), weight }));
    this.#keeps = this.stages.votes.map(() => ONE);
    this.stages.votes = distribute(this.#ballots, this.#keeps, contest.options); // first preferences
  }

  // Step B.2: until somebody is elected, or the surplus is settled.
  iterate(): void {
    const { stages } = this;
    const { seats, options } = stages.contest;
    const ballots = cutAndFold(this.#ballots, stages);
    for (let before: bigint | null = null; ; before = this.#surplus) {
      stages.votes = distribute(ballots, this.#keeps, options);
      const quota = stages.votes.reduce((sum, votes) => sum + votes, 0n) / BigInt(seats + 1) + 1n;
      const reached = stages.continuing.filter((option) => stages.votes[option]! >= quota);
      stages.elect(reached);
      this.#surplus = stages.votes
        .map((votes, option) => (stages.isElected(option) ? votes - quota : 0n))
        .reduce((sum, votes) => sum + votes, 0n);
      if (this.#surplus < 0n) this.#surplus = 0n;
      if (reached.length > 0 || this.#surplus < OMEGA || (before !== null && this.#surplus >= before)) {
        if (reached.length === 0) this.#defeat();
        return;
      }
      stages.votes.forEach((votes, option) => {
        if (!stages.isElected(option)) return;
        const part = roundedUp(this.#keeps[option]! * quota, ONE); // rounded up here, and again when it is divided
        this.#keeps[option] = roundedUp(part * ONE, votes);
      });
    }
  }

  // Step B.3: whoever is within the surplus of the lowest counts as tied.
  #defeat(): void {
    const { stages } = this;
    const weakest = stages.weakestByLot(stages.continuing, this.#surplus);
    stages.exclude(weakest);
    this.#keeps[weakest] = 0n;
  }
}

export function countMeekStv(contest: CountedContest, ballots: readonly FoldedBallot[]): Outcome {
  const count = new MeekCount(contest, ballots);
  const { stages } = count;
  while (stages.seatsLeft > 0 && stages.continuing.length > stages.seatsLeft) {
    count.iterate();
    stages.endStage();
  }
  if (stages.seatsLeft > 0) stages.elect(stages.continuing);
  return stages.finish();
}
