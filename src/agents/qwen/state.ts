/** What is kept between two lines of a log of Qwen Code, and what it says of the session. */
import { type EpochMs, MAIN_CHAIN, type ModelRef, type PendingChange, type SessionFacts } from "../../core/model.ts";
import type { LogFile, RecordedTurn } from "../source.ts";
import type { QwenRow } from "./fields.ts";

/** Survives JSON: the index keeps it, and goes on from it when the log grows. */
export interface QwenState {
  /** By the file's name: for a log whose lines name none. */
  readonly fileSession?: string;
  sessionId?: string;
  cwd?: string;
  title?: string;
  /** The session that this one is a fork of, or that started it. */
  parent?: string;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
  /** Some response stands in an event: answers in this file then repeat what events say. */
  hasEvents?: boolean;
  hasTurns?: boolean;
  /** Of the latest turn of the conversation. */
  model?: ModelRef;
  /** Since that turn. */
  compactedAt?: EpochMs;
  isCompacted?: boolean;
  chosen?: { readonly model: ModelRef; readonly at: EpochMs };
}

/** Before the first line. */
export function startState({ relativePath }: LogFile): QwenState {
  const fileSession = /(?:^|\/)([0-9a-f-]{32,36})\.jsonl$/i.exec(relativePath)?.[1];
  return fileSession === undefined ? {} : { fileSession };
}

/** Takes in what any line says of the session. @returns the session that the line names, where it is another one */
export function noteLine(state: QwenState, row: QwenRow): string | undefined {
  const { sessionId, forkedFrom, at } = row;
  state.sessionId ??= sessionId;
  if (sessionId !== undefined && sessionId !== state.sessionId) return sessionId;
  state.cwd ??= row.cwd;
  // Copied lines keep the times of the session that they were copied from.
  if (forkedFrom !== undefined) state.parent = forkedFrom;
  else if (at !== undefined) {
    state.startedAt ??= at;
    state.lastActivityAt = Math.max(at, state.lastActivityAt ?? at);
  }
  return undefined;
}

/** Takes in a line of the program itself that is no event. */
export function noteChange(state: QwenState, row: QwenRow): void {
  switch (row.subtype) {
    case "custom_title":
      state.title = row.title;
      break;
    case "parent_session":
      state.parent ??= row.startedBy;
      break;
    case "chat_compression":
      state.isCompacted = true;
      state.compactedAt = row.at;
      break;
    case "session_model":
      noteModel(state, row);
  }
}

function noteModel(state: QwenState, { chosenModel, chosenApi, at }: QwenRow): void {
  const model = modelNamed(chosenModel);
  if (model === undefined || at === undefined) return;
  const provider = chosenApi === undefined ? state.model?.provider : undefined;
  state.chosen = { model: { provider: provider ?? providerOf(chosenApi), model }, at };
}

/** A turn of the conversation ends what was pending. */
export function noteTurn(state: QwenState, turn: RecordedTurn): void {
  state.hasTurns = true;
  if (turn.chain !== MAIN_CHAIN || turn.sessionId !== undefined) return;
  state.model = turn.model;
  delete state.isCompacted;
  delete state.compactedAt;
  delete state.chosen;
}

/** What is known so far; undefined until the log has shown whose it is. */
export function sessionOf(state: QwenState): SessionFacts | undefined {
  const sessionId = state.sessionId ?? (state.hasTurns ? state.fileSession : undefined);
  if (sessionId === undefined) return undefined;
  const { cwd, title, parent: parentSessionId, startedAt, lastActivityAt } = state;
  return { sessionId, cwd, title, parentSessionId, startedAt, lastActivityAt, pending: pendingOf(state) };
}

function pendingOf({ model, compactedAt, chosen }: QwenState): PendingChange | undefined {
  if (model === undefined) return undefined;
  if (chosen !== undefined && chosen.model.model !== model.model) {
    return { at: chosen.at, kind: "model_changed", model: chosen.model };
  }
  return compactedAt === undefined ? undefined : { at: compactedAt, kind: "compacted" };
}

/** Names of APIs that are not those of who sells them. */
const SELLERS: ReadonlyMap<string, string> = new Map([["gemini", "google"], ["vertex-ai", "google-vertex"]]);

/**
 * Who bills, as far as a log says it: the API that Qwen Code was set up with. Others have made theirs like OpenAI's, so that
 * `openai` may be one of these.
 */
export function providerOf(api: string | undefined): string {
  if (api === undefined) return "unknown";
  const named = api.toLowerCase();
  return SELLERS.get(named) ?? named;
}

/** A model's name. One that was set while the program ran may stand behind a mark: `$runtime|openai|qwen3-max`. */
export function modelNamed(name: string | undefined): string | undefined {
  return name?.startsWith("$runtime|") ? name.replace(/^(\$runtime\|[^|]*\|)+(?=.)/, "") : name;
}
