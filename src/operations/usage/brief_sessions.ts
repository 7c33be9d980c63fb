/**
 * Sessions as the columns of a table, for who lists thousands: about a quarter of the bytes of whole ones, and compressed a
 * sixth less than rows of the same, since what is alike stands together. Figures are the same; left out is what follows from
 * others, the log's path, and what each model had.
 */
import type { CacheEvidence } from "../../core/cache/strategy.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import type { SessionReport } from "../../core/session_report.ts";
import type { TraceFinder } from "../launches/launched_sessions.ts";
import type { ShortIds } from "../report/session_filter.ts";

/** What a column has of a session; null where it is not known, or there is none. */
export type BriefValue = string | number | boolean | null | readonly string[] | Readonly<Record<string, number>>;

/** What an answer has in place of whole sessions. */
export interface BriefSessions {
  /** By their names; each has a value a session. */
  readonly columns: Readonly<Record<string, BriefValue[]>>;
  readonly evidence: CacheEvidence[];
}

type Read = (report: SessionReport, shortId: string, evidence: number | undefined) => BriefValue | undefined;

/**
 * Names that whole sessions have mean the same. Times that are close to another one are told by how far from it they are:
 * their digits are most of what a list takes once it is compressed.
 */
const COLUMNS: Readonly<Record<string, Read>> = {
  source: ({ source }) => source,
  sessionId: ({ sessionId }) => sessionId,
  shortIdLength: (_, shortId) => shortId.length,
  cwd: ({ cwd }) => cwd,
  title: ({ title }) => title,
  parentSessionId: ({ parentSessionId }) => parentSessionId,
  traceId: ({ traceId }) => traceId,
  deleted: ({ isDeleted }) => isDeleted,
  lastActivityAt: ({ lastActivityAt }) => isoTime(lastActivityAt),
  startedMs: ({ startedAt, lastActivityAt }) => msBetween(lastActivityAt, startedAt),
  turns: (report) => isKnownAsTotals(report) ? undefined : report.turns,
  subagents: ({ subagents }) => subagents,
  models: ({ models }) => models.map(({ provider, model }) => `${provider}/${model}`),
  input: ({ usage }) => usage.input,
  cacheRead: ({ usage }) => usage.cacheRead,
  cacheWrite: ({ usage }) => usage.cacheWrite,
  cacheWrite1h: ({ usage }) => usage.cacheWrite1h,
  output: ({ usage }) => usage.output,
  usd: ({ cost }) => cost.usd,
  basis: ({ cost }) => cost.basis,
  unpricedTurns: ({ cost }) => cost.unpricedTurns,
  credits: ({ cost }) => cost.credits,
  unloggedUsd: ({ cost }) => cost.unlogged?.usd,
  largestPrompt: ({ largestPrompt }) => largestPrompt,
  misses: ({ misses }) => misses,
  missUsd: ({ missUsd }) => missUsd,
  cache: ({ cache }) => cache.state,
  cacheModel: ({ cache }) => cache.model === undefined ? undefined : `${cache.provider}/${cache.model}`,
  cacheTokens: ({ cache }) => cache.tokens,
  expiresMs: ({ cache, lastActivityAt }) => msBetween(lastActivityAt, cache.expiresAt),
  warmUsd: ({ cache }) => cache.resumeUsd?.warm,
  coldUsd: ({ cache }) => cache.resumeUsd?.cold,
  evidence: (_, __, evidence) => evidence,
};

/** From a time to another, as both are written: without fractions. What is no time of a calendar is not known. */
function msBetween(from: EpochMs | undefined, to: EpochMs | undefined): DurationMs | undefined {
  if (isoTime(from) === undefined || isoTime(to) === undefined) return undefined;
  return Math.trunc(to!) - Math.trunc(from!);
}

/** @param reports In the order that they shall have @param traceOf Finds the trace of what does not say it itself */
export function briefSessions(
  reports: readonly SessionReport[],
  shortIds: ShortIds,
  traceOf: TraceFinder = () => undefined,
): BriefSessions {
  const evidence: CacheEvidence[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (report: SessionReport) => {
    const known = report.cache.evidence;
    if (known === undefined) return undefined;
    // Each report may have an object of its own.
    const text = JSON.stringify(known);
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, number = evidence.push(known) - 1);
    return number;
  };
  const numbered = reports.map(numberOf);
  const short = reports.map(({ sessionId }) => shortIds.get(sessionId) ?? sessionId);
  const columns = Object.fromEntries(
    Object.entries(COLUMNS).map(([name, read]) =>
      [name, reports.map((report, place) => read(report, short[place]!, numbered[place]) ?? null)] as const
    ),
  );
  return {
    columns: { ...columns, traceId: reports.map((report) => traceOf(report) ?? report.traceId ?? null) },
    evidence,
  };
}
