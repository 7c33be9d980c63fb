/**
 * The session of a log that is its only one, out of what the engine added up of its rows: as makeSession and encodeSession have
 * it of turns. Most are a list of numbers, made without an object between.
 */
import { anchorAt, type HeldPrefix } from "../../../core/cache/anchor.ts";
import type { CacheAnchor } from "../../../core/cache/strategy.ts";
import { type PrefixCost, prefixCost } from "../../../core/cost/prefix_cost.ts";
import { knownLoss } from "../../../core/cost/miss_cost.ts";
import { type Cost, COST_BASES, MAIN_CHAIN, type ModelRef, type SessionFacts } from "../../../core/model.ts";
import type { ChainRollup, ModelRollup } from "../../../core/rollup.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import { type PriceSource, traceNameOf } from "./make_session.ts";
import { nameTraceNow } from "./name_trace_now.ts";
import { heldAt, placesAt, readLost, readRates, readSum, requestAt } from "./row_state.ts";
import { traitsOf } from "./session_figures.ts";
import { columnsOf, isExact, LOSSES, type SessionColumns } from "./stored_session.ts";
import { priceHeld } from "./sum_engine.wasm";
import { CHAIN_SIZE, SUM_AT, SUM_SIZE, sumMemory } from "./sum_memory.ts";
import { showRates } from "./sum_table.ts";

/** Bits of COST_BASES: what is computed, or mixed. */
const COMPUTED = COST_BASES.indexOf("computed");
const [HAS_WARM, HAS_COLD] = [1, 2];
const NO_PREFIX: PrefixCost = {};

/** What a log says of its session. */
interface OwnLog {
  readonly path: string;
  readonly facts: SessionFacts;
  /** Whether its path is not to be kept. */
  readonly isSmall: boolean;
}

/** Whether the turns that were added up last lost caches. */
export function hasMisses(): boolean {
  return sumMemory.words[SUM_AT.misses / 4]! > 0;
}

/**
 * @param table Whose rows were added up last, all of which count
 * @returns the model whose prices have to be looked up first, where they are not at hand
 */
export function sessionOfRows(
  source: string,
  table: TurnTable,
  { path, facts, isSmall }: OwnLog,
  prices: PriceSource,
): SessionColumns | ModelRef {
  const { sessionId, subagent, cwd, title, startedAt } = facts;
  // First of all: the engine's memory may be another one behind it.
  const traceId = isTraced(table) ? nameTraceNow(traceNameOf(source, { file: path, sessionId })) : undefined;
  const { words, numbers, bytes } = sumMemory;
  const lastActivityAt = Number.isFinite(facts.lastActivityAt) ? facts.lastActivityAt : undefined;
  const parentSessionId = subagent ? undefined : facts.parentSessionId;
  const pending = subagent ? undefined : facts.pending;
  const toolTotal = subagent ? undefined : facts.toolTotal;
  const main = placeOfMain(table);
  const held = main < 0 ? undefined : heldAt(table.models, SUM_AT.chains + main * CHAIN_SIZE + HELD);
  const resume = held === undefined ? NO_PREFIX : worthOf(table, main, held, prices);
  if (resume === undefined) return held!.model;
  const anchor = held && anchorOf(table, main, held, pending);
  const total = SUM_AT.total / 8;
  const isOneModel = words[SUM_AT.seenModels / 4] === 1;
  const isOneChain = words[SUM_AT.countedChains / 4] === 1;
  const model = isOneModel ? table.models[bytes[SUM_AT.modelOrder]!]! : undefined;
  const models = isOneModel ? undefined : listModels(table);
  const chain = isOneChain ? table.chains[bytes[SUM_AT.countedOrder]!]! : undefined;
  const lastAt = isOneChain ? numbers[total + 11]! : undefined;
  const isWhole = isExact(startedAt ?? 0) && isExact(lastActivityAt ?? 0) && isExact(lastAt ?? 0) &&
    isExact(anchor?.at ?? 0);
  const isPlain = isWhole && anchor !== undefined && isOneChain && anchor.model === model && !anchor.hidesWrites;
  const start = isWhole ? startedAt ?? 0 : 0;
  const base = isWhole ? lastActivityAt ?? start : 0;
  const cost = costOfAll(total);
  const { standardRateTurns, billed } = cost;
  const isOpen = !Number.isFinite(cost.usd) || cost.unpricedTurns > 0 || standardRateTurns !== undefined ||
    billed !== undefined;
  const session = { toolTotal, parentSessionId, rollup: { cost } };
  const { warm, cold } = resume;
  const isFree = warm === 0 || cold === 0;
  const lost = readLost();
  const file = isSmall ? undefined : path;
  const stored: unknown[] = [
    startedAt ?? null,
    lastActivityAt === undefined ? null : lastActivityAt - start,
    anchor === undefined ? null : anchor.at - base,
    cost.usd,
    traitsOf(numbers[total + 7]!, isOpen, isComputed(), session, isPlain, !isWhole),
    numbers[total]!,
    numbers[total + 1]!,
    numbers[total + 2]!,
    numbers[total + 3]!,
    numbers[total + 4]!,
    numbers[total + 5]!,
    cost.unpricedTurns,
    model === undefined ? 0 : model.provider,
    model === undefined ? models : model.model,
    chain === undefined ? listChains(table) : chain === MAIN_CHAIN ? 0 : chain,
    lastAt === undefined ? 0 : lastAt - base,
    isPlain ? anchor.tokens : 0,
    isPlain ? anchor.oneHourTokens : 0,
    isPlain ? LOSSES.indexOf(anchor.lost) : 0,
    isFree ? 0 : warm ?? 0,
    isFree ? 0 : cold ?? 0,
    lost.misses,
    knownLoss(lost) ?? null,
    numbers[SUM_AT.largestPrompt / 8]!,
  ];
  const odd = isPlain ? undefined : anchor;
  const hasMore = file !== undefined || title !== undefined || parentSessionId !== undefined || traceId !== undefined ||
    pending !== undefined || toolTotal !== undefined || standardRateTurns !== undefined || billed !== undefined ||
    odd !== undefined || isFree;
  if (hasMore) {
    const more = { title, parentSessionId, traceId, pending, toolTotal, file, standardRateTurns, billed };
    stored.push({ ...more, anchor: odd, resume: isFree ? resume : undefined });
  }
  return columnsOf(cwd, stored);
}

/** Where what a chain holds stands among what the engine knows of it; and its last row. */
const HELD = 16;
const TAIL = 4;

/** Below zero where no turn is of it. */
function placeOfMain({ chains }: TurnTable): number {
  const place = chains.indexOf(MAIN_CHAIN);
  // A later record may have put its only turn elsewhere.
  return place < 0 || sumMemory.words[(SUM_AT.chains + place * CHAIN_SIZE) / 4] === 0 ? -1 : place;
}

/** As finishRollup has it. */
function anchorOf(
  { models }: TurnTable,
  main: number,
  held: HeldPrefix,
  pending: SessionFacts["pending"],
): CacheAnchor {
  if (pending === undefined) return held.tokens === 0 ? { ...held, lost: "never_written" } : held;
  const last = requestAt(models, sumMemory.words[(SUM_AT.chains + main * CHAIN_SIZE + TAIL) / 4]!);
  return anchorAt({ held, last, writing: [], silent: [] }, pending);
}

/** What turns say that it costs, and where they do not say both, the book. Undefined where that is not at hand. */
function worthOf(table: TurnTable, main: number, held: HeldPrefix, prices: PriceSource): PrefixCost | undefined {
  const isPaid = sumMemory.words[SUM_AT.rateCount / 4]! > 0;
  const known = isPaid ? priceHeld(main, 0) : 0;
  if (known === (HAS_WARM | HAS_COLD)) return readWorth(known);
  const book = prices.bookAtHand?.([held.model]);
  if (book === undefined || held.tokens === 0) return book && NO_PREFIX;
  const place = table.models.indexOf(held.model);
  if (showRates(book, table, [place])) return readWorth(priceHeld(main, 1));
  return prefixCost(held, isPaid ? readRates(place, table.models) : undefined, book);
}

function readWorth(known: number): PrefixCost {
  const { numbers } = sumMemory;
  const [warm, cold] = [numbers[SUM_AT.warmUsd / 8]!, numbers[SUM_AT.coldUsd / 8]!];
  switch (known) {
    case HAS_WARM | HAS_COLD:
      return { warm, cold };
    case HAS_WARM:
      return { warm };
    case HAS_COLD:
      return { cold };
    default:
      return NO_PREFIX;
  }
}

function costOfAll(total: number): Cost {
  const { numbers } = sumMemory;
  if (numbers[total + 9]! > 0 || numbers[total + 13]! > 0) return readSum(SUM_AT.total).cost;
  return { usd: numbers[total + 6]!, basis: COST_BASES[numbers[total + 7]!]!, unpricedTurns: numbers[total + 8]! };
}

/** Whether the cost of some of its models is, or in part. */
function isComputed(): boolean {
  const { words, numbers, bytes } = sumMemory;
  for (let at = words[SUM_AT.seenModels / 4]! - 1; at >= 0; at--) {
    const sum = (SUM_AT.modelSums + bytes[SUM_AT.modelOrder + at]! * SUM_SIZE) / 8;
    if (numbers[sum + 7]! >= COMPUTED) return true;
  }
  return false;
}

/** Whether Opper had a turn of it. */
function isTraced({ models }: TurnTable): boolean {
  const { words, bytes } = sumMemory;
  for (let at = words[SUM_AT.seenModels / 4]! - 1; at >= 0; at--) {
    if (models[bytes[SUM_AT.modelOrder + at]!]!.provider === "opper") return true;
  }
  return false;
}

/** Most expensive first. */
function listModels({ models }: TurnTable): readonly ModelRollup[] {
  return placesAt(SUM_AT.modelOrder, sumMemory.words[SUM_AT.seenModels / 4]!).map((place) => {
    const { turns, usage, cost } = readSum(SUM_AT.modelSums + place * SUM_SIZE);
    return { ...models[place]!, turns, usage, cost };
  }).sort((a, b) => b.cost.usd - a.cost.usd);
}

/** The main chain first. */
function listChains({ chains }: TurnTable): readonly ChainRollup[] {
  return placesAt(SUM_AT.countedOrder, sumMemory.words[SUM_AT.countedChains / 4]!).map((place) => {
    const { turns, usage, cost, lastAt } = readSum(SUM_AT.chainSums + place * SUM_SIZE);
    return { chain: chains[place]!, turns, usage, cost, lastAt };
  }).sort((a, b) => Number(b.chain === MAIN_CHAIN) - Number(a.chain === MAIN_CHAIN));
}
