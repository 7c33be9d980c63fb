/**
 * The traces of sessions that a launch's relay saw, for who lists sessions: logs of many agents do not say that their calls
 * went to Opper. Ledgers of launches are read only where there are some, and a session is asked about that they may know.
 */
import { AGENTS } from "../../agents/agents.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { hasLaunches } from "../../launch/ledger/has_launches.ts";

/** What a session is told by. */
type NamedSession = Pick<SessionReport, "source" | "sessionId">;

/** Finds the trace of a session. Undefined for one that no launch knows. */
export type TraceFinder = (session: NamedSession) => string | undefined;

/** Those whose sessions go by their own ids: what goes by its file has its trace in the index. */
const KNOWN_TO_RELAYS: ReadonlySet<string> = new Set(
  AGENTS.filter(({ launcher, traceName }) => launcher !== undefined && traceName === undefined).map(({ id }) => id),
);

/**
 * @param sessions All that will be asked about. Their own traces are not looked at: those have to be read for it
 * @param stateDirectory Absolute path of our own state directory
 */
export async function findLaunchedTraces(
  sessions: readonly NamedSession[],
  stateDirectory: string,
): Promise<TraceFinder> {
  if (!hasLaunches(stateDirectory) || !sessions.some(({ source }) => KNOWN_TO_RELAYS.has(source))) {
    return () => undefined;
  }
  const { listLaunches, tracesOf } = await import("../../launch/ledger/ledger.ts");
  const traces = new Map<string, string>();
  for (const ledger of listLaunches(stateDirectory)) {
    for (const { source, sessionId, subagentId, traceId } of tracesOf(ledger)) {
      if (source !== undefined && subagentId === undefined) traces.set(`${source}\0${sessionId}`, traceId);
    }
  }
  return ({ source, sessionId }) => traces.get(`${source}\0${sessionId}`);
}
