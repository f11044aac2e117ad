// Manifests that are none, each with one rule broken.
import { bytesOf, fieldsOf, sha256, varint } from "./encoding.mjs";

const ORIGIN = 1, NAME = 2, CONTESTS = 3, ISSUING_OPENS = 4, ISSUING_CLOSES = 5, VOTING_OPENS = 6, VOTING_CLOSES = 7,
  ROLL_SHA256 = 8, REGISTRARS = 10, BOX_KEY = 11, LENGTH = 12, TRUSTEES = 13, THRESHOLD = 14;
const METHOD = 3, SEATS = 4, MIN_MARKS = 5, MAX_MARKS = 6, OPTIONS = 7, MAX_SCORE = 8, NONE_OF_THESE = 9;

// Fields with the first one of this number set, removed, or put in its place in the order.
function set(fields, number, value) {
  const others = fields.filter(([each]) => each !== number);
  if (value === undefined) return others;
  const at = others.findIndex(([each]) => each > number);
  others.splice(at === -1 ? others.length : at, 0, [number, value]);
  return others;
}
const all = (fields, number) => fields.filter(([each]) => each === number).map(([, value]) => value);
// All of a repeated field exchanged.
function setAll(fields, number, values) {
  const others = fields.filter(([each]) => each !== number);
  const at = others.findIndex(([each]) => each > number);
  others.splice(at === -1 ? others.length : at, 0, ...values.map((value) => [number, value]));
  return others;
}
const one = (fields, number) => all(fields, number)[0] ?? 0;
const big = (fields, number) => BigInt(one(fields, number));

// How a contest with these fields changes the length of a plaintext.
const room = (contest) => 4n * big(contest, MAX_MARKS);

class Editor {
  constructor(patient) {
    this.bytes = patient.manifest;
    this.fields = fieldsOf(patient.manifest);
    this.contests = all(this.fields, CONTESTS).map(fieldsOf);
    this.registrars = all(this.fields, REGISTRARS).map(fieldsOf);
    this.trustees = all(this.fields, TRUSTEES).map(fieldsOf);
  }

  with(number, value) {
    return bytesOf(set(this.fields, number, value));
  }

  // One contest changed; the length follows, so that nothing but the change is wrong.
  contest(index, change) {
    const changed = this.contests.map((contest, i) => (i === index ? change(contest) : contest));
    const length = big(this.fields, LENGTH) + room(changed[index]) - room(this.contests[index]);
    return bytesOf(set(setAll(this.fields, CONTESTS, changed.map(bytesOf)), LENGTH, length));
  }
  registrar(index, number, value) {
    const changed = this.registrars.map((each, i) => bytesOf(i === index ? set(each, number, value) : each));
    return bytesOf(setAll(this.fields, REGISTRARS, changed));
  }
  trustee(index, change) {
    const changed = this.trustees.map((each, i) => bytesOf(i === index ? change(each) : each));
    return bytesOf(setAll(this.fields, TRUSTEES, changed));
  }

  // The index of a contest for which this holds.
  find(holds) {
    return this.contests.findIndex(holds);
  }
}

function* spellings(editor) {
  const { fields, bytes } = editor;
  yield ["an unknown field", Buffer.concat([bytes, bytesOf([[15, 1n]])])];
  yield ["an unknown field in a contest", editor.contest(0, (contest) => [...contest, [15, 1n]])];
  yield ["a field twice", Buffer.concat([bytes, bytesOf([[THRESHOLD, big(fields, THRESHOLD)]])])];
  yield ["fields out of order", bytesOf([...fields.slice(1), fields[0]])];
  const [tag, value] = [varint(THRESHOLD * 8), varint(big(fields, THRESHOLD))];
  const head = bytes.subarray(0, bytes.length - tag.length - value.length);
  const overlong = Buffer.from([value[0] | 128, 0]);
  yield ["a number of two bytes where one does", Buffer.concat([head, tag, overlong])];
  const wide = varint(big(fields, THRESHOLD) + 2n ** 32n);
  yield ["a number that is the same in 32 bits", Buffer.concat([head, tag, wide])];
  yield ["a tag of two bytes where one does", Buffer.concat([head, Buffer.from([tag[0] | 128, 0]), value])];
  yield ["an unknown field of zero", bytesOf([...fields, [15, 0n]])];
  yield ["a score of 0 written", editor.contest(editor.find((c) => big(c, MAX_SCORE) === 0n), (c) => set(c, MAX_SCORE, 0n))];
  yield ["an empty picture written", editor.contest(0, (contest) => {
    const [first, ...others] = all(contest, OPTIONS);
    return setAll(contest, OPTIONS, [bytesOf(set(fieldsOf(first), 3, Buffer.alloc(0))), ...others]);
  })];
  yield ["a name that is not UTF-8", editor.with(NAME, Buffer.from([0x41, 0xff]))];
  yield ["a name with half a surrogate", editor.with(NAME, Buffer.from([0xed, 0xa0, 0x80]))];
  yield ["a name with an overlong character", editor.with(NAME, Buffer.from([0xc0, 0xaf]))];
  yield ["a byte less", bytes.subarray(0, -1)];
  yield ["a byte more", Buffer.concat([bytes, Buffer.from([0])])];
  yield ["nothing in it", Buffer.alloc(0)];
  yield ["a group in it", Buffer.concat([bytes, Buffer.from([0x7b, 0x7c])])];
  yield ["a bool of 2", editor.contest(editor.find((c) => big(c, NONE_OF_THESE) === 1n), (c) => set(c, NONE_OF_THESE, 2n))];
  yield ["65,536 bytes and more", editor.with(NAME, Buffer.alloc(65_536, 0x61))];
}

function* facts(editor) {
  const { fields, contests } = editor;
  const origin = one(fields, ORIGIN).toString();
  const texts = {
    "an origin of another collection": origin.replace("elections/", "election/"),
    "an origin in capitals": origin.toUpperCase(),
    "an origin with a letter that no id has": `${origin.slice(0, -2)}z${origin.at(-1)}`,
    "an origin with padding bits": `${origin.slice(0, -1)}1`,
    "an origin of 25 characters": origin.slice(0, -1),
    "an origin with a newline": `${origin}\n`,
    "an origin of 27 characters": `${origin}0`,
  };
  for (const [what, text] of Object.entries(texts)) yield [what, editor.with(ORIGIN, Buffer.from(text))];
  yield ["no contest", bytesOf(set(setAll(fields, CONTESTS, []), LENGTH, 34n))];
  const many = Array.from({ length: 51 }, () => contests[0]);
  const length = 34n + 51n * (2n + room(contests[0]));
  yield ["51 contests", bytesOf(set(setAll(fields, CONTESTS, many.map(bytesOf)), LENGTH, length))];
  for (const off of [-1n, 1n]) yield [`a length off by ${off}`, editor.with(LENGTH, big(fields, LENGTH) + off)];
  yield ["a roll hash of 31 bytes", editor.with(ROLL_SHA256, one(fields, ROLL_SHA256).subarray(1))];
  yield ["a box key of 31 bytes", editor.with(BOX_KEY, one(fields, BOX_KEY).subarray(1))];
  yield ["no box key", editor.with(BOX_KEY, undefined)];
  const times = { opens: big(fields, ISSUING_OPENS), closes: big(fields, ISSUING_CLOSES), end: big(fields, VOTING_CLOSES) };
  yield ["issuing that ends as it begins", editor.with(ISSUING_OPENS, times.closes)];
  yield ["issuing that ends after voting", editor.with(ISSUING_CLOSES, times.end + 1n)];
  yield ["voting that ends as it begins", editor.with(VOTING_OPENS, times.end)];
  yield ["voting that ends in the year 10000", editor.with(VOTING_CLOSES, 253_402_300_800n)];
  yield ["a threshold of 1", editor.with(THRESHOLD, 1n)];
  yield ["no threshold", editor.with(THRESHOLD, undefined)];
  yield ["a threshold above the trustees", editor.with(THRESHOLD, BigInt(editor.trustees.length + 1))];
}

function* contestFacts(editor) {
  const on = (index, number, value) => editor.contest(index, (contest) => set(contest, number, value));
  const block = editor.find((contest) => big(contest, METHOD) === 1n);
  const stv = editor.find((contest) => [5n, 6n].includes(big(contest, METHOD)));
  const other = editor.find((contest) => big(contest, METHOD) > 1n);
  const options = all(editor.contests[other], OPTIONS).length;
  yield ["no method", on(block, METHOD, undefined)];
  yield ["a method that nobody knows", on(block, METHOD, 9n)];
  yield ["a method below zero", on(block, METHOD, 2n ** 64n - 1n)];
  yield ["no seat", on(block, SEATS, undefined)];
  yield ["65,536 seats", on(block, SEATS, 65_536n)];
  yield ["two seats by instant run-off", editor.contest(stv, (contest) => set(set(contest, METHOD, 4n), SEATS, 2n))];
  yield ["no marks at all", editor.contest(block, (contest) => set(set(contest, MAX_MARKS, undefined), MIN_MARKS, undefined))];
  yield ["more marks than fit a ballot", on(block, MAX_MARKS, 20_000n)];
  yield ["fewest marks above the most", on(block, MIN_MARKS, big(editor.contests[block], MAX_MARKS) + 1n)];
  yield ["more marks than options", on(other, MAX_MARKS, BigInt(options + 1))];
  yield ["a highest score where none are given", on(block, MAX_SCORE, 10n)];
  yield ["scores without a highest", editor.contest(other, (contest) => set(set(contest, METHOD, 3n), MAX_SCORE, undefined))];
  yield ["a highest score of 1,001", editor.contest(other, (contest) => set(set(contest, METHOD, 3n), MAX_SCORE, 1_001n))];
  yield ["two options of one name", editor.contest(other, (contest) => {
    const [first, , ...others] = all(contest, OPTIONS);
    return setAll(contest, OPTIONS, [first, first, ...others]);
  })];
  yield ["none of these alone", editor.contest(other, (contest) => {
    const one = setAll(set(set(contest, MAX_MARKS, 1n), MIN_MARKS, undefined), OPTIONS, all(contest, OPTIONS).slice(0, 1));
    return set(one, NONE_OF_THESE, 1n);
  })];
  const crowd = (count) => Array.from({ length: count }, (_, i) => bytesOf([[1, Buffer.from(`o${i}`)]]));
  yield ["301 options to rank", editor.contest(stv, (contest) => setAll(contest, OPTIONS, crowd(301)))];
  yield ["1,001 options to mark", editor.contest(block, (contest) => setAll(contest, OPTIONS, crowd(1_001)))];
}

function* keyFacts(editor, patient) {
  const { fields, registrars, trustees } = editor;
  const modulus = one(registrars[0], 1);
  const bent = (at, bits) => modulus.map((byte, i) => (i === (at + 384) % 384 ? byte ^ bits : byte));
  yield ["the same modulus twice", editor.registrar(1, 1, modulus)];
  yield ["an even modulus", editor.registrar(0, 1, bent(-1, 1))];
  yield ["a modulus of 3071 bits", editor.registrar(0, 1, bent(0, 128))];
  yield ["a modulus of 383 bytes", editor.registrar(0, 1, modulus.subarray(1))];
  yield ["a modulus with a zero ahead", editor.registrar(0, 1, Buffer.concat([Buffer.alloc(1), modulus]))];
  yield ["an exponent of 3", editor.registrar(0, 2, Buffer.from([3]))];
  yield ["an exponent with a zero ahead", editor.registrar(0, 2, Buffer.from([0, 1, 0, 1]))];
  yield ["a list key of 33 bytes", editor.registrar(0, 3, Buffer.alloc(33, 1))];
  yield ["no registrar", bytesOf(setAll(fields, REGISTRARS, []))];
  const three = [...registrars, set(registrars[0], 1, bent(-1, 2))];
  yield ["three registrars", bytesOf(setAll(fields, REGISTRARS, three.map(bytesOf)))];

  const key = (value) => editor.trustee(0, (trustee) => set(trustee, 1, value));
  yield ["the same tally key twice", key(one(trustees[1], 1))];
  yield ["a tally key of 31 bytes", key(one(trustees[0], 1).subarray(1))];
  const small = {
    "zero": Buffer.alloc(32),
    "one": Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]),
    "of order 8": Buffer.from("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "hex"),
    "of order 8, the other": Buffer.from("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", "hex"),
    "p - 1": Buffer.from(`ec${"ff".repeat(30)}7f`, "hex"),
    "p": Buffer.from(`ed${"ff".repeat(30)}7f`, "hex"),
    "p + 1": Buffer.from(`ee${"ff".repeat(30)}7f`, "hex"),
    "zero with the top bit": Buffer.concat([Buffer.alloc(31), Buffer.from([128])]),
  };
  for (const [what, value] of Object.entries(small)) yield [`a tally key of small order: ${what}`, key(value)];
  const shares = (change) => editor.trustee(1, (trustee) => setAll(trustee, 2, change(all(trustee, 2))));
  yield ["a share hash missing", shares((hashes) => hashes.slice(1))];
  yield ["a share hash too many", shares((hashes) => [...hashes, hashes[0]])];
  yield ["a share hash of 31 bytes", shares(([first, ...others]) => [first.subarray(1), ...others])];
  const lone = [[1, one(trustees[0], 1)], [2, all(trustees[0], 2)[0]]];
  yield ["one trustee", bytesOf(set(setAll(fields, TRUSTEES, [bytesOf(lone)]), THRESHOLD, 1n))];
  const crowd = Array.from({ length: 10 }, (_, i) => {
    const secret = sha256(Buffer.from([i]));
    const hashes = Array.from({ length: 10 }, () => [2, secret]);
    return bytesOf([[1, Buffer.from(patient.sodium.crypto_scalarmult_base(secret))], ...hashes]);
  });
  yield ["ten trustees", bytesOf(setAll(fields, TRUSTEES, crowd))];
}

export function* manifestCases(patient) {
  const editor = new Editor(patient);
  for (const rules of [spellings, facts, contestFacts, keyFacts]) {
    for (const [what, manifest] of rules(editor, patient)) {
      const files = patient.with({ manifest: Buffer.from(manifest) });
      yield { name: `a manifest with ${what}`, files, reason: "MANIFEST", place: null };
    }
  }
  const renamed = patient.with({ manifest: editor.with(NAME, Buffer.from("Another election")) });
  yield { name: "another manifest of the same log", files: renamed, reason: "FIRST_LEAF", place: null };
}
