import assert from "node:assert/strict";
import { NO_USAGE, type SessionFacts } from "../../core/model.ts";
import { mergeTurns } from "../../scan/logs/merge_turns.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import type { MessageState } from "../formats/opencode_messages/state.ts";
import type { RecordedTurn } from "../source.ts";
import { opencodeSource } from "./source.ts";

const [SESSION, PARENT] = ["ses_b", "ses_a"];

interface Folded {
  readonly turns: readonly RecordedTurn[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
  /** Records of which somebody is told when none led to a turn. */
  readonly uncounted: number;
}

/** Folds records as the engine does. The state is written out and read back between any two of them. */
/** @param part Null for a log of documents */
function fold(records: readonly unknown[], part: string | null = SESSION): Folded {
  let state = opencodeSource.start({
    path: "/x/opencode.db",
    relativePath: `storage/message/${SESSION}`,
    part: part ?? undefined,
  });
  const turns: RecordedTurn[] = [];
  const problems: string[] = [];
  let uncounted = 0;
  const folder = new RecordFolder(opencodeSource);
  for (const record of records) {
    const result = folder.fold(state, record);
    turns.push(...result.turns ?? []);
    if (result.problem !== undefined) problems.push(result.problem);
    if (!result.turns?.length && folder.uncounted(record, result.problem !== undefined) !== undefined) uncounted++;
    state = JSON.parse(JSON.stringify(result.state)) as MessageState;
  }
  return { turns, problems, facts: opencodeSource.session(state), uncounted };
}

/** Those members that are expected, whatever else is there. */
function membersOf(found: object | undefined, expected: object): unknown {
  const members = new Map(Object.entries(found ?? {}));
  return Object.fromEntries(Object.keys(expected).map((name) => [name, members.get(name)]));
}

const ms = (seconds: number) => 1_795_665_400_000 + seconds * 1000;

type Members = Readonly<Record<string, unknown>>;

const session = (data: Members = {}) => ({
  kind: "session",
  data: { id: SESSION, directory: "/srv", title: "One", time: { created: ms(0) }, ...data },
});

const TOKENS = { total: 7708, input: 69, output: 3, reasoning: 3, cache: { read: 7633, write: 0 } };

/** An answer of OpenCode 1.18.33, by OpenAI, that took three seconds. */
const answer = (seconds: number, data: Members = {}) => ({
  kind: "message",
  at: ms(seconds),
  data: {
    role: "assistant",
    mode: "build",
    agent: "build",
    cost: 0.001540525,
    tokens: TOKENS,
    modelID: "gpt-5.2",
    providerID: "openai",
    time: { created: ms(seconds), completed: ms(seconds + 3) },
    ...data,
  },
});

const prompt = (seconds: number, providerID = "openai", modelID = "gpt-5.2") => ({
  kind: "message",
  at: ms(seconds),
  data: { role: "user", time: { created: ms(seconds) }, model: { providerID, modelID } },
});

/** Of the second engine. */
const row = (type: string, seconds: number, data: Members = {}) => ({
  kind: "row",
  type,
  at: ms(seconds),
  data: { time: { created: ms(seconds), completed: ms(seconds + 1) }, ...data },
});

const ROW = {
  agent: "build",
  model: { id: "claude-sonnet-4-5", providerID: "anthropic", variant: "default" },
  cost: 0,
  tokens: { input: 20, output: 2, reasoning: 0, cache: { read: 0, write: 3076 } },
};

const ZEROS = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
const usage = (input: number, cacheRead: number, cacheWrite: number, output: number) => ({
  ...NO_USAGE,
  input,
  cacheRead,
  cacheWrite,
  output,
});

Deno.test("a response", async (t) => {
  await t.step("all that is known of it", () => {
    const { turns, problems } = fold([session(), answer(5)]);
    assert.deepEqual(problems, []);
    assert.deepEqual(turns, [{
      key: `${ms(5)}|${ms(8)}|openai|gpt-5.2|69|3|3|7633|0|0`,
      at: ms(5),
      endedAt: ms(8),
      model: { provider: "openai", model: "gpt-5.2" },
      // 69 + 7633 + 3 = 7705, and the total is 7708: reasoning is beside the output.
      usage: usage(69, 7633, 0, 6),
      chain: "main",
      reported: { usd: 0.001540525 },
    }]);
  });
  const rows: [name: string, data: Members, expected: Partial<RecordedTurn> | undefined][] = [
    // 69 + 7633 + 6 = 7708: it is inside.
    ["reasoning inside", { tokens: { ...TOKENS, output: 6 } }, { usage: usage(69, 7633, 0, 6) }],
    ["no total", { tokens: { ...TOKENS, total: undefined } }, { usage: usage(69, 7633, 0, 6) }],
    ["a total that is neither", { tokens: { ...TOKENS, total: 1 } }, { usage: usage(69, 7633, 0, 6) }],
    ["no counts of cache and reasoning", { tokens: { input: 5, output: 6 } }, { usage: usage(5, 0, 0, 6) }],
    ["null", { tokens: { input: 5, output: 6, reasoning: null, cache: null } }, { usage: usage(5, 0, 0, 6) }],
    ["written to a cache", { tokens: { input: 1, output: 2, cache: { read: 3, write: 4 } } }, {
      usage: usage(1, 3, 4, 2),
    }],
    // A server left out of its prompt what it had cached, and the program subtracted that.
    ["less input than nothing", { tokens: { ...TOKENS, input: -50 } }, { usage: usage(0, 7633, 0, 6) }],
    ["a cost of 0", { cost: 0 }, { reported: undefined }],
    ["a negative cost", { cost: -1 }, { reported: undefined }],
    ["a cost that nobody has", { cost: 1e9 }, { reported: undefined }],
    ["a gateway", { providerID: "OpenRouter", modelID: "anthropic/claude-sonnet-4.5" }, {
      model: { provider: "openrouter", model: "anthropic/claude-sonnet-4.5" },
    }],
    ["no provider", { providerID: undefined }, { model: { provider: "unknown", model: "gpt-5.2" } }],
    ["not complete", { time: { created: ms(5) } }, { endedAt: undefined }],
    ["complete before it began", { time: { created: ms(5), completed: ms(4) } }, { at: ms(5), endedAt: undefined }],
    ["times in seconds", { time: { created: ms(5) / 1000, completed: ms(8) / 1000 } }, { at: ms(5), endedAt: ms(8) }],
    ["no time but that of its row", { time: {} }, { at: ms(5), endedAt: undefined }],
    ["failed after a step that did not", { error: { name: "APIError" } }, { at: ms(5) }],
    ["a compaction", { mode: "compaction", agent: "compaction", summary: true }, { chain: "compaction" }],
    ["a compaction of old", { mode: "build", agent: undefined, summary: true }, { chain: "compaction" }],
    ["interrupted", { tokens: ZEROS, cost: 0, error: { name: "MessageAbortedError" } }, undefined],
    ["being answered", { tokens: ZEROS, cost: 0, time: { created: ms(5) } }, undefined],
    ["no counts at all", { tokens: undefined }, undefined],
    ["of the user", { role: "user" }, undefined],
  ];
  for (const [name, data, expected] of rows) {
    await t.step(name, () => {
      const { turns: [turn], problems, uncounted } = fold([session(), answer(5, data)]);
      assert.deepEqual([problems, uncounted], [[], 0]);
      if (expected === undefined) assert.equal(turn, undefined);
      else assert.deepEqual(membersOf(turn, expected), expected);
    });
  }
});

Deno.test("a cost that is no number is left out", () => {
  const { turns, problems } = fold([session(), answer(5, { cost: "1" })]);
  assert.deepEqual([turns.length, turns[0]?.reported], [1, undefined]);
  assert.deepEqual(problems, ['"data.cost" is "1", expected a number: left out; the rest counts']);
});

Deno.test("a response that cannot be counted is said to be so", async (t) => {
  const expected = "Expected counts of input, output, reasoning, cache read and cache write, found ";
  const rows: [name: string, data: Members, problem: string][] = [
    ["no output", { tokens: { input: 5 } }, `${expected}5, nothing, nothing, nothing, nothing`],
    ["a text", { tokens: { ...TOKENS, output: "3" } }, `${expected}69, "3", 3, 7633, 0`],
    ["negative", { tokens: { ...TOKENS, output: -3 } }, `${expected}69, -3, 3, 7633, 0`],
    ["a fraction", { tokens: { ...TOKENS, reasoning: 0.5 } }, `${expected}69, 3, 0.5, 7633, 0`],
    ["far too many", { tokens: { ...TOKENS, input: 1e12 } }, `${expected}1000000000000, 3, 3, 7633, 0`],
    ["a cache of another kind", { tokens: { ...TOKENS, cache: [] } }, `${expected}69, 3, 3, nothing, nothing`],
    [
      "reads of another kind",
      { tokens: { ...TOKENS, cache: { read: {}, write: 0 } } },
      `${expected}69, 3, 3, an object, 0`,
    ],
  ];
  for (const [name, data, problem] of rows) {
    await t.step(name, () => {
      const { turns, problems, uncounted } = fold([session(), answer(5, data)]);
      assert.deepEqual([turns, problems, uncounted], [[], [`${problem}: the response is not counted.`], 1]);
    });
  }
  for (const data of [{ modelID: undefined }, { modelID: 7 }]) {
    await t.step(`the model ${data.modelID}`, () => {
      const { turns, problems } = fold([session(), answer(5, data)]);
      assert.deepEqual([turns, problems], [[], ["A response without a model or a time is not counted."]]);
    });
  }
});

Deno.test("several steps in one message", async (t) => {
  const step = (input: number, cost: number) => ({
    type: "step-finish",
    tokens: { input, output: 1, reasoning: 0, cache: { read: 0, write: 0 } },
    cost,
  });
  const last = { cost: 0.6, tokens: step(30, 0).tokens };
  const message = answer(5, last);
  const steps = (...parts: readonly Members[]) => ({
    ...answer(5, last),
    kind: "steps",
    steps: parts.map((part, place) => ({ at: ms(6 + place), part })),
  });
  /** As the engine merges what several records say of a turn. */
  const merged = (records: readonly unknown[]) => {
    const { turns, problems } = fold([session(), ...records]);
    assert.deepEqual(problems, []);
    const known = new Map<string, RecordedTurn>();
    for (const turn of turns) {
      const earlier = known.get(turn.key);
      known.set(turn.key, earlier === undefined ? turn : mergeTurns(earlier, { ...turn }));
    }
    return [...known.values()].map(({ at, endedAt, usage: { input, output }, reported }) => [
      ...[at, endedAt, input, output],
      reported?.usd,
    ]).sort((a, b) => a[2]! - b[2]!);
  };
  await t.step("the message has the tokens of the last one, and the cost of all", () => {
    assert.deepEqual(merged([message, steps(step(10, 0.1), step(20, 0.2), step(30, 0.3))]), [
      [ms(5), ms(6), 10, 1, 0.1],
      [ms(6), ms(7), 20, 1, 0.2],
      // The message was taken for it, and the earliest beginning counts.
      [ms(5), ms(8), 30, 1, 0.3],
    ]);
  });
  await t.step("two that are alike are two", () => {
    assert.equal(merged([message, steps(step(30, 0.3), step(30, 0.3))]).length, 2);
  });
  await t.step("a text that speaks of steps is none", () => {
    const text = { type: "text", text: "step-finish", tokens: step(1, 1).tokens };
    assert.deepEqual(merged([message, steps(text, step(30, 0.3))]), [[ms(5), ms(8), 30, 1, 0.6]]);
  });
  await t.step("one that nothing was counted of is none", () => {
    assert.equal(merged([message, steps({ type: "step-finish", tokens: ZEROS }, step(30, 0.3))]).length, 1);
  });
  await t.step("the copies of a fork were made when it was", () => {
    const copy = steps(step(10, 0.1), step(30, 0.3));
    const late = { ...copy, steps: copy.steps.map((step) => ({ ...step, at: ms(500) })) };
    const { turns } = fold([session({ time: { created: ms(400) } }), message, late]);
    assert.deepEqual(turns.map(({ at, copied }) => [at, copied]), Array(3).fill([ms(5), true]));
    const keys = new Set(fold([session(), message, copy]).turns.map(({ key }) => key));
    assert.deepEqual(new Set(turns.map(({ key }) => key)), keys);
  });
  for (const odd of [undefined, null, 7, {}, [null, 7], [{ part: 7 }, { part: null }]]) {
    await t.step(`odd: ${JSON.stringify(odd)}`, () => {
      assert.equal(merged([message, { ...steps(), steps: odd }]).length, 1);
    });
  }
});

Deno.test("the second engine", async (t) => {
  await t.step("an assistant's row", () => {
    const { turns, problems } = fold([session(), row("user", 1), row("assistant", 5, ROW)]);
    assert.deepEqual(problems, []);
    assert.deepEqual(turns, [{
      key: `${ms(5)}|${ms(6)}|anthropic|claude-sonnet-4-5|20|2|0|0|3076|0`,
      at: ms(5),
      endedAt: ms(6),
      model: { provider: "anthropic", model: "claude-sonnet-4-5" },
      usage: usage(20, 0, 3076, 2),
      chain: "main",
    }]);
  });
  await t.step("a compaction with tokens, and the turn after it", () => {
    const { turns } = fold([session(), row("compaction", 1, ROW), row("assistant", 5, ROW), row("assistant", 9, ROW)]);
    assert.deepEqual(turns.map(({ chain, afterCompaction }) => [chain, afterCompaction]), [
      ["compaction", undefined],
      ["main", true],
      ["main", undefined],
    ]);
  });
  await t.step("a compaction without", () => {
    const { turns, facts } = fold([session(), row("assistant", 5, ROW), row("compaction", 9)]);
    assert.equal(turns.length, 1);
    assert.deepEqual(facts?.pending, { at: ms(9), kind: "compacted" });
  });
  await t.step("another model", () => {
    const model = { id: "acme-priced", providerID: "acme" };
    const { facts } = fold([session(), row("assistant", 5, ROW), row("model-switched", 9, { model })]);
    const chosen = { provider: "acme", model: "acme-priced" };
    assert.deepEqual(facts?.pending, { at: ms(9), kind: "model_changed", model: chosen });
  });
  await t.step("rows of other types", () => {
    for (const type of ["user", "system", "synthetic", "shell", "idle", "agent-switched"]) {
      assert.deepEqual(fold([session(), row(type, 5, ROW)]).turns, []);
    }
  });
});

Deno.test("the session", async (t) => {
  const rows: [name: string, records: readonly unknown[], expected: Partial<SessionFacts> | undefined][] = [
    ["nothing yet", [], undefined],
    ["no message", [session()], {
      sessionId: SESSION,
      cwd: "/srv",
      title: "One",
      startedAt: ms(0),
      lastActivityAt: ms(0),
    }],
    ["without its record", [answer(5)], { sessionId: SESSION, startedAt: undefined, lastActivityAt: ms(8) }],
    ["nobody named it", [session({ title: "New session - 2026-11-26T04:24:04.741Z" })], { title: undefined }],
    ["nor its fork", [session({ title: "New session - 2026-11-26T04:24:04.741Z (fork #1)" })], { title: undefined }],
    ["a fork with a name", [session({ title: "One (fork #1)" })], { title: "One (fork #1)" }],
    ["odd members", [session({ title: 7, directory: [], time: null, parentID: {} })], {
      sessionId: SESSION,
      title: undefined,
      cwd: undefined,
      startedAt: undefined,
    }],
    ["a fork of OpenCode 2", [session({ forkedFrom: PARENT })], { sessionId: SESSION, parentSessionId: PARENT }],
    ["a sub-agent", [session({ parentID: PARENT }), answer(5)], {
      sessionId: PARENT,
      subagent: true,
      cwd: "/srv",
      startedAt: ms(0),
      lastActivityAt: ms(8),
    }],
    ["of a sub-agent", [session({ parentID: "ses_x", rootID: PARENT })], { sessionId: PARENT, subagent: true }],
    ["its own parent", [session({ parentID: SESSION })], { sessionId: SESSION, subagent: undefined }],
    ["compacted", [session(), answer(1), answer(5, { mode: "compaction" })], {
      pending: { at: ms(8), kind: "compacted" },
    }],
    ["compacted, and on", [session(), answer(1), answer(5, { mode: "compaction" }), answer(9)], { pending: undefined }],
    ["a compaction that failed", [session(), answer(1), answer(5, { mode: "compaction", tokens: ZEROS })], {
      pending: undefined,
    }],
    ["another model", [session(), answer(1), prompt(9, "acme", "acme-1")], {
      pending: { at: ms(9), kind: "model_changed", model: { provider: "acme", model: "acme-1" } },
    }],
    ["the same model", [session(), answer(1), prompt(9)], { pending: undefined }],
    ["the same of another provider", [session(), answer(1), prompt(9, "azure")], {
      pending: { at: ms(9), kind: "model_changed", model: { provider: "azure", model: "gpt-5.2" } },
    }],
    ["another model before any turn", [session(), prompt(9, "acme", "acme-1")], { pending: undefined }],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const { facts, problems } = fold(records);
      assert.deepEqual(problems, []);
      if (expected === undefined) assert.equal(facts, undefined);
      else assert.deepEqual(membersOf(facts, expected), expected);
    });
  }
  await t.step("by the name of its directory", () => {
    assert.equal(fold([answer(1)], null).facts?.sessionId, SESSION);
  });
  await t.step("the chains of a sub-agent", () => {
    const { turns } = fold([session({ parentID: PARENT }), answer(1), answer(5, { mode: "compaction" }), answer(9)]);
    assert.deepEqual(turns.map(({ chain, afterCompaction }) => [chain, afterCompaction]), [
      [SESSION, undefined],
      ["compaction", undefined],
      [SESSION, true],
    ]);
  });
  await t.step("what is older than the session is a copy", () => {
    const { turns } = fold([session({ time: { created: ms(5) } }), answer(4), answer(5), answer(6)]);
    assert.deepEqual(turns.map(({ copied }) => copied), [true, undefined, undefined]);
  });
});

Deno.test("records that are none", () => {
  for (const value of [null, 7, "x", [], [{}]]) assert.equal(fold([value]).problems.length, 1);
  const odd = [
    {},
    { kind: 7 },
    { kind: "message", data: [] },
    { kind: "session", data: 7 },
    { kind: "message", data: "x" },
    { kind: "row" },
    { kind: "steps", data: null },
    {
      kind: "message",
      data: { role: "assistant", tokens: [] },
    },
  ];
  const { turns, problems, uncounted } = fold(odd);
  assert.deepEqual([turns, problems, uncounted], [[], [], 0]);
});

Deno.test("text", () => {
  const content = [{ type: "text", text: "Hello" }, { type: "reasoning", text: "hm" }, { type: "tool" }];
  assert.deepEqual(opencodeSource.text({ role: "assistant", content, timestamp: 1 }), {
    role: "assistant",
    text: "Hello",
  });
  for (const record of [null, { role: "compaction", content }, { role: "user", content: null }]) {
    assert.equal(opencodeSource.text(record), undefined);
  }
});
