// Opening a sealed ballot, and reading its choices.

import { CutShort, equal, Reader, type Bytes } from "./bytes.ts";
import { sealOpen } from "./crypto.ts";
import { Method, ranked, sharesRanks, type Contest, type Manifest } from "./manifest.ts";
import type { Ballot } from "./records.ts";

// Why a ballot does not count; the numbers are those of the result.
export const Spoilt = { OPEN: 1, PK: 2, LENGTH: 3, PADDING: 4, CHOICES: 5 } as const;
export type SpoiltReason = (typeof Spoilt)[keyof typeof Spoilt];

// `value` is a rank from 1, a score, or 1 for a mark.
export type Mark = { option: number; value: number };

// Marks by contest; none where the ballot abstains.
export type Choices = Mark[][];

// Ranks from 1 without gaps, each once unless they may be shared.
function ranksHold(ranks: readonly number[], shared: boolean): boolean {
  const sorted = [...ranks].sort((a, b) => a - b);
  return sorted.every((rank, i) => {
    const before = i === 0 ? 0 : sorted[i - 1]!;
    return rank === before + 1 || (shared && i > 0 && rank === before);
  });
}

function valuesHold(contest: Contest, marks: readonly Mark[]): boolean {
  const values = marks.map((mark) => mark.value);
  if (ranked(contest.method)) return ranksHold(values, sharesRanks(contest.method));
  const highest = contest.method === Method.SCORE ? contest.maxScore : 1;
  return values.every((value) => value >= 1 && value <= highest);
}

function readMarks(reader: Reader, contest: Contest): Mark[] | null {
  const count = reader.u16();
  if (count > contest.maxMarks || (count !== 0 && count < contest.minMarks)) return null;
  const marks: Mark[] = [];
  for (let i = 0; i < count; ++i) {
    const option = reader.u16();
    if (option >= contest.options.length || (i > 0 && option <= marks[i - 1]!.option)) return null;
    marks.push({ option, value: reader.u16() });
  }
  return valuesHold(contest, marks) ? marks : null;
}

// Per contest `u16 count ‖ count x (u16 option ‖ u16 value)` and nothing more; null when anything is wrong.
export function readChoices(bytes: Bytes, contests: readonly Contest[]): Choices | null {
  const reader = new Reader(bytes);
  const choices: Choices = [];
  try {
    for (const contest of contests) {
      const marks = readMarks(reader, contest);
      if (marks === null) return null;
      choices.push(marks);
    }
  } catch (fault) {
    if (fault instanceof CutShort) return null;
    throw fault;
  }
  return reader.left === 0 ? choices : null;
}

// `key ‖ u16 length ‖ choices ‖ zeros`.
export function readPlaintext(plaintext: Bytes, key: Bytes, contests: readonly Contest[]): Choices | SpoiltReason {
  const reader = new Reader(plaintext);
  if (!equal(reader.take(32), key)) return Spoilt.PK;
  const length = reader.u16();
  if (length > reader.left) return Spoilt.LENGTH;
  const choices = reader.take(length);
  if (reader.take(reader.left).some((byte) => byte !== 0)) return Spoilt.PADDING;
  return readChoices(choices, contests) ?? Spoilt.CHOICES;
}

// The choices of a ballot, or the first check that spoils it. `secrets` by trustee.
export function openBallot(ballot: Ballot, manifest: Manifest, secrets: readonly Bytes[]): Choices | SpoiltReason {
  let layer: Uint8Array = ballot.sealed;
  for (const [i, secret] of secrets.entries()) {
    const opened = sealOpen(layer, manifest.trustees[i]!.tallyKey, secret);
    if (opened === null) return Spoilt.OPEN;
    layer = opened;
  }
  return readPlaintext(layer as Bytes, ballot.key, manifest.contests);
}
