// The result of an election, counted from its opened ballots, and its bytes.

import { ascii, compare, concat, u16, u32, u64, type Bytes } from "./bytes.ts";
import { fold, type Outcome } from "./counting/contest.ts";
import { count } from "./counting/count.ts";
import { sha256 } from "./crypto.ts";
import type { Contest, Manifest } from "./manifest.ts";
import type { Choices, SpoiltReason } from "./opening.ts";

export type SpoiltBallot = { hash: Bytes; reason: SpoiltReason };

export type ContestResult = { contest: Contest; blank: number; outcome: Outcome };

export type Result = {
  // Spoilt ones included.
  ballots: number;
  // Ascending by hash.
  spoilt: SpoiltBallot[];
  // In manifest order.
  contests: ContestResult[];
};

export type OpenedBallot = { hash: Bytes; opened: Choices | SpoiltReason };

// `lotSeed` is the final root and the tally secrets.
export function lot(lotSeed: Bytes, contest: number, option: number): Promise<Bytes> {
  return sha256(concat(ascii("plenary-lot-v1"), lotSeed, u16(contest), u16(option)));
}

export async function countBallots(
  manifest: Manifest,
  ballots: readonly OpenedBallot[],
  lotSeed: Bytes,
): Promise<Result> {
  const spoilt: SpoiltBallot[] = [];
  const counted: Choices[] = [];
  for (const { hash, opened } of ballots) {
    if (typeof opened === "number") spoilt.push({ hash, reason: opened });
    else counted.push(opened);
  }
  const contests: ContestResult[] = [];
  for (const [i, contest] of manifest.contests.entries()) {
    const marks = counted.map((choices) => choices[i]!);
    const lots = await Promise.all(contest.options.map((_, option) => lot(lotSeed, i, option)));
    const counts = { ...contest, options: contest.options.length, lots };
    const blank = marks.filter((each) => each.length === 0).length;
    contests.push({ contest, blank, outcome: count(counts, fold(marks)) });
  }
  return { ballots: ballots.length, spoilt: spoilt.sort((a, b) => compare(a.hash, b.hash)), contests };
}

const ELECTED = 1;
const TIED = 2;

// `PLT1 ‖ manifest_hash ‖ final root ‖ u32 ballots ‖ u32 spoilt ‖ spoilt x (hash ‖ u8 reason) ‖ per contest: u32 blank ‖
// u16 vacancies ‖ u16 options ‖ options x (u16 option ‖ u64 votes ‖ u8 flags)`.
export function resultBytes(result: Result, manifestHash: Bytes, finalRoot: Bytes): Bytes {
  const parts: Bytes[] = [ascii("PLT1"), manifestHash, finalRoot, u32(result.ballots), u32(result.spoilt.length)];
  for (const { hash, reason } of result.spoilt) parts.push(hash, Uint8Array.of(reason));
  for (const { blank, outcome } of result.contests) {
    parts.push(u32(blank), u16(outcome.vacancies), u16(outcome.placings.length));
    for (const { option, votes, elected, tied } of outcome.placings) {
      parts.push(u16(option), u64(votes), Uint8Array.of((elected ? ELECTED : 0) | (tied ? TIED : 0)));
    }
  }
  return concat(...parts);
}
