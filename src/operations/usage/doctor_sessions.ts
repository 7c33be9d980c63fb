/** What `doctor` says of all sessions together: how many of the turns that were read count, and what cache states rest on. */
import type { SessionReport } from "../../core/session_report.ts";
import { formatCount } from "../report/format.ts";
import { countOf } from "../report/notes.ts";
import type { Cell } from "../contract/view.ts";
import type { DoctorOutput } from "./doctor_output.ts";

/**
 * Of the turns in all logs those that sessions are billed for. What else there is are copies, which forks, resumed sessions
 * and replays have of others' turns.
 *
 * @param read Records in all logs, sums without turns among them
 * @param sessions All of now
 */
export function countTurns(
  read: number,
  sessions: readonly Pick<SessionReport, "turns" | "totals">[],
): DoctorOutput["turns"] {
  let [counted, sums] = [0, 0];
  for (const { turns, totals } of sessions) {
    counted += turns;
    sums += totals?.count ?? 0;
  }
  // A session that was deleted may have had more than what was read again.
  return { read: Math.max(counted, read - sums), counted, copies: Math.max(0, read - sums - counted) };
}

/** `51,440 read, 50,005 counted (1,435 copies in forks)`. */
export function turnsText({ read, counted, copies }: DoctorOutput["turns"]): string {
  if (copies === 0) return formatCount(counted);
  return `${formatCount(read)} read, ${formatCount(counted)} counted ` +
    `(${copies === 1 ? "1 copy in a fork" : `${formatCount(copies)} copies in forks`})`;
}

/** Each document or learned lifetime that the state of some cache rests on, with how many do, the most first. */
export function gatherEvidence(sessions: readonly Pick<SessionReport, "cache">[]): DoctorOutput["evidence"] {
  const found = new Map<string, { strategy: string; model?: string; basis: string; sessions: number }>();
  for (const { cache: { strategy, model, evidence } } of sessions) {
    if (evidence === undefined) continue;
    const { basis, pool } = evidence;
    // Where it speaks of one model, which.
    const of = pool === "model" ? model : undefined;
    const key = `${of ?? ""}\0${basis}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, { strategy, model: of, basis, sessions: 1 });
    else known.sessions++;
  }
  return [...found.values()].sort((a, b) => b.sessions - a.sessions || (a.basis < b.basis ? -1 : 1));
}

/** A line for each, with the strategy as its label. */
export function evidenceFacts(evidence: DoctorOutput["evidence"]): [string, Cell][] {
  return evidence.map(({ strategy, model, basis, sessions }) => [
    strategy.replaceAll("_", " "),
    { text: `${model === undefined ? "" : `${model}: `}${basis} (${countOf(sessions, "session")})` },
  ]);
}
