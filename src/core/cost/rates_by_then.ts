/**
 * What a user had paid by a time, for what was lost then: of a log that goes on, earlier losses cost what they did. What
 * nothing says by then is told by what was paid first afterwards.
 */
import {
  type EpochMs,
  isSameModel,
  type ModelRef,
  type ReportedCost,
  type TokenUsage,
  type Turn,
  type Usd,
} from "../model.ts";
import { isResponse } from "../usage_total.ts";
import { type ObservedRate, PREFIX_KINDS, type PrefixKind, type PrefixRates, rateOf } from "./prefix_cost.ts";

type GrowingRates = ModelRef & { -readonly [kind in PrefixKind]?: ObservedRate };

class RatesByThen {
  readonly #models: GrowingRates[];

  /** @param before Of earlier turns */
  constructor(before: readonly PrefixRates[]) {
    this.#models = before.map((rates) => ({ ...rates }));
  }

  /** Takes in a turn whose tool wrote down what it cost, in place of what others said of the same kind of token. */
  note(model: ModelRef, at: EpochMs, usage: TokenUsage, reported: ReportedCost): void {
    if (!(reported.usd > 0 && Number.isFinite(reported.usd))) return;
    let rates = this.#models.find((known) => isSameModel(known, model));
    if (rates === undefined) this.#models.push(rates = { provider: model.provider, model: model.model });
    const wrote = reported.cacheWrite;
    const paid: Readonly<Record<PrefixKind, Usd | undefined>> = {
      input: reported.input,
      cacheRead: reported.cacheRead,
      // Both kinds of write are recorded as one sum, and their prices differ.
      cacheWrite: usage.cacheWrite1h === 0 ? wrote : undefined,
      cacheWrite1h: usage.cacheWrite === 0 ? wrote : undefined,
    };
    for (const kind of PREFIX_KINDS) {
      const rate = rateOf(paid[kind], usage[kind], at, usage);
      if (rate !== undefined) rates[kind] = rate;
    }
  }

  /** Undefined where no turn of the model was paid. */
  of(model: ModelRef): PrefixRates | undefined {
    return this.#models.find((known) => isSameModel(known, model));
  }
}

/** What was paid for a model, by kind of token. */
export interface PaidRates {
  of(model: ModelRef): PrefixRates | undefined;
}

/** What turns say that was paid, beside a time. */
export interface PaidTurns {
  /** By a time, that time included: the latest counts. To be called with times that do not go back. */
  until(at: EpochMs): PaidRates;
  /** After it: the first counts. To be called with times that do not go forward. */
  after(at: EpochMs): PaidRates;
}

/** @param turns In order of time @param before What earlier ones say. @default nothing */
export function followPaid(turns: readonly Turn[], before: readonly PrefixRates[] = []): PaidTurns {
  const [earlier, later] = [new RatesByThen(before), new RatesByThen([])];
  const note = (rates: RatesByThen, { model, at, usage, reported, total }: Turn) => {
    if (reported !== undefined && isResponse({ total })) rates.note(model, at, usage, reported);
  };
  let next = 0;
  let last = turns.length - 1;
  return {
    until(at) {
      for (; next < turns.length && turns[next]!.at <= at; next++) note(earlier, turns[next]!);
      return earlier;
    },
    after(at) {
      for (; last >= 0 && turns[last]!.at > at; last--) note(later, turns[last]!);
      return later;
    },
  };
}
