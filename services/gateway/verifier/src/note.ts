// Checkpoints of the log: c2sp.org tlog-checkpoint in a signed note with exactly one signature.

import { ascii, concat, equal, type Bytes } from "./bytes.ts";
import { ed25519Verifies, sha256 } from "./crypto.ts";

export type Checkpoint = { size: bigint; root: Bytes };

// "— ", an em dash and a blank, begins the line of a signature.
const SIGNATURE_LINE = /^\u2014 ([^\n]*) ([A-Za-z0-9+/=]*)\n$/;
const ED25519 = 1;
const LARGEST_SIZE = (1n << 64n) - 1n;

// Standard base64 with padding, in its one spelling; null otherwise.
function base64(text: string): Bytes | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return null;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return btoa(String.fromCharCode(...bytes)) === text ? bytes : null;
}

// First four bytes of SHA-256(name ‖ newline ‖ 1 ‖ key).
async function keyId(name: string, key: Uint8Array): Promise<Bytes> {
  return (await sha256(concat(ascii(name), Uint8Array.of(0x0a, ED25519), key))).slice(0, 4);
}

// The checkpoint of a note; null unless the note is spelt as it has to be, of this origin, and signed by this key.
export async function openCheckpoint(note: Bytes, origin: string, key: Bytes): Promise<Checkpoint | null> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(note);
  } catch {
    return null;
  }
  const lines = text.split("\n");
  // origin, size, root, nothing, signature, and nothing behind the last newline
  if (lines.length !== 6 || lines[3] !== "" || lines[5] !== "" || lines[0] !== origin) return null;
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(lines[1]!)) return null;
  const size = BigInt(lines[1]!);
  const root = base64(lines[2]!);
  const line = SIGNATURE_LINE.exec(lines[4] + "\n");
  if (size > LARGEST_SIZE || root?.length !== 32 || line?.[1] !== origin) return null;

  const signed = base64(line[2]!);
  if (signed?.length !== 68 || !equal(signed.subarray(0, 4), await keyId(origin, key))) return null;
  const message = ascii(`${lines[0]}\n${lines[1]}\n${lines[2]}\n`);
  return ed25519Verifies(signed.subarray(4), message, key) ? { size, root } : null;
}
