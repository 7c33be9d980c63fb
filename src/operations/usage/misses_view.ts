/** How `misses` is shown to people: single ones, and what they add up to. */
import type { Block, Cell, View } from "../contract/view.ts";
import { causeText } from "../report/cause_text.ts";
import { currencyBlocks } from "../report/currency.ts";
import { countCell, modelCell, type Money, projectCell, sessionCell, tokensCell, usdCell } from "../report/cells.ts";
import { formatDuration, formatTime, formatTokens } from "../report/format.ts";
import { KEY_TITLES, keyCells } from "../report/key_cells.ts";
import { countOf, partOf } from "../report/notes.ts";
import type { MissKey } from "./miss_keys.ts";
import type { ListedMiss, MissesOutput } from "./misses_output.ts";

type Context = Money & { readonly home: string };

/** Beside rows that were asked for. */
const SOME_MISSES = 5;

/** Drawn from what `--json` says. @param input Whether rows were asked for, which come first then */
export function viewMisses(output: MissesOutput, input: { readonly by?: MissKey }, { digits, home }: Context): View {
  const context = { digits, home, currency: output.currency };
  const { total, list, rows, notes } = output;
  if (total.misses === 0) return [{ kind: "text", text: "No cache was lost." }, ...notes.map(noteOf)];
  const isGrouped = input.by !== undefined;
  const singles = isGrouped ? list.slice(0, SOME_MISSES) : list;
  const [groups, table] = [groupsTable(output, context), listTable(singles, output, context)];
  return [
    { kind: "text", text: headline(output, context) },
    ...(isGrouped ? [groups, table] : [table, groups]),
    ...(rows.length < output.totalRows
      ? [{ kind: "text" as const, text: `${partOf(rows.length, output.totalRows)} rows.` }]
      : []),
    ...(list[0] === undefined ? [] : [{
      kind: "text" as const,
      text: `\`opper-agent session ${list[0].shortId} --misses\` shows those of one session.`,
      tone: "dim" as const,
    }]),
    ...currencyBlocks(output.currency),
    ...notes.map(noteOf),
  ];
}

function noteOf(text: string): Block {
  return { kind: "text", text, tone: "dim" };
}

function headline({ total, sessions }: MissesOutput, context: Context): string {
  const cost = usdCell(total.missUsd, context).text +
    (total.unpriced === undefined || total.missUsd === undefined ? "" : "+");
  return `${countOf(total.misses, "lost cache")} in ${countOf(sessions, "session")}: ` +
    `${formatTokens(total.missedTokens)} tokens were sent again, for ${cost} more than reading them.`;
}

function groupsTable({ by, rows, total, asOf, timezone }: MissesOutput, context: Context): Block {
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

function listTable(list: readonly ListedMiss[], { asOf, timezone, total }: MissesOutput, context: Context): Block {
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
      { text: causeText(miss.cause), value: miss.cause },
      tokensCell(miss.missedTokens),
      usdCell(miss.missUsd, context),
    ]),
    empty: "None to be listed.",
  };
}
