// A bundle as the checks see it, and what they answer.

import type { Bytes } from "./bytes.ts";
import type { Manifest } from "./manifest.ts";
import type { Result } from "./result.ts";

// The files of a folder, by paths with "/" that begin inside it.
export type Bundle = {
  paths: readonly string[];
  read(path: string): Promise<Bytes>;
};

// The checks in their order. The first one that fails is the reason.
export const CHECKS = [
  "FILES",
  "MANIFEST",
  "CHECKPOINT",
  "TILES",
  "ROOT",
  "CONSISTENCY",
  "FIRST_LEAF",
  "CLOSE",
  "ROLL",
  "LIST",
  "SECRET",
  "BALLOT_FORM",
  "CREDENTIAL",
  "BALLOT_SIGNATURE",
  "DOUBLE_KEY",
  "ORDER",
  "TURNOUT",
  "RESULT",
] as const;
export type Check = (typeof CHECKS)[number];

// How many checks are over for certain when `reason` fails: a ballot's five are made leaf by leaf, so none of them is
// over while another one fails.
export function checksOver(reason: Check | ""): number {
  const first = CHECKS.indexOf("BALLOT_FORM");
  const last = CHECKS.indexOf("ORDER");
  const at = reason === "" ? CHECKS.length : CHECKS.indexOf(reason);
  return at >= first && at <= last ? first : at;
}

// The first fault. What `place` counts depends on the check; null where there is nothing to count.
export class Fault extends Error {
  readonly check: Check;
  readonly place: number | null;

  constructor(check: Check, place: number | null = null) {
    super(place === null ? check : `${check} at ${place}`);
    this.check = check;
    this.place = place;
  }
}

export function insist(holds: boolean, check: Check, place: number | null = null): asserts holds {
  if (!holds) throw new Fault(check, place);
}

export type CheckState = "HOLDS" | "FAILS" | "NOT_REACHED";

// What a bundle that holds is about.
export type Election = {
  manifest: Manifest;
  manifestHash: Bytes;
  finalRoot: Bytes;
  result: Result;
};

export type Verdict = {
  verdict: "HOLDS" | "FAILS";
  // The check that failed, or empty.
  reason: Check | "";
  place: number | null;
  checks: { check: Check; state: CheckState }[];
  // Null unless everything holds.
  election: Election | null;
};

// Called as the checks go on: the check that is under way, and how much of it is done. Awaited, so that a page can be
// drawn in between.
export type Progress = (check: Check, done: number, total: number) => void | Promise<void>;
