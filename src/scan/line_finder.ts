/**
 * Finds the lines that matter in a stream of bytes: those that hold a needle, and those that do not look like a JSON
 * object. The search itself is line_finder.wat; this fills its memory, keeps the unfinished line between two fillings
 * and hands the lines out. Opens nothing and parses nothing.
 */
import { findLines, memory } from "./line_finder.wasm";

export interface LineSearch {
  /** At most 16, of 1 to 64 ASCII characters each, none with a newline. */
  readonly needles: readonly string[];
  /** List every line, blank ones too. */
  readonly everyLine: boolean;
  /**
   * @param bytes The line without its newline; valid only during the call
   * @param start Where the line begins, counted from the first byte that is held (see {@linkcode LineFinder.held})
   * @param wellFormed Whether the line looks like a JSON object, or is blank
   */
  onLine(bytes: Uint8Array, start: number, wellFormed: boolean): void;
}

/** Offsets in the memory of line_finder.wat. */
const AT = { position: 0, lineStart: 4, end: 8, held: 12, everyLine: 16, needleCount: 20 } as const;
const TABLES = 64;
const NEEDLES = 256;
const NEEDLE_STRIDE = 72;
const RESULTS = 16384;
const RESULT_STRIDE = 12;
const BYTES = 65536;
/** What the search may touch behind the last byte. */
const SLACK = 128;

const MAXIMUM_NEEDLES = 16;
const MAXIMUM_NEEDLE_LENGTH = 64;
/** Two bytes are a third faster for some needles and a quarter slower for others: three are never slow. */
const FINGERPRINT_LENGTH = 3;
const NEWLINE = 10;
const NEEDLE_BUCKETS = 7;
const NEWLINE_BUCKET = 1 << NEEDLE_BUCKETS;
const PAGE = 65536;
const GROWTH = 16 * PAGE;
const LOOKS_WELL_FORMED = 2;

/** There is one memory: the finder that uses it. */
let current: LineFinder | undefined;

/**
 * A search over one stream of bytes: ask for {@linkcode space}, fill it, say with {@linkcode search} how much was filled.
 * Only one may be open at a time in a thread.
 */
export class LineFinder {
  readonly #search: LineSearch;
  #held = 0;
  #view = new DataView(memory.buffer);
  #bytes = new Uint8Array(memory.buffer);

  /**
   * @throws {RangeError} when a needle is empty or too long, is not ASCII, holds a newline, or there are too many
   * @throws {Error} when another finder is open
   */
  constructor(search: LineSearch) {
    if (current !== undefined) throw new Error("Only one line finder can be open at a time.");
    this.#search = search;
    this.#writeTables(search.needles);
    this.#view.setInt32(AT.everyLine, Number(search.everyLine), true);
    this.drop();
    current = this;
  }

  /** How many bytes of an unfinished line are held. */
  get held(): number {
    return this.#held;
  }

  /** A copy of the unfinished line. */
  copyHeld(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(BYTES, BYTES + this.#held);
  }

  /** Forgets the unfinished line: the next byte begins a new one. */
  drop(): void {
    this.#held = 0;
    this.#view.setInt32(AT.position, BYTES, true);
    this.#view.setInt32(AT.lineStart, BYTES, true);
    this.#view.setInt32(AT.held, 0, true);
  }

  /** Room for that many bytes behind those that are held. Valid until the next call of any method. */
  space(length: number): Uint8Array {
    const start = BYTES + this.#held;
    const missing = start + length + SLACK - memory.buffer.byteLength;
    if (missing > 0) {
      // The buffer of a memory that grew is a new one: growing in larger steps keeps that rare. Untouched pages cost
      // nothing.
      memory.grow(Math.ceil(Math.max(missing, GROWTH) / PAGE));
      this.#view = new DataView(memory.buffer);
      this.#bytes = new Uint8Array(memory.buffer);
    }
    return this.#bytes.subarray(start, start + length);
  }

  /**
   * Hands out the lines that matter among those that end within the first `length` bytes of the space, in their order.
   * @param from Where in the space to begin. What is held must be dropped before a search that begins later than 0
   * @returns how many bytes, from the first one that was held, belong to lines that have ended
   */
  search(length: number, from = 0): number {
    const end = BYTES + this.#held + length;
    this.#view.setInt32(AT.end, end, true);
    if (from > 0) {
      this.#view.setInt32(AT.position, BYTES + from, true);
      this.#view.setInt32(AT.lineStart, BYTES + from, true);
    }
    do this.#handOut(findLines()); while (this.#view.getInt32(AT.position, true) < end);

    const lineStart = this.#view.getInt32(AT.lineStart, true);
    if (lineStart > BYTES) this.#bytes.copyWithin(BYTES, lineStart, end);
    this.#held = end - lineStart;
    // A needle may have begun before the end: the search goes on a little before it.
    this.#view.setInt32(AT.position, BYTES + Math.max(0, this.#held - MAXIMUM_NEEDLE_LENGTH), true);
    this.#view.setInt32(AT.lineStart, BYTES, true);
    return lineStart - BYTES;
  }

  /** Lets the next finder in. */
  close(): void {
    if (current === this) current = undefined;
  }

  #handOut(count: number): void {
    for (let result = RESULTS; result < RESULTS + count * RESULT_STRIDE; result += RESULT_STRIDE) {
      const start = this.#view.getInt32(result, true);
      const end = this.#view.getInt32(result + 4, true);
      const flags = this.#view.getInt32(result + 8, true);
      this.#search.onLine(this.#bytes.subarray(start, end), start - BYTES, (flags & LOOKS_WELL_FORMED) !== 0);
    }
  }

  #writeTables(needles: readonly string[]): void {
    if (needles.length > MAXIMUM_NEEDLES) {
      throw new RangeError(`${needles.length} needles are too many: at most ${MAXIMUM_NEEDLES} can be searched for.`);
    }
    const tables = this.#bytes.fill(0, TABLES, TABLES + 2 * 16 * FINGERPRINT_LENGTH);
    const admit = (place: number, byte: number, bucket: number) => {
      tables[TABLES + 32 * place + (byte & 15)]! |= bucket;
      tables[TABLES + 32 * place + 16 + (byte >> 4)]! |= bucket;
    };
    const admitAny = (place: number, bucket: number) => {
      for (let nibble = 0; nibble < 16; nibble++) admit(place, nibble * 17, bucket);
    };
    admit(0, NEWLINE, NEWLINE_BUCKET);
    for (let place = 1; place < FINGERPRINT_LENGTH; place++) admitAny(place, NEWLINE_BUCKET);
    needles.forEach((needle, index) => {
      const bytes = encodeNeedle(needle);
      const offset = fingerprintOf(bytes);
      const bucket = 1 << (index % NEEDLE_BUCKETS);
      for (let place = 0; place < FINGERPRINT_LENGTH; place++) {
        const byte = bytes[offset + place];
        if (byte === undefined) admitAny(place, bucket);
        else admit(place, byte, bucket);
      }
      const record = NEEDLES + index * NEEDLE_STRIDE;
      this.#bytes.set([bytes.length, offset, bucket], record);
      this.#bytes.set(bytes, record + 8);
    });
    this.#view.setInt32(AT.needleCount, needles.length, true);
  }
}

function encodeNeedle(needle: string): Uint8Array {
  const bytes = new TextEncoder().encode(needle);
  const isPlain = bytes.every((byte) => byte < 128 && byte !== NEWLINE);
  if (!isPlain || bytes.length === 0 || bytes.length > MAXIMUM_NEEDLE_LENGTH) {
    throw new RangeError(
      `The needle ${JSON.stringify(needle)} cannot be searched for: it must be 1 to ${MAXIMUM_NEEDLE_LENGTH} ASCII ` +
        "characters without a newline.",
    );
  }
  return bytes;
}

/** Where in a needle the three bytes stand that are the least likely to be met elsewhere. */
function fingerprintOf(needle: Uint8Array): number {
  let best = 0;
  let bestCommonness = Infinity;
  for (let offset = 0; offset + FINGERPRINT_LENGTH <= needle.length; offset++) {
    const commonness = needle.subarray(offset, offset + FINGERPRINT_LENGTH)
      .reduce((product, byte) => product * commonnessOf(byte), 1);
    if (commonness < bestCommonness) [best, bestCommonness] = [offset, commonness];
  }
  return best;
}

/** Roughly how often a byte is met among a thousand of a log: prose and code inside of JSON. A guess costs only speed. */
function commonnessOf(byte: number): number {
  const character = String.fromCharCode(byte);
  if (/[ etaoinsr]/.test(character)) return 60;
  if (/["\\:,dlucmpfhg]/.test(character)) return 25;
  if (/[a-z0-9./(){}-]/.test(character)) return 10;
  return 4;
}
