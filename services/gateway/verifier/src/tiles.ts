// Entry tiles of the log: c2sp.org tlog-tiles, 256 entries a tile, each entry behind its length of 16 bits.

import { CutShort, Reader, type Bytes } from "./bytes.ts";

const WIDTH = 256;

// 1234067 -> x001/x234/067
function spelled(tile: number): string {
  const groups = [String(tile % 1000).padStart(3, "0")];
  for (let rest = Math.floor(tile / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift("x" + String(rest % 1000).padStart(3, "0"));
  }
  return groups.join("/");
}

export type EntryTile = { path: string; width: number };

// The entry tiles of a log of this size, in order: full ones, and a partial one unless the size is a multiple of 256.
export function* entryTiles(size: number): Generator<EntryTile> {
  const full = Math.floor(size / WIDTH);
  for (let tile = 0; tile < full; ++tile) yield { path: `log/tile/entries/${spelled(tile)}`, width: WIDTH };
  const rest = size % WIDTH;
  if (rest > 0) yield { path: `log/tile/entries/${spelled(full)}.p/${rest}`, width: rest };
}

// The entries of a tile; null unless it holds exactly `width` and nothing more.
export function readTile(tile: Bytes, width: number): Bytes[] | null {
  const reader = new Reader(tile);
  const entries: Bytes[] = [];
  try {
    for (let i = 0; i < width; ++i) entries.push(reader.take(reader.u16()));
  } catch (fault) {
    if (fault instanceof CutShort) return null;
    throw fault;
  }
  return reader.left === 0 ? entries : null;
}
