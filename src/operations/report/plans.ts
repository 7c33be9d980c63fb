/**
 * What a plan costs beside what the same turns cost at list prices. Whoever pays a provider by the month pays none of
 * these prices; they say what the plan is worth.
 *
 * Pure: plans are the user's word (config.json, `plan`), and the zone comes from the caller.
 */
import { isoTime } from "../../core/iso_time.ts";
import type { Cost, EpochMs, Usd } from "../../core/model.ts";
import { zonedTime } from "../../core/timezone.ts";
import { costCell, type Money, moneyText } from "./cells.ts";
import { formatDuration } from "./format.ts";
import { countOf } from "./notes.ts";

/** What somebody pays a provider, however much is used. */
export interface Plan {
  /** As the provider calls it: `Max 20x`. */
  readonly name: string;
  readonly usdPerMonth: Usd;
}

/** By provider, in lower case as in every answer. */
export type Plans = Readonly<Record<string, Plan>>;

/** The time that sums are of. */
export interface PlanSpan {
  /** As it was asked for. */
  readonly since?: EpochMs;
  /** As it was asked for; what is still to come does not count. */
  readonly until?: EpochMs;
  /** The first turn that was added up, for where nobody asked since when. */
  readonly first?: EpochMs;
  readonly now: EpochMs;
  readonly timezone: string;
}

/** A provider's sum beside its plan. As JSON has it. */
export interface PlanWorth extends Plan {
  readonly provider: string;
  /** Undefined where no turn has a known price. */
  readonly listUsd?: Usd;
  /** Turns that are missing from it. */
  readonly unpricedTurns: number;
  /** ISO 8601; undefined where the time is not known. */
  readonly since?: string;
  readonly until?: string;
  /** What the plan costs in that time: a day of a month of 30 is a thirtieth of it. Undefined where that is not known. */
  readonly planUsd?: Usd;
}

/**
 * Each provider's sum beside its plan, the dearest first; providers without a plan are left out. Where it begins at
 * midnight, the day that runs counts as a whole: a plan is paid for whole days.
 *
 * @param sums what an answer added up; several of one provider are taken together
 */
export function comparePlans(
  sums: readonly { readonly provider: string; readonly cost: Cost }[],
  plans: Plans,
  span: PlanSpan,
): PlanWorth[] {
  const time = timeOf(span);
  const months = time && monthsOf(time, span.timezone);
  return [...Map.groupBy(sums, ({ provider }) => provider)].flatMap(([provider, own]): PlanWorth[] => {
    if (!Object.hasOwn(plans, provider)) return [];
    const { name, usdPerMonth } = plans[provider]!;
    const usd = own.reduce((sum, { cost }) => sum + cost.usd, 0);
    const unpricedTurns = own.reduce((sum, { cost }) => sum + cost.unpricedTurns, 0);
    const isUnknown = unpricedTurns > 0 && own.every(({ cost }) => cost.basis === "none");
    return [{
      provider,
      name,
      usdPerMonth,
      listUsd: isUnknown ? undefined : usd,
      unpricedTurns,
      since: isoTime(time?.from),
      until: isoTime(time?.to),
      planUsd: months === undefined ? undefined : usdPerMonth * months,
    }];
  }).sort((a, b) => (b.listUsd ?? 0) - (a.listUsd ?? 0) || (a.provider < b.provider ? -1 : 1));
}

/** `anthropic: $638.11 at list prices; Max 20x costs $200.00 a month, $46.67 for these 7 days.` */
export function planLine(worth: PlanWorth, timezone: string, money: Money = {}): string {
  const { provider, name, usdPerMonth, listUsd, unpricedTurns, planUsd } = worth;
  const basis = listUsd === undefined ? "none" : "computed";
  const listed = costCell({ usd: listUsd ?? 0, basis, unpricedTurns }, money).text;
  const price = `${provider}: ${listed} at list prices; ${name} costs ${moneyText(usdPerMonth, money)} a month`;
  if (planUsd === undefined) return `${price}. How many months these are is not known.`;
  return `${price}, ${moneyText(planUsd, money)} for ${lengthText(worth, timezone)}.`;
}

function lengthText({ since, until }: PlanWorth, timezone: string): string {
  const [from, to] = [since!, until!].map((text) => zonedTime(Date.parse(text), timezone)) as [Zoned, Zoned];
  if (!isMidnight(from) || !isMidnight(to)) {
    return `these ${formatDuration(to.epochMilliseconds - from.epochMilliseconds)}`;
  }
  const { days } = from.toPlainDate().until(to.toPlainDate(), { largestUnit: "days" });
  return days === 1 ? "this day" : `these ${countOf(days, "day")}`;
}

type Zoned = Temporal.ZonedDateTime;

/** Undefined where it is not known, or over before it begins. */
function timeOf({ since, until, first, now, timezone }: PlanSpan): { from: EpochMs; to: EpochMs } | undefined {
  if (since === undefined && (first === undefined || !Number.isFinite(first))) return undefined;
  const from = since ?? zonedTime(first!, timezone).startOfDay().epochMilliseconds;
  const to = until !== undefined && until <= now
    ? until
    : isMidnight(zonedTime(from, timezone))
    ? zonedTime(now, timezone).startOfDay().add({ days: 1 }).startOfDay().epochMilliseconds
    : now;
  return to > from ? { from, to } : undefined;
}

/** Months of the calendar: each day is a part of its own month, however many hours it has. */
function monthsOf({ from, to }: { readonly from: EpochMs; readonly to: EpochMs }, timezone: string): number {
  const [a, b] = [zonedTime(from, timezone), zonedTime(to, timezone)];
  return (b.year - a.year) * 12 + (b.month - a.month) + (partOfMonth(b) - partOfMonth(a));
}

function partOfMonth(time: Zoned): number {
  const midnight = time.startOfDay();
  const length = midnight.add({ days: 1 }).epochMilliseconds - midnight.epochMilliseconds;
  const passed = time.epochMilliseconds - midnight.epochMilliseconds;
  return (time.day - 1 + passed / length) / time.daysInMonth;
}

function isMidnight(time: Zoned): boolean {
  return time.epochMilliseconds === time.startOfDay().epochMilliseconds;
}
