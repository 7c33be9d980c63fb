/**
 * Texts that stand in what the index keeps of nearly every log: members of the states of sources, and names that most have.
 * Each is written as one or two bytes. One that is missing here only takes more of them. The order is part of the tables'
 * layout: see `TABLES_VERSION` (tables/schema.ts). The first sixty take one byte.
 */
export const KNOWN_TEXTS: readonly string[] = [
  ...["main", "anthropic", "openai", "openrouter", "google", "amazon-bedrock", "5m", "1h", "own", "replay"],
  ...["provider", "model", "key", "at", "id", "messageId", "requestId", "chain", "parentUuid", "lastUuid", "counts"],
  ...["input", "output", "cacheRead", "cacheWrite", "written", "written1h", "written5m", "requestRef", "requestedTtl"],
  ...["block", "sessionId", "cwd", "startedAt", "lastActivityAt", "discriminator", "subagent", "title"],
  ...["pathSession", "summaries", "requests", "responses", "compactions", "firstAt", "named", "timestamp", "owner"],
  ...[
    "hasTurns",
    "thread",
    "lastModel",
    "last",
    "isLastSure",
    "next",
    "total",
    "cached",
    "reasoning",
    "stem",
    "header",
  ],
  ...["work", "sum", "copiedSum", "isSum", "modelSince", "mainModel", "history", "zero", "replayed", "parentSessionId"],
  ...["hasOwnLines", "toolTotal", "usd", "readyAt", "counted", "replayedFrom", "agent", "lineSession", "copied"],
  ...["copiedUntil", "parentPath", "within", "spent", "ownFromOrdinal", "customTitle", "aiTitle", "summary", "told"],
  ...["compactedAt", "tier", "waiting", "withoutTotal", "unnamed", "usage", "turns", "pending", "kind", "compacted"],
  ...["model_changed", "guessed", "countedSince", "priority", "flex", "xai", "google-vertex", "github-copilot"],
];
