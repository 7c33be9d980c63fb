/** Finds the end of a JSON object that comes in pieces, without parsing it. */

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
/** Before it: blanks, line ends, and the bytes of a byte order mark. */
const BEFORE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf]);

/**
 * Each byte is looked at once, whatever the pieces: a piece may end in the middle of a character, whose bytes are none
 * of those that JSON is built of.
 *
 * @returns to be told each piece; true as soon as the object is whole, or it is clear that none will come
 */
export function watchForObjectEnd(): (piece: Uint8Array) => boolean {
  let depth = 0;
  let isInString = false;
  let isEscaped = false;
  return (piece) => {
    for (const byte of piece) {
      if (isInString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) isInString = false;
        continue;
      }
      switch (byte) {
        case OPEN_BRACE:
        case OPEN_BRACKET:
          if (depth === 0 && byte === OPEN_BRACKET) return true;
          depth++;
          break;
        case CLOSE_BRACE:
        case CLOSE_BRACKET:
          if (--depth <= 0) return true;
          break;
        case QUOTE:
          isInString = true;
      }
      if (depth === 0 && !BEFORE.has(byte)) return true;
    }
    return false;
  };
}
