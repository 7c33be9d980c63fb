/**
 * `limits` over small homes, as real processes. `fixtures/limits/<case>` has a home, what the status line kept
 * (`readings.jsonl`), and in `expected.json` what is right; the cases below are of other kinds.
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LimitsOutput } from "../src/operations/limits/limits_output.ts";
import { writeLog } from "./support/logs.ts";
import { runAgent, withTemporaryDirectory } from "./support/run_agent.ts";

type Expected = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface LimitCase {
  readonly asOf: string;
  /** By `<source> <limit> <window>`. */
  readonly windows: Expected;
  readonly hits: number;
}

const CASES = new URL("./fixtures/limits/", import.meta.url);
const ZONES = ["Asia/Kolkata", "America/Los_Angeles"];

async function ask(home: string, opperHome: string, zone: string, ...args: string[]): Promise<LimitsOutput> {
  const run = await runAgent(["limits", "--json", ...args], { home, opperHome, cwd: "/", env: { TZ: zone } });
  strictEqual(run.code, 0, run.stderr);
  return JSON.parse(run.stdout);
}

/** The windows, each with the fields that are expected of it, and times as milliseconds. */
function windowsOf({ limits }: LimitsOutput, expected: Expected): Expected {
  return Object.fromEntries(limits.map((limit) => {
    const key = `${limit.source} ${limit.limit} ${limit.window}`;
    const { pace } = limit;
    const shown: Record<string, unknown> = {
      ...limit,
      resetMoved: limit.resetMovedMs,
      pace: pace && {
        ...pace,
        fullAt: Date.parse(pace.fullAt),
        earliest: Date.parse(pace.earliest),
        latest: Date.parse(pace.latest),
      },
    };
    return [key, Object.fromEntries(Object.keys(expected[key] ?? {}).map((field) => [field, shown[field]]))];
  }));
}

for (const { name } of [...Deno.readDirSync(CASES)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  Deno.test(`limits of ${name}`, async () => {
    const place = fileURLToPath(new URL(`${name}/`, CASES));
    const { asOf, windows, hits } = JSON.parse(await Deno.readTextFile(join(place, "expected.json"))) as LimitCase;
    for (const zone of ZONES) {
      await withTemporaryDirectory(async (opperHome) => {
        await Deno.mkdir(join(opperHome, "agent"));
        await Deno.copyFile(join(place, "readings.jsonl"), join(opperHome, "agent/limits.jsonl"));
        const answer = await ask(join(place, "home"), opperHome, zone, "--as-of", asOf);
        deepStrictEqual(windowsOf(answer, windows), windows);
        strictEqual(answer.refused.length, hits);
      });
    }
  });
}

const NOW = Date.parse("2026-11-25T12:00:00Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const seconds = (minutes: number) => NOW / 1000 + minutes * 60;

const THREAD = "01a20000-0000-7000-8000-00000000000a";

function codexLog(home: string, directory = ".codex", thread = THREAD): string {
  return join(home, directory, `sessions/2026/11/25/rollout-2026-11-25T11-00-00-${thread}.jsonl`);
}

const slot = (used: unknown, minutes: unknown, reset: unknown) => ({
  used_percent: used,
  window_minutes: minutes,
  resets_at: typeof reset === "number" ? seconds(reset) : reset,
});

function tokenCount(minutes: number, limits: object): object {
  return {
    timestamp: at(minutes),
    type: "event_msg",
    payload: { type: "token_count", info: null, rate_limits: limits },
  };
}

const shown = (minutes: number, limits: object, more: object = {}) => ({
  at: at(minutes),
  source: "claude",
  limits,
  ...more,
});
const fiveHours = (used: unknown, resetsAt: unknown) => ({ five_hour: { used_percentage: used, resets_at: resetsAt } });

interface OwnCase {
  readonly what: string;
  readonly codex?: readonly (string | object)[];
  readonly claude?: readonly (string | object)[];
  readonly kept?: readonly (string | object)[];
  readonly expected: Expected;
  readonly hits?: number;
  /** How many readings can be none. @default none */
  readonly faults?: number;
}

const refusal = (minutes: number, quotaLimits: object) => ({
  type: "assistant",
  uuid: `u${minutes}`,
  sessionId: "s",
  timestamp: at(minutes),
  message: { model: "<synthetic>", role: "assistant", content: [] },
  error: "rate_limit",
  quotaLimits,
});

const OWN: readonly OwnCase[] = [
  {
    what: "the week in slot one, the hours in slot two",
    codex: [tokenCount(-5, { limit_id: "codex", primary: slot(50, 10080, 4000), secondary: slot(7, 300, 100) })],
    expected: {
      "codex codex 5h": { usedPercent: 7, state: "current" },
      "codex codex weekly": { usedPercent: 50, state: "current" },
    },
  },
  {
    what: "windows a minute short, as older versions wrote them, and no limit's name",
    codex: [tokenCount(-5, { primary: slot(50, 299, 100), secondary: slot(7, 10079, 4000) })],
    expected: { "codex codex 5h": { usedPercent: 50 }, "codex codex weekly": { usedPercent: 7 } },
  },
  {
    what: "answers that name a second limit alone leave the first as it was",
    codex: [
      tokenCount(-30, { limit_id: "codex", primary: slot(37.5, 300, 100), secondary: slot(81, 10080, 4000) }),
      tokenCount(-5, {
        limit_id: "codex_bengalfox",
        limit_name: "GPT-Spark",
        primary: slot(12, 300, 50),
        secondary: null,
      }),
      tokenCount(-4, { limit_id: "premium", primary: null, secondary: null }),
    ],
    expected: {
      "codex codex 5h": { usedPercent: 37.5, state: "stale" },
      "codex codex weekly": { usedPercent: 81, state: "stale" },
      "codex codex_bengalfox 5h": { usedPercent: 12, state: "current", name: "GPT-Spark" },
    },
  },
  {
    what: "lower after credits for a reset",
    codex: [
      tokenCount(-40, { limit_id: "codex", primary: slot(97, 300, 100), secondary: null }),
      tokenCount(-20, { limit_id: "codex", primary: slot(3, 300, 100), secondary: null }),
      tokenCount(-5, { limit_id: "codex", primary: slot(4, 300, 100), secondary: null }),
    ],
    expected: { "codex codex 5h": { usedPercent: 4, state: "current", pace: null } },
  },
  {
    what: "a reset that goes to and fro",
    kept: [
      shown(-12, fiveHours(50, seconds(100))),
      shown(-8, fiveHours(10, seconds(200))),
      shown(-2, fiveHours(51, seconds(100))),
    ],
    expected: { "claude plan 5h": { usedPercent: 51, resetMoved: null, mixed: true } },
  },
  {
    what: "a reading of a window that ended is no sign that another one is gone",
    codex: [
      tokenCount(-60, { limit_id: "codex", primary: slot(90, 300, -20), secondary: slot(40, 10080, 4000) }),
      tokenCount(-5, { limit_id: "codex", primary: slot(90, 300, -20), secondary: slot(41, 10080, 4000) }),
    ],
    expected: {
      "codex codex 5h": { usedPercent: null, usedBefore: 90, state: "reset" },
      "codex codex weekly": { usedPercent: 41, state: "current" },
    },
  },
  {
    what: "figures that are none, beside one that is",
    kept: [
      shown(-9, fiveHours("42", seconds(100))),
      shown(-8, fiveHours(-1, seconds(100))),
      shown(-7, fiveHours(1e9, seconds(100))),
      shown(-6, fiveHours(42, String(seconds(100)))),
      shown(-5, fiveHours(42, seconds(100) * 1000)),
      '{"at":"2026-11-25T11:57:00.000Z","source":"claude","limits":{"five_hour":{"used_percentage":NaN}}}',
      shown(-3, { five_hour: 42, seven_day: { used_percentage: 8.5, resets_at: seconds(4000) } }),
      // Not said is no fault.
      shown(-2, fiveHours(42, null)),
      shown(-1, fiveHours(null, seconds(100))),
    ],
    expected: { "claude plan weekly": { usedPercent: 8.5, state: "current" } },
    faults: 7,
  },
  {
    what: "lines that are none, and half a line at the end",
    kept: ["", "nonsense", "[]", '{"at":"x"}', shown(-3, fiveHours(42, seconds(100))), '{"at":"2026-11-25T11:59'],
    expected: { "claude plan 5h": { usedPercent: 42 } },
    // The last one has its newline here, so that it is broken as well.
    faults: 4,
  },
  {
    what: "windows of other lengths, and a budget of a gateway",
    codex: [tokenCount(-5, { limit_id: "codex", primary: slot(5, 90, 60), secondary: slot(6, 1440, 900) })],
    kept: [shown(-5, { spend_limit: { used_percentage: 250, resets_at: seconds(9000), period: "monthly" } })],
    expected: {
      "claude spend 30d": { usedPercent: 250, level: "full" },
      "codex codex 90m": { usedPercent: 5 },
      "codex codex 1d": { usedPercent: 6 },
    },
  },
  {
    what: "a fork's log begins with what its parent read, with times rewritten",
    codex: [
      {
        timestamp: at(-6),
        type: "session_meta",
        payload: { id: "01a20001-0000-7000-8000-00000000000b", forked_from_id: THREAD, timestamp: at(-6) },
      },
      { timestamp: at(-6), type: "turn_context", payload: { turn_id: "01a20000-1000-7000-8000-00000000000c" } },
      tokenCount(-6, { limit_id: "codex", primary: slot(2, 300, 100), secondary: null }),
      { timestamp: at(-5), type: "turn_context", payload: { turn_id: "01a20001-1000-7000-8000-00000000000d" } },
      tokenCount(-5, { limit_id: "codex", primary: slot(81, 300, 100), secondary: null }),
    ],
    expected: { "codex codex 5h": { usedPercent: 81, pace: null } },
  },
  {
    what: "refused requests, one of them told twice, and one that was let through",
    claude: [
      refusal(-60, { status: "rejected", rateLimitType: "five_hour", resetsAt: seconds(100) }),
      refusal(-60, { status: "rejected", rateLimitType: "five_hour", resetsAt: seconds(100) }),
      refusal(-30, { status: "allowed", rateLimitType: "five_hour" }),
      refusal(-20, { status: "rejected", rateLimitType: "seven_day_opus", resetsAt: "soon" }),
      refusal(20, { status: "rejected", rateLimitType: "five_hour", resetsAt: seconds(100) }),
    ],
    expected: {},
    hits: 2,
  },
  {
    what: "98 of 100 minutes after a reset",
    kept: [shown(-15, fiveHours(98, seconds(290)))],
    expected: { "claude plan 5h": { usedPercent: 98, unconfirmed: true } },
  },
];

async function writeCase(home: string, { codex, claude, kept }: OwnCase): Promise<void> {
  if (codex !== undefined) await writeLog(codexLog(home), codex);
  if (claude !== undefined) {
    await writeLog(join(home, ".claude/projects/-x/11111111-1111-4111-8111-111111111111.jsonl"), claude);
  }
  if (kept !== undefined) await writeLog(join(home, ".opper/agent/limits.jsonl"), kept);
}

for (const own of OWN) {
  Deno.test(`limits: ${own.what}`, () =>
    withTemporaryDirectory(async (home) => {
      await writeCase(home, own);
      for (const zone of ZONES) {
        const answer = await ask(home, join(home, ".opper"), zone, "--as-of", at(0));
        deepStrictEqual(windowsOf(answer, own.expected), own.expected);
        strictEqual(answer.refused.length, own.hits ?? 0);
        strictEqual(answer.notes.filter((note) => note.includes("left out")).length, own.faults === undefined ? 0 : 1);
      }
      const doctor = await runAgent(["doctor", "--quick", "--json", "--as-of", at(0)], { home });
      const { problems } = JSON.parse(doctor.stdout) as { readonly problems: readonly { readonly message: string }[] };
      strictEqual(problems.filter(({ message }) => /limit/.test(message)).length, own.faults ?? 0);
    }));
}
