/** `traces --remote` against a gateway on the loopback: what it is asked, and how often. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { startAccountGateway } from "./support/account_gateway.ts";
import { writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";
import { pause, waitUntil } from "./support/wait_until.ts";

const KEY = "op-canary-5f1d0c9b7a3e";
const LAUNCH = "5c0b8a52-0000-4000-8000-000000000001";
const TRACES = 12;

/** As many are asked for at a time. */
const AT_ONCE = 4;

/** @returns each trace's `remote`, and the greatest number of questions that were open at once */
async function askForAll(answer: () => Response | Promise<Response>) {
  let [open, most, asked] = [0, 0, 0];
  const gateway = startAccountGateway({
    keys: [KEY],
    async respond() {
      asked++;
      most = Math.max(most, ++open);
      // Until all are open that may be, and for a moment more: one more would come then.
      await waitUntil("others to be asked for", () => open >= AT_ONCE || asked === TRACES);
      await pause(50);
      open--;
      return await answer();
    },
  });
  try {
    return await withTemporaryDirectory(async (home) => {
      const at = Date.parse("2026-11-20T10:00:00Z");
      const launch = { launchId: LAUNCH, launcher: "pi", at, cwd: home, pid: 1, host: gateway.host, tags: {} };
      const sessions = Array.from({ length: TRACES }, (_, index) => ({
        type: "session",
        at: at + index,
        traceId: `0c6c6a0e-6f38-5c5a-9d2f-1d4fbf7f3a${10 + index}`,
        sessionId: `session-${index}`,
        pid: 1,
        reason: "startup",
        cwd: home,
      }));
      const ledger = join(home, ".opper/agent/launches", LAUNCH, "ledger.jsonl");
      await writeLog(ledger, [{ type: "launch", ...launch }, ...sessions]);
      const env = { OPPER_API_KEY: KEY, OPPER_BASE_URL: gateway.host };
      const { code, stdout, stderr } = await runAgent(["traces", "--remote", "--json"], { home, env });
      const remotes: { problem?: string; spans?: number }[] = code === 0
        ? JSON.parse(stdout).traces.map(({ remote }: { remote: object }) => remote)
        : [];
      return { code, stderr, remotes, most, asked };
    });
  } finally {
    await gateway.close();
  }
}

Deno.test("a few traces are asked for at a time, and each once", async () => {
  const { remotes, most, asked } = await askForAll(() => Response.json({ data: { id: "t", span_count: 3 } }));
  deepStrictEqual(remotes.map(({ spans }) => spans), Array.from({ length: TRACES }, () => 3));
  strictEqual(asked, TRACES);
  strictEqual(most, AT_ONCE);
});

Deno.test("an answer that is too long is one trace's problem", async () => {
  const { remotes, asked } = await askForAll(() => new Response(new Uint8Array(9e6).fill(0x20)));
  strictEqual(asked, TRACES);
  for (const { problem } of remotes) match(problem!, /answered with more than 8 MB\.$/);
});

Deno.test("a key that is refused is not tried again and again", async () => {
  const { code, stderr, asked } = await askForAll(() => new Response("", { status: 401 }));
  strictEqual(code, 1);
  match(stderr, /refused the key \(401\)/);
  ok(asked <= AT_ONCE, `asked ${asked} times`);
});
