// Counts that others have published, and rules small enough to count by hand.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { FoldedBallot, Outcome } from "../src/counting/contest.ts";
import { count } from "../src/counting/count.ts";
import { Method } from "../src/manifest.ts";
import { readBlt } from "./blt.ts";
import { source, sourceJson } from "./sources.ts";

// Lots that favour options in the order of their numbers, or of `order`.
function lotsInOrder(options: number, order: readonly number[] = []): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: options }, (_, option) => {
    const place = order.indexOf(option);
    return Uint8Array.of(place === -1 ? 100 + option : place);
  });
}

function counted(
  method: number,
  seats: number,
  options: number,
  ballots: readonly FoldedBallot[],
  more: { noneOfThese?: boolean; order?: readonly number[] } = {},
): Outcome {
  const lots = lotsInOrder(options, more.order);
  return count({ method, seats, options, lots, noneOfThese: more.noneOfThese ?? false }, ballots);
}

const elected = ({ placings }: Outcome): number[] =>
  placings.filter((placing) => placing.elected).map((placing) => placing.option);
const order = ({ placings }: Outcome): number[] => placings.map((placing) => placing.option);
const tied = ({ placings }: Outcome): number[] =>
  placings.filter((placing) => placing.tied).map((placing) => placing.option).sort((a, b) => a - b);

// "3x 0,1 2": three ballots, options 0 and 1 share the first rank, then 2.
function ranks(text: string): FoldedBallot {
  const [, weight, preferences] = /^(\d+)x (.*)$/.exec(text)!;
  const marks = preferences!
    .split(" ")
    .flatMap((group, i) => group.split(",").map((option) => ({ option: Number(option), value: i + 1 })));
  return { weight: BigInt(weight!), marks: marks.sort((a, b) => a.option - b.option) };
}

type Reference = { elected: string[]; stages: { votes: Record<string, string>; states: Record<string, string> }[] };

// Whom a reference elects, with the votes they had then in units of the last decimal.
function electedBy({ stages }: Reference): [number, bigint][] {
  const found = new Map<number, bigint>();
  for (const { votes, states } of stages) {
    for (const [option, state] of Object.entries(states)) {
      const number = Number(option) - 1;
      if (state === "elected" && !found.has(number)) found.set(number, BigInt(votes[option]!.replace(".", "")));
    }
  }
  return [...found].sort(([a], [b]) => a - b);
}

function agrees(name: string, rule: string, method: number): void {
  const file = readBlt(source(`tests/data/stv/${name}.blt`));
  const reference = sourceJson<Reference>(`tests/data/stv/${name}.${rule}.json`);
  // The reference takes out whoever stands first on the ballot, where the rule leaves it to the lot.
  const order = Array.from({ length: file.options }, (_, option) => file.options - 1 - option);
  const outcome = counted(method, file.seats, file.options, file.ballots, { order });
  const winners = outcome.placings.filter((placing) => placing.elected);
  const votes = winners.map(({ option, votes }): [number, bigint] => [option, votes]);
  assert.deepEqual(votes.sort(([a], [b]) => a - b), electedBy(reference));
  assert.deepEqual(elected(outcome).map((option) => file.names[option]).sort(), [...reference.elected].sort());
}

for (const name of ["glasgow-govan-2007", "glasgow-hillhead-2007", "glasgow-linn-2007"]) {
  test(`counts ${name} by the Scottish rules as its reference does`, () => agrees(name, "scotland", Method.SCOTTISH_STV));
}
for (const name of ["glasgow-linn-2007", "hill-513", "hill-m135", "hill-sc", "tie-42"]) {
  test(`counts ${name} by Meek's method as its reference does`, () => agrees(name, "meek-prf", Method.MEEK_STV));
}

test("keeps what Meek's method keeps to the ninth decimal, rounded up twice", () => {
  const outcome = counted(Method.MEEK_STV, 4, 8, [ranks("2x 7 0 6 5 4 1")]);
  assert.deepEqual(
    outcome.placings.slice(0, 4).map(({ option, votes }) => [option, votes]),
    [[7, 2_000_000_000n], [0, 1_599_999_998n], [6, 1_199_999_994n], [5, 799_999_990n]],
  );
});

type Approval = { candidates: number; seats: number; ballots: number[][]; winning_sets: number[][] };

test("elects one of the winning sets by approval and by block", () => {
  const elections = sourceJson<Approval[]>("tests/data/approval/approval.json");
  assert.equal(elections.length, 60);
  for (const { candidates, seats, ballots, winning_sets: sets } of elections) {
    const marks = ballots.map((options) => ({ weight: 1n, marks: options.map((option) => ({ option, value: 1 })) }));
    for (const method of [Method.APPROVAL, Method.BLOCK_PLURALITY]) {
      const winners = new Set(elected(counted(method, seats, candidates, marks)));
      assert.ok(sets.some((set) => set.length === winners.size && set.every((option) => winners.has(option))));
    }
  }
});

test("orders the Debian logos as the Schulze method does, and ranked pairs too", () => {
  type Expected = { names: string[]; schulze_winning_votes_order: string[] };
  const { names, schulze_winning_votes_order: expected } = sourceJson<Expected>(
    "tests/data/condorcet/debian-logo-1999.expected.json",
  );
  const lines = source("tests/data/condorcet/debian-logo-1999.soi").split("\n").filter((line) => /^\d/.test(line));
  const ballots = lines.map((line) => {
    const [weight, preferences] = line.split(": ");
    return ranks(`${weight}x ${preferences!.split(",").map((option) => Number(option) - 1).join(" ")}`);
  });
  for (const method of [Method.SCHULZE, Method.RANKED_PAIRS]) {
    assert.deepEqual(order(counted(method, 1, 8, ballots)).map((option) => names[option]), expected);
  }
});

test("adds scores up", () => {
  const ballots = [
    { weight: 2n, marks: [{ option: 0, value: 3 }, { option: 1, value: 10 }] },
    { weight: 1n, marks: [{ option: 0, value: 10 }] },
  ];
  const { placings } = counted(Method.SCORE, 1, 3, ballots);
  assert.deepEqual(placings.map(({ option, votes }) => [option, votes]), [[1, 20n], [0, 16n], [2, 0n]]);
});

test("takes out of an instant run-off who had fewest at the latest stage that tells the tied apart", () => {
  const outcome = counted(Method.INSTANT_RUNOFF, 1, 4, [ranks("3x 0"), ranks("2x 1"), ranks("1x 2 1")]);
  assert.deepEqual(order(outcome), [0, 1, 2, 3]); // 0 and 1 have three each, 1 had two before
  assert.deepEqual(tied(outcome), []);
});

test("draws a lot where no stage tells the tied apart, and says so", () => {
  const outcome = counted(Method.INSTANT_RUNOFF, 1, 2, [ranks("1x 0"), ranks("1x 1")], { order: [1, 0] });
  assert.deepEqual(elected(outcome), [1]);
  assert.deepEqual(tied(outcome), [0, 1]);
});

test("lets the lot choose between majorities that contradict each other", () => {
  const circle = [ranks("1x 0 1 2"), ranks("1x 1 2 0"), ranks("1x 2 0 1")];
  assert.deepEqual(order(counted(Method.SCHULZE, 1, 3, circle, { order: [2, 1, 0] })), [2, 1, 0]);
  assert.deepEqual(order(counted(Method.RANKED_PAIRS, 1, 3, circle, { order: [2, 1, 0] })), [1, 2, 0]);
});

test("takes options of an equal rank for equal", () => {
  assert.deepEqual(order(counted(Method.SCHULZE, 1, 3, [ranks("1x 1,2 0"), ranks("1x 2 1,0")])), [2, 1, 0]);
});

test("elects only what comes ahead of none of these where options are compared", () => {
  const outcome = counted(Method.SCHULZE, 2, 3, [ranks("2x 0 2 1"), ranks("1x 2 0 1")], { noneOfThese: true });
  assert.deepEqual(elected(outcome), [0]);
  assert.equal(outcome.vacancies, 1);
});

test("leaves the seat vacant that none of these takes in a transferable vote, and ranks it behind those elected", () => {
  const outcome = counted(Method.SCOTTISH_STV, 2, 3, [ranks("5x 2"), ranks("3x 0"), ranks("1x 1")], { noneOfThese: true });
  assert.deepEqual(order(outcome), [0, 2, 1]);
  assert.deepEqual(elected(outcome), [0]);
  assert.equal(outcome.vacancies, 1);
});

for (const [name, method] of Object.entries(Method)) {
  test(`counts no ballots by ${name}`, () => {
    const outcome = counted(method, 1, 3, []);
    assert.equal(outcome.placings.length, 3);
    assert.ok(outcome.placings.every(({ votes }) => votes === 0n));
  });
  test(`counts no options by ${name}`, () => {
    assert.deepEqual(counted(method, 1, 0, []), { vacancies: 1, placings: [] });
  });
}

test("draws the lots of the sample society", async () => {
  const { lotSeed } = await import("../src/log_checks.ts");
  const seed = lotSeed(new Uint8Array(32), [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]);
  const whole = createHash("sha256").update("plenary-lot-v1").update(seed).update(Uint8Array.of(0, 1, 0, 2)).digest();
  const { lot } = await import("../src/result.ts");
  assert.deepEqual(Buffer.from(await lot(seed, 1, 2)), whole);
});
