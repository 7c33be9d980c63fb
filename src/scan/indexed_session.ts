/** A session's report, and where the index has the session. */
import type { SessionReport } from "../core/session_report.ts";

export interface IndexedSession extends SessionReport {
  /** Row of the index: valid until the index is closed. */
  readonly id: number;
}

/** In place: there are thousands. */
export function withId(report: SessionReport & { id?: number }, id: number): IndexedSession {
  report.id = id;
  return report as IndexedSession;
}
