/** The fields of Droid's lines and of a session's settings that are read. */
import { exists, type Fields, flag, name, numeric, object, type Row, time, whole } from "../fields.ts";

const SUMS = ["settings", "tokenUsage"] as const;

export const DROID_FIELDS = {
  /** `settings` is the document, all others are lines. */
  type: name("type"),
  id: name("id"),
  at: time("timestamp"),
  cwd: name("cwd"),
  title: name("title"),
  isTitleGiven: flag("isSessionTitleManuallySet"),
  /** How far a title came that was made up: at first it is what somebody typed. */
  titleStage: name("sessionTitleAutoStage"),
  forkOf: name("parent"),
  forkedAt: name("forkedAtMessageId"),
  /** The session whose sub-agent this one is. */
  startedBy: name("callingSessionId"),
  lineModel: name("message", "modelId"),
  lineModelBeside: name("modelId"),

  model: name("settings", "model"),
  routedModel: name("settings", "effectiveFactoryRouterModel", "modelId"),
  providerKind: name("settings", "providerLock"),
  lockedAt: time("settings", "providerLockTimestamp"),
  hasSums: object(...SUMS),
  input: whole(...SUMS, "inputTokens"),
  output: whole(...SUMS, "outputTokens"),
  cacheRead: whole(...SUMS, "cacheReadTokens"),
  hasCacheRead: exists(...SUMS, "cacheReadTokens"),
  cacheWrite: whole(...SUMS, "cacheCreationTokens"),
  hasCacheWrite: exists(...SUMS, "cacheCreationTokens"),
  credits: numeric(...SUMS, "factoryCredits"),
} satisfies Fields;

export type DroidRow = Row<typeof DROID_FIELDS>;
