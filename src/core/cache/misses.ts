/**
 * Explains each turn of a chain: did it read what the turn before had left in the cache, and if not, why.
 *
 * Prices nothing: what a miss costs is pricing's (missCost).
 */
import {
  type DurationMs,
  type EpochMs,
  firstRequest,
  isSameModel,
  type MissReason,
  type ModelRef,
  promptTokens,
  type Tokens,
  type Turn,
  type Usd,
} from "../model.ts";
import { isRepeated, upstreamOf } from "../turn_evidence.ts";
import { automaticCaches, type ChainPrefix, type HeldPrefix, holdPrefix, routeOf, sharesPrompt } from "./anchor.ts";
import type { Reroute } from "./reroute.ts";
import { addServed, type ServedRequests } from "./served_requests.ts";
import { strategyOf } from "./strategies.ts";
import type { LifetimeTable } from "./strategy.ts";

/** What the provider itself named goes before what follows from times and counts. */
export type MissCause = MissReason | "rerouted" | "expired" | "compacted" | "prefix_changed" | "unexplained";

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
  /** There where it went to another host than the request before, whatever it read. */
  readonly rerouted?: Reroute;
}

/**
 * A request that read less from the cache than was left there for it: all that says why, and what it cost. What of it rests
 * on how long caches live is for {@linkcode causeOf} to say, since that is learned, and changes. Survives JSON.
 */
export interface CacheMiss {
  readonly at: EpochMs;
  /** As the turn's. */
  readonly endedAt?: EpochMs;
  /** From the start of the request before in the same chain. */
  readonly gapMs: DurationMs;
  readonly model: ModelRef;
  readonly held: HeldPrefix;
  /** Of the request: what it read, and what it wrote for five minutes, or as the provider has it, and for an hour. */
  readonly cacheRead: Tokens;
  readonly cacheWrite: Tokens;
  readonly cacheWrite1h: Tokens;
  /** All of its prompt. */
  readonly promptTokens: Tokens;
  /** What explains it whatever the time. @default that is told by how long the cache lives */
  readonly known?: "compacted" | MissReason;
  /** Who served it, where a gateway said so. */
  readonly upstream?: string;
  /** There where that is another host than before, whose cache is another one. */
  readonly rerouted?: Reroute;
  /** What it cost more than reading would have. @default no price is known, or it was not asked for yet */
  readonly usd?: Usd;
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
  let previous: Turn | undefined;
  let served: ServedRequests | undefined;
  for (const turn of turns) {
    if (isRepeated(turn)) {
      explained.push({ expectedTokens: 0, missedTokens: 0, outcome: "none" });
      held ??= { model: turn.model, at: turn.at, tokens: 0, oneHourTokens: 0 };
      previous ??= turn;
      continue;
    }
    const { reroute } = routeOf(turn, previous, held, served);
    explained.push(explainTurn(previous, held, turn, lifetimes, reroute));
    held = holdPrefix(held, turn, isAutomatic(turn.model));
    previous = turn;
    served = addServed(served, upstreamOf(turn), reroute);
  }
  return explained;
}

function explainTurn(
  previous: Turn | undefined,
  held: HeldPrefix | undefined,
  turn: Turn,
  lifetimes: LifetimeTable,
  reroute: Reroute | undefined,
): TurnCache {
  const { cacheRead: read } = firstRequest(turn);
  const rerouted = reroute === undefined ? {} : { rerouted: reroute };
  const gapMs = previous === undefined ? undefined : gapBetween(previous, turn);
  if (previous === undefined || held === undefined || held.tokens === 0 || !sharesPrompt(turn.chain)) {
    const outcome = read > 0 ? "hit" : previous === undefined ? "first" : "none";
    return { gapMs, expectedTokens: 0, missedTokens: 0, outcome, ...rerouted };
  }
  const expectedTokens = expectedOf(held, promptTokens(firstRequest(turn)));
  const miss = missOf(turn, previous, held, reroute);
  if (miss === undefined) {
    return { gapMs, expectedTokens, missedTokens: 0, outcome: read > 0 ? "hit" : "none", ...rerouted };
  }
  const missed = { missedTokens: missedTokens(miss), outcome: "miss", cause: causeOf(miss, lifetimes) } as const;
  return { gapMs, expectedTokens, ...missed, ...rerouted };
}

/**
 * @param previous The turn before in the same chain
 * @param held What the cache had then
 * @param reroute From where it went elsewhere. @default it did not, or nobody knows
 * @returns undefined when it read what there was, or too little is missing to count
 */
export function missOf(
  turn: Turn,
  previous: ChainPrefix["last"],
  held: HeldPrefix,
  reroute?: Reroute,
): CacheMiss | undefined {
  if (held.tokens === 0 || !sharesPrompt(turn.chain)) return undefined;
  const request = firstRequest(turn);
  const { cacheRead, cacheWrite, cacheWrite1h } = request;
  const prompt = promptTokens(request);
  if (!isShort(cacheRead, expectedOf(held, prompt))) return undefined;
  const known = !isSameModel(previous.model, turn.model)
    ? "model_changed"
    : turn.afterCompaction
    ? "compacted"
    : turn.missReason;
  const upstream = upstreamOf(turn);
  return {
    at: turn.at,
    ...(turn.endedAt === undefined ? {} : { endedAt: turn.endedAt }),
    gapMs: gapBetween(previous, turn),
    model: turn.model,
    held,
    cacheRead,
    cacheWrite,
    cacheWrite1h,
    promptTokens: prompt,
    ...(known === undefined ? {} : { known }),
    ...(upstream === undefined ? {} : { upstream }),
    ...(reroute === undefined ? {} : { rerouted: reroute }),
  };
}

/** What the cache should have given and did not. */
export function missedTokens({ held, promptTokens, cacheRead }: CacheMiss): Tokens {
  return expectedOf(held, promptTokens) - cacheRead;
}

/** Clocks are set back. */
function gapBetween(previous: { readonly at: EpochMs }, turn: Turn): DurationMs {
  return Math.max(0, turn.at - previous.at);
}

function expectedOf(held: HeldPrefix, prompt: Tokens): Tokens {
  return Math.min(held.tokens, prompt);
}

function isShort(read: Tokens, expected: Tokens): boolean {
  return expected - read > TOLERATED_TOKENS && read < TOLERATED_SHARE * expected;
}

/** Why the cache did not give it. @param lifetimes What this user's history says, for providers that document nothing */
export function causeOf(miss: CacheMiss, lifetimes: LifetimeTable): MissCause {
  if (miss.known !== undefined) return miss.known;
  // What is at another host cannot be read, expired or not.
  if (miss.rerouted !== undefined) return "rerouted";
  if (hasExpired(miss, lifetimes)) return "expired";
  return miss.gapMs < SHORTEST_LIFETIME_MS || miss.cacheRead > 0 ? "prefix_changed" : "unexplained";
}

/** Whether the lifetime of what was held explains all that is missing. */
function hasExpired({ held, at, cacheRead, promptTokens }: CacheMiss, lifetimes: LifetimeTable): boolean {
  const strategy = strategyOf(held);
  const state = strategy.stateAt(held, at, lifetimes);
  if (state.state === "cold") return true;
  // Past a promise nothing is certain, but when nothing at all was left it is what happened.
  if (state.state === "maybe") return strategy.id === "documented_window" && cacheRead === 0;
  // The hour's part outlives that of five minutes: then only the latter has expired, and the former must have been read.
  return state.state === "warm" && state.tokens < held.tokens &&
    !isShort(cacheRead, Math.min(state.tokens, promptTokens));
}
