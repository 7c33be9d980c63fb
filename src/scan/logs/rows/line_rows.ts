/**
 * Rows out of the bytes of lines: line_engine.wasm writes what it finds of each declared field into a cell, and the row
 * looks there when a field is read. Nothing is made for a line, and of its texts only those that are read.
 *
 * A row has what record_rows.ts has of the same line, and the same is said of what does not fit.
 */
import type { FieldKind, Fields, FieldValues, Row } from "../../../agents/fields.ts";
import { startFields, walkLine } from "../lines/line_engine.wasm";
import { AT, lineMemory } from "../lines/line_memory.ts";
import { MOST_TOKENS } from "../../../core/plausible.ts";
import { describeMisfit, EARLIEST_MS, hasMisfits, keptNameOf, LATEST_MS, READERS } from "./field_value.ts";
import { type FieldTree, growFieldTree } from "./field_tree.ts";

/** Types of a cell, as assembly/walk_line.ts has them. */
const [NULL, FALSE, TRUE, NUMBER, TEXT, OBJECT] = [1, 2, 3, 4, 5, 6];
/** What `walkLine` answers, added up. */
const [IS_READ, IS_FORGOTTEN] = [1, 2];

/** Numbers of names are below it. */
const MOST_NAMES = 2048;

/**
 * What numbers of names stand for; null for a text of blanks. What repeats is decoded once, for whichever source: the
 * numbers are those of the memory.
 */
const names: (string | null | undefined)[] = new Array(MOST_NAMES).fill(undefined);
/** How often all of them were forgotten. */
let forgotten = 0;
/** Of the names that the line at hand brought; undefined until one of them is read. */
let newTexts: string | undefined;
/** Whose entries are in the memory. */
let prepared: FieldTree | undefined;

/** To be called when the memory has others under their numbers. */
export function forgetNames(): void {
  names.fill(undefined);
  forgotten++;
}

/** Changes when numbers of names do. */
export function nameGeneration(): number {
  return forgotten;
}

/** By declaration: to prepare its rows takes as long as a small log does. */
const known = new WeakMap<Fields, LineRows<Fields>>();

/** Rows of one source's fields. There is one row, which shows one line after the other. */
export class LineRows<F extends Fields> {
  /** The same for the same fields. @throws {RangeError} when they cannot be looked for, see {@linkcode growFieldTree} */
  static of<F extends Fields>(fields: F): LineRows<F> {
    let rows = known.get(fields);
    if (rows === undefined) known.set(fields, rows = new LineRows<Fields>(fields));
    return rows as unknown as LineRows<F>;
  }

  readonly #tree: FieldTree;
  #misfits: readonly string[] = [];
  /** Of the line that was read last. */
  readonly row: Row<F>;

  private constructor(fields: F) {
    this.#tree = growFieldTree(fields);
    const rows = {};
    for (const [name, field] of Object.entries(fields)) {
      const cell = this.#tree.cells.get(name)!;
      const place = AT.cells / 4 + 6 * cell + 3;
      const read = CELL_READERS[field.kind];
      const tells = hasMisfits(field.kind);
      const readSlowly = () => {
        const type = lineMemory.words[place]! & 15;
        if (type <= NULL) return undefined;
        const value = read(cell, type);
        if (value === undefined && tells) this.#addMisfit(describeMisfit(field, valueOf(cell, type))!);
        return value;
      };
      Object.defineProperty(rows, name, { get: quickGetter(field.kind, cell, readSlowly), enumerable: true });
    }
    this.row = Object.create(rows);
  }

  /** Has these fields looked for: to be called when others may have been since. */
  prepare(): void {
    if (prepared === this.#tree) return;
    prepared = this.#tree;
    lineMemory.bytes.set(prepared.entries, AT.entries);
    lineMemory.words[AT.entryCount / 4] = prepared.count;
    startFields();
  }

  /**
   * Shows the line between two places of the memory, behind which stands a newline.
   *
   * @returns false when only a parser can read it; there is no row of it then
   */
  read(start: number, end: number): boolean {
    if (this.#misfits.length > 0) this.#misfits = [];
    newTexts = undefined;
    const outcome = walkLine(start, end);
    if ((outcome & IS_FORGOTTEN) !== 0) forgetNames();
    return (outcome & IS_READ) !== 0;
  }

  /** The number of a field's cell. */
  cellOf(name: keyof F & string): number {
    return this.#tree.cells.get(name)!;
  }

  /** What is to be said of the fields that were read of the row: each that does not fit its kind, once. */
  misfits(): readonly string[] {
    return this.#misfits;
  }

  #addMisfit(misfit: string): void {
    if (!this.#misfits.includes(misfit)) this.#misfits = [...this.#misfits, misfit];
  }
}

/**
 * Gives what nearly all lines have without a further call, which the middle tier of V8 would not inline.
 *
 * @param readSlowly What reads whatever else may stand there
 */
function quickGetter(kind: FieldKind, cell: number, readSlowly: () => unknown): () => unknown {
  const value = AT.cells / 8 + 3 * cell;
  const type = AT.cells / 4 + 6 * cell + 3;
  switch (kind) {
    case "count":
      return () => {
        if ((lineMemory.words[type]! & 15) <= NULL) return undefined;
        // As a small integer: a number out of the array would be an object of its own.
        const count = lineMemory.numbers[value]! | 0;
        const isCount = (lineMemory.words[type]! & 15) === NUMBER && count === lineMemory.numbers[value]! &&
          count >= 0 &&
          count <= MOST_TOKENS;
        return isCount ? count : readSlowly();
      };
    case "whole":
      return () => {
        if ((lineMemory.words[type]! & 15) <= NULL) return undefined;
        const whole = lineMemory.numbers[value]! | 0;
        const isWhole = (lineMemory.words[type]! & 15) === NUMBER && whole === lineMemory.numbers[value]! && whole >= 0;
        return isWhole ? whole : readSlowly();
      };
    case "number":
      return () => {
        if ((lineMemory.words[type]! & 15) <= NULL) return undefined;
        const number = lineMemory.numbers[value]!;
        return (lineMemory.words[type]! & 15) === NUMBER && number === number ? number : readSlowly();
      };
    case "name":
      return () => {
        if ((lineMemory.words[type]! & 15) !== TEXT) return undefined;
        return names[lineMemory.words[type + 1]!] ?? readSlowly();
      };
    case "time":
      return () => {
        const kindOfCell = lineMemory.words[type]! & 15;
        // Of a text as well, see assembly/walk_line.ts.
        const time = lineMemory.numbers[value]!;
        const isTime = (kindOfCell === TEXT || kindOfCell === NUMBER) && time >= EARLIEST_MS && time < LATEST_MS &&
          Math.floor(time) === time;
        return isTime ? time : readSlowly();
      };
    case "exists":
      return () => (lineMemory.words[type]! & 15) > NULL ? true : undefined;
    case "object":
      return () => (lineMemory.words[type]! & 15) === OBJECT ? true : undefined;
    default:
      return readSlowly;
  }
}

/** @param type Of the cell: neither absent nor null */
type CellReader<Value> = (cell: number, type: number) => Value | undefined;

const CELL_READERS: { readonly [Kind in FieldKind]: CellReader<FieldValues[Kind]> } = {
  count: (cell, type) => type === NUMBER ? READERS.count(numberAt(cell)) : undefined,
  whole: (cell, type) => type === NUMBER ? READERS.whole(numberAt(cell)) : undefined,
  number: (cell, type) => type === NUMBER ? numberAt(cell) : undefined,
  time: readTime,
  name: (cell, type) => type === TEXT ? nameAt(cell) : undefined,
  flag: (_, type) => type === TRUE ? true : type === FALSE ? false : undefined,
  exists: () => true,
  object: (_, type) => type === OBJECT ? true : undefined,
  json: (cell, type) => type < OBJECT || isEmpty(cell) ? valueOf(cell, type) : JSON.parse(sourceOf(cell)),
};

function readTime(cell: number, type: number): number | undefined {
  if (type === NUMBER) return READERS.time(numberAt(cell));
  if (type !== TEXT) return undefined;
  return READERS.time(textAt(cell));
}

/** Whether it is nested, and has nothing in it, as many lists are. */
function isEmpty(cell: number): boolean {
  return lineMemory.words[AT.cells / 4 + 6 * cell + 3]! >>> 4 === 2;
}

/** Of one that is nested an empty one of its kind. */
function valueOf(cell: number, type: number): unknown {
  if (type === NUMBER) return numberAt(cell);
  if (type === TEXT) return textAt(cell);
  if (type === TRUE || type === FALSE) return type === TRUE;
  return type === OBJECT ? {} : [];
}

function numberAt(cell: number): number {
  const number = lineMemory.numbers[AT.cells / 8 + 3 * cell]!;
  return Number.isNaN(number) ? Number(sourceOf(cell)) : number;
}

function nameAt(cell: number): string | undefined {
  const number = lineMemory.words[AT.cells / 4 + 6 * cell + 4]!;
  if (number < 0) return keptNameOf(textAt(cell));
  let name = names[number];
  if (name === undefined) names[number] = name = newNameOf(number) ?? keptNameOf(textAt(cell)) ?? null;
  return name ?? undefined;
}

/** Of a plain one that the line at hand brought: to decode all of those together costs what it costs to decode one. */
function newNameOf(number: number): string | undefined {
  const { words } = lineMemory;
  const place = AT.names / 4 + 4 * number;
  const from = words[AT.newTexts / 4]!;
  const to = words[AT.lastTextEnd / 4]!;
  const start = words[place + 2]! - from;
  const length = words[place + 3]!;
  if (length < IS_PLAIN || start < 0) return undefined;
  newTexts ??= decodeBetween(from, to);
  // Otherwise another one of them is not ASCII.
  return newTexts.length === to - from ? newTexts.slice(start, start + length - IS_PLAIN) : undefined;
}

/** Stands above how long a name is. */
const IS_PLAIN = 1 << 16;

function textAt(cell: number): string {
  const text = sourceOf(cell);
  return text.includes("\\") ? JSON.parse(`"${text}"`) : text;
}

/** A byte order mark within a line is as much of a text as anything else. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** All that stands there, as it stands there. */
function sourceOf(cell: number): string {
  const { words } = lineMemory;
  const start = words[AT.cells / 4 + 6 * cell + 2]!;
  return decodeBetween(start, start + (words[AT.cells / 4 + 6 * cell + 3]! >>> 4));
}

const MOST_SCRATCH = 1024;
/** By how many bytes they show at `AT.scratch`: to make a view takes as long as to decode a name. */
const scratches: (Uint8Array | undefined)[] = new Array(MOST_SCRATCH + 1).fill(undefined);
/** What they are views of. */
let scratched: Uint8Array | undefined;

function decodeBetween(start: number, end: number): string {
  const { bytes } = lineMemory;
  const length = end - start;
  if (length > MOST_SCRATCH) return decoder.decode(bytes.subarray(start, end));
  if (scratched !== bytes) {
    scratches.fill(undefined);
    scratched = bytes;
  }
  bytes.copyWithin(AT.scratch, start, end);
  return decoder.decode(scratches[length] ??= bytes.subarray(AT.scratch, AT.scratch + length));
}
