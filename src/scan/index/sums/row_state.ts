/**
 * What the engine added up of rows (sum_table.ts), as objects: of the few logs that take more than numbers to say. It is there
 * until the next log is added up.
 */
import type { ChainPrefix, HeldPrefix } from "../../../core/cache/anchor.ts";
import type { LostCaches } from "../../../core/cost/miss_cost.ts";
import type { ObservedRate, PrefixRates } from "../../../core/cost/prefix_cost.ts";
import { type Cost, COST_BASES, type ModelRef } from "../../../core/model.ts";
import type { RollupState } from "../../../core/rollup.ts";
import { CELL_AT, CELL_INPUT, CELL_MODEL } from "../../logs/turns/turn_row.ts";
import { RATE_SIZE, SUM_AT, sumMemory } from "./sum_memory.ts";

const KINDS = ["input", "cacheRead", "cacheWrite", "cacheWrite1h"] as const;

/** What lost caches add up to. */
export function readLost(): Omit<LostCaches, "tokens"> {
  const { words, numbers } = sumMemory;
  return {
    misses: words[SUM_AT.misses / 4]!,
    usd: numbers[SUM_AT.lostUsd / 8]!,
    unpriced: words[SUM_AT.unpricedMisses / 4]!,
  };
}

/** A list of places of models or chains. */
export function placesAt(at: number, count: number): number[] {
  // `Array.from` takes ten times as long.
  const places: number[] = [];
  for (let place = 0; place < count; place++) places.push(sumMemory.bytes[at + place]!);
  return places;
}

/** What was added up of some turns. */
export function readSum(at: number): RollupState["total"] {
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

/** @param at Where its row is */
export function requestAt(models: readonly ModelRef[], at: number): ChainPrefix["last"] {
  const { numbers } = sumMemory;
  const cell = at / 8;
  return {
    at: numbers[cell + CELL_AT]!,
    model: models[numbers[cell + CELL_MODEL]!]!,
    usage: usageAt(cell + CELL_INPUT),
  };
}

/** What was paid for a model. @param place Of the model */
export function readRates(place: number, models: readonly ModelRef[]): PrefixRates {
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

/** @param at Where its time is: tokens, those of an hour, its model, and whether writes are hidden stand behind it */
export function heldAt(models: readonly ModelRef[], at: number): HeldPrefix {
  const { words, numbers } = sumMemory;
  const held = {
    model: models[words[at / 4 + 6]!]!,
    at: numbers[at / 8]!,
    tokens: numbers[at / 8 + 1]!,
    oneHourTokens: numbers[at / 8 + 2]!,
  };
  return words[at / 4 + 7] === 0 ? held : { ...held, hidesWrites: true };
}
