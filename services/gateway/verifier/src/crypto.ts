// The few primitives, all of them others' code: libsodium for Curve25519 (its rules are the format's: small-order and
// non-canonical keys are refused), WebCrypto for SHA-256 and RSASSA-PSS.

import sodium from "libsodium-wrappers";
import type { Bytes } from "./bytes.ts";

// To be awaited once before anything else here.
export async function ready(): Promise<void> {
  await sodium.ready;
  if (!globalThis.crypto?.subtle) {
    throw new Error("WebCrypto is missing: open this page from a file, from localhost or by https");
  }
}

export async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// Ed25519 by libsodium's rules. False for a key or signature of a wrong length, too.
export function ed25519Verifies(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64 || key.length !== 32) return false;
  return sodium.crypto_sign_verify_detached(signature, message, key);
}

// The X25519 public key of a clamped secret.
export function x25519PublicKey(secret: Uint8Array): Uint8Array {
  return sodium.crypto_scalarmult_base(secret);
}

// Whether every clamped secret gives zero with this public key.
export function x25519SmallOrder(key: Uint8Array): boolean {
  const anySecret = new Uint8Array(32);
  anySecret[0] = 8;
  anySecret[31] = 64;
  try {
    return sodium.crypto_scalarmult(anySecret, key).every((byte) => byte === 0);
  } catch {
    return true; // libsodium refuses to give the zero
  }
}

// What crypto_box_seal sealed; null when it does not open.
export function sealOpen(sealed: Uint8Array, publicKey: Uint8Array, secret: Uint8Array): Uint8Array | null {
  try {
    return sodium.crypto_box_seal_open(sealed, publicKey, secret);
  } catch {
    return null;
  }
}

function base64url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// A key of RSASSA-PSS, SHA-384, MGF1-SHA-384, from big-endian bytes. WebCrypto refuses keys with the identifier of
// RSASSA-PSS, so it takes n and e as they are (JWK).
export class RsaPssKey {
  #key: Promise<CryptoKey>;
  #size: number;

  constructor(n: Uint8Array, e: Uint8Array) {
    this.#size = n.length;
    const jwk = { kty: "RSA", alg: "PS384", n: base64url(n), e: base64url(e), ext: true, key_ops: ["verify"] };
    this.#key = crypto.subtle.importKey("jwk", jwk, { name: "RSA-PSS", hash: "SHA-384" }, false, ["verify"]);
    this.#key.catch(() => undefined); // a key that cannot be used verifies nothing
  }

  // With a salt of exactly 48 bytes; the signature as long as n, though WebCrypto takes one without its leading zeros.
  async verifies(signature: Bytes, message: Bytes): Promise<boolean> {
    if (signature.length !== this.#size) return false;
    try {
      return await crypto.subtle.verify({ name: "RSA-PSS", saltLength: 48 }, await this.#key, signature, message);
    } catch {
      return false;
    }
  }
}
