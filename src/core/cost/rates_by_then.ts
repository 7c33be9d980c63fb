/**
 * What a user had paid by a time, for what was lost then: of a log that goes on, earlier losses cost what they did. Follows
 * the turns of a log, as ratesFromTurns (prefix_cost.ts) has it of all of them.
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

  /** Takes in a turn that is not before those that were taken in, and whose tool wrote down what it cost. */
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

/**
 * What turns say that was paid by a time, that time included.
 *
 * @param turns In order of time
 * @param before What earlier ones say. @default nothing
 * @returns to be called with times that do not go back
 */
export function followRates(
  turns: readonly Turn[],
  before: readonly PrefixRates[] = [],
): (at: EpochMs) => { of(model: ModelRef): PrefixRates | undefined } {
  const rates = new RatesByThen(before);
  let next = 0;
  return (at) => {
    for (; next < turns.length && turns[next]!.at <= at; next++) {
      const turn = turns[next]!;
      if (turn.reported !== undefined && isResponse(turn)) rates.note(turn.model, turn.at, turn.usage, turn.reported);
    }
    return rates;
  };
}
