/** How `advise` is shown to people: what would have saved, what is better left, and what makes it so. */
import { ENOUGH_RETURNS } from "../../core/advice/early_loss.ts";
import type { Block, View } from "../contract/view.ts";
import { moneyText } from "../report/cells.ts";
import { formatTime } from "../report/format.ts";
import type { AdviceLook } from "./advice_look.ts";
import { contextTable, followedBlocks, modelsTable, pingsTable } from "./advice_figures.ts";
import { adviceSettings } from "./advice_settings.ts";
import { rowsTable, shortName } from "./advice_rows_table.ts";
import type { AdviceRow, AdviseOutput } from "./advise_output.ts";

/** Drawn from what `--json` says. */
export function viewAdvice(output: AdviseOutput, _input: unknown, { digits, home }: AdviceLook): View {
  const { rows, notes, what } = output;
  const look = { digits, home };
  const text = (text: string): Block => ({ kind: "text", text });
  const dim = (text: string): Block => ({ kind: "text", text, tone: "dim" });
  const hasPings = what.includes("keep-alive");
  return [
    text(heading(output, look)),
    ...(rows.length === 0 ? [] : [rowsTable(output, look)]),
    ...adviceSettings(rows, home).map(text),
    ...(hasPings ? pingsTable(rows, look) : []),
    ...rows.flatMap((row) => followedBlocks(row, output, look)),
    ...(output.context === undefined ? [] : [contextTable(output, look)]),
    ...(output.models === undefined ? [] : [modelsTable(output, look)]),
    ...(rows.some(({ role }) => role === "main") ? [text(alwaysLoaded(rows, look))] : []),
    ...(rows.length === 0 ? [] : [dim(earlyLosses(output))]),
    ...notes.map(dim),
  ];
}

function heading({ since, until, asOf, timezone, recorded, plans = [] }: AdviseOutput, look: AdviceLook): string {
  const now = Date.parse(asOf);
  const day = (time: string) => formatTime(Date.parse(time), timezone, now).replace(/ \d\d:\d\d$/, "");
  const span = `${since === undefined ? "" : `, ${day(since)}`} to ${until === undefined ? "now" : day(until)}`;
  const plan = plans.length === 0
    ? "A plan pays no tokens."
    : `A plan pays no tokens, and one pays ${plans.join(", ")}.`;
  return `What other cache settings would have cost${span}, at list prices. ${plan} ` +
    `Recorded: ${moneyText(recorded.usd, look)}`;
}

/** How many projects are named at most. */
const MOST_NAMED = 4;

function alwaysLoaded(rows: readonly AdviceRow[], look: AdviceLook): string {
  const named = rows.filter(({ role }) => role === "main").toSorted((a, b) =>
    b.per1000AlwaysLoadedUsd - a.per1000AlwaysLoadedUsd
  ).slice(0, MOST_NAMED).map((row) => `${shortName(row, look.home)} ${moneyText(row.per1000AlwaysLoadedUsd, look)}`);
  return `1,000 tokens that are always loaded cost: ${named.join(" · ")}.`;
}

function earlyLosses({ earlyLosses: { returns, lost, isOwn } }: AdviseOutput): string {
  return isOwn
    ? `Early losses: ${lost} of your ${returns} returns to what an hour holds.`
    : `Early losses: another user's rates (you have ${returns} of ${ENOUGH_RETURNS} returns).`;
}
