import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Cost, ToolTotal } from "../model.ts";
import type { ModelRollup } from "../rollup.ts";
import type { Session } from "../session.ts";
import { costsOf, doubtOf, SessionNeighbours } from "./tool_total.ts";

const AT = Date.parse("2026-11-20T10:00:00Z");
const MINUTE = 60_000;
const NO_TOKENS = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0 };

function model(name: string, cost: Cost): ModelRollup {
  return { provider: "anthropic", model: name, turns: 1, usage: NO_TOKENS, cost };
}

function session(
  id: string,
  minute: number,
  usd: number,
  toolTotal: ToolTotal | undefined,
  more: Partial<Session> & { readonly copiedTurns?: number; readonly models?: readonly ModelRollup[] } = {},
): Session {
  const { copiedTurns, models = [], ...facts } = more;
  const unpricedTurns = models.reduce((sum, { cost }) => sum + cost.unpricedTurns, 0);
  const basis = usd > 0 || unpricedTurns === 0 ? "computed" : "none";
  return {
    source: "claude",
    sessionId: id,
    file: `/${id}`,
    files: [`/${id}`],
    cwd: "/srv/app",
    startedAt: AT + minute * MINUTE,
    lastActivityAt: AT + (minute + 1) * MINUTE,
    toolTotal,
    rollup: {
      turns: 1,
      usage: NO_TOKENS,
      cost: { usd, basis, unpricedTurns },
      models,
      chains: [],
      resume: {},
      misses: 0,
      copiedTurns,
    },
    ...facts,
  };
}

Deno.test("costsOf() what a tool's total adds", async (t) => {
  // The tool says $0.05, the lines add up to $0.04: $0.01 for what has no line.
  const plain = session("b", 10, 0.04, { usd: 0.05 });
  const since = (minute: number) => AT + minute * MINUTE;
  const rows: [name: string, session: Session, others: readonly Session[], unloggedCents: number | undefined][] = [
    ["more than the lines", plain, [], 1],
    ["the same", session("b", 10, 0.05, { usd: 0.05 }), [], undefined],
    ["the same but for what floating-point numbers lose", session("b", 10, 0.05, { usd: 0.05 + 1e-12 }), [], undefined],
    ["less: the log went on", session("b", 10, 0.06, { usd: 0.05 }), [], undefined],
    ["no total", session("b", 10, 0.04, undefined), [], undefined],
    ["guessed", session("b", 10, 0.04, { usd: 0.05, guessed: true }), [], undefined],
    ["a fork's goes on from its parent's", { ...plain, parentSessionId: "a" }, [], undefined],
    ["so does a copy's without a mark", session("b", 10, 0.04, { usd: 0.05 }, { copiedTurns: 3 }), [], undefined],
    [
      "after another session in the same process",
      session("b", 10, 0.04, { usd: 0.05, countedSince: since(-1) }),
      [session("a", 0, 0.02, { usd: 0.02, countedSince: since(-1) })],
      undefined,
    ],
    [
      "before another session in the same process",
      session("a", 0, 0.02, { usd: 0.03, countedSince: since(-1) }),
      [session("b", 10, 0.04, { usd: 0.07, countedSince: since(-1) })],
      1,
    ],
    [
      // The process began while the other session was at work, and what is left over would do for it.
      "after another session whose own total is gone",
      session("b", 10, 0.04, { usd: 0.06, countedSince: since(0) }),
      [session("a", 0, 0.02, undefined)],
      undefined,
    ],
    [
      "after another session that cost more than what is left over",
      session("b", 10, 0.04, { usd: 0.05, countedSince: since(0) }),
      [session("a", 0, 0.02, undefined)],
      1,
    ],
    [
      "in a process that began when the other session was over",
      session("b", 10, 0.04, { usd: 0.06, countedSince: since(5) }),
      [session("a", 0, 0.02, undefined)],
      2,
    ],
    [
      "beside another process in the same directory, with a sum of its own",
      session("b", 10, 0.04, { usd: 0.06, countedSince: since(0) }),
      [session("a", 0, 0.02, { usd: 0.02, countedSince: since(-1) })],
      2,
    ],
    [
      "after another session that was resumed in a later process",
      session("b", 10, 0.04, { usd: 0.06, countedSince: since(0) }),
      [session("a", 0, 0.02, { usd: 0.02, countedSince: since(30) })],
      undefined,
    ],
    [
      "in another directory",
      session("b", 10, 0.04, { usd: 0.06 }),
      [session("a", 0, 0.02, undefined, { cwd: "/srv/other" })],
      2,
    ],
    ["of another tool", session("b", 10, 0.04, { usd: 0.06 }), [session("a", 0, 0.02, undefined, { source: "pi" })], 2],
  ];
  for (const [name, one, others, cents] of rows) {
    await t.step(name, () => {
      const { cost } = costsOf(one, new SessionNeighbours([one, ...others]));
      strictEqual(cost.usd, one.rollup.cost.usd);
      strictEqual(cost.unlogged?.basis, cents === undefined ? undefined : "reported");
      strictEqual(cost.unlogged && Math.round(cost.unlogged.usd * 1e8) / 1e6, cents);
    });
  }
});

Deno.test("costsOf() a total says what turns without a known price cost", () => {
  const known = model("claude-opus-5", { usd: 0.04, basis: "computed", unpricedTurns: 0 });
  const unknown = model("claude-opus-9", { usd: 0, basis: "none", unpricedTurns: 1 });
  const one = session("a", 0, 0, { usd: 0.07 }, { models: [unknown] });
  deepStrictEqual(costsOf(one, new SessionNeighbours([one])), {
    cost: { usd: 0.07, basis: "reported", unpricedTurns: 0 },
    models: [{ ...unknown, cost: { usd: 0.07, basis: "reported", unpricedTurns: 0 } }],
  });
  // $0.07 of the tool less $0.04 of the one is the other's.
  const two = session("a", 0, 0.04, { usd: 0.07 }, { models: [known, unknown] });
  const { cost, models } = costsOf(two, new SessionNeighbours([two]));
  deepStrictEqual(cost, { usd: 0.07, basis: "mixed", unpricedTurns: 0 });
  deepStrictEqual(models.map(({ cost }) => [cost.usd.toFixed(9), cost.basis]), [
    ["0.040000000", "computed"],
    ["0.030000000", "reported"],
  ]);
  // A guess of the tool's is no price.
  const guessed = session("a", 0, 0, { usd: 0.07, guessed: true }, { models: [unknown] });
  deepStrictEqual(costsOf(guessed, new SessionNeighbours([guessed])).cost, guessed.rollup.cost);
  strictEqual(doubtOf(guessed, new SessionNeighbours([guessed])), "guessed");
});
