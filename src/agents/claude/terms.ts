/** What a price depends on beside the tokens: the region, the service tier, the speed, and searches of the web. */
import type { PriceTerms } from "../../core/model.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { type Fields, isFields, textOf } from "./fields.ts";
import type { ClaudeState } from "./state.ts";

/** No response makes as many; more is a broken line. */
const MAX_SEARCHES = 1000;

/** Distinct values of a log that nobody knows, each told once: every line would say the same. */
const MAX_TOLD = 16;

/** What a line says, undefined where it says nothing, so that an earlier one is right. */
export interface LoggedTerms {
  /** `""` for the standard. */
  readonly region?: string;
  /** `""` for the standard. */
  readonly tier?: string;
  readonly webSearches?: number;
}

/** The values that are the provider's standard, as the API and gateways write it. */
const STANDARD_REGIONS: ReadonlySet<string> = new Set(["", "not_available", "global"]);
const STANDARD_TIERS: ReadonlySet<string> = new Set(["", "standard", "default", "auto"]);

/** What a tier that has no price of its own is called, before its name (documentation of service tiers, 2026-11). */
const UNPRICED_TIERS: Readonly<Record<string, string>> = { priority: "No public price of service tier" };

/**
 * @param leftOut What is wrong with members that are left out is added to it
 * @param unknown What nobody knows the price of is added to it
 */
export function readTerms(state: ClaudeState, usage: Fields, leftOut: string[], unknown: string[]): LoggedTerms {
  const region = wordOf(usage.inference_geo, STANDARD_REGIONS);
  if (region && region !== "us") tellOnce(state, `Unknown region "${region}": priced at the standard rate`, unknown);
  let tier = wordOf(usage.service_tier, STANDARD_TIERS);
  if (tier && tier !== "batch") {
    const what = Object.hasOwn(UNPRICED_TIERS, tier) ? UNPRICED_TIERS[tier]! : "Unknown service tier";
    tellOnce(state, `${what} "${tier}": priced at the standard rate`, unknown);
  }
  const { speed } = usage;
  if (speed !== undefined && speed !== null && speed !== "standard" && speed !== "fast") {
    tellOnce(state, `Unknown speed ${quoteValue(speed)}: priced at the standard rate`, unknown);
    // To prices it is one more tier that nobody knows.
    tier = `speed ${quoteValue(speed)}`;
  }
  const tools = usage.server_tool_use;
  const searches = isFields(tools) ? tools.web_search_requests : undefined;
  return { region, tier, webSearches: readSearches("web_search_requests", searches, leftOut) };
}

/** Undefined when there is nothing but the standard. */
export function makeTerms(
  region: string | undefined,
  tier: string | undefined,
  searches: number,
): PriceTerms | undefined {
  if (!region && !tier && searches === 0) return undefined;
  return { region: region || undefined, tier: tier || undefined, webSearches: searches > 0 ? searches : undefined };
}

/** @returns undefined where there are none, or what is there cannot be */
export function readSearches(name: string, count: unknown, problems: string[]): number | undefined {
  if (count === undefined || count === null || count === 0) return undefined;
  if (typeof count === "number" && Number.isInteger(count) && count > 0 && count <= MAX_SEARCHES) return count;
  problems.push(`Count "${name}" is ${quoteValue(count)}, expected a whole number of searches`);
  return undefined;
}

/** In lower case, `""` for the standard. */
function wordOf(value: unknown, standards: ReadonlySet<string>): string | undefined {
  if (typeof value !== "string") return undefined;
  if (standards.has(value)) return "";
  const word = (textOf(value) ?? "").toLowerCase().slice(0, 40);
  return standards.has(word) ? "" : word;
}

function tellOnce(state: ClaudeState, text: string, problems: string[]): void {
  const told = state.told ??= [];
  if (told.includes(text)) return;
  if (told.push(text) > MAX_TOLD) told.shift();
  problems.push(text);
}
