/** What a history of readings comes to. Times are minutes from noon; a window of five hours is reset at 180 where none is said. */
import { deepStrictEqual } from "node:assert/strict";
import type { LimitRecord, LimitRefusal } from "./limit_record.ts";
import { type PlanLimit, reportLimits } from "./report_limits.ts";

const NOON = Date.parse("2026-11-25T12:00:00Z");
const minute = (at: number) => NOON + at * 60_000;

type Said = readonly [at: number, used: number, resetsAt?: number, minutes?: number];

function shown(...readings: readonly Said[]): LimitRecord[] {
  return readings.map(([at, usedPercent, resetsAt = 180, windowMinutes = 300]): LimitRecord => ({
    source: "claude",
    account: "/h/.claude",
    limit: "plan",
    at: minute(at),
    via: "statusline",
    windows: [{ windowMinutes, usedPercent, resetsAt: minute(resetsAt) }],
    isWhole: false,
  }));
}

/** As Codex logs them: with all windows of a limit. */
function logged(at: number, limit: string, ...windows: readonly Said[]): LimitRecord {
  return {
    source: "codex",
    account: "/h/.codex",
    limit,
    at: minute(at),
    via: "log",
    windows: windows.map(([, usedPercent, resetsAt = 180, windowMinutes = 300]) => ({
      windowMinutes,
      usedPercent,
      resetsAt: minute(resetsAt),
    })),
    isWhole: true,
  };
}

const REFUSED: LimitRefusal = { source: "claude", account: "/h/.claude", at: minute(-100), window: "five_hour" };

/** `5h 42% current @0`, and what else there is to say. */
function wordsOf(limit: PlanLimit): string {
  const { source, limit: id, windowMinutes, usedPercent, usedBefore, state, observedAt, resetMovedMs } = limit;
  return [
    `${source === id ? "" : `${id} `}${windowMinutes} ${usedPercent ?? "?"} ${state} @${(observedAt - NOON) / 60_000}`,
    ...usedBefore === undefined ? [] : [`before ${usedBefore}`],
    ...resetMovedMs === undefined ? [] : [`moved ${resetMovedMs / 60_000}`],
    ...limit.pace === undefined ? [] : [`pace ${limit.pace.percentPerHour}`],
    ...limit.isMixed ? ["mixed"] : [],
    ...limit.isUnconfirmed ? ["unconfirmed"] : [],
    ...limit.level === undefined || limit.level === "normal" ? [] : [limit.level],
  ].join(", ");
}

const WEEK = 10080;

const ROWS: readonly (readonly [
  what: string,
  records: readonly LimitRecord[],
  asOf: number,
  expected: readonly string[],
  refused?: readonly LimitRefusal[],
])[] = [
  ["nothing", [], 0, []],
  ["one reading", shown([0, 42]), 1, ["plan 300 42 current @0"]],
  ["what is later", shown([0, 42], [10, 50]), 9, ["plan 300 42 current @0"]],
  ["a quarter of an hour old", shown([0, 42]), 15, ["plan 300 42 current @0"]],
  ["older", shown([0, 42]), 15.001, ["plan 300 42 stale @0"]],
  ["ended in that very moment", shown([0, 42]), 180, ["plan 300 ? reset @0, before 42"]],
  ["a moment before", shown([0, 42]), 179.999, ["plan 300 42 stale @0"]],
  ["of an order that is none", shown([9, 50], [0, 42]), 11, ["plan 300 50 current @9"]],
  ["zero is a figure", shown([0, 0]), 1, ["plan 300 0 current @0"]],
  ["more than all", shown([0, 130]), 1, ["plan 300 130 current @0, full"]],
  ["high", shown([0, 75]), 1, ["plan 300 75 current @0, high"]],
  ["nearly full", shown([0, 90]), 1, ["plan 300 90 current @0, nearly_full"]],
  ["drawn again: read when it was first seen", shown([0, 42], [5, 42], [14, 42]), 16, ["plan 300 42 stale @0"]],
  ["drawn again by the second terminal", shown([0, 54], [1, 58], [2, 54]), 3, ["plan 300 58 current @1"]],
  ["lower ten minutes later is not believed yet", shown([0, 58], [10, 54]), 11, ["plan 300 58 current @0"]],
  ["lower after that is", shown([0, 58], [10.1, 54]), 11, ["plan 300 54 current @10.1"]],
  ["lower with another reset is another run", shown([0, 58, 0.5], [1, 3, 301]), 2, ["plan 300 3 current @1"]],
  ["reset by the provider", shown([0, 58], [1, 3, 301]), 2, ["plan 300 3 current @1, moved 121"]],
  ["moved forward", shown([0, 58], [1, 58, 60]), 2, ["plan 300 58 current @1, moved -120"]],
  ["moved twice: by the last step", shown([0, 5, 60], [1, 5, 90], [2, 5, 180]), 3, ["plan 300 5 current @2, moved 90"]],
  ["two minutes are none", shown([0, 5, 180], [1, 5.5, 182]), 3, ["plan 300 5.5 current @1"]],
  ["to and fro", shown([0, 50], [1, 10, 240], [2, 51]), 3, ["plan 300 51 current @2, mixed"]],
  ["the run before is over: nothing to and fro", shown([-9, 50, 0], [1, 10], [-8, 60, 0]), 3, [
    "plan 300 10 current @1",
  ]],
  ["98 right after a reset", shown([0, 2, 5], [10, 98, 305]), 11, [
    "plan 300 98 current @10, unconfirmed, nearly_full",
  ]],
  ["and a refusal", shown([-110, 100, 180]), -100, ["plan 300 100 current @-110, full"], [REFUSED]],
  ["a refusal of another account", shown([-110, 100, 180]), -100, [
    "plan 300 100 current @-110, unconfirmed, full",
  ], [{ ...REFUSED, account: "/h/.other" }]],
  ["half an hour later it may be", shown([-89, 100, 180]), -88, ["plan 300 100 current @-89, full"]],
  ["windows are apart", [...shown([0, 40]), ...shown([0, 60, 5000, WEEK])], 1, [
    "plan 300 40 current @0",
    "plan 10080 60 current @0",
  ]],
  ["accounts are apart", [...shown([0, 40]), { ...shown([1, 90])[0]!, account: "/h/.claude-work" }], 2, [
    "plan 300 40 current @0",
    "plan 300 90 current @1, nearly_full",
  ]],
  [
    "another limit's record says nothing of this one",
    [
      logged(0, "codex", [0, 37.5], [0, 81, 5000, WEEK]),
      logged(1, "codex_bengalfox", [1, 12]),
    ],
    2,
    ["300 37.5 current @0", "10080 81 current @0, high", "codex_bengalfox 300 12 current @1"],
  ],
  ["gone", [logged(0, "codex", [0, 20], [0, 40, 5000, WEEK]), logged(10, "codex", [0, 41, 5000, WEEK])], 11, [
    "300 20 gone @0",
    "10080 41 current @10",
  ]],
  [
    "and back",
    [
      logged(0, "codex", [0, 20], [0, 40, 5000, WEEK]),
      logged(10, "codex", [0, 41, 5000, WEEK]),
      logged(11, "codex", [0, 1, 300], [0, 41, 5000, WEEK]),
    ],
    12,
    ["300 1 current @11, moved 120", "10080 41 current @11"],
  ],
  [
    "gone of one account is there of another",
    [
      logged(0, "codex", [0, 20], [0, 40, 5000, WEEK]),
      { ...logged(10, "codex", [0, 41, 5000, WEEK]), account: "/h/.codex-work" },
    ],
    11,
    ["300 20 current @0", "10080 40 current @0", "10080 41 current @10"],
  ],
  ["a log reads it each time", [logged(0, "codex", [0, 20]), logged(14, "codex", [0, 20])], 16, ["300 20 current @14"]],
  ["pace", shown([0, 40], [30, 50]), 31, ["plan 300 50 current @30, pace 20"]],
  ["two points are none", shown([0, 40], [30, 42]), 31, ["plan 300 42 current @30"]],
  ["nine minutes are none", shown([0, 40], [9, 50]), 10, ["plan 300 50 current @9"]],
  ["not over the reset", shown([0, 10, 20], [30, 50, 320]), 31, ["plan 300 50 current @30"]],
  ["not from an hour before", shown([0, 10], [61, 50]), 62, ["plan 300 50 current @61"]],
  ["since it went down", shown([0, 80], [20, 10], [50, 40]), 51, ["plan 300 40 current @50, pace 60, nearly_full"]],
  ["fills before its reset", shown([0, 40], [30, 70]), 31, ["plan 300 70 current @30, pace 60, nearly_full"]],
  ["long ago", shown([0, 40], [30, 50]), 91, ["plan 300 50 stale @30"]],
];

Deno.test("how near a limit is", async (t) => {
  for (const [what, records, asOf, expected, refused = []] of ROWS) {
    await t.step(what, () => {
      deepStrictEqual(reportLimits(records, refused, minute(asOf)).map(wordsOf), expected);
    });
  }
});

Deno.test("the request tells what is shown again from what is read again", () => {
  const of = (at: number, used: number, turn: string) => shown([at, used]).map((record) => ({ ...record, turn }));
  // An idle terminal goes on showing what it was told at 0, while another one read 58.
  const idle = [...of(0, 54, "a"), ...of(1, 58, "b"), ...of(20, 54, "a")];
  deepStrictEqual(reportLimits(idle, [], minute(21)).map(wordsOf), ["plan 300 58 stale @1"]);
  const again = [...of(0, 54, "a"), ...of(20, 54, "b")];
  deepStrictEqual(reportLimits(again, [], minute(21)).map(wordsOf), ["plan 300 54 current @20"]);
});

Deno.test("a pace is a span by the last digit", () => {
  // 10 points in 30 minutes, each figure off by half a point: 9 to 11 of them. 50 points more take 150 minutes, 150 * 10/11
  // at least and 150 * 10/9 at most.
  const [whole] = reportLimits(shown([0, 40], [30, 50]), [], minute(31));
  const { fullAt, earliest, latest, beforeReset } = whole!.pace!;
  deepStrictEqual([fullAt, earliest, latest, beforeReset], [
    minute(180),
    minute(30) + Math.round(150 * 10 / 11 * 60_000),
    minute(30) + Math.round(150 * 10 / 9 * 60_000),
    false,
  ]);
  // With a decimal: 9.9 to 10.1 of them.
  const [tenths] = reportLimits(shown([0, 40.5], [30, 50.5]), [], minute(31));
  deepStrictEqual(tenths!.pace!.latest, minute(30) + Math.round(49.5 / 9.9 * 30 * 60_000));
  // Since two hours before noon: 50 points in 150 minutes.
  deepStrictEqual(whole!.averagePerHour, 20);
});
