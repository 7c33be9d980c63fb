/**
 * Makes what a terminal must receive to show other lines than before: only the characters that changed, in one frame.
 *
 * Pure. Lines are as render.ts makes them: plain text with one colour or weight at a time around it. Knows nothing of
 * what they say.
 */
import { displayWidth } from "./display_width.ts";

/**
 * Begin and end of a frame that the terminal shows at once (DEC private mode 2026,
 * https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036, read 2026-11-21); who does not know the mode
 * passes over it. The cursor is hidden in between, so that it is not seen jumping.
 */
const BEGIN = "\x1b[?2026h\x1b[?25l";
const END = "\x1b[?25h\x1b[?2026l";

/**
 * @param before what is shown now, or undefined when that is not known
 * @param after one line a row, from the top; none wider than the screen. Rows below are empty.
 * @returns empty when nothing changed. The cursor comes to stand behind the last line.
 */
export function diffScreens(before: readonly string[] | undefined, after: readonly string[]): string {
  const rows = before === undefined ? after.length : Math.max(before.length, after.length);
  const changes: string[] = before === undefined ? ["\x1b[0m\x1b[2J"] : [];
  for (let row = 0; row < rows; row++) {
    const [old, line] = [before?.[row] ?? "", after[row] ?? ""];
    if (old !== line) changes.push(diffLine(row + 1, cellsOf(old), cellsOf(line)));
  }
  if (changes.length === 0) return "";
  return BEGIN + changes.join("") + moveTo(after.length, widthOf(cellsOf(after.at(-1) ?? "")) + 1) + END;
}

/** As much of a line as there is room for: one that is wider would take another row, and move all below it. */
export function cutLine(line: string, width: number): string {
  if (displayWidth(line.replace(LOOK, "")) <= width) return line;
  const cells = cellsOf(line);
  let used = 0;
  const end = cells.findIndex(({ columns }) => (used += columns) > width);
  return textOf(end === -1 ? cells : cells.slice(0, end));
}

interface ScreenCell {
  readonly text: string;
  /** Sequence that switches its looks on; empty for plain text. */
  readonly look: string;
  readonly columns: number;
}

function diffLine(row: number, old: readonly ScreenCell[], line: readonly ScreenCell[]): string {
  let first = 0;
  while (first < line.length && isSame(old[first], line[first])) first++;
  const [oldWidth, width] = [widthOf(old), widthOf(line)];
  // Only behind lines of the same width does what follows a change stay where it was.
  let same = 0;
  if (oldWidth === width) {
    while (same < line.length - first && isSame(old.at(-1 - same), line.at(-1 - same))) same++;
  }
  const changed = textOf(line.slice(first, line.length - same));
  return moveTo(row, widthOf(line.slice(0, first)) + 1) + changed + (width < oldWidth ? "\x1b[K" : "");
}

/** With looks switched on where they begin, and off at the end. */
function textOf(cells: readonly ScreenCell[]): string {
  let text = "";
  let look = "";
  for (const cell of cells) {
    if (cell.look !== look) text += `${look === "" ? "" : "\x1b[0m"}${cell.look}`;
    look = cell.look;
    text += cell.text;
  }
  return text + (look === "" ? "" : "\x1b[0m");
}

function isSame(a: ScreenCell | undefined, b: ScreenCell | undefined): boolean {
  return a !== undefined && b !== undefined && a.text === b.text && a.look === b.look;
}

function widthOf(cells: readonly ScreenCell[]): number {
  return cells.reduce((sum, { columns }) => sum + columns, 0);
}

function moveTo(row: number, column: number): string {
  return `\x1b[${row};${column}H`;
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
// deno-lint-ignore no-control-regex
const LOOK = /\x1b\[([\d;]*)m/g;
/** Parameters that end what render.ts begins: everything, weight, colour. */
const OFF = new Set(["", "0", "22", "39"]);

function cellsOf(line: string): ScreenCell[] {
  const cells: ScreenCell[] = [];
  let look = "";
  let at = 0;
  const add = (text: string) => {
    for (const { segment } of segmenter.segment(text)) {
      cells.push({ text: segment, look, columns: displayWidth(segment) });
    }
  };
  for (const match of line.matchAll(LOOK)) {
    add(line.slice(at, match.index));
    look = OFF.has(match[1]!) ? "" : match[0];
    at = match.index + match[0].length;
  }
  add(line.slice(at));
  return cells;
}
