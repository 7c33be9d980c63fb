/** `traces --remote` against a gateway on the loopback: what it is asked, and how often. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { EvidenceStore } from "../src/evidence/evidence_store.ts";
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

/** Two traces of a launch; of `KNOWN` the evidence has 0.25 dollars. */
const [KNOWN, NEW] = ["0c6c6a0e-6f38-5c5a-9d2f-1d4fbf7f3a10", "0c6c6a0e-6f38-5c5a-9d2f-1d4fbf7f3a11"];

async function withTwoTraces(host: string, body: (home: string) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    const at = Date.parse("2026-11-20T10:00:00Z");
    const launch = { launchId: LAUNCH, launcher: "pi", at, cwd: home, pid: 1, host, tags: {} };
    const sessions = [KNOWN, NEW].map((traceId, index) => ({
      type: "session",
      at: at + index,
      traceId,
      sessionId: `session-${index}`,
      pid: 1,
      reason: "startup",
      cwd: home,
    }));
    await writeLog(join(home, ".opper/agent/launches", LAUNCH, "ledger.jsonl"), [
      { type: "launch", ...launch },
      ...sessions,
    ]);
    const store = EvidenceStore.openToWrite(join(home, ".opper/agent"), () => {});
    const spans = [{ id: "a", usd: 0.25, upstream: "bedrock", inputTokens: 100 }];
    const trace = { traceId: KNOWN, usd: 0.25, inputTokens: 100, spans };
    store.traces.save({ trace, askedAt: Date.parse("2026-11-21T00:00:00Z"), key: "f00d" });
    store.close();
    await body(home);
  });
}

Deno.test("what Opper billed is shown offline once it is kept", () =>
  withTwoTraces("https://api.opper.ai", async (home) => {
    const { stdout, code } = await runAgent(["traces", "--json"], { home });
    strictEqual(code, 0);
    deepStrictEqual(
      JSON.parse(stdout).traces.map(({ traceId, billed }: Record<string, unknown>) => [traceId, billed]),
      [
        [NEW, undefined],
        [KNOWN, { usd: 0.25, inputTokens: 100, upstreams: ["bedrock"], askedAt: "2026-11-21T00:00:00.000Z" }],
      ],
    );
    const table = (await runAgent(["traces"], { home })).stdout;
    match(table, /Billed/);
    match(table, new RegExp(`${NEW}.* \\?\\n`));
    match(table, new RegExp(`${KNOWN}.* \\$0\\.250\\n`));
    match((await runAgent(["traces", "--csv"], { home })).stdout, /,billedUsd\r\n/);
  }));

Deno.test("what Opper says now goes before what is kept, and what it leaves out stays", async () => {
  // Of KNOWN: two calls of 0.1 and 0.2 below a session, 0.3 in all. Of NEW nothing but its spans.
  const call = (id: string, cost: string) => ({ id, parent_id: "s", meta: { cost, usage: { input_tokens: 50 } } });
  const gateway = startAccountGateway({
    keys: [KEY],
    respond: ({ url }) =>
      Response.json({
        data: url.endsWith(KNOWN)
          ? { id: KNOWN, spans: [{ id: "s", meta: {} }, call("a", "0.1"), call("b", "0.2")] }
          : { id: NEW, spans: [{ id: "s", meta: null, tags: { cost: 7 } }] },
      }),
  });
  try {
    await withTwoTraces(gateway.host, async (home) => {
      const env = { OPPER_API_KEY: KEY, OPPER_BASE_URL: gateway.host };
      const { stdout } = await runAgent(["traces", "--remote", "--json"], { home, env });
      const [first, second] = JSON.parse(stdout).traces;
      deepStrictEqual([first.traceId, first.billed, first.remote.spans], [NEW, undefined, 1]);
      deepStrictEqual([second.billed.usd, second.billed.inputTokens, second.remote.spans], [0.3, 100, 3]);
      // A reading command keeps nothing.
      const offline = JSON.parse((await runAgent(["traces", "--json"], { home })).stdout).traces[1];
      strictEqual(offline.billed.usd, 0.25);
    });
  } finally {
    await gateway.close();
  }
});
