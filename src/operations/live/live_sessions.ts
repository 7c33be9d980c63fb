/**
 * The figures that `watch` shows: sessions and today's sums as the last scan found them, and how they look at a time.
 * Between two scans only the clock moves on, and what follows from it: countdowns, and how long ago something was.
 *
 * Draws nothing and asks no clock.
 */
import type { LearnedLifetime } from "../../core/cache/strategy.ts";
import { lifetimeTable } from "../../core/cache/lifetime_table.ts";
import { addUsage, cacheHitRatio, type Cost, type EpochMs, NO_USAGE } from "../../core/model.ts";
import { addCost, NO_COST } from "../../core/cost/cost.ts";
import { lossOf, mayBeCached, reportCache, type SessionReport } from "../../core/session_report.ts";
import { plainReport } from "../../scan/index/ask/lazy_report.ts";
import {
  cacheCell,
  costCell,
  modelCell,
  modelsCell,
  type Money,
  percentCell,
  projectCell,
  turnsCell,
  usdCell,
} from "../report/cells.ts";
import type { OperationContext } from "../contract/context.ts";
import { formatPercent, formatRelative } from "../report/format.ts";
import { listLimits } from "../limits/limits.ts";
import type { LimitJson } from "../limits/limits_output.ts";
import { readMonthBudget } from "../limits/month_budget.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import { countOf, partOf } from "../report/notes.ts";
import { parseTime } from "../report/parse_time.ts";
import { cacheJson } from "../../core/session_json.ts";
import { shortestPrefixes, type ShortIds, sortSessions } from "../report/session_filter.ts";
import { coldAtOf, heldCell, placeByEnd, summarizeWarm } from "../report/warm_summary.ts";
import { stakeText } from "../report/warm_text.ts";
import { comparePlaces } from "../report/paging.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { Cell, View } from "../contract/view.ts";
import { limitsLine } from "./limits_line.ts";

/** What one scan found. Nothing of it changes until the next one. */
export interface LiveSessions {
  readonly takenAt: EpochMs;
  /** An IANA name: today began at its midnight. */
  readonly timezone: string;
  /** When the day that was added up began. */
  readonly since: EpochMs;
  readonly today: {
    readonly turns: number;
    readonly sessions: number;
    readonly cost: Cost;
    readonly cacheHitRatio?: number;
  };
  readonly total: number;
  /** Latest first, as many as a screen may ever show. */
  readonly sessions: readonly SessionReport[];
  readonly shortIds: ShortIds;
  readonly lifetimes: readonly LearnedLifetime[];
  /** With the month's budget. */
  readonly limits: readonly LimitJson[];
}

/** More rows than any screen has. A cache that is warm belongs to one of the latest. */
const KEPT_SESSIONS = 300;

/** Scans, and keeps what a screen may show. @param timezone An IANA name: today begins at its midnight */
export async function takeLiveSessions(context: OperationContext, timezone: string): Promise<LiveSessions> {
  const asOf = { now: context.now, isPast: false };
  const scan = await context.openIndex();
  const all = sortSessions(await scan.sessions(asOf), "last");
  const since = parseTime("today", { now: context.now, timezone });
  const { shown } = leaveOutHidden(all, context);
  const buckets = await scan.usageBuckets({ since });
  return {
    takenAt: context.now,
    timezone,
    since,
    today: {
      turns: buckets.reduce((sum, { turns }) => sum + turns, 0),
      sessions: new Set(buckets.map(({ session }) => session)).size,
      cost: buckets.reduce((sum, { cost }) => addCost(sum, cost), NO_COST),
      cacheHitRatio: cacheHitRatio(buckets.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE)),
    },
    total: shown.length,
    sessions: shown.slice(0, KEPT_SESSIONS).map(plainReport),
    shortIds: shortestPrefixes(all.map(({ sessionId }) => sessionId)),
    lifetimes: await scan.lifetimes(asOf),
    limits: [
      ...(await listLimits(scan, context, context)).limits,
      ...await readMonthBudget(scan, { now: context.now, timezone }, context),
    ],
  };
}

/** Less than this ago, a session is at work. */
const AT_WORK_MS = 60_000;

/** Lines that are always there: sums, blanks, titles and heads. */
const FRAME_ROWS = 8;

/** @param at.rows Lines that it may fill; with fewer than its frame has, its end does not fit */
export function liveView(
  live: LiveSessions,
  at: { readonly now: EpochMs; readonly home: string; readonly rows: number; readonly columns: number } & Money,
): View {
  const { now, home } = at;
  const limits = limitsLine(live.limits, at);
  const lifetimes = lifetimeTable(live.lifetimes);
  const sessions = live.sessions.map((report) => ({
    ...report,
    cache: reportCache(report.cacheBasis, now, lifetimes),
  }));
  const held = sessions.filter(mayBeCached).sort((a, b) => comparePlaces(placeByEnd(a), placeByEnd(b)));
  const stake = stakeText(summarizeWarm(sessions), at);
  const room = Math.max(2, at.rows - FRAME_ROWS - (limits === undefined ? 0 : 1));
  // Caches get up to half of the room, and all that sessions leave.
  const warmRows = Math.min(Math.max(1, held.length), Math.max(Math.floor(room / 2), room - sessions.length));
  const shownHeld = held.slice(0, warmRows);
  const shown = sessions.slice(0, Math.max(1, room - warmRows));
  const { today } = live;
  const session = (report: SessionReport): Cell => ({
    text: live.shortIds.get(report.sessionId) ?? report.sessionId,
    tone: "dim",
  });
  const some = (title: string, count: number, total: number) =>
    count < total ? `${title} (${partOf(count, total)})` : title;
  return [
    {
      kind: "text",
      tone: "strong",
      text: `Today ${costCell(today.cost, at).text}` +
        (today.turns === 0 ? "" : ` | ${countOf(today.turns, "turn")} in ${countOf(today.sessions, "session")}` +
          (today.cacheHitRatio === undefined ? "" : ` | ${formatPercent(today.cacheHitRatio)} from cache`)),
    },
    ...limits === undefined ? [] : [{ kind: "text", ...limits } as const],
    {
      kind: "table",
      title: some("Warm caches", shownHeld.length, held.length) + (stake === undefined ? "" : `, ${stake}`),
      columns: [
        { key: "cache", title: "Cache" },
        { key: "session", title: "Session", priority: 1 },
        { key: "source", title: "Source", priority: 5 },
        { key: "project", title: "Project", priority: 3, shrink: "keep_end" },
        { key: "model", title: "Model", priority: 4, shrink: "keep_start" },
        { key: "provider", title: "Provider", priority: 6 },
        { key: "lossUsd", title: "At stake", align: "right", priority: 2 },
      ],
      rows: shownHeld.map((report) => [
        heldCell({ cache: cacheJson(report.cache), coldAt: isoTime(coldAtOf(report)) }, {
          now,
          timezone: live.timezone,
        }),
        session(report),
        { text: report.source },
        projectCell(report.cwd, home),
        modelCell(report.cache.model),
        { text: report.cache.provider ?? "?" },
        usdCell(lossOf(report.cache.resumeUsd), at),
      ]),
      empty: "No cache is warm.",
    },
    {
      kind: "table",
      title: some("Sessions", shown.length, live.total),
      columns: [
        { key: "lastActivityAt", title: "Active" },
        { key: "session", title: "Session", priority: 1 },
        { key: "source", title: "Source", priority: 5 },
        { key: "project", title: "Project", priority: 4, shrink: "keep_end" },
        { key: "models", title: "Models", priority: 6, shrink: "keep_start" },
        { key: "turns", title: "Turns", align: "right", priority: 7 },
        { key: "cacheHitRatio", title: "Hit", align: "right", priority: 3 },
        { key: "usd", title: "Cost", align: "right" },
        { key: "cache", title: "Cache", priority: 2 },
      ],
      rows: shown.map((report) => {
        const last = report.lastActivityAt ?? report.startedAt;
        const isAtWork = last !== undefined && now - last < AT_WORK_MS;
        return [
          { text: formatRelative(last, now), tone: isAtWork ? "good" as const : undefined },
          session(report),
          { text: report.source },
          projectCell(report.cwd, home),
          modelsCell(report.models),
          turnsCell(report),
          percentCell(report.cacheHitRatio),
          costCell(report.cost, at),
          cacheCell(cacheJson(report.cache), now),
        ];
      }),
      empty: "No sessions yet: they show here as soon as an agent has answered.",
    },
  ];
}
