/** The fields of a record of Cline that are read. */
import { count, type Fields, flag, json, name, numeric, object, type Row, time } from "../fields.ts";

const METRICS = ["message", "metrics"] as const;
const SESSION_NOTES = ["session", "metadata"] as const;

/** Of a record, whatever it is: a session, who speaks, a message, what a task's models were, a task's message. */
export const CLINE_FIELDS = {
  isSession: object("session"),
  sessionId: name("session", "session_id"),
  startedAt: time("session", "started_at"),
  sessionEndedAt: time("session", "ended_at"),
  cwd: name("session", "cwd"),
  prompt: name("session", "prompt"),
  title: name(...SESSION_NOTES, "title"),
  isOfTask: flag(...SESSION_NOTES, "legacyTask"),

  isConversation: object("conversation"),
  conversationOf: name("conversation", "sessionId"),
  subagent: name("conversation", "origin", "subagent"),

  /** Who speaks: `lead`, `subagent`, `teammate`. */
  agent: name("agent"),
  isMessage: object("message"),
  id: name("message", "id"),
  role: name("message", "role"),
  at: time("message", "ts"),
  model: name("message", "modelInfo", "id"),
  provider: name("message", "modelInfo", "provider"),
  hasMetrics: object(...METRICS),
  input: count(...METRICS, "inputTokens"),
  output: count(...METRICS, "outputTokens"),
  cacheRead: count(...METRICS, "cacheReadTokens"),
  cacheWrite: count(...METRICS, "cacheWriteTokens"),
  usd: numeric(...METRICS, "cost"),

  isMetadata: object("metadata"),
  modelsAsked: json("metadata", "model_usage"),

  isUi: object("ui"),
  uiAt: time("ui", "ts"),
  say: name("ui", "say"),
  uiModel: name("ui", "modelInfo", "modelId"),
  uiProvider: name("ui", "modelInfo", "providerId"),
  deletedRange: json("ui", "conversationHistoryDeletedRange"),
  isSpent: object("spent"),
  spentInput: count("spent", "tokensIn"),
  spentOutput: count("spent", "tokensOut"),
  spentCacheRead: count("spent", "cacheReads"),
  spentCacheWrite: count("spent", "cacheWrites"),
  spentUsd: numeric("spent", "cost"),
  /** What was sent, in words. */
  request: json("spent", "request"),
} satisfies Fields;

export type ClineRow = Row<typeof CLINE_FIELDS>;
