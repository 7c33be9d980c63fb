/**
 * What the fold over a Claude Code log keeps between two lines, and what follows from it for a line: whether it is a copy
 * or a replay, and which chain it belongs to.
 *
 * It makes no turns (claude/response.ts).
 */
import { type EpochMs, MAIN_CHAIN, type PendingChange, type ToolTotal } from "../../core/model.ts";
import type { ClaudeRow } from "./fields.ts";
import type { KnownResponse } from "./identity.ts";
import type { PathFacts } from "./places.ts";

/** An id and when it was seen. */
type Dated = [id: string, at: EpochMs];

/** What is kept of a log between two records. Lists are bounded, so that the state stays small however long the log. */
export interface ClaudeState extends PathFacts {
  /** The session that the lines name first; of a log that is no sub-agent's, only another one than the log's own. */
  lineSession?: string;
  /** Whether a line is of the session whose log it is by its path. */
  hasOwnLines?: true;
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
  /** The responses of late, the latest last: a response spans several lines. */
  responses: KnownResponse[];
  /** Chains that were compacted and had no turn since. */
  compactions: Dated[];
  /** The latest that the tool wrote down. */
  toolTotal?: ToolTotal;
  /** Problems that are told once a log. */
  told?: string[];
}

/** What nearly every log sets is there from the beginning: adding it later makes all of the state slower to reach. */
export function startState({ pathSession, agent }: PathFacts): ClaudeState {
  return {
    pathSession,
    agent,
    lineSession: undefined,
    hasOwnLines: undefined,
    cwd: undefined,
    firstAt: undefined,
    startedAt: undefined,
    lastActivityAt: undefined,
    copiedUntil: undefined,
    lastUuid: undefined,
    summaries: [],
    requests: [],
    responses: [],
    compactions: [],
  };
}

export const MAX_REQUESTS = 64;
/** Sub-agents that old versions wrote into one log may speak in turns. */
export const MAX_RESPONSES = 8;
export const MAX_SUMMARIES = 16;
export const MAX_COMPACTIONS = 8;

/** Chain of sub-agents that old versions wrote into the main log, without an id. */
const SIDECHAIN = "sidechain";
/**
 * Whether a line was copied from another session's log.
 *
 * A fork's copies name the session that made the request (`requestSessionId`, 2.1.329) or were forked from
 * (`forkedFrom`, seen in 2.1.123), and leave the `api-request` lines behind. History that old versions copied on resume
 * may keep its `sessionId`.
 */
export function isCopied(state: ClaudeState, row: ClaudeRow, requestRef = row.requestRef): boolean {
  const sessionId = row.sessionId;
  const requestSession = row.requestSessionId;
  if (requestSession !== undefined && requestSession !== sessionId) return true;
  if (forkOriginOf(row) !== undefined) return true;
  if (state.agent === undefined && sessionId !== undefined && sessionId !== state.pathSession) return true;
  // Once the list has overflowed, a request that is not in it proves nothing.
  const allKnown = state.requests.length > 0 && state.requests.length < MAX_REQUESTS;
  return allKnown && requestRef !== undefined && timeOf(state.requests, requestRef) === undefined;
}

/**
 * The session whose response a copied line is, where that is not the log's: lines that were copied, merged or appended to a log
 * and still name the session that they are of, or the one that made the request.
 *
 * What a fork copied is the beginning of its own conversation, and so is what a session that goes on in the background
 * took over (`sessionKind`, 2.1.332): there is no need to list the other session when its log is gone.
 */
export function otherSessionOf(state: ClaudeState, row: ClaudeRow): string | undefined {
  const sessionId = row.sessionId;
  if (state.agent !== undefined || sessionId === undefined || sessionId === state.pathSession) return undefined;
  if (row.sessionKind === "bg" || forkOriginOf(row) !== undefined) return undefined;
  const origin = row.requestSessionId ?? sessionId;
  return origin === state.pathSession ? undefined : origin;
}

/**
 * Whether a line may repeat a response of the conversation under another request id. Side questions (`/btw`) and
 * background compactions replay the conversation so far into their log, as lines of a side chain, and then add their own
 * response; in old versions this happened in the main log.
 *
 * A sub-agent's own responses are side chain lines too and must stay: a replay loses only to a turn with the same message
 * id, and theirs are their own. Where the log has the request, the response is its own beyond doubt.
 */
export function isReplay(state: ClaudeState, row: ClaudeRow, requestedAt: EpochMs | undefined): boolean {
  if (state.agent !== undefined && requestedAt !== undefined) return false;
  return state.agent !== undefined || row.isSidechain === true;
}

/** The chain that a line belongs to: the main conversation, or that of a sub-agent. */
export function chainOf(state: ClaudeState, row: ClaudeRow): string {
  if (state.agent !== undefined) return row.agentId ?? state.agent;
  return row.isSidechain === true ? row.agentId ?? SIDECHAIN : MAIN_CHAIN;
}

/** True for the first turn of a chain after its compaction. Lines that compaction carried over keep their older time. */
export function takeCompaction(state: ClaudeState, chain: string, loggedAt: EpochMs): boolean {
  const at = timeOf(state.compactions, chain);
  if (at === undefined || loggedAt < at) return false;
  state.compactions = state.compactions.filter(([id]) => id !== chain);
  return true;
}

/** What will make the next request of the main chain miss the cache: a compaction that no turn came after yet. */
export function pendingOf(state: ClaudeState): PendingChange | undefined {
  const at = timeOf(state.compactions, MAIN_CHAIN);
  return at === undefined ? undefined : { at, kind: "compacted" };
}

function noteOwner(state: ClaudeState, lineSession: string | undefined): void {
  if (state.agent === undefined && (lineSession ?? state.pathSession) === state.pathSession) state.hasOwnLines = true;
  else state.lineSession ??= lineSession;
}

/** Takes from a line what it says of the session. Returns its time. */
export function noteLine(state: ClaudeState, row: ClaudeRow, copied: boolean, uuid = row.uuid): EpochMs | undefined {
  state.cwd ??= row.cwd;
  if (!state.hasOwnLines) noteOwner(state, row.sessionId);
  if (copied && state.agent === undefined) {
    const parent = forkOriginOf(row) ?? row.requestSessionId;
    if (parent !== undefined && parent !== state.pathSession) state.parentSessionId = parent;
  }
  if (uuid !== undefined) {
    state.lastUuid = uuid;
    if (state.summaries.length > 0) noteSummaryOf(state, uuid);
  }
  const at = row.at;
  if (at === undefined) return undefined;
  // Set where it changes alone: the number would be a new object each time.
  if (state.firstAt === undefined || at < state.firstAt) state.firstAt = at;
  if (state.lastActivityAt === undefined || at > state.lastActivityAt) state.lastActivityAt = at;
  // A fork began when it was made, not when the history it copied did.
  if (copied && (state.copiedUntil === undefined || at > state.copiedUntil)) state.copiedUntil = at;
  const until = state.copiedUntil ?? -Infinity;
  if (state.startedAt !== undefined && state.startedAt <= until) state.startedAt = undefined;
  if (at > until && (state.startedAt === undefined || at < state.startedAt)) state.startedAt = at;
  return at;
}

function noteSummaryOf(state: ClaudeState, uuid: string): void {
  const about = state.summaries.findLast(([leaf]) => leaf === uuid);
  if (about !== undefined) state.summary = about[1];
}

/** The session that a line was copied from. */
function forkOriginOf(row: ClaudeRow): string | undefined {
  return row.forkedFromSession ?? row.forkedFrom;
}

/** Puts an id last in a list that has each once. The oldest one goes when there are more than `limit`. */
export function remember(list: Dated[], id: string, at: EpochMs, limit: number): void {
  const index = indexOf(list, id);
  if (index >= 0) list.splice(index, 1);
  list.push([id, at]);
  if (list.length > limit) list.shift();
}

/** When an id was last seen; undefined for one that the list does not have, or no longer. */
export function timeOf(list: readonly Dated[], id: string | undefined): EpochMs | undefined {
  return id === undefined ? undefined : list[indexOf(list, id)]?.[1];
}

/** Where an id is in a list that has it once at most, -1 when it is not. Most that are asked for came last. */
function indexOf(list: readonly Dated[], id: string): number {
  let index = list.length - 1;
  while (index >= 0 && list[index]![0] !== id) index--;
  return index;
}
