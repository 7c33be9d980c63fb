/**
 * Everything about a session that does not depend on the clock: sums by model and by chain, and what its main chain
 * left in the cache. The index keeps it, so that an unchanged session is never added up again: with a change of what turns
 * add up to, rollup_version.ts is raised.
 */
import { anchorAt, type ChainPrefix, followsQuietly } from "./cache/anchor.ts";
import type { CacheAnchor, GapSample } from "./cache/strategy.ts";
import { observeChain } from "./cache/survival.ts";
import type { CacheMiss } from "./cache/misses.ts";
import {
  type Cost,
  type EpochMs,
  isSameModel,
  MAIN_CHAIN,
  type ModelRef,
  type PendingChange,
  type PricedTurn,
  promptTokens,
  type Tokens,
  type TokenUsage,
  type TotalCount,
  type Usd,
} from "./model.ts";
import { addSumTo, addTurnTo, copySum, type TurnSum } from "./turn_sum.ts";
import { isResponse } from "./usage_total.ts";
import { mergeRates, prefixCost, type PrefixRates, ratesFromTurns } from "./cost/prefix_cost.ts";
import type { PriceBook } from "./cost/cost.ts";

/** A turn of a session's logs. A fork's logs also hold turns that were billed to another session. */
export interface SessionTurn extends PricedTurn {
  /** Whether this session made the response: false for history copied from a parent. */
  readonly counted: boolean;
  /** Whether its record is a copy of another session's: it counts here for want of the original. @default false */
  readonly copied?: true;
  /** Keys that the same response may have in another log: see RecordedTurn. */
  readonly otherKeys?: { readonly original?: string; readonly replay?: string };
}

/** What one model had in a session. */
export interface ModelRollup extends ModelRef {
  /** 0 where nothing but totals is known. */
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
}

/** What one chain of requests had, each of which builds on the one before. */
export interface ChainRollup {
  readonly chain: string;
  /** 0 where nothing but totals is known. */
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  readonly lastAt: EpochMs;
}

/** What all turns of a session add up to. */
export interface SessionRollup {
  readonly turns: number;
  readonly usage: TokenUsage;
  readonly cost: Cost;
  /** Most expensive first. */
  readonly models: readonly ModelRollup[];
  /** The main chain first, then by first appearance. */
  readonly chains: readonly ChainRollup[];
  /** What is in its sums beside turns. @default nothing: its log has a record of each response */
  readonly totals?: TotalCount;
  /** Turns in its logs that another session is billed for. @default none */
  readonly copiedTurns?: number;
  /** What the main chain left in its provider's cache. Copied history counts here: a fork shares its parent's prefix. */
  readonly anchor?: CacheAnchor;
  /** The whole of `anchor.tokens` read from the cache, and sent again without it. */
  readonly resume: { readonly warm?: Usd; readonly cold?: Usd };
  /** Largest prompt of a request of its own. Absent where no single one is known. */
  readonly largestPrompt?: Tokens;
  /** Its own turns that lost a cache, over all chains. */
  readonly misses: number;
  /** What those cost. Absent where a price is known for none of them, and there are some. */
  readonly missUsd?: Usd;
  /** Idle times and what became of the cache, over all chains. */
  readonly samples: readonly GapSample[];
}

/** What the turns of a log, or of several, add up to. It goes on when turns are added. Survives JSON. */
export interface RollupState {
  readonly total: TurnSum;
  /** By first appearance among the turns that count, as the sums by chain. */
  readonly models: readonly { readonly model: ModelRef; readonly sum: TurnSum }[];
  readonly sums: readonly { readonly chain: string; readonly sum: TurnSum }[];
  readonly prefixes: readonly { readonly chain: string; readonly prefix: ChainPrefix }[];
  readonly rates: readonly PrefixRates[];
  /** The latest of all turns, copied ones included. */
  readonly lastAt: EpochMs;
  /** Turns that do not count. @default none */
  readonly copied?: number;
  /** Of a request that counts: 0 where there is none. */
  readonly largestPrompt: Tokens;
}

/** What turns add up to, and what was lost on the way. */
export interface AddedTurns {
  readonly state: RollupState;
  /** Of turns that count, chain by chain. */
  readonly misses: readonly CacheMiss[];
}

/**
 * Adds turns to a rollup, and totals among them: of those nothing but the sums knows.
 *
 * @param before Undefined begins one
 * @param turns In order of time
 * @returns undefined when the turns do not simply follow those before: then all have to be added up anew
 */
export function addTurns(
  before: RollupState | undefined,
  turns: readonly SessionTurn[],
): AddedTurns & { readonly samples: readonly GapSample[] } | undefined {
  const lastAt = before?.lastAt ?? -Infinity;
  if (before !== undefined && turns.some(({ at }) => at <= lastAt)) return undefined;
  const total = copySum(before?.total);
  const byModel = new Map(before?.models.map(({ model, sum }) => [nameOf(model), { model, sum: copySum(sum) }]));
  const byChain = new Map(before?.sums.map(({ chain, sum }) => [chain, { chain, sum: copySum(sum) }]));
  const chains = new Map<string, SessionTurn[]>();
  // Neighbours mostly have the same chain and the same object for their model.
  let chain: SessionTurn[] = [];
  let ofModel: { readonly model: ModelRef; readonly sum: TurnSum } | undefined;
  let copied = before?.copied ?? 0;
  let ofChain: { readonly chain: string; readonly sum: TurnSum } | undefined;
  let hasTotals = false;
  let largestPrompt = before?.largestPrompt ?? 0;
  for (const turn of turns) {
    if (turn.total !== undefined) hasTotals = true;
    else {
      if (chain[0]?.chain !== turn.chain) {
        chain = chains.get(turn.chain) ?? [];
        if (chain.length === 0) chains.set(turn.chain, chain);
      }
      chain.push(turn);
    }
    if (!turn.counted) {
      copied++;
      continue;
    }
    if (turn.total === undefined) largestPrompt = Math.max(largestPrompt, largestPromptOf(turn));
    if (ofModel?.model !== turn.model) {
      const name = nameOf(turn.model);
      ofModel = byModel.get(name);
      if (ofModel === undefined) byModel.set(name, ofModel = { model: turn.model, sum: copySum() });
    }
    if (ofChain?.chain !== turn.chain) {
      ofChain = byChain.get(turn.chain);
      if (ofChain === undefined) byChain.set(turn.chain, ofChain = { chain: turn.chain, sum: copySum() });
    }
    addTurnTo(total, turn);
    addTurnTo(ofModel.sum, turn);
    addTurnTo(ofChain.sum, turn);
  }
  const prefixes = new Map(before?.prefixes.map(({ chain, prefix }) => [chain, prefix]));
  const samples: (readonly GapSample[])[] = [];
  const misses: (readonly CacheMiss[])[] = [];
  for (const [chain, added] of chains) {
    const prefix = prefixes.get(chain);
    if (prefix !== undefined && !followsQuietly(added, prefix)) return undefined;
    // Pairs whose later turn is this session's own, so that a fork's copied history is not observed twice.
    const observed = observeChain(added, ({ counted }) => counted, prefix);
    samples.push(observed.samples);
    misses.push(observed.misses);
    prefixes.set(chain, observed.prefix);
  }
  return {
    state: {
      total,
      models: [...byModel.values()],
      sums: [...byChain.values()],
      prefixes: [...prefixes].map(([chain, prefix]) => ({ chain, prefix })),
      rates: ratesFromTurns(hasTotals ? turns.filter(isResponse) : turns, before?.rates),
      lastAt: turns.at(-1)?.at ?? lastAt,
      ...(copied === 0 ? {} : { copied }),
      largestPrompt,
    },
    samples: samples.flat(),
    misses: misses.flat(),
  };
}

/**
 * The sums of several logs as those of one session.
 *
 * @param states In the order of the logs
 * @returns undefined when two logs have turns of one chain: then all turns have to be put in order and added up anew
 */
export function mergeRollups(states: readonly RollupState[]): RollupState | undefined {
  const [first, ...others] = states;
  if (first === undefined) return addTurns(undefined, [])!.state;
  if (others.length === 0) return first;
  const prefixes = states.flatMap(({ prefixes }) => prefixes);
  if (new Set(prefixes.map(({ chain }) => chain)).size < prefixes.length) return undefined;
  const total = copySum();
  const models = new Map<string, { readonly model: ModelRef; readonly sum: TurnSum }>();
  const chains = new Map<string, { readonly chain: string; readonly sum: TurnSum }>();
  for (const state of states) {
    addSumTo(total, state.total);
    for (const { model, sum } of state.models) {
      const name = nameOf(model);
      let merged = models.get(name);
      if (merged === undefined) models.set(name, merged = { model, sum: copySum() });
      addSumTo(merged.sum, sum);
    }
    // Of a chain whose turns one log has another one may have a total.
    for (const { chain, sum } of state.sums) {
      let merged = chains.get(chain);
      if (merged === undefined) chains.set(chain, merged = { chain, sum: copySum() });
      addSumTo(merged.sum, sum);
    }
  }
  const copied = states.reduce((sum, { copied = 0 }) => sum + copied, 0);
  const byFirst = (a: { readonly sum: TurnSum }, b: { readonly sum: TurnSum }) => a.sum.firstAt - b.sum.firstAt;
  return {
    total,
    models: [...models.values()].sort(byFirst),
    sums: [...chains.values()].sort(byFirst),
    prefixes,
    rates: states.map(({ rates }) => rates).reduce(mergeRates),
    // JSON makes null of the minus infinity of a log without turns.
    lastAt: Math.max(...states.map(({ lastAt }) => lastAt ?? -Infinity)),
    ...(copied === 0 ? {} : { copied }),
    largestPrompt: states.reduce((largest, state) => Math.max(largest, state.largestPrompt), 0),
  };
}

function largestPromptOf({ requests, usage }: PricedTurn): Tokens {
  return requests === undefined ? promptTokens(usage) : Math.max(...requests.map(promptTokens));
}

/** What is said of a session at the end of its turns, but what its misses cost. */
export function finishRollup(
  { total, models, sums, prefixes, rates, copied, largestPrompt }: RollupState,
  pending: PendingChange | undefined,
  book: PriceBook | undefined,
): Omit<SessionRollup, "samples" | "misses" | "missUsd"> {
  const main = prefixes.find(({ chain }) => chain === MAIN_CHAIN);
  const anchor = main && anchorAt(main.prefix, pending);
  return {
    turns: total.turns,
    usage: total.usage,
    cost: total.cost,
    models: models.map(({ model, sum: { turns, usage, cost } }): ModelRollup => ({ ...model, turns, usage, cost }))
      .sort((a, b) => b.cost.usd - a.cost.usd),
    chains: sums.map(({ chain, sum: { turns, usage, cost, lastAt } }): ChainRollup => ({
      chain,
      turns,
      usage,
      cost,
      lastAt,
    }))
      .sort((a, b) => Number(b.chain === MAIN_CHAIN) - Number(a.chain === MAIN_CHAIN)),
    ...(total.totals === undefined ? {} : { totals: total.totals }),
    ...(copied === undefined ? {} : { copiedTurns: copied }),
    ...(largestPrompt === 0 ? {} : { largestPrompt }),
    anchor,
    resume: resumeCost(rates, anchor, book),
  };
}

/** What the whole of `anchor.tokens` costs, by what the user's own turns say first. */
export function resumeCost(
  rates: readonly PrefixRates[],
  anchor: CacheAnchor | undefined,
  book: PriceBook | undefined,
): SessionRollup["resume"] {
  if (anchor === undefined || anchor.tokens === 0) return {};
  return prefixCost(anchor, rates.find((own) => isSameModel(own, anchor.model)), book);
}

function nameOf({ provider, model }: ModelRef): string {
  return `${provider}\0${model}`;
}
