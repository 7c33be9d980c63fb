/** Reads single fields of JSON that others wrote: a value of the expected kind, or undefined. Never throws. */
import { isRecord, type JsonRecord } from "../core/json/is_record.ts";
import type { EpochMs } from "../core/model.ts";

/** The objects of a list. @returns undefined when it is no list */
export function rowsOf(value: unknown): readonly JsonRecord[] | undefined {
  return Array.isArray(value) ? value.filter(isRecord) : undefined;
}

/** @returns undefined for an empty text, too */
export function textField(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Numbers may come as texts. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "string" && !/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(value)) return undefined;
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** ISO 8601; without a zone it is UTC. */
export function timeField(value: unknown): EpochMs | undefined {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d[T ]/.test(value)) return undefined;
  const text = value.replace(" ", "T");
  const time = Date.parse(/(?:[zZ]|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
  return Number.isNaN(time) ? undefined : time;
}
