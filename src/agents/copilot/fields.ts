/** The fields of a line of Copilot CLI that are read. */
import { count, exists, type Fields, flag, json, name, numeric, object, type Row, time, whole } from "../fields.ts";

/** Of `session.usage_record`: one response. */
const USAGE = ["data", "usage"] as const;
/** Of `session.compaction_complete`: what the compaction took. */
const SPENT = ["data", "compactionTokensUsed"] as const;

/** Of a line, whatever it is. */
export const COPILOT_FIELDS = {
  type: name("type"),
  id: name("id"),
  at: time("timestamp"),
  /** Part of what identifies a response. */
  atText: name("timestamp"),
  /** Of sub-agents alone. */
  agentId: name("agentId"),

  sessionId: name("data", "sessionId"),
  startTime: time("data", "startTime"),
  cwd: name("data", "context", "cwd"),
  changedCwd: name("data", "cwd"),
  newModel: name("data", "newModel"),
  /** Of an answer: versions without a record of each response wrote it here. */
  spoken: count("data", "outputTokens"),

  hasUsage: object(...USAGE),
  model: name(...USAGE, "model"),
  input: count(...USAGE, "inputTokens"),
  cacheRead: count(...USAGE, "cacheReadTokens"),
  hasCacheRead: exists(...USAGE, "cacheReadTokens"),
  cacheWrite: count(...USAGE, "cacheWriteTokens"),
  hasCacheWrite: exists(...USAGE, "cacheWriteTokens"),
  output: count(...USAGE, "outputTokens"),
  durationMs: numeric(...USAGE, "duration"),
  initiator: name(...USAGE, "initiator"),
  interaction: name(...USAGE, "interactionType"),
  parentCall: name(...USAGE, "parentToolCallId"),
  isByok: flag(...USAGE, "isByok"),
  modelProvider: name(...USAGE, "modelProvider"),
  providerType: name(...USAGE, "providerType"),
  apiCallId: name(...USAGE, "apiCallId"),
  sourceSession: name(...USAGE, "accounting", "sourceSessionId"),
  sequence: whole(...USAGE, "accounting", "sequence"),
  creditsStatus: name(...USAGE, "aiCreditsStatus"),
  nanoCredits: numeric(...USAGE, "copilotUsage", "totalNanoAiu"),
  cacheExpiresAt: time(...USAGE, "cacheExpiresAt"),

  hasSpent: object(...SPENT),
  spentModel: name(...SPENT, "model"),
  spentInput: count(...SPENT, "inputTokens"),
  spentCacheRead: count(...SPENT, "cacheReadTokens"),
  hasSpentCacheRead: exists(...SPENT, "cacheReadTokens"),
  spentCacheWrite: count(...SPENT, "cacheWriteTokens"),
  hasSpentCacheWrite: exists(...SPENT, "cacheWriteTokens"),
  spentOutput: count(...SPENT, "outputTokens"),
  spentDurationMs: numeric(...SPENT, "duration"),
  spentStatus: name(...SPENT, "aiCreditsStatus"),
  spentNanoCredits: numeric(...SPENT, "copilotUsage", "totalNanoAiu"),
  /** The names of the first versions. */
  hasOldSpent: exists(...SPENT, "input"),
  oldSpentInput: count(...SPENT, "input"),
  oldSpentCached: count(...SPENT, "cachedInput"),
  hasOldSpentCached: exists(...SPENT, "cachedInput"),
  oldSpentOutput: count(...SPENT, "output"),
  attemptId: name("data", "compactionAttemptId"),
  succeeded: flag("data", "success"),
  behaviorModel: name("data", "behaviorModelId"),

  /** Of `session.shutdown`: by model, and lists that only few records have. */
  metrics: json("data", "modelMetrics"),
  snapshot: json("data", "accountingSnapshot", "modelMetrics"),
  apiMs: numeric("data", "totalApiDurationMs"),
  premiumRequests: numeric("data", "totalPremiumRequests"),
  watermarks: exists("data", "usageAccountingWatermarks"),
  cacheState: json("data", "modelCacheState"),
} satisfies Fields;

export type CopilotRow = Row<typeof COPILOT_FIELDS>;
