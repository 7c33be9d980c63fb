import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { CacheOutput } from "../operations/usage/cache_output.ts";
import { dueAlerts, titleText } from "./alerts.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");

function cacheOf(...caches: readonly (readonly [id: string, leftSeconds: number, lossUsd: number | undefined])[]) {
  return {
    caches: caches.map(([sessionId, left, lossUsd]) => ({
      source: "pi",
      sessionId,
      cwd: "/home/kim/src/api",
      lossUsd,
      cache: { state: "warm", expiresAt: new Date(NOW + left * 1000).toISOString() },
    })),
  } as unknown as CacheOutput;
}

Deno.test("titleText() has what goes cold next", () => {
  strictEqual(titleText(cacheOf(["a", 300, 1], ["b", 134, 0.6]), NOW), "2:14 · $0.600 - opper-agent");
  strictEqual(titleText(cacheOf(["a", -1, 1]), NOW), "opper-agent");
  strictEqual(titleText(undefined, NOW), "opper-agent");
});

Deno.test("dueAlerts() tells once of each that is worth it, in its last minute", () => {
  const told = new Set<string>();
  const cache = cacheOf(["a", 59, 0.6], ["cheap", 30, 0.1], ["later", 61, 5], ["unknown", 20, undefined]);
  deepStrictEqual(dueAlerts(cache, NOW, 0.25, told), ["src/api goes cold in 59 s, $0.600 at stake."]);
  deepStrictEqual(dueAlerts(cache, NOW + 500, 0.25, told), []);
  deepStrictEqual(dueAlerts(cache, NOW + 2000, 0.25, told), ["src/api goes cold in 59 s, $5.00 at stake."]);
});
