// Which choices count, and why others spoil a ballot.
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat, u16, type Bytes } from "../src/bytes.ts";
import { Method, type Contest } from "../src/manifest.ts";
import { readChoices, readPlaintext, Spoilt } from "../src/opening.ts";

function contest(method: number, changes: Partial<Contest> = {}): Contest {
  const options = ["a", "b", "c", "d"].map((name) => ({ name, displayName: name, pictureUri: "" }));
  const score = method === Method.SCORE ? 10 : 0;
  const rest = { name: "x", displayName: "x", seats: 1, minMarks: 1, maxMarks: 4, maxScore: score, noneOfThese: false };
  return { ...rest, method, options, ...changes };
}

// Pairs of option and value behind their count.
function marked(...pairs: [number, number][]): Bytes {
  return concat(u16(pairs.length), ...pairs.flatMap(([option, value]) => [u16(option), u16(value)]));
}

const rows: [string, number, [number, number][], boolean][] = [
  ["a blank", Method.APPROVAL, [], true],
  ["two marks", Method.APPROVAL, [[0, 1], [3, 1]], true],
  ["a mark of 2", Method.APPROVAL, [[0, 2]], false],
  ["a mark of 0", Method.BLOCK_PLURALITY, [[0, 0]], false],
  ["an option that nobody knows", Method.APPROVAL, [[4, 1]], false],
  ["options that descend", Method.APPROVAL, [[1, 1], [0, 1]], false],
  ["an option twice", Method.APPROVAL, [[1, 1], [1, 1]], false],
  ["the highest score", Method.SCORE, [[0, 10]], true],
  ["a score above the highest", Method.SCORE, [[0, 11]], false],
  ["a score of 0", Method.SCORE, [[0, 0]], false],
  ["ranks 2, 1, 3", Method.MEEK_STV, [[0, 2], [1, 1], [2, 3]], true],
  ["ranks 1, 3", Method.MEEK_STV, [[0, 1], [1, 3]], false],
  ["ranks 2, 3", Method.INSTANT_RUNOFF, [[0, 2], [1, 3]], false],
  ["ranks 0, 1", Method.INSTANT_RUNOFF, [[0, 0], [1, 1]], false],
  ["a shared rank in a transferable vote", Method.SCOTTISH_STV, [[0, 1], [1, 1]], false],
  ["a shared rank by Schulze", Method.SCHULZE, [[0, 1], [1, 1], [2, 2]], true],
  ["a rank left out behind a shared one", Method.RANKED_PAIRS, [[0, 1], [1, 1], [2, 3]], false],
];
for (const [what, method, pairs, counts] of rows) {
  test(`${counts ? "counts" : "spoils"} ${what}`, () => {
    assert.equal(readChoices(marked(...pairs), [contest(method)]) !== null, counts);
  });
}

test("spoils more marks than the most and, unless blank, fewer than the fewest", () => {
  const bounded = [contest(Method.APPROVAL, { minMarks: 2, maxMarks: 3 })];
  const counts = (count: number): boolean =>
    readChoices(marked(...Array.from({ length: count }, (_, i): [number, number] => [i, 1])), bounded) !== null;
  assert.deepEqual([0, 1, 2, 3, 4].map(counts), [true, false, true, true, false]);
});

test("spoils choices that are cut short or go on", () => {
  const good = marked([0, 1]);
  const contests = [contest(Method.APPROVAL)];
  assert.equal(readChoices(good.subarray(0, -1), contests), null);
  assert.equal(readChoices(concat(good, Uint8Array.of(0)), contests), null);
  assert.equal(readChoices(good, [...contests, ...contests]), null);
});

test("gives the first reason that spoils a plaintext", () => {
  const key = new Uint8Array(32).fill(7);
  const choices = marked([0, 1]);
  const contests = [contest(Method.APPROVAL)];
  const plaintext = (head: Bytes, length: number, body: Bytes, padding: number): Bytes =>
    concat(head, u16(length), body, new Uint8Array(12 - padding - body.length), new Uint8Array(padding).fill(1));
  assert.deepEqual(readPlaintext(plaintext(key, 6, choices, 0), key, contests), [[{ option: 0, value: 1 }]]);
  assert.equal(readPlaintext(plaintext(new Uint8Array(32), 99, choices, 1), key, contests), Spoilt.PK);
  assert.equal(readPlaintext(plaintext(key, 13, choices, 1), key, contests), Spoilt.LENGTH);
  assert.equal(readPlaintext(plaintext(key, 5, choices, 1), key, contests), Spoilt.PADDING);
  assert.equal(readPlaintext(plaintext(key, 7, choices, 0), key, contests), Spoilt.CHOICES);
});
