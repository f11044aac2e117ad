// Counts random ballots by every method with both programs: order, votes, who is elected, who is tied and how many seats
// stay vacant have to be the same.
//   node counts.mjs PREPARED_VERIFIER PLENARY FOLDER [SEED] [ELECTIONS]
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [prepared, plenary, folder, seed = "1", elections = "400"] = process.argv.slice(2);
const { count } = await import(pathToFileURL(resolve(prepared, "dist/counting.mjs")));

// By number of the method: its word.
const WORDS = [null, "block", "approval", "score", "irv", "scottish-stv", "meek-stv", "schulze", "ranked-pairs"];
const LOT_SEED = createHash("sha256").update("lots").digest();
const HIGHEST_SCORE = 10;

let state = Number(seed) >>> 0;
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (Math.imul(state ^ (state >>> 15), 2246822519) >>> 0) % limit;
}

function shuffled(count) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; --i) {
    const other = below(i + 1);
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

function randomMarks(method, options, seats) {
  const most = method === 1 ? Math.min(options, seats) : options;
  let rank = 0;
  const marks = shuffled(options).slice(0, 1 + below(most)).map((option, i) => {
    if (method <= 2) return { option, value: 1 };
    if (method === 3) return { option, value: 1 + below(HIGHEST_SCORE) };
    if (!(method >= 7 && i > 0 && below(3) === 0)) ++rank; // only they share ranks
    return { option, value: rank };
  });
  return marks.sort((a, b) => a.option - b.option);
}

// Small numbers make ties, large ones make fractions.
function randomElection() {
  const method = 1 + below(8);
  const options = 2 + below(8);
  const seats = method === 4 ? 1 : 1 + below(Math.min(options + 1, 6));
  const weights = below(2) ? 1 + below(3) : 1 + below(500);
  const folded = new Map();
  for (let i = 1 + below(below(2) ? 8 : 60); i > 0; --i) {
    const marks = randomMarks(method, options, seats);
    const key = JSON.stringify(marks);
    const weight = (folded.get(key)?.weight ?? 0n) + BigInt(1 + below(weights));
    folded.set(key, { marks, weight });
  }
  return { method, options, seats, noneOfThese: below(3) === 0, ballots: [...folded.values()] };
}

function asCsv({ method, options, ballots }) {
  const names = Array.from({ length: options }, (_, i) => `O${i}`);
  const rows = ballots.map(({ marks, weight }) => {
    const cells = new Array(options).fill("");
    for (const { option, value } of marks) cells[option] = method <= 2 ? "x" : String(value);
    return [weight, ...cells].join(",");
  });
  return [["weight", ...names].join(","), ...rows, ""].join("\n");
}

function byTypescript({ ballots, ...contest }) {
  const lots = Array.from({ length: contest.options }, (_, option) =>
    createHash("sha256").update("plenary-lot-v1").update(LOT_SEED).update(Buffer.from([0, 0, option >> 8, option & 255])).digest());
  const { vacancies, placings } = count({ ...contest, lots }, ballots);
  const told = placings.map(({ option, votes, elected, tied }) => [`O${option}`, String(votes), elected, tied]);
  return JSON.stringify({ vacancies, told });
}

function byCpp(election, file) {
  writeFileSync(file, asCsv(election));
  const none = election.noneOfThese ? ["--none-of-these", `O${election.options - 1}`] : [];
  const args = ["count", "--json", "--method", WORDS[election.method], "--seats", String(election.seats),
    "--lot-seed", LOT_SEED.toString("hex"), ...none, file];
  return new Promise((done, fail) => {
    execFile(plenary, args, { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error) return fail(new Error(`${error.message}\n${stderr}`));
      const { vacancies, order } = JSON.parse(stdout);
      const told = order.map(({ name, votes, elected, tied }) => [name, String(BigInt((votes ?? "0").replace(".", ""))), elected, tied]);
      done(JSON.stringify({ vacancies, told }));
    });
  });
}

let left = Number(elections);
const counted = new Map();
let wrong = 0;
async function work(slot) {
  while (left-- > 0) {
    const election = randomElection();
    const word = WORDS[election.method];
    const [mine, theirs] = [byTypescript(election), await byCpp(election, join(folder, `${slot}.csv`))];
    counted.set(word, (counted.get(word) ?? 0) + 1);
    if (mine === theirs) continue;
    ++wrong;
    console.log(`${word}, ${election.seats} seats${election.noneOfThese ? ", the last is none of these" : ""}\n${asCsv(election)}`);
    console.log(`TypeScript ${mine}\nC++        ${theirs}\n`);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, (_, slot) => work(slot)));
console.log([...counted].map(([word, times]) => `${word} ${times}`).join(", "));
console.log(`${wrong} counts differ`);
process.exitCode = wrong > 0 || counted.size !== 8 ? 1 : 0;
