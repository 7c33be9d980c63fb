/** `cost`: what was spent, by time, model, provider, project, tool or session. */
import { AgentError } from "../../core/errors.ts";
import { isoTime } from "../../core/iso_time.ts";
import { totalTokens } from "../../core/model.ts";
import type { OperationContext } from "../contract/context.ts";
import { choice, defineInput, type InputOf, integer, LIMIT_RANGE, text, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { type Clock, CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { CURRENCY_ON_COMMAND_LINE, currencyInput, readCurrency } from "../report/currency.ts";
import { evidenceJson } from "../report/evidence_json.ts";
import { findSession } from "../report/find_session.ts";
import { reportNotes, scanNotes, totalsNotes, unknownNames, whereLooked } from "../report/notes.ts";
import { comparePlaces, type Place, takeItems } from "../report/paging.ts";
import { cutPeriods, periodKeys } from "../report/period_rows.ts";
import { comparePlans } from "../report/plans.ts";
import { readUsageKeys } from "../report/read_usage_key.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { readRange, type TimeRange } from "../report/time_range.ts";
import { filterUsage, USAGE_FILTER_ON_COMMAND_LINE, usageFilterInput } from "../report/usage_filter.ts";
import { isCalendarUnit, isClockUnit, placeOfKey, USAGE_KEYS } from "../report/usage_keys.ts";
import { listPricedUsage } from "../report/usage_notes.ts";
import { emptyUsageSum, type UsageSum, usageSumJson } from "../report/usage_sum.ts";
import { findReset, readReset } from "../limits/since_reset.ts";
import { addUpCost, type CostSums, findDirectories, rowOf } from "./add_up_cost.ts";
import type { CostRow } from "./cost_output.ts";
import { viewCost } from "./cost_view.ts";

const fields = {
  session: text("Only this session: id, start of an id, log file, latest, or current"),
  by: choice(USAGE_KEYS, "Add up by this key", { default: "day" }),
  split: choice(USAGE_KEYS, "Say of each row what it is made of, by this second key"),
  fill: toggle("List periods without turns as well"),
  compare: toggle("Add the span before, of the same length, and the change"),
  ...usageFilterInput,
  since: text("Only turns at or after this time, or of this span; reset:week is when a plan's week began"),
  until: text("Only turns before this time"),
  limit: integer("How many rows to list, the most recent or expensive; 0 lists all", { ...LIMIT_RANGE, default: 0 }),
  cursor: text("nextCursor of the previous page"),
  ...currencyInput,
  ...clockInput,
};

type CostInput = InputOf<typeof fields>;

const input = defineInput(fields, ({ by, split, compare, since }) => {
  if (by === split) return `--split has to be another key than --by, which is ${by} already.`;
  return compare && since === undefined ? "--compare needs a span: give --since, such as --since 7d." : undefined;
});

export const cost = defineOperation({
  name: "cost",
  summary: "Add up cost and tokens by day, model, project and more",
  description: "Adds up cost and tokens of all sessions, or of one, by time, model, provider, project, source or " +
    "session. Every billed response counts once, on the day its request was sent. Says what caching saved, and what " +
    "lost caches cost. A git worktree counts as the repository it belongs to. Days of a span are whole days: 7d is today and the six days before.",
  needs: [],
  input,
  output: async () => (await import("./cost_output.ts")).costOutput,
  commandLine: {
    session: { positional: true },
    by: { short: "b", placeholder: "KEY" },
    split: { placeholder: "KEY" },
    ...USAGE_FILTER_ON_COMMAND_LINE,
    since: { placeholder: "RANGE" },
    until: { placeholder: "TIME" },
    limit: { short: "n", placeholder: "COUNT" },
    ...CURRENCY_ON_COMMAND_LINE,
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "cost --since 7d", explains: "today and the six days before, day by day" },
    { command: "cost --since 7d --split model", explains: "each of these days by model" },
    { command: "cost --by model --since month --compare", explains: "this month's models beside the month before" },
    { command: "cost --since reset:week --by model", explains: "since the week of your plan began" },
    { command: "cost latest --by model", explains: "the latest session, by model" },
    { command: "cost --currency EUR", explains: "in euros, at your own rate (config set currency)" },
    { command: "cost --by month --csv", explains: "for a spreadsheet" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    // Before the scan, which may take a while: a mistyped time is said at once.
    const reset = readReset(input.since);
    const typed = reset === undefined ? readCostRange(input, clock) : undefined;
    const currency = readCurrency(input.currency, context);
    const scan = await context.openIndex();
    const range = typed ??
      readCostRange({
        ...input,
        since: await findReset(scan, { window: reset!, sources: input.source }, clock, context),
      }, clock);
    const only = input.session === undefined
      ? undefined
      : findSession(await scan.sessions(clock), input.session, context, whereLooked(scan, context.home)).id;
    const isAsked = filterUsage(input, only, context);
    const asOf = clock.isPast ? clock.now : undefined;
    const addUp = async ({ since, until }: Pick<TimeRange, "since" | "until">, split: CostInput["split"]) => {
      const asked = { range: { since, until, asOf }, isAsked };
      const keys = { timezone: clock.timezone, mayHide: input.project === undefined && input.session === undefined };
      const directories = () => findDirectories(scan, asked);
      return await addUpCost(scan, {
        ...asked,
        keyOf: await readUsageKeys(input.by, directories, keys, context),
        partOf: split && await readUsageKeys(split, directories, keys, context),
      });
    };
    const sums = await addUp(range, input.split);
    const earlier = input.compare ? await addUp(range.previous!, undefined) : undefined;
    if (input.fill) fillRows(sums, input, range, clock);
    const cut = cutPeriods(input.by, range, clock.timezone);
    const isTime = isCalendarUnit(input.by) || isClockUnit(input.by);
    // The latest and the most expensive first: those are listed when not all are.
    const placeOf = (row: CostRow): Place =>
      isTime ? [placeOfKey(input.by, row.key)] : [row.cost.usd, totalTokens(row.usage), row.key];
    const sorted = [...sums.rows].map(([key, { sum, parts }]): CostRow => ({
      key,
      ...(cut.has(key) ? { partial: true } : {}),
      ...usageSumJson(sum),
      ...(parts === undefined ? {} : { parts: partsJson(parts) }),
      // Other days than these were before.
      ...(earlier === undefined || isCalendarUnit(input.by) ? {} : { previous: beforeOf(earlier.rows.get(key)?.sum) }),
    })).sort((a, b) => comparePlaces(placeOf(b), placeOf(a)));
    const page = takeItems(sorted, {
      list: `cost by ${input.by}`,
      placeOf,
      descending: true,
      limit: input.limit,
      cursor: input.cursor,
    });
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      by: input.by,
      split: input.split,
      since: isoTime(range.since),
      until: isoTime(range.until),
      timezone: clock.timezone,
      pricesAsOf: scan.priceData.date,
      currency,
      plans: readPlans(sums, input, range, clock, context),
      total: usageSumJson(sums.total),
      previous: earlier && {
        since: isoTime(range.previous!.since)!,
        until: isoTime(range.previous!.until)!,
        total: usageSumJson(earlier.total),
      },
      totalRows: sorted.length,
      // Time runs downwards.
      rows: isTime ? page.items.toReversed() : [...page.items],
      nextCursor: page.nextCursor,
      evidence: evidenceJson(await scan.evidenceOf()),
      notes: reportNotes(scan, [{ models: listPricedUsage(sums) }], [
        ...scanNotes(scan, context.home, input.source),
        ...(sums.sessions.length > 0 ? [] : unknownNames(input, [...sums.metModels])),
        ...(isTime || range.since !== undefined || range.until !== undefined || clock.isPast
          ? totalsNotes(sums.sessions, input.by === "hour" || input.by === "hourOfDay" ? "hour" : "day")
          : []),
      ]),
    };
  },

  view: viewCost,
});

function readCostRange({ since, until, by, compare }: CostInput, clock: Clock): TimeRange {
  const range = readRange({ since, until, wholeDays: by !== "hour" }, clock);
  if (compare && range.previous === undefined) {
    throw new AgentError("usage", "There is no span before one that has not begun.", {
      hint: "Give --since a time that has passed, such as --since 7d.",
    });
  }
  return range;
}

/** Beside sums of everything: a plan is paid whatever it is used for. */
function readPlans(
  { models, unpricedTotals, firstAt }: CostSums,
  { session, source, project, model }: CostInput,
  { since, until }: TimeRange,
  { now, timezone }: Clock,
  { plans }: OperationContext,
) {
  const isPart = session !== undefined || source !== undefined || project !== undefined || model !== undefined;
  if (plans === undefined || isPart) return undefined;
  const sums = [...[...models].map(([{ provider }, { cost }]) => ({ provider, cost })), ...unpricedTotals];
  const found = comparePlans(sums, plans, { since, until, first: firstAt, now, timezone });
  return found.length === 0 ? undefined : found;
}

function fillRows(
  { rows, firstAt }: CostSums,
  { by, split }: Pick<CostInput, "by" | "split">,
  range: TimeRange,
  clock: Clock,
): void {
  for (const key of periodKeys(by, range, firstAt, clock)) rowOf(rows, key, split !== undefined);
}

/** The dearest first. */
function partsJson(parts: ReadonlyMap<string, UsageSum>): NonNullable<CostRow["parts"]> {
  return [...parts].map(([key, sum]) => ({ key, ...usageSumJson(sum) }))
    .sort((a, b) => b.cost.usd - a.cost.usd || totalTokens(b.usage) - totalTokens(a.usage) || (a.key < b.key ? -1 : 1));
}

function beforeOf(sum: UsageSum = emptyUsageSum()): CostRow["previous"] {
  const { turns, usage, cost } = usageSumJson(sum);
  return { turns, usage, cost };
}
