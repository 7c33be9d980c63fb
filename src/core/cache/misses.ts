/**
 * Explains each turn of a chain: did it read what the turn before had left in the cache, and if not, why.
 *
 * Prices nothing: what a miss costs is pricing's (missCost).
 */
import { type DurationMs, promptTokens, type Tokens, type Turn } from "../model.ts";
import { type HeldPrefix, holdPrefix, isSameModel } from "./anchor.ts";
import { strategyFor } from "./strategies.ts";
import type { LifetimeTable } from "./strategy.ts";

export type MissCause = "expired" | "model_changed" | "compacted" | "prefix_changed" | "unexplained";

export interface TurnCache {
  /** From the start of the request before in the same chain. */
  readonly gapMs?: DurationMs;
  /** What the cache could have given: what was held, as far as this prompt is long. */
  readonly expectedTokens: Tokens;
  /** What it should have given and did not; zero unless the turn is a miss. */
  readonly missedTokens: Tokens;
  /** `first`: nothing was held yet; `none`: nothing was held although turns came before. */
  readonly outcome: "hit" | "miss" | "first" | "none";
  readonly cause?: MissCause;
}

/** Providers cache in steps, and tools move their markers: a shortfall up to here is no miss. */
const TOLERATED_TOKENS: Tokens = 1024;
const TOLERATED_SHARE = 0.95;
/** No cache expires this fast. */
const SHORTEST_LIFETIME_MS: DurationMs = 60_000;

/** @param turns One chain's, in order of time. The result has one entry for each. */
export function explainTurns(turns: readonly Turn[], lifetimes: LifetimeTable): TurnCache[] {
  const explained: TurnCache[] = [];
  let held: HeldPrefix | undefined;
  for (const [index, turn] of turns.entries()) {
    explained.push(explainTurn(turns[index - 1], held, turn, lifetimes));
    held = holdPrefix(held, turn);
  }
  return explained;
}

function explainTurn(
  previous: Turn | undefined,
  held: HeldPrefix | undefined,
  turn: Turn,
  lifetimes: LifetimeTable,
): TurnCache {
  const read = turn.usage.cacheRead;
  const gapMs = previous === undefined ? undefined : Math.max(0, turn.at - previous.at);
  if (previous === undefined || held === undefined || held.tokens === 0) {
    const outcome = read > 0 ? "hit" : previous === undefined ? "first" : "none";
    return { gapMs, expectedTokens: 0, missedTokens: 0, outcome };
  }
  const expectedTokens = Math.min(held.tokens, promptTokens(turn.usage));
  const missedTokens = expectedTokens - read;
  if (missedTokens <= TOLERATED_TOKENS || read >= TOLERATED_SHARE * expectedTokens) {
    return { gapMs, expectedTokens, missedTokens: 0, outcome: read > 0 ? "hit" : "none" };
  }
  return { gapMs, expectedTokens, missedTokens, outcome: "miss", cause: causeOf(held, turn, lifetimes) };
}

function causeOf(held: HeldPrefix, turn: Turn, lifetimes: LifetimeTable): MissCause {
  if (!isSameModel(held.model, turn.model)) return "model_changed";
  if (turn.afterCompaction) return "compacted";
  const idleMs = turn.at - held.at;
  const state = strategyFor(held.model).stateAt(held, turn.at, lifetimes);
  const partlyRead = turn.usage.cacheRead > 0;
  if (state.state === "cold") return "expired";
  // Past a promise nothing is certain, but when nothing at all was left it is what happened.
  if (state.state === "maybe" && !partlyRead && idleMs >= state.ttlMs) return "expired";
  // The hour's part outlived that of five minutes.
  if (state.state === "warm" && state.tokens < held.tokens && turn.usage.cacheRead <= state.tokens) return "expired";
  if (idleMs < SHORTEST_LIFETIME_MS || partlyRead) return "prefix_changed";
  return "unexplained";
}
