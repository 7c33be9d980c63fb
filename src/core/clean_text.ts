/**
 * A text out of a record as it can be kept: half of a pair of surrogates has no UTF-8, and SQLite ends a text that it reads
 * at the first NUL. Without this, two names that differ there would be one in the index, and have one price.
 *
 * @returns the text itself where it has neither, as nearly all have
 */
export function cleanText(text: string): string {
  return text.isWellFormed() && !text.includes("\0") ? text : text.toWellFormed().replaceAll("\0", "\ufffd");
}
