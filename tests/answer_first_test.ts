/** The answer is there before what was scanned is written, and nobody waits for a reader who takes their time. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { openIndex } from "../src/scan/index/open_index.ts";
import { makeMachine } from "../src/host/environment.ts";
import { piHeader, piLogPath, piTurn, writeLog } from "./support/logs.ts";
import { agentCommand, agentEnvironment, runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const ID = "01a1fb64-0000-7000-8000-00000000ffff";
const NOW = { now: Date.parse("2026-11-20T12:00:00Z"), isPast: false };

async function writeSessions(home: string, count: number): Promise<void> {
  for (let log = 0; log < count; log++) {
    const id = `01a1fb64-0000-7000-8000-${String(log).padStart(12, "0")}`;
    await writeLog(piLogPath(home, id), [piHeader(id), piTurn({ id: `e${log}`, at: "2026-11-20T10:01:00.000Z" })]);
  }
}

/** How many sessions another process finds in the index without reading a log. */
async function countIndexed(home: string): Promise<number> {
  const { stdout } = await runAgent(["doctor", "--json", "--quick"], { home });
  return JSON.parse(stdout).index.turns;
}

Deno.test("what a scan found is written when it is closed, and asked for as if it were", () =>
  withTemporaryDirectory(async (home) => {
    await writeSessions(home, 3);
    const options = { machine: makeMachine({ home }), stateDirectory: join(home, ".opper/agent") };
    const warnings: string[] = [];
    const open = (savesLast: boolean) =>
      openIndex({ ...options, savesLast, onWarning: (warning) => warnings.push(warning) });
    const first = await open(true);
    strictEqual(first.isUnsaved, true);
    strictEqual((await first.sessions(NOW)).length, 3);
    first.close();
    const second = await open(true);
    strictEqual(second.isUnsaved, false, "there was nothing to read");
    strictEqual((await second.sessions(NOW)).length, 3);
    second.close();
    // What looks at all that was written has it written before.
    await writeLog(piLogPath(home, ID), [piHeader(ID), piTurn({ id: "x", at: "2026-11-20T10:01:00.000Z" })]);
    const third = await open(true);
    strictEqual(third.isUnsaved, true);
    strictEqual((await third.checkIndex()).check, "ok");
    strictEqual(third.isUnsaved, false);
    third.close();
    deepStrictEqual(warnings, []);
  }));

Deno.test("an index that is doubted before it was written is not written", () =>
  withTemporaryDirectory(async (home) => {
    await writeSessions(home, 2);
    const options = { machine: makeMachine({ home }), stateDirectory: join(home, ".opper/agent"), savesLast: true };
    const doubted = await openIndex(options);
    strictEqual(doubted.distrust(), true);
    strictEqual(doubted.isUnsaved, false);
    doubted.close();
    const next = await openIndex(options);
    strictEqual(next.isUnsaved, true, "it scans again");
    strictEqual((await next.sessions(NOW)).length, 2);
    next.close();
  }));

Deno.test("a reader who takes their time keeps nobody from the index", () =>
  withTemporaryDirectory(async (home) => {
    // More of an answer than any pipe holds.
    await writeSessions(home, 400);
    const [program, ...args] = agentCommand();
    const child = new Deno.Command(program, {
      args: [...args, "sessions", "--json", "--limit", "0"],
      cwd: home,
      clearEnv: true,
      env: agentEnvironment({ home }),
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const first = await reader.read();
    ok(first.value !== undefined);
    // Nothing more is read: another one finds the index written, and need not wait for the end of the first.
    let indexed = 0;
    for (let tries = 0; tries < 100 && indexed < 400; tries++) {
      const { stdout, stderr } = await runAgent(["sessions", "--json", "--limit", "1"], { home });
      strictEqual(stderr, "");
      indexed = JSON.parse(stdout).total;
    }
    strictEqual(indexed, 400);
    let text = new TextDecoder().decode(first.value);
    const decoder = new TextDecoder();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text += decoder.decode(part.value, { stream: true });
    }
    strictEqual(JSON.parse(text).sessions.length, 400);
    const { success } = await child.status;
    ok(success);
    await child.stderr.cancel();
    strictEqual(await countIndexed(home), 400);
  }));
