/**
 * What an answer of OpenRouter says of one response, read without trusting it: numbers may come as texts, what nobody knows
 * is ignored, and what is not there, or is null, stays unknown. Who the person is, is not read at all (`external_user`,
 * `user_agent`, `http_referer`, `origin`, ids of apps and workspaces).
 *
 * Source: OpenRouter's OpenAPI file of 2026-08-22, `GET /api/v1/generation`, and its SDK of 2026-09-23.
 */
import type { GenerationEvidence, UpstreamAttempt } from "../../core/evidence.ts";
import { isRecord, type JsonRecord } from "../../core/json/is_record.ts";
import type { Tokens } from "../../core/model.ts";
import { numberOf, rowsOf, textField, timeField } from "../json_fields.ts";

/** Longest text that is kept: names and ids are far shorter. */
const MAX_TEXT = 256;

/** @returns in words, what keeps an answer from being one about this response */
export function readGeneration(id: string, answer: unknown): GenerationEvidence | string {
  const data = isRecord(answer) ? answer["data"] : undefined;
  if (!isRecord(data)) return "the answer had no data";
  if (data["id"] !== id) return "the answer was about another id";
  const usd = numberOf(data["usage"]);
  if (usd === undefined || usd < 0) return "the answer did not say what was charged";
  const isByok = data["is_byok"] === true || data["is_byok"] === "true";
  const upstreamUsd = numberOf(data["upstream_inference_cost"]);
  return leaveOutUnknown<GenerationEvidence>({
    id,
    usd,
    // A copy of `usage` in some answers: for responses that OpenRouter's own keys paid, it is no charge beside it.
    upstreamUsd: isByok && upstreamUsd !== undefined && upstreamUsd >= 0 ? upstreamUsd : undefined,
    isByok: isByok ? true : undefined,
    cacheDiscountUsd: numberOf(data["cache_discount"]),
    upstream: nameOf(data["provider_name"]),
    attempts: readAttempts(data["provider_responses"]),
    model: nameOf(data["model"]),
    promptTokens: tokensOf(data["native_tokens_prompt"]),
    cachedTokens: tokensOf(data["native_tokens_cached"]),
    completionTokens: tokensOf(data["native_tokens_completion"]),
    reasoningTokens: tokensOf(data["native_tokens_reasoning"]),
    latencyMs: durationOf(data["latency"]),
    generationMs: durationOf(data["generation_time"]),
    tier: nameOf(data["service_tier"]),
    router: nameOf(data["router"]),
    finishReason: nameOf(data["finish_reason"]),
    isCancelled: data["cancelled"] === true ? true : undefined,
    sessionId: nameOf(data["session_id"]),
    requestId: nameOf(data["request_id"]),
    replayOf: nameOf(data["response_cache_source_id"]),
    region: nameOf(data["data_region"]),
    createdAt: timeField(data["created_at"]),
  });
}

/** Of a row of `POST /analytics/query` by generation and provider: what was charged, who served it, what was cached. */
export function readQueriedGeneration(row: JsonRecord): GenerationEvidence | undefined {
  const [id, usd] = [textField(row["generation_id"]), numberOf(row["credits_usage"])];
  if (id === undefined || usd === undefined || usd < 0) return undefined;
  const upstreamUsd = numberOf(row["byok_usage"]);
  const isByok = upstreamUsd !== undefined && upstreamUsd > 0;
  return leaveOutUnknown<GenerationEvidence>({
    id,
    usd,
    upstreamUsd: isByok ? upstreamUsd : undefined,
    isByok: isByok ? true : undefined,
    upstream: nameOf(row["provider"]),
    cachedTokens: tokensOf(row["cached_tokens"]),
  });
}

function readAttempts(value: unknown): readonly UpstreamAttempt[] | undefined {
  const attempts = rowsOf(value)?.flatMap((row): UpstreamAttempt[] => {
    const provider = nameOf(row["provider_name"]);
    if (provider === undefined) return [];
    return [leaveOutUnknown({
      provider,
      status: numberOf(row["status"]),
      latencyMs: durationOf(row["latency"]),
    })];
  });
  return attempts === undefined || attempts.length === 0 ? undefined : attempts;
}

function nameOf(value: unknown): string | undefined {
  return textField(value)?.slice(0, MAX_TEXT);
}

function tokensOf(value: unknown): Tokens | undefined {
  const number = numberOf(value);
  return Number.isSafeInteger(number) && number! >= 0 ? number : undefined;
}

function durationOf(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

/** A value that is undefined is no member. */
function leaveOutUnknown<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
