/**
 * Reads the session logs of Claude Code: `<project>/<session>.jsonl` and the sub-agent logs beside it.
 *
 * Formats read here: the logs of 2.1.329 (2026-11-20) and, for older ones, what 1.0 and 2.x wrote: `costUSD`, `summary`,
 * sub-agents inside the main log. Nothing is taken from `cost-state` lines (a fork's are cumulative), from
 * `toolUseResult.usage` or from `progress` lines: the sub-agents' own logs have the same responses. Cleared tool results
 * (`microcompact_boundary`) are not a compaction: the prefix before them stays as it was.
 */
import { type EpochMs, MAIN_CHAIN, type PendingChange, totalTokens } from "../../core/model.ts";
import type { RecordedTurn, RecordResult, Source, SourceEnvironment } from "../source.ts";
import { spokenText } from "../spoken_text.ts";
import { type Fields, isFields, KEYS, parseTime, textOf } from "./claude_fields.ts";
import { adviceOf, modelOf, providerOf, usageOf } from "./claude_usage.ts";

/** An id and when it was seen. */
type Dated = [id: string, at: EpochMs];

/** What is kept of a log between two records. Lists are bounded, so that the state stays small however long the log. */
export interface ClaudeState {
  /** The session that the path names: the file's name, or for a sub-agent the folder above `subagents`. */
  readonly pathSession?: string;
  /** A sub-agent's id by its file name. Its presence makes the log a sub-agent's. */
  readonly agent?: string;
  /** The session that the lines of a sub-agent's log name first. */
  lineSession?: string;
  parentSessionId?: string;
  cwd?: string;
  customTitle?: string;
  aiTitle?: string;
  summary?: string;
  firstAt?: EpochMs;
  /** Earliest time after the copied history. */
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
  /** Latest time of the copied history. */
  copiedUntil?: EpochMs;
  lastUuid?: string;
  /** Summaries that came before the line they are about: the line's uuid, the text. */
  summaries: [leafUuid: string, summary: string][];
  /** When requests were sent, by the id of their `api-request` line. */
  requests: Dated[];
  /** When the responses of late were sent, by turn key: a response spans several lines. */
  responses: Dated[];
  /** Chains that were compacted and had no turn since. */
  compactions: Dated[];
}

const MAX_REQUESTS = 64;
const MAX_RESPONSES = 16;
const MAX_SUMMARIES = 16;
const MAX_COMPACTIONS = 8;

/** Values of `promptCacheRequested` (2.1.329, 2026-11-20). */
const TTL_MS: ReadonlyMap<unknown, number> = new Map([["5m", 5 * 60_000], ["1h", 60 * 60_000]]);

/** Chain of sub-agents that old versions wrote into the main log, without an id. */
const SIDECHAIN = "sidechain";
/** Chain of the requests to the advisor model, which has a prompt of its own. */
const ADVISOR_CHAIN = "tool";

export const claude: Source<ClaudeState> = {
  id: "claude",
  title: "Claude Code",
  version: 2,
  roots: rootsOf,

  matches(relativePath) {
    const parts = relativePath.split("/");
    const name = parts.at(-1) ?? "";
    if (!/^.+\.jsonl$/.test(name)) return false;
    return parts.length === 2 || (parts.length >= 4 && parts[2] === "subagents" && name.startsWith("agent-"));
  },

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
    const parts = file.relativePath.split("/");
    const stem = (parts.at(-1) ?? "").replace(/\.jsonl$/, "");
    const lists = { summaries: [], requests: [], responses: [], compactions: [] };
    const agent = stem.startsWith("agent-") ? stem.slice("agent-".length) : undefined;
    if (agent === undefined) return { pathSession: stem, ...lists };
    return { pathSession: parts[2] === "subagents" ? parts[1] : undefined, agent, ...lists };
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

/**
 * CLAUDE_CONFIG_DIR replaces the defaults, as it does for the tool, which takes one directory; a list with commas is what
 * ccusage 20 reads. An empty value counts as none.
 */
function rootsOf({ home, cwd, env }: SourceEnvironment): readonly string[] {
  const configured = (env.CLAUDE_CONFIG_DIR ?? "").split(",").map((entry) => entry.trim()).filter((entry) => entry);
  const directories = configured.length > 0
    ? configured.map((entry) => absolute(entry))
    : [`${absolute(env.XDG_CONFIG_HOME?.trim() || "~/.config")}/claude`, `${home}/.claude`];
  return [...new Set(directories.map((path) => /(^|[/\\])projects$/.test(path) ? path : `${path}/projects`))];

  function absolute(path: string): string {
    const expanded = path === "~" || path.startsWith("~/") ? home + path.slice(1) : path;
    const isAbsolute = /^([/\\]|[A-Za-z]:[/\\])/.test(expanded);
    return (isAbsolute ? expanded : `${cwd}/${expanded.replace(/^\.\//, "")}`).replace(/[/\\]+$/, "");
  }
}

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

/**
 * Whether a line was copied from another session's log.
 *
 * A fork's copies name the session that made the request (`requestSessionId`, 2.1.329) or were forked from
 * (`forkedFrom`, seen in 2.1.123), and leave the `api-request` lines behind. History that old versions copied on resume
 * may keep its `sessionId`.
 */
function isCopied(state: ClaudeState, record: Fields): boolean {
  const sessionId = textOf(record.sessionId);
  const requestSession = textOf(record.requestSessionId);
  if (requestSession !== undefined && requestSession !== sessionId) return true;
  if (forkOriginOf(record) !== undefined) return true;
  if (state.agent === undefined && sessionId !== undefined && sessionId !== state.pathSession) return true;
  const reference = textOf(record.requestRef);
  // Once the list has overflowed, a request that is not in it proves nothing.
  const allKnown = state.requests.length > 0 && state.requests.length < MAX_REQUESTS;
  return reference !== undefined && allKnown && timeOf(state.requests, reference) === undefined;
}

/**
 * Whether a line may repeat a response of the conversation under another request id. Side questions (`/btw`) and
 * background compactions replay the conversation so far into their log, as lines of a side chain, and then add their own
 * response; in old versions this happened in the main log.
 *
 * A sub-agent's own responses are side chain lines too and must stay: a replay loses only to a turn with the same message
 * id, and theirs are their own. Where the log has the request, the response is its own beyond doubt.
 */
function isReplay(state: ClaudeState, record: Fields, requestedAt: EpochMs | undefined): boolean {
  if (state.agent !== undefined && requestedAt !== undefined) return false;
  return state.agent !== undefined || record.isSidechain === true;
}

function chainOf(state: ClaudeState, record: Fields): string {
  const agentId = textOf(record.agentId);
  if (state.agent !== undefined) return agentId ?? state.agent;
  return record.isSidechain === true ? agentId ?? SIDECHAIN : MAIN_CHAIN;
}

/** True for the first turn of a chain after its compaction. Lines that compaction carried over keep their older time. */
function takeCompaction(state: ClaudeState, chain: string, loggedAt: EpochMs): boolean {
  const at = timeOf(state.compactions, chain);
  if (at === undefined || loggedAt < at) return false;
  state.compactions = state.compactions.filter(([id]) => id !== chain);
  return true;
}

function pendingOf(state: ClaudeState): PendingChange | undefined {
  const at = timeOf(state.compactions, MAIN_CHAIN);
  return at === undefined ? undefined : { at, kind: "compacted" };
}

/** Takes from a line what it says of the session. Returns its time. */
function noteLine(state: ClaudeState, record: Fields, copied: boolean): EpochMs | undefined {
  state.cwd ??= textOf(record.cwd);
  if (state.agent !== undefined) state.lineSession ??= textOf(record.sessionId);
  else {
    const requestSession = copied ? textOf(record.requestSessionId) : undefined;
    const parent = forkOriginOf(record) ?? requestSession;
    if (parent !== undefined && parent !== state.pathSession) state.parentSessionId = parent;
  }
  const uuid = textOf(record.uuid);
  if (uuid !== undefined) {
    state.lastUuid = uuid;
    const about = state.summaries.findLast(([leaf]) => leaf === uuid);
    if (about !== undefined) state.summary = about[1];
  }
  const at = parseTime(record.timestamp);
  if (at === undefined) return undefined;
  state.firstAt = Math.min(at, state.firstAt ?? at);
  state.lastActivityAt = Math.max(at, state.lastActivityAt ?? at);
  // A fork began when it was made, not when the history it copied did.
  if (copied) state.copiedUntil = Math.max(at, state.copiedUntil ?? at);
  const until = state.copiedUntil ?? -Infinity;
  if (state.startedAt !== undefined && state.startedAt <= until) state.startedAt = undefined;
  if (at > until) state.startedAt = Math.min(at, state.startedAt ?? at);
  return at;
}

/** The session that a line was copied from: `{sessionId, messageUuid}`, or the bare id. */
function forkOriginOf(record: Fields): string | undefined {
  return textOf(isFields(record.forkedFrom) ? record.forkedFrom.sessionId : record.forkedFrom);
}

function remember(list: Dated[], id: string, at: EpochMs, limit: number): void {
  const index = indexOf(list, id);
  if (index >= 0) list.splice(index, 1);
  list.push([id, at]);
  if (list.length > limit) list.shift();
}

function timeOf(list: readonly Dated[], id: string | undefined): EpochMs | undefined {
  return id === undefined ? undefined : list[indexOf(list, id)]?.[1];
}

/** Where an id is in a list that has it once at most, -1 when it is not. Most that are asked for came last. */
function indexOf(list: readonly Dated[], id: string): number {
  let index = list.length - 1;
  while (index >= 0 && list[index]![0] !== id) index--;
  return index;
}

function isCost(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
