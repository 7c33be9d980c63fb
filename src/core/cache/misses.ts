/**
 * Explains each turn of a chain: did it read what the turn before had left in the cache, and if not, why.
 *
 * Prices nothing: what a miss costs is pricing's (missCost).
 */
import {
  type DurationMs,
  firstRequest,
  isSameModel,
  type MissReason,
  promptTokens,
  type Tokens,
  type Turn,
} from "../model.ts";
import { automaticCaches, type HeldPrefix, holdPrefix, sharesPrompt } from "./anchor.ts";
import { strategyOf } from "./strategies.ts";
import type { LifetimeTable } from "./strategy.ts";

/** What the provider itself named goes before what follows from times and counts. */
export type MissCause = MissReason | "expired" | "compacted" | "prefix_changed" | "unexplained";

/** What a turn had of the cache, beside what it could have had. */
export interface TurnCache {
  /** From the start of the request before in the same chain. */
  readonly gapMs?: DurationMs;
  /** What the cache could have given: what was held, as far as this prompt is long. */
  readonly expectedTokens: Tokens;
  /** What it should have given and did not; zero unless the turn is a miss. */
  readonly missedTokens: Tokens;
  /** `first`: nothing was held yet; `none`: nothing was held, or too little to count, although turns came before. */
  readonly outcome: "hit" | "miss" | "first" | "none";
  readonly cause?: MissCause;
}

/** Providers cache in steps, and tools move their markers: a shortfall up to here is no miss. */
const TOLERATED_TOKENS: Tokens = 1024;
const TOLERATED_SHARE = 0.95;
/** No cache expires this fast. */
const SHORTEST_LIFETIME_MS: DurationMs = 60_000;

/**
 * @param turns One chain's, in order of time
 * @param lifetimes What this user's history says, for providers that document nothing
 * @returns One entry for each turn, in the same order
 */
export function explainTurns(turns: readonly Turn[], lifetimes: LifetimeTable): TurnCache[] {
  const explained: TurnCache[] = [];
  const isAutomatic = automaticCaches(turns);
  let held: HeldPrefix | undefined;
  for (const [index, turn] of turns.entries()) {
    explained.push(explainTurn(turns[index - 1], held, turn, lifetimes));
    held = holdPrefix(held, turn, isAutomatic(turn.model));
  }
  return explained;
}

function explainTurn(
  previous: Turn | undefined,
  held: HeldPrefix | undefined,
  turn: Turn,
  lifetimes: LifetimeTable,
): TurnCache {
  const request = firstRequest(turn);
  const read = request.cacheRead;
  const gapMs = previous === undefined ? undefined : Math.max(0, turn.at - previous.at);
  if (previous === undefined || held === undefined || held.tokens === 0 || !sharesPrompt(turn.chain)) {
    const outcome = read > 0 ? "hit" : previous === undefined ? "first" : "none";
    return { gapMs, expectedTokens: 0, missedTokens: 0, outcome };
  }
  const expectedTokens = Math.min(held.tokens, promptTokens(request));
  if (!isShort(read, expectedTokens)) {
    return { gapMs, expectedTokens, missedTokens: 0, outcome: read > 0 ? "hit" : "none" };
  }
  const cause = causeOf(previous, held, turn, lifetimes);
  return { gapMs, expectedTokens, missedTokens: expectedTokens - read, outcome: "miss", cause };
}

function isShort(read: Tokens, expected: Tokens): boolean {
  return expected - read > TOLERATED_TOKENS && read < TOLERATED_SHARE * expected;
}

function causeOf(previous: Turn, held: HeldPrefix, turn: Turn, lifetimes: LifetimeTable): MissCause {
  if (!isSameModel(previous.model, turn.model)) return "model_changed";
  if (turn.afterCompaction) return "compacted";
  if (turn.missReason !== undefined) return turn.missReason;
  if (hasExpired(held, turn, lifetimes)) return "expired";
  if (turn.at - previous.at < SHORTEST_LIFETIME_MS || firstRequest(turn).cacheRead > 0) return "prefix_changed";
  return "unexplained";
}

/** Whether the lifetime of what was held explains all that is missing. */
function hasExpired(held: HeldPrefix, turn: Turn, lifetimes: LifetimeTable): boolean {
  const strategy = strategyOf(held);
  const state = strategy.stateAt(held, turn.at, lifetimes);
  const request = firstRequest(turn);
  const read = request.cacheRead;
  if (state.state === "cold") return true;
  // Past a promise nothing is certain, but when nothing at all was left it is what happened.
  if (state.state === "maybe") return strategy.id === "documented_window" && read === 0;
  // The hour's part outlives that of five minutes: then only the latter has expired, and the former must have been read.
  return state.state === "warm" && state.tokens < held.tokens &&
    !isShort(read, Math.min(state.tokens, promptTokens(request)));
}
