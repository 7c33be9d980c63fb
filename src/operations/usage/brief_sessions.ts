/**
 * Sessions as rows of a table without names, for who lists thousands: about a quarter of the bytes of whole ones. Figures are
 * the same; left out is what follows from others, the log's path, and what each model had.
 */
import type { CacheEvidence } from "../../core/cache/strategy.ts";
import { isoTime } from "../../core/iso_time.ts";
import { isKnownAsTotals } from "../../core/known_as_totals.ts";
import type { SessionReport } from "../../core/session_report.ts";
import type { ShortIds } from "../report/session_filter.ts";

/** What a row has in a place; null where it is not known, or there is none. */
export type BriefValue = string | number | boolean | null | readonly string[] | Readonly<Record<string, number>>;

/** What an answer has in place of whole sessions. */
export interface BriefSessions {
  readonly columns: string[];
  readonly rows: BriefValue[][];
  readonly evidence: CacheEvidence[];
}

type Read = (report: SessionReport, shortId: string, evidence: number | undefined) => BriefValue | undefined;

/** Names that whole sessions have mean the same. */
const COLUMNS: Readonly<Record<string, Read>> = {
  source: ({ source }) => source,
  sessionId: ({ sessionId }) => sessionId,
  shortId: (_, shortId) => shortId,
  cwd: ({ cwd }) => cwd,
  title: ({ title }) => title,
  parentSessionId: ({ parentSessionId }) => parentSessionId,
  traceId: ({ traceId }) => traceId,
  deleted: ({ isDeleted }) => isDeleted,
  startedAt: ({ startedAt }) => isoTime(startedAt),
  lastActivityAt: ({ lastActivityAt }) => isoTime(lastActivityAt),
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
  expiresAt: ({ cache }) => isoTime(cache.expiresAt),
  warmUsd: ({ cache }) => cache.resumeUsd?.warm,
  coldUsd: ({ cache }) => cache.resumeUsd?.cold,
  evidence: (_, __, evidence) => evidence,
};

/** @param reports In the order that the rows shall have */
export function briefSessions(reports: readonly SessionReport[], shortIds: ShortIds): BriefSessions {
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
  const reads = Object.values(COLUMNS);
  const rows = reports.map((report) => {
    const shortId = shortIds.get(report.sessionId) ?? report.sessionId;
    const number = numberOf(report);
    return reads.map((read) => read(report, shortId, number) ?? null);
  });
  return { columns: Object.keys(COLUMNS), rows, evidence };
}
