/**
 * Finds the lines that matter in a stream of bytes: those that hold a needle, and those that do not look like a JSON
 * object. The search itself is line_engine.wasm's; this fills its memory, keeps the unfinished line between two fillings
 * and hands the lines out, as rows of fields where that is asked for. Opens nothing and parses nothing.
 */
import type { Fields } from "../../../agents/fields.ts";
import type { LineRows } from "../rows/line_rows.ts";
import { findLines } from "./line_engine.wasm";
import { AT, ensureRoom, lineMemory } from "./line_memory.ts";
import { MAXIMUM_NEEDLE_LENGTH, writeNeedles } from "./write_needles.ts";

/** What takes note of all that is read. */
export interface LineDigest {
  /** Bytes that follow those before. @param memory That of line_engine.wasm */
  add(memory: Uint8Array, at: number, end: number): void;
}

/** Which lines are looked for. */
export interface LineSearch {
  /** At most 16, of 1 to 64 ASCII characters each, none with a newline. */
  readonly needles: readonly string[];
  /** List every line, blank ones too. */
  readonly everyLine: boolean;
  /** Reads the lines that hold a needle as rows, but for those that only a parser can read. @default none */
  readonly rows?: LineRows<Fields>;
  /**
   * Takes lines that need not be handed out, as many as it can of some that follow each other. There only with `rows`, which
   * are prepared.
   * @param results Where their results are in the memory, see assembly/memory.ts
   * @returns how many it took
   */
  readonly takeLines?: (results: number, count: number) => number;
  /** Called instead of `onLine` for a line of which there is a row. @param start As in `onLine` */
  onRow?(start: number): void;
  /**
   * @param bytes The line without its newline; valid only during the call
   * @param start Where the line begins, counted from the first byte that is held (see {@linkcode LineFinder.held})
   * @param wellFormed Whether the line looks like a JSON object, or is blank
   */
  onLine(bytes: Uint8Array, start: number, wellFormed: boolean): void;
  /** Adds up the lines that have ended, and what is skipped. @default nothing is added up */
  readonly digest?: LineDigest;
}

/** In words. */
const [POSITION, LINE_START, END, HELD, EVERY_LINE] = [
  AT.position / 4,
  AT.lineStart / 4,
  AT.end / 4,
  AT.held / 4,
  AT.everyLine / 4,
];
const RESULTS = AT.results / 4;
const RESULT_STRIDE = 3;

const LOOKS_WELL_FORMED = 2;
/** And holds a needle. */
const IS_WANTED_OBJECT = 3;

/** There is one memory: the finder whose bytes it holds. */
let current: LineFinder | undefined;

/**
 * A search over one stream of bytes: ask for {@linkcode space}, fill it, say with {@linkcode search} how much was filled.
 * Several may take turns between two fillings: each finds what it held as it was.
 */
export class LineFinder {
  readonly #search: LineSearch;
  #held = 0;
  /** What was held when another finder came. */
  #parked: Uint8Array | undefined;
  #isSearching = false;

  /**
   * @throws {RangeError} when a needle is empty or too long, is not ASCII, holds a newline, or there are too many
   * @throws {Error} in the `onLine` of another finder, or of this one
   */
  constructor(search: LineSearch) {
    this.#search = search;
    this.#takeMemory();
    this.drop();
  }

  /** Makes the memory this finder's, and moves out what another one left in it. */
  #takeMemory(): void {
    if (current === this) return;
    if (current !== undefined) current.#park();
    current = undefined;
    const { needles, rows, everyLine } = this.#search;
    writeNeedles(needles);
    rows?.prepare();
    lineMemory.words[EVERY_LINE] = Number(everyLine);
    current = this;
    if (this.#parked === undefined) return;
    ensureRoom(this.#parked.length);
    lineMemory.bytes.set(this.#parked, AT.bytes);
    this.#parked = undefined;
    // Whether the line holds a needle is found out again, from its beginning.
    this.#begin();
  }

  /** Goes on at the first byte, of which nothing is known. */
  #begin(): void {
    lineMemory.words[POSITION] = AT.bytes;
    lineMemory.words[LINE_START] = AT.bytes;
    lineMemory.words[HELD] = 0;
  }

  #park(): void {
    if (this.#isSearching) throw new Error("Other lines cannot be searched while a line is handed out.");
    this.#parked = lineMemory.bytes.slice(AT.bytes, AT.bytes + this.#held);
  }

  /**
   * Room for that many bytes at `AT.bytes` for who searches nothing in them. What a finder held there it finds again.
   *
   * @throws {Error} while a line is handed out
   */
  static borrow(length: number): Uint8Array {
    if (current !== undefined) current.#park();
    current = undefined;
    ensureRoom(length);
    return lineMemory.bytes.subarray(AT.bytes, AT.bytes + length);
  }

  /** How many bytes of an unfinished line are held. */
  get held(): number {
    return this.#held;
  }

  /** A copy of the unfinished line. */
  copyHeld(): Uint8Array<ArrayBuffer> {
    this.#takeMemory();
    return lineMemory.bytes.slice(AT.bytes, AT.bytes + this.#held);
  }

  /** Forgets the unfinished line: the next byte begins a new one. */
  drop(): void {
    this.#takeMemory();
    this.#held = 0;
    this.#begin();
  }

  /** Room for that many bytes behind those that are held. Valid until the next call of any method. */
  space(length: number): Uint8Array {
    this.#takeMemory();
    const start = AT.bytes + this.#held;
    ensureRoom(this.#held + length);
    return lineMemory.bytes.subarray(start, start + length);
  }

  /**
   * Hands out the lines that matter among those that end within the first `length` bytes of the space, in their order.
   * @param from Where in the space to begin. What is held must be dropped before a search that begins later than 0
   * @returns how many bytes, from the first one that was held, belong to lines that have ended
   */
  search(length: number, from = 0): number {
    if (current !== this) throw new Error("The space of a line finder is to be searched before another one is used.");
    const { words, bytes } = lineMemory;
    const end = AT.bytes + this.#held + length;
    words[END] = end;
    if (from > 0) {
      words[POSITION] = AT.bytes + from;
      words[LINE_START] = AT.bytes + from;
    }
    this.#isSearching = true;
    try {
      do this.#handOut(findLines()); while (words[POSITION]! < end);
    } finally {
      this.#isSearching = false;
    }

    const lineStart = words[LINE_START]!;
    this.#search.digest?.add(bytes, AT.bytes, lineStart);
    if (lineStart > AT.bytes) bytes.copyWithin(AT.bytes, lineStart, end);
    this.#held = end - lineStart;
    // A needle may have begun before the end: the search goes on a little before it.
    words[POSITION] = AT.bytes + Math.max(0, this.#held - MAXIMUM_NEEDLE_LENGTH);
    words[LINE_START] = AT.bytes;
    return lineStart - AT.bytes;
  }

  /** Passes over what is held and the first `length` bytes of the space without searching them. */
  skip(length: number): void {
    if (current !== this) throw new Error("The space of a line finder is to be skipped before another one is used.");
    this.#search.digest?.add(lineMemory.bytes, AT.bytes, AT.bytes + this.#held + length);
    this.drop();
  }

  /** Gives the memory up; the finder is not to be used again. */
  close(): void {
    if (current === this) current = undefined;
  }

  #handOut(count: number): void {
    const { words, bytes } = lineMemory;
    const { rows, takeLines } = this.#search;
    const last = RESULTS + count * RESULT_STRIDE;
    for (let result = RESULTS; result < last; result += RESULT_STRIDE) {
      if (takeLines !== undefined) {
        result += RESULT_STRIDE * takeLines(4 * result, (last - result) / RESULT_STRIDE);
        if (result >= last) return;
      }
      const start = words[result]!;
      const end = words[result + 1]!;
      const flags = words[result + 2]!;
      if (rows !== undefined && flags === IS_WANTED_OBJECT && rows.read(start, end)) {
        this.#search.onRow?.(start - AT.bytes);
      } else {
        this.#search.onLine(bytes.subarray(start, end), start - AT.bytes, (flags & LOOKS_WELL_FORMED) !== 0);
      }
    }
  }
}
