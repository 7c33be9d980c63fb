/**
 * `enrich` as people run it: the real program, a real home, and a stand-in of OpenRouter on the loopback. A key is in no
 * file and no output; what a run was answered is kept, however it ends.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { GenerationEvidence } from "../src/core/evidence.ts";
import { openEvidence } from "../src/evidence/open_evidence.ts";
import { filesHolding } from "./support/home_snapshot.ts";
import {
  evidenceFile,
  type FakeOpenRouter,
  generation,
  MANAGEMENT_KEY,
  type OpenRouterSeed,
  ORDINARY_KEY,
  seedOf,
  startOpenRouter,
  writeOpenRouterLog,
} from "./support/openrouter.ts";
import {
  agentCommand,
  agentEnvironment,
  type AgentRun,
  runAgent,
  withTemporaryDirectory,
} from "./support/run_agent.ts";

const OTHER_KEY = "sk-or-v1-canary-5f1d0c9b7a3e";
const EVER = ["--since", "2026-11-01"];

interface World {
  readonly home: string;
  readonly router: FakeOpenRouter;
  /** Runs `enrich`; no key may be in what it prints. */
  enrich(args?: readonly string[], env?: Record<string, string>): Promise<AgentRun>;
  /** The same, with `--yes --json` and its answer. */
  ask(
    args?: readonly string[],
    env?: Record<string, string>,
  ): Promise<{ code: number; answer: Answer; stderr: string }>;
  find(id: string): Promise<GenerationEvidence | undefined>;
}

interface Answer {
  readonly [member: string]: unknown;
  readonly found: number;
  readonly left: number;
  readonly end: string;
  readonly notes: readonly string[];
}

async function inWorld(
  ids: readonly string[],
  options: { readonly seed?: OpenRouterSeed; readonly latencyMs?: number },
  body: (world: World) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (home) => {
    await using router = await startOpenRouter(options);
    await writeOpenRouterLog(home, ids);
    const enrich: World["enrich"] = async (args = [], env = {}) => {
      const run = await runAgent(["enrich", ...args], {
        home,
        env: { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: router.url, ...env },
      });
      ok(!/sk-or-v1-/.test(run.stdout + run.stderr), `a key was printed by enrich ${args.join(" ")}`);
      return run;
    };
    await body({
      home,
      router,
      enrich,
      async ask(args = [], env) {
        const { code, stdout, stderr } = await enrich([...EVER, "--yes", "--json", ...args], env);
        return { code, answer: stdout === "" ? undefined : JSON.parse(stdout), stderr };
      },
      async find(id) {
        const evidence = await openEvidence({ stateDirectory: join(home, ".opper/agent") });
        const found = evidence?.find(id);
        evidence?.close();
        return found;
      },
    });
    strictEqual((await router.state()).contentAsked, 0);
    for (const key of [ORDINARY_KEY, MANAGEMENT_KEY]) {
      deepStrictEqual(await filesHolding(join(home, ".opper"), key), []);
    }
  });
}

/** Ids of one kind, the first of them the newest turn's. */
const idsOf = (count: number, name = "turn") => Array.from({ length: count }, (_, n) => `gen-1795168800-${name}${n}`);

/** A response for each name, by what the fake is to do with it. */
function scenarios(...names: readonly string[]) {
  const all = names.map((scenario, n) => [`gen-1795168800-s${n}`, scenario] as const);
  return {
    ids: all.map(([id]) => id),
    seed: seedOf(all.map(([id, scenario]) => generation(id, 0.5, { scenario }))),
  };
}

Deno.test("the built-in seed comes out as its header says", async (t) => {
  const turns = [1, 2, 3, 4, 5, 6].map((n) => `gen-1763632800-turn${n}`);
  const other = (name: string) => `gen-1763634600-${name}`;
  const ok200 = ["byok", "free", "auto", "reasoning", "cancelled", "replayed", "nulls", "strings", "slow"];
  const inTheEnd = ["limited", "limited-silent", "broken", "bad-gateway", "overloaded", "truncated", "html"];
  const never = ["late", "missing", "forbidden", "strangers"];
  const pending = ["wrong-id", "redirect"];
  const ids = [...turns, ...[...ok200, ...inTheEnd, ...never, ...pending].map(other)];
  await inWorld(ids, {}, async ({ ask, find, router, home }) => {
    const { code, answer } = await ask();
    deepStrictEqual([code, answer.end, answer.turns, answer.found, answer.missing, answer.unread, answer.left], [
      ...[0, "done", ids.length, turns.length + ok200.length + inTheEnd.length],
      ...[never.length, pending.length, pending.length],
    ]);
    const { byId, maxConcurrent } = await router.state();
    ok(maxConcurrent <= 4, `${maxConcurrent} at once`);
    await t.step("each as often as it needed", () => {
      const twice = ["limited-silent", "broken", "overloaded", "truncated", "html"];
      const expected = (name: string) => ["limited", "bad-gateway"].includes(name) ? 3 : twice.includes(name) ? 2 : 1;
      for (const id of ids) strictEqual(byId[id], expected(id.replace("gen-1763634600-", "")), id);
    });
    await t.step("a turn that went to Google after Anthropic was overloaded", async () => {
      // 35 fresh at 3, 13,400 written at 3.75 and 280 out at 15 dollars a million: 0.000105 + 0.05025 + 0.0042.
      deepStrictEqual(await find(turns[2]!), {
        id: turns[2],
        usd: 0.054555,
        cacheDiscountUsd: -0.01005,
        upstream: "Google",
        attempts: [{ provider: "Anthropic", status: 529, latencyMs: 310 }, {
          provider: "Google",
          status: 200,
          latencyMs: 1210,
        }],
        model: "anthropic/claude-4.6-sonnet-20260217",
        promptTokens: 13_435,
        cachedTokens: 0,
        completionTokens: 280,
        reasoningTokens: 0,
        latencyMs: 903,
        generationMs: 2030,
        finishReason: "stop",
        sessionId: "01a1fb65-f104-7c22-9d11-000000000001",
        region: "global",
        createdAt: Date.UTC(2026, 10, 20, 10, 4),
      });
    });
    await t.step("what is special of others", async () => {
      const look = async (name: string) => (await find(other(name)))!;
      const byok = await look("byok");
      deepStrictEqual([byok.usd, byok.upstreamUsd, byok.isByok], [0.000225, 0.0045, true]);
      deepStrictEqual([(await look("free")).usd, (await look("auto")).router], [0, "openrouter/auto"]);
      deepStrictEqual([(await look("cancelled")).isCancelled, (await look("cancelled")).finishReason], [
        true,
        undefined,
      ]);
      const replayed = await look("replayed");
      deepStrictEqual([replayed.replayOf, replayed.usd, replayed.upstream], [turns[0], 0, undefined]);
      // 1000 fresh at 3 and 100 out at 15 dollars a million.
      deepStrictEqual([(await look("strings")).usd, (await look("strings")).promptTokens], [0.0045, 1000]);
      const { usd, promptTokens, upstream, attempts } = await look("nulls");
      deepStrictEqual([usd, promptTokens, upstream, attempts], [0.0045, undefined, undefined, undefined]);
    });
    await t.step("doctor counts them", async () => {
      const { stdout } = await runAgent(["doctor", "--quick", "--json"], { home });
      const { bytes, lastAskedAt, ...counts } = JSON.parse(stdout).gatewayEvidence;
      deepStrictEqual(counts, { found: 22, missing: 4, unread: 2, notAsked: 2 });
      ok(bytes > 0 && lastAskedAt > "2026");
      const facts = (await runAgent(["doctor", "--quick"], { home })).stdout;
      match(facts, /^Evidence +22 answers of OpenRouter, 4 missing there, 2 not understood, 2 turns not asked about/m);
    });
    await t.step("a second run asks for what is left alone", async () => {
      const before = await router.state();
      const { answer } = await ask();
      deepStrictEqual([answer.known, answer.toAsk, answer.left], [ids.length - 2, 2, 2]);
      const { byId } = await router.state();
      const asked = ids.filter((id) => byId[id] !== before.byId[id]);
      deepStrictEqual(asked.sort(), pending.map(other).sort());
    });
    await t.step("--retry-missing asks again about those too", async () => {
      const { answer } = await ask(["--retry-missing"]);
      deepStrictEqual([answer.toAsk, answer.found, answer.missing], [6, 0, 4]);
      // It was there at last: it had been asked for twice before.
      deepStrictEqual((await ask(["--retry-missing"])).answer.found, 1);
      strictEqual((await find(other("late")))!.usd, 0.0045);
    });
    await t.step("nobody else can read the answers, and the person is not in them", async () => {
      strictEqual((await Deno.stat(evidenceFile(home))).mode! & 0o777, 0o600);
      for (const text of ["pi.dev", "linux; node", "user_fake"]) {
        deepStrictEqual(await filesHolding(join(home, ".opper"), text), []);
      }
    });
    await t.step("--forget deletes them", async () => {
      const { code, stdout } = await runAgent(["enrich", "--forget"], { home });
      deepStrictEqual([code, stdout.split("\n")[0]], [
        0,
        "Forgotten: 23 answers, and 3 turns that OpenRouter did not know.",
      ]);
      deepStrictEqual(
        [...Deno.readDirSync(join(home, ".opper/agent"))].filter(({ name }) => /evidence/.test(name)),
        [],
      );
    });
  });
});

Deno.test("failures, row by row", async (t) => {
  const row = (
    name: string,
    made: { readonly ids: readonly string[]; readonly seed?: OpenRouterSeed; readonly latencyMs?: number },
    body: (world: World) => Promise<void>,
  ) => t.step(name, () => inWorld(made.ids, made, body));
  const one = scenarios("ok");

  await row("no key", one, async ({ enrich, router }) => {
    const { code, stdout, stderr } = await enrich([...EVER, "--yes"], { OPENROUTER_API_KEY: "" });
    deepStrictEqual([code, stdout, (await router.state()).requests], [1, "", 0]);
    match(stderr, /^error: No key for OpenRouter was found, and nothing was sent\.\nhint: Set OPENROUTER_API_KEY\. /);
  });
  await row("Pi's key is a command", one, async ({ home, enrich, router }) => {
    const key = `!touch ${home}/ran; echo ${OTHER_KEY}`;
    await writePiAuth(home, { type: "api_key", key });
    const { code, stderr } = await enrich([...EVER, "--yes"], { OPENROUTER_API_KEY: "" });
    deepStrictEqual([code, (await router.state()).requests], [1, 0]);
    strictEqual(
      stderr,
      "error: Pi gets this key from a command, which is not run here.\nhint: Set OPENROUTER_API_KEY.\n",
    );
    await Deno.stat(join(home, "ran")).then(() => ok(false, "it was run"), () => {});
  });
  await row("401 at first names where the key is from, and not the key", one, async ({ home, enrich, router }) => {
    await writePiAuth(home, { type: "api_key", key: OTHER_KEY });
    const { code, stderr } = await enrich([...EVER, "--yes"], { OPENROUTER_API_KEY: "" });
    deepStrictEqual([code, (await router.state()).byId], [1, {}]);
    match(stderr, /refused the key \(401\): User not found\.\nhint: The key is from Pi's auth\.json\./);
  });
  await row(
    "401 in mid-run keeps what was found",
    scenarios("ok", "ok", "ok", "ok", "revoked:1", "ok"),
    async (world) => {
      // Newest first: one or two of the others may be under way with it.
      const { code, answer } = await world.ask(["--limit", "2"]);
      deepStrictEqual([code, answer.end, typeof answer.problem], [1, "refused", "string"]);
      strictEqual(Number(answer.left) + answer.found, 2);
      strictEqual(await world.find("gen-1795168800-s5") !== undefined, answer.found === 1);
    },
  );
  await t.step("402 stops, keeps and says so", () => meetStatus(402, "no_credit", 1));
  await row("403 for one is missing", scenarios("forbidden", "ok"), async ({ ask }) => {
    const { code, answer } = await ask();
    deepStrictEqual([code, answer.found, answer.missing, answer.left], [0, 1, 1, 0]);
  });
  // Three times eight seconds.
  await row("an answer that never ends holds nobody up, and is left", scenarios("hang", "ok"), async (world) => {
    const { code, answer } = await world.ask();
    deepStrictEqual([code, answer.end, answer.found, answer.missing, answer.left], [0, "done", 1, 0, 1]);
    strictEqual((await world.router.state()).byId["gen-1795168800-s0"], 3);
    strictEqual(await world.find("gen-1795168800-s0"), undefined);
  });
  await row(
    "429 to a few waits, and all are found",
    scenarios("429:2:1", "429:1:none", "ok", "ok"),
    async ({ ask }) => {
      const { code, answer } = await ask();
      deepStrictEqual([code, answer.end, answer.found], [0, "done", 4]);
    },
  );
  const limited = (count: number, afterRequests: number) => {
    const ids = idsOf(count);
    return { ids, seed: seedOf(ids.map((id) => generation(id, 1)), { afterRequests, burst: 999, retryAfterS: 1 }) };
  };
  await row("429 five times in a row ends the run: well where something was found", limited(20, 9), async ({ ask }) => {
    const { code, answer, stderr } = await ask();
    // The key takes one of the nine.
    deepStrictEqual([code, answer.end, answer.found, answer.left, stderr], [0, "limited", 8, 12, ""]);
  });
  await row("and badly where nothing was", limited(20, 1), async ({ ask }) => {
    const { code, answer } = await ask();
    deepStrictEqual([code, answer.end, answer.found, answer.left], [1, "limited", 0, 20]);
  });
  await row("no more at once than it bears", {
    ids: idsOf(30),
    seed: seedOf(idsOf(30).map((id) => generation(id, 1)), { maxConcurrent: 2, retryAfterS: 1 }),
    latencyMs: 20,
  }, async ({ ask }) => {
    const { answer } = await ask();
    deepStrictEqual([answer.end, answer.found], ["done", 30]);
  });
  await row("5xx three times are left for the next run", scenarios("500:2", "500:3", "ok"), async ({ ask, router }) => {
    const { code, answer } = await ask();
    deepStrictEqual([code, answer.found, answer.missing, answer.left], [0, 2, 0, 1]);
    const { answer: next } = await ask();
    deepStrictEqual([next.toAsk, next.found, next.left], [1, 1, 0]);
    strictEqual((await router.state()).byId["gen-1795168800-s1"], 4);
  });
  await row(
    "524, 529, a cut and an HTML body",
    scenarios("524:1", "529:2", "truncated:2", "html:2"),
    async ({ ask }) => {
      deepStrictEqual((await ask()).answer.found, 4);
    },
  );
  await row("no usage, another id, a redirect", {
    ids: idsOf(4),
    seed: seedOf([
      generation(idsOf(4)[0]!, 1, { usage: null }),
      generation(idsOf(4)[1]!, 1, { scenario: "wrong_id" }),
      generation(idsOf(4)[2]!, 1, { scenario: "redirect" }),
      generation(idsOf(4)[3]!, 1, { scenario: "strings" }),
    ]),
  }, async ({ ask }) => {
    const { answer } = await ask();
    deepStrictEqual([answer.found, answer.unread, answer.left], [1, 3, 3]);
  });
  await row("offline: soon, and with nothing kept", one, async ({ home, enrich }) => {
    const { code, stderr } = await enrich([...EVER, "--yes"], { OPENROUTER_BASE_URL: "http://127.0.0.1:9/api/v1" });
    strictEqual(code, 1);
    match(stderr, /^error: http:\/\/127\.0\.0\.1:9\/api\/v1 cannot be reached\./);
    strictEqual((await runAgent(["sessions"], { home })).code, 0);
  });
  await row("an address that no key may be sent to", one, async ({ enrich, router }) => {
    for (const url of ["http://openrouter.example/api/v1", "ftp://x", `https://u:${OTHER_KEY}@x/`, "nonsense"]) {
      const { code, stderr } = await enrich([...EVER, "--yes"], { OPENROUTER_BASE_URL: url });
      deepStrictEqual([code, /OPENROUTER_BASE_URL holds no address/.test(stderr)], [1, true], url);
    }
    strictEqual((await router.state()).requests, 0);
  });
  await row("a damaged file is moved aside and said", one, async ({ home, ask, find }) => {
    await ask();
    await Deno.writeTextFile(evidenceFile(home), "no database ".repeat(500));
    const { code, stderr } = await ask();
    strictEqual(code, 0);
    // By the scan, which comes first.
    match(stderr, /^warning: ".*evidence\.db" is damaged\. It is now ".*evidence\.db\.damaged"/);
    ok((await Deno.stat(`${evidenceFile(home)}.damaged`)).isFile);
    ok(await find(one.ids[0]!));
  });
  await row("answers outlive the logs, and the index", one, async ({ home, ask, find }) => {
    await ask();
    await Deno.remove(join(home, ".pi"), { recursive: true });
    for (const { name } of [...Deno.readDirSync(join(home, ".opper/agent"))]) {
      if (name.startsWith("index-")) await Deno.remove(join(home, ".opper/agent", name));
    }
    deepStrictEqual((await ask()).answer.turns, 0);
    strictEqual((await find(one.ids[0]!))!.usd, 0.5);
  });
  await t.step(
    "another key asks again about what one did not know",
    () =>
      inWorld(["gen-1763634600-strangers"], {}, async ({ ask }) => {
        deepStrictEqual((await ask()).answer.missing, 1);
        deepStrictEqual((await ask()).answer.toAsk, 0);
        deepStrictEqual((await ask([], { OPENROUTER_API_KEY: "sk-or-v1-stranger" })).answer.found, 1);
      }),
  );
});

/** A gateway that knows the key, and answers all else with this status. */
async function meetStatus(status: number, end: string, code: number): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (request.url.endsWith("/key")) return Response.json({ data: { usage: 1 } });
    return Response.json({ error: { code: status, message: "no" } }, { status });
  });
  try {
    await inWorld(idsOf(3), {}, async ({ ask }) => {
      const run = await ask([], { OPENROUTER_BASE_URL: `http://127.0.0.1:${server.addr.port}` });
      deepStrictEqual([run.code, run.answer.end, run.answer.left], [code, end, 3]);
    });
  } finally {
    await server.shutdown();
  }
}

async function writePiAuth(home: string, entry: object): Promise<void> {
  await Deno.mkdir(join(home, ".pi/agent"), { recursive: true });
  await Deno.writeTextFile(join(home, ".pi/agent/auth.json"), JSON.stringify({ openrouter: entry }));
}

Deno.test("where keys are found", async (t) => {
  const ids = idsOf(1);
  const rows: [name: string, files: Record<string, object>, env: Record<string, string>, origin: string | undefined][] =
    [
      ["Pi's, as it is", pi({ type: "api_key", key: ORDINARY_KEY }), {}, "Pi's auth.json"],
      ["Pi's, $NAME", pi({ type: "api_key", key: "$MY_KEY" }), { MY_KEY: ORDINARY_KEY }, "Pi's auth.json"],
      ["Pi's, ${NAME}", pi({ type: "api_key", key: "${MY_KEY}" }), { MY_KEY: ORDINARY_KEY }, "Pi's auth.json"],
      ["Pi's, $NAME that is not set", pi({ type: "api_key", key: "$MY_KEY" }), {}, undefined],
      ["Pi's login", pi({ type: "oauth", access: ORDINARY_KEY, refresh: "", expires: 1 }), {}, "Pi's auth.json"],
      [
        "Claude Code's settings",
        claude({ ANTHROPIC_BASE_URL: "https://openrouter.ai/api", ANTHROPIC_AUTH_TOKEN: ORDINARY_KEY }),
        {},
        "ANTHROPIC_AUTH_TOKEN in Claude Code's settings.json",
      ],
      [
        "Claude Code's environment",
        {},
        { ANTHROPIC_BASE_URL: "https://openrouter.ai/api", ANTHROPIC_AUTH_TOKEN: ORDINARY_KEY },
        "Claude Code's ANTHROPIC_AUTH_TOKEN",
      ],
      ["not one for another host", claude({ ANTHROPIC_AUTH_TOKEN: ORDINARY_KEY }), {
        ANTHROPIC_BASE_URL: "https://openrouter.ai.example/api",
      }, undefined],
      ["not one for Anthropic itself", {}, { ANTHROPIC_AUTH_TOKEN: ORDINARY_KEY }, undefined],
      ["the variable goes first", pi({ type: "api_key", key: OTHER_KEY }), {
        OPENROUTER_API_KEY: ORDINARY_KEY,
      }, "OPENROUTER_API_KEY"],
      [
        "one that is usable before one that is not",
        {
          ...pi({ type: "api_key", key: "!x" }),
          ...claude({ ANTHROPIC_BASE_URL: "https://openrouter.ai/api", ANTHROPIC_AUTH_TOKEN: ORDINARY_KEY }),
        },
        {},
        "ANTHROPIC_AUTH_TOKEN in Claude Code's settings.json",
      ],
      ["a broken file has none", pi("{" as unknown as object), {}, undefined],
    ];
  for (const [name, files, env, origin] of rows) {
    await t.step(
      name,
      () =>
        inWorld(ids, { seed: seedOf(ids.map((id) => generation(id, 1))) }, async ({ home, ask, router }) => {
          for (const [path, content] of Object.entries(files)) {
            await Deno.mkdir(join(home, path, ".."), { recursive: true });
            await Deno.writeTextFile(join(home, path), typeof content === "string" ? content : JSON.stringify(content));
          }
          const { code, answer, stderr } = await ask([], { OPENROUTER_API_KEY: "", ...env });
          if (origin === undefined) deepStrictEqual([code, (await router.state()).requests], [1, 0]);
          else deepStrictEqual([code, answer?.key, answer?.found], [0, origin, 1], stderr);
        }),
    );
  }
});

function pi(entry: object): Record<string, object> {
  return { ".pi/agent/auth.json": typeof entry === "string" ? entry : { openrouter: entry } };
}

function claude(env: Record<string, string>): Record<string, object> {
  return { ".claude/settings.json": { env } };
}

Deno.test("nothing is sent without leave", () =>
  inWorld(
    idsOf(2),
    { seed: seedOf(idsOf(2).map((id) => generation(id, 1))) },
    async ({ home, enrich, ask, router }) => {
      const config = (...args: string[]) => runAgent(["config", ...args], { home });
      const asked = async () => (await router.state()).requests;
      strictEqual((await enrich(EVER)).code, 1);
      const dry = await enrich([...EVER, "--dry-run", "--json"]);
      deepStrictEqual([dry.code, JSON.parse(dry.stdout).toAsk, JSON.parse(dry.stdout).end], [0, 2, "planned"]);
      strictEqual((await config("set", "enrich.openrouter", "false")).code, 0);
      strictEqual((await enrich(EVER)).code, 1);
      strictEqual(await asked(), 0);
      deepStrictEqual((await ask(["--limit", "1"])).answer.found, 1);
      strictEqual((await config("set", "enrich.openrouter", "true")).code, 0);
      match((await config()).stdout, /^enrich\.openrouter +true +file/m);
      strictEqual((await enrich(EVER)).code, 0);
      deepStrictEqual(await asked(), 4);
      strictEqual((await config("unset", "enrich.openrouter")).code, 0);
      const { code, stdout } = await enrich(EVER);
      // Where there is nothing to ask nobody need say anything.
      deepStrictEqual([code, stdout.split("\n")[0]], [
        0,
        "All 2 turns were asked about before: there is nothing to ask about.",
      ]);
    },
  ));

Deno.test("a management key asks once for all, and one by one for details alone", () => {
  const ids = idsOf(40);
  const seed = seedOf(ids.map((id, n) =>
    generation(id, n / 100, {
      native_tokens_cached: n,
      provider_name: n % 2 === 0 ? "Google" : "Anthropic",
      ...(n === 7 ? { is_byok: true, upstream_inference_cost: 0.25 } : {}),
    })
  ));
  return inWorld([...ids, "gen-1795168800-gone"], { seed }, async ({ ask, find, router }) => {
    const env = { OPENROUTER_MANAGEMENT_KEY: MANAGEMENT_KEY };
    const { code, answer } = await ask([], env);
    deepStrictEqual([code, answer.found, answer.missing, answer.left], [0, 40, 0, 1]);
    deepStrictEqual((await router.log()).map(({ path, key }) => `${path} ${key}`), [
      "/api/v1/key management",
      "/api/v1/analytics/query management",
    ]);
    deepStrictEqual(await find(ids[7]!), {
      id: ids[7],
      usd: 0.07,
      upstreamUsd: 0.25,
      isByok: true,
      upstream: "Anthropic",
      cachedTokens: 7,
    });
    const detailed = await ask(["--details"], env);
    deepStrictEqual([detailed.answer.found, detailed.answer.missing, detailed.answer.left], [40, 1, 0]);
    strictEqual((await find(ids[7]!))!.createdAt, Date.UTC(2026, 10, 20, 10));
    deepStrictEqual((await ask(["--details"], env)).answer.toAsk, 0);
  });
});

Deno.test("one session, one time, and only so many", () =>
  inWorld(
    idsOf(10),
    { seed: seedOf([...idsOf(10), ...idsOf(3, "other")].map((id) => generation(id, 1))) },
    async (world) => {
      const { home, ask, router } = world;
      const other = "01a1fb65-f104-7c22-9d11-000000000002";
      await writeOpenRouterLog(home, idsOf(3, "other"), { session: other, startAt: Date.UTC(2026, 10, 21, 10) });
      deepStrictEqual((await ask([other, "--dry-run"])).answer.turns, 3);
      deepStrictEqual((await ask(["--since", "2026-11-21", "--dry-run"])).answer.turns, 3);
      const { answer } = await ask(["--limit", "2"]);
      deepStrictEqual([answer.toAsk, answer.found, answer.turns], [2, 2, 13]);
      // The newest of all.
      deepStrictEqual(Object.keys((await router.state()).byId).sort(), idsOf(3, "other").slice(1));
    },
  ));

Deno.test("two runs at once: the second says who runs, and nothing is asked twice", () =>
  inWorld(idsOf(20), { seed: seedOf(idsOf(20).map((id) => generation(id, 1))), latencyMs: 200 }, async (world) => {
    const [first, second] = await Promise.all([world.ask(), waitUntilAsked(world).then(() => world.ask())]);
    deepStrictEqual([first.code, first.answer.found, second.code], [0, 20, 1]);
    match(second.stderr, /^error: Another enrich is running: process \d+, since \d{4}-.*Z\.\n/);
    deepStrictEqual(new Set(Object.values((await world.router.state()).byId)), new Set([1]));
  }));

async function waitUntilAsked({ router }: World, count = 3): Promise<void> {
  while ((await router.state()).requests < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("Ctrl-C keeps all answers, and the next run goes on", () =>
  inWorld(idsOf(40), { seed: seedOf(idsOf(40).map((id) => generation(id, 1))), latencyMs: 100 }, async (world) => {
    const { code, stdout, stderr } = await endInMidRun(world, "SIGINT", () => waitUntilAsked(world, 10));
    strictEqual(code, 130, stderr);
    const answer = JSON.parse(stdout);
    deepStrictEqual([answer.end, answer.found + answer.left], ["interrupted", 40]);
    ok(answer.found > 0 && answer.left > 0);
    deepStrictEqual((await world.ask()).answer.found, answer.left);
    deepStrictEqual(new Set(Object.values((await world.router.state()).byId)), new Set([1]));
  }));

/** Starts a run, and ends it by a signal. */
async function endInMidRun(
  { home, router }: World,
  signal: Deno.Signal,
  until: () => Promise<void>,
): Promise<AgentRun> {
  const [program, ...first] = agentCommand();
  const child = new Deno.Command(program, {
    args: [...first, "enrich", ...EVER, "--yes", "--json"],
    cwd: home,
    clearEnv: true,
    env: agentEnvironment({ home, env: { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: router.url } }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await until();
  try {
    child.kill(signal);
  } catch (error) {
    // It was done before.
    if (!(error instanceof TypeError)) throw error;
  }
  const output = await child.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code: output.code, stdout: text(output.stdout), stderr: text(output.stderr) };
}

Deno.test("killed anywhere: no answer is lost, and none is asked for twice", () => {
  const ids = idsOf(60);
  return inWorld(ids, { seed: seedOf(ids.map((id) => generation(id, 0.25))), latencyMs: 15 }, async (world) => {
    const { home, router, ask } = world;
    const stored = async () => {
      const evidence = await openEvidence({ stateDirectory: join(home, ".opper/agent") });
      const found = ids.filter((id) => evidence?.find(id)?.usd === 0.25);
      evidence?.close();
      return found;
    };
    let kept: readonly string[] = [];
    for (let round = 0; round < 6; round++) {
      const before = await router.state();
      // Each time elsewhere: while it starts, before its first answer, among many.
      await endInMidRun(world, "SIGKILL", () => waitUntilAsked(world, before.requests + [0, 1, 3, 6, 11, 17][round]!));
      const now = await stored();
      for (const id of kept) ok(now.includes(id), `${id} was lost in round ${round}`);
      const { byId } = await router.state();
      for (const id of kept) strictEqual(byId[id], before.byId[id], `${id} was asked for again`);
      // Sent and not yet answered, or answered and not yet on the disk: at most those that are under way.
      const asked = ids.filter((id) => byId[id] !== before.byId[id]);
      ok(asked.filter((id) => !now.includes(id)).length <= 4, `round ${round}`);
      kept = now;
    }
    ok(kept.length > 0 && kept.length < ids.length, `${kept.length} of ${ids.length}`);
    const { code, answer } = await ask();
    deepStrictEqual([code, answer.found, answer.left], [0, ids.length - kept.length, 0]);
    deepStrictEqual((await stored()).length, ids.length);
  });
});

Deno.test("in a terminal it asks once, and shows how far it is", () => {
  const ids = idsOf(24);
  return inWorld(ids, { seed: seedOf(ids.map((id) => generation(id, 0.25))), latencyMs: 200 }, async (world) => {
    const config = join(world.home, ".opper/agent/config.json");
    const no = await answerInTerminal(world, ["--limit", "4"], "n\r");
    match(
      no,
      /Send 4 ids of responses to 127\.0\.0\.1:\d+, with the key of OPENROUTER_API_KEY\? Nothing else is sent\./,
    );
    match(no, /error: Nothing was sent\./);
    strictEqual((await world.router.state()).requests, 0);
    const yes = await answerInTerminal(world, ["--limit", "20"], "y\r");
    match(yes, /Asking OpenRouter {2}\d+ of 20 {3}\$\d+\.\d\d billed so far {3}\d+s left/);
    match(yes, /You will not be asked again/);
    deepStrictEqual(JSON.parse(await Deno.readTextFile(config)), { enrich: { openrouter: true } });
    const again = await answerInTerminal(world, [], "");
    ok(!again.includes("[y/N]"));
    match(again, /Found +4, \$1\.00 billed/);
    ok(!/sk-or-v1-/.test(no + yes + again));
  });
});

/** Runs `enrich` in a terminal of its own, answers when it asks, and returns all that was shown. */
async function answerInTerminal({ home, router }: World, args: readonly string[], keys: string): Promise<string> {
  const line = [...agentCommand(), "enrich", ...EVER, ...args].map((part) => `'${part}'`).join(" ") + "; echo over.";
  const child = new Deno.Command("script", {
    args: Deno.build.os === "darwin" ? ["-q", "/dev/null", "/bin/sh", "-c", line] : ["-qfc", line, "/dev/null"],
    cwd: home,
    clearEnv: true,
    env: {
      ...agentEnvironment({ home, env: { OPENROUTER_API_KEY: ORDINARY_KEY, OPENROUTER_BASE_URL: router.url } }),
      TERM: "xterm",
      NO_COLOR: "1",
      SHELL: "/bin/sh",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  let [screen, typed] = ["", false];
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    screen += text;
    if (!typed && screen.includes("[y/N]")) {
      typed = true;
      await writer.write(new TextEncoder().encode(keys));
    }
    if (screen.includes("over.")) break;
  }
  await writer.close().catch((error) => {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  });
  await child.status;
  return screen.replace(/\r\n/g, "\n");
}
