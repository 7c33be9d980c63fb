/**
 * For text that ends up in the JSON of thousands of sessions. What `+` and templates put together is kept in pieces
 * inside, and JSON.stringify leaves its fast path at the first such text: 7 instead of 4 ms for 1,500 sessions.
 */

/** The same text. Only worth it for what is written often. */
export function inOnePiece(text: string): string {
  return text.split(" ").join(" ");
}
