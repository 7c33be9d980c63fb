import { deepStrictEqual, ok } from "node:assert/strict";
import { IndexStore } from "./store.ts";
import { addPart, insertPart, type LogPart, readParts, readSamples, removeParts, writePart } from "./parts.ts";
import { decodeBuckets, encodeBuckets, type LogBucket } from "../sums/usage_buckets.ts";

const QUARTER = 15 * 60_000;

/** A turn a minute: fifteen fall into one bucket. */
function partOf(minute: number): LogPart {
  const at = minute * 60_000;
  const bucket: LogBucket = {
    at: Math.floor(at / QUARTER) * QUARTER,
    model: { provider: "p", model: 'm "[1m]"' },
    turns: 1,
    usage: { input: minute, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 },
    cost: { usd: 0.1, basis: "reported", unpricedTurns: 0 },
    firstAt: at,
    lastAt: at,
    endedAt: at + 1000,
  };
  const samples = minute % 3 === 0 ? [["p", "m", at, 60_000, 1]] : [];
  return { samples: JSON.stringify(samples), buckets: encodeBuckets([bucket]) };
}

Deno.test("a log that grows by many parts has few, which say the same", () => {
  const store = new IndexStore(":memory:");
  insertPart(store, 1, partOf(0));
  insertPart(store, 2, partOf(7));
  const minutes = Array.from({ length: 200 }, (_, minute) => minute);
  let most = 0;
  for (const minute of minutes.slice(1)) {
    addPart(store, 1, partOf(minute));
    addPart(store, 1, { samples: "[]", buckets: "[]" });
    const parts = readParts(store, 1);
    most = Math.max(most, parts.length);
    const buckets = parts.flatMap(({ buckets }) => decodeBuckets(buckets));
    deepStrictEqual(buckets.reduce((sum, { turns }) => sum + turns, 0), minute + 1);
    // 0 + 1 + ... + minute
    deepStrictEqual(buckets.reduce((sum, { usage }) => sum + usage.input, 0), minute * (minute + 1) / 2);
    deepStrictEqual(buckets.at(-1)!.lastAt, minute * 60_000);
    deepStrictEqual(readSamples(store, 1).flatMap((text) => JSON.parse(text)).length, Math.floor(minute / 3) + 1);
  }
  ok(most < 32, `${most} parts`);
  deepStrictEqual(readParts(store, 2).map((part) => ({ ...part })), [partOf(7)]);
  writePart(store, 1, partOf(3));
  deepStrictEqual(readParts(store, 1).map((part) => ({ ...part })), [partOf(3)]);
  removeParts(store, 1);
  deepStrictEqual([readParts(store, 1), readParts(store, 2).length], [[], 1]);
  store.close();
});
