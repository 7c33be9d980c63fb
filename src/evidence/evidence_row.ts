/** What is known of a response as a row of a table, and back. */
import type { GenerationEvidence, UpstreamAttempt } from "../core/evidence.ts";
import type { SqlValue } from "../host/sqlite.ts";

type Member = Exclude<keyof GenerationEvidence, "id">;

/** Every member but the id, by its column. `flag`: 1, or nothing. */
const COLUMNS: readonly (readonly [column: string, member: Member, kind: "plain" | "flag" | "json"])[] = [
  ["usd", "usd", "plain"],
  ["upstream_usd", "upstreamUsd", "plain"],
  ["is_byok", "isByok", "flag"],
  ["cache_discount_usd", "cacheDiscountUsd", "plain"],
  ["upstream", "upstream", "plain"],
  ["attempts", "attempts", "json"],
  ["model", "model", "plain"],
  ["prompt_tokens", "promptTokens", "plain"],
  ["cached_tokens", "cachedTokens", "plain"],
  ["completion_tokens", "completionTokens", "plain"],
  ["reasoning_tokens", "reasoningTokens", "plain"],
  ["latency_ms", "latencyMs", "plain"],
  ["generation_ms", "generationMs", "plain"],
  ["tier", "tier", "plain"],
  ["router", "router", "plain"],
  ["finish_reason", "finishReason", "plain"],
  ["is_cancelled", "isCancelled", "flag"],
  ["session_id", "sessionId", "plain"],
  ["request_id", "requestId", "plain"],
  ["replay_of", "replayOf", "plain"],
  ["region", "region", "plain"],
  ["created_at", "createdAt", "plain"],
];

/** In the order of {@linkcode evidenceValues}, the id first. */
export const EVIDENCE_COLUMNS: readonly string[] = ["id", ...COLUMNS.map(([column]) => column)];

/** For the columns of {@linkcode EVIDENCE_COLUMNS}. */
export function evidenceValues(evidence: GenerationEvidence): readonly SqlValue[] {
  const values = COLUMNS.map(([, member, kind]): SqlValue => {
    const value = evidence[member];
    if (value === undefined) return null;
    if (kind === "flag") return 1;
    return kind === "json" ? JSON.stringify(value) : value as string | number;
  });
  return [evidence.id, ...values];
}

/** What {@linkcode evidenceValues} made a row of. @throws {SyntaxError} when a text that this program wrote as JSON is none: the file is damaged */
export function evidenceOf(row: Readonly<Record<string, unknown>>): GenerationEvidence {
  const members: Partial<Record<Member, unknown>> = {};
  for (const [column, member, kind] of COLUMNS) {
    const value = row[column];
    if (value === null || value === undefined) continue;
    members[member] = kind === "flag" ? true : kind === "json" ? readAttempts(String(value)) : value;
  }
  return { id: String(row["id"]), ...members } as GenerationEvidence;
}

function readAttempts(text: string): readonly UpstreamAttempt[] {
  return JSON.parse(text);
}
