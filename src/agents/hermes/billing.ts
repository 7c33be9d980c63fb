/** Who billed for a sum of Hermes, and what it wrote down as the price. */
import type { ReportedCost, Usd } from "../../core/model.ts";
import { MOST_TOTAL_USD } from "../../core/plausible.ts";
import { sellerAt } from "../formats/known_hosts.ts";
import type { HermesRow } from "./fields.ts";

/** What Hermes calls whoever the settings name without saying who it is. */
const UNNAMED: ReadonlySet<string> = new Set(["auto", "custom", "unknown"]);

/** Hermes' names of sellers that have another one everywhere else. */
const SELLERS: ReadonlyMap<string, string> = new Map([
  ["bedrock", "amazon-bedrock"],
  ["copilot", "github-copilot"],
  ["copilot-acp", "github-copilot"],
  ["gemini", "google"],
  ["google-ai-studio", "google"],
  ["google-gemini", "google"],
  ["google-gemini-cli", "google"],
  ["openai-api", "openai"],
  // As our launcher and Opper's own plugin call it.
  ["opper-agent", "opper"],
  ["vertex", "google-vertex"],
  ["vertex-ai", "google-vertex"],
]);

/** A gateway in between is who bills, whatever name the settings give to it. */
export function providerOf({ provider, baseUrl }: Pick<HermesRow, "provider" | "baseUrl">): string {
  const seller = sellerAt(baseUrl);
  if (seller === "opper") return seller;
  const named = provider?.toLowerCase();
  if (named !== undefined && !UNNAMED.has(named) && !named.startsWith("custom:")) return SELLERS.get(named) ?? named;
  return seller ?? (named === undefined || named === "auto" ? "unknown" : named);
}

/** What was charged, where a provider said so, else what Hermes reckoned. 0 is no price of either. */
export function reportedOf(
  row: HermesRow,
  counted: { readonly estimated: Usd; readonly actual: Usd },
): ReportedCost | undefined {
  const { actual, estimated, costStatus } = row;
  if (actual !== undefined && isTotalCost(actual - counted.actual)) {
    return { usd: actual - counted.actual, isBill: true };
  }
  // A plan has it included: 0, or what was paid before it was. Unknown is the price of the latest request, or of all.
  // Of side requests Hermes writes no status.
  if (costStatus !== undefined && costStatus !== "estimated" && costStatus !== "actual") return undefined;
  return estimated !== undefined && isTotalCost(estimated - counted.estimated)
    ? { usd: estimated - counted.estimated }
    : undefined;
}

/** What is less than this is left over of reckoning with fractions. */
const LEAST_USD = 1e-9;

function isTotalCost(usd: Usd): boolean {
  return usd > LEAST_USD && usd <= MOST_TOTAL_USD;
}
