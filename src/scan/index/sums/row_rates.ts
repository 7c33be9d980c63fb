/**
 * What the rows of a log say that was paid, beside the time of a loss: as core/cost/rates_by_then.ts has it of turns. Rows are
 * looked at from that time on, until one says it, which mostly the nearest does: each number that is read of a row is an
 * object for as long as code is cold.
 */
import { type ObservedRate, PREFIX_KINDS, type PrefixKind, type PrefixRates } from "../../../core/cost/prefix_cost.ts";
import type { PaidTurns } from "../../../core/cost/rates_by_then.ts";
import { type EpochMs, isSameModel, type ModelRef } from "../../../core/model.ts";
import {
  CELL_AT,
  CELL_CACHE_READ,
  CELL_CACHE_WRITE,
  CELL_CACHE_WRITE1H,
  CELL_FLAGS,
  CELL_INPUT,
  CELL_MODEL,
  CELL_REPORTED,
  CELL_REPORTED_CACHE_READ,
  CELL_REPORTED_CACHE_WRITE,
  CELL_REPORTED_INPUT,
  HAS_REPORTED,
  HAS_REPORTED_CACHE_READ,
  HAS_REPORTED_CACHE_WRITE,
  HAS_REPORTED_INPUT,
} from "../../logs/turns/turn_row.ts";

/** Where each kind of token stands in a row, what was paid for it, and the flag that says so. */
const CELLS: Readonly<Record<PrefixKind, readonly [tokens: number, paid: number, flag: number]>> = {
  input: [CELL_INPUT, CELL_REPORTED_INPUT, HAS_REPORTED_INPUT],
  cacheRead: [CELL_CACHE_READ, CELL_REPORTED_CACHE_READ, HAS_REPORTED_CACHE_READ],
  cacheWrite: [CELL_CACHE_WRITE, CELL_REPORTED_CACHE_WRITE, HAS_REPORTED_CACHE_WRITE],
  cacheWrite1h: [CELL_CACHE_WRITE1H, CELL_REPORTED_CACHE_WRITE, HAS_REPORTED_CACHE_WRITE],
};

/** Rows of one log in order of time. */
export interface OrderedRows {
  readonly cells: Float64Array;
  readonly models: readonly ModelRef[];
  readonly length: number;
  /** First cell of a row, by its place in time. */
  startOf(place: number): number;
}

/** To be asked as `followPaid` is (core/cost/rates_by_then.ts). */
export function followPaidRows(rows: OrderedRows): PaidTurns {
  const [earlier, later] = [new NearestPaid(rows, -1), new NearestPaid(rows, 1)];
  return {
    until: (at) => earlier.from(placeAfter(rows, at) - 1),
    after: (at) => later.from(placeAfter(rows, at)),
  };
}

/** The first row after a time. */
function placeAfter({ cells, length, startOf }: OrderedRows, at: EpochMs): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cells[startOf(middle) + CELL_AT]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What was looked at for a model and a kind of token: up to where, and the place of the row that said it. */
interface Looked {
  readonly from: number;
  readonly found: number | undefined;
}

/** Looks from ever further on, in one direction, back to where it had looked before. */
class NearestPaid {
  readonly #rows: OrderedRows;
  readonly #step: 1 | -1;
  readonly #looked = new Map<string, Looked>();
  #from = 0;

  /** @param step -1 finds what was paid by then, 1 what was paid first afterwards */
  constructor(rows: OrderedRows, step: 1 | -1) {
    this.#rows = rows;
    this.#step = step;
  }

  /** @param place Of the row to begin with, which may be none */
  from(place: number): this {
    this.#from = place;
    return this;
  }

  /** Without a rate where no row of the model says one. */
  of(model: ModelRef): PrefixRates {
    const rates: { -readonly [kind in PrefixKind]?: ObservedRate } = {};
    const { cells, models, startOf } = this.#rows;
    const number = models.findIndex((known) => isSameModel(known, model));
    for (const kind of PREFIX_KINDS) {
      const found = number < 0 ? undefined : this.#find(number, kind);
      if (found !== undefined) rates[kind] = rateAt(cells, startOf(found), kind);
    }
    return { provider: model.provider, model: model.model, ...rates };
  }

  #find(model: number, kind: PrefixKind): number | undefined {
    const { cells, length, startOf } = this.#rows;
    const name = `${model} ${kind}`;
    const from = this.#from;
    const { from: end, found: before } = this.#looked.get(name) ??
      { from: this.#step < 0 ? -1 : length, found: undefined };
    let found = before;
    for (let place = from; place !== end; place += this.#step) {
      const start = startOf(place);
      if (cells[start + CELL_MODEL] !== model || !saysPaid(cells, start, kind)) continue;
      found = place;
      break;
    }
    this.#looked.set(name, { from, found });
    return found;
  }
}

function saysPaid(cells: Float64Array, start: number, kind: PrefixKind): boolean {
  const [tokens, paid, flag] = CELLS[kind];
  const wanted = HAS_REPORTED | flag;
  if ((cells[start + CELL_FLAGS]! & wanted) !== wanted) return false;
  if (!(cells[start + paid]! > 0 && cells[start + tokens]! > 0)) return false;
  const usd = cells[start + CELL_REPORTED]!;
  if (!(usd > 0 && usd < Infinity)) return false;
  // Both kinds of write are recorded as one sum, and their prices differ.
  if (kind === "cacheWrite") return cells[start + CELL_CACHE_WRITE1H] === 0;
  return kind !== "cacheWrite1h" || cells[start + CELL_CACHE_WRITE] === 0;
}

function rateAt(cells: Float64Array, start: number, kind: PrefixKind): ObservedRate {
  const [tokens, paid] = CELLS[kind];
  const at: EpochMs = cells[start + CELL_AT]!;
  const promptTokens = cells[start + CELL_INPUT]! + cells[start + CELL_CACHE_READ]! + cells[start + CELL_CACHE_WRITE]! +
    cells[start + CELL_CACHE_WRITE1H]!;
  return { usdPerMillion: cells[start + paid]! * 1e6 / cells[start + tokens]!, at, promptTokens };
}
