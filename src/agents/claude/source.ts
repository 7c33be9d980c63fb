/**
 * Reads the session logs of Claude Code and those of its sub-agents (claude/places.ts says where).
 *
 * Formats read here: the logs of 2.1.329 (2026-11-20) and, for older ones, what 1.0 and 2.x wrote: `costUSD`, `summary`,
 * sub-agents inside the main log. No tokens are taken from `cost-state` lines (claude/cost_state.ts), from
 * `toolUseResult.usage` or from `progress` lines: the sub-agents' own logs have the same responses. Cleared tool results
 * (`microcompact_boundary`) are not a compaction: the prefix before them stays as it was. A request that was refused before
 * it had any output has no line but a `system` one (`model_refusal_fallback`), and is not billed.
 */
import type { RecordResult, RecordSource } from "../source.ts";
import { spokenText } from "../formats/spoken_text.ts";
import { readToolCosts, readToolTotal } from "./cost_state.ts";
import { type Fields, isFields, KEYS, textOf } from "./fields.ts";
import { readPath } from "./places.ts";
import { recordResponse } from "./response.ts";
import { recordSearches } from "./searches.ts";
import {
  chainOf,
  type ClaudeState,
  isCopied,
  MAX_COMPACTIONS,
  MAX_REQUESTS,
  MAX_SUMMARIES,
  noteLine,
  pendingOf,
  remember,
} from "./state.ts";

export const claudeSource: RecordSource<ClaudeState> = {
  /**
   * Responses and request starts; compactions; titles; what a summary is about; the first line of a conversation for a log
   * without responses; results of searches; and the tool's own sums. Values rather than members, so that no space after a
   * colon hides them; only for `null`, which is everywhere, the spellings of JSON writers are listed. Both quotes keep
   * `api-request-shape` (76 KB a line) and `api-request-blob` out, which hold `"summary"`: hence `"leafUuid"`. Inside a
   * string of the conversation quotes are escaped, so that only structure matches.
   */
  needles: [
    '"assistant"',
    '"api-request"',
    '"compact_boundary"',
    '"custom-title"',
    '"ai-title"',
    '"leafUuid"',
    '"parentUuid":null',
    '"parentUuid": null',
    '"parentUuid" : null',
    '"searchCount"',
    '"cost-state"',
  ],

  keys: KEYS,

  start(file) {
    return { ...readPath(file.relativePath), summaries: [], requests: [], responses: [], compactions: [] };
  },

  record(state, record) {
    if (!isFields(record)) return { state, problem: "Expected an object on the line" };
    switch (record.type) {
      case "assistant":
        return recordResponse(state, record);
      case "api-request":
        return recordRequest(state, record);
      case "custom-title":
        state.customTitle = textOf(record.customTitle) ?? state.customTitle;
        return { state };
      case "ai-title":
        state.aiTitle = textOf(record.aiTitle) ?? state.aiTitle;
        return { state };
      case "summary":
        return recordSummary(state, record);
      case "system":
        return recordSystem(state, record);
      case "cost-state":
        return recordCostState(state, record);
      default:
        // Another tool's records are not of a session of Claude Code, wherever their file lies.
        if (!isOfClaude(record)) return { state };
        noteLine(state, record, isCopied(state, record));
        return record.toolUseResult === undefined ? { state } : recordSearches(state, record);
    }
  },

  uncounted: (record) => isFields(record) && mayBeResponse(record) ? "response" : undefined,

  text(record) {
    // Meta lines are the tool's own words to the model.
    const speaks = isFields(record) && (record.type === "user" || record.type === "assistant") &&
      !("isMeta" in record && record.isMeta === true);
    return speaks ? spokenText(record.message) : undefined;
  },

  toolCosts: { needle: '"cost-state"', read: readToolCosts },

  /**
   * The id of a session is its file's name: `--resume` takes it, and each log has one. Lines that name another session
   * are history that old versions copied on resume. A log without any other line is a copy under another name, of no
   * session but theirs.
   */
  session(state) {
    if (state.lastActivityAt === undefined) return undefined;
    const times = { startedAt: state.startedAt ?? state.firstAt, lastActivityAt: state.lastActivityAt };
    if (state.agent !== undefined) {
      const sessionId = state.lineSession ?? state.pathSession ?? `agent-${state.agent}`;
      return { sessionId, subagent: true, cwd: state.cwd, ...times };
    }
    if (!state.hasOwnLines && state.lineSession !== undefined) {
      return { sessionId: state.lineSession, subagent: true, cwd: state.cwd, ...times };
    }
    return {
      sessionId: state.pathSession ?? "",
      cwd: state.cwd,
      // The tool's own picker prefers a name that somebody typed, however old.
      title: state.customTitle ?? state.aiTitle ?? state.summary,
      parentSessionId: state.parentSessionId,
      pending: pendingOf(state),
      toolTotal: state.toolTotal,
      ...times,
    };
  },
};

function isOfClaude({ sessionId, uuid, parentUuid }: Fields): boolean {
  return sessionId !== undefined || uuid !== undefined || parentUuid !== undefined;
}

/** Claude Code words errors itself, as a model of that name. */
function mayBeResponse({ type, message, isApiErrorMessage }: Fields): boolean {
  return type === "assistant" && message !== undefined && isApiErrorMessage !== true &&
    !(isFields(message) && message.model === "<synthetic>");
}

function recordRequest(state: ClaudeState, record: Fields): RecordResult<ClaudeState> {
  const at = noteLine(state, record, isCopied(state, record));
  const id = textOf(record.id);
  if (id !== undefined && at !== undefined) remember(state.requests, id, at, MAX_REQUESTS);
  return { state };
}

/** Not of a sub-agent, and not another session's that a copy brought along. */
function recordCostState(state: ClaudeState, record: Fields): RecordResult<ClaudeState> {
  const session = textOf(record.sessionId);
  const problems: string[] = [];
  if (state.agent === undefined && (session === undefined || session === state.pathSession)) {
    state.toolTotal = readToolTotal(record, problems) ?? state.toolTotal;
  }
  return { state, problem: problems[0] };
}

function recordSystem(state: ClaudeState, record: Fields): RecordResult<ClaudeState> {
  const at = noteLine(state, record, isCopied(state, record)) ?? state.lastActivityAt;
  if (record.subtype !== "compact_boundary") return { state };
  if (at === undefined) return { state, problem: "A compaction has no usable timestamp and none came before it" };
  remember(state.compactions, chainOf(state, record), at, MAX_COMPACTIONS);
  return { state };
}

/** Old versions put summaries of other sessions at the top of a log: one counts only if it is about a line of this log. */
function recordSummary(state: ClaudeState, record: Fields): RecordResult<ClaudeState> {
  const summary = textOf(record.summary);
  const leaf = textOf(record.leafUuid);
  if (summary === undefined || leaf === undefined) return { state };
  if (leaf === state.lastUuid) {
    state.summary = summary;
    return { state };
  }
  state.summaries.push([leaf, summary]);
  if (state.summaries.length > MAX_SUMMARIES) state.summaries.shift();
  return { state };
}
