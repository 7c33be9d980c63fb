/**
 * What the prompts of a group of chains begin with alike: what one of them left in the cache another one reads. How long it is
 * is seen where one begins, or returns to what has expired, and reads the same number as another did.
 */
import type { DurationMs, EpochMs, Tokens } from "../model.ts";
import { FIVE_MINUTES_MS, isAlive, pingsBefore, pingsNeeded } from "./lifetimes.ts";
import { NumberTable } from "./number_table.ts";

const START = 0, END = 1, PINGABLE = 2, COLUMNS = 3;

export class SharedFront {
  /** Requests of a chain that follow each other within five minutes: from the first to the last, and how long pings may follow. */
  readonly #busy = new NumberTable(COLUMNS);
  readonly #seen = new Map<Tokens, number>();
  #shortest: Tokens = Infinity;
  #order: Uint32Array | undefined;
  #earliest: Float64Array | undefined;

  /** @param requests Of one chain and model, in order of time, with how long it is to the next of the chain */
  addRequests(requests: readonly { readonly at: EpochMs; readonly nextMs: DurationMs }[]): void {
    let start: EpochMs | undefined;
    for (const [place, { at, nextMs }] of requests.entries()) {
      start ??= at;
      const next = requests[place + 1];
      if (next !== undefined && isAlive(next.at - at, FIVE_MINUTES_MS)) continue;
      this.#busy.add(start, at, nextMs);
      start = undefined;
    }
  }

  /** @param read What a request read that could read nothing else. @param cached All that it read and wrote */
  addSight(read: Tokens, cached: Tokens): void {
    if (cached > 0) this.#shortest = Math.min(this.#shortest, cached);
    if (read > 0) this.#seen.set(read, (this.#seen.get(read) ?? 0) + 1);
  }

  /** What was read alike most often, twice at least. 0 where nothing was. */
  get tokens(): Tokens {
    let [tokens, times] = [0, 1];
    for (const [read, count] of this.#seen) {
      if (count > times || (count === times && times > 1 && read > tokens)) [tokens, times] = [read, count];
    }
    return tokens;
  }

  /** How long it may be at most: all begin with it. */
  get most(): Tokens {
    return this.tokens > 0 ? this.tokens : Number.isFinite(this.#shortest) ? this.#shortest : 0;
  }

  /** How long ago a request of the group was sent, before a time: less than five minutes count as none. */
  ageAt(at: EpochMs): DurationMs {
    const [order, earliest] = this.#sort();
    const place = this.#firstEndingAt(at);
    if (place < order.length && earliest[place]! < at) return 0;
    return place === 0 ? Infinity : at - this.#busy.at(order[place - 1]!, END);
  }

  /**
   * How many pings it takes for it to be alive at a time, each chain of the group sending its own.
   *
   * @returns Infinity where none do
   */
  pingsAt(at: EpochMs, lifetimeMs: DurationMs, most: number): number {
    const [order, earliest] = this.#sort();
    let place = this.#firstEndingAt(at);
    if (place < order.length && earliest[place]! < at) return 0;
    let least = Infinity;
    while (--place >= 0) {
      const row = order[place]!;
      const needed = pingsNeeded(at - this.#busy.at(row, END), lifetimeMs);
      if (needed >= Math.min(least, most + 1)) break;
      if (needed <= pingsBefore(this.#busy.at(row, PINGABLE), lifetimeMs)) least = needed;
    }
    return least;
  }

  #firstEndingAt(at: EpochMs): number {
    const [order] = this.#sort();
    let [from, to] = [0, order.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#busy.at(order[middle]!, END) < at) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** By their ends; and the earliest start of each and those behind it. */
  #sort(): readonly [order: Uint32Array, earliest: Float64Array] {
    if (this.#order?.length === this.#busy.length) return [this.#order, this.#earliest!];
    const order = new Uint32Array(this.#busy.length).map((_, row) => row)
      .sort((a, b) => this.#busy.at(a, END) - this.#busy.at(b, END));
    const earliest = new Float64Array(order.length);
    let least = Infinity;
    for (let place = order.length - 1; place >= 0; place--) {
      earliest[place] = least = Math.min(least, this.#busy.at(order[place]!, START));
    }
    [this.#order, this.#earliest] = [order, earliest];
    return [order, earliest];
  }
}
