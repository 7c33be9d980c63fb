/**
 * Everything about a session that does not depend on the clock: sums by model and by chain, and what its main chain
 * left in the cache. The index keeps it, so that an unchanged session is never added up again.
 */
import { anchorOf, isSameModel } from "./cache/anchor.ts";
import type { CacheAnchor, GapSample } from "./cache/strategy.ts";
import { gapSamplesOf } from "./cache/survival.ts";
import {
  addUsage,
  type Cost,
  type EpochMs,
  MAIN_CHAIN,
  type ModelRef,
  NO_USAGE,
  type PendingChange,
  type PricedTurn,
  type TokenUsage,
  type Usd,
} from "./model.ts";
import { addTurnCost, NO_COST, prefixCost, type PrefixRates, type PriceBook, ratesFromTurns } from "./pricing.ts";

/** Raised when the same turns add up to another rollup than before: the index then adds all sessions up again. */
export const ROLLUP_VERSION = 2;

/** A turn of a session's logs. A fork's logs also hold turns that were billed to another session. */
export interface SessionTurn extends PricedTurn {
  /** Whether this session made the response: false for history copied from a parent. */
  readonly counted: boolean;
}

export interface ModelRollup extends ModelRef {
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
}

export interface ChainRollup {
  readonly chain: string;
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  readonly lastAt: EpochMs;
}

export interface SessionRollup {
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  /** Most expensive first. */
  readonly models: readonly ModelRollup[];
  /** The main chain first, then by first appearance. */
  readonly chains: readonly ChainRollup[];
  /** What the main chain left in its provider's cache. Copied history counts here: a fork shares its parent's prefix. */
  readonly anchor?: CacheAnchor;
  /** The whole of `anchor.tokens` read from the cache, and sent again without it. */
  readonly resume: { readonly warm?: Usd; readonly cold?: Usd };
  /** Idle times and what became of the cache, over all chains. */
  readonly samples: readonly GapSample[];
  /** What the tool's own figures say a token of a cached prefix costs. */
  readonly rates: readonly PrefixRates[];
}

/** Adds up turns by any key. Groups come in order of first appearance. */
export function groupTurns<T extends PricedTurn>(
  turns: readonly T[],
  keyOf: (turn: T) => string,
): Map<string, { turns: T[]; usage: TokenUsage; cost: Cost }> {
  const groups = new Map<string, { turns: T[]; usage: TokenUsage; cost: Cost }>();
  for (const turn of turns) {
    const key = keyOf(turn);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, group = { turns: [], usage: NO_USAGE, cost: NO_COST });
    group.turns.push(turn);
    group.usage = addUsage(group.usage, turn.usage);
    group.cost = addTurnCost(group.cost, turn);
  }
  return groups;
}

/** @param turns All turns of the session's logs, in order of time */
export function rollUpSession(
  turns: readonly SessionTurn[],
  pending: PendingChange | undefined,
  book: PriceBook | undefined,
): SessionRollup {
  const counted = turns.filter((turn) => turn.counted);
  const models = [...groupTurns(counted, (turn) => `${turn.model.provider}\0${turn.model.model}`).values()]
    .map(({ turns, usage, cost }): ModelRollup => ({ ...turns[0]!.model, turns: turns.length, usage, cost }))
    .sort((a, b) => b.cost.usd - a.cost.usd);
  const chains = [...groupTurns(counted, (turn) => turn.chain)]
    .map(([chain, { turns, usage, cost }]): ChainRollup => ({
      chain,
      turns: turns.length,
      usage,
      cost,
      lastAt: turns.at(-1)!.at,
    }))
    .sort((a, b) => Number(b.chain === MAIN_CHAIN) - Number(a.chain === MAIN_CHAIN));

  const rates = ratesFromTurns(turns);
  const anchor = anchorOf(turns.filter((turn) => turn.chain === MAIN_CHAIN), pending);
  const own = anchor && rates.find((rate) => isSameModel(rate, anchor.model));
  return {
    turns: counted.length,
    usage: counted.reduce((sum, turn) => addUsage(sum, turn.usage), NO_USAGE),
    cost: counted.reduce(addTurnCost, NO_COST),
    models,
    chains,
    anchor,
    resume: anchor === undefined || anchor.tokens === 0 ? {} : prefixCost(anchor, own, book),
    samples: samplesOf(turns),
    rates,
  };
}

/** Pairs whose later turn is this session's own, so that a fork's copied history is not observed twice. */
function samplesOf(turns: readonly SessionTurn[]): readonly GapSample[] {
  const chains = new Map<string, SessionTurn[]>();
  for (const turn of turns) {
    const chain = chains.get(turn.chain);
    if (chain === undefined) chains.set(turn.chain, [turn]);
    else chain.push(turn);
  }
  return [...chains.values()].flatMap((chain) => gapSamplesOf(chain, (turn) => turn.counted));
}
