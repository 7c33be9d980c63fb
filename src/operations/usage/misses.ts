/** `misses`: which caches were lost, why, and what that cost. */
import { causeOf } from "../../core/cache/misses.ts";
import { lifetimeTable } from "../../core/cache/lifetime_table.ts";
import { isoTime } from "../../core/iso_time.ts";
import { addMissTo, knownLoss, type LostCaches, noLosses } from "../../core/cost/miss_cost.ts";
import type { SessionMiss } from "../../scan/index/ask/usage_in_range.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { OperationContext } from "../contract/context.ts";
import { choice, defineInput, type InputOf, integer, LIMIT_RANGE, text } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { type Clock, CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { CURRENCY_ON_COMMAND_LINE, currencyInput, readCurrency } from "../report/currency.ts";
import { findSession } from "../report/find_session.ts";
import { countOf, reportNotes, scanNotes, unknownNames, whereLooked } from "../report/notes.ts";
import { comparePlaces, type Place, takeItems } from "../report/paging.ts";
import { directoriesOf, readUsageKeys } from "../report/read_usage_key.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { shortestPrefixes } from "../report/session_filter.ts";
import { readRange } from "../report/time_range.ts";
import { filterUsage, USAGE_FILTER_ON_COMMAND_LINE, usageFilterInput } from "../report/usage_filter.ts";
import { isCalendarUnit, isClockUnit, placeOfKey } from "../report/usage_keys.ts";
import { isHidden } from "../settings/hidden_projects.ts";
import { MISS_KEYS } from "./miss_keys.ts";
import type { ListedMiss } from "./misses_output.ts";
import { viewMisses } from "./misses_view.ts";

const fields = {
  session: text("Only this session: id, start of an id, log file, latest, or current"),
  by: choice(MISS_KEYS, "Add up by this key; default: by cause"),
  ...usageFilterInput,
  since: text("Only misses at or after this time, or of this span"),
  until: text("Only misses before this time"),
  limit: integer("How many single misses and rows to list; 0 lists all", { ...LIMIT_RANGE, default: 20 }),
  cursor: text("nextCursor of the previous page"),
  ...currencyInput,
  ...clockInput,
};

type MissesInput = InputOf<typeof fields>;

export const misses = defineOperation({
  name: "misses",
  summary: "List lost caches: when, why, and what they cost",
  description:
    "Lists lost caches of all sessions, the dearest first: turns that could have read their prompt from the " +
    "cache, and sent it again. Says how long the pause was, why the cache was lost, how many tokens were sent again, and " +
    "what that cost more. Adds them up by cause, or by day, project, model and so on.",
  needs: [],
  input: defineInput(fields),
  output: async () => (await import("./misses_output.ts")).missesOutput,
  commandLine: {
    session: { positional: true },
    by: { short: "b", placeholder: "KEY" },
    ...USAGE_FILTER_ON_COMMAND_LINE,
    since: { placeholder: "RANGE" },
    until: { placeholder: "TIME" },
    limit: { short: "n", placeholder: "COUNT" },
    ...CURRENCY_ON_COMMAND_LINE,
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "misses --since 7d", explains: "what was lost today and in the six days before" },
    { command: "misses --by project --since month", explains: "which projects lose most, this month" },
    { command: "misses latest", explains: "those of the latest session" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    // Before the scan, which may take a while: a mistyped time is said at once.
    const range = readRange({ since: input.since, until: input.until, wholeDays: input.by !== "hour" }, clock);
    const currency = readCurrency(input.currency, context);
    const scan = await context.openIndex();
    const sessions = await scan.sessions(clock);
    const only = input.session === undefined
      ? undefined
      : findSession(sessions, input.session, context, whereLooked(scan, context.home)).id;
    const { since, until } = range;
    const all = await scan.misses({ since, until, asOf: clock.isPast ? clock.now : undefined });
    const found = all.filter(filterUsage(input, only, context));
    const causes = await readCauses(found, scan, clock);

    const by = input.by ?? "cause";
    const total = noLosses();
    const rows = new Map<string, ReturnType<typeof noLosses>>();
    const keyOf = await readKeys(by, found, causes, input, clock, context);
    for (const miss of found) {
      const key = keyOf(miss);
      let sum = rows.get(key);
      if (sum === undefined) rows.set(key, sum = noLosses());
      addMissTo(sum, miss);
      addMissTo(total, miss);
    }
    const isTime = isCalendarUnit(by) || isClockUnit(by);
    const sorted = [...rows].sort(([a, sumA], [b, sumB]) =>
      isTime
        ? comparePlaces([placeOfKey(by, b)], [placeOfKey(by, a)])
        : comparePlaces([sumB.usd, sumB.tokens, b], [sumA.usd, sumA.tokens, a])
    );
    const listed = sorted.slice(0, input.limit === 0 ? undefined : input.limit);

    const { shown, notes } = leaveOutHiddenMisses(found, input, context);
    const shortIds = shortestPrefixes(sessions.map(({ sessionId }) => sessionId));
    const page = takeItems(shown.toSorted((a, b) => comparePlaces(placeOf(b), placeOf(a))), {
      list: "misses",
      placeOf,
      descending: true,
      limit: input.limit,
      cursor: input.cursor,
    });
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      by,
      since: isoTime(since),
      until: isoTime(until),
      timezone: clock.timezone,
      pricesAsOf: scan.priceData.date,
      currency,
      total: missSumJson(total),
      sessions: new Set(found.map(({ session }) => session)).size,
      totalRows: sorted.length,
      // Time runs downwards.
      rows: (isTime ? listed.toReversed() : listed).map(([key, sum]) => ({ key, ...missSumJson(sum) })),
      list: page.items.map((miss): ListedMiss => ({
        at: isoTime(miss.at)!,
        source: miss.source,
        sessionId: miss.sessionId,
        shortId: shortIds.get(miss.sessionId) ?? miss.sessionId,
        cwd: miss.cwd,
        provider: miss.model.provider,
        model: miss.model.model,
        gapMs: miss.gapMs,
        cause: causes.get(miss)!,
        missedTokens: miss.missedTokens,
        missUsd: miss.usd,
        upstream: miss.upstream,
        rerouted: miss.rerouted,
      })),
      nextCursor: page.nextCursor,
      notes: reportNotes(scan, [], [
        ...scanNotes(scan, context.home, input.source),
        ...notes,
        ...(found.length > 0 ? [] : unknownNames(input, all.map(({ model }) => model))),
      ]),
    };
  },

  view: viewMisses,
});

/** The dearest last; of those without a price the largest. No two are the same. */
function placeOf({ usd = -1, missedTokens, at, sessionId }: SessionMiss): Place {
  return [usd, missedTokens, at, sessionId];
}

/** Which of them are named, and a sentence about the others: they count all the same. */
function leaveOutHiddenMisses(
  found: readonly SessionMiss[],
  { project, session }: MissesInput,
  context: OperationContext,
): { readonly shown: readonly SessionMiss[]; readonly notes: readonly string[] } {
  if (project !== undefined || session !== undefined) return { shown: found, notes: [] };
  const shown = found.filter(({ cwd }) => !isHidden(cwd, context));
  const hidden = found.length - shown.length;
  return {
    shown,
    notes: hidden === 0 ? [] : [`${countOf(hidden, "lost cache")} of hidden projects counted, and not listed.`],
  };
}

async function readCauses(found: readonly SessionMiss[], scan: UsageIndex, clock: Clock) {
  // As session says of each of them.
  const lifetimes = lifetimeTable(found.length === 0 ? [] : await scan.lifetimes(clock));
  return new Map(found.map((miss) => [miss, causeOf(miss, lifetimes)]));
}

async function readKeys(
  by: (typeof MISS_KEYS)[number],
  found: readonly SessionMiss[],
  causes: ReadonlyMap<SessionMiss, string>,
  { project, session }: MissesInput,
  { timezone }: Clock,
  context: OperationContext,
): Promise<(miss: SessionMiss) => string> {
  if (by === "cause") return (miss) => causes.get(miss)!;
  return await readUsageKeys(by, () => directoriesOf(found), {
    timezone,
    mayHide: project === undefined && session === undefined,
  }, context);
}

function missSumJson(sum: LostCaches) {
  return {
    misses: sum.misses,
    missedTokens: sum.tokens,
    missUsd: knownLoss(sum),
    unpriced: sum.unpriced === 0 ? undefined : sum.unpriced,
  };
}
