/**
 * The line that `statusline` shows: what is known from the last scan of the session that is meant (status_subject.ts),
 * whether that still holds, and the template that puts it into words.
 *
 * Pure, and light on purpose: a prompt waits for it. It loads no schema library, no index and no scan; those make the
 * snapshot that it reads (take_status_snapshot.ts), in another process.
 */
import type { LearnedLifetime } from "../../core/cache/strategy.ts";
import { lifetimeTable } from "../../core/cache/lifetime_table.ts";
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import { lossOf, reportCache } from "../../core/session_report.ts";
import { costCell, moneyText } from "../report/cells.ts";
import { formatCountdown, formatPercent, formatReading } from "../report/format.ts";
import type { LineLimit, LineLimits } from "./line_limits.ts";
import type { SnapshotVersion, StatusSession, StatusSnapshot } from "./status_snapshot.ts";
import { findStatusSession, type StatusRequest } from "./status_subject.ts";

/** Of the snapshots that can be read. */
export const SNAPSHOT_VERSION: SnapshotVersion = 1;

/** Figures of all sessions are those of this long ago at most, or are marked. */
export const CURRENT_FOR_MS = 60_000;

/** A session's figures are current while its logs are as they were. */
export function isSessionCurrent(
  session: StatusSession,
  stampOf: (path: string) => { readonly size: number; readonly mtimeMs: EpochMs } | undefined,
): boolean {
  return session.logs.every(({ path, size, mtimeMs }) => {
    const now = stampOf(path);
    return now !== undefined && now.size === size && now.mtimeMs === mtimeMs;
  });
}

/** Everything that a field may show. What is undefined is not known. */
export interface Status {
  readonly now: EpochMs;
  readonly digits?: number;
  readonly today?: StatusSnapshot["today"];
  readonly isTodayCurrent: boolean;
  readonly session?: StatusSession;
  readonly isSessionCurrent: boolean;
  readonly lifetimes: readonly LearnedLifetime[];
  readonly cacheExpiresAt?: EpochMs;
  readonly limits?: LineLimits;
}

/** @param zone `TZ` of this process */
export function statusOf(
  snapshot: StatusSnapshot | undefined,
  request: StatusRequest,
  from: { readonly now: EpochMs; readonly zone: string; readonly stampOf: Parameters<typeof isSessionCurrent>[1] },
): Status {
  const session = snapshot && findStatusSession(snapshot, request);
  // Yesterday's figures, or those of another zone's day, are no approximation of today's.
  const isToday = snapshot !== undefined && isDayOf(snapshot, from) && snapshot.today !== undefined;
  return {
    now: from.now,
    digits: snapshot?.digits,
    today: isToday ? snapshot.today : undefined,
    isTodayCurrent: isToday && Math.abs(from.now - snapshot.takenAt) < CURRENT_FOR_MS,
    session,
    isSessionCurrent: session !== undefined && isSessionCurrent(session, from.stampOf),
    lifetimes: snapshot?.lifetimes ?? [],
    cacheExpiresAt: request.cacheExpiresAt,
  };
}

/** Whether a snapshot's day, if it has one, is still the one of a clock in this zone. */
export function isDayOf(
  { today, zone }: StatusSnapshot,
  at: { readonly now: EpochMs; readonly zone: string },
): boolean {
  return zone === at.zone && (today === undefined || at.now < today.until);
}

const UNKNOWN = "?";
/** Of a session that is known as sums alone there is no count; and of a limit that has been reset nothing is used. */
const NONE = "-";
/** In front of a figure that something was added to since. */
export const BEHIND = "~";

interface StatusField {
  readonly describes: string;
  show(status: Status): string;
}

/** By name, in the order that help shows them. */
export const STATUS_FIELDS: Readonly<Record<string, StatusField>> = {
  session_cost: {
    describes: "what the session cost",
    show: ofSession(({ cost }, status) => costCell(cost, status).text),
  },
  session_turns: {
    describes: "its billed responses",
    show: ofSession(({ turns, cacheBasis: { totals } }) => isKnownAsTotals({ turns, totals }) ? NONE : String(turns)),
  },
  hit: {
    describes: "share of its prompts that was read from the cache",
    show: ofSession(({ cacheHitRatio }) => cacheHitRatio === undefined ? UNKNOWN : formatPercent(cacheHitRatio)),
  },
  cache: {
    describes: "the state of its cache, and how long the cache stays warm",
    show: (status) => {
      const { state, leftMs } = cacheOf(status);
      return markCache(status, leftMs === undefined ? state : `${state} ${formatCountdown(leftMs)}`);
    },
  },
  cache_state: {
    describes: "warm, maybe, cold, unknown, or ?",
    show: (status) => markCache(status, cacheOf(status).state),
  },
  cache_left: {
    describes: "how long the cache stays warm, or -",
    show: (status) => {
      const { state, leftMs } = cacheOf(status);
      return markCache(status, state === UNKNOWN ? state : leftMs === undefined ? "-" : formatCountdown(leftMs));
    },
  },
  cache_loss: {
    describes: "what letting it expire costs the next request",
    show: ofSession(({ cacheBasis: { resume } }, { digits }) => moneyText(lossOf(resume), { digits })),
  },
  model: { describes: "the session's model", show: ({ session }) => session?.model ?? UNKNOWN },
  session: { describes: "the beginning of its id", show: ({ session }) => session?.sessionId.slice(0, 8) ?? UNKNOWN },
  source: { describes: "the agent that wrote its log", show: ({ session }) => session?.source ?? UNKNOWN },
  cost_today: {
    describes: "what all sessions cost today",
    show: ofToday(({ cost }, status) => costCell(cost, status).text),
  },
  turns_today: { describes: "billed responses of today", show: ofToday(({ turns }) => String(turns)) },
  limit_5h: {
    describes: "how much of the plan's five hours is used; - once they are over",
    show: ofLimit(({ fiveHours }) => fiveHours, ({ usedPercent }) => formatReading(usedPercent)),
  },
  limit_week: {
    describes: "the same of the plan's week",
    show: ofLimit(({ week }) => week, ({ usedPercent }) => formatReading(usedPercent)),
  },
  limit_reset: {
    describes: "how long until the five hours are over; where there are none, the week",
    show: ofLimit(
      ({ fiveHours, week }) => fiveHours ?? week,
      ({ resetsAt }, { now }) => formatCountdown(resetsAt - now),
    ),
  },
};

/** The fields that show limits. */
export const LIMIT_FIELD = /\{limit_/;

/** Shown when there is a session to speak of. */
export const SESSION_FORMAT = "{session_cost} | hit {hit} | cache {cache} | today {cost_today}";
/** Shown when there is none. */
export const PLAIN_FORMAT = "today {cost_today}";

/** Doubled braces stand for themselves. */
const FIELD = /\{\{|\}\}|\{([A-Za-z_][A-Za-z_\d]*)\}/g;

/** The first field of a format that does not exist. */
export function unknownField(format: string): string | undefined {
  for (const [, name] of format.matchAll(FIELD)) {
    if (name !== undefined && !Object.hasOwn(STATUS_FIELDS, name)) return name;
  }
  return undefined;
}

/**
 * @param suggest the field that somebody probably meant
 * @throws {AgentError} usage, when it names a field that does not exist
 */
export function checkFormat(
  format: string,
  suggest: (typed: string, candidates: readonly string[]) => string | undefined,
): void {
  const unknown = unknownField(format);
  if (unknown === undefined) return;
  const names = Object.keys(STATUS_FIELDS);
  const meant = suggest(unknown, names);
  throw new AgentError("usage", `Unknown field "{${unknown}}" in --format.`, {
    hint: meant === undefined ? `Expected one of: ${names.join(", ")}.` : `Did you mean {${meant}}?`,
  });
}

/**
 * One line, unless the format has several.
 *
 * @param isAbout whether a session is spoken of, known or not
 * @param format checked; @default by whether there is a session
 */
export function showStatus(status: Status, isAbout: boolean, format?: string): string {
  const chosen = format ?? (status.session === undefined && !isAbout ? PLAIN_FORMAT : SESSION_FORMAT);
  return chosen.replace(
    FIELD,
    (whole, name: string | undefined) => name === undefined ? whole[0]! : STATUS_FIELDS[name]!.show(status),
  );
}

function ofSession(show: (session: StatusSession, status: Status) => string): StatusField["show"] {
  return (status) => status.session === undefined ? UNKNOWN : markSession(status, show(status.session, status));
}

function ofToday(show: (today: NonNullable<StatusSnapshot["today"]>, status: Status) => string): StatusField["show"] {
  return (status) =>
    status.today === undefined ? UNKNOWN : (status.isTodayCurrent ? "" : BEHIND) + show(status.today, status);
}

/** What was read a while ago is behind, and of a window that has ended there is nothing to show. */
function ofLimit(
  windowOf: (limits: LineLimits) => LineLimit | undefined,
  show: (window: LineLimit, status: Status) => string,
): StatusField["show"] {
  return (status) => {
    const window = status.limits && windowOf(status.limits);
    if (window === undefined) return UNKNOWN;
    const isOver = window.state === "reset" || window.state === "gone";
    return isOver ? NONE : (window.state === "stale" ? BEHIND : "") + show(window, status);
  };
}

/** What is not known is not behind either. */
function markSession({ session, isSessionCurrent }: Status, text: string): string {
  return text === UNKNOWN || session === undefined || isSessionCurrent ? text : BEHIND + text;
}

/** What the client itself says of its cache is of now. */
function markCache(status: Status, text: string): string {
  return status.cacheExpiresAt === undefined ? markSession(status, text) : text;
}

/** What the client says goes before what its log lets on: the log of a resumed session cannot tell a cache that is gone. */
function cacheOf(
  { session, cacheExpiresAt, lifetimes, now }: Status,
): { readonly state: string; readonly leftMs?: number } {
  if (cacheExpiresAt !== undefined) {
    return cacheExpiresAt > now ? { state: "warm", leftMs: cacheExpiresAt - now } : { state: "cold" };
  }
  if (session === undefined) return { state: UNKNOWN };
  const { state, expiresAt } = reportCache(session.cacheBasis, now, lifetimeTable(lifetimes));
  const isHeld = state === "warm" || state === "maybe";
  return isHeld && expiresAt !== undefined && expiresAt > now ? { state, leftMs: expiresAt - now } : { state };
}
