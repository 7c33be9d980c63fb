/**
 * OpenRouter's bill: of an ordinary key the sums of the day, week and month that run; of a management key each of the last 30
 * days that are over, by model and upstream.
 */
import type { BillLine } from "../../core/bill/bill.ts";
import { compareLines, compareTotal } from "../../core/bill/compare_bill.ts";
import { tabulateBill } from "../../core/bill/tabulate_bill.ts";
import { addAmounts } from "../../core/cost/add_amounts.ts";
import { AgentError } from "../../core/errors.ts";
import type { EpochMs, Usd } from "../../core/model.ts";
import type { OpenRouterActivity, OpenRouterClient, OpenRouterKeyUsage } from "../../gateways/openrouter/client.ts";
import { GatewayError } from "../../gateways/request_json.ts";
import type { OperationContext } from "../contract/context.ts";
import { openOpenRouter, openOpenRouterManagement } from "../gateways/open_openrouter.ts";
import { countOf } from "../report/notes.ts";
import { type BillSources, type ReadBill, rowJson, spanJson } from "./bill_sources.ts";
import { listGone, readLocalFigures, withinSpan } from "./local_figures.ts";
import type { ReconcileSpan } from "./reconcile_output.ts";
import { UTC_DAY_MS, utcDay, type UtcMonth, type UtcSpan, utcWeek } from "./utc_spans.ts";

/** Who bills the turns. */
const OPENROUTER = "openrouter";

/** Days that are over and that OpenRouter lists. */
const LISTED_DAYS = 30;

/** @throws {AgentError} failed, when there is no key, it is refused, or it is told nothing of this month */
export async function readOpenRouterBill(
  month: UtcMonth,
  context: OperationContext,
  notes: string[],
): Promise<ReadBill> {
  const management = openOpenRouterManagement(context.account);
  if (management !== undefined) return await readActivityBill(management, month, context, notes);
  const client = await openOpenRouter(context.account);
  checkMonth(month);
  const usage = await client.readKey();
  // A management key may ask for more than it was asked for here, and is asked for that.
  if (usage.isManagement === true) return await readActivityBill(client, month, context, notes);
  return readKeyBill(client, usage, month, context);
}

/** An ordinary key is told of what runs alone. */
function checkMonth({ key, isRunning }: UtcMonth): void {
  if (isRunning) return;
  throw new AgentError("failed", `OpenRouter tells an ordinary key nothing of ${key}: only of the month that runs.`, {
    hint: "Set OPENROUTER_MANAGEMENT_KEY for the last 30 days, or give a file of the Activity page: --csv FILE.",
  });
}

function readKeyBill(
  client: OpenRouterClient,
  usage: OpenRouterKeyUsage,
  month: UtcMonth,
  { now }: OperationContext,
): ReadBill {
  const billed = ([
    ["day", utcDay(now), usage.dayUsd, usage.byokDayUsd],
    ["week", utcWeek(now), usage.weekUsd, usage.byokWeekUsd],
    ["month", month, usage.monthUsd, usage.byokMonthUsd],
  ] as const).flatMap(([span, range, usd, byokUsd]) => usd === undefined ? [] : [{ span, range, usd, byokUsd }]);
  if (billed.length === 0) {
    throw new GatewayError("failed", "answer", `${client.host} did not say what the key has used.`, {
      hint: "A file of OpenRouter's Activity page has it as well: --csv FILE.",
    });
  }
  const label = maskedLabel(usage.label);
  return {
    head: {
      gateway: "openrouter",
      level: "key",
      month: month.key,
      host: client.host,
      key: { origin: client.origin, ...(label === undefined ? {} : { label }) },
    },
    async compare(sources) {
      const all = { since: Math.min(...billed.map(({ range }) => range.since)), until: now + 1 };
      const local = await readSide(sources, all);
      const isOwn = ({ key }: { readonly key: string }) => key === client.keyFingerprint;
      return {
        spans: billed.map(({ span, range, usd, byokUsd = 0 }): ReconcileSpan => {
          const side = { turns: withinSpan(local.figures, range), gone: local.goneOf(range).filter(isOwn) };
          return spanJson(span, range, now, compareTotal(addAmounts(usd, byokUsd), side), { byokUsd });
        }),
      };
    },
  };
}

/** OpenRouter writes `sk-or-v1-au7...890`, unless somebody gave the key a name, which is theirs. */
function maskedLabel(label: string | undefined): string | undefined {
  return label !== undefined && /^sk-or-[\w-]{0,12}\.{3}\w{1,4}$/.test(label) ? label.replace("...", "…") : undefined;
}

async function readActivityBill(
  client: OpenRouterClient,
  month: UtcMonth,
  { now }: OperationContext,
  notes: string[],
): Promise<ReadBill> {
  const range = listedRange(month, now);
  const rows = await client.listActivity().catch((error) => {
    throw error instanceof GatewayError && error.status === 403 ? needsManagementKey(client, error) : error;
  });
  if (range.since > month.since) notes.push(`OpenRouter lists the last ${LISTED_DAYS} days alone.`);
  if (month.isRunning) notes.push("The day that runs is not on this bill yet.");
  const without = rows.filter(({ usd }) => usd === undefined).length;
  if (without > 0) notes.push(`${countOf(without, "line")} of the bill without a cost were left out.`);
  const lines = rows.map(lineOf).filter((line) => line !== undefined)
    .filter(({ at }) => at! >= range.since && at! < range.until);
  return {
    head: {
      gateway: "openrouter",
      level: "activity",
      month: month.key,
      host: client.host,
      key: { origin: client.origin },
    },
    async compare(sources) {
      const local = await readSide(sources, range);
      const side = { turns: withinSpan(local.figures, range), gone: local.goneOf(range) };
      const byokUsd = lines.reduce((sum, { byokUsd = 0 }) => addAmounts(sum, byokUsd), 0);
      const requests = lines.every(({ requests }) => requests !== undefined)
        ? lines.reduce((sum, { requests = 0 }) => sum + requests, 0)
        : undefined;
      return {
        spans: [spanJson("month", range, now, compareLines(lines, side), { byokUsd, requests })],
        rows: tabulateBill(lines, side.turns).map((row) => rowJson(row)),
      };
    },
  };
}

function needsManagementKey({ origin }: OpenRouterClient, cause: GatewayError): AgentError {
  return new AgentError(
    "failed",
    `OpenRouter lists days for a management key alone, and ${origin} holds another (403).`,
    {
      hint:
        "Make one on https://openrouter.ai/settings/management-keys, or unset OPENROUTER_MANAGEMENT_KEY: an ordinary key " +
        "is told the day, week and month that run. A file of the Activity page needs none: --csv FILE.",
      cause,
    },
  );
}

/** What of a month OpenRouter lists: whole days, and no older ones. */
function listedRange({ key, since, until }: UtcMonth, now: EpochMs): UtcSpan {
  const { since: today } = utcDay(now);
  const range = { since: Math.max(since, today - LISTED_DAYS * UTC_DAY_MS), until: Math.min(until, today) };
  // On the first of a month nothing of it is over.
  if (range.until > range.since || until > now) return { ...range, until: Math.max(range.since, range.until) };
  throw new AgentError("failed", `OpenRouter lists the last ${LISTED_DAYS} days, and ${key} is older.`, {
    hint: "Give a file of the Activity page: --csv FILE.",
  });
}

function lineOf({ day, model, permaslug, upstream, usd, byokUsd = 0, requests }: OpenRouterActivity):
  | BillLine
  | undefined {
  if (usd === undefined) return undefined;
  return {
    at: Date.parse(`${day}T00:00:00Z`),
    models: [...new Set([permaslug, model])].filter((name) => name !== undefined),
    ...(upstream === undefined ? {} : { upstream }),
    usd: addAmounts(usd, byokUsd),
    ...(byokUsd === 0 ? {} : { byokUsd: byokUsd satisfies Usd }),
    ...(requests === undefined ? {} : { requests }),
  };
}

/** What logs and evidence have of OpenRouter, for spans within one. */
export async function readSide({ scan, evidence, onUnreadable, onFault }: BillSources, all: UtcSpan) {
  const { figures, unreadable } = await readLocalFigures(scan, OPENROUTER, all, evidence);
  if (unreadable > 0) onUnreadable(unreadable);
  return {
    figures,
    /** Responses whose logs are gone. */
    goneOf(range: UtcSpan) {
      try {
        return listGone(evidence?.listFound(range) ?? [], figures);
      } catch (error) {
        // A damaged file stops no answer: what is in it is unexplained then.
        if (!(error instanceof Error)) throw error;
        onFault();
        return [];
      }
    },
  };
}
