/** What counts towards an allowance that no file names: there is no percentage to be had of it. */
import { AGENTS } from "../../agents/agents.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { EpochMs } from "../../core/model.ts";
import { zonedTime } from "../../core/timezone.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { LimitsOutput } from "./limits_output.ts";

/** Of the month that runs, in UTC, by which sellers count. Nothing where nothing was used. */
export async function readAmounts(
  scan: Pick<UsageIndex, "foldUsage">,
  sources: readonly string[] | undefined,
  asOf: EpochMs,
): Promise<LimitsOutput["amounts"]> {
  const asked = AGENTS.flatMap(({ id, allowance }) => allowance === undefined ? [] : [{ source: id, ...allowance }])
    .filter(({ source }) => sources?.includes(source) ?? true);
  if (asked.length === 0) return [];
  const since = zonedTime(asOf, "UTC").with({ day: 1 }).startOfDay().epochMilliseconds;
  const used = await scan.foldUsage(
    { since, asOf },
    () => asked.map(() => 0),
    (sums, { source, cost: { credits } }) => {
      if (credits === undefined) return;
      asked.forEach(({ provider, source: agent }, place) => {
        if (source === agent && Object.hasOwn(credits, provider)) sums[place]! += credits[provider]!;
      });
    },
  );
  return asked.map(({ source, unit }, place) => ({ source, unit, used: used[place]!, since: isoTime(since)! }))
    .filter(({ used }) => used > 0);
}
