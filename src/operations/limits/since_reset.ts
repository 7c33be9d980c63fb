/** Times that are named by a reset: `reset:week` is when the week of a plan that runs now began. */
import { AgentError } from "../../core/errors.ts";
import { isoTime } from "../../core/iso_time.ts";
import { isOfModel, type PlanLimit, reportLimits } from "../../core/limits/report_limits.ts";
import { windowName, windowTitle } from "../../core/limits/window_length.ts";
import type { EpochMs } from "../../core/model.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { OperationContext } from "../contract/context.ts";
import { shortenPath } from "../report/cells.ts";
import type { Clock } from "../report/clock_input.ts";
import { formatTime } from "../report/format.ts";
import { gatherLimits } from "./gather_limits.ts";

/** What is asked. */
interface ResetQuestion {
  /** As {@linkcode readReset} gave it. */
  readonly window: string;
  /** Ids of agents. @default all */
  readonly sources?: readonly string[];
}

/**
 * Which window a time names the last reset of: `5h`, `weekly`. Undefined for another time.
 *
 * @throws {AgentError} usage, for what is no window
 */
export function readReset(text: string | undefined): string | undefined {
  const named = /^reset:(.*)$/i.exec(text?.trim() ?? "")?.[1]?.trim().toLowerCase();
  if (named === undefined) return undefined;
  if (named === "week" || named === "weekly" || named === "7d") return "weekly";
  if (/^[1-9]\d{0,3}[dhm]$/.test(named)) return named;
  throw new AgentError("usage", `"${text}" names no window of a limit: expected reset:week or reset:5h.`, {
    hint: "`opper-agent limits` lists the limits that are known.",
  });
}

/**
 * When the run of the window began that goes on now; of one that has ended, when it did: nothing was read since.
 *
 * @returns an ISO time
 * @throws {AgentError} failed, where no limit with such a window is known, or several that began at different times
 */
export async function findReset(
  scan: Pick<UsageIndex, "limits">,
  { window, sources }: ResetQuestion,
  clock: Clock,
  context: OperationContext,
): Promise<string> {
  const { records, refusals } = await gatherLimits(scan, { now: clock.now, sources }, context);
  const found = reportLimits(records, refusals, clock.now).filter((limit) =>
    windowName(limit.windowMinutes) === window && limit.state !== "gone" && !isOfModel(limit)
  );
  const name = window === "weekly" ? "week" : window;
  if (found.length === 0) {
    throw new AgentError(
      "failed",
      `When the limit of ${nameOf(window)} was reset is not known: no reading was found.`,
      {
        hint: "`opper-agent limits` says who gives readings. Without one, give --since a time, such as --since 7d.",
        isMissing: true,
      },
    );
  }
  const starts = found.map(beganAt);
  if (Math.max(...starts) - Math.min(...starts) <= SAME_MS) return isoTime(starts[0])!;
  const list = found.map(({ source, account }, place) =>
    `${source} in ${shortenPath(account, context.home)} on ${formatTime(starts[place], clock.timezone, clock.now)}`
  );
  const hasOneSource = new Set(found.map(({ source }) => source)).size === 1;
  throw new AgentError("failed", `"reset:${name}" is not one time: ${list.join(", ")}.`, {
    hint: hasOneSource ? "Give --since that time." : `Name the agent, such as --source ${found[0]!.source}.`,
  });
}

/** Resets that lie so near are one. */
const SAME_MS = 2 * 60_000;

function nameOf(window: string): string {
  return window === "weekly" ? `a ${windowTitle(7 * 24 * 60)}` : window;
}

function beganAt({ state, resetsAt, windowMinutes }: PlanLimit): EpochMs {
  return state === "reset" ? resetsAt : resetsAt - windowMinutes * 60_000;
}
