/** Folds records that are parsed, and says what of their fields does not fit. */
import type { Fields } from "../../../agents/fields.ts";
import type { AnySource, RecordResult, UncountedKind } from "../../../agents/source.ts";
import { isRecord } from "../../../core/json/is_record.ts";
import { quoteValue } from "../../../core/quote_value.ts";
import { RecordRows } from "./record_rows.ts";

/** One source's. There is one row for all of them: to be used for one record after the other. */
export class RecordFolder {
  readonly #source: AnySource;
  #rows: RecordRows<Fields> | undefined;

  constructor(source: AnySource) {
    this.#source = source;
  }

  /** @returns with the problem that there is with the record, if any */
  fold(state: unknown, record: unknown): RecordResult<unknown> {
    if (!isRecord(record)) return { state, problem: `Expected an object, found ${quoteValue(record)}` };
    const rows = this.#rowsOf(this.#source.fields);
    return addMisfits(this.#source.fold(state, rows.rowOf(record)), rows.misfits());
  }

  /** See `Source.uncounted`. */
  uncounted(record: unknown, isFaulty: boolean): UncountedKind | undefined {
    if (!isRecord(record)) return undefined;
    return this.#source.uncounted(this.#rowsOf(this.#source.fields).rowOf(record), isFaulty);
  }

  /** Of most logs no record comes here, and to make one row takes as long as to read many. */
  #rowsOf(fields: Fields): RecordRows<Fields> {
    return this.#rows ??= RecordRows.of(fields);
  }
}

/** Whether a record shows what was spent: turns, or totals. */
export function hasUsage({ turns, totals }: RecordResult<unknown>): boolean {
  return Boolean(turns?.length || totals?.length);
}

/** What a fold gave, with what did not fit in the row: of its fields first, then of the whole. */
export function addMisfits(result: RecordResult<unknown>, misfits: readonly string[]): RecordResult<unknown> {
  if (misfits.length === 0 || result.isSilent) return result;
  const outcome = hasUsage(result) ? "left out; the rest counts" : "left out";
  const rest = result.problem === undefined ? "" : `; ${result.problem}`;
  return { ...result, problem: `${misfits.join(", ")}: ${outcome}${rest}` };
}
