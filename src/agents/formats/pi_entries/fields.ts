/** Single fields of Pi's entries, which may hold anything. */
import type { EpochMs, ModelRef } from "../../../core/model.ts";
import { cleanText } from "../../../core/clean_text.ts";
import { utcTimeOf } from "../utc_time.ts";

/** Every key that is read of an entry or of what is in it: the others are left out before a line is parsed. */
export const KEYS = [
  "branchedFrom",
  "cacheRead",
  "cacheWrite",
  "cacheWrite1h",
  "cost",
  "cwd",
  "durationMs",
  "id",
  "input",
  "kind",
  "message",
  "model",
  "modelId",
  "name",
  "output",
  "parentSession",
  "provider",
  "responseModel",
  "role",
  "timestamp",
  "total",
  "totalFromProvider",
  "type",
  "usage",
] as const;

/** No other key can be read by mistake. */
export type Json = { readonly [Key in typeof KEYS[number]]?: unknown };

/** A millisecond clock has shown more than this since September 2001: smaller numbers are seconds or garbage. */
const EARLIEST_TIME: EpochMs = 1e12;
const LATEST_TIME: EpochMs = 8.64e15;

/** Entries and headers have ISO 8601 text, messages have milliseconds. */
export function timeOf(value: unknown): EpochMs | undefined {
  const time = typeof value === "string" ? utcTimeOf(value) ?? otherTimeOf(value) : value;
  return typeof time === "number" && time >= EARLIEST_TIME && time <= LATEST_TIME ? time : undefined;
}

function otherTimeOf(text: string): EpochMs {
  return /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : NaN;
}

/** A text that says something, made safe to show; undefined for an empty one and for what is no text. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? cleanText(value) : undefined;
}

/** The model that an entry names, the provider in lower case; undefined unless it names both. */
export function modelOf({ provider, model }: Json): ModelRef | undefined {
  const who = textOf(provider);
  const which = textOf(model);
  return who === undefined || which === undefined ? undefined : { provider: who.toLowerCase(), model: which };
}

/** Whether a value is a JSON object: not null, and no array. */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
