/** What the turns of a table cost: as turnCost has it (core/cost/cost.ts), without an object for each. */
import { isPrice, type PriceBook } from "../../../core/cost/cost.ts";
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
  CELL_USD,
  HAS_REPORTED,
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
    } else if (hasTokens(cells, start)) {
      cells[start + CELL_FLAGS] = flags | IS_BY_BOOK;
      const model = cells[start + CELL_MODEL]!;
      if (!asked.includes(model)) asked.push(model);
    } else {
      cells[start + CELL_FLAGS] = flags | IS_PRICED;
      cells[start + CELL_USD] = 0;
    }
  }
  if (asked.length > 0) askBook(table, await prices.bookFor(asked.map((place) => table.models[place]!)));
}

/** Of the rows that say that their price is the book's: it may not have one. */
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
    if ((flags & IS_BY_BOOK) === 0) continue;
    usage.input = cells[start + CELL_INPUT]!;
    usage.cacheRead = cells[start + CELL_CACHE_READ]!;
    usage.cacheWrite = cells[start + CELL_CACHE_WRITE]!;
    usage.cacheWrite1h = cells[start + CELL_CACHE_WRITE1H]!;
    usage.output = cells[start + CELL_OUTPUT]!;
    const model = models[cells[start + CELL_MODEL]!]!;
    const at = cells[start + CELL_AT]!;
    const whole = table.wholeAt(row);
    const usd = book.costOf(model, usage, at, whole);
    if (usd === undefined) cells[start + CELL_FLAGS] = flags & ~IS_BY_BOOK;
    else {
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
