/** `cost`: what was spent, by time, model, provider, project, tool or session. */
import { AgentError } from "../../core/errors.ts";
import { isoTime } from "../../core/iso_time.ts";
import { totalTokens } from "../../core/model.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
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
import { addBucketTo, emptyUsageSum, type UsageSum, usageSumJson } from "../report/usage_sum.ts";
import type { CostRow } from "./cost_output.ts";
import { viewCost } from "./cost_view.ts";

const fields = {
  session: text("Only this session: id, start of an id, log file, latest, or current"),
  by: choice(USAGE_KEYS, "Add up by this key", { default: "day" }),
  split: choice(USAGE_KEYS, "Say of each row what it is made of, by this second key"),
  fill: toggle("List periods without turns as well"),
  compare: toggle("Add the span before, of the same length, and the change"),
  ...usageFilterInput,
  since: text("Only turns at or after this time, or of this span"),
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
    "session. A second key says what each row is made of. Every billed response counts once, on the day its request was " +
    "sent. Says what caching saved, and what lost caches cost. A git worktree counts as the repository it belongs to. " +
    "Days of a span are whole days: 7d is today and the six days before.",
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
    { command: "cost latest --by model", explains: "the latest session, by model" },
    { command: "cost --currency EUR", explains: "in euros, at your own rate (config set currency)" },
    { command: "cost --by month --csv", explains: "for a spreadsheet" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    // Before the scan, which may take a while: a mistyped time is said at once.
    const range = readCostRange(input, clock);
    const currency = readCurrency(input.currency, context);
    const scan = await context.openIndex();
    const only = input.session === undefined
      ? undefined
      : findSession(await scan.sessions(clock), input.session, context, whereLooked(scan, context.home)).id;
    const isAsked = filterUsage(input, only, context);
    const asOf = clock.isPast ? clock.now : undefined;
    const readUsage = async ({ since, until }: Pick<TimeRange, "since" | "until">) => {
      const all = await scan.usageBuckets({ since, until, asOf });
      return { all, buckets: all.filter(isAsked) };
    };
    const { all, buckets } = await readUsage(range);
    const before = input.compare ? (await readUsage(range.previous!)).buckets : undefined;

    const sums = await addUp(buckets, input, clock, context);
    const earlier = before && await addUp(before, { ...input, split: undefined }, clock, context);
    if (input.fill) fillRows(sums.rows, input, range, buckets, clock);
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
      plans: readPlans(buckets, input, range, clock, context),
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
      notes: reportNotes(scan, [{
        models: buckets.map(({ model, turns, usage, cost }) => ({ ...model, turns, usage, cost })),
      }], [
        ...scanNotes(scan, context.home, input.source),
        ...(buckets.length > 0 ? [] : unknownNames(input, all.map(({ model }) => model))),
        ...(isTime || range.since !== undefined || range.until !== undefined || clock.isPast
          ? totalsNotes(buckets, input.by === "hour" || input.by === "hourOfDay" ? "hour" : "day")
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
  buckets: readonly UsageBucket[],
  { session, source, project, model }: CostInput,
  { since, until }: TimeRange,
  { now, timezone }: Clock,
  { plans }: OperationContext,
) {
  const isPart = session !== undefined || source !== undefined || project !== undefined || model !== undefined;
  if (plans === undefined || isPart) return undefined;
  const sums = new Map<string, UsageSum>();
  let first: number | undefined;
  for (const bucket of buckets) {
    first = Math.min(first ?? bucket.at, bucket.at);
    const { provider } = bucket.model;
    let sum = sums.get(provider);
    if (sum === undefined) sums.set(provider, sum = emptyUsageSum());
    addBucketTo(sum, bucket);
  }
  const found = comparePlans([...sums].map(([provider, { cost }]) => ({ provider, cost })), plans, {
    ...{ since, until, first, now, timezone },
  });
  return found.length === 0 ? undefined : found;
}

interface Row {
  readonly sum: UsageSum;
  readonly parts?: Map<string, UsageSum>;
}

interface Sums {
  readonly total: UsageSum;
  readonly rows: Map<string, Row>;
}

async function addUp(
  buckets: readonly UsageBucket[],
  { by, split, project, session }: Pick<CostInput, "by" | "split" | "project" | "session">,
  { timezone }: Clock,
  context: OperationContext,
): Promise<Sums> {
  const options = { timezone, mayHide: project === undefined && session === undefined };
  const keyOf = await readUsageKeys(by, buckets, options, context);
  const partOf = split && await readUsageKeys(split, buckets, options, context);
  const [rows, total] = [new Map<string, Row>(), emptyUsageSum()];
  for (const bucket of buckets) {
    const row = rowOf(rows, keyOf(bucket), split !== undefined);
    addBucketTo(total, bucket);
    addBucketTo(row.sum, bucket);
    if (partOf === undefined) continue;
    const part = partOf(bucket);
    let sum = row.parts!.get(part);
    if (sum === undefined) row.parts!.set(part, sum = emptyUsageSum());
    addBucketTo(sum, bucket);
  }
  return { total, rows };
}

function rowOf(rows: Map<string, Row>, key: string, hasParts: boolean): Row {
  let row = rows.get(key);
  if (row === undefined) rows.set(key, row = { sum: emptyUsageSum(), ...(hasParts ? { parts: new Map() } : {}) });
  return row;
}

function fillRows(
  rows: Map<string, Row>,
  { by, split }: Pick<CostInput, "by" | "split">,
  range: TimeRange,
  buckets: readonly UsageBucket[],
  clock: Clock,
): void {
  const firstAt = buckets.reduce<number | undefined>((first, { at }) => Math.min(first ?? at, at), undefined);
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
