/** What a value out of a record is as a field of a kind, and what is said of one that does not fit. */
import type { FieldKind, FieldValues, RecordField } from "../../../agents/fields.ts";
import { utcTimeOf } from "../../../agents/formats/utc_time.ts";
import { cleanText } from "../../../core/clean_text.ts";
import type { EpochMs } from "../../../core/model.ts";
import { isTokenCount } from "../../../core/plausible.ts";
import { quoteValue } from "../../../core/quote_value.ts";

/**
 * Said of fields that a figure depends on. A text, a time or a flag of another kind is as good as none: what is missing
 * then, the source says.
 */
const EXPECTED: Partial<Readonly<Record<FieldKind, string>>> = {
  count: "a whole number of tokens",
  whole: "a whole number, zero or more",
  number: "a number",
};

/** By kind, of a value as `JSON.parse` gives it that is neither undefined nor null. */
export const READERS: { readonly [Kind in FieldKind]: (value: unknown) => FieldValues[Kind] | undefined } = {
  // Minus zero is zero.
  count: (value) => isTokenCount(value) ? value + 0 : undefined,
  whole: (value) => Number.isSafeInteger(value) && value as number >= 0 ? value as number + 0 : undefined,
  number: (value) => typeof value === "number" ? value : undefined,
  time: timeOf,
  name: (value) => typeof value === "string" ? keptNameOf(value) : undefined,
  flag: (value) => typeof value === "boolean" ? value : undefined,
  exists: () => true,
  object: (value) => typeof value === "object" && !Array.isArray(value) ? true : undefined,
  json: (value) => value,
};

/** Undefined for a text of blanks. */
export function keptNameOf(text: string): string | undefined {
  const trimmed = text.trim();
  return trimmed === "" ? undefined : cleanText(trimmed);
}

/**
 * A clock of milliseconds has shown more since September 2001. What is more than the year 9999 is of microseconds; a clock
 * that is set wrong shows any year before it, and such turns are counted, too.
 */
export const [EARLIEST_MS, LATEST_MS]: readonly [EpochMs, EpochMs] = [1e12, Date.UTC(10_000, 0)];

function timeOf(value: unknown): EpochMs | undefined {
  if (typeof value === "number") return timeIfAny(Math.trunc(value < 1e10 ? value * 1000 : value));
  return typeof value === "string" ? timeIfAny(utcTimeOf(value) ?? otherTimeOf(value)) : undefined;
}

/** A time, if it is one that a log has. */
function timeIfAny(at: EpochMs | undefined): EpochMs | undefined {
  return at !== undefined && at >= EARLIEST_MS && at < LATEST_MS ? at : undefined;
}

/** Only times with a zone: others would depend on the machine that reads them. */
function otherTimeOf(text: string): EpochMs | undefined {
  return /^\d{4}-\d\d-\d\dT[\d:.,]+(Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : undefined;
}

/** Whether something is said of a field of a kind when its value does not fit. */
export function hasMisfits(kind: FieldKind): boolean {
  return EXPECTED[kind] !== undefined;
}

/** What is said of a field whose value does not fit; undefined where nothing is. @param value Not undefined, not null */
export function describeMisfit({ kind, path }: RecordField, value: unknown): string | undefined {
  const expected = EXPECTED[kind];
  return expected && `"${path.join(".")}" is ${quoteValue(value)}, expected ${expected}`;
}
