// Signatures of Ed25519 that some verifiers take and libsodium does not. RFC 8032, section 5.1, with whole numbers of
// any size: slow, and good for nothing else.
import crypto from "node:crypto";

const P = 2n ** 255n - 19n;
export const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const mod = (a) => ((a % P) + P) % P;
function power(base, exponent) {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
  return result;
}
const inverse = (a) => power(a, P - 2n);
const D = mod(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

function add([x1, y1], [x2, y2]) {
  const k = mod(D * mod(x1 * x2) * mod(y1 * y2));
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + k)), mod((y1 * y2 + x1 * x2) * inverse(1n - k))];
}
function times(scalar, point) {
  let result = [0n, 1n];
  for (let p = point, s = scalar; s > 0n; s >>= 1n, p = add(p, p)) if (s & 1n) result = add(result, p);
  return result;
}
function pointAt(y) {
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(x * x) !== square) return null;
  return [x & 1n ? P - x : x, y];
}

const BASE = pointAt(mod(4n * inverse(5n)));
// A point of order 8.
const TORSION = (() => {
  for (let y = 3n; ; ++y) {
    const point = pointAt(y);
    const torsion = point && times(ORDER, point);
    if (torsion && times(4n, torsion).some((c, i) => c !== BigInt(i))) return torsion;
  }
})();

export function littleEndian(value) {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse();
}
export const number = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
const encode = ([x, y]) => littleEndian(y | ((x & 1n) << 255n));

function challenge(r, key, message) {
  const hash = crypto.createHash("sha512").update(r).update(key).update(message).digest();
  return number(hash) % ORDER;
}

function scalarOf(seed) {
  const hash = crypto.createHash("sha512").update(seed).digest().subarray(0, 32);
  hash[0] &= 248;
  hash[31] = (hash[31] & 127) | 64;
  return number(hash);
}

// Made by the owner of the key, and valid only where both sides are multiplied by the cofactor.
export function signCofactored(seed, key, message) {
  const nonce = 123456789n;
  const r = encode(add(times(nonce, BASE), TORSION));
  const s = (nonce + challenge(r, key, message) * scalarOf(seed)) % ORDER;
  return Buffer.concat([r, littleEndian(s)]);
}

// The same signature with the order added to its scalar: the equation holds, the spelling is not the one.
export function addOrder(signature) {
  return Buffer.concat([signature.subarray(0, 32), littleEndian(number(signature.subarray(32)) + ORDER)]);
}

// The neutral point as a key, and a signature for any message under it.
export const NEUTRAL_KEY = littleEndian(1n);
export const NEUTRAL_SIGNATURE = Buffer.concat([encode(times(5n, BASE)), littleEndian(5n)]);
