// The checks of the log: checkpoints, tiles, and that all of them tell of one tree.

import { concat, equal, Reader, type Bytes } from "./bytes.ts";
import { Fault, insist, type Bundle } from "./bundle.ts";
import type { Manifest } from "./manifest.ts";
import { MerkleTree } from "./merkle.ts";
import { openCheckpoint, type Checkpoint } from "./note.ts";
import { entryTiles, readTile } from "./tiles.ts";

export const TILE_FOLDER = "log/tile/entries/";

// `u16 length ‖ note`, again and again.
function splitNotes(bytes: Bytes): Bytes[] {
  const reader = new Reader(bytes);
  const notes: Bytes[] = [];
  while (reader.left > 0) {
    insist(reader.left >= 2, "CHECKPOINT", notes.length);
    const length = reader.u16();
    insist(reader.left >= length, "CHECKPOINT", notes.length);
    notes.push(reader.take(length));
  }
  return notes;
}

// CHECKPOINT: all checkpoints, oldest first; at least one.
export async function readCheckpoints(bundle: Bundle, manifest: Manifest): Promise<Checkpoint[]> {
  const notes = splitNotes(await bundle.read("log/checkpoints"));
  const checkpoints: Checkpoint[] = [];
  for (const [place, note] of notes.entries()) {
    const checkpoint = await openCheckpoint(note, manifest.origin, manifest.boxKey);
    insist(checkpoint !== null && checkpoint.size > (checkpoints.at(-1)?.size ?? 0n), "CHECKPOINT", place);
    checkpoints.push(checkpoint);
  }
  const last = notes.at(-1);
  const final = await bundle.read("log/checkpoint");
  insist(last !== undefined && equal(last, final), "CHECKPOINT", Math.max(notes.length - 1, 0));
  return checkpoints;
}

// TILES: the leaves of the log, from exactly the tiles of its size.
export async function readLeaves(bundle: Bundle, size: bigint): Promise<Bytes[]> {
  const there = new Set(bundle.paths.filter((path) => path.startsWith(TILE_FOLDER)));
  const tiles: { path: string; width: number }[] = [];
  // Stops at the first missing one, however many a checkpoint claims.
  for (const tile of entryTiles(Number(size))) {
    insist(there.delete(tile.path), "TILES", tiles.length);
    tiles.push(tile);
  }
  insist(there.size === 0, "TILES", tiles.length);
  const leaves: Bytes[] = [];
  for (const [place, { path, width }] of tiles.entries()) {
    const entries = readTile(await bundle.read(path), width);
    insist(entries !== null, "TILES", place);
    for (const entry of entries) leaves.push(entry);
  }
  return leaves;
}

// ROOT and CONSISTENCY: every checkpoint is one of this list of leaves.
export async function checkTree(leaves: readonly Bytes[], checkpoints: readonly Checkpoint[]): Promise<void> {
  const tree = await MerkleTree.of(leaves);
  const final = checkpoints.at(-1)!;
  insist(equal(await tree.root(leaves.length), final.root), "ROOT");
  for (const [place, { size, root }] of checkpoints.slice(0, -1).entries()) {
    if (!equal(await tree.root(Number(size)), root)) throw new Fault("CONSISTENCY", place);
  }
}

// What the lots are drawn from.
export function lotSeed(finalRoot: Bytes, secrets: readonly Bytes[]): Bytes {
  return concat(finalRoot, ...secrets);
}
