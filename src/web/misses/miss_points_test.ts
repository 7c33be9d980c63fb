import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { ListedMiss } from "../../operations/usage/misses_output.ts";
import { makeMissPoints, nearestPoint, SHORTEST_PAUSE } from "./miss_points.ts";

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

Deno.test("nearestPoint", () => {
  const { points } = makeMissPoints([missOf(1000, 0), missOf(2000, 10)]);
  const placeOf = ({ gapMs, usd }: { gapMs: number; usd: number }) => [gapMs / 10, usd] as const;
  strictEqual(nearestPoint(points, [101, 3], placeOf), 0);
  strictEqual(nearestPoint(points, [195, 12], placeOf), 1);
  strictEqual(nearestPoint(points, [150, 0], placeOf), undefined);
  strictEqual(nearestPoint([], [0, 0], placeOf), undefined);
});
