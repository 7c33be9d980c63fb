/**
 * Writes texts as text_codec.ts does, among other values: each once, and where it stands again its place. Texts are bytes in
 * memory, and one that is met twice is found by its hash.
 */
import {
  HEADS_SIZE,
  HEX_CODES,
  KNOWN_CHARACTERS,
  KNOWN_HEADS,
  KNOWN_TEXT_SLOTS,
  LETTER_CODES,
  TEXT_HEADS,
  TEXT_SIZE,
} from "./memory";
import { beginAt, putByte, putBytes, putTime, putVarint, writtenTo } from "./part_bytes";

/** Of a text: where its bytes are, how many, their hash, the next text of that hash, and what stands for it, if it was written. */
const LENGTH: usize = 4, HASH: usize = 8, NEXT_TEXT: usize = 12, CODE: usize = 16;
const NEW: i32 = -1;

const UTF8: u8 = 0, UUID: u8 = 2, WORD: u8 = 3, JOINED: u8 = 4, ISO_TIME: u8 = 7;
const PLACES: i32 = 8;
const LEAST_PIECE: i32 = 8, MOST_JOINED: i32 = 4096, MOST_DEPTH: i32 = 4, LEAST_WORD: i32 = 12;
const UUID_LENGTH: i32 = 36, ISO_LENGTH: i32 = 24;
const SLASH: u8 = 47,
  COLON: u8 = 58,
  UNDERSCORE: u8 = 95,
  HYPHEN: u8 = 45,
  DOT: u8 = 46,
  LETTER_T: u8 = 84,
  LETTER_Z: u8 = 90;
const NEWLINE: u8 = 10;
const NONE: u32 = 255;
/** Of 64 bits. */
const PRIME: u64 = 0x9e3779b97f4a7c15;
const DAY: i64 = 86_400_000;

/** Where the next text goes. */
let free: usize = 0;
/** Of the next text that is written. */
let place: i32 = 0;
let lastTime: f64 = 0;

/** Takes in the texts that nearly every log has, which are given where their characters stay, with newlines between them. */
export function layOutKnownTexts(length: u32): void {
  memory.fill(LETTER_CODES, <u8> NONE, 512);
  for (let code: u32 = 0; code < 26; code++) {
    store<u8>(LETTER_CODES + 65 + code, <u8> code);
    store<u8>(LETTER_CODES + 97 + code, <u8> (26 + code));
  }
  for (let digit: u32 = 0; digit < 10; digit++) {
    store<u8>(LETTER_CODES + 48 + digit, <u8> (52 + digit));
    store<u8>(HEX_CODES + 48 + digit, <u8> digit);
  }
  for (let digit: u32 = 0; digit < 6; digit++) store<u8>(HEX_CODES + 97 + digit, <u8> (10 + digit));
  store<u8>(LETTER_CODES + UNDERSCORE, 62);
  store<u8>(LETTER_CODES + HYPHEN, 63);
  memory.fill(KNOWN_HEADS, 0, HEADS_SIZE);
  memory.fill(TEXT_HEADS, 0, HEADS_SIZE);
  free = KNOWN_TEXT_SLOTS;
  const end = KNOWN_CHARACTERS + length;
  let code = 1 + PLACES;
  for (let start = KNOWN_CHARACTERS; start <= end;) {
    let at = start;
    while (at < end && load<u8>(at) != NEWLINE) at++;
    store<i32>(findText(start, <i32> (at - start)), code, CODE);
    code += 2;
    start = at + 1;
  }
  memory.copy(KNOWN_HEADS, TEXT_HEADS, HEADS_SIZE);
}

/** Forgets all texts but those. @param area Where others may be kept: at most one for each that is asked for, and its pieces */
export function beginTexts(area: usize): void {
  memory.copy(TEXT_HEADS, KNOWN_HEADS, HEADS_SIZE);
  free = area;
  place = 0;
  lastTime = 0;
}

/** Has none of them written yet: for another list of bytes. @param area As before */
export function forgetPlaces(area: usize): void {
  for (let text = area; text < free; text += TEXT_SIZE) store<i32>(text, NEW, CODE);
  place = 0;
  lastTime = 0;
}

/** Where the next one would go. */
export function textsEnd(): usize {
  return free;
}

/** The text with these bytes, which stay where they are: the same one for the same bytes. */
export function findText(at: usize, length: i32): usize {
  let mixed: u64 = length;
  const end = at + length;
  let place = at;
  for (; place + 8 <= end; place += 8) mixed = rotl<u64>((mixed ^ load<u64>(place)) * PRIME, 29);
  if (place < end) mixed = (mixed ^ load<u64>(place) << <u64> (8 * (8 - (end - place)))) * PRIME;
  const hash = <u32> (mixed ^ mixed >>> 32);
  const head = TEXT_HEADS + (hash >>> 22) * 4;
  for (let text = <usize> load<i32>(head); text != 0; text = <usize> load<i32>(text, NEXT_TEXT)) {
    if (load<u32>(text, HASH) == hash && load<i32>(text, LENGTH) == length && hasBytes(load<i32>(text), at, end)) {
      return text;
    }
  }
  const text = free;
  free += TEXT_SIZE;
  store<i32>(text, <i32> at);
  store<i32>(text, length, LENGTH);
  store<u32>(text, hash, HASH);
  store<i32>(text, load<i32>(head), NEXT_TEXT);
  store<i32>(text, NEW, CODE);
  store<i32>(head, <i32> text);
  return text;
}

function hasBytes(known: usize, at: usize, end: usize): bool {
  for (; at + 8 <= end; at += 8, known += 8) if (load<u64>(known) != load<u64>(at)) return false;
  return at == end || (load<u64>(known) ^ load<u64>(at)) << <u64> (8 * (8 - (end - at))) == 0;
}

/** Writes one. @param depth Of how many texts it is a piece of a piece */
export function putText(text: usize, depth: i32): void {
  const code = load<i32>(text, CODE);
  if (code != NEW) {
    putVarint(<u64> code);
    return;
  }
  putNew(<usize> load<i32>(text), load<i32>(text, LENGTH), depth);
  store<i32>(text, 2 * place++ + PLACES, CODE);
}

function putNew(at: usize, length: i32, depth: i32): void {
  if (length == UUID_LENGTH && putUuid(at)) return;
  if (length == ISO_LENGTH && load<u8>(at + 10) == LETTER_T && putIsoTime(at)) return;
  if (length > 2 * LEAST_PIECE && length <= MOST_JOINED && depth < MOST_DEPTH) {
    const separator = separatorOf(at, length);
    if (separator >= 0) {
      const byte = load<u8>(at + separator);
      putByte(JOINED + (byte == SLASH ? 0 : byte == COLON ? 1 : 2));
      putText(findText(at, separator), depth + 1);
      putText(findText(at + separator + 1, length - separator - 1), depth + 1);
      return;
    }
  }
  if (length >= LEAST_WORD && putWord(at, length)) return;
  putByte(UTF8);
  putVarint(<u64> length);
  putBytes(at, length);
}

/** The last slash, the first colon, the first underscore: which of them leaves two pieces that are long enough. */
function separatorOf(at: usize, length: i32): i32 {
  let slash = -1, colon = -1, underscore = -1;
  for (let place = 0; place < length; place += 16) {
    const bytes = v128.load(at + place);
    const mask = length - place < 16 ? (1 << length - place) - 1 : 0xffff;
    const slashes = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(SLASH))) & mask;
    if (slashes) slash = place + 31 - clz<i32>(slashes);
    if (colon < 0) {
      const colons = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(COLON))) & mask;
      if (colons) colon = place + ctz<i32>(colons);
    }
    if (underscore < 0) {
      const underscores = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(UNDERSCORE))) & mask;
      if (underscores) underscore = place + ctz<i32>(underscores);
    }
  }
  const most = length - LEAST_PIECE - 1;
  if (slash >= LEAST_PIECE && slash <= most) return slash;
  if (colon >= LEAST_PIECE && colon <= most) return colon;
  return underscore >= LEAST_PIECE && underscore <= most ? underscore : -1;
}

/** Four characters in three bytes. @returns false, with nothing written, for one with others */
function putWord(at: usize, length: i32): bool {
  const start = writtenTo();
  putByte(WORD);
  putVarint(<u64> length);
  let to = writtenTo();
  const end = at + length;
  let all: u32 = 0;
  for (; at + 4 <= end; at += 4, to += 3) {
    const a = letterAt(at), b = letterAt(at + 1), c = letterAt(at + 2), d = letterAt(at + 3);
    all |= a | b | c | d;
    const bits = a << 18 | b << 12 | c << 6 | d;
    store<u8>(to, <u8> (bits >>> 16));
    store<u8>(to, <u8> (bits >>> 8), 1);
    store<u8>(to, <u8> bits, 2);
  }
  let held: u32 = 0, count: u32 = 0;
  for (; at < end; at++) {
    const code = letterAt(at);
    all |= code;
    held = held << 6 | code;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    store<u8>(to++, <u8> (held >>> count));
  }
  if (count > 0) store<u8>(to++, <u8> (held << 8 - count));
  const isWord = all < 64;
  beginAt(isWord ? to : start);
  return isWord;
}

/** Place in the alphabet. */
function letterAt(at: usize): u32 {
  return load<u8>(LETTER_CODES + load<u8>(at));
}

/** In lower case. @returns false, with nothing written, for another text */
function putUuid(at: usize): bool {
  if (load<u8>(at + 8) != HYPHEN || load<u8>(at + 13) != HYPHEN) return false;
  if (load<u8>(at + 18) != HYPHEN || load<u8>(at + 23) != HYPHEN) return false;
  const start = writtenTo();
  putByte(UUID);
  const all = putHex(at, 4) | putHex(at + 9, 2) | putHex(at + 14, 2) | putHex(at + 19, 2) | putHex(at + 24, 6);
  if (all < 16) return true;
  beginAt(start);
  return false;
}

/** @returns what all digits have together: more than a digit has where one is none */
function putHex(at: usize, bytes: i32): u32 {
  let all: u32 = 0;
  for (; bytes > 0; bytes--, at += 2) {
    const high: u32 = load<u8>(HEX_CODES + load<u8>(at)), low: u32 = load<u8>(HEX_CODES + load<u8>(at + 1));
    all |= high | low;
    putByte(<u8> (high << 4 | low));
  }
  return all;
}

/** A time as `toISOString` writes it: `2026-10-21T22:10:57.464Z`. @returns false, with nothing written, for another text */
function putIsoTime(at: usize): bool {
  const year = digitsAt(at, 4), month = digitsAt(at + 5, 2), day = digitsAt(at + 8, 2);
  const hour = digitsAt(at + 11, 2), minute = digitsAt(at + 14, 2), second = digitsAt(at + 17, 2);
  const milliseconds = digitsAt(at + 20, 3);
  if ((year | month | day | hour | minute | second | milliseconds) < 0) return false;
  if (load<u8>(at + 4) != HYPHEN || load<u8>(at + 7) != HYPHEN || load<u8>(at + 13) != COLON) return false;
  if (load<u8>(at + 16) != COLON || load<u8>(at + 19) != DOT || load<u8>(at + 23) != LETTER_Z) return false;
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  const time =
    <f64> (DAY * daysBefore(year, month, day) + <i64> (((hour * 60 + minute) * 60 + second) * 1000 + milliseconds));
  putByte(ISO_TIME);
  putTime(time, lastTime);
  lastTime = time;
  return true;
}

/** Below zero where one is none. */
function digitsAt(at: usize, count: i32): i32 {
  let value = 0;
  for (let index = 0; index < count; index++) {
    const digit = <u32> load<u8>(at + index) - 48;
    if (digit > 9) return -1;
    value = 10 * value + <i32> digit;
  }
  return value;
}

function daysOf(year: i32, month: i32): i32 {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Since the start of 1970. Years begin in March here, so that a leap day is a year's last one. */
function daysBefore(year: i32, month: i32, day: i32): i64 {
  // Whole periods of 400 years before the year 0.
  const years = (month < 3 ? year - 1 : year) + 400;
  const months = month < 3 ? month + 9 : month - 3;
  const days = 365 * years + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1;
  return <i64> days - 719_468 - 146_097;
}
