/**
 * How many columns text takes on a terminal, and cutting it to fewer.
 *
 * Expects text without control characters (toPlainText). Measures as cli-table3 does, so that its padding agrees.
 */
import Table from "cli-table3";

const ASCII = /^[\x20-\x7e]*$/;
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Columns of the characters seen so far. Measuring one is slow, and text has few different ones. */
const columnsOfCharacter = new Map<string, number>([["…", 1]]);

/** Columns of one line: two for an East Asian wide character or an emoji, however many code points it has. */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  return charactersOf(text).reduce((columns, character) => columns + characterWidth(character), 0);
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
  const characters = charactersOf(text);
  const start = keep === "end" ? [] : takeCharacters(characters, keep === "start" ? room : Math.floor(room / 3));
  const left = room - displayWidth(start.join(""));
  const end = keep === "start" ? [] : takeCharacters(characters.toReversed(), left).toReversed();
  return start.join("") + mark + end.join("");
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
  return ASCII.test(text) ? text.split("") : Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function characterWidth(character: string): number {
  let columns = columnsOfCharacter.get(character);
  if (columns === undefined) {
    // cli-table3 exports no measure, but draws the upper edge of a table as wide as its widest cell.
    const table = new Table({ style: { head: [], border: [], "padding-left": 0, "padding-right": 0 } });
    table.push([character]);
    columns = table.toString().split("\n", 1)[0]!.length - "┌┐".length;
    columnsOfCharacter.set(character, columns);
  }
  return columns;
}
