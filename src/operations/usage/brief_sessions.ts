/**
 * Sessions as the columns of a table, for who lists thousands: about a quarter of the bytes of whole ones, and compressed a
 * sixth less than rows of the same, since what is alike stands together. Figures are the same; left out is what follows from
 * others, the log's path, and what each model had.
 */
import type { CacheEvidence } from "../../core/cache/strategy.ts";
import { isoTime, isWritable } from "../../core/iso_time.ts";
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

/** A session, with what is worked out anew each time that it is asked for. */
interface ReadSession extends Pick<SessionReport, "usage" | "cost" | "cache"> {
  readonly report: SessionReport;
  readonly shortId: string;
  /** Its place among {@linkcode BriefSessions.evidence}. */
  readonly evidence: number | undefined;
}

type Read = (session: ReadSession) => BriefValue | undefined;

/**
 * Names that whole sessions have mean the same. Times that are close to another one are told by how far from it they are:
 * their digits are most of what a list takes once it is compressed.
 */
const COLUMNS: Readonly<Record<string, Read>> = {
  source: ({ report }) => report.source,
  sessionId: ({ report }) => report.sessionId,
  shortIdLength: ({ shortId }) => shortId.length,
  cwd: ({ report }) => report.cwd,
  title: ({ report }) => report.title,
  parentSessionId: ({ report }) => report.parentSessionId,
  traceId: ({ report }) => report.traceId,
  deleted: ({ report }) => report.isDeleted,
  lastActivityAt: ({ report }) => isoTime(report.lastActivityAt),
  startedMs: ({ report }) => msBetween(report.lastActivityAt, report.startedAt),
  turns: ({ report }) => isKnownAsTotals(report) ? undefined : report.turns,
  subagents: ({ report }) => report.subagents,
  models: ({ report }) => report.models.map(({ provider, model }) => `${provider}/${model}`),
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
  largestPrompt: ({ report }) => report.largestPrompt,
  misses: ({ report }) => report.misses,
  missUsd: ({ report }) => report.missUsd,
  cache: ({ cache }) => cache.state,
  cacheModel: ({ cache }) => cache.model === undefined ? undefined : `${cache.provider}/${cache.model}`,
  cacheTokens: ({ cache }) => cache.tokens,
  expiresMs: ({ cache, report }) => msBetween(report.lastActivityAt, cache.expiresAt),
  warmUsd: ({ cache }) => cache.resumeUsd?.warm,
  coldUsd: ({ cache }) => cache.resumeUsd?.cold,
  evidence: ({ evidence }) => evidence,
};

/** From a time to another, as both are written: without fractions. What is no time of a calendar is not known. */
function msBetween(from: EpochMs | undefined, to: EpochMs | undefined): DurationMs | undefined {
  return isWritable(from) && isWritable(to) ? Math.trunc(to) - Math.trunc(from) : undefined;
}

/** @param reports In the order that they shall have @param traceOf Finds the trace of what does not say it itself */
export function briefSessions(
  reports: readonly SessionReport[],
  shortIds: ShortIds,
  traceOf: TraceFinder = () => undefined,
): BriefSessions {
  const evidence: CacheEvidence[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (known: CacheEvidence | undefined) => {
    if (known === undefined) return undefined;
    // Each report may have an object of its own.
    const text = JSON.stringify(known);
    let number = numbers.get(text);
    if (number === undefined) numbers.set(text, number = evidence.push(known) - 1);
    return number;
  };
  const columns = Object.entries(COLUMNS).map(([name, read]) => ({ name, read, values: [] as BriefValue[] }));
  for (const report of reports) {
    const { usage, cost, cache } = report;
    const shortId = shortIds.get(report.sessionId) ?? report.sessionId;
    const session = { report, shortId, usage, cost, cache, evidence: numberOf(cache.evidence) };
    for (const { read, values } of columns) values.push(read(session) ?? null);
  }
  return {
    columns: {
      ...Object.fromEntries(columns.map(({ name, values }) => [name, values])),
      traceId: reports.map((report) => traceOf(report) ?? report.traceId ?? null),
    },
    evidence,
  };
}
