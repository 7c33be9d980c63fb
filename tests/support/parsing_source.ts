/** A source of rows whose lines are parsed, each of them: the slow reading that the fast one is compared with. */
import type { NamedSource } from "../../src/agents/source.ts";
import { RecordFolder } from "../../src/scan/logs/rows/record_folder.ts";

export function parsingSource(source: NamedSource): NamedSource {
  if (!("fields" in source)) return source;
  const { fields: _fields, fold: _fold, ...rest } = source;
  const folder = new RecordFolder(source);
  return {
    ...rest,
    record: (state: unknown, record: unknown) => folder.fold(state, record),
    uncounted: (record: unknown, isFaulty: boolean) => folder.uncounted(record, isFaulty),
  };
}
