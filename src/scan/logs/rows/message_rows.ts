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
import type { MessageFields, MessageLines, NextMessages } from "../../../agents/usual_turns.ts";
import { takeMessages } from "../lines/line_engine.wasm";
import { AT, lineMemory } from "../lines/line_memory.ts";
import type { TurnTable } from "../turns/turn_table.ts";
import type { LineRows } from "./line_rows.ts";
import { UsualLayout } from "./usual_layout.ts";
import { nameGeneration } from "./line_rows.ts";

type Lines = MessageLines<unknown, unknown, string>;

/** In the order of assembly/message_turns.ts, behind the two that say which lines they are. */
const ORDER: readonly Exclude<keyof MessageFields<string>, "is">[] = [
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
const [PROVIDER, MODEL] = [AT.usual / 4, AT.usual / 4 + 1] as const;
const [STARTED_AT, LAST_AT] = [AT.usual / 8 + 1, AT.usual / 8 + 2] as const;

/** One log's. */
export class MessageRows {
  readonly #lines: Lines;
  readonly #layout: UsualLayout;
  readonly #providerCell: number;
  readonly #modelCell: number;
  #next: NextMessages | undefined;
  #provider = -1;
  #model = -1;
  /** Of the names that these are numbers of. */
  #generation = -1;

  constructor(lines: Lines, rows: LineRows<Fields>) {
    this.#lines = lines;
    const { fields } = lines;
    this.#layout = UsualLayout.of(fields, rows, () => ({
      fields: [...fields.is.map(([name]) => name), ...ORDER.map((place) => fields[place])],
      texts: fields.is.map(([, text]) => text),
    }));
    this.#providerCell = rows.cellOf(fields.provider);
    this.#modelCell = rows.cellOf(fields.model);
  }

  /** To be called behind each line that was folded, with its row; without one behind what had none. */
  follow(state: unknown, row: unknown): void {
    this.#next = row === undefined ? undefined : this.#lines.next(state, row);
    if (this.#next === undefined) return;
    this.#provider = nameNumberAt(this.#providerCell);
    this.#model = nameNumberAt(this.#modelCell);
    this.#generation = nameGeneration();
    if (this.#provider < 0 || this.#model < 0) this.#next = undefined;
  }

  /** See LineSearch (lines/line_finder.ts). The turns go to the table. */
  take(results: number, count: number, state: unknown, table: TurnTable): number {
    const next = this.#next;
    if (next === undefined || this.#generation !== nameGeneration()) return 0;
    const { words, numbers } = lineMemory;
    words[PROVIDER] = this.#provider;
    words[MODEL] = this.#model;
    numbers[STARTED_AT] = next.startedAt ?? NaN;
    numbers[LAST_AT] = next.lastActivityAt ?? -Infinity;
    this.#layout.write("");
    const taken = takeMessages(results, count);
    this.#layout.addRows(table, next.model, next.chain);
    if (taken > 0) this.#lines.passed(state, numbers[LAST_AT]!);
    return taken;
  }
}

function nameNumberAt(cell: number): number {
  return lineMemory.words[AT.cells / 4 + 6 * cell + 4]!;
}
