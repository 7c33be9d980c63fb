import { deepStrictEqual } from "node:assert/strict";
import { MAIN_CHAIN, type ModelRef, NO_USAGE, type PendingChange, type TokenUsage, type Turn } from "../model.ts";
import { anchorOf } from "./anchor.ts";
import type { CacheAnchor } from "./strategy.ts";

const CLAUDE: ModelRef = { provider: "anthropic", model: "claude-sonnet-4-5" };
const OPUS: ModelRef = { provider: "anthropic", model: "claude-opus-4-6" };
const ROUTED: ModelRef = { provider: "openrouter", model: "anthropic/claude-sonnet-4.6" };
const GPT: ModelRef = { provider: "openai", model: "gpt-5.2" };
const GPT_56: ModelRef = { provider: "openai", model: "gpt-5.6-sol" };
const SHORT = 5 * 60_000;
const LONG = 60 * 60_000;

function turn(model: ModelRef, at: number, usage: Partial<TokenUsage>, rest: Partial<Turn> = {}): Turn {
  return { key: `${at}`, at, model, usage: { ...NO_USAGE, ...usage }, chain: MAIN_CHAIN, ...rest };
}

Deno.test("anchorOf()", async (t) => {
  const rows: [name: string, turns: Turn[], pending: PendingChange | undefined, expected: CacheAnchor | undefined][] = [
    ["no turns", [], undefined, undefined],
    [
      "Claude holds what it read and wrote",
      [turn(CLAUDE, 1, { input: 9, cacheWrite: 10_000 }), turn(CLAUDE, 2, { cacheRead: 10_000, cacheWrite: 500 })],
      undefined,
      { model: CLAUDE, at: 2, tokens: 10_500, oneHourTokens: 0 },
    ],
    [
      "Claude without cache activity holds nothing, however long the prompt",
      [turn(CLAUDE, 1, { input: 50_000 })],
      undefined,
      { model: CLAUDE, at: 1, tokens: 0, oneHourTokens: 0, lost: "never_written" },
    ],
    [
      "so does Claude behind another provider",
      [turn(ROUTED, 1, { input: 50_000 })],
      undefined,
      { model: ROUTED, at: 1, tokens: 0, oneHourTokens: 0, lost: "never_written" },
    ],
    [
      "a model of Anthropic's needs no known name",
      [turn({ provider: "anthropic", model: "unknown" }, 1, { input: 50_000 })],
      undefined,
      {
        model: { provider: "anthropic", model: "unknown" },
        at: 1,
        tokens: 0,
        oneHourTokens: 0,
        lost: "never_written",
      },
    ],
    [
      "a last turn without cache activity leaves the earlier anchor and its clock",
      [turn(CLAUDE, 1, { cacheWrite: 10_000 }), turn(CLAUDE, 2, { input: 800 })],
      undefined,
      { model: CLAUDE, at: 1, tokens: 10_000, oneHourTokens: 0 },
    ],
    [
      // 1,600 + 1,010 = 2,610 = 20 * 128 + 50
      "an automatic cache holds the whole prompt in steps of 128",
      [turn(GPT, 1, { input: 1600, cacheRead: 1010 })],
      undefined,
      { model: GPT, at: 1, tokens: 2560, oneHourTokens: 0 },
    ],
    [
      "the shortest prompt of an automatic cache",
      [turn(GPT, 1, { input: 1024 })],
      undefined,
      { model: GPT, at: 1, tokens: 1024, oneHourTokens: 0 },
    ],
    [
      "a shorter one is not held",
      [turn(GPT, 1, { input: 1023 })],
      undefined,
      { model: GPT, at: 1, tokens: 0, oneHourTokens: 0, lost: "never_written" },
    ],
    [
      "unless it was read",
      [turn(GPT, 1, { input: 60, cacheRead: 704 })],
      undefined,
      { model: GPT, at: 1, tokens: 704, oneHourTokens: 0 },
    ],
    [
      "where writes are reported, a turn that only read holds what it read",
      [turn(GPT_56, 1, { input: 5, cacheWrite: 20_000 }), turn(GPT_56, 2, { input: 3000, cacheRead: 20_000 })],
      undefined,
      { model: GPT_56, at: 2, tokens: 20_000, oneHourTokens: 0 },
    ],
    [
      "writes of one model say nothing of another",
      [turn(GPT_56, 1, { cacheWrite: 20_000 }), turn(GPT, 2, { input: 2048 })],
      undefined,
      { model: GPT, at: 2, tokens: 2048, oneHourTokens: 0 },
    ],
    [
      "all but the five-minute write stands before it and is held for an hour",
      [turn(CLAUDE, 1, { cacheRead: 4000, cacheWrite1h: 6000, cacheWrite: 500 })],
      undefined,
      { model: CLAUDE, at: 1, tokens: 10_500, oneHourTokens: 10_000 },
    ],
    [
      "a read carries the hour forward",
      [turn(CLAUDE, 1, { cacheWrite1h: 10_000 }), turn(CLAUDE, 2, { cacheRead: 10_000 })],
      undefined,
      { model: CLAUDE, at: 2, tokens: 10_000, oneHourTokens: 10_000 },
    ],
    [
      "as far as it read",
      [turn(CLAUDE, 1, { cacheWrite1h: 10_000 }), turn(CLAUDE, 2, { cacheRead: 7000, cacheWrite: 2000 })],
      undefined,
      { model: CLAUDE, at: 2, tokens: 9000, oneHourTokens: 7000 },
    ],
    [
      "and no further than the hour's part",
      [
        turn(CLAUDE, 1, { cacheWrite1h: 8000, cacheWrite: 2000 }),
        turn(CLAUDE, 2, { cacheRead: 10_000, cacheWrite: 100 }),
      ],
      undefined,
      { model: CLAUDE, at: 2, tokens: 10_100, oneHourTokens: 8000 },
    ],
    [
      "through a turn without cache activity",
      [turn(CLAUDE, 1, { cacheWrite1h: 8000 }), turn(CLAUDE, 2, { input: 9 }), turn(CLAUDE, 3, { cacheRead: 8000 })],
      undefined,
      { model: CLAUDE, at: 3, tokens: 8000, oneHourTokens: 8000 },
    ],
    [
      // 3 requests: the first met what was there, the last one's prompt is what the cache holds: 9,800 + 200.
      "of several requests in one response the last one says what is held",
      [turn(CLAUDE, 1, { input: 30, cacheRead: 19_000, cacheWrite: 10_000 }, {
        requests: [
          { ...NO_USAGE, input: 10, cacheWrite: 9000 },
          { ...NO_USAGE, input: 10, cacheRead: 9200, cacheWrite: 800 },
          { ...NO_USAGE, input: 10, cacheRead: 9800, cacheWrite: 200 },
        ],
      })],
      undefined,
      { model: CLAUDE, at: 1, tokens: 10_000, oneHourTokens: 0 },
    ],
    [
      "what was only read says nothing of how long it was written for",
      [turn(ROUTED, 1, { cacheRead: 10_000 })],
      undefined,
      { model: ROUTED, at: 1, tokens: 10_000, oneHourTokens: 0, hidesWrites: true },
    ],
    [
      "one write in a chain shows that writes are shown, over a compaction too",
      [
        turn(ROUTED, 1, { cacheWrite: 9000 }),
        turn(ROUTED, 2, { cacheRead: 4000 }, { afterCompaction: true }),
        turn(ROUTED, 3, { cacheRead: 4000 }),
      ],
      undefined,
      { model: ROUTED, at: 3, tokens: 4000, oneHourTokens: 0 },
    ],
    [
      "a request for an hour holds all for an hour",
      [turn(CLAUDE, 1, { cacheRead: 10_000 }, { requestedTtlMs: LONG }), turn(CLAUDE, 2, { cacheRead: 10_000 })],
      undefined,
      { model: CLAUDE, at: 2, tokens: 10_000, oneHourTokens: 10_000 },
    ],
    [
      "a request for five minutes holds nothing for an hour",
      [
        turn(CLAUDE, 1, { cacheWrite1h: 10_000 }),
        turn(CLAUDE, 2, { cacheRead: 10_000 }, { requestedTtlMs: SHORT }),
      ],
      undefined,
      { model: CLAUDE, at: 2, tokens: 10_000, oneHourTokens: 0 },
    ],
    [
      "what was written outweighs what was asked for",
      [turn(CLAUDE, 1, { cacheWrite1h: 6000, cacheWrite: 500 }, { requestedTtlMs: SHORT })],
      undefined,
      { model: CLAUDE, at: 1, tokens: 6500, oneHourTokens: 6000 },
    ],
    [
      "also where an hour was asked for",
      [turn(CLAUDE, 1, { cacheRead: 6000, cacheWrite: 500 }, { requestedTtlMs: LONG })],
      undefined,
      { model: CLAUDE, at: 1, tokens: 6500, oneHourTokens: 6000 },
    ],
    [
      "many reads keep the hour alive",
      [
        turn(CLAUDE, 1, { cacheWrite1h: 10_000 }),
        ...[2, 3, 4].map((at) => turn(CLAUDE, at * LONG, { input: 1, cacheRead: 10_000 })),
      ],
      undefined,
      { model: CLAUDE, at: 4 * LONG, tokens: 10_000, oneHourTokens: 10_000 },
    ],
    [
      "another model starts over, its hour included",
      [turn(CLAUDE, 1, { cacheWrite1h: 10_000 }), turn(OPUS, 2, { cacheRead: 3000, cacheWrite: 50 })],
      undefined,
      { model: OPUS, at: 2, tokens: 3050, oneHourTokens: 0 },
    ],
    [
      "another model that held nothing yet",
      [turn(CLAUDE, 1, { cacheWrite: 10_000 }), turn(OPUS, 2, { input: 10_000 })],
      undefined,
      { model: OPUS, at: 2, tokens: 0, oneHourTokens: 0, lost: "never_written" },
    ],
    [
      "the same model at another provider",
      [turn(CLAUDE, 1, { cacheWrite: 10_000 }), turn({ ...CLAUDE, provider: "google-vertex" }, 2, { input: 10 })],
      undefined,
      {
        model: { ...CLAUDE, provider: "google-vertex" },
        at: 2,
        tokens: 0,
        oneHourTokens: 0,
        lost: "never_written",
      },
    ],
    [
      "a compaction starts over",
      [
        turn(CLAUDE, 1, { cacheWrite1h: 90_000 }),
        turn(CLAUDE, 2, { cacheRead: 9000, cacheWrite: 400 }, { afterCompaction: true }),
      ],
      undefined,
      { model: CLAUDE, at: 2, tokens: 9400, oneHourTokens: 0 },
    ],
    [
      "a compaction since the last turn",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 })],
      { at: 6, kind: "compacted" },
      { model: CLAUDE, at: 5, tokens: 10_000, oneHourTokens: 0, lost: "compacted" },
    ],
    [
      "a change of model since the last turn",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 })],
      { at: 6, kind: "model_changed", model: OPUS },
      { model: CLAUDE, at: 5, tokens: 10_000, oneHourTokens: 0, lost: "model_changed" },
    ],
    [
      "to a model that the log does not name",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 })],
      { at: 6, kind: "model_changed" },
      { model: CLAUDE, at: 5, tokens: 10_000, oneHourTokens: 0, lost: "model_changed" },
    ],
    [
      "and back to the model that holds the prefix",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 })],
      { at: 6, kind: "model_changed", model: CLAUDE },
      { model: CLAUDE, at: 5, tokens: 10_000, oneHourTokens: 0 },
    ],
    [
      "a change before the last turn is over",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 })],
      { at: 4, kind: "compacted" },
      { model: CLAUDE, at: 5, tokens: 10_000, oneHourTokens: 0 },
    ],
    [
      "nothing held cannot be lost",
      [turn(CLAUDE, 5, { input: 10 })],
      { at: 6, kind: "compacted" },
      { model: CLAUDE, at: 5, tokens: 0, oneHourTokens: 0, lost: "never_written" },
    ],
    [
      "the agent says when it expires",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 }, { cacheExpiresAt: 90 })],
      undefined,
      { model: CLAUDE, at: 5, tokens: 10_000, oneHourTokens: 0, expiresAt: 90 },
    ],
    [
      "each use moves it",
      [
        turn(CLAUDE, 5, { cacheWrite: 10_000 }, { cacheExpiresAt: 90 }),
        turn(CLAUDE, 6, { cacheRead: 10_000 }, { cacheExpiresAt: 95 }),
      ],
      undefined,
      { model: CLAUDE, at: 6, tokens: 10_000, oneHourTokens: 0, expiresAt: 95 },
    ],
    [
      "a use of which nothing is said says nothing",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 }, { cacheExpiresAt: 90 }), turn(CLAUDE, 6, { cacheRead: 10_000 })],
      undefined,
      { model: CLAUDE, at: 6, tokens: 10_000, oneHourTokens: 0 },
    ],
    [
      "a turn without cache activity leaves it",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 }, { cacheExpiresAt: 90 }), turn(CLAUDE, 6, { input: 800 })],
      undefined,
      { model: CLAUDE, at: 5, tokens: 10_000, oneHourTokens: 0, expiresAt: 90 },
    ],
    [
      "but not one of another model",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 }, { cacheExpiresAt: 90 }), turn(OPUS, 6, { cacheWrite: 800 })],
      undefined,
      { model: OPUS, at: 6, tokens: 800, oneHourTokens: 0 },
    ],
    [
      "nor one after a compaction",
      [
        turn(CLAUDE, 5, { cacheWrite: 10_000 }, { cacheExpiresAt: 90 }),
        turn(CLAUDE, 6, { input: 800 }, { afterCompaction: true }),
      ],
      undefined,
      { model: CLAUDE, at: 6, tokens: 0, oneHourTokens: 0, lost: "never_written" },
    ],
    [
      "a compaction since loses it",
      [turn(CLAUDE, 5, { cacheWrite: 10_000 }, { cacheExpiresAt: 90 })],
      { at: 6, kind: "compacted" },
      { model: CLAUDE, at: 5, tokens: 10_000, oneHourTokens: 0, expiresAt: 90, lost: "compacted" },
    ],
  ];
  for (const [name, turns, pending, expected] of rows) {
    await t.step(name, () => deepStrictEqual(anchorOf(turns, pending), expected));
  }
});

Deno.test("anchorOf() survives JSON", () => {
  const anchor = anchorOf([turn(CLAUDE, 1, { cacheWrite1h: 10, cacheWrite: 5 })], { at: 2, kind: "compacted" });
  deepStrictEqual(JSON.parse(JSON.stringify(anchor)), anchor);
});
