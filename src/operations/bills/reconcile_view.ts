/** How a bill beside logs is told: the longest span in words, the others and the rows as a table. */
import type { BillCause } from "../../core/bill/bill.ts";
import type { OperationContext } from "../contract/context.ts";
import type { Block, Cell, Column, View } from "../contract/view.ts";
import { countCell, modelCell, moneyText, usdCell } from "../report/cells.ts";
import { formatCount, formatPercent, formatTime } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import type { ReconcileAnswer, ReconcileRow, ReconcileSpan } from "./reconcile_output.ts";

const ZONE = "UTC";

const MONTH_NAMES = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** `6 billed turns …` */
const CAUSES: Readonly<Record<BillCause, readonly [before: string, after: string]>> = {
  logs_gone: ["billed ", " whose logs are gone"],
  list_price: ["", " recorded at list price"],
  no_price: ["", " without a price here"],
  other_figure: ["", " that the gateway itself gave another figure for"],
  not_on_bill: ["", " that the bill does not list"],
};

const UNKNOWN_BILL = ": what was billed for them is not known";

/** Who else may be behind what was billed. */
const OTHERS: Readonly<Record<ReconcileAnswer["level"], string>> = {
  key: "other machines or tools with this key, requests that no log has",
  activity: "other machines or tools with this account, requests that no log has",
  csv: "other machines or tools with this account, requests that no log has",
  opper: "requests of these launches that no log has",
};

const LESS_BILLED: Readonly<Record<ReconcileAnswer["level"], string>> = {
  key: "less was billed than logs have: turns with another key, or below their list price",
  activity: "less was billed than logs have: turns with another account, or below their list price",
  csv: "less was billed than logs have: turns with another account, or below their list price",
  opper: "less was billed than logs have: turns below their list price, or not counted yet",
};

/** Of a bill with rows these are its table, else its spans. */
export function viewReconcile(output: ReconcileAnswer, _input: unknown, context: OperationContext): View {
  const main = output.spans.at(-1)!;
  const isAsked = main.explained.some(({ cause, usd }) => cause === "list_price" && usd === undefined);
  const notes = [
    ...(output.gateway === "openrouter"
      ? ["Bills are in credits, which are dollars. The fee on buying credits (5.5%) is not in them."]
      : []),
    ...(isAsked && output.gateway === "openrouter" && output.level !== "csv"
      ? ["What turns at list price were billed is known after `opper-agent enrich`, or from a file: --csv FILE."]
      : []),
    ...output.notes,
  ];
  return [
    factsOf(output, main, context),
    ...organizationText(output, context),
    tableOf(output, context),
    ...notes.map((text): Block => ({ kind: "text", text, tone: "dim" })),
  ];
}

function factsOf(output: ReconcileAnswer, span: ReconcileSpan, context: OperationContext): Block {
  const { local, differenceUsd, billedUsd, byokUsd, requests, explained, unexplainedUsd } = span;
  const amounts = [billedUsd, local.usd, differenceUsd].map((usd) => moneyText(usd, context));
  const width = Math.max(...amounts.map(({ length }) => length));
  const [billed, logged, difference] = amounts.map((text) => text.padStart(width));
  const beside = (...texts: readonly (string | undefined)[]) => {
    const known = texts.filter((text) => text !== undefined);
    return known.length === 0 ? "" : `   ${known.join(", ")}`;
  };
  const byok = byokUsd === undefined ? undefined : `${moneyText(byokUsd, context)} of it by your own keys at providers`;
  const counted = requests === undefined ? undefined : countOf(requests, "request");
  const ratio = billedUsd === 0 ? undefined : formatPercent(differenceUsd / billedUsd);
  const facts: (readonly [string, Cell])[] = [
    ["Billed", { text: `${billed}${beside(counted, byok)}` }],
    ["In local logs", { text: `${logged}${beside(turnsText(local))}` }],
    ["Difference", { text: `${difference}${beside(ratio)}` }],
    ...explained.map(({ cause, turns, usd }): readonly [string, Cell] => {
      const [before, after] = CAUSES[cause];
      const what = `${formatCount(turns)} ${before}${turns === 1 ? "turn" : "turns"}${after}`;
      return [`  ${moneyText(usd, context)}`, { text: usd === undefined ? what + UNKNOWN_BILL : what }];
    }),
    [`  ${moneyText(unexplainedUsd, context)}`, {
      text: unexplainedUsd === 0
        ? "unexplained"
        : `unexplained: ${(unexplainedUsd > 0 ? OTHERS : LESS_BILLED)[output.level]}`,
    }],
  ];
  return { kind: "facts", title: titleOf(output, span, context), facts };
}

/** `1,204 turns: 1,190 billed figures, 14 estimates` */
function turnsText({ turns, billedTurns, estimatedTurns, unpricedTurns }: ReconcileSpan["local"]): string {
  const kinds = [
    ...(billedTurns === 0 ? [] : [countOf(billedTurns, "billed figure")]),
    ...(estimatedTurns === 0 ? [] : [countOf(estimatedTurns, "estimate")]),
    ...(unpricedTurns === 0 ? [] : [`${formatCount(unpricedTurns)} without a price`]),
  ];
  return `${countOf(turns, "turn")}${kinds.length === 0 ? "" : `: ${kinds.join(", ")}`}`;
}

function titleOf(output: ReconcileAnswer, span: ReconcileSpan, { now }: OperationContext): string {
  const { gateway, file, key, launches } = output;
  const who = file !== undefined
    ? [file]
    : gateway === "opper"
    ? [`${formatCount(launches ?? 0)} ${launches === 1 ? "launch" : "launches"}`]
    : [`key ${key?.label ?? `of ${key?.origin}`}`];
  return [gateway === "opper" ? "Opper" : "OpenRouter", ...who, `${spanText(span, now)} (UTC)`].join(", ");
}

/** `November until 04:10`, `October 2026`, `Nov 05 00:00 until Nov 27 00:00`. */
function spanText({ since, until }: ReconcileSpan, now: number): string {
  const [from, to] = [new Date(since), new Date(until)];
  const isMonth = from.getUTCDate() === 1 && from.getTime() % 86_400_000 === 0;
  const last = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1);
  const name = `${MONTH_NAMES[from.getUTCMonth()]}`;
  if (isMonth && to.getTime() === last) return `${name} ${from.getUTCFullYear()}`;
  const begin = isMonth && to.getTime() < last ? name : formatTime(from.getTime(), ZONE, now);
  return `${begin} until ${formatTime(to.getTime(), ZONE, now)}`;
}

function organizationText({ organization }: ReconcileAnswer, context: OperationContext): readonly Block[] {
  if (organization?.usd === undefined) return [];
  const outside = organization.outsideUsd === undefined
    ? ""
    : `, ${moneyText(organization.outsideUsd, context)} of it outside the launches of this machine`;
  return [{ kind: "text", text: `The whole organization used ${moneyText(organization.usd, context)}${outside}.` }];
}

function tableOf({ spans, rows, level }: ReconcileAnswer, context: OperationContext): Block {
  return rows === undefined ? tableOfSpans(spans, context) : tableOfRows(rows, level, context);
}

function tableOfSpans(spans: readonly ReconcileSpan[], context: OperationContext): Block {
  const columns: readonly Column[] = [
    { key: "span", title: "Span", priority: 0 },
    { key: "since", title: "Since (UTC)", priority: 3 },
    { key: "billedUsd", title: "Billed", align: "right", priority: 0 },
    { key: "turns", title: "Turns", align: "right", priority: 2 },
    { key: "localUsd", title: "In logs", align: "right", priority: 0 },
    { key: "differenceUsd", title: "Difference", align: "right", priority: 0 },
    { key: "unexplainedUsd", title: "Unexplained", align: "right", priority: 1 },
  ];
  return {
    kind: "table",
    columns,
    rows: spans.map(({ span, since, billedUsd, local, differenceUsd, unexplainedUsd }) => [
      { text: span },
      { text: formatTime(Date.parse(since), ZONE, context.now), value: since },
      usdCell(billedUsd, context),
      countCell(local.turns),
      usdCell(local.usd, context),
      usdCell(differenceUsd, context),
      usdCell(unexplainedUsd, context),
    ]),
  };
}

function tableOfRows(rows: readonly ReconcileRow[], level: ReconcileAnswer["level"], context: OperationContext): Block {
  const isByLaunch = level === "opper";
  const columns: readonly Column[] = [
    isByLaunch ? { key: "launchId", title: "Launch", priority: 0 } : { key: "day", title: "Day", priority: 0 },
    { key: "model", title: "Model", priority: 0 },
    ...(isByLaunch ? [] : [{ key: "upstream", title: "Via", priority: 2 }]),
    { key: "requests", title: "Requests", align: "right", priority: 3 },
    { key: "billedUsd", title: "Billed", align: "right", priority: 0 },
    { key: "turns", title: "Turns", align: "right", priority: 3 },
    { key: "localUsd", title: "In logs", align: "right", priority: 0 },
    { key: "differenceUsd", title: "Difference", align: "right", priority: 0 },
  ];
  const unknown: Cell = { text: "?", value: null, tone: "dim" };
  return {
    kind: "table",
    columns,
    rows: rows.map(({ day, launchId, model, upstream, requests, billedUsd, local, differenceUsd }) => [
      isByLaunch ? { text: launchId?.slice(0, 8) ?? "?", value: launchId ?? null } : { text: day ?? "?" },
      modelCell(model),
      ...(isByLaunch ? [] : [upstream === undefined ? unknown : { text: upstream }]),
      requests === undefined ? unknown : countCell(requests),
      usdCell(billedUsd, context),
      countCell(local.turns),
      usdCell(local.usd, context),
      usdCell(differenceUsd, context),
    ]),
    empty: isByLaunch
      ? "No launch of that month was billed, and no log has one."
      : "Nothing was billed, and no log has a turn.",
  };
}
