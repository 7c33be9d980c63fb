/**
 * Single fields of a Codex record, which may hold anything: each reader gives the value as its type, or undefined.
 *
 * What a missing field means is the caller's to say.
 */
import type { EpochMs } from "../../core/model.ts";
import { cleanText } from "../../core/clean_text.ts";
import { utcTimeOf } from "../formats/utc_time.ts";

/** Every key that is read of a line or of what is in it: the others are left out before a line is parsed. */
export const KEYS = [
  "cache_write_input_tokens",
  "cached_input_tokens",
  "cwd",
  "forked_from_id",
  "forked_from_ordinal_exclusive",
  "history_base",
  "id",
  "info",
  "input_tokens",
  "item",
  "last_token_usage",
  "model",
  "model_provider",
  "model_provider_id",
  "ordinal",
  "output_tokens",
  "parent_thread_id",
  "payload",
  "reasoning_output_tokens",
  "response_id",
  "service_tier",
  "session_id",
  "source",
  "subagent",
  "subagent_history_start_ordinal",
  "thread_id",
  "thread_name",
  "thread_settings",
  "thread_source",
  "thread_spawn",
  "thread_token_usage",
  "timestamp",
  "total_token_usage",
  "total_tokens",
  "turn_id",
  "type",
  "usage",
] as const;

/** The fields of a JSON object. No other key can be read by mistake. */
export type Fields = { readonly [Key in typeof KEYS[number]]?: unknown };

/** A value as a JSON object; undefined for anything else, also for an array. */
export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/** A text without the blanks around it; undefined for an empty one. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : cleanText(text);
}

/** A whole number, zero or more, that a double holds exactly. */
export function wholeOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The time an ISO 8601 text names. */
export function epochOf(value: unknown): EpochMs | undefined {
  const ms = typeof value === "string" ? utcTimeOf(value) ?? Date.parse(value) : NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

/** When a UUID version 7 was made; undefined for any other value. */
export function uuid7TimeOf(value: unknown): EpochMs | undefined {
  const parts = typeof value === "string" ? UUID7.exec(value) : null;
  return parts === null ? undefined : parseInt(`${parts[1]}${parts[2]}`, 16);
}

const UUID7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
