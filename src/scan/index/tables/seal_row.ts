/** A hash of a row's values, kept beside them: a row that something else than this program changed shows by it. */
import type { SqlValue } from "../../../host/sqlite.ts";

const encoder = new TextEncoder();
let scratch = new Uint8Array(1 << 16);
const PRIME = 0x9e3779b1;

/** 32 bits, never negative. Guards against accidents, not attacks. */
export function sealRow(values: readonly SqlValue[]): number {
  let seal = values.length;
  for (const value of values) {
    if (value === null) seal = mix(seal, 1);
    else if (typeof value === "string") seal = mixText(seal, value);
    else if (typeof value === "number") seal = mixNumber(seal, value);
    else if (value instanceof Uint8Array) seal = mixBytes(mix(seal, 3), value, value.length);
    else throw new TypeError(`A row cannot hold a ${typeof value}.`);
  }
  return seal >>> 0;
}

/** As SQLite hands it out: ended by the first NUL. */
function mixText(seal: number, written: string): number {
  const end = written.indexOf("\0");
  const text = end === -1 ? written : written.slice(0, end);
  // No character takes more than three bytes.
  if (3 * text.length > scratch.length) scratch = new Uint8Array(6 * text.length);
  return mixBytes(mix(seal, 2), scratch, encoder.encodeInto(text, scratch).written);
}

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

function mixNumber(seal: number, value: number): number {
  number[0] = value;
  return mix(mix(mix(seal, 4), halves[0]!), halves[1]!);
}

/** Four words at a time, which do not wait for each other. */
function mixBytes(seal: number, bytes: Uint8Array, length: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  let [a, b, c, d] = [seal, seal ^ 1, seal ^ 2, seal ^ 3];
  let at = 0;
  for (; at + 16 <= length; at += 16) {
    a = Math.imul(a ^ view.getInt32(at, true), PRIME);
    b = Math.imul(b ^ view.getInt32(at + 4, true), PRIME);
    c = Math.imul(c ^ view.getInt32(at + 8, true), PRIME);
    d = Math.imul(d ^ view.getInt32(at + 12, true), PRIME);
    // So that high bits come to matter for the low ones.
    a ^= b >>> 15;
    b ^= c >>> 15;
    c ^= d >>> 15;
    d ^= a >>> 15;
  }
  let mixed = mix(mix(mix(mix(length, a), b), c), d);
  for (; at < length; at++) mixed = mix(mixed, bytes[at]!);
  return mixed;
}

function mix(seal: number, word: number): number {
  const mixed = Math.imul(seal ^ word, PRIME);
  return mixed ^ (mixed >>> 15);
}
