/**
 * Takes whole records out of a line that is not JSON as a whole: two records without a newline between them, NULs that a
 * power cut left, a record that was cut off with the next one right behind it. Pure, and linear in the length of the line.
 *
 * What lies within a broken record is no record, though it may look like one (`"message":{"type":"message", …}`). A
 * record is therefore taken only
 *
 * - where the line is between records: at its beginning, and behind whole records, commas, NULs and byte order marks; or
 * - behind something broken, when the line ends behind it, or goes on with another object: what is nested is followed by
 *   a comma or a bracket. Where an object may stand by the grammar of the broken record it is taken for nested, so that
 *   of a record that was cut off behind a colon, and of the next one, nothing is taken.
 *
 * Quotes in a string are escaped, so that a string which ends as `{"` and goes on as no JSON does was cut off, and the
 * brace is the next record's.
 */

/** A record that was found in a line that is none. */
export interface SalvagedRecord {
  /** An object with a `type`, as every tool's records have. */
  readonly record: object;
  /** Its bytes. */
  readonly start: number;
  readonly end: number;
}

/** What was found in a line that is no record. */
export interface Salvage {
  readonly records: readonly SalvagedRecord[];
  /** Just past the last record; 0 when there is none. */
  readonly end: number;
  /** Whether there was more than records and what may stand between them. For a growing line, before `end`. */
  readonly isPartial: boolean;
}

const NUL = 0;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * @param line The bytes of a line, without its newline
 * @param isGrowing Whether more may follow: then only whole records at its beginning are taken, which no more bytes change
 */
export function salvageRecords(line: Uint8Array, isGrowing = false): Salvage {
  const decoder = new TextDecoder();
  const records: SalvagedRecord[] = [];
  let isPartial = false;
  let wasPartial = false;
  let isBetween = true;
  let at = 0;
  const go = (to: number) => {
    isPartial = true;
    isBetween = false;
    at = isGrowing || to < 0 ? line.length : to;
  };
  for (;;) {
    const gap = skipGap(line, at);
    at = gap.end;
    isPartial ||= gap.hasNul;
    if (at >= line.length) break;
    if (line[at] !== OPENING_BRACE) {
      go(line.indexOf(OPENING_BRACE, at));
      continue;
    }
    const { end, fault } = readObject(line, at);
    if (fault !== undefined) {
      go(nextRecord(line, at, fault));
      continue;
    }
    if (end === undefined) {
      go(-1);
      continue;
    }
    const isTaken = isBetween || isFollowedByRecord(line, end);
    const record = isTaken ? parseRecord(decoder.decode(line.subarray(at, end))) : undefined;
    if (record === undefined) {
      go(end);
      continue;
    }
    records.push({ record, start: at, end });
    [at, isBetween, wasPartial] = [end, true, isPartial];
  }
  return { records, end: records.at(-1)?.end ?? 0, isPartial: isGrowing ? wasPartial : isPartial };
}

function parseRecord(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isRecord = typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
    return isRecord ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What may stand between two records. NULs take the place of bytes that were lost. */
function skipGap(line: Uint8Array, start: number): { readonly end: number; readonly hasNul: boolean } {
  let at = start;
  let hasNul = false;
  for (;;) {
    if (line[at] === NUL) hasNul = true;
    else if (isMark(line, at)) at += 2;
    else if (!isSpace(line[at]) && line[at] !== COMMA) return { end: at, hasNul };
    at++;
  }
}

function isFollowedByRecord(line: Uint8Array, end: number): boolean {
  let at = end;
  while (isSpace(line[at]) || line[at] === NUL) at++;
  return at >= line.length || line[at] === OPENING_BRACE;
}

function isMark(line: Uint8Array, at: number): boolean {
  return line[at] === BYTE_ORDER_MARK[0] && BYTE_ORDER_MARK.every((byte, index) => line[at + index] === byte);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a;
}

/**
 * Where the next record may begin behind one that stops being JSON at `fault`; -1 when nowhere.
 *
 * @param start Where the broken one begins
 */
function nextRecord(line: Uint8Array, start: number, fault: number): number {
  if (line[fault - 1] === QUOTE) {
    let brace = fault - 2;
    while (fault - brace < 16 && isSpace(line[brace])) brace--;
    if (brace > start && line[brace] === OPENING_BRACE) return brace;
  }
  return line.indexOf(OPENING_BRACE, fault);
}

/** What may come next in an object or array, as bits. */
const KEY_NEXT = 1;
const VALUE_NEXT = 2;
const CLOSE_NEXT = 4;
const COLON_NEXT = 8;
const COMMA_NEXT = 16;

/**
 * Goes over the object that begins at `start`, by the grammar of JSON but for what strings and numbers consist of.
 *
 * @returns just past its end, or the first byte that cannot belong to it; neither when the line ends before it does
 */
function readObject(line: Uint8Array, start: number): { readonly end?: number; readonly fault?: number } {
  const closings: number[] = [];
  let next: number = VALUE_NEXT;
  let at = start;
  for (;;) {
    while (isSpace(line[at])) at++;
    const byte = line[at];
    if (byte === undefined) return {};
    switch (byte) {
      case QUOTE: {
        if ((next & (KEY_NEXT | VALUE_NEXT)) === 0) return { fault: at };
        at = stringEnd(line, at + 1);
        if (at === 0) return {};
        next = next & KEY_NEXT ? COLON_NEXT : COMMA_NEXT | CLOSE_NEXT;
        continue;
      }
      case OPENING_BRACE:
      case OPENING_BRACKET:
        if ((next & VALUE_NEXT) === 0) return { fault: at };
        closings.push(byte + 2);
        next = byte === OPENING_BRACE ? KEY_NEXT | CLOSE_NEXT : VALUE_NEXT | CLOSE_NEXT;
        break;
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        if ((next & CLOSE_NEXT) === 0 || closings.pop() !== byte) return { fault: at };
        if (closings.length === 0) return { end: at + 1 };
        next = COMMA_NEXT | CLOSE_NEXT;
        break;
      case COLON:
        if ((next & COLON_NEXT) === 0) return { fault: at };
        next = VALUE_NEXT;
        break;
      case COMMA:
        if ((next & COMMA_NEXT) === 0) return { fault: at };
        next = closings.at(-1) === CLOSING_BRACE ? KEY_NEXT : VALUE_NEXT;
        break;
      default:
        if ((next & VALUE_NEXT) === 0 || !isOfScalar(byte)) return { fault: at };
        while (isOfScalar(line[at])) at++;
        next = COMMA_NEXT | CLOSE_NEXT;
        continue;
    }
    at++;
  }
}

/** Just past the quote that ends the string whose content begins at `start`; 0 when nothing ends it. */
function stringEnd(line: Uint8Array, start: number): number {
  for (let at = start;;) {
    const quote = line.indexOf(QUOTE, at);
    if (quote < 0) return 0;
    let backslash = quote;
    while (backslash > at && line[backslash - 1] === BACKSLASH) backslash--;
    if ((quote - backslash) % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** Digits, letters, and . + - */
function isOfScalar(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const letter = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x7a) || byte === 0x2e || byte === 0x2b ||
    byte === 0x2d;
}
