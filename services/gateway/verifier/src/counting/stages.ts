// What the methods that count in stages share: who is in, elected or out, what everybody had at each stage, and ties.

import type { CountedContest, Outcome, Placing } from "./contest.ts";
import { byLot, isNoneOfThese } from "./placing.ts";

export class Stages {
  // By option, now.
  votes: bigint[];
  readonly contest: CountedContest;
  readonly #state: ("in" | "elected" | "out")[];
  // Votes after each stage that is over.
  readonly #earlier: bigint[][] = [];
  readonly #elected: Placing[] = [];
  // The next one to be elected stands first.
  readonly #out: Placing[] = [];
  readonly #tied: boolean[];

  constructor(contest: CountedContest) {
    this.contest = contest;
    this.votes = new Array<bigint>(contest.options).fill(0n);
    this.#state = this.votes.map(() => "in");
    this.#tied = this.votes.map(() => false);
  }

  isIn(option: number): boolean {
    return this.#state[option] === "in";
  }

  isElected(option: number): boolean {
    return this.#state[option] === "elected";
  }

  // Options that are still in, by number.
  get continuing(): number[] {
    return this.votes.map((_, option) => option).filter((option) => this.isIn(option));
  }

  get seatsLeft(): number {
    return this.contest.seats - this.#elected.length;
  }

  // Ends a stage: later ties may look back at the votes as they are now.
  endStage(): void {
    this.#earlier.push([...this.votes]);
  }

  // By the latest earlier stage that tells them apart; 0 when none does.
  #compareEarlier(a: number, b: number): number {
    for (let stage = this.#earlier.length - 1; stage >= 0; --stage) {
      const votes = this.#earlier[stage]!;
      if (votes[a]! !== votes[b]!) return votes[a]! > votes[b]! ? -1 : 1;
    }
    return 0;
  }

  // Tied options, the favoured first. Those that only the lot tells apart are marked as tied.
  #settle(options: readonly number[]): number[] {
    const lot = byLot(this.contest);
    for (const a of options) {
      if (options.some((b) => a !== b && this.#compareEarlier(a, b) === 0)) this.#tied[a] = true;
    }
    return [...options].sort((a, b) => this.#compareEarlier(a, b) || lot(a, b));
  }

  // Most votes first; equal ones settled.
  #inOrder(options: readonly number[]): number[] {
    const order: number[] = [];
    for (let left = [...options]; left.length > 0; ) {
      const most = left.reduce((high, option) => (this.votes[option]! > high ? this.votes[option]! : high), -1n);
      order.push(...this.#settle(left.filter((option) => this.votes[option] === most)));
      left = left.filter((option) => this.votes[option] !== most);
    }
    return order;
  }

  // The one with the most votes, or who is favoured among several.
  strongest(options: readonly number[]): number {
    const most = options.reduce((high, option) => (this.votes[option]! > high ? this.votes[option]! : high), -1n);
    return this.#extreme(options.filter((option) => this.votes[option] === most), -1);
  }

  // The one with the fewest votes, or who is least favoured among several.
  weakest(options: readonly number[]): number {
    return this.#extreme(this.#lowest(options, 0n), 1);
  }

  // The same by lot alone; whoever has at most `within` more than the fewest counts as tied.
  weakestByLot(options: readonly number[], within: bigint): number {
    const tied = this.#lowest(options, within).sort(byLot(this.contest));
    if (tied.length > 1) for (const option of tied) this.#tied[option] = true;
    return tied.at(-1)!;
  }

  #lowest(options: readonly number[], within: bigint): number[] {
    const least = options.map((option) => this.votes[option]!).reduce((low, votes) => (votes < low ? votes : low));
    return options.filter((option) => this.votes[option]! <= least + within);
  }

  // Of tied options the most (-1) or least (1) favoured. Who else is tied with it to the end is marked, nobody else.
  #extreme(options: readonly number[], sign: -1 | 1): number {
    const far = options.reduce((best, option) => (sign * this.#compareEarlier(option, best) > 0 ? option : best));
    const tied = options.filter((option) => this.#compareEarlier(option, far) === 0);
    return this.#settle(tied).at(sign === 1 ? -1 : 0)!;
  }

  elect(options: readonly number[]): void {
    for (const option of this.#inOrder(options)) {
      this.#state[option] = "elected";
      this.#elected.push(this.#place(option, !isNoneOfThese(this.contest, option)));
    }
  }

  // Out for good, ahead of everybody who went out before.
  exclude(option: number): void {
    this.#state[option] = "out";
    this.#out.unshift(this.#place(option, false));
  }

  #place(option: number, elected: boolean): Placing {
    return { option, votes: this.votes[option]!, elected, tied: false };
  }

  // Whoever is still in goes out, the strongest first in the order of all.
  finish(): Outcome {
    for (const option of this.#inOrder(this.continuing).reverse()) this.exclude(option);
    const all = [...this.#elected, ...this.#out].map((placing) => ({ ...placing, tied: this.#tied[placing.option]! }));
    // "None of these" may have taken a seat, which stays vacant; it comes behind those elected all the same.
    const elected = all.filter((placing) => placing.elected);
    const others = all.filter((placing) => !placing.elected);
    return { vacancies: this.contest.seats - elected.length, placings: [...elected, ...others] };
  }
}
