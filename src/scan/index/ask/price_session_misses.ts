/** What lost caches of many sessions cost, without reading a log: as `session` says of one. */
import { costOfMiss } from "../../../core/cost/miss_cost.ts";
import { mergeRates, type PrefixRates } from "../../../core/cost/prefix_cost.ts";
import type { Usd } from "../../../core/model.ts";
import { decodeRates } from "../bytes/rollup_codec.ts";
import { basisOf } from "../sums/session_figures.ts";
import type { PriceSource } from "../sums/make_session.ts";
import type { Bytes, IndexStore } from "../tables/store.ts";
import type { SessionMiss } from "./usage_in_range.ts";

/** A lost cache with what it cost. */
export interface PricedMiss extends SessionMiss {
  /** Absent where no price is known. */
  readonly usd?: Usd;
}

const NO_RATES: readonly PrefixRates[] = [];

/** In place: there are thousands. @returns the same */
export async function priceSessionMisses(
  store: IndexStore,
  misses: readonly SessionMiss[],
  prices: PriceSource,
): Promise<readonly PricedMiss[]> {
  if (misses.length === 0) return [];
  const book = await prices.bookFor(new Set(misses.map(({ model }) => model)));
  const rates = readRates(store, new Set(misses.map(({ session }) => session)));
  for (const miss of misses as (PricedMiss & { usd?: Usd })[]) {
    const usd = costOfMiss(miss, rates.get(miss.session) ?? NO_RATES, book);
    if (usd !== undefined) miss.usd = usd;
  }
  return misses;
}

/** What the sessions' own turns say that is paid. Those of most say nothing: only where agents record costs. */
function readRates(store: IndexStore, sessions: ReadonlySet<number>): ReadonlyMap<number, readonly PrefixRates[]> {
  const wanted = JSON.stringify([...sessions]);
  const reported = store.all<{ readonly id: number; readonly figures: string }>(
    "SELECT s.id, s.figures FROM json_each(?) wanted CROSS JOIN sessions s ON s.id = wanted.value",
    wanted,
  ).filter(({ figures }) => {
    const basis = basisOf((JSON.parse(`[${figures}]`) as number[])[4]!);
    return basis === "reported" || basis === "mixed";
  });
  const found = new Map<number, readonly PrefixRates[]>();
  const logs = store.all<{ readonly session: number; readonly rollup: Bytes }>(
    `SELECT f.session, f.rollup FROM json_each(?) wanted
      CROSS JOIN files f ON f.session = wanted.value WHERE f.rollup <> x'' ORDER BY f.id`,
    JSON.stringify(reported.map(({ id }) => id)),
  );
  for (const { session, rollup } of logs) {
    const rates = decodeRates(rollup);
    const before = found.get(session);
    found.set(session, before === undefined ? rates : mergeRates(before, rates));
  }
  return found;
}
