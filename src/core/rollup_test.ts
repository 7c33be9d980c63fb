import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { MAIN_CHAIN, type ModelRef, NO_USAGE, type TokenUsage } from "./model.ts";
import { NO_COST } from "./pricing.ts";
import { rollUpSession, type SessionTurn } from "./rollup.ts";

const MINUTE = 60_000;
const CLAUDE: ModelRef = { provider: "anthropic", model: "claude-sonnet-4-5" };
const GPT: ModelRef = { provider: "openai", model: "gpt-5.5" };

function turn(at: number, usage: Partial<TokenUsage>, rest: Partial<SessionTurn> = {}): SessionTurn {
  return {
    key: `${at}`,
    at,
    model: CLAUDE,
    usage: { ...NO_USAGE, ...usage },
    chain: MAIN_CHAIN,
    usd: 0.5,
    basis: "computed",
    counted: true,
    ...rest,
  };
}

Deno.test("rollUpSession() adds up what counts, by model and by chain", () => {
  const rollup = rollUpSession(
    [
      turn(1, { input: 1 }, { counted: false, usd: 100 }),
      turn(2, { input: 2 }, { chain: "agent-1" }),
      turn(3, { input: 4, output: 1 }, { usd: 0.25, basis: "reported" }),
      turn(4, { input: 8 }, { model: GPT, usd: 3 }),
      turn(5, { input: 16 }, { model: GPT, usd: undefined, basis: "none" }),
    ],
    undefined,
    undefined,
  );
  deepStrictEqual(
    [rollup.turns, rollup.usage, rollup.cost],
    // 0.5 + 0.25 + 3, and one turn without a price
    [4, { ...NO_USAGE, input: 30, output: 1 }, { usd: 3.75, basis: "mixed", unpricedTurns: 1 }],
  );
  deepStrictEqual(rollup.models, [
    {
      ...GPT,
      turns: 2,
      usage: { ...NO_USAGE, input: 24 },
      cost: { usd: 3, basis: "computed", unpricedTurns: 1 },
    },
    {
      ...CLAUDE,
      turns: 2,
      usage: { ...NO_USAGE, input: 6, output: 1 },
      cost: { usd: 0.75, basis: "mixed", unpricedTurns: 0 },
    },
  ]);
  deepStrictEqual(rollup.chains.map(({ chain, turns, lastAt }) => [chain, turns, lastAt]), [
    ["main", 3, 5],
    ["agent-1", 1, 2],
  ]);
});

Deno.test("rollUpSession() of nothing", () => {
  deepStrictEqual(rollUpSession([], undefined, undefined), {
    turns: 0,
    usage: NO_USAGE,
    cost: NO_COST,
    models: [],
    chains: [],
    anchor: undefined,
    resume: {},
    samples: [],
  });
});

Deno.test("rollUpSession() anchor", async (t) => {
  await t.step("is the main chain's, whatever sub-agents did later", () => {
    const turns = [turn(1, { cacheWrite: 9000 }), turn(2, { cacheWrite: 100 }, { chain: "agent-1" })];
    deepStrictEqual(rollUpSession(turns, undefined, undefined).anchor, {
      model: CLAUDE,
      at: 1,
      tokens: 9000,
      oneHourTokens: 0,
    });
  });
  await t.step("counts a parent's history: a fork shares its prefix", () => {
    const turns = [turn(1, { cacheWrite: 9000 }, { counted: false })];
    const { anchor, turns: counted } = rollUpSession(turns, undefined, undefined);
    deepStrictEqual([counted, anchor?.tokens], [0, 9000]);
  });
  await t.step("knows what happened since", () => {
    const pending = { at: 2, kind: "compacted" } as const;
    strictEqual(rollUpSession([turn(1, { cacheWrite: 9000 })], pending, undefined).anchor?.lost, "compacted");
  });
});

Deno.test("rollUpSession() resume is the tool's own price for the prefix", () => {
  // Written at 3.75 and read at 0.3 dollars per million: 10,000 tokens cost 0.0375 and 0.003.
  const turns = [
    turn(1, { cacheWrite: 10_000 }, { reported: { usd: 0.0375, cacheWrite: 0.0375 }, basis: "reported" }),
    turn(2, { cacheRead: 10_000 }, { reported: { usd: 0.003, cacheRead: 0.003 }, basis: "reported" }),
  ];
  const { warm, cold } = rollUpSession(turns, undefined, undefined).resume;
  deepStrictEqual([warm?.toFixed(9), cold?.toFixed(9)], ["0.003000000", "0.037500000"]);
  deepStrictEqual(rollUpSession([turn(1, { cacheWrite: 10_000 })], undefined, undefined).resume, {});
});

Deno.test("rollUpSession() samples", async (t) => {
  const write = { cacheWrite: 9000 };
  const read = { cacheRead: 9000 };
  const gaps = (turns: readonly SessionTurn[]) =>
    rollUpSession(turns, undefined, undefined).samples.map(({ gapMs, survived }) => [gapMs / MINUTE, survived]);
  await t.step("are of one chain each", () => {
    const turns = [
      turn(0, write),
      turn(1 * MINUTE, write, { chain: "agent-1" }),
      turn(2 * MINUTE, read),
      turn(9 * MINUTE, write, { chain: "agent-1" }),
    ];
    deepStrictEqual(gaps(turns), [[2, true], [8, false]]);
  });
  await t.step("of history copied from a parent are the parent's, but the first own turn's is not", () => {
    const turns = [
      turn(0, write, { counted: false }),
      turn(2 * MINUTE, read, { counted: false }),
      turn(5 * MINUTE, read),
      turn(9 * MINUTE, read),
    ];
    deepStrictEqual(gaps(turns), [[3, true], [4, true]]);
  });
  await t.step("survive JSON with all the rest", () => {
    const rollup = rollUpSession([turn(0, write), turn(2 * MINUTE, read)], undefined, undefined);
    deepStrictEqual(JSON.parse(JSON.stringify(rollup)), rollup);
  });
});
