/** `cost`: what was spent, by time, model, provider, project, tool or session. */
import { CALENDAR_UNITS, calendarKeys, type CalendarUnit } from "../../core/calendar.ts";
import {
  addUsageTo,
  cacheHitRatio,
  type Cost,
  NO_USAGE,
  type TokenUsage,
  type TotalCount,
  totalTokens,
} from "../../core/model.ts";
import { addCostTo, NO_COST } from "../../core/cost/cost.ts";
import { addTotals } from "../../core/usage_total.ts";
import type { UsageBucket } from "../../scan/index/sums/usage_buckets.ts";
import type { OperationContext } from "../contract/context.ts";
import {
  costCell,
  creditsColumns,
  modelCell,
  percentCell,
  projectCell,
  tokensCell,
  turnsCell,
} from "../report/cells.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { COST_KEYS, type CostKey } from "./cost_keys.ts";
import type { CostRow } from "./cost_output.ts";
import { findSession } from "../report/find_session.ts";
import { isHidden } from "../settings/hidden_projects.ts";
import { partOf, reportNotes, scanNotes, totalsNotes, unknownNames, whereLooked } from "../report/notes.ts";
import { choice, defineInput, integer, LIMIT_RANGE, someOf, text } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { comparePlaces, type Place, takeItems } from "../report/paging.ts";
import { parseTime } from "../report/parse_time.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { matchesProject, resolveProject } from "../report/session_filter.ts";
import { nameProjects } from "../report/project_names.ts";
import { idsWith } from "../../agents/agents.ts";
import type { Cell, Column } from "../contract/view.ts";

const input = defineInput({
  session: text("Only this session: id, start of an id, log file, latest, or current"),
  by: choice(COST_KEYS, "Add up by this key", { default: "day" }),
  source: someOf(idsWith("source"), "Only sessions of these agents"),
  project: text("Only sessions whose directory contains this text, or lies below this path"),
  model: text("Only turns of models whose name contains this text"),
  provider: text("Only turns billed by this provider"),
  since: text("Only turns at or after this time"),
  until: text("Only turns before this time"),
  limit: integer("How many rows to list, the most recent or expensive; 0 lists all", { ...LIMIT_RANGE, default: 0 }),
  cursor: text("nextCursor of the previous page"),
  ...clockInput,
});

export const cost = defineOperation({
  name: "cost",
  summary: "Add up cost and tokens by day, model, project and more",
  description: "Adds up cost and tokens of all sessions, or of one, by hour, day, week, month, model, provider, " +
    "project, source or session. Every billed response counts once, on the day its request was sent. A git worktree " +
    "counts as the repository it belongs to.",
  needs: [],
  input,
  output: async () => (await import("./cost_output.ts")).costOutput,
  commandLine: {
    session: { positional: true },
    by: { short: "b", placeholder: "KEY" },
    source: { placeholder: "SOURCE" },
    project: { placeholder: "PATH" },
    since: { placeholder: "TIME" },
    until: { placeholder: "TIME" },
    limit: { short: "n", placeholder: "COUNT" },
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "cost --since 7d", explains: "the last seven days, day by day" },
    { command: "cost --by model --since 2026-11-01", explains: "cost of each model" },
    { command: "cost latest --by model", explains: "the latest session, by model" },
    { command: "cost --by month --csv", explains: "for a spreadsheet" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    // Before the scan, which may take a while: a mistyped time is said at once.
    const since = input.since === undefined ? undefined : parseTime(input.since, clock);
    const until = input.until === undefined ? undefined : parseTime(input.until, clock);
    const scan = await context.openIndex();
    const only = input.session === undefined
      ? undefined
      : findSession(await scan.sessions(clock), input.session, context, whereLooked(scan, context.home)).id;
    const contains = (text: string, part: string | undefined) =>
      part === undefined || text.toLowerCase().includes(part.toLowerCase());
    const project = input.project === undefined ? undefined : resolveProject(input.project, context);
    const billed = await scan.usageBuckets({ since, until, asOf: clock.isPast ? clock.now : undefined });
    const buckets = billed.filter((bucket) =>
      (only === undefined || bucket.session === only) &&
      (input.source === undefined || input.source.includes(bucket.source)) &&
      (project === undefined || matchesProject(bucket.cwd, project)) &&
      contains(bucket.model.model, input.model) &&
      (input.provider === undefined || bucket.model.provider === input.provider.toLowerCase())
    );

    const nameOf = input.by === "project" ? await readProjectNames(buckets, context) : undefined;
    const mayHide = input.project === undefined && only === undefined;
    const rows = new Map<string, Sum>();
    const total = emptySum();
    const timeOf = isCalendarUnit(input.by) ? calendarKeys(input.by, clock.timezone) : undefined;
    for (const bucket of buckets) {
      const name = nameOf?.(bucket.cwd);
      const isSecret = mayHide && (isHidden(bucket.cwd, context) || isHidden(name, context));
      const key = timeOf?.(bucket.at) ?? bucketKey(bucket, input.by, isSecret, name);
      let sum = rows.get(key);
      if (sum === undefined) rows.set(key, sum = emptySum());
      addBucketTo(sum, bucket);
      addBucketTo(total, bucket);
    }
    // The latest and the most expensive first: those are listed when not all are.
    const isTime = isCalendarUnit(input.by);
    const placeOf = (row: CostRow): Place => isTime ? [row.key] : [row.cost.usd, totalTokens(row.usage), row.key];
    const sorted = [...rows].map(([key, sum]) => ({ key, ...sumJson(sum) }))
      .sort((a, b) => comparePlaces(placeOf(b), placeOf(a)));
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
      timezone: clock.timezone,
      pricesAsOf: scan.priceData.date,
      total: sumJson(total),
      totalRows: sorted.length,
      // Time runs downwards.
      rows: isTime ? page.items.toReversed() : [...page.items],
      nextCursor: page.nextCursor,
      notes: reportNotes(scan, [{
        models: buckets.map(({ model, turns, usage, cost }) => ({ ...model, turns, usage, cost })),
      }], [
        ...scanNotes(scan, context.home, input.source),
        ...(buckets.length > 0 ? [] : unknownNames(input, billed.map(({ model }) => model))),
        ...(isTime || since !== undefined || until !== undefined || clock.isPast
          ? totalsNotes(buckets, input.by === "hour" ? "hour" : "day")
          : []),
      ]),
    };
  },

  view(output, _input, context) {
    const credits = creditsColumns([output.total.cost]);
    return [
      {
        kind: "table",
        columns: [
          { key: output.by, title: output.by[0]!.toUpperCase() + output.by.slice(1), shrink: shrinkOf(output.by) },
          { key: "turns", title: "Turns", align: "right", priority: 3 },
          { key: "input", title: "Input", align: "right", priority: 5 },
          { key: "cacheRead", title: "Cache read", align: "right", priority: 5 },
          { key: "cacheWrite", title: "Cache write", align: "right", priority: 5 },
          { key: "output", title: "Output", align: "right", priority: 5 },
          { key: "cacheHitRatio", title: "Hit", align: "right", priority: 2 },
          ...credits.columns,
          { key: "usd", title: "Cost", align: "right", marksLargest: true },
          { key: "bar", title: "", bar: true, priority: 4 },
        ],
        rows: output.rows.map((row) => [
          keyCell(row.key, output.by, context.home),
          turnsCell(row),
          tokensCell(row.usage.input),
          tokensCell(row.usage.cacheRead),
          tokensCell(row.usage.cacheWrite + row.usage.cacheWrite1h),
          tokensCell(row.usage.output),
          percentCell(row.cacheHitRatio),
          ...credits.cells(row.cost),
          costCell(row.cost, context),
          { text: "", value: row.cost.usd },
        ]),
        footer: output.rows.length < 2 ? undefined : [
          { text: "Total", tone: "strong" },
          turnsCell(output.total),
          tokensCell(output.total.usage.input),
          tokensCell(output.total.usage.cacheRead),
          tokensCell(output.total.usage.cacheWrite + output.total.usage.cacheWrite1h),
          tokensCell(output.total.usage.output),
          percentCell(output.total.cacheHitRatio),
          ...credits.cells(output.total.cost),
          { ...costCell(output.total.cost, context), tone: "strong" },
          { text: "" },
        ],
        empty: "Nothing was billed.",
      },
      ...(output.rows.length < output.totalRows
        ? [{
          kind: "text" as const,
          text: `${partOf(output.rows.length, output.totalRows)} rows; the total is of all.`,
        }]
        : []),
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
    ];
  },
});

/** A date without its beginning is another date; paths tell themselves apart at their end, other names do not. */
function shrinkOf(by: CostKey): Column["shrink"] {
  return isCalendarUnit(by) ? undefined : by === "project" ? "keep_end" : "keep_start";
}

function keyCell(key: string, by: CostKey, home: string): Cell {
  return by === "project" ? projectCell(key, home) : by === "model" ? modelCell(key) : { text: key, value: key };
}

/** Added to in place: there may be a hundred thousand buckets. */
interface Sum {
  turns: number;
  totals?: TotalCount;
  readonly usage: TokenUsage;
  readonly cost: Cost;
}

function emptySum(): Sum {
  return { turns: 0, usage: { ...NO_USAGE }, cost: { ...NO_COST } };
}

function addBucketTo(sum: Sum, bucket: UsageBucket): void {
  sum.turns += bucket.turns;
  if (bucket.totals !== undefined) sum.totals = addTotals(sum.totals, bucket.totals);
  addUsageTo(sum.usage, bucket.usage);
  addCostTo(sum.cost, bucket.cost);
}

function sumJson({ turns, totals, usage, cost }: Sum) {
  return { turns, totals, usage, cost, cacheHitRatio: cacheHitRatio(usage) };
}

function isCalendarUnit(by: CostKey): by is CalendarUnit {
  return (CALENDAR_UNITS as readonly string[]).includes(by);
}

async function readProjectNames(buckets: readonly UsageBucket[], context: OperationContext) {
  const directories = new Set(buckets.map(({ cwd }) => cwd).filter((cwd) => cwd !== undefined));
  return nameProjects(directories, await context.findCheckouts?.([...directories]) ?? new Map());
}

/** @param project What the bucket's directory is called where projects are added up */
function bucketKey(
  bucket: UsageBucket,
  by: CostKey,
  isSecret: boolean,
  project?: string,
): string {
  if (isSecret && (by === "project" || by === "session")) return "(hidden)";
  switch (by) {
    case "model":
      return `${bucket.model.provider}/${bucket.model.model}`;
    case "provider":
      return bucket.model.provider;
    case "project":
      return project ?? "(unknown)";
    case "source":
      return bucket.source;
    // Times have a key already.
    default:
      return bucket.sessionId;
  }
}
