import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { seededRandom } from "../../../tests/support/random.ts";
import { MAIN_CHAIN, type ModelRef, NO_USAGE, type TokenUsage, type Turn } from "../model.ts";
import type { GapSample, LearnedLifetime } from "./strategy.ts";
import { lifetimeTable } from "./lifetime_table.ts";
import { gapSamplesOf, learnLifetimes, poolSamples } from "./survival.ts";
import { traceCurves } from "./survival_curve.ts";

const MINUTE = 60_000;
const CLAUDE: ModelRef = { provider: "anthropic", model: "claude-sonnet-4-5" };
const ROUTED: ModelRef = { provider: "openrouter", model: "anthropic/claude-sonnet-4.6" };
const GPT: ModelRef = { provider: "openai", model: "gpt-5.2" };
const CHAT: ModelRef = { provider: "deepseek", model: "deepseek-chat" };
const REASONER: ModelRef = { provider: "deepseek", model: "deepseek-reasoner" };

function turn(model: ModelRef, at: number, usage: Partial<TokenUsage>, rest: Partial<Turn> = {}): Turn {
  return { key: `${at}`, at, model, usage: { ...NO_USAGE, ...usage }, chain: MAIN_CHAIN, ...rest };
}

Deno.test("gapSamplesOf() one pair", async (t) => {
  const held = { input: 10, cacheWrite: 10_000 };
  // An automatic cache holds 9,984 = 78 * 128 of these 10,000 tokens.
  const automatic = { input: 10_000 };
  const rows: [name: string, first: Turn, second: Turn, survived: boolean | undefined][] = [
    ["all read", turn(CLAUDE, 0, held), turn(CLAUDE, MINUTE, { cacheRead: 10_000, input: 50 }), true],
    ["nine tenths read", turn(CLAUDE, 0, held), turn(CLAUDE, MINUTE, { cacheRead: 9000, input: 1050 }), true],
    ["less than that", turn(CLAUDE, 0, held), turn(CLAUDE, MINUTE, { cacheRead: 8999, input: 1050 }), undefined],
    ["half read", turn(CLAUDE, 0, held), turn(CLAUDE, MINUTE, { cacheRead: 5000, input: 5050 }), undefined],
    ["less than half", turn(CLAUDE, 0, held), turn(CLAUDE, MINUTE, { cacheRead: 4999, input: 5050 }), false],
    ["nothing read", turn(CLAUDE, 0, held), turn(CLAUDE, MINUTE, { input: 10_050 }), false],
    [
      "lost within a minute: another prompt",
      turn(CLAUDE, 0, held),
      turn(CLAUDE, MINUTE - 1, { input: 10_050 }),
      undefined,
    ],
    [
      "read within a minute: no news of the lifetime",
      turn(CLAUDE, 0, held),
      turn(CLAUDE, MINUTE - 1, { cacheRead: 10_000 }),
      undefined,
    ],
    ["automatic, nine tenths", turn(GPT, 0, automatic), turn(GPT, MINUTE, { cacheRead: 9000, input: 1050 }), true],
    // 0.8 * 9,984 = 7,987.2
    ["automatic, eight tenths", turn(GPT, 0, automatic), turn(GPT, MINUTE, { cacheRead: 7988, input: 2050 }), true],
    ["automatic, less", turn(GPT, 0, automatic), turn(GPT, MINUTE, { cacheRead: 7987, input: 2050 }), undefined],
    ["automatic, nothing", turn(GPT, 0, automatic), turn(GPT, MINUTE, { input: 10_050 }), false],
    [
      // The hour is not over: another host answered, whose cache never had it.
      "through OpenRouter, lost within the documented lifetime",
      turn(ROUTED, 0, { input: 10, cacheWrite1h: 10_000 }),
      turn(ROUTED, 20 * MINUTE, { input: 10_050 }),
      undefined,
    ],
    [
      "through OpenRouter, lost after it",
      turn(ROUTED, 0, held),
      turn(ROUTED, 6 * MINUTE, { input: 10_050 }),
      false,
    ],
    [
      "through OpenRouter, survived",
      turn(ROUTED, 0, held),
      turn(ROUTED, 4 * MINUTE, { cacheRead: 10_000, input: 50 }),
      true,
    ],
    [
      // Nothing is documented for these, so that the loss is all there is.
      "through OpenRouter, another maker's model",
      turn({ provider: "openrouter", model: "moonshotai/kimi-k3" }, 0, automatic),
      turn({ provider: "openrouter", model: "moonshotai/kimi-k3" }, 2 * MINUTE, { input: 10_050 }),
      false,
    ],
    [
      "a shorter prompt can read no more than itself",
      turn(CLAUDE, 0, held),
      turn(CLAUDE, MINUTE, { cacheRead: 3000, input: 100 }),
      true,
    ],
    ["a very short one says nothing", turn(CLAUDE, 0, held), turn(CLAUDE, MINUTE, { input: 1999 }), undefined],
    [
      "a previous prompt of 4,096 tokens",
      turn(CLAUDE, 0, { input: 2096, cacheWrite: 2000 }),
      turn(CLAUDE, MINUTE, { input: 5000 }),
      false,
    ],
    [
      "a shorter previous prompt",
      turn(CLAUDE, 0, { input: 2095, cacheWrite: 2000 }),
      turn(CLAUDE, MINUTE, { input: 5000 }),
      undefined,
    ],
    [
      "fewer than 2,000 tokens held",
      turn(CLAUDE, 0, { input: 9000, cacheWrite: 1999 }),
      turn(CLAUDE, MINUTE, { input: 11_000 }),
      undefined,
    ],
    [
      "across a compaction",
      turn(CLAUDE, 0, held),
      turn(CLAUDE, MINUTE, { input: 10_050 }, { afterCompaction: true }),
      undefined,
    ],
    ["across models", turn(CHAT, 0, automatic), turn(REASONER, MINUTE, { input: 10_050 }), undefined],
    [
      "across providers",
      turn(CHAT, 0, automatic),
      turn({ ...CHAT, provider: "x" }, MINUTE, { input: 10_050 }),
      undefined,
    ],
  ];
  for (const [name, first, second, survived] of rows) {
    await t.step(name, () => {
      const expected = survived === undefined
        ? []
        : [{ model: second.model, at: second.at, gapMs: second.at - first.at, survived }];
      deepStrictEqual(gapSamplesOf([first, second]), expected);
    });
  }
});

Deno.test("gapSamplesOf() a chain", async (t) => {
  await t.step("one sample for each pair, from start to start", () => {
    const turns = [
      turn(CHAT, 0, { input: 8192 }, { endedAt: 30_000 }),
      turn(CHAT, 2 * MINUTE, { cacheRead: 8192, input: 100 }),
      turn(CHAT, 62 * MINUTE, { input: 8400 }),
    ];
    deepStrictEqual(gapSamplesOf(turns), [
      { model: CHAT, at: 2 * MINUTE, gapMs: 2 * MINUTE, survived: true },
      { model: CHAT, at: 62 * MINUTE, gapMs: 60 * MINUTE, survived: false },
    ]);
  });
  await t.step("a turn that held nothing itself starts no pair", () => {
    const turns = [
      turn(CLAUDE, 0, { cacheWrite: 10_000 }),
      turn(CLAUDE, MINUTE, { input: 900 }),
      turn(CLAUDE, 9 * MINUTE, { input: 10_100 }),
    ];
    deepStrictEqual(gapSamplesOf(turns), []);
  });
  await t.step("no turns", () => deepStrictEqual(gapSamplesOf([]), []));
  await t.step("requests with prompts of their own are no pair", () => {
    for (const chain of ["compaction", "branch_summary", "tool", "sidechain"]) {
      const turns = [0, 1, 2].map((n) => turn(CHAT, n * 9 * MINUTE, { input: 9000 }, { chain }));
      deepStrictEqual(gapSamplesOf(turns), []);
    }
    const turns = [0, 1].map((n) => turn(CHAT, n * 9 * MINUTE, { input: 9000 }, { chain: "agent-7" }));
    strictEqual(gapSamplesOf(turns).length, 1);
  });
  await t.step("a pair is its later turn's, and all turns tell what a model writes", () => {
    // The first turn shows that this model's writes are counted, so that the second holds the 8,000 tokens it read and
    // not its whole prompt: reading 8,000 again is survival.
    const turns = [
      turn(GPT, 0, { cacheWrite: 8000, input: 100 }),
      turn(GPT, 2 * MINUTE, { cacheRead: 8000, input: 9000 }),
      turn(GPT, 5 * MINUTE, { cacheRead: 8000, input: 10_000 }),
    ];
    deepStrictEqual(gapSamplesOf(turns, ({ at }) => at > 2 * MINUTE), [
      { model: GPT, at: 5 * MINUTE, gapMs: 3 * MINUTE, survived: true },
    ]);
    strictEqual(gapSamplesOf(turns).length, 2);
  });
});

/** Samples of one model: idle time in minutes, and whether it survived. */
function samplesOf(rows: readonly [gapMinutes: number, survived: boolean][], model = CHAT): GapSample[] {
  return rows.map(([gapMinutes, survived]) => ({ model, at: 0, gapMs: gapMinutes * MINUTE, survived }));
}

function repeat(times: number, gapMinutes: number, survived: boolean): [number, boolean][] {
  return Array.from({ length: times }, () => [gapMinutes, survived]);
}

Deno.test("learnLifetimes() fit", async (t) => {
  type Fit = [warmUntilMinutes: number, coldFromMinutes: number, ttlMinutes: number] | undefined;
  const rows: [name: string, samples: [number, boolean][], fit: Fit][] = [
    ["a clean edge", [[1, true], [3, true], [5, true], [9, false], [20, false]], [5, 9, 7]],
    ["too few survivals", [[1, true], [3, true], [9, false], [20, false]], undefined],
    ["too few drops", [[1, true], [3, true], [5, true], [9, false]], undefined],
    ["no drops at all", [[1, true], [3, true], [5, true], [700, true]], undefined],
    // 9 of 10 at 5 minutes is still warm; 8 of 10 is not.
    ["nine in ten", [...repeat(9, 5, true), [5, false], [9, false], [10, false]], [5, 9, 7]],
    ["eight in ten", [[2, true], ...repeat(8, 5, true), ...repeat(2, 5, false), [9, false]], [2, 9, 5.5]],
    ["half at one pause is cold", [...repeat(3, 4, true), ...repeat(2, 6, true), ...repeat(2, 6, false)], [4, 6, 5]],
    ["all at one pause, half", [...repeat(3, 6, true), ...repeat(3, 6, false)], [0, 6, 3]],
    ["all at one pause, most", [...repeat(4, 6, true), ...repeat(2, 6, false)], undefined],
    // 8 of 10 at the long end: it never falls to half.
    ["a curve that stays up", [...repeat(5, 2, true), ...repeat(8, 60, true), ...repeat(2, 60, false)], undefined],
    // A drop at 3 before survivals at 5 and 7: 3 to 7 is one block of 2/3, neither warm nor cold.
    ["an early drop is pooled", [[1, true], [3, false], [5, true], [7, true], [9, false]], [1, 9, 5]],
    // A survival at 30 after drops at 9 and 20: one block of 1/3.
    ["a late survival is pooled", [[1, true], [3, true], [5, true], [9, false], [20, false], [30, true]], [5, 9, 7]],
    // Drops only before survivals: one block of 3/5 over all.
    ["upside down", [[2, false], [3, false], [5, true], [6, true], [7, true]], undefined],
    ["mostly lost at once", [[2, false], [3, false], [4, false], [5, true], [6, true], [7, true]], [0, 2, 1]],
  ];
  const random = seededRandom(7);
  for (const [name, samples, expected] of rows) {
    await t.step(name, () => {
      const learned = learnLifetimes(samplesOf(samples));
      const fit = expected && {
        warmUntilMs: expected[0] * MINUTE,
        coldFromMs: expected[1] * MINUTE,
        ttlMs: expected[2] * MINUTE,
      };
      deepStrictEqual(learned[0]?.fit, fit);
      for (let round = 0; round < 20; round++) {
        const shuffled = samples.map((row) => [random(), row] as const).sort(([a], [b]) => a - b).map(([, row]) => row);
        deepStrictEqual(learnLifetimes(samplesOf(shuffled)), learned);
      }
    });
  }
  await t.step("the estimate is a whole number of milliseconds", () => {
    const samples = samplesOf([[1, true], [2, true], [5, true], [9, false], [10, false]])
      .map((sample) => sample.gapMs === 9 * MINUTE ? { ...sample, gapMs: sample.gapMs + 1 } : sample);
    strictEqual(learnLifetimes(samples)[0]?.fit?.ttlMs, 7 * MINUTE + 1);
  });
});

Deno.test("traceCurves() agrees with the min-max formula of isotonic regression", () => {
  const random = seededRandom(42);
  for (let round = 0; round < 300; round++) {
    // Few distinct gaps make many ties; every third round is pure noise.
    const size = 1 + Math.floor(random() * 40);
    const samples = samplesOf(Array.from({ length: size }, () => {
      const gap = 1 + Math.floor(random() * 15);
      return [gap, random() < (round % 3 === 0 ? 0.5 : 1 - gap / 16)];
    }));
    const gaps = [...new Set(samples.map(({ gapMs }) => gapMs))].sort((a, b) => a - b);
    const share = (from: number, to: number) => {
      const within = samples.filter(({ gapMs }) => gapMs >= gaps[from]! && gapMs <= gaps[to]!);
      return within.filter(({ survived }) => survived).length / within.length;
    };
    const curve = traceCurves(poolSamples(samples)).at(-1)!.blocks;
    for (let at = 0; at < gaps.length; at++) {
      // Falling curve: the least, over all starts up to here, of the greatest share over all ends from here.
      const expected = Math.min(
        ...gaps.slice(0, at + 1).map((_, from) =>
          Math.max(...gaps.slice(at).map((_, length) => share(from, at + length)))
        ),
      );
      const block = curve.filter(({ firstGapMs, lastGapMs }) => firstGapMs <= gaps[at]! && gaps[at]! <= lastGapMs);
      strictEqual(block.length, 1);
      ok(Math.abs(block[0]!.survived / block[0]!.count - expected) < 1e-12, `round ${round}, gap ${at}`);
    }
  }
});

Deno.test("learnLifetimes() never puts the cold before the warm", () => {
  const random = seededRandom(3);
  let fits = 0;
  for (let round = 0; round < 500; round++) {
    const samples = samplesOf(
      Array.from({ length: 5 + Math.floor(random() * 30) }, () => [1 + Math.floor(random() * 8), random() < 0.6]),
    );
    for (const { fit } of learnLifetimes(samples)) {
      if (fit === undefined) continue;
      fits++;
      ok(fit.warmUntilMs < fit.coldFromMs && fit.warmUntilMs < fit.ttlMs && fit.ttlMs < fit.coldFromMs);
    }
  }
  ok(fits > 100);
});

Deno.test("learnLifetimes() pools by model, then by provider", () => {
  const samples = [
    ...samplesOf([[1, true], [2, true], [8, false]], CHAT),
    ...samplesOf([[3, true], [9, false]], REASONER),
    ...samplesOf([[4, true]], GPT),
  ];
  deepStrictEqual(learnLifetimes(samples), [
    { pool: "model", ...CHAT, samples: 3, survivals: 2, drops: 1 },
    { pool: "model", ...REASONER, samples: 2, survivals: 1, drops: 1 },
    {
      pool: "provider",
      provider: "deepseek",
      samples: 5,
      survivals: 3,
      drops: 2,
      fit: { warmUntilMs: 3 * MINUTE, coldFromMs: 8 * MINUTE, ttlMs: 5.5 * MINUTE },
    },
    { pool: "model", ...GPT, samples: 1, survivals: 1, drops: 0 },
    { pool: "provider", provider: "openai", samples: 1, survivals: 1, drops: 0 },
  ]);
  deepStrictEqual(learnLifetimes([]), []);
});

Deno.test("lifetimeTable().lookUp()", async (t) => {
  const fit = { warmUntilMs: 1, coldFromMs: 3, ttlMs: 2 };
  const own: LearnedLifetime = { pool: "model", ...CHAT, samples: 2, survivals: 1, drops: 1 };
  const enough: LearnedLifetime = { ...own, samples: 42, survivals: 40, drops: 2 };
  const pooled: LearnedLifetime = { pool: "provider", provider: "deepseek", samples: 9, survivals: 5, drops: 4 };
  const other: LearnedLifetime = { pool: "provider", provider: "openai", samples: 9, survivals: 5, drops: 4, fit };
  const rows: [name: string, learned: LearnedLifetime[], expected: LearnedLifetime | undefined][] = [
    ["the model's fit first", [{ ...enough, fit }, { ...pooled, fit }, other], { ...enough, fit }],
    ["the model's even if it shows no end", [enough, { ...pooled, fit }], enough],
    ["else the provider's", [own, { ...pooled, fit }, other], { ...pooled, fit }],
    ["the provider's, for a model without samples", [{ ...pooled, fit }], { ...pooled, fit }],
    ["else the larger counts", [own, pooled, other], pooled],
    ["else the model's counts", [own, other], own],
    ["else nothing", [other], undefined],
  ];
  for (const [name, learned, expected] of rows) {
    await t.step(name, () => deepStrictEqual(lifetimeTable(learned).lookUp(CHAT), expected));
  }
});
