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
import { summarizeWarm } from "../report/warm_summary.ts";
import { dearestMisses } from "./overview_misses.ts";
import type { OverviewOutput } from "./overview_output.ts";
import { addUpSpans, readSpans, startOfSpans } from "./overview_spans.ts";
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
    // One question: the longest span has all others.
    const buckets = await scan.usageBuckets({
      since: startOfSpans(ranges),
      asOf: clock.isPast ? clock.now : undefined,
    });
    const spans = addUpSpans(ranges, buckets, clock.now);
    const { previous: _, ...today } = spans.today;
    const lately = buckets.filter(({ at, cwd }) => at >= ranges.sevenDays.since && !isHidden(cwd, context));
    const lost = dearestMisses(lately);
    const dearest = lost && { ...lost, shortId: shortIds.get(lost.sessionId) ?? lost.sessionId };
    const hiding = leaveOutHidden(all, context);
    const listed = input.limit || undefined;
    const latest = sortSessions(hiding.shown, "last", listed);
    const warm = sortSessions(hiding.shown.filter(mayBeCached), "last").sort(compareExpiry);
    const { atStakeUsd, unpriced, nextExpiry, lastColdAt } = summarizeWarm(hiding.shown);
    const page = latest.slice(0, listed);
    const onPage = new Set(page.map(({ id }) => id));
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
      notes: reportNotes(scan, [...page, {
        models: buckets.filter(({ session }) => !onPage.has(session))
          .map(({ model: { provider, model }, turns, usage, cost }) => ({ provider, model, turns, usage, cost })),
      }], [
        ...scan.notes,
        ...hiding.notes,
        ...deletedNotes(page, scan.leftOut(clock)),
        ...totalsNotes(buckets),
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
