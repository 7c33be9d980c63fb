/** Lost caches of a log's rows as objects: of the few logs whose prices or turns say more than the engine knows. */
import { type CacheMiss, missOf } from "../../../core/cache/misses.ts";
import type { PriceBook } from "../../../core/cost/cost.ts";
import { addLossesTo, noLosses, priceByPaid } from "../../../core/cost/miss_cost.ts";
import { ROW_CELLS } from "../../logs/turns/turn_row.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import { followPaidRows } from "./row_rates.ts";
import { heldAt, requestAt } from "./row_state.ts";
import { DOUBT_SIZE, MISS_SIZE, ROW_SIZE, SUM_AT, sumMemory } from "./sum_memory.ts";

/** Places of rows in order of time. */
export type RowOrder = readonly number[] | "as they are";

/** As priceMisses has it (core/cost/miss_cost.ts), of rows. What they add up to is told as the engine tells it. */
export function priceRowMisses(table: TurnTable, order: RowOrder, book: PriceBook): readonly CacheMiss[] {
  const { cells, models, length } = table;
  const { words, numbers } = sumMemory;
  const isPaid = words[SUM_AT.rateCount / 4]! > 0;
  const startOf = (place: number) => (order === "as they are" ? place : order[place]!) * ROW_CELLS;
  const paid = isPaid ? followPaidRows({ cells, models, length, startOf }) : undefined;
  const misses = priceByPaid(readMisses(table, order), paid, book);
  const lost = noLosses();
  for (const { usd } of misses) {
    addLossesTo(lost, { misses: 1, tokens: 0, usd: usd ?? 0, unpriced: usd === undefined ? 1 : 0 });
  }
  numbers[SUM_AT.lostUsd / 8] = lost.usd;
  words[SUM_AT.unpricedMisses / 4] = lost.unpriced;
  return misses;
}

/** Of few turns, which are made objects. */
function readMisses(table: TurnTable, order: RowOrder): readonly CacheMiss[] {
  const { words } = sumMemory;
  const first = SUM_AT.given + table.length * (ROW_SIZE + DOUBT_SIZE);
  const misses: CacheMiss[] = [];
  for (let at = first, end = first + words[SUM_AT.misses / 4]! * MISS_SIZE; at < end; at += MISS_SIZE) {
    const place = (words[at / 4 + 8]! - SUM_AT.given) / ROW_SIZE;
    const turn = table.turnAt(order === "as they are" ? place : order[place]!);
    misses.push(missOf(turn, requestAt(table.models, words[at / 4 + 9]!), heldAt(table.models, at))!);
  }
  return misses;
}
