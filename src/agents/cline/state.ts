/** What is kept between two records of Cline's, and what they say of the session. */
import { type EpochMs, MAIN_CHAIN, type ModelRef, type SessionFacts } from "../../core/model.ts";
import type { LogFile } from "../source.ts";
import type { ClineRow } from "./fields.ts";
import type { ModelAsked } from "./models.ts";

/** Survives JSON. All of a log is read each time that it changed. */
export interface ClineState {
  /** That of the directory. */
  readonly directory: string;
  /** A record has shown that it is a session's. */
  isKnown?: boolean;
  /** It goes on from a task of before. */
  isOfTask?: boolean;
  cwd?: string;
  title?: string;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
  /** Of the conversation that is read: a session has one for each of its sub-agents. */
  chain: string;
  /** When the message before was written, in that conversation. */
  previousAt?: EpochMs;
  /** Of a task: models by the time from which on they were asked, and all that were. */
  models?: readonly ModelAsked[];
  asked?: readonly ModelRef[];
  /** What of the conversation is left out of requests, as a text. */
  deletedRange?: string;
  isCompacted?: boolean;
}

/** Before the first record. */
export function startState({ relativePath }: LogFile): ClineState {
  const directory = /([^/]+)$/.exec(relativePath)?.[1] ?? relativePath;
  const state: ClineState = { directory, chain: MAIN_CHAIN };
  // Both sessions and tasks are named by when they began.
  const began = Number(/^\d{13}/.exec(directory)?.[0]);
  if (began > 1e12) state.startedAt = began;
  return state;
}

/** Takes in what the session's own document says. */
export function noteSession(state: ClineState, row: ClineRow): void {
  const { startedAt, sessionEndedAt, cwd, title, prompt } = row;
  state.isKnown = true;
  state.cwd ??= cwd;
  if (row.isOfTask) state.isOfTask = true;
  if (startedAt !== undefined) state.startedAt = Math.min(startedAt, state.startedAt ?? startedAt);
  noteTime(state, startedAt);
  noteTime(state, sessionEndedAt);
  // Until somebody gives it a name, it has that of the first line that was typed.
  if (title !== undefined && prompt !== undefined && !prompt.includes(title)) state.title = title;
}

/** Another conversation begins, of who speaks in it. */
export function noteConversation(state: ClineState, { subagent, conversationOf }: ClineRow): void {
  state.isKnown = true;
  // `<session>__<agent>`, or `<session>__teamtask__<agent>__<task>`.
  const agent = subagent ?? /^.+?__(?:teamtask__)?(.+?)(?:__[^_]+)?$/.exec(conversationOf ?? "")?.[1];
  // A teammate may have any name, such as that of a chain of ours.
  state.chain = agent === undefined ? MAIN_CHAIN : agent.startsWith("agent") ? agent : `agent ${agent}`;
  delete state.previousAt;
}

/** Takes in when something happened. */
export function noteTime(state: ClineState, at: EpochMs | undefined): void {
  if (at !== undefined) state.lastActivityAt = Math.max(at, state.lastActivityAt ?? at);
}

/** What is known so far; undefined until a record has shown that it is a session. */
export function sessionOf(state: ClineState): SessionFacts | undefined {
  if (!state.isKnown) return undefined;
  const { directory: sessionId, cwd, title, startedAt, lastActivityAt } = state;
  return { sessionId, cwd, title, startedAt, lastActivityAt };
}
