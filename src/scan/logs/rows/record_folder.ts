/** Folds parsed records by a source, whatever form it takes them in, and says what of their fields does not fit. */
import type { Fields } from "../../../agents/fields.ts";
import type { RecordResult, Source, UncountedKind } from "../../../agents/source.ts";
import { isRecord } from "../../../core/json/is_record.ts";
import { quoteValue } from "../../../core/quote_value.ts";
import { RecordRows } from "./record_rows.ts";

/** One source's. There is one row in it: to be used for one record after the other. */
export class RecordFolder {
  readonly #source: Source;
  readonly #rows: RecordRows<Fields> | undefined;

  constructor(source: Source) {
    this.#source = source;
    this.#rows = "fields" in source ? new RecordRows(source.fields) : undefined;
  }

  /** @returns with the problem that there is with the record, if any */
  fold(state: unknown, record: unknown): RecordResult<unknown> {
    if (!("fields" in this.#source)) return this.#source.record(state, record);
    if (!isRecord(record)) return { state, problem: `Expected an object, found ${quoteValue(record)}` };
    const result = this.#source.fold(state, this.#rows!.rowOf(record));
    if (result.isSilent) return result;
    const misfits = this.#rows!.misfits();
    return misfits.length === 0 ? result : { ...result, problem: describeFaults(misfits, result) };
  }

  /** See `RowSource.uncounted`. */
  uncounted(record: unknown, isFaulty: boolean): UncountedKind | undefined {
    if (!("fields" in this.#source)) return this.#source.uncounted(record, isFaulty);
    return isRecord(record) ? this.#source.uncounted(this.#rows!.rowOf(record), isFaulty) : undefined;
  }
}

/** What there is to say of a record: of its fields first, then of the whole. */
export function describeFaults(misfits: readonly string[], { turns, problem }: RecordResult<unknown>): string {
  const outcome = turns?.length ? "left out; the rest counts" : "left out";
  return [`${misfits.join(", ")}: ${outcome}`, ...problem === undefined ? [] : [problem]].join("; ");
}
