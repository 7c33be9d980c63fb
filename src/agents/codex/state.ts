/**
 * What the fold over a Codex log keeps between two lines, whose records the file is showing, and the facts of the session
 * that follow from it.
 *
 * It reads no records (codex/source.ts) and makes no turns (codex/turns.ts).
 */
import type { EpochMs, ModelRef, PendingChange, SessionFacts } from "../../core/model.ts";
import type { LogFile, RecordedTurn } from "../source.ts";
import type { CodexRow } from "./fields.ts";
import type { CodexThread } from "./thread.ts";
import type { TokenCounts } from "./usage.ts";

/** What the fold knows after a line. Plain data; absent fields are not known yet. */
export interface CodexState {
  thread?: CodexThread;
  /** The thread's id by the name of the file, should its header be lost. */
  named?: string;
  /**
   * Whose records the file is showing: the thread's own, history of another thread (`replay`), or one of the two with
   * nothing in the file to tell which (`unclear`).
   */
  owner: "own" | "replay" | "unclear";
  provider: string;
  /** Model of the running turn. */
  model?: string;
  /** The model that the next request goes to, as the latest line that names one has it. */
  next?: { readonly at: EpochMs; readonly model: ModelRef };
  /** Model that the last response was asked of; a single response may name another one. */
  lastModel?: ModelRef;
  /** A response was seen since the thread's own records began. */
  hasTurns: boolean;
  /** A compaction since the last response. */
  compactedAt?: EpochMs;
  /** Latest line since the last response that is written right before a request. */
  readyAt?: EpochMs;
  /** Service tier of the requests, as it is billed; undefined is the standard one. */
  tier?: string;
  /** Running total of the latest `token_count`. */
  total?: TokenCounts;
  /** Response of the latest `token_count` of the turn. */
  last?: TokenCounts;
  /** Whether the running total beside it could be read. */
  isLastSure?: boolean;
  /** Response that the latest `token_count` was counted for, until a `token_usage_record` shows it, too. */
  counted?: TokenCounts;
  /** What each `token_usage_record` since the latest `token_count` shows. */
  waiting?: { readonly usage: TokenCounts; readonly total?: TokenCounts }[];
  /** How many responses were shown without a running total. */
  withoutTotal?: number;
  /** The thread's own turns while no line has named a model. */
  unnamed?: RecordedTurn[];
  title?: string;
  lastActivityAt?: EpochMs;
}

/** What is set at nearly every line is there from the beginning, which is faster than adding it later. */
export function startState({ path }: Pick<LogFile, "path">): CodexState {
  return {
    named: ROLLOUT.exec(path)?.[1],
    owner: "own",
    provider: "openai",
    hasTurns: false,
    thread: undefined,
    model: undefined,
    lastModel: undefined,
    compactedAt: undefined,
    readyAt: undefined,
    total: undefined,
    last: undefined,
    isLastSure: undefined,
    counted: undefined,
    waiting: undefined,
    lastActivityAt: undefined,
  };
}

const ROLLOUT = /rollout-[^/\\]*-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl(?:\.zst)?$/i;

/** Moves the time of the last activity on. */
export function noteTime(state: CodexState, at: EpochMs | undefined): CodexState {
  if (at !== undefined && (state.lastActivityAt === undefined || at > state.lastActivityAt)) state.lastActivityAt = at;
  return state;
}

/**
 * A turn that was begun before the thread was is another thread's. Ids tell, times of lines do not: a replay rewrites
 * them, all to the time of the fork or spread over the seconds after it.
 */
export function ownerOfTurn(
  before: "replay" | "unclear",
  thread: CodexThread,
  { at, turnId }: Pick<CodexRow, "at" | "turnId">,
): CodexState["owner"] {
  if (thread.ownFromOrdinal !== undefined) return before;
  const threadMadeAt = uuid7TimeOf(thread.id);
  const turnMadeAt = uuid7TimeOf(turnId);
  if (threadMadeAt !== undefined && turnMadeAt !== undefined) return turnMadeAt < threadMadeAt ? "replay" : "own";
  if (thread.replayedFrom !== undefined || thread.startedAt === undefined || at === undefined) return before;
  return at > thread.startedAt ? "own" : "replay";
}

/** When a UUID version 7 was made; undefined for any other text. */
function uuid7TimeOf(text: string | undefined): EpochMs | undefined {
  const parts = text === undefined ? null : UUID7.exec(text);
  return parts === null ? undefined : parseInt(`${parts[1]}${parts[2]}`, 16);
}

const UUID7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Notes whose records follow. What happened before the thread's own ones began is forgotten. */
export function setOwner(state: CodexState, owner: CodexState["owner"]): void {
  if (owner === "own" && state.owner !== "own") {
    // The other thread's cache says nothing of this one's.
    state.hasTurns = false;
    state.compactedAt = undefined;
  }
  state.owner = owner;
}

/** Whether an event is of the thread, and no other's that is replayed. */
export function isOwn(state: CodexState, thread: CodexThread, { threadId }: CodexRow): boolean {
  return state.owner !== "replay" && (threadId === undefined || threadId === thread.id);
}

/** What the log says of its session; undefined before a header. */
export function sessionOf(state: CodexState): SessionFacts | undefined {
  const { thread } = state;
  if (thread === undefined) return undefined;
  return {
    sessionId: thread.sessionId,
    subagent: thread.subagent,
    cwd: thread.cwd,
    title: state.title,
    parentSessionId: thread.parentSessionId,
    startedAt: thread.startedAt,
    lastActivityAt: state.lastActivityAt,
    pending: thread.subagent ? undefined : pendingOf(state),
  };
}

function pendingOf({ hasTurns, next, lastModel, compactedAt }: CodexState): PendingChange | undefined {
  if (!hasTurns) return undefined;
  if (
    next !== undefined && lastModel !== undefined &&
    (next.model.model !== lastModel.model || next.model.provider !== lastModel.provider)
  ) {
    return { at: next.at, kind: "model_changed", model: next.model };
  }
  return compactedAt === undefined ? undefined : { at: compactedAt, kind: "compacted" };
}
