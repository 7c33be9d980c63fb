/**
 * Reads session logs as Pi writes them: one JSON object per line, a header first, then the entries of a conversation tree.
 *
 * Every billed entry counts, on whichever branch it lies, as in Pi's own totals. It prices nothing, it does not rebuild
 * the tree, and it takes no count of tokens from text or from messages nested in other entries.
 *
 * Format: docs/session-format.md and docs/message-types.md of Pi 1.5.2 (2026-11-10), compared with logs of 0.74.2,
 * 0.87.1 and 1.5.2.
 */
import {
  type EpochMs,
  MAIN_CHAIN,
  type ModelRef,
  type ReportedCost,
  type TokenUsage,
  totalTokens,
} from "../../../core/model.ts";
import { askableId } from "../../../core/evidence.ts";
import { isRecord } from "../../../core/json/is_record.ts";
import type { RecordedTurn, RecordResult, Source, TurnDraft } from "../../source.ts";
import type { NextMessages } from "../../usual_turns.ts";
import { spokenText } from "../spoken_text.ts";
import { workOfLog } from "./delegation.ts";
import { type Billed, billedInEntry, EARLIEST_TIME, modelOf, PI_FIELDS, type PiRow } from "./fields.ts";
import {
  keepUnnamed,
  nameTurns,
  noteTime,
  openLog,
  type PiState,
  sessionOf,
  startLog,
  UNKNOWN_MODEL,
  useModel,
} from "./state.ts";
import { hasTokens, reportedOf, usageOf } from "./usage.ts";

/** What an agent that writes Pi's entries says of a response in its own way. */
export interface PiDialect {
  /** Sees each turn before it is handed out, with the entry that it is of. Never throws. */
  complete(turn: TurnDraft, row: PiRow): void;
}

/** From entries to turns. */
export const piEntries: Source<PiState, typeof PI_FIELDS> = {
  // Whole JSON strings: neither the order of keys nor spaces can hide them, and inside a text the quotes are escaped.
  needles: ['"usage"', '"session"', '"model_change"', '"compaction"', '"branch_summary"', '"session_info"'],
  fields: PI_FIELDS,
  start: startLog,
  fold: (state, row) => foldPiEntry(state, row, undefined),
  uncounted: (row, isFaulty) => isResponse(row, isFaulty) ? "response" : undefined,
  text: (record) => isRecord(record) && record.type === "message" ? spokenText(record.message) : undefined,
  session: sessionOf,
  usual: {
    kind: "messages",
    fields: {
      is: [["type", "message"], ["role", "assistant"]],
      id: "id",
      at: "askedAt",
      endedAt: "at",
      provider: "provider",
      model: "model",
      usage: "usage",
      input: "input",
      cacheRead: "cacheRead",
      cacheWrite: "cacheWrite",
      cacheWrite1h: "cacheWrite1h",
      output: "output",
      cost: "cost",
      costTotal: "costTotal",
      costInput: "costInput",
      costCacheRead: "costCacheRead",
      costCacheWrite: "costCacheWrite",
      costOutput: "costOutput",
      isBill: "isBill",
      responseModel: "responseModel",
      responseId: "responseId",
    },
    next: nextMessages,
    passed: noteTime,
  },
};

/** Messages of the same model, while nothing waits for the next turn and nobody handed the work over. */
function nextMessages(state: PiState, row: PiRow): NextMessages | undefined {
  const { header, model, mainModel, lastActivityAt } = state;
  if (row.type !== "message" || row.role !== "assistant" || !header || model === undefined) return undefined;
  const isCalm = model === mainModel && !state.prefixReplaced && state.compactedAt === undefined &&
    state.unnamed === undefined && state.work?.spent === undefined;
  if (!isCalm || modelOf(row.provider, row.model, model) !== model) return undefined;
  return { model, chain: MAIN_CHAIN, startedAt: header.startedAt, lastActivityAt };
}

/** @param dialect Undefined for entries of Pi's own */
export function foldPiEntry(state: PiState, row: PiRow, dialect: PiDialect | undefined): RecordResult<PiState> {
  if (state.header === null) return { state };
  const isHeader = row.type === "session";
  const problems: string[] = [];
  if (state.header === undefined) {
    const opened = openLog(state, row);
    state.header = opened.header;
    if (opened.problem !== undefined) problems.push(opened.problem);
    state.work = workOfLog(state.stem, state.parentStem, state.header?.parentPath);
    noteTime(state, state.header?.startedAt);
    // Until an entry names one.
    if (state.header?.model !== undefined) useModel(state, state.header.model, state.header.startedAt);
  } else if (isHeader) {
    problems.push("Expected one session header, found another: only the first one is used");
  }
  const turn = state.header === null || isHeader ? undefined : foldEntry(state, row, problems);
  if (dialect !== undefined && turn !== undefined) dialect.complete(turn, row);
  const problem = problems.length > 0 ? problems.join("; ") : undefined;
  const named = nameTurns(state);
  const turns = turn === undefined ? named : named === undefined ? [turn] : [...named, turn];
  return { state, turns, problem };
}

/** One that failed before its first token is none. One that is no `message` is not Pi's: nothing is known of its failing. */
function isResponse(row: PiRow, isFaulty: boolean): boolean {
  return row.role === "assistant" && (isFaulty || row.type !== "message" || hasTokens(row));
}

/** Takes in what an entry changes, and returns the turn it was billed as, if it was. */
function foldEntry(state: PiState, row: PiRow, problems: string[]): TurnDraft | undefined {
  const writtenAt = row.at;
  noteTime(state, writtenAt);
  switch (row.type) {
    case "message":
      return foldMessage(state, row, writtenAt, problems);
    case "model_change": {
      const model = modelOf(row.entryProvider, row.modelId, state.model);
      if (model === undefined) problems.push("Expected a model change with provider and modelId");
      else useModel(state, model, writtenAt);
      return undefined;
    }
    case "session_info":
      // Pi takes a name of nothing as the name taken away.
      if (row.title === undefined) delete state.title;
      else state.title = row.title;
      return undefined;
    case "compaction":
    // OpenClaw's alone: the conversation begins again, with or without its latest messages.
    case "reset":
      state.prefixReplaced = true;
      state.compactedAt = writtenAt ?? state.lastActivityAt;
      return billedTurn(state, row, billedInEntry(row), "compaction", problems);
    case "branch_summary":
      // Unlike a compaction this leaves the prefix up to the branching point in use: no pending change.
      state.prefixReplaced = true;
      return billedTurn(state, row, billedInEntry(row), "branch_summary", problems);
    case "usage": {
      if (row.kind !== "cache_warm") return billedTurn(state, row, billedInEntry(row), "tool", problems);
      // Warming reads the conversation's own prefix, and so lengthens its life.
      const turn = billedTurn(state, row, billedInEntry(row), MAIN_CHAIN, problems);
      if (turn !== undefined) turn.keepsWarm = true;
      return turn;
    }
    default:
      // An entry of a later Pi or of an extension: what it calls usage need not be tokens.
      if (!row.entryUsage || (row.entryInput ?? row.entryOutput) === undefined) return undefined;
      return billedTurn(state, row, billedInEntry(row), "tool", problems);
  }
}

function foldMessage(
  state: PiState,
  row: PiRow,
  writtenAt: EpochMs | undefined,
  problems: string[],
): TurnDraft | undefined {
  if (row.role === "assistant") {
    const requestedAt = row.askedAt;
    noteTime(state, requestedAt);
    const model = modelOf(row.provider, row.model, state.model);
    if (model !== undefined) useModel(state, model, writtenAt ?? requestedAt);
    return billedTurn(state, row, row, MAIN_CHAIN, problems);
  }
  if (row.role === "toolResult") return billedTurn(state, row, row, "tool", problems);
  if (!row.message) problems.push("Expected a message, found an entry without one");
  return undefined;
}

function billedTurn(
  state: PiState,
  row: PiRow,
  billed: Billed,
  chain: string,
  problems: string[],
): TurnDraft | undefined {
  if (!billed.usage) {
    if (billed.hasUsage) problems.push("Expected usage as an object: the turn is not counted");
    return undefined;
  }
  const usage = usageOf(billed, problems);
  const reported = reportedOf(billed, problems);
  if (totalTokens(usage) === 0) {
    // An error or an abort before the first token; Pi writes each attempt down.
    if (reported !== undefined && reported.usd > 0) problems.push(`${reported.usd} USD without tokens are not counted`);
    return undefined;
  }
  const writtenAt = row.at;
  const at = startOf(row, billed, writtenAt);
  if (at === undefined) {
    problems.push("Expected a time, found none: the turn is not counted");
    return undefined;
  }
  const known = modelOf(billed.provider, billed.model, state.model) ?? state.model;
  const asked = known ?? UNKNOWN_MODEL;
  const model = isCostKnown(reported) ? asked : answeringModel(asked, billed.responseModel);
  const startedAt = state.header?.startedAt;
  const turn: TurnDraft = {
    key: keyOf(row, at, asked, usage),
    at,
    // One that is done before it began says nothing of its end.
    endedAt: writtenAt !== undefined && writtenAt >= at ? writtenAt : undefined,
    model,
    usage,
    chain,
    reported,
  };
  const responseId = askableId(billed.responseId);
  if (responseId !== undefined) turn.responseId = responseId;
  // A fork holds its parent's entries verbatim, so they are older than the fork itself.
  if (startedAt !== undefined && (writtenAt ?? at) < startedAt) turn.copied = true;
  const delegation = delegationOf(state, chain, turn.copied ?? false);
  if (delegation !== undefined) turn.delegation = delegation;
  if (chain === MAIN_CHAIN) {
    if (state.prefixReplaced) turn.afterCompaction = true;
    state.mainModel = asked;
    // Set, not deleted: that would make all of the state slower from then on.
    state.prefixReplaced = undefined;
    state.compactedAt = undefined;
  }
  if (known === undefined) keepUnnamed(state, turn);
  return turn;
}

/** What a tool spent may be the sum of sub-agents; everything else is work of the log that handed it over, if one did. */
function delegationOf({ work }: PiState, chain: string, isCopied: boolean): RecordedTurn["delegation"] {
  if (chain === "tool") return isCopied ? work?.copiedSum : work?.sum;
  return isCopied ? undefined : work?.spent;
}

/** What a router's answer costs depends on who gave it. */
function answeringModel(asked: ModelRef, answering: string | undefined): ModelRef {
  return answering === undefined || isSameName(answering, asked.model)
    ? asked
    : { provider: asked.provider, model: answering };
}

/** Pi writes zero where it knows no price, but for what the provider itself billed. */
function isCostKnown(reported: ReportedCost | undefined): boolean {
  return reported !== undefined && (reported.usd > 0 || reported.isBill === true);
}

/** Whether both are one model: a provider may answer with its version, or without who made it or who serves it. */
function isSameName(answering: string, asked: string): boolean {
  if (answering === asked) return true;
  const [a, b] = [answering, asked].map((name) =>
    name.slice(name.lastIndexOf("/") + 1).replace(/:.*/, "").toLowerCase()
  );
  const [short, long] = a!.length < b!.length ? [a!, b!] : [b!, a!];
  return short !== "" && long.startsWith(short) && /^([-@]\d[\d-]*)?$/.test(long.slice(short.length));
}

/** Copies keep an entry's id and time while its parentId may change. Ids came with version 2 of the format. */
function keyOf(row: PiRow, at: EpochMs, { provider, model }: ModelRef, usage: TokenUsage): string {
  const { id } = row;
  const time = row.at ?? row.atText ?? at;
  return id !== undefined ? `${id}@${time}` : `@${time}/${at}/${provider}/${model}/${Object.values(usage).join(",")}`;
}

/** An entry is written when its response is complete; an assistant message has the time of its request. */
function startOf(row: PiRow, billed: Billed, writtenAt: EpochMs | undefined): EpochMs | undefined {
  if (billed === row && row.role === "assistant") return row.askedAt ?? writtenAt;
  const lasted = billed.durationMs;
  if (writtenAt === undefined || lasted === undefined || !(lasted > 0)) return writtenAt;
  const at = writtenAt - lasted;
  return at >= EARLIEST_TIME ? at : writtenAt;
}
