/** Adds what has to be folded again because a gateway said more of it, or because that was forgotten. */
import type { Discovery } from "../../logs/discover.ts";
import { type IndexedFile, readFileOfRow } from "../tables/indexed_files.ts";
import { readAskableLogs } from "../tables/askable_logs.ts";
import type { IndexStore } from "../tables/store.ts";
import type { Change } from "./list_changes.ts";

/** Logs with turns that can be asked for are read from their beginning, whether or not they changed. */
export function addOutdated(store: IndexStore, discovery: Discovery, changed: readonly Change[]): readonly Change[] {
  const outdated = new Map<string, IndexedFile>();
  for (const row of readAskableLogs(store)) {
    const known = readFileOfRow(store, row);
    if (known !== undefined) outdated.set(known.path, known);
  }
  if (outdated.size === 0) return changed;
  const others = changed.map((change) => outdated.delete(change.file.path) ? { ...change, isOutdated: true } : change);
  const files = discovery.files.filter(({ file }) => outdated.has(file.path));
  return [
    ...others,
    ...files.map(({ source, file }) => ({ source, file, known: outdated.get(file.path), isOutdated: true })),
  ];
}
