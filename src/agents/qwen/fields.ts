/**
 * Single fields of a line of Qwen Code, which may hold anything: each reader gives the value as its type, or undefined.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { cleanText } from "../../core/clean_text.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { utcTimeOf } from "../formats/utc_time.ts";

/** Every key that is read of a line or of what is in it: the others are left out before a line is parsed. */
export const KEYS = [
  "auth_type",
  "authType",
  "cached_content_token_count",
  "cachedContentTokenCount",
  "candidatesTokenCount",
  "customTitle",
  "cwd",
  "duration_ms",
  "event.name",
  "event.timestamp",
  "forkedFrom",
  "input_token_count",
  "model",
  "modelId",
  "output_token_count",
  "parentSessionId",
  "prompt_id",
  "promptTokenCount",
  "response_id",
  "sessionId",
  "subagent_id",
  "subagent_name",
  "subtype",
  "systemPayload",
  "thoughts_token_count",
  "thoughtsTokenCount",
  "timestamp",
  "total_token_count",
  "totalTokenCount",
  "type",
  "uiEvent",
  "usageMetadata",
  "uuid",
] as const;

/** The fields of a JSON object. No other key can be read by mistake. */
export type Fields = { readonly [Key in (typeof KEYS)[number]]?: unknown };

/** A value as a JSON object; undefined for anything else, also for an array. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isRecord(value) ? value : undefined;
}

/** A text without the blanks around it; undefined for an empty one. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : cleanText(text);
}

/** The time that a text names. One without a zone would be another time on every machine. */
export function timeOf(value: unknown): EpochMs | undefined {
  if (typeof value !== "string") return undefined;
  const ms = utcTimeOf(value) ?? (/T.*(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : NaN);
  return ms >= 0 ? ms : undefined;
}

/** How long a request took, attempts before it included. What no request takes is a damaged figure. */
export function durationOf(value: unknown): DurationMs | undefined {
  return typeof value === "number" && value >= 0 && value <= LONGEST_MS ? value : undefined;
}

const LONGEST_MS: DurationMs = 24 * 3_600_000;

/** A model's name. One that was set while the program ran may stand behind a mark: `$runtime|openai|qwen3-max`. */
export function modelOf(value: unknown): string | undefined {
  return textOf(value)?.replace(/^(\$runtime\|[^|]*\|)+(?=.)/, "");
}
