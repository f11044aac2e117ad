// The command: checks the bundle in a folder.

import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Bundle, Election, Verdict } from "./bundle.ts";
import { hex } from "./bytes.ts";
import type { ContestResult } from "./result.ts";
import { verify, whyNoBundle } from "./verify.ts";
import { fingerprint, placeInWords, printable, PROMISES, votesInWords } from "./words.ts";

const USAGE = `Checks the bundle of an election: needs nothing but the folder, and no network.
Usage: run BUNDLE [--json]

  BUNDLE   the folder with manifest, roll, issuance lists, log, tally secrets and result
  --json   {"verdict": "HOLDS"|"FAILS", "reason", "place", "checks": [{"check", "holds"}], "manifest_hash", "final_root"}

Exit codes: 0 the bundle holds; 5 it does not; 2 there is no bundle to read.
`;
const DOES_NOT_HOLD = 5;
const UNREADABLE = 2;

// What a person can do about an error of the system, by its code; the path goes before it.
const ADVICE: Record<string, string> = {
  ENOENT: "is not there. Give the folder of the bundle.",
  ENOTDIR: "is a file. Give the folder of the bundle; unpack an archive first.",
  EACCES: "may not be read by you. Ask whoever owns it, or copy the bundle to a folder of yours.",
  EPERM: "may not be read by you. Ask whoever owns it, or copy the bundle to a folder of yours.",
};
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as NodeJS.ErrnoException;
  const advice = code === undefined ? undefined : ADVICE[code];
  return advice && path ? `${path} ${advice}` : error.message;
}

async function openFolder(folder: string): Promise<Bundle> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(join(folder, "x").length - 1))
    .map((path) => path.split(sep).join("/"));
  return {
    paths,
    async read(path) {
      return new Uint8Array(await readFile(join(folder, path)));
    },
  };
}

function asJson({ verdict, reason, place, checks, election }: Verdict): string {
  const reached = checks.filter(({ state }) => state !== "NOT_REACHED");
  const document = {
    verdict,
    reason,
    place,
    checks: reached.map(({ check, state }) => ({ check, holds: state === "HOLDS" })),
    manifest_hash: election && hex(election.manifestHash),
    final_root: election && hex(election.finalRoot),
  };
  return JSON.stringify(document, null, 2);
}

function* contestAsText({ contest, blank, outcome }: ContestResult): Generator<string> {
  yield `${printable(contest.displayName)}: ${blank} blank, ${outcome.vacancies} vacant`;
  for (const { option, votes, elected, tied } of outcome.placings) {
    const name = printable(contest.options[option]!.displayName);
    const lot = tied ? "  by lot" : "";
    yield `  ${elected ? "*" : " "} ${name}  ${votesInWords(votes, contest.method)}${lot}`.trimEnd();
  }
}

function* electionAsText({ manifest, manifestHash, finalRoot, result }: Election): Generator<string> {
  yield `${printable(manifest.displayName)} (${manifest.origin})`;
  for (const contest of result.contests) yield* contestAsText(contest);
  yield "";
  yield `Fingerprint of the manifest: ${fingerprint(manifestHash)}`;
  yield `Final root of the log: ${hex(finalRoot)}`;
  yield `${result.ballots} ballots of ${manifest.rollCount} on the roll, ${result.spoilt.length} spoilt. * is elected.`;
  yield "The bundle holds. Compare the fingerprint with what each registrar reads out, and the final root with what the trustees were told.";
}

function* asText(verdict: Verdict): Generator<string> {
  const signs = { HOLDS: "holds", FAILS: "FAILS", NOT_REACHED: "  -  " };
  for (const { check, state } of verdict.checks) yield `${signs[state]}  ${check.padEnd(16)}  ${PROMISES[check]}`;
  yield "";
  if (verdict.election) yield* electionAsText(verdict.election);
  const where = placeInWords(verdict);
  if (!verdict.election) yield `The bundle does not hold: ${verdict.reason}${where ? ` (${where})` : ""}.`;
}

async function main(args: readonly string[]): Promise<number> {
  const folders = args.filter((arg) => !arg.startsWith("-"));
  const flags = args.filter((arg) => arg.startsWith("-"));
  if (flags.includes("--help") || flags.includes("-h")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = flags.find((flag) => flag !== "--json");
  if (unknown !== undefined || folders.length !== 1) {
    const wrong = unknown !== undefined ? `There is no ${unknown}.` : "Give one folder.";
    process.stderr.write(`${wrong}\n\n${USAGE}`);
    return UNREADABLE;
  }
  const bundle = await openFolder(folders[0]!);
  const missing = whyNoBundle(bundle);
  if (missing) {
    process.stderr.write(`${printable(folders[0]!)}: ${printable(missing)}\n`);
    return UNREADABLE;
  }
  const verdict = await verify(bundle);
  const lines = flags.includes("--json") ? [asJson(verdict)] : [...asText(verdict)];
  process.stdout.write(lines.join("\n") + "\n");
  return verdict.verdict === "HOLDS" ? 0 : DOES_NOT_HOLD;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${inWords(error)}\n`);
  process.exitCode = UNREADABLE;
}
