import assert from "node:assert/strict";
import { addUsage, NO_USAGE, type TokenUsage, type UsageTotal } from "../../core/model.ts";
import { RecordFolder } from "../../scan/logs/rows/record_folder.ts";
import { copilotSource } from "./source.ts";
import type { CopilotState } from "./state.ts";

const SESSION = "22222222-2222-4222-8222-222222222222";
const HANDMADE = new URL("../../../tests/fixtures/sources/copilot/handmade/", import.meta.url);

interface Counted {
  readonly totals: readonly UsageTotal[];
  readonly turns: number;
  readonly problems: readonly string[];
}

/** Folds records as the engine does: a later total takes the place of an earlier one under its key. */
function fold(records: readonly unknown[]): Counted {
  const relativePath = `${SESSION}/events.jsonl`;
  let state = copilotSource.start({ path: `/x/${relativePath}`, relativePath });
  const totals = new Map<string, UsageTotal>();
  const turns = new Set<string>();
  const problems: string[] = [];
  const folder = new RecordFolder(copilotSource);
  for (const record of records) {
    const result = folder.fold(state, record);
    for (const total of result.totals ?? []) totals.set(total.key, total);
    for (const { key } of result.turns ?? []) turns.add(key);
    if (result.problem !== undefined) problems.push(result.problem);
    state = JSON.parse(JSON.stringify(result.state)) as CopilotState;
  }
  return { totals: [...totals.values()], turns: turns.size, problems };
}

const ms = (seconds: number) => Date.UTC(2026, 6, 16, 4) + seconds * 1000;
const at = (seconds: number) => new Date(ms(seconds)).toISOString();

type Members = Readonly<Record<string, unknown>>;

const event = (seconds: number, type: string, data: Members): Members => ({
  ...{ type, data, id: `e${seconds}`, timestamp: at(seconds), parentId: null },
});
const start = (seconds = 0) => event(seconds, "session.start", { sessionId: SESSION, startTime: at(seconds) });
const resume = (seconds: number) => event(seconds, "session.resume", {});
const answer = (seconds: number, outputTokens: number) => event(seconds, "assistant.message", { outputTokens });

/** Input, output, and what of the input was read from the cache. */
type Sums = readonly [input: number, output: number, read?: number, more?: Members];

const metric = ([inputTokens, outputTokens, cacheReadTokens = 0, more = {}]: Sums): Members => ({
  requests: { count: 2, cost: 1 },
  usage: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens: 0, reasoningTokens: 0 },
  ...more,
});

function end(seconds: number, models: Readonly<Record<string, Sums>>, data: Members = {}): Members {
  const modelMetrics = Object.fromEntries(Object.entries(models).map(([model, sums]) => [model, metric(sums)]));
  return event(seconds, "session.shutdown", { shutdownType: "routine", modelMetrics, ...data });
}

const record = (seconds: number, inputTokens: number, outputTokens: number) =>
  event(seconds, "session.usage_record", {
    usage: {
      model: "gpt-5.4",
      inputTokens,
      outputTokens,
      duration: 100,
      apiCallId: `msg_00000000000000000000${seconds}`,
    },
  });

const ODD: Readonly<Record<string, Sums>> = Object.fromEntries([["constructor", [5, 5]], ["toString", [1, 1]]]);

const NEWER = { usageAccountingWatermarks: { [SESSION]: 1 } };

/** Input and output of all totals together. */
function sumsOf({ totals }: Counted): readonly [input: number, output: number] {
  const { input, cacheRead, output }: TokenUsage = totals.map(({ usage }) => usage).reduce(addUsage, NO_USAGE);
  return [input + cacheRead, output];
}

Deno.test("a session of 1.0.68 as it was made by hand", async () => {
  const expected = JSON.parse(await Deno.readTextFile(new URL("expected.json", HANDMADE)))[SESSION];
  const text = await Deno.readTextFile(new URL(`home/.copilot/session-state/${SESSION}/events.jsonl`, HANDMADE));
  const { totals, turns, problems } = fold(text.trim().split("\n").map((line): unknown => JSON.parse(line)));
  assert.deepEqual([turns, problems], [0, []]);
  assert.deepEqual(totals, [{
    key: `${SESSION} counters 1 claude-sonnet-4.6`,
    model: { provider: "github-copilot", model: "claude-sonnet-4.6" },
    usage: expected.usage,
    requests: expected.billedTurns,
    firstAt: ms(0),
    lastAt: Date.UTC(2026, 10, 26, 4, 0, 9),
  }]);
});

Deno.test("counters", async (t) => {
  const rows: [name: string, records: readonly unknown[], expected: readonly [number, number], problems?: number][] = [
    ["none", [start(), answer(1, 10)], [0, 0]],
    ["one end", [start(), answer(1, 100), end(2, { m: [1000, 100] })], [1000, 100]],
    ["several models", [start(), end(2, { m: [1000, 100], n: [10, 1] })], [1010, 101]],
    ["an end without any", [start(), end(2, {})], [0, 0]],
    // 1.0.71: 2500 and 300 are of both processes.
    [
      "they go on after a resume",
      [start(), answer(1, 100), end(2, { m: [1000, 100] }), resume(3), answer(4, 200), end(5, { m: [2500, 300] })],
      [2500, 300],
    ],
    [
      "they go on with another model",
      [start(), end(2, { m: [1000, 100] }), resume(3), end(5, { m: [1000, 100], n: [500, 50] })],
      [1500, 150],
    ],
    ["resumed, and nothing asked", [start(), end(2, { m: [9, 9] }), resume(3), end(4, { m: [9, 9] })], [9, 9]],
    ["an end that names none in between", [
      ...[start(), end(2, { m: [1000, 100] }), resume(3), end(4, {}), resume(5), end(6, { m: [1200, 120] })],
    ], [1200, 120]],
    // 1.0.32 and 1.0.62: each process counts for itself. 1000 + 400, 100 + 40.
    ["they fell", [start(), end(2, { m: [1000, 100] }), resume(3), end(5, { m: [400, 40] })], [1400, 140]],
    ["another model alone", [start(), end(2, { m: [1000, 100] }), resume(3), end(5, { n: [4000, 400] })], [5000, 500]],
    [
      "they took less time than before",
      [
        ...[start(), end(2, { m: [1000, 100] }, { totalApiDurationMs: 9000 }), resume(3)],
        end(5, { m: [4000, 400] }, { totalApiDurationMs: 8000 }),
      ],
      [5000, 500],
    ],
    // They grew, but by no more than what was answered since: 1000 + 3000, 100 + 200.
    [
      "they hold what was answered since, and nothing else",
      [start(), answer(1, 100), end(2, { m: [1000, 100] }), resume(3), answer(4, 200), end(5, { m: [3000, 200] })],
      [4000, 300],
    ],
    // The answer of 500 was lost with its process.
    [
      "a process that was killed in between",
      [
        ...[start(), answer(1, 100), end(2, { m: [1000, 100] }), resume(3), answer(4, 500)],
        ...[resume(5), answer(6, 10), end(7, { m: [1100, 110] })],
      ],
      [1100, 110],
      1,
    ],
    ["one is damaged", [start(), end(2, { m: [1000, 100], n: [-1, 1] })], [1000, 100], 1],
    [
      "one is damaged that was none before",
      [start(), end(2, { m: [1000, 100], n: [10, 1] }), resume(3), end(5, { m: [1100, 110], n: [-1, 1] })],
      [1110, 111],
      1,
    ],
    [
      "none is an object",
      [start(), event(2, "session.shutdown", { modelMetrics: { m: 7, n: { usage: [] } } })],
      [0, 0],
      1,
    ],
    ["no object at all", [start(), event(2, "session.shutdown", { modelMetrics: [] })], [0, 0]],
    ["models like what every object has", [start(), end(2, ODD)], [6, 6]],
    ["read from the cache more than there was", [start(), end(2, { m: [1000, 100, 1200] })], [1200, 100], 1],
  ];
  for (const [name, records, expected, problems = 0] of rows) {
    await t.step(name, () => {
      const counted = fold(records);
      assert.deepEqual(sumsOf(counted), expected);
      assert.equal(counted.problems.length, problems, counted.problems.join());
    });
  }
});

Deno.test("no response is counted both ways", async (t) => {
  const old = [start(), answer(1, 100), end(2, { "gpt-5.4": [1000, 100] }), resume(10)];
  const rows: [name: string, records: readonly unknown[], sums: readonly [number, number], turns: number][] = [
    ["records alone", [start(), record(1, 700, 70), end(2, { "gpt-5.4": [700, 70] }, NEWER)], [0, 0], 1],
    ["records, and no end", [start(), record(1, 700, 70)], [0, 0], 1],
    // The end of the newer version is of 1000 + 700.
    ["begun in an older version", [...old, record(11, 700, 70), end(12, { "gpt-5.4": [1700, 170] }, NEWER)], [
      ...[1000, 100] as const,
    ], 1],
    ["begun in an older version, and killed", [...old, record(11, 700, 70)], [1000, 100], 1],
    ["begun in an older version, and nothing asked since", [...old, end(12, { "gpt-5.4": [1000, 100] }, NEWER)], [
      ...[1000, 100] as const,
    ], 0],
    [
      "begun in an older version, resumed twice",
      [
        ...[...old, record(11, 700, 70), end(12, { "gpt-5.4": [1700, 170] }, NEWER), resume(20)],
        ...[record(21, 300, 30), end(22, { "gpt-5.4": [2000, 200] }, NEWER)],
      ],
      [1000, 100],
      2,
    ],
    [
      "compactions count beside counters",
      [
        ...[start(), answer(1, 100)],
        event(2, "session.compaction_complete", {
          success: true,
          compactionTokensUsed: { model: "gpt-5.4", inputTokens: 50, outputTokens: 5 },
        }),
        end(3, { "gpt-5.4": [1000, 100] }),
      ],
      [1000, 100],
      1,
    ],
  ];
  for (const [name, records, sums, turns] of rows) {
    await t.step(name, () => {
      const counted = fold(records);
      assert.deepEqual(sumsOf(counted), sums);
      assert.equal(counted.turns, turns);
      assert.deepEqual(counted.problems, []);
    });
  }
});

Deno.test("an older version goes on after one that has records", async (t) => {
  const newer = [start(), record(1, 700, 70), end(2, { m: [700, 70] }, NEWER), resume(10)];
  const rows: [name: string, records: readonly unknown[], sums: readonly [number, number], turns?: number][] = [
    ["from zero", [...newer, answer(11, 5), end(12, { m: [60, 5] })], [60, 5]],
    // 900 - 700 and 90 - 70.
    ["from what the newer one had", [...newer, answer(11, 20), end(12, { m: [900, 90] })], [200, 20]],
    ["another model", [...newer, answer(11, 5), end(12, { m: [700, 70], n: [60, 5] })], [60, 5]],
    ["two ends of one process", [...newer, answer(11, 5), end(12, { m: [60, 5] }), end(13, { m: [80, 7] })], [80, 7]],
    ["from zero within a process", [...newer, answer(11, 5), end(12, { m: [60, 5] }), end(13, { m: [20, 2] })], [
      80,
      7,
    ]],
    [
      "twice, each from zero",
      [...newer, answer(11, 5), end(12, { m: [60, 5] }), resume(20), answer(21, 4), end(22, { m: [50, 4] })],
      [110, 9],
    ],
    [
      "and then the newer one again, which adds up both",
      [...newer, answer(11, 5), end(12, { m: [60, 5] }), resume(20), record(21, 30, 3), end(22, { m: [90, 8] }, NEWER)],
      [60, 5],
      2,
    ],
    // It was killed, so that the counters of the next one are without its response.
    [
      "the newer one was killed",
      [start(), record(1, 700, 70), resume(10), answer(11, 5), end(12, { m: [60, 5] })],
      [60, 5],
    ],
    ["nothing was answered", [...newer, end(12, { m: [700, 70] })], [0, 0]],
    ["nothing was answered, and nothing counted", [...newer, end(12, {})], [0, 0]],
    ["the newer one goes on, and nothing is asked", [...newer, end(12, { m: [700, 70] }, NEWER)], [0, 0]],
    ["sums that are damaged", [...newer, answer(11, 5), end(12, { m: [-1, 5] })], [0, 0]],
  ];
  for (const [name, records, sums, turns = 1] of rows) {
    await t.step(name, () => {
      const counted = fold(records);
      assert.deepEqual(sumsOf(counted), sums);
      assert.equal(counted.turns, turns);
      assert.equal(counted.problems.length, name === "sums that are damaged" ? 1 : 0, counted.problems.join());
    });
  }
  await t.step("its credits are what it took itself, without its compactions'", () => {
    const credits = (totalNanoAiu: number): Members => ({ totalNanoAiu });
    const compaction = event(11, "session.compaction_complete", {
      success: true,
      compactionTokensUsed: {
        ...{ model: "m", inputTokens: 50, outputTokens: 5, copilotUsage: { totalNanoAiu: 1_000_000_000 } },
      },
    });
    const counted = fold([
      ...[start(), record(1, 700, 70), end(2, { m: [700, 70, 0, credits(7e9)] }, NEWER), resume(10), compaction],
      ...[answer(12, 20), end(13, { m: [900, 90, 0, credits(10e9)] })],
    ]);
    // 10 - 7 - 1.
    assert.deepEqual(counted.totals.map(({ reported }) => reported), [{ usd: 0.02, credits: 2 }]);
  });
  await t.step("who bills is who did until then", () => {
    const own = record(1, 700, 70) as { readonly data: { readonly usage: Members } };
    const usage = { ...own.data.usage, isByok: true, modelProvider: "other", providerType: "openai" };
    const counted = fold([start(), { ...own, data: { usage } }, resume(10), answer(11, 5), end(12, { m: [60, 5] })]);
    assert.deepEqual(counted.totals.map(({ model }) => model), [{ provider: "openai", model: "m" }]);
  });
});

Deno.test("credits of counters", async (t) => {
  const nano = (totalNanoAiu: unknown, more: Members = {}): Sums => [1000, 100, 0, { totalNanoAiu, ...more }];
  const compaction = event(1, "session.compaction_complete", {
    success: true,
    compactionTokensUsed: {
      ...{ model: "m", inputTokens: 50, outputTokens: 5, copilotUsage: { totalNanoAiu: 1_000_000_000 } },
    },
  });
  const rows: [name: string, records: readonly unknown[], reported: UsageTotal["reported"]][] = [
    ["in dollars", [start(), end(2, { m: nano(5_000_000_000) })], { usd: 0.05, credits: 5 }],
    // 5 - 1: the compaction is a turn with credits of its own.
    ["without the compaction's", [start(), compaction, end(2, { m: nano(5_000_000_000) })], { usd: 0.04, credits: 4 }],
    ["not known", [start(), end(2, { m: nano(5e9, { aiCreditsStatus: "unavailable" }) })], undefined],
    ["none", [start(), end(2, { m: nano(0) })], undefined],
    ["no number", [start(), end(2, { m: nano("5") })], undefined],
    ["begun before they had a price", [start(-50 * 86_400), end(2, { m: nano(5e9) })], undefined],
  ];
  for (const [name, records, reported] of rows) {
    await t.step(name, () => assert.deepEqual(fold(records).totals[0]?.reported, reported));
  }
});

Deno.test("when counters were begun", () => {
  const { totals } = fold([start(), end(2, { m: [1000, 100] }), resume(30), end(50, { m: [400, 40] })]);
  assert.deepEqual(totals.map(({ firstAt, lastAt }) => [firstAt, lastAt]), [[ms(0), ms(2)], [ms(30), ms(50)]]);
});
