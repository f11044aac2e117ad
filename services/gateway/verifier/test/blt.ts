// Ballots in BLT, as the known answers of the transferable vote have them.
import type { FoldedBallot } from "../src/counting/contest.ts";

export type BltFile = { options: number; seats: number; ballots: FoldedBallot[]; names: string[] };

export function readBlt(text: string): BltFile {
  const lines = text.split("\n").map((line) => line.trim());
  const [options, seats] = lines[0]!.split(/\s+/).map(Number);
  const end = lines.indexOf("0", 1);
  const ballots = lines.slice(1, end).map((line) => {
    const [weight, ...preferences] = line.split(/\s+/).map(Number);
    const marks = preferences.slice(0, -1).map((option, i) => ({ option: option - 1, value: i + 1 }));
    return { weight: BigInt(weight!), marks };
  });
  const names = lines.slice(end + 1, end + 1 + options!).map((line) => line.replaceAll('"', ""));
  return { options: options!, seats: seats!, ballots: ballots.filter(({ marks }) => marks.length > 0), names };
}
