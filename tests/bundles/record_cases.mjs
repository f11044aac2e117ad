// Faults of roll, issuance lists, tally secrets and result.
import { listBytes, rollBytes, sha256 } from "./encoding.mjs";

function* rollCases(patient) {
  const { units, files } = patient;
  const other = sha256(units[3]).subarray(0, 16);
  const wrong = {
    "a unit exchanged": [...units.slice(0, 3), other, ...units.slice(4)].sort(Buffer.compare),
    "a unit missing": units.slice(1),
    "a unit more": [...units, other].sort(Buffer.compare),
    "a unit twice": units.map((unit, i) => (i === 4 ? units[3] : unit)),
    "two units swapped": units.map((unit, i) => (i === 4 ? units[3] : i === 3 ? units[4] : unit)),
    "no unit": [],
  };
  for (const [what, made] of Object.entries(wrong)) {
    yield { name: `a roll with ${what}`, files: patient.with({ roll: rollBytes(made) }), reason: "ROLL", place: null };
  }
  const bytes = {
    "of another magic": Buffer.concat([Buffer.from("PLR2"), files.roll.subarray(4)]),
    "with a byte more": Buffer.concat([files.roll, Buffer.from([0])]),
    "with a byte less": files.roll.subarray(0, -1),
    "that is empty": Buffer.alloc(0),
  };
  for (const [what, roll] of Object.entries(bytes)) {
    yield { name: `a roll ${what}`, files: patient.with({ roll }), reason: "ROLL", place: null };
  }
}

const line = (unit) => Buffer.concat([unit, sha256(unit)]);
const byUnit = (a, b) => Buffer.compare(a, b);

// Units of the roll that are not on a list.
function absent(patient, list) {
  const there = new Set(list.lines.map((each) => each.subarray(0, 16).toString("hex")));
  return patient.units.filter((unit) => !there.has(unit.toString("hex")));
}

function* listCases(patient) {
  for (const [i, key] of patient.listKeys.entries()) {
    const list = patient.list(i);
    const { lines } = list;
    const signed = (changes, count) => listBytes({ ...list, ...changes }, key, count);
    const bytes = patient.lists[i];
    const stray = line(sha256(Buffer.from("not on the roll")).subarray(0, 16));
    const wrong = {
      "with a unit that is not on the roll": signed({ lines: [...lines.slice(1), stray].sort(byUnit) }),
      "with a unit twice": signed({ lines: [lines[0], ...lines] }),
      "with a unit twice, the hashes apart": signed({ lines: [lines[0], line(lines[0].subarray(0, 16)), ...lines.slice(1)].sort(byUnit) }),
      "with two units swapped": signed({ lines: [lines[1], lines[0], ...lines.slice(2)] }),
      "of another registrar": signed({ registrar: i ^ 1 }),
      "of another manifest": signed({ manifestHash: sha256(patient.manifestHash) }),
      "of another magic": signed({ magic: Buffer.from("PLI2") }),
      "with a count too high": signed({}, lines.length + 1),
      "with a count too low": signed({}, lines.length - 1),
      "signed by the other registrar": listBytes(list, patient.listKeys[i ^ 1]),
      "with a signature altered": Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1) ^ 1])]),
      "with a byte more": Buffer.concat([bytes, Buffer.from([0])]),
      "that is empty": Buffer.alloc(0),
    };
    for (const [what, made] of Object.entries(wrong)) {
      const lists = patient.lists.map((each, at) => (at === i ? made : each));
      const { files } = patient.cheatUnsorted(patient.batches, lists);
      yield { name: `list ${i + 1} ${what}, and a close record that says so`, files, reason: "LIST", place: i + 1 };
    }
    const quiet = signed({ lines: lines.slice(1) });
    yield { name: `list ${i + 1} changed after the close`, files: patient.with({ [`issuance-${i + 1}`]: quiet }), reason: "CLOSE", place: null };
  }
  yield* turnoutCases(patient);
}

function* turnoutCases(patient) {
  const { ballots, listKeys, lists } = patient;
  const [first, second] = [patient.list(0), patient.list(1)];
  const units = (list) => new Set(list.lines.map((each) => each.subarray(0, 16).toString("hex")));
  const both = second.lines.filter((each) => units(first).has(each.subarray(0, 16).toString("hex")));
  const elsewhere = absent(patient, first).filter((unit) => !units(second).has(unit.toString("hex")));
  // As long a list as before, one unit in common fewer than there are ballots.
  const away = both.length - ballots + 1;
  if (elsewhere.length < away) throw new Error("the roll is too short for this case");
  const gone = new Set(both.slice(0, away));
  const lines = [...second.lines.filter((each) => !gone.has(each)), ...elsewhere.slice(0, away).map(line)].sort(byUnit);
  const unequal = patient.cheatUnsorted(patient.batches, [lists[0], listBytes({ ...second, lines }, listKeys[1])]);
  yield { name: "lists of equal size over unequal companies", files: unequal.files, reason: "TURNOUT", place: null };
  const short = second.lines.slice(0, ballots - 1);
  const fewer = patient.cheatUnsorted(patient.batches, [lists[0], listBytes({ ...second, lines: short }, listKeys[1])]);
  yield { name: "one company fewer than ballots on a list", files: fewer.files, reason: "TURNOUT", place: null };
  const none = patient.cheatUnsorted(patient.batches, lists.map((_, i) => listBytes({ ...patient.list(i), lines: [] }, listKeys[i])));
  yield { name: "empty lists", files: none.files, reason: "TURNOUT", place: null };
}

function* secretCases(patient) {
  const secrets = patient.files["tally-secrets"];
  const of = (i) => secrets.subarray(32 * i, 32 * i + 32);
  const bent = (at, bits) => secrets.map((byte, i) => (i === at ? byte ^ bits : byte));
  const made = (bytes) => patient.with({ "tally-secrets": Buffer.from(bytes) });
  const random = Buffer.from(sha256(secrets));
  random[0] &= 248;
  random[31] = (random[31] & 127) | 64;
  for (let i = 0; i < secrets.length / 32; ++i) {
    const wrong = Buffer.concat([secrets.subarray(0, 32 * i), random, secrets.subarray(32 * i + 32)]);
    yield { name: `secret ${i + 1} is another one`, files: made(wrong), reason: "SECRET", place: i + 1 };
    for (const [what, at, bits] of [["a low bit set", 32 * i, 1], ["a low bit set, the third", 32 * i, 4], ["its top bit set", 32 * i + 31, 128]]) {
      yield { name: `secret ${i + 1} has ${what}`, files: made(bent(at, bits)), reason: "SECRET", place: i + 1 };
    }
  }
  yield { name: "the second bit of a secret is clear", files: made(bent(31, 64)), reason: "SECRET", place: 1 };
  const swapped = Buffer.concat([of(1), of(0), secrets.subarray(64)]);
  yield { name: "two secrets are swapped", files: made(swapped), reason: "SECRET", place: 1 };
  yield { name: "a secret is missing", files: made(secrets.subarray(32)), reason: "SECRET", place: 0 };
  yield { name: "a secret too many", files: made(Buffer.concat([secrets, of(0)])), reason: "SECRET", place: 0 };
  yield { name: "no secrets", files: made(Buffer.alloc(0)), reason: "SECRET", place: 0 };
  yield { name: "secrets and a byte", files: made(Buffer.concat([secrets, Buffer.from([0])])), reason: "SECRET", place: 0 };
}

function* resultCases(patient) {
  const { result } = patient.files;
  const spoilt = result.readUInt32BE(72);
  const contests = 76 + 33 * spoilt; // where the first one begins
  const bent = (at, bits) => Buffer.from(result.map((byte, i) => (i === at ? byte ^ bits : byte)));
  const added = (at, width, by) => {
    const changed = Buffer.from(result);
    changed.writeUIntBE(changed.readUIntBE(at, width) + by, at, width);
    return changed;
  };
  const first = contests + 8; // its first option
  const swap = Buffer.concat([result.subarray(0, first), result.subarray(first + 11, first + 22), result.subarray(first, first + 11), result.subarray(first + 22)]);
  const wrong = {
    "of another magic": bent(3, 1),
    "of another manifest": bent(4, 1),
    "of another root": bent(36, 1),
    "with a ballot more": added(68, 4, 1),
    "with a ballot less": added(68, 4, -1),
    "with a blank more": added(contests, 4, 1),
    "with a vacancy more": added(contests + 4, 2, 1),
    "with a vote more": added(first + 4, 6, 1),
    "with a vote less": added(first + 4, 6, -1),
    "with a winner less": bent(first + 10, 1),
    "with a lot more": bent(first + 10, 2),
    "with two options swapped": swap,
    "with a byte more": Buffer.concat([result, Buffer.from([0])]),
    "with a byte less": result.subarray(0, -1),
    "that is empty": Buffer.alloc(0),
  };
  if (spoilt >= 2) {
    const [a, b] = [result.subarray(76, 109), result.subarray(109, 142)];
    wrong["with the reason of a spoilt ballot changed"] = bent(108, 3);
    wrong["with the hash of a spoilt ballot changed"] = bent(76, 1);
    wrong["with two spoilt ballots swapped"] = Buffer.concat([result.subarray(0, 76), b, a, result.subarray(142)]);
    const fewer = Buffer.concat([result.subarray(0, 76), result.subarray(109)]);
    fewer.writeUInt32BE(spoilt - 1, 72);
    wrong["with a spoilt ballot left out"] = fewer;
  }
  for (const [what, made] of Object.entries(wrong)) {
    yield { name: `a result ${what}`, files: patient.with({ result: made }), reason: "RESULT", place: null };
  }
}

export function* recordCases(patient) {
  yield* rollCases(patient);
  yield* listCases(patient);
  yield* secretCases(patient);
  yield* resultCases(patient);
}
