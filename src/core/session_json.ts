/**
 * How a report becomes the JSON that every answer shows a session as. What lists many sessions writes the same without a
 * report of each (scan/index/ask/write_session.ts).
 */
import { isoTime } from "./iso_time.ts";
import type { CacheReport, SessionReport } from "./session_report.ts";

/** A session as every `--json` shows it. */
export function sessionJson(report: SessionReport, shortId: string) {
  return {
    source: report.source,
    sessionId: report.sessionId,
    shortId,
    file: report.file,
    cwd: report.cwd,
    title: report.title,
    parentSessionId: report.parentSessionId,
    traceId: report.traceId,
    deleted: report.isDeleted,
    startedAt: isoTime(report.startedAt),
    lastActivityAt: isoTime(report.lastActivityAt),
    durationMs: report.durationMs,
    turns: report.turns,
    totals: report.totals,
    subagents: report.subagents,
    models: [...report.models],
    usage: report.usage,
    cost: report.cost,
    cacheHitRatio: report.cacheHitRatio,
    largestPrompt: report.largestPrompt,
    misses: report.misses,
    missUsd: report.missUsd,
    cache: cacheJson(report.cache),
  };
}

/** The state of a session's cache as every `--json` shows it. */
export function cacheJson(cache: CacheReport) {
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
    upstream: cache.served?.upstream,
    stickyUntil: isoTime(cache.stickyUntil),
    resumeUsd: cache.resumeUsd,
  };
}
