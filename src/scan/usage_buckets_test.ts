import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { CALENDAR_UNITS, calendarKey } from "../core/calendar.ts";
import { NO_USAGE, type TokenUsage } from "../core/model.ts";
import { seededRandom } from "../../tests/support/random.ts";
import { IndexStore } from "./index_store.ts";
import { encodeTurns } from "./turn_values.ts";
import { readUsageBuckets } from "./usage_buckets.ts";

const MINUTE = 60_000;
const AT = Date.parse("2026-11-20T12:00:00Z");

interface Row {
  readonly at: number;
  readonly endedAt?: number;
  readonly model?: string;
  readonly usage?: Partial<TokenUsage>;
  readonly usd?: number;
  readonly basis?: "reported" | "computed" | "none";
}

/** An index of one session for each list of turns. */
function indexOf(...sessions: readonly (readonly Row[])[]): IndexStore {
  const store = new IndexStore(":memory:");
  for (const [index, rows] of sessions.entries()) {
    store.writeFile(index + 1, {
      source: "pi",
      path: `/logs/${index}.jsonl`,
      size: 1,
      mtimeMs: 0,
      ctimeMs: 0,
      inode: index,
      sourceVersion: 1,
      nextOffset: 1,
      nextSeq: rows.length,
      fingerprint: "",
      state: {},
      facts: { sessionId: `s${index}` },
      turns: rows.map(({ at, endedAt, model = "m", usage, usd, basis = "none" }, seq) => {
        const turn = {
          key: `${index}-${seq}`,
          at,
          endedAt,
          model: { provider: "p", model },
          usage: { ...NO_USAGE, ...usage },
          chain: "main",
        };
        return [...encodeTurns([{ seq, turn }]).rows[0]!.slice(0, -2), usd ?? null, basis];
      }),
      problems: [],
      isNew: true,
      continues: false,
      appends: false,
    });
  }
  return store;
}

Deno.test("readUsageBuckets() adds up by quarter, session and model", () => {
  const store = indexOf(
    [
      { at: AT, usage: { input: 1, cacheRead: 10, output: 3 }, usd: 0.25, basis: "reported" },
      { at: AT + 15 * MINUTE - 1, usage: { input: 2, cacheWrite: 20, cacheWrite1h: 5 }, usd: 0.5, basis: "computed" },
      { at: AT + 15 * MINUTE, usage: { input: 4 }, usd: 1, basis: "computed" },
      { at: AT, model: "other", usage: { input: 8 } },
    ],
    [{ at: AT, usage: { input: 16 }, usd: 2, basis: "reported" }],
  );
  const shared = { source: "pi", cwd: undefined };
  deepStrictEqual(
    readUsageBuckets(store, {}).map(({ session: _, ...bucket }) => bucket),
    [
      {
        ...shared,
        at: AT,
        sessionId: "s0",
        model: { provider: "p", model: "m" },
        turns: 2,
        usage: { input: 3, cacheRead: 10, cacheWrite: 20, cacheWrite1h: 5, output: 3 },
        // 0.25 + 0.5
        cost: { usd: 0.75, basis: "mixed", unpricedTurns: 0 },
      },
      {
        ...shared,
        at: AT,
        sessionId: "s0",
        model: { provider: "p", model: "other" },
        turns: 1,
        usage: { ...NO_USAGE, input: 8 },
        cost: { usd: 0, basis: "none", unpricedTurns: 1 },
      },
      {
        ...shared,
        at: AT,
        sessionId: "s1",
        model: { provider: "p", model: "m" },
        turns: 1,
        usage: { ...NO_USAGE, input: 16 },
        cost: { usd: 2, basis: "reported", unpricedTurns: 0 },
      },
      {
        ...shared,
        at: AT + 15 * MINUTE,
        sessionId: "s0",
        model: { provider: "p", model: "m" },
        turns: 1,
        usage: { ...NO_USAGE, input: 4 },
        cost: { usd: 1, basis: "computed", unpricedTurns: 0 },
      },
    ],
  );
  store.close();
});

Deno.test("readUsageBuckets() counts a turn without tokens as free, not as unpriced", () => {
  const store = indexOf([{ at: AT, usd: 0, basis: "none" }, { at: AT, usage: { input: 1 } }]);
  const [bucket] = readUsageBuckets(store, {});
  deepStrictEqual([bucket!.turns, bucket!.cost], [2, { usd: 0, basis: "none", unpricedTurns: 1 }]);
  store.close();
});

Deno.test("readUsageBuckets() leaves out turns that do not count", () => {
  const store = indexOf([{ at: AT }, { at: AT + 1 }]);
  store.run("UPDATE turns SET lost = 2 WHERE key = '0-0'");
  strictEqual(readUsageBuckets(store, {})[0]!.turns, 1);
  store.close();
});

Deno.test("readUsageBuckets() range", async (t) => {
  const store = indexOf([{ at: AT, endedAt: AT + MINUTE }, { at: AT + 10 }, { at: AT + 20 * MINUTE }]);
  const rows: [name: string, range: Parameters<typeof readUsageBuckets>[1], turns: number][] = [
    ["all", {}, 3],
    ["since is the first moment", { since: AT }, 3],
    ["since cuts within a quarter", { since: AT + 1 }, 2],
    ["until is the moment after the last", { until: AT }, 0],
    ["until cuts within a quarter", { until: AT + 10 }, 1],
    ["both", { since: AT + 10, until: AT + 20 * MINUTE }, 1],
    ["as of a time when a response was being written", { asOf: AT + MINUTE - 1 }, 1],
    ["as of its end", { asOf: AT + MINUTE }, 2],
  ];
  for (const [name, range, turns] of rows) {
    await t.step(name, () => {
      strictEqual(readUsageBuckets(store, range).reduce((sum, bucket) => sum + bucket.turns, 0), turns);
    });
  }
  store.close();
});

Deno.test("buckets fall into the same hour, day, week and month as their turns, in every time zone", async (t) => {
  const random = seededRandom(9);
  // A year from 2026-03-01, across both changes of the clock; half of the turns close to midnight of some zone.
  const start = Date.parse("2026-03-01T00:00:00Z");
  const turns = Array.from({ length: 3000 }, (_, index): Row => {
    const at = start + Math.floor(random() * 365 * 24 * 60) * MINUTE;
    const quarter = 15 * MINUTE;
    return { at: index % 2 === 0 ? at : Math.round(at / quarter) * quarter - index % 3 };
  });
  const store = indexOf(turns);
  const buckets = readUsageBuckets(store, {});
  const zones = ["UTC", "America/New_York", "Europe/Stockholm", "Asia/Kathmandu", "Australia/Lord_Howe"];
  for (const zone of zones) {
    await t.step(zone, () => {
      for (const unit of CALENDAR_UNITS) {
        const byTurn = Map.groupBy(turns, ({ at }) => calendarKey(at, unit, zone));
        const byBucket = new Map<string, number>();
        for (const bucket of buckets) {
          const key = calendarKey(bucket.at, unit, zone);
          byBucket.set(key, (byBucket.get(key) ?? 0) + bucket.turns);
        }
        deepStrictEqual(
          [...byBucket].sort(),
          [...byTurn].map(([key, { length }]): [string, number] => [key, length]).sort(),
        );
      }
    });
  }
  store.close();
});
