import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { IndexStore } from "./store.ts";
import { extendLog, insertLog, removeLog, replaceLog, writeSums } from "./logs.ts";
import { readParts } from "./parts.ts";
import { decodeBuckets } from "../bytes/part_buckets.ts";
import { decodeSamples, encodePart } from "../bytes/part_codec.ts";
import type { LogBucket } from "../sums/usage_buckets.ts";

const QUARTER = 15 * 60_000;

/** A turn a minute: fifteen fall into one bucket. */
function bucketOf(minute: number): LogBucket {
  const at = minute * 60_000;
  return {
    at: Math.floor(at / QUARTER) * QUARTER,
    model: { provider: "p", model: 'm "[1m]"' },
    turns: 1,
    usage: { input: minute, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 },
    cost: { usd: 0.1, basis: "reported", unpricedTurns: 0 },
    ...{ savedUsd: 0, unknownSavings: 0 },
    firstAt: at,
    lastAt: at,
    endedAt: at + 1000,
  };
}

function partOf(minute: number) {
  const bucket = bucketOf(minute);
  const { model, firstAt: at } = bucket;
  return encodePart(minute % 3 === 0 ? [{ model, at, gapMs: 60_000, survived: true }] : [], [bucket]);
}

const LOG = {
  ...{ source: "pi", size: 1, mtimeMs: 0, ctimeMs: 0, inode: 1, sourceVersion: 1, nextOffset: 1, nextSeq: 1 },
  ...{ fingerprint: "", facts: undefined, lost: "", entangled: 0, tied: 0, lastTurnAt: null },
  ...{ said: new Uint8Array(0), rollup: new Uint8Array(0) },
};

Deno.test("a log that grows by many parts has few, which say the same, however long the first one is", async (t) => {
  for (const [name, count, inRow] of [["short", 1, 1], ["long", 2000, 0]] as const) {
    await t.step(name, () => {
      const store = new IndexStore(":memory:");
      const log = { ...LOG, path: "/a.jsonl" };
      const first = encodePart([], Array.from({ length: count }, (_, place) => bucketOf((place - count) * 15)));
      insertLog(store, 1, log, { problems: [], part: first });
      insertLog(store, 2, { ...LOG, path: "/b.jsonl" }, { problems: [], part: partOf(7) });
      strictEqual(store.get<{ rows: number }>("SELECT COUNT(*) AS rows FROM log_parts")!.rows, 1 - inRow);
      let most = 0;
      for (let minute = 0; minute < 200; minute++) {
        extendLog(store, 1, log, { problems: [], part: partOf(minute) });
        extendLog(store, 1, log, { problems: [], part: encodePart([], []) });
        const parts = readParts(store, 1);
        most = Math.max(most, parts.length);
        const buckets = parts.flatMap((part) => decodeBuckets(part));
        strictEqual(buckets.reduce((sum, { turns }) => sum + turns, 0), count + minute + 1);
        strictEqual(buckets.at(-1)!.lastAt, minute * 60_000);
        deepStrictEqual(
          buckets.map(({ firstAt }) => firstAt),
          buckets.map(({ firstAt }) => firstAt).toSorted(byNumber),
        );
        strictEqual(parts.flatMap(decodeSamples).length, Math.floor(minute / 3) + 1);
      }
      ok(most <= 32, `${most} parts`);
      deepStrictEqual(readParts(store, 2), [partOf(7)]);
      const sums = { ...log, part: partOf(3) };
      writeSums(store, 1, sums, sums);
      deepStrictEqual(readParts(store, 1), [partOf(3)]);
      for (const part of [first, partOf(4), encodePart([], []), first]) {
        replaceLog(store, 1, log, { problems: [], part });
        deepStrictEqual(readParts(store, 1), part.length === 0 ? [] : [part]);
      }
      removeLog(store, 1);
      deepStrictEqual([readParts(store, 1), readParts(store, 2).length], [[], 1]);
      store.close();
    });
  }
});

function byNumber(a: number, b: number): number {
  return a - b;
}
