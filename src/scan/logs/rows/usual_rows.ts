/**
 * Turns out of lines that most of a log is made of, many at once and without an object: line_engine.wasm reads such lines
 * one after the other and writes rows as a table of turns has them (turns/turn_row.ts), as long as each is
 *
 * - of the provider and model of the line before, which the source's fold was asked for,
 * - one whose times, counts and costs are all such: what is absent is, and nothing has to be said of what is there.
 *
 * The first one that is not goes the ordinary way, and what follows it may be usual again.
 */
import type { Fields } from "../../../agents/fields.ts";
import type { UsualFields, UsualLines, UsualTurns } from "../../../agents/usual_turns.ts";
import type { EpochMs } from "../../../core/model.ts";
import { takeUsual } from "../lines/line_engine.wasm";
import { AT, lineMemory } from "../lines/line_memory.ts";
import { ROW_CELLS } from "../turns/turn_row.ts";
import type { TurnTable } from "../turns/turn_table.ts";
import { forgetNames, type LineRows, nameGeneration } from "./line_rows.ts";

type Usual = UsualLines<unknown, unknown, string>;

/** In the order of assembly/usual_turns.ts, behind the two that say which lines they are. */
const ORDER: readonly Exclude<keyof UsualFields<string>, "is">[] = [
  "id",
  "at",
  "endedAt",
  "provider",
  "model",
  "usage",
  "input",
  "cacheRead",
  "cacheWrite",
  "cacheWrite1h",
  "output",
  "cost",
  "costTotal",
  "costInput",
  "costCacheRead",
  "costCacheWrite",
  "costOutput",
  "isBill",
  "responseModel",
  "responseId",
];

/** In words, and in doubles. */
const [PROVIDER, MODEL, KEYS_END, FORGOTTEN] = [0, 4, 24, 28].map((offset) => (AT.usual + offset) / 4) as [
  number,
  number,
  number,
  number,
];
const [STARTED_AT, LAST_AT, ROWS] = [(AT.usual + 8) / 8, (AT.usual + 16) / 8, AT.usualRows / 8] as const;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** What lies from `AT.usualCells` on, by declaration. */
const laidOut = new WeakMap<Usual["fields"], Uint8Array>();

/** One log's. */
export class UsualRows {
  readonly #usual: Usual;
  readonly #rows: LineRows<Fields>;
  readonly #layout: Uint8Array;
  #turns: UsualTurns | undefined;
  #provider = -1;
  #model = -1;
  /** Of the names that these are numbers of. */
  #generation = -1;
  /** The latest time of the lines that were taken, and of those before. */
  lastActivityAt: EpochMs = -Infinity;

  constructor(usual: Usual, rows: LineRows<Fields>) {
    this.#usual = usual;
    this.#rows = rows;
    let layout = laidOut.get(usual.fields);
    if (layout === undefined) laidOut.set(usual.fields, layout = layOut(usual.fields, rows));
    this.#layout = layout;
  }

  /** To be called behind each line that was folded, with its row. */
  follow(state: unknown, row: unknown): void {
    this.#turns = this.#usual.next(state, row);
    if (this.#turns === undefined) return;
    this.#provider = this.#numberOf("provider");
    this.#model = this.#numberOf("model");
    this.#generation = nameGeneration();
    if (this.#provider < 0 || this.#model < 0) this.#turns = undefined;
  }

  /** To be called behind what was folded without a row: the next line goes the ordinary way. */
  stop(): void {
    this.#turns = undefined;
  }

  /** See LineSearch (lines/line_finder.ts). */
  take(results: number, count: number): number {
    const turns = this.#turns;
    if (turns === undefined || this.#generation !== nameGeneration()) return 0;
    const { bytes, words, numbers } = lineMemory;
    words[PROVIDER] = this.#provider;
    words[MODEL] = this.#model;
    numbers[STARTED_AT] = turns.startedAt ?? NaN;
    numbers[LAST_AT] = turns.lastActivityAt ?? -Infinity;
    bytes.set(this.#layout, AT.usualCells);
    const taken = takeUsual(results, count);
    this.lastActivityAt = numbers[LAST_AT]!;
    if (words[FORGOTTEN] !== 0) forgetNames();
    return taken;
  }

  /** Adds the turns of the lines that were just taken. */
  addTo(table: TurnTable, count: number): void {
    const { bytes, words, numbers } = lineMemory;
    const { model, chain } = this.#turns!;
    const keys = decoder.decode(bytes.subarray(AT.usualKeys, words[KEYS_END]! - 1)).split("\n");
    table.addRows(numbers.subarray(ROWS, ROWS + count * ROW_CELLS), keys, model, chain);
  }

  #numberOf(field: "provider" | "model"): number {
    return lineMemory.words[AT.cells / 4 + 6 * this.#rows.cellOf(this.#usual.fields[field]) + 4]!;
  }
}

/** Cells, texts and their lengths, see assembly/memory.ts. */
function layOut(fields: Usual["fields"], rows: LineRows<Fields>): Uint8Array {
  const bytes = new Uint8Array(AT.usualLengths + 2 - AT.usualCells);
  const names = [...fields.is.map(([name]) => name), ...ORDER.map((place) => fields[place])];
  names.forEach((name, place) => bytes[place] = rows.cellOf(name));
  fields.is.forEach(([, text], place) => {
    bytes.set(encoder.encode(text), AT.usualTexts - AT.usualCells + 16 * place);
    bytes[AT.usualLengths - AT.usualCells + place] = text.length;
  });
  return bytes;
}
