/** What is kept between two records of a session, and what it says of the session. */
import { type EpochMs, MAIN_CHAIN, type ModelRef, type PendingChange, type SessionFacts } from "../../../core/model.ts";
import type { LogFile, RecordedTurn } from "../../source.ts";
import type { MessageRow } from "./fields.ts";

/** Survives JSON. */
export interface MessageState {
  /** By the log's name: its record may be missing. */
  readonly id: string;
  isKnown?: boolean;
  /** Of a sub-agent: the session in which it worked. */
  parent?: string;
  cwd?: string;
  title?: string;
  forkedFrom?: string;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
  /** Of the latest turn of the conversation. */
  model?: ModelRef;
  /** Since that turn. */
  isCompacted?: boolean;
  compactedAt?: EpochMs;
  chosen?: { readonly model: ModelRef; readonly at: EpochMs };
}

/** Before the first record. */
export function startMessages({ part, relativePath }: LogFile): MessageState {
  return { id: part ?? relativePath.slice(relativePath.lastIndexOf("/") + 1) };
}

/** What a session has until somebody names it, with the mark of a fork or without. */
const NO_TITLE = /^(?:New|Child) session - \d{4}-\d\d-\d\dT[\d:.]+Z(?: \(fork #\d+\))?$/;

/** Takes in the session's own record. */
export function noteSession(state: MessageState, row: MessageRow): void {
  const { title, created } = row;
  state.isKnown = true;
  const parent = row.rootId ?? row.parentId;
  if (parent !== undefined && parent !== state.id) state.parent = parent;
  state.cwd = row.directory;
  if (title !== undefined && !NO_TITLE.test(title)) state.title = title;
  state.forkedFrom = row.forkedFrom;
  state.startedAt = created;
  noteActivity(state, created);
}

/** Takes in a time at which something happened. */
export function noteActivity(state: MessageState, at: EpochMs | undefined): void {
  if (at !== undefined) state.lastActivityAt = Math.max(at, state.lastActivityAt ?? at);
}

/** Takes in which model the next requests go to. */
export function noteChoice(state: MessageState, row: MessageRow, at: EpochMs | undefined): void {
  const model = row.chosenModel ?? row.rowModel;
  if (model === undefined || at === undefined) return;
  state.chosen = { model: { provider: providerNamed(row.chosenProvider), model }, at };
}

/** Takes in that the conversation was replaced by a summary. */
export function noteCompaction(state: MessageState, at: EpochMs | undefined): void {
  state.isCompacted = true;
  state.compactedAt = at;
}

/** A turn of the conversation ends what was pending. */
export function noteMainTurn(state: MessageState, turn: RecordedTurn): void {
  state.model = turn.model;
  delete state.isCompacted;
  delete state.compactedAt;
  delete state.chosen;
}

/** The chain of the session's own requests: a sub-agent has one of its own in the session in which it worked. */
export function ownChain({ parent, id }: MessageState): string {
  return parent === undefined ? MAIN_CHAIN : id;
}

/** The program's name of whom the user set up, which is whoever bills or a gateway to it. */
export function providerNamed(name: string | undefined): string {
  return name?.toLowerCase() ?? "unknown";
}

/** What is known so far; undefined until the log has shown something of a session. */
export function factsOf(state: MessageState): SessionFacts | undefined {
  const { id, parent, cwd, title, forkedFrom: parentSessionId, startedAt, lastActivityAt } = state;
  if (!state.isKnown && lastActivityAt === undefined) return undefined;
  if (parent !== undefined) return { sessionId: parent, subagent: true, cwd, startedAt, lastActivityAt };
  return { sessionId: id, cwd, title, parentSessionId, startedAt, lastActivityAt, pending: pendingOf(state) };
}

function pendingOf({ model, compactedAt, chosen }: MessageState): PendingChange | undefined {
  if (model === undefined) return undefined;
  if (chosen !== undefined && (chosen.model.model !== model.model || chosen.model.provider !== model.provider)) {
    return { at: chosen.at, kind: "model_changed", model: chosen.model };
  }
  return compactedAt === undefined ? undefined : { at: compactedAt, kind: "compacted" };
}
