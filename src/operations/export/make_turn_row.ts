/** A turn of a session as a row. Pure. */
import { createHash } from "node:crypto";
import { cleanText } from "../../core/clean_text.ts";
import type { EpochMs, Usd } from "../../core/model.ts";
import { hideName, hideSession, type NameRules } from "./hide_names.ts";
import type { FreshRow } from "../../export/merge_rows.ts";
import type { NanoUsd } from "../../export/turn_row.ts";
import type { BilledTurn } from "../../scan/index/ask/bill_session.ts";

/** What a turn's row has of its session. */
export interface RowSession {
  readonly source: string;
  readonly sessionId: string;
  readonly traceId?: string;
  /** As it leaves, before it is hashed. */
  readonly project: string;
}

/** Whose rows they are, and how names are hidden. */
export interface RowNames extends NameRules {
  /** As they leave, before they are hashed. */
  readonly person: string;
  readonly host: string;
}

/** First 64 bits of a hash: 50 million turns give a collision with a chance of 7 in 100,000. */
export function turnId(source: string, key: string): bigint {
  return createHash("sha256").update(`${source}\0${key}`).digest().readBigInt64BE(0);
}

/** The owner of rows as it stands in them. */
export function hiddenOwner(names: RowNames): { readonly person: string; readonly host: string } {
  const { person, host } = names;
  return { person: hideName("person", cleanText(person), names), host: hideName("host", cleanText(host), names) };
}

export function makeTurnRow(turn: BilledTurn, session: RowSession, names: RowNames): FreshRow {
  const { usage, outcome, cause } = turn;
  const isMiss = outcome === "miss";
  const startedAt = Math.trunc(turn.at);
  return {
    turn_id: turnId(session.source, turn.key),
    ...hiddenOwner(names),
    source: session.source,
    provider: cleanText(turn.model.provider),
    model: cleanText(turn.model.model),
    project: hideName("project", cleanText(session.project), names),
    ...hideSession({ session_id: cleanText(session.sessionId), trace_id: session.traceId ?? null }, names),
    chain: cleanText(turn.chain),
    started_at: startedAt,
    ended_at: wholeOrNull(turn.endedAt),
    day: Math.floor(startedAt / DAY_MS),
    input_tokens: narrow(usage.input),
    cache_read_tokens: narrow(usage.cacheRead),
    cache_write_tokens: narrow(usage.cacheWrite),
    cache_write_1h_tokens: narrow(usage.cacheWrite1h),
    output_tokens: narrow(usage.output),
    usd: toNanoUsd(turn.usd),
    usd_basis: turn.basis,
    cache_outcome: outcome,
    miss_cause: isMiss ? cause ?? null : null,
    expected_tokens: narrow(turn.expectedTokens),
    missed_tokens: narrow(turn.missedTokens),
    missed_usd: isMiss ? toNanoUsd(turn.missedUsd) : null,
    gap_ms: wholeOrNull(turn.gapMs),
    ttl_ms: turn.requestedTtlMs === undefined ? null : narrow(turn.requestedTtlMs),
    input_rate: turn.inputRate ?? null,
    inherited: turn.copied ? 1 : 0,
    is_total: turn.total === undefined ? 0 : 1,
  };
}

const DAY_MS = 86_400_000;

function toNanoUsd(usd: Usd | undefined): NanoUsd | null {
  return usd === undefined ? null : BigInt(Math.round(usd * 1e9));
}

/** Of a log that has fractions of milliseconds. */
function wholeOrNull(value: EpochMs | undefined): number | null {
  return value === undefined ? null : Math.trunc(value);
}

/** No single response has more than 32 bits of anything (core/plausible.ts); what is added up of damaged ones might. */
function narrow(count: number): number {
  return Math.min(Math.trunc(count), 0x7fff_ffff);
}
