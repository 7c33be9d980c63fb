/** How `cost` is shown to people: a table with bars, and what caching saved. */
import type { Block, View } from "../contract/view.ts";
import { billedText, costCell, type Money, moneyText } from "../report/cells.ts";
import { currencyBlocks } from "../report/currency.ts";
import { formatTime } from "../report/format.ts";
import { formatChange } from "../report/format_change.ts";
import { planLine } from "../report/plans.ts";
import { countOf, partOf } from "../report/notes.ts";
import type { CostOutput, CostSum } from "./cost_output.ts";
import { costTable } from "./cost_table.ts";

type Context = Money & { readonly home: string };

/** Drawn from what `--json` says. */
export function viewCost(output: CostOutput, _input: unknown, { digits, home }: Context): View {
  const context = { digits, home, currency: output.currency };
  return [
    costTable(output, context),
    ...(output.rows.length < output.totalRows
      ? [textOf(`${partOf(output.rows.length, output.totalRows)} rows; the total is of all.`)]
      : []),
    ...compareLines(output, context),
    ...billedLines(output.total, context),
    ...savingsLines(output.total, context),
    ...(output.plans ?? []).map((worth) => textOf(planLine(worth, output.timezone, context))),
    ...currencyBlocks(output.currency),
    ...output.notes.map((text) => textOf(text, "dim")),
  ];
}

function textOf(text: string, tone?: "dim"): Block {
  return tone === undefined ? { kind: "text", text } : { kind: "text", text, tone };
}

function compareLines({ total, previous, timezone, asOf }: CostOutput, money: Money): Block[] {
  if (previous === undefined) return [];
  const time = (at: string) => formatTime(Date.parse(at), timezone, Date.parse(asOf));
  const before = costCell(previous.total.cost, money).text;
  const change = formatChange(total.cost.usd, previous.total.cost.usd);
  return [textOf(
    `${costCell(total.cost, money).text} after ${before} in the span before (${time(previous.since)} to ` +
      `${time(previous.until)}): ${change}.`,
  )];
}

function billedLines({ cost }: CostSum, money: Money): Block[] {
  return cost.billed === undefined ? [] : [textOf(`${costCell(cost, money).text}${billedText(cost, money)}.`)];
}

/** What caching saved, and what its losses cost: for two figures that nobody adds up by hand. */
function savingsLines(total: CostSum, money: Money): Block[] {
  const { savedUsd, withoutCacheUsd, misses, missUsd, unknownSavings } = total;
  if (savedUsd === undefined || withoutCacheUsd === undefined || total.usage.cacheRead === 0) return [];
  const least = unknownSavings === undefined ? "" : "at least ";
  const saved = savedUsd >= 0
    ? `Caching saved ${least}${moneyText(savedUsd, money)}: without it, this would have cost ` +
      `${moneyText(withoutCacheUsd, money)}.`
    : `Caching cost ${moneyText(-savedUsd, money)} more than it saved.`;
  const lost = misses === 0
    ? ""
    : ` ${countOf(misses, "lost cache")} cost ${moneyText(missUsd, money)}; \`opper-agent misses\` says why.`;
  return [textOf(saved + lost)];
}
