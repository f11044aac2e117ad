// What a manifest has to hold before an election can be counted by it.

import { equal, type Bytes } from "./bytes.ts";
import { x25519SmallOrder } from "./crypto.ts";
import { Method, ranked, type Contest, type Manifest } from "./manifest.ts";

// Leaves have a length of 16 bits.
export const MOST_MANIFEST_BYTES = 65_535;
// The same, with room for what is to come.
const MOST_BALLOT_BYTES = 61_440;
const MOST_CONTESTS = 50;
const MOST_OPTIONS = 1_000;
// Reports of ranked contests grow with the square of the options.
const MOST_RANKED_OPTIONS = 300;
const MOST_SEATS = 65_535;
const MOST_MARKS = 65_535;
const MOST_SCORE = 1_000;
const MOST_REGISTRARS = 2;
const FEWEST_TRUSTEES = 2;
const MOST_TRUSTEES = 9;
// 10000-01-01: later instants have no date of four digits.
const END_OF_TIME = 253_402_300_800n;

// Length of a plaintext: the ballot's key, the length of its choices, and room for the most marks of every contest.
export function choicesLength(contests: readonly Contest[]): number {
  return 34 + contests.reduce((sum, contest) => sum + 2 + 4 * contest.maxMarks, 0);
}

export function ballotLength(manifest: Manifest): number {
  return 4 + 32 + 32 + manifest.registrars.length * 416 + manifest.choicesLength + 48 * manifest.trustees.length + 64;
}

// "elections/" and 128 bits in base32hex: 26 characters of 0-9a-v, the last two bits zero.
function originHolds(origin: string): boolean {
  return /^elections\/[0-9a-v]{25}[048cgkos]$/.test(origin) && origin.length === 36;
}

function contestHolds(contest: Contest): boolean {
  const { method, seats, minMarks, maxMarks, maxScore, options } = contest;
  if (method < Method.BLOCK_PLURALITY || method > Method.RANKED_PAIRS) return false;
  if (seats < 1 || seats > MOST_SEATS || (method === Method.INSTANT_RUNOFF && seats !== 1)) return false;
  if (options.length > (ranked(method) ? MOST_RANKED_OPTIONS : MOST_OPTIONS)) return false;
  if (contest.noneOfThese && options.length < 2) return false;
  if (new Set(options.map((option) => option.name)).size !== options.length) return false;
  if (maxMarks < 1 || maxMarks > MOST_MARKS || minMarks > maxMarks) return false;
  if (method !== Method.BLOCK_PLURALITY && maxMarks > Math.max(options.length, 1)) return false;
  if (options.length !== 0 && minMarks > options.length) return false;
  return method === Method.SCORE ? maxScore >= 1 && maxScore <= MOST_SCORE : maxScore === 0;
}

function distinct(values: readonly Bytes[]): boolean {
  return values.every((value, i) => values.slice(0, i).every((earlier) => !equal(earlier, value)));
}

function registrarsHold({ registrars }: Manifest): boolean {
  const each = registrars.every(
    ({ rsaN, rsaE, listKey }) =>
      rsaN.length === 384 &&
      rsaN[0]! >= 0x80 &&
      rsaN[383]! % 2 === 1 &&
      equal(rsaE, Uint8Array.of(1, 0, 1)) &&
      listKey.length === 32,
  );
  return (
    each && registrars.length >= 1 && registrars.length <= MOST_REGISTRARS && distinct(registrars.map(({ rsaN }) => rsaN))
  );
}

function trusteesHold({ trustees, threshold }: Manifest): boolean {
  const each = trustees.every(
    ({ tallyKey, shareSha256 }) =>
      tallyKey.length === 32 &&
      !x25519SmallOrder(tallyKey) &&
      shareSha256.length === trustees.length &&
      shareSha256.every((hash) => hash.length === 32),
  );
  return (
    each &&
    trustees.length >= FEWEST_TRUSTEES &&
    trustees.length <= MOST_TRUSTEES &&
    distinct(trustees.map(({ tallyKey }) => tallyKey)) &&
    threshold >= 2 &&
    threshold <= trustees.length
  );
}

function timesHold({ issuingOpens, issuingCloses, votingOpens, votingCloses }: Manifest): boolean {
  return (
    votingCloses < END_OF_TIME &&
    issuingOpens < issuingCloses &&
    issuingCloses <= votingCloses &&
    votingOpens < votingCloses
  );
}

export function manifestHolds(manifest: Manifest): boolean {
  const { contests } = manifest;
  return (
    originHolds(manifest.origin) &&
    contests.length >= 1 &&
    contests.length <= MOST_CONTESTS &&
    contests.every(contestHolds) &&
    manifest.choicesLength === choicesLength(contests) &&
    ballotLength(manifest) <= MOST_BALLOT_BYTES &&
    timesHold(manifest) &&
    manifest.rollSha256.length === 32 &&
    registrarsHold(manifest) &&
    manifest.boxKey.length === 32 &&
    trusteesHold(manifest)
  );
}
