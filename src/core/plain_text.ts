/** Makes the output of a program fit to be shown to a model. Judges nothing: it stays the text of somebody else. */

/**
 * Text without what steers a terminal, without keys, and short enough.
 *
 * @param bytes of its JSON
 * @param keepEnd cuts the beginning rather than the end
 */
export function plainText(
  text: string,
  bytes: number,
  secrets: readonly string[],
  keepEnd = false,
): { readonly text: string; readonly cut: boolean } {
  // Sequences first, which begin with a control character and would leave their letters behind.
  let plain = text.toWellFormed()
    .replace(/\u009b[0-?]*[ -\/]*[@-~]|[\p{Cc}--[\n\r\t]](\[[0-?]*[ -\/]*[@-~]|\][^\p{Cc}]*)/gv, "")
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => "\n\t".includes(character) ? character : "");
  for (const secret of secrets) plain = plain.replaceAll(secret, "[key]");
  const fits = (part: string) => new TextEncoder().encode(JSON.stringify(part)).length <= bytes;
  if (fits(plain)) return { text: plain, cut: false };
  const characters = [...plain];
  const take = (count: number) => (keepEnd ? characters.slice(-count) : characters.slice(0, count)).join("");
  let [low, high] = [1, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(take(middle))) low = middle;
    else high = middle - 1;
  }
  return { text: take(low), cut: true };
}
