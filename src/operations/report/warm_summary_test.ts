import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type EpochMs, MAIN_CHAIN, type ModelRef, NO_USAGE } from "../../core/model.ts";
import type { LearnedLifetime } from "../../core/cache/strategy.ts";
import { lifetimeTable } from "../../core/cache/lifetime_table.ts";
import { reportSession, type SessionReport } from "../../core/session_report.ts";
import { rollUpSession } from "../../../tests/support/roll_up_session.ts";
import { coldAtOf, summarizeWarm } from "./warm_summary.ts";
import { warmLine, type WarmSummary } from "./warm_text.ts";

const SECOND = 1000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse("2026-11-20T12:00:00Z");

/** Five minutes, documented. */
const CLAUDE: ModelRef = { provider: "anthropic", model: "claude-sonnet-4-5" };
/** Thirty minutes promised, a day at most. */
const GPT: ModelRef = { provider: "openai", model: "gpt-5.6" };
/** Learned: below. */
const LEARNED: ModelRef = { provider: "deepseek", model: "deepseek-chat" };

const LIFETIME: LearnedLifetime = {
  pool: "model",
  ...LEARNED,
  samples: 20,
  survivals: 10,
  drops: 10,
  fit: { warmUntilMs: 10 * MINUTE, coldFromMs: 30 * MINUTE, ttlMs: 20 * MINUTE },
};

function report(model: ModelRef, at: EpochMs, lossUsd?: number, rest: Partial<SessionReport> = {}): SessionReport {
  const usage = model === CLAUDE ? { ...NO_USAGE, cacheWrite: 8000 } : { ...NO_USAGE, input: 8000 };
  const turns = [{ key: "1", at, model, usage, chain: MAIN_CHAIN, basis: "none" as const, counted: true }];
  const resume = lossUsd === undefined ? {} : { warm: 0.25, cold: 0.25 + lossUsd };
  const rollup = { ...rollUpSession(turns, undefined, undefined), resume };
  const session = { source: "pi", sessionId: "s", file: "/s.jsonl", files: ["/s.jsonl"], lastActivityAt: at, rollup };
  return { ...reportSession(session, NOW, lifetimeTable([LIFETIME])), ...rest };
}

const NOTHING: WarmSummary = {
  warm: 0,
  maybe: 0,
  atStakeUsd: 0,
  unpriced: 0,
  nextExpiry: undefined,
  lastColdAt: undefined,
};

Deno.test("summarizeWarm()", async (t) => {
  const rows: [name: string, reports: SessionReport[], expected: Partial<WarmSummary>][] = [
    ["nothing", [], {}],
    ["two are warm, one may be, and of that nothing is in the sum", [
      report(CLAUDE, NOW - 4 * MINUTE, 0.5),
      report(CLAUDE, NOW - MINUTE, 1.25),
      report(GPT, NOW - HOUR, 8),
    ], { warm: 2, maybe: 1, atStakeUsd: 1.75, nextExpiry: NOW + MINUTE }],
    ["without any price the sum is not known", [report(CLAUDE, NOW)], {
      warm: 1,
      atStakeUsd: undefined,
      unpriced: 1,
      nextExpiry: NOW + 5 * MINUTE,
    }],
    ["with some it is a lower bound", [report(CLAUDE, NOW), report(CLAUDE, NOW, 0.5)], {
      warm: 2,
      atStakeUsd: 0.5,
      unpriced: 1,
      nextExpiry: NOW + 5 * MINUTE,
    }],
    ["the last that went cold is not the one that was used last", [
      // Cold since 11:55, 11:50 and, learned, 11:58.
      report(CLAUDE, NOW - 10 * MINUTE, 1),
      report(CLAUDE, NOW - 15 * MINUTE, 1),
      report(LEARNED, NOW - 32 * MINUTE, 1),
    ], { lastColdAt: NOW - 2 * MINUTE }],
    ["a window is over after a day, not after what is promised", [report(GPT, NOW - 25 * HOUR)], {
      lastColdAt: NOW - HOUR,
    }],
    ["what was cold long ago is looked at as well", [
      report(CLAUDE, NOW - 100 * 24 * HOUR, 1, { isLongCold: true }),
    ], { lastColdAt: NOW - 100 * 24 * HOUR + 5 * MINUTE }],
    ["what was deleted holds nothing", [report(CLAUDE, NOW - MINUTE, 1, { isDeleted: true })], {}],
  ];
  for (const [name, reports, expected] of rows) {
    await t.step(name, () => {
      for (const order of [reports, reports.toReversed()]) {
        deepStrictEqual(summarizeWarm(order), { ...NOTHING, ...expected });
      }
    });
  }
});

Deno.test("a cache is not read that went cold before another one did", () => {
  // Cold since 11:50, and by then in any case; the other one since 11:55.
  const unread = Object.defineProperty(
    { ...report(CLAUDE, NOW - 15 * MINUTE, 1), isLongCold: true, coldBy: NOW - 10 * MINUTE },
    "cache",
    {
      get() {
        throw new Error("It was read.");
      },
    },
  );
  strictEqual(summarizeWarm([report(CLAUDE, NOW - 10 * MINUTE, 1), unread]).lastColdAt, NOW - 5 * MINUTE);
});

Deno.test("coldAtOf()", async (t) => {
  const rows: [name: string, report: SessionReport, expected: EpochMs | undefined][] = [
    ["documented", report(CLAUDE, NOW), NOW + 5 * MINUTE],
    ["past a promise", report(GPT, NOW - HOUR), NOW + 23 * HOUR],
    ["learned", report(LEARNED, NOW - 15 * MINUTE), NOW + 15 * MINUTE],
    ["not known", report({ provider: "mistral", model: "m" }, NOW), undefined],
  ];
  for (const [name, report, expected] of rows) {
    await t.step(name, () => strictEqual(coldAtOf(report), expected));
  }
});

Deno.test("warmLine()", async (t) => {
  const rows: [summary: Partial<WarmSummary>, expected: string][] = [
    [
      { warm: 14, atStakeUsd: 7.27, nextExpiry: NOW + 27 * SECOND },
      "14 caches warm, $7.27 at stake in their next requests; the next goes cold in 27s.",
    ],
    [
      { warm: 1, maybe: 2, atStakeUsd: 0.31, nextExpiry: NOW + 90 * SECOND },
      "1 cache warm, $0.310 at stake in its next request; it goes cold in 1m 30s. 2 more may be warm.",
    ],
    [
      { warm: 2, atStakeUsd: 1.5, unpriced: 1, nextExpiry: NOW + SECOND },
      "2 caches warm, $1.50+ at stake in their next requests; the next goes cold in 1s.",
    ],
    [
      { warm: 1, atStakeUsd: undefined, unpriced: 1, nextExpiry: NOW + SECOND },
      "1 cache warm, ? at stake in its next request; it goes cold in 1s.",
    ],
    [{}, "No cache is warm."],
    [{ lastColdAt: NOW - 14 * MINUTE }, "No cache is warm. The last one went cold 14m ago."],
    [{ maybe: 1 }, "No cache is warm for certain, 1 may be."],
  ];
  for (const [summary, expected] of rows) {
    await t.step(expected, () => strictEqual(warmLine({ ...NOTHING, ...summary }, NOW), expected));
  }
});
