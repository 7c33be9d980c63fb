/** The figures as tables that are Markdown and can be read as they are. */
import { type MeasuredCases, ratioOf } from "./measured_cases.ts";
import type { Target } from "./targets.ts";

/** @param baseline Case that ratios refer to */
export function casesTable(cases: MeasuredCases, baseline: string): string {
  const base = cases.get(baseline);
  const rows = [...cases].map(([name, row]) => [
    name,
    milliseconds(row.wallMs.median),
    `${milliseconds(row.wallMs.least)} to ${milliseconds(row.wallMs.most)}`,
    row.userMs === undefined ? "" : hundredths(row.userMs),
    row.peakMb === undefined ? "" : row.peakMb.toFixed(0),
    row.bytes === undefined ? "" : (row.bytes / 1e6 / (row.wallMs.median / 1000)).toFixed(0),
    base === undefined || !row.isComparable ? "" : ratioOf(row, base).toFixed(3),
    row.totals ?? "",
  ]);
  const header = ["case", "wall ms", "least to most", "user ms", "peak MB", "MB/s", `of ${baseline}`, "totals"];
  return figuresTable(header, rows, [1, 2, 3, 4, 5, 6]);
}

export function targetsTable(targets: readonly Target[]): string {
  const rows = targets.map(({ what, limit, figure, isMet }) => [what, limit, figure, isMet ? "met" : "NOT MET"]);
  return figuresTable(["target", "limit", "measured", ""], rows, [2]);
}

function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0);
}

/** GNU time counts hundredths of a second. */
function hundredths(value: number): string {
  return value < 10 ? "<10" : value.toFixed(0);
}

/** @param right Columns of figures */
export function figuresTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string {
  const widths = header.map((_, column) => Math.max(3, ...[header, ...rows].map((row) => [...row[column]!].length)));
  const line = (row: readonly string[]) =>
    `| ${
      row.map((cell, column) => {
        const blanks = " ".repeat(widths[column]! - [...cell].length);
        return right.includes(column) ? blanks + cell : cell + blanks;
      }).join(" | ")
    } |`;
  const rule = widths.map((width, column) =>
    "-".repeat(right.includes(column) ? width - 1 : width) +
    (right.includes(column) ? ":" : "")
  );
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}
