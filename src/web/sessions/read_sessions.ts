/** The columns of `sessions --brief`, read into an object a session. */
import type { CacheEvidence } from "../../core/cache/strategy.ts";
import type { Cost, CostBasis, DurationMs, EpochMs, Tokens, TokenUsage, Usd } from "../../core/model.ts";
import { toPlainText } from "../../core/plain_lines.ts";
import { durationOf } from "../../core/duration_of.ts";
import type { BriefValue } from "../../operations/usage/brief_sessions.ts";
import type { SessionsOutput } from "../../operations/usage/sessions_output.ts";

/** A session in a list. What is not known is undefined. */
export interface ListedSession {
  readonly source: string;
  readonly sessionId: string;
  readonly shortId: string;
  readonly cwd?: string;
  readonly title?: string;
  readonly parentSessionId?: string;
  readonly traceId?: string;
  readonly isDeleted: boolean;
  readonly startedAt?: EpochMs;
  readonly lastActivityAt?: EpochMs;
  readonly durationMs?: DurationMs;
  /** Undefined where nothing but sums is known. */
  readonly turns?: number;
  readonly subagents: number;
  /** The most expensive first. */
  readonly models: readonly { readonly provider: string; readonly model: string }[];
  readonly usage: TokenUsage;
  readonly cost: Cost;
  readonly largestPrompt?: Tokens;
  readonly misses?: number;
  readonly missUsd?: Usd;
  readonly cache: ListedCache;
  /** All that can be searched for, in lower case. */
  readonly text: string;
}

interface ListedCache {
  readonly state: "warm" | "maybe" | "cold" | "unknown";
  readonly expiresAt?: EpochMs;
  readonly tokens: Tokens;
  readonly warmUsd?: Usd;
  readonly coldUsd?: Usd;
  readonly evidence?: CacheEvidence;
}

/** @returns none where the answer is not brief */
export function readSessions(
  { columns = {}, evidence = [] }: Pick<SessionsOutput, "columns" | "evidence">,
): readonly ListedSession[] {
  return (columns["sessionId"] ?? []).map((_, place) => readRow((name) => columns[name]?.[place] ?? null, evidence));
}

function readRow(read: (name: string) => BriefValue, evidence: readonly CacheEvidence[]): ListedSession {
  const text = (name: string) => {
    const value = read(name);
    return typeof value === "string" ? value : undefined;
  };
  // What is only shown: ids stay as they are, since questions are asked with them.
  const shown = (name: string) => {
    const value = text(name);
    return value === undefined ? undefined : toPlainText(value);
  };
  const number = (name: string) => {
    const value = read(name);
    return typeof value === "number" ? value : undefined;
  };
  const names = read("models");
  const sessionId = text("sessionId") ?? "";
  const last = text("lastActivityAt");
  const lastActivityAt = last === undefined ? undefined : Date.parse(last);
  const timeFrom = (name: string) => {
    const ms = number(name);
    return ms === undefined || lastActivityAt === undefined ? undefined : lastActivityAt + ms;
  };
  const startedAt = timeFrom("startedMs");
  const session: Omit<ListedSession, "text"> & { text?: string } = {
    source: text("source") ?? "?",
    sessionId,
    shortId: sessionId.slice(0, number("shortIdLength")),
    cwd: shown("cwd"),
    title: shown("title"),
    parentSessionId: text("parentSessionId"),
    traceId: text("traceId"),
    isDeleted: read("deleted") === true,
    startedAt,
    lastActivityAt,
    durationMs: durationOf(startedAt, lastActivityAt),
    turns: number("turns"),
    subagents: number("subagents") ?? 0,
    models: Array.isArray(names) ? names.map(readModel) : [],
    usage: {
      input: number("input") ?? 0,
      cacheRead: number("cacheRead") ?? 0,
      cacheWrite: number("cacheWrite") ?? 0,
      cacheWrite1h: number("cacheWrite1h") ?? 0,
      output: number("output") ?? 0,
    },
    cost: {
      usd: number("usd") ?? 0,
      basis: (text("basis") ?? "none") as CostBasis,
      unpricedTurns: number("unpricedTurns") ?? 0,
    },
    largestPrompt: number("largestPrompt"),
    misses: number("misses"),
    missUsd: number("missUsd"),
    cache: {
      state: (text("cache") ?? "unknown") as ListedCache["state"],
      expiresAt: timeFrom("expiresMs"),
      tokens: number("cacheTokens") ?? 0,
      warmUsd: number("warmUsd"),
      coldUsd: number("coldUsd"),
      evidence: evidence[number("evidence") ?? -1],
    },
  };
  session.text = searchText(session);
  return session as ListedSession;
}

/** `anthropic/claude-opus-4-6`; what follows the first slash is the model, which may have slashes of its own. */
function readModel(name: string): { readonly provider: string; readonly model: string } {
  const at = name.indexOf("/");
  return { provider: name.slice(0, Math.max(at, 0)), model: name.slice(at + 1) };
}

/** What the search of `sessions --search` looks at, and the provider. */
function searchText(
  { sessionId, cwd, title, models, traceId }: Omit<ListedSession, "text">,
): string {
  const names = models.map(({ provider, model }) => `${provider}/${model}`);
  return [title, cwd, sessionId, traceId, ...names].filter((part) => part !== undefined).join("\n").toLowerCase();
}
