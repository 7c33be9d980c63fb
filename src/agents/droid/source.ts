/**
 * The sums of Droid. It has no record of what a response took: the settings of a session have the sums of all of them, the
 * lines beside them when they were.
 *
 * Sub-agents and forks are sessions with sums of their own, which begin at 0. What a session's settings add up for its
 * sub-agents is theirs.
 *
 * Files of Droid 0.225.2, 2026-11-26.
 */
import {
  type EpochMs,
  MAIN_CHAIN,
  type ModelRef,
  type ReportedCost,
  type SessionFacts,
  totalTokens,
  type UsageTotal,
} from "../../core/model.ts";
import { readModelName } from "../../core/model_name.ts";
import { isRecord } from "../../core/json/is_record.ts";
import { readTotalUsage } from "../formats/counted_total.ts";
import { type SpokenText, spokenText } from "../formats/spoken_text.ts";
import type { LogFile, RecordResult, Source } from "../source.ts";
import { type CustomModel, findCustomModel, isCustomModel, listCustomModels } from "./custom_models.ts";
import { DROID_FIELDS, type DroidRow } from "./fields.ts";

/** Of one session, while its two files are read. */
export interface DroidState {
  sessionId?: string;
  cwd?: string;
  title?: string;
  parent?: string;
  /** The last message that a fork begins with: until then the lines are the other session's, and so are their times. */
  copiedTo?: string;
  /** Of copied lines: the best there is where no other has a time. */
  copiedAt?: EpochMs;
  startedAt?: EpochMs;
  lastActivityAt?: EpochMs;
  /** As the latest line has it. */
  lineModel?: string;
  /** Until the settings of the session were read. */
  custom?: readonly CustomModel[];
}

/** The files of Droid; state is {@linkcode DroidState}. */
export const droidSource: Source<DroidState, typeof DROID_FIELDS> = {
  needles: ['"session_start"', '"timestamp"'],
  fields: DROID_FIELDS,
  start,
  fold(state, row) {
    switch (row.type) {
      case "session_start":
        noteHeader(state, row);
        return { state };
      case "settings":
        return readSettings(state, row);
      default:
        noteLine(state, row);
        return { state };
    }
  },
  uncounted: ({ type, hasSums, input, output }) =>
    type === "settings" && hasSums && (input === undefined || output === undefined) ? "response" : undefined,
  session: ({ sessionId, cwd, title, parent: parentSessionId, startedAt, copiedAt, lastActivityAt = copiedAt }) =>
    sessionId === undefined
      ? undefined
      : factsOf({ sessionId, cwd, title, parentSessionId, startedAt, lastActivityAt }),
  text: readText,
};

function factsOf(facts: SessionFacts): SessionFacts {
  return { ...facts, startedAt: facts.startedAt ?? facts.lastActivityAt };
}

/** Both files have the session's id as their name. */
function start({ relativePath, companions = {} }: LogFile): DroidState {
  const sessionId = /([0-9a-f-]{36})\.jsonl$/i.exec(relativePath)?.[1]?.toLowerCase();
  const custom = listCustomModels(Object.values(companions));
  return { ...sessionId === undefined ? {} : { sessionId }, ...custom.length === 0 ? {} : { custom } };
}

function noteHeader(state: DroidState, row: DroidRow): void {
  state.sessionId = row.id ?? state.sessionId;
  state.cwd = row.cwd;
  const isMadeUp = row.titleStage !== undefined && row.titleStage !== "first_message";
  state.title = row.isTitleGiven || isMadeUp ? row.title : undefined;
  state.parent = row.forkOf ?? row.startedBy;
  state.copiedTo = row.forkedAt;
}

function noteLine(state: DroidState, { id, at, lineModel, lineModelBeside }: DroidRow): void {
  state.lineModel = lineModel ?? lineModelBeside ?? state.lineModel;
  if (at === undefined) return;
  if (state.copiedTo === undefined) {
    state.startedAt ??= at;
    state.lastActivityAt = Math.max(at, state.lastActivityAt ?? at);
    return;
  }
  state.copiedAt = at;
  if (id === state.copiedTo) state.copiedTo = undefined;
}

function readSettings(state: DroidState, row: DroidRow): RecordResult<DroidState> {
  const { custom = [] } = state;
  // Of no use to anybody from here on.
  delete state.custom;
  if (row.hasSums === undefined) return { state };
  const {
    input,
    output,
    cacheRead = row.hasCacheRead ? undefined : 0,
    cacheWrite = row.hasCacheWrite ? undefined : 0,
  } = row;
  const usage = readTotalUsage({ input, output, cacheRead, cacheWrite });
  if (usage === undefined) {
    return {
      state,
      problem: "Expected whole numbers of tokens within reason, found others: the sums are not counted.",
    };
  }
  if (totalTokens(usage) === 0) return { state };
  const firstAt = state.startedAt ?? state.copiedAt ?? row.lockedAt;
  if (state.sessionId === undefined || firstAt === undefined) {
    return { state, problem: "Sums of a session without a time are not counted." };
  }
  const { model, kind, isOwn, problem } = modelOf(state, row, custom);
  const total: UsageTotal = {
    key: state.sessionId,
    model,
    // Of Anthropic's API Droid asks for the longer lifetime, with every write; it does not say so in its files.
    usage: kind === "anthropic" ? { ...usage, cacheWrite: 0, cacheWrite1h: usage.cacheWrite } : usage,
    reported: isOwn ? readCredits(row) : undefined,
    chain: MAIN_CHAIN,
    firstAt,
    lastAt: Math.max(firstAt, state.lastActivityAt ?? firstAt),
  };
  state.startedAt ??= firstAt;
  state.lastActivityAt ??= firstAt;
  return { state, totals: [total], ...problem === undefined ? {} : { problem } };
}

interface FoundModel {
  readonly model: ModelRef;
  /** Which API. */
  readonly kind: string | undefined;
  /** Whether it is one that Factory sells. */
  readonly isOwn?: boolean;
  readonly problem?: string;
}

/** The sums are of all models that the session had; only the latest one is known. */
function modelOf(state: DroidState, row: DroidRow, models: readonly CustomModel[]): FoundModel {
  const named = row.model === "auto" ? row.routedModel ?? row.model : row.model ?? state.lineModel;
  const kind = row.providerKind?.toLowerCase();
  if (named === undefined || !isCustomModel(named)) {
    const model = named ?? "unknown";
    return { model: { provider: "factory", model }, kind: kind ?? readModelName(model).vendor, isOwn: true };
  }
  const custom = findCustomModel(named, models);
  if (custom === undefined) {
    const problem = `No model of the settings is "${named}": what it is, and its price, are unknown.`;
    return { model: { provider: kind ?? "unknown", model: named }, kind, problem };
  }
  const api = custom.kind ?? kind;
  return { model: { provider: custom.seller ?? api ?? "unknown", model: custom.model }, kind: api };
}

/** Droid reckons them for a user's own key as well, which Factory does not bill. They have no public rate. */
function readCredits({ credits }: DroidRow): ReportedCost | undefined {
  return credits !== undefined && credits > 0 && credits <= MOST_CREDITS ? { usd: 0, credits } : undefined;
}

/** About as many as a session can have of tokens. */
const MOST_CREDITS = 1e12;

/** What only the model or only the user sees is no part of the conversation. */
function readText(record: unknown): SpokenText | undefined {
  if (!isRecord(record) || record.type !== "message" || !isRecord(record.message)) return undefined;
  return record.message.visibility === undefined ? spokenText(record.message) : undefined;
}
