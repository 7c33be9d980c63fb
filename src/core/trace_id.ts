/**
 * The trace of a session in Opper: a name-based UUID, so that it needs no ledger and every program that knows the session
 * knows the trace. Of Pi it is over the path of the session's file; of all others over the agent's name and its own id of
 * the session. Does not resolve paths and asks nobody whether the trace exists.
 */
import { v5 } from "uuid";
import { TRACE_NAMESPACE } from "./trace_namespace.ts";

/**
 * Trace id of the session of an agent that names it in its requests: over `<source>:<session id>`, and of a sub-agent that
 * goes by its session's id over `<source>:<session id>:<sub-agent's id>`. Never that of a file: an absolute path begins
 * with a slash, or with one letter and a colon, and an agent's id has at least two.
 */
export function traceIdOfSession(source: string, sessionId: string, subagentId?: string): string {
  return v5([source, sessionId, ...(subagentId === undefined ? [] : [subagentId])].join(":"), TRACE_NAMESPACE);
}

/** Trace id of a launch whose requests name no session. @param launchId uuid */
export function traceIdOfLaunch(launchId: string): string {
  return v5(`launch:${launchId}`, TRACE_NAMESPACE);
}
