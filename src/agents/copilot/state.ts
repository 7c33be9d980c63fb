/** What is kept between two lines of a log of Copilot CLI, and what it says of the session. */
import { type EpochMs, MAIN_CHAIN, type ModelRef, type PendingChange, type SessionFacts } from "../../core/model.ts";
import type { LogFile, RecordedTurn } from "../source.ts";
import { GITHUB } from "./billing.ts";
import type { CopilotRow } from "./fields.ts";
import { WORKSPACE } from "./places.ts";
import { type ShutdownCounters, startCounters } from "./shutdown_totals.ts";
import { readWorkspace } from "./workspace.ts";

/** Survives JSON: the index keeps it, and goes on from it when the log grows. */
export interface CopilotState {
  /** By the file's name: for a log whose first line is lost. */
  readonly fileSession?: string;
  /** By what is beside the file: a fork may begin with the first line of another session. */
  readonly workspaceSession?: string;
  readonly title?: string;
  readonly fileCwd?: string;
  sessionId?: string;
  parent?: string;
  cwd?: string;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
  readonly counters: ShutdownCounters;
  /** The latest response, whatever chain: when its cache expires may be said later. */
  lastTurn?: RecordedTurn;
  /** Of the latest turn of the conversation. */
  model?: ModelRef;
  /** Chains that were compacted since their latest turn. */
  compacted?: Record<string, EpochMs>;
  chosen?: { readonly model: string; readonly at: EpochMs };
  /** The compaction that goes on has records of its own. */
  recordsCompaction?: boolean;
}

/** Before the first line. */
export function startState({ relativePath, companions }: LogFile): CopilotState {
  const { id, cwd, title } = readWorkspace(companions?.[WORKSPACE]);
  const named = /([^/]+)(?:\/events)?\.jsonl(?:\.zst)?$/.exec(relativePath)?.[1];
  const state: CopilotState = { counters: startCounters() };
  return {
    ...state,
    ...named && { fileSession: named },
    ...id && { workspaceSession: id },
    ...cwd && { fileCwd: cwd },
    ...title && { title },
  };
}

/** Takes in when something was done, and who did it. */
export function noteLine(state: CopilotState, { at }: CopilotRow): void {
  if (at === undefined) return;
  state.startedAt ??= at;
  state.lastActivityAt = Math.max(at, state.lastActivityAt ?? at);
}

/** The first line of a session. */
export function noteStart(state: CopilotState, row: CopilotRow): void {
  if (state.sessionId === undefined && row.startTime !== undefined) state.startedAt = row.startTime;
  const { workspaceSession = row.sessionId } = state;
  if (state.sessionId === undefined && workspaceSession !== row.sessionId) state.parent = row.sessionId;
  state.sessionId ??= workspaceSession;
  state.cwd = row.cwd ?? state.cwd;
}

/** The chain of the conversation or the sub-agent that a line is of. */
export function chainOfLine({ agentId }: CopilotRow): string {
  return agentId ?? MAIN_CHAIN;
}

/** Another model for what is asked next. Sub-agents begin with one of their own. */
export function noteModelChange(state: CopilotState, { agentId, newModel, at }: CopilotRow): void {
  if (agentId === undefined && newModel !== undefined && at !== undefined) state.chosen = { model: newModel, at };
}

/** The prefix of a chain is replaced. */
export function noteCompaction(state: CopilotState, row: CopilotRow): void {
  delete state.recordsCompaction;
  const at = row.at ?? state.lastActivityAt;
  if (row.succeeded === false || at === undefined) return;
  state.compacted = { ...state.compacted, [chainOfLine(row)]: at };
}

/** Whether the chain was compacted since its latest turn, which this one then is. */
export function takeCompaction(state: CopilotState, chain: string): boolean {
  if (state.compacted === undefined || !Object.hasOwn(state.compacted, chain)) return false;
  delete state.compacted[chain];
  if (Object.keys(state.compacted).length === 0) delete state.compacted;
  return true;
}

/** A turn of the conversation ends what was pending. */
export function noteTurn(state: CopilotState, turn: RecordedTurn): void {
  state.lastTurn = turn;
  if (turn.chain !== MAIN_CHAIN || turn.copied) return;
  state.model = turn.model;
  delete state.chosen;
}

/** Who bills a compaction: its record does not say so, and it goes where the conversation goes. */
export function sellerOfConversation({ model }: CopilotState): string {
  return model?.provider ?? GITHUB;
}

/** Whose log it is, as far as anything tells. */
export function idOfSession({ sessionId, workspaceSession, fileSession }: CopilotState): string | undefined {
  return sessionId ?? workspaceSession ?? fileSession;
}

/** What is known so far; undefined until the log has shown whose it is. */
export function sessionOf(state: CopilotState): SessionFacts | undefined {
  const hasUsage = state.lastTurn !== undefined || state.counters.epochs > 0;
  const sessionId = state.sessionId ?? (hasUsage ? idOfSession(state) : undefined);
  if (sessionId === undefined) return undefined;
  const { cwd = state.fileCwd, title, parent: parentSessionId, startedAt, lastActivityAt } = state;
  return { sessionId, cwd, title, parentSessionId, startedAt, lastActivityAt, pending: pendingOf(state) };
}

function pendingOf({ model, compacted, chosen }: CopilotState): PendingChange | undefined {
  if (model === undefined) return undefined;
  if (chosen !== undefined && chosen.model !== model.model) {
    return { at: chosen.at, kind: "model_changed", model: { provider: model.provider, model: chosen.model } };
  }
  const at = compacted?.[MAIN_CHAIN];
  return at === undefined ? undefined : { at, kind: "compacted" };
}
