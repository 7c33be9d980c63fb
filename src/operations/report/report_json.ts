/** What the JSON of all operations has in common; schemas.ts describes it. Loads no schema. */
import { sessionJson } from "../../core/session_json.ts";
import type { SessionReport } from "../../core/session_report.ts";
import { plainReport } from "../../scan/index/ask/lazy_report.ts";
import type { SessionJson } from "./schemas.ts";
import type { ShortIds } from "./session_filter.ts";

/** Raised when a field changes its meaning or goes away; new fields do not raise it. */
export const ANSWER_VERSION = 1 as const;

/** A session as every `--json` shows it. @param traceId Of a session that does not say its trace itself */
export function reportJson(asked: SessionReport, shortIds: ShortIds, traceId?: string): SessionJson {
  // Of all that a report has: worked out once.
  const plain = plainReport(asked);
  const report = traceId === undefined ? plain : { ...plain, traceId };
  return sessionJson(report, shortIds.get(report.sessionId) ?? report.sessionId);
}
