/**
 * The session of a log that is its only one, out of what the engine added up of its rows: as makeSession and encodeSession have
 * it. Most have one model and one chain, and nothing that few have: then it is a list of numbers, without an object between.
 */
import { prefixCost } from "../../../core/cost/prefix_cost.ts";
import { COST_BASES, MAIN_CHAIN, type ModelRef, type SessionFacts, type Usd } from "../../../core/model.ts";
import { finishRollup } from "../../../core/rollup.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import { joinSession, mergeFacts, modelToPrice, type PriceSource, traceNameOf, withResume } from "./make_session.ts";
import { nameTraceNow } from "./name_trace_now.ts";
import { readLost, readRates, readState } from "./row_state.ts";
import { traitsOf } from "./session_figures.ts";
import { columnsOf, encodeSession, isExact, LOSSES, type SessionColumns } from "./stored_session.ts";
import { CHAIN_SIZE, SUM_AT, sumMemory } from "./sum_memory.ts";

const NO_COST_BASIS = COST_BASES.indexOf("none");
const REPORTED = COST_BASES.indexOf("reported");
const NEVER_WRITTEN = LOSSES.indexOf("never_written");

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
  log: OwnLog,
  prices: PriceSource,
): SessionColumns | ModelRef {
  return listRows(source, table, log, prices) ?? describeRows(source, table, log, prices);
}

function describeRows(
  source: string,
  table: TurnTable,
  { path, facts, isSmall }: OwnLog,
  prices: PriceSource,
): SessionColumns | ModelRef {
  const merged = mergeFacts([{ path, facts }]);
  const state = readState(table);
  const rollup = finishRollup(state, merged.pending, undefined);
  const asked = modelToPrice(rollup);
  const book = asked && prices.bookAtHand?.([asked]);
  if (asked !== undefined && book === undefined) return asked;
  const name = traceNameOf(source, merged, rollup);
  const traceId = name === undefined ? undefined : nameTraceNow(name);
  const session = joinSession(source, { ...merged, traceId }, withResume(rollup, state, book), readLost());
  return encodeSession(session, !isSmall);
}

/** Undefined where it takes more to say. */
function listRows(
  source: string,
  table: TurnTable,
  log: OwnLog,
  prices: PriceSource,
): SessionColumns | undefined {
  const { words, numbers, bytes } = sumMemory;
  const { facts } = log;
  if (words[SUM_AT.seenModels / 4] !== 1 || words[SUM_AT.countedChains / 4] !== 1) return undefined;
  const place = bytes[SUM_AT.modelOrder]!;
  const model = table.models[place]!;
  const total = SUM_AT.total / 8;
  const usd = numbers[total + 6]!;
  const hasOwnRates = numbers[total + 9]! > 0 || numbers[total + 13]! > 0 || !Number.isFinite(usd);
  if (facts.pending !== undefined || hasOwnRates) return undefined;
  const { startedAt, subagent, cwd, title } = facts;
  const lastActivityAt = Number.isFinite(facts.lastActivityAt) ? facts.lastActivityAt : undefined;
  const chain = table.chains[bytes[SUM_AT.countedOrder]!]!;
  const lastAt = numbers[total + 11]!;
  const anchor = anchorOf(table, place, prices);
  if (anchor === undefined || !isExact(startedAt ?? 0) || !isExact(lastActivityAt ?? 0)) return undefined;
  if (!isExact(lastAt) || !isExact(anchor.at ?? 0)) return undefined;
  const start = startedAt ?? 0;
  const base = lastActivityAt ?? start;
  const basis = numbers[total + 7]!;
  const unpriced = numbers[total + 8]!;
  const toolTotal = subagent ? undefined : facts.toolTotal;
  const parentSessionId = subagent ? undefined : facts.parentSessionId;
  const cost = { usd, basis: COST_BASES[basis]!, unpricedTurns: unpriced };
  const isComputed = basis !== NO_COST_BASIS && basis !== REPORTED;
  const session = { toolTotal, parentSessionId, rollup: { cost } };
  const { at, tokens, oneHourTokens, warm, cold } = anchor;
  const isPlain = at !== undefined;
  const isFree = warm === 0 || cold === 0;
  const turns = numbers[total]!;
  const name = traceNameOf(source, { file: log.path, sessionId: facts.sessionId }, {
    models: [{ provider: model.provider, turns }],
  });
  const traceId = name === undefined ? undefined : nameTraceNow(name);
  const misses = words[SUM_AT.misses / 4]!;
  const stored: unknown[] = [
    startedAt ?? null,
    lastActivityAt === undefined ? null : lastActivityAt - start,
    at === undefined ? null : at - (lastActivityAt ?? start),
    usd,
    traitsOf(basis, unpriced > 0, isComputed, session, isPlain, false),
    turns,
    numbers[total + 1]!,
    numbers[total + 2]!,
    numbers[total + 3]!,
    numbers[total + 4]!,
    numbers[total + 5]!,
    unpriced,
    model.provider,
    model.model,
    chain === MAIN_CHAIN ? 0 : chain,
    lastAt - base,
    tokens,
    oneHourTokens,
    isPlain && tokens === 0 ? NEVER_WRITTEN : 0,
    isFree ? 0 : warm ?? 0,
    isFree ? 0 : cold ?? 0,
    misses,
    misses > 0 && words[SUM_AT.unpricedMisses / 4] === misses ? null : numbers[SUM_AT.lostUsd / 8]!,
    numbers[SUM_AT.largestPrompt / 8]!,
  ];
  const file = log.isSmall ? undefined : log.path;
  const resume = isFree
    ? { ...(warm === undefined ? {} : { warm }), ...(cold === undefined ? {} : { cold }) }
    : undefined;
  const hasMore = title !== undefined || parentSessionId !== undefined || traceId !== undefined ||
    toolTotal !== undefined ||
    file !== undefined || resume !== undefined;
  if (hasMore) stored.push({ title, parentSessionId, traceId, toolTotal, file, resume });
  return columnsOf(cwd, stored);
}

/** What the main chain left in the cache, and what it is worth: without `at` where there is no main chain. */
interface RowAnchor {
  readonly at?: number;
  readonly tokens: number;
  readonly oneHourTokens: number;
  readonly warm?: Usd;
  readonly cold?: Usd;
}

const NO_ANCHOR: RowAnchor = { tokens: 0, oneHourTokens: 0 };

/** Undefined where it takes more to say. @param place Of the session's only model */
function anchorOf(table: TurnTable, place: number, prices: PriceSource): RowAnchor | undefined {
  const { words, numbers } = sumMemory;
  const main = table.chains.indexOf(MAIN_CHAIN);
  if (main < 0) return NO_ANCHOR;
  const chain = SUM_AT.chains + main * CHAIN_SIZE;
  // Of a turn that a later record put elsewhere.
  if (words[chain / 4] === 0) return NO_ANCHOR;
  if (words[chain / 4 + 10] !== place || words[chain / 4 + 11] !== 0) return undefined;
  const held = {
    model: table.models[place]!,
    at: numbers[chain / 8 + 2]!,
    tokens: numbers[chain / 8 + 3]!,
    oneHourTokens: numbers[chain / 8 + 4]!,
  };
  const rates = words[SUM_AT.rateCount / 4]! > 0 ? readRates(place, table.models) : undefined;
  const isHeld = held.tokens !== 0;
  const paid = isHeld && rates !== undefined ? prefixCost(held, rates, undefined) : {};
  if (paid.warm !== undefined && paid.cold !== undefined) return { ...held, ...paid };
  const book = prices.bookAtHand?.([held.model]);
  if (book === undefined) return undefined;
  return isHeld ? { ...held, ...prefixCost(held, rates, book) } : held;
}
