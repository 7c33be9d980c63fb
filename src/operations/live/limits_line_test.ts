/** The limits in one line, and when they ring. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { LimitJson } from "../limits/limits_output.ts";
import { LimitRings } from "./limit_rings.ts";
import { limitsLine } from "./limits_line.ts";

const NOW = Date.parse("2026-11-25T10:00:00Z");
const MINUTE = 60_000;

function limitOf(more: Partial<LimitJson> & { readonly resetsInMinutes?: number } = {}): LimitJson {
  const { resetsInMinutes = 146, ...given } = more;
  return {
    source: "claude",
    account: "~/.claude",
    limit: "plan",
    name: null,
    window: "5h",
    windowMinutes: 300,
    usedPercent: 42.4,
    state: "current",
    level: "normal",
    resetsAt: new Date(NOW + resetsInMinutes * MINUTE).toISOString(),
    observedAt: new Date(NOW).toISOString(),
    ageMs: 0,
    turnsSince: 0,
    via: "statusline",
    pace: null,
    averagePerHour: null,
    resetMovedMs: null,
    ...given,
  };
}

const WEEK = limitOf({
  source: "codex",
  limit: "codex",
  window: "weekly",
  windowMinutes: 10080,
  usedPercent: 81,
  level: "high",
});
const BUDGET = limitOf({
  source: "budget",
  limit: "budget",
  window: "month",
  windowMinutes: 43_200,
  usedPercent: 25,
  resetsInMinutes: 20 * 24 * 60,
  budget: { spentUsd: 50, usdPerMonth: 200, unpricedTurns: 1, planTurns: 0, spentAt: null },
});

Deno.test("limitsLine()", async (t) => {
  const rows: [name: string, limits: readonly LimitJson[], text: string | undefined, tone?: string][] = [
    ["none", [], undefined],
    ["one", [limitOf()], "Limits: claude 5 hours 42.4%, 2h 26m"],
    [
      "the nearest first",
      [limitOf(), WEEK],
      "Limits: codex week 81% high, 2h 26m | claude 5 hours 42.4%, 2h 26m",
      "warn",
    ],
    ["one that was read a while ago", [limitOf({ state: "stale" })], "Limits: claude 5 hours ~42.4%, 2h 26m"],
    ["of one model", [limitOf({ limit: "opus", name: "Opus" })], "Limits: claude 5 hours, Opus 42.4%, 2h 26m"],
    [
      "nearly full",
      [limitOf({ usedPercent: 95, level: "nearly_full" })],
      "Limits: claude 5 hours 95% nearly full, 2h 26m",
      "bad",
    ],
    ["the budget", [BUDGET], "Limits: budget month ~25%, 20d 0h"],
    ["reset since", [limitOf({ state: "reset", usedPercent: null, level: null })], undefined],
    ["reset since the scan", [limitOf({ resetsInMinutes: 0 })], undefined],
    ["gone", [limitOf({ state: "gone" })], undefined],
    [
      "of two accounts",
      [limitOf(), limitOf({ account: "~/work", usedPercent: 3 })],
      "Limits: claude ~/.claude 5 hours 42.4%, 2h 26m | claude ~/work 5 hours 3%, 2h 26m",
    ],
    ["in its last minute", [limitOf({ resetsInMinutes: 0.5 })], "Limits: claude 5 hours 42.4%, 30s"],
    [
      "more than fit",
      [limitOf(), WEEK, BUDGET, limitOf({ limit: "opus", name: "Opus" })],
      "Limits: codex week 81% high, 2h 26m | claude 5 hours 42.4%, 2h 26m | 2 more",
      "warn",
    ],
  ];
  for (const [name, limits, text, tone] of rows) {
    await t.step(name, () => {
      const line = limitsLine(limits, { now: NOW, columns: 82 });
      deepStrictEqual([line?.text, line?.tone], [text, tone]);
    });
  }
});

Deno.test("it rings once a window at each percentage", async (t) => {
  const at = (usedPercent: number, more: Parameters<typeof limitOf>[0] = {}) => limitOf({ usedPercent, ...more });
  type Look = readonly [limits: readonly LimitJson[], rings: boolean, minutesLater?: number];
  const rows: [name: string, alertAt: readonly number[], looks: readonly Look[]][] = [
    ["nothing is set", [], [[[at(100)], false]]],
    ["at each", [75, 90], [
      [[at(74.9)], false],
      [[at(75)], true],
      [[at(76)], false],
      [[at(95)], true],
      [[at(100)], false],
    ]],
    ["two at once ring once", [75, 90], [[[at(95)], true], [[at(95)], false]]],
    ["one that goes down and up again", [75], [[[at(80)], true], [[at(70)], false], [[at(80)], false]]],
    ["terminals that round the reset", [75], [[[at(80)], true], [[at(80, { resetsInMinutes: 147 })], false]]],
    ["a reset that moved", [75], [[[at(80)], true], [[at(80, { resetsInMinutes: 266 })], false]]],
    ["the next window", [75], [
      [[at(80)], true],
      [[at(80)], false, 147],
      [[at(80, { resetsInMinutes: 400 })], true, 147],
    ]],
    ["two limits", [75], [[[at(80)], true], [[at(80), WEEK], true], [[at(80), WEEK], false]]],
    ["one that is doubtful", [75], [[[at(99, { unconfirmed: true })], false]]],
    ["one that was reset", [75], [[[at(0, { state: "reset", usedPercent: null, level: null })], false]]],
  ];
  for (const [name, alertAt, looks] of rows) {
    await t.step(name, () => {
      const rings = new LimitRings();
      looks.forEach(([limits, isDue, minutesLater = 0], index) => {
        strictEqual(rings.isDue(limits, alertAt, NOW + minutesLater * MINUTE), isDue, `look ${index}`);
      });
    });
  }
});
