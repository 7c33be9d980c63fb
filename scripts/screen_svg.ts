/**
 * A screen of text and colours as an SVG picture: each character stands in its cell, whichever font a browser has. Text
 * alone, so that the same screen always gives the same bytes.
 */
import { displayWidth } from "../src/cli/output/display_width.ts";

/** Of one character, in pixels. */
const CELL = { width: 9, height: 20 };
const FONT_SIZE = 15;
const FONTS = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
/** From the top of a line to where its letters stand. */
const BASELINE = 15;
const MARGIN = 18;
const RADIUS = 8;

const BACKGROUND = "#16181d";
const TEXT = "#d5d8de";
const STRONG = "#ffffff";
const DIM = "#868c99";
/** By SGR parameter: the colours that this program uses. */
const COLORS: Readonly<Record<number, string>> = { 31: "#ec7b7b", 32: "#7fca86", 33: "#e2bb66" };

/** Looks of what is written next, as SGR parameters change them (ECMA-48, section 8.3.117). */
interface Style {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly color?: number;
}

/** Text that looks the same all along. */
interface Run extends Style {
  /** Column of its first character. */
  readonly column: number;
  readonly text: string;
}

/**
 * @param screen lines with the escape sequences of their colours
 * @param title what a reader who sees no picture is told
 * @throws {Error} on a sequence that is no colour of this program's
 */
export function screenSvg(
  screen: string,
  { columns, title }: { readonly columns: number; readonly title: string },
): string {
  const lines = readScreen(screen);
  const [width, height] = [columns * CELL.width + 2 * MARGIN, lines.length * CELL.height + 2 * MARGIN];
  const rows = lines.flatMap((runs, row) => runs.flatMap((run) => drawRun(run, MARGIN + row * CELL.height)));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeXml(title)}</title>
<rect width="${width}" height="${height}" rx="${RADIUS}" fill="${BACKGROUND}"/>
<g font-family='${FONTS}' font-size="${FONT_SIZE}">
${rows.join("\n")}
</g>
</svg>
`;
}

/** The runs of each line. Looks go on into the next line, as on a terminal. */
function readScreen(screen: string): readonly (readonly Run[])[] {
  let style: Style = { bold: false, dim: false };
  return screen.replace(/\n+$/, "").split("\n").map((line) => {
    const runs: Run[] = [];
    let column = 0;
    // deno-lint-ignore no-control-regex
    for (const [piece, parameters] of line.matchAll(/\x1b\[([\d;]*)m|[^\x1b]+|\x1b/g)) {
      if (parameters !== undefined) {
        style = parameters.split(";").map(Number).reduce(applySgr, style);
        continue;
      }
      if (piece === "\x1b") throw new Error(`The screen has a sequence that is no colour: ${JSON.stringify(line)}`);
      runs.push({ ...style, column, text: piece });
      column += displayWidth(piece);
    }
    return runs;
  });
}

function applySgr(style: Style, parameter: number): Style {
  if (parameter === 0) return { bold: false, dim: false };
  if (parameter === 1) return { ...style, bold: true };
  if (parameter === 2) return { ...style, dim: true };
  if (parameter === 22) return { ...style, bold: false, dim: false };
  if (parameter === 39) return { ...style, color: undefined };
  // The background is never another one.
  if (parameter === 49) return style;
  if (parameter in COLORS) return { ...style, color: parameter };
  throw new Error(`The screen has a colour that no picture has yet: ${parameter}`);
}

function drawRun(run: Run, top: number): readonly string[] {
  const fill = run.color !== undefined ? COLORS[run.color]! : run.bold ? STRONG : run.dim ? DIM : TEXT;
  const weight = run.bold ? ' font-weight="600"' : "";
  const drawn: string[] = [];
  let column = run.column;
  // What blanks part is placed apart: no font can then move one column of a table.
  for (const piece of run.text.split(/(^ +| {2,}| +$|[█▉▊▋▌▍▎▏]+)/)) {
    const width = displayWidth(piece);
    const [x, y] = [MARGIN + column * CELL.width, top];
    if (/^[█▉▊▋▌▍▎▏]/.test(piece)) drawn.push(drawBar(piece, { x, y, fill }));
    else if (piece.trim() !== "") {
      const length = `textLength="${width * CELL.width}"`;
      drawn.push(`<text x="${x}" y="${y + BASELINE}" ${length} fill="${fill}"${weight}>${escapeXml(piece)}</text>`);
    }
    column += width;
  }
  return drawn;
}

/** Fonts differ in how they draw blocks; a rectangle is what is meant. */
function drawBar(
  blocks: string,
  { x, y, fill }: { readonly x: number; readonly y: number; readonly fill: string },
): string {
  const eighths = [...blocks].reduce((sum, block) => sum + 0x2590 - block.codePointAt(0)!, 0);
  const width = (eighths * CELL.width) / 8;
  return `<rect x="${x}" y="${y + 3}" width="${width}" height="${CELL.height - 6}" fill="${fill}"/>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
