import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { learnLifetimes, poolSamples } from "../../core/cache/survival.ts";
import { traceCurves } from "../../core/cache/survival_curve.ts";
import type { GapSample } from "../../core/cache/strategy.ts";
import { NO_USAGE } from "../../core/model.ts";
import { NO_COST } from "../../core/cost/cost.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { lifetimesJson } from "./cache_lifetimes.ts";

const MINUTE = 60_000;

function samplesOf(provider: string, model: string, survivals: number, drops: number): GapSample[] {
  return Array.from({ length: survivals + drops }, (_, index) => ({
    model: { provider, model },
    at: 0,
    gapMs: (index + 1) * MINUTE,
    survived: index < survivals,
  }));
}

/** Whose agent recorded when the cache expires, or did not. */
function sessionOf(provider: string, model: string, lastActivityAt: number, expiresAt?: number): SessionReport {
  return {
    source: "pi",
    sessionId: `${lastActivityAt}`,
    file: `/logs/${lastActivityAt}.jsonl`,
    files: [],
    lastActivityAt,
    turns: 1,
    models: [],
    usage: NO_USAGE,
    cost: NO_COST,
    subagents: 0,
    chains: [],
    cache: { state: "cold", strategy: "unknown", tokens: 0 },
    cacheBasis: {
      anchor: { model: { provider, model }, at: lastActivityAt, tokens: 5000, oneHourTokens: 0, expiresAt },
      resume: {},
    },
  };
}

const SAMPLES = [
  ...samplesOf("anthropic", "claude-sonnet-4-6", 3, 2),
  ...samplesOf("github-copilot", "gpt-5.2", 3, 2),
  ...samplesOf("openai", "gpt-5.2", 3, 2),
  ...samplesOf("openai", "gpt-5.6", 3, 2),
  ...samplesOf("unknown", "glm-5.3", 3, 2),
];
const SESSIONS = [
  sessionOf("github-copilot", "gpt-5.2", 1000),
  sessionOf("github-copilot", "gpt-5.2", 2000, 3000),
  sessionOf("openai", "gpt-5.2", 1000, 3000),
  sessionOf("openai", "gpt-5.2", 2000),
];

Deno.test("lifetimesJson() says what states rest on, and has those in use first", () => {
  const lifetimes = lifetimesJson(learnLifetimes(SAMPLES), SESSIONS, undefined, 0);
  deepStrictEqual(lifetimes.map(({ provider, model = "all", decidedBy }) => `${provider} ${model}: ${decidedBy}`), [
    "openai gpt-5.2: history",
    // Of its models one rests on history.
    "openai all: history",
    "unknown glm-5.3: history",
    "anthropic claude-sonnet-4-6: documented",
    "anthropic all: documented",
    // By its latest session.
    "github-copilot gpt-5.2: recorded",
    "github-copilot all: recorded",
    "openai gpt-5.6: documented",
    // Whoever is behind it may be another one each time.
    "unknown all: undefined",
  ]);
  for (const { used, decidedBy, curve } of lifetimes) {
    deepStrictEqual([used, curve], [decidedBy === "history", undefined]);
  }
});

Deno.test("lifetimesJson() with curves", async (t) => {
  const samples = [
    ...samplesOf("deepseek", "deepseek-chat", 100, 30),
    ...samplesOf("anthropic", "claude-opus-5", 1, 0),
  ];
  const jsonOf = (limit: number) =>
    lifetimesJson(learnLifetimes(samples), [], traceCurves(poolSamples(samples)), limit);
  await t.step("all of it", () => {
    const [model, provider, documented] = jsonOf(0);
    deepStrictEqual(model!.curve!.points, [
      { gapMs: MINUTE, lastGapMs: 100 * MINUTE, share: 1, pauses: 100 },
      { gapMs: 101 * MINUTE, lastGapMs: 130 * MINUTE, share: 0, pauses: 30 },
    ]);
    deepStrictEqual([model!.curve!.survivals.length, model!.curve!.drops.length], [100, 30]);
    deepStrictEqual(provider!.curve, model!.curve);
    deepStrictEqual(documented!.curve!.documentedMs, [5 * MINUTE, 60 * MINUTE]);
  });
  for (const limit of [1, 2, 7, 29]) {
    await t.step(`with a limit of ${limit}, as many pauses, with both ends`, () => {
      const [first] = jsonOf(limit);
      const { survivals, drops } = first!.curve!;
      for (const [some, from, to] of [[survivals, 1, 100], [drops, 101, 130]] as const) {
        strictEqual(some.length, limit);
        strictEqual(new Set(some).size, limit);
        if (limit > 1) deepStrictEqual([some[0], some.at(-1)], [from * MINUTE, to * MINUTE]);
        ok(some.every((gap, index) => index === 0 || gap > some[index - 1]!));
      }
      // What they are some of.
      deepStrictEqual([first!.survivals, first!.drops], [100, 30]);
    });
  }
});
