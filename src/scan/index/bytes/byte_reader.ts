/**
 * Reads what byte_writer.ts wrote. Whatever the bytes are, it ends: nothing is read from behind them, and what they cannot
 * mean is an error.
 */
import { DOUBLE, MONEY_SCALE } from "./byte_writer.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** Reads from the first byte to the last one, and makes no objects. */
export class ByteReader {
  #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new DamagedBytesError("A value ends before its last byte.");
    return byte;
  }

  /** The same memory. */
  bytes(count: number): Uint8Array {
    if (count > this.left) throw new DamagedBytesError("A value is longer than what is there.");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  skip(count: number): void {
    if (count > this.left) throw new DamagedBytesError("A value is longer than what is there.");
    this.#at += count;
  }

  varint(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at++]!;
    if (byte < 128) {
      this.#at = at;
      return byte;
    }
    let value = byte & 127;
    let shift = 7;
    for (; shift < 28; shift += 7) {
      byte = bytes[at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) {
        this.#at = at;
        return value;
      }
    }
    // Operators on bits know 32 of them.
    for (let scale = 2 ** 28; scale < 2 ** 53; scale *= 128) {
      byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) {
        this.#at = at;
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw new DamagedBytesError("A number does not end.");
  }

  /** Of so many elements, each of which has a byte at least. */
  length(): number {
    const length = this.varint();
    if (length > this.left) throw new DamagedBytesError("A list is longer than what is there.");
    return length;
  }

  double(): number {
    const bytes = this.#bytes;
    const at = this.#at;
    this.skip(8);
    for (let place = 0; place < 8; place++) doubleBytes[place] = bytes[at + place]!;
    return double[0]!;
  }

  count(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : this.#escaped(value);
  }

  /** @param before As it was when the time was written */
  time(before: number): number {
    const value = this.varint();
    if (value % 2 !== 0) return this.#escaped(value);
    const difference = value / 2;
    return before + (difference % 2 === 0 ? difference / 2 : -(difference + 1) / 2);
  }

  money(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 / MONEY_SCALE : this.#escaped(value);
  }

  signedMoney(): number {
    const value = this.varint();
    if (value % 2 !== 0) return this.#escaped(value);
    const parts = value / 2;
    return (parts % 2 === 0 ? parts / 2 : -(parts + 1) / 2) / MONEY_SCALE;
  }

  #escaped(mark: number): number {
    if (mark !== DOUBLE) throw new DamagedBytesError("A number is neither whole nor a double.");
    return this.double();
  }
}
