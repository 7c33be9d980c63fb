/**
 * Draws a view for people: tables that fit the terminal, aligned facts, and text.
 *
 * Everything that comes from logs passes toPlainText on its way, so that no title or path can steer the terminal.
 * Decides nothing about content; CSV is render_csv.ts (operations/report).
 */
import { toPlainLines, toPlainText } from "../../core/plain_lines.ts";
import type { Block, Cell, Column, Tone, View } from "../../operations/contract/view.ts";
import { cutText, displayWidth, padText } from "./display_width.ts";
import { breakLine } from "./break_line.ts";
import { cellForms } from "../../operations/report/cell_forms.ts";
import { COLUMN_GAP, type ColumnNeed, fitColumns } from "./fit_columns.ts";
import { wrapText } from "../../core/wrap_text.ts";

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
      return wrapText(toPlainLines(block.text), block.isTyped ? undefined : options.width, displayWidth)
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
    const lines = wrapText(toPlainText(cell.text), room, displayWidth).flatMap((line) => breakLine(line, room));
    return lines.map((line, lineIndex) => {
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
  const ellipsis = options.unicode === false ? "..." : "…";
  const columns = block.columns.map((_, index) => drawColumn(block, index, options));
  const fitted = fitColumns(columns.map(({ need }) => need), options.width);
  const shown = fitted.flatMap((fit, index) => fit === undefined ? [] : [index]);
  const drawn = shown.map((index) => {
    const { bar, shrink, align = "left" } = block.columns[index]!;
    const { forms, largest, strongRow } = columns[index]!;
    const { width, form } = fitted[index]!;
    return forms[form]!.map(({ text, columns, tone }, rowIndex) => {
      const row = block.rows[rowIndex - 1];
      if (bar && row !== undefined) {
        const drawn = drawBar(Math.min(lengthOf(row[index]), largest), largest, width, options);
        return padText(paint(drawn, tone ?? "dim", options), width, align, drawn.length);
      }
      const painted = tone ?? (row !== undefined && row === strongRow ? "strong" : undefined);
      if (columns <= width) return padText(paint(text, painted, options), width, align, columns);
      const cut = cutText(text, width, shrink === "keep_end" ? "end" : "start", ellipsis);
      return padText(paint(cut, painted, options), width, align, displayWidth(cut));
    });
  });
  const height = block.rows.length + (block.footer === undefined ? 1 : 2);
  const lines = shown.length === 0
    ? []
    : Array.from({ length: height }, (_, row) => drawn.map((column) => column[row]!).join(GAP));

  const hidden = block.columns.filter((_, index) => fitted[index] === undefined);
  if (hidden.length === 0 || options.saysWhatIsHidden === false) return lines;
  return [...lines, ...wrapText(hiddenNote(hidden), options.width).map((line) => paint(line, "dim", options))];
}

/** A figure that nobody sees is asked for only when its name is read. */
function hiddenNote(columns: readonly Column[]): string {
  const names = columns.map(({ bar, title, key }) => bar ? "bars" : toPlainText(title === "" ? key : title));
  return `No room for ${names.join(", ")}: widen the terminal or use --json.`;
}

/** All of a column: title, rows, and the footer where there is one. */
interface DrawnColumn {
  readonly need: ColumnNeed;
  /** Its cells in each form that they can take. */
  readonly forms: readonly (readonly MeasuredCell[])[];
  /** The largest value, for bars and for what is strong. */
  readonly largest: number;
  readonly strongRow?: readonly Cell[];
}

function drawColumn(block: TableBlock, index: number, { width }: RenderOptions): DrawnColumn {
  const column = block.columns[index]!;
  const title = measure({ text: column.title, tone: "strong" });
  const footer = block.footer === undefined ? [] : [measure({ tone: "strong", ...block.footer[index] })];
  const cells = block.rows.map((row) => row[index] ?? NO_CELL);
  const mayShorten = width !== undefined && cells.some(({ forms }) => forms !== undefined);
  const measured = (mayShorten ? cellForms(cells) : [undefined]).map((texts) => [
    title,
    ...cells.map((cell, row) => measure(texts === undefined ? cell : { ...cell, text: texts[row]! })),
    ...footer,
  ]);
  const largest = column.full ?? cells.reduce((most, cell) => Math.max(most, lengthOf(cell)), 0);
  return {
    need: needOf(column, measured, title.columns),
    forms: measured,
    largest,
    strongRow: column.marksLargest ? onlyRowWith(block, index, largest) : undefined,
  };
}

const NO_CELL: Cell = { text: "" };

/** Undefined where there is nothing to stand out from: one row, or several that are the largest. */
function onlyRowWith(block: TableBlock, index: number, value: number): readonly Cell[] | undefined {
  if (value === 0 || block.rows.length < 2) return undefined;
  const rows = block.rows.filter((row) => lengthOf(row[index]) === value);
  return rows.length === 1 ? rows[0] : undefined;
}

/** Text as it is shown when nothing is cut. There may be thousands of rows: each cell is measured once. */
interface MeasuredCell {
  readonly text: string;
  readonly columns: number;
  readonly tone?: Tone;
}

function measure({ text = "", tone }: Partial<Cell>): MeasuredCell {
  const plain = toPlainText(text);
  return { text: plain, columns: displayWidth(plain), tone };
}

/** A column may be cut to its title or this many columns, and in need to a few. */
const LEAST_WIDTH = 12;
const LEAST_WIDTH_OF_ALL = 4;

function needOf(column: Column, forms: readonly (readonly MeasuredCell[])[], titleWidth: number): ColumnNeed {
  const widths = forms.map((cells) => cells.reduce((widest, { columns }) => Math.max(widest, columns), 0));
  const shortest = Math.min(...widths);
  const canShrink = column.shrink !== undefined;
  const isBar = column.bar ?? false;
  return {
    widths,
    least: canShrink && widths.length === 1 ? Math.min(shortest, Math.max(LEAST_WIDTH, titleWidth)) : shortest,
    leastOfAll: canShrink ? Math.min(shortest, LEAST_WIDTH_OF_ALL) : shortest,
    priority: column.priority ?? (isBar ? Infinity : 0),
    shortensAt: column.shortensAt ?? Infinity,
    bar: isBar,
  };
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
