/**
 * What `cache` says of many caches: what is at stake in all, in which order they stand, which of what was learned is used,
 * and what of it fits into 80 columns.
 *
 * | session | model            | held since | state at 12:10                                                  |
 * | ------- | ---------------- | ---------- | --------------------------------------------------------------- |
 * | SOON    | claude           | 12:05:59   | warm, five minutes are documented: 59 seconds are left          |
 * | LATER   | claude           | 12:07:59   | warm, 2 minutes 59 seconds are left                             |
 * | LEARNED | deepseek         | 11:58:59   | maybe until 12:18:59: pauses of 2, 3 and 4 minutes survived, of |
 * |         |                  |            | 20 and 30 they did not                                          |
 * | PROMISE | gpt-5.6          | 09:59:59   | maybe until tomorrow: half an hour is promised, a day the most  |
 * | EMPTY   | none             |            | nothing was ever billed                                         |
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { renderView } from "../src/cli/output/render.ts";
import { viewCaches } from "../src/operations/usage/cache_view.ts";
import type { CacheOutput } from "../src/operations/usage/cache_output.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { startMcp } from "./support/mcp_client.ts";

const NOW = "2026-11-20T12:10:00Z";
const [SOON, LATER, LEARNED, PROMISE, EMPTY] = ["a", "b", "c", "d", "e"].map((letter) =>
  `${letter.repeat(8)}-0000-7000-8000-00000000000a`
) as [string, string, string, string, string];

const MINUTE = 60_000;
const DEEPSEEK = { provider: "deepseek", model: "deepseek-chat" };

async function makeHome(home: string): Promise<void> {
  const write = (id: string, turns: Omit<Parameters<typeof piTurn>[0], "id">[], cwd?: string) =>
    writeLog(piLogPath(home, id), [
      piHeader(id, cwd),
      ...turns.map((turn, index) => piTurn({ id: `${id}-${index}`, ...turn, at: `2026-11-20T${turn.at}Z` })),
    ]);
  await write(SOON, [{ at: "12:04:00", cacheWrite: 8000 }, { at: "12:06:00", cacheRead: 8000 }]);
  await write(LATER, [{ at: "12:08:00", cacheWrite: 8000 }], "/srv/shop/backend-of-the-warehouse");
  const hit = { ...DEEPSEEK, input: 100, cacheRead: 7936 };
  const miss = { ...DEEPSEEK, input: 8036 };
  await write(LEARNED, [
    { ...miss, at: "11:00:00" },
    { ...hit, at: "11:02:00" },
    { ...hit, at: "11:05:00" },
    { ...hit, at: "11:09:00" },
    { ...miss, at: "11:29:00" },
    { ...miss, at: "11:59:00" },
  ]);
  await write(PROMISE, [{ provider: "openai", model: "gpt-5.6", input: 8000, at: "10:00:00" }]);
  await writeLog(piLogPath(home, EMPTY), [
    piHeader(EMPTY),
    { type: "session_info", id: "n", parentId: null, timestamp: "2026-11-20T10:00:00.000Z", name: "nothing yet" },
  ]);
}

async function withHome(body: (ask: (...args: string[]) => Promise<CacheOutput>, home: string) => Promise<void>) {
  await withTemporaryDirectory(async (home) => {
    await makeHome(home);
    await body(async (...args) => {
      const run = await runAgent(["cache", "--json", "--as-of", NOW, ...args], { home });
      deepStrictEqual([run.code, run.stderr], [0, ""]);
      return JSON.parse(run.stdout) as CacheOutput;
    }, home);
  });
}

function draw(output: CacheOutput, width: number, look: { showsOne?: boolean; showsCurves?: boolean } = {}): string {
  const clock = { now: Date.parse(NOW), isPast: true, timezone: "UTC" };
  const view = viewCaches(output, clock, { home: "/home/u", showsOne: false, showsCurves: false, ...look });
  return renderView(view, { width, color: false });
}

Deno.test("what is at stake in all, and which cache is when cold", async (t) => {
  await withHome(async (ask, home) => {
    const output = await ask();
    await t.step("warm ones first, then those that may be, by when they are cold", () => {
      deepStrictEqual(output.caches.map(({ sessionId }) => sessionId), [SOON, LATER, LEARNED, PROMISE]);
      deepStrictEqual(output.caches.map(({ cache }) => cache.state), ["warm", "warm", "maybe", "maybe"]);
      deepStrictEqual(output.caches.map(({ coldAt }) => coldAt), [
        undefined,
        undefined,
        "2026-11-20T12:18:59.000Z",
        "2026-11-21T09:59:59.000Z",
      ]);
    });
    await t.step("the sum is of the warm ones alone", () => {
      // 8000 tokens at $0.3 or $3.75 a million are $0.0024 or $0.03: $0.0276 each of two.
      ok(Math.abs(output.atStakeUsd! - 0.0552) < 1e-9, String(output.atStakeUsd));
      deepStrictEqual(
        [output.warmCaches, output.maybeCaches, output.unpricedCaches, output.nextExpiresAt, output.lastColdAt],
        [2, 2, 0, "2026-11-20T12:10:59.000Z", undefined],
      );
    });
    await t.step("a page has the sum of all, and its cursor goes on behind the warm ones", async () => {
      const first = await ask("--limit", "2");
      deepStrictEqual([first.caches.length, first.total, first.atStakeUsd], [2, 4, output.atStakeUsd]);
      const rest = await ask("--limit", "2", "--cursor", first.nextCursor!);
      deepStrictEqual(rest.caches.map(({ sessionId }) => sessionId), [LEARNED, PROMISE]);
      strictEqual(rest.nextCursor, undefined);
    });
    await t.step("sessions without a turn have no cache, but one that is asked for is answered", async () => {
      deepStrictEqual((await ask("--all")).caches.map(({ sessionId }) => sessionId), [SOON, LATER, LEARNED, PROMISE]);
      const { caches: [asked] } = await ask(EMPTY);
      deepStrictEqual([asked!.sessionId, asked!.cache.reason], [EMPTY, "never_written"]);
    });
    await t.step("later none is warm, and when the last one went cold is known", async () => {
      const run = await runAgent(["cache", "--as-of", "2026-11-21T12:00:00Z"], { home });
      match(run.stdout, /^No cache is warm\. The last one went cold 2h ago\.\n/);
    });
  });
});

Deno.test("which of what was learned is used, and the curve behind it", async (t) => {
  await withHome(async (ask, home) => {
    const { lifetimes } = await ask("--curve");
    await t.step("a documented rule goes before history, and stands last", () => {
      deepStrictEqual(
        lifetimes.map(({ provider, model, used, decidedBy }) => [provider, model, used, decidedBy]),
        [
          ["deepseek", "deepseek-chat", true, "history"],
          ["deepseek", undefined, true, "history"],
          ["anthropic", "claude-sonnet-4-6", false, "documented"],
          ["anthropic", undefined, false, "documented"],
        ],
      );
    });
    await t.step("points and pauses", () => {
      deepStrictEqual(lifetimes[0]!.curve, {
        points: [
          { gapMs: 2 * MINUTE, lastGapMs: 4 * MINUTE, share: 1, pauses: 3 },
          { gapMs: 20 * MINUTE, lastGapMs: 30 * MINUTE, share: 0, pauses: 2 },
        ],
        survivals: [2 * MINUTE, 3 * MINUTE, 4 * MINUTE],
        drops: [20 * MINUTE, 30 * MINUTE],
      });
      deepStrictEqual(lifetimes[2]!.curve!.documentedMs, [5 * MINUTE, 60 * MINUTE]);
    });
    await t.step("as they were known in the past", async () => {
      const run = await runAgent(["cache", "--curve", "--json", "--as-of", "2026-11-20T11:10:00Z"], { home });
      const [first] = (JSON.parse(run.stdout) as CacheOutput).lifetimes;
      deepStrictEqual([first!.curve!.survivals.length, first!.curve!.drops], [3, []]);
    });
    await t.step("of many pauses a limit leaves some", async () => {
      const { lifetimes: [first], totalLifetimes } = await ask("--curve", "--limit", "1");
      deepStrictEqual([first!.curve!.survivals, first!.survivals, totalLifetimes], [[3 * MINUTE], 3, 4]);
    });
    await t.step("they are there only where they are asked for", async () => {
      ok((await ask()).lifetimes.every(({ curve }) => curve === undefined));
    });
    await t.step("a tool says the same", async () => {
      await using client = await startMcp({ home });
      const said = await client.structured("cache_status", { curve: true, as_of: NOW });
      deepStrictEqual(said, JSON.parse(JSON.stringify(await ask("--curve", "--limit", "20"))));
    });
  });
});

Deno.test("the screen in 80 columns", async (t) => {
  await withHome(async (ask) => {
    const output = await ask("--curve");
    await t.step("what names a session is whole, and what is dropped is said", () => {
      strictEqual(
        draw(output, 80),
        `2 caches warm, $0.055 at stake in their next requests; the next goes cold in
59s. 2 more may be warm.

Cache                      Session   Project                        At stake
warm 59s                   aaaaaaaa  /srv/app                         $0.028
warm 2m 59s                bbbbbbbb  shop/backend-of-the-warehouse    $0.028
maybe, until 12:18         cccccccc  /srv/app                              ?
maybe, until Nov 21 09:59  dddddddd  /srv/app                         $0.037
No room for Source, Model, Tokens, Resume now, Resume cold, Known from: widen
the terminal or use --json.

Learned lifetimes
Model                        Lifetime           Survived  Used
deepseek/deepseek-chat       4m 00s to 20m 00s    3 of 5  yes
anthropic/claude-sonnet-4-6  too few samples      1 of 1  no, documented
`,
      );
    });
    await t.step("with more room, more columns", () => {
      const head = (width: number) => draw(output, width).split("\n").find((line) => line.startsWith("Cache "))!;
      deepStrictEqual([100, 140].map((width) => head(width).trim().split(/ {2,}/)), [
        ["Cache", "Session", "Project", "Resume now", "Resume cold", "At stake"],
        [
          ...["Cache", "Session", "Source", "Project", "Model", "Tokens"],
          ...["Resume now", "Resume cold", "At stake", "Known from"],
        ],
      ]);
    });
    await t.step("the curve", () => {
      strictEqual(
        draw(output, 80, { showsCurves: true }).split("\n\n")[0],
        `Share of caches that survive a pause, as fitted
Model                        Pause               Pauses  Survive
deepseek/deepseek-chat       2m 00s to 4m 00s         3     100%  ██████████████
                             20m 00s to 30m 00s       2       0%
anthropic/claude-sonnet-4-6  2m 00s                   1     100%  ██████████████`,
      );
    });
    await t.step("one session says what its state is known from", async () => {
      const drawn = draw(await ask(SOON), 80, { showsOne: true });
      match(drawn, /^Known from: documented: 5 min or 1 h \(not a promise\)\.$/m);
      ok(!drawn.includes("at stake in"));
    });
  });
});
