// Goes past what nobody wants, and looks at no more of it than at where it ends: whether it is JSON or not.
import {
  BACKSLASHES,
  BRACES,
  CASE_BITS,
  CLOSING_BRACES,
  MINUS,
  OPENING_BRACE,
  PLUS,
  POINT,
  QUOTE,
  QUOTES,
  ZERO,
} from "./memory";

export function isSpace(byte: u8): bool {
  return byte == 0x20 || byte == 0x0d || byte == 0x09;
}

export function isDigit(byte: u8): bool {
  return <u8> (byte - ZERO) < 10;
}

/** The first byte at or after `at` that is no white space. The newline behind a line stops it at the latest. */
export function skipSpace(at: usize): usize {
  while (isSpace(load<u8>(at))) at++;
  return at;
}

/** Just past the value that begins at `at`; 0 when it is none, or does not end before `stop`. */
export function skipValue(at: usize, stop: usize): usize {
  const byte = load<u8>(at);
  if (byte == QUOTE) return skipText(at + 1, stop);
  // [ and { differ in one bit, and so do ] and }.
  return (byte | 0x20) == OPENING_BRACE ? skipNested(at, stop) : skipScalar(at);
}

/** Just past the quote that ends the text whose content begins at `at`; 0 when nothing ends it before `stop`. */
export function skipText(at: usize, stop: usize): usize {
  const quotes = v128.load(QUOTES), backslashes = v128.load(BACKSLASHES);
  while (at < stop) {
    const v = v128.load(at), w = v128.load(at, 16);
    const a = v128.or(v128.eq<i8>(v, quotes), v128.eq<i8>(v, backslashes));
    const b = v128.or(v128.eq<i8>(w, quotes), v128.eq<i8>(w, backslashes));
    if (!v128.any_true(v128.or(a, b))) {
      at += 32;
      continue;
    }
    at += ctz<u32>(<u32> v128.bitmask<i8>(a) | (<u32> v128.bitmask<i8>(b) << 16));
    if (load<u8>(at) == QUOTE) return at < stop ? at + 1 : 0;
    at += 2;
  }
  return 0;
}

/** Just past the array or object that begins at `at`; 0 when it does not end before `stop`. */
export function skipNested(at: usize, stop: usize): usize {
  const quotes = v128.load(QUOTES), caseBits = v128.load(CASE_BITS);
  const braces = v128.load(BRACES), closingBraces = v128.load(CLOSING_BRACES);
  let depth: u32 = 0;
  while (at < stop) {
    const v = v128.load(at);
    const w = v128.or(v, caseBits);
    const mask = <u32> v128.bitmask<i8>(
      v128.or(v128.eq<i8>(v, quotes), v128.or(v128.eq<i8>(w, braces), v128.eq<i8>(w, closingBraces))),
    );
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz<u32>(mask);
    if (at >= stop) return 0;
    const byte = load<u8>(at);
    at++;
    if (byte == QUOTE) {
      at = skipText(at, stop);
      if (at == 0) return 0;
    } else if ((byte | 0x20) == OPENING_BRACE) depth++;
    else if (--depth == 0) return at;
  }
  return 0;
}

/** Just past what looks like a number, true, false or null; 0 for all else. The newline behind a line stops it. */
function skipScalar(at: usize): usize {
  const first = load<u8>(at);
  const isScalar = isDigit(first) || first == MINUS || first == 0x74 || first == 0x66 || first == 0x6e;
  if (!isScalar) return 0;
  let byte: u8;
  do {
    at++;
    byte = load<u8>(at);
  } while (
    isDigit(byte) || <u8> ((byte | 0x20) - 0x61) < 26 || byte == POINT || byte == PLUS || byte == MINUS
  );
  return at;
}
