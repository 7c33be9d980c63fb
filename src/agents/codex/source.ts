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
import type { EpochMs } from "../../core/model.ts";
import type { RecordResult, RecordSource } from "../source.ts";
import { spokenText } from "../formats/spoken_text.ts";
import { epochOf, type Fields, fieldsOf, KEYS, textOf, wholeOf } from "./fields.ts";
import { readSettings, readTier, readTurnStart } from "./settings.ts";
import { type CodexState, isOwn, noteTime, sessionOf, setOwner, startState } from "./state.ts";
import { type CodexThread, namedThread, readThread } from "./thread.ts";
import { readCount, readRecord, type UsageResult } from "./turns.ts";

/** The log format of Codex; state is {@linkcode CodexState}. */
export const codexSource: RecordSource<CodexState> = {
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
  keys: KEYS,
  start: startState,
  record,
  uncounted(record, isFaulty) {
    if (!isTokenCount(record)) return undefined;
    return isFaulty ? "response" : "count";
  },
  text(record) {
    const line = fieldsOf(record);
    return line?.type === "response_item" ? spokenText(line.payload) : undefined;
  },
  session: sessionOf,
};

function record(state: CodexState, value: unknown): RecordResult<CodexState> {
  const line = fieldsOf(value);
  const payload = fieldsOf(line?.payload);
  if (line === undefined || payload === undefined) return { state };
  const at = epochOf(line.timestamp);
  if (line.type === "session_meta") return readHeader(state, payload, at);

  const isUsage = line.type === "token_usage_record" || (line.type === "event_msg" && payload.type === "token_count");
  const { thread } = state;
  if (thread === undefined) return readHeadless(state, line, isUsage);
  const ordinal = wholeOf(line.ordinal);
  if (thread.ownFromOrdinal !== undefined && ordinal !== undefined && state.owner !== "own") {
    setOwner(state, ordinal >= thread.ownFromOrdinal ? "own" : "replay");
  }
  if (isUsage) {
    const { turns, problem } = line.type === "event_msg"
      ? readCount(state, thread, payload, at)
      : readRecord(state, thread, payload, at);
    return { state: noteTime(state, at), turns, problem };
  }
  const { turns, problem } = line.type === "turn_context"
    ? readTurnStart(state, thread, payload, at)
    : line.type === "event_msg"
    ? readEvent(state, thread, payload, at)
    : NOTHING;
  return { state: noteTime(state, at), turns, problem };
}

const NOTHING: UsageResult = {};

function isTokenCount(record: unknown): boolean {
  const line = fieldsOf(record);
  const payload = fieldsOf(line?.payload);
  if (line?.type === "token_usage_record") return payload !== undefined;
  return payload?.type === "token_count" && fieldsOf(payload.info) !== undefined;
}

/** A record in front of the header, or of a log that lost it: the file's name has the thread's id. */
function readHeadless(state: CodexState, line: Fields, isUsage: boolean): RecordResult<CodexState> {
  if (!isUsage || fieldsOf(line.payload)?.info === null) {
    if (state.named === undefined || line.type !== "turn_context") return { state };
  }
  if (state.named === undefined) {
    return { state, problem: "Token usage before the header of the log (session_meta): it is not counted." };
  }
  state.thread = namedThread(state.named);
  state.owner = "unclear";
  const { turns, problem } = record(state, line);
  const lost = "The log has no header (session_meta) in front of this: the session's id is taken from the file's name.";
  return { state, turns, problem: problem === undefined ? lost : `${lost} ${problem}` };
}

/** The first header is the file's own. A replayed history may bring along the one of the thread it belongs to. */
function readHeader(state: CodexState, meta: Fields, at: EpochMs | undefined): RecordResult<CodexState> {
  const thread = readThread(meta, at);
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
    state.model ??= textOf(meta.model);
    return { state: noteTime(state, at), problem: readTier(state, meta.service_tier) };
  }
  if (thread.id !== state.thread.id) {
    // Of a thread without a header the next one is that of the history which it begins with.
    if (state.thread.isNamed) state.thread = { ...state.thread, history: "replayed" };
    state.thread = { ...state.thread, replayedFrom: state.thread.replayedFrom ?? thread.id };
    return { state: noteTime(state, at) };
  }
  // Whoever goes on with the thread reads the tier from its own configuration.
  return { state: noteTime(state, at), problem: readTier(state, meta.service_tier) };
}

function readEvent(state: CodexState, thread: CodexThread, event: Fields, at: EpochMs | undefined): UsageResult {
  switch (event.type) {
    case "task_started":
      return readTurnStart(state, thread, event, at);
    case "thread_settings_applied":
      return readSettings(state, thread, event, at);
    case "thread_name_updated":
      if (isOwn(state, thread, event)) state.title = textOf(event.thread_name);
      return NOTHING;
    case "context_compacted":
      noteCompaction(state, at);
      return NOTHING;
    case "item_completed":
      if (fieldsOf(event.item)?.type === "ContextCompaction") noteCompaction(state, at);
  }
  return NOTHING;
}

function noteCompaction(state: CodexState, at: EpochMs | undefined): void {
  state.compactedAt = at ?? state.lastActivityAt;
  state.last = undefined;
}
