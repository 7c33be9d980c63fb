/** What a price depends on beside the tokens: the region, the service tier, the speed, and searches of the web. */
import type { PriceTerms } from "../../core/model.ts";
import { quoteValue } from "../../core/quote_value.ts";
import type { RecordField } from "../fields.ts";
import { CLAUDE_FIELDS, type ClaudeRow } from "./fields.ts";
import type { KnownResponse } from "./identity.ts";
import { joinProblems } from "./join_problems.ts";
import type { ClaudeState } from "./state.ts";

/** No response makes as many; more is a broken line. */
const MAX_SEARCHES = 1000;

/** Distinct values of a log that nobody knows, each told once: every line would say the same. */
const MAX_TOLD = 16;

/** The values that are the provider's standard, as the API and gateways write it. */
const STANDARD_REGIONS: ReadonlySet<string> = new Set(["not_available", "global"]);
const STANDARD_TIERS: ReadonlySet<string> = new Set(["standard", "default", "auto"]);

/** What a tier that has no price of its own is called, before its name (documentation of service tiers, 2026-11). */
const UNPRICED_TIERS: Readonly<Record<string, string>> = { priority: "No public price of service tier" };

/**
 * Takes from a line of a response what it says of its terms. Where it says nothing, an earlier one is right.
 *
 * @returns what nobody knows the price of, and what cannot be
 */
export function noteTerms(state: ClaudeState, known: KnownResponse, row: ClaudeRow): string | undefined {
  const { region, tier, webSearches } = row;
  const speed = row.speed ?? row.anySpeed;
  // What nearly all lines say.
  if (tier === "standard" && speed === "standard" && region === "not_available" && !webSearches) {
    known.region = known.tier = known.isFast = undefined;
    return undefined;
  }
  let problem: string | undefined;
  if (region !== undefined) {
    known.region = wordOf(region, STANDARD_REGIONS);
    if (known.region !== undefined && known.region !== "us") {
      problem = tellOnce(state, `Unknown region "${known.region}": priced at the standard rate`);
    }
  }
  if (tier !== undefined) {
    known.tier = wordOf(tier, STANDARD_TIERS);
    if (known.tier !== undefined && known.tier !== "batch") {
      const what = Object.hasOwn(UNPRICED_TIERS, known.tier) ? UNPRICED_TIERS[known.tier]! : "Unknown service tier";
      problem = joinProblems(problem, tellOnce(state, `${what} "${known.tier}": priced at the standard rate`));
    }
  }
  if (speed !== undefined) {
    known.isFast = speed === "fast" || undefined;
    if (speed !== "standard" && speed !== "fast") {
      const text = `Unknown speed ${quoteValue(speed)}: priced at the standard rate`;
      problem = joinProblems(problem, tellOnce(state, text));
      // To prices it is one more tier that nobody knows.
      known.tier = `speed ${quoteValue(speed)}`;
    }
  }
  if (!webSearches) return problem;
  const tooMany = describeTooMany(CLAUDE_FIELDS.webSearches, webSearches);
  if (tooMany === undefined) known.webSearches = webSearches;
  return joinProblems(tooMany, problem);
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

/** Undefined for a number of searches that can be. */
export function describeTooMany({ path }: RecordField, searches: number): string | undefined {
  if (searches <= MAX_SEARCHES) return undefined;
  return `"${path.join(".")}" is ${searches}, expected up to ${MAX_SEARCHES} searches: left out`;
}

/** In lower case, undefined for the standard. */
function wordOf(name: string, standards: ReadonlySet<string>): string | undefined {
  if (standards.has(name)) return undefined;
  const word = name.toLowerCase().slice(0, 40);
  return standards.has(word) ? undefined : word;
}

/** @returns the text, the first time */
function tellOnce(state: ClaudeState, text: string): string | undefined {
  const told = state.told ??= [];
  if (told.includes(text)) return undefined;
  if (told.push(text) > MAX_TOLD) told.shift();
  return text;
}
