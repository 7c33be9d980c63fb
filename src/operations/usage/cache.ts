/** `cache`: what is warm now and what it is worth, and what is known about how long caches live. */
import { lossOf, mayBeCached, type SessionReport } from "../../core/session_report.ts";
import { cacheCell, countCell, modelCell, projectCell, tokensCell, usdCell } from "../report/cells.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { findSession } from "../report/find_session.ts";
import { formatDuration } from "../report/format.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import { partOf, scanNotes, whereLooked } from "../report/notes.ts";
import { defineInput, integer, LIMIT_RANGE, someOf, text, toggle } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { comparePlaces, type Place, takeItems } from "../report/paging.ts";
import { cacheJson } from "../../core/session_json.ts";
import { isoTime } from "../../core/iso_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { shortestPrefixes } from "../report/session_filter.ts";
import { idsWith } from "../../agents/agents.ts";

const input = defineInput({
  session: text("Only this session: id, start of an id, log file, latest, or current"),
  source: someOf(idsWith("source"), "Only sessions of these agents"),
  all: toggle("Also list cold and unknown caches"),
  limit: integer("How many caches and lifetimes to list; 0 lists all", { ...LIMIT_RANGE, default: 0 }),
  cursor: text("nextCursor of the previous page"),
  ...clockInput,
});

export const cache = defineOperation({
  name: "cache",
  summary: "Show what is warm now, what it is worth, and how long caches live",
  description: "Lists the sessions whose prompt cache is warm, soonest to expire first. Shows what the " +
    "next request costs while each is warm, and once it is cold. Also lists the cache " +
    "lifetimes learned from this machine's own history, with their evidence.",
  needs: [],
  input,
  output: async () => (await import("./cache_output.ts")).cacheOutput,
  commandLine: {
    session: { positional: true },
    source: { placeholder: "SOURCE" },
    all: { short: "a" },
    limit: { short: "n", placeholder: "COUNT" },
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "cache", explains: "warm caches, soonest to expire first" },
    { command: "cache latest", explains: "the latest session's cache" },
    { command: "cache --all --json", explains: "every session's cache, for a program" },
  ],

  async run(input, context) {
    const clock = readClock(input, context);
    const scan = await context.openIndex();
    const all = await scan.sessions(clock);
    const shortIds = shortestPrefixes(all.map(({ sessionId }) => sessionId));
    const { shown: chosen, notes } = input.session !== undefined
      ? { shown: [findSession(all, input.session, context, whereLooked(scan, context.home))], notes: [] }
      : leaveOutHidden(
        all.filter((report) =>
          (input.source === undefined || input.source.includes(report.source)) &&
          (input.all || mayBeCached(report))
        ),
        context,
      );
    const ordered = chosen.map((report) => ({ report, place: placeOf(report) }))
      .sort((a, b) => comparePlaces(a.place, b.place));
    const page = takeItems(ordered.map(({ report }) => report), {
      list: "caches",
      placeOf,
      limit: input.limit,
      cursor: input.cursor,
    });
    const lifetimes = await scan.lifetimes(clock);
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      pricesAsOf: scan.priceData.date,
      total: chosen.length,
      caches: page.items
        .map((report) => ({
          source: report.source,
          sessionId: report.sessionId,
          shortId: shortIds.get(report.sessionId)!,
          cwd: report.cwd,
          lastActivityAt: isoTime(report.lastActivityAt),
          cache: cacheJson(report.cache),
          lossUsd: lossOf(report.cache.resumeUsd),
        })),
      nextCursor: page.nextCursor,
      totalLifetimes: lifetimes.length,
      lifetimes: lifetimes.slice(0, input.limit || undefined).map((lifetime) => ({ ...lifetime })),
      notes: [...scanNotes(scan, context.home, input.source), ...notes],
    };
  },

  view(output, input, context) {
    const clock = readClock(input, context);
    const lifetime = (ms: number | undefined) =>
      ms === undefined ? { text: "?", value: null } : {
        text: formatDuration(ms),
        value: ms,
      };
    return [
      {
        kind: "table",
        columns: [
          { key: "cache", title: "Cache" },
          { key: "session", title: "Session" },
          { key: "source", title: "Source", priority: 4 },
          { key: "project", title: "Project", priority: 3, shrink: "keep_end" },
          { key: "model", title: "Model", priority: 2, shrink: "keep_start" },
          { key: "tokens", title: "Tokens", align: "right", priority: 1 },
          { key: "resumeWarmUsd", title: "Warm", align: "right", priority: 1 },
          { key: "resumeColdUsd", title: "Cold", align: "right", priority: 1 },
          { key: "lossUsd", title: "Loses", align: "right" },
          { key: "evidence", title: "Known from", priority: 5 },
        ],
        rows: output.caches.map(({ cache, ...session }) => [
          cacheCell(cache, clock.now),
          { text: session.shortId, value: session.sessionId },
          { text: session.source },
          projectCell(session.cwd, context.home),
          modelCell(cache.model),
          tokensCell(cache.tokens),
          usdCell(cache.resumeUsd?.warm, context),
          usdCell(cache.resumeUsd?.cold, context),
          usdCell(session.lossUsd, context),
          { text: cache.strategy.replaceAll("_", " "), value: cache.strategy, tone: "dim" },
        ]),
        empty: "No cache is warm.",
      },
      ...(output.caches.length < output.total
        ? [{ kind: "text" as const, text: `${partOf(output.caches.length, output.total)} caches.` }]
        : []),
      {
        kind: "table",
        title: "Learned lifetimes",
        columns: [
          { key: "provider", title: "Provider" },
          { key: "model", title: "Model", shrink: "keep_start" },
          { key: "survivals", title: "Survived", align: "right", priority: 2 },
          { key: "drops", title: "Dropped", align: "right", priority: 2 },
          { key: "warmUntilMs", title: "Warm until", align: "right", priority: 1 },
          { key: "coldFromMs", title: "Cold from", align: "right", priority: 1 },
          { key: "ttlMs", title: "Lifetime", align: "right" },
        ],
        rows: output.lifetimes.map((learned) => [
          { text: learned.provider },
          learned.model === undefined ? { text: "all", value: null } : modelCell(learned.model),
          countCell(learned.survivals),
          countCell(learned.drops),
          lifetime(learned.fit?.warmUntilMs),
          lifetime(learned.fit?.coldFromMs),
          learned.fit === undefined
            ? { text: "too few samples", value: null, tone: "dim" }
            : lifetime(learned.fit.ttlMs),
        ]),
        empty: "Not enough history yet to learn how long caches live.",
      },
      ...output.notes.map((text) => ({ kind: "text" as const, text, tone: "dim" as const })),
    ];
  },
});

/** Caches without a known end come last. */
function placeOf({ cache, file, sessionId }: SessionReport): Place {
  return [cache.expiresAt ?? Number.MAX_VALUE, file, sessionId];
}
