// The command: checks the bundle in a folder.

import { readdir, readFile } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Bundle, Verdict } from "./bundle.ts";
import { verify } from "./verify.ts";
import { placeInWords, PROMISES, votesInWords } from "./words.ts";

const USAGE = `Checks the bundle of an election: needs nothing but the folder, and no network.
Usage: run BUNDLE [--json]

  BUNDLE   the folder with manifest, roll, issuance lists, log, tally secrets and result
  --json   {"verdict": "HOLDS"|"FAILS", "reason", "place", "checks": [{"check", "state"}]}

Exit codes: 0 the bundle holds; 5 it does not; 2 wrong use; 1 the folder cannot be read.
`;
const DOES_NOT_HOLD = 5;
const WRONG_USE = 2;
const UNREADABLE = 1;

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

function asJson({ verdict, reason, place, checks }: Verdict): string {
  return JSON.stringify({ verdict, reason, place, checks }, null, 2);
}

function* asText(verdict: Verdict): Generator<string> {
  const signs = { HOLDS: "holds", FAILS: "FAILS", NOT_REACHED: "  -  " };
  for (const { check, state } of verdict.checks) yield `${signs[state]}  ${check.padEnd(16)}  ${PROMISES[check]}`;
  yield "";
  for (const { contest, blank, outcome } of verdict.result?.contests ?? []) {
    yield `${contest.displayName}: ${blank} blank, ${outcome.vacancies} vacant`;
    for (const { option, votes, elected, tied } of outcome.placings) {
      const name = contest.options[option]!.displayName;
      yield `  ${elected ? "*" : " "} ${name}  ${votesInWords(votes, contest.method)}${tied ? "  by lot" : ""}`.trimEnd();
    }
  }
  if (verdict.result) {
    yield "";
    yield `The bundle holds: ${verdict.result.ballots} ballots, ${verdict.result.spoilt.length} of them spoilt. * is elected.`;
  } else {
    const where = placeInWords(verdict);
    yield `The bundle does not hold: ${verdict.reason}${where ? ` (${where})` : ""}.`;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const folders = args.filter((arg) => !arg.startsWith("-"));
  const flags = args.filter((arg) => arg.startsWith("-"));
  if (flags.includes("--help") || flags.includes("-h")) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (folders.length !== 1 || flags.some((flag) => flag !== "--json")) {
    process.stderr.write(USAGE);
    return WRONG_USE;
  }
  const verdict = await verify(await openFolder(folders[0]!));
  const lines = flags.includes("--json") ? [asJson(verdict)] : [...asText(verdict)];
  process.stdout.write(lines.join("\n") + "\n");
  return verdict.verdict === "HOLDS" ? 0 : DOES_NOT_HOLD;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = UNREADABLE;
}
