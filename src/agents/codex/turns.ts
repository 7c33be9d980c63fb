/**
 * Turns out of the two kinds of Codex line that show a response: `token_usage_record` and `token_count`.
 *
 * Decides which of them count, under which key and from when; whether a copy counts is the engine's to decide.
 */
import { type EpochMs, MAIN_CHAIN, totalTokens } from "../../core/model.ts";
import type { RecordedTurn, RecordResult, TurnDraft } from "../source.ts";
import type { CodexRow } from "./fields.ts";
import { isCountedAs, isWhole, loggedTotal, loggedUsage, threadTotalOf } from "./logged_counts.ts";
import {
  COUNTS_MISSING,
  countsOf,
  countsOfLast,
  type ResponseCounts,
  startingTotal,
  totalOf,
  totalWith,
} from "./running_total.ts";
import { type CodexState, setOwner } from "./state.ts";
import type { CodexThread } from "./thread.ts";
import { addCounts, growthOf, isNoSpend, isSameSpend, NO_COUNTS, type TokenCounts, tupleOf, usageOf } from "./usage.ts";

/** What a line with token usage adds. */
export type UsageResult = Pick<RecordResult<CodexState>, "turns" | "problem" | "isSilent">;

/** Records that wait for their `token_count`. A compaction's waits in vain, until the next one's comes. */
const MOST_WAITING = 32;
/** Turns that wait for a line that names their model: what a file holds of them before it is seldom more than a few. */
const MOST_UNNAMED = 500;

const NOTHING: UsageResult = {};
/** Of what is replayed, written again or shown elsewhere nothing is said, damaged or not. */
const NOTHING_NEW: UsageResult = { isSilent: true };
const NOTHING_LOGGED: UsageResult = { problem: COUNTS_MISSING };

/** A `token_usage_record`: one response, a compaction's included. */
export function readRecord(state: CodexState, thread: CodexThread, row: CodexRow): UsageResult {
  const threadId = row.threadId ?? thread.id;
  if (row.threadId === thread.id) setOwner(state, "own");
  const logged = loggedUsage(row);
  if (logged === undefined) return state.owner === "replay" ? NOTHING_NEW : NOTHING_LOGGED;
  const counts = countsOf(logged);
  const threadTotal = threadTotalOf(row);
  if (isCountedBefore(state, counts.value, threadTotal)) {
    state.counted = undefined;
    return NOTHING_NEW;
  }
  const shown = { usage: counts.value, total: threadTotal };
  if (state.waiting === undefined) state.waiting = [shown];
  else if (state.waiting.push(shown) > MOST_WAITING) state.waiting.splice(0, MOST_WAITING / 2);
  if (state.owner === "replay") return NOTHING_NEW;

  // Real response ids are unique; those of test servers repeat from turn to turn. The ids in front of it cost nothing: a
  // copy of a record keeps the thread and the turn of the original.
  const responseId = row.responseId ?? (threadTotal === undefined ? `${row.at}` : tupleOf(threadTotal));
  return addTurn(state, thread, counts, row.at, {
    key: `${threadId}:${row.turnId ?? ""}:${responseId}`,
    model: row.model,
    copied: threadId !== thread.id || undefined,
  });
}

/** Whether the latest `token_count`, which then came first, showed this response. */
function isCountedBefore({ counted, total }: CodexState, usage: TokenCounts, threadTotal?: TokenCounts): boolean {
  return counted !== undefined && isSameSpend(counted, usage) &&
    (threadTotal === undefined || (total !== undefined && isSameSpend(total, threadTotal)));
}

/**
 * A `token_count`: counts where the running total changed and no `token_usage_record` shows the same response. Versions
 * that write records and older ones may take turns in one file, the running total going on. It is written again without
 * a response (rate limits, a new estimate of the context), with the total as it was or without counts.
 */
export function readCount(state: CodexState, thread: CodexThread, row: CodexRow): UsageResult {
  if (row.info === undefined) return NOTHING;
  const previous = state.total;
  const logged = loggedTotal(row);
  if (logged !== undefined) {
    if (previous !== undefined && isCountedAs(logged, previous)) return NOTHING_NEW;
    // As newer versions write nearly all of theirs: the rest of the line has nothing to add.
    const first = state.waiting?.[0];
    if (first?.total !== undefined && isCountedAs(logged, first.total) && isWhole(logged)) {
      dropWaiting(state, 1);
      return passShown(state, first.usage, first.total, row.at);
    }
  }
  const total = logged === undefined ? undefined : totalOf(logged, previous);
  const counts = countsOfLast(row, logged, total, previous, thread);
  if (typeof counts === "string") {
    if (total !== undefined) state.total = total;
    return state.owner === "replay" || (state.waiting?.length ?? 0) > 0 ? NOTHING_NEW : { problem: counts };
  }
  const isSure = logged !== undefined && total !== undefined && isWhole(logged);
  if (isNoSpend(counts.value)) {
    // An estimate of the context: no response, so that what waits for one goes on waiting.
    if (total !== undefined) state.total = total;
    return state.owner === "replay" ? NOTHING_NEW : nothingSpent(counts);
  }
  const from = previous ?? startingTotal(thread) ?? total;
  const isShown = takeWaiting(state, counts.value, total, from);
  const isAgain = !isShown && !counts.isGrowth && isWrittenAgain(state, counts.value, isSure, total, from);
  state.last = counts.value;
  state.isLastSure = isSure;
  if (isAgain) {
    if (total !== undefined) state.total = total;
    return NOTHING_NEW;
  }
  const totalNow = total ?? totalWith(counts.value, previous, thread);
  if (total === undefined) state.withoutTotal = (state.withoutTotal ?? 0) + 1;
  if (isShown || state.owner === "replay") return passShown(state, counts.value, totalNow, row.at, isSure);
  state.total = totalNow;
  state.waiting = undefined;
  state.counted = counts.value;
  // Without a total only the order tells such responses apart: it is the same in every copy, while times are rewritten.
  const tuple = total === undefined ? `+${state.withoutTotal}:${tupleOf(counts.value)}` : tupleOf(total);
  const isUnclear = state.owner === "unclear" && thread.replayedFrom !== undefined;
  return addTurn(state, thread, counts, row.at, {
    key: `${thread.id}:${tuple}`,
    originalKey: isUnclear ? `${thread.replayedFrom}:${tuple}` : undefined,
  });
}

/** Goes on behind a response that is counted elsewhere, or not at all. */
function passShown(
  state: CodexState,
  counts: TokenCounts,
  total: TokenCounts | undefined,
  at: EpochMs | undefined,
  isSure = true,
): UsageResult {
  state.total = total;
  state.last = counts;
  state.isLastSure = isSure;
  state.counted = undefined;
  // Written when the tools of its response are done, so that the next request follows at once.
  if (state.owner !== "replay") state.readyAt = at ?? state.readyAt;
  return NOTHING_NEW;
}

/**
 * Whether a record since the latest count shows the response: by the running total, else by its own tokens, as records may
 * count compactions in. Those before it wait no longer. A total that grew by both is of two responses, of which the older
 * one was never counted.
 *
 * @param from The running total of the latest count
 */
function takeWaiting(
  state: CodexState,
  counts: TokenCounts,
  total: TokenCounts | undefined,
  from: TokenCounts | undefined,
): boolean {
  const { waiting } = state;
  if (waiting === undefined) return false;
  const byTotal = total === undefined
    ? -1
    : waiting.findIndex((record) => record.total !== undefined && isSameSpend(record.total, total));
  const grown = growthSince(from, total) ?? NO_COUNTS;
  const isOfBoth = (usage: TokenCounts) => isSameSpend(grown, addCounts(usage, counts));
  const place = byTotal >= 0
    ? byTotal
    : waiting.findIndex(({ usage }) => isSameSpend(usage, counts) && !isOfBoth(usage));
  if (place >= 0) dropWaiting(state, place + 1);
  return place >= 0;
}

function growthSince(from: TokenCounts | undefined, total: TokenCounts | undefined): TokenCounts | undefined {
  return from && total && growthOf(total, from);
}

function dropWaiting(state: CodexState, count: number): void {
  if (state.waiting!.length === count) state.waiting = undefined;
  else state.waiting!.splice(0, count);
}

/**
 * Where a total is missing or damaged, here or in the count before, the tokens of the response have to tell; unless the
 * total grew by them in more than one count: a damaged one that is whole again is no growth.
 */
function isWrittenAgain(
  { last, isLastSure }: CodexState,
  counts: TokenCounts,
  isSure: boolean,
  total: TokenCounts | undefined,
  from: TokenCounts | undefined,
): boolean {
  if (last === undefined || (isSure && isLastSure) || !isSameSpend(last, counts)) return false;
  const growth = growthSince(from, total);
  const grownBy = (["input", "cached", "cacheWrite", "output", "total"] as const)
    .filter((name) => counts[name] > 0 && growth?.[name] === counts[name]);
  return grownBy.length < 2;
}

/** OpenAI bills writes from GPT-5.6 on (OpenAI, "Prompt caching", 2026-11): no earlier model's turn needs to be marked. */
export const BILLED_WRITES = /gpt-(?:5[.-](?:[6-9]|\d\d)|[6-9]|\d\d)/i;

function addTurn(
  state: CodexState,
  thread: CodexThread,
  counts: ResponseCounts,
  writtenAt: EpochMs | undefined,
  identity: Pick<RecordedTurn, "key" | "copied" | "originalKey"> & { readonly model?: string },
): UsageResult {
  const { value: usage, problem } = usageOf(counts.value, counts.hasInput);
  if (totalTokens(usage) === 0) return counts.isWhole ? { problem, isSilent: true } : nothingSpent(counts);
  const endedAt = writtenAt ?? state.lastActivityAt ?? thread.startedAt;
  if (endedAt === undefined) return { problem: "Token usage without a time: it is not counted." };

  const conversation = { provider: state.provider, model: state.model ?? "unknown" };
  const turn: TurnDraft = {
    key: identity.key,
    // When a request was sent is not logged. After the latest line that is written right before a request, where there
    // is one since the last response: the start of the turn or, in newer logs, the count after the tools of the
    // previous response. Older logs write that count before the tools, which may run for long: there the end of the
    // response itself is nearer.
    at: Math.min(state.readyAt ?? endedAt, endedAt),
    endedAt,
    model: identity.model === undefined ? conversation : { provider: state.provider, model: identity.model },
    usage,
    chain: thread.subagent ? thread.id : MAIN_CHAIN,
  };
  if (counts.hidesWrites && (state.model === undefined || BILLED_WRITES.test(turn.model.model))) {
    turn.terms = { hidesWrites: true };
  }
  if (identity.originalKey !== undefined) turn.originalKey = identity.originalKey;
  if (identity.copied) turn.copied = true;
  else {
    if (state.tier !== undefined) turn.terms = { ...turn.terms, tier: state.tier };
    if (state.compactedAt !== undefined) turn.afterCompaction = true;
    state.hasTurns = true;
    state.lastModel = state.model === undefined ? undefined : conversation;
    state.compactedAt = undefined;
    state.readyAt = undefined;
    const isOwn = state.owner === "own" || thread.replayedFrom === undefined;
    if (state.model === undefined && identity.model === undefined && isOwn) keepUnnamed(state, turn);
  }
  return { turns: [turn], problem: counts.problem ?? problem, isSilent: counts.isWhole };
}

function nothingSpent({ isWhole }: ResponseCounts): UsageResult {
  return isWhole ? NOTHING_NEW : NOTHING_LOGGED;
}

function keepUnnamed(state: CodexState, turn: RecordedTurn): void {
  state.unnamed ??= [];
  if (state.unnamed.length < MOST_UNNAMED) state.unnamed.push(turn);
}

/** Turns that came before any line named a model, once more with the one that is named now: they are the same key. */
export function nameTurns(state: CodexState): readonly RecordedTurn[] | undefined {
  const { unnamed, model } = state;
  if (unnamed === undefined || model === undefined) return undefined;
  state.unnamed = undefined;
  const named = { provider: state.provider, model };
  state.lastModel ??= named;
  return unnamed.map((turn) => ({ ...turn, model: named }));
}
