import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { MAIN_CHAIN, type ModelRef, NO_USAGE, promptTokens, type TokenUsage, type Turn } from "../model.ts";
import { missCost } from "../cost/prefix_cost.ts";
import type { PriceBook } from "../cost/cost.ts";
import { explainTurns, type TurnCache } from "./misses.ts";
import type { LearnedLifetime } from "./strategy.ts";
import { lifetimeTable } from "./lifetime_table.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CLAUDE: ModelRef = { provider: "anthropic", model: "claude-sonnet-4-5" };
const OPUS: ModelRef = { provider: "anthropic", model: "claude-opus-4-6" };
const GPT: ModelRef = { provider: "openai", model: "gpt-5.2" };
const GPT_56: ModelRef = { provider: "openai", model: "gpt-5.6" };
const CHAT: ModelRef = { provider: "deepseek", model: "deepseek-chat" };

/** DeepSeek alone has a learned lifetime: warm until 10 minutes, cold from 30. */
const LEARNED: LearnedLifetime = {
  pool: "provider",
  provider: "deepseek",
  samples: 20,
  survivals: 10,
  drops: 10,
  fit: { warmUntilMs: 10 * MINUTE, coldFromMs: 30 * MINUTE, ttlMs: 20 * MINUTE },
};

function turn(model: ModelRef, at: number, usage: Partial<TokenUsage>, rest: Partial<Turn> = {}): Turn {
  return { key: `${at}`, at, model, usage: { ...NO_USAGE, ...usage }, chain: MAIN_CHAIN, ...rest };
}

Deno.test("explainTurns() second turn", async (t) => {
  const short = turn(CLAUDE, 0, { cacheWrite: 20_000 });
  const long = turn(CLAUDE, 0, { cacheWrite1h: 20_000 });
  // 20,000 tokens, the first 16,000 of them for an hour.
  const mixed = turn(CLAUDE, 0, { cacheWrite1h: 16_000, cacheWrite: 4000 });
  const automatic = (model: ModelRef) => turn(model, 0, { input: 20_480 });
  const cold = { input: 20_500 };
  const missed = (expectedTokens: number, missedTokens: number, cause: TurnCache["cause"]) => ({
    expectedTokens,
    missedTokens,
    outcome: "miss" as const,
    cause,
  });
  const hit = (expectedTokens: number) => ({ expectedTokens, missedTokens: 0, outcome: "hit" as const });
  const none = (expectedTokens: number) => ({ expectedTokens, missedTokens: 0, outcome: "none" as const });

  const rows: [name: string, first: Turn, second: Turn, expected: Omit<TurnCache, "gapMs">][] = [
    ["all read", short, turn(CLAUDE, MINUTE, { cacheRead: 20_000, cacheWrite: 90 }), hit(20_000)],
    // 95 % of 20,000 is 19,000: 1,000 missing is within both tolerances.
    ["95 % read", short, turn(CLAUDE, MINUTE, { cacheRead: 19_000, input: 1500 }), hit(20_000)],
    ["less than 95 %, but 1,024 tokens", short, turn(CLAUDE, MINUTE, { cacheRead: 18_976, input: 2000 }), hit(20_000)],
    [
      "1,025 tokens and less than 95 %",
      short,
      turn(CLAUDE, MINUTE, { cacheRead: 18_975, input: 2000 }),
      missed(20_000, 1025, "prefix_changed"),
    ],
    [
      // 5 % of 100,000 is 5,000.
      "more than 1,024 tokens of a long prompt, but 95 %",
      turn(CLAUDE, 0, { cacheWrite: 100_000 }),
      turn(CLAUDE, MINUTE, { cacheRead: 95_000, input: 6000 }),
      hit(100_000),
    ],
    ["a shorter prompt can miss no more than itself", short, turn(CLAUDE, MINUTE, { cacheRead: 8000 }), hit(8000)],
    ["too little to count", turn(CLAUDE, 0, { cacheWrite: 1024 }), turn(CLAUDE, MINUTE, { input: 2000 }), none(1024)],
    ["nothing was held", turn(CLAUDE, 0, { input: 9000 }), turn(CLAUDE, MINUTE, { input: 9100 }), none(0)],
    ["nothing was held, yet read", turn(CLAUDE, 0, { input: 9000 }), turn(CLAUDE, MINUTE, { cacheRead: 5000 }), hit(0)],

    ["another model", short, turn(OPUS, MINUTE, cold), missed(20_000, 20_000, "model_changed")],
    [
      "another provider",
      short,
      turn({ ...CLAUDE, provider: "opper" }, MINUTE, cold),
      missed(20_000, 20_000, "model_changed"),
    ],
    ["another model after the lifetime", short, turn(OPUS, HOUR, cold), missed(20_000, 20_000, "model_changed")],
    [
      "past the end that the agent itself says",
      turn(CLAUDE, 0, { cacheWrite: 20_000 }, { cacheExpiresAt: MINUTE }),
      turn(CLAUDE, MINUTE, cold),
      missed(20_000, 20_000, "expired"),
    ],
    [
      "before it, though past what is documented",
      turn(CLAUDE, 0, { cacheWrite: 20_000 }, { cacheExpiresAt: 9 * MINUTE }),
      turn(CLAUDE, 6 * MINUTE, cold),
      missed(20_000, 20_000, "unexplained"),
    ],
    [
      "the provider's own reason goes before what counts and times say",
      short,
      turn(CLAUDE, MINUTE, { cacheRead: 9000, input: 12_000 }, { missReason: "system_changed" }),
      missed(20_000, 11_000, "system_changed"),
    ],
    [
      "and before the end of the lifetime",
      short,
      turn(CLAUDE, 6 * MINUTE, cold, { missReason: "tools_changed" }),
      missed(20_000, 20_000, "tools_changed"),
    ],
    [
      "but a compaction is what changed the messages",
      short,
      turn(CLAUDE, MINUTE, { cacheRead: 2000, input: 4000 }, { afterCompaction: true, missReason: "messages_changed" }),
      missed(6000, 4000, "compacted"),
    ],
    [
      "a reason without a miss is none",
      short,
      turn(CLAUDE, MINUTE, { cacheRead: 20_000 }, { missReason: "messages_changed" }),
      hit(20_000),
    ],
    [
      // The sum read 20,000, the request that met the cache nothing: the second one read what the first had written.
      "of several requests the first one hit or missed",
      short,
      turn(CLAUDE, MINUTE, { cacheRead: 20_000, cacheWrite: 20_500 }, {
        requests: [{ ...NO_USAGE, cacheWrite: 20_000 }, { ...NO_USAGE, cacheRead: 20_000, cacheWrite: 500 }],
      }),
      missed(20_000, 20_000, "unexplained"),
    ],
    [
      "another model and a compaction",
      short,
      turn(OPUS, HOUR, { input: 5000 }, { afterCompaction: true }),
      missed(5000, 5000, "model_changed"),
    ],
    [
      "a compaction, after the lifetime",
      short,
      turn(CLAUDE, HOUR, { cacheRead: 2000, input: 4000 }, { afterCompaction: true }),
      missed(6000, 4000, "compacted"),
    ],

    ["five minutes, just before", short, turn(CLAUDE, 5 * MINUTE - 1, cold), missed(20_000, 20_000, "unexplained")],
    ["five minutes, exactly", short, turn(CLAUDE, 5 * MINUTE, cold), missed(20_000, 20_000, "expired")],
    [
      "five minutes: the shared front of the prompt outlives it",
      short,
      turn(CLAUDE, 6 * MINUTE, { cacheRead: 9000, cacheWrite: 12_000 }),
      missed(20_000, 11_000, "expired"),
    ],
    ["an hour, just before", long, turn(CLAUDE, HOUR - 1, cold), missed(20_000, 20_000, "unexplained")],
    ["an hour, exactly", long, turn(CLAUDE, HOUR, cold), missed(20_000, 20_000, "expired")],
    [
      "mixed: the five-minute part expired",
      mixed,
      turn(CLAUDE, 6 * MINUTE, { cacheRead: 16_000, cacheWrite: 4500 }),
      missed(20_000, 4000, "expired"),
    ],
    [
      "mixed: a little more than the hour's part was read",
      mixed,
      turn(CLAUDE, 6 * MINUTE, { cacheRead: 16_010, cacheWrite: 4500 }),
      missed(20_000, 3990, "expired"),
    ],
    [
      "mixed: the hour's part is gone too early",
      mixed,
      turn(CLAUDE, 6 * MINUTE, cold),
      missed(20_000, 20_000, "unexplained"),
    ],
    [
      "mixed: a changed prompt",
      mixed,
      turn(CLAUDE, 4 * MINUTE, { cacheRead: 16_000, cacheWrite: 4500 }),
      missed(20_000, 4000, "prefix_changed"),
    ],
    ["mixed: all expired", mixed, turn(CLAUDE, HOUR, cold), missed(20_000, 20_000, "expired")],

    ["within a minute", short, turn(CLAUDE, MINUTE - 1, cold), missed(20_000, 20_000, "prefix_changed")],
    ["after a minute", short, turn(CLAUDE, MINUTE, cold), missed(20_000, 20_000, "unexplained")],
    [
      "the front was read",
      short,
      turn(CLAUDE, 2 * MINUTE, { cacheRead: 9000, cacheWrite: 12_000 }),
      missed(20_000, 11_000, "prefix_changed"),
    ],

    [
      "promised, just before",
      automatic(GPT_56),
      turn(GPT_56, 30 * MINUTE - 1, cold),
      missed(20_480, 20_480, "unexplained"),
    ],
    [
      "past the promise, nothing read",
      automatic(GPT_56),
      turn(GPT_56, 30 * MINUTE, cold),
      missed(20_480, 20_480, "expired"),
    ],
    [
      "past the promise, the front read",
      automatic(GPT_56),
      turn(GPT_56, HOUR, { cacheRead: 4096, input: 16_500 }),
      missed(20_480, 16_384, "prefix_changed"),
    ],
    [
      "past the longest retention, the front read",
      automatic(GPT_56),
      turn(GPT_56, 24 * HOUR, { cacheRead: 4096, input: 16_500 }),
      missed(20_480, 16_384, "expired"),
    ],

    [
      "learned, before it is cold",
      automatic(CHAT),
      turn(CHAT, 30 * MINUTE - 1, cold),
      missed(20_480, 20_480, "unexplained"),
    ],
    ["learned, cold", automatic(CHAT), turn(CHAT, 30 * MINUTE, cold), missed(20_480, 20_480, "expired")],
    [
      "nothing known of the lifetime",
      automatic(GPT),
      turn(GPT, 48 * HOUR, cold),
      missed(20_480, 20_480, "unexplained"),
    ],
  ];
  for (const [name, first, second, expected] of rows) {
    await t.step(name, () => {
      const explained = explainTurns([first, second], lifetimeTable([LEARNED]));
      deepStrictEqual(explained.length, 2);
      deepStrictEqual(explained[1], { gapMs: second.at - first.at, ...expected });
    });
  }
});

Deno.test("explainTurns() first turn", async (t) => {
  const rows: [name: string, usage: Partial<TokenUsage>, outcome: TurnCache["outcome"]][] = [
    ["that writes", { cacheWrite: 10_000 }, "first"],
    ["that reads what another session left", { cacheRead: 9000, cacheWrite: 100 }, "hit"],
    ["without cache activity", { input: 100 }, "first"],
  ];
  for (const [name, usage, outcome] of rows) {
    await t.step(name, () => {
      deepStrictEqual(explainTurns([turn(CLAUDE, 5, usage)], lifetimeTable([])), [
        { gapMs: undefined, expectedTokens: 0, missedTokens: 0, outcome },
      ]);
    });
  }
  await t.step("no turns", () => deepStrictEqual(explainTurns([], lifetimeTable([])), []));
});

Deno.test("explainTurns() counts idle time from the last use, and the gap from the turn before", () => {
  const turns = [
    turn(CLAUDE, 0, { cacheWrite: 20_000 }),
    turn(CLAUDE, 4 * MINUTE, { input: 500 }),
    turn(CLAUDE, 6 * MINUTE, { cacheWrite: 20_100 }),
  ];
  deepStrictEqual(explainTurns(turns, lifetimeTable([])).slice(1), [
    // A side question of 500 tokens: too little to count.
    { gapMs: 4 * MINUTE, expectedTokens: 500, missedTokens: 0, outcome: "none" },
    { gapMs: 2 * MINUTE, expectedTokens: 20_000, missedTokens: 20_000, outcome: "miss", cause: "expired" },
  ]);
});

Deno.test("explainTurns() expects nothing of requests with prompts of their own", () => {
  const turns = [0, 1, 2].map((n) =>
    turn(CLAUDE, n * HOUR, n === 1 ? { cacheRead: 3000 } : { cacheWrite: 20_000 }, { chain: "compaction" })
  );
  const nothing = { expectedTokens: 0, missedTokens: 0 };
  deepStrictEqual(explainTurns(turns, lifetimeTable([])), [
    { gapMs: undefined, ...nothing, outcome: "first" },
    { gapMs: HOUR, ...nothing, outcome: "hit" },
    { gapMs: HOUR, ...nothing, outcome: "none" },
  ]);
});

Deno.test("explainTurns() and missCost() say what a miss cost", async (t) => {
  // US dollars per million tokens, as Anthropic lists claude-sonnet-4-5 (input, 0.1x, 1.25x, 2x), and a list without writes.
  const prices: Record<string, TokenUsage> = {
    "claude-sonnet-4-5": { input: 3, cacheRead: 0.3, cacheWrite: 3.75, cacheWrite1h: 6, output: 15 },
    "gpt-5.2": { input: 2, cacheRead: 0.2, cacheWrite: 2, cacheWrite1h: 2, output: 16 },
  };
  const book: PriceBook = {
    costOf({ model }, usage) {
      const price = prices[model];
      if (price === undefined) return undefined;
      const kinds = ["input", "cacheRead", "cacheWrite", "cacheWrite1h", "output"] as const;
      return kinds.reduce((sum, kind) => sum + usage[kind] * price[kind], 0) / 1e6;
    },
  };
  const rows: [name: string, first: Turn, second: Turn, cause: TurnCache["cause"], usd: number | undefined][] = [
    [
      // 20,000 * (3.75 - 0.3) / 1e6 = 0.069
      "expired and written again for five minutes",
      turn(CLAUDE, 0, { cacheWrite: 20_000 }),
      turn(CLAUDE, HOUR, { cacheWrite: 20_500 }),
      "expired",
      0.069,
    ],
    [
      // 20,000 * (6 - 0.3) / 1e6 = 0.114
      "expired and written again for an hour",
      turn(CLAUDE, 0, { cacheWrite1h: 20_000 }),
      turn(CLAUDE, HOUR, { cacheWrite1h: 20_500 }),
      "expired",
      0.114,
    ],
    [
      // 11,000 of 20,000 missed: 11,000 * (3.75 - 0.3) / 1e6 = 0.03795
      "a prefix that changed half way",
      turn(CLAUDE, 0, { cacheWrite: 20_000 }),
      turn(CLAUDE, 2 * MINUTE, { cacheRead: 9000, cacheWrite: 12_000 }),
      "prefix_changed",
      0.03795,
    ],
    [
      // What was held for another model is sent as this one's: 20,000 * (3.75 - 0.3) / 1e6
      "another model",
      turn(OPUS, 0, { cacheWrite: 20_000 }),
      turn(CLAUDE, MINUTE, { cacheWrite: 20_500 }),
      "model_changed",
      0.069,
    ],
    [
      // The compacted prompt is 6,000 long, of which 2,000 were read: 4,000 * (3.75 - 0.3) / 1e6
      "a compaction",
      turn(CLAUDE, 0, { cacheWrite: 90_000 }),
      turn(CLAUDE, MINUTE, { cacheRead: 2000, cacheWrite: 4000 }, { afterCompaction: true }),
      "compacted",
      0.0138,
    ],
    [
      // 20,480 * (2 - 0.2) / 1e6: nothing written, so that all is plain input
      "an automatic cache",
      turn(GPT, 0, { input: 20_480 }),
      turn(GPT, HOUR, { input: 20_500 }),
      "unexplained",
      0.036864,
    ],
    [
      "a model without a price",
      turn(CHAT, 0, { input: 20_480 }),
      turn(CHAT, HOUR, { input: 20_500 }),
      "expired",
      undefined,
    ],
  ];
  for (const [name, first, second, cause, usd] of rows) {
    await t.step(name, () => {
      const miss = explainTurns([first, second], lifetimeTable([LEARNED]))[1]!;
      strictEqual(miss.cause, cause);
      const cost = missCost(
        {
          model: second.model,
          missedTokens: miss.missedTokens,
          at: second.at,
          wroteTokens: second.usage.cacheWrite,
          wrote1h: second.usage.cacheWrite1h,
          promptTokens: promptTokens(second.usage),
        },
        undefined,
        book,
      );
      strictEqual(cost === undefined ? undefined : Math.round(cost * 1e12) / 1e12, usd);
    });
  }
});
