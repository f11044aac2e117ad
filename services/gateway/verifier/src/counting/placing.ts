// From an order of the options to who has a seat.

import { compare } from "../bytes.ts";
import type { CountedContest, Outcome } from "./contest.ts";

export function byLot({ lots }: CountedContest): (a: number, b: number) => number {
  return (a, b) => compare(lots[a]!, lots[b]!);
}

export function isNoneOfThese(contest: CountedContest, option: number): boolean {
  return contest.noneOfThese && option === contest.options - 1;
}

// For methods that compare options: the first ones win, as far as they come ahead of "None of these".
export function seatInOrder(
  contest: CountedContest,
  order: readonly number[],
  votes: (option: number) => bigint,
  tied: readonly boolean[],
): Outcome {
  const none = order.findIndex((option) => isNoneOfThese(contest, option));
  const winners = Math.min(contest.seats, none === -1 ? order.length : none);
  return {
    vacancies: contest.seats - winners,
    placings: order.map((option, i) => ({ option, votes: votes(option), elected: i < winners, tied: tied[option]! })),
  };
}
