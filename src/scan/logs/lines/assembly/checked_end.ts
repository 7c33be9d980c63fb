/**
 * Goes past what somebody wants, and finds out on the way that it is JSON.
 */
import {
  BACKSLASH,
  BACKSLASHES,
  CLOSING_BRACE,
  CLOSING_BRACKET,
  COLON,
  COMMA,
  CONTROLS,
  LEVELS,
  MINUS,
  MOST_LEVELS,
  OPENING_BRACE,
  OPENING_BRACKET,
  PLUS,
  POINT,
  QUOTE,
  QUOTES,
  ZERO,
} from "./memory";
import { isDigit, skipSpace } from "./skip";

/** Just past the quote that ends the text whose content begins at `at`; 0 when it is none. */
export function textEnd(at: usize, stop: usize): usize {
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
    if (at >= stop) return 0;
    const byte = load<u8>(at);
    if (byte == QUOTE) return at + 1;
    if (byte != BACKSLASH) return 0;
    at = escapeEnd(at + 1);
    if (at == 0) return 0;
  }
  return 0;
}

/** Just past what follows a backslash. The newline behind a line stops it at the latest. */
function escapeEnd(at: usize): usize {
  switch (load<u8>(at)) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return at + 1;
    case 0x75: // u
      return isHex(load<u8>(at, 1)) && isHex(load<u8>(at, 2)) && isHex(load<u8>(at, 3)) && isHex(load<u8>(at, 4))
        ? at + 5
        : 0;
    default:
      return 0;
  }
}

function isHex(byte: u8): bool {
  return isDigit(byte) || <u8> ((byte | 0x20) - 0x61) < 6;
}

/** Just past the number that begins at `at`; 0 when it is none. The newline behind a line stops it. */
export function numberEnd(at: usize): usize {
  if (load<u8>(at) == MINUS) at++;
  if (load<u8>(at) == ZERO) at++;
  else {
    at = digitsEnd(at);
    if (at == 0) return 0;
  }
  if (load<u8>(at) == POINT) {
    at = digitsEnd(at + 1);
    if (at == 0) return 0;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    const sign = load<u8>(at, 1);
    at = digitsEnd(at + (sign == PLUS || sign == MINUS ? 2 : 1));
  }
  return at;
}

function digitsEnd(at: usize): usize {
  if (!isDigit(load<u8>(at))) return 0;
  do at++; while (isDigit(load<u8>(at)));
  return at;
}

/** Just past true, false or null; 0 when it is none of them. The newline behind a line stops it. */
export function wordEnd(at: usize): usize {
  const word = load<u32>(at);
  if (word == 0x65757274 || word == 0x6c6c756e) return at + 4; // true, null
  return word == 0x736c6166 && load<u8>(at, 4) == 0x65 ? at + 5 : 0; // false
}

/**
 * Just past the array or object that begins at `at`; 0 when it is none, and also when it is nested deeper than what is
 * remembered here, which is for a parser to say.
 */
export function nestedEnd(at: usize, stop: usize): usize {
  let depth: usize = 0;
  let isObject = false;
  // At the beginning of a value.
  while (at < stop) {
    const byte = load<u8>(at);
    let isEmpty = false;
    if (byte == OPENING_BRACE || byte == OPENING_BRACKET) {
      if (depth == MOST_LEVELS) return 0;
      isObject = byte == OPENING_BRACE;
      setLevel(depth, isObject);
      depth++;
      at = skipSpace(at + 1);
      isEmpty = load<u8>(at) == (isObject ? CLOSING_BRACE : CLOSING_BRACKET);
      if (!isEmpty) {
        if (isObject) {
          at = keyEnd(at, stop);
          if (at == 0) return 0;
        }
        continue;
      }
    } else {
      at = byte == QUOTE ? textEnd(at + 1, stop) : byte == MINUS || isDigit(byte) ? numberEnd(at) : wordEnd(at);
      if (at == 0) return 0;
      at = skipSpace(at);
    }
    // Behind a value, or before the end of an empty one.
    while (load<u8>(at) != COMMA || isEmpty) {
      if (load<u8>(at) != (isObject ? CLOSING_BRACE : CLOSING_BRACKET)) return 0;
      at++;
      depth--;
      if (depth == 0) return at;
      isObject = levelOf(depth - 1);
      isEmpty = false;
      at = skipSpace(at);
    }
    at = skipSpace(at + 1);
    if (isObject) {
      at = keyEnd(at, stop);
      if (at == 0) return 0;
    }
  }
  return 0;
}

/** Just past a key, its colon and the space behind it. */
function keyEnd(at: usize, stop: usize): usize {
  if (load<u8>(at) != QUOTE) return 0;
  at = textEnd(at + 1, stop);
  if (at == 0) return 0;
  at = skipSpace(at);
  return load<u8>(at) == COLON ? skipSpace(at + 1) : 0;
}

function setLevel(depth: usize, isObject: bool): void {
  const place = LEVELS + (depth >> 3);
  const bit = <u8> 1 << <u8> (depth & 7);
  store<u8>(place, isObject ? load<u8>(place) | bit : load<u8>(place) & ~bit);
}

function levelOf(depth: usize): bool {
  return (load<u8>(LEVELS + (depth >> 3)) >> <u8> (depth & 7) & 1) != 0;
}
