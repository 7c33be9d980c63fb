/**
 * Requests that another setting may change: first ones, and returns after five minutes. Kept as numbers, since what they would
 * have read depends on what their chains have in common, which is known at the end.
 */
import type { DurationMs, EpochMs, Tokens, Usd } from "../model.ts";
import type { FollowedTurn } from "./follow_chain.ts";
import type { MetCache } from "./lifetimes.ts";
import { NumberTable } from "./number_table.ts";
import { type TurnRates, writeRates } from "./turn_rates.ts";

const AT = 0, SESSION = 1, GAP = 2, PINGABLE = 3, READ = 4, REUSE = 5, MOST = 6, CACHED = 7, HELD = 8, HELD_MS = 9;
const READ_RATE = 10, WRITE_RATE = 11, FLAGS = 13, COLUMNS = 14;

const IS_EXPIRED = 1, IS_CHANGED = 2, IS_EARLY = 4, IN_PLAIN = 8, IN_KEPT = 16, HAS_FRONT = 32;

/** What a request is part of: the chain as it was, the chain without the pings that were sent; and a group with a front. */
export interface RequestUse {
  readonly isPlain: boolean;
  readonly isKept: boolean;
  readonly hasFront: boolean;
}

/** One of them, in numbers. */
export interface MetRequest extends RequestUse {
  readonly at: EpochMs;
  readonly session: number;
  readonly met: MetCache;
  readonly pingableMs: DurationMs;
  readonly most: Tokens;
  readonly cached: Tokens;
  readonly held: Tokens;
  readonly isChanged: boolean;
  readonly isEarlyLoss: boolean;
  /** What a token that is read spares beside one that is written for five minutes, and for an hour. */
  readonly gains: readonly [fiveMinutes: Usd, oneHour: Usd];
}

export class MetRequests {
  readonly #table = new NumberTable(COLUMNS);

  add(session: number, followed: FollowedTurn, rates: TurnRates, use: RequestUse): void {
    const { turn, gapMs, read, reuse, most, cached, held, heldMs, pingableMs, isExpired, isChanged, isEarlyLoss } =
      followed;
    const flags = (isExpired ? IS_EXPIRED : 0) | (isChanged ? IS_CHANGED : 0) | (isEarlyLoss ? IS_EARLY : 0) |
      (use.isPlain ? IN_PLAIN : 0) | (use.isKept ? IN_KEPT : 0) | (use.hasFront ? HAS_FRONT : 0);
    const [write5m, write1h] = writeRates(rates);
    // deno-fmt-ignore
    this.#table.add(
      turn.at, session, gapMs ?? NaN, pingableMs, read, reuse, most, cached, held, heldMs, rates.read, write5m, write1h, flags,
    );
  }

  /** In the order in which they came. */
  *each(): Iterable<MetRequest> {
    for (let row = 0; row < this.#table.length; row++) yield this.#read(row);
  }

  #read(row: number): MetRequest {
    const cell = (column: number) => this.#table.at(row, column);
    const flags = cell(FLAGS);
    const gapMs = cell(GAP);
    const has = (flag: number) => (flags & flag) !== 0;
    return {
      at: cell(AT),
      session: cell(SESSION),
      met: {
        ...(Number.isNaN(gapMs) ? {} : { gapMs }),
        heldMs: cell(HELD_MS),
        read: cell(READ),
        reuse: cell(REUSE),
        isExpired: has(IS_EXPIRED),
      },
      pingableMs: cell(PINGABLE),
      most: cell(MOST),
      cached: cell(CACHED),
      held: cell(HELD),
      isChanged: has(IS_CHANGED),
      isEarlyLoss: has(IS_EARLY),
      isPlain: has(IN_PLAIN),
      isKept: has(IN_KEPT),
      hasFront: has(HAS_FRONT),
      gains: [cell(WRITE_RATE) - cell(READ_RATE), cell(WRITE_RATE + 1) - cell(READ_RATE)],
    };
  }
}
