import assert from "node:assert/strict";
import { test } from "node:test";
import { hex } from "../src/bytes.ts";
import { MerkleTree } from "../src/merkle.ts";
import { entryTiles, readTile } from "../src/tiles.ts";
import { bytes, sourceJson } from "./sources.ts";

test("gives the roots of RFC 9162 for every size, from one tree", async () => {
  type Roots = { leaves_hex: string[]; roots_hex_by_size: string[] };
  const known = sourceJson<Roots>("tests/data/rfc9162/roots.json");
  assert.equal(known.roots_hex_by_size.length, 9);
  const tree = await MerkleTree.of(known.leaves_hex.map(bytes));
  for (const [size, root] of known.roots_hex_by_size.entries()) assert.equal(hex(await tree.root(size)), root);
});

test("names tiles in groups of three digits", () => {
  const paths = (size: number): string[] => [...entryTiles(size)].map(({ path }) => path.replace("log/tile/entries/", ""));
  assert.deepEqual(paths(1), ["000.p/1"]);
  assert.deepEqual(paths(256), ["000"]);
  assert.deepEqual(paths(513), ["000", "001", "002.p/1"]);
  assert.equal(paths(256 * 1000 + 7).at(-1), "x001/000.p/7");
  assert.equal(paths(256 * 1_234_067 + 1).at(-1), "x001/x234/067.p/1");
});

test("reads a tile of exactly its entries", () => {
  const tile = bytes("0001aa" + "0000" + "0002bbcc");
  assert.deepEqual(readTile(tile, 3)?.map(hex), ["aa", "", "bbcc"]);
  assert.equal(readTile(tile, 2), null);
  assert.equal(readTile(tile, 4), null);
  assert.equal(readTile(tile.subarray(0, -1), 3), null);
});
