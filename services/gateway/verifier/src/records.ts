// The records of an election: roll, issuance list, close record, ballot. Each reader gives null unless the bytes have
// exactly the length and the form; signatures are checked by whoever asks for them.

import { ascii, compare, concat, equal, Reader, type Bytes } from "./bytes.ts";

const UNIT = 16;
const HASH = 32;
const LINE = UNIT + HASH;
const PREFIX = 32;
const RSA = 384;
const ED25519 = 64;

function ascending(units: readonly Bytes[]): boolean {
  return units.every((unit, i) => i === 0 || compare(units[i - 1]!, unit) < 0);
}

// The units of `PLR1 ‖ u32 count ‖ count x unit`, strictly ascending.
export function readRoll(bytes: Bytes): Bytes[] | null {
  const reader = new Reader(bytes);
  if (reader.left < 8 || !equal(reader.take(4), ascii("PLR1"))) return null;
  const count = reader.u32();
  if (reader.left !== count * UNIT) return null;
  const units = Array.from({ length: count }, () => reader.take(UNIT));
  return ascending(units) ? units : null;
}

export type IssuanceList = {
  manifestHash: Bytes;
  registrar: number;
  // Strictly ascending.
  units: Bytes[];
  signature: Bytes;
  // What is signed.
  message: Bytes;
};

// `PLI1 ‖ manifest_hash ‖ u8 registrar ‖ u32 count ‖ count x (unit ‖ hash) ‖ signature`.
export function readIssuanceList(bytes: Bytes): IssuanceList | null {
  const reader = new Reader(bytes);
  if (reader.left < 4 + HASH + 1 + 4 || !equal(reader.take(4), ascii("PLI1"))) return null;
  const manifestHash = reader.take(HASH);
  const registrar = reader.u8();
  const count = reader.u32();
  if (reader.left !== count * LINE + ED25519) return null;
  const units = Array.from({ length: count }, () => reader.take(LINE).subarray(0, UNIT));
  const message = concat(ascii("plenary-issuance-v1"), bytes.subarray(0, reader.position));
  return ascending(units) ? { manifestHash, registrar, units, message, signature: reader.take(ED25519) } : null;
}

export type CloseRecord = { manifestHash: Bytes; ballots: number; listHashes: Bytes[] };

// `PLC1 ‖ manifest_hash ‖ u32 ballots ‖ registrars x hash`.
export function readCloseRecord(bytes: Bytes, registrars: number): CloseRecord | null {
  const reader = new Reader(bytes);
  if (reader.left !== 4 + HASH + 4 + registrars * HASH || !equal(reader.take(4), ascii("PLC1"))) return null;
  const manifestHash = reader.take(HASH);
  const ballots = reader.u32();
  return { manifestHash, ballots, listHashes: Array.from({ length: registrars }, () => reader.take(HASH)) };
}

export type Ballot = {
  manifestHash: Bytes;
  key: Bytes;
  // By registrar: what it signed, and its signature.
  credentials: { message: Bytes; signature: Bytes }[];
  sealed: Bytes;
  // What the ballot's key signed, and its signature.
  message: Bytes;
  signature: Bytes;
};

// `PLB1 ‖ manifest_hash ‖ key ‖ registrars x (prefix ‖ signature) ‖ sealed ‖ signature`; `length` in bytes.
export function readBallot(bytes: Bytes, length: number, registrars: number): Ballot | null {
  const reader = new Reader(bytes);
  if (reader.left !== length || !equal(reader.take(4), ascii("PLB1"))) return null;
  const manifestHash = reader.take(HASH);
  const key = reader.take(32);
  const credentials = Array.from({ length: registrars }, () => {
    const prefix = reader.take(PREFIX);
    return { message: concat(prefix, ascii("plenary-credential-v1"), manifestHash, key), signature: reader.take(RSA) };
  });
  const sealed = reader.take(reader.left - ED25519);
  const message = concat(ascii("plenary-ballot-v1"), bytes.subarray(0, reader.position));
  return { manifestHash, key, credentials, sealed, message, signature: reader.take(ED25519) };
}
