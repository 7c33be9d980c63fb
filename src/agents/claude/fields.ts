/** Reading fields of records that may hold anything. */
import type { EpochMs } from "../../core/model.ts";
import { cleanText } from "../../core/clean_text.ts";
import { utcTimeOf } from "../formats/utc_time.ts";

/** Every key that is read of a line or of what is in it: the others are left out before a line is parsed. */
export const KEYS = [
  "agentId",
  "aiTitle",
  "apiBlockIndex",
  "cache_creation",
  "cache_creation_input_tokens",
  "cache_miss_reason",
  "cache_read_input_tokens",
  "costUSD",
  "customTitle",
  "cwd",
  "diagnostics",
  "ephemeral_1h_input_tokens",
  "ephemeral_5m_input_tokens",
  "forkedFrom",
  "hasUnknownModelCost",
  "id",
  "inference_geo",
  "input_tokens",
  "isApiErrorMessage",
  "isSidechain",
  "iterations",
  "leafUuid",
  "message",
  "model",
  "output_tokens",
  "parentUuid",
  "promptCacheRequested",
  "requestId",
  "requestRef",
  "requestSessionId",
  "searchCount",
  "server_tool_use",
  "service_tier",
  "sessionId",
  "sessionKind",
  "sourceToolAssistantUUID",
  "speed",
  "startTime",
  "subtype",
  "summary",
  "timestamp",
  "toolUseResult",
  "totalCostUSD",
  "type",
  "usage",
  "uuid",
  "web_search_requests",
] as const;

/** No other key can be read by mistake. */
export type Fields = { readonly [Key in typeof KEYS[number]]?: unknown };

/** Whether a value is a JSON object, whose fields can then be read: not null, and no array. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text that says something. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : cleanText(text);
}

/**
 * Only times with a zone: others would depend on the machine that reads them. A number is one since 1970, of milliseconds
 * or seconds: which, its size says.
 */
export function parseLogTime(value: unknown): EpochMs | undefined {
  if (typeof value === "number") {
    const at = value < 1e10 ? value * 1000 : value;
    return at >= 1e12 && at < 1e13 ? Math.trunc(at) : undefined;
  }
  if (typeof value !== "string") return undefined;
  return utcTimeOf(value) ?? otherTimeOf(value);
}

function otherTimeOf(text: string): EpochMs | undefined {
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}
