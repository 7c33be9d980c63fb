/**
 * What the header of a Codex log (`session_meta`) says of its thread: who it is, which session it belongs to, and
 * whether history of another thread may stand at the head of the file.
 *
 * It only reads; whose records the file is showing is followed in codex/state.ts.
 *
 * Source: `SessionMeta`, `SessionSource` and the fork code of codex-rs, read 2026-11-21; files of Codex 0.169.0.
 */
import type { EpochMs } from "../../core/model.ts";
import type { CodexRow } from "./fields.ts";

/** Plain data: it is kept in the state of the fold. */
export interface CodexThread {
  readonly id: string;
  /** The session that the log is reported in: the thread itself, or the root of a sub-agent. */
  readonly sessionId: string;
  readonly subagent: boolean;
  /** The session that a user forked this one from. */
  readonly parentSessionId?: string;
  /** Lower case; `openai` where the header names none. */
  readonly provider: string;
  readonly cwd?: string;
  readonly startedAt?: EpochMs;
  /**
   * Where the thread's running total starts, and what precedes its own records in the file: `zero` for a thread begun
   * afresh, `referenced` for one that goes on from another file without copying it, `replayed` for one whose file may
   * begin with the whole history of another thread, timestamps rewritten.
   */
  readonly history: "zero" | "referenced" | "replayed";
  /** Thread whose history may stand at the head of the file. */
  readonly replayedFrom?: string;
  /** Known by the name of the file alone, as its header is lost or comes later. */
  readonly isNamed?: boolean;
  /** First ordinal of the thread's own records, where the header says so. */
  readonly ownFromOrdinal?: number;
}

/**
 * A thread whose header is lost. When it began is not known, so that only the ids of its turns tell them from those of
 * another thread.
 */
export function namedThread(id: string): CodexThread {
  return { id, sessionId: id, subagent: false, provider: "openai", history: "zero", isNamed: true };
}

/** What of a `session_meta` says which thread it is of. */
export type ThreadHeader = Pick<
  CodexRow,
  | "at"
  | "id"
  | "sessionId"
  | "startedAt"
  | "provider"
  | "threadSource"
  | "parentThreadId"
  | "subagent"
  | "spawnedBy"
  | "forkedFrom"
  | "forkedFromOrdinal"
  | "historyBase"
  | "ownFromOrdinal"
  | "cwd"
>;

/** The thread of a `session_meta`; undefined when it has no id. */
export function readThread(meta: ThreadHeader): CodexThread | undefined {
  const { id, threadSource, forkedFrom } = meta;
  if (id === undefined) return undefined;
  const spawnedBy = meta.spawnedBy ?? meta.parentThreadId;
  const isSubagent = meta.subagent || threadSource === "subagent" ||
    (spawnedBy !== undefined && threadSource !== "user");

  // Newer versions write the root's id as session_id; older ones wrote a sub-agent's own id, which says nothing.
  const named = meta.sessionId;
  const root = isSubagent ? (named === id ? undefined : named) ?? spawnedBy ?? forkedFrom : undefined;
  const subagent = root !== undefined && root !== id;

  const referenced = meta.historyBase !== undefined || meta.forkedFromOrdinal !== undefined;
  const mayReplay = !referenced && (isSubagent || forkedFrom !== undefined);
  return {
    id,
    sessionId: subagent ? root : id,
    subagent,
    parentSessionId: subagent ? undefined : forkedFrom,
    provider: meta.provider?.toLowerCase() ?? "openai",
    cwd: meta.cwd,
    startedAt: meta.startedAt ?? meta.at,
    history: referenced ? "referenced" : mayReplay ? "replayed" : "zero",
    replayedFrom: mayReplay ? forkedFrom ?? spawnedBy : undefined,
    ownFromOrdinal: meta.ownFromOrdinal,
  };
}
