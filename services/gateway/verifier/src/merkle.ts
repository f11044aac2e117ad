// The Merkle tree of RFC 9162, section 2.1: SHA-256, leaves behind 0x00, nodes behind 0x01.

import { concat, type Bytes } from "./bytes.ts";
import { sha256 } from "./crypto.ts";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

// All complete subtrees of a list of leaves, level by level, so that the root of any number of first leaves takes few
// hashes more.
export class MerkleTree {
  private constructor(private readonly levels: readonly Bytes[][]) {}

  static async of(leaves: readonly Bytes[]): Promise<MerkleTree> {
    let level = await Promise.all(leaves.map((leaf) => sha256(concat(LEAF, leaf))));
    const levels = [level];
    while (level.length > 1) {
      const above: Promise<Bytes>[] = [];
      for (let i = 0; i + 1 < level.length; i += 2) above.push(sha256(concat(NODE, level[i]!, level[i + 1]!)));
      level = await Promise.all(above);
      levels.push(level);
    }
    return new MerkleTree(levels);
  }

  // Root of the first `size` leaves; `size` is at most as many as there are.
  async root(size: number): Promise<Bytes> {
    if (size === 0) return sha256(new Uint8Array());
    let root: Bytes | null = null;
    let rest = size;
    // Complete subtrees from right to left, the smallest first: the bits of the size.
    for (let level = 0; rest > 0; ++level, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0) continue;
      const subtree = this.levels[level]![rest - 1]!;
      root = root === null ? subtree : await sha256(concat(NODE, subtree, root));
    }
    return root!;
  }
}
