/**
 * Logs with turns that a gateway can be asked about, and what evidence their sums were made with: with other evidence these
 * are folded again, and no others. A log without such turns has no row.
 */
import type { AskableCount } from "../../../core/evidence.ts";
import type { IndexStore } from "./store.ts";

/** Takes the place of what is known of a log. @param isNew Whether nothing is */
export function writeAskable(store: IndexStore, file: number, { ids, found }: AskableCount, isNew: boolean): void {
  if (!isNew) forgetAskable(store, file);
  if (ids > 0) store.insert("askable", [file, ids, found]);
}

/** Of a log that has gone on. */
export function addAskable(store: IndexStore, file: number, { ids, found }: AskableCount): void {
  if (ids === 0) return;
  const before = store.get<AskableCount>("SELECT ids, found FROM askable WHERE file = ?", file);
  writeAskable(store, file, { ids: ids + (before?.ids ?? 0), found: found + (before?.found ?? 0) }, false);
}

/** Of a log that is gone, or is to be written anew. */
export function forgetAskable(store: IndexStore, file: number): void {
  store.remove("askable", "file = ?", file);
}

/** Rows of the index. */
export function readAskableLogs(store: IndexStore): readonly number[] {
  return store.all<{ file: number }>("SELECT file FROM askable").map(({ file }) => file);
}

/** Of all logs. */
export function countAskable(store: IndexStore): AskableCount {
  return store.get<AskableCount>(
    "SELECT COALESCE(SUM(ids), 0) AS ids, COALESCE(SUM(found), 0) AS found FROM askable",
  )!;
}
