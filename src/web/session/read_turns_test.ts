import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { makeTurns } from "../../../tests/support/drawn_turns.ts";
import { readChain, readTurns } from "./read_turns.ts";

const USAGE = { input: 1, cacheRead: 20, cacheWrite: 300, cacheWrite1h: 4000, output: 50_000 };

Deno.test("readTurns() numbers them from 1, and adds up the prompt without the answer", () => {
  const json = {
    chain: "main",
    provider: "anthropic",
    model: "claude-opus-4-6",
    usage: USAGE,
    outcome: "miss" as const,
    cause: "expired" as const,
    missedTokens: 7,
  };
  const [one, other] = readTurns([{ ...json, at: "2026-11-20T12:00:00.000Z" }, { ...json, afterCompaction: true }]);
  deepStrictEqual([one!.turn, one!.at, one!.prompt, one!.isAfterCompaction], [
    1,
    Date.UTC(2026, 10, 20, 12),
    4321,
    false,
  ]);
  deepStrictEqual([other!.turn, other!.at, other!.usd, other!.isAfterCompaction], [2, undefined, undefined, true]);
});

Deno.test("readChain(): one that the session has, else all", () => {
  const turns = makeTurns({}, { chain: "a1" });
  strictEqual(readChain({ chain: "a1" }, turns), "a1");
  strictEqual(readChain({ chain: "b2" }, turns), undefined);
  strictEqual(readChain({}, turns), undefined);
});
