// The small encoder of the doctor: a bundle as values that can be changed, and back to files. Written apart from both
// verifiers, with Node's own cryptography, so that a slip in one of them does not hide in here.
import crypto from "node:crypto";

export const sha256 = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest();
export const u16 = (value) => Buffer.from([value >> 8, value & 255]);
export const u32 = (value) => Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);

// Node takes raw keys of Curve25519 only inside their DER frames.
const ED25519_PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex");
const ED25519_PUBLIC = 12; // bytes of frame ahead of the key

export function ed25519(seed) {
  const key = crypto.createPrivateKey({ key: Buffer.concat([ED25519_PRIVATE, seed]), format: "der", type: "pkcs8" });
  const publicKey = crypto.createPublicKey(key).export({ format: "der", type: "spki" }).subarray(ED25519_PUBLIC);
  return { publicKey, sign: (...parts) => crypto.sign(null, Buffer.concat(parts), key) };
}

// --- protocol buffers: a message as a list of [number, value]; a value is a number or bytes ---------------------

function readVarint(bytes, at) {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[at++];
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [value, at];
  }
}

export function fieldsOf(bytes) {
  const fields = [];
  for (let at = 0; at < bytes.length; ) {
    let tag, value;
    [tag, at] = readVarint(bytes, at);
    [value, at] = readVarint(bytes, at);
    if (tag & 7n) {
      const end = at + Number(value);
      value = bytes.subarray(at, end);
      at = end;
    }
    fields.push([Number(tag >> 3n), value]);
  }
  return fields;
}

export function varint(value) {
  const bytes = [];
  for (let left = BigInt(value); ; left >>= 7n) {
    bytes.push(Number(left & 127n) | (left > 127n ? 128 : 0));
    if (left <= 127n) return Buffer.from(bytes);
  }
}

export function bytesOf(fields) {
  const parts = fields.flatMap(([number, value]) =>
    typeof value === "object"
      ? [varint(number * 8 + 2), varint(value.length), value]
      : [varint(number * 8), varint(value)],
  );
  return Buffer.concat(parts);
}

// --- log -----------------------------------------------------------------------------------------------------

export function root(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.from([0]), leaves[0]);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.from([1]), root(leaves.slice(0, split)), root(leaves.slice(split)));
}

export const checkpointText = (origin, size, hash) => `${origin}\n${size}\n${hash.toString("base64")}\n`;

// A signed note of a text; `name` and `key` as the note claims them.
export function note(text, name, box, publicKey = box.publicKey) {
  const id = sha256(Buffer.from(`${name}\n\x01`), publicKey).subarray(0, 4);
  const signature = Buffer.concat([id, box.sign(Buffer.from(text))]).toString("base64");
  return Buffer.from(`${text}\n\u2014 ${name} ${signature}\n`);
}

export const joinNotes = (notes) => Buffer.concat(notes.flatMap((each) => [u16(each.length), each]));

export function splitNotes(bytes) {
  const notes = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt16BE(at);
    notes.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return notes;
}

function tilePath(tile) {
  let path = String(tile % 1000).padStart(3, "0");
  for (let rest = Math.floor(tile / 1000); rest; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, "0")}/${path}`;
  }
  return `log/tile/entries/${path}`;
}

export function tiles(leaves) {
  const files = {};
  for (let from = 0; from < leaves.length; from += 256) {
    const part = leaves.slice(from, from + 256);
    const path = tilePath(from / 256) + (part.length < 256 ? `.p/${part.length}` : "");
    files[path] = Buffer.concat(part.flatMap((leaf) => [u16(leaf.length), leaf]));
  }
  return files;
}

export function leavesOf(files) {
  const leaves = [];
  const paths = Object.keys(files).filter((path) => path.startsWith("log/tile/entries/"));
  for (const path of paths.sort((a, b) => a.includes(".p/") - b.includes(".p/") || (a < b ? -1 : 1))) {
    for (let at = 0; at < files[path].length; ) {
      const length = files[path].readUInt16BE(at);
      leaves.push(files[path].subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return leaves;
}

// --- records ---------------------------------------------------------------------------------------------------

export function closeRecord({ manifestHash, ballots, lists }) {
  return Buffer.concat([Buffer.from("PLC1"), manifestHash, u32(ballots), ...lists.map((list) => sha256(list))]);
}

export function rollBytes(units) {
  return Buffer.concat([Buffer.from("PLR1"), u32(units.length), ...units]);
}

export const unitsOfRoll = (roll) => {
  const units = [];
  for (let at = 8; at < roll.length; at += 16) units.push(roll.subarray(at, at + 16));
  return units;
};

// A list as values; `lines` are unit and hash together.
export function listOf(bytes) {
  const lines = [];
  for (let at = 41; at + 48 <= bytes.length - 64; at += 48) lines.push(bytes.subarray(at, at + 48));
  return { magic: bytes.subarray(0, 4), manifestHash: bytes.subarray(4, 36), registrar: bytes[36], lines };
}

export function listBytes({ magic, manifestHash, registrar, lines }, key, count = lines.length) {
  const body = Buffer.concat([magic, manifestHash, Buffer.from([registrar]), u32(count), ...lines]);
  return Buffer.concat([body, key.sign(Buffer.from("plenary-issuance-v1"), body)]);
}

export function ballotOf(bytes, registrars) {
  const credentials = Array.from({ length: registrars }, (_, i) => {
    const at = 68 + 416 * i;
    return { prefix: bytes.subarray(at, at + 32), signature: bytes.subarray(at + 32, at + 416) };
  });
  return {
    magic: bytes.subarray(0, 4),
    manifestHash: bytes.subarray(4, 36),
    key: bytes.subarray(36, 68),
    credentials,
    sealed: bytes.subarray(68 + 416 * registrars, -64),
    signature: bytes.subarray(-64),
  };
}

export function ballotBody({ magic, manifestHash, key, credentials, sealed }) {
  const parts = credentials.flatMap(({ prefix, signature }) => [prefix, signature]);
  return Buffer.concat([magic, manifestHash, key, ...parts, sealed]);
}

export const BALLOT_TAG = Buffer.from("plenary-ballot-v1");

// Signs with `ballotKey`, or takes the signature that the ballot has when there is none.
export function ballotBytes(ballot, ballotKey) {
  const body = ballotBody(ballot);
  return Buffer.concat([body, ballotKey ? ballotKey.sign(BALLOT_TAG, body) : ballot.signature]);
}

// What a registrar signs for a ballot key.
export function credentialMessage(prefix, manifestHash, key) {
  return Buffer.concat([prefix, Buffer.from("plenary-credential-v1"), manifestHash, key]);
}

// RSASSA-PSS as a registrar's blind signature comes out.
export function signCredential(registrar, message, { saltLength = 48, hash = "sha384" } = {}) {
  const padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
  return crypto.sign(hash, message, { key: registrar, padding, saltLength });
}
