/** What is kept between two records of Gemini CLI, and what they say of the session. */
import { isRecord } from "../../core/json/is_record.ts";
import { type EpochMs, MAIN_CHAIN, type ModelRef, type PendingChange, type SessionFacts } from "../../core/model.ts";
import { utcTimeOf } from "../formats/utc_time.ts";
import type { LogFile } from "../source.ts";
import type { GeminiRow } from "./fields.ts";

/** Survives JSON: the index keeps it, and goes on from it when the log grows. */
export interface GeminiState {
  readonly cwd?: string;
  /** By the file's name: for a log whose beginning is missing. Of a session it is the beginning of its id. */
  readonly fileSession?: string;
  /** Of a sub-agent: the session that it works for. The directory names it. */
  readonly parent?: string;
  /** Of a sub-agent, whose session no directory names. */
  isSubagent?: boolean;
  sessionId?: string;
  title?: string;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
  /** When another session's file was taken over: what is older was copied from there. */
  importedAt?: EpochMs;
  /** When the latest prompt, or result of a tool, was there. */
  askedAt?: EpochMs;
  /** Results of tools are records of their own, as since the version that restates conversations. */
  recordsResults?: boolean;
  /** The latest response. */
  last?: { readonly id: string; readonly at: EpochMs; readonly total: number };
  model?: ModelRef;
  /** Id of the first answer of the conversation as the program has it: a compaction gives new ids to all that it keeps. */
  firstAnswer?: string;
  /** A header was met, and what the conversation is then is not yet said. */
  isStarting?: boolean;
  /** Since the latest response. */
  compactedAt?: EpochMs;
  chosen?: { readonly model: ModelRef; readonly at: EpochMs };
}

/** Before the first record. */
export function startState({ relativePath, store, companions }: LogFile): GeminiState {
  const cwd = Object.values(companions ?? {}).map((text) => text.trim()).find((path) => path !== "");
  const [file = "", directory] = relativePath.split("/").toReversed();
  const name = file.replace(/\.jsonl?(?:\..*)?$/, "");
  return store?.startsWith("subagent")
    ? { cwd, fileSession: name, parent: directory }
    : { cwd, fileSession: name.replace(/^session-(?:\d{4}-\d\d-\d\dT\d\d-\d\d-|\d+-)?(?=.)/, "") };
}

/** Requests of a sub-agent share a prompt of their own. Before 0.37 several may have written into one document. */
export function chainOf({ parent, isSubagent, sessionId, fileSession }: GeminiState): string {
  if (parent !== undefined) return sessionId ?? fileSession ?? parent;
  return isSubagent ? "sidechain" : MAIN_CHAIN;
}

/** Takes in what begins a log. A session that is gone on with begins once more, at another time. */
export function noteHeader(state: GeminiState, { sessionId, startTime, summary, kind }: GeminiRow): void {
  state.sessionId ??= sessionId;
  if (kind === "subagent") state.isSubagent = true;
  state.isStarting = true;
  state.title = summary ?? state.title;
  if (startTime !== undefined) state.startedAt = Math.min(startTime, state.startedAt ?? startTime);
}

/** Takes in that something happened. */
export function noteActivity(state: GeminiState, at: EpochMs | undefined): void {
  if (at === undefined || isOfBefore(state, at)) return;
  state.startedAt ??= at;
  state.lastActivityAt = Math.max(at, state.lastActivityAt ?? at);
}

/** Whether something happened in the session whose file was taken over. */
export function isOfBefore({ importedAt }: GeminiState, at: EpochMs): boolean {
  return importedAt !== undefined && at < importedAt;
}

/** Takes in a change of what is known of the session, or of its whole conversation. */
export function noteChange(state: GeminiState, row: GeminiRow): void {
  state.sessionId ??= row.newSessionId;
  state.title = row.newSummary ?? state.title;
  const { newMessages } = row;
  if (!Array.isArray(newMessages)) return;
  state.recordsResults = true;
  const answers = (newMessages as readonly unknown[]).filter(isRecord).filter(({ type }) => type === "gemini");
  const first = answers[0]?.id;
  if (typeof first === "string") {
    const { firstAnswer } = state;
    const isKept = firstAnswer === undefined || answers.some(({ id }) => id === firstAnswer);
    if (!isKept && state.last !== undefined) state.compactedAt = row.changedAt ?? state.last.at;
    state.firstAnswer = first;
  } else if (!state.isStarting) {
    // All of it was taken back, as a first prompt is that was refused.
    delete state.firstAnswer;
  }
}

/** Takes in that the conversation goes on from an earlier place. What is said from there on may be its beginning. */
export function noteRewind(state: GeminiState): void {
  delete state.firstAnswer;
}

/** Takes in what the program itself said: `type` is `info`. */
export function noteInfo(state: GeminiState, { id, at, said }: GeminiRow): void {
  if (at === undefined) return;
  if (id !== undefined && /^import-\d+$/.test(id)) state.importedAt = at;
  const model = said && /^(?:Model set to|Switched to fallback model) (\S+)/.exec(said)?.[1];
  if (!model) return;
  // Which one it will be is decided with each prompt.
  if (/^auto\b/.test(model)) delete state.chosen;
  else state.chosen = { model: modelOf(model), at };
}

/** Takes in when the results of the tools were there that an answer called, where no record of their own says it. */
export function noteResults(state: GeminiState, row: GeminiRow): void {
  const calls = row.documentCalls ?? (row.hasToolCalls && !state.recordsResults ? row.toolCalls : undefined);
  if (!Array.isArray(calls)) return;
  for (const call of calls as readonly unknown[]) {
    const at = isRecord(call) && typeof call.timestamp === "string" ? utcTimeOf(call.timestamp) : undefined;
    if (at !== undefined) state.askedAt = Math.max(at, state.askedAt ?? at);
  }
}

/** Whoever bills is named nowhere: Google's own models are Google's, by the API or by Vertex AI at the same price. */
export function modelOf(model: string): ModelRef {
  return { provider: /^(?:models\/)?(?:gemini|gemma)/i.test(model) ? "google" : "unknown", model };
}

/** What is known so far; undefined until the log has shown whose it is. */
export function sessionOf(state: GeminiState): SessionFacts | undefined {
  const { cwd, title, startedAt, parent } = state;
  const lastActivityAt = state.lastActivityAt ?? startedAt;
  const own = state.sessionId ?? (state.last === undefined ? undefined : state.fileSession);
  if (own === undefined) return undefined;
  // A sub-agent's summary is the beginning of its answer.
  if (parent !== undefined || state.isSubagent) {
    return { sessionId: parent ?? own, subagent: true, cwd, startedAt, lastActivityAt };
  }
  return { sessionId: own, cwd, title, startedAt, lastActivityAt, pending: pendingOf(state) };
}

function pendingOf({ model, compactedAt, chosen }: GeminiState): PendingChange | undefined {
  if (model === undefined) return undefined;
  if (chosen !== undefined && chosen.model.model !== model.model) {
    return { at: chosen.at, kind: "model_changed", model: chosen.model };
  }
  return compactedAt === undefined ? undefined : { at: compactedAt, kind: "compacted" };
}
