/** Goes through the sessions that changed since the last export, one at a time, and hands over their rows. */
import { hashShort } from "../../export/export_cursor.ts";
import type { FreshRow } from "../../export/merge_rows.ts";
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import type { BilledTurn } from "../../scan/index/ask/bill_session.ts";
import type { IndexedSession } from "../../scan/index/ask/lazy_report.ts";
import { UnreadableLogError } from "../../scan/index/log_turns.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { makeTurnRow, type RowNames, type RowSession, turnId } from "./make_turn_row.ts";

/** Who takes rows. */
export interface RowTaker {
  add(rows: readonly FreshRow[]): Promise<void>;
  /** Whether it has a turn already, of whichever session. */
  has(id: bigint): Promise<boolean>;
}

/** What is asked for. */
export interface CollectOptions {
  readonly now: EpochMs;
  readonly names: RowNames;
  /** Asked once, and only where a session changed. @param directories Of those, in order of time */
  nameProjects(directories: readonly string[]): Promise<(directory: string | undefined) => string>;
  /** Turns before it are left out. @default none is */
  readonly since?: EpochMs;
  /** What the last export read, by name. */
  readonly stamps: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

/** What was gone through. */
export interface CollectedRows {
  /** Of all sessions that need not be read again unless they change. */
  readonly stamps: Readonly<Record<string, string>>;
  readonly sessions: number;
  readonly turns: number;
  /** Sessions whose logs could not be read just now: they are read the next time. */
  readonly unreadable: number;
  /** Sessions that were deleted from their databases: their turns are gone. */
  readonly deleted: number;
  /** Whether there is nothing that the next export would read again. */
  readonly isWhole: boolean;
}

/** @throws {AgentError} interrupted, or what the taker throws */
export async function collectRows(
  scan: Pick<UsageIndex, "billedTurns" | "sessionMarks">,
  sessions: readonly IndexedSession[],
  taker: RowTaker,
  options: CollectOptions,
): Promise<CollectedRows> {
  const { now, since = 0, signal, onProgress } = options;
  const marks = scan.sessionMarks();
  const groups = [...Map.groupBy(sessions, nameOfSession)].map(([name, same]) => ({
    name,
    same,
    stamp: same.map(({ id }) => (marks.get(id) ?? 0).toString(36)).sort().join("."),
  }));
  const stamps: Record<string, string> = {};
  const changed = groups.filter(({ name, stamp }) => {
    if (options.stamps[name] !== stamp) return true;
    stamps[name] = stamp;
    return false;
  }).filter(({ same }) => same.some(({ lastActivityAt = Infinity }) => lastActivityAt >= since));
  // In order of time, so that a month's file is written once.
  changed.sort((a, b) => startOf(a.same) - startOf(b.same) || (a.name < b.name ? -1 : 1));
  const counts = { sessions: 0, turns: 0, unreadable: 0, deleted: 0 };
  const projectOf = changed.length === 0
    ? () => ""
    : await options.nameProjects(changed.flatMap(({ same }) => same.flatMap(({ cwd }) => cwd ?? [])));
  for (const [place, { name, same, stamp }] of changed.entries()) {
    if (signal?.aborted) {
      throw new AgentError("interrupted", "The export was stopped. Files that were written are whole.", {
        hint: "Run it again: it goes on where it was.",
      });
    }
    onProgress?.(place, changed.length);
    let isRead = true;
    for (const session of same) {
      try {
        const turns = await scan.billedTurns(session.id, { now, isPast: false });
        if (turns === undefined) counts.deleted++;
        const { source, sessionId, traceId, cwd } = session;
        const named = { source, sessionId, traceId, project: projectOf(cwd) };
        const { rows, isWhole } = await makeRows(turns ?? [], named, taker, options);
        await taker.add(rows);
        counts.sessions++;
        counts.turns += rows.length;
        isRead &&= turns !== undefined && isWhole;
      } catch (error) {
        if (!(error instanceof UnreadableLogError)) throw error;
        counts.unreadable++;
        isRead = false;
      }
    }
    if (isRead) stamps[name] = stamp;
  }
  // In one order, so that what is the same is written the same.
  const names = Object.keys(stamps).sort();
  return {
    stamps: Object.fromEntries(names.map((name) => [name, stamps[name]!])),
    isWhole: names.length === groups.length,
    ...counts,
  };
}

/** Short, and the same whichever row of the index it has. */
function nameOfSession({ source, sessionId }: IndexedSession): string {
  return hashShort(`${source}\0${sessionId}`);
}

function startOf(same: readonly IndexedSession[]): EpochMs {
  return Math.min(...same.map(({ startedAt }) => startedAt ?? 0));
}

async function makeRows(
  turns: readonly BilledTurn[],
  session: RowSession,
  taker: RowTaker,
  { names, since = 0 }: CollectOptions,
): Promise<{ readonly rows: readonly FreshRow[]; readonly isWhole: boolean }> {
  const { source } = session;
  const rows: FreshRow[] = [];
  let isWhole = true;
  let isReplay = true;
  for (const turn of turns) {
    const { original, replay } = turn.otherKeys ?? {};
    // A fork's history under keys of its own: its parent is gone, and was exported.
    if (original !== undefined) isReplay &&= await taker.has(turnId(source, original));
    if (original !== undefined && isReplay) continue;
    if (replay !== undefined && await taker.has(turnId(source, replay))) continue;
    if (turn.at >= since) rows.push(makeTurnRow(turn, session, names));
    else isWhole = false;
  }
  return { rows, isWhole };
}
