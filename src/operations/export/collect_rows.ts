/** Goes through the sessions that changed since the last export, one at a time, and hands over their rows. */
import type { FreshRow } from "../../export/merge_rows.ts";
import { AgentError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/model.ts";
import type { SessionStamps } from "../../export/session_stamps.ts";
import type { BilledTurn } from "../../scan/index/ask/bill_session.ts";
import type { ListedNames, SessionLister } from "../../scan/index/ask/list_sessions.ts";
import { UnreadableLogError } from "../../scan/index/log_turns.ts";
import type { UsageIndex } from "../../scan/index/usage_index.ts";
import { makeTurnRow, type RowNames, type RowSession, turnId } from "./make_turn_row.ts";
import type { SessionOrder } from "./order_sessions.ts";

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
  /** Asked for some sessions that changed after the other. @param directories Of those, in order of time */
  nameProjects(directories: readonly string[]): Promise<(directory: string | undefined) => string>;
  /** Turns before it are left out. @default none is */
  readonly since?: EpochMs;
  /** What the last export read. */
  readonly stamps: SessionStamps;
  readonly signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

/** What was gone through. */
export interface CollectedRows {
  readonly sessions: number;
  readonly turns: number;
  /** Sessions whose logs could not be read just now: they are read the next time. */
  readonly unreadable: number;
  /** Sessions that were deleted from their databases: their turns are gone. */
  readonly deleted: number;
}

/** Sessions that are named at once: of each its names are held meanwhile. */
const NAMED_SESSIONS = 500;

/**
 * @param order Of the sessions; has those marked that were read
 * @throws {AgentError} interrupted, or what the taker throws
 */
export async function collectRows(
  scan: Pick<UsageIndex, "billedTurns">,
  sessions: Pick<SessionLister, "namesOf">,
  order: SessionOrder,
  taker: RowTaker,
  options: CollectOptions,
): Promise<CollectedRows> {
  const { now, since = 0, signal, onProgress } = options;
  const changed = order.changedSince(options.stamps, since);
  const counts = { sessions: 0, turns: 0, unreadable: 0, deleted: 0 };
  for (let from = 0; from < changed.length; from += NAMED_SESSIONS) {
    const some = Array.from(
      changed.subarray(from, from + NAMED_SESSIONS),
      (name) => ({ name, same: order.idsOf(name).map((id) => ({ id, ...sessions.namesOf(id) })) }),
    );
    const projectOf = await options.nameProjects(some.flatMap(({ same }) => same.flatMap(({ cwd }) => cwd ?? [])));
    for (const [place, { name, same }] of some.entries()) {
      if (signal?.aborted) {
        throw new AgentError("interrupted", "The export was stopped. Files that were written are whole.", {
          hint: "Run it again: it goes on where it was.",
        });
      }
      onProgress?.(from + place, changed.length);
      let isRead = true;
      for (const session of same) {
        try {
          const turns = await scan.billedTurns(session.id, { now, isPast: false });
          if (turns === undefined) counts.deleted++;
          const { rows, isWhole } = await makeRows(turns ?? [], nameRows(session, projectOf), taker, options);
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
      if (isRead) order.markRead(name);
    }
  }
  return counts;
}

function nameRows(
  { source, sessionId, traceId, cwd }: ListedNames,
  projectOf: (directory: string | undefined) => string,
): RowSession {
  return { source, sessionId, traceId, project: projectOf(cwd) };
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
