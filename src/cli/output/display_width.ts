/**
 * How many columns text takes on a terminal, cutting it to fewer, and filling it up to more.
 *
 * Expects text without control characters (toPlainText). What measures the rarer characters is loaded for those who have
 * some ({@linkcode loadWidths}): from source it takes as long as a third of an answer, for the sake of CommonJS.
 */

const ASCII = /^[\x20-\x7e]*$/;
/** Latin, kana, ideographs and syllables of Hangul: each code unit is a character of its own, and no segmenter needed. */
const SIMPLE = /^[\x20-\x7e\u00c0-\u024f\u2026\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/;
/** The later of these: two columns each, where the earlier take one. */
const WIDE_FROM = "\u3041";
/** Made for the first text that needs it: its tables take 10 ms to load, as long as an answer takes to be drawn. */
let segmenter: Intl.Segmenter | undefined;
/** Columns of the characters seen so far. Measuring one is slow, and text has few different ones. Bars are drawn of some. */
const columnsOfCharacter = new Map<string, number>([..."…█▏▎▍▌▋▊▉"].map((character) => [character, 1]));
let measure: ((character: string) => number) | undefined;

/** A character is to be measured, and what does that is not loaded. */
export class UnmeasuredError extends Error {
  override readonly name = "UnmeasuredError";
}

/** From then on every character can be measured. */
export async function loadWidths(): Promise<void> {
  measure ??= (await import("string-width")).default;
}

/**
 * Columns of one line: two for an East Asian wide character or an emoji, however many code points it has.
 *
 * @throws {UnmeasuredError} as all that measures, see {@linkcode loadWidths}
 */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let columns = 0;
  for (const character of charactersOf(text)) columns += characterWidth(character);
  return columns;
}

/**
 * Cuts text to at most `width` columns, with `ellipsis` in place of what is gone.
 *
 * @param keep which end stays; of both, a third of the room goes to the start
 */
export function cutText(text: string, width: number, keep: "start" | "end" | "ends", ellipsis = "…"): string {
  if (displayWidth(text) <= width) return text;
  const mark = displayWidth(ellipsis) > width ? "" : ellipsis;
  const room = width - displayWidth(mark);
  if (ASCII.test(text)) {
    const start = keep === "end" ? 0 : keep === "start" ? room : Math.floor(room / 3);
    return text.slice(0, start) + mark + text.slice(text.length - (room - start));
  }
  const characters = charactersOf(text);
  const start = keep === "end" ? [] : takeCharacters(characters, keep === "start" ? room : Math.floor(room / 3));
  const left = room - displayWidth(start.join(""));
  const end = keep === "start" ? [] : takeCharacters(characters.toReversed(), left).toReversed();
  return start.join("") + mark + end.join("");
}

/** @param columns what the text takes: it may hold what no column is taken by, such as colours */
export function padText(text: string, width: number, align: "left" | "right", columns: number): string {
  const spaces = " ".repeat(Math.max(0, width - columns));
  return align === "right" ? spaces + text : text + spaces;
}

/** The first characters, as many as fit. */
function takeCharacters(characters: readonly string[], room: number): readonly string[] {
  const kept: string[] = [];
  let left = room;
  for (const character of characters) {
    left -= characterWidth(character);
    if (left < 0) break;
    kept.push(character);
  }
  return kept;
}

function charactersOf(text: string): string[] {
  if (SIMPLE.test(text)) return text.split("");
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function characterWidth(character: string): number {
  let columns = columnsOfCharacter.get(character);
  if (columns !== undefined) return columns;
  if (SIMPLE.test(character)) columns = character < WIDE_FROM ? 1 : 2;
  else if (measure === undefined) throw new UnmeasuredError("What measures characters is not loaded.");
  else columns = measure(character);
  columnsOfCharacter.set(character, columns);
  return columns;
}
