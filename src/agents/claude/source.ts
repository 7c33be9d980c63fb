/**
 * Reads the session logs of Claude Code and those of its sub-agents (claude/places.ts says where).
 *
 * Formats read here: the logs of 2.1.329 (2026-11-20) and, for older ones, what 1.0 and 2.x wrote: `costUSD`, `summary`,
 * sub-agents inside the main log. No tokens are taken from `cost-state` lines (claude/cost_state.ts), from
 * `toolUseResult.usage` or from `progress` lines: the sub-agents' own logs have the same responses. Cleared tool results
 * (`microcompact_boundary`) are not a compaction: the prefix before them stays as it was. A request that was refused before
 * it had any output has no line but a `system` one (`model_refusal_fallback`), and is not billed.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { spokenText } from "../formats/spoken_text.ts";
import type { RecordResult, Source } from "../source.ts";
import { readToolCosts, recordCostState } from "./cost_state.ts";
import { CLAUDE_FIELDS, type ClaudeRow } from "./fields.ts";
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
  startState,
} from "./state.ts";

export const claudeSource: Source<ClaudeState, typeof CLAUDE_FIELDS> = {
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

  fields: CLAUDE_FIELDS,

  start(file) {
    return startState(readPath(file.relativePath));
  },

  fold(state, row) {
    switch (row.type) {
      case "assistant":
        return recordResponse(state, row);
      case "api-request":
        return recordRequest(state, row);
      case "custom-title":
        state.customTitle = row.customTitle ?? state.customTitle;
        return { state };
      case "ai-title":
        state.aiTitle = row.aiTitle ?? state.aiTitle;
        return { state };
      case "summary":
        return recordSummary(state, row);
      case "system":
        return recordSystem(state, row);
      case "cost-state":
        return recordCostState(state, row);
      default:
        return recordOther(state, row);
    }
  },

  uncounted: (row) => mayBeResponse(row) ? "response" : undefined,

  text(record) {
    if (!isRecord(record) || (record.type !== "user" && record.type !== "assistant")) return undefined;
    // Meta lines are the tool's own words to the model.
    return record.isMeta === true ? undefined : spokenText(record.message);
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

/** Claude Code words errors itself, as a model of that name. */
function mayBeResponse(row: ClaudeRow): boolean {
  return row.type === "assistant" && row.message === true && row.isApiError !== true && row.model !== "<synthetic>";
}

function recordOther(state: ClaudeState, row: ClaudeRow): RecordResult<ClaudeState> {
  // Another tool's records are not of a session of Claude Code, wherever their file lies.
  if (row.sessionId === undefined && row.uuid === undefined && row.parentUuid === undefined) return { state };
  noteLine(state, row, isCopied(state, row));
  const searches = row.searchCount ?? 0;
  return searches === 0 ? { state } : recordSearches(state, row, searches);
}

function recordRequest(state: ClaudeState, row: ClaudeRow): RecordResult<ClaudeState> {
  const at = noteLine(state, row, isCopied(state, row));
  const id = row.id;
  if (id !== undefined && at !== undefined) remember(state.requests, id, at, MAX_REQUESTS);
  return { state };
}

function recordSystem(state: ClaudeState, row: ClaudeRow): RecordResult<ClaudeState> {
  const at = noteLine(state, row, isCopied(state, row)) ?? state.lastActivityAt;
  if (row.subtype !== "compact_boundary") return { state };
  if (at === undefined) return { state, problem: "A compaction has no usable timestamp and none came before it" };
  remember(state.compactions, chainOf(state, row), at, MAX_COMPACTIONS);
  return { state };
}

/** Old versions put summaries of other sessions at the top of a log: one counts only if it is about a line of this log. */
function recordSummary(state: ClaudeState, row: ClaudeRow): RecordResult<ClaudeState> {
  const summary = row.summary;
  const leaf = row.leafUuid;
  if (summary === undefined || leaf === undefined) return { state };
  if (leaf === state.lastUuid) {
    state.summary = summary;
    return { state };
  }
  state.summaries.push([leaf, summary]);
  if (state.summaries.length > MAX_SUMMARIES) state.summaries.shift();
  return { state };
}
