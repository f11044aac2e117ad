// What a box, a registrar or a voter could do to ballots, tree and checkpoints signed anew.
import crypto from "node:crypto";
import { addOrder, NEUTRAL_KEY, NEUTRAL_SIGNATURE, signCofactored } from "./edwards.mjs";
import { BALLOT_TAG, ballotBody, ballotBytes, closeRecord, credentialMessage, ed25519, sha256, signCredential } from "./encoding.mjs";

const LEAF = 3; // the ballot that something happens to

function* countCases(patient) {
  const { leaves, batches, sizes, manifestHash, lists, ballots } = patient;
  const less = batches.map((batch) => batch.filter((each) => each !== leaves[LEAF]));
  yield { name: "a ballot dropped by the box", ...patient.cheat(less), reason: "RESULT", place: null };
  const dropped = leaves.filter((_, i) => i !== LEAF);
  const shorter = sizes.map((size) => (size > LEAF ? size - 1 : size));
  yield { name: "a ballot dropped, the close record left", files: patient.relog(dropped, shorter), reason: "CLOSE", place: null };
  const none = patient.cheat([[]]);
  // One checkpoint for the manifest, one for the close record.
  yield { name: "all ballots dropped", files: none.files, reason: "RESULT", place: null };

  const twice = batches.map((batch, i) => (i === batches.length - 1 ? [...batch, leaves[LEAF]] : batch));
  const doubled = patient.cheat(twice);
  const indices = [...twice.flat()].length;
  yield { name: "a ballot doubled in a later batch", files: doubled.files, reason: "DOUBLE_KEY" };
  const beside = batches.map((batch) => batch.flatMap((each) => (each === leaves[LEAF] ? [each, each] : [each])));
  yield { name: "a ballot doubled in its place", files: patient.cheatUnsorted(beside).files, reason: "DOUBLE_KEY", place: LEAF + 1 };
  if (indices !== ballots + 1) throw new Error("a ballot was not doubled");

  const swapped = [...leaves];
  [swapped[LEAF], swapped[LEAF + 1]] = [swapped[LEAF + 1], swapped[LEAF]];
  const place = sizes.includes(LEAF + 1) ? undefined : LEAF + 1;
  yield { name: "two ballots of a batch swapped", files: patient.relog(swapped, sizes), reason: "ORDER", place };
  const merged = patient.relog(leaves, [1, leaves.length]);
  yield { name: "batches without their checkpoints", files: merged, reason: "ORDER" };
  const early = closeRecord({ manifestHash, ballots, lists });
  const moved = [leaves[0], early, ...leaves.slice(1, -1)];
  yield { name: "the close record ahead of the ballots", files: patient.relog(moved, sizes), reason: "CLOSE", place: null };
}

// A ballot of a key that registrars credited, with nothing wrong in it.
function newBallot(patient, ballotKey, credentials) {
  const { magic, manifestHash, sealed } = patient.ballot(LEAF);
  return ballotBytes({ magic, manifestHash, key: ballotKey.publicKey, credentials, sealed }, ballotKey);
}

function* stuffingCases(patient) {
  const stranger = ed25519(sha256(Buffer.from("stuffed")));
  const added = (made) => {
    const { files, at } = patient.cheat([...patient.batches.slice(0, -1), [...patient.batches.at(-1), ...made]]);
    return { files, at };
  };
  const random = patient.registrars.map(() => ({ prefix: crypto.randomBytes(32), signature: crypto.randomBytes(384) }));
  const fake = newBallot(patient, stranger, random);
  const without = added([fake]);
  yield { name: "a ballot without credentials", files: without.files, reason: "CREDENTIAL", place: without.at(fake) };
  const borrowed = newBallot(patient, stranger, patient.ballot(LEAF).credentials);
  const lent = added([borrowed]);
  yield { name: "a ballot with another ballot's credentials", files: lent.files, reason: "CREDENTIAL", place: lent.at(borrowed) };
  const real = patient.credentials(stranger.publicKey);
  for (const i of [0, 1]) {
    const half = newBallot(patient, stranger, real.map((each, at) => (at === i ? each : random[at])));
    const { files, at } = added([half]);
    yield { name: `a ballot that registrar ${i + 1} alone credited`, files, reason: "CREDENTIAL", place: at(half) };
  }
  // All registrars cheat together: the lists still bound what they can stuff.
  const stuffed = Array.from({ length: 40 }, (_, i) => {
    const key = ed25519(sha256(Buffer.from(`stuffed ${i}`)));
    return newBallot(patient, key, patient.credentials(key.publicKey));
  });
  yield { name: "one ballot stuffed by all registrars", files: added(stuffed.slice(0, 1)).files, reason: "RESULT", place: null };
  yield { name: "more ballots stuffed than companies collected", files: added(stuffed).files, reason: "TURNOUT", place: null };
  const again = ballotBytes({ ...patient.ballot(LEAF), sealed: crypto.randomBytes(patient.ballot(LEAF).sealed.length) }, patient.key(LEAF));
  yield { name: "a second ballot of a key", files: added([again]).files, reason: "DOUBLE_KEY" };
}

function* formCases(patient) {
  const { leaves } = patient;
  const wrong = {
    "of another magic": patient.changed(LEAF, { magic: Buffer.from("PLB2") }),
    "of another manifest": patient.changed(LEAF, { manifestHash: sha256(patient.manifestHash) }),
    "with a byte more": Buffer.concat([leaves[LEAF], Buffer.from([0])]),
    "with a byte less": leaves[LEAF].subarray(0, -1),
    "with a layer more": patient.changed(LEAF, { sealed: Buffer.concat([patient.ballot(LEAF).sealed, Buffer.alloc(48)]) }),
    "that is empty": Buffer.alloc(0),
    "that is the manifest": patient.manifest,
  };
  for (const [what, made] of Object.entries(wrong)) {
    yield { name: `a ballot ${what}`, ...patient.withBallot(LEAF, made), reason: "BALLOT_FORM" };
  }
}

// The signature with the modulus added, if that fits in its bytes: the same residue.
function addModulus(registrar, signature) {
  const n = BigInt(`0x${Buffer.from(registrar.export({ format: "jwk" }).n, "base64url").toString("hex")}`);
  const sum = BigInt(`0x${signature.toString("hex")}`) + n;
  return sum < 2n ** 3072n ? Buffer.from(sum.toString(16).padStart(768, "0"), "hex") : null;
}

function* credentialCases(patient) {
  const { credentials, key, manifestHash } = patient.ballot(LEAF);
  const recredited = (made) => patient.withBallot(LEAF, patient.changed(LEAF, { credentials: made }));
  const wrong = {
    "with a salt of 20": patient.credentials(key, { saltLength: 20 }),
    "with a salt of 0": patient.credentials(key, { saltLength: 0 }),
    "with a salt of 64": patient.credentials(key, { saltLength: 64 }),
    "by SHA-256": patient.credentials(key, { hash: "sha256" }),
    "swapped": [...credentials].reverse(),
    "of one registrar twice": [credentials[0], credentials[0]],
    "with a bit of its prefix changed": credentials.map(({ prefix, signature }) => ({ signature, prefix: prefix.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) })),
    "of zeros": credentials.map(({ prefix }) => ({ prefix, signature: Buffer.alloc(384) })),
    "of another manifest": patient.registrars.map((registrar) => {
      const prefix = crypto.randomBytes(32);
      const message = credentialMessage(prefix, sha256(manifestHash), key);
      return { prefix, signature: signCredential(registrar, message) };
    }),
    "without the prefix in what is signed": patient.registrars.map((registrar) => ({
      prefix: crypto.randomBytes(32),
      signature: signCredential(registrar, credentialMessage(Buffer.alloc(0), manifestHash, key)),
    })),
    "in PKCS #1 v1.5": patient.registrars.map((registrar, i) => {
      const { prefix } = credentials[i];
      return { prefix, signature: crypto.sign("sha384", credentialMessage(prefix, manifestHash, key), registrar) };
    }),
  };
  for (const [what, made] of Object.entries(wrong)) {
    yield { name: `credentials ${what}`, ...recredited(made), reason: "CREDENTIAL" };
  }
  for (const i of [0, 1]) {
    const salted = patient.credentials(key, { saltLength: 20 });
    yield { name: `a salt of 20 from registrar ${i + 1}`, ...recredited(credentials.map((each, at) => (at === i ? salted[at] : each))), reason: "CREDENTIAL" };
  }
  for (let leaf = LEAF; leaf <= patient.ballots; ++leaf) {
    const ballot = patient.ballot(leaf);
    const sum = addModulus(patient.registrars[0], ballot.credentials[0].signature);
    if (sum === null) continue;
    const changed = patient.changed(leaf, { credentials: [{ prefix: ballot.credentials[0].prefix, signature: sum }, ballot.credentials[1]] });
    yield { name: "a credential with the modulus added", ...patient.withBallot(leaf, changed), reason: "CREDENTIAL" };
    break;
  }
}

function* signatureCases(patient) {
  const ballot = patient.ballot(LEAF);
  const body = ballotBody(ballot);
  const message = Buffer.concat([BALLOT_TAG, body]);
  const stranger = ed25519(sha256(Buffer.from("stranger")));
  const wrong = {
    "by another key": stranger.sign(message),
    "without the tag": patient.key(LEAF).sign(body),
    "that holds only with the cofactor": signCofactored(patient.seeds.get(LEAF), ballot.key, message),
    "with the order added": addOrder(ballot.signature),
    "of zeros": Buffer.alloc(64),
  };
  for (const [what, signature] of Object.entries(wrong)) {
    const made = Buffer.concat([body, signature]);
    yield { name: `a ballot signature ${what}`, ...patient.withBallot(LEAF, made), reason: "BALLOT_SIGNATURE" };
  }
  const top = Buffer.from(NEUTRAL_KEY.map((byte, i) => (i === 31 ? byte | 128 : byte)));
  const p1 = Buffer.from(`ee${"ff".repeat(30)}7f`, "hex"); // the neutral point, spelt with p added
  const keys = { "of small order": NEUTRAL_KEY, "of small order with the other sign": top, "of small order in another spelling": p1, "of zeros": Buffer.alloc(32) };
  for (const [what, key] of Object.entries(keys)) {
    const made = ballotBytes({ ...ballot, key, credentials: patient.credentials(key), signature: NEUTRAL_SIGNATURE });
    yield { name: `a ballot key ${what}`, ...patient.withBallot(LEAF, made), reason: "BALLOT_SIGNATURE" };
  }
}

// HSalsa20 of zeros: the key of a box whose shared secret is zero.
const KEY_OF_ZERO = Buffer.from("351f86faa3b988468a850122b65b0acece9c4826806aeee63de9c0da2bd7f91e", "hex");

// A layer whose ephemeral key is zero: whoever does not refuse it gets a shared secret of zero, and opens it.
function lowOrderLayer({ sodium }, inner, publicKey) {
  const ephemeral = Buffer.alloc(32);
  const nonce = sodium.crypto_generichash(24, Buffer.concat([ephemeral, publicKey]));
  return Buffer.concat([ephemeral, sodium.crypto_secretbox_easy(inner, nonce, KEY_OF_ZERO)]);
}

// The result as it is, but for the root of the log that it names: what a cheat would have to publish.
function withRoot(files, patient) {
  const root = Buffer.from(files["log/checkpoint"].toString().split("\n")[2], "base64");
  const { result } = patient.files;
  return { ...files, result: Buffer.concat([result.subarray(0, 36), root, result.subarray(68)]) };
}

// Sealed contents that spoil a ballot which the result counts.
function* sealedCases(patient) {
  const { sodium, tallySecrets } = patient;
  const leaf = patient.countedLeaf; // opens
  const { sealed } = patient.ballot(leaf);
  const keys = tallySecrets.map((secret) => Buffer.from(sodium.crypto_scalarmult_base(secret)));
  const open = (layer, i) => Buffer.from(sodium.crypto_box_seal_open(layer, keys[i], tallySecrets[i]));
  const plaintext = tallySecrets.reduce((layer, _, i) => open(layer, i), sealed);
  const seal = (inner, from) => keys.slice(0, from).reduceRight((layer, key) => Buffer.from(sodium.crypto_box_seal(layer, key)), inner);
  const last = keys.length - 1;
  const wrong = {
    "random bytes": crypto.randomBytes(sealed.length),
    "an ephemeral key of zeros outside": lowOrderLayer(patient, open(sealed, 0), keys[0]),
    "an ephemeral key of zeros inside": seal(lowOrderLayer(patient, plaintext, keys[last]), last),
    "layers in another order": [...keys].reduce((layer, key) => Buffer.from(sodium.crypto_box_seal(layer, key)), plaintext),
    "another ballot's": patient.ballot(leaf === LEAF ? LEAF + 1 : LEAF).sealed,
  };
  for (const [what, made] of Object.entries(wrong)) {
    const { files } = patient.withBallot(leaf, patient.changed(leaf, { sealed: made }));
    yield { name: `a ballot that the result counts, sealed with ${what}`, files: withRoot(files, patient), reason: "RESULT", place: null };
  }
}

export function* ballotCases(patient) {
  yield* countCases(patient);
  yield* stuffingCases(patient);
  yield* formCases(patient);
  yield* credentialCases(patient);
  yield* signatureCases(patient);
  yield* sealedCases(patient);
}
