import assert from "node:assert/strict";
import { addUsage, NO_USAGE, type SessionFacts, type TokenUsage, type UsageTotal } from "../../core/model.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import type { RecordedTurn } from "../source.ts";
import { copilotSource } from "./source.ts";
import type { CopilotState } from "./state.ts";

const SESSION = "6551df58-33ba-459b-b583-3ecd8295bf05";
const OTHER = "6b601539-88e3-4a80-ab26-0e934c57f855";
const CORPUS = new URL("../../../tests/fixtures/sources/copilot/", import.meta.url);

interface Folded {
  /** Each as the latest record has it. */
  readonly turns: readonly RecordedTurn[];
  readonly totals: readonly UsageTotal[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
}

/** Folds records as the engine does. The state is written out and read back between any two of them. */
function fold(records: readonly unknown[], name = SESSION, workspace?: string): Folded {
  const relativePath = `${name}/events.jsonl`;
  const companions: Record<string, string> = workspace === undefined ? {} : { "workspace.yaml": workspace };
  let state = copilotSource.start({ path: `/x/${relativePath}`, relativePath, companions });
  const turns = new Map<string, RecordedTurn>();
  const totals = new Map<string, UsageTotal>();
  const problems: string[] = [];
  const folder = new RecordFolder(copilotSource);
  for (const record of records) {
    const result = folder.fold(state, record);
    for (const turn of result.turns ?? []) turns.set(turn.key, turn);
    for (const total of result.totals ?? []) totals.set(total.key, total);
    if (result.problem !== undefined) problems.push(result.problem);
    state = JSON.parse(JSON.stringify(result.state)) as CopilotState;
  }
  return { turns: [...turns.values()], totals: [...totals.values()], problems, facts: copilotSource.session(state) };
}

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 26, 4) + seconds * 1000).toISOString();
const ms = (seconds: number) => Date.UTC(2026, 10, 26, 4) + seconds * 1000;

type Members = Readonly<Record<string, unknown>>;

function event(seconds: number, type: string, data: Members, members: Members = {}): Members {
  return { type, data, id: `e${seconds}`, timestamp: at(seconds), parentId: null, ...members };
}

const start = (seconds = 0, data: Members = {}) =>
  event(seconds, "session.start", { sessionId: SESSION, startTime: at(seconds), context: { cwd: "/srv" }, ...data });

const resume = (seconds: number, data: Members = {}) => event(seconds, "session.resume", data);

/** A response of 1000 input tokens, 600 of them read and 300 written, and 50 of output, that took two seconds. */
const USAGE = {
  model: "claude-sonnet-4.6",
  inputTokens: 1000,
  outputTokens: 50,
  cacheReadTokens: 600,
  cacheWriteTokens: 300,
  reasoningTokens: 20,
  cost: 1,
  duration: 2000,
  initiator: "user",
  interactionType: "conversation-agent",
};

function response(seconds: number, usage: Members = {}, members: Members = {}): Members {
  const accounting = { sourceSessionId: SESSION, sequence: seconds, usageId: "u" };
  const apiCallId = `msg_00000000000000000000${seconds}`;
  return event(seconds, "session.usage_record", { usage: { ...USAGE, apiCallId, accounting, ...usage } }, members);
}

const SPENT = { requestCount: 1, inputTokens: 1000, outputTokens: 50, cacheReadTokens: 600, cacheWriteTokens: 300 };

function compaction(seconds: number, spent: Members | undefined = {}, data: Members = {}, members: Members = {}) {
  const compactionTokensUsed = { ...SPENT, model: "claude-sonnet-4.6", duration: 2000, ...spent };
  const all = { success: true, compactionAttemptId: `attempt${seconds}`, compactionTokensUsed, ...data };
  return event(seconds, "session.compaction_complete", all, members);
}

/** `USAGE` as disjoint usage: 1000 - 600 - 300 = 100 fresh; reasoning is inside the output. */
const ONE: TokenUsage = { input: 100, cacheRead: 600, cacheWrite: 300, cacheWrite1h: 0, output: 50 };

Deno.test("real sessions agree with what the server counted", async (t) => {
  const expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", CORPUS)));
  for (const [session, { file, billedTurns, usage }] of Object.entries<Record<string, never>>(expected)) {
    await t.step(session, async () => {
      const text = await Deno.readTextFile(new URL(`home/${file}`, CORPUS));
      const lines = text.split("\n").filter((line) => copilotSource.needles.some((needle) => line.includes(needle)));
      const { turns, totals, problems, facts } = fold(lines.map((line): unknown => JSON.parse(line)), session);
      assert.deepEqual([facts?.sessionId, problems], [session, []]);
      assert.equal(turns.length, billedTurns);
      // Each sum of this corpus is said once.
      assert.deepEqual([...turns, ...totals].map((turn) => turn.usage).reduce(addUsage, NO_USAGE), usage);
    });
  }
});

Deno.test("counts", async (t) => {
  const rows: [name: string, usage: Members, expected: TokenUsage | undefined, problems: number][] = [
    ["input contains the cache", {}, ONE, 0],
    ["all of it from the cache", { cacheReadTokens: 700 }, { ...ONE, input: 0, cacheRead: 700 }, 0],
    ["no cache", { cacheReadTokens: undefined, cacheWriteTokens: null }, {
      ...ONE,
      input: 1000,
      cacheRead: 0,
      cacheWrite: 0,
    }, 0],
    // 950 + 300 is more than 1000: what was neither cannot be told.
    ["a cache larger than the input", { cacheReadTokens: 950 }, { ...ONE, input: 0, cacheRead: 950 }, 1],
    ["what was read is damaged", { cacheReadTokens: -1 }, { ...ONE, input: 700, cacheRead: 0 }, 1],
    ["what was written is damaged", { cacheWriteTokens: "300" }, { ...ONE, input: 400, cacheWrite: 0 }, 1],
    ["no output", { outputTokens: undefined }, { ...ONE, output: 0 }, 1],
    ["a damaged output", { outputTokens: 1.5 }, { ...ONE, output: 0 }, 1],
    ["an output of 0", { outputTokens: 0 }, { ...ONE, output: 0 }, 0],
    ["no input", { inputTokens: undefined }, undefined, 1],
    ["a negative input", { inputTokens: -1000 }, undefined, 1],
    ["far too large", { inputTokens: 1e12 }, undefined, 1],
    ["nothing at all", { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 }, undefined, 1],
  ];
  for (const [name, usage, expected, problems] of rows) {
    for (const [kind, record] of [["response", response(3, usage)], ["compaction", compaction(3, usage)]] as const) {
      await t.step(`${kind}: ${name}`, () => {
        const folded = fold([start(), record]);
        assert.deepEqual(folded.turns.map((turn) => turn.usage), expected === undefined ? [] : [expected]);
        assert.equal(folded.problems.length, problems, folded.problems.join());
        assert.equal(new RecordFolder(copilotSource).uncounted(record, false), "response");
      });
    }
  }
});

Deno.test("what a turn is", async (t) => {
  const own = { isByok: true };
  const short = { apiCallId: "chatcmpl-7" };
  const rows: [name: string, record: unknown, expected: Partial<RecordedTurn> | undefined][] = [
    ["start, end and model", response(5), {
      key: "msg_000000000000000000005",
      at: ms(3),
      endedAt: ms(5),
      model: { provider: "github-copilot", model: "claude-sonnet-4.6" },
      chain: "main",
    }],
    ["a duration that is none", response(5, { duration: -1 }), { at: ms(5) }],
    ["a duration of a year", response(5, { duration: 3e10 }), { at: ms(5) }],
    ["no time", response(5, {}, { timestamp: "yesterday" }), undefined],
    ["no model", response(5, { model: "" }), undefined],
    // Ollama has a thousand ids, and gives them again.
    ["a short id", response(5, short), { key: `chatcmpl-7 ${SESSION} 5` }],
    ["a short id and no place", response(5, { ...short, accounting: null }), { key: "chatcmpl-7" }],
    ["no id", response(5, { apiCallId: null }), { key: `${SESSION} 5` }],
    ["no id and no place", response(5, { apiCallId: null, accounting: {} }), { key: "e5" }],
    ["nothing that names it", response(5, { apiCallId: null, accounting: {} }, { id: "" }), undefined],
    ["GitHub, though another serves it", response(5, { isByok: false, modelProvider: "anthropic" }), {
      model: { provider: "github-copilot", model: USAGE.model },
    }],
    ["a key of one's own", response(5, { ...own, modelProvider: "anthropic", providerType: "anthropic" }), {
      model: { provider: "anthropic", model: USAGE.model },
    }],
    ["Azure", response(5, { ...own, modelProvider: "azure_openai", providerType: "azure" }), {
      model: { provider: "azure", model: USAGE.model },
    }],
    ["a server of one's own", response(5, { ...own, modelProvider: "llama_cpp", providerType: "openai" }), {
      model: { provider: "llama_cpp", model: USAGE.model },
    }],
    ["some gateway: the API that it has", response(5, { ...own, modelProvider: "other", providerType: "openai" }), {
      model: { provider: "openai", model: USAGE.model },
    }],
    ["nobody knows whom", response(5, { ...own, modelProvider: "other" }), {
      model: { provider: "unknown", model: USAGE.model },
    }],
    ["like what every object has", response(5, { ...own, modelProvider: "constructor" }), {
      model: { provider: "constructor", model: USAGE.model },
    }],
    ["a sub-agent", response(5, { interactionType: "conversation-subagent" }, { agentId: "a1" }), { chain: "a1" }],
    ["a sub-agent by its call", response(5, { interactionType: "conversation-subagent", parentToolCallId: "call_1" }), {
      chain: "call_1",
    }],
    ["for a tool", response(5, { interactionType: "conversation-sampling" }), { chain: "tool" }],
    ["in the background", response(5, { interactionType: "conversation-background" }), { chain: "tool" }],
    ["of an older version", response(5, { interactionType: undefined, initiator: undefined }), { chain: "main" }],
    ["a compaction", compaction(5), {
      key: "attempt5",
      at: ms(3),
      endedAt: ms(5),
      model: { provider: "github-copilot", model: "claude-sonnet-4.6" },
      chain: "compaction",
    }],
    ["a compaction without an attempt", compaction(5, {}, { compactionAttemptId: null }), { key: "e5" }],
    ["a compaction by its behaviour", compaction(5, { model: null }, { behaviorModelId: "gpt-5.4" }), {
      model: { provider: "github-copilot", model: "gpt-5.4" },
    }],
    ["a compaction without any model", compaction(5, { model: null }), undefined],
    ["a compaction that failed, and was billed", compaction(5, {}, { success: false }), { usage: ONE }],
    ["a compaction without counts", compaction(5, {}, { compactionTokensUsed: null }), undefined],
    // 1000 - 600 = 400: 1.0.32 did not say what was written.
    [
      "a compaction of 1.0.32",
      compaction(5, {}, {
        behaviorModelId: "gpt-5",
        compactionTokensUsed: { input: 1000, output: 50, cachedInput: 600 },
      }),
      { usage: { ...ONE, input: 400, cacheWrite: 0 } },
    ],
    ["when the cache expires", response(5, { cacheExpiresAt: at(305), cacheTtlSeconds: 300 }), {
      cacheExpiresAt: ms(305),
      requestedTtlMs: undefined,
    }],
    ["another session's, in a fork", response(5, { accounting: { sourceSessionId: OTHER, sequence: 1 } }), {
      copied: true,
    }],
    [
      "a sub-agent's, which is a session of its own",
      response(5, { accounting: { sourceSessionId: OTHER, sequence: 1 } }, { agentId: "a1" }),
      { copied: undefined },
    ],
    ["what the API said before it was counted", event(5, "model.model_call_success", { usage: USAGE }), undefined],
    ["an abort", event(5, "abort", { reason: "user_initiated" }), undefined],
    ["an error", event(5, "session.error", { statusCode: 400 }), undefined],
  ];
  for (const [name, record, expected] of rows) {
    await t.step(name, () => {
      const [turn] = fold([start(), record]).turns;
      if (expected === undefined) assert.equal(turn, undefined);
      else assert.deepEqual({ ...turn, ...expected }, { ...pickAbsent(expected), ...turn });
    });
  }
});

/** Members that are expected not to be there. */
function pickAbsent(expected: object): object {
  return Object.fromEntries(Object.entries(expected).filter(([, value]) => value === undefined));
}

Deno.test("credits", async (t) => {
  const nano = (totalNanoAiu: unknown, usage: Members = {}) => ({ copilotUsage: { totalNanoAiu }, ...usage });
  const june = "2026-06-01T00:00:02.000Z";
  const may = "2026-06-01T00:00:01.999Z";
  const rows: [name: string, record: unknown, reported: RecordedTurn["reported"]][] = [
    // 4,575,000,000 / 10^9 = 4.575 credits of a cent.
    ["in dollars", response(5, nano(4_575_000_000)), { usd: 0.04575, credits: 4.575 }],
    ["of a compaction", compaction(5, nano(1_000_000_000)), { usd: 0.01, credits: 1 }],
    ["from the first day on", response(5, nano(1e9), { timestamp: june }), { usd: 0.01, credits: 1 }],
    ["asked for before", response(5, nano(1e9), { timestamp: may }), undefined],
    ["not known", response(5, nano(1e9, { aiCreditsStatus: "unavailable" })), undefined],
    ["none", response(5, nano(0)), undefined],
    ["no number", response(5, nano("1")), undefined],
    ["negative", response(5, nano(-1e9)), undefined],
    ["of no response", response(5, nano(1e18)), undefined],
    ["with a key of one's own", response(5, nano(1e9, { isByok: true, modelProvider: "openai" })), undefined],
    ["premium requests are no money", response(5, { cost: 3 }), undefined],
  ];
  for (const [name, record, reported] of rows) {
    await t.step(name, () => assert.deepEqual(fold([start(), record]).turns[0]?.reported, reported));
  }
});

Deno.test("each response is counted once", async (t) => {
  const same = response(1);
  const rows: [name: string, records: readonly unknown[], keys: readonly string[]][] = [
    ["a line twice", [same, same], ["msg_000000000000000000001"]],
    ["ids that a server gives again", [response(1, { apiCallId: "0" }), response(2, { apiCallId: "0" })], [
      `0 ${SESSION} 1`,
      `0 ${SESSION} 2`,
    ]],
    [
      "a compaction that has a record",
      [response(1), response(2, { interactionType: "conversation-compaction" }), compaction(3), compaction(4)],
      ["msg_000000000000000000001", "msg_000000000000000000002", "attempt4"],
    ],
  ];
  for (const [name, records, keys] of rows) {
    await t.step(name, () => assert.deepEqual(fold([start(), ...records]).turns.map(({ key }) => key), keys));
  }
});

Deno.test("when a cache expires may be said later", async (t) => {
  const checkpoint = (seconds: number, modelId: string, expires: unknown) =>
    event(seconds, "session.usage_checkpoint", {
      totalNanoAiu: 1,
      modelCacheState: [{ modelId, cacheExpiresAt: expires, cacheTtlSeconds: 300 }],
    });
  const known = response(1, { cacheExpiresAt: at(301) });
  const rows: [name: string, records: readonly unknown[], expected: readonly (number | undefined)[]][] = [
    ["of the latest", [response(1), response(2), checkpoint(3, USAGE.model, at(302))], [undefined, ms(302)]],
    ["later than was known", [known, checkpoint(3, USAGE.model, at(302))], [ms(302)]],
    ["sooner: of what was before", [known, checkpoint(3, USAGE.model, at(200))], [ms(301)]],
    ["of another model", [response(1), checkpoint(3, "gpt-5.4", at(302))], [undefined]],
    ["no time", [response(1), checkpoint(3, USAGE.model, "soon")], [undefined]],
    ["of another kind", [response(1), checkpoint(3, USAGE.model, 7)], [undefined]],
    ["no list", [response(1), event(3, "session.usage_checkpoint", { modelCacheState: {} })], [undefined]],
    ["before any", [checkpoint(3, USAGE.model, at(302))], []],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const { turns, problems } = fold([start(), ...records]);
      assert.deepEqual(turns.map(({ cacheExpiresAt }) => cacheExpiresAt), expected);
      assert.deepEqual(problems, []);
    });
  }
});

Deno.test("the session", async (t) => {
  const change = (seconds: number, newModel: string, members: Members = {}) =>
    event(seconds, "session.model_change", { newModel }, members);
  const pending = { at: ms(2), kind: "compacted" } as const;
  const rows: [name: string, records: readonly unknown[], expected: Partial<SessionFacts> | undefined][] = [
    ["nothing yet", [], undefined],
    ["no response", [start(1)], { sessionId: SESSION, cwd: "/srv", startedAt: ms(1), lastActivityAt: ms(1) }],
    ["begun before it was written", [start(5, { startTime: at(1) })], { startedAt: ms(1), lastActivityAt: ms(5) }],
    ["without its first line: the file's", [response(1)], { sessionId: SESSION, startedAt: ms(1) }],
    ["resumed elsewhere", [start(), resume(2, { context: { cwd: "/other" } })], { cwd: "/other", startedAt: ms(0) }],
    ["resumed without a word of it", [start(), resume(2)], { cwd: "/srv", lastActivityAt: ms(2) }],
    ["changed its directory", [start(), event(2, "session.context_changed", { cwd: "/other" })], { cwd: "/other" }],
    ["a sub-agent's directory", [start(), event(2, "session.context_changed", { cwd: "/x" }, { agentId: "a" })], {
      cwd: "/srv",
    }],
    ["compacted", [start(), response(1), compaction(2)], { pending }],
    ["compacted, and on", [start(), response(1), compaction(2), response(3)], { pending: undefined }],
    ["not compacted after all", [start(), response(1), compaction(2, {}, { success: false })], { pending: undefined }],
    ["a sub-agent was compacted", [start(), response(1), compaction(2, {}, {}, { agentId: "a" })], {
      pending: undefined,
    }],
    ["another model", [start(), response(1), change(2, "gpt-5.4")], {
      pending: { at: ms(2), kind: "model_changed", model: { provider: "github-copilot", model: "gpt-5.4" } },
    }],
    [
      "another model, and a sub-agent and a compaction go on",
      [start(), response(1), change(2, "gpt-5.4"), response(3, { model: "gpt-5.4" }, { agentId: "a" }), compaction(4)],
      { pending: { at: ms(2), kind: "model_changed", model: { provider: "github-copilot", model: "gpt-5.4" } } },
    ],
    ["another model, and on", [start(), response(1), change(2, "gpt-5.4"), response(3, { model: "gpt-5.4" })], {
      pending: undefined,
    }],
    ["the same model", [start(), response(1), change(2, USAGE.model)], { pending: undefined }],
    ["a sub-agent's model", [start(), response(1), change(2, "gpt-5.4", { agentId: "a" })], { pending: undefined }],
    ["a model before any turn", [start(), change(2, "gpt-5.4")], { pending: undefined }],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const { facts } = fold(records);
      if (expected === undefined) assert.equal(facts, undefined);
      else assert.deepEqual({ ...facts, ...expected }, facts);
    });
  }
  await t.step("what is beside it", () => {
    const { facts } = fold([response(1)], "renamed", `id: ${OTHER}\ncwd: /beside\nname: mine\nuser_named: true\n`);
    assert.deepEqual([facts?.sessionId, facts?.cwd, facts?.title], [OTHER, "/beside", "mine"]);
  });
  await t.step("a fork that begins with its parent's lines", () => {
    const own = response(2, { accounting: { sourceSessionId: OTHER, sequence: 1 } });
    const { facts, turns } = fold([start(), response(1), own], OTHER, `id: ${OTHER}\n`);
    assert.deepEqual([facts?.sessionId, facts?.parentSessionId], [OTHER, SESSION]);
    assert.deepEqual(turns.map(({ copied }) => copied), [true, undefined]);
  });
  await t.step("the turn after a compaction, of the chain that was compacted", () => {
    const sub = response(3, {}, { agentId: "a" });
    const { turns } = fold([start(), response(1), compaction(2), sub, response(4), response(5)]);
    assert.deepEqual(turns.map((turn) => turn.afterCompaction), [undefined, undefined, undefined, true, undefined]);
  });
  await t.step("who bills a compaction is who bills the conversation", () => {
    const { turns } = fold([start(), response(1, { isByok: true, modelProvider: "openai" }), compaction(2)]);
    assert.deepEqual(turns.map(({ model }) => model.provider), ["openai", "openai"]);
  });
});

Deno.test("records that are none", () => {
  for (const value of [null, 7, "x", [], [{}]]) assert.equal(fold([value]).problems.length, 1);
  const odd = [{}, { type: "session.start" }, { type: "session.shutdown", data: [] }, { data: { usage: {} } }];
  assert.deepEqual(fold(odd), { turns: [], totals: [], problems: [], facts: undefined });
});

Deno.test("text", () => {
  const said = (type: string, content: unknown, members: Members = {}) => event(1, type, { content }, members);
  assert.deepEqual(copilotSource.text(said("user.message", "Hi")), { role: "user", text: "Hi" });
  assert.deepEqual(copilotSource.text(said("assistant.message", "Hello")), { role: "assistant", text: "Hello" });
  const odd = [
    ...[null, 7, {}, { type: "user.message" }, said("user.message", ""), said("user.message", 7)],
    ...[said("system.message", "x"), said("user.message", "x", { agentId: "a" }), said("tool.user_requested", "x")],
  ];
  for (const record of odd) assert.equal(copilotSource.text(record), undefined);
});
