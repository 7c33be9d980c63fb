/** What the first screen says after a day of work, and after a day off. */
import { deepStrictEqual, match, ok } from "node:assert/strict";
import { renderView } from "../../cli/output/render.ts";
import type { Clock } from "../report/clock_input.ts";
import type { OverviewOutput } from "./overview_output.ts";
import { viewOverview } from "./overview_view.ts";

const NOW = Date.parse("2026-11-26T14:07:00Z");
const CLOCK: Clock = { now: NOW, timezone: "UTC", isPast: false };
const USAGE = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };

type Span = OverviewOutput["spans"]["today"];

function span(usd: number, before: number | undefined, rest: Partial<Span> = {}): Span {
  const sum = {
    since: "2026-11-26T00:00:00.000Z",
    until: "2026-11-26T14:07:00.000Z",
    turns: 1028,
    sessions: 22,
    usage: USAGE,
    cost: { usd, basis: "computed" as const, unpricedTurns: 0 },
    cacheHitRatio: 0.949,
    misses: 0,
  };
  const until = "2026-11-25T14:15:00.000Z";
  return {
    ...sum,
    previous: before === undefined ? undefined : { ...sum, until, cost: { ...sum.cost, usd: before } },
    ...rest,
  };
}

function overviewOf(rest: Partial<OverviewOutput> = {}): OverviewOutput {
  const { previous: _, ...today } = span(0, 0);
  return {
    schemaVersion: 1,
    asOf: "2026-11-26T14:07:00.000Z",
    timezone: "UTC",
    pricesAsOf: "2026-11-10",
    today,
    spans: {
      today: span(31.36, 28),
      yesterday: span(103.79, 110),
      sevenDays: span(638.11, 638.11),
      thirtyDays: span(1, 1),
      month: span(1574.33, undefined),
    },
    unpricedCaches: 0,
    totalWarm: 0,
    warm: [],
    totalSessions: 1028,
    sessions: [],
    roots: [{ source: "pi", path: "/p", exists: true, files: 3 }],
    next: [{ command: "session 01a1e223 --misses", explains: "4 misses cost $8.88 in the last 7 days" }],
    notes: [],
    ...rest,
  };
}

function screen(output: OverviewOutput, width = 80): string {
  return renderView(viewOverview(output, CLOCK, { home: "/home/u" }), { width, color: false });
}

function warm(expiresAt: string, state: "warm" | "maybe" = "warm"): OverviewOutput["warm"][number] {
  return {
    source: "pi",
    sessionId: "01a1fb65",
    shortId: "01a1fb65",
    file: "/f",
    turns: 1,
    subagents: 0,
    models: [],
    usage: USAGE,
    cost: { usd: 1, basis: "computed", unpricedTurns: 0 },
    cache: {
      state,
      strategy: "anthropic_ephemeral",
      tokens: 1,
      model: "claude-opus-4-6",
      expiresAt,
      resumeUsd: { warm: 0.1, cold: 1 },
    },
  };
}

Deno.test("today, yesterday, seven days and the month, each beside the span before it, in 80 columns", () => {
  const lines = screen(overviewOf()).split("\n");
  const words = lines.slice(0, 5).map((line) => line.trim().split(/ {2,}/));
  deepStrictEqual(words, [
    ["Spent", "Cost", "Before", "Change", "Turns", "Sessions", "From cache"],
    // 31.36 / 28 = 1.12; 103.79 / 110 = 0.9435…
    ["Today", "$31.36", "$28.00", "+12%", "1,028", "22", "94.9%"],
    ["Yesterday", "$103.79", "$110.00", "-6%", "1,028", "22", "94.9%"],
    ["7 days", "$638.11", "$638.11", "same", "1,028", "22", "94.9%"],
    ["November", "$1,574.33", "-", "-", "1,028", "22", "94.9%"],
  ]);
  for (const line of lines) ok(line.length <= 80, line);
  const text = lines.join(" ");
  match(
    text,
    /From cache: share of the prompt\. Before: as much of the span before; for today, +yesterday until 14:15\./,
  );
});

Deno.test("a change is unknown where a sum lacks something, and none where nothing was before", () => {
  const unpriced = { usd: 1, basis: "computed", unpricedTurns: 2 } as const;
  const text = screen(overviewOf({
    spans: {
      ...overviewOf().spans,
      today: span(1, 1, { cost: unpriced }),
      yesterday: span(5, 0),
      month: span(0, 5, { turns: 0, sessions: 1, cacheHitRatio: undefined }),
    },
  }));
  match(text, /^Today +\$1\.00\+ +\$1\.00 +\? /m);
  match(text, /^Yesterday +\$5\.00 +\$0\.00 +- /m);
  // A sum without turns has no count of them.
  match(text, /^November +\$0\.00 +\$5\.00 +-100% +- +1 +-$/m);
});

Deno.test("after a day off it says when the last cache went cold, and where money was lost", () => {
  const text = screen(overviewOf({ lastColdAt: "2026-11-26T13:53:00.000Z" }));
  match(text, /^No cache is warm\. The last cache went cold 14m ago\.$/m);
  match(text, /^opper-agent session 01a1e223 --misses {2}4 misses cost \$8\.88 in the last 7 days$/m);
  match(screen(overviewOf()), /^No cache is warm\.$/m);
});

Deno.test("what is at stake in all warm caches stands above those that are listed", () => {
  const row = warm("2026-11-26T14:10:00.000Z");
  const rows: [rest: Partial<OverviewOutput>, title: RegExp][] = [
    [{ warm: [row], totalWarm: 1, atStakeUsd: 0.9 }, /^Warm caches, \$0\.900 at stake$/m],
    [{ warm: [row], totalWarm: 1200, atStakeUsd: 7.27 }, /^Warm caches \(1 of 1,200\), \$7\.27 at stake$/m],
    [{ warm: [row], totalWarm: 1, atStakeUsd: 7.27, unpricedCaches: 1 }, /^Warm caches, \$7\.27\+ at stake$/m],
    [{ warm: [row], totalWarm: 1, unpricedCaches: 1 }, /^Warm caches, \? at stake$/m],
    [{ warm: [warm("2026-11-26T14:10:00.000Z", "maybe")], totalWarm: 1, atStakeUsd: 0 }, /^Warm caches$/m],
  ];
  for (const [rest, title] of rows) match(screen(overviewOf(rest)), title);
  // 1 - 0.1.
  match(screen(overviewOf(rows[0]![0])), /^Cache +Session +Project +Model +At stake\nwarm 3m 00s .* \$0\.900$/m);
});
