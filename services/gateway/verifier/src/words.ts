// The checks in words, for people.

import type { Check, Verdict } from "./bundle.ts";
import type { Bytes } from "./bytes.ts";

// What holds when the check passes.
export const PROMISES: Record<Check, string> = {
  FILES: "The folder holds the files of a bundle, all of them and no others.",
  MANIFEST: "The manifest is complete, and written in its one spelling.",
  CHECKPOINT: "Every checkpoint of the log is signed by the ballot box, each larger than the one before.",
  TILES: "The log's leaves are there, exactly as many as the final checkpoint says.",
  ROOT: "The leaves give the root that the final checkpoint signs.",
  CONSISTENCY: "Every earlier checkpoint signs the beginning of the same log.",
  FIRST_LEAF: "The log begins with this manifest.",
  CLOSE: "The log ends with the close record, which names the number of ballots and the lists of the registrars.",
  ROLL: "The roll is the one that was frozen into the manifest.",
  LIST: "Each registrar's list is signed, names everybody once, and nobody who is not on the roll.",
  SECRET: "The tally secrets are those of the manifest's tally keys.",
  BALLOT_FORM: "Every ballot is one of this election.",
  CREDENTIAL: "Every ballot carries a valid credential of every registrar.",
  BALLOT_SIGNATURE: "Every ballot is signed by its own key.",
  DOUBLE_KEY: "No key has cast two ballots.",
  ORDER: "Ballots that were published together stand in the order of their hashes.",
  TURNOUT: "There are no more ballots than companies that collected from every registrar.",
  RESULT: "The ballots, opened and counted again, give the published result to the last byte.",
};

const LEAF = "ballot at leaf";
const PLACES: Partial<Record<Check, string>> = {
  CHECKPOINT: "checkpoint",
  TILES: "tile",
  CONSISTENCY: "checkpoint",
  LIST: "registrar",
  SECRET: "secret",
  BALLOT_FORM: LEAF,
  CREDENTIAL: LEAF,
  BALLOT_SIGNATURE: LEAF,
  DOUBLE_KEY: LEAF,
  ORDER: LEAF,
};

// Where the fault is: "ballot at leaf 17"; empty where there is nothing to count.
export function placeInWords({ reason, place }: Verdict): string {
  if (reason === "" || place === null) return "";
  if (reason === "SECRET" && place === 0) return "length of the file";
  return `${PLACES[reason] ?? "number"} ${place}`;
}

// A name out of a bundle, with nothing in it that could write over a terminal or turn the line around.
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

// The first twenty characters of a manifest's hash in base32 (RFC 4648), as every registrar reads them out.
export function fingerprint(manifestHash: Bytes): string {
  const bits = [...manifestHash].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: 20 }, (_, i) => BASE32[parseInt(bits.slice(5 * i, 5 * i + 5), 2)]).join("");
}

const DECIMALS: Record<number, number> = { 5: 5, 6: 9 };

// Votes of an option as people write them; `method` is a number of Method. Empty for the methods without votes.
export function votesInWords(votes: bigint, method: number): string {
  if (method >= 7) return "";
  const decimals = DECIMALS[method] ?? 0;
  const digits = votes.toString().padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
