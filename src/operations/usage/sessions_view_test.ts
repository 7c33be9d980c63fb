/** What a list of sessions shows in a terminal, and what it gives up where there is little room. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { renderView } from "../../cli/output/render.ts";
import type { Clock } from "../report/clock_input.ts";
import type { SessionJson } from "../report/schemas.ts";
import { sessionsTable, viewSessions } from "./sessions_view.ts";

const CLOCK: Clock = { now: Date.parse("2026-11-20T12:00:00Z"), timezone: "UTC", isPast: false };
const CONTEXT = { home: "/home/u" };
const MODEL = "claude-sonnet-4-5-20250929";

function session(sessionId: string, rest: Partial<SessionJson> = {}): SessionJson {
  const usage = { input: 10, cacheRead: 90, cacheWrite: 0, cacheWrite1h: 0, output: 5 };
  const cost = { usd: 1.5, basis: "computed", unpricedTurns: 0 } as const;
  return {
    source: "claude",
    sessionId,
    shortId: sessionId,
    file: `/logs/${sessionId}.jsonl`,
    cwd: "/home/u/work/api",
    startedAt: "2026-11-20T10:00:00.000Z",
    lastActivityAt: "2026-11-20T10:06:30.000Z",
    durationMs: 390_000,
    turns: 12,
    subagents: 0,
    models: [{ provider: "anthropic", model: MODEL, turns: 12, usage, cost }],
    usage,
    cost,
    cacheHitRatio: 0.9,
    cache: { state: "cold", strategy: "anthropic_ephemeral", tokens: 100 },
    ...rest,
  };
}

const KNOWN = { largestPrompt: 156_000, misses: 2, missUsd: 0.75 };
const TITLED = session("01a1fb65", { title: "Mend the login page", ...KNOWN });

function screen(sessions: SessionJson[], width: number): string {
  const output = {
    schemaVersion: 1 as const,
    asOf: "2026-11-20T12:00:00.000Z",
    pricesAsOf: "2026-11-10",
    total: sessions.length,
    totalCost: { usd: 3, basis: "computed" as const, unpricedTurns: 0 },
    sessions,
    notes: [],
  };
  return renderView(viewSessions(output, CLOCK, CONTEXT), { width, color: false });
}

function cellsOf(sessions: readonly SessionJson[], key: string): string[] {
  const { columns, rows } = sessionsTable(sessions, CLOCK, CONTEXT);
  const place = columns.findIndex((column) => column.key === key);
  return rows.map((row) => row[place]!.text);
}

Deno.test("columns that no session has something for are not there", () => {
  const titles = (sessions: SessionJson[]) => sessionsTable(sessions, CLOCK, CONTEXT).columns.map(({ title }) => title);
  const plain = ["Last active", "Session", "Source", "Project", "Models", "Turns", "Duration", "Tokens", "Hit", "Cost"];
  deepStrictEqual(titles([session("a")]), [...plain, "Cache"]);
  for (const title of ["Title", "Largest", "Lost", "Trace"]) {
    ok(titles([session("a"), { ...TITLED, traceId: "9f86" }]).includes(title), title);
  }
});

Deno.test("what goes first where there is little room: sums, then the agent, then models; never what names a session", () => {
  const { columns } = sessionsTable([{ ...TITLED, traceId: "9f86" }], CLOCK, CONTEXT);
  const dropped = columns.filter(({ priority = 0 }) => priority > 0)
    .sort((a, b) => b.priority! - a.priority!).map(({ title }) => title);
  const first = ["Trace", "Largest", "Duration", "Tokens", "Lost", "Turns", "Source", "Models"];
  deepStrictEqual(dropped, [...first, "Hit", "Project", "Title", "Session"]);
});

Deno.test("in 80 columns a title stands in place of the agent, and a model has its short name", () => {
  const text = screen([TITLED, session("515db173")], 80);
  const [header, row] = text.split("\n");
  match(header!, /^Last active +Session +Title +Project/);
  ok(!header!.includes("Source"), text);
  // What is cut is cut at its end.
  match(row!, / Mend the log[^ ]*… +api +sonnet-4-5 /);
  for (const line of text.split("\n")) ok(line.length <= 80, line);
});

Deno.test("in 140 columns there is room for how long, how large and what was lost", () => {
  const text = screen([{ ...TITLED, title: undefined }, session("515db173", { models: [] })], 140);
  const [header, row] = text.split("\n");
  match(header!, /Source .*Models .*Turns +Duration +Tokens +Largest +Hit +Lost +Cost/);
  match(row!, /6m 30s +105 +156k +90\.0% +\$0\.750 +\$1\.50/);
});

Deno.test("what is not known is shown as unknown, and never as nothing", () => {
  const rows = [
    TITLED,
    session("b", { misses: 0, missUsd: 0, largestPrompt: 10 }),
    // Some misses, and no price for them.
    session("c", { misses: 3 }),
    session("d", { durationMs: undefined }),
  ];
  deepStrictEqual(cellsOf(rows, "missUsd"), ["$0.750", "-", "?", "?"]);
  deepStrictEqual(cellsOf(rows, "largestPrompt"), ["156k", "10", "?", "?"]);
  deepStrictEqual(cellsOf(rows, "durationMs"), ["6m 30s", "6m 30s", "6m 30s", "?"]);
  strictEqual(cellsOf(rows, "title")[1], "");
});
