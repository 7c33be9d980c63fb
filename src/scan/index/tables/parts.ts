/**
 * What grows with a log: its idle times, and its sums by quarter of an hour (bytes/part_codec.ts). A part for what was read of
 * it at first, which stands in the log's row unless it is long, and one in a table of their own for each time that the log
 * went on, until there are many.
 */
import { decodeBuckets } from "../bytes/part_buckets.ts";
import type { MissCost } from "../bytes/miss_codec.ts";
import { decodeMissCosts, decodeMisses, decodeSamples, encodePart } from "../bytes/part_codec.ts";
import { joinBuckets } from "../sums/usage_buckets.ts";
import type { Bytes, IndexStore } from "./store.ts";

/** So many are joined to one. */
const MANY_PARTS = 32;
/** A longer first part is not in the log's row, which is written anew whenever the log goes on. */
const LONG_PART = 2048;
const NOTHING: Bytes = new Uint8Array(0);

/** In their order, as `encodePart` makes them. */
export function readParts(store: IndexStore, file: number): readonly Bytes[] {
  const first = store.get<{ part: Bytes }>("SELECT part FROM files WHERE id = ? AND part <> x''", file);
  const others = readOtherParts(store, file);
  return first === undefined ? others : [first.part, ...others];
}

function readOtherParts(store: IndexStore, file: number): readonly Bytes[] {
  return store.all<{ part: Bytes }>("SELECT part FROM log_parts WHERE file = ? ORDER BY rowid", file)
    .map(({ part }) => part);
}

/** Keeps a part in place of all that there are. @param first What was in the log's row @returns those */
export function replaceParts(store: IndexStore, file: number, first: Bytes, part: Bytes): readonly Bytes[] {
  const others = readOtherParts(store, file);
  if (others.length > 0) removeParts(store, file);
  insertPart(store, file, part);
  return first.length === 0 ? others : [first, ...others];
}

/** What every lost cache of a log cost, in the order of its parts. */
export function readMissCostsOf(store: IndexStore, file: number): readonly MissCost[] {
  return readParts(store, file).flatMap((part) => decodeMissCosts(part));
}

/** What of a log's only part is to be in its row. */
export function partInRow(part: Bytes): Bytes {
  return part.length > LONG_PART ? NOTHING : part;
}

/** Keeps what is not in its row of a log that has no other part. */
export function insertPart(store: IndexStore, file: number, part: Bytes): void {
  if (part.length > LONG_PART) store.insert("log_parts", [file, part]);
}

/** Of turns that are later than those before. */
export function addPart(store: IndexStore, file: number, part: Bytes): void {
  if (part.length === 0) return;
  store.insert("log_parts", [file, part]);
  const { count } = store.get<{ count: number }>("SELECT COUNT(*) AS count FROM log_parts WHERE file = ?", file)!;
  if (count < MANY_PARTS) return;
  const parts = readOtherParts(store, file);
  const buckets = joinBuckets(parts.map((part) => decodeBuckets(part)));
  removeParts(store, file);
  store.insert("log_parts", [
    file,
    encodePart(parts.flatMap(decodeSamples), buckets, parts.flatMap((part) => decodeMisses(part))),
  ]);
}

/** All but what is in its row, of a log that vanished or was read from its beginning again. */
export function removeParts(store: IndexStore, file: number): void {
  store.remove("log_parts", "file = ?", file);
}
