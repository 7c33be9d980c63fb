/**
 * What the header of a Codex log (`session_meta`) says of its thread: who it is, which session it belongs to, and
 * whether history of another thread may stand at the head of the file.
 *
 * It only reads; whose records the file is showing is followed in codex/state.ts.
 *
 * Source: `SessionMeta`, `SessionSource` and the fork code of codex-rs, read 2026-11-21; files of Codex 0.169.0.
 */
import type { EpochMs } from "../../core/model.ts";
import { epochOf, type Fields, fieldsOf, textOf, wholeOf } from "./fields.ts";

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

/** The thread of a `session_meta` payload; undefined when it has no id. */
export function readThread(meta: Fields, writtenAt: EpochMs | undefined): CodexThread | undefined {
  const id = textOf(meta.id);
  if (id === undefined) return undefined;
  const subagentSource = fieldsOf(meta.source)?.subagent;
  const spawnedBy = textOf(fieldsOf(fieldsOf(subagentSource)?.thread_spawn)?.parent_thread_id) ??
    textOf(meta.parent_thread_id);
  const isSubagent = subagentSource !== undefined || meta.thread_source === "subagent" ||
    (spawnedBy !== undefined && meta.thread_source !== "user");
  const forkedFrom = textOf(meta.forked_from_id);

  // Newer versions write the root's id as session_id; older ones wrote a sub-agent's own id, which says nothing.
  const named = textOf(meta.session_id);
  const root = isSubagent ? (named === id ? undefined : named) ?? spawnedBy ?? forkedFrom : undefined;
  const subagent = root !== undefined && root !== id;

  const referenced = fieldsOf(meta.history_base) !== undefined ||
    wholeOf(meta.forked_from_ordinal_exclusive) !== undefined;
  const mayReplay = !referenced && (isSubagent || forkedFrom !== undefined);
  return {
    id,
    sessionId: subagent ? root : id,
    subagent,
    parentSessionId: subagent ? undefined : forkedFrom,
    provider: textOf(meta.model_provider)?.toLowerCase() ?? "openai",
    cwd: textOf(meta.cwd),
    startedAt: epochOf(meta.timestamp) ?? writtenAt,
    history: referenced ? "referenced" : mayReplay ? "replayed" : "zero",
    replayedFrom: mayReplay ? forkedFrom ?? spawnedBy : undefined,
    ownFromOrdinal: wholeOf(meta.subagent_history_start_ordinal),
  };
}
