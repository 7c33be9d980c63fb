/** What line_engine.wasm has to know of the usual lines of a source, laid out as assembly/usual_cells.ts looks for it. */
import type { Fields } from "../../../agents/fields.ts";
import type { ModelRef } from "../../../core/model.ts";
import { AT, lineMemory } from "../lines/line_memory.ts";
import { ROW_CELLS } from "../turns/turn_row.ts";
import type { TurnTable } from "../turns/turn_table.ts";
import { forgetNames, type LineRows } from "./line_rows.ts";

/** Where things are, see assembly/memory.ts: in bytes, in words. */
const TEXT_SIZE = 32;
const MOST_PREFIX = 128;
const [KEYS_END, FORGOTTEN, ROW_COUNT] = [AT.usual / 4 + 6, AT.usual / 4 + 7, AT.usual / 4 + 8] as const;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** By declaration. */
const laidOut = new WeakMap<object, UsualLayout>();
/** What is in the memory. */
let written: { readonly layout: UsualLayout; readonly prefix: string } | undefined;

/** One declaration's: the same for all of its logs. */
export class UsualLayout {
  /** @param list Fields in the order of the engine, and the texts that say which lines they are */
  static of(
    declared: object,
    rows: LineRows<Fields>,
    list: () => { readonly fields: readonly string[]; readonly texts: readonly string[] },
  ): UsualLayout {
    let layout = laidOut.get(declared);
    if (layout === undefined) {
      const { fields, texts } = list();
      laidOut.set(declared, layout = new UsualLayout(fields.map((name) => rows.cellOf(name)), texts));
    }
    return layout;
  }

  readonly #bytes = new Uint8Array(AT.usualPrefix - AT.usualCells);

  private constructor(cells: readonly number[], texts: readonly string[]) {
    this.#bytes.set(cells);
    texts.forEach((text, place) => {
      this.#bytes.set(encoder.encode(text), AT.usualTexts - AT.usualCells + TEXT_SIZE * place);
      this.#bytes[AT.usualLengths - AT.usualCells + place] = text.length;
    });
  }

  /** @param prefix What all keys begin with, see {@linkcode isPrefix} */
  write(prefix: string): void {
    if (written !== undefined && written.layout === this && written.prefix === prefix) return;
    written = { layout: this, prefix };
    lineMemory.bytes.set(this.#bytes, AT.usualCells);
    lineMemory.words[AT.usualPrefix / 4] = prefix.length;
    lineMemory.bytes.set(encoder.encode(prefix), AT.usualPrefix + 4);
  }

  /** Adds the turns of the lines that were just taken. */
  addRows(table: TurnTable, model: ModelRef, chain: string): void {
    const { bytes, words, numbers } = lineMemory;
    if (words[FORGOTTEN] !== 0) forgetNames();
    const count = words[ROW_COUNT]!;
    if (count === 0) return;
    const keys = decoder.decode(bytes.subarray(AT.usualKeys, words[KEYS_END]! - 1)).split("\n");
    const first = AT.usualRows / 8;
    table.addRows(numbers.subarray(first, first + count * ROW_CELLS), keys, model, chain);
  }
}

/** Whether keys can begin with it: a text of so many ASCII characters that stands in a line as it is. */
export function isPrefix(text: string): boolean {
  return text.length <= MOST_PREFIX && /^[!#-[\]-~]+$/.test(text);
}
