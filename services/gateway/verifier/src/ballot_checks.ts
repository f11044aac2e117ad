// The five checks of every ballot.

import { compare, equal, hex, type Bytes } from "./bytes.ts";
import { Fault, type Check, type Progress } from "./bundle.ts";
import { ed25519Verifies, RsaPssKey, sha256 } from "./crypto.ts";
import type { Manifest } from "./manifest.ts";
import { ballotLength } from "./manifest_rules.ts";
import { readBallot, type Ballot } from "./records.ts";

// Ballots that are looked at side by side, so that the signatures of RSA keep every core busy.
const AT_ONCE = 128;

export type CheckedBallot = { hash: Bytes; ballot: Ballot };

type Looked = CheckedBallot | Check;

class BallotChecks {
  readonly #manifestHash: Bytes;
  readonly #registrars: RsaPssKey[];
  readonly #length: number;
  readonly #seen = new Set<string>();

  constructor(manifest: Manifest, manifestHash: Bytes) {
    this.#manifestHash = manifestHash;
    this.#registrars = manifest.registrars.map(({ rsaN, rsaE }) => new RsaPssKey(rsaN, rsaE));
    this.#length = ballotLength(manifest);
  }

  // The checks that need no other leaf, in order: the ballot, or the first check that fails.
  async look(leaf: Bytes): Promise<Looked> {
    const ballot = readBallot(leaf, this.#length, this.#registrars.length);
    if (ballot === null || !equal(ballot.manifestHash, this.#manifestHash)) return "BALLOT_FORM";
    const credentials = await Promise.all(
      this.#registrars.map((key, i) => {
        const { signature, message } = ballot.credentials[i]!;
        return key.verifies(signature, message);
      }),
    );
    if (!credentials.every(Boolean)) return "CREDENTIAL";
    if (!ed25519Verifies(ballot.signature, ballot.message, ballot.key)) return "BALLOT_SIGNATURE";
    return { hash: await sha256(leaf), ballot };
  }

  // Whether no ballot before has this key.
  isFirstOfKey(key: Bytes): boolean {
    const text = hex(key);
    if (this.#seen.has(text)) return false;
    this.#seen.add(text);
    return true;
  }
}

// BALLOT_FORM, CREDENTIAL, BALLOT_SIGNATURE, DOUBLE_KEY and ORDER, leaf by leaf. `leaves` are all of the log;
// `batches` are the indices of leaves that begin a batch.
export async function checkBallots(
  manifest: Manifest,
  manifestHash: Bytes,
  leaves: readonly Bytes[],
  batches: ReadonlySet<number>,
  progress: Progress,
): Promise<CheckedBallot[]> {
  const checks = new BallotChecks(manifest, manifestHash);
  const ballots: CheckedBallot[] = [];
  const end = leaves.length - 1;
  let before = manifestHash; // leaf 0 is the manifest
  for (let from = 1; from < end; from += AT_ONCE) {
    const looked = await Promise.all(leaves.slice(from, Math.min(from + AT_ONCE, end)).map((leaf) => checks.look(leaf)));
    for (const [i, found] of looked.entries()) {
      const place = from + i;
      if (typeof found === "string") throw new Fault(found, place);
      if (!checks.isFirstOfKey(found.ballot.key)) throw new Fault("DOUBLE_KEY", place);
      if (!batches.has(place) && compare(found.hash, before) <= 0) throw new Fault("ORDER", place);
      before = found.hash;
      ballots.push(found);
    }
    await progress("BALLOT_FORM", ballots.length, end - 1);
  }
  return ballots;
}
