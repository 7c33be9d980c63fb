/** The limits of a plan that a status line shows. Pure and light, as status_line.ts is. */
import { isRecord } from "../../core/json/is_record.ts";
import { checkWindow, millisecondsOf } from "../../core/limits/check_window.ts";
import { type ClientLimits, CURRENT_READING_MS, timeOfSaid } from "../../core/limits/keep_limits.ts";
import type { LimitRecord, WindowReading } from "../../core/limits/limit_record.ts";
import { type PlanLimit, reportLimits } from "../../core/limits/report_limits.ts";
import { readStatusLimits } from "../../core/limits/status_limits.ts";
import { FIVE_HOURS, WEEK, windowTitle } from "../../core/limits/window_length.ts";
import type { EpochMs } from "../../core/model.ts";
import { formatCountdown, formatReading } from "../report/format.ts";
import type { HeldLimit, StatusSession } from "./status_snapshot.ts";

/** What a line shows of a window. */
export type LineLimit = Pick<PlanLimit, "state" | "usedPercent" | "resetsAt">;

/** What is undefined is not known. */
export interface LineLimits {
  readonly fiveHours?: LineLimit;
  readonly week?: LineLimit;
}

/**
 * Of one account: what the client says, and what other terminals and earlier lines left.
 *
 * @param client undefined where nobody says anything
 * @param kept of the same account
 */
export function lineLimits(client: ClientLimits | undefined, kept: readonly LimitRecord[], now: EpochMs): LineLimits {
  const said = client === undefined ? [] : recordsOf(client, kept, now);
  return windowsOf(reportLimits([...kept.filter(({ limit }) => limit === "plan"), ...said], [], now));
}

/** Of a session that nobody says the limits of: those of its account, as the last scan found them. */
export function limitsOfSession(
  { source, logs }: Pick<StatusSession, "source" | "logs">,
  limits: readonly HeldLimit[],
  now: EpochMs,
): LineLimits {
  const own = limits.filter((limit) =>
    limit.source === source && logs.some(({ path }) => isBelow(path, limit.account))
  );
  return windowsOf(own.map((limit) => ({ ...limit, state: stateAt(limit, now) })));
}

/** For bars, a line each: `claude 5 hours 42.4%, reset in 2h 26m`. Those that were reset, or are gone, have none. */
export function limitTexts(limits: readonly HeldLimit[], now: EpochMs): readonly string[] {
  return limits.flatMap((limit) => {
    const { source, account, windowMinutes, usedPercent, resetsAt } = limit;
    const state = stateAt(limit, now);
    if (state === "reset" || state === "gone") return [];
    const isAlone = limits.every((other) => other.source !== source || other.account === account);
    return [
      `${source} ${isAlone ? "" : `${account} `}${windowTitle(windowMinutes)} ` +
      `${state === "stale" ? BEHIND_MARK : ""}${formatReading(usedPercent)}, reset in ${
        formatCountdown(resetsAt - now)
      }`,
    ];
  });
}

/** As in front of every figure that is not of now. */
const BEHIND_MARK = "~";

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory) && /^[/\\]/.test(path.slice(directory.length));
}

/** Time goes on since the scan. */
function stateAt({ state, resetsAt, observedAt }: HeldLimit, now: EpochMs): HeldLimit["state"] {
  if (state === "gone") return state;
  return resetsAt <= now ? "reset" : now - observedAt > CURRENT_READING_MS ? "stale" : state;
}

/** The two that lines have fields for. */
function windowsOf(limits: readonly (LineLimit & Pick<PlanLimit, "windowMinutes">)[]): LineLimits {
  const find = (minutes: number) => limits.find(({ windowMinutes }) => windowMinutes === minutes);
  return { fiveHours: find(FIVE_HOURS), week: find(WEEK) };
}

function recordsOf(client: ClientLimits, kept: readonly LimitRecord[], now: EpochMs): readonly LimitRecord[] {
  const windows = [...saidOf(client, "five_hour", FIVE_HOURS, now), ...saidOf(client, "seven_day", WEEK, now)];
  if (windows.length === 0) return [];
  // What may be of any time is older than all else.
  const at = timeOfSaid(client, kept, now) ?? 0;
  const { source, root: account, turn } = client;
  return [{ source, account, limit: "plan", at, via: "statusline", windows, isWhole: false, turn }];
}

/** One that has ended as well: it is then known to have. */
function saidOf({ said }: ClientLimits, name: string, minutes: number, now: EpochMs): readonly WindowReading[] {
  const [plan] = readStatusLimits({ [name]: said[name] }, now).limits;
  if (plan !== undefined) return plan.windows;
  const { used_percentage: usedPercent, resets_at: seconds } = isRecord(said[name]) ? said[name] : {};
  const resetsAt = millisecondsOf(seconds);
  const isOver = "saysNothing" in checkWindow({ minutes, usedPercent, resetsAt }, now);
  const isKnown = isOver && typeof usedPercent === "number" && typeof resetsAt === "number";
  return isKnown ? [{ windowMinutes: minutes, usedPercent, resetsAt }] : [];
}
