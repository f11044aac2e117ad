// The manifest: protos/plenary/election/v1/manifest.proto, read by hand and written again, so that a manifest has one
// spelling. What a manifest has to hold is in manifest_rules.ts.

import { ascii, equal, type Bytes } from "./bytes.ts";
import { FieldWriter, readFields, WireFault, type Field } from "./wire.ts";

// The numbers of CountingMethod.
export const Method = {
  BLOCK_PLURALITY: 1,
  APPROVAL: 2,
  SCORE: 3,
  INSTANT_RUNOFF: 4,
  SCOTTISH_STV: 5,
  MEEK_STV: 6,
  SCHULZE: 7,
  RANKED_PAIRS: 8,
} as const;

export type Option = { name: string; displayName: string; pictureUri: string };

export type Contest = {
  name: string;
  displayName: string;
  method: number;
  seats: number;
  minMarks: number;
  maxMarks: number;
  options: Option[];
  maxScore: number;
  noneOfThese: boolean;
};

export type Registrar = { rsaN: Bytes; rsaE: Bytes; listKey: Bytes };

export type Trustee = { tallyKey: Bytes; shareSha256: Bytes[] };

export type Manifest = {
  origin: string;
  displayName: string;
  contests: Contest[];
  issuingOpens: bigint;
  issuingCloses: bigint;
  votingOpens: bigint;
  votingCloses: bigint;
  rollSha256: Bytes;
  rollCount: number;
  registrars: Registrar[];
  boxKey: Bytes;
  choicesLength: number;
  trustees: Trustee[];
  threshold: number;
};

export function ranked(method: number): boolean {
  return method >= Method.INSTANT_RUNOFF;
}

// Whether a ballot may give several options the same rank.
export function sharesRanks(method: number): boolean {
  return method === Method.SCHULZE || method === Method.RANKED_PAIRS;
}

// The fields of one message, by number. A value of the wrong wire type is a fault; a field that the message does not
// know stays unread, and is missed when the message is written again.
class Message {
  readonly #fields: Field[];

  constructor(bytes: Bytes) {
    this.#fields = readFields(bytes);
  }

  #all(number: number): Field[] {
    return this.#fields.filter((field) => field.number === number);
  }

  u64(number: number): bigint {
    const value = this.#all(number).at(-1)?.value ?? 0n;
    if (typeof value !== "bigint") throw new WireFault(`field ${number} is not a number`);
    return value;
  }

  u32(number: number): number {
    return Number(BigInt.asUintN(32, this.u64(number)));
  }

  repeated(number: number): Bytes[] {
    return this.#all(number).map(({ value }) => {
      if (typeof value === "bigint") throw new WireFault(`field ${number} is a number`);
      return value;
    });
  }

  bytes(number: number): Bytes {
    return this.repeated(number).at(-1) ?? new Uint8Array();
  }

  text(number: number): string {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.bytes(number));
  }
}

function readOption(bytes: Bytes): Option {
  const message = new Message(bytes);
  return { name: message.text(1), displayName: message.text(2), pictureUri: message.text(3) };
}

function readContest(bytes: Bytes): Contest {
  const message = new Message(bytes);
  return {
    name: message.text(1),
    displayName: message.text(2),
    method: message.u32(3),
    seats: message.u32(4),
    minMarks: message.u32(5),
    maxMarks: message.u32(6),
    options: message.repeated(7).map(readOption),
    maxScore: message.u32(8),
    noneOfThese: message.u64(9) !== 0n,
  };
}

function readRegistrar(bytes: Bytes): Registrar {
  const message = new Message(bytes);
  return { rsaN: message.bytes(1), rsaE: message.bytes(2), listKey: message.bytes(3) };
}

function readTrustee(bytes: Bytes): Trustee {
  const message = new Message(bytes);
  return { tallyKey: message.bytes(1), shareSha256: message.repeated(2) };
}

function read(bytes: Bytes): Manifest {
  const message = new Message(bytes);
  return {
    origin: message.text(1),
    displayName: message.text(2),
    contests: message.repeated(3).map(readContest),
    issuingOpens: message.u64(4),
    issuingCloses: message.u64(5),
    votingOpens: message.u64(6),
    votingCloses: message.u64(7),
    rollSha256: message.bytes(8),
    rollCount: message.u32(9),
    registrars: message.repeated(10).map(readRegistrar),
    boxKey: message.bytes(11),
    choicesLength: message.u32(12),
    trustees: message.repeated(13).map(readTrustee),
    threshold: message.u32(14),
  };
}

function writeOption(option: Option): Bytes {
  return new FieldWriter()
    .bytes(1, ascii(option.name))
    .bytes(2, ascii(option.displayName))
    .bytes(3, ascii(option.pictureUri))
    .finish();
}

function writeContest(contest: Contest): Bytes {
  const writer = new FieldWriter()
    .bytes(1, ascii(contest.name))
    .bytes(2, ascii(contest.displayName))
    .number(3, contest.method)
    .number(4, contest.seats)
    .number(5, contest.minMarks)
    .number(6, contest.maxMarks);
  for (const option of contest.options) writer.element(7, writeOption(option));
  return writer.number(8, contest.maxScore).number(9, contest.noneOfThese).finish();
}

function writeTrustee(trustee: Trustee): Bytes {
  const writer = new FieldWriter().bytes(1, trustee.tallyKey);
  for (const hash of trustee.shareSha256) writer.element(2, hash);
  return writer.finish();
}

export function writeManifest(manifest: Manifest): Bytes {
  const writer = new FieldWriter().bytes(1, ascii(manifest.origin)).bytes(2, ascii(manifest.displayName));
  for (const contest of manifest.contests) writer.element(3, writeContest(contest));
  writer
    .number(4, manifest.issuingOpens)
    .number(5, manifest.issuingCloses)
    .number(6, manifest.votingOpens)
    .number(7, manifest.votingCloses)
    .bytes(8, manifest.rollSha256)
    .number(9, manifest.rollCount);
  for (const { rsaN, rsaE, listKey } of manifest.registrars) {
    writer.element(10, new FieldWriter().bytes(1, rsaN).bytes(2, rsaE).bytes(3, listKey).finish());
  }
  writer.bytes(11, manifest.boxKey).number(12, manifest.choicesLength);
  for (const trustee of manifest.trustees) writer.element(13, writeTrustee(trustee));
  return writer.number(14, manifest.threshold).finish();
}

// Null unless the bytes are a manifest in its one spelling: what is read and written again gives the same bytes.
export function readManifest(bytes: Bytes): Manifest | null {
  let manifest: Manifest;
  try {
    manifest = read(bytes);
  } catch (fault) {
    if (fault instanceof WireFault || fault instanceof TypeError) return null; // TypeError: text that is not UTF-8
    throw fault;
  }
  return equal(writeManifest(manifest), bytes) ? manifest : null;
}
