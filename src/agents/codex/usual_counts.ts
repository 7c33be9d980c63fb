/**
 * Of a log, the lines that the engine may make turns of (agents/usual_turns.ts): those with token usage, while all that
 * codex/turns.ts weighs is as it is in nearly all of a log.
 */
import { MAIN_CHAIN } from "../../core/model.ts";
import type { CountLines, CountState, NextCounts, SetFields } from "../usual_turns.ts";
import type { CODEX_FIELDS, CodexRow } from "./fields.ts";
import type { CodexState } from "./state.ts";
import { BILLED_WRITES } from "./turns.ts";

type Name = keyof typeof CODEX_FIELDS;

/** By the names that fields.ts makes. */
function setAt<Place extends "total" | "last" | "usage" | "threadTotal">(place: Place): SetFields<Name> {
  return [place, {
    input: `${place}Input`,
    cached: `${place}Cached`,
    cacheWrite: `${place}CacheWrite`,
    output: `${place}Output`,
    reasoning: `${place}Reasoning`,
    total: `${place}Total`,
  }];
}

export const codexCounts: CountLines<CodexState, CodexRow, Name> = {
  kind: "counts",
  fields: {
    event: ["event_msg", "token_count"],
    record: "token_usage_record",
    type: "type",
    kind: "kind",
    at: "at",
    payload: "payload",
    info: "info",
    total: setAt("total"),
    last: setAt("last"),
    threadId: "threadId",
    turnId: "turnId",
    responseId: "responseId",
    model: "model",
    usage: setAt("usage"),
    threadTotal: setAt("threadTotal"),
  },
  next,
  passed,
};

/** While the thread's own records are shown, its model, its total and all before are known, and nothing waits for a turn. */
function next(state: CodexState): NextCounts | undefined {
  const { thread, provider, model, lastModel, total, last, counted, waiting, readyAt, lastActivityAt } = state;
  const isKnown = thread !== undefined && state.owner === "own" && state.hasTurns && total !== undefined &&
    lastModel !== undefined && lastModel.model === model && lastModel.provider === provider;
  if (!isKnown) return undefined;
  const isCalm = state.compactedAt === undefined && state.tier === undefined && state.unnamed === undefined &&
    (last === undefined || state.isLastSure === true);
  if (!isCalm) return undefined;
  const [first] = waiting ?? [];
  if (waiting !== undefined && (waiting.length !== 1 || first!.total === undefined)) return undefined;
  return {
    model: lastModel,
    chain: thread.subagent ? thread.id : MAIN_CHAIN,
    thread: thread.id,
    needsWrites: BILLED_WRITES.test(lastModel.model),
    total,
    last: undefined,
    isCounted: counted !== undefined,
    waiting: first && { usage: first.usage, total: first.total! },
    readyAt,
    lastActivityAt,
  };
}

function passed(state: CodexState, { total, last, isCounted, waiting, readyAt, lastActivityAt }: CountState): void {
  if (last !== undefined) {
    state.total = total;
    state.last = last;
    state.isLastSure = true;
    state.counted = isCounted ? last : undefined;
  }
  state.waiting = waiting && [waiting];
  state.readyAt = readyAt;
  state.lastActivityAt = lastActivityAt;
}
