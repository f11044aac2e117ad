// All checks of a bundle, in order. Nothing here knows where the bundle lies: neither Node nor a browser is needed.

import { CHECKS, checksOver, Fault, insist, type Bundle, type Check } from "./bundle.ts";
import type { Election, Progress, Verdict } from "./bundle.ts";
import { equal, hex, type Bytes } from "./bytes.ts";
import { checkBallots, type CheckedBallot } from "./ballot_checks.ts";
import { ed25519Verifies, ready, sha256, x25519PublicKey } from "./crypto.ts";
import { checkTree, lotSeed, readCheckpoints, readLeaves, TILE_FOLDER } from "./log_checks.ts";
import { readManifest, type Manifest } from "./manifest.ts";
import { manifestHolds, MOST_MANIFEST_BYTES } from "./manifest_rules.ts";
import { openBallot } from "./opening.ts";
import { readCloseRecord, readIssuanceList, readRoll } from "./records.ts";
import { countBallots, resultBytes, type OpenedBallot } from "./result.ts";

const NEEDED = ["manifest", "roll", "issuance-1", "log/checkpoint", "log/checkpoints", "tally-secrets", "result"];
const SECRET = 32;
// Ballots opened between two reports of progress.
const OPENED_AT_ONCE = 64;

const known = (path: string): boolean =>
  NEEDED.includes(path) || /^issuance-[1-9]$/.test(path) || path.startsWith(TILE_FOLDER);

// Why there is nothing to check, as when somebody took the wrong folder; empty when there is.
export function whyNoBundle({ paths }: Bundle): string {
  if (paths.some(known)) return "";
  const inside = paths.find((path) => path.endsWith("/manifest"));
  const instead = inside ? ` Give the folder "${inside.slice(0, -"/manifest".length)}" in it.` : "";
  return `No file of a bundle is in this folder: manifest, roll, log and the others lie in it directly.${instead}`;
}

function checkFiles({ paths }: Bundle): void {
  insist(paths.every(known) && NEEDED.every((path) => paths.includes(path)), "FILES");
}

function checkListFiles({ paths }: Bundle, registrars: number): void {
  const lists = paths.filter((path) => path.startsWith("issuance-"));
  const wanted = Array.from({ length: registrars }, (_, i) => `issuance-${i + 1}`);
  insist(lists.length === registrars && wanted.every((path) => lists.includes(path)), "FILES");
}

function checkManifest(bytes: Bytes): Manifest {
  const manifest = bytes.length <= MOST_MANIFEST_BYTES ? readManifest(bytes) : null;
  insist(manifest !== null && manifestHolds(manifest), "MANIFEST");
  return manifest;
}

async function checkClose(leaves: readonly Bytes[], manifestHash: Bytes, lists: readonly Bytes[]): Promise<void> {
  const record = leaves.length >= 2 ? readCloseRecord(leaves.at(-1)!, lists.length) : null;
  insist(record !== null && equal(record.manifestHash, manifestHash) && record.ballots === leaves.length - 2, "CLOSE");
  for (const [i, list] of lists.entries()) insist(equal(record.listHashes[i]!, await sha256(list)), "CLOSE");
}

async function checkRoll(bytes: Bytes, manifest: Manifest): Promise<Set<string>> {
  const units = readRoll(bytes);
  insist(units !== null && units.length === manifest.rollCount, "ROLL");
  insist(equal(await sha256(bytes), manifest.rollSha256), "ROLL");
  return new Set(units.map(hex));
}

// The units of one registrar's list.
function checkList(bytes: Bytes, i: number, manifest: Manifest, manifestHash: Bytes, roll: Set<string>): Set<string> {
  const list = readIssuanceList(bytes);
  insist(
    list !== null &&
      equal(list.manifestHash, manifestHash) &&
      list.registrar === i &&
      ed25519Verifies(list.signature, list.message, manifest.registrars[i]!.listKey),
    "LIST",
    i + 1,
  );
  const units = list.units.map(hex);
  insist(units.every((unit) => roll.has(unit)), "LIST", i + 1);
  return new Set(units);
}

function checkSecrets(bytes: Bytes, manifest: Manifest): Bytes[] {
  insist(bytes.length === SECRET * manifest.trustees.length, "SECRET", 0);
  return manifest.trustees.map(({ tallyKey }, i) => {
    const secret = bytes.subarray(i * SECRET, (i + 1) * SECRET);
    const clamped = secret[0]! % 8 === 0 && secret[31]! >= 0x40 && secret[31]! < 0x80;
    // Below 2^254 + 2^128 two clamped secrets may have one public key.
    const alone = secret[31] !== 0x40 || secret.subarray(16, 31).some((byte) => byte !== 0);
    insist(clamped && alone && equal(x25519PublicKey(secret), tallyKey), "SECRET", i + 1);
    return secret;
  });
}

async function openAll(
  ballots: readonly CheckedBallot[],
  manifest: Manifest,
  secrets: readonly Bytes[],
  progress: Progress,
): Promise<OpenedBallot[]> {
  const opened: OpenedBallot[] = [];
  for (const { hash, ballot } of ballots) {
    opened.push({ hash, opened: openBallot(ballot, manifest, secrets) });
    if (opened.length % OPENED_AT_ONCE === 0) await progress("RESULT", opened.length, ballots.length);
  }
  return opened;
}

function turnoutHolds(ballots: number, lists: readonly Set<string>[]): boolean {
  const [first, ...others] = lists;
  return ballots <= [...first!].filter((unit) => others.every((list) => list.has(unit))).length;
}

// Throws Fault at the first check that fails.
async function check(bundle: Bundle, progress: Progress): Promise<Election> {
  const begin = (name: Check): void | Promise<void> => progress(name, 0, 1);
  checkFiles(bundle);
  const manifestFile = await bundle.read("manifest");
  const manifest = checkManifest(manifestFile);
  const manifestHash = await sha256(manifestFile);
  checkListFiles(bundle, manifest.registrars.length);

  await begin("CHECKPOINT");
  const checkpoints = await readCheckpoints(bundle, manifest);
  const final = checkpoints.at(-1)!;
  await begin("TILES");
  const leaves = await readLeaves(bundle, final.size);
  await begin("ROOT");
  await checkTree(leaves, checkpoints);
  insist(equal(leaves[0]!, manifestFile), "FIRST_LEAF");

  await begin("CLOSE");
  const listFiles = await Promise.all(manifest.registrars.map((_, i) => bundle.read(`issuance-${i + 1}`)));
  await checkClose(leaves, manifestHash, listFiles);
  const roll = await checkRoll(await bundle.read("roll"), manifest);
  const lists = listFiles.map((file, i) => checkList(file, i, manifest, manifestHash, roll));
  const secrets = checkSecrets(await bundle.read("tally-secrets"), manifest);

  await begin("BALLOT_FORM");
  const batches = new Set(checkpoints.map(({ size }) => Number(size)));
  const ballots = await checkBallots(manifest, manifestHash, leaves, batches, progress);
  insist(turnoutHolds(ballots.length, lists), "TURNOUT");

  await begin("RESULT");
  const opened = await openAll(ballots, manifest, secrets, progress);
  const result = await countBallots(manifest, opened, lotSeed(final.root, secrets));
  insist(equal(resultBytes(result, manifestHash, final.root), await bundle.read("result")), "RESULT");
  return { manifest, manifestHash, finalRoot: final.root, result };
}

function statesAt(reason: Check | ""): Verdict["checks"] {
  const over = checksOver(reason);
  return CHECKS.map((name, i) => ({
    check: name,
    state: name === reason ? "FAILS" : i < over ? "HOLDS" : "NOT_REACHED",
  }));
}

const quiet: Progress = () => undefined;

// Checks a bundle. Throws only when a file cannot be read or the surroundings lack WebCrypto.
export async function verify(bundle: Bundle, progress: Progress = quiet): Promise<Verdict> {
  await ready();
  try {
    const election = await check(bundle, progress);
    return { verdict: "HOLDS", reason: "", place: null, checks: statesAt(""), election };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { verdict: "FAILS", reason: fault.check, place: fault.place, checks: statesAt(fault.check), election: null };
  }
}
