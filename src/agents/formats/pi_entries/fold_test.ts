/**
 * Holds the Pi source to real logs, whose true totals are known, and to damaged ones, which must neither throw nor be
 * counted wrongly. It does not test which of two logs owns a copied turn beyond what `copied` is enough for.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { addUsage, NO_USAGE, type TokenUsage } from "../../../core/model.ts";
import type { Machine } from "../../../core/machine.ts";
import { makeMachine } from "../../../host/environment.ts";
import { logs } from "../../pi/places.ts";
import { RecordFolder } from "../../../scan/logs/rows/record_folder.ts";
import type { RecordedTurn } from "../../source.ts";
import { piEntries } from "./fold.ts";
import type { PiState } from "./state.ts";

const FIXTURES = new URL("../../../../tests/fixtures/", import.meta.url);
const PATH = "/home/ada/.pi/agent/sessions/--srv-api--/mine.jsonl";
const NAMED_PATH = "/home/ada/.pi/agent/sessions/--srv-api--/2026-11-21T00-00-00-000Z_abc.jsonl";

const HEADER = { type: "session", version: 3, id: "abc", timestamp: "2026-11-21T00:00:00.000Z", cwd: "/srv/api" };

// A line of Pi 1.5.2 with PI_CACHE_RETENTION=long. Per million tokens: input 5, output 25, read 0.5, an hour's write 10:
// 20 * 5 + 12 * 25 + 1390 * 0.5 + 14 * 10 = 100 + 300 + 695 + 140 = 1235 millionths.
const ASSISTANT =
  '{"type":"message","id":"c3da5f0a","parentId":"f49dec37","timestamp":"2026-11-21T00:00:06.970Z","message":{"role":"assistant","content":[{"type":"toolCall","id":"toolu_48a385580","name":"bash","arguments":{"command":"echo l"}}],"api":"anthropic-messages","provider":"anthropic","model":"claude-opus-4-6","usage":{"input":20,"output":12,"cacheRead":1390,"cacheWrite":14,"totalTokens":1436,"cost":{"input":0.0001,"output":0.00030000000000000003,"cacheRead":0.000695,"cacheWrite":0.00014,"total":0.001235,"totalFromProvider":false},"cacheWrite1h":14},"stopReason":"toolUse","timestamp":1795219206842,"responseId":"msg_3d654df753ca48a38558","rawStopReason":"tool_use","durationMs":95,"thinkingLevel":"medium"}}';

// A failed attempt, as Pi 1.5.2 wrote it.
const FAILED =
  '{"type":"message","id":"1c143a96","parentId":"5c65a6e9","timestamp":"2026-11-21T00:00:56.701Z","message":{"role":"assistant","content":[],"api":"openai-completions","provider":"openrouter","model":"deepseek/deepseek-chat-v3-0324","usage":{"input":0,"output":0,"cacheRead":0,"cacheWrite":0,"totalTokens":0,"cost":{"input":0,"output":0,"cacheRead":0,"cacheWrite":0,"total":0}},"stopReason":"error","timestamp":1795219256663,"errorMessage":"401: {\\"message\\":\\"unauthorized\\",\\"code\\":401}","durationMs":37,"thinkingLevel":"off"}}';

interface Folded {
  readonly state: PiState;
  readonly turns: readonly RecordedTurn[];
  readonly problems: readonly string[];
}

/** @param between What happens to the state between two records */
function fold(records: readonly unknown[], path = PATH, between = (state: PiState): PiState => state): Folded {
  let state = piEntries.start({ path, relativePath: path.slice(path.lastIndexOf("/") + 1) });
  const turns: RecordedTurn[] = [];
  const problems: string[] = [];
  const folder = new RecordFolder(piEntries);
  for (const record of records) {
    const result = folder.fold(between(state), record);
    state = result.state as PiState;
    turns.push(...result.turns ?? []);
    if (result.problem !== undefined) problems.push(result.problem);
  }
  return { state, turns, problems };
}

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const timestamp = (second: number) => new Date(Date.parse(HEADER.timestamp) + second * 1000).toISOString();

const entry = (type: string, id: string, second: number, fields: object = {}) => ({
  type,
  id,
  parentId: null,
  timestamp: timestamp(second),
  ...fields,
});

const usage = (input: number, output: number, more: object = {}) => ({
  input,
  output,
  cacheRead: 0,
  cacheWrite: 0,
  ...more,
});

const assistant = (id: string, second: number, fields: object = {}) =>
  entry("message", id, second, {
    message: {
      role: "assistant",
      provider: "anthropic",
      model: "claude-opus-4-6",
      usage: usage(10, 5),
      timestamp: Date.parse(timestamp(second)) - 200,
      ...fields,
    },
  });

const change = (id: string, second: number, provider: string, modelId: string) =>
  entry("model_change", id, second, { provider, modelId });

interface Expected {
  readonly file: string;
  readonly billedTurns: number;
  readonly usage: TokenUsage;
  readonly reportedUsd: number;
  readonly models: Readonly<Record<string, TokenUsage & { readonly turns: number; readonly usd: number }>>;
}

function readExpected(): [string, Expected][] {
  const truth = JSON.parse(Deno.readTextFileSync(new URL("expected.json", FIXTURES))) as {
    pi: Record<string, Expected>;
  };
  return Object.entries(truth.pi);
}

function readLines(file: string): string[] {
  return Deno.readTextFileSync(new URL(`home/${file}`, FIXTURES)).split("\n").filter((line) => line !== "");
}

const holdsNeedle = (line: string) => piEntries.needles.some((needle) => line.includes(needle));

Deno.test("pi: real logs add up to what was billed", async (t) => {
  const sessions = readExpected();
  strictEqual(sessions.length, 46);
  const folded = new Map<string, Folded>();
  const owners = new Map<string, { file: string; turn: RecordedTurn }>();
  for (const [, { file }] of sessions) {
    const result = fold(readLines(file).filter(holdsNeedle).map((line) => JSON.parse(line)), `/home/ada/${file}`);
    folded.set(file, result);
    for (const turn of result.turns) {
      const owner = owners.get(turn.key);
      if (owner === undefined || (owner.turn.copied && !turn.copied)) owners.set(turn.key, { file, turn });
    }
  }
  for (const [id, expected] of sessions) {
    await t.step(id, () => {
      const { state, problems } = folded.get(expected.file)!;
      deepStrictEqual(problems, []);
      strictEqual(piEntries.session(state)?.sessionId, id);
      const own = [...owners.values()].filter(({ file }) => file === expected.file).map(({ turn }) => turn);
      strictEqual(own.length, expected.billedTurns);
      assertSum(own, expected.usage, expected.reportedUsd);
      const models = new Map(own.map(({ model }) => [`${model.provider}/${model.model}`, model]));
      deepStrictEqual([...models.keys()].sort(), Object.keys(expected.models).sort());
      for (const [name, { turns, usd, ...usage }] of Object.entries(expected.models)) {
        const ofModel = own.filter(({ model }) => `${model.provider}/${model.model}` === name);
        strictEqual(ofModel.length, turns);
        assertSum(ofModel, usage, usd);
      }
    });
  }

  function assertSum(turns: readonly RecordedTurn[], usage: TokenUsage, usd: number): void {
    deepStrictEqual(turns.reduce((sum, turn) => addUsage(sum, turn.usage), NO_USAGE), usage);
    const reported = turns.reduce((sum, turn) => sum + (turn.reported?.usd ?? NaN), 0);
    ok(Math.abs(reported - usd) < 1e-9, `Expected ${usd} USD, found ${reported}`);
  }
});

Deno.test("pi: forks mark exactly what they copied", () => {
  const copies = readExpected().flatMap(([id, { file }]) =>
    fold(readLines(file).map((line) => JSON.parse(line))).turns
      .filter(({ copied }) => copied).map(({ key }) => `${id.slice(-4)} ${key}`)
  );
  deepStrictEqual(copies.sort(), [
    `0330 360e7d2e@${Date.parse("2026-11-20T23:59:08.053Z")}`,
    `2acb 5be1a4ee@${Date.parse("2026-11-20T23:59:57.193Z")}`,
    `f214 5be1a4ee@${Date.parse("2026-11-20T23:59:57.193Z")}`,
    `f214 751d8d54@${Date.parse("2026-11-20T23:59:57.567Z")}`,
  ]);
});

Deno.test("pi: lines without a needle add nothing but time", () => {
  let skipped = 0;
  for (const [, { file }] of readExpected()) {
    const lines = readLines(file);
    skipped += lines.filter((line) => !holdsNeedle(line)).length;
    const all = fold(lines.map((line) => JSON.parse(line)));
    const few = fold(lines.filter(holdsNeedle).map((line) => JSON.parse(line)));
    deepStrictEqual(few.turns, all.turns);
    deepStrictEqual(
      { ...piEntries.session(few.state), lastActivityAt: undefined },
      { ...piEntries.session(all.state), lastActivityAt: undefined },
    );
  }
  ok(skipped > 200, `Expected most lines to be skipped, found ${skipped}`);
});

Deno.test("pi: a needle is found whatever the order of keys and the spaces", async (t) => {
  const records: [string, Record<string, unknown>][] = [
    ["header", HEADER],
    ["assistant", JSON.parse(ASSISTANT)],
    ["tool result", entry("message", "a", 1, { message: { role: "toolResult", usage: usage(1, 1) } })],
    ["usage", entry("usage", "a", 1, { kind: "cache_warm", usage: usage(1, 1) })],
    ["compaction", entry("compaction", "a", 1)],
    ["branch summary", entry("branch_summary", "a", 1)],
    ["unknown with usage", entry("consultation", "a", 1, { usage: usage(1, 1) })],
    ["model change", change("a", 1, "openai", "gpt-5.2")],
    ["name", entry("session_info", "a", 1, { name: "x" })],
  ];
  for (const [name, record] of records) {
    await t.step(name, () => {
      const reversed = Object.fromEntries(Object.entries(record).reverse());
      ok(holdsNeedle(JSON.stringify(record)));
      ok(holdsNeedle(JSON.stringify(reversed, null, 1).replaceAll("\n", " ")));
    });
  }
  await t.step("a text that quotes one", () => {
    const text = piEntries.needles.map((needle) => `${needle}:{}`).join();
    strictEqual(
      holdsNeedle(JSON.stringify(entry("message", "a", 1, { message: { role: "user", content: text } }))),
      false,
    );
  });
});

Deno.test("pi: an assistant message is a turn", () => {
  const { turns, problems } = fold([HEADER, JSON.parse(ASSISTANT)]);
  deepStrictEqual(problems, []);
  deepStrictEqual(turns, [{
    key: `c3da5f0a@${Date.parse("2026-11-21T00:00:06.970Z")}`,
    at: 1795219206842,
    endedAt: Date.parse("2026-11-21T00:00:06.970Z"),
    model: { provider: "anthropic", model: "claude-opus-4-6" },
    usage: { input: 20, cacheRead: 1390, cacheWrite: 0, cacheWrite1h: 14, output: 12 },
    chain: "main",
    reported: {
      usd: 0.001235,
      input: 0.0001,
      cacheRead: 0.000695,
      cacheWrite: 0.00014,
      output: 0.00030000000000000003,
    },
  }]);
});

Deno.test("pi: every kind of billed entry has its chain, model and time", async (t) => {
  const billed = { usage: usage(7, 3) };
  const inEffect = "openai/gpt-5.2";
  const rows: [string, unknown, { chain: string; model: string; at: number; keepsWarm?: boolean } | undefined][] = [
    ["assistant", assistant("a", 9), { chain: "main", model: "anthropic/claude-opus-4-6", at: 8800 }],
    [
      "provider in capitals",
      assistant("a", 9, { provider: "OpenAI", model: "GPT-X" }),
      { chain: "main", model: "openai/GPT-X", at: 8800 },
    ],
    ["request time missing", assistant("a", 9, { timestamp: undefined }), {
      chain: "main",
      model: "anthropic/claude-opus-4-6",
      at: 9000,
    }],
    ["request time in seconds", assistant("a", 9, { timestamp: 1795219206 }), {
      chain: "main",
      model: "anthropic/claude-opus-4-6",
      at: 6000,
    }],
    ["request time that is none", assistant("a", 9, { timestamp: 17 }), {
      chain: "main",
      model: "anthropic/claude-opus-4-6",
      at: 9000,
    }],
    ["assistant without model", assistant("a", 9, { model: null }), { chain: "main", model: inEffect, at: 8800 }],
    ["tool result", entry("message", "a", 9, { message: { role: "toolResult", ...billed } }), {
      chain: "tool",
      model: inEffect,
      at: 9000,
    }],
    [
      "tool result with duration and model",
      entry("message", "a", 9, {
        message: { role: "toolResult", durationMs: 1500, provider: "Google", model: "gemini-3", ...billed },
      }),
      { chain: "tool", model: "google/gemini-3", at: 7500 },
    ],
    [
      "cache warming",
      entry("usage", "a", 9, { kind: "cache_warm", provider: "anthropic", model: "claude-haiku", ...billed }),
      { chain: "main", model: "anthropic/claude-haiku", at: 9000, keepsWarm: true },
    ],
    [
      "other usage",
      entry("usage", "a", 9, { kind: "title", provider: "anthropic", model: "claude-haiku", ...billed }),
      { chain: "tool", model: "anthropic/claude-haiku", at: 9000 },
    ],
    ["compaction", entry("compaction", "a", 9, billed), { chain: "compaction", model: inEffect, at: 9000 }],
    [
      "compaction with messages inside",
      entry("compaction", "a", 9, { ...billed, retainedTail: [assistant("b", 3)], systemMessage: assistant("c", 3) }),
      { chain: "compaction", model: inEffect, at: 9000 },
    ],
    ["branch summary", entry("branch_summary", "a", 9, billed), { chain: "branch_summary", model: inEffect, at: 9000 }],
    ["unknown type", entry("consultation", "a", 9, billed), { chain: "tool", model: inEffect, at: 9000 }],
    ["unknown type, usage of another kind", entry("metrics", "a", 9, { usage: { cpu: 0.5 } }), undefined],
    ["unknown type, usage in a text", entry("note", "a", 9, { usage: "run with --help" }), undefined],
    ["user message with usage", entry("message", "a", 9, { message: { role: "user", ...billed } }), undefined],
    [
      "usage in a tool's details",
      entry("message", "a", 9, { message: { role: "toolResult", details: billed } }),
      undefined,
    ],
    ["compaction without usage", entry("compaction", "a", 9), undefined],
    ["usage null", assistant("a", 9, { usage: null }), undefined],
    ["nothing used", assistant("a", 9, { usage: usage(0, 0) }), undefined],
    ["failed attempt", JSON.parse(FAILED), undefined],
  ];
  for (const [name, record, expected] of rows) {
    await t.step(name, () => {
      const { turns, problems } = fold([HEADER, change("m", 1, "openai", "gpt-5.2"), record]);
      deepStrictEqual(problems, []);
      const found = turns.map(({ chain, model, at, keepsWarm }) => ({
        chain,
        model: `${model.provider}/${model.model}`,
        at: at - Date.parse(HEADER.timestamp),
        ...(keepsWarm ? { keepsWarm } : {}),
      }));
      deepStrictEqual(found, expected === undefined ? [] : [expected]);
    });
  }
});

Deno.test("pi: usage without any model known is counted for an unknown one", () => {
  const { turns } = fold([HEADER, entry("compaction", "a", 9, { usage: usage(7, 3) })]);
  deepStrictEqual(turns.map(({ model }) => model), [{ provider: "unknown", model: "unknown" }]);
});

Deno.test("pi: a model that is named after the first usage is that usage's", async (t) => {
  const NAMED = { provider: "anthropic", model: "claude-sonnet-4-6" };
  const change = entry("model_change", "c", 5, { provider: "Anthropic", modelId: "claude-sonnet-4-6" });
  const result = entry("message", "r", 1, { message: { role: "toolResult", usage: usage(7, 3) } });
  const nameless = assistant("n", 2, { provider: undefined, model: undefined });
  const rows: [string, readonly unknown[], readonly (string | undefined)[]][] = [
    ["by a model change", [HEADER, result, change], ["unknown", "claude-sonnet-4-6"]],
    ["by a response", [HEADER, result, assistant("a", 5, NAMED)], [
      "unknown",
      "claude-sonnet-4-6",
      "claude-sonnet-4-6",
    ]],
    ["several", [HEADER, result, nameless, change], [
      "unknown",
      "unknown",
      "claude-sonnet-4-6",
      "claude-sonnet-4-6",
    ]],
    ["by the header, as those of 2025 have it", [
      { ...HEADER, provider: "anthropic", modelId: "claude-opus-4-5" },
      result,
      change,
    ], ["claude-opus-4-5"]],
    ["a later change is none of it", [
      HEADER,
      result,
      change,
      entry("model_change", "d", 6, {
        provider: "openai",
        modelId: "gpt-5.4",
      }),
    ], ["unknown", "claude-sonnet-4-6"]],
  ];
  for (const [name, records, models] of rows) {
    await t.step(name, () => {
      const { turns } = fold(records);
      deepStrictEqual(turns.map(({ model }) => model.model), models);
      for (const turn of turns.filter(({ model }) => model.model === "unknown")) {
        deepStrictEqual(turns.filter(({ key }) => key === turn.key).length, 2);
      }
    });
  }
  await t.step("the conversation is with it, so that it is no change", () => {
    strictEqual(piEntries.session(fold([HEADER, nameless, change]).state)?.pending, undefined);
  });
});

Deno.test("pi: an entry that is done before it began has no end", () => {
  const late = Date.parse(timestamp(9)) + 1;
  const { turns } = fold([HEADER, assistant("a", 9, { timestamp: late })]);
  deepStrictEqual(turns.map(({ at, endedAt }) => ({ at, endedAt })), [{ at: late, endedAt: undefined }]);
});

Deno.test("pi: a count that is none is left out, and the others count", async (t) => {
  const rest = { ...NO_USAGE, input: 1, output: 5 };
  const rows: [string, object, TokenUsage, RegExp][] = [
    // 83887 = -423 + 150 + 84160, as the prompt had fewer tokens than the cache by the provider's count.
    ["negative input", usage(-423, 150, { cacheRead: 84160, totalTokens: 83887 }), {
      ...NO_USAGE,
      output: 150,
      cacheRead: 84160,
    }, /input" is -423,/],
    ["negative output", usage(1, -5), { ...NO_USAGE, input: 1 }, /output" is -5,/],
    ["fractional", usage(1, 0.5), { ...NO_USAGE, input: 1 }, /output" is 0\.5,/],
    ["text", usage(1, 5, { cacheRead: "9" }), rest, /cacheRead" is "9",/],
    ["array", usage(1, 5, { cacheWrite: [] }), rest, /cacheWrite" is an array,/],
    ["absurd", usage(1, 5, { cacheRead: 1e9 + 1 }), rest, /cacheRead" is 1000000001,/],
    ["infinite", usage(1, 5, { cacheRead: JSON.parse("1e999") }), rest, /cacheRead" is Infinity,/],
    ["input missing", { output: 5 }, { ...NO_USAGE, output: 5 }, /found no input: the rest/],
    ["null", usage(1, 5, { output: null }), { ...NO_USAGE, input: 1 }, /found no output: the rest/],
    [
      "several",
      usage(-1, 5, { cacheRead: true }),
      { ...NO_USAGE, output: 5 },
      /input" is -1, .*cacheRead" is true, .*/,
    ],
    ["all writes unknown, but for an hour's", usage(1, 5, { cacheWrite: -1, cacheWrite1h: 4 }), {
      ...rest,
      cacheWrite1h: 4,
    }, /cacheWrite" is -1,/],
    [
      "an hour's writes unknown",
      usage(1, 5, { cacheWrite: 3, cacheWrite1h: -4 }),
      { ...rest, cacheWrite: 3 },
      /cacheWrite1h" is -4,/,
    ],
  ];
  for (const [name, usage, expected, problem] of rows) {
    await t.step(name, () => {
      const { turns, problems } = fold([HEADER, assistant("a", 9, { usage })]);
      deepStrictEqual(turns.map((turn) => turn.usage), [expected]);
      strictEqual(problems.length, 1);
      match(problems[0]!, problem);
      match(problems[0]!, /the rest counts$/);
    });
  }
  await t.step("no more was written for an hour than written", () => {
    const { turns, problems } = fold([
      HEADER,
      assistant("a", 9, { usage: usage(1, 5, { cacheWrite: 3, cacheWrite1h: 4 }) }),
    ]);
    deepStrictEqual(turns.map((turn) => turn.usage), [{ ...rest, cacheWrite1h: 3 }]);
    match(problems.join(), /cacheWrite1h 4 of cacheWrite 3: taken as 3$/);
  });
});

Deno.test("pi: what an entry itself was billed is read and named as what a message was", () => {
  const damaged = usage(-1, 5, { cost: { total: "x" } });
  const { turns, problems } = fold([
    HEADER,
    entry("compaction", "k", 9, { usage: damaged, provider: "p", model: "m" }),
  ]);
  deepStrictEqual(turns.map(({ usage, model }) => ({ usage, model })), [
    { usage: { ...NO_USAGE, output: 5 }, model: { provider: "p", model: "m" } },
  ]);
  deepStrictEqual(problems, [
    '"usage.input" is -1, expected a whole number of tokens, "usage.cost.total" is "x", expected a number: left out; ' +
    "the rest counts",
  ]);
});

Deno.test("pi: usage of which nothing is a count drops the turn", async (t) => {
  const rows: [string, unknown, RegExp][] = [
    ["negative", usage(-1, 0), /^"message.usage.input" is -1, expected a whole number of tokens: left out$/],
    ["empty", {}, /found no input and no output: the turn is not counted$/],
    ["number", 17, /usage as an object: the turn is not counted$/],
    ["array for all", [1, 2], /usage as an object/],
    ["text for all", "x".repeat(99), /usage as an object/],
  ];
  for (const [name, usage, problem] of rows) {
    await t.step(name, () => {
      const { state, turns, problems } = fold([HEADER, assistant("a", 9, { usage })]);
      deepStrictEqual(turns, []);
      strictEqual(problems.length, 1);
      match(problems[0]!, problem);
      strictEqual(piEntries.session(state)?.lastActivityAt, Date.parse(timestamp(9)));
    });
  }
});

Deno.test("pi: cache counts may be absent, and an hour's writes are taken out of all writes", async (t) => {
  const rows: [string, object, TokenUsage][] = [
    ["absent", { input: 1, output: 2 }, { ...NO_USAGE, input: 1, output: 2 }],
    ["null", { input: 1, output: 2, cacheRead: null }, { ...NO_USAGE, input: 1, output: 2 }],
    ["part of an hour", usage(0, 2, { cacheWrite: 10, cacheWrite1h: 4 }), {
      ...NO_USAGE,
      output: 2,
      cacheWrite: 6,
      cacheWrite1h: 4,
    }],
    ["most", usage(1e9, 0), { ...NO_USAGE, input: 1e9 }],
    ["total that does not add up", usage(1, 2, { totalTokens: 99 }), { ...NO_USAGE, input: 1, output: 2 }],
  ];
  for (const [name, usage, expected] of rows) {
    await t.step(name, () => deepStrictEqual(fold([HEADER, assistant("a", 9, { usage })]).turns[0]?.usage, expected));
  }
});

Deno.test("pi: costs as they were written down", async (t) => {
  const parts = { input: undefined, cacheRead: undefined, cacheWrite: undefined, output: undefined };
  const rows: [string, unknown, RecordedTurn["reported"], RegExp | undefined][] = [
    ["zero stays zero", { total: 0 }, { ...parts, usd: 0 }, undefined],
    ["parts need not add up", { total: 3, input: 1 }, { ...parts, usd: 3, input: 1 }, undefined],
    ["missing", undefined, undefined, undefined],
    ["null", null, undefined, undefined],
    ["without total", { input: 1 }, undefined, undefined],
    ["negative", { total: -1 }, undefined, /total -1/],
    ["a dollar a token given back", { input: -32640, total: -32640 }, undefined, /total -32640/],
    // What the provider billed: the parts are estimates, from which no rates follow.
    [
      "by the provider",
      { input: 1, output: 1, total: 0.5, totalFromProvider: true },
      { usd: 0.5, isBill: true },
      undefined,
    ],
    [
      "not by the provider",
      { total: 3, input: 1, totalFromProvider: false },
      { ...parts, usd: 3, input: 1 },
      undefined,
    ],
    ["by the provider, damaged", { total: -1, totalFromProvider: true }, undefined, /total -1/],
    ["infinite", { total: JSON.parse("1e999") }, undefined, /total Infinity/],
    ["a damaged digit", { total: 1e308 }, undefined, /total 1e\+308: it is left out/],
    ["a damaged digit of a bill", { total: 10_001, totalFromProvider: true }, undefined, /total 10001/],
    ["text", { total: "0.1" }, undefined, /total" is "0\.1", expected a number: left out; the rest counts$/],
    ["no object", 0.1, undefined, /cost as an object: it is left out$/],
    ["negative part", { total: 1, output: -1 }, { ...parts, usd: 1 }, /output -1/],
  ];
  for (const [name, cost, expected, problem] of rows) {
    await t.step(name, () => {
      const { turns, problems } = fold([HEADER, assistant("a", 9, { usage: usage(1, 1, { cost }) })]);
      strictEqual(turns.length, 1);
      deepStrictEqual(turns[0]?.reported, expected);
      strictEqual(problems.length, problem === undefined ? 0 : 1);
      if (problem !== undefined) match(problems[0]!, problem);
    });
  }
  await t.step("money without tokens is told, not counted", () => {
    const { turns, problems } = fold([HEADER, assistant("a", 9, { usage: usage(0, 0, { cost: { total: 0.5 } }) })]);
    deepStrictEqual(turns, []);
    deepStrictEqual(problems, ["0.5 USD without tokens are not counted"]);
  });
});

Deno.test("pi: what has no recorded cost is billed as the model that answered", async (t) => {
  const auto = { provider: "OpenRouter", model: "openrouter/auto", responseModel: "deepseek/deepseek-v4-flash" };
  const costs = (cost: unknown) => ({ usage: usage(10, 5, { cost }) });
  const rows: [string, object, string][] = [
    ["no cost", auto, "openrouter/deepseek/deepseek-v4-flash"],
    ["a cost of nothing", { ...auto, ...costs({ total: 0 }) }, "openrouter/deepseek/deepseek-v4-flash"],
    ["a negative cost", { ...auto, ...costs({ total: -15 }) }, "openrouter/deepseek/deepseek-v4-flash"],
    ["a cost", { ...auto, ...costs({ total: 0.1 }) }, "openrouter/openrouter/auto"],
    [
      "nothing, by the provider",
      { ...auto, ...costs({ total: 0, totalFromProvider: true }) },
      "openrouter/openrouter/auto",
    ],
    ["no model that answered", { ...auto, responseModel: undefined }, "openrouter/openrouter/auto"],
    ["of the wrong type", { ...auto, responseModel: 7 }, "openrouter/openrouter/auto"],
    ["the same model", { ...auto, responseModel: "openrouter/auto" }, "openrouter/openrouter/auto"],
    [
      "its version",
      { ...auto, model: "openai/gpt-5.2", responseModel: "gpt-5.2-2026-02-11" },
      "openrouter/openai/gpt-5.2",
    ],
    ["another version", { ...auto, model: "gpt-5", responseModel: "gpt-5.2" }, "openrouter/gpt-5.2"],
    ["a smaller one", { ...auto, model: "gpt-5.2", responseModel: "gpt-5.2-mini" }, "openrouter/gpt-5.2-mini"],
    [
      "the free one that was asked",
      { ...auto, model: "z-ai/glm-5:free", responseModel: "z-ai/glm-5" },
      "openrouter/z-ai/glm-5:free",
    ],
  ];
  for (const [name, fields, expected] of rows) {
    await t.step(name, () => {
      const { turns } = fold([HEADER, assistant("a", 9, fields)]);
      deepStrictEqual(turns.map(({ model }) => `${model.provider}/${model.model}`), [expected]);
    });
  }
  await t.step("the conversation goes on with the one that was asked", () => {
    const records = [HEADER, change("m", 1, "openrouter", "openrouter/auto"), assistant("a", 2, auto)];
    strictEqual(piEntries.session(fold(records).state)?.pending, undefined);
    const onward = [...records, assistant("b", 3, { ...auto, responseModel: "openai/gpt-5.2" })];
    strictEqual(piEntries.session(fold(onward).state)?.pending, undefined);
    strictEqual(
      piEntries.session(fold([...onward, change("n", 4, "openai", "gpt-5.2")]).state)?.pending?.kind,
      "model_changed",
    );
  });
  await t.step("a key without an id holds whether or not it is known", () => {
    const keyOf = (fields: object) => fold([HEADER, { ...assistant("a", 9, fields), id: undefined }]).turns[0]?.key;
    strictEqual(keyOf(auto), keyOf({ ...auto, responseModel: undefined }));
  });
});

Deno.test("pi: the id of a response is kept where it can be asked for", async (t) => {
  const rows: [string, object, string | undefined][] = [
    ["OpenRouter's", { responseId: "gen-1763632802-abcdefghijklmnopqrst" }, "gen-1763632802-abcdefghijklmnopqrst"],
    ["Anthropic's", { responseId: "msg_01abc" }, undefined],
    ["none", {}, undefined],
    ["no text", { responseId: 7 }, undefined],
  ];
  for (const [name, fields, expected] of rows) {
    await t.step(name, () => strictEqual(fold([HEADER, assistant("a", 9, fields)]).turns[0]?.responseId, expected));
  }
});

Deno.test("pi: keys hold in copies and tell others apart", async (t) => {
  const keyOf = (record: object) => fold([HEADER, record]).turns[0]?.key;
  const original = assistant("a", 9);
  const rows: [string, object, boolean][] = [
    ["another parent", { ...original, parentId: "zzz" }, true],
    ["another id", { ...original, id: "b" }, false],
    ["another time", { ...original, timestamp: timestamp(10) }, false],
  ];
  for (const [name, record, same] of rows) {
    await t.step(name, () => strictEqual(keyOf(record) === keyOf(original), same));
  }
  await t.step("version 1 has no ids", () => {
    const first = { ...original, id: undefined };
    const other = { ...assistant("a", 9, { usage: usage(11, 5) }), id: undefined };
    strictEqual(keyOf(first), keyOf({ ...first }));
    ok(keyOf(first) !== keyOf(other));
  });
});

Deno.test("pi: only what is older than the header is a copy", async (t) => {
  const rows: [string, object, boolean | undefined][] = [
    ["before", assistant("a", -1), true],
    ["same instant", assistant("a", 0), undefined],
    // A request that began before the header was written, as clocks may have it, is still this session's.
    ["request before, response after", assistant("a", 0.1), undefined],
    ["summary before", entry("compaction", "a", -1, { usage: usage(1, 1) }), true],
  ];
  for (const [name, record, copied] of rows) {
    await t.step(name, () => deepStrictEqual(fold([HEADER, record]).turns.map((turn) => turn.copied), [copied]));
  }
  await t.step("header without a time", () => {
    const { turns } = fold([{ ...HEADER, timestamp: "yesterday" }, assistant("a", -1)]);
    deepStrictEqual(turns.map(({ copied }) => copied), [undefined]);
  });
});

Deno.test("pi: afterCompaction marks the first main turn, pending what the next request meets", async (t) => {
  const compaction = entry("compaction", "k", 3);
  const opus = { provider: "anthropic", model: "claude-opus-4-6" };
  const gpt = { provider: "openai", model: "gpt-5.2" };
  const toGpt = change("m", 5, "OpenAI", "gpt-5.2");
  const failedOnGpt = assistant("f", 6, { ...gpt, usage: usage(0, 0) });
  const at = (second: number) => Date.parse(timestamp(second));
  const rows: [string, unknown[], string[], unknown][] = [
    ["nothing happened", [assistant("a", 1), assistant("b", 2)], [], undefined],
    ["compacted last", [assistant("a", 1), compaction], [], { at: at(3), kind: "compacted" }],
    ["compacted, then on", [assistant("a", 1), compaction, assistant("b", 4), assistant("c", 5)], ["b"], undefined],
    [
      "compacted with usage",
      [assistant("a", 1), { ...compaction, usage: usage(1, 1) }, assistant("b", 4)],
      ["b"],
      undefined,
    ],
    [
      "a failed attempt changes nothing",
      [assistant("a", 1), compaction, assistant("f", 4, { usage: usage(0, 0) })],
      [],
      {
        at: at(3),
        kind: "compacted",
      },
    ],
    [
      "nor does a side request",
      [assistant("a", 1), compaction, entry("usage", "u", 4, { kind: "title", usage: usage(1, 1) })],
      [],
      { at: at(3), kind: "compacted" },
    ],
    ["compacted before any turn", [compaction], [], undefined],
    ["branch summary last", [assistant("a", 1), entry("branch_summary", "k", 3)], [], undefined],
    [
      "branch summary, then on",
      [assistant("a", 1), entry("branch_summary", "k", 3), assistant("b", 4)],
      ["b"],
      undefined,
    ],
    ["model changed", [assistant("a", 1), toGpt], [], { at: at(5), kind: "model_changed", model: gpt }],
    ["model changed, attempt failed", [assistant("a", 1), toGpt, failedOnGpt], [], {
      at: at(5),
      kind: "model_changed",
      model: gpt,
    }],
    [
      "model changed and back",
      [assistant("a", 1), toGpt, change("n", 7, opus.provider, opus.model)],
      [],
      undefined,
    ],
    ["model changed, then used", [assistant("a", 1), toGpt, assistant("b", 8, gpt)], [], undefined],
    ["to the same model", [assistant("a", 1), change("n", 2, opus.provider, opus.model)], [], undefined],
    ["compacted and changed", [assistant("a", 1), compaction, toGpt], [], {
      at: at(5),
      kind: "model_changed",
      model: gpt,
    }],
    ["model changed before any turn", [toGpt], [], undefined],
  ];
  for (const [name, records, marked, pending] of rows) {
    await t.step(name, () => {
      const { state, turns } = fold([HEADER, ...records]);
      deepStrictEqual(turns.filter((turn) => turn.afterCompaction).map(({ key }) => key.split("@")[0]), marked);
      deepStrictEqual(piEntries.session(state)?.pending, pending);
    });
  }
});

Deno.test("pi: the facts of a session", async (t) => {
  const named = (...names: unknown[]) => names.map((name, index) => entry("session_info", `i${index}`, 1, { name }));
  const parent = (parentSession: unknown) => [{ ...HEADER, parentSession }];
  const rows: [string, unknown[], object][] = [
    ["header alone", [HEADER], {
      sessionId: "abc",
      discriminator: HEADER.timestamp,
      cwd: "/srv/api",
      startedAt: Date.parse(HEADER.timestamp),
      lastActivityAt: Date.parse(HEADER.timestamp),
    }],
    ["version 1", [{ ...HEADER, version: undefined }], { sessionId: "abc" }],
    ["last name", [HEADER, ...named("one", " two ")], { title: "two" }],
    ["name taken away", [HEADER, ...named("one", " ")], { title: undefined }],
    ["name of the wrong type", [HEADER, ...named("one", 2)], { title: undefined }],
    ["failed attempt moves activity", [HEADER, JSON.parse(FAILED)], {
      lastActivityAt: Date.parse("2026-11-21T00:00:56.701Z"),
    }],
    ["older entries do not", [HEADER, assistant("a", -5)], { lastActivityAt: Date.parse(HEADER.timestamp) }],
    ["parent", parent("/old/2026-11-20T23-59-07-598Z_custom.id-1.jsonl"), { parentSessionId: "custom.id-1" }],
    ["parent by the older word", [{ ...HEADER, branchedFrom: "/old/2025-11-20T23-59-07-598Z_abc-1.jsonl" }], {
      parentSessionId: "abc-1",
    }],
    ["parent by the older word, on Windows", [{ ...HEADER, branchedFrom: "D:\\s\\2025-11-20T23-59-07-598Z_b.jsonl" }], {
      parentSessionId: "b",
    }],
    ["parent by both words", [{
      ...parent("/old/2026-11-20T23-59-07-598Z_new.jsonl")[0],
      branchedFrom: "/old/x.jsonl",
    }], {
      parentSessionId: "new",
    }],
    ["parent by the older word, of the wrong type", [{ ...HEADER, branchedFrom: ["/x"] }], {
      parentSessionId: undefined,
    }],
    ["parent on Windows", parent("C:\\old\\2026-11-20T23-59-07-598Z_a_b.jsonl"), { parentSessionId: "a_b" }],
    ["parent without an id in its name", parent("/old/mine.jsonl"), { parentSessionId: undefined }],
    ["parent of the wrong type", parent(7), { parentSessionId: undefined }],
    ["cwd of the wrong type", [{ ...HEADER, cwd: 7 }], { sessionId: "abc", cwd: undefined }],
    ["a second header is ignored", [HEADER, { ...HEADER, id: "other", timestamp: timestamp(9) }], {
      sessionId: "abc",
      lastActivityAt: Date.parse(HEADER.timestamp),
    }],
  ];
  for (const [name, records, expected] of rows) {
    await t.step(name, () => {
      const facts: Record<string, unknown> = { ...piEntries.session(fold(records).state) };
      for (const [key, value] of Object.entries(expected)) deepStrictEqual(facts[key], value, key);
    });
  }
});

Deno.test("pi: a file is a session by its header, or by its name when the header is lost", async (t) => {
  const turn = assistant("a", 9);
  const rows: [string, string, unknown[], string | undefined, number, RegExp | undefined][] = [
    ["no records", NAMED_PATH, [], undefined, 0, undefined],
    ["header", PATH, [HEADER, turn], "abc", 1, undefined],
    ["header lost, name tells", NAMED_PATH, [turn, turn], "abc", 2, /taken from the file's name$/],
    ["header lost, name does not tell", PATH, [turn, turn], undefined, 0, /the file is not counted$/],
    ["header too late", PATH, [turn, HEADER, turn], undefined, 0, /the file is not counted$/],
    [
      "header without id",
      NAMED_PATH,
      [{ ...HEADER, id: undefined }, turn],
      undefined,
      0,
      /with an id, found none: the file is not counted$/,
    ],
    ["id of the wrong type", NAMED_PATH, [{ ...HEADER, id: 5 }, turn], undefined, 0, /with an id, found none/],
    ["id empty", NAMED_PATH, [{ ...HEADER, id: "" }, turn], undefined, 0, /with an id, found none/],
    ["another tool's log", NAMED_PATH, [{ type: "user", uuid: "x" }, HEADER, turn], undefined, 0, undefined],
    ["two headers", PATH, [HEADER, HEADER, turn], "abc", 1, /one session header, found another/],
  ];
  for (const [name, path, records, sessionId, count, problem] of rows) {
    await t.step(name, () => {
      const { state, turns, problems } = fold(records, path);
      strictEqual(piEntries.session(state)?.sessionId, sessionId);
      strictEqual(turns.length, count);
      strictEqual(problems.length, problem === undefined ? 0 : 1);
      if (problem !== undefined) match(problems[0]!, problem);
    });
  }
  await t.step("the name tells what the header would have", () => {
    const lost = piEntries.session(fold([turn], NAMED_PATH).state);
    const whole = piEntries.session(fold([HEADER, turn], NAMED_PATH).state);
    deepStrictEqual(lost, { ...whole, cwd: undefined });
  });
});

Deno.test("pi: the logs of sub-agents", async (t) => {
  const LOG = "2026-11-21T00-00-00-000Z_abc";
  const DIRECTORY = `--srv-api--/${LOG}`;
  const foldAt = (relativePath: string, records: readonly unknown[]) => {
    let state = piEntries.start({ path: `/home/ada/.pi/agent/sessions/${relativePath}`, relativePath });
    const folder = new RecordFolder(piEntries);
    const turns = records.flatMap((record) => {
      const result = folder.fold(state, record);
      state = throughJson(result.state as PiState);
      return result.turns ?? [];
    });
    return { facts: piEntries.session(state), delegations: turns.map(({ delegation }) => delegation) };
  };
  const result = (id: string, second: number) =>
    entry("message", id, second, { message: { role: "toolResult", toolName: "subagent", usage: usage(7, 3) } });
  const child = { ...HEADER, id: "child" };
  const rows: [string, string, readonly unknown[], object | undefined, string | undefined][] = [
    ["an ordinary turn", `${DIRECTORY}.jsonl`, [HEADER, assistant("a", 1)], undefined, undefined],
    ["a tool's result", `${DIRECTORY}.jsonl`, [HEADER, result("a", 1)], { key: LOG, isSum: true }, undefined],
    [
      "a child",
      `${DIRECTORY}/r1/run-0/session.jsonl`,
      [child, assistant("a", 1)],
      { key: LOG, isSum: false },
      "abc",
    ],
    ["a child's own tool's result", `${DIRECTORY}/r1/run-0/session.jsonl`, [child, result("a", 1)], {
      key: `${DIRECTORY}/r1/run-0/session`,
      isSum: true,
      within: LOG,
    }, "abc"],
    [
      "a child's child",
      `${DIRECTORY}/r1/run-0/session/r2/run-3/session.jsonl`,
      [child, assistant("a", 1)],
      { key: `${DIRECTORY}/r1/run-0/session`, isSum: false },
      undefined,
    ],
    ["of a log with a name of its own", "mine/r1/run-0/session.jsonl", [child, assistant("a", 1)], {
      key: "mine",
      isSum: false,
    }, undefined],
    [
      "a fork",
      `${DIRECTORY}/forks/2026-11-21T00-00-01-000Z_f.jsonl`,
      [
        { ...child, parentSession: "/else/2026-11-20T23-59-07-598Z_header.jsonl" },
        assistant("a", 1),
      ],
      { key: LOG, isSum: false },
      "header",
    ],
    ["a fork deeper down", `${DIRECTORY}/r1/forks/f.jsonl`, [child, assistant("a", 1)], {
      key: LOG,
      isSum: false,
    }, "abc"],
    ["history that a fork was given", `${DIRECTORY}/forks/f.jsonl`, [child, assistant("a", -1)], undefined, "abc"],
    [
      "results in the history that a fork was given",
      `${DIRECTORY}/forks/f.jsonl`,
      [
        { ...child, parentSession: "C:\\s\\2026-11-21T00-00-00-000Z_abc.jsonl" },
        result("a", -1),
      ],
      { key: LOG, isSum: true },
      "abc",
    ],
    [
      "results in the history of a user's fork",
      "--srv-api--/2026-11-22T00-00-00-000Z_f.jsonl",
      [
        { ...child, parentSession: `/s/${DIRECTORY}.jsonl` },
        result("a", -1),
      ],
      { key: LOG, isSum: true },
      "abc",
    ],
    [
      "a child's compaction",
      `${DIRECTORY}/r1/run-0/session.jsonl`,
      [
        child,
        entry("compaction", "k", 1, { usage: usage(1, 1) }),
      ],
      { key: LOG, isSum: false },
      "abc",
    ],
    [
      "a child that lies beside its parent, or below another folder, and names it",
      "--srv-worktree--/2026-11-22T00-00-00-000Z_f.jsonl",
      [{ ...child, parentSession: `/s/${DIRECTORY}.jsonl` }, assistant("a", 1)],
      { key: LOG, isSum: false },
      "abc",
    ],
    [
      "of a log with a name of its own that lies beside it",
      "--srv-api--/mine-too.jsonl",
      [{ ...child, parentSession: "/s/--srv-api--/mine.jsonl" }, assistant("a", 1)],
      { key: "--srv-api--/mine", isSum: false },
      undefined,
    ],
    [
      "history that such a log was given",
      "--srv-api--/2026-11-22T00-00-00-000Z_f.jsonl",
      [{ ...child, parentSession: `/s/${DIRECTORY}.jsonl` }, assistant("a", -1)],
      undefined,
      "abc",
    ],
    [
      "usage that an extension reports in an entry of its own",
      `${DIRECTORY}.jsonl`,
      [HEADER, entry("usage", "u", 1, { kind: "subagent", provider: "p", model: "m", usage: usage(1, 1) })],
      { key: LOG, isSum: true },
      undefined,
    ],
    [
      "a cache that is kept warm",
      `${DIRECTORY}.jsonl`,
      [HEADER, entry("usage", "u", 1, { kind: "cache_warm", provider: "p", model: "m", usage: usage(1, 1) })],
      undefined,
      undefined,
    ],
  ];
  for (const [name, path, records, delegation, parentSessionId] of rows) {
    await t.step(name, () => {
      const { facts, delegations } = foldAt(path, records);
      deepStrictEqual(delegations, [delegation]);
      strictEqual(facts?.parentSessionId, parentSessionId);
    });
  }
});

Deno.test("pi: nothing makes it throw", () => {
  const junk: unknown[] = [null, undefined, true, 0, -1, 1e308, "", "x", [], [[]], {}, { a: 1 }, "\ud800"];
  const types = [
    "session",
    "message",
    "model_change",
    "session_info",
    "compaction",
    "branch_summary",
    "usage",
    "odd",
    3,
  ];
  const fields = ["id", "timestamp", "message", "usage", "provider", "modelId", "name", "kind", "cwd", "parentSession"];
  const message = { role: "assistant", provider: "openai", model: "gpt-5.2", usage: usage(1, 1) };
  const records: unknown[] = [...junk];
  for (const value of junk) {
    for (const type of types) {
      records.push(Object.fromEntries([["type", type], ...fields.map((field) => [field, value])]));
      for (const field of fields) {
        records.push(
          entry(String(type), "a", 1, { usage: usage(1, 1), message, [field]: value }),
        );
      }
    }
    for (const role of ["assistant", "toolResult", "user", value]) {
      for (const field of ["usage", "provider", "model", "timestamp", "durationMs"]) {
        records.push(entry("message", "a", 1, { message: { role, usage: usage(1, 1), [field]: value } }));
      }
      records.push(
        entry("message", "a", 1, { message: { role, usage: usage(1, 1, { cost: value, cacheRead: value }) } }),
      );
    }
  }
  // Each one as the first record and as a later one.
  for (const record of records) piEntries.session(fold([record, HEADER]).state);
  const { state, turns, problems } = fold([HEADER, ...records]);
  strictEqual(piEntries.session(state)?.sessionId, "abc");
  ok(turns.length > 0 && problems.length > 0);
  for (const { at, usage } of turns) {
    ok(Number.isFinite(at));
    for (const count of Object.values(usage)) ok(Number.isInteger(count) && count >= 0);
  }
});

Deno.test("pi: the state survives JSON between any two records", () => {
  const files: [string, unknown[]][] = readExpected().map(([, { file }]) => [
    `/home/ada/${file}`,
    readLines(file).map((line) => JSON.parse(line) as unknown),
  ]);
  files.push([NAMED_PATH, [assistant("a", 1), entry("compaction", "k", 2), change("m", 3, "openai", "gpt-5.2")]]);
  files.push([PATH, [{ type: "user" }, HEADER, assistant("a", 1)]]);
  for (const [path, records] of files) {
    // Every prefix is a place where a scan may have stopped.
    for (let length = 0; length <= records.length; length++) {
      const whole = fold(records.slice(0, length), path);
      const broken = fold(records.slice(0, length), path, throughJson);
      deepStrictEqual(
        throughJson(piEntries.session(broken.state) ?? null),
        throughJson(piEntries.session(whole.state) ?? null),
      );
      deepStrictEqual(broken.turns, whole.turns);
      deepStrictEqual(broken.problems, whole.problems);
    }
  }
});

Deno.test("pi: every place that Pi may write into is a root", async (t) => {
  const plain = "/home/ada/.pi/agent/sessions";
  const global = "/home/ada/.pi/agent/settings.json";
  const project = "/srv/api/.pi/settings.json";
  const settings = (sessionDir: unknown) => JSON.stringify({ sessionDir });
  const rows: [string, Machine["env"], Record<string, string>, string[]][] = [
    ["nothing set", {}, {}, [plain]],
    ["session dir", { PI_CODING_AGENT_SESSION_DIR: "/logs" }, {}, ["/logs", plain]],
    ["with a tilde", { PI_CODING_AGENT_SESSION_DIR: "~/logs" }, {}, ["/home/ada/logs", plain]],
    ["a tilde alone", { PI_CODING_AGENT_SESSION_DIR: "~" }, {}, ["/home/ada", plain]],
    ["another user's home is a name", { PI_CODING_AGENT_SESSION_DIR: "~bob" }, {}, ["/srv/api/~bob", plain]],
    ["relative", { PI_CODING_AGENT_SESSION_DIR: "logs" }, {}, ["/srv/api/logs", plain]],
    ["in quotes", { PI_CODING_AGENT_SESSION_DIR: ' "~/logs/" ' }, {}, ["/home/ada/logs", plain]],
    ["the home by its variable", { PI_CODING_AGENT_SESSION_DIR: "${HOME}/logs" }, {}, ["/home/ada/logs", plain]],
    ["empty", { PI_CODING_AGENT_SESSION_DIR: "", PI_CODING_AGENT_DIR: "" }, {}, [plain]],
    ["agent dir", { PI_CODING_AGENT_DIR: "~/pi" }, { "/home/ada/pi/settings.json": settings("/g") }, [
      "/g",
      "/home/ada/pi/sessions",
    ]],
    ["all of them", { PI_CODING_AGENT_SESSION_DIR: "/e" }, { [global]: settings("~/g"), [project]: settings("p") }, [
      "/e",
      "/srv/api/p",
      "/home/ada/g",
      plain,
    ]],
    ["global and relative", {}, { [global]: settings("./g/") }, ["/srv/api/g", plain]],
    ["twice the same", { PI_CODING_AGENT_SESSION_DIR: `${plain}/` }, { [global]: settings(plain) }, [plain]],
    ["broken settings", {}, { [global]: "{", [project]: "" }, [plain]],
    ["settings of the wrong type", {}, { [global]: "[1]", [project]: "null" }, [plain]],
    ["session dir of the wrong type", {}, { [global]: settings(7), [project]: settings("") }, [plain]],
  ];
  for (const [name, env, files, expected] of rows) {
    await t.step(name, () => {
      const readTextFile = (path: string) => files[path];
      deepStrictEqual(logs.roots(makeMachine({ home: "/home/ada", cwd: "/srv/api", env, readTextFile })), expected);
    });
  }
});

Deno.test("pi: logs are .jsonl at any depth", async (t) => {
  const rows: [string, boolean][] = [
    ["mine.jsonl", true],
    ["--srv-api--/2026-11-21T00-00-00-000Z_abc.jsonl", true],
    ["a/b/c.jsonl", true],
    ["a/b/c.json", false],
    ["a/c.jsonl.bak", false],
    ["--srv-api--/subagent-artifacts/run_scout_transcript.jsonl", false],
    ["subagent-artifacts/run/out.jsonl", false],
    ["--srv-subagent-artifacts--/a.jsonl", true],
    ["2026-11-21T00-00-00-000Z_abc/run/run-0/session.jsonl", true],
    ["a.jsonl/notes.md", false],
  ];
  for (const [path, expected] of rows) await t.step(path, () => strictEqual(logs.stores[0].matches(path), expected));
});
