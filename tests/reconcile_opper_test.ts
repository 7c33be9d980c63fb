/** `reconcile --opper`: launches of a month beside what Opper counted for them. Sums are worked by hand in comments. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { EvidenceStore } from "../src/evidence/evidence_store.ts";
import { type AccountGateway, startAccountGateway } from "./support/account_gateway.ts";
import { startGateway } from "./support/gateway.ts";
import { filesHolding } from "./support/home_snapshot.ts";
import { writeLog } from "./support/logs.ts";
import { runReconcile, writeBilledLog } from "./support/reconcile_stage.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";

const KEY = "op-canary-5f1d0c9b7a3e";
const SONNET = "anthropic/claude-sonnet-4.6";
const LAUNCHES = [1, 2, 3].map((number) => `5c0b8a52-0000-4000-8000-00000000000${number}`);
const TRACES = [1, 2, 3].map((number) => `0c6c6a0e-6f38-5c5a-9d2f-1d4fbf7f3a1${number}`);

/** A launch of a minute, of one session. */
async function writeLaunch(
  home: string,
  index: number,
  launch: { readonly at: string; readonly host: string; readonly file?: string },
): Promise<void> {
  const at = Date.parse(launch.at);
  const launchId = LAUNCHES[index]!;
  const shared = { at, cwd: home, pid: 1 };
  await writeLog(join(home, ".opper/agent/launches", launchId, "ledger.jsonl"), [
    { type: "launch", launchId, launcher: "pi", host: launch.host, tags: {}, ...shared },
    {
      type: "session",
      traceId: TRACES[index],
      sessionId: `session-${index}`,
      reason: "startup",
      ...(launch.file === undefined ? {} : { sessionFile: launch.file }),
      ...shared,
    },
    { type: "exit", at: at + 60_000, status: 0 },
  ]);
}

/** Answers for launches by their index; others are empty. Of the organization: `organization`, or 403. */
function startOpper(
  usage: Readonly<Record<number, readonly object[]>>,
  organization?: readonly object[],
): AccountGateway {
  return startAccountGateway({
    keys: [KEY],
    respond({ url }) {
      const { pathname, searchParams } = new URL(url);
      if (pathname === "/management/v1/usage") {
        return organization === undefined
          ? Response.json({ error: "Forbidden", required_scope: "usage:read" }, { status: 403 })
          : Response.json({ data: organization, meta: { currency: "USD" } });
      }
      const index = LAUNCHES.findIndex((id) => searchParams.get("session_id") === `sess_${id}`);
      return Response.json(usage[index] ?? []);
    },
  });
}

interface Row {
  readonly launchId: string;
  readonly model: string;
  readonly billedUsd: number;
  readonly requests?: number;
  readonly differenceUsd: number;
}

Deno.test("each launch and model beside its own turns", async (t) => {
  const gateway = startOpper({
    // Rows come by minute; numbers may be texts.
    0: [
      { time_bucket: "2026-11-20T10:00:00Z", model: SONNET, cost: "0.10", count: 1, total_tokens: "100" },
      { time_bucket: "2026-11-20T10:01:00Z", model: SONNET, cost: 0.12, count: "1", total_tokens: 100 },
      { time_bucket: "2026-11-20T10:01:00Z", model: "openai/gpt-5.5", cost: 0.05, count: 3, total_tokens: null },
    ],
    1: [{ time_bucket: "2026-11-21T10:00:00Z", model: SONNET, cost: 0.3, count: 2 }],
  }, [{ group: SONNET, count: 9, cost: 1, total_cost: 1.25 }]);
  try {
    await withTemporaryDirectory(async (home) => {
      const file = await writeBilledLog(home, "01a1fb65-f104-7c22-9d11-000000000001", "opper", [
        { at: "2026-11-20T10:00:10Z", usd: 0.11 },
        { at: "2026-11-20T10:00:30Z", usd: 0.13 },
        { at: "2026-11-20T10:00:40Z", usd: 0.01, model: "openai/gpt-5.5" },
        // Of another day, when it was resumed without a launch.
        { at: "2026-11-20T12:00:00Z", usd: 7 },
      ]);
      await writeLaunch(home, 0, { at: "2026-11-20T10:00:00Z", host: gateway.host, file });
      await writeLaunch(home, 1, { at: "2026-11-21T10:00:00Z", host: gateway.host });
      await writeLaunch(home, 2, { at: "2026-11-22T10:00:00Z", host: "https://elsewhere.example" });
      const store = EvidenceStore.openToWrite(join(home, ".opper/agent"), () => {});
      const startedAt = Date.parse("2026-11-21T10:00:20Z");
      const spans = [
        { id: "root", startedAt },
        ...["a", "b"].map((id) => ({ id, parentId: "root", model: SONNET, usd: 0.15, startedAt })),
        { id: "later", model: SONNET, usd: 9, startedAt: startedAt + 3_600_000 },
      ];
      store.traces.save({ trace: { traceId: TRACES[1]!, spans }, askedAt: startedAt, key: "f00d" });
      store.close();
      const env = { OPPER_API_KEY: KEY, OPPER_BASE_URL: gateway.host };

      await t.step("as JSON", async () => {
        const { code, stdout, stderr } = await runReconcile(home, ["--opper", "--json"], env, [KEY]);
        strictEqual(code, 0, stderr);
        const { spans: [span], rows, launches, organization, notes, gateway: name } = JSON.parse(stdout);
        deepStrictEqual([name, launches], ["opper", 2]);
        // Billed 0.10 + 0.12 + 0.05 + 0.30 = 0.57; logs 0.11 + 0.13 + 0.01 = 0.25; difference 0.32.
        deepStrictEqual([span.billedUsd, span.local.usd, span.local.turns, span.differenceUsd], [0.57, 0.25, 3, 0.32]);
        // Of the first launch two requests are two turns: 0.22 - 0.24 = -0.02. Of gpt-5.5 three requests are one turn: unknown.
        // The second launch's two requests are two spans: 0.15 + 0.15. Left: 0.32 - 0.30 + 0.02 = 0.04, which is 0.05 - 0.01.
        deepStrictEqual(span.explained, [
          { cause: "logs_gone", turns: 2, usd: 0.3 },
          { cause: "list_price", turns: 2, usd: -0.02 },
          { cause: "list_price", turns: 1 },
        ]);
        strictEqual(span.unexplainedUsd, 0.04);
        deepStrictEqual(
          rows.map(({ launchId, model, billedUsd, requests, differenceUsd }: Row) => [
            LAUNCHES.indexOf(launchId),
            ...[model, billedUsd, requests, differenceUsd],
          ]),
          [[0, SONNET, 0.22, 2, -0.02], [0, "openai/gpt-5.5", 0.05, 3, 0.04], [1, SONNET, 0.3, 2, 0.3]],
        );
        // 1.25 - 0.57.
        deepStrictEqual(organization, { usd: 1.25, requests: 9, outsideUsd: 0.68 });
        match(notes.join("\n"), /^1 launch went to another gateway/);
      });
      await t.step("in words", async () => {
        const { stdout } = await runReconcile(home, ["--opper"], env, [KEY]);
        match(stdout, /^Opper, 2 launches, November until 04:10 \(UTC\)\n/);
        match(stdout, /unexplained: requests of these launches that no log has\n/);
        match(
          stdout,
          /The whole organization used \$1\.25\d*, \$0\.68\d* of it outside the launches of this machine\./,
        );
        ok(!stdout.includes("credits"));
      });
      await t.step("another month has no launch", async () => {
        const run = await runReconcile(home, ["--opper", "--month", "2026-10", "--json"], env, [KEY]);
        const { spans: [span], launches, rows } = JSON.parse(run.stdout);
        deepStrictEqual([span.billedUsd, span.unexplainedUsd, launches, rows], [0, 0, 0, []]);
      });
      deepStrictEqual(await filesHolding(home, KEY), []);
    });
  } finally {
    await gateway.close();
  }
});

Deno.test("a key without the scope for the organization is told so, and what has no cost is no zero", async () => {
  const gateway = startOpper({ 0: [{ model: SONNET, cost: null, count: 2 }, { model: SONNET, cost: 0.2, count: 1 }] });
  try {
    await withTemporaryDirectory(async (home) => {
      await writeLaunch(home, 0, { at: "2026-11-20T10:00:00Z", host: gateway.host });
      const env = { OPPER_API_KEY: KEY, OPPER_BASE_URL: gateway.host };
      const { code, stdout } = await runReconcile(home, ["--opper", "--json"], env, [KEY]);
      const { organization, notes, spans: [span] } = JSON.parse(stdout);
      deepStrictEqual([code, organization, span.billedUsd, span.unexplainedUsd], [0, undefined, 0.2, 0.2]);
      match(notes[0], /needs the scope usage:read/);
      match(notes[1], /no cost for 1 line of its usage: it billed more/);
    });
  } finally {
    await gateway.close();
  }
});

Deno.test("what stands in the way ends it", async (t) => {
  await using gateway = await startGateway({ refuse: ["op-refused-000000000"] });
  const rows: [name: string, env: Record<string, string>, stderr: RegExp][] = [
    ["no key", { OPPER_BASE_URL: gateway.url }, /No Opper API key/],
    ["401", { OPPER_API_KEY: "op-refused-000000000", OPPER_BASE_URL: gateway.url }, /refused the key \(401\)/],
    ["offline", { OPPER_API_KEY: KEY, OPPER_BASE_URL: "http://127.0.0.1:9" }, /cannot be reached/],
  ];
  for (const [name, env, message] of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (home) => {
        const { code, stdout, stderr } = await runReconcile(home, ["--opper"], env, [KEY, "op-refused-000000000"]);
        deepStrictEqual([code, stdout], [1, ""]);
        match(stderr, message);
      }));
  }
});

Deno.test("the gateway for tests counts the calls of a launch", async () => {
  await using gateway = await startGateway({ noUsageScope: ["op-plain-00000000000"] });
  const [launch, trace] = [LAUNCHES[0]!, TRACES[0]!];
  for (const text of ["one", "two"]) {
    await (await fetch(`${gateway.url}/v3/session/sess_${launch}/chat/completions`, {
      method: "POST",
      headers: { "X-Opper-Trace-Id": trace, "X-Opper-Parent-Span-Id": trace },
      body: JSON.stringify({ model: SONNET, messages: [{ role: "user", content: text }] }),
    })).json();
  }
  await withTemporaryDirectory(async (home) => {
    await writeLaunch(home, 0, { at: "2026-11-20T10:00:00Z", host: gateway.url });
    for (const [key, isKnown] of [[KEY, true], ["op-plain-00000000000", false]] as const) {
      const env = { OPPER_API_KEY: key, OPPER_BASE_URL: gateway.url };
      const { stdout, stderr } = await runReconcile(home, ["--opper", "--json"], env, [key]);
      const { spans: [span], organization } = JSON.parse(stdout || `{"spans":[${JSON.stringify(stderr)}]}`);
      strictEqual(span.requests, 2, stderr);
      ok(span.billedUsd > 0 && span.unexplainedUsd === span.billedUsd);
      strictEqual(organization !== undefined, isKnown);
    }
  });
});
