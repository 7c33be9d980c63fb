import { deepStrictEqual } from "node:assert/strict";
import type { LocalFigure } from "./bill.ts";
import { tabulateBill } from "./tabulate_bill.ts";

const DAY = Date.parse("2026-11-20T00:00:00Z");
const SONNET = ["anthropic/claude-4.6-sonnet-20260217", "anthropic/claude-sonnet-4.6"];
const turn = (usd: number, more: Partial<LocalFigure> = {}): LocalFigure => ({
  at: DAY + 3_600_000,
  models: [SONNET[1]!],
  kind: "billed",
  usd,
  ...more,
});

Deno.test("by day, model and upstream, the dearest of a day first", () => {
  const rows = tabulateBill([
    { at: DAY + 86_400_000, models: ["openai/gpt-5.5"], usd: 1 },
    { at: DAY, models: SONNET, upstream: "Google", usd: 0.2, requests: 1 },
    { at: DAY, models: SONNET, upstream: "Anthropic", usd: 0.5, requests: 2 },
    { at: DAY, models: ["z-ai/glm-5.3"], upstream: "Z.AI", usd: 0.1, requests: 1 },
  ], [
    turn(0.3, { upstream: "Anthropic" }),
    turn(0.2, { upstream: "Google" }),
    // Who served it is not known, and the bill has two: a row of its own.
    turn(0.1),
    // The bill has one upstream for it alone.
    turn(0.1, { models: ["z-ai/glm-5.3"] }),
    // In logs alone.
    turn(0.7, { models: ["acme/one"], at: DAY - 1 }),
  ]);
  deepStrictEqual(
    rows.map(({ group, model, upstream, billedUsd, requests, local, differenceUsd }) => [
      ...[group, model, upstream, billedUsd, requests, local.usd, local.turns, differenceUsd],
    ]),
    [
      ["2026-11-19", "acme/one", undefined, 0, 0, 0.7, 1, -0.7],
      ["2026-11-20", SONNET[0], "Anthropic", 0.5, 2, 0.3, 1, 0.2],
      ["2026-11-20", SONNET[0], "Google", 0.2, 1, 0.2, 1, 0],
      ["2026-11-20", "z-ai/glm-5.3", "Z.AI", 0.1, 1, 0.1, 1, 0],
      ["2026-11-20", SONNET[1], undefined, 0, 0, 0.1, 1, -0.1],
      ["2026-11-21", "openai/gpt-5.5", undefined, 1, undefined, 0, 0, 1],
    ],
  );
});
