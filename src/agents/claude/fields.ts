/** What is read of a line of Claude Code's logs. */
import { count, exists, type Fields, flag, json, name, numeric, object, type Row, time, whole } from "../fields.ts";

export const CLAUDE_FIELDS = {
  type: name("type"),
  subtype: name("subtype"),
  at: time("timestamp"),

  // Where a line belongs.
  uuid: name("uuid"),
  parentUuid: name("parentUuid"),
  sessionId: name("sessionId"),
  requestSessionId: name("requestSessionId"),
  sessionKind: name("sessionKind"),
  /** `{sessionId, messageUuid}`, or the bare id. */
  forkedFrom: name("forkedFrom"),
  forkedFromSession: name("forkedFrom", "sessionId"),
  agentId: name("agentId"),
  isSidechain: flag("isSidechain"),
  cwd: name("cwd"),

  // A request's start, and titles.
  id: name("id"),
  customTitle: name("customTitle"),
  aiTitle: name("aiTitle"),
  summary: name("summary"),
  leafUuid: name("leafUuid"),

  // A response.
  message: exists("message"),
  isApiError: flag("isApiErrorMessage"),
  messageId: name("message", "id"),
  model: name("message", "model"),
  requestId: name("requestId"),
  requestRef: name("requestRef"),
  block: numeric("apiBlockIndex"),
  requestedTtl: name("promptCacheRequested"),
  /** Of version 1.0. */
  costUsd: numeric("costUSD"),
  missReason: name("message", "diagnostics", "cache_miss_reason", "type"),

  // What it used.
  usage: object("message", "usage"),
  input: count("message", "usage", "input_tokens"),
  cacheRead: count("message", "usage", "cache_read_input_tokens"),
  written: count("message", "usage", "cache_creation_input_tokens"),
  written1h: count("message", "usage", "cache_creation", "ephemeral_1h_input_tokens"),
  written5m: count("message", "usage", "cache_creation", "ephemeral_5m_input_tokens"),
  output: count("message", "usage", "output_tokens"),
  /** A list, mostly an empty one. */
  iterations: json("message", "usage", "iterations"),
  region: name("message", "usage", "inference_geo"),
  tier: name("message", "usage", "service_tier"),
  speed: name("message", "usage", "speed"),
  /** Whatever it is: one that nobody knows has no price. */
  anySpeed: json("message", "usage", "speed"),
  webSearches: whole("message", "usage", "server_tool_use", "web_search_requests"),

  // A result of the tool's own search.
  searchCount: whole("toolUseResult", "searchCount"),
  askedBy: name("sourceToolAssistantUUID"),

  // The tool's own sum.
  totalCostUsd: numeric("totalCostUSD"),
  hasUnknownModelCost: flag("hasUnknownModelCost"),
  startTime: time("startTime"),
} satisfies Fields;

export type ClaudeRow = Row<typeof CLAUDE_FIELDS>;
