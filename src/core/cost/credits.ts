/** Adds up what sellers bill in units of their own, as Copilot does in AI credits: beside dollars, and never into them. */
import type { Credits, PricedTurn } from "../model.ts";
import { addAmounts } from "./add_amounts.ts";

/** Undefined stands for none. The order of what is added changes nothing. */
export function addCredits(a: Credits | undefined, b: Credits | undefined): Credits | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  let sum = a;
  for (const [provider, amount] of Object.entries(b)) sum = addTo(sum, provider, amount);
  return sum;
}

/** The same for a turn. What is no amount is not added. */
export function addTurnCredits(
  sum: Credits | undefined,
  { model: { provider }, reported }: Pick<PricedTurn, "model" | "reported">,
): Credits | undefined {
  const amount = reported?.credits;
  return amount === undefined || !(amount >= 0 && amount < Infinity) ? sum : addTo(sum ?? {}, provider, amount);
}

/** Providers are named by logs: one may be called what every object has a member of. */
function addTo(credits: Credits, provider: string, amount: number): Credits {
  if (Object.hasOwn(credits, provider)) return { ...credits, [provider]: addAmounts(credits[provider]!, amount) };
  const entries = [...Object.entries(credits), [provider, amount] as const];
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
}
