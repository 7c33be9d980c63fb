/** `cache`: what is warm now and what it is worth, and what is known about how long caches live. */
import { lossOf, mayBeCached, type SessionReport } from "../../core/session_report.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { CURRENCY_ON_COMMAND_LINE, currencyBlocks, currencyInput, readCurrency } from "../report/currency.ts";
import { findSession } from "../report/find_session.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import { scanNotes, whereLooked } from "../report/notes.ts";
import { defineInput, integer, LIMIT_RANGE, someOf, text, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { comparePlaces, type Place, takeItems } from "../report/paging.ts";
import { cacheJson } from "../../core/session_json.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { shortestPrefixes } from "../report/session_filter.ts";
import { coldAtOf, placeByEnd, summarizeWarm } from "../report/warm_summary.ts";
import { lifetimesJson } from "./cache_lifetimes.ts";
import { viewCaches } from "./cache_view.ts";
import { idsWith } from "../../agents/agents.ts";

const input = defineInput({
  session: text("Only this session: id, start of an id, log file, latest, or current"),
  source: someOf(idsWith("source"), "Only sessions of these agents"),
  all: toggle("Also list cold and unknown caches"),
  curve: toggle("Also the curve behind each lifetime, and its pauses"),
  limit: integer("How many caches, lifetimes and pauses to list; 0 lists all", { ...LIMIT_RANGE, default: 0 }),
  cursor: text("nextCursor of the previous page"),
  ...currencyInput,
  ...clockInput,
});

export const cache = defineOperation({
  name: "cache",
  summary: "Show what is warm now, what it is worth, and how long caches live",
  description: "Lists the sessions whose prompt cache is warm, soonest to expire first. Shows what the " +
    "next request costs while each is warm, and once it is cold, and what is at stake in all. " +
    "Also lists the cache lifetimes learned from this machine's own history, with their evidence.",
  needs: [],
  input,
  output: async () => (await import("./cache_output.ts")).cacheOutput,
  commandLine: {
    session: { positional: true },
    source: { placeholder: "SOURCE" },
    all: { short: "a" },
    limit: { short: "n", placeholder: "COUNT" },
    ...CURRENCY_ON_COMMAND_LINE,
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "cache", explains: "warm caches, soonest to expire first" },
    { command: "cache latest", explains: "the latest session's cache" },
    { command: "cache --curve", explains: "how long caches live here: the share that survived, by pause" },
    { command: "cache --all --json", explains: "every session's cache, for a program" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    const currency = readCurrency(input.currency, context);
    const scan = await context.openIndex();
    const all = await scan.sessions(clock);
    const shortIds = shortestPrefixes(all.map(({ sessionId }) => sessionId));
    const { shown: matching, notes } = input.session !== undefined
      ? { shown: [findSession(all, input.session, context, whereLooked(scan, context.home))], notes: [] }
      : leaveOutHidden(
        all.filter(({ source }) => input.source === undefined || input.source.includes(source)),
        context,
      );
    const chosen = input.session !== undefined ? matching : matching.filter(input.all ? hasCache : mayBeCached);
    const summary = summarizeWarm(matching);
    const ordered = chosen.map((report) => ({ report, place: placeOf(report) }))
      .sort((a, b) => comparePlaces(a.place, b.place));
    const page = takeItems(ordered.map(({ report }) => report), {
      list: "caches",
      placeOf,
      limit: input.limit,
      cursor: input.cursor,
    });
    const learned = await scan.lifetimes(clock);
    const curves = input.curve ? await scan.survivalCurves(clock) : undefined;
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      pricesAsOf: scan.priceData.date,
      currency,
      total: chosen.length,
      warmCaches: summary.warm,
      maybeCaches: summary.maybe,
      atStakeUsd: summary.atStakeUsd,
      unpricedCaches: summary.unpriced,
      nextExpiresAt: isoTime(summary.nextExpiry),
      lastColdAt: isoTime(summary.lastColdAt),
      caches: page.items.map((report) => {
        const coldAt = coldAtOf(report);
        return {
          source: report.source,
          sessionId: report.sessionId,
          shortId: shortIds.get(report.sessionId)!,
          title: report.title,
          cwd: report.cwd,
          lastActivityAt: isoTime(report.lastActivityAt),
          cache: cacheJson(report.cache),
          coldAt: coldAt === report.cache.expiresAt ? undefined : isoTime(coldAt),
          lossUsd: lossOf(report.cache.resumeUsd),
        };
      }),
      nextCursor: page.nextCursor,
      totalLifetimes: learned.length,
      lifetimes: lifetimesJson(learned, all, curves, input.limit),
      notes: [...scanNotes(scan, context.home, input.source), ...notes],
    };
  },

  view(output, input, context) {
    const { currency } = output;
    const look = { ...context, currency, showsOne: input.session !== undefined, showsCurves: input.curve };
    return [...viewCaches(output, readClock(input, context), look), ...currencyBlocks(currency)];
  },
});

/** Sessions without a turn have nothing that a cache could hold. */
function hasCache({ cacheBasis }: SessionReport): boolean {
  return cacheBasis.anchor !== undefined;
}

function placeOf(report: SessionReport): Place {
  return [...placeByEnd(report), report.file, report.sessionId];
}
