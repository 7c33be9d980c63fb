/**
 * Writes numbers as few bytes, for what the index keeps of a log. byte_reader.ts reads them again. What is written:
 *
 *     varint     a whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first, the highest bit of all bytes but the
 *                last one set
 *     double     eight bytes, the lowest first
 *     count      a varint, twice the number; or 1 and a double, for all that is not whole, less than zero, or 2^50 and more
 *     time       the same of the difference from another number, in zigzag (0, -1, 1, -2, ...); behind the 1 stands the
 *                number itself
 *     money      the same of ten thousand millionths, where they make the very same number again
 *     signed     money that may be less than zero: in zigzag, as times are
 *
 * Each number comes back bit for bit: minus zero, infinities and all others that no tool writes, too.
 */
import type { Bytes } from "../tables/store.ts";

/** What stands before a double in place of a number that is twice as large. */
export const DOUBLE = 1;
/** Whole numbers below are written as such. */
const MOST = 2 ** 50;
/** Amounts of money are counted in these: a float of fifteen digits or fewer behind the point is mostly one of them. */
export const MONEY_SCALE = 1e10;

/** Whether it can be told by how many ones it is from another such number. */
export function isPlain(value: number): boolean {
  return Number.isInteger(value) && value < MOST && value > -MOST && !Object.is(value, -0);
}

/** See `characters`. */
const NO_CODE = 255;

/** By character code: the place of each character of a text, {@linkcode NO_CODE} for all others. */
export function codesOf(characters: string): Uint8Array {
  const codes = new Uint8Array(128).fill(NO_CODE);
  for (let place = 0; place < characters.length; place++) codes[characters.charCodeAt(place)] = place;
  return codes;
}

const HEX = codesOf("0123456789abcdef");
const HYPHEN = 45;
/** In characters. */
export const UUID_LENGTH = 36;

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** What short copies share, as far as it is taken. */
const SHARED_BYTES = 1 << 15;
let shared: Bytes = new Uint8Array(SHARED_BYTES);
let sharedLength = 0;

/**
 * A copy of bytes that are soon others. Short ones share their memory: one for each makes more work for what collects it
 * than the copies themselves.
 */
export function keepBytes(written: Uint8Array): Bytes {
  if (written.length > SHARED_BYTES / 4) return written.slice() as Bytes;
  if (sharedLength + written.length > SHARED_BYTES) {
    shared = new Uint8Array(SHARED_BYTES);
    sharedLength = 0;
  }
  const bytes = shared.subarray(sharedLength, sharedLength += written.length);
  bytes.set(written);
  return bytes;
}

/** One is used for many, one after the other: {@linkcode begin} starts the next. */
export class ByteWriter {
  #bytes: Bytes = new Uint8Array(1 << 12);
  #length = 0;

  /** Forgets what was written. */
  begin(): void {
    this.#length = 0;
  }

  get length(): number {
    return this.#length;
  }

  /** Takes back what came behind. @param length As it was before */
  backTo(length: number): void {
    this.#length = length;
  }

  /** A copy of what was written. @param from @default all since {@linkcode begin} */
  take(from = 0): Bytes {
    return keepBytes(this.#bytes.subarray(from, this.#length));
  }

  /** Only where there is none: that is looked at before each call, which is one less. */
  #makeRoom(count: number): void {
    const needed = this.#length + count;
    const longer = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    longer.set(this.#bytes);
    this.#bytes = longer;
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#makeRoom(1);
    this.#bytes[this.#length++] = value;
  }

  bytes(bytes: Uint8Array): void {
    if (this.#length + bytes.length > this.#bytes.length) this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** What another writer has. */
  append(other: ByteWriter): void {
    this.bytes(other.#bytes.subarray(0, other.#length));
  }

  /**
   * A character of a text a byte, or less.
   *
   * @param codes By character code: what stands for it, or {@linkcode NO_CODE}
   * @param bits Of which it is made
   * @returns false, with nothing written, when there is one that nothing stands for
   */
  characters(text: string, codes: Uint8Array, bits: 6 | 8): boolean {
    const { length } = text;
    if (this.#length + length > this.#bytes.length) this.#makeRoom(length);
    const bytes = this.#bytes;
    let at = this.#length;
    let held = 0;
    let count = 0;
    for (let place = 0; place < length; place++) {
      const code = codes[text.charCodeAt(place)];
      if (code === undefined || code === NO_CODE) return false;
      held = held << bits | code;
      count += bits;
      if (count < 8) continue;
      count -= 8;
      bytes[at++] = held >>> count;
    }
    if (count > 0) bytes[at++] = held << 8 - count;
    this.#length = at;
    return true;
  }

  /** A UUID in lower case. @param text Of that length @returns false, with nothing written, when the text is none */
  uuid(text: string): boolean {
    if (this.#length + UUID_LENGTH > this.#bytes.length) this.#makeRoom(UUID_LENGTH);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let place = 0; place < UUID_LENGTH; place += 2) {
      if (place === 8 || place === 13 || place === 18 || place === 23) {
        if (text.charCodeAt(place) !== HYPHEN) return false;
        place++;
      }
      const high = HEX[text.charCodeAt(place)];
      const low = HEX[text.charCodeAt(place + 1)];
      if (high === undefined || low === undefined || high === NO_CODE || low === NO_CODE) return false;
      bytes[at++] = high << 4 | low;
    }
    this.#length = at;
    return true;
  }

  /** @param value Whole, from 0 to 2^53 - 1 */
  varint(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#makeRoom(8);
    const bytes = this.#bytes;
    let at = this.#length;
    // Operators on bits know 32 of them.
    while (value >= 0x40000000) {
      bytes[at++] = value % 128 + 128;
      value = Math.floor(value / 128);
    }
    while (value >= 128) {
      bytes[at++] = value & 127 | 128;
      value >>>= 7;
    }
    bytes[at++] = value;
    this.#length = at;
  }

  double(value: number): void {
    double[0] = value;
    this.bytes(doubleBytes);
  }

  count(value: number): void {
    if (isPlain(value) && value >= 0) this.varint(2 * value);
    else this.#escaped(value);
  }

  /** @param before A number that {@linkcode isPlain}, and not far from it */
  time(value: number, before: number): void {
    const difference = value - before;
    if (isPlain(value) && difference < MOST && difference >= -MOST) {
      this.varint(2 * (difference < 0 ? -2 * difference - 1 : 2 * difference));
    } else this.#escaped(value);
  }

  /** US dollars. */
  money(value: number): void {
    const parts = Math.round(value * MONEY_SCALE);
    if (isPlain(parts) && parts >= 0 && parts / MONEY_SCALE === value) this.varint(2 * parts);
    else this.#escaped(value);
  }

  /** US dollars that may be less than nothing. */
  signedMoney(value: number): void {
    const parts = Math.round(value * MONEY_SCALE);
    if (isPlain(parts) && parts / MONEY_SCALE === value) this.varint(2 * (parts < 0 ? -2 * parts - 1 : 2 * parts));
    else this.#escaped(value);
  }

  #escaped(value: number): void {
    this.byte(DOUBLE);
    this.double(value);
  }
}
