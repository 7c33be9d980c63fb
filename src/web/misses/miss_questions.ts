/** What the page Misses shows by its address, and what it asks for that. Pure. */
import { MISS_KEYS, type MissKey } from "../../operations/usage/miss_keys.ts";
import type { Route } from "../address.ts";
import type { AskedFields } from "../../core/answer_key.ts";
import { usageFields } from "../cost/cost_questions.ts";

/** Single misses that are asked for: more dots lie upon each other. All count in the sums. */
export const MOST_MISSES = 2000;

/** Of an address, where anything may stand. @default cause */
export function readMissKey({ query: { by } }: Route): MissKey {
  return MISS_KEYS.find((key) => key === by) ?? "cause";
}

/** Of `misses`. @param currency code; @default US dollars */
export function missFields(route: Route, currency: string | undefined): AskedFields {
  return { by: readMissKey(route), ...usageFields(route, currency), limit: MOST_MISSES };
}
