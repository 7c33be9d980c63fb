/** What a scan makes of one session's log: prices that change, a cache that is kept warm, and times that are asked for. */
import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { piHeader, piLogPath, piTurn, writeLog } from "../../../tests/support/logs.ts";
import { withTemporaryDirectory } from "../../../tests/support/run_agent.ts";
import type { AsOf } from "./as_of.ts";
import { openIndex } from "./open_index.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { plainReport } from "./ask/lazy_report.ts";
import { makeMachine } from "../../host/environment.ts";

const ID = "01a1fb64-0000-7000-8000-000000000001";
const at = (time: string) => Date.parse(`2026-11-20T${time}Z`);
const now = (time: string): AsOf => ({ now: at(time), isPast: false });

async function scanSession(home: string, asOf: AsOf): Promise<SessionReport | undefined> {
  const scan = await openIndex({
    machine: makeMachine({ home }),
    stateDirectory: join(home, "state"),
  });
  try {
    // What is asked of it later is read now.
    return (await scan.sessions(asOf)).map(plainReport)[0];
  } finally {
    scan.close();
  }
}

Deno.test("the user's own prices come and go with their file", async () => {
  await withTemporaryDirectory(async (home) => {
    const turn = { at: "2026-11-20T10:01:00.000Z", provider: "my-gateway", model: "big", usd: 0 };
    await writeLog(piLogPath(home, ID), [piHeader(ID), piTurn({ ...turn, id: "1", input: 1000, output: 100 })]);
    const cost = async () => (await scanSession(home, now("12:00:00")))!.cost;
    const unknown = { usd: 0, basis: "none", unpricedTurns: 1 };
    const setPrice = (input: number, output: number) =>
      Deno.writeTextFile(
        join(home, "state/prices.json"),
        JSON.stringify({ providers: { "my-gateway": { models: { big: { input, output } } } } }),
      );
    deepStrictEqual(await cost(), unknown);
    // (1000 * 3 + 100 * 15) / 1e6 = 0.003 + 0.0015
    await setPrice(3, 15);
    deepStrictEqual(await cost(), { usd: 0.0045, basis: "computed", unpricedTurns: 0 });
    // (1000 * 1 + 100 * 2) / 1e6
    await setPrice(1, 2);
    deepStrictEqual(await cost(), { usd: 0.0012, basis: "computed", unpricedTurns: 0 });
    await setPrice(0, 0);
    deepStrictEqual(await cost(), { usd: 0, basis: "computed", unpricedTurns: 0 });
    await Deno.remove(join(home, "state/prices.json"));
    deepStrictEqual(await cost(), unknown);
  });
});

Deno.test("Pi's cache_warm entries keep the cache warm and the conversation's turns apart from it", async (t) => {
  await withTemporaryDirectory(async (home) => {
    const warm = (id: string, time: string, cacheRead: number) => ({
      type: "usage",
      kind: "cache_warm",
      id,
      parentId: null,
      timestamp: `2026-11-20T${time}Z`,
      provider: "anthropic",
      model: "claude-sonnet-4-6",
      usage: { input: 2, output: 1, cacheRead, cacheWrite: 0, totalTokens: cacheRead + 3, cost: { total: 0.001 } },
    });
    await writeLog(piLogPath(home, ID), [
      piHeader(ID),
      piTurn({ id: "1", at: "2026-11-20T10:00:01.000Z", cacheWrite: 9000 }),
      warm("2", "10:04:00.000", 9000),
      warm("3", "10:08:00.000", 9000),
    ]);
    const rows: [time: string, state: string][] = [
      ["10:07:00", "warm"],
      ["10:12:59", "warm"],
      ["10:13:00", "cold"],
    ];
    for (const [time, state] of rows) {
      await t.step(time, async () => {
        const { cache, turns } = (await scanSession(home, now(time)))!;
        deepStrictEqual([cache.state, cache.tokens, cache.expiresAt, turns], [state, 9000, at("10:13:00"), 3]);
      });
    }
    await t.step("as of a time before the second one", async () => {
      const { cache, turns } = (await scanSession(home, { now: at("10:07:59"), isPast: true }))!;
      deepStrictEqual([cache.state, cache.expiresAt, turns], ["warm", at("10:09:00"), 2]);
    });
  });
});

Deno.test("a session as it stood at a time", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, ID), [
      piHeader(ID),
      piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z", cacheWrite: 9000, usd: 0.25 }),
      piTurn({ id: "2", at: "2026-11-20T10:05:00.000Z", cacheRead: 9000, usd: 0.5 }),
    ]);
    const rows: [time: string, turns: number | undefined, usd: number | undefined][] = [
      ["09:59:59", undefined, undefined],
      ["10:00:00", 0, 0],
      // A turn counts once its response is complete.
      ["10:00:59", 0, 0],
      ["10:01:00", 1, 0.25],
      ["10:05:00", 2, 0.75],
      ["23:00:00", 2, 0.75],
    ];
    for (const [time, turns, usd] of rows) {
      await t.step(time, async () => {
        const session = await scanSession(home, { now: at(time), isPast: true });
        deepStrictEqual([session?.turns, session?.cost.usd], [turns, usd]);
      });
    }
    await t.step("its last activity is not later than that", async () => {
      const session = await scanSession(home, { now: at("10:03:00"), isPast: true });
      strictEqual(session?.lastActivityAt, at("10:01:00"));
    });
  });
});

Deno.test("a log that was rewritten in place with as many bytes is read anew", async () => {
  await withTemporaryDirectory(async (home) => {
    // Long enough that what changes is neither in the first nor in the last bytes.
    const log = (input: number) => [
      piHeader(ID),
      { type: "custom", id: "0", timestamp: "2026-11-20T10:00:00.500Z", data: "x".repeat(600) },
      piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z", input }),
      { type: "custom", id: "9", timestamp: "2026-11-20T10:02:00.000Z", data: "x".repeat(600) },
    ];
    await writeLog(piLogPath(home, ID), log(10));
    strictEqual((await scanSession(home, now("12:00:00")))!.usage.input, 10);
    await writeLog(piLogPath(home, ID), log(77));
    await Deno.utime(piLogPath(home, ID), 2_000_000_000, 2_000_000_000);
    strictEqual((await scanSession(home, now("12:00:00")))!.usage.input, 77);
  });
});

Deno.test("a provider without documented lifetimes says how much history there is", async () => {
  await withTemporaryDirectory(async (home) => {
    const turn = (id: string, time: string, cacheRead: number) =>
      piTurn({
        id,
        at: `2026-11-20T${time}.000Z`,
        provider: "deepseek",
        model: "deepseek-chat",
        input: 9000,
        cacheRead,
      });
    await writeLog(piLogPath(home, ID), [
      piHeader(ID),
      turn("1", "10:00:00", 0),
      // Two minutes later all of it was read; an hour later nothing was.
      turn("2", "10:02:00", 8960),
      turn("3", "11:02:00", 0),
    ]);
    const { cache } = (await scanSession(home, now("11:03:00")))!;
    deepStrictEqual([cache.state, cache.strategy], ["unknown", "unknown"]);
    match(cache.reason!, /1 survivals and 1 drops where 3 and 2 are needed/);
  });
});

Deno.test("a log that several roots lead to is read once", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeLog(piLogPath(home, ID), [piHeader(ID), piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z" })]);
    await Deno.symlink(join(home, ".pi/agent/sessions"), join(home, "linked"));
    const scan = await openIndex({
      machine: makeMachine({ home }),
      stateDirectory: join(home, "state"),
      extraRoots: [
        { source: "pi", directory: "linked" },
        { source: "pi", directory: ".pi/agent" },
      ],
    });
    try {
      strictEqual(scan.files, 1);
      strictEqual((await scan.sessions(now("12:00:00")))[0]!.turns, 1);
    } finally {
      scan.close();
    }
  });
});

Deno.test("a conversation that lies in two logs is one, in order of time", async (t) => {
  await withTemporaryDirectory(async (home) => {
    // The same header: a log that was copied, after which both were gone on with.
    const [first, second] = [piLogPath(home, ID), piLogPath(home, ID).replace("--srv-app--", "--copy--")];
    const turn = (id: string, minute: number, cacheRead: number, cacheWrite: number) =>
      piTurn({ id, at: `2026-11-20T10:0${minute}:00.000Z`, input: 1, output: 1, cacheRead, cacheWrite, usd: 0.25 });
    const scanned = async () => {
      const session = (await scanSession(home, now("10:09:30")))!;
      return [session.files.length, session.turns, session.usage.cacheRead, session.cost.usd, session.cache.tokens];
    };
    const shared = turn("1", 1, 0, 5000);
    const rows: [name: string, path: string, lines: object[], expected: number[]][] = [
      ["one log", first, [shared], [1, 1, 0, 0.25, 5000]],
      ["a copy of it", second, [shared], [2, 1, 0, 0.25, 5000]],
      // The last request of either holds the cache: 5000 + 300.
      ["the copy goes on", second, [shared, turn("2", 2, 5000, 300)], [2, 2, 5000, 0.5, 5300]],
      ["so does the original", first, [shared, turn("3", 3, 5000, 70)], [2, 3, 10_000, 0.75, 5070]],
      ["and the copy again", second, [shared, turn("2", 2, 5000, 300), turn("4", 4, 5300, 10)], [
        2,
        4,
        15_300,
        1,
        5310,
      ]],
      ["which then shows other turns", second, [turn("5", 5, 0, 8000)], [2, 3, 5000, 0.75, 8000]],
    ];
    for (const [name, path, lines, expected] of rows) {
      await t.step(name, async () => {
        await writeLog(path, [piHeader(ID), ...lines]);
        deepStrictEqual(await scanned(), expected);
      });
    }
    await t.step("and vanishes", async () => {
      await Deno.remove(second);
      deepStrictEqual(await scanned(), [1, 2, 5000, 0.5, 5070]);
    });
  });
});

Deno.test("a log of more turns than a call takes arguments", async () => {
  await withTemporaryDirectory(async (home) => {
    const turns = 130_000;
    const lines = Array.from({ length: turns }, (_, index) => {
      const time = at("10:01:00") + 1000 * index;
      return piTurn({ id: String(index), at: new Date(time).toISOString(), input: 1, output: 1 });
    });
    await writeLog(piLogPath(home, ID), [piHeader(ID), ...lines]);
    // Of the same session: its turns are read, too, to be put in order.
    const more = piTurn({ id: "more", at: "2026-11-20T10:00:30.000Z" });
    await writeLog(piLogPath(home, ID).replace("--srv-app--", "--copy--"), [piHeader(ID), more]);
    const scan = await openIndex({
      machine: makeMachine({ home }),
      stateDirectory: join(home, "state"),
    });
    const later: AsOf = { now: Date.parse("2026-11-30T00:00:00Z"), isPast: false };
    const [session] = await scan.sessions(later);
    strictEqual(session!.turns, turns + 1);
    strictEqual((await scan.explainedTurns(session!.id, later))!.length, turns + 1);
    scan.close();
  });
});

Deno.test("a log that vanishes in the middle of a scan stops nothing, and leaves no wrong sum behind", async (t) => {
  // A conversation in two logs that share a turn, so that their turns are read again and again; and a fork of it.
  const turn = (id: string, minute: number) =>
    piTurn({ id, at: `2026-11-20T10:0${minute}:00.000Z`, input: 1, output: 1 });
  const fork = { ...piHeader("fork"), timestamp: "2026-11-20T10:05:00.000Z" };
  const write = async (home: string) => {
    const [own, copy] = [piLogPath(home, ID), piLogPath(home, ID).replace("--srv-app--", "--copy--")];
    await writeLog(own, [piHeader(ID), turn("1", 1), turn("2", 2)]);
    await writeLog(copy, [piHeader(ID), turn("1", 1), turn("3", 3)]);
    await writeLog(piLogPath(home, "fork"), [fork, turn("1", 1), turn("2", 2), turn("6", 6)]);
    return own;
  };
  const scanAt = (home: string, pause?: () => Promise<void>) =>
    openIndex({
      machine: makeMachine({ home }),
      stateDirectory: join(home, "state"),
      pause,
    });
  const turnsOf = async (scan: Awaited<ReturnType<typeof scanAt>>) => {
    const sessions = await scan.sessions(now("12:00:00"));
    const turns = sessions.map(({ sessionId, turns }) => `${sessionId} ${turns}`).sort();
    scan.close();
    return turns;
  };
  // Its own 1 and 3; the fork's 2 has no other owner any more.
  const without = [`${ID} 2`, "fork 2"].sort();
  const seen = new Set<string>();
  for (let moment = 1;; moment++) {
    let pauses = 0;
    let isOver = false;
    await t.step(`at pause ${moment}`, async () => {
      await withTemporaryDirectory(async (home) => {
        const own = await write(home);
        const first = await scanAt(home, async () => {
          if (++pauses === moment) await Deno.remove(own);
        });
        isOver = pauses < moment;
        seen.add((await turnsOf(first)).join());
        if (isOver) await Deno.remove(own);
        deepStrictEqual(await turnsOf(await scanAt(home)), without);
      });
    });
    if (isOver) break;
  }
  // The first scan said what there was before or after, or missed what the log owned; it never counted twice.
  for (const answer of seen) match(answer, /^01a1fb64-0000-7000-8000-000000000001 [123],fork [12]$/);
  strictEqual(seen.size > 1, true);
});

Deno.test("a question about turns that cannot be read fails, and is not answered with less", async () => {
  await withTemporaryDirectory(async (home) => {
    const path = piLogPath(home, ID);
    await writeLog(path, [
      piHeader(ID),
      piTurn({ id: "1", at: "2026-11-20T10:01:00.000Z" }),
      piTurn({ id: "2", at: "2026-11-20T10:05:00.000Z" }),
    ]);
    const scan = await openIndex({
      machine: makeMachine({ home }),
      stateDirectory: join(home, "state"),
    });
    const [session] = await scan.sessions(now("12:00:00"));
    await Deno.remove(path);
    const failure = { name: "AgentError", code: "failed", message: /changed while it was asked, and cannot be read/ };
    await rejects(scan.explainedTurns(session!.id, now("12:00:00")), failure);
    await rejects(scan.usageBuckets({ since: at("10:03:00") }), failure);
    await rejects(scan.sessions({ now: at("10:02:00"), isPast: true }), failure);
    // What the index has summed needs no turns, and is still the answer as of the last scan.
    const buckets = await scan.usageBuckets({});
    strictEqual(buckets.reduce((turns, bucket) => turns + bucket.turns, 0), 2);
    scan.close();
  });
});
