/**
 * `overview`: what was spent lately, what is warm, and what to type next, on one screen. What a person sees who types
 * nothing but the program's name; on a machine without logs, where was looked and how to begin.
 *
 * Computes nothing of its own: its figures are those of `cost`, `cache` and `sessions`.
 */
import { mayBeCached, type SessionReport } from "../../core/session_report.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { type Money, moneyText } from "../report/cells.ts";
import { formatCount } from "../report/format.ts";
import { CURRENCY_ON_COMMAND_LINE, currencyBlocks, currencyInput, readCurrency } from "../report/currency.ts";
import { isHidden, leaveOutHidden } from "../settings/hidden_projects.ts";
import { deletedNotes, reportNotes, totalsNotes } from "../report/notes.ts";
import { defineInput, integer, LIMIT_RANGE } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION, reportJson } from "../report/report_json.ts";
import { shortestPrefixes, sortSessions } from "../report/session_filter.ts";
import {
  addPricedUsage,
  type CountedSessions,
  countSession,
  listPricedUsage,
  type PricedUsage,
} from "../report/usage_notes.ts";
import { summarizeWarm } from "../report/warm_summary.ts";
import { dearestMisses } from "./overview_misses.ts";
import type { OverviewOutput } from "./overview_output.ts";
import { GrowingSpans, readSpans, type SpanRanges, startOfSpans } from "./overview_spans.ts";
import { viewOverview } from "./overview_view.ts";

const input = defineInput({
  limit: integer("How many caches and sessions to list; 0 lists all", { ...LIMIT_RANGE, default: 5 }),
  ...currencyInput,
  ...clockInput,
});

export const overview = defineOperation({
  name: "overview",
  summary: "Show recent cost, warm caches, the latest sessions, and what to type next",
  description: "Shows what today, yesterday, seven days and this month cost, each beside the span before it. Lists " +
    "the prompt caches that are still warm, with what is at stake, and the latest sessions. The program's name " +
    "alone shows the same, and takes the same flags. If there is no log yet, it lists the directories that were " +
    "searched.",
  needs: [],
  input,
  output: async () => (await import("./overview_output.ts")).overviewOutput,
  commandLine: { limit: { short: "n", placeholder: "COUNT" }, ...CURRENCY_ON_COMMAND_LINE, ...CLOCK_ON_COMMAND_LINE },
  examples: [
    { command: "overview", explains: "the first screen, in the machine's time zone" },
    { command: "overview --json", explains: "the same for a program" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    const ranges = readSpans(clock);
    const currency = readCurrency(input.currency, context);
    const scan = await context.openIndex();
    const all = await scan.sessions(clock);
    const shortIds = shortestPrefixes(all.map(({ sessionId }) => sessionId));
    const hiding = leaveOutHidden(all, context);
    const listed = input.limit || undefined;
    const latest = sortSessions(hiding.shown, "last", listed);
    const page = latest.slice(0, listed);
    const onPage = new Set(page.map(({ id }) => id));
    // One question: the longest span has all others.
    const sums = await scan.foldUsage(
      { since: startOfSpans(ranges), asOf: clock.isPast ? clock.now : undefined },
      () => beginSums(ranges),
      (sums, bucket) => {
        sums.spans.add(bucket);
        countSession(sums.sessions, bucket);
        // What is said of prices is said of sessions that are shown as wholes.
        if (!onPage.has(bucket.session)) addPricedUsage(sums, bucket);
        const { at, session, lost } = bucket;
        if (lost === undefined || at < ranges.sevenDays.since || isHidden(bucket.cwd, context)) return;
        sums.losses.push({ session, sessionId: bucket.sessionId, lost });
      },
    );
    const spans = sums.spans.toJson(clock.now);
    const { previous: _, ...today } = spans.today;
    const lost = dearestMisses(sums.losses);
    const dearest = lost && { ...lost, shortId: shortIds.get(lost.sessionId) ?? lost.sessionId };
    const warm = sortSessions(hiding.shown.filter(mayBeCached), "last").sort(compareExpiry);
    const { atStakeUsd, unpriced, nextExpiry, lastColdAt } = summarizeWarm(hiding.shown);
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      timezone: clock.timezone,
      pricesAsOf: scan.priceData.date,
      currency,
      today,
      spans,
      dearestMisses: dearest,
      atStakeUsd,
      unpricedCaches: unpriced,
      nextExpiresAt: isoTime(nextExpiry),
      lastColdAt: isoTime(lastColdAt),
      totalWarm: warm.length,
      warm: warm.slice(0, listed).map((report) => reportJson(report, shortIds)),
      totalSessions: latest.length,
      sessions: page.map((report) => reportJson(report, shortIds)),
      roots: scan.roots.map(({ source, path, exists, files }) => ({ source, path, exists, files })),
      next: nextSteps(page[0] && shortIds.get(page[0].sessionId), warm.length, dearest, {
        digits: context.digits,
        currency,
      }),
      notes: reportNotes(scan, [...page, { models: listPricedUsage(sums) }], [
        ...scan.notes,
        ...hiding.notes,
        ...deletedNotes(page, scan.leftOut(clock)),
        ...totalsNotes(sums.sessions),
      ]),
    };
  },

  view(output, input, context) {
    const { currency } = output;
    return [
      ...viewOverview(output, readClock(input, context), { ...context, currency }),
      ...currencyBlocks(currency),
    ];
  },
});

/** All that the first screen takes of usage. */
function beginSums(ranges: SpanRanges): PricedUsage & {
  readonly spans: GrowingSpans;
  readonly sessions: CountedSessions;
  readonly losses: Parameters<typeof dearestMisses>[0][number][];
} {
  return {
    spans: new GrowingSpans(ranges),
    models: new Map(),
    unpricedTotals: [],
    sessions: [],
    losses: [],
  };
}

/** Those that are warm first, soonest to expire first; then those that may be. */
function compareExpiry(a: SessionReport, b: SessionReport): number {
  const [isMaybe, isOtherMaybe] = [a, b].map(({ cache }) => Number(cache.state !== "warm"));
  return isMaybe! - isOtherMaybe! || (a.cache.expiresAt ?? Infinity) - (b.cache.expiresAt ?? Infinity);
}

/** @param latest short id of the latest session; undefined when there is none */
function nextSteps(
  latest: string | undefined,
  warm: number,
  dearest: OverviewOutput["dearestMisses"],
  money: Money,
): OverviewOutput["next"] {
  if (latest === undefined) {
    return [
      { command: "launch pi", explains: "start Pi, routed through Opper (after `opper-agent login`)" },
      { command: "sessions --root claude=DIR", explains: "read the logs of an agent that keeps them elsewhere" },
      { command: "doctor", explains: "check which directories are read, and what could not be read" },
    ];
  }
  return [
    ...(dearest === undefined ? [] : [{
      command: `session ${dearest.shortId} --misses`,
      explains: `${formatCount(dearest.misses)} ${dearest.misses === 1 ? "miss" : "misses"} cost ` +
        `${moneyText(dearest.usd, money)} in the last 7 days`,
    }]),
    { command: `session ${latest}`, explains: "the latest session, and how to resume it" },
    ...(warm === 0 ? [] : [{ command: "cache", explains: "cost of letting each cache expire" }]),
    { command: "cost --since 7d", explains: "the last seven days, day by day" },
    { command: "help", explains: "everything else" },
  ];
}
