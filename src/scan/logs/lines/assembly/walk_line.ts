/**
 * Reads the declared fields of a line, in one walk over it and without an object.
 *
 * What is looked for is a tree: an entry is a key within another entry's object, or within the record. Entries below
 * another one come right after it. Each has
 *   +0 the key, 32 bytes, filled up with 00   +32 its length   +33 what is wanted of it (Want)
 *   +34 u16 the entry that it lies in, plus 1; 0 for the record   +36 u16 the last entry below it, itself when there is none
 *
 * For each there is a cell:
 *   +0 f64: of a number its value, of a text that is wanted as a time that time; NaN where the host is to look itself
 *   +8 u32 where it begins, of a text behind its quote   +12 u32 how long it is, times 16, plus its type (Type)
 *   +16 i32: of a text that is wanted as a name that name's number, -1 where there is none
 */
import {
  BACKSLASHES,
  CELL_SIZE,
  CELLS,
  CLOSING_BRACE,
  COLON,
  COMMA,
  CONTROLS,
  ENTRIES,
  ENTRY_COUNT,
  ENTRY_SIZE,
  MASKS,
  MINUS,
  OPENING_BRACE,
  OPENING_BRACKET,
  QUOTE,
  QUOTES,
  SLOT_MASK,
  SLOTS,
} from "./memory";
import { nestedEnd, numberEnd, textEnd, wordEnd } from "./checked_end";
import { makeRoom, numberOfName } from "./names";
import { isDigit, skipNested, skipSpace, skipValue } from "./skip";
import { parseNumber, parseUtcTime } from "./values";

enum Want {
  Name = 1,
  Time = 2,
  /** All that it is, to be parsed. */
  Json = 4,
}

/** Of a cell. */
export enum Type {
  Absent,
  Null,
  False,
  True,
  Number,
  Text,
  Object,
  Array,
}

/** What `walkLine` answers, added up. */
export enum WalkOutcome {
  GivenUp = 0,
  Read = 1,
  /** What the numbers of names stood for before is forgotten, whether the line was read or not. */
  Forgotten = 2,
}

/** Puts the entries that the host wrote into the hash table. */
export function startFields(): void {
  memory.fill(SLOTS, 0, SLOT_MASK + 1);
  const count = load<u32>(ENTRY_COUNT);
  for (let number: u32 = 0; number < count; number++) {
    const entry = entryAt(number);
    let slot = slotOf(v128.load(entry), v128.load(entry, 16), load<u16>(entry, 34));
    while (load<u8>(SLOTS + slot) != 0) slot = (slot + 1) & SLOT_MASK;
    store<u8>(SLOTS + slot, <u8> (number + 1));
  }
}

/** A line that was walked along just now, and that somebody else is to have. */
let left: usize = 0;
let leftOutcome: i32 = 0;

/** Says that the next call of {@linkcode walkLine} finds all as it is, should it be for the same line. */
export function leaveLine(start: usize, outcome: i32): void {
  left = start;
  leftOutcome = outcome;
}

/**
 * Fills the cells from the line between `start` and `stop`, behind which stands a newline. Gives up where only a parser can
 * tell what a line says, or that it says nothing. What lies in no declared field is not looked at beyond where it ends.
 */
export function walkLine(start: usize, stop: usize): i32 {
  const isLeft = start == left;
  left = 0;
  if (isLeft) return leftOutcome;
  const outcome = makeRoom() ? WalkOutcome.Forgotten : 0;
  return outcome | readLine(start, stop);
}

function readLine(start: usize, stop: usize): i32 {
  forget(0, load<u32>(ENTRY_COUNT));
  let at = skipSpace(start);
  if (load<u8>(at) != OPENING_BRACE) return WalkOutcome.GivenUp;
  at = skipSpace(at + 1);
  /** The entry whose object `at` is in, plus 1. */
  let within: u32 = 0;
  let isEmpty = load<u8>(at) == CLOSING_BRACE;
  while (true) {
    if (!isEmpty) {
      if (load<u8>(at) != QUOTE) return WalkOutcome.GivenUp;
      const key = at + 1;
      at = keyEnd(key, stop);
      if (at == 0) return WalkOutcome.GivenUp;
      const number = numberOfKey(key, at - 1 - key, within);
      if (load<u8>(at) != COLON) {
        at = skipSpace(at);
        if (load<u8>(at) != COLON) return WalkOutcome.GivenUp;
      }
      at++;
      if (load<u8>(at) <= 0x20) at = skipSpace(at);
      if (number == 0) at = skipValue(at, stop);
      else {
        const entry = entryAt(number - 1);
        const isParent = load<u16>(entry, 36) != <u16> (number - 1);
        // The last one of a name is the one that there is, and nothing is left of what was in the others.
        if (isParent && load<u32>(cellAt(number - 1), 12) != 0) forget(number, <u32> load<u16>(entry, 36) + 1);
        if (isParent && load<u8>(at) == OPENING_BRACE) {
          if (load<u8>(entry, 33) & Want.Json && nestedEnd(at, stop) == 0) return WalkOutcome.GivenUp;
          const cell = cellAt(number - 1);
          store<u32>(cell, <u32> at, 8);
          store<u32>(cell, Type.Object, 12);
          within = number;
          at = skipSpace(at + 1);
          isEmpty = load<u8>(at) == CLOSING_BRACE;
          continue;
        }
        at = readValue(at, stop, number - 1);
      }
      if (at == 0) return WalkOutcome.GivenUp;
      if (load<u8>(at) <= 0x20) at = skipSpace(at);
    }
    while (load<u8>(at) == CLOSING_BRACE) {
      at++;
      if (within == 0) {
        return skipSpace(at) == stop ? WalkOutcome.Read : WalkOutcome.GivenUp;
      }
      const cell = cellAt(within - 1);
      store<u32>(cell, <u32> (at - load<u32>(cell, 8)) << 4 | Type.Object, 12);
      within = load<u16>(entryAt(within - 1), 34);
      isEmpty = false;
      if (load<u8>(at) <= 0x20) at = skipSpace(at);
    }
    if (load<u8>(at) != COMMA) return WalkOutcome.GivenUp;
    at++;
    if (load<u8>(at) <= 0x20) at = skipSpace(at);
  }
}

/** Fills the cell of an entry. Returns where its value ends; 0 when it is none. */
function readValue(at: usize, stop: usize, number: u32): usize {
  const wanted = load<u8>(entryAt(number), 33);
  const byte = load<u8>(at);
  let type: u32;
  let end: usize;
  let value: f64 = NaN;
  if (byte == QUOTE) {
    end = textEnd(at + 1, stop);
    if (end == 0) return 0;
    at++;
    // A time hardly repeats: where somebody wants its text as well, that is read from the line.
    if (wanted & Want.Time) {
      value = parseUtcTime(at, end - 1 - at);
      store<i32>(cellAt(number), -1, 16);
    } else if (wanted & Want.Name) store<i32>(cellAt(number), numberOfName(at, end - 1 - at), 16);
    setCell(number, value, at, end - 1 - at, Type.Text);
    return end;
  }
  if (byte == OPENING_BRACE || byte == OPENING_BRACKET) {
    type = byte == OPENING_BRACE ? Type.Object : Type.Array;
    // Of an object somebody may want a part; a list is wanted whole, or fits nowhere.
    end = wanted & Want.Json || type == Type.Array ? nestedEnd(at, stop) : skipNested(at, stop);
  } else if (isDigit(byte) || byte == MINUS) {
    type = Type.Number;
    end = numberEnd(at);
    if (end != 0) value = parseNumber(at, end);
  } else {
    type = byte == 0x74 ? Type.True : byte == 0x66 ? Type.False : Type.Null;
    end = wordEnd(at);
  }
  if (end != 0) setCell(number, value, at, end - at, type);
  return end;
}

function setCell(number: u32, value: f64, at: usize, length: usize, type: u32): void {
  const cell = cellAt(number);
  store<f64>(cell, value);
  store<u32>(cell, <u32> at, 8);
  store<u32>(cell, <u32> length << 4 | type, 12);
}

/** Makes the entries from one to before another absent. */
function forget(from: u32, to: u32): void {
  const last = cellAt(to);
  for (let cell = cellAt(from); cell < last; cell += CELL_SIZE) store<u32>(cell, Type.Absent, 12);
}

/** Just past the quote that ends a key. 0 for what is none, and for one with a backslash, which only a parser reads. */
function keyEnd(at: usize, stop: usize): usize {
  const quotes = v128.load(QUOTES), backslashes = v128.load(BACKSLASHES), controls = v128.load(CONTROLS);
  while (at < stop) {
    const v = v128.load(at);
    const mask = <u32> v128.bitmask<i8>(
      v128.or(v128.le<u8>(v, controls), v128.or(v128.eq<i8>(v, quotes), v128.eq<i8>(v, backslashes))),
    );
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz<u32>(mask);
    return at < stop && load<u8>(at) == QUOTE ? at + 1 : 0;
  }
  return 0;
}

/** The entry with this key within another one, plus 1; 0 when nobody looks for it. */
function numberOfKey(key: usize, length: usize, within: u32): u32 {
  if (length > 32) return 0;
  const mask = MASKS + 32 - length;
  const a = v128.and(v128.load(key), v128.load(mask)), b = v128.and(v128.load(key, 16), v128.load(mask, 16));
  let slot = slotOf(a, b, within);
  while (true) {
    const number = <u32> load<u8>(SLOTS + slot);
    if (number == 0) return 0;
    const entry = entryAt(number - 1);
    const isSame = load<u16>(entry, 34) == within && load<u8>(entry, 32) == length &&
      v128.all_true<i8>(v128.and(v128.eq<i8>(a, v128.load(entry)), v128.eq<i8>(b, v128.load(entry, 16))));
    if (isSame) return number;
    slot = (slot + 1) & SLOT_MASK;
  }
}

function slotOf(a: v128, b: v128, within: u32): usize {
  const both = v128.xor(a, b);
  const sum = (v128.extract_lane<u64>(both, 0) + <u64> within) * 0x9e3779b97f4a7c15 +
    v128.extract_lane<u64>(both, 1) * 0xc2b2ae3d27d4eb4f;
  return <usize> (sum >> 55);
}

function entryAt(number: u32): usize {
  return ENTRIES + <usize> number * ENTRY_SIZE;
}

function cellAt(number: u32): usize {
  return CELLS + <usize> number * CELL_SIZE;
}
