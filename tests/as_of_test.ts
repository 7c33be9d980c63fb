/** At any time in the past, every question is answered from the same turns. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { addUsage, type EpochMs, NO_USAGE } from "../src/core/model.ts";
import { addCost, NO_COST } from "../src/core/cost/cost.ts";
import type { UsageIndex } from "../src/scan/index/usage_index.ts";
import { openIndex } from "../src/scan/index/open_index.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { seededRandom } from "./support/random.ts";
import { FIXTURE_HOME, FIXTURE_NOW, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { makeMachine } from "../src/host/environment.ts";

const ID = "01a1fb64-0000-7000-8000-0000000000a1";

/** Each with its header at 10:00 but for what is said. */
const CLOCKS: readonly { readonly name: string; readonly header?: string; readonly turns: readonly string[] }[] = [
  { name: "set back before the first turn", header: "2026-11-20T12:00:00.000Z", turns: ["10:01", "12:01"] },
  { name: "set back for good", header: "2026-11-20T12:00:00.000Z", turns: ["10:01", "10:02"] },
  { name: "set back between turns", turns: ["10:05", "10:01", "10:07"] },
  { name: "a header without a time", header: "", turns: ["10:03", "10:09"] },
  { name: "a header without a time, and no turn", header: "", turns: [] },
  { name: "a header alone", turns: [] },
  { name: "a header of the future alone", header: "2026-11-20T12:00:00.000Z", turns: [] },
];

async function writeClocks(home: string): Promise<void> {
  for (const [index, { header, turns }] of CLOCKS.entries()) {
    const id = `${ID}-${index}`;
    const head = { ...piHeader(id), ...(header === undefined ? {} : { timestamp: header || undefined }) };
    const lines = turns.map((clock, turn) => piTurn({ id: `${index}-${turn}`, at: `2026-11-20T${clock}:00.000Z` }));
    await writeLog(piLogPath(home, id), [head, ...lines]);
  }
  // One whose header has no time, and whose lines have one of much later.
  await writeLog(
    join(home, ".codex/sessions/2026/11/20/rollout-2026-11-20T10-00-00-01a1f6c5-0000-7000-8000-00000000000d.jsonl"),
    [
      {
        timestamp: "x",
        type: "session_meta",
        payload: { id: "01a1f6c5-0000-7000-8000-00000000000d", timestamp: "2026-11-20T11:30:00.000Z" },
      },
      { timestamp: "x", type: "turn_context", payload: { model: "gpt-5.2" } },
      {
        timestamp: "x",
        type: "event_msg",
        payload: {
          type: "token_count",
          info: {
            last_token_usage: { input_tokens: 5, output_tokens: 1, total_tokens: 6 },
            total_token_usage: { input_tokens: 5, output_tokens: 1, total_tokens: 6 },
          },
        },
      },
    ],
  );
}

async function compareAt(scan: UsageIndex, now: EpochMs): Promise<void> {
  const sessions = await scan.sessions({ now, isPast: true });
  const buckets = await scan.usageBuckets({ asOf: now });
  const at = new Date(now).toISOString();
  const bySession = Map.groupBy(buckets, ({ session }) => session);
  for (const report of sessions) {
    const own = bySession.get(report.id) ?? [];
    const name = `${report.sessionId} at ${at}`;
    strictEqual(report.turns, own.reduce((sum, { turns }) => sum + turns, 0), `${name}: turns`);
    deepStrictEqual(report.usage, own.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE), `${name}: tokens`);
    const { usd, unpricedTurns } = own.reduce((sum, { cost }) => addCost(sum, cost), NO_COST);
    ok(Math.abs(report.cost.usd - usd) < 1e-9, `${name}: ${report.cost.usd} and ${usd} dollars`);
    strictEqual(report.cost.unpricedTurns, unpricedTurns, name);
    ok(report.startedAt === undefined || report.startedAt <= now, `${name}: started later`);
    ok(report.lastActivityAt === undefined || report.lastActivityAt <= now, `${name}: active later`);
    bySession.delete(report.id);
  }
  deepStrictEqual([...bySession.keys()], [], `${at}: cost counts sessions that are not listed`);
}

Deno.test("at any time, sessions and cost count the same turns", async (t) => {
  const random = seededRandom(15);
  const homes = [
    ["real logs", (_home: string) => Promise.resolve(FIXTURE_HOME)],
    ["clocks that were set back", async (home: string) => (await writeClocks(home), home)],
  ] as const;
  for (const [name, make] of homes) {
    await t.step(name, () =>
      withTemporaryDirectory(async (directory) => {
        const home = await make(directory);
        const machine = makeMachine({ home });
        const scan = await openIndex({ machine, stateDirectory: directory, useIndex: false });
        try {
          const times = (await scan.sessions({ now: Date.parse(FIXTURE_NOW), isPast: false }))
            .flatMap(({ startedAt = 0, lastActivityAt = 0 }) => [startedAt, lastActivityAt]).filter((at) => at > 0);
          const [first, last] = [Math.min(...times), Math.max(...times)];
          // Where something begins or ends, and anywhere between.
          const edges = times.flatMap((at) => [at - 1, at]).filter(() => random() < 0.3);
          const between = Array.from({ length: 40 }, () => Math.floor(first + random() * (last - first)));
          for (const at of [...edges, ...between]) await compareAt(scan, at);
        } finally {
          scan.close();
        }
      }));
  }
});

Deno.test("a session is there at a time when it has turns up to then, else when its log names one", async () => {
  await withTemporaryDirectory(async (home) => {
    await writeClocks(home);
    const listed = async (at: string) => {
      const { stdout } = await runAgent(["sessions", "--json", "--limit", "0", "--as-of", at], { home });
      const { sessions } = JSON.parse(stdout) as { sessions: { sessionId: string; turns: number }[] };
      return sessions.filter(({ sessionId }) => sessionId.startsWith(ID)).map(({ sessionId, turns }) =>
        `${CLOCKS[Number(sessionId.slice(ID.length + 1))]!.name}: ${turns}`
      ).sort();
    };
    deepStrictEqual(await listed("2026-11-20T09:00:00Z"), ["a header without a time, and no turn: 0"]);
    deepStrictEqual(await listed("2026-11-20T10:04:00Z"), [
      "a header alone: 0",
      "a header without a time, and no turn: 0",
      "a header without a time: 1",
      "set back before the first turn: 1",
      "set back between turns: 1",
      "set back for good: 2",
    ]);
  });
});
