/** `reconcile` against OpenRouter's stand-in, and over a file of its Activity page. Sums are worked by hand in comments. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { EvidenceStore } from "../src/evidence/evidence_store.ts";
import { loadRoutes } from "../src/http/routes.ts";
import { filesHolding } from "./support/home_snapshot.ts";
import { generation, MANAGEMENT_KEY, ORDINARY_KEY, startOpenRouter } from "./support/openrouter.ts";
import { runReconcile, writeBilledLog } from "./support/reconcile_stage.ts";
import { withTemporaryDirectory } from "./support/run_agent.ts";

const SESSION = "01a1fb65-f104-7c22-9d11-000000000001";
const SECRETS = [ORDINARY_KEY, MANAGEMENT_KEY, "sk-or-v1-nobody"];

const KEYS = {
  ordinary: {
    ...{ key: ORDINARY_KEY, account: "me", label: "sk-or-v1-ord...ary" },
    ...{ usage: 40, usage_daily: 0.3, usage_weekly: 2, usage_monthly: 12.55 },
  },
  management: { key: MANAGEMENT_KEY, account: "me", management: true },
};

/** What an OpenRouter client calls a key. */
function fingerprintOf(host: string, key: string): string {
  return createHash("sha256").update(`${host}\n${key}`).digest("hex").slice(0, 16);
}

function saveEvidence(
  home: string,
  all: readonly { id: string; usd: number; upstreamUsd?: number; createdAt: string; model?: string }[],
  key: string,
): void {
  const store = EvidenceStore.openToWrite(join(home, ".opper/agent"), () => {});
  const model = "anthropic/claude-4.6-sonnet-20260217";
  store.saveFound(
    all.map(({ createdAt, ...one }) => ({ evidence: { model, ...one, createdAt: Date.parse(createdAt) } })),
    { askedAt: Date.parse("2026-11-26T00:00:00Z"), key },
  );
  store.close();
}

interface Span {
  readonly span: string;
  readonly since: string;
  readonly until: string;
  readonly billedUsd: number;
  readonly local: { readonly usd: number; readonly turns: number };
  readonly differenceUsd: number;
  readonly explained: readonly object[];
  readonly unexplainedUsd: number;
}

const figures = ({ span, billedUsd, local, differenceUsd, unexplainedUsd }: Span) =>
  [span, billedUsd, local.usd, local.turns, differenceUsd, unexplainedUsd] as const;

/** Four turns: two bills, one estimate, and one of the month before. */
async function writeMonth(home: string): Promise<void> {
  await writeBilledLog(home, SESSION, "openrouter", [
    { id: "gen-1793491170-oct", at: "2026-10-31T23:59:30Z", usd: 5, isBill: true },
    { id: "gen-1793620800-a", at: "2026-11-02T12:00:00Z", usd: 10, isBill: true },
    { id: "gen-1795521600-b", at: "2026-11-24T12:00:00Z", usd: 2.5 },
    { id: "gen-1795748400-c", at: "2026-11-27T03:00:00Z", usd: 0.5 },
  ]);
}

Deno.test("an ordinary key: its day, week and month beside the logs", async (t) => {
  await using router = await startOpenRouter({ seed: { keys: KEYS, generations: [] } });
  const env = { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: router.url };
  await withTemporaryDirectory(async (home) => {
    await writeMonth(home);
    // b was 1.90 and not the 2.50 of its log. Of gone responses one was asked for with this key, one with another.
    const createdAt = "2026-11-10T10:00:00Z";
    saveEvidence(home, [
      { id: "gen-1795521600-b", usd: 1.9, createdAt: "2026-11-24T12:00:00Z" },
      { id: "gen-1794304800-gone", usd: 0.11, createdAt },
    ], fingerprintOf(router.url, ORDINARY_KEY));
    saveEvidence(home, [{ id: "gen-1794304801-other", usd: 9, createdAt }], "another key");

    await t.step("as JSON, in any zone alike", async () => {
      const answers = [];
      for (const TZ of ["UTC", "Pacific/Auckland", "America/Los_Angeles"]) {
        const { code, stdout, stderr } = await runReconcile(home, ["--json"], { ...env, TZ }, SECRETS);
        strictEqual(code, 0, stderr);
        answers.push(JSON.parse(stdout));
      }
      const [answer] = answers;
      deepStrictEqual(answers, [answer, answer, answer]);
      deepStrictEqual([answer.level, answer.month, answer.key], [
        "key",
        "2026-11",
        { origin: "OPENROUTER_API_KEY", label: "sk-or-v1-ord…ary" },
      ]);
      // Day: 0.30 billed; c is 0.50. Week from Monday 23rd: 2.00; b and c are 1.90 + 0.50 = 2.40.
      // Month: 12.55; 10 + 1.90 + 0.50 = 12.40; of 0.15 the gone turn is 0.11, which leaves 0.04.
      deepStrictEqual(answer.spans.map(figures), [
        ["day", 0.3, 0.5, 1, -0.2, -0.2],
        ["week", 2, 2.4, 2, -0.4, -0.4],
        ["month", 12.55, 12.4, 3, 0.15, 0.04],
      ]);
      deepStrictEqual(answer.spans[2].explained, [
        { cause: "logs_gone", turns: 1, usd: 0.11 },
        { cause: "list_price", turns: 1 },
      ]);
      deepStrictEqual([answer.spans[1].since, answer.spans[2].since, answer.spans[2].until], [
        "2026-11-23T00:00:00.000Z",
        "2026-11-01T00:00:00.000Z",
        "2026-11-27T04:10:00.000Z",
      ]);
    });
    await t.step("in words", async () => {
      const { stdout } = await runReconcile(home, [], env, SECRETS);
      match(stdout, /^OpenRouter, key sk-or-v1-ord…ary, November until 04:10 \(UTC\)\n/);
      match(stdout, /\nBilled +\$12\.55\n/);
      match(stdout, /\nIn local logs +\$12\.40 {3}3 turns: 2 billed figures, 1 estimate\n/);
      match(stdout, /\nDifference +\$0\.15\d* {3}1\.2%\n/);
      match(stdout, /\n {2}\$0\.11\d* +1 billed turn whose logs are gone\n/);
      match(stdout, /\n {2}\? +1 turn recorded at list price: what was billed for them is not known\n/);
      match(stdout, /\n {2}\$0\.04\d* +unexplained: other machines or tools with this key, requests that no log has\n/);
      strictEqual(stdout.match(/fee on buying credits/g)?.length, 1);
    });
    await t.step("as CSV, by the name that it has here", async () => {
      const { stdout } = await runReconcile(home, ["--print-csv"], env, SECRETS);
      match(stdout, /^span,since,billedUsd,turns,localUsd,differenceUsd,unexplainedUsd\r\nday,/);
      strictEqual(stdout.trimEnd().split("\r\n").length, 4);
    });
    await t.step("nothing but the key was asked for, and it is nowhere", async () => {
      deepStrictEqual([...new Set((await router.log()).map(({ method, path }) => `${method} ${path}`))], [
        "GET /api/v1/key",
      ]);
      deepStrictEqual(await filesHolding(home, ORDINARY_KEY), []);
    });
  });
});

Deno.test("a month that is over, before any log, or not begun", async (t) => {
  await using router = await startOpenRouter({ seed: { keys: KEYS, generations: [] } });
  const env = { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: router.url };
  await withTemporaryDirectory(async (home) => {
    const rows: [args: string[], env: Record<string, string>, code: number, stderr: RegExp][] = [
      [["--month", "2026-10"], {}, 1, /tells an ordinary key nothing of 2026-10.*\nhint: .*MANAGEMENT_KEY.*--csv FILE/],
      [
        ["--month", "2026-08"],
        { OPENROUTER_MANAGEMENT_KEY: MANAGEMENT_KEY },
        1,
        /lists the last 30 days.*2026-08 is older/,
      ],
      [["--month", "2027-01"], {}, 2, /2027-01 has not begun in UTC/],
      [["--month", "nov"], {}, 2, /Expected a month as YYYY-MM for --month, not "nov"/],
      [["--opper", "--csv", "x"], {}, 2, /--csv and --opper are two bills/],
      [["--key", "work"], {}, 2, /give --opper as well/],
    ];
    for (const [args, more, code, stderr] of rows) {
      await t.step(args.join(" "), async () => {
        const run = await runReconcile(home, args, { ...env, ...more }, SECRETS);
        deepStrictEqual([run.code, run.stdout], [code, ""]);
        match(run.stderr, stderr);
      });
    }
    await t.step("without logs all that was billed is unexplained", async () => {
      const answer = JSON.parse((await runReconcile(home, ["--json"], env, SECRETS)).stdout);
      deepStrictEqual(figures(answer.spans[2]), ["month", 12.55, 0, 0, 12.55, 12.55]);
    });
  });
});

Deno.test("a management key: each day, model and provider", async () => {
  const other = { model: "openai/gpt-5.5-20260514", provider_name: "OpenAI" };
  const on = (day: string, more: object = {}) => ({ created_at: `${day}T10:00:00.000000+00:00`, ...more });
  const generations = [
    // Older than 30 days, and of the day that runs.
    generation("gen-1792490400-old", 7, on("2026-10-20")),
    generation("gen-1795773600-now", 7, on("2026-11-27")),
    generation("gen-1795168800-a", 0.2, on("2026-11-20")),
    generation("gen-1795168801-b", 0.3, on("2026-11-20")),
    generation(
      "gen-1795255200-byok",
      0.01,
      on("2026-11-21", { is_byok: true, upstream_inference_cost: 0.2, provider_name: "Google" }),
    ),
    generation("gen-1795255201-elsewhere", 0.4, on("2026-11-21", other)),
  ];
  await using router = await startOpenRouter({ seed: { keys: KEYS, generations } });
  await withTemporaryDirectory(async (home) => {
    await writeBilledLog(home, SESSION, "openrouter", [
      { id: "gen-1795168800-a", at: "2026-11-20T10:00:00Z", usd: 0.25 },
      { id: "gen-1795168801-b", at: "2026-11-20T10:00:10Z", usd: 0.3, isBill: true },
    ]);
    saveEvidence(home, [
      { id: "gen-1795255200-byok", usd: 0.01, upstreamUsd: 0.2, createdAt: "2026-11-21T10:00:00Z" },
    ], "whoever");
    const env = { OPENROUTER_MANAGEMENT_KEY: MANAGEMENT_KEY, OPENROUTER_BASE_URL: router.url };
    const { code, stdout, stderr } = await runReconcile(home, ["--json"], env, SECRETS);
    strictEqual(code, 0, stderr);
    const answer = JSON.parse(stdout);
    const [span] = answer.spans;
    // Billed 0.20 + 0.30 + (0.01 + 0.20) + 0.40 = 1.11, logs 0.25 + 0.30 = 0.55, difference 0.56.
    // The 20th has two requests and two turns: a was 0.05 less than its list price. Gone: 0.21. Left: 0.56 - 0.21 + 0.05 = 0.40.
    deepStrictEqual(figures(span), ["month", 1.11, 0.55, 2, 0.56, 0.4]);
    deepStrictEqual(span.explained, [
      { cause: "logs_gone", turns: 1, usd: 0.21 },
      { cause: "list_price", turns: 1, usd: -0.05 },
    ]);
    deepStrictEqual([span.byokUsd, span.requests, span.until], [0.2, 4, "2026-11-27T00:00:00.000Z"]);
    deepStrictEqual(
      answer.rows.map((
        row: { day: string; model: string; upstream?: string; billedUsd: number; differenceUsd: number },
      ) => [row.day, row.model, row.upstream, row.billedUsd, row.differenceUsd]),
      [
        ["2026-11-20", "anthropic/claude-4.6-sonnet-20260217", "Anthropic", 0.5, -0.05],
        ["2026-11-21", "openai/gpt-5.5-20260514", "OpenAI", 0.4, 0.4],
        ["2026-11-21", "anthropic/claude-4.6-sonnet-20260217", "Google", 0.21, 0.21],
      ],
    );
    // October's last days are listed: from the 28th on.
    const october = JSON.parse((await runReconcile(home, ["--json", "--month", "2026-10"], env, SECRETS)).stdout);
    deepStrictEqual(figures(october.spans[0]), ["month", 0, 0, 0, 0, 0]);
    strictEqual(october.spans[0].since, "2026-10-28T00:00:00.000Z");
    ok(october.notes.includes("OpenRouter lists the last 30 days alone."));
    match((await runReconcile(home, ["--print-csv"], env)).stdout, /^day,model,upstream,requests,billedUsd,turns,/);
  });
});

Deno.test("a file of the Activity page: no key, nobody asked, each response with its own turn", async (t) => {
  await withTemporaryDirectory(async (home) => {
    await writeMonth(home);
    saveEvidence(home, [{ id: "gen-1794304800-gone", usd: 0.11, createdAt: "2026-11-10T10:00:00Z" }], "k");
    const line = (id: string, at: string, usd: string, app = "pi") =>
      `${id},${at},${usd},0,anthropic/claude-4.6-sonnet-20260217,Anthropic,${app}`;
    const lines = [
      "generation_id,created_at,cost_total,byok_usage_inference,model_permaslug,provider_name,app_name",
      // Newest first, and one in the middle that is older.
      line("gen-1795748400-c", "2026-11-27 02:59:58.5", "0.45"),
      line("gen-1793620800-a", "2026-11-02 12:00:00", "10"),
      line("gen-1795521600-b", "2026-11-24 12:00:00", "1.9", '"pi, ""new"""'),
      line("gen-1794304800-gone", "2026-11-10 10:00:00", "0.11"),
      line("gen-1794304802-elsewhere", "2026-11-10 11:00:00", "0.09"),
      // The log has it in October, the bill in November.
      line("gen-1793491170-oct", "2026-11-01 00:00:01", "5"),
    ];
    const file = join(home, "activity.csv");
    await Deno.writeTextFile(file, `\ufeff${lines.join("\r\n")}\r\n`);
    const env = { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: "http://127.0.0.1:9/api/v1" };

    await t.step("in two zones", async () => {
      for (const TZ of ["Pacific/Auckland", "America/Los_Angeles"]) {
        const { code, stdout, stderr } = await runReconcile(home, ["--csv", "activity.csv", "--json"], { ...env, TZ });
        strictEqual(code, 0, stderr);
        const { level, file, host, spans: [span], rows } = JSON.parse(stdout);
        deepStrictEqual([level, file, host], ["csv", "activity.csv", undefined]);
        // Billed 0.45 + 10 + 1.9 + 0.11 + 0.09 + 5 = 17.55. Logs: 5 + 10 + 2.50 + 0.50 = 18.00. Difference -0.45.
        deepStrictEqual(figures(span), ["file", 17.55, 18, 4, -0.45, 0.09]);
        // Estimates: b 1.90 - 2.50 = -0.60, c 0.45 - 0.50 = -0.05.
        deepStrictEqual(span.explained, [
          { cause: "logs_gone", turns: 1, usd: 0.11 },
          { cause: "list_price", turns: 2, usd: -0.65 },
        ]);
        deepStrictEqual([span.since, span.until, span.requests], [
          "2026-11-01T00:00:00.000Z",
          "2026-11-27T04:10:00.000Z",
          6,
        ]);
        deepStrictEqual(rows.map(({ day }: { day: string }) => day), [
          ...["2026-10-31", "2026-11-01", "2026-11-02", "2026-11-10", "2026-11-24", "2026-11-27"],
        ]);
      }
    });
    await t.step("an empty month", async () => {
      const run = await runReconcile(home, ["--csv", "activity.csv", "--month", "2026-09", "--json"], env);
      const { spans: [span], rows, notes } = JSON.parse(run.stdout);
      deepStrictEqual([figures(span), rows], [["month", 0, 0, 0, 0, 0], []]);
      ok(notes.includes("The file has nothing of that time."));
      match(
        (await runReconcile(home, ["--csv", "activity.csv", "--month", "2026-09"], env)).stdout,
        /September 2026 \(UTC\)/,
      );
    });
    await t.step("a pipe, as a shell makes it of <(zcat activity.csv.gz)", async () => {
      if (Deno.build.os === "windows") return;
      strictEqual((await new Deno.Command("mkfifo", { args: [join(home, "pipe")] }).output()).code, 0);
      const writer = new Deno.Command("sh", { args: ["-c", 'cat "$0" > "$1"', file, join(home, "pipe")] }).spawn();
      const { code, stdout, stderr } = await runReconcile(home, ["--csv", "pipe", "--json"], env);
      await writer.status;
      strictEqual(code, 0, stderr);
      deepStrictEqual(figures(JSON.parse(stdout).spans[0]), ["file", 17.55, 18, 4, -0.45, 0.09]);
    });
    await t.step("what is no such file", async () => {
      await Deno.writeTextFile(join(home, "other.csv"), "Model,Price\nm,1\n");
      await Deno.writeFile(join(home, "latin.csv"), new Uint8Array([100, 97, 121, 44, 99, 111, 115, 116, 10, 0xe4]));
      const rows: [string, RegExp][] = [
        ["other.csv", /has no column of the cost .* its columns are "Model", "Price"\./],
        ["latin.csv", /"latin\.csv" is no text in UTF-8/],
        ["none.csv", /There is no file "none\.csv" that can be read/],
        // A key in the wrong place is not repeated.
        [ORDINARY_KEY, /There is no file "sk-or-…" that can be read/],
      ];
      for (const [name, message] of rows) {
        const { code, stdout, stderr } = await runReconcile(home, ["--csv", name], env, SECRETS);
        deepStrictEqual([code, stdout], [2, ""]);
        match(stderr, message);
      }
    });
  });
});

Deno.test("what stands in the way is said, and which key is needed", async (t) => {
  await using router = await startOpenRouter({ seed: { keys: KEYS, generations: [] } });
  await using elsewhere = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, () => new Response("never"));
  await using redirecting = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    () => new Response(null, { status: 302, headers: { location: `http://127.0.0.1:${elsewhere.addr.port}/key` } }),
  );
  const at = (port: number) => `http://127.0.0.1:${port}/api/v1`;
  const rows: [name: string, env: Record<string, string>, stderr: RegExp][] = [
    [
      "no key",
      { OPENROUTER_BASE_URL: router.url },
      /No key for OpenRouter was found, and nothing was sent\.\nhint: Set OPENROUTER_API_KEY/,
    ],
    [
      "401",
      { OPENROUTER_API_KEY: "sk-or-v1-nobody", OPENROUTER_BASE_URL: router.url },
      /refused the key \(401\)[^]*OPENROUTER_API_KEY/,
    ],
    [
      "an ordinary key where a management key belongs",
      { OPENROUTER_MANAGEMENT_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: router.url },
      /for a management key alone, and OPENROUTER_MANAGEMENT_KEY holds another \(403\)[^]*settings\/management-keys/,
    ],
    ["offline", { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: at(9) }, /cannot be reached/],
    ["a redirect", { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: at(redirecting.addr.port) }, /redirect/],
  ];
  for (const [name, env, message] of rows) {
    await t.step(name, () =>
      withTemporaryDirectory(async (home) => {
        await writeMonth(home);
        const { code, stdout, stderr } = await runReconcile(home, [], env, SECRETS);
        deepStrictEqual([code, stdout], [1, ""], stderr);
        match(stderr, message);
      }));
  }
});

Deno.test("no tool and no page has a key sent, or a file read that it names", async () => {
  const [routes, tools] = await Promise.all([
    loadRoutes({ text: true }),
    Deno.readTextFile(new URL("../src/mcp/tools/tool_list.json", import.meta.url)),
  ]);
  for (const name of ["reconcile", "enrich"]) {
    strictEqual(routes.has(name), false, name);
    ok(!new RegExp(`"name":\\s*"[^"]*${name}`).test(tools), name);
  }
  ok(routes.has("traces"));
});
