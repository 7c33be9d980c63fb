/**
 * How many columns text takes on a terminal, cutting it to fewer, and filling it up to more.
 *
 * Expects text without control characters (toPlainText).
 */
import stringWidth from "string-width";

const ASCII = /^[\x20-\x7e]*$/;
/** Latin, kana, ideographs and syllables of Hangul: each code unit is a character of its own, and no segmenter needed. */
const SIMPLE = /^[\x20-\x7e\u00c0-\u024f\u2026\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/;
/** Made for the first text that needs it: its tables take 10 ms to load, as long as an answer takes to be drawn. */
let segmenter: Intl.Segmenter | undefined;
/** Columns of the characters seen so far. Measuring one is slow, and text has few different ones. */
const columnsOfCharacter = new Map<string, number>([["…", 1]]);

/** Columns of one line: two for an East Asian wide character or an emoji, however many code points it has. */
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
  if (columns === undefined) columnsOfCharacter.set(character, columns = stringWidth(character));
  return columns;
}
