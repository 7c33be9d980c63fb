import assert from "node:assert/strict";
import type { SessionFacts, UsageTotal } from "../../core/model.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import { hermesSource, type HermesState } from "./source.ts";

const SESSION = "20261126_041923_5b4fed";

interface Folded {
  readonly totals: readonly UsageTotal[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
}

/** Folds records as the engine does. The state is written out and read back between any two of them. */
function fold(records: readonly unknown[]): Folded {
  let state = hermesSource.start({ path: "/x/state.db", relativePath: "state.db", part: SESSION });
  const [totals, problems]: [UsageTotal[], string[]] = [[], []];
  const folder = new RecordFolder(hermesSource);
  for (const record of records) {
    const result = folder.fold(state, record);
    totals.push(...result.totals ?? []);
    if (result.problem !== undefined) problems.push(result.problem);
    state = JSON.parse(JSON.stringify(result.state)) as HermesState;
  }
  return { totals, problems, facts: hermesSource.session(state) };
}

type Members = Readonly<Record<string, unknown>>;

/** Of 2026-11-26T04:20:00Z, in seconds as Hermes has them. */
const START = 1795666800;
const ms = (seconds: number) => Math.trunc((START + seconds) * 1000);

const COUNTS = { input_tokens: 1000, output_tokens: 50, cache_read_tokens: 600, cache_write_tokens: 200 };
const ZERO = { input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: 0, api_call_count: 0 };
/** As disjoint usage, which Hermes' counters are. */
const USAGE = { input: 1000, output: 50, cacheRead: 600, cacheWrite: 200, cacheWrite1h: 0 };
const NONE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0 };

const session = (members: Members = {}): Members => ({
  kind: "session",
  model: "gpt-5.4",
  started_at: START + 0.578739,
  last_message_at: START + 60,
  billing_provider: "openai",
  api_call_count: 3,
  ...COUNTS,
  ...members,
});

const usage = (members: Members = {}): Members => ({
  kind: "usage",
  model: "gpt-5.4",
  task: "",
  started_at: START,
  first_seen: START + 10,
  last_seen: START + 50.25,
  billing_provider: "openai",
  billing_base_url: "",
  billing_mode: "",
  api_call_count: 3,
  ...COUNTS,
  estimated_cost_usd: 0,
  actual_cost_usd: 0,
  ...members,
});

Deno.test("sums", async (t) => {
  const rows: [name: string, records: readonly Members[], usages: readonly UsageTotal["usage"][], problems?: number][] =
    [
      ["of a session alone", [session()], [USAGE]],
      ["reasoning is inside the output", [session({ reasoning_tokens: 40 })], [USAGE]],
      ["what is NULL was never counted", [session({ cache_write_tokens: null })], [{ ...USAGE, cacheWrite: 0 }]],
      ["more than a response has", [session({ cache_read_tokens: 3e9 })], [{ ...USAGE, cacheRead: 3e9 }]],
      ["nothing was answered", [session(ZERO)], []],
      ["a row by model, and none of the session", [usage(), session()], [USAGE]],
      ["two models", [usage(), usage({ model: "b" }), session({ ...COUNTS, input_tokens: 2000 })], [USAGE, USAGE]],
      ["side work is in no session's row", [usage(), usage({ task: "title_generation" }), session()], [USAGE, USAGE]],
      // 1500 - 1000 of input: the 1000 of the title are in no session's row.
      [
        "side work beside what rows by model leave out",
        [usage(), usage({ task: "title_generation" }), session({ input_tokens: 1500 })],
        [USAGE, USAGE, { ...NONE, input: 500 }],
      ],
      ["side work alone, beside what a gateway counted", [usage({ task: "vision" }), session()], [USAGE, USAGE]],
      ["talk is in the session's row", [usage({ task: "voice_chat" }), session()], [USAGE]],
      // 1500 - 1000 of input and 60 - 50 of output are of no row.
      [
        "what rows by model leave out",
        [usage(), session({ input_tokens: 1500, output_tokens: 60 })],
        [USAGE, { ...NONE, input: 500, output: 10 }],
      ],
      ["a counter that began anew", [usage(), session({ ...ZERO, input_tokens: 7 })], [USAGE]],
      ["rows of zeros beside a session's", [usage(ZERO), session()], [USAGE]],
      ["rows without their session", [usage({ started_at: null })], [USAGE]],
      ["a negative count", [session({ output_tokens: -1 })], [], 1],
      ["a text", [session({ input_tokens: "many" })], [], 1],
      ["a fraction", [usage({ input_tokens: 0.5 })], [], 1],
      ["no session of anybody has so many", [session({ cache_read_tokens: 1e15 })], [], 1],
      // What cannot be read by model is in the session's row.
      ["a damaged row by model", [usage({ output_tokens: "x" }), session()], [USAGE], 1],
      ["no time at all", [session({ started_at: 0, last_message_at: null })], [], 1],
    ];
  for (const [name, records, usages, problems = 0] of rows) {
    await t.step(name, () => {
      const found = fold(records);
      assert.deepEqual(found.totals.map(({ usage }) => usage), usages);
      assert.equal(found.problems.length, problems, found.problems.join("\n"));
      const keys = found.totals.map(({ key }) => key);
      assert.deepEqual([...new Set(keys)], keys);
    });
  }
});

Deno.test("requests, chains and times", async (t) => {
  const rows: [name: string, records: readonly Members[], ...expected: Partial<UsageTotal>[]][] = [
    ["of a session", [session()], { requests: 3, chain: "main", firstAt: ms(0.578), lastAt: ms(60) }],
    ["of a model", [usage()], { requests: 3, chain: "main", firstAt: ms(10), lastAt: ms(50.25) }],
    ["a schema without a count of requests", [session({ api_call_count: null })], { requests: undefined }],
    [
      "what rows by model leave out",
      [usage(), session({ input_tokens: 1500, api_call_count: 5 })],
      { requests: 3 },
      { requests: 2, firstAt: ms(0.578), lastAt: ms(60) },
    ],
    ["a title", [usage({ task: "title_generation" })], { chain: "tool" }],
    ["pictures", [usage({ task: "vision" })], { chain: "tool" }],
    ["a compaction", [usage({ task: "compression" })], { chain: "compaction" }],
    ["talk is the conversation", [usage({ task: "voice_chat" })], { chain: "main" }],
    ["before there were tasks", [usage({ task: null })], { chain: "main" }],
    ["in milliseconds", [session({ started_at: ms(1), last_message_at: ms(2) })], { firstAt: ms(1), lastAt: ms(2) }],
    ["a clock that was set back", [usage({ last_seen: START - 5 })], { firstAt: ms(10), lastAt: ms(10) }],
    ["no times of its own", [usage({ first_seen: null, last_seen: null })], { firstAt: ms(0), lastAt: ms(0) }],
  ];
  for (const [name, records, ...expected] of rows) {
    await t.step(name, () => {
      const { totals, problems } = fold(records);
      assert.deepEqual(problems, []);
      assert.deepEqual(totals.map((total, place) => ({ ...total, ...expected[place] })), totals);
      assert.equal(totals.length, expected.length);
    });
  }
});

Deno.test("who bills", async (t) => {
  const rows: [provider: unknown, url: unknown, expected: string][] = [
    ["custom", "http://127.0.0.1:46195/v1", "custom"],
    ["custom", "https://api.opper.ai/v3/compat", "opper"],
    ["openai", "https://api.opper.ai/v3/compat", "opper"],
    ["opper", "http://127.0.0.1:1/v1", "opper"],
    ["opper-agent", "http://127.0.0.1:1/v1", "opper"],
    ["custom", "https://openrouter.ai/api/v1", "openrouter"],
    ["custom:mine", "https://api.openai.com/v1", "openai"],
    ["custom:mine", "https://llm.example.com/v1", "custom:mine"],
    ["", "https://inference-api.nousresearch.com/v1", "nous"],
    ["", "", "unknown"],
    [null, null, "unknown"],
    ["auto", "https://llm.example.com/v1", "unknown"],
    ["OpenAI-API", "", "openai"],
    ["openai-codex", "https://chatgpt.com/backend-api/codex", "openai-codex"],
    ["gemini", "", "google"],
    ["copilot", "https://api.githubcopilot.com", "github-copilot"],
    // Somebody who has Anthropic's API before another host.
    ["anthropic", "https://llm.example.com", "anthropic"],
  ];
  for (const [provider, url, expected] of rows) {
    await t.step(`${provider} at ${url}`, () => {
      const { totals } = fold([session({ billing_provider: provider, billing_base_url: url })]);
      assert.deepEqual(totals.map(({ model }) => model), [{ provider: expected, model: "gpt-5.4" }]);
    });
  }
  await t.step("no model", () => assert.equal(fold([session({ model: null })]).totals[0]!.model.model, "unknown"));
  await t.step("an address is in no key: it may hold a password", () => {
    const [total] = fold([usage({ billing_base_url: "https://me:secret@llm.example.com/v1" })]).totals;
    assert.doesNotMatch(JSON.stringify(total), /secret/);
  });
});

Deno.test("what Hermes reckoned, and what was charged", async (t) => {
  const rows: [name: string, records: readonly Members[], expected: UsageTotal["reported"]][] = [
    ["neither", [session({ estimated_cost_usd: 0, cost_status: "unknown" })], undefined],
    ["an estimate", [session({ estimated_cost_usd: 0.25, cost_status: "estimated" })], { usd: 0.25 }],
    ["of side requests, which have no status", [usage({ estimated_cost_usd: 0.25, cost_status: null })], { usd: 0.25 }],
    ["a bill goes first", [session({ estimated_cost_usd: 0.25, actual_cost_usd: 0.5, cost_status: "actual" })], {
      usd: 0.5,
      isBill: true,
    }],
    ["a bill of 0 is none", [usage({ estimated_cost_usd: 0.25, actual_cost_usd: 0, cost_status: "estimated" })], {
      usd: 0.25,
    }],
    ["a plan", [session({ estimated_cost_usd: 0, cost_status: "included" })], undefined],
    ["a part is of a price that is unknown", [session({ estimated_cost_usd: 1, cost_status: "unknown" })], undefined],
    ["an estimate of 0 is none", [session({ estimated_cost_usd: 0, cost_status: "estimated" })], undefined],
    ["less than nothing", [session({ estimated_cost_usd: -1, cost_status: "estimated" })], undefined],
    ["more than anybody pays", [session({ actual_cost_usd: 1e9 })], undefined],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const { totals, problems } = fold(records);
      assert.deepEqual(problems, []);
      assert.deepEqual(totals.map(({ reported }) => reported), [expected]);
    });
  }
  await t.step("of what rows by model leave out: 0.75 - 0.25", () => {
    const whole = session({ input_tokens: 1500, estimated_cost_usd: 0.75, cost_status: "estimated" });
    const { totals } = fold([usage({ estimated_cost_usd: 0.25, cost_status: "estimated" }), whole]);
    assert.deepEqual(totals.map(({ reported }) => reported), [{ usd: 0.25 }, { usd: 0.5 }]);
  });
  await t.step("of pictures, which have no tokens", () => {
    const { totals } = fold([usage({ ...ZERO, task: "vision", actual_cost_usd: 0.04 })]);
    assert.deepEqual(totals.map(({ usage, reported }) => [usage, reported]), [[NONE, { usd: 0.04, isBill: true }]]);
  });
});

Deno.test("keys", async (t) => {
  const keysOf = (...records: readonly Members[]) => fold(records).totals.map(({ key }) => key);
  const other: [name: string, members: Members][] = [
    ["model", { model: "b" }],
    ["provider", { billing_provider: "b" }],
    ["address", { billing_base_url: "https://b" }],
    ["plan", { billing_mode: "b" }],
    ["kind of work", { task: "b" }],
    ["start: ids that somebody chose repeat", { started_at: START + 1 }],
  ];
  for (const [name, members] of other) {
    await t.step(`another ${name}`, () => assert.equal(new Set(keysOf(usage(), usage(members))).size, 2));
  }
  await t.step(
    "the same when it grew",
    () => assert.equal(new Set(keysOf(usage(), usage({ input_tokens: 9 }))).size, 1),
  );
});

Deno.test("the session", async (t) => {
  const rows: [name: string, records: readonly Members[], expected: Partial<SessionFacts>][] = [
    ["nothing but its id", [], { sessionId: SESSION, startedAt: undefined }],
    ["of an old schema", [session()], { startedAt: ms(0.578), lastActivityAt: ms(60), cwd: undefined }],
    ["its title and directory", [session({ title: "One", cwd: "/srv" })], { title: "One", cwd: "/srv" }],
    ["what somebody typed is no title", [session({ title: "Hi", title_source: "derived" })], { title: undefined }],
    ["one that a model made up", [session({ title: "Fix", title_source: "llm" })], { title: "Fix" }],
    ["a sub-agent, a branch, what a compaction goes on with", [session({ parent_session_id: "p" })], {
      parentSessionId: "p",
    }],
    ["a sign of life", [session({ last_activity_at: START + 70 })], { lastActivityAt: ms(70) }],
    ["ended by whoever found it open", [session({ ended_at: START + 9999 })], { lastActivityAt: ms(60) }],
    ["nothing else tells", [session({ last_message_at: null, ended_at: START + 90 })], { lastActivityAt: ms(90) }],
    ["a damaged time", [session({ last_activity_at: 5e246 })], { lastActivityAt: ms(60) }],
    ["rows by model tell, too", [usage({ last_seen: START + 80 }), session()], { lastActivityAt: ms(80) }],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const { facts } = fold(records);
      assert.deepEqual({ ...facts, ...expected }, facts);
    });
  }
});

Deno.test("what led to no sum", async (t) => {
  const folder = new RecordFolder(hermesSource);
  const rows: [name: string, record: unknown, expected: string | undefined][] = [
    ["requests without any tokens", session({ ...ZERO, api_call_count: 2 }), "response"],
    ["no requests", session(ZERO), undefined],
    ["a sum", session(), undefined],
    ["a message", { kind: "message", role: "user", content: "x" }, undefined],
  ];
  for (const [name, record, expected] of rows) {
    await t.step(name, () => assert.equal(folder.uncounted(record, false), expected));
  }
});

Deno.test("records that are none", () => {
  for (const value of [null, 7, "x", []]) assert.equal(fold([value]).problems.length, 1);
  assert.deepEqual(fold([{}, { kind: "x" }, { kind: 7 }, { kind: "message" }]).totals, []);
});

Deno.test("text", async (t) => {
  const message = (role: unknown, content: unknown) => ({ kind: "message", role, content });
  const blocks = JSON.stringify([{ type: "text", text: "Look" }, { type: "image_url", image_url: {} }]);
  const rows: [name: string, record: unknown, expected: string | undefined][] = [
    ["a text", message("user", "Hello"), "Hello"],
    ["blocks", message("assistant", `\x01json:${blocks}`), "Look"],
    ["blocks of older versions", message("assistant", `\0json:${blocks}`), "Look"],
    ["broken blocks", message("assistant", "\x01json:["), undefined],
    ["a tool's result", message("tool", "README.md"), undefined],
    ["a call of a tool alone", message("assistant", ""), undefined],
    ["nothing", message("assistant", null), undefined],
    ["a sum", session(), undefined],
    ["no record", null, undefined],
  ];
  for (const [name, record, expected] of rows) {
    await t.step(name, () => assert.equal(hermesSource.text(record)?.text, expected));
  }
});
