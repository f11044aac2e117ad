// What others' code has to refuse for both verifiers to agree.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import { before, test } from "node:test";
import sodium from "libsodium-wrappers";
import { ascii, concat } from "../src/bytes.ts";
import { ed25519Verifies, ready, RsaPssKey, sealOpen, x25519PublicKey, x25519SmallOrder } from "../src/crypto.ts";
import { bytes } from "./sources.ts";

before(ready);

// Of one key; the second holds only where both sides are multiplied by the cofactor.
const KEY = "ef98590794e80680c97011dec0378b3a92eb97b4d58b84e6efbb07b3704a2078";
const MESSAGE = ascii("hello");

test("takes a good signature", () => {
  assert.ok(ed25519Verifies(bytes("3e54c441927f9f0ee5e13e34f0b0404c5043651a8f4b7ef087a1c42262a85d0ae94a26d8447dd981c3fb6abf25a0971011ac747fd12dbdb07658113ad84e8904"), MESSAGE, bytes(KEY)));
});

test("refuses a signature that holds only with the cofactor", () => {
  assert.ok(!ed25519Verifies(bytes("5b61c2e3b93e6c06450f327ea72cdfeb8cde6aa020d2dd827ab3f86e708c839367c1d66582fb0a53a034558f9c7467db923f30e827347d5d2fec655f25e4e70c"), MESSAGE, bytes(KEY)));
});

test("refuses keys and signatures of a wrong length", () => {
  assert.ok(!ed25519Verifies(bytes("3e54c441927f9f0ee5e13e34f0b0404c5043651a8f4b7ef087a1c42262a85d0ae94a26d8447dd981c3fb6abf25a0971011ac747fd12dbdb07658113ad84e8904").subarray(1), MESSAGE, bytes(KEY)));
  assert.ok(!ed25519Verifies(bytes("3e54c441927f9f0ee5e13e34f0b0404c5043651a8f4b7ef087a1c42262a85d0ae94a26d8447dd981c3fb6abf25a0971011ac747fd12dbdb07658113ad84e8904"), MESSAGE, bytes(KEY).subarray(1)));
});

// The neutral point and its other spellings, with a signature that solves the equation for every message.
const BASE_TIMES_FIVE = "edc876d6831fd2105d0b4389ca2e283166469289146e2ce06faefe98b22548df";
const SOLVES = BASE_TIMES_FIVE + "05".padEnd(64, "0");
for (const key of ["01".padEnd(64, "0"), "01".padEnd(62, "0") + "80", "ee" + "ff".repeat(30) + "7f", "00".repeat(32)]) {
  test(`refuses the ballot key ${key.slice(0, 4)}…${key.slice(-2)} of small order`, () => {
    assert.ok(!ed25519Verifies(bytes(SOLVES), MESSAGE, bytes(key)));
  });
}

test("knows tally keys of small order in every spelling", () => {
  const small = ["00".repeat(32), "01".padEnd(64, "0"), "ec" + "ff".repeat(30) + "7f", "ed" + "ff".repeat(30) + "7f",
    "ee" + "ff".repeat(30) + "7f", "00".repeat(31) + "80",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"];
  for (const key of small) assert.ok(x25519SmallOrder(bytes(key)), key);
  assert.ok(!x25519SmallOrder(bytes("09".padEnd(64, "0"))));
});

test("opens a sealed layer, and none whose ephemeral key is zero", () => {
  const secret = bytes("08".padEnd(62, "0") + "40");
  const key = x25519PublicKey(secret);
  assert.deepEqual(sealOpen(sodium.crypto_box_seal(MESSAGE, key), key, secret), Uint8Array.from(MESSAGE));
  // HSalsa20 of zeros is the key that a shared secret of zero gives.
  const zeroKey = bytes("351f86faa3b988468a850122b65b0acece9c4826806aeee63de9c0da2bd7f91e");
  const ephemeral = new Uint8Array(32);
  const nonce = sodium.crypto_generichash(24, concat(ephemeral, key), null);
  const box = sodium.crypto_secretbox_easy(MESSAGE, nonce, zeroKey);
  assert.equal(sealOpen(concat(ephemeral, box), key, secret), null);
});

test("takes a salt of exactly 48 bytes and SHA-384", async () => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 3072 });
  const { n, e } = publicKey.export({ format: "jwk" });
  const key = new RsaPssKey(Buffer.from(n!, "base64url"), Buffer.from(e!, "base64url"));
  const sign = (hash: string, saltLength: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(crypto.sign(hash, MESSAGE, { key: privateKey, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength }));
  assert.ok(await key.verifies(sign("sha384", 48), MESSAGE));
  for (const salt of [0, 20, 32, 47, 49, 64]) assert.ok(!(await key.verifies(sign("sha384", salt), MESSAGE)), `salt ${salt}`);
  assert.ok(!(await key.verifies(sign("sha256", 48), MESSAGE)));
  assert.ok(!(await key.verifies(sign("sha384", 48), ascii("other"))));
});

test("takes no signature without its leading zero", async () => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 1024 });
  const { n, e } = publicKey.export({ format: "jwk" });
  const key = new RsaPssKey(Buffer.from(n!, "base64url"), Buffer.from(e!, "base64url"));
  const padding = crypto.constants.RSA_PKCS1_PSS_PADDING;
  // Salted: one in some two hundred begins with a zero.
  let signature: Uint8Array<ArrayBuffer>;
  do {
    signature = new Uint8Array(crypto.sign("sha384", MESSAGE, { key: privateKey, padding, saltLength: 48 }));
  } while (signature[0] !== 0);
  assert.ok(await key.verifies(signature, MESSAGE));
  assert.ok(!(await key.verifies(signature.subarray(1), MESSAGE)));
});

test("verifies nothing with a modulus that is no key", async () => {
  assert.ok(!(await new RsaPssKey(new Uint8Array(384), Uint8Array.of(1, 0, 1)).verifies(new Uint8Array(384), MESSAGE)));
});
