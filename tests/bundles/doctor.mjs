// Doctors a good bundle: gives it back with one thing wrong, again and again, and says what a verifier has to answer.
// It has the private keys of everybody, so it can do what a cheating box, registrar or trustee could.
import crypto from "node:crypto";
import {
  ballotBytes, ballotOf, checkpointText, closeRecord, credentialMessage, ed25519, fieldsOf, joinNotes, leavesOf, listOf,
  note, root, sha256, signCredential, splitNotes, tiles, unitsOfRoll,
} from "./encoding.mjs";
import { ballotCases } from "./ballot_cases.mjs";
import { logCases } from "./log_cases.mjs";
import { manifestCases } from "./manifest_cases.mjs";
import { recordCases } from "./record_cases.mjs";

// What a bundle holds, and the means to write it again with a difference.
export class Patient {
  constructor(files, keys, sodium) {
    this.files = files;
    this.sodium = sodium;
    this.manifest = files.manifest;
    this.manifestHash = sha256(files.manifest);
    this.leaves = leavesOf(files);
    this.notes = splitNotes(files["log/checkpoints"]);
    this.sizes = this.notes.map((each) => Number(each.toString().split("\n")[1]));
    this.origin = fieldsOf(files.manifest)[0][1].toString();
    this.box = ed25519(Buffer.from(keys.box_seed, "hex"));
    this.listKeys = keys.list_seeds.map((seed) => ed25519(Buffer.from(seed, "hex")));
    this.registrars = keys.registrars.map(({ private_key_pem }) => crypto.createPrivateKey(private_key_pem));
    this.lists = this.registrars.map((_, i) => files[`issuance-${i + 1}`]);
    this.units = unitsOfRoll(files.roll);
    this.tallySecrets = keys.tally_secrets.map((secret) => Buffer.from(secret, "hex"));
    this.seeds = new Map(keys.ballots.map(({ leaf, seed }) => [leaf, Buffer.from(seed, "hex")]));
  }

  get ballots() {
    return this.leaves.length - 2;
  }

  // The first leaf whose ballot is not spoilt.
  get countedLeaf() {
    const { result } = this.files;
    const spoilt = new Set();
    for (let i = 0; i < result.readUInt32BE(72); ++i) spoilt.add(result.subarray(76 + 33 * i, 108 + 33 * i).toString("hex"));
    return this.leaves.findIndex((leaf, i) => i > 0 && !spoilt.has(sha256(leaf).toString("hex")));
  }

  // The ballot at a leaf as values, and its key.
  ballot(leaf) {
    return ballotOf(this.leaves[leaf], this.registrars.length);
  }
  key(leaf) {
    return ed25519(this.seeds.get(leaf));
  }
  list(registrar) {
    return listOf(this.lists[registrar]);
  }

  // A key's credentials as honest registrars would give them.
  credentials(publicKey, options) {
    return this.registrars.map((registrar) => {
      const prefix = crypto.randomBytes(32);
      const message = credentialMessage(prefix, this.manifestHash, publicKey);
      return { prefix, signature: signCredential(registrar, message, options) };
    });
  }

  checkpoint(size, hash) {
    return note(checkpointText(this.origin, size, hash), this.origin, this.box);
  }

  // Files whose log holds these leaves, all checkpoints of these sizes signed by the box's own key.
  relog(leaves, sizes, others = {}) {
    const files = Object.fromEntries(Object.entries(this.files).filter(([path]) => !path.startsWith("log/")));
    const notes = sizes.map((size) => this.checkpoint(size, root(leaves.slice(0, size))));
    const log = { "log/checkpoints": joinNotes(notes), "log/checkpoint": notes.at(-1), ...tiles(leaves) };
    return { ...files, ...log, ...others };
  }

  // The log with other ballots and lists: batches sorted, close record, tree and checkpoints as they ought to be.
  // `batches` are lists of leaves; gives the files and where a leaf ended up.
  cheat(batches, lists = this.lists) {
    const sorted = batches.map((batch) => [...batch].sort((a, b) => Buffer.compare(sha256(a), sha256(b))));
    return this.cheatUnsorted(sorted, lists);
  }
  cheatUnsorted(batches, lists = this.lists) {
    const ballots = batches.flat();
    const close = closeRecord({ manifestHash: this.manifestHash, ballots: ballots.length, lists });
    const leaves = [this.manifest, ...ballots, close];
    const sizes = [1];
    for (const batch of batches) sizes.push(sizes.at(-1) + batch.length);
    sizes[sizes.length - 1] += 1; // the close record is in the last batch
    const listFiles = Object.fromEntries(lists.map((list, i) => [`issuance-${i + 1}`, list]));
    return { files: this.relog(leaves, sizes, listFiles), at: (leaf) => leaves.lastIndexOf(leaf) };
  }

  // The ballots by batch, as lists that may be changed.
  get batches() {
    return this.sizes.slice(0, -1).map((size, i) => {
      const last = i === this.sizes.length - 2;
      return this.leaves.slice(size, last ? this.sizes[i + 1] - 1 : this.sizes[i + 1]);
    });
  }

  // A cheating box puts `made` in the place of a leaf.
  withBallot(leaf, made) {
    const batches = this.batches.map((batch) => batch.map((each) => (each === this.leaves[leaf] ? made : each)));
    const { files, at } = this.cheat(batches);
    return { files, place: at(made) };
  }

  // The ballot of a leaf with changes, signed by its key.
  changed(leaf, changes) {
    return ballotBytes({ ...this.ballot(leaf), ...changes }, this.key(leaf));
  }

  with(files) {
    return { ...this.files, ...files };
  }
  without(...paths) {
    return Object.fromEntries(Object.entries(this.files).filter(([path]) => !paths.includes(path)));
  }
}

// All cases: {name, files, reason, place}. `place` undefined: whatever it is, both verifiers have to say the same.
export function* cases(patient) {
  yield* fileCases(patient);
  yield* manifestCases(patient);
  yield* logCases(patient);
  yield* recordCases(patient);
  yield* ballotCases(patient);
}

function* fileCases(patient) {
  for (const path of Object.keys(patient.files)) {
    if (path.startsWith("log/tile/")) continue;
    yield { name: `${path} is missing`, files: patient.without(path), reason: "FILES", place: null };
  }
  const extras = ["README", "issuance-3", "issuance-9", "issuance-0", "issuance-10", "issuance-x", "log/tile/0/000", "Manifest",
    "log/log/checkpoint", "log/checkpoint~", ".hidden", "roll.bak"];
  for (const path of extras) {
    const files = patient.with({ [path]: Buffer.from("x") });
    yield { name: `${path} is there`, files, reason: "FILES", place: null };
  }
}

// One byte changed at many places of every file: it never holds, and both verifiers give the same answer.
export function* flips(patient, places) {
  let state = 1;
  const next = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  for (const [path, bytes] of Object.entries(patient.files)) {
    for (let i = 0; i < places; ++i) {
      const flipped = Buffer.from(bytes);
      // The first and last bytes for certain, the rest at random.
      const at = i === 0 ? 0 : i === 1 ? bytes.length - 1 : next(bytes.length);
      const bit = 1 << next(8);
      flipped[at] ^= bit;
      yield { name: `${path}: byte ${at} ^ ${bit}`, files: patient.with({ [path]: flipped }) };
    }
  }
}
