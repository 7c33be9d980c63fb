/** A hash of a row's values, kept beside them: a row that something else than this program changed shows by it. */
import type { SqlValue } from "../../../host/sqlite.ts";

const encoder = new TextEncoder();
let scratch = new Uint8Array(1 << 16);
/** The same memory, with the lowest byte of a word first, as on every machine that Deno runs on. */
let scratchWords = new Int32Array(scratch.buffer);
const PRIME = 0x9e3779b1;

/** 32 bits, never negative. Guards against accidents, not attacks. */
export function sealRow(values: readonly SqlValue[]): number {
  let seal = values.length;
  for (const value of values) {
    if (value === null) seal = mix(seal, 1);
    else if (typeof value === "string") seal = mixText(seal, value);
    else if (typeof value === "number") seal = mixNumber(seal, value);
    else if (value instanceof Uint8Array) seal = mixBytes(mix(seal, 3), value);
    else throw new TypeError(`A row cannot hold a ${typeof value}.`);
  }
  return seal >>> 0;
}

/** A longer text is encoded sooner than its characters are looked at. */
const SHORT_TEXT = 64;

/** As SQLite hands it out: ended by the first NUL. */
function mixText(seal: number, written: string): number {
  if (written.length <= SHORT_TEXT && putPlain(written)) return mixScratch(mix(seal, 2), written.length);
  const end = written.indexOf("\0");
  const text = end === -1 ? written : written.slice(0, end);
  // No character takes more than three bytes.
  makeRoom(3 * text.length);
  return mixScratch(mix(seal, 2), encoder.encodeInto(text, scratch).written);
}

/** @returns false for a text with a character that is not one byte, or is NUL */
function putPlain(text: string): boolean {
  const { length } = text;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0 || code > 127) return false;
    scratch[at] = code;
  }
  return true;
}

function mixBytes(seal: number, bytes: Uint8Array): number {
  makeRoom(bytes.length);
  scratch.set(bytes);
  return mixScratch(seal, bytes.length);
}

function makeRoom(length: number): void {
  if (length <= scratch.length) return;
  scratch = new Uint8Array(2 * length + 3 & ~3);
  scratchWords = new Int32Array(scratch.buffer);
}

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

function mixNumber(seal: number, value: number): number {
  number[0] = value;
  return mix(mix(mix(seal, 4), halves[0]!), halves[1]!);
}

/** The first bytes of the scratch memory: four words at a time, which do not wait for each other. */
function mixScratch(seal: number, length: number): number {
  const words = scratchWords;
  let [a, b, c, d] = [seal, seal ^ 1, seal ^ 2, seal ^ 3];
  const fours = length >>> 4 << 2;
  for (let at = 0; at < fours; at += 4) {
    a = Math.imul(a ^ words[at]!, PRIME);
    b = Math.imul(b ^ words[at + 1]!, PRIME);
    c = Math.imul(c ^ words[at + 2]!, PRIME);
    d = Math.imul(d ^ words[at + 3]!, PRIME);
    // So that high bits come to matter for the low ones.
    a ^= b >>> 15;
    b ^= c >>> 15;
    c ^= d >>> 15;
    d ^= a >>> 15;
  }
  let mixed = mix(mix(mix(mix(length, a), b), c), d);
  for (let at = 4 * fours; at < length; at++) mixed = mix(mixed, scratch[at]!);
  return mixed;
}

function mix(seal: number, word: number): number {
  const mixed = Math.imul(seal ^ word, PRIME);
  return mixed ^ (mixed >>> 15);
}
