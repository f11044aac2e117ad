// A contest's count, whatever its method.

import { Method } from "../manifest.ts";
import type { CountedContest, FoldedBallot, Outcome } from "./contest.ts";
import { countInstantRunoff } from "./instant_runoff.ts";
import { countMeekStv } from "./meek_stv.ts";
import { countRankedPairs } from "./ranked_pairs.ts";
import { countSchulze } from "./schulze.ts";
import { countScottishStv } from "./scottish_stv.ts";
import { countSums } from "./sums.ts";

export function count(contest: CountedContest, ballots: readonly FoldedBallot[]): Outcome {
  switch (contest.method) {
    case Method.BLOCK_PLURALITY:
    case Method.APPROVAL:
    case Method.SCORE:
      return countSums(contest, ballots);
    case Method.INSTANT_RUNOFF:
      return countInstantRunoff(contest, ballots);
    case Method.SCOTTISH_STV:
      return countScottishStv(contest, ballots);
    case Method.MEEK_STV:
      return countMeekStv(contest, ballots);
    case Method.SCHULZE:
      return countSchulze(contest, ballots);
    case Method.RANKED_PAIRS:
      return countRankedPairs(contest, ballots);
    default:
      throw new Error(`no method has the number ${contest.method}`);
  }
}
