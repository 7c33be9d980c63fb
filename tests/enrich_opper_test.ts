/** `enrich --opper` as people run it: asked once, kept for good, and shown by `traces` from then on without asking. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { type Gateway, startGateway } from "./support/gateway.ts";
import { filesHolding } from "./support/home_snapshot.ts";
import { writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

const KEY = "op-canary-5f1d0c9b7a3e";
const REFUSED = "op-refused-000000000";
const LAUNCH = "5c0b8a52-0000-4000-8000-000000000001";
const TRACES = ["0c6c6a0e-6f38-5c5a-9d2f-1d4fbf7f3a10", "0c6c6a0e-6f38-5c5a-9d2f-1d4fbf7f3a11"];
const EVER = ["--since", "2026-11-01"];

/** A launch with two traces, of which the gateway knows the first: two calls. */
async function onStage(body: (home: string, gateway: Gateway) => Promise<void>): Promise<void> {
  await using gateway = await startGateway({ refuse: [REFUSED] });
  await withTemporaryDirectory(async (home) => {
    const at = Date.parse("2026-11-20T10:00:00Z");
    const shared = { at, cwd: home, pid: 1 };
    await writeLog(join(home, ".opper/agent/launches", LAUNCH, "ledger.jsonl"), [
      { type: "launch", launchId: LAUNCH, launcher: "pi", host: gateway.url, tags: {}, ...shared },
      ...TRACES.map((traceId, index) => ({
        ...{ type: "session", traceId, sessionId: `session-${index}`, reason: "startup" },
        ...shared,
      })),
      { type: "exit", at: at + 60_000, status: 0 },
    ]);
    for (const text of ["one", "two"]) {
      await (await fetch(`${gateway.url}/v3/session/sess_${LAUNCH}/chat/completions`, {
        method: "POST",
        headers: { "X-Opper-Trace-Id": TRACES[0]!, "X-Opper-Parent-Span-Id": TRACES[0]! },
        body: JSON.stringify({ model: "anthropic/claude-sonnet-4.6", messages: [{ role: "user", content: text }] }),
      })).json();
    }
    await body(home, gateway);
    deepStrictEqual(await filesHolding(home, KEY), []);
  });
}

const asked = async (gateway: Gateway) => (await gateway.requests()).filter(({ method }) => method === "GET").length;

Deno.test("traces are asked for once, and shown offline", () =>
  onStage(async (home, gateway) => {
    const env = { OPPER_API_KEY: KEY, OPPER_BASE_URL: gateway.url };
    const run = (args: readonly string[]) => runAgent(args, { home, env });
    const plan = JSON.parse((await run(["enrich", "--opper", ...EVER, "--dry-run", "--json"])).stdout);
    deepStrictEqual([plan.gateway, plan.turns, plan.toAsk, plan.end, plan.key], [
      "opper",
      2,
      2,
      "planned",
      "OPPER_API_KEY",
    ]);
    strictEqual(await asked(gateway), 0);

    const { code, stdout, stderr } = await run(["enrich", "--opper", ...EVER, "--json"]);
    strictEqual(code, 0, stderr);
    const answer = JSON.parse(stdout);
    deepStrictEqual([answer.found, answer.missing, answer.left, answer.end], [1, 1, 0, "done"]);
    strictEqual(await asked(gateway), 2);

    // A millionth of a dollar a token, as the gateway for tests has it.
    const usage = await (await fetch(`${gateway.url}/v2/analytics/usage?session_id=sess_${LAUNCH}`)).json();
    const usd = Number(usage[0].cost);
    ok(usd > 0);
    ok(Math.abs(answer.billedUsd - usd) < 1e-12);

    const before = await asked(gateway);
    const [other, known] = JSON.parse((await run(["traces", "--json"])).stdout).traces;
    deepStrictEqual([other.traceId, other.billed], [TRACES[1], undefined]);
    deepStrictEqual([known.traceId, known.billed.usd, known.billed.upstreams], [TRACES[0], answer.billedUsd, ["fake"]]);
    strictEqual(await asked(gateway), before);

    const again = JSON.parse((await run(["enrich", "--opper", ...EVER, "--json"])).stdout);
    deepStrictEqual([again.known, again.toAsk, again.missing], [1, 1, 1]);
    match((await run(["enrich", "--opper", ...EVER])).stdout, /^Traces +2 at Opper, 1 of them asked about before\n/);

    match(
      (await run(["enrich", "--forget"])).stdout,
      /Forgotten: 0 answers, and 0 turns that OpenRouter did not know; 1 trace of Opper\./,
    );
    strictEqual(JSON.parse((await run(["traces", "--json"])).stdout).traces[1].billed, undefined);
  }));

Deno.test("what stands in the way of asking Opper", async (t) => {
  await onStage(async (home, gateway) => {
    const rows: [name: string, args: string[], env: Record<string, string>, code: number, said: RegExp][] = [
      ["no key", [], { OPPER_BASE_URL: gateway.url }, 1, /No Opper API key/],
      ["401", [], { OPPER_API_KEY: REFUSED, OPPER_BASE_URL: gateway.url }, 1, /refused the key \(401\)/],
      [
        "another gateway",
        [],
        { OPPER_API_KEY: KEY, OPPER_BASE_URL: "http://127.0.0.1:9" },
        0,
        /2 traces went to another/,
      ],
      ["a session", ["latest"], { OPPER_API_KEY: KEY }, 2, /--opper asks for traces/],
    ];
    for (const [name, args, env, code, said] of rows) {
      await t.step(name, async () => {
        const run = await runAgent(["enrich", "--opper", ...EVER, ...args], { home, env });
        strictEqual(run.code, code, run.stderr);
        match(run.stdout + run.stderr, said);
        ok(!(run.stdout + run.stderr).includes(REFUSED));
      });
    }
  });
});
