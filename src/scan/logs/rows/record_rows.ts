/**
 * Rows out of records that are parsed already: of documents and tables, of lines that only a parser can read, and as what
 * the fast reading of lines is compared with.
 */
import type { Fields, RecordField, Row } from "../../../agents/fields.ts";
import { isRecord, type JsonRecord } from "../../../core/json/is_record.ts";
import { describeMisfit, hasMisfits, READERS } from "./field_value.ts";

/** By declaration: most logs of a database have few records, and to make a row takes as long as to read many. */
const made = new WeakMap<Fields, RecordRows<Fields>>();

/** Rows of one source's fields. There is one row, which shows one record after the other. */
export class RecordRows<F extends Fields> {
  /** The same for the same fields: what it shows is for whoever asked last. */
  static of(fields: Fields): RecordRows<Fields> {
    let rows = made.get(fields);
    if (rows === undefined) made.set(fields, rows = new RecordRows(fields));
    return rows;
  }

  #record: unknown;
  readonly #misfits = new Set<string>();
  readonly #row: Row<F>;

  constructor(fields: F) {
    const row = {};
    for (const [name, field] of Object.entries(fields)) {
      const read = READERS[field.kind];
      const tells = hasMisfits(field.kind);
      const valueOf = valueAt(field.path);
      const get = () => {
        const value = valueOf(this.#record);
        if (value === undefined || value === null) return undefined;
        const fitting = read(value);
        if (fitting === undefined && tells) this.#misfits.add(describeMisfit(field, value)!);
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

/** What reads the value at a path: made once a field, since it is asked for every record. */
function valueAt(path: RecordField["path"]): (record: unknown) => unknown {
  return path.map(memberAt).reduce((outer, member) => (record) => member(outer(record)));
}

function memberAt(key: string): (value: unknown) => unknown {
  // Of an object that came out of JSON or a database: what others have is inherited by all, or lists have it.
  if (!(key in Object.prototype) && !(key in Array.prototype) && !/^\d/.test(key)) {
    return (value) => typeof value === "object" && value !== null ? (value as JsonRecord)[key] : undefined;
  }
  return (value) => isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
