/**
 * Sessions of OpenCode, and of programs that are made of its source: rows of a database, or a JSON document a message.
 *
 * A billed response is a step of an assistant's message, and nearly every message has one step alone. A message stands
 * there with zeros before its request is sent; one that fails, is interrupted or broken off keeps them. A fork copies
 * messages under new ids, with their times and counts.
 *
 * OpenCode 1.1.65, 1.2.27 and 1.18.33 and Kilo CLI 7.7.9, run 2026-11-26. OpenCode 2 by public documents of 2026-09.
 */
import { isRecord } from "../../../core/json/is_record.ts";
import type { EpochMs } from "../../../core/model.ts";
import { isResponseCost } from "../../../core/plausible.ts";
import type { RecordedTurn, RecordResult, Source, TurnDraft, UncountedKind } from "../../source.ts";
import { spokenText } from "../spoken_text.ts";
import { MESSAGE_FIELDS, type MessageRow } from "./fields.ts";
import {
  factsOf,
  type MessageState,
  noteActivity,
  noteChoice,
  noteCompaction,
  noteMainTurn,
  noteSession,
  ownChain,
  providerNamed,
  startMessages,
} from "./state.ts";
import { countedAny, countsOfTokens, describeTokens, usageOfCounts } from "./usage.ts";

/** From sessions, messages and steps to turns. */
export const messageSource: Source<MessageState, typeof MESSAGE_FIELDS> = {
  needles: [],
  fields: MESSAGE_FIELDS,
  start: startMessages,
  fold(state, row) {
    if (row.kind === "session") {
      noteSession(state, row);
      return { state };
    }
    if (row.kind === "steps") return readSteps(state, row);
    noteActivity(state, row.completed ?? row.created ?? row.rowAt);
    if (isAnswer(row)) return readAnswer(state, row);
    // Of the older engine each prompt names the model that it is for.
    if (row.role === "user" || row.type === "model-switched") noteChoice(state, row, row.created ?? row.rowAt);
    if (row.type === "compaction") noteCompaction(state, row.created ?? row.rowAt);
    return { state };
  },
  uncounted: (row): UncountedKind | undefined => isAnswer(row) && countedAny(row.tokens) ? "response" : undefined,
  session: factsOf,
  text: spokenText,
};

/** Whether it can have the tokens of a response. Those of a compaction stand on its own row since 2026-09. */
function isAnswer(row: MessageRow): boolean {
  if (row.kind === "row") return row.type === "assistant" || (row.type === "compaction" && countedAny(row.tokens));
  return row.kind === "message" && row.role === "assistant";
}

function isCompaction({ mode, agent, isSummary, type }: MessageRow): boolean {
  return mode === "compaction" || agent === "compaction" || isSummary === true || type === "compaction";
}

/** What is of one response alone. */
interface Step {
  readonly tokens: unknown;
  readonly cost: unknown;
  /** Counted from the last one of its message, whose tokens the message repeats. */
  readonly place: number;
  readonly at: EpochMs | undefined;
  readonly endedAt: EpochMs | undefined;
}

function readAnswer(state: MessageState, row: MessageRow): RecordResult<MessageState> {
  const { tokens, cost } = row;
  if (!countedAny(tokens)) return { state };
  const turn = turnOf(state, row, {
    tokens,
    cost,
    place: 0,
    at: row.created ?? row.rowAt,
    endedAt: row.completed,
  });
  if (typeof turn === "string") return { state, problem: turn };
  if (isCompaction(row)) noteCompaction(state, turn.endedAt ?? turn.at);
  else {
    if (state.isCompacted) turn.afterCompaction = true;
    noteMainTurn(state, turn);
  }
  return { state, turns: [turn] };
}

/**
 * The steps of a message that was read before. The last one is the turn that the message was taken for, and begins with it;
 * its cost is its own from here on.
 */
function readSteps(state: MessageState, row: MessageRow): RecordResult<MessageState> {
  const parts = Array.isArray(row.steps) ? row.steps.flatMap(stepIfAny) : [];
  if (parts.length < 2) return { state };
  const start = row.created ?? row.rowAt;
  const turns: RecordedTurn[] = [];
  let problem: string | undefined;
  let from = start;
  parts.forEach(({ part, at }, index) => {
    const place = parts.length - 1 - index;
    const endedAt = place === 0 ? row.completed : at;
    const turn = turnOf(state, row, { tokens: part.tokens, cost: part.cost, place, at: from, endedAt });
    if (typeof turn === "string") problem ??= turn;
    else turns.push(turn);
    // The copy of a fork has the times of its making.
    if (at !== undefined && start !== undefined && at >= start && at <= (row.completed ?? at)) from = at;
  });
  return { state, turns, problem };
}

function stepIfAny(value: unknown): { readonly part: Readonly<Record<string, unknown>>; readonly at?: EpochMs }[] {
  if (!isRecord(value) || !isRecord(value.part)) return [];
  const { part, at } = value;
  if (part.type !== "step-finish" || !countedAny(part.tokens)) return [];
  return [{ part, at: Number.isSafeInteger(at) ? at as EpochMs : undefined }];
}

/** @returns why there is none, where something is wrong */
function turnOf(state: MessageState, row: MessageRow, { tokens, cost, place, at, endedAt }: Step): TurnDraft | string {
  const counts = countsOfTokens(tokens);
  if (counts === undefined) return describeTokens(tokens);
  const model = row.model ?? row.rowModel;
  if (model === undefined || at === undefined) return "A response without a model or a time is not counted.";
  const provider = providerNamed(row.provider ?? row.chosenProvider);
  const { input, output, reasoning, cacheRead, cacheWrite } = counts;
  const { created, completed } = row;
  // Ids differ in forks, and the cost does in those of Kilo.
  const identity = [created, completed, provider, model, input, output, reasoning, cacheRead, cacheWrite, place];
  const turn: TurnDraft = {
    key: identity.join("|"),
    at,
    model: { provider, model },
    usage: usageOfCounts(counts),
    chain: isCompaction(row) ? "compaction" : ownChain(state),
  };
  if (endedAt !== undefined && endedAt >= at) turn.endedAt = endedAt;
  // 0 is what the program writes for a model whose price it does not know, and for one of a plan.
  if (isResponseCost(cost) && cost > 0) turn.reported = { usd: cost };
  if (state.startedAt !== undefined && created !== undefined && created < state.startedAt) turn.copied = true;
  return turn;
}
