/**
 * Folds Claude Code's assistant lines: which response a line is of, and what it adds to what is known of that. The turns
 * themselves are made by response_turns.ts.
 */
import { type MissReason, totalTokens } from "../../core/model.ts";
import { isResponseCost, MOST_USD } from "../../core/plausible.ts";
import type { RecordResult, TurnDraft } from "../source.ts";
import type { ClaudeRow } from "./fields.ts";
import { findResponse, keyOf, type KnownResponse, type LineIdentity } from "./identity.ts";
import { joinProblems } from "./join_problems.ts";
import { modelOf, providerOf } from "./models.ts";
import { NO_ITERATIONS, readIterations } from "./requests.ts";
import {
  chainOf,
  type ClaudeState,
  isCopied,
  isReplay,
  MAX_COMPACTIONS,
  MAX_RESPONSES,
  noteLine,
  otherSessionOf,
  remember,
  takeCompaction,
  timeOf,
} from "./state.ts";
import { addSideTurns, turnOf } from "./response_turns.ts";
import { noteTerms } from "./terms.ts";
import { type Counts, countsOf, mergeCounts, most1hOf, promptOf, usageOf } from "./usage.ts";

/** Values of `promptCacheRequested` (2.1.329, 2026-11-20). */
const TTL_MS: ReadonlyMap<unknown, number> = new Map([["5m", 5 * 60_000], ["1h", 60 * 60_000]]);

/** Values of `diagnostics.cache_miss_reason.type` that name a change (Anthropic's cache diagnostics, 2026-11). */
const MISS_REASONS: ReadonlySet<unknown> = new Set<MissReason>([
  "model_changed",
  "system_changed",
  "tools_changed",
  "messages_changed",
]);

/** Folds an `assistant` line. Several lines show one response: each gives the turn as far as it is known by then. */
export function recordResponse(state: ClaudeState, row: ClaudeRow): RecordResult<ClaudeState> {
  const { requestRef, uuid } = row;
  const copied = isCopied(state, row, requestRef);
  const timestamp = noteLine(state, row, copied, uuid);
  const loggedAt = timestamp ?? state.lastActivityAt;
  // Errors and notices that the tool words itself are lines of a model of this name; nobody billed them.
  if (row.usage === undefined || row.isApiError === true || row.model === "<synthetic>") return { state };

  const counts = countsOf(row);
  const line = identify(state, row, counts, timestamp, requestRef, uuid);
  if (line === undefined) {
    // Whoever wrote nothing that was used need not say whose it was.
    return promptOf(counts) + (counts.output ?? 0) === 0
      ? { state }
      : { state, problem: "A response has no request id, no message id and no uuid and is not counted" };
  }
  const found = findResponse(state.responses, line, promptOf);
  const model = line.model ?? found?.model;
  const merged = found === undefined ? counts : mergeCounts(found.counts, counts);
  const requestedTtl = row.requestedTtl ?? found?.requestedTtl;
  const usage = usageOf(merged, most1hOf(requestedTtl));
  const iterations = readIterations(row.iterations, usage, model, requestedTtl);
  const isUsed = totalTokens(usage) > 0;
  if (!isUsed && iterations.advice.length === 0 && iterations.compactions.length === 0) {
    return { state, problem: iterations.problem };
  }
  if (loggedAt === undefined) return { state, problem: "A response has no usable timestamp and is not counted" };

  const requestedAt = timeOf(state.requests, requestRef);
  const known = keepLatest(state.responses, found ?? begin(line, loggedAt));
  known.at = Math.min(known.at, loggedAt, requestedAt ?? loggedAt);
  known.counts = merged;
  known.requestedTtl = requestedTtl;
  known.model = model;
  known.copied = copied || undefined;
  known.background = row.sessionKind === "bg" || undefined;
  known.replay = isReplay(state, row, requestedAt) || undefined;
  known.sessionId = copied ? otherSessionOf(state, row) : undefined;
  noteIdentity(known, line);
  let problem = joinProblems(iterations.problem, noteTerms(state, known, row));
  known.provider = providerOf(modelOf(model, known.isFast === true), line.messageId);

  let turns = found === undefined ? noteSharedId(state, known) : undefined;
  if (isUsed) {
    const turn = turnOf(known, usage);
    turn.endedAt = loggedAt;
    if (iterations.requests !== undefined) turn.requests = iterations.requests;
    const usd = row.costUsd;
    if (isResponseCost(usd)) turn.reported = { usd };
    else if (usd !== undefined) problem = joinProblems(describeCost(usd), problem);
    turn.requestedTtlMs = TTL_MS.get(requestedTtl);
    const missReason = row.missReason;
    if (MISS_REASONS.has(missReason)) turn.missReason = missReason as MissReason;
    if (iterations.compactedBefore) turn.afterCompaction = true;
    // Only a response that begins now comes after what was compacted.
    if (found === undefined && takeCompaction(state, known.chain, loggedAt)) turn.afterCompaction = true;
    // A list that is begun empty makes room for many.
    if (turns === undefined) turns = [turn];
    else turns.push(turn);
  }
  if (iterations !== NO_ITERATIONS) addSideTurns(turns ??= [], known, iterations, loggedAt);
  if (iterations.compactedAfter) remember(state.compactions, known.chain, loggedAt, MAX_COMPACTIONS);
  return { state, turns, problem, goesOn: found !== undefined };
}

function identify(
  state: ClaudeState,
  row: ClaudeRow,
  counts: Counts,
  timestamp: number | undefined,
  requestRef: string | undefined,
  uuid: string | undefined,
): LineIdentity | undefined {
  const { messageId, requestId } = row;
  const request = requestRef ?? requestId;
  const key = keyOf(messageId, request, uuid, timestamp);
  if (key === undefined) return undefined;
  return {
    key,
    unrequested: request === undefined && messageId !== undefined,
    messageId,
    requestRef,
    requestId,
    chain: chainOf(state, row),
    model: row.model,
    uuid,
    parentUuid: row.parentUuid,
    block: row.block,
    prompt: promptOf(counts),
    output: counts.output ?? 0,
  };
}

/** With all members, also those that are not known: adding them later makes each of them slower to reach. */
function begin(line: LineIdentity, at: number): KnownResponse {
  return {
    key: line.key,
    unrequested: line.unrequested || undefined,
    messageId: line.messageId,
    requestRef: undefined,
    requestId: undefined,
    chain: line.chain,
    model: undefined,
    provider: "",
    isFast: undefined,
    parentUuid: line.parentUuid,
    lastUuid: undefined,
    block: undefined,
    at,
    counts: NO_COUNTS,
    requestedTtl: undefined,
    region: undefined,
    tier: undefined,
    webSearches: undefined,
    toolSearches: undefined,
    copied: undefined,
    background: undefined,
    replay: undefined,
    sessionId: undefined,
    isShared: undefined,
  };
}

const NO_COUNTS: Counts = {};

/** Puts a response behind all others. */
function keepLatest(responses: KnownResponse[], known: KnownResponse): KnownResponse {
  if (responses.at(-1) === known) return known;
  const index = responses.lastIndexOf(known);
  if (index >= 0) responses.splice(index, 1);
  else if (responses.length >= MAX_RESPONSES) responses.shift();
  responses.push(known);
  return known;
}

/**
 * A message id that two responses of a chain have is no response's: it says nothing of copies. Of those that were made into
 * turns before it showed, what the id said of them is taken back.
 *
 * @returns Their turns as they are now
 */
function noteSharedId(state: ClaudeState, begun: KnownResponse): TurnDraft[] | undefined {
  const { messageId } = begun;
  if (messageId === undefined || !hasAnother(state.responses, begun)) return undefined;
  const others = state.responses.filter((known) => known !== begun && known.messageId === messageId);
  begun.isShared = others.some((known) => known.isShared || isAnother(known, begun)) || undefined;
  if (begun.isShared === undefined) return undefined;
  return others.filter((known) => !known.isShared).map((known) => {
    known.isShared = true;
    return turnOf(known);
  }).filter(({ usage }) => totalTokens(usage) > 0);
}

/** Whether another response has its message id. */
function hasAnother(responses: readonly KnownResponse[], begun: KnownResponse): boolean {
  // By places, as an iterator makes an object for each.
  for (let index = 0; index < responses.length; index++) {
    const known = responses[index]!;
    if (known.messageId === begun.messageId && known !== begun) return true;
  }
  return false;
}

/** Two replays of one response differ in the request's id, too, but not in the prompt. */
function isAnother(known: KnownResponse, begun: KnownResponse): boolean {
  return known.chain === begun.chain && (!begun.replay || promptOf(known.counts) !== promptOf(begun.counts));
}

/** A line may name the request that the ones before it did not. */
function noteIdentity(known: KnownResponse, line: LineIdentity): void {
  known.requestRef ??= line.requestRef;
  known.requestId ??= line.requestId;
  known.lastUuid = line.uuid ?? known.lastUuid;
  known.block = line.block ?? known.block;
}

/** @param usd The cost that 1.0 wrote down */
function describeCost(usd: number): string {
  return `"costUSD" is ${usd}, expected US dollars, zero or more and up to ${MOST_USD}: left out; the rest counts`;
}
