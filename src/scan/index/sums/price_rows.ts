/**
 * What the turns of a table cost, and what caches saved: as turnCost and savedByCache have it (core/cost/), without an object
 * for each.
 */
import { costWithoutCache, savedByBook, savedByParts } from "../../../core/cost/cache_savings.ts";
import type { PriceBook } from "../../../core/cost/cost.ts";
import { isPrice } from "../../../core/cost/cost.ts";
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
  CELL_REPORTED,
  CELL_REPORTED_CACHE_READ,
  CELL_REPORTED_CACHE_WRITE,
  CELL_REPORTED_INPUT,
  CELL_SAVED_USD,
  CELL_USD,
  HAS_REPORTED,
  HAS_REPORTED_CACHE_READ,
  HAS_REPORTED_CACHE_WRITE,
  HAS_REPORTED_INPUT,
  IS_AT_STANDARD_RATE,
  IS_BILL,
  IS_BY_BOOK,
  IS_BY_TOOL,
  IS_PRICED,
  ROW_CELLS,
} from "../../logs/turns/turn_row.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import type { PriceSource } from "./make_session.ts";

/** All but those of the price. */
const OTHER_FLAGS = ~(IS_PRICED | IS_BY_TOOL | IS_BY_BOOK | IS_AT_STANDARD_RATE);

/** Writes it into their rows, in place of what was there. */
export async function priceRows(table: TurnTable, prices: PriceSource): Promise<void> {
  const { cells, length } = table;
  /** Places of the models that the book is asked for. */
  const asked: number[] = [];
  for (let start = 0; start < length * ROW_CELLS; start += ROW_CELLS) {
    const flags = cells[start + CELL_FLAGS]! & OTHER_FLAGS;
    const reported = cells[start + CELL_REPORTED]!;
    if ((flags & HAS_REPORTED) !== 0 && isPrice(reported, (flags & IS_BILL) !== 0)) {
      cells[start + CELL_FLAGS] = flags | IS_PRICED | IS_BY_TOOL;
      cells[start + CELL_USD] = reported;
      const saved = savedByTool(cells, start, flags);
      cells[start + CELL_SAVED_USD] = saved;
      if (Number.isNaN(saved)) ask(asked, cells[start + CELL_MODEL]!);
    } else if (hasTokens(cells, start)) {
      cells[start + CELL_FLAGS] = flags | IS_BY_BOOK;
      ask(asked, cells[start + CELL_MODEL]!);
    } else {
      cells[start + CELL_FLAGS] = flags | IS_PRICED;
      cells[start + CELL_USD] = 0;
      cells[start + CELL_SAVED_USD] = 0;
    }
  }
  if (asked.length > 0) askBook(table, await prices.bookFor(asked.map((place) => table.models[place]!)));
}

function ask(asked: number[], model: number): void {
  if (!asked.includes(model)) asked.push(model);
}

/** As savedByCache has it (core/cost/cache_savings.ts) of what a tool wrote down; NaN where the book has to say. */
function savedByTool(cells: Float64Array, start: number, flags: number): number {
  const read = cells[start + CELL_CACHE_READ]!;
  const written = cells[start + CELL_CACHE_WRITE]! + cells[start + CELL_CACHE_WRITE1H]!;
  if (read === 0 && written === 0) return 0;
  return savedByParts(
    cells[start + CELL_INPUT]!,
    read,
    written,
    (flags & HAS_REPORTED_INPUT) === 0 ? NaN : cells[start + CELL_REPORTED_INPUT]!,
    (flags & HAS_REPORTED_CACHE_READ) === 0 ? NaN : cells[start + CELL_REPORTED_CACHE_READ]!,
    (flags & HAS_REPORTED_CACHE_WRITE) === 0 ? NaN : cells[start + CELL_REPORTED_CACHE_WRITE]!,
  );
}

/** Of the rows that say that their price is the book's, which may not have one, and of what nothing else says was saved. */
function askBook(table: TurnTable, book: PriceBook): void {
  const { cells, length, models } = table;
  const usage: { -readonly [Kind in keyof TokenUsage]: number } = {
    input: 0,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: 0,
  };
  for (let row = 0, start = 0; row < length; row++, start += ROW_CELLS) {
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
    const whole = table.wholeAt(row);
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

function hasTokens(cells: Float64Array, start: number): boolean {
  return cells[start + CELL_INPUT]! + cells[start + CELL_CACHE_READ]! + cells[start + CELL_CACHE_WRITE]! +
      cells[start + CELL_CACHE_WRITE1H]! + cells[start + CELL_OUTPUT]! !== 0;
}
