// Holds both verifiers of bundles against each other: over good bundles, the ones that the C++ tests tamper with, and every
// doctored one, each has to give the verdict, reason and place that the other gives, and that the doctor expects.
//   node agree.mjs PREPARED_VERIFIER MAKE_BUNDLE PLENARY FOLDER [--mine]
// --mine leaves the C++ verifier out. Exit code 1 when anybody disagrees, or the comparison would not notice.
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { cases, flips, Patient } from "./doctor.mjs";

const [prepared, makeBundle, plenary, folder, ...options] = process.argv.slice(2);
const alone = options.includes("--mine");
const sodium = createRequire(resolve(prepared, "package.json"))("libsodium-wrappers");
await sodium.ready;
const { verify } = await import(pathToFileURL(resolve(prepared, "dist/verifier.mjs")));

// Fewer doctored bundles than this would mean that cases are not made any more.
const FEWEST_CASES = 450;
// Bytes changed in each file.
const FLIPS = 16;
const HOLDS = { verdict: "HOLDS", reason: "", place: null };

function readFolder(path) {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  const names = entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(path.length + 1));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(path, name))]));
}

function writeFolder(path, files) {
  rmSync(path, { recursive: true, force: true });
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
}

function sample(name, ballots) {
  const path = join(folder, name);
  rmSync(path, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const keys = `${path}.keys.json`;
  execFileSync(makeBundle, ["--ballots", String(ballots), "--seed", name, "--out", path, "--keys", keys]);
  return new Patient(readFolder(path), JSON.parse(readFileSync(keys)), sodium);
}

// The bundles that the C++ verifier's own tests tamper with, and what they expect.
function tampered() {
  const path = join(folder, "tampered");
  execFileSync(makeBundle, ["--tampered", "--out", path]);
  const expected = JSON.parse(readFileSync(join(path, "expected.json")));
  return expected.map(({ folder: name, sentence, reason, place }) => ({
    name: `tampered with: ${sentence}`,
    files: readFolder(join(path, name)),
    holds: reason === "",
    reason,
    place,
  }));
}

async function byTypescript(files) {
  const paths = Object.keys(files);
  const { verdict, reason, place } = await verify({ paths, read: async (path) => new Uint8Array(files[path]) });
  return { verdict, reason, place };
}

function byCpp(files, slot) {
  const path = join(folder, `doctored-${slot}`);
  writeFolder(path, files);
  return new Promise((done, fail) => {
    execFile(plenary, ["verify", path, "--json"], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error && error.code !== 5) return fail(new Error(`plenary verify: ${error.message}\n${stderr}`));
      const { verdict, reason, place } = JSON.parse(stdout);
      const code = error ? 5 : 0;
      if ((verdict === "HOLDS") !== (code === 0)) return fail(new Error(`plenary verify says ${verdict} and exits with ${code}`));
      done({ verdict, reason, place: place ?? null });
    });
  });
}

const told = ({ verdict, reason, place }) => (verdict === "HOLDS" ? "holds" : `${reason} ${place ?? "-"}`);

function complaints({ name, reason, place, holds }, mine, theirs) {
  const found = [];
  if (theirs && told(mine) !== told(theirs)) found.push(`${name}: TypeScript says ${told(mine)}, C++ says ${told(theirs)}`);
  const expected = holds ? HOLDS : { verdict: "FAILS", reason: reason ?? mine.reason, place: place === undefined ? mine.place : place };
  if (told(mine) !== told(expected)) found.push(`${name}: ${told(mine)}, expected ${told(expected)}`);
  return found;
}

// Negative control: what compares must be able to complain, of a fault that is not found and of verifiers that differ.
async function deaf(good) {
  const bad = { ...good, result: Buffer.concat([good.result, Buffer.from([0])]) };
  const [ofGood, ofBad] = [await byTypescript(good), await byTypescript(bad)];
  const other = alone ? ofBad : await byCpp(bad, "control");
  const controls = {
    "a fault that nobody finds": complaints({ reason: "ROOT", place: null, holds: false }, ofGood, null),
    "a good bundle that is refused": complaints({ holds: true }, ofBad, null),
    "another place": complaints({ reason: "RESULT", place: 7, holds: false }, ofBad, null),
    "verifiers that differ": complaints({ holds: true }, ofGood, other),
  };
  return Object.keys(controls).filter((what) => controls[what].length === 0);
}

const patients = [sample("thirty", 30), sample("many", 300)];
const queue = [
  ...patients.map((patient, i) => ({ name: `good bundle ${i}`, files: patient.files, holds: true })),
  { name: "good bundle without a ballot", files: sample("none", 0).files, holds: true },
  ...tampered(),
  ...cases(patients[0]),
  ...flips(patients[0], FLIPS),
];
const total = queue.length;
const reasons = new Map();
const found = [];
async function work(slot) {
  for (let each = queue.shift(); each; each = queue.shift()) {
    const [mine, theirs] = await Promise.all([byTypescript(each.files), alone ? null : byCpp(each.files, slot)]);
    reasons.set(mine.reason || "holds", (reasons.get(mine.reason || "holds") ?? 0) + 1);
    found.push(...complaints(each, mine, theirs));
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, (_, slot) => work(slot)));

const unheard = await deaf(patients[0].files);
for (const what of unheard) console.log(`the comparison does not notice ${what}`);
for (const line of found) console.log(line);
console.log([...reasons].map(([reason, count]) => `${reason} ${count}`).join(", "));
console.log(`${total} bundles, ${found.length} complaints`);
if (total < FEWEST_CASES) console.log(`fewer than ${FEWEST_CASES} bundles`);
process.exitCode = found.length > 0 || unheard.length > 0 || total < FEWEST_CASES ? 1 : 0;
