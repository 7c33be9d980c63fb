/**
 * Everything about a session that does not depend on the clock: sums by model and by chain, and what its main chain
 * left in the cache. The index keeps it, so that an unchanged session is never added up again.
 */
import { anchorOf, isSameModel } from "./cache/anchor.ts";
import type { CacheAnchor, GapSample } from "./cache/strategy.ts";
import { gapSamplesOf } from "./cache/survival.ts";
import {
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
import { addTurnCost, NO_COST, prefixCost, type PriceBook, ratesFromTurns } from "./pricing.ts";

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
}

/** What a group of turns adds up to while it is being added up. */
interface Sum {
  turns: number;
  usage: { -readonly [kind in keyof TokenUsage]: number };
  cost: Cost;
  lastAt: EpochMs;
}

/** In place: a session may have thousands of turns, and each belongs to three sums. */
function addTurn(sum: Sum, turn: PricedTurn): void {
  const { usage } = turn;
  sum.turns++;
  sum.usage.input += usage.input;
  sum.usage.cacheRead += usage.cacheRead;
  sum.usage.cacheWrite += usage.cacheWrite;
  sum.usage.cacheWrite1h += usage.cacheWrite1h;
  sum.usage.output += usage.output;
  sum.cost = addTurnCost(sum.cost, turn);
  sum.lastAt = turn.at;
}

function newSum(): Sum {
  return { turns: 0, usage: { ...NO_USAGE }, cost: NO_COST, lastAt: -Infinity };
}

/** The sum of a group, made when its first turn comes, so that groups are in order of first appearance. */
function sumFor(groups: Map<string, Sum>, key: string): Sum {
  let sum = groups.get(key);
  if (sum === undefined) groups.set(key, sum = newSum());
  return sum;
}

/** @param turns All turns of the session's logs, in order of time */
export function rollUpSession(
  turns: readonly SessionTurn[],
  pending: PendingChange | undefined,
  book: PriceBook | undefined,
): SessionRollup {
  const total = newSum();
  const byModel = new Map<string, { readonly model: ModelRef; readonly sum: Sum }>();
  const byChain = new Map<string, Sum>();
  for (const turn of turns) {
    if (!turn.counted) continue;
    const name = `${turn.model.provider}\0${turn.model.model}`;
    let group = byModel.get(name);
    if (group === undefined) byModel.set(name, group = { model: turn.model, sum: newSum() });
    addTurn(group.sum, turn);
    addTurn(sumFor(byChain, turn.chain), turn);
    addTurn(total, turn);
  }
  const models = [...byModel.values()]
    .map(({ model, sum: { turns, usage, cost } }): ModelRollup => ({ ...model, turns, usage, cost }))
    .sort((a, b) => b.cost.usd - a.cost.usd);
  const chains = [...byChain]
    .map(([chain, sum]): ChainRollup => ({ chain, ...sum }))
    .sort((a, b) => Number(b.chain === MAIN_CHAIN) - Number(a.chain === MAIN_CHAIN));

  const anchor = anchorOf(turns.filter((turn) => turn.chain === MAIN_CHAIN), pending);
  return {
    turns: total.turns,
    usage: total.usage,
    cost: total.cost,
    models,
    chains,
    anchor,
    resume: resumeCost(turns, anchor, book),
    samples: samplesOf(turns),
  };
}

/** What the whole of `anchor.tokens` costs, by what the user's own turns say first. */
export function resumeCost(
  turns: readonly SessionTurn[],
  anchor: CacheAnchor | undefined,
  book: PriceBook | undefined,
): SessionRollup["resume"] {
  if (anchor === undefined || anchor.tokens === 0) return {};
  const [own] = ratesFromTurns(turns.filter(({ model }) => isSameModel(model, anchor.model)));
  return prefixCost(anchor, own, book);
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
