/**
 * The logs of Qwen Code: one file a session, one line a record, only ever appended to.
 *
 * A billed response is an event `qwen-code.api_response`: of the conversation, of sub-agents, of compactions and of what
 * keeps the memory. The answer of the model that follows it repeats its counts, in the conversation alone. Answers count
 * in files without any event.
 *
 * Files of Qwen Code 0.24.4, and its program, read 2026-11-26.
 */
import { type DurationMs, type EpochMs, MAIN_CHAIN } from "../../core/model.ts";
import { type SpokenText, spokenText } from "../formats/spoken_text.ts";
import type { RecordedTurn, RecordResult, Source, TurnDraft, UncountedKind } from "../source.ts";
import { QWEN_FIELDS, type QwenRow } from "./fields.ts";
import {
  modelNamed,
  noteChange,
  noteLine,
  noteTurn,
  providerOf,
  type QwenState,
  sessionOf,
  startState,
} from "./state.ts";
import { countsOfAnswer, countsOfEvent, readUsage, type UsageResult } from "./usage.ts";

/** The log format of Qwen Code; state is {@linkcode QwenState}. */
export const qwenSource: Source<QwenState, typeof QWEN_FIELDS> = {
  needles: [
    '"qwen-code.api_response"',
    // These show whose log it is, when nothing was answered.
    '"qwen-code.api_error"',
    '"real_user"',
    '"usageMetadata"',
    '"chat_compression"',
    '"session_model"',
    '"custom_title"',
    '"parent_session"',
  ],
  fields: QWEN_FIELDS,
  start: startState,
  fold(state, row) {
    const otherSession = noteLine(state, row);
    if (isEvent(row)) {
      state.hasEvents = true;
      const endedAt = row.eventAt ?? row.at;
      return readResponse(state, row, otherSession, {
        usage: readUsage(countsOfEvent(row), row.eventApi),
        model: modelNamed(row.eventModel),
        provider: providerOf(row.eventApi),
        at: startOf(row, endedAt),
        endedAt,
        key: keyOf(row),
        chain: chainOf(row),
      });
    }
    if (isAnswer(row) && !state.hasEvents) {
      return readResponse(state, row, otherSession, {
        usage: readUsage(countsOfAnswer(row), undefined),
        model: modelNamed(row.answerModel),
        provider: providerOf(undefined),
        at: row.at,
        endedAt: row.at,
        key: row.uuid,
        chain: MAIN_CHAIN,
      });
    }
    if (otherSession === undefined && row.type === "system") noteChange(state, row);
    return { state };
  },
  uncounted,
  session: sessionOf,
  text: readText,
};

/** What a record says of a response, each where it can be read. */
interface FoundResponse {
  readonly usage: UsageResult;
  readonly model: string | undefined;
  readonly provider: string;
  readonly at: EpochMs | undefined;
  readonly endedAt: EpochMs | undefined;
  readonly key: string | undefined;
  readonly chain: string;
}

function readResponse(
  state: QwenState,
  row: QwenRow,
  otherSession: string | undefined,
  { usage: { usage, problem }, model, provider, at, endedAt, key, chain }: FoundResponse,
): RecordResult<QwenState> {
  if (usage === undefined) return { state, problem };
  if (key === undefined || model === undefined || at === undefined) {
    return { state, problem: "A response without an id, a model or a time is not counted." };
  }
  const turn: TurnDraft = { key, at, endedAt, model: { provider, model }, usage, chain };
  if (row.isCopied) turn.copied = true;
  if (otherSession !== undefined) turn.sessionId = otherSession;
  else if (chain === MAIN_CHAIN && state.isCompacted) turn.afterCompaction = true;
  noteTurn(state, turn);
  const turns: readonly RecordedTurn[] = [turn];
  return problem === undefined ? { state, turns } : { state, turns, problem };
}

/** Whether it is the event of a response. */
function isEvent(row: QwenRow): boolean {
  return row.event === "qwen-code.api_response";
}

function isAnswer(row: QwenRow): boolean {
  return row.type === "assistant" && row.hasCounts === true;
}

/** What no request takes is a damaged figure. */
const LONGEST_MS: DurationMs = 24 * 3_600_000;

/** The event is written when the response is complete. What it took has the attempts that failed in it. */
function startOf({ durationMs }: QwenRow, endedAt: EpochMs | undefined): EpochMs | undefined {
  const isKnown = durationMs !== undefined && durationMs >= 0 && durationMs <= LONGEST_MS;
  return isKnown && endedAt !== undefined ? endedAt - durationMs : endedAt;
}

/**
 * Forks copy an event with its id and time, and with the line's id, but name the new session in it. Some servers give one
 * id to all responses: the time tells those apart.
 */
function keyOf({ responseId, eventAtText, uuid }: QwenRow): string | undefined {
  return responseId !== undefined && eventAtText !== undefined ? `${responseId} ${eventAtText}` : uuid ?? responseId;
}

/** Sub-agents and what keeps the memory have an id. Older events have it in that of the prompt: `<session>#<id>#<number>`. */
function chainOf({ promptId = "", agentId, agentName }: QwenRow): string {
  const agent = agentId ?? /^[^#]*#([^#]+)#\d+$/.exec(promptId)?.[1] ?? agentName;
  if (agent !== undefined) return `agent ${agent}`;
  return promptId.startsWith("compress-") ? "compaction" : MAIN_CHAIN;
}

function uncounted(row: QwenRow): UncountedKind | undefined {
  if (isEvent(row)) return "response";
  return isAnswer(row) ? "count" : undefined;
}

/** Messages have the form of Google's API. Thoughts are no text. */
function readText(value: unknown): SpokenText | undefined {
  const { type, subtype, message } = Object(value) as Record<"type" | "subtype" | "message", unknown>;
  if ((type !== "user" && type !== "assistant") || subtype !== undefined) return undefined;
  const { parts } = Object(message) as Record<"parts", unknown>;
  if (!Array.isArray(parts)) return undefined;
  const content = parts.map((part) => {
    const { text, thought } = Object(part) as Record<"text" | "thought", unknown>;
    return thought === true ? undefined : { type: "text", text };
  });
  return spokenText({ role: type, content });
}
