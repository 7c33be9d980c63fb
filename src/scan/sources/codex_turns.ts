/**
 * Turns out of the two kinds of Codex line that show a response: `token_usage_record` and `token_count`.
 *
 * Decides which of them count, under which key and from when; whether a copy counts is the engine's to decide.
 */
import { type EpochMs, MAIN_CHAIN } from "../../core/model.ts";
import type { RecordedTurn, RecordResult, TurnDraft } from "../source.ts";
import { type Fields, fieldsOf, textOf } from "./codex_fields.ts";
import { type CodexState, setOwner } from "./codex_state.ts";
import type { CodexThread } from "./codex_thread.ts";
import {
  type Decoded,
  growthOf,
  isSameCounts,
  NO_COUNTS,
  readTokenCounts,
  type TokenCounts,
  tupleOf,
  usageOf,
} from "./codex_usage.ts";

/** What a line with token usage adds. */
export type UsageResult = Pick<RecordResult<CodexState>, "turns" | "problem">;

/**
 * A `token_usage_record`: one response, a compaction's included. From the first one on no `token_count` counts: both are
 * written for the same response, the record first.
 */
export function readRecord(
  state: CodexState,
  thread: CodexThread,
  payload: Fields,
  at: EpochMs | undefined,
): UsageResult {
  const threadId = textOf(payload.thread_id) ?? thread.id;
  if (payload.thread_id === thread.id) setOwner(state, "own");
  const counts = readTokenCounts(payload.usage);
  const threadTotal = readTokenCounts(payload.thread_token_usage);
  const isCounted = !state.usesRecords && sameCounts(threadTotal, state.total) && sameCounts(counts, state.counted);
  state.usesRecords = true;
  if (state.owner === "replay" || isCounted) return {};

  // Real response ids are unique; those of test servers repeat from turn to turn. The ids in front of it cost nothing: a
  // copy of a record keeps the thread and the turn of the original.
  const turnId = textOf(payload.turn_id) ?? "";
  const responseId = textOf(payload.response_id) ?? ("value" in threadTotal ? tupleOf(threadTotal.value) : `${at}`);
  return addTurn(state, thread, counts, at, {
    key: `${threadId}:${turnId}:${responseId}`,
    model: textOf(payload.model),
    copied: threadId !== thread.id || undefined,
  });
}

/**
 * A `token_count`: counts where the running total changed. It is written again without a response (rate limits, a new
 * estimate of the context), with the total as it was or without counts.
 */
export function readCount(state: CodexState, thread: CodexThread, event: Fields, at: EpochMs | undefined): UsageResult {
  const info = fieldsOf(event.info);
  if (info === undefined) return {};
  const total = readTokenCounts(info.total_token_usage);
  if (!("value" in total)) return state.usesRecords || state.owner === "replay" ? {} : total;
  if (sameCounts(total, state.total)) return {};
  const previous = state.total;
  state.total = total.value;
  if (state.owner === "replay") return {};
  if (state.usesRecords) {
    // Written when the tools of its response are done, so that the next request follows at once.
    state.readyAt = at ?? state.readyAt;
    return {};
  }
  const counts = countsOfLast(info, total.value, previous, thread);
  state.counted = "value" in counts ? counts.value : undefined;
  const tuple = tupleOf(total.value);
  const isUnclear = state.owner === "unclear" && thread.replayedFrom !== undefined;
  return addTurn(state, thread, counts, at, {
    key: `${thread.id}:${tuple}`,
    originalKey: isUnclear ? `${thread.replayedFrom}:${tuple}` : undefined,
  });
}

function sameCounts(counts: Decoded<TokenCounts>, other: TokenCounts | undefined): boolean {
  return other !== undefined && "value" in counts && isSameCounts(counts.value, other);
}

/** Counts of the response behind a running total that changed. */
function countsOfLast(
  info: Fields,
  total: TokenCounts,
  previous: TokenCounts | undefined,
  thread: CodexThread,
): Decoded<TokenCounts> {
  if (fieldsOf(info.last_token_usage) !== undefined) return readTokenCounts(info.last_token_usage);
  const from = previous ?? (thread.history === "zero" ? NO_COUNTS : undefined);
  if (from === undefined) {
    return { problem: "The running total of a fork without the tokens of its first response: it is not counted." };
  }
  const growth = growthOf(total, from);
  return growth === undefined
    ? { problem: "The running total went down, without the tokens of the response: it is not counted." }
    : { value: growth };
}

function addTurn(
  state: CodexState,
  thread: CodexThread,
  counts: Decoded<TokenCounts>,
  writtenAt: EpochMs | undefined,
  identity: Pick<RecordedTurn, "key" | "copied" | "originalKey"> & { readonly model?: string },
): UsageResult {
  if (!("value" in counts)) return counts;
  const usage = usageOf(counts.value);
  if (!("value" in usage)) return usage;
  if (usage.value.input + usage.value.cacheRead + usage.value.cacheWrite + usage.value.output === 0) return {};
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
    usage: usage.value,
    chain: thread.subagent ? thread.id : MAIN_CHAIN,
  };
  if (identity.originalKey !== undefined) turn.originalKey = identity.originalKey;
  if (identity.copied) turn.copied = true;
  else {
    if (state.compactedAt !== undefined) turn.afterCompaction = true;
    state.hasTurns = true;
    state.lastModel = state.model === undefined ? undefined : conversation;
    state.compactedAt = undefined;
    state.readyAt = undefined;
  }
  return { turns: [turn], problem: usage.problem };
}
