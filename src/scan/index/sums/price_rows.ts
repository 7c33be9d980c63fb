/** What the turns of a table cost: as turnCost has it (core/cost/cost.ts), without an object for each. */
import { isPrice, type PriceBook } from "../../../core/cost/cost.ts";
import type { TokenUsage } from "../../../core/model.ts";
import { Cell, Flag, type TurnTable } from "../../logs/turns/turn_table.ts";
import type { PriceSource } from "./make_session.ts";

/** All but those of the price. */
const OTHER_FLAGS = ~(Flag.priced | Flag.byTool | Flag.byBook | Flag.atStandardRate);

/** Writes it into their rows, in place of what was there. */
export async function priceRows(table: TurnTable, prices: PriceSource): Promise<void> {
  const { cells, length } = table;
  /** Places of the models that the book is asked for. */
  const asked: number[] = [];
  for (let start = 0; start < length * Cell.count; start += Cell.count) {
    const flags = cells[start + Cell.flags]! & OTHER_FLAGS;
    const reported = cells[start + Cell.reported]!;
    if ((flags & Flag.reported) !== 0 && isPrice(reported, (flags & Flag.isBill) !== 0)) {
      cells[start + Cell.flags] = flags | Flag.priced | Flag.byTool;
      cells[start + Cell.usd] = reported;
    } else if (hasTokens(cells, start)) {
      cells[start + Cell.flags] = flags | Flag.byBook;
      const model = cells[start + Cell.model]!;
      if (!asked.includes(model)) asked.push(model);
    } else {
      cells[start + Cell.flags] = flags | Flag.priced;
      cells[start + Cell.usd] = 0;
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
  for (let row = 0, start = 0; row < length; row++, start += Cell.count) {
    const flags = cells[start + Cell.flags]!;
    if ((flags & Flag.byBook) === 0) continue;
    usage.input = cells[start + Cell.input]!;
    usage.cacheRead = cells[start + Cell.cacheRead]!;
    usage.cacheWrite = cells[start + Cell.cacheWrite]!;
    usage.cacheWrite1h = cells[start + Cell.cacheWrite1h]!;
    usage.output = cells[start + Cell.output]!;
    const model = models[cells[start + Cell.model]!]!;
    const at = cells[start + Cell.at]!;
    const whole = table.wholeAt(row);
    const usd = book.costOf(model, usage, at, whole);
    if (usd === undefined) cells[start + Cell.flags] = flags & ~Flag.byBook;
    else {
      const terms = whole?.terms;
      const isStandard = terms !== undefined && book.knowsTerms?.(model, at, terms) === false;
      cells[start + Cell.flags] = flags | Flag.priced | (isStandard ? Flag.atStandardRate : 0);
      cells[start + Cell.usd] = usd;
    }
  }
}

function hasTokens(cells: Float64Array, start: number): boolean {
  return cells[start + Cell.input]! + cells[start + Cell.cacheRead]! + cells[start + Cell.cacheWrite]! +
      cells[start + Cell.cacheWrite1h]! + cells[start + Cell.output]! !== 0;
}
