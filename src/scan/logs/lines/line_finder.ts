/**
 * Finds the lines that matter in a stream of bytes: those that hold a needle, and those that do not look like a JSON
 * object. The search itself is line_finder.wat; this fills its memory, keeps the unfinished line between two fillings
 * and hands the lines out. Opens nothing and parses nothing.
 */
import { findLines, keepMembers, memory } from "./line_finder.wasm";
import { MAXIMUM_NEEDLE_LENGTH, writeTables } from "./line_finder_tables.ts";

/** What takes note of all that is read. */
export interface LineDigest {
  /** Bytes that follow those before. @param memory That of line_finder.wat */
  add(memory: Uint8Array, at: number, end: number): void;
}

/** Which lines are looked for. */
export interface LineSearch {
  /** At most 16, of 1 to 64 ASCII characters each, none with a newline. */
  readonly needles: readonly string[];
  /** List every line, blank ones too. */
  readonly everyLine: boolean;
  /**
   * Of a line that is plainly an object only the members with these keys are handed out, at any depth but inside of
   * arrays, which stay whole. At most 64, of 1 to 32 ASCII letters, digits and underscores. What is left out is not
   * looked at beyond where it ends, whether it is JSON or not. Undefined keeps every line as it is.
   */
  readonly keptKeys?: readonly string[];
  /**
   * Takes lines of which only the kept members are left, several at once: to decode and to parse them together costs half
   * of what it costs one by one. To be used with `keptKeys`; without it all lines are handed to `onLine`.
   *
   * @param array The text of an array, of which each line is one element; valid only during the call. It is JSON exactly
   * when each of the lines is
   * @param starts Where the lines begin, as in `onLine`
   * @returns false to have the same lines handed to `onLine` one by one
   */
  onLines?(array: Uint8Array, starts: readonly number[]): boolean;
  /**
   * @param bytes The line without its newline; valid only during the call
   * @param start Where the line begins, counted from the first byte that is held (see {@linkcode LineFinder.held})
   * @param wellFormed Whether the line looks like a JSON object, or is blank
   */
  onLine(bytes: Uint8Array, start: number, wellFormed: boolean): void;
  /** Adds up the lines that have ended, and what is skipped. @default nothing is added up */
  readonly digest?: LineDigest;
}

/** Offsets in the memory of line_finder.wat. */
const AT = { position: 0, lineStart: 4, end: 8, held: 12, everyLine: 16 } as const;
/** In words. */
const RESULTS = 4096;
const RESULT_STRIDE = 3;
const BYTES = 65536;
/** What the search may touch behind the last byte. */
const SLACK = 128;

const COMMA = 44;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;
const NO_KEYS: readonly string[] = [];
const PAGE = 65536;
const GROWTH = 16 * PAGE;
const LOOKS_WELL_FORMED = 2;

/** There is one memory: the finder whose bytes it holds. */
let current: LineFinder | undefined;

/**
 * A search over one stream of bytes: ask for {@linkcode space}, fill it, say with {@linkcode search} how much was filled.
 * Several may take turns between two fillings: each finds what it held as it was.
 */
export class LineFinder {
  readonly #search: LineSearch;
  readonly #keeps: boolean;
  #held = 0;
  /** What was held when another finder came. */
  #parked: Uint8Array | undefined;
  #isSearching = false;
  #view = new DataView(memory.buffer);
  /** The same memory, for what is read of each line: V8 calls a function for each number that a view is asked for. */
  #words = new Int32Array(memory.buffer);
  #bytes = new Uint8Array(memory.buffer);

  /**
   * @throws {RangeError} when a needle is empty or too long, is not ASCII, holds a newline, or there are too many; the
   * same for kept keys
   * @throws {Error} in the `onLine` of another finder, or of this one
   */
  constructor(search: LineSearch) {
    this.#search = search;
    this.#keeps = search.keptKeys !== undefined;
    this.#takeMemory();
    this.drop();
  }

  /** Makes the memory this finder's, and moves out what another one left in it. */
  #takeMemory(): void {
    if (current === this) return;
    if (current !== undefined) current.#park();
    current = undefined;
    if (memory.buffer !== this.#bytes.buffer) this.#viewMemory();
    const { needles, keptKeys = NO_KEYS } = this.#search;
    writeTables(this.#bytes, needles, keptKeys);
    this.#view.setInt32(AT.everyLine, Number(this.#search.everyLine), true);
    current = this;
    if (this.#parked === undefined) return;
    this.#ensure(this.#parked.length);
    this.#bytes.set(this.#parked, BYTES);
    this.#parked = undefined;
    // Whether the line holds a needle is found out again, from its beginning.
    this.#view.setInt32(AT.position, BYTES, true);
    this.#view.setInt32(AT.lineStart, BYTES, true);
    this.#view.setInt32(AT.held, 0, true);
  }

  #park(): void {
    if (this.#isSearching) throw new Error("Other lines cannot be searched while a line is handed out.");
    this.#parked = this.#bytes.slice(BYTES, BYTES + this.#held);
  }

  #viewMemory(): void {
    this.#view = new DataView(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  /** Makes room for that many bytes in all. */
  #ensure(length: number): void {
    const missing = BYTES + length + SLACK - memory.buffer.byteLength;
    if (missing <= 0) return;
    // The buffer of a memory that grew is a new one: growing in larger steps keeps that rare. Untouched pages cost
    // nothing.
    memory.grow(Math.ceil(Math.max(missing, GROWTH) / PAGE));
    this.#viewMemory();
  }

  /** How many bytes of an unfinished line are held. */
  get held(): number {
    return this.#held;
  }

  /** A copy of the unfinished line. */
  copyHeld(): Uint8Array<ArrayBuffer> {
    this.#takeMemory();
    return this.#bytes.slice(BYTES, BYTES + this.#held);
  }

  /** Forgets the unfinished line: the next byte begins a new one. */
  drop(): void {
    this.#takeMemory();
    this.#held = 0;
    this.#view.setInt32(AT.position, BYTES, true);
    this.#view.setInt32(AT.lineStart, BYTES, true);
    this.#view.setInt32(AT.held, 0, true);
  }

  /** Room for that many bytes behind those that are held. Valid until the next call of any method. */
  space(length: number): Uint8Array {
    this.#takeMemory();
    const start = BYTES + this.#held;
    const total = this.#held + length;
    // What is kept of the lines is written behind them, with a bracket or comma each.
    this.#ensure(this.#keeps ? total + SLACK + total : total);
    return this.#bytes.subarray(start, start + length);
  }

  /**
   * Hands out the lines that matter among those that end within the first `length` bytes of the space, in their order.
   * @param from Where in the space to begin. What is held must be dropped before a search that begins later than 0
   * @returns how many bytes, from the first one that was held, belong to lines that have ended
   */
  search(length: number, from = 0): number {
    if (current !== this) throw new Error("The space of a line finder is to be searched before another one is used.");
    const end = BYTES + this.#held + length;
    this.#view.setInt32(AT.end, end, true);
    if (from > 0) {
      this.#view.setInt32(AT.position, BYTES + from, true);
      this.#view.setInt32(AT.lineStart, BYTES + from, true);
    }
    this.#isSearching = true;
    try {
      do this.#handOut(findLines()); while (this.#view.getInt32(AT.position, true) < end);
    } finally {
      this.#isSearching = false;
    }

    const lineStart = this.#view.getInt32(AT.lineStart, true);
    this.#search.digest?.add(this.#bytes, BYTES, lineStart);
    if (lineStart > BYTES) this.#bytes.copyWithin(BYTES, lineStart, end);
    this.#held = end - lineStart;
    // A needle may have begun before the end: the search goes on a little before it.
    this.#view.setInt32(AT.position, BYTES + Math.max(0, this.#held - MAXIMUM_NEEDLE_LENGTH), true);
    this.#view.setInt32(AT.lineStart, BYTES, true);
    return lineStart - BYTES;
  }

  /** Passes over what is held and the first `length` bytes of the space without searching them. */
  skip(length: number): void {
    if (current !== this) throw new Error("The space of a line finder is to be skipped before another one is used.");
    this.#search.digest?.add(this.#bytes, BYTES, BYTES + this.#held + length);
    this.drop();
  }

  /** Gives the memory up; the finder is not to be used again. */
  close(): void {
    if (current === this) current = undefined;
  }

  #handOut(count: number): void {
    if (this.#keeps) return this.#handOutKept(count);
    for (let result = RESULTS; result < RESULTS + count * RESULT_STRIDE; result += RESULT_STRIDE) {
      const start = this.#words[result]!;
      const end = this.#words[result + 1]!;
      const flags = this.#words[result + 2]!;
      this.#search.onLine(this.#bytes.subarray(start, end), start - BYTES, (flags & LOOKS_WELL_FORMED) !== 0);
    }
  }

  /** Hands out what is kept of the lines, those that are plainly objects together. */
  #handOutKept(count: number): void {
    const room = this.#view.getInt32(AT.end, true) + SLACK;
    let starts: number[] = [];
    let ends: number[] = [];
    let at = room;
    const handOutTogether = () => {
      if (starts.length === 0) return;
      this.#bytes[room] = OPENING_BRACKET;
      this.#bytes[at] = CLOSING_BRACKET;
      if (this.#search.onLines?.(this.#bytes.subarray(room, at + 1), starts) !== true) {
        let from = room + 1;
        starts.forEach((start, index) => {
          const end = ends[index]!;
          this.#search.onLine(this.#bytes.subarray(from, end), start, true);
          from = end + 1;
        });
      }
      [starts, ends, at] = [[], [], room];
    };
    for (let result = RESULTS; result < RESULTS + count * RESULT_STRIDE; result += RESULT_STRIDE) {
      const start = this.#words[result]!;
      const end = this.#words[result + 1]!;
      const isWellFormed = (this.#words[result + 2]! & LOOKS_WELL_FORMED) !== 0;
      const keptEnd = isWellFormed ? keepMembers(start, end, at + 1) : 0;
      if (keptEnd === 0) {
        handOutTogether();
        this.#search.onLine(this.#bytes.subarray(start, end), start - BYTES, isWellFormed);
        continue;
      }
      this.#bytes[at] = COMMA;
      at = keptEnd;
      starts.push(start - BYTES);
      ends.push(keptEnd);
    }
    handOutTogether();
  }
}
