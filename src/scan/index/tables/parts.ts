/**
 * The tables that grow with a log: its idle times, and its sums by quarter of an hour. A part for what was read of it
 * at first, and one for each time that it went on, until there are many.
 */
import type { IndexStore } from "./store.ts";
import type { LogSums } from "../sums/digest_log.ts";
import { joinBuckets } from "../sums/usage_buckets.ts";

export type LogPart = Pick<LogSums, "samples" | "buckets">;

/** So many are joined to one. */
const MANY_PARTS = 32;

/** In their order. */
export function readParts(store: IndexStore, file: number): readonly LogPart[] {
  return store.all<LogPart>("SELECT samples, buckets FROM log_parts WHERE file = ? ORDER BY rowid", file);
}

/** A log's idle times, as lists of `StoredSample`, as JSON. */
export function readSamples(store: IndexStore, file: number): readonly string[] {
  return readParts(store, file).map(({ samples }) => samples);
}

/** Puts one part in place of all. */
export function writePart(store: IndexStore, file: number, part: LogPart): void {
  removeParts(store, file);
  insertPart(store, file, part);
}

/** Of turns that are later than those before. */
export function addPart(store: IndexStore, file: number, part: LogPart): void {
  if (part.samples === "[]" && part.buckets === "[]") return;
  insertPart(store, file, part);
  const { count } = store.get<{ count: number }>("SELECT COUNT(*) AS count FROM log_parts WHERE file = ?", file)!;
  if (count < MANY_PARTS) return;
  const parts = readParts(store, file);
  writePart(store, file, {
    samples: parts.map(({ samples }) => samples).reduce(joinLists),
    buckets: joinBuckets(parts.map(({ buckets }) => buckets)),
  });
}

/** The first part of a log that has none. */
export function insertPart(store: IndexStore, file: number, { samples, buckets }: LogPart): void {
  store.insert("log_parts", [file, samples, buckets]);
}

/** Of a log that vanished or was read from its beginning again. */
export function removeParts(store: IndexStore, file: number): void {
  store.remove("log_parts", "file = ?", file);
}

/** Two lists, as JSON, one behind the other. */
function joinLists(before: string, after: string): string {
  if (before === "[]") return after;
  return after === "[]" ? before : `${before.slice(0, -1)},${after.slice(1)}`;
}
