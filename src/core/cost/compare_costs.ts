/** Compares an agent's own total for a session with the sum of its turns: the difference, and its likely cause. */
import { addUsage, NO_USAGE, type TokenUsage, totalTokens, type Usd } from "../model.ts";
import { readModelName } from "../model_name.ts";
import type { TotalDoubt } from "./tool_total.ts";

/** What a tool wrote down for one model of a session. */
export interface ToolModelCost {
  readonly model: string;
  readonly usage: TokenUsage;
  readonly webSearches: number;
  readonly usd: Usd;
}

/**
 * - `equal`: to a millionth of a dollar
 * - `requests_without_lines`: the tool counted tokens that no line of the log has: titles, summaries, searches
 * - `web_searches`: the tool counted more searches than the log shows
 * - `older_total`: the log went on after the tool had added up
 * - `fork`, `counted_with_others`: the total is not this session's alone
 * - `guessed`: the tool itself did not know a price
 * - `unpriced`: we do not know a price
 * - `bill`: what the provider charged is not its list price
 * - `other_prices`: the same tokens at other prices
 */
export type DifferenceCause =
  | "equal"
  | "requests_without_lines"
  | "web_searches"
  | "older_total"
  | "unpriced"
  | "bill"
  | "other_prices"
  | TotalDoubt;

/** What the log of a session adds up to. */
export interface LoggedCost {
  readonly usd: Usd;
  readonly unpricedTurns: number;
  readonly webSearches: number;
  readonly models: readonly { readonly model: string; readonly usage: TokenUsage }[];
}

const NEGLIGIBLE_USD: Usd = 1e-6;

/**
 * @param toolRows By model, where the tool wrote that down
 * @returns the cause, and for requests without lines their tokens by model
 */
export function explainDifference(
  toolUsd: Usd,
  logged: LoggedCost,
  toolRows: readonly ToolModelCost[] | undefined,
  doubt: TotalDoubt | undefined,
): { readonly cause: DifferenceCause; readonly detail?: string } {
  const difference = toolUsd - logged.usd;
  if (Math.abs(difference) < NEGLIGIBLE_USD) return { cause: "equal" };
  if (doubt !== undefined) return { cause: doubt };
  const [told, shown] = [byName(toolRows ?? []), byName(logged.models)];
  if (difference < 0) {
    const [tool, log] = [told, shown].map((sums) => totalTokens([...sums.values()].reduce(addUsage, NO_USAGE)));
    return { cause: toolRows === undefined || tool! < log! ? "older_total" : "other_prices" };
  }
  const extra = [...told].map(([name, usage]) => {
    const tokens = totalTokens(usage) - totalTokens(shown.get(name) ?? NO_USAGE);
    return { name, tokens };
  }).filter(({ tokens }) => tokens > 0).sort((a, b) => b.tokens - a.tokens);
  if (extra.length > 0) {
    const detail = extra.map(({ name, tokens }) => `${tokens} tokens of ${name}`).join(", ");
    return { cause: "requests_without_lines", detail };
  }
  const searches = (toolRows ?? []).reduce((sum, { webSearches }) => sum + webSearches, 0) - logged.webSearches;
  if (searches > 0) return { cause: "web_searches", detail: `${searches} more` };
  if (logged.unpricedTurns > 0) return { cause: "unpriced" };
  return { cause: toolRows === undefined ? "requests_without_lines" : "other_prices" };
}

/** Tools write one model with and without its date. */
function byName(rows: readonly { readonly model: string; readonly usage: TokenUsage }[]): Map<string, TokenUsage> {
  const sums = new Map<string, TokenUsage>();
  for (const { model, usage } of rows) {
    const { name, isFast } = readModelName(model);
    const key = isFast ? `${name}-fast` : name;
    sums.set(key, addUsage(sums.get(key) ?? NO_USAGE, usage));
  }
  return sums;
}
