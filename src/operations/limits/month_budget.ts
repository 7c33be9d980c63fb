/**
 * What the user means to spend in a month (config.json, `budget.usdPerMonth`), as one more limit: how much of it is spent,
 * from the turns of this machine, and when the month ends in the user's zone.
 */
import { isoTime } from "../../core/iso_time.ts";
import { levelOf } from "../../core/limits/report_limits.ts";
import type { DurationMs, EpochMs, Usd } from "../../core/model.ts";
import { zonedTime } from "../../core/timezone.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { OperationContext } from "../contract/context.ts";
import type { Block } from "../contract/view.ts";
import { moneyText } from "../report/cells.ts";
import { formatTime } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import type { LimitJson } from "./limits_output.ts";

/** A month, and what of it is over. */
interface MonthClock {
  readonly now: EpochMs;
  readonly timezone: string;
}

const MINUTE_MS: DurationMs = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Turns of providers that are paid by a plan are left out: they cost none of this money.
 *
 * @returns nothing where no budget is set
 */
export async function readMonthBudget(
  scan: Pick<UsageIndex, "foldUsage">,
  { now, timezone }: MonthClock,
  { budget, plans = {} }: Pick<OperationContext, "budget" | "plans">,
): Promise<readonly LimitJson[]> {
  const usdPerMonth = budget?.usdPerMonth;
  if (usdPerMonth === undefined) return [];
  const first = zonedTime(now, timezone).with({ day: 1 }).startOfDay();
  const [since, until] = [first.epochMilliseconds, first.add({ months: 1 }).startOfDay().epochMilliseconds];
  const spent = await scan.foldUsage(
    { since, asOf: now },
    () => ({ usd: 0, unpricedTurns: 0, planTurns: 0 }),
    (sums, { model: { provider }, turns, cost }) => {
      if (Object.hasOwn(plans, provider.toLowerCase())) {
        sums.planTurns += turns;
        return;
      }
      sums.usd += cost.usd;
      sums.unpricedTurns += cost.unpricedTurns;
    },
  );
  const usedPercent = spent.usd / usdPerMonth * 100;
  return [{
    source: "budget",
    account: "",
    limit: "budget",
    name: null,
    window: "month",
    windowMinutes: Math.round((until - since) / MINUTE_MS),
    usedPercent,
    state: "current",
    level: levelOf(usedPercent, undefined),
    resetsAt: isoTime(until)!,
    observedAt: isoTime(now)!,
    ageMs: 0,
    turnsSince: 0,
    via: "turns",
    pace: null,
    averagePerHour: now - since < HOUR_MS ? null : usedPercent / ((now - since) / HOUR_MS),
    resetMovedMs: null,
    budget: {
      spentUsd: spent.usd,
      usdPerMonth,
      unpricedTurns: spent.unpricedTurns,
      planTurns: spent.planTurns,
      spentAt: isoTime(spentAt(spent.usd, usdPerMonth, { since, now })) ?? null,
    },
  }];
}

/** When all of it is spent, should the rest of the month cost what it did so far. The first day says too little. */
function spentAt(
  usd: Usd,
  usdPerMonth: Usd,
  { since, now }: { readonly since: EpochMs; readonly now: EpochMs },
): EpochMs | undefined {
  if (now - since < DAY_MS || usd <= 0 || usd >= usdPerMonth) return undefined;
  return since + usdPerMonth / usd * (now - since);
}

/** What the row has no room for: the amounts, and how the month will end at its average. */
export function budgetBlocks(
  { budget, resetsAt }: LimitJson,
  { now, timezone }: MonthClock,
): readonly Block[] {
  if (budget === undefined) return [];
  const { spentUsd, usdPerMonth, unpricedTurns, planTurns, spentAt } = budget;
  const at = spentAt === null ? undefined : Date.parse(spentAt);
  const isBefore = at !== undefined && at < Date.parse(resetsAt);
  const average = at === undefined
    ? ""
    : isBefore
    ? ` At this month's average it is spent on ${formatTime(at, timezone, now)}, before the month ends.`
    : " At this month's average it lasts until the month ends.";
  const without = [
    ...unpricedTurns > 0 ? [`${countOf(unpricedTurns, "turn")} of unknown price`] : [],
    ...planTurns > 0 ? [`${countOf(planTurns, "turn")} that a plan pays`] : [],
  ];
  const text = `budget, month: ${moneyText(spentUsd)} of ${moneyText(usdPerMonth)}` +
    `${without.length === 0 ? "" : `, without ${without.join(" and ")}`}.${average}`;
  return [{ kind: "text", text, ...isBefore ? { tone: "warn" } : {} }];
}
