/** `limits`: how near the limits of plans are, and until when, from what agents' files let on anyway. */
import { AGENTS, idsWith } from "../../agents/agents.ts";
import { isoTime } from "../../core/iso_time.ts";
import type { PointWorth } from "../../core/limits/point_worth.ts";
import { type PlanLimit, reportWindows } from "../../core/limits/report_limits.ts";
import type { FoundLimits, LimitRefusal } from "../../core/limits/limit_record.ts";
import { gatherWindows } from "../../core/limits/window_history.ts";
import { windowName } from "../../core/limits/window_length.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { OperationContext } from "../contract/context.ts";
import { defineInput, number, someOf } from "../contract/input.ts";
import { defineOperation } from "../contract/operation.ts";
import { shortenPath } from "../report/cells.ts";
import { CLOCK_ON_COMMAND_LINE, clockInput, readClock } from "../report/clock_input.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { type AccountUsage, AccountUsages } from "./account_usage.ts";
import { gatherLimits } from "./gather_limits.ts";
import type { LimitJson, LimitsOutput } from "./limits_output.ts";
import { limitNotes } from "./limit_notes.ts";
import { readMonthBudget } from "./month_budget.ts";
import { viewLimits } from "./limits_view.ts";
import { readAmounts } from "./read_amounts.ts";
import { weighPoints } from "./weigh_points.ts";

const input = defineInput({
  source: someOf(idsWith("source"), "Only limits of these agents"),
  failAbove: number("End with status 3 if more than this percentage of a limit is used", { minimum: 0, maximum: 1000 }),
  ...clockInput,
});

const WEEK_MS: DurationMs = 7 * 24 * 3_600_000;

export const limits = defineOperation({
  name: "limits",
  summary: "Show how near your plans' limits are, and when they are reset",
  description:
    "Shows how much of each limit of a plan is used: of five hours, of a week, of single models. The figures " +
    "are those that agents wrote down with their answers: no service is asked, and no login is read. Each has the time " +
    "at which it was read. Nothing is guessed: a limit that was reset since then, or that no file names, has no figure.",
  needs: [],
  input,
  output: async () => (await import("./limits_output.ts")).limitsOutput,
  commandLine: {
    source: { placeholder: "SOURCE" },
    failAbove: { placeholder: "PERCENT" },
    ...CLOCK_ON_COMMAND_LINE,
  },
  examples: [
    { command: "limits", explains: "how near each limit is, and when it is reset" },
    { command: "limits --fail-above 90", explains: "for scripts: ends with status 3 above 90 percent" },
  ],

  async run(input, context): Promise<LimitsOutput> {
    const clock = readClock(input, context);
    const scan = await context.openIndex();
    const { limits, refusals, problems } = await listLimits(scan, clock, context, {
      sources: input.source,
      weighs: true,
    });
    return {
      schemaVersion: ANSWER_VERSION,
      asOf: isoTime(clock.now)!,
      timezone: clock.timezone,
      limits: [...limits, ...input.source === undefined ? await readMonthBudget(scan, clock, context) : []],
      refused: refusedJson(refusals, clock.now, (account) => shortenPath(account, context.home)),
      amounts: await readAmounts(scan, input.source, clock.now),
      notes: limitNotes(limits, AGENTS.filter(({ id }) => input.source?.includes(id) ?? true), problems.length),
    };
  },

  isFailure({ limits }, { failAbove }) {
    const isOver = failAbove !== undefined && limits.some((limit) => isCertainlyAbove(limit, failAbove));
    return isOver ? "over_limit" : false;
  },

  view: viewLimits,
});

/** What of limits is asked. */
interface LimitsAsked {
  /** Ids of agents. @default all */
  readonly sources?: readonly string[];
  /** Whether it is said what points were worth, which asks for the turns of several windows. @default false */
  readonly weighs?: boolean;
}

/** The limits that agents let on, and what else was found with them. */
export async function listLimits(
  scan: UsageIndex,
  { now }: { readonly now: EpochMs },
  context: OperationContext,
  { sources, weighs = false }: LimitsAsked = {},
): Promise<Pick<FoundLimits, "refusals" | "problems"> & { readonly limits: readonly LimitJson[] }> {
  const { records, refusals, problems } = await gatherLimits(scan, { now, sources }, context);
  const histories = gatherWindows(records, now);
  const reported = reportWindows(histories, refusals, now);
  const usages = new AccountUsages(scan, now);
  const accountText = (account: string) => shortenPath(account, context.home);
  const worths = weighs ? await weighPoints(reported, histories, usages) : [];
  const limits: LimitJson[] = [];
  // One after the other: most are of one time, and then counted once.
  for (const [place, limit] of reported.entries()) {
    const since = await usages.after(limit, limit.observedAt);
    limits.push(limitJson(limit, { since, worth: worths[place] }, now, accountText));
  }
  return { limits, refusals, problems };
}

/** Only what holds now: what was used of a window that was reset, or is gone, says nothing. */
function isCertainlyAbove({ state, usedPercent, unconfirmed }: LimitJson, percent: number): boolean {
  return (state === "current" || state === "stale") && unconfirmed !== true && usedPercent !== null &&
    usedPercent > percent;
}

/** A limit as `--json` shows it. */
function limitJson(
  limit: PlanLimit,
  { since, worth }: { readonly since: AccountUsage; readonly worth?: PointWorth },
  asOf: EpochMs,
  accountText: (account: string) => string,
): LimitJson {
  const { source, account, pace, observedAt, resetsAt, usedBefore, windowMinutes } = limit;
  return {
    source,
    account: accountText(account),
    limit: limit.limit,
    name: limit.name ?? null,
    window: windowName(windowMinutes),
    windowMinutes,
    usedPercent: limit.usedPercent ?? null,
    ...usedBefore === undefined ? {} : { usedBefore },
    state: limit.state,
    level: limit.level ?? null,
    resetsAt: isoTime(resetsAt)!,
    observedAt: isoTime(observedAt)!,
    ageMs: asOf - observedAt,
    turnsSince: since.turns,
    via: limit.via,
    pace: pace === undefined ? null : {
      percentPerHour: pace.percentPerHour,
      fullAt: isoTime(pace.fullAt)!,
      earliest: isoTime(pace.earliest)!,
      latest: isoTime(pace.latest)!,
      beforeReset: pace.beforeReset,
    },
    averagePerHour: limit.averagePerHour ?? null,
    resetMovedMs: limit.resetMovedMs ?? null,
    ...worth === undefined ? {} : { pointWorth: worth, ...pointsSince(limit, since, worth) },
    ...limit.isUnconfirmed ? { unconfirmed: true } : {},
    ...limit.isMixed ? { mixed: true } : {},
  };
}

/** Of one that was read a while ago, and of turns that all have a price. */
function pointsSince(
  { state }: PlanLimit,
  { turns, usd, unpricedTurns }: AccountUsage,
  worth: PointWorth,
): Pick<LimitJson, "pointsSince"> {
  if (state !== "stale" || turns === 0 || unpricedTurns > 0) return {};
  return { pointsSince: Math.round(usd / worth.usd * 10) / 10 };
}

function refusedJson(
  refusals: readonly LimitRefusal[],
  asOf: EpochMs,
  accountText: (account: string) => string,
): LimitsOutput["refused"] {
  return refusals.filter(({ at }) => at <= asOf && at > asOf - WEEK_MS).toSorted((a, b) => b.at - a.at)
    .map(({ source, account, at, window, resetsAt }) => ({
      source,
      account: accountText(account),
      at: isoTime(at)!,
      window,
      resetsAt: isoTime(resetsAt) ?? null,
    }));
}
