/**
 * Which fields a source reads of a record, said once and in plain data: by path and by kind. The engine reads them out of a
 * line without making objects of it, and hands them over as a row; what does not fit its kind the engine says itself.
 *
 * So a source has no check of a type: a field that is missing, null or of another kind is undefined.
 */
import type { EpochMs, Tokens } from "../core/model.ts";

/** What a field of each kind is in a row. */
export interface FieldValues {
  /** Tokens of one response: a whole number from 0 to `MOST_TOKENS`. */
  readonly count: Tokens;
  /** A whole number, zero or more, that a double holds exactly. */
  readonly whole: number;
  readonly number: number;
  /**
   * An ISO 8601 text with a zone, or a number since 1970, of milliseconds or seconds: which, its size says. Whatever names
   * no time after September 2001 is none.
   */
  readonly time: EpochMs;
  /** A text that says something: without blanks around it, and such that it can be kept (`cleanText`). */
  readonly name: string;
  readonly flag: boolean;
  /** There is one, and it is not null. */
  readonly exists: true;
  /** It is an object. */
  readonly object: true;
  /** Whatever stands there, parsed: for lists, and for what only few records have. Costs what parsing costs. */
  readonly json: unknown;
}

export type FieldKind = keyof FieldValues;

/** A field of a record. */
export interface RecordField<Kind extends FieldKind = FieldKind> {
  readonly kind: Kind;
  /** Keys from the record inwards, of 1 to 32 ASCII characters each. Arrays are not looked into. */
  readonly path: readonly [string, ...string[]];
}

/** All that a source reads, by the names that it has for them: up to 120. Two may have one path. */
export type Fields = Readonly<Record<string, RecordField>>;

/** The fields of one record. Valid until the next one is read. */
export type Row<F extends Fields> = { readonly [Name in keyof F]: FieldValues[F[Name]["kind"]] | undefined };

function fieldOf<Kind extends FieldKind>(kind: Kind): (...path: readonly [string, ...string[]]) => RecordField<Kind> {
  return (...path) => ({ kind, path });
}

/** The field at a path: `count("message", "usage", "input_tokens")`. */
export const count = fieldOf("count");
export const whole = fieldOf("whole");
export const numeric = fieldOf("number");
export const time = fieldOf("time");
export const name = fieldOf("name");
export const flag = fieldOf("flag");
export const exists = fieldOf("exists");
export const object = fieldOf("object");
export const json = fieldOf("json");
