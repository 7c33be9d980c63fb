/** What counts towards an allowance that no file names: there is no percentage to be had of it. */
import { isoTime } from "../../core/iso_time.ts";
import type { EpochMs } from "../../core/model.ts";
import { zonedTime } from "../../core/timezone.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { LimitsOutput } from "./limits_output.ts";

/** Who bills in units of its own, and what they are called. */
const SELLER = { source: "copilot", provider: "github-copilot", unit: "credits" } as const;

/** Of the month that runs, in UTC, by which GitHub counts. Nothing where nothing was used. */
export async function readAmounts(
  scan: Pick<UsageIndex, "foldUsage">,
  sources: readonly string[] | undefined,
  asOf: EpochMs,
): Promise<LimitsOutput["amounts"]> {
  const { source, provider, unit } = SELLER;
  if (sources?.includes(source) === false) return [];
  const since = zonedTime(asOf, "UTC").with({ day: 1 }).startOfDay().epochMilliseconds;
  const { used } = await scan.foldUsage({ since, asOf }, () => ({ used: 0 }), (sums, bucket) => {
    const { credits } = bucket.cost;
    if (bucket.source === source && credits !== undefined && Object.hasOwn(credits, provider)) {
      sums.used += credits[provider]!;
    }
  });
  return used > 0 ? [{ source, unit, used, since: isoTime(since)! }] : [];
}
