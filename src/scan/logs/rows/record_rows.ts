/**
 * Rows out of records that are parsed already: of documents and tables, of lines that only a parser can read, and as what
 * the fast reading of lines is compared with.
 */
import type { Fields, Row } from "../../../agents/fields.ts";
import { isRecord } from "../../../core/json/is_record.ts";
import { describeMisfit, fieldValueOf } from "./field_value.ts";

/** Rows of one source's fields. There is one row, which shows one record after the other. */
export class RecordRows<F extends Fields> {
  #record: unknown;
  readonly #misfits = new Set<string>();
  readonly #row: Row<F>;

  constructor(fields: F) {
    const row = {};
    for (const [name, field] of Object.entries(fields)) {
      const get = () => {
        const value = valueAt(this.#record, field.path);
        const fitting = fieldValueOf(field.kind, value);
        if (fitting === undefined && value !== undefined && value !== null) {
          const misfit = describeMisfit(field, value);
          if (misfit !== undefined) this.#misfits.add(misfit);
        }
        return fitting;
      };
      Object.defineProperty(row, name, { get, enumerable: true });
    }
    this.#row = row as Row<F>;
  }

  /** @param record An object. Its row is valid until the next one's is asked for */
  rowOf(record: unknown): Row<F> {
    this.#record = record;
    if (this.#misfits.size > 0) this.#misfits.clear();
    return this.#row;
  }

  /** What is to be said of the fields that were read of the row: each that does not fit its kind, once. */
  misfits(): readonly string[] {
    return [...this.#misfits];
  }
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  let value = record;
  for (const key of path) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}
