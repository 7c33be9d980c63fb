import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { MAIN_CHAIN, type ModelRef, NO_USAGE, type TokenUsage } from "./model.ts";
import { NO_COST } from "./cost/cost.ts";
import { priceMisses } from "./cost/miss_cost.ts";
import { seededRandom } from "../../tests/support/random.ts";
import { finishSession, rollUpSession } from "../../tests/support/roll_up_session.ts";
import { type AddedTurns, addTurns, mergeRollups, type RollupState, type SessionTurn } from "./rollup.ts";

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

Deno.test("rollUpSession() has totals in its sums, and nowhere else", () => {
  const rollup = rollUpSession(
    [
      turn(1, { input: 9000, cacheWrite: 9000 }, { total: { requests: 3 }, reported: { usd: 0.5, input: 0.1 } }),
      turn(2, { input: 2, cacheWrite: 5000 }),
      turn(3, { input: 4 }, { total: { requests: 4 }, chain: "agent-1" }),
      turn(4, { input: 8 }, { total: {}, counted: false }),
      turn(2 + 10 * MINUTE, { cacheRead: 5000 }),
      turn(3 + 10 * MINUTE, { cacheRead: 70_000 }, {
        total: { requests: 1 },
        model: GPT,
        usd: undefined,
        basis: "none",
      }),
    ],
    undefined,
    undefined,
  );
  deepStrictEqual([rollup.turns, rollup.totals, rollup.usage.input, rollup.cost], [
    ...[2, { count: 3, requests: 8 }, 9006, { usd: 2, basis: "computed", unpricedTurns: 1 }],
  ]);
  deepStrictEqual(rollup.models.map(({ model, turns }) => [model, turns]), [[CLAUDE.model, 2], [GPT.model, 0]]);
  deepStrictEqual(rollup.chains.map(({ chain, turns }) => [chain, turns]), [[MAIN_CHAIN, 2], ["agent-1", 0]]);
  // What the turns say: 5,000 tokens, which were still there ten minutes later.
  deepStrictEqual([rollup.anchor?.tokens, rollup.anchor?.at, rollup.resume], [5000, 2 + 10 * MINUTE, {}]);
  deepStrictEqual(rollup.samples.map(({ gapMs, survived }) => [gapMs, survived]), [[10 * MINUTE, true]]);
  // One that does not say how many requests it is of makes their number unknown.
  const { totals } = rollUpSession(
    [turn(1, {}, { total: { requests: 3 } }), turn(2, {}, { total: {} })],
    undefined,
    undefined,
  );
  deepStrictEqual(totals, { count: 2 });
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
    misses: 0,
    missUsd: 0,
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

Deno.test("addTurns() piece by piece gives what all at once gives, through JSON", () => {
  const random = seededRandom(5);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  let followed = 0;
  for (let round = 0; round < 200; round++) {
    let at = 0;
    const turns = Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
      turn(
        at += pick([1000, 2 * MINUTE, 10 * MINUTE]),
        { input: 5000, cacheRead: pick([0, 4000, 9000]), cacheWrite: pick([0, 0, 3000]), output: 7 },
        {
          model: pick([CLAUDE, GPT]),
          chain: pick([MAIN_CHAIN, MAIN_CHAIN, "agent-1"]),
          counted: random() > 0.2,
          usd: pick([0.1, 0.2, 0.3, undefined]),
          total: pick([undefined, undefined, undefined, {}, { requests: 3 }]),
          cacheExpiresAt: pick([undefined, undefined, at + MINUTE]),
          reported: pick([undefined, { usd: 0.5, input: 0.1, cacheRead: 0.01 }]),
        },
      ));
    const { samples, ...whole } = rollUpSession(turns, undefined, undefined);
    const cut = Math.floor(random() * (turns.length + 1));
    const first = addTurns(undefined, turns.slice(0, cut))!;
    const second = addTurns(JSON.parse(JSON.stringify(first.state)) as RollupState, turns.slice(cut));
    if (second === undefined) continue;
    followed++;
    const earlier = priceMisses(first.misses, turns.slice(0, cut), [], undefined);
    // Such a log is read anew.
    if (earlier.some(({ usd }) => usd === undefined)) continue;
    const misses = [
      ...earlier,
      ...priceMisses(second.misses, turns.slice(cut), first.state.rates, undefined),
    ];
    deepStrictEqual(
      JSON.parse(JSON.stringify(finishSession({ state: second.state, misses }, undefined, undefined))),
      JSON.parse(JSON.stringify(whole)),
    );
    const inOrder = (list: typeof samples) => list.map((sample) => JSON.stringify(sample)).sort();
    deepStrictEqual(inOrder([...first.samples, ...second.samples]), inOrder(samples));
  }
  ok(followed > 50, `${followed} of 200 followed`);
});

Deno.test("addTurns() refuses what does not simply follow", async (t) => {
  const { state } = addTurns(undefined, [turn(10, { input: 5000 }, { model: GPT }), turn(20, { cacheWrite: 9000 })])!;
  const rows: [name: string, added: SessionTurn, follows: boolean][] = [
    ["later", turn(21, { input: 1 }), true],
    ["at the same time", turn(20, { input: 1 }), false],
    ["earlier", turn(15, { input: 1 }), false],
    ["a model that begins to write", turn(30, { cacheWrite: 1 }, { model: GPT }), false],
    ["the same in another chain", turn(30, { cacheWrite: 1 }, { model: GPT, chain: "agent-1" }), true],
  ];
  for (const [name, added, follows] of rows) {
    await t.step(name, () => strictEqual(addTurns(state, [added]) !== undefined, follows));
  }
  await t.step("and leaves what it was given as it was", () => {
    const before = JSON.stringify(state);
    addTurns(state, [turn(40, { input: 1, output: 2 })]);
    strictEqual(JSON.stringify(state), before);
  });
});

Deno.test("mergeRollups() of logs gives what all their turns give, through JSON", () => {
  const random = seededRandom(6);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  for (let round = 0; round < 200; round++) {
    let at = 0;
    const turns = Array.from({ length: Math.floor(random() * 20) }, () =>
      turn(
        at += pick([1000, 2 * MINUTE, 10 * MINUTE]),
        { input: pick([5000, 70]), cacheRead: pick([0, 4000, 9000]), cacheWrite: pick([0, 0, 3000]), output: 7 },
        {
          model: pick([CLAUDE, GPT, { ...GPT, provider: "azure" }]),
          chain: pick([MAIN_CHAIN, MAIN_CHAIN, "agent-1", "agent-2", "tool"]),
          counted: random() > 0.2,
          usd: pick([0.1, 0.2, 0.3, undefined]),
          total: pick([undefined, undefined, undefined, {}, { requests: 3 }]),
          cacheExpiresAt: pick([undefined, undefined, at + MINUTE]),
          reported: pick([undefined, { usd: 0.5, input: 0.1, cacheRead: 0.01 }, { usd: 0.5, input: 0.2 }]),
        },
      ));
    const logOf = (chain: string) => chain === MAIN_CHAIN || chain === "tool" ? 0 : 1 + Number(chain === "agent-2");
    const logs = [0, 1, 2].map((log) => turns.filter(({ chain }) => logOf(chain) === log));
    const added = logs.map((log) => JSON.parse(JSON.stringify(addTurns(undefined, log)!)) as AddedTurns);
    const { samples: _, ...whole } = rollUpSession(turns, undefined, undefined);
    const sorted = (list: typeof whole.models) => list.map((model) => JSON.stringify(model)).sort();
    const state = mergeRollups(added.map((log) => log.state))!;
    const merged = finishSession({ state, misses: added.flatMap(({ misses }) => misses) }, undefined, undefined);
    // Models of one cost come in the order of their first turn; what is compared here is what they are.
    // What misses cost follows from what each log says that was paid.
    const comparable = (rollup: typeof merged) => ({ ...rollup, models: sorted(rollup.models), missUsd: undefined });
    deepStrictEqual(comparable(merged), comparable(whole));
  }
});

Deno.test("mergeRollups() leaves two logs with turns of one chain to who has the turns", () => {
  const stateOf = (...turns: SessionTurn[]) => addTurns(undefined, turns)!.state;
  strictEqual(mergeRollups([stateOf(turn(1, { input: 1 })), stateOf(turn(2, { input: 1 }))]), undefined);
  // A total is no turn: what another log has of its chain does not depend on it.
  const merged = mergeRollups([stateOf(turn(2, { input: 1 })), stateOf(turn(1, { input: 2 }, { total: {} }))])!;
  deepStrictEqual(merged.sums.map(({ chain, sum }) => [chain, sum.turns, sum.usage.input, sum.firstAt, sum.lastAt]), [
    [MAIN_CHAIN, 1, 3, 1, 2],
  ]);
  // A log of another session's history alone has a chain, too.
  strictEqual(
    mergeRollups([stateOf(turn(1, { input: 1 }, { counted: false })), stateOf(turn(2, { input: 1 }))]),
    undefined,
  );
  deepStrictEqual(mergeRollups([]), addTurns(undefined, [])!.state);
});
