import assert from "node:assert/strict";
import { addUsage, NO_USAGE, type SessionFacts, type TokenUsage } from "../../core/model.ts";
import type { RecordedTurn } from "../source.ts";
import { makeMachine } from "../../host/environment.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import { logs } from "./places.ts";
import { codexSource } from "./source.ts";
import type { CodexState } from "./state.ts";

interface Folded {
  readonly turns: readonly RecordedTurn[];
  readonly problems: readonly string[];
  readonly facts: SessionFacts | undefined;
}

/** Folds records as the engine does. `throughJson` writes the state out and reads it back between any two records. */
function fold(records: readonly unknown[], throughJson = false, path = "/x/rollout-a.jsonl"): Folded {
  const folder = new RecordFolder(codexSource);
  let state = codexSource.start({ path, relativePath: path.slice(3) });
  const turns: RecordedTurn[] = [];
  const problems: string[] = [];
  for (const record of records) {
    const result = folder.fold(state, record);
    turns.push(...result.turns ?? []);
    if (result.problem !== undefined) problems.push(result.problem);
    state = (throughJson ? JSON.parse(JSON.stringify(result.state)) : result.state) as CodexState;
  }
  return { turns, problems, facts: codexSource.session(state) };
}

/** Parsed lines of a log, as the engine would hand them over: only those that hold a needle. */
function linesOf(log: string): unknown[] {
  return log.split("\n").filter((line) => codexSource.needles.some((needle) => line.includes(needle)))
    .map((line): unknown => JSON.parse(line));
}

function jsonOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const FIXTURES = new URL("../../../tests/fixtures/", import.meta.url);
const CORPUS = [
  "sessions/2026/11/20/rollout-2026-11-20T23-47-08-01a1fb5b-52a3-74f3-9acd-e134eaff691e.jsonl",
  "sessions/2026/11/20/rollout-2026-11-20T23-49-31-01a1fb5d-81bf-73b0-8e7c-7dc1691a11a4.jsonl",
  "archived_sessions/rollout-2026-11-20T23-49-32-01a1fb5d-8322-7513-b615-cb916553004b.jsonl",
];

function corpusLog(path: string): Promise<string> {
  return Deno.readTextFile(new URL(`home/.codex/${path}`, FIXTURES));
}

// Ids: the fork and the sub-agent were made at 12:00:00, the parent an hour before; their turns a second after each.
const PARENT = "01a1fdc3-5780-7000-8000-000000000001";
const CHILD = "01a1fdfa-4600-7000-8000-000000000002";
const PARENT_TURN = "01a1fdc3-5b68-7000-8000-000000000003";
const CHILD_TURN = "01a1fdfa-49e8-7000-8000-000000000004";

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 21, 12) + seconds * 1000).toISOString();
const ms = (seconds: number) => Date.UTC(2026, 10, 21, 12) + seconds * 1000;

interface Counts {
  readonly input_tokens: number;
  readonly cached_input_tokens: number;
  readonly cache_write_input_tokens?: number;
  readonly output_tokens: number;
  readonly reasoning_output_tokens: number;
  readonly total_tokens: number;
}

/** `scale` responses of 1000 input tokens, 600 of them cached, and 50 output tokens. */
function counts(scale: number): Counts {
  return {
    input_tokens: 1000 * scale,
    cached_input_tokens: 600 * scale,
    output_tokens: 50 * scale,
    reasoning_output_tokens: 20 * scale,
    total_tokens: 1050 * scale,
  };
}

/** `counts(1)` as disjoint usage: 1000 - 600 = 400 fresh. */
const ONE: TokenUsage = { input: 400, cacheRead: 600, cacheWrite: 0, cacheWrite1h: 0, output: 50 };

function header(payload: Record<string, unknown> = {}, seconds = 0): unknown {
  return {
    timestamp: at(seconds),
    type: "session_meta",
    payload: { id: CHILD, timestamp: at(seconds), cwd: "/src", model_provider: "OpenAI", source: "cli", ...payload },
  };
}

function turnContext(seconds: number, turnId?: string, model = "gpt-5.5"): unknown {
  return { timestamp: at(seconds), type: "turn_context", payload: { turn_id: turnId, cwd: "/src", model } };
}

function taskStarted(seconds: number, turnId?: string): unknown {
  return { timestamp: at(seconds), type: "event_msg", payload: { type: "task_started", turn_id: turnId } };
}

function tokenCount(seconds: number, total: unknown, last?: unknown): unknown {
  const info = { total_token_usage: total, last_token_usage: last, model_context_window: 258400 };
  return { timestamp: at(seconds), type: "event_msg", payload: { type: "token_count", info, rate_limits: null } };
}

function usageRecord(seconds: number, response: string, payload: Record<string, unknown> = {}): unknown {
  return {
    timestamp: at(seconds),
    type: "token_usage_record",
    payload: {
      thread_id: CHILD,
      turn_id: CHILD_TURN,
      response_id: response,
      usage: counts(1),
      thread_token_usage: counts(1),
      ...payload,
    },
  };
}

function event(seconds: number, payload: Record<string, unknown>): unknown {
  return { timestamp: at(seconds), type: "event_msg", payload };
}

const settings = (seconds: number, model: string, provider: string) =>
  event(seconds, {
    type: "thread_settings_applied",
    thread_id: CHILD,
    thread_settings: { model, model_provider_id: provider },
  });

const ordinal = (number: number, record: unknown) => ({ ...record as object, ordinal: number });

const subagentOf = (parent: string) => ({
  source: { subagent: { thread_spawn: { parent_thread_id: parent, depth: 1 } } },
});

Deno.test("roots", async (t) => {
  const machine = (codexHome: string | undefined) =>
    makeMachine({ home: "/home/ada", cwd: "/work", env: { CODEX_HOME: codexHome } });
  const rows: [string | undefined, ...string[]][] = [
    [undefined, "/home/ada/.codex"],
    ["", "/home/ada/.codex"],
    // Codex itself takes these as they stand.
    ["~", "/home/ada", "/work/~"],
    ["~/other", "/home/ada/other", "/work/~/other"],
    [" '/srv/codex' ", "/srv/codex", "/work/ '/srv/codex' "],
    ["/srv/codex/", "/srv/codex"],
    ["here", "/work/here"],
  ];
  for (const [value, ...expected] of rows) {
    await t.step(String(value), () => {
      assert.deepEqual(
        logs.roots(machine(value)),
        expected.flatMap((home) => [`${home}/sessions`, `${home}/archived_sessions`]),
      );
    });
  }
});

Deno.test("matches", async (t) => {
  const rows: [string, boolean][] = [
    ["2026/11/20/rollout-2026-11-20T23-47-08-01a1.jsonl", true],
    ["rollout-2026-11-20T23-49-32-01a1.jsonl.zst", true],
    ["2026/11/20/notes.jsonl", false],
    ["2026/11/20/rollout-a.jsonl.tmp", false],
    ["rollout-a/history.jsonl", false],
    ["my-rollout-a.jsonl", false],
  ];
  for (const [path, expected] of rows) {
    await t.step(path, () => assert.equal(logs.stores[0].matches(path), expected));
  }
});

Deno.test("the corpus agrees with its expected figures", async (t) => {
  const expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", FIXTURES))).codex;
  const keys = new Set<string>();
  for (const path of CORPUS) {
    await t.step(path, async () => {
      const { turns, problems, facts } = fold(linesOf(await corpusLog(path)));
      assert.deepEqual(problems, []);
      const figures = expected[facts?.sessionId ?? ""];
      assert.equal(turns.length, figures.billedTurns);
      assert.deepEqual(turns.map((turn) => turn.usage).reduce(addUsage, NO_USAGE), figures.usage);
      assert.deepEqual([...new Set(turns.map((turn) => turn.model.model))], Object.keys(figures.models));
      assert.ok(turns.every((turn) => turn.model.provider === "fake" && turn.chain === "main"));
      for (const turn of turns) keys.add(turn.key);
    });
  }
  await t.step("no key is shared, though response ids repeat", () => assert.equal(keys.size, 4 + 2 + 2));
});

Deno.test("needles leave the large lines of the corpus unparsed", async () => {
  // Ordinals as logged, the lines between being messages, reasoning, tool calls and their output.
  const parsed = linesOf(await corpusLog(CORPUS[0] ?? ""));
  assert.deepEqual(parsed.map((line) => (line as { ordinal: number }).ordinal), [
    ...[0, 1, 5, 6, 12, 15, 20, 21],
    ...[23, 24, 25, 31, 34, 39, 40],
  ]);
});

Deno.test("facts and times of a resumed session", async () => {
  const { turns, facts } = fold(linesOf(await corpusLog(CORPUS[0] ?? "")));
  assert.deepEqual(jsonOf(facts), {
    sessionId: "01a1fb5b-52a3-74f3-9acd-e134eaff691e",
    subagent: false,
    cwd: "/srv/dev/peers/work2",
    startedAt: Date.parse("2026-11-20T23:47:08.601Z"),
    lastActivityAt: Date.parse("2026-11-20T23:49:31.605Z"),
  });
  // From turn_context, or the token_count after the tools, to the record itself.
  assert.deepEqual(turns.map(({ at, endedAt }) => [at, endedAt].map((time) => new Date(time ?? 0).toISOString())), [
    ["2026-11-20T23:47:08.715Z", "2026-11-20T23:47:08.790Z"],
    ["2026-11-20T23:47:08.861Z", "2026-11-20T23:47:08.906Z"],
    ["2026-11-20T23:49:31.431Z", "2026-11-20T23:49:31.506Z"],
    ["2026-11-20T23:49:31.569Z", "2026-11-20T23:49:31.604Z"],
  ]);
});

Deno.test("a fork by reference drops nothing and names its parent", async () => {
  const { turns, facts } = fold(linesOf(await corpusLog(CORPUS[1] ?? "")));
  assert.equal(facts?.parentSessionId, "01a1fb5b-52a3-74f3-9acd-e134eaff691e");
  assert.equal(facts?.sessionId, "01a1fb5d-81bf-73b0-8e7c-7dc1691a11a4");
  // 15000 - 13184 - 512 = 1304, although the running total starts at the parent's 54000.
  assert.deepEqual(turns[0]?.usage, { input: 1304, cacheRead: 13184, cacheWrite: 512, cacheWrite1h: 0, output: 203 });
  assert.ok(turns.every((turn) => turn.originalKey === undefined && turn.copied === undefined));
});

Deno.test("state survives JSON between any two records", async (t) => {
  const replay = [
    header(subagentOf(PARENT)),
    tokenCount(1, counts(1), counts(1)),
    turnContext(1, CHILD_TURN),
    tokenCount(2, counts(2)),
    event(3, { type: "context_compacted" }),
  ];
  const logs: [string, readonly unknown[]][] = [["replay", replay]];
  for (const path of CORPUS) logs.push([path, linesOf(await corpusLog(path))]);
  for (const [name, records] of logs) {
    await t.step(name, () => {
      assert.deepEqual(jsonOf(fold(records, true)), jsonOf(fold(records)));
      assert.ok(fold(records).turns.length > 0);
    });
  }
});

Deno.test("a version that does not count cache writes hides them, of models whose writes are billed", async (t) => {
  const none: Counts = { ...counts(1), cache_write_input_tokens: 0 };
  const nothing = { ...counts(1), cache_write_input_tokens: null };
  const rows: [name: string, model: string | undefined, last: unknown, total: unknown, hides: boolean][] = [
    ["no such count", "gpt-5.6-sol", counts(1), counts(1), true],
    ["null", "gpt-5.6", nothing, nothing, true],
    ["none were written", "gpt-5.6-sol", none, none, false],
    ["a name with dashes", "openai/gpt-5-6-codex", counts(1), counts(1), true],
    ["a later family", "gpt-6.1-terra", counts(1), counts(1), true],
    ["an earlier one", "gpt-5.5", counts(1), counts(1), false],
    ["another maker's", "qwen3-coder", counts(1), counts(1), false],
    ["a model that is not named yet", undefined, counts(1), counts(1), true],
    ["totals alone", "gpt-5.6", undefined, counts(1), true],
    ["totals alone, with a count", "gpt-5.6", undefined, none, false],
  ];
  for (const [name, model, last, total, hides] of rows) {
    await t.step(name, () => {
      const before = model === undefined ? [] : [turnContext(1, "turn", model)];
      const [turn] = fold([header(), ...before, tokenCount(2, total, last)]).turns;
      assert.equal(turn?.terms?.hidesWrites, hides ? true : undefined);
      assert.equal(turn?.usage.cacheWrite, 0);
    });
  }
});

Deno.test("usage of a log with token_count alone", async (t) => {
  const write: Counts = { ...counts(1), cache_write_input_tokens: 150 };
  const rows: [string, readonly unknown[], readonly TokenUsage[], number][] = [
    ["one response", [tokenCount(1, counts(1), counts(1))], [ONE], 0],
    ["two responses", [tokenCount(1, counts(1), counts(1)), tokenCount(2, counts(2), counts(1))], [ONE, ONE], 0],
    ["written again", [tokenCount(1, counts(1), counts(1)), tokenCount(2, counts(1), counts(1))], [ONE], 0],
    ["a new estimate of the context", [tokenCount(1, counts(1), counts(1)), tokenCount(2, counts(1), counts(9))], [
      ONE,
    ], 0],
    ["info null", [event(1, { type: "token_count", info: null }), tokenCount(2, counts(1), counts(1))], [ONE], 0],
    // 1000 - 600 - 150 = 250 fresh.
    ["cache writes", [tokenCount(1, write, write)], [{ ...ONE, input: 250, cacheWrite: 150 }], 0],
    ["totals alone: the first is the response", [tokenCount(1, counts(1))], [ONE], 0],
    // 3000 - 1000 = 2000 input, 1800 - 600 = 1200 cached, 150 - 50 = 100 output.
    ["totals alone: the growth", [tokenCount(1, counts(1), counts(1)), tokenCount(2, counts(3))], [
      ONE,
      { ...ONE, input: 800, cacheRead: 1200, output: 100 },
    ], 0],
    ["totals alone, gone down", [tokenCount(1, counts(3), counts(1)), tokenCount(2, counts(1))], [ONE], 1],
    ["a counter begun anew", [tokenCount(1, counts(3), counts(1)), tokenCount(2, counts(1), counts(1))], [ONE, ONE], 0],
    ["zero", [tokenCount(1, counts(0), counts(0))], [], 0],
    [
      "a filled context: only the total of both",
      [
        tokenCount(1, { ...counts(0), total_tokens: 258400 }, { ...counts(0), total_tokens: 258400 }),
      ],
      [],
      0,
    ],
    [
      "a cache larger than the input",
      [
        tokenCount(1, counts(1), { ...counts(1), input_tokens: 500 }),
      ],
      [{ ...ONE, input: 0 }],
      1,
    ],
    // What is no count is 0, and the others are as they were written.
    ["negative", [tokenCount(1, counts(1), { ...counts(1), output_tokens: -1 })], [{ ...ONE, output: 0 }], 1],
    ["absurd", [tokenCount(1, counts(1), { ...counts(1), input_tokens: 1e12 })], [{ ...ONE, input: 0 }], 1],
    ["a fraction", [tokenCount(1, counts(1), { ...counts(1), input_tokens: 1.5 })], [{ ...ONE, input: 0 }], 1],
    // 1000 of input, none of it from the cache.
    ["a text", [tokenCount(1, counts(1), { ...counts(1), cached_input_tokens: "600" })], [
      { ...ONE, input: 1000, cacheRead: 0 },
    ], 1],
    ["no input", [tokenCount(1, counts(1), { output_tokens: 5 })], [{ ...NO_USAGE, output: 5 }], 1],
    ["nothing of it is a count, and the total tells", [tokenCount(1, counts(1), { input_tokens: "x" })], [ONE], 0],
    ["nothing is a count", [tokenCount(1, { input_tokens: -1 }, { input_tokens: "x" })], [], 1],
    ["reasoning is none", [tokenCount(1, counts(1), { ...counts(1), reasoning_output_tokens: [] })], [ONE], 1],
    ["a damaged total", [tokenCount(1, { ...counts(1), input_tokens: "1" }, counts(1))], [ONE], 1],
    [
      "a damaged total, written again",
      [
        tokenCount(1, { ...counts(1), input_tokens: "1" }, counts(1)),
        tokenCount(2, { ...counts(1), input_tokens: "1" }, counts(1)),
        tokenCount(3, counts(1), counts(1)),
        tokenCount(4, counts(2), counts(1)),
      ],
      [ONE, ONE],
      1,
    ],
    [
      "written again with a damaged total",
      [
        tokenCount(1, counts(1), counts(1)),
        tokenCount(2, { ...counts(1), output_tokens: -7 }, counts(1)),
        tokenCount(3, counts(1), counts(1)),
      ],
      [ONE],
      0,
    ],
    // The second response is in the growth to the third: 3000 - 1000 = 2000 input, of which 1200 cached, 100 output. Of the
    // second total all but its input is known: 0 input, 600 cached, 50 output, so that 2000 - 600 = 1400 are left.
    [
      "totals alone, one damaged: what it lacks comes with the next",
      [
        tokenCount(1, counts(1)),
        tokenCount(2, { ...counts(2), input_tokens: null }),
        tokenCount(3, counts(3)),
      ],
      [ONE, { ...ONE, input: 0 }, { ...ONE, input: 1400 }],
      1,
    ],
    ["no total", [tokenCount(1, undefined, counts(1))], [ONE], 0],
    ["no total, null", [tokenCount(1, null, counts(1))], [ONE], 0],
    [
      "no total, written again",
      [
        tokenCount(1, null, counts(1)),
        event(2, { type: "token_count", info: null }),
        tokenCount(3, null, counts(1)),
        tokenCount(4, counts(1), counts(1)),
      ],
      [ONE],
      0,
    ],
    ["no total, two responses", [tokenCount(1, null, counts(1)), tokenCount(2, null, counts(2))], [
      ONE,
      { ...ONE, input: 800, cacheRead: 1200, output: 100 },
    ], 0],
    [
      "no total, the same in another turn",
      [
        tokenCount(1, null, counts(1)),
        taskStarted(2),
        tokenCount(3, null, counts(1)),
      ],
      [ONE, ONE],
      0,
    ],
    [
      "no total, written again after one that had it",
      [
        tokenCount(1, counts(1), counts(1)),
        tokenCount(2, null, counts(1)),
      ],
      [ONE],
      0,
    ],
    [
      "no total, then one that grew by the same again",
      [
        tokenCount(1, null, counts(1)),
        tokenCount(2, counts(2), counts(1)),
        tokenCount(3, counts(2), counts(1)),
      ],
      [ONE, ONE],
      0,
    ],
    [
      "a damaged total, then one that grew by the same again",
      [
        tokenCount(1, { ...counts(1), input_tokens: -7 }, counts(1)),
        tokenCount(2, counts(2), counts(1)),
        tokenCount(3, counts(2), counts(1)),
      ],
      [ONE, ONE],
      1,
    ],
    [
      "a damaged total that grew by the same again",
      [
        tokenCount(1, counts(1), counts(1)),
        tokenCount(2, { ...counts(2), output_tokens: null }, counts(1)),
        tokenCount(3, counts(2), counts(1)),
      ],
      [ONE, ONE],
      1,
    ],
    ["no total, then totals alone", [tokenCount(1, null, counts(1)), tokenCount(2, counts(2))], [ONE, ONE], 0],
    ["no total, an estimate of the context", [tokenCount(1, null, { ...counts(0), total_tokens: 51293 })], [], 0],
    ["neither total nor response", [tokenCount(1, null, null)], [], 1],
  ];
  for (const [name, records, usages, problems] of rows) {
    await t.step(name, () => {
      const folded = fold([header(), turnContext(0), ...records]);
      assert.deepEqual(folded.turns.map((turn) => turn.usage), usages);
      assert.equal(folded.problems.length, problems, folded.problems.join("\n"));
    });
  }
});

Deno.test("a fork's first running total without its response is not guessed", async (t) => {
  const rows: [string, Record<string, unknown>][] = [
    ["by reference", { forked_from_id: PARENT, forked_from_ordinal_exclusive: 42 }],
    ["next part of the same thread", { history_base: { thread_id: CHILD, end_ordinal_exclusive: 42 } }],
    ["with replay", { forked_from_id: PARENT }],
  ];
  for (const [name, meta] of rows) {
    await t.step(name, () => {
      const { turns, problems } = fold([header(meta), turnContext(0, CHILD_TURN), tokenCount(1, counts(5))]);
      assert.deepEqual(turns, []);
      assert.equal(problems.length, 1);
      const next = fold([header(meta), turnContext(0, CHILD_TURN), tokenCount(1, counts(5)), tokenCount(2, counts(6))]);
      assert.deepEqual(next.turns.map((turn) => turn.usage), [ONE]);
    });
  }
});

Deno.test("both kinds of line for one response count once", async (t) => {
  const record = usageRecord(2, "resp_1");
  const count = tokenCount(3, counts(1), counts(1));
  const second = usageRecord(4, "resp_2", { thread_token_usage: counts(2) });
  const secondCount = tokenCount(5, counts(2), counts(1));
  const rows: [string, readonly unknown[], number][] = [
    ["record first, as logged", [record, count, second, secondCount], 2],
    ["count first", [count, record, secondCount, second], 2],
    ["records before counts", [record, second, count, secondCount], 2],
    ["counts written again", [record, count, count, second, secondCount, secondCount], 2],
    ["begun by an old version, gone on by a new one", [
      tokenCount(1, counts(7), counts(1)),
      tokenCount(1, counts(8), counts(1)),
      usageRecord(2, "resp_1", { thread_token_usage: counts(9) }),
      tokenCount(3, counts(9), counts(1)),
    ], 3],
    ["the same, the records counting from zero", [
      tokenCount(1, counts(8), counts(1)),
      record,
      tokenCount(3, counts(9), counts(1)),
    ], 2],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const { turns, problems } = fold([header(), turnContext(0, CHILD_TURN), ...records]);
      assert.equal(turns.length, expected);
      assert.equal(new Set(turns.map((turn) => turn.key)).size, expected);
      assert.deepEqual(turns.map((turn) => turn.usage), Array(expected).fill(ONE));
      assert.deepEqual(problems, []);
    });
  }
});

Deno.test("old and new versions take turns in one file", async (t) => {
  const total = (scale: number) => ({ thread_token_usage: counts(scale) });
  // A newer version writes a record and a count of each response, an older one the count alone.
  const byNew = (seconds: number, scale: number) => [
    usageRecord(seconds, `resp_${scale}`, total(scale)),
    tokenCount(seconds, counts(scale), counts(1)),
  ];
  const byOld = (seconds: number, scale: number) => [tokenCount(seconds, counts(scale), counts(1))];
  const compaction = usageRecord(3, "resp_c", { usage: counts(7), thread_token_usage: counts(8) });
  const rows: [string, readonly unknown[], number][] = [
    ["new, then old", [...byNew(1, 1), ...byNew(2, 2), turnContext(3), ...byOld(4, 3), ...byOld(5, 4)], 4],
    ["old, then new", [...byOld(1, 1), ...byOld(2, 2), turnContext(3), ...byNew(4, 3), ...byNew(5, 4)], 4],
    ["old, new, old", [...byOld(1, 1), ...byNew(2, 2), ...byOld(3, 3)], 3],
    ["new, old, new", [...byNew(1, 1), ...byOld(2, 2), ...byNew(3, 3)], 3],
    ["the total written again on going on", [
      ...byNew(1, 1),
      tokenCount(2, counts(1), counts(1)),
      event(2, { type: "token_count", info: null }),
      ...byOld(3, 2),
      tokenCount(4, counts(2), counts(1)),
      ...byNew(5, 3),
    ], 3],
    ["a compaction has a record and is in no running total", [...byNew(1, 1), compaction, ...byNew(4, 2)], 3],
    ["the same, then old", [...byNew(1, 1), compaction, ...byOld(4, 2)], 3],
    ["the same, the estimate of the context between", [
      ...byNew(1, 1),
      compaction,
      tokenCount(3, counts(1), { ...counts(0), total_tokens: 9000 }),
      ...byNew(4, 2),
      ...byOld(5, 3),
    ], 4],
    ["a record whose count was never written", [
      ...byNew(1, 1),
      usageRecord(2, "lost", { usage: counts(5), thread_token_usage: counts(6) }),
      ...byOld(3, 2),
    ], 3],
    ["the same, of a response like the next one", [
      usageRecord(1, "lost", total(1)),
      ...byNew(2, 2),
      ...byOld(3, 3),
    ], 3],
    ["the same, of a response like the next one, which is an old version's", [
      usageRecord(1, "lost", total(1)),
      turnContext(2),
      ...byOld(3, 2),
      ...byOld(4, 3),
    ], 3],
    ["reasoning is counted in one of both alone", [
      usageRecord(1, "r1", { usage: { ...counts(1), reasoning_output_tokens: 0 }, ...total(1) }),
      tokenCount(1, counts(1), counts(1)),
      ...byOld(2, 2),
    ], 2],
    ["totals that differ, as records count compactions", [
      usageRecord(1, "r1", total(9)),
      tokenCount(1, counts(1), counts(1)),
      usageRecord(2, "r2", total(10)),
      tokenCount(2, counts(2), counts(1)),
    ], 2],
    ["an estimate of a full context between a record and its count", [
      usageRecord(1, "r1", total(1)),
      tokenCount(2, { ...counts(0), total_tokens: 258400 }, { ...counts(0), total_tokens: 258400 }),
      tokenCount(3, counts(1), counts(1)),
    ], 1],
    ["a response that only the total shows", [usageRecord(1, "r1", total(4)), tokenCount(1, counts(4), counts(3))], 1],
    ["without any total", [
      usageRecord(1, "r1", { thread_token_usage: null }),
      tokenCount(1, null, counts(1)),
      tokenCount(2, null, counts(1)),
      usageRecord(3, "r2", { thread_token_usage: null }),
      tokenCount(3, null, counts(1)),
    ], 2],
    ["a record without a total, of the same tokens as an old count further up", [
      ...byOld(1, 1),
      ...byNew(2, 2),
      usageRecord(3, "r3", { thread_token_usage: undefined }),
      tokenCount(3, counts(3), counts(1)),
    ], 3],
    ["a paginated log that goes on from another file", [
      ordinal(40, usageRecord(1, "r1", total(5))),
      ordinal(41, tokenCount(1, counts(5), counts(1))),
      ordinal(42, tokenCount(2, counts(6), counts(1))),
    ], 2],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const log = [header(), turnContext(0, CHILD_TURN), ...records];
      const { turns, problems } = fold(log);
      assert.equal(turns.length, expected);
      assert.equal(new Set(turns.map((turn) => turn.key)).size, expected);
      assert.deepEqual(problems, []);
      assert.deepEqual(jsonOf(fold(log, true)), jsonOf(fold(log)));
    });
  }
  await t.step("a fork that replays such a log has its keys", () => {
    const log = [...byNew(1, 1), ...byOld(2, 2), tokenCount(3, null, counts(5)), ...byNew(4, 3), ...byOld(5, 4)];
    const inParent = fold([header({ id: PARENT }), ...log.map(ofParent)]).turns;
    const inFork = fold([header({ forked_from_id: PARENT }), ...log.map(ofParent)]).turns;
    assert.deepEqual(inFork.map((turn) => turn.copied ? turn.key : turn.originalKey), inParent.map(({ key }) => key));
    assert.equal(inParent.length, 5);
  });
  await t.step("after a replay that is left out, the totals go on", () => {
    const replayed = [turnContext(0, PARENT_TURN), ...byNew(1, 1).map(ofParent), ...byOld(2, 2)];
    const own = [turnContext(3, CHILD_TURN), ...byOld(4, 3), ...byNew(5, 4)];
    const { turns } = fold([header({ forked_from_id: PARENT }), ...replayed, ...own]);
    assert.deepEqual(turns.map(({ endedAt }) => endedAt), [ms(4), ms(5)]);
  });

  function ofParent(record: unknown): unknown {
    const { type, payload } = record as { readonly type: string; readonly payload: object };
    return type !== "token_usage_record"
      ? record
      : { ...record as object, payload: { ...payload, thread_id: PARENT, turn_id: "1" } };
  }
});

Deno.test("keys", async (t) => {
  const keysOf = (...records: unknown[]) => fold([header(), ...records]).turns.map((turn) => turn.key);
  await t.step("a record: thread, turn and response", () => {
    assert.deepEqual(keysOf(usageRecord(1, "resp_1")), [`${CHILD}:${CHILD_TURN}:resp_1`]);
  });
  await t.step("a response id that repeats in another turn is another response", () => {
    assert.equal(new Set(keysOf(usageRecord(1, "resp_1"), usageRecord(2, "resp_1", { turn_id: "t2" }))).size, 2);
  });
  await t.step("a record without a response id: its running total", () => {
    const without = (total: Counts) => usageRecord(1, "", { response_id: undefined, thread_token_usage: total });
    assert.equal(new Set(keysOf(without(counts(1)), without(counts(2)), without(counts(2)))).size, 2);
  });
  await t.step("a count: thread and running total", () => {
    assert.deepEqual(keysOf(tokenCount(1, counts(2), counts(1))), [`${CHILD}:2000,1200,0,100,40,2100`]);
  });
});

Deno.test("replayed history", async (t) => {
  const parentHeader = {
    timestamp: at(0),
    type: "session_meta",
    payload: { id: PARENT, timestamp: at(-3600), cwd: "/elsewhere", model_provider: "azure" },
  };
  const twoReplayed = [tokenCount(0, counts(1), counts(1)), tokenCount(0, counts(2), counts(1))];
  const own = tokenCount(9, counts(3), counts(1));

  await t.step("a legacy fork without ids: every turn says which key it has in the parent's log", () => {
    const records = [
      header({ forked_from_id: PARENT }),
      parentHeader,
      turnContext(0),
      ...twoReplayed,
      turnContext(8),
      own,
    ];
    const { turns, facts } = fold(records);
    const parentKeys = fold([parentHeader, ...twoReplayed]).turns.map((turn) => turn.key);
    assert.deepEqual(turns.slice(0, 2).map((turn) => turn.originalKey), parentKeys);
    assert.equal(turns.length, 3);
    assert.ok(!parentKeys.includes(turns[2]?.originalKey ?? ""));
    assert.equal(facts?.sessionId, CHILD);
    assert.equal(facts?.parentSessionId, PARENT);
    assert.equal(facts?.cwd, "/src");
    assert.equal(turns[2]?.model.provider, "openai");
  });
  await t.step("counts that an older version wrote without cache writes give the same key when written anew", () => {
    const anew = { ...counts(1), cache_write_input_tokens: 0 };
    const [turn] = fold([header({ forked_from_id: PARENT }), tokenCount(0, anew, anew)]).turns;
    assert.equal(turn?.originalKey, fold([parentHeader, tokenCount(0, counts(1), counts(1))]).turns[0]?.key);
  });
  await t.step("turn ids older than the thread: the replay is left out, though its lines carry the fork's time", () => {
    const { turns, facts } = fold([
      header({ forked_from_id: PARENT }),
      taskStarted(0, PARENT_TURN),
      turnContext(1, PARENT_TURN, "gpt-5.4-mini"),
      ...twoReplayed,
      event(1, { type: "context_compacted" }),
      taskStarted(7, CHILD_TURN),
      turnContext(8, CHILD_TURN),
      own,
    ]);
    assert.deepEqual(turns, [{
      key: `${CHILD}:3000,1800,0,150,60,3150`,
      at: ms(8),
      endedAt: ms(9),
      model: { provider: "openai", model: "gpt-5.5" },
      usage: ONE,
      chain: "main",
    }]);
    assert.equal(facts?.pending, undefined);
  });
  await t.step("a sub-agent of a newer version: the header says where its own records begin", () => {
    const records = [
      ordinal(0, header({ ...subagentOf(PARENT), session_id: PARENT, subagent_history_start_ordinal: 4 })),
      ordinal(1, parentHeader),
      ...twoReplayed.map((record, index) => ordinal(2 + index, record)),
      ordinal(4, turnContext(8, "1")),
      ordinal(5, usageRecord(9, "resp_9", { turn_id: "1" })),
      ordinal(6, own),
    ];
    const { turns, facts } = fold(records);
    assert.deepEqual(turns.map((turn) => [turn.key, turn.chain]), [[`${CHILD}:1:resp_9`, CHILD]]);
    assert.equal(facts?.sessionId, PARENT);
    assert.equal(facts?.subagent, true);
    assert.equal(facts?.parentSessionId, undefined);
  });
  await t.step("the header of a grandparent does not take the parent's place", () => {
    const grandparent = header({ id: "grandparent" });
    const records = [header({ forked_from_id: PARENT }), parentHeader, grandparent, turnContext(0), ...twoReplayed];
    assert.ok(fold(records).turns.every((turn) => turn.originalKey?.startsWith(`${PARENT}:`)));
  });
  await t.step("a turn begun in the same millisecond as the thread is its own", () => {
    const { turns } = fold([header({ forked_from_id: PARENT }), turnContext(1, CHILD), own]);
    assert.deepEqual(turns.map((turn) => turn.originalKey), [undefined]);
  });
  await t.step("a record of another thread keeps its key and is marked as a copy", () => {
    const copy = usageRecord(0, "resp_1", { thread_id: PARENT, turn_id: "1" });
    const { turns } = fold([header({ forked_from_id: PARENT }), copy, usageRecord(5, "resp_2")]);
    assert.deepEqual(turns.map((turn) => [turn.key, turn.copied]), [
      [`${PARENT}:1:resp_1`, true],
      [`${CHILD}:${CHILD_TURN}:resp_2`, undefined],
    ]);
  });
  await t.step("a record of another thread within what is known to be replayed is left out", () => {
    const copy = usageRecord(0, "resp_1", { thread_id: PARENT, turn_id: PARENT_TURN });
    assert.deepEqual(fold([header({ forked_from_id: PARENT }), turnContext(0, PARENT_TURN), copy]).turns, []);
  });
  await t.step("a record of the thread itself ends the replay", () => {
    const { turns } = fold([header({ forked_from_id: PARENT }), turnContext(0, PARENT_TURN), usageRecord(9, "resp_2")]);
    assert.deepEqual(turns.map(({ key, at }) => [key, at]), [[`${CHILD}:${CHILD_TURN}:resp_2`, ms(9)]]);
  });
  await t.step("settings of the thread itself end the replay", () => {
    const { turns } = fold([
      header({ source: { subagent: { thread_spawn: { parent_thread_id: PARENT } } } }),
      tokenCount(0, counts(1), counts(1)),
      turnContext(1),
      settings(2, "gpt-5.5", "openai"),
      tokenCount(3, counts(2), counts(1)),
    ]);
    assert.deepEqual(turns.map(({ originalKey }) => originalKey === undefined), [false, true]);
  });
  await t.step("what happened to the parent does not reach over to the thread's own turns", () => {
    const head = [header({ forked_from_id: PARENT }), turnContext(0, "1", "gpt-5"), ...twoReplayed];
    const compacted = [...head, event(1, { type: "context_compacted" }), turnContext(8, CHILD_TURN)];
    assert.equal(fold(compacted).facts?.pending, undefined);
    assert.equal(fold([...compacted, event(9, { type: "context_compacted" })]).facts?.pending, undefined);
    assert.equal(fold([...compacted, own]).turns.at(-1)?.afterCompaction, undefined);
    // The model of the fork is another one than the parent's.
    assert.equal(fold([...compacted, own]).facts?.pending, undefined);
  });
  await t.step("where the header says where own records begin, times decide nothing", () => {
    const review = header({ source: { subagent: "review" }, id: "review-1", subagent_history_start_ordinal: 4 });
    const replayed = [taskStarted(5), ...twoReplayed].map((record, index) => ordinal(1 + index, record));
    assert.deepEqual(fold([ordinal(0, review), ...replayed]).turns, []);
    assert.equal(fold([ordinal(0, review), ...replayed, ordinal(4, own)]).turns.length, 1);
  });
  await t.step("neither ids nor a parent: own from the first turn that is younger than the fork", () => {
    const review = header({ source: { subagent: "review" }, id: "review-1" });
    const { turns } = fold([review, taskStarted(-5), ...twoReplayed, taskStarted(8), own]);
    assert.deepEqual(turns.map((turn) => turn.endedAt), [ms(9)]);
  });
  await t.step("the parent's header tells the parent where the file's own does not", () => {
    const review = header({ source: { subagent: "review" }, id: "review-1" });
    const { turns } = fold([review, parentHeader, turnContext(0), tokenCount(1, counts(1), counts(1))]);
    assert.equal(turns[0]?.originalKey, `${PARENT}:1000,600,0,50,20,1050`);
  });
});

Deno.test("a log that lost its header is the thread's of its name", async (t) => {
  const NAMED = `/x/rollout-2026-11-21T12-00-00-${CHILD}.jsonl`;
  const usages = [tokenCount(1, counts(1), counts(1)), usageRecord(2, "r2", { thread_token_usage: counts(2) })];
  const foldNamed = (records: readonly unknown[], path = NAMED) => {
    const folded = fold(records, true, path);
    const keys = new Set(folded.turns.map(({ key }) => key));
    return { ...folded, keys: [...keys], model: folded.turns.at(-1)?.model.model };
  };
  const whole = foldNamed([header(), turnContext(0), ...usages]);
  const rows: [string, readonly unknown[], problems: number][] = [
    ["lost", [turnContext(0), ...usages], 1],
    ["lost with the turn's beginning", [...usages, turnContext(3)], 1],
    ["behind a turn's beginning", [turnContext(0), header(), ...usages], 1],
    ["behind a response", [usages[0], header(), turnContext(1), usages[1]], 1],
    ["without an id", [header({ id: null }), turnContext(0), ...usages], 2],
    ["twice", [header(), header(), turnContext(0), ...usages, header()], 0],
  ];
  for (const [name, records, problems] of rows) {
    await t.step(name, () => {
      const folded = foldNamed(records);
      assert.equal(folded.facts?.sessionId, CHILD);
      assert.deepEqual([folded.keys, folded.model], [whole.keys, whole.model]);
      assert.equal(folded.problems.length, problems, folded.problems.join("\n"));
    });
  }
  await t.step("compressed", () => {
    assert.deepEqual(foldNamed([turnContext(0), ...usages], `${NAMED}.zst`).keys, whole.keys);
  });
  await t.step("what is known of it", () => {
    const facts = foldNamed([event(0, { type: "token_count", info: null }), turnContext(0), ...usages]).facts;
    assert.deepEqual([facts?.cwd, facts?.subagent, facts?.startedAt], ["/src", false, undefined]);
  });
  await t.step("of turns that are older than the thread nothing counts", () => {
    const replayed = [turnContext(0, PARENT_TURN), usages[0], turnContext(1, CHILD_TURN), usages[1]];
    assert.equal(foldNamed(replayed).keys.length, 1);
  });
  await t.step("behind it comes that of the thread whose history it begins with", () => {
    const { turns } = foldNamed([turnContext(0), header({ id: PARENT }), usages[0]]);
    assert.deepEqual(turns.map(({ originalKey }) => originalKey?.startsWith(PARENT)), [true]);
  });
  await t.step("limits and a title are no log", () => {
    assert.equal(foldNamed([event(0, { type: "token_count", info: null })]).facts, undefined);
    assert.equal(foldNamed([event(0, { type: "thread_name_updated", thread_name: "x" })]).facts, undefined);
  });
});

Deno.test("which session a log belongs to", async (t) => {
  const spawned = subagentOf(PARENT);
  const rows: [string, Record<string, unknown>, Partial<SessionFacts>, string][] = [
    ["a session", { session_id: CHILD }, { sessionId: CHILD, subagent: false }, "main"],
    [
      "a user's fork",
      { forked_from_id: PARENT },
      { sessionId: CHILD, subagent: false, parentSessionId: PARENT },
      "main",
    ],
    ["a sub-agent", spawned, { sessionId: PARENT, subagent: true }, CHILD],
    [
      "a sub-agent of a sub-agent: the root",
      { ...spawned, session_id: "root" },
      { sessionId: "root", subagent: true },
      CHILD,
    ],
    [
      "a sub-agent with its own id as session",
      { ...spawned, session_id: CHILD },
      { sessionId: PARENT, subagent: true },
      CHILD,
    ],
    ["the parent at the top of the header", { parent_thread_id: PARENT }, { sessionId: PARENT, subagent: true }, CHILD],
    ["a sub-agent by thread_source", { thread_source: "subagent", session_id: PARENT }, {
      sessionId: PARENT,
      subagent: true,
    }, CHILD],
    ["a sub-agent that only says what it was forked from", { thread_source: "subagent", forked_from_id: PARENT }, {
      sessionId: PARENT,
      subagent: true,
    }, CHILD],
    ["a user's thread with a parent", { thread_source: "user", parent_thread_id: PARENT }, {
      sessionId: CHILD,
      subagent: false,
    }, "main"],
    ["a sub-agent of nobody", { source: { subagent: "review" } }, { sessionId: CHILD, subagent: false }, "main"],
  ];
  for (const [name, meta, expected, chain] of rows) {
    await t.step(name, () => {
      const { facts, turns } = fold([header(meta), usageRecord(1, "resp_1")]);
      assert.deepEqual(
        { sessionId: facts?.sessionId, subagent: facts?.subagent, parentSessionId: facts?.parentSessionId },
        { parentSessionId: undefined, ...expected },
      );
      assert.deepEqual(turns.map((turn) => turn.chain), [chain]);
    });
  }
});

Deno.test("model and provider", async (t) => {
  const rows: [string, readonly unknown[], string][] = [
    ["no header names a provider, no line a model", [header({ model_provider: undefined })], "openai/unknown"],
    [
      "the latest turn_context",
      [header(), turnContext(0, "1", "gpt-5"), turnContext(0, "2", "gpt-5.5")],
      "openai/gpt-5.5",
    ],
    ["lower case provider", [header({ model_provider: "Azure" }), turnContext(0)], "azure/gpt-5.5"],
    ["settings before any turn", [header(), settings(0, "gpt-5", "Proxy")], "proxy/gpt-5"],
    [
      "settings between turns",
      [header(), turnContext(0), settings(0, "o9", "proxy"), turnContext(0, "2", "o9")],
      "proxy/o9",
    ],
    [
      "settings within a turn hold from the next one on",
      [header(), turnContext(0), settings(0, "o9", "proxy")],
      "openai/gpt-5.5",
    ],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const [turn] = fold([...records, usageRecord(1, "resp_1")]).turns;
      assert.equal(`${turn?.model.provider}/${turn?.model.model}`, expected);
    });
  }
  await t.step("a record that names its model speaks for itself alone", () => {
    const records = [header(), turnContext(0), usageRecord(1, "r1", { model: "gpt-5-mini" }), usageRecord(2, "r2")];
    const { turns, facts } = fold(records);
    assert.deepEqual(turns.map((turn) => turn.model.model), ["gpt-5-mini", "gpt-5.5"]);
    assert.equal(fold(records.slice(0, 3)).facts?.pending, undefined);
    assert.equal(facts?.pending, undefined);
  });
});

Deno.test("a model that is named after the first usage", async (t) => {
  const early = [tokenCount(1, counts(1), counts(1)), tokenCount(2, counts(2), counts(1))];
  const rows: [string, readonly unknown[], readonly string[]][] = [
    ["by a turn", [header(), ...early, turnContext(3)], ["openai/gpt-5.5", "openai/gpt-5.5"]],
    ["by the first of two", [header(), ...early, turnContext(3, "1", "gpt-5"), turnContext(4, "2", "o9")], [
      "openai/gpt-5",
      "openai/gpt-5",
    ]],
    ["by settings, with the provider", [header(), ...early, settings(3, "o9", "Proxy")], ["proxy/o9", "proxy/o9"]],
    ["by settings of another thread", [
      header(),
      ...early,
      event(3, {
        type: "thread_settings_applied",
        thread_id: PARENT,
        thread_settings: { model: "o9", model_provider_id: "proxy" },
      }),
    ], ["openai/unknown", "openai/unknown"]],
    ["never", [header(), ...early, taskStarted(3)], ["openai/unknown", "openai/unknown"]],
    ["by the header", [header({ model: "gpt-5" }), ...early], ["openai/gpt-5", "openai/gpt-5"]],
    ["by the header, until a turn names another one", [
      header({ model: "gpt-5" }),
      early[0],
      turnContext(2, "1", "o9"),
      early[1],
    ], ["openai/gpt-5", "openai/o9"]],
    ["of records", [header(), usageRecord(1, "r1"), turnContext(2)], ["openai/gpt-5.5"]],
    ["of a record that names its own", [header(), usageRecord(1, "r1", { model: "o9" }), turnContext(2)], [
      "openai/o9",
    ]],
    ["of a sub-agent that names no parent", [
      header({ source: { subagent: "review" }, thread_source: "subagent" }),
      ...early,
      turnContext(3),
    ], ["openai/gpt-5.5", "openai/gpt-5.5"]],
    ["not of what another thread asked", [
      header({ forked_from_id: PARENT }),
      usageRecord(1, "r1", { thread_id: PARENT, usage: counts(5), thread_token_usage: counts(5) }),
      ...early,
      turnContext(3, CHILD_TURN),
    ], ["openai/unknown", "openai/unknown", "openai/unknown"]],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      for (const throughJson of [false, true]) {
        const turns = new Map<string, string>();
        for (const { key, model } of fold(records, throughJson).turns) {
          turns.set(key, `${model.provider}/${model.model}`);
        }
        assert.deepEqual([...turns.values()], expected);
      }
    });
  }
  await t.step("is the one that a later change is a change from", () => {
    const records = [header(), ...early, turnContext(3, "1", "gpt-5"), settings(4, "o9", "openai")];
    assert.equal(fold(records.slice(0, -1)).facts?.pending, undefined);
    assert.equal(fold(records).facts?.pending?.kind, "model_changed");
  });
  await t.step("only so many wait for it", () => {
    const many = Array.from({ length: 700 }, (_, index) => usageRecord(1, `r${index}`));
    const { turns } = fold([header(), ...many, turnContext(2)]);
    assert.equal(turns.length, 700 + 500);
  });
});

Deno.test("service tiers", async (t) => {
  const tier = (seconds: number, service_tier: unknown, thread = CHILD) =>
    event(seconds, {
      type: "thread_settings_applied",
      thread_id: thread,
      thread_settings: { model: "gpt-5.5", model_provider_id: "openai", service_tier },
    });
  const record = (seconds: number) => usageRecord(seconds, `r${seconds}`);
  const turnOf = (seconds: number, service_tier: unknown) => ({
    timestamp: at(seconds),
    type: "turn_context",
    payload: { model: "gpt-5.5", service_tier },
  });
  const rows: [string, readonly unknown[], readonly (string | undefined)[], number][] = [
    ["none", [record(1)], [undefined], 0],
    ["priority", [tier(1, "priority"), record(2), record(3)], ["priority", "priority"], 0],
    ["fast is priority", [tier(1, "fast"), record(2)], ["priority"], 0],
    ["in capitals, with blanks", [tier(1, " Flex "), record(2)], ["flex"], 0],
    ["batch", [tier(1, "batch"), record(2)], ["batch"], 0],
    ["default", [tier(1, "default"), record(2)], [undefined], 0],
    ["auto", [tier(1, "auto"), record(2)], [undefined], 0],
    ["standard", [tier(1, "Standard"), record(2)], [undefined], 0],
    ["no text", [tier(1, 7), record(2)], [undefined], 0],
    [
      "changed on the way",
      [tier(1, "priority"), record(2), tier(3, "default"), record(4), tier(5, "flex"), record(6)],
      [
        "priority",
        undefined,
        "flex",
      ],
      0,
    ],
    ["settings without a tier have none", [tier(1, "priority"), tier(2, undefined), record(3)], [undefined], 0],
    ["null", [tier(1, "priority"), tier(2, null), record(3)], [undefined], 0],
    [
      "no settings at all change nothing",
      [
        tier(1, "priority"),
        event(2, { type: "thread_settings_applied", thread_id: CHILD }),
        turnContext(3),
        record(4),
      ],
      ["priority"],
      0,
    ],
    ["of another thread", [tier(1, "priority", PARENT), record(2)], [undefined], 0],
    ["unknown, said once a change", [tier(1, "Turbo"), record(2), tier(3, "turbo"), record(4)], ["turbo", "turbo"], 1],
    ["unknown twice", [tier(1, "turbo"), tier(2, "default"), tier(3, "turbo"), record(4)], ["turbo"], 2],
    ["named like a member of every object", [tier(1, "constructor"), record(2)], ["constructor"], 1],
    ["of a turn", [turnOf(1, "priority"), record(2), turnContext(3), record(4)], ["priority", "priority"], 0],
    ["taken back by a turn", [tier(1, "priority"), turnOf(2, "default"), record(3)], [undefined], 0],
    ["of counts", [tier(1, "priority"), tokenCount(2, counts(1), counts(1))], ["priority"], 0],
    ["not of a copy", [tier(1, "priority"), usageRecord(2, "r1", { thread_id: PARENT })], [undefined], 0],
  ];
  for (const [name, records, expected, problems] of rows) {
    await t.step(name, () => {
      const folded = fold([header(), turnContext(0), ...records], true);
      assert.deepEqual(folded.turns.map((turn) => turn.terms?.tier), expected);
      assert.equal(folded.problems.length, problems, folded.problems.join("\n"));
    });
  }
  await t.step("a thread that is gone on with begins with the standard", () => {
    const { turns } = fold([header(), tier(1, "priority"), record(2), header({}, 3), turnContext(4), record(5)]);
    assert.deepEqual(turns.map(({ terms }) => terms?.tier), ["priority", undefined]);
  });
  await t.step("the header of another thread changes nothing", () => {
    const { turns } = fold([header(), tier(1, "priority"), header({ id: PARENT }, 3), record(5)]);
    assert.deepEqual(turns.map(({ terms }) => terms?.tier), ["priority"]);
  });
  await t.step("of the header", () => {
    const { turns } = fold([header({ service_tier: "flex" }), turnContext(0), record(1)]);
    assert.deepEqual(turns[0]?.terms, { tier: "flex" });
  });
  await t.step("not of replayed history", () => {
    const replayed = [turnContext(0, PARENT_TURN), tier(1, "priority", PARENT), turnOf(1, "priority")];
    const { turns } = fold([header({ forked_from_id: PARENT }), ...replayed, turnContext(2, CHILD_TURN), record(3)]);
    assert.deepEqual(turns.map(({ terms }) => terms), [undefined]);
  });
  await t.step("an unknown one is named", () => {
    assert.deepEqual(fold([header(), tier(1, "Turbo")]).problems, [
      'Unknown service tier "turbo": priced at the standard rate.',
    ]);
  });
});

Deno.test("what happened after the last turn", async (t) => {
  const turn = [turnContext(0), usageRecord(1, "resp_1")];
  const item = event(2, { type: "item_completed", thread_id: CHILD, item: { type: "ContextCompaction", id: "c" } });
  const rows: [string, readonly unknown[], unknown][] = [
    ["nothing", turn, undefined],
    ["a compaction", [...turn, event(2, { type: "context_compacted" })], { at: ms(2), kind: "compacted" }],
    ["a compaction of a paginated log", [...turn, item], { at: ms(2), kind: "compacted" }],
    ["another item", [...turn, event(2, { type: "item_completed", item: { type: "Plan" } })], undefined],
    ["a compaction before the first turn", [event(0, { type: "context_compacted" })], undefined],
    ["another model", [...turn, turnContext(3, "2", "gpt-5")], {
      at: ms(3),
      kind: "model_changed",
      model: { provider: "openai", model: "gpt-5" },
    }],
    ["another model by settings", [...turn, settings(3, "gpt-5", "openai")], {
      at: ms(3),
      kind: "model_changed",
      model: { provider: "openai", model: "gpt-5" },
    }],
    ["the same model again", [...turn, turnContext(3, "2")], undefined],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => assert.deepEqual(fold([header(), ...records]).facts?.pending, expected));
  }
  await t.step("is over with the next turn, which says that it follows a compaction", () => {
    const records = [header(), ...turn, item, usageRecord(3, "resp_2"), usageRecord(4, "resp_3")];
    const { turns, facts } = fold(records);
    assert.deepEqual(turns.map((turn) => turn.afterCompaction), [undefined, true, undefined]);
    assert.equal(facts?.pending, undefined);
  });
  await t.step("passes by a copy of another thread's record", () => {
    const copy = usageRecord(3, "resp_2", { thread_id: PARENT });
    const { turns } = fold([header(), ...turn, item, copy, usageRecord(4, "resp_3")]);
    assert.deepEqual(turns.map((turn) => turn.afterCompaction), [undefined, undefined, true]);
  });
  await t.step("is not said of a sub-agent", () => {
    const { facts } = fold([header(subagentOf(PARENT)), ...turn, item]);
    assert.equal(facts?.pending, undefined);
  });
});

Deno.test("times", async (t) => {
  const timesOf = (...records: unknown[]) =>
    fold([header(), ...records]).turns.map((turn) =>
      [turn.at, turn.endedAt].map((time) => ((time ?? 0) - ms(0)) / 1000)
    );
  await t.step("old logs: from the start of the turn, then the count's own time", () => {
    const records = [
      taskStarted(1),
      turnContext(2),
      tokenCount(5, counts(1), counts(1)),
      tokenCount(9, counts(2), counts(1)),
    ];
    assert.deepEqual(timesOf(...records), [[2, 5], [9, 9]]);
  });
  await t.step("a count that is written again does not start a request", () => {
    const records = [usageRecord(2, "r1"), tokenCount(3, counts(1), counts(1)), tokenCount(6, counts(1), counts(1))];
    assert.deepEqual(timesOf(turnContext(1), ...records, usageRecord(8, "r2")), [[1, 2], [3, 8]]);
  });
  await t.step("a clock that was set back", () => {
    assert.deepEqual(timesOf(turnContext(9), usageRecord(5, "r1")), [[5, 5]]);
  });
  await t.step("a line without a time takes the latest one", () => {
    const record = { ...usageRecord(0, "r1") as object, timestamp: "soon" };
    assert.deepEqual(timesOf(event(4, { type: "thread_name_updated" }), record), [[4, 4]]);
  });
  await t.step("no time at all is a problem", () => {
    const untimed = [header({ timestamp: undefined }), usageRecord(1, "r1")].map((record) => ({
      ...record as object,
      timestamp: undefined,
    }));
    const { turns, problems } = fold(untimed);
    assert.deepEqual([turns.length, problems.length], [0, 1]);
  });
});

Deno.test("the title is a name that somebody gave", async (t) => {
  const named = (name: unknown, thread?: string) =>
    event(1, { type: "thread_name_updated", thread_id: thread, thread_name: name });
  const rows: [string, readonly unknown[], string | undefined][] = [
    ["none", [], undefined],
    ["the latest", [named("one", CHILD), named(" two ")], "two"],
    ["taken back", [named("one"), named(null)], undefined],
    ["of another thread", [named("one", PARENT)], undefined],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => assert.equal(fold([header(), ...records]).facts?.title, expected));
  }
});

Deno.test("malformed records", async (t) => {
  const values = [undefined, null, true, 0, -1, 1e400, "", "x", [], [1], {}, { type: 1 }, { subagent: null }];
  const types = ["session_meta", "turn_context", "token_usage_record", "event_msg", "compacted", 7, null];
  const events = ["token_count", "task_started", "thread_settings_applied", "thread_name_updated", "item_completed"];
  const fields = [
    "id",
    "info",
    "usage",
    "turn_id",
    "model",
    "thread_id",
    "source",
    "item",
    "thread_settings",
    "timestamp",
  ];
  const lines: unknown[] = [...values];
  for (const type of types) {
    for (const value of values) {
      lines.push({ type, payload: value }, { type, payload: {}, timestamp: value, ordinal: value });
      for (const field of fields) lines.push({ type, timestamp: at(1), payload: { [field]: value } });
      for (const kind of events) {
        for (const field of fields) lines.push({ type, timestamp: at(1), payload: { type: kind, [field]: value } });
      }
    }
  }
  await t.step("never throw, never make a turn, never hide a good one", () => {
    assert.deepEqual(fold(lines).turns, []);
    const { turns } = fold([header(), ...lines, turnContext(2, CHILD_TURN), usageRecord(3, "resp_1")]);
    assert.deepEqual(turns.map((turn) => turn.usage), [ONE]);
  });
  await t.step("a log without a header is no session, and says so", () => {
    const { turns, problems, facts } = fold([tokenCount(1, counts(1), counts(1)), usageRecord(2, "resp_1")]);
    assert.deepEqual([turns.length, problems.length, facts], [0, 2, undefined]);
  });
  await t.step("a header without an id says so", () => {
    assert.equal(fold([header({ id: 7 })]).problems.length, 1);
  });
});

Deno.test("a count that is none is named as it is, but for nested data, which may be anything", async (t) => {
  const none = (place: string, found: string) =>
    `"payload.${place}" is ${found}, expected a whole number, zero or more`;
  const missing = "Input tokens are missing: the rest counts.";
  const rows: [value: unknown, said: string][] = [
    ["12", `${none("info.total_token_usage.input_tokens", '"12"')}: left out; the rest counts`],
    [-1, `${none("info.total_token_usage.input_tokens", "-1")}: left out; the rest counts`],
    [1.5, `${none("info.total_token_usage.input_tokens", "1.5")}: left out; the rest counts`],
    [undefined, missing],
    [null, missing],
    [{ secret: 1 }, `${none("info.total_token_usage.input_tokens", "an object")}: left out; the rest counts`],
    [["secret"], `${none("info.total_token_usage.input_tokens", "an array")}: left out; the rest counts`],
  ];
  for (const [value, said] of rows) {
    await t.step(JSON.stringify(value) ?? "nothing", () => {
      assert.deepEqual(fold([header(), tokenCount(1, { ...counts(1), input_tokens: value })]).problems, [said]);
    });
  }
  await t.step("with what else is missing, and what comes of it", () => {
    const [damaged, lost] = [{ output_tokens: 5, total_tokens: "5" }, { output_tokens: 0, cached_input_tokens: -1 }];
    const { problems } = fold([
      header(),
      usageRecord(1, "r1", { usage: damaged }),
      usageRecord(2, "r2", { usage: lost }),
    ]);
    assert.deepEqual(problems, [
      `${none("usage.total_tokens", '"5"')}: left out; the rest counts; ${missing}`,
      `${none("usage.cached_input_tokens", "-1")}: left out; Token counts are missing: the response is not counted.`,
    ]);
  });
  await t.step("not where no figure depends on it", () => {
    const damaged = { ...counts(1), cached_input_tokens: "x" };
    const { turns, problems } = fold([
      header({ forked_from_id: PARENT }),
      turnContext(0, PARENT_TURN),
      tokenCount(1, damaged, damaged),
      usageRecord(1, "r0", { thread_id: PARENT, usage: damaged }),
      turnContext(2, CHILD_TURN),
      usageRecord(3, "r1", { thread_token_usage: damaged }),
      tokenCount(4, damaged, counts(1)),
    ]);
    assert.deepEqual([turns.map(({ usage }) => usage), problems], [[ONE], []]);
  });
});

Deno.test("a needle is found whatever the spaces and the order of keys", async (t) => {
  const lines: [string, Record<string, unknown>][] = [
    ["header", { type: "session_meta", payload: { id: "x" } }],
    ["turn", { type: "turn_context", payload: { model: "gpt-5.5" } }],
    ["settings", { type: "event_msg", payload: { type: "thread_settings_applied" } }],
    ["total", { type: "event_msg", payload: { type: "token_count", info: null } }],
    ["record", { type: "token_usage_record", payload: {} }],
    ["compaction", { type: "event_msg", payload: { type: "item_completed", item: { type: "ContextCompaction" } } }],
    ["name", { type: "event_msg", payload: { type: "thread_name_updated", thread_name: "x" } }],
  ];
  for (const [name, line] of lines) {
    await t.step(name, () => {
      const reversed = JSON.stringify(Object.fromEntries(Object.entries(line).toReversed()), null, 1);
      for (const text of [JSON.stringify(line), reversed, reversed.replaceAll('": ', '"\t:\t')]) {
        assert.ok(codexSource.needles.some((needle) => text.includes(needle)), text);
      }
    });
  }
  await t.step("not in the history that a compaction carries, nor in quoted text", () => {
    const text = JSON.stringify(
      {
        type: "compacted",
        payload: { message: codexSource.needles.join(" "), latest_token_usage_record: {}, replacement_history: [] },
      },
      null,
      1,
    );
    assert.deepEqual(codexSource.needles.filter((needle) => text.includes(needle)), []);
  });
});
