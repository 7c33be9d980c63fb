/**
 * What a log's turns add up to, out of their rows: sum_engine.wasm does what core/rollup.ts and usage_buckets.ts do of turns,
 * to the last bit, and writes what the index has of it as part_codec.ts and rollup_codec.ts do. Of turns of which rows do not
 * say all that matters those say it themselves.
 */
import { mayHoldUnasked, sharesPrompt } from "../../../core/cache/anchor.ts";
import { isRouted } from "../../../core/cache/sticky_routing.ts";
import { isRerouted } from "../../../core/cache/survival.ts";
import type { PriceBook } from "../../../core/cost/cost.ts";
import type { EpochMs, ModelRef } from "../../../core/model.ts";
import { CELL_AT, CELL_FLAGS, NOT_COUNTED, ROW_CELLS } from "../../logs/turns/turn_row.ts";
import type { TurnTable } from "../../logs/turns/turn_table.ts";
import type { PriceSource } from "./make_session.ts";
import { isCounted } from "./ownership.ts";
import { keepBytes } from "../bytes/byte_writer.ts";
import { joinPart } from "../bytes/part_codec.ts";
import { useKnownTexts } from "../bytes/pack_json.ts";
import type { Bytes } from "../tables/store.ts";
import { priceByBook } from "./price_rows.ts";
import { priceRowMisses, type RowOrder } from "./row_misses.ts";
import { heldAt, placesAt } from "./row_state.ts";
import { missModels, priceByRates, priceByTools, priceLosses, sumRows, writeRows } from "./sum_engine.wasm";
import { BOOK_SIZE, DOUBT_SIZE, MISS_SIZE, reserve, ROW_SIZE, SUM_AT, sumMemory } from "./sum_memory.ts";

/** More are for turns themselves. */
const [MOST_MODELS, MOST_CHAINS] = [32, 64];
/** In characters. */
const LONGEST_NAME = 4096;
const [NEVER_UNASKED, IS_ROUTED] = [1, 2];
/** In bytes: what at most is written of a miss, and put beside it on the way; of a character of a name; and of all else. */
const [MISS_ROOM, NAME_ROOM, ROOM] = [512, 64, 1 << 15];

/** What a log's turns add up to. The rest is in the engine's memory (row_state.ts) until the next log is added up. */
export interface TableSums {
  /** As `encodePart` makes it. */
  readonly part: Bytes;
  /** As `encodeRollupState` makes it. */
  readonly rollup: Bytes;
  /** Of those that count or do not; minus infinity without turns. */
  readonly lastAt: EpochMs;
}

/** What is asked of the price data for turns, and for lost caches. */
interface Books {
  readonly turns?: PriceBook;
  readonly misses?: PriceBook;
}

/**
 * @param lost Which turns do not count, see `resolveOwnership`. @default all count
 * @returns undefined when it takes the turns themselves to say; a promise where prices have to be looked up first
 */
export function sumTable(
  table: TurnTable,
  prices: PriceSource,
  lost = "",
): TableSums | undefined | Promise<TableSums | undefined> {
  const { models, chains } = table;
  if (models.length > MOST_MODELS || chains.length > MOST_CHAINS || !table.isPlain()) return undefined;
  for (const { provider, model } of models) if (provider.length + model.length > LONGEST_NAME) return undefined;
  for (const chain of chains) if (chain.length > LONGEST_NAME) return undefined;
  const order = orderOf(table);
  return order === undefined ? undefined : sumOrdered(table, order, prices, lost, {});
}

/** Begins again with each book that has to be waited for: another log may have been added up meanwhile. */
function sumOrdered(
  table: TurnTable,
  order: RowOrder,
  prices: PriceSource,
  lost: string,
  books: Books,
): TableSums | Promise<TableSums | undefined> {
  const { models, length } = table;
  showRows(table, order);
  if (lost !== "") markLost(lost, length, order);
  showNames(table);
  if (priceByTools(length) > 0) {
    const asked = placesAt(SUM_AT.askedOrder, sumMemory.words[SUM_AT.asked / 4]!);
    const refs = asked.map((place) => models[place]!);
    const turns = books.turns ?? prices.bookAtHand?.(refs);
    if (turns === undefined) {
      return prices.bookFor(refs).then((turns) => sumOrdered(table, order, prices, lost, { ...books, turns }));
    }
    if (!hasMore(table) && showRates(turns, table, asked)) priceByRates(length);
    else priceByBook(table, (place) => order === "as they are" ? place : order[place]!, turns);
  }
  sumMemory.words[SUM_AT.isAnswered / 4] = 0;
  sumRows(length);
  if (answerDoubts(table)) sumRows(length);
  const { words } = sumMemory;
  if (words[SUM_AT.misses / 4] === 0) {
    forgetLosses();
    return writeSums(table);
  }
  const ofMisses = placesOf(missModels(length));
  const refs = ofMisses.map((place) => models[place]!);
  const misses = books.misses ?? prices.bookAtHand?.(refs);
  if (misses === undefined) {
    return prices.bookFor(refs).then((misses) => sumOrdered(table, order, prices, lost, { ...books, misses }));
  }
  if (!hasMore(table) && showRates(misses, table, ofMisses)) {
    rankModels(models);
    priceLosses(length);
    return writeSums(table);
  }
  const priced = priceRowMisses(table, order, misses);
  const { bytes } = sumMemory;
  const at = (name: "samples" | "samplesEnd" | "buckets" | "bucketsEnd") => words[SUM_AT[name] / 4]!;
  const part = joinPart(
    placesAt(SUM_AT.partOrder, words[SUM_AT.partCount / 4]!).map((place) => models[place]!),
    bytes.subarray(at("samples"), at("samplesEnd")),
    priced,
    bytes.subarray(at("buckets"), at("bucketsEnd")),
  );
  return { ...writeSums(table, false), part };
}

/** The rows in order of time: those of one time as the log shows them. Undefined for times that have no order. */
function orderOf({ cells, length }: TurnTable): RowOrder | undefined {
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

/** Whether turns say of prices or of lost caches what rows do not. */
function hasMore(table: TurnTable): boolean {
  for (let row = 0; row < table.length; row++) {
    const whole = table.wholeAt(row);
    if (whole !== undefined && (whole.terms !== undefined || whole.missReason !== undefined)) return true;
  }
  return false;
}

function showRows({ cells, length }: TurnTable, order: RowOrder): void {
  reserve(length * (2 * ROW_SIZE + DOUBT_SIZE + MISS_SIZE) + ROOM);
  const first = SUM_AT.given / 8;
  const rowAt = (row: number) => cells.subarray(row * ROW_CELLS, (row + 1) * ROW_CELLS);
  if (order === "as they are") sumMemory.numbers.set(cells.subarray(0, length * ROW_CELLS), first);
  else order.forEach((row, place) => sumMemory.numbers.set(rowAt(row), first + place * ROW_CELLS));
}

/** Of the rows that are shown. */
function markLost(lost: string, length: number, order: RowOrder): void {
  const { numbers } = sumMemory;
  for (let place = 0; place < length; place++) {
    const cell = SUM_AT.given / 8 + place * ROW_CELLS + CELL_FLAGS;
    if (!isCounted(lost, order === "as they are" ? place : order[place]!)) numbers[cell]! |= NOT_COUNTED;
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

/** Shows the engine what the book has. @param places Of models @returns false where their rates say less than the book does */
export function showRates(book: PriceBook, { models, length }: TurnTable, places: readonly number[]): boolean {
  const { numbers } = sumMemory;
  const first = SUM_AT.given / 8 + CELL_AT;
  for (const place of places) {
    const rates = book.ratesOf?.(models[place]!, numbers[first]!, numbers[first + (length - 1) * ROW_CELLS]!);
    if (rates === undefined) return false;
    numbers.set(rates, (SUM_AT.book + place * BOOK_SIZE) / 8);
  }
  return true;
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

function placesOf(bits: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < MOST_MODELS; place++) if ((bits >>> place & 1) === 1) places.push(place);
  return places;
}

/** As compareLosses orders them (usage_buckets.ts). */
function rankModels(models: readonly ModelRef[]): void {
  const names = models.map(({ provider, model }) => `${provider}\0${model}\0`);
  const sorted = names.length === 1 ? names : names.toSorted((a, b) => a < b ? -1 : 1);
  for (let place = 0; place < names.length; place++) {
    sumMemory.bytes[SUM_AT.modelRanks + place] = sorted.indexOf(names[place]!);
  }
}

function forgetLosses(): void {
  sumMemory.numbers[SUM_AT.lostUsd / 8] = 0;
  sumMemory.words[SUM_AT.unpricedMisses / 4] = 0;
}

const encoder = new TextEncoder();

/** @param hasPart Whether the part is to be written. @default true */
function writeSums({ models, chains, length }: TurnTable, hasPart = true): TableSums {
  useKnownTexts();
  const names = (sumMemory.words[SUM_AT.bucketsEnd / 4]! + 7) & ~7;
  let characters = 0;
  for (const { provider, model } of models) characters += provider.length + model.length + 4;
  for (const chain of chains) characters += chain.length + 2;
  reserve(
    names - SUM_AT.given + characters * NAME_ROOM + sumMemory.words[SUM_AT.misses / 4]! * MISS_ROOM + ROOM + names,
  );
  let at = names;
  for (const { provider, model } of models) at = showName(model, showName(provider, at));
  for (const chain of chains) at = showName(chain, at);
  writeRows(length, names, at - names, Number(hasPart));
  const { words, numbers, bytes } = sumMemory;
  const [part, rollup, end] = [words[SUM_AT.part / 4]!, words[SUM_AT.rollup / 4]!, words[SUM_AT.writtenEnd / 4]!];
  const both = keepBytes(bytes.subarray(part, end));
  const lastAt = length === 0 ? -Infinity : numbers[SUM_AT.given / 8 + (length - 1) * ROW_CELLS + CELL_AT]!;
  return { part: both.subarray(0, rollup - part), rollup: both.subarray(rollup - part), lastAt };
}

/** Behind its length, as two bytes. @returns where the next one goes */
function showName(name: string, at: number): number {
  const { bytes } = sumMemory;
  const { written } = encoder.encodeInto(name, bytes.subarray(at + 2));
  bytes[at] = written & 255;
  bytes[at + 1] = written >>> 8;
  return at + 2 + written;
}
