// A voter's client made of others' libraries: blind signatures by @cloudflare/blindrsa-ts, keys and sealed boxes by
// libsodium-wrappers. Our registrar signs for it, our rules take its ballots, and refuse what is wrong.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ballotBytes, checkpointText, fieldsOf, leavesOf, note, ed25519, root, sha256, splitNotes, u16 } from "../bundles/encoding.mjs";

const { PLENARY_PREPARED: prepared, PLENARY_TEST_BIN: bin, PLENARY_SCRATCH: scratch } = process.env;
const sodium = createRequire(resolve(prepared, "package.json"))("libsodium-wrappers");
const blindRsa = join(prepared, "node_modules/@cloudflare/blindrsa-ts/lib/src/index.js");
const { RSABSSA } = await import(pathToFileURL(blindRsa));
const suite = RSABSSA.SHA384.PSS.Randomized();

const REGISTRARS = 10, CONTESTS = 3, LENGTH = 12, TRUSTEES = 13;
const bundle = join(scratch, "bundle");
let keys, manifest, manifestHash, fields;

const all = (list, number) => list.filter(([each]) => each === number).map(([, value]) => value);

function peer(args, lines) {
  const input = lines.map((line) => `${Buffer.from(line).toString("hex")}\n`).join("");
  return execFileSync(join(bin, "plenary_interop_peer"), args, { input, encoding: "utf8" }).trim().split("\n");
}

before(async () => {
  await sodium.ready;
  const keyFile = join(scratch, "keys.json");
  execFileSync(join(bin, "plenary_make_bundle"), ["--ballots", "3", "--out", bundle, "--keys", keyFile]);
  keys = JSON.parse(readFileSync(keyFile));
  manifest = readFileSync(join(bundle, "manifest"));
  manifestHash = sha256(manifest);
  fields = fieldsOf(manifest);
});

// A registrar's key as WebCrypto takes it: n and e of the manifest.
function publicKey(registrar) {
  const [[, n], [, e]] = fieldsOf(registrar);
  const jwk = { kty: "RSA", alg: "PS384", n: n.toString("base64url"), e: e.toString("base64url"), ext: true };
  return crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, true, ["verify"]);
}

// A ballot key's credentials: blinded here, signed by our registrar, made whole here.
async function collect(ballotKey) {
  const message = Buffer.concat([Buffer.from("plenary-credential-v1"), manifestHash, ballotKey]);
  return Promise.all(all(fields, REGISTRARS).map(async (registrar, i) => {
    const key = await publicKey(registrar);
    const input = suite.prepare(message);
    const { blindedMsg, inv } = await suite.blind(key, input);
    const pem = join(scratch, `registrar-${i}.pem`);
    writeFileSync(pem, keys.registrars[i].private_key_pem);
    const [answer] = peer(["sign", pem], [blindedMsg]);
    const signature = await suite.finalize(key, input, Buffer.from(answer, "hex"), inv);
    return { prefix: Buffer.from(input.subarray(0, 32)), signature: Buffer.from(signature) };
  }));
}

const tallyKeys = () => all(fields, TRUSTEES).map((trustee) => all(fieldsOf(trustee), 1)[0]);

// The plaintext, sealed to the last key first.
function seal(ballotKey, choices, order = tallyKeys()) {
  const length = Number(all(fields, LENGTH)[0]);
  const plaintext = Buffer.alloc(length);
  Buffer.concat([ballotKey, u16(choices.length), choices]).copy(plaintext);
  return order.reduceRight((layer, key) => Buffer.from(sodium.crypto_box_seal(layer, key)), plaintext);
}

// A mark for the first option of every contest: a vote, a score of 1 or a first rank.
function firstOptions() {
  const enough = (contest) => Number(all(contest, 5)[0] ?? 0n) <= 1;
  return Buffer.concat(all(fields, CONTESTS).map((contest) => (enough(fieldsOf(contest)) ? Buffer.concat([u16(1), u16(0), u16(1)]) : u16(0))));
}

async function cast({ credentials, sealed, signer } = {}) {
  const pair = sodium.crypto_sign_keypair();
  const key = Buffer.from(pair.publicKey);
  const ballot = {
    magic: Buffer.from("PLB1"),
    manifestHash,
    key,
    credentials: credentials?.(await collect(key)) ?? (await collect(key)),
    sealed: sealed?.(key) ?? seal(key, firstOptions()),
  };
  const secret = signer ?? pair.privateKey;
  return ballotBytes(ballot, { sign: (...parts) => Buffer.from(sodium.crypto_sign_detached(Buffer.concat(parts), secret)) });
}

function checked(...ballots) {
  return peer(["check", join(bundle, "manifest"), join(bundle, "tally-secrets")], ballots);
}

test("our rules take ballots made by others' libraries", async () => {
  const ballots = [await cast(), await cast()];
  const expected = `counts ${firstOptions().toString("hex")}`;
  assert.deepEqual(checked(...ballots), [expected, expected]);
});

test("our rules refuse their ballot without one registrar's credential", async () => {
  const ballot = await cast({ credentials: ([first, second]) => [first, { ...second, signature: first.signature }] });
  assert.deepEqual(checked(ballot), ["refused CREDENTIAL_INVALID"]);
});

test("our rules refuse their ballot under another key's signature", async () => {
  const ballot = await cast({ signer: sodium.crypto_sign_keypair().privateKey });
  assert.deepEqual(checked(ballot), ["refused BALLOT_SIGNATURE_INVALID"]);
});

test("our count spoils what they sealed in another order, or copied", async () => {
  const reversed = await cast({ sealed: (key) => seal(key, firstOptions(), tallyKeys().reverse()) });
  const copied = await cast({ sealed: () => seal(Buffer.alloc(32, 1), firstOptions()) });
  const unmarked = await cast({ sealed: (key) => seal(key, u16(1)) });
  assert.deepEqual(checked(reversed, copied, unmarked), ["spoilt OPEN", "spoilt PK", "spoilt CHOICES"]);
});

test("their library refuses an answer that is no blind signature", async () => {
  const key = await publicKey(all(fields, REGISTRARS)[0]);
  const input = suite.prepare(Buffer.from("message"));
  const { blindedMsg, inv } = await suite.blind(key, input);
  await assert.rejects(suite.finalize(key, input, blindedMsg, inv));
});

test("our registrar refuses a blinded message outside of its modulus", () => {
  const pem = join(scratch, "registrar.pem");
  writeFileSync(pem, keys.registrars[0].private_key_pem);
  const answers = peer(["sign", pem], [Buffer.alloc(384), Buffer.alloc(384, 0xff), Buffer.alloc(383, 1)]);
  assert.deepEqual(answers, ["refused BLINDED_MESSAGE_OUT_OF_RANGE", "refused BLINDED_MESSAGE_OUT_OF_RANGE", "refused LENGTH_UNEXPECTED"]);
});

test("our checkpoints are, to the byte, signed notes as Node's own Ed25519 makes them", () => {
  const files = { "log/tile/entries/000.p/5": readFileSync(join(bundle, "log/tile/entries/000.p/5")) };
  const leaves = leavesOf(files);
  const origin = fields[0][1].toString();
  const box = ed25519(Buffer.from(keys.box_seed, "hex"));
  const notes = splitNotes(readFileSync(join(bundle, "log/checkpoints")));
  assert.ok(notes.length >= 2);
  for (const ours of notes) {
    const size = Number(ours.toString().split("\n")[1]);
    const theirs = note(checkpointText(origin, size, root(leaves.slice(0, size))), origin, box);
    assert.equal(ours.toString(), theirs.toString());
  }
});
