// Faults of checkpoints, tiles and tree.
import { checkpointText, closeRecord, ed25519, joinNotes, note, root, sha256, tiles, u16 } from "./encoding.mjs";

// Files with these notes; the final checkpoint follows them.
const noted = (patient, notes) =>
  patient.with({ "log/checkpoints": joinNotes(notes), "log/checkpoint": notes.at(-1) ?? Buffer.alloc(0) });

function* noteCases(patient) {
  const { notes, origin, box, leaves, sizes } = patient;
  const at = 1; // the note that is wrong
  const hash = root(leaves.slice(0, sizes[at]));
  const text = checkpointText(origin, sizes[at], hash);
  const good = notes[at].toString();
  const stranger = ed25519(sha256(Buffer.from("stranger")));
  const other = origin.slice(0, -2) + (origin.at(-2) === "0" ? "1" : "0") + origin.at(-1);
  const wrong = {
    "signed by another key": note(text, origin, stranger, box.publicKey),
    "signed by another key under its own id": note(text, origin, stranger),
    "of another origin": note(checkpointText(other, sizes[at], hash), other, box),
    "signed in another name": note(text, other, box),
    "with one line more": note(`${text}extension\n`, origin, box),
    "with a size of two spellings": note(checkpointText(origin, `0${sizes[at]}`, hash), origin, box),
    "with a sign before its size": note(checkpointText(origin, `+${sizes[at]}`, hash), origin, box),
    "with a size of 2^64": note(checkpointText(origin, 2n ** 64n, hash), origin, box),
    "without a size": note(checkpointText(origin, "", hash), origin, box),
    "with a root of 31 bytes": note(checkpointText(origin, sizes[at], hash.subarray(1)), origin, box),
    "with a root of 33 bytes": note(checkpointText(origin, sizes[at], Buffer.concat([hash, hash.subarray(31)])), origin, box),
    "with a root without padding": note(text.replace("=\n", "\n"), origin, box),
    "with a root of spare bits": note(text.replace(/.=\n/, (end) => `${next64(end[0])}=\n`), origin, box),
    "with lines ended like on Windows": note(text.replaceAll("\n", "\r\n"), origin, box),
    "without the empty line": Buffer.from(good.replace("\n\n", "\n")),
    "with two empty lines": Buffer.from(good.replace("\n\n", "\n\n\n")),
    "with a hyphen for the dash": Buffer.from(good.replace("\u2014", "-")),
    "without signature": Buffer.from(good.slice(0, good.indexOf("\n\n") + 2)),
    "with two signatures": Buffer.from(good + good.slice(good.indexOf("\u2014"))),
    "without the last newline": Buffer.from(good.slice(0, -1)),
    "with a blank at the end": Buffer.from(good.replace(/\n$/, " \n")),
    "with a newline more": Buffer.from(`${good}\n`),
    "with two blanks before the signature": Buffer.from(good.replace(/ (\S+)\n$/, "  $1\n")),
    "that is empty": Buffer.alloc(0),
    "that is not UTF-8": Buffer.concat([notes[at].subarray(0, -1), Buffer.from([0xff, 0x0a])]),
    "that repeats the one before": notes[at - 1],
    "of size 0": patient.checkpoint(0, sha256()),
  };
  for (const [what, made] of Object.entries(wrong)) {
    const files = noted(patient, notes.map((each, i) => (i === at ? made : each)));
    yield { name: `a checkpoint ${what}`, files, reason: "CHECKPOINT", place: at };
  }
}

// The character of base64 whose six bits are one more.
function next64(character) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return alphabet[alphabet.indexOf(character) ^ 1];
}

function* checkpointCases(patient) {
  const { notes, leaves, sizes, files } = patient;
  const last = notes.length - 1;
  const swapped = [notes[1], notes[0], ...notes.slice(2)];
  yield { name: "two checkpoints are swapped", files: noted(patient, swapped), reason: "CHECKPOINT", place: 1 };
  yield { name: "no checkpoint at all", files: noted(patient, []), reason: "CHECKPOINT", place: 0 };
  yield {
    name: "an older honest checkpoint as the final one",
    files: patient.with({ "log/checkpoint": notes[last - 1] }),
    reason: "CHECKPOINT",
    place: last,
  };
  yield {
    name: "the last checkpoint is kept back from the list",
    files: patient.with({ "log/checkpoints": joinNotes(notes.slice(0, -1)) }),
    reason: "CHECKPOINT",
    place: last - 1,
  };
  const rest = (bytes) => patient.with({ "log/checkpoints": Buffer.concat([files["log/checkpoints"], bytes]) });
  yield { name: "a byte behind the checkpoints", files: rest(Buffer.from([0])), reason: "CHECKPOINT", place: last + 1 };
  yield { name: "a checkpoint cut short", files: rest(u16(9)), reason: "CHECKPOINT", place: last + 1 };
  yield {
    name: "everything as of an older honest checkpoint but the tiles",
    files: noted(patient, notes.slice(0, -1)),
    reason: "TILES",
    place: 0,
  };
  const fork = [...leaves];
  [fork[1], fork[2]] = [fork[2], fork[1]];
  const forked = notes.map((each, i) => (i === 1 ? patient.checkpoint(sizes[1], root(fork.slice(0, sizes[1]))) : each));
  yield { name: "a forked checkpoint", files: noted(patient, forked), reason: "CONSISTENCY", place: 1 };
  const ahead = notes.map((each, i) => (i === 0 ? patient.checkpoint(1, root(leaves.slice(1, 2))) : each));
  yield { name: "the first checkpoint of another manifest", files: noted(patient, ahead), reason: "CONSISTENCY", place: 0 };
  const lie = [...notes.slice(0, -1), patient.checkpoint(leaves.length, root(fork))];
  yield { name: "a final checkpoint of another tree", files: noted(patient, lie), reason: "ROOT", place: null };
  for (const size of [leaves.length + 1, leaves.length - 1 || 1, 10 ** 15, 2n ** 64n - 1n]) {
    if (size <= sizes[last - 1]) continue;
    const claimed = [...notes.slice(0, -1), patient.checkpoint(size, root(leaves))];
    yield { name: `a final checkpoint of ${size} leaves`, files: noted(patient, claimed), reason: "TILES" };
  }
}

function* tileCases(patient) {
  const { leaves, files } = patient;
  const path = Object.keys(files).filter((each) => each.includes("entries")).at(-1);
  const place = Math.floor((leaves.length - 1) / 256);
  const tile = files[path];
  const width = leaves.length % 256;
  const renamed = (to) => ({ ...patient.without(path), [to]: tile });
  const stem = path.replace(/\.p\/\d+$/, "");
  yield { name: "a tile is missing", files: patient.without(path), reason: "TILES", place };
  yield { name: "a tile of another width by name", files: renamed(`${stem}.p/${width + 1}`), reason: "TILES", place };
  yield { name: "a partial tile under the name of a full one", files: renamed(stem), reason: "TILES", place };
  yield { name: "a tile of another number", files: renamed(path.replace(stem, "log/tile/entries/777")), reason: "TILES" };
  const extra = ["log/tile/entries/999", `${stem}.p/${width - 1}`, "log/tile/entries/x", "log/tile/entries/001/note"];
  for (const each of extra) {
    yield { name: `${each} is there`, files: patient.with({ [each]: tile }), reason: "TILES" };
  }
  const made = (bytes) => patient.with({ [path]: bytes });
  yield { name: "a byte behind the last entry", files: made(Buffer.concat([tile, Buffer.from([0])])), reason: "TILES", place };
  yield { name: "an empty entry more", files: made(Buffer.concat([tile, u16(0)])), reason: "TILES", place };
  yield { name: "a tile cut short by one byte", files: made(tile.subarray(0, -1)), reason: "TILES", place };
  yield { name: "a tile cut short by an entry", files: made(tile.subarray(0, -(leaves.at(-1).length + 2))), reason: "TILES", place };
  yield { name: "an empty tile", files: made(Buffer.alloc(0)), reason: "TILES", place };
}

// The box changes the leaves and does not, or cannot, sign the tree anew.
function* unsignedCases(patient) {
  const { leaves } = patient;
  const retiled = (made) => ({
    ...Object.fromEntries(Object.entries(patient.files).filter(([path]) => !path.includes("entries"))),
    ...tiles(made),
  });
  const swapped = [...leaves];
  [swapped[2], swapped[3]] = [swapped[3], swapped[2]];
  const altered = leaves.map((leaf, i) => (i === 2 ? Buffer.concat([leaf.subarray(0, -1), Buffer.from([leaf.at(-1) ^ 1])]) : leaf));
  const doubled = leaves.map((leaf, i) => (i === 3 ? leaves[2] : leaf));
  yield { name: "two ballots swapped, tree not signed anew", files: retiled(swapped), reason: "ROOT", place: null };
  yield { name: "a ballot altered, tree not signed anew", files: retiled(altered), reason: "ROOT", place: null };
  yield { name: "a ballot put over another, tree not signed anew", files: retiled(doubled), reason: "ROOT", place: null };
  const dropped = leaves.filter((_, i) => i !== 2);
  yield { name: "a ballot dropped, tree not signed anew", files: retiled(dropped), reason: "TILES" };
  yield { name: "a ballot doubled, tree not signed anew", files: retiled([...leaves, leaves[2]]), reason: "TILES" };
}

function* closeCases(patient) {
  const { leaves, sizes, manifestHash, lists, ballots } = patient;
  const closed = (close) => patient.relog([...leaves.slice(0, -1), close], sizes);
  const honest = { manifestHash, ballots, lists };
  const close = closeRecord(honest);
  const wrong = {
    "of another magic": Buffer.concat([Buffer.from("PLC2"), close.subarray(4)]),
    "of another manifest": closeRecord({ ...honest, manifestHash: sha256(manifestHash) }),
    "with one ballot more": closeRecord({ ...honest, ballots: ballots + 1 }),
    "with one ballot less": closeRecord({ ...honest, ballots: ballots - 1 }),
    "with the lists swapped": closeRecord({ ...honest, lists: [...lists].reverse() }),
    "with one list": closeRecord({ ...honest, lists: lists.slice(0, 1) }),
    "with a list twice": closeRecord({ ...honest, lists: [...lists, lists[1]] }),
    "with a byte more": Buffer.concat([close, Buffer.from([0])]),
    "with a byte less": close.subarray(0, -1),
  };
  for (const [what, made] of Object.entries(wrong)) {
    yield { name: `a close record ${what}`, files: closed(made), reason: "CLOSE", place: null };
  }
  const open = [...sizes.slice(0, -1), sizes.at(-1) - 1];
  yield { name: "no close record", files: patient.relog(leaves.slice(0, -1), open), reason: "CLOSE", place: null };
  yield { name: "a log of the manifest alone", files: patient.relog(leaves.slice(0, 1), [1]), reason: "CLOSE", place: null };
  const twice = [...leaves.slice(0, -1), close, closeRecord({ ...honest, ballots: ballots + 1 })];
  yield {
    name: "two close records",
    files: patient.relog(twice, [...sizes.slice(0, -1), sizes.at(-1) + 1]),
    reason: "BALLOT_FORM",
    place: leaves.length - 1,
  };
  yield {
    name: "another first leaf",
    files: patient.relog([Buffer.concat([leaves[0], Buffer.from("x")]), ...leaves.slice(1)], sizes),
    reason: "FIRST_LEAF",
    place: null,
  };
}

export function* logCases(patient) {
  yield* noteCases(patient);
  yield* checkpointCases(patient);
  yield* tileCases(patient);
  yield* unsignedCases(patient);
  yield* closeCases(patient);
}
