/** Turns as the page of a session draws them, for its tests. */
import { NO_USAGE, promptTokens } from "../../src/core/model.ts";
import type { DrawnTurn } from "../../src/web/session/read_turns.ts";

/** Turns in order, numbered from 1. @param rests What each has that is not as usual: a hit of the main chain, without tokens */
export function makeTurns(...rests: readonly Partial<DrawnTurn>[]): readonly DrawnTurn[] {
  return rests.map((rest, place) => ({
    turn: place + 1,
    chain: "main",
    provider: "anthropic",
    model: "claude-opus-4-6",
    usage: NO_USAGE,
    prompt: promptTokens(rest.usage ?? NO_USAGE),
    outcome: "hit",
    missedTokens: 0,
    isAfterCompaction: false,
    ...rest,
  }));
}
