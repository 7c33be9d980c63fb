/**
 * Single fields of a Codex record, which may hold anything: each reader gives the value as its type, or undefined.
 *
 * What a missing field means is the caller's to say.
 */
import type { EpochMs } from "../../core/model.ts";

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields | undefined {
  return isFields(value) ? value : undefined;
}

/** A text without the blanks around it; undefined for an empty one. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** A whole number, zero or more, that a double holds exactly. */
export function wholeOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The time an ISO 8601 text names. */
export function epochOf(value: unknown): EpochMs | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : NaN;
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
