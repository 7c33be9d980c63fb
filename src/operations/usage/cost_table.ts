/** The table of `cost`: of the command line, whose CSV it is, and of the page. */
import type { Cell, Column, TableBlock } from "../contract/view.ts";
import { costCell, creditsColumns, type Money, percentCell, tokensCell, turnsCell } from "../report/cells.ts";
import { formatTime } from "../report/format.ts";
import { formatChange } from "../report/format_change.ts";
import { KEY_TITLES, keyCells } from "../report/key_cells.ts";
import { isCalendarUnit, type UsageKey } from "../report/usage_keys.ts";
import type { CostOutput, CostRow, CostSum } from "./cost_output.ts";
import { emptyPeriods } from "./empty_periods.ts";

/** Bars are of dollars. @param home Written `~` */
export function costTable(output: CostOutput, context: Money & { readonly home: string }): TableBlock {
  const { by, split, rows, total } = output;
  const credits = creditsColumns([total.cost]);
  const isCompared = rows.some(({ previous }) => previous !== undefined);
  const cells = (sum: Pick<CostSum, "turns" | "totals" | "usage" | "cacheHitRatio" | "cost">): Cell[] => [
    turnsCell(sum),
    tokensCell(sum.usage.input),
    tokensCell(sum.usage.cacheRead),
    tokensCell(sum.usage.cacheWrite + sum.usage.cacheWrite1h),
    tokensCell(sum.usage.output),
    percentCell(sum.cacheHitRatio),
    ...credits.cells(sum.cost),
    costCell(sum.cost, context),
  ];
  const before = (row: Pick<CostRow, "cost" | "previous">): Cell[] =>
    !isCompared
      ? []
      : row.previous === undefined
      ? [{ text: "", value: null }, { text: "", value: null }]
      : [costCell(row.previous.cost, context), changeCell(row.cost.usd, row.previous.cost.usd)];
  const bar = (usd: number | null): Cell => ({ text: "", value: usd });
  const rowKey = keyCells(by, rows.map(({ key }) => key), output, context.home);
  const partKey = split &&
    keyCells(split, rows.flatMap(({ parts = [] }) => parts.map(({ key }) => key)), output, context.home);
  const keys = (row: string, part: string | undefined): Cell[] => {
    const cell = rowKey(row);
    const ofPart = part === undefined || partKey === undefined ? { text: "", value: null } : partKey(part);
    return [{ ...cell, text: cell.text + cutPeriodText(row, output) }, ...(split === undefined ? [] : [ofPart])];
  };
  return {
    kind: "table",
    columns: [
      keyColumn(by),
      ...(split === undefined ? [] : [keyColumn(split)]),
      { key: "turns", title: "Turns", align: "right", priority: 3 },
      { key: "input", title: "Input", align: "right", priority: 5 },
      { key: "cacheRead", title: "Cache read", align: "right", priority: 5 },
      { key: "cacheWrite", title: "Cache write", align: "right", priority: 6 },
      { key: "output", title: "Output", align: "right", priority: 5 },
      { key: "cacheHitRatio", title: "Hit", align: "right", priority: 2 },
      ...credits.columns,
      { key: "usd", title: "Cost", align: "right", marksLargest: true },
      ...(isCompared
        ? [
          { key: "previousUsd", title: "Before", align: "right" as const, priority: 1 },
          { key: "change", title: "Change", align: "right" as const, priority: 1 },
        ]
        : []),
      { key: "bar", title: "", bar: true, priority: 4 },
    ],
    rows: [
      ...rows.flatMap((row, index) => [...gapsBefore(index), ...rowsOf(row)]),
      ...gapsBefore(rows.length),
    ],
    footer: rows.length < 2 ? undefined : [
      { text: "Total", tone: "strong" },
      ...(split === undefined ? [] : [{ text: "" }]),
      ...cells(total).slice(0, -1),
      { ...costCell(total.cost, context), tone: "strong" },
      ...before({ cost: total.cost, previous: output.previous?.total }),
      { text: "" },
    ],
    empty: "Nothing was billed.",
  };

  function gapsBefore(index: number): Cell[][] {
    return emptyPeriods(output, index).map((key) => onScreen(emptyRow(key)));
  }

  function rowsOf(row: CostRow): Cell[][] {
    const isEmpty = row.turns === 0 && row.totals === undefined && (row.parts ?? []).length === 0;
    if (isEmpty) return [emptyRow(row.key)];
    const whole = [...keys(row.key, undefined), ...cells(row), ...before(row), bar(row.cost.usd)];
    if (row.parts === undefined) return [whole];
    // A file has a line a part: the sum of them is for the eye.
    const parts = row.parts.map((part) => [
      ...keys(row.key, part.key),
      ...cells(part),
      ...before({ cost: part.cost }),
      bar(null),
    ]);
    return [onScreen(whole), ...parts.map(([first, ...rest]) => [{ ...first!, text: "" }, ...rest])];
  }

  function emptyRow(key: string): Cell[] {
    const figures = cells(NOTHING).map((): Cell => ({ text: "-", value: 0, tone: "dim" }));
    return [...keys(key, undefined), ...figures, ...before({ cost: NOTHING.cost }), bar(null)];
  }
}

const NOTHING = {
  turns: 0,
  usage: { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 },
  cost: { usd: 0, basis: "none" as const, unpricedTurns: 0 },
};

function onScreen([first, ...rest]: readonly Cell[]): Cell[] {
  return [{ ...first!, onScreenOnly: true }, ...rest];
}

/** A date without its beginning is another date; paths tell themselves apart at their end, other names do not. */
function keyColumn(key: UsageKey): Column {
  const shrink = isCalendarUnit(key) ? undefined : key === "project" ? "keep_end" as const : "keep_start" as const;
  // Tokens by kind give way before a name does: they are 5 and more.
  return { key, title: KEY_TITLES[key], shrink, shortensAt: 4.5 };
}

/** ` from 04:05`: what stands behind the key of a period of which the span has a part; nothing behind others. */
export function cutPeriodText(key: string, { by, rows, since, until, timezone }: CostOutput): string {
  if (rows.find((row) => row.key === key)?.partial !== true) return "";
  const [first, last] = [rows[0]!.key === key && since, rows.at(-1)!.key === key && until];
  const clock = (time: string) => formatTime(Date.parse(time), timezone, Date.parse(time));
  const day = (time: string) => formatTime(Date.parse(time), timezone, Date.parse(time) + 86_400_000 * 2);
  const text = by === "day" || by === "hour" ? clock : day;
  return (first ? ` from ${text(first)}` : "") + (last ? ` until ${text(last)}` : "");
}

function changeCell(now: number, before: number): Cell {
  return { text: formatChange(now, before), value: before === 0 ? null : now / before - 1 };
}
