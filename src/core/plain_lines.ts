/** Text out of logs, made fit to be shown: nothing in it is an order, and none of it hides. */

/** C0 and C1 controls, marks that reorder text, and characters that take no room but hide what they stand in. */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060\ufeff]/gu;

const PRINTABLE = /^[ -~]*$/;

/**
 * Text that a terminal shows and does not obey: line breaks and tabs become spaces, other control characters, marks
 * that reorder text and lone surrogates become U+FFFD. One line always.
 */
export function toPlainText(text: string): string {
  // Which most is.
  if (PRINTABLE.test(text)) return text;
  return text.replace(/\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g, " ").replace(CONTROLS, "\ufffd").toWellFormed();
}

/** Like {@linkcode toPlainText}, but line feeds stay. For text that we composed in lines. */
export function toPlainLines(text: string): string {
  return text.split("\n").map(toPlainText).join("\n");
}
