/** The tables of `misses`: of the command line, whose CSV they are, and of the page. */
import type { Cell, TableBlock } from "../contract/view.ts";
import { causeText } from "../report/cause_text.ts";
import { causeForms, missCauseText } from "../report/via_text.ts";
import { countCell, modelCell, type Money, projectCell, sessionCell, tokensCell, usdCell } from "../report/cells.ts";
import { formatDuration, formatTime, formatTokens } from "../report/format.ts";
import { KEY_TITLES, keyCells } from "../report/key_cells.ts";
import { countOf, partOf } from "../report/notes.ts";
import type { ListedMiss, MissesOutput } from "./misses_output.ts";

type Context = Money & { readonly home: string };

/** What was lost, in one sentence. */
export function missSentence({ total, sessions }: MissesOutput, context: Context): string {
  const cost = usdCell(total.missUsd, context).text +
    (total.unpriced === undefined || total.missUsd === undefined ? "" : "+");
  return `${countOf(total.misses, "lost cache")} in ${countOf(sessions, "session")}: ` +
    `${formatTokens(total.missedTokens)} tokens were sent again, for ${cost} more than reading them.`;
}

/** What lost caches add up to, by the key of the answer. */
export function missGroupsTable({ by, rows, total, asOf, timezone }: MissesOutput, context: Context): TableBlock {
  const cellOf = by === "cause"
    ? (key: string): Cell => ({ text: causeText(key), value: key })
    : keyCells(by, rows.map(({ key }) => key), { asOf, timezone }, context.home);
  return {
    kind: "table",
    columns: [
      {
        key: by,
        title: by === "cause" ? "Cause" : KEY_TITLES[by],
        shrink: by === "project" ? "keep_end" : "keep_start",
      },
      { key: "misses", title: "Misses", align: "right" },
      { key: "missedTokens", title: "Sent again", align: "right", priority: 2 },
      { key: "missUsd", title: "Cost", align: "right", marksLargest: true },
      { key: "bar", title: "", bar: true, priority: 4 },
    ],
    rows: rows.map((row) => [
      cellOf(row.key),
      countCell(row.misses),
      tokensCell(row.missedTokens),
      usdCell(row.missUsd, context),
      { text: "", value: row.missUsd ?? null },
    ]),
    footer: rows.length < 2 ? undefined : [
      { text: "Total", tone: "strong" },
      countCell(total.misses),
      tokensCell(total.missedTokens),
      { ...usdCell(total.missUsd, context), tone: "strong" },
      { text: "" },
    ],
  };
}

/** Single ones, in the order of the list. */
export function missListTable(
  list: readonly ListedMiss[],
  { asOf, timezone, total }: MissesOutput,
  context: Context,
): TableBlock {
  const now = Date.parse(asOf);
  return {
    kind: "table",
    title: list.length < total.misses ? `The dearest ${partOf(list.length, total.misses)}` : "The dearest first",
    columns: [
      { key: "at", title: "When" },
      { key: "session", title: "Session", priority: 1 },
      { key: "project", title: "Project", shrink: "keep_end", priority: 4 },
      { key: "model", title: "Model", shrink: "keep_start", priority: 3 },
      { key: "gapMs", title: "Pause", align: "right" },
      { key: "cause", title: "Cause" },
      { key: "missedTokens", title: "Sent again", align: "right", priority: 2 },
      { key: "missUsd", title: "Cost", align: "right" },
    ],
    rows: list.map((miss) => [
      { text: formatTime(Date.parse(miss.at), timezone, now), value: miss.at },
      sessionCell(miss),
      projectCell(miss.cwd, context.home),
      modelCell(miss.model),
      { text: formatDuration(miss.gapMs), value: miss.gapMs },
      { text: missCauseText(miss), value: miss.cause, forms: causeForms(miss) },
      tokensCell(miss.missedTokens),
      usdCell(miss.missUsd, context),
    ]),
    empty: "None to be listed.",
  };
}
