/**
 * Goes past what nobody wants, and looks at no more of it than at where it ends: whether it is JSON or not.
 */
import {
  BACKSLASH,
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

/** Whether JSON takes it for a blank between two tokens within a line. */
export function isSpace(byte: u8): bool {
  return byte == 0x20 || byte == 0x0d || byte == 0x09;
}

/** Whether it is one of 0 to 9. */
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

/**
 * Just past the quote that ends the text whose content begins at `at`; 0 when nothing ends it before `stop`. Looks for quotes
 * alone, and from each of them back, since most backslashes are before something else.
 */
function skipText(at: usize, stop: usize): usize {
  const quote = v128.load(QUOTES);
  let from = at;
  while (at < stop) {
    const a = v128.eq<i8>(v128.load(at), quote), b = v128.eq<i8>(v128.load(at, 16), quote);
    if (!v128.any_true(v128.or(a, b))) {
      at += 32;
      continue;
    }
    at += ctz<u32>(<u32> v128.bitmask<i8>(a) | (<u32> v128.bitmask<i8>(b) << 16));
    if (at >= stop) return 0;
    let backslashes = at;
    while (backslashes > from && load<u8>(backslashes - 1) == BACKSLASH) backslashes--;
    at++;
    if (((at - 1 - backslashes) & 1) == 0) return at;
    from = at;
  }
  return 0;
}

/**
 * Just past the array or object that begins at `at`; 0 when it does not end before `stop`. Sixty-four bytes at a time, as
 * bits: which are quotes, and which of those are escaped; between which others lies text; what opens and closes outside of it
 * (simdjson). A branch for each of the many short texts that are nested would take several times as long.
 */
export function skipNested(at: usize, stop: usize): usize {
  const quote = v128.load(QUOTES), backslash = v128.load(BACKSLASHES), caseBit = v128.load(CASE_BITS);
  const brace = v128.load(BRACES), closingBrace = v128.load(CLOSING_BRACES);
  let depth: u64 = 1;
  /** All ones while a text goes on from the bytes before. */
  let isText: u64 = 0;
  /** Whether the first of the bytes is escaped. */
  let isEscaped: u64 = 0;
  at++;
  while (at < stop) {
    const a = v128.load(at), b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    let quotes = lanesWith(a, b, c, d, quote);
    const backslashes = lanesWith(a, b, c, d, backslash);
    if ((backslashes | isEscaped) != 0) {
      // Of a run of backslashes every other one escapes what follows it: those at odd places are told from those at even
      // ones by what an addition carries through the run.
      const escaping = backslashes & ~isEscaped;
      const following = (escaping << 1) | isEscaped;
      const oddStarts = escaping & ~EVEN_BITS & ~following;
      const carried = oddStarts + escaping;
      isEscaped = <u64> (carried < escaping);
      quotes &= ~((EVEN_BITS ^ (carried << 1)) & following);
    }
    // From each quote to before the next one.
    let texts = quotes ^ (quotes << 1);
    texts ^= texts << 2;
    texts ^= texts << 4;
    texts ^= texts << 8;
    texts ^= texts << 16;
    texts ^= texts << 32;
    texts ^= isText;
    isText = <u64> (<i64> texts >> 63);
    const e = v128.or(a, caseBit), f = v128.or(b, caseBit), g = v128.or(c, caseBit), h = v128.or(d, caseBit);
    let outside = ~texts;
    if (stop - at < 64) outside &= (<u64> 1 << <u64> (stop - at)) - 1;
    const openings = lanesWith(e, f, g, h, brace) & outside;
    let closings = lanesWith(e, f, g, h, closingBrace) & outside;
    if (popcnt<u64>(closings) >= depth) {
      let before: u64 = 0;
      while (closings != 0) {
        const below = (closings & -closings) - 1;
        // As many have been opened before this one, and all before it were closed.
        before++;
        if (depth + popcnt<u64>(openings & below) == before) return at + <usize> popcnt<u64>(below) + 1;
        closings &= closings - 1;
      }
      depth += popcnt<u64>(openings) - before;
    } else depth += popcnt<u64>(openings) - popcnt<u64>(closings);
    at += 64;
  }
  return 0;
}

const EVEN_BITS: u64 = 0x5555555555555555;

/** A bit for each of the 64 bytes that is the one that `byte` is full of. */
function lanesWith(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return <u64> <u32> v128.bitmask<i8>(v128.eq<i8>(a, byte)) |
    (<u64> <u32> v128.bitmask<i8>(v128.eq<i8>(b, byte)) << 16) |
    (<u64> <u32> v128.bitmask<i8>(v128.eq<i8>(c, byte)) << 32) |
    (<u64> <u32> v128.bitmask<i8>(v128.eq<i8>(d, byte)) << 48);
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
