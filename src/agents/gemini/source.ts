/**
 * The logs of Gemini CLI: one file a session, and one a sub-agent. A billed response is a record of type `gemini` with
 * tokens.
 *
 * Since 0.39 files grow by lines. A record is written again, whole, when more is known of it, and the whole conversation is
 * restated, in part under new ids, at each start and after compactions. What is restated has no tokens, or those of a
 * record that has its own line: it is no response. What is taken back was billed all the same. Before 0.39 a file is one
 * document.
 *
 * Files and programs of Gemini CLI 0.20.0, 0.28.2, 0.35.3, 0.38.2, 0.39.1, 0.43.0 and 0.61.0, run and read 2026-11-26.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { type EpochMs, promptTokens } from "../../core/model.ts";
import { type SpokenText, spokenText } from "../formats/spoken_text.ts";
import type { RecordResult, Source, TurnDraft, UncountedKind } from "../source.ts";
import { GEMINI_FIELDS, type GeminiRow } from "./fields.ts";
import {
  chainOf,
  type GeminiState,
  isOfBefore,
  modelOf,
  noteActivity,
  noteChange,
  noteHeader,
  noteInfo,
  noteResults,
  noteRewind,
  sessionOf,
  startState,
} from "./state.ts";
import { readUsage } from "./usage.ts";

/** The log format of Gemini CLI; state is {@linkcode GeminiState}. */
export const geminiSource: Source<GeminiState, typeof GEMINI_FIELDS> = {
  // Of changes only those that say more than a time: every second line is one.
  needles: ['"gemini"', '"user"', '"info"', '"sessionId"', '"messages"', '"summary"', '"$rewindTo"'],
  fields: GEMINI_FIELDS,
  start: startState,
  fold(state, row) {
    if (row.isChange) noteChange(state, row);
    else if (row.rewoundTo !== undefined) noteRewind(state);
    else if (row.type === undefined) {
      if (row.sessionId !== undefined) noteHeader(state, row);
    } else {
      delete state.isStarting;
      noteActivity(state, row.at);
      if (row.type === "gemini") return readAnswer(state, row);
      if (row.type === "user") state.askedAt = row.at ?? state.askedAt;
      else if (row.type === "info") noteInfo(state, row);
    }
    return { state };
  },
  uncounted: (row): UncountedKind | undefined =>
    row.type === "gemini" && (row.hasTokens || row.model !== undefined) ? "response" : undefined,
  session: sessionOf,
  text: readText,
  textNeedles: ['"gemini"', '"user"'],
};

function readAnswer(state: GeminiState, row: GeminiRow): RecordResult<GeminiState> {
  const result = row.hasTokens ? readResponse(state, row) : { state, problem: problemOfUncounted(state, row) };
  if (!row.hasToolCalls) state.firstAnswer ??= row.id;
  noteResults(state, row);
  return result;
}

/**
 * What the program adds to the conversation by itself names no model. Calls of tools stand by themselves at times, or repeat
 * what was said of an answer.
 */
function problemOfUncounted(
  { last }: GeminiState,
  { id, model, hasToolCalls, documentCalls }: GeminiRow,
): string | undefined {
  if (model === undefined || hasToolCalls || documentCalls !== undefined) return undefined;
  if (id !== undefined && id === last?.id) return undefined;
  return "A response without tokens is not counted: the API named none.";
}

function readResponse(state: GeminiState, row: GeminiRow): RecordResult<GeminiState> {
  const { id, model: named, at: endedAt } = row;
  const { usage, problem } = readUsage(row);
  if (usage === undefined) return { state, problem };
  if (id === undefined || named === undefined || endedAt === undefined) {
    return { state, problem: "A response without an id, a model or a time is not counted." };
  }
  const { last } = state;
  const total = promptTokens(usage) + usage.output;
  const isRepeated = last?.id === id;
  // What is written again says the same, or less.
  if (isRepeated && total <= last!.total) return { state, isSilent: true };
  const model = modelOf(named);
  const turn: TurnDraft = {
    key: id,
    at: startOf(state, endedAt, isRepeated),
    endedAt,
    model,
    usage,
    chain: chainOf(state),
  };
  if (isOfBefore(state, endedAt)) turn.copied = true;
  // One from further back, written again: it is known by its id.
  if (isRepeated || last === undefined || endedAt >= last.at) {
    if (state.compactedAt !== undefined) turn.afterCompaction = true;
    state.last = { id, at: endedAt, total };
    state.model = model;
    delete state.compactedAt;
    delete state.chosen;
  }
  return problem === undefined ? { state, turns: [turn] } : { state, turns: [turn], problem };
}

/**
 * No record says when a request began: the one before it does, a prompt, the result of a tool, or another answer. With
 * attempts that failed it is the first one's.
 */
function startOf({ askedAt, last }: GeminiState, endedAt: EpochMs, isRepeated: boolean): EpochMs {
  const before = isRepeated || last === undefined ? askedAt : Math.max(last.at, askedAt ?? last.at);
  return before === undefined || before > endedAt ? endedAt : before;
}

/** Content is a text or a list of parts, in the form of Google's API. Thoughts and results of tools are no text. */
function readText(value: unknown): SpokenText | undefined {
  // With the calls of its tools an answer is written a second time.
  if (!isRecord(value) || value.toolCalls !== undefined) return undefined;
  const role = value.type === "gemini" ? "assistant" : value.type;
  // What somebody typed, without the files that were put in.
  const content = value.displayContent ?? value.content;
  if (!Array.isArray(content)) return spokenText({ role, content });
  const parts = (content as readonly unknown[]).filter(isRecord).filter(({ thought }) => thought !== true);
  return spokenText({ role, content: parts.map(({ text }) => ({ type: "text", text })) });
}
