import assert from "node:assert/strict";
import type { SessionFacts, UsageTotal } from "../../core/model.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import type { DocumentStore } from "../log_store.ts";
import type { RecordedTurn } from "../source.ts";
import { logs } from "./places.ts";
import { clineSource } from "./source.ts";
import type { ClineState } from "./state.ts";

const SESSION = "1795667082510_wxqbg";
const BEGAN = 1_795_667_082_510;
const [TASKS, SESSIONS] = logs.stores as unknown as readonly [DocumentStore, DocumentStore];

type Members = Readonly<Record<string, unknown>>;

interface Folded {
  readonly turns: readonly RecordedTurn[];
  readonly totals: readonly UsageTotal[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
}

/** Folds documents as the engine does. The state is written out and read back between any two records. */
function fold(store: DocumentStore, directory: string, ...documents: readonly unknown[]): Folded {
  let state = clineSource.start({ path: `/x/${directory}`, relativePath: directory });
  const [turns, totals, problems]: [RecordedTurn[], UsageTotal[], string[]] = [[], [], []];
  const folder = new RecordFolder(clineSource);
  for (const document of documents) {
    for (const record of store.records(document, `${directory}/x.json`)) {
      const result = folder.fold(state, record);
      turns.push(...result.turns ?? []);
      totals.push(...result.totals ?? []);
      if (result.problem !== undefined) problems.push(result.problem);
      state = JSON.parse(JSON.stringify(result.state)) as ClineState;
    }
  }
  return { turns, totals, problems, facts: clineSource.session(state) };
}

const ms = (seconds: number) => BEGAN + seconds * 1000;
const iso = (seconds: number) => new Date(ms(seconds)).toISOString();

const manifest = (members: Members = {}) => ({
  version: 1,
  session_id: SESSION,
  started_at: iso(0),
  cwd: "/srv/api",
  prompt: '<user_input mode="act">say hello\nto all</user_input>',
  metadata: { title: "say hello" },
  ...members,
});

const conversation = (messages: readonly unknown[], members: Members = {}) => ({
  version: 1,
  agent: "lead",
  sessionId: SESSION,
  origin: { sessionId: SESSION },
  messages,
  ...members,
});

const user = (seconds: number, members: Members = {}) => ({
  id: `u${seconds}`,
  role: "user",
  ts: ms(seconds),
  ...members,
});

/** Of 1000 tokens of input 600 were read from the cache and 300 written to it, so that 100 are neither. */
const METRICS = { inputTokens: 1000, outputTokens: 50, cacheReadTokens: 600, cacheWriteTokens: 300, cost: 0.25 };
const USAGE = { input: 100, cacheRead: 600, cacheWrite: 300, cacheWrite1h: 0, output: 50 };

const answer = (seconds: number, members: Members = {}) => ({
  id: `m${seconds}`,
  role: "assistant",
  ts: ms(seconds),
  modelInfo: { id: "claude-sonnet-4-6", provider: "anthropic" },
  metrics: METRICS,
  ...members,
});

Deno.test("a session: its turn, and what is known of it", () => {
  const { turns, problems, facts } = fold(
    SESSIONS,
    SESSION,
    manifest({ ended_at: iso(9) }),
    conversation([user(1), answer(4)]),
  );
  assert.deepEqual(turns, [{
    key: "m4",
    at: ms(1),
    endedAt: ms(4),
    model: { provider: "anthropic", model: "claude-sonnet-4-6" },
    usage: USAGE,
    chain: "main",
    reported: { usd: 0.25 },
  }]);
  assert.deepEqual(problems, []);
  assert.deepEqual(facts, {
    sessionId: SESSION,
    cwd: "/srv/api",
    title: undefined,
    startedAt: ms(0),
    lastActivityAt: ms(9),
  });
});

Deno.test("metrics of a message", async (t) => {
  const COUNTS = "Expected counts of input and output, found";
  const rows: [name: string, members: Members, expected: Partial<RecordedTurn> | undefined, problem?: string][] = [
    ["without a cache", { metrics: { inputTokens: 7, outputTokens: 1 } }, {
      usage: { input: 7, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 1 },
      reported: undefined,
    }],
    ["a cost of 0 is unknown", { metrics: { ...METRICS, cost: 0 } }, { usage: USAGE, reported: undefined }],
    [
      "a cost below 0",
      { metrics: { ...METRICS, cost: -1 } },
      { usage: USAGE, reported: undefined },
      "Expected a cost of 0",
    ],
    [
      "a cost nobody is asked for",
      { metrics: { ...METRICS, cost: 1e9 } },
      { reported: undefined },
      "Expected a cost of 0",
    ],
    // 1000 cannot have 1200 in it.
    ["more cached than there was", { metrics: { ...METRICS, cacheReadTokens: 900 } }, {
      usage: { ...USAGE, input: 1000, cacheRead: 900 },
    }, "Expected an input with 1200 cached tokens in it, found 1000"],
    ["no input", { metrics: { outputTokens: 1 } }, undefined, `${COUNTS} nothing and 1`],
    [
      "an output below 0",
      { metrics: { ...METRICS, outputTokens: -1 } },
      undefined,
      '"message.metrics.outputTokens" is -1',
    ],
    ["far too large", { metrics: { ...METRICS, inputTokens: 1e12 } }, undefined, '"message.metrics.inputTokens" is'],
    ["a count that is a text", { metrics: { ...METRICS, cacheReadTokens: "x" } }, {
      usage: { ...USAGE, input: 700, cacheRead: 0 },
    }, '"message.metrics.cacheReadTokens" is "x"'],
    [
      "a server that says nothing of usage",
      { metrics: { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 } },
      undefined,
      "A response with no tokens at all is not counted: what it took is unknown.",
    ],
    ["no metrics", { metrics: undefined }, undefined],
    ["metrics that are none", { metrics: [] }, undefined],
    ["of a user", { role: "user" }, undefined],
    ["no time", { ts: undefined }, undefined, "A response without a time or a model is not counted."],
    ["no model", { modelInfo: undefined }, undefined, "A response without a time or a model is not counted."],
    ["seconds", { ts: Math.trunc(ms(4) / 1000) }, { endedAt: Math.trunc(ms(4) / 1000) * 1000 }],
    ["no id", { id: undefined }, { key: `${ms(4)} claude-sonnet-4-6 1000 50 600` }],
    ["a part of a message", { id: "m4_part_2" }, { key: "m4" }],
    ["Google's API", { modelInfo: { id: "gemini-3-pro", provider: "gemini" } }, {
      model: { provider: "google", model: "gemini-3-pro" },
    }],
    ["OpenAI's own", { modelInfo: { id: "gpt-5.4", provider: "OpenAI-Native" } }, {
      model: { provider: "openai", model: "gpt-5.4" },
    }],
    ["no provider", { modelInfo: { id: "m" } }, { model: { provider: "unknown", model: "m" } }],
    // The sum of a task that the session goes on from: it has the task's responses nowhere.
    ["the sum of a task", { modelInfo: { id: "m", provider: "unknown" } }, undefined],
  ];
  for (const [name, members, expected, problem] of rows) {
    await t.step(name, () => {
      const { turns, problems } = fold(SESSIONS, SESSION, manifest(), conversation([user(1), answer(4, members)]));
      assert.equal(turns.length, expected === undefined ? 0 : 1);
      for (const [field, value] of Object.entries(expected ?? {})) {
        assert.deepEqual(turns[0]![field as keyof RecordedTurn], value, field);
      }
      assert.equal(problems.length, problem === undefined ? 0 : 1, problems.join("\n"));
      if (problem !== undefined) assert.ok(problems[0]!.includes(problem), problems[0]);
    });
  }
});

Deno.test("the request began when the message before was written", async (t) => {
  const rows: [name: string, messages: readonly Members[], expected: number][] = [
    ["alone", [answer(4)], ms(4)],
    ["after a tool", [user(1), answer(2, { metrics: undefined }), user(3), answer(4)], ms(3)],
    ["before it without a time", [user(1), { role: "user" }, answer(4)], ms(1)],
    ["before it a later one", [user(5), answer(4)], ms(4)],
    ["before it one of long ago", [user(1), answer(100_000)], ms(100_000)],
  ];
  for (const [name, messages, expected] of rows) {
    await t.step(name, () => assert.equal(fold(SESSIONS, SESSION, conversation(messages)).turns[0]?.at, expected));
  }
});

Deno.test("a sub-agent and a teammate have chains of their own, and no say in when requests of others began", () => {
  const agent = conversation([answer(3)], {
    agent: "subagent",
    sessionId: `${SESSION}__agent_1_x`,
    origin: { subagent: "agent_1_x" },
  });
  const mate = conversation([answer(5)], {
    agent: "teammate",
    sessionId: `${SESSION}__teamtask__main__Ab3dEf`,
    origin: {},
  });
  const { turns, facts } = fold(SESSIONS, SESSION, manifest(), conversation([user(1), answer(2)]), agent, mate);
  assert.deepEqual(turns.map(({ chain, at }) => [chain, at]), [["main", ms(1)], ["agent_1_x", ms(3)], [
    "agent main",
    ms(5),
  ]]);
  assert.equal(facts?.sessionId, SESSION);
});

Deno.test("what a session shows", async (t) => {
  const rows: [name: string, documents: readonly unknown[], expected: Partial<SessionFacts> | undefined][] = [
    ["nothing", [], undefined],
    ["nothing of a session", [{ some: "thing" }], undefined],
    ["no answer yet", [manifest()], { sessionId: SESSION, cwd: "/srv/api", startedAt: ms(0) }],
    ["no document of its own", [conversation([])], { sessionId: SESSION, cwd: undefined, startedAt: BEGAN }],
    ["a name that somebody gave", [manifest({ metadata: { title: "Greetings" } })], { title: "Greetings" }],
    ["a name without what was typed", [manifest({ prompt: undefined })], { title: undefined }],
  ];
  for (const [name, documents, expected] of rows) {
    await t.step(name, () => {
      const { facts } = fold(SESSIONS, SESSION, ...documents);
      assert.equal(facts === undefined, expected === undefined);
      for (const [field, value] of Object.entries(expected ?? {})) {
        assert.deepEqual(facts![field as keyof SessionFacts], value, field);
      }
    });
  }
});

Deno.test("a session that goes on from another one's checkpoint has copies of its responses", () => {
  const later = `${ms(100)}_abcde`;
  const { turns } = fold(
    SESSIONS,
    later,
    manifest({ session_id: later, started_at: iso(100) }),
    conversation([user(1), answer(4), user(101), answer(104)]),
  );
  assert.deepEqual(turns.map(({ key, copied }) => [key, copied]), [["m4", true], ["m104", undefined]]);
});

Deno.test("a session that goes on from a task counts what came after it", () => {
  const documents = [
    manifest({ metadata: { legacyTask: true } }),
    conversation([user(1), answer(4, { modelInfo: undefined }), user(5), answer(6)]),
  ];
  const { turns, problems } = fold(SESSIONS, SESSION, ...documents);
  assert.deepEqual([turns.map(({ key }) => key), problems], [["m6"], []]);
});

Deno.test("what is said", () => {
  const text = (record: unknown) => clineSource.text(record);
  const content = [{ type: "text", text: '<user_input mode="act">hi</user_input>' }, { type: "tool_use", name: "x" }];
  assert.deepEqual(text({ agent: "lead", message: { role: "user", content } }), { role: "user", text: "hi" });
  assert.equal(text({ agent: "subagent", message: { role: "user", content } }), undefined);
  assert.deepEqual(text({ ui: { type: "say", say: "task", text: "do" } }), { role: "user", text: "do" });
  assert.deepEqual(text({ ui: { type: "say", say: "completion_result", text: "done" } }), {
    role: "assistant",
    text: "done",
  });
  assert.equal(text({ ui: { type: "say", say: "api_req_started", text: "{}" } }), undefined);
  assert.equal(text({ ui: { type: "say", say: "text", text: "do", partial: true } }), undefined);
  for (const record of [null, 7, [], {}, { message: [] }, { ui: null }]) assert.equal(text(record), undefined);
});

const TASK = String(BEGAN);
const ui = (seconds: number, say: string, spent: unknown, members: Members = {}) => ({
  ts: ms(seconds),
  type: "say",
  say,
  text: typeof spent === "string" ? spent : JSON.stringify(spent),
  ...members,
});
const SPENT = { request: "x", tokensIn: 100, tokensOut: 50, cacheWrites: 300, cacheReads: 600, cost: 0.25 };
const asked = (...models: readonly (readonly [seconds: number, provider: string, model: string])[]) => ({
  files_in_context: [],
  model_usage: models.map(([seconds, model_provider_id, model_id]) => ({
    ts: ms(seconds),
    model_provider_id,
    model_id,
  })),
});

Deno.test("a task: its requests, by the models that were asked at the time", () => {
  const request =
    "<task>x</task>\n# Current Working Directory (/not/mine) Files\n\n# Current Working Directory (/srv/api) Files\na.ts";
  const { turns, problems, facts } = fold(
    TASKS,
    TASK,
    asked([1, "anthropic", "claude-sonnet-4-6"], [20, "gemini", "g"]),
    [
      ui(0, "task", "do it"),
      ui(2, "api_req_started", { ...SPENT, request }),
      ui(5, "text", "well"),
      ui(21, "api_req_started", SPENT),
      ui(30, "api_req_started", SPENT, { modelInfo: { providerId: "openai", modelId: "gpt" } }),
      // Nothing came of this one, and that one is waiting.
      ui(40, "api_req_started", { request: "x", cancelReason: "user_cancelled", tokensIn: 0, tokensOut: 0, cost: 0 }),
      ui(50, "api_req_started", { request: "x" }),
    ],
  );
  assert.deepEqual(problems, [
    "Expected an input with 900 cached tokens in it, found 100: they are counted beside it.",
  ]);
  assert.deepEqual(turns, [
    {
      key: `${TASK} ${ms(2)}`,
      at: ms(2),
      model: { provider: "anthropic", model: "claude-sonnet-4-6" },
      usage: USAGE,
      chain: "main",
      reported: { usd: 0.25 },
    },
    { ...turns[0]!, key: `${TASK} ${ms(21)}`, at: ms(21), model: { provider: "google", model: "g" } },
    { ...turns[0]!, key: `${TASK} ${ms(30)}`, at: ms(30), model: { provider: "openai-compatible", model: "gpt" } },
  ]);
  assert.deepEqual(facts, {
    sessionId: TASK,
    cwd: "/srv/api",
    title: undefined,
    startedAt: BEGAN,
    lastActivityAt: ms(50),
  });
});

Deno.test("whether a task's input has the cache in it depends on the provider", async (t) => {
  const rows: [provider: string, input: number][] = [
    // Of 1000 tokens 600 were read and 300 written.
    ["anthropic", 1000],
    ["openrouter", 1000],
    ["openai", 100],
    ["litellm", 100],
  ];
  for (const [provider, input] of rows) {
    await t.step(provider, () => {
      const request = ui(2, "api_req_started", { ...SPENT, tokensIn: 1000 });
      const { turns, problems } = fold(TASKS, TASK, asked([1, provider, "m"]), [request]);
      assert.deepEqual([turns.map(({ usage }) => usage.input), problems], [[input], []]);
    });
  }
});

Deno.test("sums of a task are no turns", async (t) => {
  const total = (at: number, model: unknown) => ({
    key: `${TASK} ${ms(at)}`,
    model,
    usage: USAGE,
    firstAt: BEGAN,
    lastAt: ms(at),
    reported: { usd: 0.25 },
  });
  const one = { provider: "anthropic", model: "m" };
  const unknown = { provider: "unknown", model: "unknown" };
  await t.step("of the only model", () => {
    const { turns, totals } = fold(TASKS, TASK, asked([1, "anthropic", "m"]), [
      ui(2, "deleted_api_reqs", SPENT),
      ui(3, "subagent_usage", { source: "subagents", ...SPENT }),
    ]);
    assert.deepEqual([turns, totals], [[], [total(2, one), total(3, one)]]);
  });
  await t.step("of who knows which", () => {
    const { totals } = fold(TASKS, TASK, asked([1, "anthropic", "m"], [2, "anthropic", "n"]), [
      ui(3, "deleted_api_reqs", SPENT),
    ]);
    assert.deepEqual(totals, [total(3, unknown)]);
  });
  await t.step("of nothing", () => {
    const nothing = { tokensIn: 0, tokensOut: 0, cost: 0 };
    assert.deepEqual(fold(TASKS, TASK, [ui(3, "deleted_api_reqs", nothing)]).totals, []);
  });
});

Deno.test("a task whose older messages are left out from now on was compacted", () => {
  const range = (from: number, to: number) => ({ conversationHistoryDeletedRange: [from, to] });
  const { turns } = fold(TASKS, TASK, [
    ui(2, "api_req_started", SPENT),
    ui(3, "api_req_started", SPENT, range(2, 9)),
    ui(4, "api_req_started", SPENT, range(2, 9)),
    ui(5, "text", "x", range(2, 19)),
    ui(6, "api_req_started", SPENT, range(2, 19)),
  ]);
  assert.deepEqual(turns.map(({ afterCompaction = false }) => afterCompaction), [false, true, false, true]);
});

Deno.test("a task with odd messages", async (t) => {
  const rows: [name: string, documents: readonly unknown[], turns: number, problem?: string][] = [
    [
      "a text that is none",
      [[ui(2, "api_req_started", "{")]],
      0,
      "A request whose text is no JSON object is not counted.",
    ],
    [
      "a text that is a list",
      [[ui(2, "api_req_started", [])]],
      0,
      "A request whose text is no JSON object is not counted.",
    ],
    [
      "no output",
      [[ui(2, "api_req_started", { tokensIn: 1 })]],
      0,
      "Expected counts of input and output, found 1 and nothing",
    ],
    ["no time", [[ui(2, "api_req_started", SPENT, { ts: "x" })]], 0, "A response without a time is not counted."],
    ["no messages", [[null, 7, []]], 0],
    ["models that are none", [{ model_usage: [null, { ts: "x" }, 7] }, [ui(2, "api_req_started", SPENT)]], 1],
    ["of before models were named", [[ui(2, "api_req_started", SPENT)]], 1],
  ];
  for (const [name, documents, turns, problem] of rows) {
    await t.step(name, () => {
      const folded = fold(TASKS, TASK, ...documents);
      assert.equal(folded.turns.length, turns);
      if (turns > 0) assert.deepEqual(folded.turns[0]!.model, { provider: "unknown", model: "unknown" });
      assert.deepEqual(
        folded.problems.map((said) => said.slice(0, problem?.length)),
        problem === undefined ? [] : [problem],
      );
    });
  }
});
