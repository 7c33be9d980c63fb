/**
 * The logs of Codex (OpenAI's CLI and editor extension): `rollout-*.jsonl` below `sessions` and `archived_sessions`.
 *
 * One fold over one file. Two kinds of line show a response: `token_usage_record` (newer versions, one per response) and
 * `token_count` (a running total, also re-emitted without a response); newer versions write both, and versions may take
 * turns in one file (codex/turns.ts). A file may begin with the history of another thread (codex/thread.ts, codex/state.ts); which copy
 * of a replayed response counts is the engine's to decide.
 *
 * Source: codex-rs (protocol, rollout policy, session), read 2026-11-21 and 2026-11-26; files of Codex 0.169.0 and
 * descriptions of older ones.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { EpochMs } from "../../core/model.ts";
import type { RecordResult, Source } from "../source.ts";
import { spokenText } from "../formats/spoken_text.ts";
import { CODEX_FIELDS, type CodexRow } from "./fields.ts";
import { codexCounts } from "./usual_counts.ts";
import { readSettings, readTier, readTurnStart } from "./settings.ts";
import { type CodexState, isOwn, noteTime, sessionOf, setOwner, startState } from "./state.ts";
import { type CodexThread, namedThread, readThread } from "./thread.ts";
import { readCount, readRecord, type UsageResult } from "./turns.ts";

/** The log format of Codex; state is {@linkcode CodexState}. */
export const codexSource: Source<CodexState, typeof CODEX_FIELDS> = {
  // `compacted` is left out on purpose: it carries the whole new history (megabytes), and a small event stands beside it,
  // `context_compacted` or, in paginated logs, an item. With the quote before it, the copy of the latest record that
  // `compacted` holds (`latest_token_usage_record`) does not match either. Values rather than members: no space after a
  // colon hides them.
  needles: [
    '"session_meta"',
    '"turn_context"',
    '"task_started"',
    '"thread_settings_applied"',
    '"token_usage_record"',
    '"token_count"',
    '"context_compacted"',
    '"ContextCompaction"',
    '"thread_name_updated"',
  ],
  fields: CODEX_FIELDS,
  start: startState,
  fold,
  uncounted(row, isFaulty) {
    if (!isUsage(row)) return undefined;
    return isFaulty ? "response" : "count";
  },
  text(record) {
    return isRecord(record) && record.type === "response_item" ? spokenText(record.payload) : undefined;
  },
  session: sessionOf,
  usual: codexCounts,
};

function fold(state: CodexState, row: CodexRow): RecordResult<CodexState> {
  if (row.payload === undefined) return { state };
  if (row.type === "session_meta") return readHeader(state, row);
  const { thread } = state;
  if (thread === undefined) return readHeadless(state, row);
  if (thread.ownFromOrdinal !== undefined && state.owner !== "own") {
    const { ordinal } = row;
    if (ordinal !== undefined) setOwner(state, ordinal >= thread.ownFromOrdinal ? "own" : "replay");
  }
  const { turns, problem, isSilent } = readLine(state, thread, row);
  return { state: noteTime(state, row.at), turns, problem, isSilent };
}

const NOTHING: UsageResult = {};

function readLine(state: CodexState, thread: CodexThread, row: CodexRow): UsageResult {
  switch (row.type) {
    case "event_msg":
      return readEvent(state, thread, row);
    case "token_usage_record":
      return readRecord(state, thread, row);
    case "turn_context":
      return readTurnStart(state, thread, row);
  }
  return NOTHING;
}

function isUsage({ type, kind, payload, info }: CodexRow): boolean {
  return type === "token_usage_record" ? payload !== undefined : kind === "token_count" && info !== undefined;
}

/** A record in front of the header, or of a log that lost it: the file's name has the thread's id. */
function readHeadless(state: CodexState, row: CodexRow): RecordResult<CodexState> {
  const isRead = row.type === "turn_context"
    ? state.named !== undefined
    : (row.type === "event_msg" || row.type === "token_usage_record") && isUsage(row);
  if (!isRead) return { state };
  if (state.named === undefined) {
    return { state, problem: "Token usage before the header of the log (session_meta): it is not counted." };
  }
  state.thread = namedThread(state.named);
  state.owner = "unclear";
  const { turns, problem, isSilent } = fold(state, row);
  const lost = "The log has no header (session_meta) in front of this: the session's id is taken from the file's name.";
  return { state, turns, problem: problem === undefined ? lost : `${lost} ${problem}`, isSilent };
}

/** The first header is the file's own. A replayed history may bring along the one of the thread it belongs to. */
function readHeader(state: CodexState, meta: CodexRow): RecordResult<CodexState> {
  const thread = readThread(meta);
  if (thread === undefined) {
    return state.thread === undefined
      ? { state, problem: "The header of the log (session_meta) has no id." }
      : { state };
  }
  if (state.thread === undefined || (state.thread.isNamed && state.thread.id === thread.id)) {
    state.thread = thread;
    state.provider = thread.provider;
    state.owner = thread.history === "replayed" ? "unclear" : "own";
    // Until a turn names one: a thread that is gone on with may show usage before its first `turn_context`.
    state.model ??= meta.model;
    return { state: noteTime(state, meta.at), problem: readTier(state, meta.tier) };
  }
  if (thread.id !== state.thread.id) {
    // Of a thread without a header the next one is that of the history which it begins with.
    if (state.thread.isNamed) state.thread = { ...state.thread, history: "replayed" };
    state.thread = { ...state.thread, replayedFrom: state.thread.replayedFrom ?? thread.id };
    return { state: noteTime(state, meta.at) };
  }
  // Whoever goes on with the thread reads the tier from its own configuration.
  return { state: noteTime(state, meta.at), problem: readTier(state, meta.tier) };
}

function readEvent(state: CodexState, thread: CodexThread, event: CodexRow): UsageResult {
  switch (event.kind) {
    case "token_count":
      return readCount(state, thread, event);
    case "task_started":
      return readTurnStart(state, thread, event);
    case "thread_settings_applied":
      return readSettings(state, thread, event);
    case "thread_name_updated":
      if (isOwn(state, thread, event)) state.title = event.threadName;
      return NOTHING;
    case "context_compacted":
      noteCompaction(state, event.at);
      return NOTHING;
    case "item_completed":
      if (event.itemType === "ContextCompaction") noteCompaction(state, event.at);
  }
  return NOTHING;
}

function noteCompaction(state: CodexState, at: EpochMs | undefined): void {
  state.compactedAt = at ?? state.lastActivityAt;
  state.last = undefined;
}
