/**
 * The logs of Qwen Code: one file a session, one line a record, only ever appended to.
 *
 * A billed response is an event `qwen-code.api_response`: of the conversation, of sub-agents, of compactions and of what
 * keeps the memory. The answer of the model that follows it repeats its counts, in the conversation alone. Answers count
 * in files without any event.
 *
 * Files of Qwen Code 0.24.4, and its program, read 2026-11-26.
 */
import { type EpochMs, MAIN_CHAIN } from "../../core/model.ts";
import { quoteValue } from "../../core/quote_value.ts";
import { type SpokenText, spokenText } from "../formats/spoken_text.ts";
import type { RecordedTurn, RecordResult, RecordSource, TurnDraft, UncountedKind } from "../source.ts";
import { durationOf, type Fields, fieldsOf, KEYS, modelOf, textOf, timeOf } from "./fields.ts";
import { noteChange, noteLine, noteTurn, providerOf, type QwenState, sessionOf, startState } from "./state.ts";
import { countsOfAnswer, countsOfEvent, readUsage, type UsageResult } from "./usage.ts";

/** The log format of Qwen Code; state is {@linkcode QwenState}. */
export const qwenSource: RecordSource<QwenState> = {
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
  keys: KEYS,
  start: startState,
  record(state, value) {
    const line = fieldsOf(value);
    if (line === undefined) return { state, problem: `Expected an object, found ${quoteValue(value)}.` };
    const otherSession = noteLine(state, line);
    const event = responseOf(line);
    if (event !== undefined) {
      state.hasEvents = true;
      return readResponse(state, line, otherSession, {
        usage: readUsage(countsOfEvent(event), event.auth_type),
        model: modelOf(event.model),
        provider: providerOf(event.auth_type),
        ...readTimes(event, line),
        key: keyOf(event, line),
        chain: chainOf(event),
      });
    }
    if (isAnswer(line) && !state.hasEvents) {
      const usage = readUsage(countsOfAnswer(fieldsOf(line.usageMetadata)!), undefined);
      const provider = providerOf(undefined);
      const [model, at, key] = [modelOf(line.model), timeOf(line.timestamp), textOf(line.uuid)];
      return readResponse(state, line, otherSession, {
        usage,
        model,
        provider,
        at,
        endedAt: at,
        key,
        chain: MAIN_CHAIN,
      });
    }
    if (otherSession === undefined && line.type === "system") noteChange(state, line);
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
  line: Fields,
  otherSession: string | undefined,
  { usage: { usage, problem }, model, provider, at, endedAt, key, chain }: FoundResponse,
): RecordResult<QwenState> {
  if (usage === undefined) return { state, problem };
  if (key === undefined || model === undefined || at === undefined) {
    return { state, problem: "A response without an id, a model or a time is not counted." };
  }
  const turn: TurnDraft = { key, at, endedAt, model: { provider, model }, usage, chain };
  if (fieldsOf(line.forkedFrom) !== undefined) turn.copied = true;
  if (otherSession !== undefined) turn.sessionId = otherSession;
  else if (chain === MAIN_CHAIN && state.isCompacted) turn.afterCompaction = true;
  noteTurn(state, turn);
  const turns: readonly RecordedTurn[] = [turn];
  return problem === undefined ? { state, turns } : { state, turns, problem };
}

function responseOf(line: Fields): Fields | undefined {
  const event = fieldsOf(fieldsOf(line.systemPayload)?.uiEvent);
  return event?.["event.name"] === "qwen-code.api_response" ? event : undefined;
}

function isAnswer(line: Fields): boolean {
  return line.type === "assistant" && fieldsOf(line.usageMetadata) !== undefined;
}

/** The event is written when the response is complete. What it took has the attempts that failed in it. */
function readTimes(event: Fields, line: Fields): Pick<FoundResponse, "at" | "endedAt"> {
  const endedAt = timeOf(event["event.timestamp"]) ?? timeOf(line.timestamp);
  if (endedAt === undefined) return { at: undefined, endedAt };
  return { at: Math.max(0, endedAt - (durationOf(event.duration_ms) ?? 0)), endedAt };
}

/**
 * Forks copy an event with its id and time, and with the line's id, but name the new session in it. Some servers give one
 * id to all responses: the time tells those apart.
 */
function keyOf(event: Fields, line: Fields): string | undefined {
  const [id, at] = [textOf(event.response_id), textOf(event["event.timestamp"])];
  return id !== undefined && at !== undefined ? `${id} ${at}` : textOf(line.uuid) ?? id;
}

/** Sub-agents and what keeps the memory have an id. Older events have it in that of the prompt: `<session>#<id>#<number>`. */
function chainOf(event: Fields): string {
  const prompt = textOf(event.prompt_id) ?? "";
  const agent = textOf(event.subagent_id) ?? /^[^#]*#([^#]+)#\d+$/.exec(prompt)?.[1];
  if (agent !== undefined) return `agent ${agent}`;
  const name = textOf(event.subagent_name);
  if (name !== undefined) return `agent ${name}`;
  return prompt.startsWith("compress-") ? "compaction" : MAIN_CHAIN;
}

function uncounted(value: unknown): UncountedKind | undefined {
  const line = fieldsOf(value);
  if (line === undefined) return undefined;
  if (responseOf(line) !== undefined) return "response";
  return isAnswer(line) ? "count" : undefined;
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
