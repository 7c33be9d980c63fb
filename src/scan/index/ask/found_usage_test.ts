/** What of usage is kept for the next answer, and when nothing is. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { NO_USAGE } from "../../../core/model.ts";
import { withTemporaryDirectory } from "../../../../tests/support/run_agent.ts";
import { QUARTER_MS, type UsageBucket } from "../sums/usage_buckets.ts";
import { foldReady } from "./fold_ready.ts";
import { FoundUsage } from "./found_usage.ts";
import type { LogParts } from "./log_part_reader.ts";
import { ReadyUsage } from "./ready_usage.ts";

const AT = Date.parse("2026-11-26T12:00:00Z");

function bucketAt(quarter: number, more: object = {}) {
  const at = AT + quarter * QUARTER_MS;
  return {
    at,
    model: { provider: "anthropic", model: "claude-opus-4-6" },
    turns: 2,
    usage: { ...NO_USAGE, input: 10 + quarter, output: 3 },
    cost: { usd: 0.1 + 0.2, basis: "computed" as const, unpricedTurns: 0 },
    savedUsd: -0.25,
    unknownSavings: 1,
    firstAt: at + 1,
    lastAt: at + 2,
    endedAt: at + 3,
    ...more,
  };
}

function logOf(file: number): LogParts {
  return { file, session: 100 + file, lastTurnAt: AT + 1_000_000, seal: 7 * file, parts: [] };
}

/** Of so many logs with the same buckets. */
function find(path: string, logs: number, buckets: readonly ReturnType<typeof bucketAt>[]) {
  const found = new FoundUsage(path, undefined, "as it was");
  for (let file = 1; file <= logs; file++) {
    found.begin();
    for (const bucket of buckets) found.add(bucket);
    found.end(logOf(file));
  }
  found.save();
}

function fold(ready: ReadyUsage, range: Parameters<typeof foldReady>[1]["range"]) {
  const store = undefined as unknown as Parameters<typeof foldReady>[1]["store"];
  return foldReady(ready, { store, range }, (): number[] => [], (all, { session, usage }: UsageBucket) => {
    all.push(1000 * session + usage.input);
  });
}

Deno.test("what was found is ready for the next answer", async () => {
  await withTemporaryDirectory((directory) => {
    const path = join(directory, "index");
    const standard = { usd: 1, basis: "reported" as const, unpricedTurns: 1, standardRateTurns: 2 };
    const lost = { misses: 1, tokens: 5000, usd: 0.5, unpriced: 0 };
    const buckets = [
      bucketAt(0),
      bucketAt(1, { upstream: "host", cost: standard, lost }),
      bucketAt(2, { upstream: undefined }),
    ];
    find(path, 40, buckets);
    const ready = ReadyUsage.open(path)!;
    strictEqual(ready.count, 40);
    ok(ready.isWhole("as it was") && !ready.isWhole("otherwise"));
    ok(ready.of(3, 21) !== undefined);
    strictEqual(ready.of(3, 22), undefined);
    // Sessions 101 to 140, each with what three buckets have as input.
    const all = fold(ready, {})!;
    deepStrictEqual(all.slice(0, 4), [101_010, 101_011, 101_012, 102_010]);
    strictEqual(all.length, 120);
    deepStrictEqual(fold(ready, { since: AT + QUARTER_MS, until: AT + 2 * QUARTER_MS })?.slice(0, 2), [
      101_011,
      102_011,
    ]);
    // In the middle of a quarter that has turns before and behind.
    strictEqual(fold(ready, { since: AT + 2 }), undefined);
    strictEqual(fold(ready, { asOf: AT + 2 }), undefined);
    // One object for a model, wherever it is served.
    strictEqual(ready.models[0], ready.models[1]);
    deepStrictEqual(ready.upstreams, [undefined, "host"]);
    return Promise.resolve();
  });
});

Deno.test("nothing is written of few logs, or of more than is worth it", async () => {
  await withTemporaryDirectory((directory) => {
    const few = join(directory, "few");
    find(few, 31, [bucketAt(0)]);
    strictEqual(ReadyUsage.open(few), undefined);

    // 33 times 1,000 are more than 32,768.
    const many = join(directory, "many");
    find(many, 33, Array.from({ length: 1000 }, (_, quarter) => bucketAt(quarter)));
    strictEqual(ReadyUsage.open(many), undefined);
    return Promise.resolve();
  });
});

Deno.test("a log of which few have the like is read each time, and does not have all written again", async () => {
  await withTemporaryDirectory((directory) => {
    const path = join(directory, "index");
    const found = new FoundUsage(path, undefined, "as it was");
    for (let file = 1; file <= 40; file++) {
      found.begin();
      found.add(bucketAt(0, file % 2 === 0 ? { totals: { count: 1 } } : {}));
      found.end(logOf(file));
    }
    found.save();
    const ready = ReadyUsage.open(path)!;
    strictEqual(ready.isWhole("as it was"), false);
    deepStrictEqual([ready.of(1, 7)?.session, ready.of(2, 14)], [101, undefined]);

    // Half of them are read each time, and all are as they were.
    for (let file = 1; file <= 40; file++) ready.of(file, 7 * file);
    strictEqual(ready.isOld, false);
    return Promise.resolve();
  });
});

Deno.test("what is ready is old once a quarter of the logs is otherwise, and goes then", async () => {
  await withTemporaryDirectory((directory) => {
    const path = join(directory, "index");
    find(path, 40, [bucketAt(0)]);
    for (const [changed, isOld] of [[0, false], [9, false], [10, true]] as const) {
      const ready = ReadyUsage.open(path)!;
      for (let file = 1; file <= 40; file++) ready.of(file, 7 * file + (file <= changed ? 1 : 0));
      strictEqual(ready.isOld, isOld, String(changed));
    }
    ReadyUsage.clear(path);
    strictEqual(ReadyUsage.open(path), undefined);
    return Promise.resolve();
  });
});
