/**
 * Draws a view for people: tables that fit the terminal, aligned facts, and text.
 *
 * Everything that comes from logs passes toPlainText on its way, so that no title or path can steer the terminal.
 * Decides nothing about content; CSV is render_csv.ts.
 */
import { toPlainLines, toPlainText } from "../../host/terminal.ts";
import type { Block, Cell, Column, Tone, View } from "../../operations/contract/view.ts";
import { cutText, displayWidth, padText } from "./display_width.ts";
import { COLUMN_GAP, fitColumns } from "./fit_columns.ts";
import { wrapText } from "../help/wrap_text.ts";

/** What the place can show that text is drawn for. */
export interface RenderOptions {
  /** Columns of the terminal; undefined where there is none, and nothing is cut or wrapped. */
  readonly width?: number;
  readonly color: boolean;
  /** Whether ellipses and bars may use characters beyond ASCII. Text of cells is shown as it is. @default true */
  readonly unicode?: boolean;
  /** Whether a table says that it had no room for some of its columns. @default true */
  readonly saysWhatIsHidden?: boolean;
}

const GAP = " ".repeat(COLUMN_GAP);

type TableBlock = Extract<Block, { kind: "table" }>;
type FactsBlock = Extract<Block, { kind: "facts" }>;

/** The whole view. Ends in a line feed; no line ends in a blank. A view without blocks is empty. */
export function renderView(view: View, options: RenderOptions): string {
  const parts = view.map((block, index) => {
    // Notes that follow each other are one paragraph.
    const gap = index === 0 || (block.kind === "text" && view[index - 1]?.kind === "text") ? "" : "\n";
    return `${gap}${linesOf(block, options).map((line) => line.trimEnd()).join("\n")}\n`;
  });
  return parts.join("");
}

function linesOf(block: Block, options: RenderOptions): readonly string[] {
  switch (block.kind) {
    case "table":
      return [...titleLines(block.title, options), ...tableLines(block, options)];
    case "facts":
      return [...titleLines(block.title, options), ...factLines(block, options)];
    case "text":
      return wrapText(toPlainLines(block.text), options.width, displayWidth)
        .map((line) => paint(line, block.tone, options));
  }
}

function titleLines(title: string | undefined, options: RenderOptions): readonly string[] {
  return title === undefined ? [] : [paint(toPlainText(title), "strong", options)];
}

function factLines(block: FactsBlock, options: RenderOptions): readonly string[] {
  const labels = block.facts.map(([label]) => toPlainText(label));
  const indent = Math.max(0, ...labels.map(displayWidth)) + COLUMN_GAP;
  return block.facts.flatMap(([, cell], index) => {
    const room = options.width === undefined ? undefined : Math.max(10, options.width - indent);
    return wrapText(toPlainText(cell.text), room, displayWidth).map((line, lineIndex) => {
      const label = lineIndex === 0 ? labels[index]! : "";
      const spaces = " ".repeat(indent - displayWidth(label));
      return (label === "" ? "" : paint(label, "dim", options)) + spaces + paint(line, cell.tone, options);
    });
  });
}

function tableLines(block: TableBlock, options: RenderOptions): readonly string[] {
  if (block.rows.length === 0) {
    const empty = toPlainText(block.empty ?? "Nothing to show.");
    return wrapText(empty, options.width, displayWidth).map((line) => paint(line, "dim", options));
  }
  const titles: readonly Cell[] = block.columns.map(({ title }) => ({ text: title, tone: "strong" as const }));
  const footer = block.footer?.map((cell): Cell => ({ tone: "strong", ...cell }));
  const rows = [titles, ...block.rows, ...footer === undefined ? [] : [footer]]
    .map((row) => block.columns.map((_, index) => measure(row[index])));

  const ellipsis = options.unicode === false ? "..." : "…";
  const widths = fitColumns(block.columns.map((column, index) => needOf(column, rows, index, ellipsis)), options.width);
  const shown = widths.flatMap((width, index) => width === undefined ? [] : [index]);
  const largest = block.columns.map((_, index) =>
    block.rows.reduce((most, row) => Math.max(most, lengthOf(row[index])), 0)
  );

  const lines = (shown.length === 0 ? [] : rows).map((row, rowIndex) => {
    const isRow = rowIndex > 0 && rowIndex <= block.rows.length;
    return shown.map((index) => {
      const { bar, shrink, align = "left" } = block.columns[index]!;
      const { text, columns, tone } = row[index]!;
      const width = widths[index]!;
      if (bar && isRow) {
        const length = lengthOf(block.rows[rowIndex - 1]![index]);
        const drawn = drawBar(length, largest[index]!, width, options);
        return padText(paint(drawn, tone, options), width, align, drawn.length);
      }
      if (columns <= width) return padText(paint(text, tone, options), width, align, columns);
      const cut = cutText(text, width, endsOf(shrink), ellipsis);
      return padText(paint(cut, tone, options), width, align, displayWidth(cut));
    }).join(GAP);
  });

  // A bar that found no room takes no information with it.
  const hidden = block.columns.filter(({ bar }, index) => widths[index] === undefined && bar !== true).length;
  if (hidden === 0 || options.saysWhatIsHidden === false) return lines;
  const note = `${hidden} ${hidden === 1 ? "column" : "columns"} hidden, widen the terminal or use --json`;
  return [...lines, ...wrapText(note, options.width).map((line) => paint(line, "dim", options))];
}

/** Text as it is shown when nothing is cut. There may be thousands of rows: each cell is measured once. */
interface MeasuredCell {
  readonly text: string;
  readonly columns: number;
  readonly tone?: Tone;
}

function measure(cell: Cell | undefined): MeasuredCell {
  const text = toPlainText(cell?.text ?? "");
  return { text, columns: displayWidth(text), tone: cell?.tone };
}

/** A column may be cut to its title or this many columns, and in need to a few. */
const LEAST_WIDTH = 12;
const LEAST_WIDTH_OF_ALL = 4;

function needOf(column: Column, rows: readonly (readonly MeasuredCell[])[], index: number, ellipsis: string) {
  const natural = rows.reduce((widest, row) => Math.max(widest, row[index]!.columns), 0);
  const canShrink = column.shrink !== undefined;
  const least = Math.min(natural, Math.max(LEAST_WIDTH, displayWidth(toPlainText(column.title))));
  return {
    natural,
    least: !canShrink
      ? natural
      : column.shrink === "keep_ends"
      ? widthThatTellsApart(rows, index, least, natural, ellipsis)
      : least,
    leastOfAll: canShrink ? Math.min(natural, LEAST_WIDTH_OF_ALL) : natural,
    priority: column.priority ?? 0,
    bar: column.bar ?? false,
  };
}

/** The least width at which what differs still looks different. */
function widthThatTellsApart(
  rows: readonly (readonly MeasuredCell[])[],
  index: number,
  least: number,
  natural: number,
  ellipsis: string,
): number {
  const texts = [...new Set(rows.map((row) => row[index]!.text))];
  for (let width = least; width < natural; width++) {
    const seen = new Set<string>();
    if (texts.every((text) => seen.size < seen.add(cutText(text, width, "ends", ellipsis)).size)) return width;
  }
  return natural;
}

function endsOf(shrink: Column["shrink"]): "start" | "end" | "ends" {
  return shrink === "keep_ends" ? "ends" : shrink === "keep_end" ? "end" : "start";
}

/** What a bar shows; nothing where there is no number, or one that no bar can show. */
function lengthOf(cell: Cell | undefined): number {
  const value = cell?.value;
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** Anything above zero shows at least as the thinnest bar there is. */
function drawBar(value: number, largest: number, width: number, options: RenderOptions): string {
  if (value <= 0) return "";
  const steps = options.unicode === false ? 1 : 8;
  const length = Math.max(1, Math.round(value / largest * width * steps));
  return options.unicode === false
    ? "#".repeat(length)
    : "█".repeat(Math.floor(length / steps)) + EIGHTHS[length % steps]!;
}

/** Start and end of each tone as SGR parameters (ECMA-48, section 8.3.117). */
const SGR: Record<Tone, readonly [on: number, off: number]> = {
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  dim: [2, 22],
  strong: [1, 22],
};

function paint(text: string, tone: Tone | undefined, options: RenderOptions): string {
  if (!options.color || tone === undefined || text === "") return text;
  const [on, off] = SGR[tone];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
