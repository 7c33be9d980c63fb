/**
 * Limits for figures in files. A damaged digit, or a program that counts wrongly, writes more: that is left out and
 * named, as one such figure would be all of every sum that it is in. With these limits no sum is infinite.
 */
import type { Tokens, Usd } from "./model.ts";

/** No response has a thousandth of this. */
export const MOST_TOKENS: Tokens = 1e9;

/**
 * A million tokens of prompt and a hundred thousand of output cost some $210 at the dearest list price known ($150 and $600
 * a million, 2026-11). Nor has a run of sub-agents, which tools write down as one, cost fifty times as much.
 */
export const MOST_USD: Usd = 10_000;

/** What a tool adds up itself for all that one process spent: a process runs for weeks at most. */
export const MOST_TOTAL_USD: Usd = 10 * MOST_USD;

/** A token for a dollar; and what nobody would send a bill for. Between them lies whatever somebody may ask. */
const [MOST_USD_PER_MILLION, LEAST_USD_PER_MILLION] = [1e6, 1e-6];

/** What a price must be, for who is told that one is none. */
export const LIST_PRICE_RANGE = `US dollars per million tokens: 0, or from ${
  LEAST_USD_PER_MILLION.toFixed(6)
} to ${MOST_USD_PER_MILLION}`;

/** A whole number of tokens of one response. */
export function isTokenCount(value: unknown): value is Tokens {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;
}

/** What one response, or one run of sub-agents, cost. */
export function isResponseCost(value: unknown): value is Usd {
  return typeof value === "number" && value >= 0 && value <= MOST_USD;
}

/** US dollars per million tokens; 0 is a price. */
export function isListPrice(value: unknown): value is number {
  return typeof value === "number" &&
    (value === 0 || (value >= LEAST_USD_PER_MILLION && value <= MOST_USD_PER_MILLION));
}
