/**
 * Reads the session logs of Claude Code and those of its sub-agents (claude_places.ts says where).
 *
 * Formats read here: the logs of 2.1.329 (2026-11-20) and, for older ones, what 1.0 and 2.x wrote: `costUSD`, `summary`,
 * sub-agents inside the main log. Nothing is taken from `cost-state` lines (a fork's are cumulative), from
 * `toolUseResult.usage` or from `progress` lines: the sub-agents' own logs have the same responses. Cleared tool results
 * (`microcompact_boundary`) are not a compaction: the prefix before them stays as it was.
 */
import { totalTokens } from "../../core/model.ts";
import type { RecordedTurn, RecordResult, Source } from "../source.ts";
import { spokenText } from "../spoken_text.ts";
import { type Fields, isFields, KEYS, textOf } from "./claude_fields.ts";
import { isLogPath, readPath, rootsOf } from "./claude_places.ts";
import {
  chainOf,
  type ClaudeState,
  isCopied,
  isReplay,
  MAX_COMPACTIONS,
  MAX_REQUESTS,
  MAX_RESPONSES,
  MAX_SUMMARIES,
  noteLine,
  pendingOf,
  remember,
  takeCompaction,
  timeOf,
} from "./claude_state.ts";
import { adviceOf, modelOf, providerOf, usageOf } from "./claude_usage.ts";

/** Values of `promptCacheRequested` (2.1.329, 2026-11-20). */
const TTL_MS: ReadonlyMap<unknown, number> = new Map([["5m", 5 * 60_000], ["1h", 60 * 60_000]]);

/** Chain of the requests to the advisor model, which has a prompt of its own. */
const ADVISOR_CHAIN = "tool";

export const claude: Source<ClaudeState> = {
  id: "claude",
  title: "Claude Code",
  version: 2,
  roots: rootsOf,

  matches: isLogPath,

  /**
   * Responses and request starts; compactions; titles; and the first line of a conversation for a log without responses.
   * The quote that closes a type keeps `api-request-shape` (76 KB a line) and `api-request-blob` out. Inside a string of
   * the conversation quotes are escaped, so that only structure matches.
   */
  needles: [
    '"type":"assistant"',
    '"type":"api-request"',
    '"subtype":"compact_boundary"',
    '"type":"custom-title"',
    '"type":"ai-title"',
    '"type":"summary"',
    '"parentUuid":null',
  ],

  keys: KEYS,

  start(file) {
    return { ...readPath(file.relativePath), summaries: [], requests: [], responses: [], compactions: [] };
  },

  record(state, record) {
    if (!isFields(record)) return { state, problem: "Expected an object on the line" };
    switch (record.type) {
      case "assistant":
        return recordAssistant(state, record);
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
      default:
        noteLine(state, record, isCopied(state, record));
        return { state };
    }
  },

  text(record) {
    // Meta lines are the tool's own words to the model.
    const speaks = isFields(record) && (record.type === "user" || record.type === "assistant") &&
      !("isMeta" in record && record.isMeta === true);
    return speaks ? spokenText(record.message) : undefined;
  },

  /**
   * The id of a session is its file's name: `--resume` takes it, and each log has one. Lines that name another session
   * are history that old versions copied on resume.
   */
  session(state) {
    if (state.lastActivityAt === undefined) return undefined;
    const times = { startedAt: state.startedAt ?? state.firstAt, lastActivityAt: state.lastActivityAt };
    if (state.agent !== undefined) {
      const sessionId = state.lineSession ?? state.pathSession ?? `agent-${state.agent}`;
      return { sessionId, subagent: true, cwd: state.cwd, ...times };
    }
    return {
      sessionId: state.pathSession ?? "",
      cwd: state.cwd,
      // The tool's own picker prefers a name that somebody typed, however old.
      title: state.customTitle ?? state.aiTitle ?? state.summary,
      parentSessionId: state.parentSessionId,
      pending: pendingOf(state),
      ...times,
    };
  },
};

function recordRequest(state: ClaudeState, record: Fields): RecordResult<ClaudeState> {
  const at = noteLine(state, record, isCopied(state, record));
  const id = textOf(record.id);
  if (id !== undefined && at !== undefined) remember(state.requests, id, at, MAX_REQUESTS);
  return { state };
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

function recordAssistant(state: ClaudeState, record: Fields): RecordResult<ClaudeState> {
  const copied = isCopied(state, record);
  const loggedAt = noteLine(state, record, copied) ?? state.lastActivityAt;
  const message = isFields(record.message) ? record.message : undefined;
  const logged = message?.usage;
  // Errors and notices that the tool words itself are lines of a model of this name; nobody billed them.
  if (message?.model === "<synthetic>" || record.isApiErrorMessage === true) return { state };
  if (message === undefined || !isFields(logged)) return { state };

  const usage = usageOf(logged, record.promptCacheRequested);
  if (typeof usage === "string") return { state, problem: usage };
  const advice = adviceOf(logged);
  if (totalTokens(usage) === 0 && advice.calls.length === 0) return { state, problem: advice.problem };
  const messageId = textOf(message.id);
  const requestId = textOf(record.requestId);
  const key = messageId === undefined ? textOf(record.uuid) : requestId ? `${messageId}:${requestId}` : messageId;
  if (key === undefined) return { state, problem: "A response has neither a message id nor a uuid and is not counted" };
  if (loggedAt === undefined) return { state, problem: "A response has no usable timestamp and is not counted" };

  const chain = chainOf(state, record);
  const requestedAt = timeOf(state.requests, textOf(record.requestRef));
  const at = Math.min(loggedAt, requestedAt ?? loggedAt, timeOf(state.responses, key) ?? loggedAt);
  remember(state.responses, key, at, MAX_RESPONSES);
  const model = modelOf(message.model, logged.speed);
  const turn: RecordedTurn = {
    key,
    at,
    endedAt: loggedAt,
    model: { provider: providerOf(model, messageId), model },
    usage,
    chain,
    reported: isCost(record.costUSD) ? { usd: record.costUSD } : undefined,
    requestedTtlMs: TTL_MS.get(record.promptCacheRequested),
    afterCompaction: takeCompaction(state, chain, loggedAt) || undefined,
    copied: copied || undefined,
    replayKey: messageId,
    replay: isReplay(state, record, requestedAt) || undefined,
  };
  const advisorTurns = advice.calls.map((call, index): RecordedTurn => ({
    key: `${key}:advisor:${index}`,
    at,
    endedAt: loggedAt,
    model: { provider: turn.model.provider, model: call.model },
    usage: call.usage,
    chain: ADVISOR_CHAIN,
    copied: turn.copied,
    replayKey: messageId && `${messageId}:advisor:${index}`,
    replay: turn.replay,
  }));
  const turns = totalTokens(usage) === 0 ? advisorTurns : [turn, ...advisorTurns];
  return { state, turns, problem: advice.problem };
}

function isCost(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
