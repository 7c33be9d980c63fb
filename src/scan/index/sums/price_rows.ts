/**
 * What the turns of a table cost by the book, and what caches saved: as turnCost and savedByCache have it (core/cost/), of rows
 * that are in the engine's memory. It knows models whose rates are all there is (assembly/price_rows.ts); here is what asks for
 * all others.
 */
import { costWithoutCache, savedByBook } from "../../../core/cost/cache_savings.ts";
import type { PriceBook } from "../../../core/cost/cost.ts";
import type { TokenUsage } from "../../../core/model.ts";
import {
  CELL_AT,
  CELL_CACHE_READ,
  CELL_CACHE_WRITE,
  CELL_CACHE_WRITE1H,
  CELL_FLAGS,
  CELL_INPUT,
  CELL_MODEL,
  CELL_OUTPUT,
  CELL_SAVED_USD,
  CELL_USD,
  IS_AT_STANDARD_RATE,
  IS_BY_BOOK,
  IS_BY_TOOL,
  IS_PRICED,
  ROW_CELLS,
} from "../../logs/turns/turn_row.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import { SUM_AT, sumMemory } from "./sum_memory.ts";

/**
 * Of the rows that say that their price is the book's, which may not have one, and of what nothing else says was saved.
 *
 * @param rowOf The row of the table, by its place in order of time
 */
export function priceByBook(table: TurnTable, rowOf: (place: number) => number, book: PriceBook): void {
  const { length, models } = table;
  const cells = sumMemory.numbers;
  const usage: { -readonly [Kind in keyof TokenUsage]: number } = {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 0,
  };
  for (let place = 0, start = SUM_AT.given / 8; place < length; place++, start += ROW_CELLS) {
    const flags = cells[start + CELL_FLAGS]!;
    const isByTool = (flags & IS_BY_TOOL) !== 0 && Number.isNaN(cells[start + CELL_SAVED_USD]!);
    if ((flags & IS_BY_BOOK) === 0 && !isByTool) continue;
    usage.input = cells[start + CELL_INPUT]!;
    usage.cacheRead = cells[start + CELL_CACHE_READ]!;
    usage.cacheWrite = cells[start + CELL_CACHE_WRITE]!;
    usage.cacheWrite1h = cells[start + CELL_CACHE_WRITE1H]!;
    usage.output = cells[start + CELL_OUTPUT]!;
    const model = models[cells[start + CELL_MODEL]!]!;
    const at = cells[start + CELL_AT]!;
    const whole = table.wholeAt(rowOf(place));
    const usd = book.costOf(model, usage, at, whole);
    const paid = isByTool ? cells[start + CELL_USD]! : usd;
    if (usd === undefined || paid === undefined) {
      cells[start + CELL_FLAGS] = flags & ~IS_BY_BOOK;
      continue;
    }
    const isCached = usage.cacheRead !== 0 || usage.cacheWrite !== 0 || usage.cacheWrite1h !== 0 ||
      whole?.terms?.hidesWrites === true;
    const listed = isCached ? costWithoutCache(book, model, usage, at, whole) : usd;
    cells[start + CELL_SAVED_USD] = savedByBook(paid, usd, listed) ?? NaN;
    if (!isByTool) {
      const terms = whole?.terms;
      const isStandard = terms !== undefined && book.knowsTerms?.(model, at, terms) === false;
      cells[start + CELL_FLAGS] = flags | IS_PRICED | (isStandard ? IS_AT_STANDARD_RATE : 0);
      cells[start + CELL_USD] = usd;
    }
  }
}
