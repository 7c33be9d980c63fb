/**
 * The traces of sessions that a launch's relay saw, for who lists sessions: logs of many agents do not say that their calls
 * went to Opper. Reads the ledgers of launches, and only when a session is asked about that one of them may know.
 */
import { AGENTS } from "../../agents/agents.ts";
import { listLaunches, tracesOf } from "../../launch/ledger/ledger.ts";
import type { SessionReport } from "../../core/session_report.ts";

/** What a session is told by. */
type NamedSession = Pick<SessionReport, "source" | "sessionId">;

/** Those whose sessions go by their own ids: what goes by its file has its trace in the index. */
const KNOWN_TO_RELAYS: ReadonlySet<string> = new Set(
  AGENTS.filter(({ launcher, traceName }) => launcher !== undefined && traceName === undefined).map(({ id }) => id),
);

export class LaunchedSessions {
  readonly #stateDirectory: string;
  #traces: Map<string, string> | undefined;

  /** @param stateDirectory Absolute path of our own state directory */
  constructor(stateDirectory: string) {
    this.#stateDirectory = stateDirectory;
  }

  /** Undefined for one that no launch knows. Its own report is not asked: that has to be read for it. */
  traceOf({ source, sessionId }: NamedSession): string | undefined {
    if (!KNOWN_TO_RELAYS.has(source)) return undefined;
    this.#traces ??= readTraces(this.#stateDirectory);
    return this.#traces.get(`${source}\0${sessionId}`);
  }
}

function readTraces(stateDirectory: string): Map<string, string> {
  const traces = new Map<string, string>();
  for (const ledger of listLaunches(stateDirectory)) {
    for (const { source, sessionId, subagentId, traceId } of tracesOf(ledger)) {
      if (source !== undefined && subagentId === undefined) traces.set(`${source}\0${sessionId}`, traceId);
    }
  }
  return traces;
}
