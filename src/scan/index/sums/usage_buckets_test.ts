import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { CALENDAR_UNITS, calendarKey } from "../../../core/calendar.ts";
import { NO_USAGE, type TokenUsage } from "../../../core/model.ts";
import type { SessionTurn } from "../../../core/rollup.ts";
import { seededRandom } from "../../../../tests/support/random.ts";
import { Prices } from "../../prices/prices.ts";
import { IndexStore } from "../tables/store.ts";
import { encodePart } from "../bytes/part_codec.ts";
import { encodeRollupState } from "../bytes/rollup_codec.ts";
import { addPricedTurns } from "./add_priced_turns.ts";
import { lastTurnOf } from "./digest_log.ts";
import { encodeSaid } from "./said_of_log.ts";
import { insertLog } from "../tables/logs.ts";
import { LogPartReader } from "../ask/log_part_reader.ts";
import type { LogTurns } from "../log_turns.ts";
import { readUsageBuckets } from "../ask/usage_in_range.ts";
import { type BucketRange, joinBuckets, makeBuckets, type UsageBucket } from "./usage_buckets.ts";

const MINUTE = 60_000;
const AT = Date.parse("2026-11-20T12:00:00Z");

interface Row {
  readonly at: number;
  readonly endedAt?: number;
  readonly model?: string;
  readonly usage?: Partial<TokenUsage>;
  readonly usd?: number;
  readonly savedUsd?: number;
  readonly basis?: "reported" | "computed" | "none";
  readonly counted?: boolean;
}

function turnsOf(rows: readonly Row[]): SessionTurn[] {
  return rows.map(({ at, endedAt, model = "m", usage, usd, savedUsd, basis = "none", counted = true }, index) => ({
    key: String(index),
    at,
    endedAt,
    model: { provider: "p", model },
    usage: { ...NO_USAGE, ...usage },
    chain: "main",
    usd,
    savedUsd,
    basis,
    counted,
  }));
}

/** The usage of an index of one log and session for each list of turns. */
async function bucketsOf(
  sessions: readonly (readonly Row[])[],
  range: BucketRange = {},
  readLastFirst = false,
): Promise<readonly UsageBucket[]> {
  return (await answersOf(sessions, [range], { readLastFirst }))[0]!;
}

/** The same for one question after the other. */
async function answersOf(
  sessions: readonly (readonly Row[])[],
  ranges: readonly BucketRange[],
  { readLastFirst = false, isKept = false } = {},
): Promise<readonly (readonly UsageBucket[])[]> {
  const store = new IndexStore(":memory:");
  const logs = new Map<string, SessionTurn[]>();
  const entries = [...sessions.entries()];
  for (const [index, rows] of readLastFirst ? entries.reverse() : entries) {
    const path = `/logs/${index}.jsonl`;
    const turns = turnsOf(rows.toSorted((a, b) => a.at - b.at));
    logs.set(path, turns);
    const stamp = { source: "pi", path, size: 1, mtimeMs: 0, ctimeMs: 0, inode: index, sourceVersion: 1 };
    const progress = { nextOffset: 1, nextSeq: rows.length, fingerprint: "", said: encodeSaid({ sessionId: "" }, {}) };
    const log = { ...stamp, ...progress, facts: { sessionId: `s${index}` }, lost: "", entangled: 0, tied: 0 };
    const { state, samples, misses } = (await addPricedTurns(undefined, turns, new Prices("", undefined)))!;
    const sums = { rollup: encodeRollupState(state), lastTurnAt: lastTurnOf(state) };
    const part = encodePart(samples, makeBuckets(turns, misses), misses);
    insertLog(store, index + 1, { ...log, ...sums }, { problems: [], part });
  }
  try {
    const readTurns: LogTurns["read"] = ({ path }) => Promise.resolve(logs.get(path)!);
    if (isKept) store.keep();
    const parts = new LogPartReader();
    const answers: (readonly UsageBucket[])[] = [];
    for (const range of ranges) answers.push(await readUsageBuckets({ store, parts, readTurns, range }));
    return answers;
  } finally {
    store.close();
  }
}

Deno.test("readUsageBuckets() adds up by quarter, session and model", async () => {
  const buckets = await bucketsOf([
    [
      { at: AT, usage: { input: 1, cacheRead: 10, output: 3 }, usd: 0.25, basis: "reported", savedUsd: 0.125 },
      { at: AT + 15 * MINUTE - 1, usage: { input: 2, cacheWrite: 20, cacheWrite1h: 5 }, usd: 0.5, basis: "computed" },
      { at: AT + 15 * MINUTE, usage: { input: 4 }, usd: 1, basis: "computed", savedUsd: 0 },
      { at: AT, model: "other", usage: { input: 8 } },
    ],
    [{ at: AT, usage: { input: 16 }, usd: 2, basis: "reported", savedUsd: -0.5 }],
  ]);
  const shared = { source: "pi", cwd: undefined };
  deepStrictEqual(
    buckets.toSorted((a, b) => a.at - b.at).map(({ session: _, ...bucket }) => bucket),
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
        // 0.125 of the first; of the second nobody knows.
        savedUsd: 0.125,
        unknownSavings: 1,
      },
      {
        ...shared,
        at: AT,
        sessionId: "s0",
        model: { provider: "p", model: "other" },
        turns: 1,
        usage: { ...NO_USAGE, input: 8 },
        cost: { usd: 0, basis: "none", unpricedTurns: 1 },
        savedUsd: 0,
        unknownSavings: 0,
      },
      {
        ...shared,
        at: AT,
        sessionId: "s1",
        model: { provider: "p", model: "m" },
        turns: 1,
        usage: { ...NO_USAGE, input: 16 },
        cost: { usd: 2, basis: "reported", unpricedTurns: 0 },
        savedUsd: -0.5,
        unknownSavings: 0,
      },
      {
        ...shared,
        at: AT + 15 * MINUTE,
        sessionId: "s0",
        model: { provider: "p", model: "m" },
        turns: 1,
        usage: { ...NO_USAGE, input: 4 },
        cost: { usd: 1, basis: "computed", unpricedTurns: 0 },
        savedUsd: 0,
        unknownSavings: 0,
      },
    ],
  );
});

Deno.test("readUsageBuckets() gives the logs in the order of their paths, whichever was read first", async () => {
  const sessions = [[{ at: AT + MINUTE, usd: 0.1 }], [{ at: AT, usd: 0.2 }], [{ at: AT, usd: 0.3 }]];
  for (const readLastFirst of [false, true]) {
    const buckets = await bucketsOf(sessions, {}, readLastFirst);
    deepStrictEqual(buckets.map(({ cost }) => cost.usd), [0.1, 0.2, 0.3]);
  }
});

Deno.test("readUsageBuckets() counts a turn without tokens as free, not as unpriced", async () => {
  const [bucket] = await bucketsOf([[{ at: AT, usd: 0, basis: "none" }, { at: AT, usage: { input: 1 } }]]);
  deepStrictEqual([bucket!.turns, bucket!.cost], [2, { usd: 0, basis: "none", unpricedTurns: 1 }]);
});

Deno.test("readUsageBuckets() leaves out turns that do not count", async () => {
  strictEqual((await bucketsOf([[{ at: AT, counted: false }, { at: AT + 1 }]]))[0]!.turns, 1);
});

Deno.test("readUsageBuckets() range", async (t) => {
  const session = [{ at: AT, endedAt: AT + MINUTE }, { at: AT + 10 }, { at: AT + 20 * MINUTE }];
  const rows: [name: string, range: BucketRange, turns: number][] = [
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
    await t.step(name, async () => {
      strictEqual((await bucketsOf([session], range)).reduce((sum, bucket) => sum + bucket.turns, 0), turns);
    });
  }
});

Deno.test("who asks again of one state of the index gets what the first question would have got", async () => {
  const random = seededRandom(3);
  const sessions = Array.from(
    { length: 40 },
    (_, session) =>
      Array.from({ length: 1 + Math.floor(random() * 9) }, (): Row => ({
        at: AT + session * 60 * MINUTE + Math.floor(random() * 50 * MINUTE),
        model: random() < 0.5 ? "m" : "n",
        usage: { input: 1 + Math.floor(random() * 100) },
        usd: random() < 0.8 ? Math.floor(random() * 1e6) / 1e6 : undefined,
        basis: "computed",
      })),
  );
  // The last ones are of so few logs that they alone are read where nothing is kept; some cut through quarters.
  const ranges: BucketRange[] = [0, 3, 20.3, 39].map((hours) => ({ since: AT + hours * 60 * MINUTE }));
  const questions = [{}, {}, ...ranges, { since: AT + 77 * MINUTE + 7, until: AT + 1000 * MINUTE + 1 }, {}];
  const single = await Promise.all(questions.map((range) => bucketsOf(sessions, range)));
  deepStrictEqual(await answersOf(sessions, questions, { isKept: true }), single);
  deepStrictEqual(await answersOf(sessions, questions.toReversed(), { isKept: true }), single.toReversed());
  strictEqual(new Set(single.map(({ length }) => length)).size > 3, true);
});

Deno.test("joinBuckets() of two parts gives the buckets of the whole, wherever it is cut", () => {
  const random = seededRandom(7);
  const turns = turnsOf(
    Array.from({ length: 200 }, (_, index): Row => ({
      at: AT + index * 4 * MINUTE + Math.floor(random() * MINUTE),
      endedAt: random() < 0.5 ? undefined : AT + index * 4 * MINUTE + 3 * MINUTE,
      model: random() < 0.5 ? "m" : "n",
      usage: { input: Math.floor(random() * 100) },
      usd: random() < 0.8 ? Math.floor(random() * 1e6) / 1e6 : undefined,
      counted: random() < 0.9,
    })),
  );
  const whole = makeBuckets(turns);
  for (let cut = 0; cut <= turns.length; cut++) {
    deepStrictEqual(joinBuckets([turns.slice(0, cut), turns.slice(cut)].map((part) => makeBuckets(part))), whole);
  }
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
  const buckets = await bucketsOf([turns]);
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
});
