/** The fields of a line of Qwen Code that are read. */
import { count, exists, type Fields, name, numeric, object, type Row, time } from "../fields.ts";

/** A telemetry event. Its members have dots in their names. */
const EVENT = ["systemPayload", "uiEvent"] as const;

/** Of a line, whatever it is: an event, an answer, what somebody typed. */
export const QWEN_FIELDS = {
  type: name("type"),
  subtype: name("subtype"),
  uuid: name("uuid"),
  sessionId: name("sessionId"),
  at: time("timestamp"),
  cwd: name("cwd"),
  isCopied: object("forkedFrom"),
  forkedFrom: name("forkedFrom", "sessionId"),

  event: name(...EVENT, "event.name"),
  eventAt: time(...EVENT, "event.timestamp"),
  /** Part of what identifies a response. */
  eventAtText: name(...EVENT, "event.timestamp"),
  eventModel: name(...EVENT, "model"),
  /** Which API answered. */
  eventApi: name(...EVENT, "auth_type"),
  durationMs: numeric(...EVENT, "duration_ms"),
  responseId: name(...EVENT, "response_id"),
  promptId: name(...EVENT, "prompt_id"),
  agentId: name(...EVENT, "subagent_id"),
  agentName: name(...EVENT, "subagent_name"),
  eventInput: count(...EVENT, "input_token_count"),
  eventCached: count(...EVENT, "cached_content_token_count"),
  eventOutput: count(...EVENT, "output_token_count"),
  hasEventOutput: exists(...EVENT, "output_token_count"),
  eventThoughts: count(...EVENT, "thoughts_token_count"),
  hasEventThoughts: exists(...EVENT, "thoughts_token_count"),
  eventTotal: count(...EVENT, "total_token_count"),

  answerModel: name("model"),
  hasCounts: object("usageMetadata"),
  answerInput: count("usageMetadata", "promptTokenCount"),
  answerCached: count("usageMetadata", "cachedContentTokenCount"),
  hasAnswerCached: exists("usageMetadata", "cachedContentTokenCount"),
  answerOutput: count("usageMetadata", "candidatesTokenCount"),
  hasAnswerOutput: exists("usageMetadata", "candidatesTokenCount"),
  answerThoughts: count("usageMetadata", "thoughtsTokenCount"),
  hasAnswerThoughts: exists("usageMetadata", "thoughtsTokenCount"),
  answerTotal: count("usageMetadata", "totalTokenCount"),

  title: name("systemPayload", "customTitle"),
  startedBy: name("systemPayload", "parentSessionId"),
  chosenModel: name("systemPayload", "modelId"),
  chosenApi: name("systemPayload", "authType"),
} satisfies Fields;

export type QwenRow = Row<typeof QWEN_FIELDS>;
