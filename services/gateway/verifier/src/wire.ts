// The wire format of protocol buffers, as far as the manifest needs it: varints and length-delimited fields.

import { concat, type Bytes } from "./bytes.ts";

export class WireFault extends Error {}

export type Field = { number: number; value: bigint | Bytes };

const VARINT = 0;
const LENGTH_DELIMITED = 2;

// A varint of at most 64 bits, and where it ends. Overlong spellings pass; who needs one spelling writes it again.
function readVarint(bytes: Bytes, start: number): [bigint, number] {
  let value = 0n;
  for (let i = 0; i < 10; ++i) {
    if (start + i >= bytes.length) throw new WireFault("cut short in a number");
    const byte = bytes[start + i]!;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) {
      if (value >> 64n) throw new WireFault("number of more than 64 bits");
      return [value, start + i + 1];
    }
  }
  throw new WireFault("number of more than ten bytes");
}

// All fields of a message in the order in which they stand.
export function readFields(bytes: Bytes): Field[] {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    let tag: bigint;
    [tag, at] = readVarint(bytes, at);
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    let value: bigint;
    [value, at] = readVarint(bytes, at);
    if (type === VARINT) {
      fields.push({ number, value });
    } else if (type === LENGTH_DELIMITED) {
      if (value > BigInt(bytes.length - at)) throw new WireFault("cut short in a field");
      const end = at + Number(value);
      fields.push({ number, value: bytes.subarray(at, end) });
      at = end;
    } else {
      throw new WireFault("field of a type that no manifest has");
    }
  }
  return fields;
}

function varint(value: bigint): Bytes {
  const bytes: number[] = [];
  while (value >= 0x80n) {
    bytes.push(Number(value & 0x7fn) | 0x80);
    value >>= 7n;
  }
  bytes.push(Number(value));
  return Uint8Array.from(bytes);
}

// Writes fields in the one spelling: minimal varints, default values left out. The caller keeps the order.
export class FieldWriter {
  #parts: Bytes[] = [];

  number(field: number, value: bigint | number | boolean): this {
    const whole = BigInt(value);
    if (whole !== 0n) this.#parts.push(varint(BigInt(field << 3) | BigInt(VARINT)), varint(whole));
    return this;
  }

  bytes(field: number, value: Bytes): this {
    return value.length === 0 ? this : this.element(field, value);
  }

  // One of a repeated field: written even when it is empty.
  element(field: number, value: Bytes): this {
    this.#parts.push(varint(BigInt(field << 3) | BigInt(LENGTH_DELIMITED)), varint(BigInt(value.length)), value);
    return this;
  }

  finish(): Bytes {
    return concat(...this.#parts);
  }
}
