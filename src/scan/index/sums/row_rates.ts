/**
 * What the rows of a log say that was paid: as core/cost/rates_by_then.ts has it of turns, without an object for each. Rates
 * are made where somebody asks.
 */
import { type ObservedRate, PREFIX_KINDS, type PrefixKind, type PrefixRates } from "../../../core/cost/prefix_cost.ts";
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

const [INPUT, CACHE_READ, CACHE_WRITE, CACHE_WRITE_1H] = [0, 1, 2, 3];
const KINDS = PREFIX_KINDS.length;

/** Where each kind of token stands in a row, and what was paid for it. */
const CELLS: Readonly<Record<PrefixKind, readonly [tokens: number, paid: number]>> = {
  input: [CELL_INPUT, CELL_REPORTED_INPUT],
  cacheRead: [CELL_CACHE_READ, CELL_REPORTED_CACHE_READ],
  cacheWrite: [CELL_CACHE_WRITE, CELL_REPORTED_CACHE_WRITE],
  cacheWrite1h: [CELL_CACHE_WRITE1H, CELL_REPORTED_CACHE_WRITE],
};

export class RowRates {
  readonly #cells: Float64Array;
  readonly #models: readonly ModelRef[];
  /** By model and kind: the first cell of the row that says what was paid for it, -1 for none. */
  readonly #last: Int32Array;

  constructor(cells: Float64Array, models: readonly ModelRef[]) {
    this.#cells = cells;
    this.#models = models;
    this.#last = new Int32Array(KINDS * models.length).fill(-1);
  }

  /** Takes in a row, in place of what others said. @param start Its first cell */
  note(start: number): void {
    const cells = this.#cells;
    const flags = cells[start + CELL_FLAGS]!;
    const usd = cells[start + CELL_REPORTED]!;
    if ((flags & HAS_REPORTED) === 0 || !(usd > 0 && usd < Infinity)) return;
    const last = this.#last;
    const place = KINDS * cells[start + CELL_MODEL]!;
    if ((flags & HAS_REPORTED_INPUT) !== 0 && isPaid(cells, start, "input")) last[place + INPUT!] = start;
    if ((flags & HAS_REPORTED_CACHE_READ) !== 0 && isPaid(cells, start, "cacheRead")) last[place + CACHE_READ!] = start;
    if ((flags & HAS_REPORTED_CACHE_WRITE) === 0) return;
    // Both kinds of write are recorded as one sum, and their prices differ.
    if (cells[start + CELL_CACHE_WRITE1H] === 0 && isPaid(cells, start, "cacheWrite")) {
      last[place + CACHE_WRITE!] = start;
    }
    if (cells[start + CELL_CACHE_WRITE] === 0 && isPaid(cells, start, "cacheWrite1h")) {
      last[place + CACHE_WRITE_1H!] = start;
    }
  }

  /** Without a rate where no row of the model says one. */
  of(model: ModelRef): PrefixRates {
    const rates: { -readonly [kind in PrefixKind]?: ObservedRate } = {};
    const place = this.#models.findIndex((known) => isSameModel(known, model));
    for (const [at, kind] of PREFIX_KINDS.entries()) {
      const start = place < 0 ? -1 : this.#last[KINDS * place + at]!;
      if (start >= 0) rates[kind] = rateAt(this.#cells, start, kind);
    }
    return { provider: model.provider, model: model.model, ...rates };
  }
}

function isPaid(cells: Float64Array, start: number, kind: PrefixKind): boolean {
  const [tokens, paid] = CELLS[kind];
  return cells[start + paid]! > 0 && cells[start + tokens]! > 0;
}

function rateAt(cells: Float64Array, start: number, kind: PrefixKind): ObservedRate {
  const [tokens, paid] = CELLS[kind];
  const at: EpochMs = cells[start + CELL_AT]!;
  const promptTokens = cells[start + CELL_INPUT]! + cells[start + CELL_CACHE_READ]! + cells[start + CELL_CACHE_WRITE]! +
    cells[start + CELL_CACHE_WRITE1H]!;
  return { usdPerMillion: cells[start + paid]! * 1e6 / cells[start + tokens]!, at, promptTokens };
}
