/** The fields of a record of Gemini CLI that are read: of a line, and of what a document is taken apart into. */
import { count, exists, type Fields, json, name, object, type Row, time } from "../fields.ts";

export const GEMINI_FIELDS = {
  // Of messages.
  type: name("type"),
  id: name("id"),
  at: time("timestamp"),
  model: name("model"),
  hasTokens: object("tokens"),
  input: count("tokens", "input"),
  output: count("tokens", "output"),
  cached: count("tokens", "cached"),
  hasCached: exists("tokens", "cached"),
  thoughts: count("tokens", "thoughts"),
  hasThoughts: exists("tokens", "thoughts"),
  tool: count("tokens", "tool"),
  hasTool: exists("tokens", "tool"),
  total: count("tokens", "total"),
  hasToolCalls: exists("toolCalls"),
  toolCalls: json("toolCalls"),
  /** The same in a document. */
  documentCalls: json("documentCalls"),
  /** Of what the program itself says. */
  said: name("content"),

  // Of what begins a log, or goes on with it.
  sessionId: name("sessionId"),
  startTime: time("startTime"),
  kind: name("kind"),
  summary: name("summary"),

  // Of changes.
  isChange: object("$set"),
  newSessionId: name("$set", "sessionId"),
  newSummary: name("$set", "summary"),
  /** All of the conversation, as it is from now on. */
  newMessages: json("$set", "messages"),
  changedAt: time("$set", "lastUpdated"),
  rewoundTo: name("$rewindTo"),
} satisfies Fields;

export type GeminiRow = Row<typeof GEMINI_FIELDS>;
