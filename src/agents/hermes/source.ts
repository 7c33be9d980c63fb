/**
 * The sums of Hermes. It has no record of a response: counters of a session grow with each of them, by model and kind of
 * work where the database is new enough.
 *
 * The rows by model come first. What the session's own row has beyond those of the conversation was counted before there were
 * such rows, or by a gateway, which writes the session's counters alone: Hermes itself adds that difference to its report, for
 * the model of the session. Neither is ever counted twice.
 *
 * Databases of Hermes 0.15.1, and the source of its main branch (hermes_state_usage.py, insights.py), read 2026-11-26.
 */
import { hashText } from "../../core/hash_text.ts";
import {
  type EpochMs,
  MAIN_CHAIN,
  type SessionFacts,
  type TokenUsage,
  totalTokens,
  type Usd,
} from "../../core/model.ts";
import { readTotalUsage } from "../formats/counted_total.ts";
import { type SpokenText, spokenText } from "../formats/spoken_text.ts";
import type { RecordResult, Source } from "../source.ts";
import { providerOf, reportedOf } from "./billing.ts";
import { HERMES_FIELDS, type HermesRow } from "./fields.ts";

/** Of one session, while it is read. */
export interface HermesState {
  readonly sessionId?: string;
  cwd?: string;
  title?: string;
  parent?: string;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
  /** What the rows by model add up to, without side work. */
  counted: Counted;
}

/** The counters of which a session's row has a sum. */
interface Counted {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly calls: number;
  readonly estimated: Usd;
  readonly actual: Usd;
}

const NOTHING: Counted = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, calls: 0, estimated: 0, actual: 0 };

/** The databases of Hermes; state is {@linkcode HermesState}. */
export const hermesSource: Source<HermesState, typeof HERMES_FIELDS> = {
  needles: [],
  fields: HERMES_FIELDS,
  start: ({ part }) => ({ sessionId: part, counted: NOTHING }),
  fold(state, row) {
    switch (row.kind) {
      case "usage":
        noteTimes(state, [row.startedAt, row.firstSeen, row.lastSeen]);
        return readSum(state, row, NOTHING);
      case "session":
        noteSession(state, row);
        return readSum(state, row, state.counted);
      default:
        return { state };
    }
  },
  // Requests were answered, and no tokens of them are known.
  uncounted: (row) => isSum(row) && (row.calls ?? 0) > 0 && !hasTokens(row) ? "response" : undefined,
  session: ({ sessionId, cwd, title, parent: parentSessionId, startedAt, lastActivityAt }): SessionFacts | undefined =>
    sessionId === undefined ? undefined : { sessionId, cwd, title, parentSessionId, startedAt, lastActivityAt },
  text: readText,
};

function isSum({ kind }: HermesRow): boolean {
  return kind === "usage" || kind === "session";
}

function hasTokens({ input, output, cacheRead, cacheWrite }: HermesRow): boolean {
  return [input, output, cacheRead, cacheWrite].some((count) => (count ?? 0) > 0);
}

function noteSession(state: HermesState, row: HermesRow): void {
  state.cwd = row.cwd;
  state.title = row.titleSource === "derived" ? undefined : row.title;
  state.parent = row.parent;
  state.startedAt = row.startedAt;
  noteTimes(state, [row.startedAt, row.activeAt, row.lastMessageAt]);
  // A session may be ended by whoever finds it open, days later.
  if (state.lastActivityAt === row.startedAt) noteTimes(state, [row.endedAt]);
}

function noteTimes(state: HermesState, times: readonly (EpochMs | undefined)[]): void {
  for (const at of times) {
    if (at !== undefined) state.lastActivityAt = Math.max(at, state.lastActivityAt ?? at);
  }
}

/** @param counted what of the row's sums was counted by other rows */
function readSum(state: HermesState, row: HermesRow, counted: Counted): RecordResult<HermesState> {
  const whole = usageOf(row);
  if (whole === undefined) {
    const problem = "Expected whole numbers of tokens within reason, found others: these sums are not counted.";
    return { state, problem };
  }
  const usage = {
    ...whole,
    input: Math.max(0, whole.input - counted.input),
    output: Math.max(0, whole.output - counted.output),
    cacheRead: Math.max(0, whole.cacheRead - counted.cacheRead),
    cacheWrite: Math.max(0, whole.cacheWrite - counted.cacheWrite),
  };
  const reported = reportedOf(row, counted);
  // Side work is in no counter of the session (`record_auxiliary_usage`), talk is (`voice_chat`).
  if (row.kind === "usage" && chainOf(row.task) === MAIN_CHAIN) state.counted = addRow(state.counted, whole, row);
  // Nothing was answered, or all of it is counted. A cost alone may be of what has no tokens, as pictures.
  if (totalTokens(usage) === 0 && (reported === undefined || counted.estimated + counted.actual > 0)) return { state };
  const { model = "unknown" } = row;
  const firstAt = row.firstSeen ?? row.startedAt ?? state.lastActivityAt;
  const { sessionId } = state;
  if (firstAt === undefined || sessionId === undefined) {
    return { state, problem: "Sums of a session without a time are not counted." };
  }
  const lastAt = Math.max(firstAt, row.lastSeen ?? state.lastActivityAt ?? firstAt);
  const requests = Math.max(0, (row.calls ?? 0) - counted.calls);
  const total = {
    key: keyOf(sessionId, row),
    model: { provider: providerOf(row), model },
    usage,
    reported,
    requests: requests === 0 ? undefined : requests,
    chain: chainOf(row.task),
    firstAt,
    lastAt,
  };
  return { state, totals: [total] };
}

/** Undefined where a count is damaged. What is NULL was never counted. */
function usageOf(row: HermesRow): TokenUsage | undefined {
  const counts = {
    input: row.input ?? (row.hasInput ? undefined : 0),
    output: row.output ?? (row.hasOutput ? undefined : 0),
    cacheRead: row.cacheRead ?? (row.hasCacheRead ? undefined : 0),
    cacheWrite: row.cacheWrite ?? (row.hasCacheWrite ? undefined : 0),
  };
  return readTotalUsage(counts);
}

function addRow(sum: Counted, usage: TokenUsage, { calls = 0, estimated = 0, actual = 0 }: HermesRow): Counted {
  return {
    input: sum.input + usage.input,
    output: sum.output + usage.output,
    cacheRead: sum.cacheRead + usage.cacheRead,
    cacheWrite: sum.cacheWrite + usage.cacheWrite,
    calls: sum.calls + calls,
    estimated: sum.estimated + estimated,
    actual: sum.actual + actual,
  };
}

/**
 * A profile may be a copy of another with all its sessions, so that the database is no part of it. Ids that a client chose
 * may repeat: the start tells those apart. An address may hold a password, and is only told from others.
 */
function keyOf(sessionId: string, { kind, startedAt, model, provider, baseUrl, mode, task }: HermesRow): string {
  const session = [sessionId, startedAt ?? 0];
  const route = [model, provider, baseUrl === undefined ? "" : hashText(baseUrl), mode, task];
  return [...session, ...kind === "usage" ? route : []].map((part) => part ?? "").join("|");
}

/** Side requests have prompts of their own: titles, pictures, reviews in the background. */
function chainOf(task: string | undefined): string {
  if (task === undefined || task === "voice_chat") return MAIN_CHAIN;
  return task === "compression" ? "compaction" : "tool";
}

/** What stands before a content of several blocks. Older versions have a NUL there. */
// deno-lint-ignore no-control-regex
const BLOCKS = /^[\0\x01]json:/;

/** A message of the conversation: a text, or blocks in JSON behind a mark. */
function readText(record: unknown): SpokenText | undefined {
  const { kind, role, content } = Object(record) as Readonly<Record<"kind" | "role" | "content", unknown>>;
  if (kind !== "message") return undefined;
  return spokenText({
    role,
    content: typeof content === "string" && BLOCKS.test(content) ? blocksOf(content) : content,
  });
}

function blocksOf(content: string): unknown {
  try {
    return JSON.parse(content.replace(BLOCKS, ""));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
