import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { ListedMiss } from "../../operations/usage/misses_output.ts";
import { makeMissPoints, SHORTEST_PAUSE } from "./miss_points.ts";

function missOf(gapMs: number, missUsd: number | undefined, cause = "expired"): ListedMiss {
  return {
    at: "2026-11-25T10:00:00.000Z",
    source: "claude",
    sessionId: "0198",
    shortId: "01",
    provider: "anthropic",
    model: "claude-opus-4-5",
    gapMs,
    cause,
    missedTokens: 1000,
    missUsd,
  };
}

Deno.test("makeMissPoints", () => {
  const { points, causes, unpriced } = makeMissPoints([
    missOf(3_600_000, 4),
    missOf(0, 0.5, "compacted"),
    missOf(600_000, 2),
    missOf(600_000, 1, "unexplained"),
    missOf(900_000, undefined),
  ]);
  deepStrictEqual(points.map(({ gapMs, usd }) => [gapMs, usd]), [
    [SHORTEST_PAUSE, 0.5],
    [600_000, 1],
    [600_000, 2],
    [3_600_000, 4],
  ]);
  // 4 + 2, 1, 0.5.
  deepStrictEqual(causes, ["expired", "unexplained", "compacted"]);
  strictEqual(unpriced, 1);
});
