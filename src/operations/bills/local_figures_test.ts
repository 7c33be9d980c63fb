/** What a turn of a log is beside a bill: whose figure it has, and which span it is in. */
import { deepStrictEqual } from "node:assert/strict";
import type { GenerationEvidence } from "../../core/evidence.ts";
import { MAIN_CHAIN, NO_USAGE } from "../../core/model.ts";
import type { SessionTurn } from "../../core/rollup.ts";
import { figureOf, listGone, withinSpan } from "./local_figures.ts";

const AT = Date.parse("2026-11-20T10:00:00Z");
const MODEL = "anthropic/claude-sonnet-4.6";

const turn = (more: Partial<SessionTurn>): SessionTurn => ({
  key: "k",
  at: AT,
  model: { provider: "openrouter", model: MODEL },
  usage: NO_USAGE,
  chain: MAIN_CHAIN,
  basis: "none",
  counted: true,
  ...more,
});
const known = (evidence: GenerationEvidence) => ({ find: () => evidence });

Deno.test("billed by the gateway, billed by the log, estimated, or without a price", async (t) => {
  const shared = { at: AT, models: [MODEL] };
  const cases: readonly [name: string, turn: SessionTurn, evidence: GenerationEvidence | undefined, figure: object][] =
    [
      ["no price", turn({}), undefined, { ...shared, kind: "unpriced", usd: 0 }],
      ["list price", turn({ usd: 0.2, basis: "computed" }), undefined, { ...shared, kind: "estimate", usd: 0.2 }],
      [
        "as the tool wrote it down",
        turn({ usd: 0.2, basis: "reported", reported: { usd: 0.2 } }),
        undefined,
        { ...shared, kind: "estimate", usd: 0.2 },
      ],
      [
        "a bill in the log, of nothing",
        turn({ usd: 0, basis: "reported", reported: { usd: 0, isBill: true } }),
        undefined,
        { ...shared, kind: "billed", usd: 0 },
      ],
      [
        "what the gateway says goes before all of these, with its clock and what it paid elsewhere",
        turn({ usd: 0.2, basis: "reported", reported: { usd: 0.2, isBill: true }, responseId: "gen-1" }),
        { id: "gen-1", usd: 0.01, upstreamUsd: 0.2, upstream: "Google", model: "m-1", createdAt: AT + 5 },
        { id: "gen-1", at: AT + 5, models: [MODEL, "m-1"], upstream: "Google", kind: "billed", usd: 0.01 + 0.2 },
      ],
      [
        "an id alone is no bill",
        turn({ usd: 0.2, basis: "computed", responseId: "gen-1" }),
        undefined,
        { id: "gen-1", ...shared, kind: "estimate", usd: 0.2 },
      ],
    ];
  for (const [name, one, evidence, figure] of cases) {
    await t.step(name, () => deepStrictEqual(figureOf(one, evidence && known(evidence)), figure));
  }
});

Deno.test("a span has what the bill puts there, and else what its own time does", () => {
  const span = { since: AT, until: AT + 1000 };
  const figure = (id: string, at: number) => ({ id, at, models: [MODEL], kind: "billed" as const, usd: 1 });
  const all = [figure("before", AT - 1), figure("first", AT), figure("end", AT + 1000), figure("late", AT - 5000)];
  deepStrictEqual(withinSpan(all, span).map(({ id }) => id), ["first"]);
  const billedAt = new Map([["late", AT + 10], ["first", AT - 10]]);
  deepStrictEqual(withinSpan(all, span, (id) => billedAt.get(id)).map(({ id }) => id), ["late"]);
});

Deno.test("gone is what no log has, whenever the log had it", () => {
  const found = ["gen-1763632800-a", "gen-1763632801-b"].map((id) => ({
    evidence: { id, usd: 1 },
    askedAt: AT,
    key: "f00d",
  }));
  const figures = [{ id: "gen-1763632800-a", at: 0, models: [], kind: "billed" as const, usd: 1 }];
  deepStrictEqual(listGone(found, figures), [
    { id: "gen-1763632801-b", at: 1_763_632_801_000, models: [], usd: 1, key: "f00d" },
  ]);
});
