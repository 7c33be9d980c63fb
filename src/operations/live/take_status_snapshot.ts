/**
 * Takes the snapshot that status lines show, from a scan. Runs in the background, where it may take its time; what is
 * shown of it, and when it no longer holds, is status_line.ts.
 */
import type { EpochMs } from "../../core/model.ts";
import { addCost, NO_COST } from "../../core/cost/cost.ts";
import { isOfModel, type PlanLimit, reportLimits } from "../../core/limits/report_limits.ts";
import { isTimezone } from "../../core/timezone.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { OperationContext } from "../contract/context.ts";
import { gatherLimits } from "../limits/gather_limits.ts";
import { parseTime } from "../report/parse_time.ts";
import { sortSessions } from "../report/session_filter.ts";
import { SNAPSHOT_VERSION } from "./status_line.ts";
import { KEPT_SESSIONS } from "./status_subject.ts";
import { mayBeCached } from "../../core/session_report.ts";
import { shortenPath } from "../report/cells.ts";
import { pathForms } from "../report/path_forms.ts";
import { summarizeWarm } from "../report/warm_summary.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import type { HeldCache, HeldLimit, LogStamp, StatusSession, StatusSnapshot } from "./status_snapshot.ts";

/** Names that are remembered. */
const KEPT_NAMES = 10;
/** More than anybody has warm at a time; all of them are read for every bar that is drawn. */
const KEPT_CACHES = 300;

/**
 * A log that was changed this shortly before the scan began may have been changed again without its time showing it:
 * clocks of file systems tick in steps of some milliseconds.
 */
const CLOCK_STEP_MS = 20;

/** What a snapshot is taken for, besides all that is new. */
export interface SnapshotOptions {
  /** Id of a session, or path of its log, that must not be missing if it exists. */
  readonly wanted?: string;
  readonly previous?: Pick<StatusSnapshot, "wanted">;
  /** `TZ` of this process. */
  readonly zone: string;
  stampOf(path: string): { readonly size: number; readonly mtimeMs: EpochMs } | undefined;
}

/** Scans, and keeps what status lines show until the next scan. In the background: no prompt waits for it. */
export async function takeStatusSnapshot(
  context: OperationContext,
  { wanted, previous, zone, stampOf }: SnapshotOptions,
): Promise<StatusSnapshot> {
  const { now, timezone } = context;
  const startedAt = performance.now();
  const scan = await context.openIndex();
  const latest = sortSessions(await scan.sessions({ now, isPast: false }), "last");
  const names = [...new Set([...wanted === undefined ? [] : [wanted], ...previous?.wanted ?? []])].slice(0, KEPT_NAMES);
  const beginnings = new Map(names.map((name) => [name, idsThatBegin(latest, name)]));
  const asked = names.flatMap((name) => {
    const paths = context.resolvePath(name);
    const [id, ...others] = beginnings.get(name)!;
    const begun = others.length === 0 ? id : undefined;
    return latest.filter(({ sessionId, files }) =>
      sessionId === name || sessionId === begun || files.some((file) => paths.includes(file))
    );
  });
  const { shown } = leaveOutHidden(latest, context);
  const { records, refusals } = await gatherLimits(scan, { now }, context);
  // Where nobody knows which zone's, the day is not known either.
  const today = isTimezone(timezone) ? await takeToday(scan, now, timezone) : undefined;
  return {
    version: SNAPSHOT_VERSION,
    takenAt: now,
    tookMs: performance.now() - startedAt,
    zone,
    digits: context.digits,
    today,
    lifetimes: await scan.lifetimes({ now, isPast: false }),
    sessions: [...new Set([...latest.slice(0, KEPT_SESSIONS), ...asked])].map(statusSession),
    wanted: names,
    beginnings: Object.fromEntries([...beginnings].filter(([, ids]) => ids.length > 0)),
    held: shown.filter(mayBeCached).slice(0, KEPT_CACHES).map(heldCache),
    limits: reportLimits(records, refusals, now).filter((limit) => !isOfModel(limit)).map(heldLimit),
    lastColdAt: summarizeWarm(shown).lastColdAt,
  };

  function heldLimit(limit: PlanLimit): HeldLimit {
    const { source, account, windowMinutes, state, usedPercent, resetsAt, observedAt } = limit;
    return { source, account, windowMinutes, state, usedPercent, resetsAt, observedAt };
  }

  function heldCache({ source, sessionId, lastActivityAt, cacheBasis, cwd }: IndexedSession): HeldCache {
    const project = cwd === undefined ? undefined : pathForms(shortenPath(cwd, context.home))[1];
    return { source, sessionId, lastActivityAt, cacheBasis, project };
  }

  function statusSession(report: IndexedSession): StatusSession {
    return {
      source: report.source,
      sessionId: report.sessionId,
      cwd: report.cwd,
      lastActivityAt: report.lastActivityAt,
      turns: report.turns,
      cost: report.cost,
      cacheHitRatio: report.cacheHitRatio,
      model: report.cacheBasis.anchor?.model.model ?? report.models[0]?.model,
      cacheBasis: report.cacheBasis,
      logs: report.files.map((path): LogStamp => {
        const stamp = stampOf(path);
        // Changed since the scan began: it may have been read before.
        return stamp === undefined || stamp.mtimeMs >= now - CLOCK_STEP_MS
          ? { path }
          : { path, size: stamp.size, mtimeMs: stamp.mtimeMs };
      }),
    };
  }
}

/** None where a session has the name itself; two stand for any number. */
function idsThatBegin(sessions: readonly { readonly sessionId: string }[], name: string): readonly string[] {
  const ids = sessions.map(({ sessionId }) => sessionId);
  return ids.includes(name) ? [] : ids.filter((id) => id.startsWith(name)).slice(0, 2);
}

async function takeToday(scan: UsageIndex, now: EpochMs, timezone: string): Promise<StatusSnapshot["today"]> {
  const buckets = await scan.usageBuckets({ since: parseTime("today", { now, timezone }) });
  return {
    until: endOfDay(now, timezone),
    turns: buckets.reduce((sum, { turns }) => sum + turns, 0),
    cost: buckets.reduce((sum, { cost }) => addCost(sum, cost), NO_COST),
  };
}

function endOfDay(now: EpochMs, timezone: string): EpochMs {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone);
  return today.toPlainDate().add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds;
}
