/**
 * The sessions of which their agent's own total says more than their turns do (core/cost/tool_total.ts), as the last scan
 * weighed them all.
 */
import type { Usd } from "../../../core/model.ts";
import type { IndexStore } from "./store.ts";

/** Of the table of what is known otherwise. */
const KEY = "added_totals";

/** Rows of sessions, each with its agent's total in US dollars. */
export type AddedTotals = readonly (readonly [session: number, total: Usd])[];

/** Takes the place of those before. */
export function writeAddedTotals(store: IndexStore, totals: AddedTotals): void {
  const text = JSON.stringify(totals);
  if (store.readMeta(KEY) !== text) store.writeMeta(KEY, text);
}

/** None where none was ever weighed. */
export function readAddedTotals(store: IndexStore): AddedTotals {
  return JSON.parse(store.readMeta(KEY) ?? "[]") as AddedTotals;
}
