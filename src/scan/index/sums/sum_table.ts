/**
 * What a log's turns add up to, out of their rows: sum_engine.wasm does what core/rollup.ts and usage_buckets.ts do of turns,
 * to the last bit, and writes the part of the index as part_codec.ts does. Of turns of which rows do not say all that
 * matters those say it themselves, as before.
 */
import { type ChainPrefix, type HeldPrefix, mayHoldUnasked, sharesPrompt } from "../../../core/cache/anchor.ts";
import { type CacheMiss, missOf } from "../../../core/cache/misses.ts";
import { isRouted } from "../../../core/cache/sticky_routing.ts";
import { isRerouted } from "../../../core/cache/survival.ts";
import { priceByPaid } from "../../../core/cost/miss_cost.ts";
import type { ObservedRate, PrefixRates } from "../../../core/cost/prefix_cost.ts";
import { type Cost, COST_BASES, type ModelRef, type Tokens } from "../../../core/model.ts";
import type { AddedTurns, RollupState } from "../../../core/rollup.ts";
import {
  CELL_AT,
  CELL_CACHE_READ,
  CELL_CACHE_WRITE,
  CELL_CACHE_WRITE1H,
  CELL_FLAGS,
  CELL_INPUT,
  CELL_MODEL,
  NOT_COUNTED,
  ROW_CELLS,
} from "../../logs/turns/turn_row.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import type { PriceSource } from "./make_session.ts";
import { isCounted } from "./ownership.ts";
import { joinPart } from "../bytes/part_codec.ts";
import type { Bytes } from "../tables/store.ts";
import { followPaidRows } from "./row_rates.ts";
import { priceRows } from "./price_rows.ts";
import { sumRows } from "./sum_engine.wasm";
import { reserve, SUM_AT, sumMemory } from "./sum_memory.ts";

/** In bytes. What is written of a row takes less than a row. */
const [SUM_SIZE, RATE_SIZE, CHAIN_SIZE, ROW_SIZE, DOUBT_SIZE, MISS_SIZE] = [112, 104, 128, 8 * ROW_CELLS, 48, 40];
/** More are for turns themselves. */
const [MOST_MODELS, MOST_CHAINS] = [32, 64];
const [NEVER_UNASKED, IS_ROUTED] = [1, 2];
const KINDS = ["input", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

/** Places of rows in order of time. */
type Order = readonly number[] | "as they are";

/** What a log's turns add up to. */
interface TableSums extends AddedTurns {
  /** As `encodePart` makes it. */
  readonly part: Bytes;
}

/**
 * @param lost Which turns do not count, see `resolveOwnership`. @default all count
 * @returns undefined when it takes the turns themselves to say
 */
export async function sumTable(table: TurnTable, prices: PriceSource, lost = ""): Promise<TableSums | undefined> {
  const { models, chains, length } = table;
  if (models.length > MOST_MODELS || chains.length > MOST_CHAINS || !table.isPlain()) return undefined;
  const order = orderOf(table);
  if (order === undefined) return undefined;
  await priceRows(table, prices);
  showRows(table, order);
  if (lost !== "") markLost(lost, length, order);
  showNames(table);
  sumMemory.words[SUM_AT.isAnswered / 4] = 0;
  sumRows(length);
  if (answerDoubts(table)) sumRows(length);
  const { bytes, words } = sumMemory;
  const [samples, samplesEnd, buckets, bucketsEnd] = words.subarray(SUM_AT.samples / 4, SUM_AT.bucketsEnd / 4 + 1);
  const misses = await priceTableMisses(readMisses(table, order), table, order, prices);
  const part = joinPart(
    placesAt(SUM_AT.partOrder, words[SUM_AT.partCount / 4]!).map((place) => models[place]!),
    bytes.subarray(samples, samplesEnd),
    misses,
    bytes.subarray(buckets, bucketsEnd),
  );
  return { state: readState(table, lost), misses, part };
}

/** The rows in order of time: those of one time as the log shows them. Undefined for times that have no order. */
function orderOf({ cells, length }: TurnTable): Order | undefined {
  let before = -Infinity;
  let isInOrder = true;
  for (let start = CELL_AT; start < length * ROW_CELLS; start += ROW_CELLS) {
    const at = cells[start]!;
    if (!Number.isFinite(at)) return undefined;
    if (at < before) isInOrder = false;
    before = at;
  }
  if (isInOrder) return "as they are";
  return Array.from({ length }, (_, row) => row)
    .sort((a, b) => cells[a * ROW_CELLS + CELL_AT]! - cells[b * ROW_CELLS + CELL_AT]!);
}

function showRows({ cells, length }: TurnTable, order: Order): void {
  reserve(length * (2 * ROW_SIZE + DOUBT_SIZE + MISS_SIZE));
  const first = SUM_AT.given / 8;
  const rowAt = (row: number) => cells.subarray(row * ROW_CELLS, (row + 1) * ROW_CELLS);
  if (order === "as they are") sumMemory.numbers.set(cells.subarray(0, length * ROW_CELLS), first);
  else order.forEach((row, place) => sumMemory.numbers.set(rowAt(row), first + place * ROW_CELLS));
}

/** Of the rows that are shown. */
function markLost(lost: string, length: number, order: Order): void {
  const { numbers } = sumMemory;
  for (let place = 0; place < length; place++) {
    if (isCounted(lost, order === "as they are" ? place : order[place]!)) continue;
    numbers[SUM_AT.given / 8 + place * ROW_CELLS + CELL_FLAGS]! |= NOT_COUNTED;
  }
}

function showNames({ models, chains }: TurnTable): void {
  const { bytes, words } = sumMemory;
  words[SUM_AT.modelCount / 4] = models.length;
  words[SUM_AT.chainCount / 4] = chains.length;
  for (let place = 0; place < models.length; place++) {
    const model = models[place]!;
    bytes[SUM_AT.modelTraits + place] = (mayHoldUnasked(model) ? 0 : NEVER_UNASKED) | (isRouted(model) ? IS_ROUTED : 0);
  }
  for (let place = 0; place < chains.length; place++) {
    bytes[SUM_AT.chainTraits + place] = sharesPrompt(chains[place]!) ? 1 : 0;
  }
}

/** Says of losses whether a router explains them. @returns whether there was a doubt */
function answerDoubts({ models, length }: TurnTable): boolean {
  const { words, numbers } = sumMemory;
  const count = words[SUM_AT.doubts / 4]!;
  for (let place = 0; place < count; place++) {
    const at = SUM_AT.given + length * ROW_SIZE + place * DOUBT_SIZE;
    const held = heldAt(models, at + 8);
    words[at / 4 + 10] = isRerouted(held, numbers[at / 8]!) ? 1 : 0;
  }
  words[SUM_AT.isAnswered / 4] = 1;
  return count > 0;
}

/** @param at Where its time is: tokens, those of an hour, its model, and whether writes are hidden stand behind it */
function heldAt(models: readonly ModelRef[], at: number): HeldPrefix {
  const { words, numbers } = sumMemory;
  const held = {
    model: models[words[at / 4 + 6]!]!,
    at: numbers[at / 8]!,
    tokens: numbers[at / 8 + 1]!,
    oneHourTokens: numbers[at / 8 + 2]!,
  };
  return words[at / 4 + 7] === 0 ? held : { ...held, hidesWrites: true };
}

/** Of few turns, which are made objects. */
function readMisses(table: TurnTable, order: Order): readonly CacheMiss[] {
  const { words } = sumMemory;
  const first = SUM_AT.given + table.length * (ROW_SIZE + DOUBT_SIZE);
  const misses: CacheMiss[] = [];
  for (let at = first, end = first + words[SUM_AT.misses / 4]! * MISS_SIZE; at < end; at += MISS_SIZE) {
    const place = (words[at / 4 + 8]! - SUM_AT.given) / ROW_SIZE;
    const turn = table.turnAt(order === "as they are" ? place : order[place]!);
    misses.push(missOf(turn, requestAt(table.models, words[at / 4 + 9]!), heldAt(table.models, at))!);
  }
  return misses;
}

/** As priceMisses has it (core/cost/miss_cost.ts), of rows. */
async function priceTableMisses(
  misses: readonly CacheMiss[],
  { cells, models, length }: TurnTable,
  order: Order,
  prices: PriceSource,
): Promise<readonly CacheMiss[]> {
  if (misses.length === 0) return misses;
  const isPaid = sumMemory.words[SUM_AT.rateCount / 4]! > 0;
  const book = await prices.bookFor(misses.map(({ model }) => model));
  const startOf = (place: number) => (order === "as they are" ? place : order[place]!) * ROW_CELLS;
  return priceByPaid(misses, isPaid ? followPaidRows({ cells, models, length, startOf }) : undefined, book);
}

function readState(table: TurnTable, lost: string): RollupState {
  const { models, chains, length } = table;
  const { words, numbers } = sumMemory;
  const copied = words[SUM_AT.copied / 4]!;
  return {
    total: readSum(SUM_AT.total),
    models: placesAt(SUM_AT.modelOrder, words[SUM_AT.seenModels / 4]!)
      .map((place) => ({ model: models[place]!, sum: readSum(SUM_AT.modelSums + place * SUM_SIZE) })),
    sums: placesAt(SUM_AT.countedOrder, words[SUM_AT.countedChains / 4]!)
      .map((place) => ({ chain: chains[place]!, sum: readSum(SUM_AT.chainSums + place * SUM_SIZE) })),
    prefixes: placesAt(SUM_AT.chainOrder, words[SUM_AT.seenChains / 4]!)
      .map((place) => ({ chain: chains[place]!, prefix: readPrefix(place, models) })),
    rates: placesAt(SUM_AT.rateOrder, words[SUM_AT.rateCount / 4]!).map((place) => readRates(place, models))
      .filter(hasRate),
    ...(copied === 0 ? {} : { copied }),
    largestPrompt: largestPromptOf(table, lost),
    lastAt: length === 0 ? -Infinity : numbers[SUM_AT.given / 8 + (length - 1) * ROW_CELLS + CELL_AT]!,
  };
}

function largestPromptOf({ cells, length }: TurnTable, lost: string): Tokens {
  let largest = 0;
  for (let row = 0, start = 0; row < length; row++, start += ROW_CELLS) {
    if (lost !== "" && !isCounted(lost, row)) continue;
    const prompt = cells[start + CELL_INPUT]! + cells[start + CELL_CACHE_READ]! + cells[start + CELL_CACHE_WRITE]! +
      cells[start + CELL_CACHE_WRITE1H]!;
    largest = Math.max(largest, prompt);
  }
  return largest;
}

function placesAt(at: number, count: number): number[] {
  return Array.from(sumMemory.bytes.subarray(at, at + count));
}

function readSum(at: number): RollupState["total"] {
  const { numbers } = sumMemory;
  const place = at / 8;
  const cost: { -readonly [Member in keyof Cost]: Cost[Member] } = {
    usd: numbers[place + 6]!,
    basis: COST_BASES[numbers[place + 7]!]!,
    unpricedTurns: numbers[place + 8]!,
  };
  if (numbers[place + 9]! > 0) cost.standardRateTurns = numbers[place + 9]!;
  if (numbers[place + 13]! > 0) cost.billed = { usd: numbers[place + 12]!, turns: numbers[place + 13]! };
  return {
    turns: numbers[place]!,
    usage: usageAt(place + 1),
    cost,
    firstAt: numbers[place + 10]!,
    lastAt: numbers[place + 11]!,
  };
}

function usageAt(place: number) {
  const { numbers } = sumMemory;
  return {
    input: numbers[place]!,
    cacheRead: numbers[place + 1]!,
    cacheWrite: numbers[place + 2]!,
    cacheWrite1h: numbers[place + 3]!,
    output: numbers[place + 4]!,
  };
}

function readPrefix(chain: number, models: readonly ModelRef[]): RollupState["prefixes"][number]["prefix"] {
  const { words } = sumMemory;
  const at = SUM_AT.chains + chain * CHAIN_SIZE;
  const listAt = (count: number, list: number) =>
    placesAt(at + list, words[at / 4 + count]!).map((place) => models[place]!);
  return {
    held: heldAt(models, at + 16),
    last: requestAt(models, words[at / 4 + 1]!),
    writing: listAt(12, 56),
    silent: listAt(13, 88),
  };
}

/** @param at Where its row is */
function requestAt(models: readonly ModelRef[], at: number): ChainPrefix["last"] {
  const { numbers } = sumMemory;
  const cell = at / 8;
  return {
    at: numbers[cell + CELL_AT]!,
    model: models[numbers[cell + CELL_MODEL]!]!,
    usage: usageAt(cell + CELL_INPUT),
  };
}

function readRates(place: number, models: readonly ModelRef[]): PrefixRates {
  const { words, numbers } = sumMemory;
  const at = SUM_AT.rates + place * RATE_SIZE;
  const flags = words[at / 4 + 24]!;
  const { provider, model } = models[place]!;
  const rates: ModelRef & { -readonly [kind in typeof KINDS[number]]?: ObservedRate } = { provider, model };
  KINDS.forEach((kind, bit) => {
    if ((flags & 1 << bit) === 0) return;
    const rate = at / 8 + 3 * bit;
    rates[kind] = { usdPerMillion: numbers[rate]!, at: numbers[rate + 1]!, promptTokens: numbers[rate + 2]! };
  });
  return rates;
}

function hasRate(rates: PrefixRates): boolean {
  return KINDS.some((kind) => rates[kind] !== undefined);
}
