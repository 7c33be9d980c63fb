/** What a scan found, for whoever keeps figures up to date: what to look at until the next, and what is new of the list. */
import { isoTime } from "../../core/iso_time.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import type { OperationContext } from "../contract/context.ts";
import { readClock } from "../report/clock_input.ts";
import { parseTime } from "../report/parse_time.ts";
import { ANSWER_VERSION } from "../report/report_json.ts";
import { shortestPrefixes, sortSessions } from "../report/session_filter.ts";
import { leaveOutHidden } from "../settings/hidden_projects.ts";
import { briefSessions } from "../usage/brief_sessions.ts";
import type { ChangedSessions } from "./changed_sessions.ts";
import type { ScannedSessions } from "./live_feed.ts";

/** Whose logs may be looked at until the next scan. */
const LATEST = 20;

/** What was found, with a mark that differs when an answer may differ: by what the index holds, or by the day. */
export interface FoundSessions extends ScannedSessions {
  readonly mark: string;
}

/**
 * @param last of the scan before: most find nothing else, and no session has to be looked at for that
 * @throws {AgentError} usage, where the machine's zone is not known
 */
export async function describeScan(
  scan: UsageIndex,
  context: OperationContext,
  last?: FoundSessions,
): Promise<FoundSessions> {
  const { timezone } = readClock({}, context);
  const day = parseTime("today", { now: context.now, timezone });
  const mark = `${scan.contentMark()} ${day}`;
  if (mark === last?.mark) return last;
  const all = await scan.sessions({ now: context.now, isPast: false });
  const latest = sortSessions(all, "last", LATEST).slice(0, LATEST);
  return { sessions: latest.map(({ files }) => ({ files })), timezone, mark };
}

/**
 * Columns as `sessions --brief` has them, of the sessions that changed since a scan, and ids of those that went.
 *
 * @param since number of that scan
 */
export async function changedRows(
  scan: UsageIndex,
  context: OperationContext,
  changed: ChangedSessions,
  since: number,
) {
  const all = await scan.sessions({ now: context.now, isPast: false });
  const { shown } = leaveOutHidden(changed.changedSince(all, since), context);
  return {
    schemaVersion: ANSWER_VERSION,
    asOf: isoTime(context.now)!,
    ...briefSessions(shown, shortestPrefixes(all.map(({ sessionId }) => sessionId))),
    gone: changed.goneSince(since),
  };
}
