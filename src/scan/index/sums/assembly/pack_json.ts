/**
 * Packs what a source says and needs to go on as pack_value.ts does, out of its JSON: the text is read once into a list of
 * what stands in it, since members of an object are written before their values, and written from there.
 */
import { ROWS } from "./memory";
import { beginAt, isPlainNumber, putByte, putDouble, putTime, putVarint, writtenTo } from "./part_bytes";
import { beginTexts, findText, layOutKnownTexts, putText, textsEnd } from "./text_bytes";

/** As layOutKnownTexts does. */
export function knowTexts(length: u32): void {
  layOutKnownTexts(length);
}

/** Of what is written, as pack_value.ts says. */
const FALSE: u8 = 1, TRUE: u8 = 2, DOUBLE: u8 = 3, TIME: u8 = 4, TEXT: u8 = 5, LIST: u8 = 6, OBJECT: u8 = 7;
const WHOLE: u8 = 8, JSON_TEXT: u8 = 9, SHAPES: i32 = 10, SMALL: i32 = 32;
const LEAST_TIME: f64 = 1e11;
const MOST_DEPTH: i32 = 64;

/**
 * Of an entry of the list: one of the kinds above, NUMBER, or JSON_TEXT for what is too deep; of a text, also the name of a
 * member, its text; of a list and an object how many values they have and where the list goes on behind them; of all else
 * where its characters begin and end.
 */
const KIND: usize = 0, FIRST: usize = 4, SECOND: usize = 8, ENTRY_SIZE: usize = 12;
const NUMBER: i32 = 32;

const QUOTE: u8 = 34, BACKSLASH: u8 = 92, COMMA: u8 = 44, CLOSE_LIST: u8 = 93, CLOSE_OBJECT: u8 = 125;
const OPEN_LIST: u8 = 91, OPEN_OBJECT: u8 = 123, MINUS: u8 = 45, DOT: u8 = 46;

/** More digits may be more than a double has. */
const MOST_DIGITS: i32 = 15;

/** The next character, and the end of the list. */
let at: usize = 0, tape: usize = 0;
/** Whether there is what JSON does not say: it has null for a number that is none, and halves of characters in its own way. */
let isUnsaid: bool = false;
/** Objects whose members others may have as well: where their entries are kept, and how many there are. */
let shapes: usize = 0, shapeCount: i32 = 0;
let lastTime: f64 = 0;

/**
 * Packs the values of a list, which is given as JSON without spaces. Its characters may be changed.
 *
 * @param length In bytes
 * @returns how many bytes are written behind the text, 0 when the JSON does not say all
 */
export function packJson(length: u32): u32 {
  const end = ROWS + length;
  // An entry for two characters at most, and a text for three: with all pieces of texts, one for eight more each.
  const list = end + 7 & ~7;
  shapes = list + <usize> (length / 2 + 2) * ENTRY_SIZE;
  beginTexts(shapes + <usize> (SMALL - SHAPES) * 4);
  at = ROWS;
  tape = list;
  isUnsaid = false;
  shapeCount = 0;
  lastTime = 0;
  readValue(0);
  if (isUnsaid) return 0;
  const texts = textsEnd() + <usize> length * 12;
  beginAt(texts);
  const count = load<i32>(list, FIRST);
  let entry = list + ENTRY_SIZE;
  for (let place = 0; place < count; place++) entry = putValue(entry);
  store<i32>(ROWS, <i32> texts);
  return <u32> (writtenTo() - texts);
}

function readValue(depth: i32): void {
  const entry = tape;
  const byte = load<u8>(at);
  tape += ENTRY_SIZE;
  store<i32>(entry, <i32> at, FIRST);
  if (byte == QUOTE) {
    store<i32>(entry, TEXT, KIND);
    store<i32>(entry, <i32> readText(), FIRST);
  } else if (byte == OPEN_LIST || byte == OPEN_OBJECT) {
    // The list of all values is one more.
    if (depth > MOST_DEPTH) {
      skipValue();
      store<i32>(entry, JSON_TEXT, KIND);
      store<i32>(entry, <i32> findText(load<i32>(entry, FIRST), <i32> at - load<i32>(entry, FIRST)), FIRST);
    } else readMembers(entry, byte, depth);
  } else if (byte == 116) {
    store<i32>(entry, TRUE, KIND);
    at += 4;
  } else if (byte == 102) {
    store<i32>(entry, FALSE, KIND);
    at += 5;
  } else if (byte == 110) {
    isUnsaid = true;
    at += 4;
  } else {
    store<i32>(entry, NUMBER, KIND);
    while (isOfNumber(load<u8>(at))) at++;
    store<i32>(entry, <i32> at, SECOND);
  }
}

function readMembers(entry: usize, open: u8, depth: i32): void {
  const isList = open == OPEN_LIST;
  const close = isList ? CLOSE_LIST : CLOSE_OBJECT;
  let count = 0;
  at++;
  while (load<u8>(at) != close) {
    if (load<u8>(at) == COMMA) at++;
    if (!isList) {
      store<i32>(tape, <i32> readText(), FIRST);
      tape += ENTRY_SIZE;
      at++;
    }
    readValue(depth + 1);
    count++;
  }
  at++;
  store<i32>(entry, isList ? LIST : OBJECT, KIND);
  store<i32>(entry, count, FIRST);
  store<i32>(entry, <i32> tape, SECOND);
}

function isOfNumber(byte: u8): bool {
  return byte != COMMA && byte != CLOSE_LIST && byte != CLOSE_OBJECT;
}

/** One with escapes is written anew where it stands. */
function readText(): usize {
  const start = ++at;
  for (;;) {
    const bytes = v128.load(at);
    const found = i8x16.bitmask(
      v128.or(i8x16.eq(bytes, i8x16.splat(QUOTE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH))),
    );
    if (found) {
      at += ctz<i32>(found);
      break;
    }
    at += 16;
  }
  let end = at;
  while (load<u8>(at) != QUOTE) {
    let byte = load<u8>(at++);
    if (byte == BACKSLASH) {
      byte = load<u8>(at++);
      if (byte == 117) {
        const high = hexAt(at), low = hexAt(at + 2);
        // Half of a character has no bytes.
        if (high != 0) isUnsaid = true;
        byte = <u8> low;
        at += 4;
      } else if (byte == 110) byte = 10;
      else if (byte == 116) byte = 9;
      else if (byte == 114) byte = 13;
      else if (byte == 98) byte = 8;
      else if (byte == 102) byte = 12;
    }
    store<u8>(end++, byte);
  }
  at++;
  return findText(start, <i32> (end - start));
}

/** Two digits. */
function hexAt(place: usize): u32 {
  return digitOf(load<u8>(place)) << 4 | digitOf(load<u8>(place + 1));
}

function digitOf(byte: u32): u32 {
  return byte < 58 ? byte - 48 : byte - 87;
}

/** Goes behind a list or an object. */
function skipValue(): void {
  let depth = 0;
  for (;;) {
    const byte = load<u8>(at++);
    if (byte == OPEN_LIST || byte == OPEN_OBJECT) depth++;
    else if (byte == CLOSE_LIST || byte == CLOSE_OBJECT) {
      if (--depth == 0) return;
    } else if (byte == QUOTE) {
      while (load<u8>(at) != QUOTE) at += load<u8>(at) == BACKSLASH ? 2 : 1;
      at++;
    }
  }
}

/** @returns the entry behind it */
function putValue(entry: usize): usize {
  const kind = load<i32>(entry, KIND), first = load<i32>(entry, FIRST);
  const next = entry + ENTRY_SIZE;
  if (kind == NUMBER) putNumber(first, load<i32>(entry, SECOND));
  else if (kind == OBJECT) return putObject(entry);
  else {
    putByte(<u8> kind);
    if (kind == TEXT || kind == JSON_TEXT) putText(first, 0);
    else if (kind == LIST) {
      putVarint(<u64> first);
      let value = next;
      for (let place = 0; place < first; place++) value = putValue(value);
      return value;
    }
  }
  return next;
}

function putObject(entry: usize): usize {
  const count = load<i32>(entry, FIRST);
  let shape = shapeCount - 1;
  while (shape >= 0 && !hasSame(load<i32>(shapes + shape * 4), entry)) shape--;
  if (shape >= 0) putByte(<u8> (SHAPES + shape));
  else {
    putByte(OBJECT);
    putVarint(<u64> count);
    let name = entry + ENTRY_SIZE;
    for (let place = 0; place < count; place++) {
      putText(load<i32>(name, FIRST), 0);
      name = behind(name + ENTRY_SIZE);
    }
    if (shapeCount < SMALL - SHAPES) store<i32>(shapes + shapeCount++ * 4, <i32> entry);
  }
  let value = entry + ENTRY_SIZE;
  for (let place = 0; place < count; place++) value = putValue(value + ENTRY_SIZE);
  return value;
}

/** Whether two objects have the same members in the same order. */
function hasSame(a: usize, b: usize): bool {
  const count = load<i32>(a, FIRST);
  if (load<i32>(b, FIRST) != count) return false;
  a += ENTRY_SIZE;
  b += ENTRY_SIZE;
  for (let place = 0; place < count; place++) {
    if (load<i32>(a, FIRST) != load<i32>(b, FIRST)) return false;
    a = behind(a + ENTRY_SIZE);
    b = behind(b + ENTRY_SIZE);
  }
  return true;
}

/** The entry behind a value. */
function behind(entry: usize): usize {
  const kind = load<i32>(entry, KIND);
  return kind == LIST || kind == OBJECT ? <usize> load<i32>(entry, SECOND) : entry + ENTRY_SIZE;
}

/** Of up to fifteen digits: those and a power of ten are doubles, of which one more makes the nearest. Others stay JSON. */
function putNumber(start: usize, end: usize): void {
  const isNegative = load<u8>(start) == MINUS;
  let digits = 0, behindDot = 0, isBehind = false, isOdd = false;
  let whole: i64 = 0;
  for (let place = start + usize(isNegative); place < end; place++) {
    const byte = load<u8>(place);
    if (byte == DOT) {
      isBehind = true;
      continue;
    }
    // An exponent.
    if (<u32> byte - 48 > 9) isOdd = true;
    whole = 10 * whole + <i64> byte - 48;
    // Zeros before all others are none.
    if (whole != 0) digits++;
    if (isBehind) behindDot++;
  }
  if (isOdd || digits > MOST_DIGITS || behindDot > 22) {
    putByte(JSON_TEXT);
    putText(findText(start, <i32> (end - start)), 0);
    return;
  }
  let value = <f64> whole;
  if (behindDot > 0) {
    let power: f64 = 1;
    while (behindDot-- > 0) power *= 10;
    value /= power;
  }
  if (isNegative) value = -value;
  if (!isPlainNumber(value)) {
    putByte(DOUBLE);
    putDouble(value);
  } else if (value >= LEAST_TIME) {
    putByte(TIME);
    putTime(value, lastTime);
    lastTime = value;
  } else if (value >= 0 && value <= <f64> (255 - SMALL)) putByte(<u8> (SMALL + <i32> value));
  else {
    putByte(WHOLE);
    putVarint(isNegative ? <u64> (-2 * <i64> value - 1) : 2 * <u64> value);
  }
}
