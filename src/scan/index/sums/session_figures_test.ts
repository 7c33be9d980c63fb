import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { CacheAnchor } from "../../../core/cache/strategy.ts";
import type { Cost, EpochMs } from "../../../core/model.ts";
import type { Session } from "../../../core/session.ts";
import { SessionFigures } from "./session_figures.ts";
import { encodeSession } from "./stored_session.ts";

const MODEL = { provider: "anthropic", model: "claude-sonnet-4-5" };
const USAGE = { input: 1, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 4, output: 5 };

interface Given {
  readonly startedAt?: EpochMs;
  readonly lastActivityAt?: EpochMs;
  readonly anchorAt?: EpochMs;
  readonly cost?: Cost;
  readonly rest?: Partial<Session>;
}

const COST: Cost = { usd: 0.1 + 0.2, basis: "computed", unpricedTurns: 0 };

function sessionOf({ startedAt, lastActivityAt, anchorAt, cost = COST, rest }: Given): Session {
  const anchor: CacheAnchor | undefined = anchorAt === undefined
    ? undefined
    : { model: MODEL, at: anchorAt, tokens: 9, oneHourTokens: 0 };
  return {
    source: "claude",
    sessionId: "a",
    file: "/a",
    files: ["/a"],
    startedAt,
    lastActivityAt,
    rollup: {
      turns: 1,
      usage: USAGE,
      cost,
      models: [{ ...MODEL, turns: 1, usage: USAGE, cost }],
      chains: [{ chain: "main", turns: 1, usage: USAGE, cost, lastAt: anchorAt ?? 0 }],
      anchor,
      resume: {},
      misses: 0,
    },
    ...rest,
  };
}

const AT = Date.parse("2026-11-20T10:00:00Z");

const GIVEN: readonly Given[] = [
  {},
  { startedAt: AT },
  { lastActivityAt: AT },
  { anchorAt: AT },
  { startedAt: AT, lastActivityAt: AT + 5, anchorAt: AT + 3 },
  // A clock that was set back, and times before all.
  { startedAt: AT, lastActivityAt: AT - 5, anchorAt: AT - 3 },
  { startedAt: 0, lastActivityAt: -5, anchorAt: 0 },
  // Differences of these would not be exact.
  { startedAt: AT + 0.1, lastActivityAt: AT + 0.3, anchorAt: AT + 0.7 },
  { startedAt: 0.1, lastActivityAt: 0.3, anchorAt: 2 ** 53 },
  { startedAt: AT, cost: { usd: 1234.567890123456, basis: "reported", unpricedTurns: 0 } },
  { cost: { usd: 0, basis: "none", unpricedTurns: 0 } },
  { cost: { usd: 1, basis: "mixed", unpricedTurns: 0 } },
];

Deno.test("what every session is asked is what it was", () => {
  const sessions = GIVEN.map(sessionOf);
  const lists = sessions.map((session) => encodeSession(session, true).figures);
  const figures = new SessionFigures(JSON.parse(`[${lists.join()}]`));
  for (const [place, session] of sessions.entries()) {
    deepStrictEqual(
      [figures.startedAt(place), figures.lastActivityAt(place), figures.cacheUsedAt(place), figures.cost(place)],
      [session.startedAt, session.lastActivityAt, session.rollup.anchor?.at, session.rollup.cost],
    );
    strictEqual(figures.isComputed(place), ["computed", "mixed"].includes(session.rollup.cost.basis));
    deepStrictEqual([figures.hasTotal(place), figures.mayCostMore(place)], [false, false]);
  }
});

Deno.test("what only the rest of a session knows is not said without it", () => {
  const open: readonly Cost[] = [
    { usd: 1, basis: "computed", unpricedTurns: 1 },
    { usd: 1, basis: "computed", unpricedTurns: 0, standardRateTurns: 1 },
    { usd: Infinity, basis: "reported", unpricedTurns: 0 },
  ];
  const lists = open.map((cost) => encodeSession(sessionOf({ cost }), true).figures);
  const figures = new SessionFigures(JSON.parse(`[${lists.join()}]`));
  for (const place of open.keys()) {
    deepStrictEqual([figures.cost(place), figures.isComputed(place)], [undefined, undefined]);
  }
});

Deno.test("a tool's total is asked about where it may add something", () => {
  const totals: readonly [rest: Partial<Session>, mayCostMore: boolean][] = [
    [{ toolTotal: { usd: 1 } }, true],
    [{ toolTotal: { usd: 0.3 } }, false],
    [{ toolTotal: { usd: 1, guessed: true } }, false],
    [{ toolTotal: { usd: 1 }, parentSessionId: "b" }, false],
  ];
  const lists = totals.map(([rest]) => encodeSession(sessionOf({ rest }), true).figures);
  const figures = new SessionFigures(JSON.parse(`[${lists.join()}]`));
  for (const [place, [, mayCostMore]] of totals.entries()) {
    deepStrictEqual([figures.hasTotal(place), figures.mayCostMore(place)], [true, mayCostMore]);
  }
});
