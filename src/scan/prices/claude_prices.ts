/**
 * Anthropic's prices that neither list has or has right: the newest models that few are shown, fast mode, the end of the
 * price for long prompts, and what a name without a version stood for on a day.
 */
import {
  baseOf,
  FIVE_MINUTE_WRITE_MULTIPLE,
  ONE_HOUR_WRITE_MULTIPLE,
  type PriceTable,
  type Rate,
} from "../../core/cost/price_table.ts";
import type { ModelName } from "../../core/model_name.ts";
import type { PriceSchedule } from "./price_schedule.ts";

/** Input, output and cache read in dollars per million tokens; writes follow from input. */
type Figures = readonly [input: number, output: number, cacheRead: number];

/** Source: the catalogue of Claude Code 2.1.332, 2026-11-26. The lists have the public siblings, Fable 5 to 5.2. */
const MODELS: Readonly<Record<string, Figures>> = {
  "claude-mythos-5": [10, 50, 1],
  "claude-mythos-5-1": [10, 50, 0.25],
  "claude-mythos-5-2": [8, 40, 0.2],
};

/**
 * At raised speed, for which a model has rates of its own. Source: the same, and Anthropic, "Pricing", section "Fast mode
 * pricing" (2026-11). It is sold by Anthropic alone, and by OpenRouter at the same price.
 */
const FAST: Readonly<Record<string, Figures>> = {
  "claude-opus-4-6": [30, 150, 3],
  "claude-opus-4-7": [30, 150, 3],
  "claude-opus-4-8": [10, 50, 1],
  "claude-opus-5": [10, 50, 1],
  "claude-opus-5-5": [8, 40, 0.4],
  "claude-fable-5-2": [16, 80, 0.4],
  "claude-mythos-5-2": [16, 80, 0.4],
};

/**
 * What a tier's name without a version stood for, and since when. Before the first day it is not known.
 * Source: the days of release on Anthropic's pages of its models (2026-11), and of what these do not show (Opus 5.5, Fable
 * and the newest) the day of the first price list that has it.
 */
export const CLAUDE_ALIASES: Readonly<Record<string, readonly (readonly [since: string, name: string])[]>> = {
  "claude-opus-latest": [
    ["2026-02-05", "claude-opus-4-6"],
    // Opus 4.7 and 4.8, which came in between, cost what 4.6 did.
    ["2026-07-24", "claude-opus-5"],
    ["2026-09-23", "claude-opus-5-5"],
  ],
  "claude-sonnet-latest": [
    ["2026-02-17", "claude-sonnet-4-6"],
    ["2026-06-30", "claude-sonnet-5"],
    ["2026-09-29", "claude-sonnet-5-5"],
  ],
  "claude-haiku-latest": [["2025-10-15", "claude-haiku-4-5"], ["2026-10-15", "claude-haiku-5-5"]],
  "claude-fable-latest": [["2026-09-01", "claude-fable-5-1"], ["2026-11-10", "claude-fable-5-2"]],
};

/**
 * Until this day Sonnet 4 and 4.5 cost twice (output 1.5 times) above 200,000 tokens. Anthropic's price list has had no
 * price for long prompts since 2026-03-13 ("Pricing", section "Long context pricing", as of 2026-04-17), and since
 * 2026-04-30 the two refuse such prompts (release notes of 2026-03-30): what looks longer is several requests in a sum.
 */
const LONG_PROMPTS_END = Date.parse("2026-03-13T00:00:00Z");
const LONG_PROMPT = 200_000;

/** @returns null when there is nothing to say of it here */
export function findClaudePrice({ name, isFast }: ModelName): PriceSchedule | null {
  const figures = isFast ? FAST : MODELS;
  if (!Object.hasOwn(figures, name)) return null;
  const [input, output, cacheRead] = figures[name]!;
  return { lists: [{ table: withWrites({ input, output, cacheRead }) }], origin: "claude" };
}

/** Puts right what a list says of Anthropic's own sales. */
export function correctClaudePrice(schedule: PriceSchedule, { name }: ModelName): PriceSchedule {
  if (name !== "claude-sonnet-4" && name !== "claude-sonnet-4-5") return schedule;
  const table = schedule.lists[0]?.table;
  if (table === undefined) return schedule;
  const flat = mapRates(table, baseOf);
  const long = mapRates(flat, (rate, kind) => ({
    base: baseOf(rate),
    tiers: [{ above: LONG_PROMPT, usdPerMillion: baseOf(rate) * (kind === "output" ? 1.5 : 2) }],
  }));
  return { ...schedule, lists: [{ table: long }, { since: LONG_PROMPTS_END, table: flat }] };
}

/** With the writes that Anthropic sells at every model, where a list leaves them out. */
export function withWrites(table: PriceTable): PriceTable {
  const times = (factor: number): Rate | undefined =>
    table.input === undefined ? undefined : multiplyRate(table.input, factor);
  return {
    ...table,
    cacheWrite: table.cacheWrite ?? times(FIVE_MINUTE_WRITE_MULTIPLE),
    cacheWrite1h: table.cacheWrite1h ?? times(ONE_HOUR_WRITE_MULTIPLE),
  };
}

/** A rate times a factor, at every tier of length. */
export function multiplyRate(rate: Rate, factor: number): Rate {
  if (typeof rate === "number") return multiply(rate, factor);
  return {
    base: multiply(rate.base, factor),
    tiers: rate.tiers.map(({ above, usdPerMillion }) => ({ above, usdPerMillion: multiply(usdPerMillion, factor) })),
  };
}

/** Prices have few decimals: the rest is the error of the multiplication. */
function multiply(a: number, b: number): number {
  return Math.round(a * b * 1e9) / 1e9;
}

/** A table with each of its rates changed. Rates that it does not have stay unknown. */
export function mapRates(table: PriceTable, map: (rate: Rate, kind: string) => Rate): PriceTable {
  return Object.fromEntries(
    (["input", "output", "cacheRead", "cacheWrite", "cacheWrite1h"] as const).flatMap((kind) => {
      const rate = table[kind];
      return rate === undefined ? [] : [[kind, map(rate, kind)]];
    }),
  );
}
