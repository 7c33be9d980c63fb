/** Who bills a response of Copilot CLI, and how many AI credits it took at GitHub. */
import type { EpochMs, ReportedCost } from "../../core/model.ts";
import { isResponseCost } from "../../core/plausible.ts";

/** Of whatever runs on an account with GitHub. */
export const GITHUB = "github-copilot";

/** Names of Copilot CLI for who serves a model, where ours is another. */
const SELLERS: ReadonlyMap<string, string> = new Map([["azure_openai", "azure"]]);

/** What says nothing of who serves it. */
const NOBODY = "other";

/**
 * GitHub, unless the user brought a key of their own. Then it is who serves the model, as far as Copilot CLI knows from the
 * address, else the API that it was set up with: a gateway has the one of another. The address itself is in no record.
 *
 * @param isByok absent in records of whom GitHub bills
 */
export function sellerOfRecord(
  isByok: boolean | undefined,
  modelProvider: string | undefined,
  providerType: string | undefined,
): string {
  if (isByok !== true) return GITHUB;
  for (const said of [modelProvider, providerType]) {
    const named = said?.toLowerCase();
    if (named !== undefined && named !== NOBODY) return SELLERS.get(named) ?? named;
  }
  return "unknown";
}

/** Since then an AI credit is a unit of usage with a price (GitHub, "usage-based billing for GitHub Copilot"; 2026-11-26). */
const CREDITS_SINCE: EpochMs = Date.parse("2026-06-01T00:00:00Z");

/** Records count in billionths of a credit, of which a hundred are a dollar. */
const [NANO_PER_CREDIT, CREDITS_PER_USD] = [1e9, 100];

/**
 * The credits that GitHub says it took, in dollars by the public rate: its worth, since a plan may include it. Undefined
 * where nothing is said. A zero says nothing: that is what is written where GitHub named no credits.
 *
 * @param status `unavailable` where credits are not known
 * @param at when it was asked for
 */
export function creditsOf(
  provider: string,
  nanoCredits: number | undefined,
  status: string | undefined,
  at: EpochMs,
): ReportedCost | undefined {
  if (provider !== GITHUB || status === "unavailable" || at < CREDITS_SINCE) return undefined;
  if (nanoCredits === undefined || !(nanoCredits > 0)) return undefined;
  const usd = nanoCredits / (NANO_PER_CREDIT * CREDITS_PER_USD);
  return isResponseCost(usd) ? { usd, credits: nanoCredits / NANO_PER_CREDIT } : undefined;
}
