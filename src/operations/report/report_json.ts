/**
 * How reports of the core become the JSON that operations answer with; schemas.ts describes it. Times are ISO 8601 in
 * UTC. Loads no schema.
 */
import type { EpochMs } from "../../core/model.ts";
import type { CacheReport, SessionReport } from "../../core/session_report.ts";
import { plainReport } from "../../scan/index/ask/lazy_report.ts";
import type { SessionJson } from "./schemas.ts";
import type { ShortIds } from "./session_filter.ts";

/** Raised when a field changes its meaning or goes away; new fields do not raise it. */
export const ANSWER_VERSION = 1 as const;

/** Set anew for each time: a list of sessions has thousands of them. */
const WRITTEN_TIME = new Date(0);

/** @returns undefined for an instant that no calendar has */
export function isoTime(at: EpochMs | undefined): string | undefined {
  if (at === undefined || !(Math.abs(at) <= 8.64e15)) return undefined;
  WRITTEN_TIME.setTime(at);
  return WRITTEN_TIME.toISOString();
}

/** A session as every `--json` shows it. */
export function sessionJson(asked: SessionReport, shortIds: ShortIds): SessionJson {
  // Of all that a report has: worked out once.
  const report = plainReport(asked);
  return {
    source: report.source,
    sessionId: report.sessionId,
    shortId: shortIds.get(report.sessionId) ?? report.sessionId,
    file: report.file,
    cwd: report.cwd,
    title: report.title,
    parentSessionId: report.parentSessionId,
    traceId: report.traceId,
    startedAt: isoTime(report.startedAt),
    lastActivityAt: isoTime(report.lastActivityAt),
    turns: report.turns,
    subagents: report.subagents,
    models: [...report.models],
    usage: report.usage,
    cost: report.cost,
    cacheHitRatio: report.cacheHitRatio,
    cache: cacheJson(report.cache),
  };
}

/** The state of a session's cache as every `--json` shows it. */
export function cacheJson(cache: CacheReport): SessionJson["cache"] {
  return {
    state: cache.state,
    strategy: cache.strategy,
    provider: cache.provider,
    model: cache.model,
    tokens: cache.tokens,
    reason: cache.reason,
    ttlMs: cache.ttlMs,
    expiresAt: isoTime(cache.expiresAt),
    evidence: cache.evidence,
    note: cache.note,
    resumeUsd: cache.resumeUsd,
  };
}
