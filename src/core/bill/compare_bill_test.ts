import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { BillLine, GoneTurn, LocalFigure } from "./bill.ts";
import { compareLines, compareTotal } from "./compare_bill.ts";

const DAY = Date.parse("2026-11-20T00:00:00Z");
const at = (day: number, hour = 10) => DAY + (day - 20) * 86_400_000 + hour * 3_600_000;
const SONNET = ["anthropic/claude-sonnet-4.6", "anthropic/claude-4.6-sonnet-20260217"];

const turn = (kind: LocalFigure["kind"], usd: number, more: Partial<LocalFigure> = {}): LocalFigure => ({
  at: at(20),
  models: [SONNET[0]!],
  kind,
  usd,
  ...more,
});
const gone = (id: string, usd: number, more: Partial<GoneTurn> = {}): GoneTurn => ({
  id,
  at: at(20),
  models: [SONNET[1]!],
  usd,
  ...more,
});
const line = (usd: number, more: Partial<BillLine> = {}): BillLine => ({ at: at(20, 0), models: SONNET, usd, ...more });

Deno.test("a total: only turns whose logs are gone are shown for, and estimates stay unknown", () => {
  // Billed 12.55. Logs: 12.30 of bills and 0.10 of an estimate, 12.40. Difference 0.15, of which 0.07 + 0.04 are gone turns;
  // 0.15 - 0.11 = 0.04 is left, whatever the estimate is off by.
  deepStrictEqual(
    compareTotal(12.55, {
      turns: [turn("billed", 12.30), turn("estimate", 0.10), turn("unpriced", 0)],
      gone: [gone("gen-1", 0.07), gone("gen-2", 0.04)],
    }),
    {
      billedUsd: 12.55,
      local: { usd: 12.4, turns: 3, billedTurns: 1, estimatedTurns: 1, unpricedTurns: 1 },
      differenceUsd: 0.15,
      explained: [
        { cause: "logs_gone", turns: 2, usd: 0.11 },
        { cause: "list_price", turns: 1 },
        { cause: "no_price", turns: 1 },
      ],
      unexplainedUsd: 0.04,
    },
  );
});

Deno.test("a total below what logs have: the rest is negative, and nothing is made of it", () => {
  // 1.00 billed, 1.50 in logs: 0.50 were paid with another key, or never.
  const { differenceUsd, explained, unexplainedUsd } = compareTotal(1, { turns: [turn("billed", 1.5)], gone: [] });
  deepStrictEqual([differenceUsd, explained, unexplainedUsd], [-0.5, [], -0.5]);
});

Deno.test("an empty span: nothing billed, nothing in logs", () => {
  const nothing = {
    billedUsd: 0,
    local: { usd: 0, turns: 0, billedTurns: 0, estimatedTurns: 0, unpricedTurns: 0 },
    differenceUsd: 0,
    explained: [],
    unexplainedUsd: 0,
  };
  deepStrictEqual(compareTotal(0, { turns: [], gone: [] }), nothing);
  deepStrictEqual(compareLines([], { turns: [], gone: [] }), nothing);
});

Deno.test("lines of responses: each is compared with its own turn", () => {
  const lines = [
    line(0.10, { id: "gen-a" }),
    line(0.20, { id: "gen-b" }),
    line(0.30, { id: "gen-c" }),
    line(0.05, { id: "gen-gone" }),
    line(0.07, { id: "gen-elsewhere" }),
    line(0.40, { id: "gen-free" }),
  ];
  const { billedUsd, local, differenceUsd, explained, unexplainedUsd } = compareLines(lines, {
    turns: [
      turn("billed", 0.10, { id: "gen-a" }),
      // At list price 0.25, billed 0.20: -0.05.
      turn("estimate", 0.25, { id: "gen-b" }),
      // The answer said 0.28, the bill 0.30: 0.02.
      turn("billed", 0.28, { id: "gen-c" }),
      turn("unpriced", 0, { id: "gen-free" }),
      turn("billed", 0.09, { id: "gen-unlisted" }),
      turn("estimate", 0.03),
    ],
    gone: [gone("gen-gone", 0.05), gone("gen-of-another-account", 9)],
  });
  // Billed: 0.10 + 0.20 + 0.30 + 0.05 + 0.07 + 0.40 = 1.12. Logs: 0.10 + 0.25 + 0.28 + 0.09 + 0.03 = 0.75.
  strictEqual(billedUsd, 1.12);
  deepStrictEqual(local, { usd: 0.75, turns: 6, billedTurns: 3, estimatedTurns: 2, unpricedTurns: 1 });
  strictEqual(differenceUsd, 0.37);
  deepStrictEqual(explained, [
    { cause: "logs_gone", turns: 1, usd: 0.05 },
    { cause: "list_price", turns: 1, usd: -0.05 },
    { cause: "list_price", turns: 1 },
    { cause: "no_price", turns: 1, usd: 0.4 },
    { cause: "other_figure", turns: 1, usd: 0.02 },
    { cause: "not_on_bill", turns: 1, usd: -0.09 },
  ]);
  // 0.37 - (0.05 - 0.05 + 0.40 + 0.02 - 0.09) = 0.37 - 0.33 = 0.04: 0.07 elsewhere, less 0.03 of a turn without an id.
  strictEqual(unexplainedUsd, 0.04);
});

Deno.test("lines of days: known where as many requests were billed as there are turns", async (t) => {
  const cases: readonly [
    name: string,
    lines: readonly BillLine[],
    turns: readonly LocalFigure[],
    gone: readonly GoneTurn[],
    explained: readonly object[],
    unexplained: number,
  ][] = [
    [
      "as many as turns: what differs is of the estimates",
      // 0.50 for 3 requests, of which two are billed at 0.20 each: the third was 0.10, not the 0.12 of its list price.
      [line(0.5, { requests: 3 })],
      [turn("billed", 0.2), turn("billed", 0.2), turn("estimate", 0.12)],
      [],
      [{ cause: "list_price", turns: 1, usd: -0.02 }],
      0,
    ],
    [
      "two upstreams of one model are one cell",
      [line(0.3, { requests: 2, upstream: "Anthropic" }), line(0.2, { requests: 1, upstream: "Google" })],
      [turn("billed", 0.2), turn("billed", 0.2), turn("estimate", 0.12)],
      [],
      [{ cause: "list_price", turns: 1, usd: -0.02 }],
      0,
    ],
    [
      "with those whose logs are gone",
      [line(0.5, { requests: 3 })],
      [turn("estimate", 0.12), turn("billed", 0.2)],
      [gone("gen-1", 0.2)],
      [{ cause: "logs_gone", turns: 1, usd: 0.2 }, { cause: "list_price", turns: 1, usd: -0.02 }],
      0,
    ],
    [
      "more than turns: nobody knows of which the difference is",
      [line(0.5, { requests: 4 })],
      [turn("billed", 0.2), turn("billed", 0.2), turn("estimate", 0.12)],
      [],
      [{ cause: "list_price", turns: 1 }],
      -0.02,
    ],
    [
      "a bill that does not count requests",
      [line(0.5)],
      [turn("billed", 0.2), turn("billed", 0.2), turn("estimate", 0.12)],
      [],
      [{ cause: "list_price", turns: 1 }],
      -0.02,
    ],
    [
      "gone turns of a day that the bill does not have are of another account",
      [line(0.2, { requests: 1 })],
      [turn("billed", 0.2)],
      [gone("gen-1", 5, { at: at(21) }), gone("gen-2", 5)],
      [],
      0,
    ],
    [
      "the day before at 23:59 is another day",
      [line(0.2, { requests: 1, at: at(19, 0) })],
      [turn("estimate", 0.3, { at: at(20, 0) - 60_000 })],
      [],
      [{ cause: "list_price", turns: 1, usd: -0.1 }],
      0,
    ],
    [
      "a turn without a price costs all that was billed for it",
      [line(0.4, { requests: 1 })],
      [turn("unpriced", 0)],
      [],
      [{ cause: "no_price", turns: 1, usd: 0.4 }],
      0,
    ],
    [
      "another model is none of this bill's",
      [line(0.4, { requests: 1 })],
      [turn("estimate", 0.1, { models: ["openai/gpt-5.5"] })],
      [],
      [{ cause: "list_price", turns: 1 }],
      0.3,
    ],
    [
      "a sum without turns hides what it is of",
      [line(0.4, { requests: 1 })],
      [turn("estimate", 0.1), turn("estimate", 0.2, { turns: 0 })],
      [],
      [{ cause: "list_price", turns: 1 }],
      0.1,
    ],
  ];
  for (const [name, lines, turns, goneTurns, explained, unexplained] of cases) {
    await t.step(name, () => {
      const found = compareLines(lines, { turns, gone: goneTurns });
      deepStrictEqual(found.explained, explained);
      strictEqual(found.unexplainedUsd, unexplained);
    });
  }
});

Deno.test("names of a model are one where a line or a turn has both", () => {
  // The log says claude-sonnet-4.6 and evidence the dated name; the bill has the dated name alone.
  const found = compareLines([line(0.5, { models: [SONNET[1]!], requests: 2 })], {
    turns: [
      turn("billed", 0.2, { models: SONNET }),
      turn("estimate", 0.2, { models: ["~Anthropic/Claude-Sonnet-4.6"] }),
    ],
    gone: [],
  });
  deepStrictEqual(found.explained, [{ cause: "list_price", turns: 1, usd: 0.1 }]);
});
