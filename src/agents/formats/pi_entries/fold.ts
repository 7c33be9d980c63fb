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
import { quoteValue } from "../../../core/quote_value.ts";
import type { RecordedTurn, RecordResult, RecordSource, TurnDraft } from "../../source.ts";
import { cleanText } from "../../../core/clean_text.ts";
import { spokenText } from "../spoken_text.ts";
import { workOfLog } from "./delegation.ts";
import { isObject, type Json, KEYS, modelOf, textOf, timeOf } from "./fields.ts";
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
import { reportedOf, usageOf } from "./usage.ts";

/** From entries to turns. */
export const piEntries: RecordSource<PiState> = {
  // Whole JSON strings: neither the order of keys nor spaces can hide them, and inside a text the quotes are escaped.
  needles: ['"usage"', '"session"', '"model_change"', '"compaction"', '"branch_summary"', '"session_info"'],
  keys: KEYS,
  start: startLog,
  record,
  uncounted: (record, isFaulty) => isResponse(record, isFaulty) ? "response" : undefined,
  text: (record) => isObject(record) && record.type === "message" ? spokenText(record.message) : undefined,
  session: sessionOf,
};

function record(state: PiState, record: unknown): RecordResult<PiState> {
  if (state.header === null) return { state };
  if (!isObject(record)) return { state, problem: `Expected an object, found ${quoteValue(record)}` };
  const problems: string[] = [];
  if (state.header === undefined) {
    const opened = openLog(state, record);
    state.header = opened.header;
    if (opened.problem !== undefined) problems.push(opened.problem);
    state.work = workOfLog(state.stem, state.parentStem, state.header?.parentPath);
    noteTime(state, state.header?.startedAt);
    // Until an entry names one.
    if (state.header?.model !== undefined) useModel(state, state.header.model, state.header.startedAt);
  } else if (record.type === "session") {
    problems.push("Expected one session header, found another: only the first one is used");
  }
  const turn = state.header === null || record.type === "session" ? undefined : foldEntry(state, record, problems);
  const problem = problems.length > 0 ? problems.join("; ") : undefined;
  const named = nameTurns(state);
  const turns = turn === undefined ? named : named === undefined ? [turn] : [...named, turn];
  return { state, turns, problem };
}

/** One that failed before its first token is none. One that is no `message` is not Pi's: nothing is known of its failing. */
function isResponse(record: unknown, isFaulty: boolean): boolean {
  if (!isObject(record) || !isObject(record.message) || record.message.role !== "assistant") return false;
  return isFaulty || record.type !== "message" || hasTokens(record.message.usage);
}

function hasTokens(usage: unknown): boolean {
  return isObject(usage) && Object.values(usage).some((count) => typeof count === "number" && count > 0);
}

/** Takes in what an entry changes, and returns the turn it was billed as, if it was. */
function foldEntry(state: PiState, entry: Json, problems: string[]): RecordedTurn | undefined {
  const writtenAt = timeOf(entry.timestamp);
  noteTime(state, writtenAt);
  switch (entry.type) {
    case "message":
      return foldMessage(state, entry, writtenAt, problems);
    case "model_change": {
      const model = modelOf({ provider: entry.provider, model: entry.modelId });
      if (model === undefined) problems.push("Expected a model change with provider and modelId");
      else useModel(state, model, writtenAt);
      return undefined;
    }
    case "session_info":
      // Pi takes a name of nothing as the name taken away.
      if (entry.name === undefined || entry.name === null) delete state.title;
      else if (typeof entry.name !== "string") problems.push(`Expected a name, found ${quoteValue(entry.name)}`);
      else if (entry.name.trim() === "") delete state.title;
      else state.title = cleanText(entry.name.trim());
      return undefined;
    case "compaction":
      state.prefixReplaced = true;
      state.compactedAt = writtenAt ?? state.lastActivityAt;
      return billedTurn(state, entry, writtenAt, entry, "compaction", problems);
    case "branch_summary":
      // Unlike a compaction this leaves the prefix up to the branching point in use: no pending change.
      state.prefixReplaced = true;
      return billedTurn(state, entry, writtenAt, entry, "branch_summary", problems);
    case "usage":
      // Warming reads the conversation's own prefix, and so lengthens its life.
      return billedTurn(state, entry, writtenAt, entry, entry.kind === "cache_warm" ? MAIN_CHAIN : "tool", problems);
    default:
      // An entry of a later Pi or of an extension: what it calls usage need not be tokens.
      if (!isObject(entry.usage) || (entry.usage.input ?? entry.usage.output) === undefined) return undefined;
      return billedTurn(state, entry, writtenAt, entry, "tool", problems);
  }
}

function foldMessage(
  state: PiState,
  entry: Json,
  writtenAt: EpochMs | undefined,
  problems: string[],
): RecordedTurn | undefined {
  const { message } = entry;
  if (!isObject(message)) {
    problems.push(`Expected a message, found ${quoteValue(message)}`);
    return undefined;
  }
  if (message.role === "assistant") {
    const requestedAt = timeOf(message.timestamp);
    noteTime(state, requestedAt);
    const model = modelOf(message);
    if (model !== undefined) useModel(state, model, writtenAt ?? requestedAt);
    return billedTurn(state, entry, writtenAt, message, MAIN_CHAIN, problems);
  }
  return message.role === "toolResult" ? billedTurn(state, entry, writtenAt, message, "tool", problems) : undefined;
}

/**
 * @param writtenAt The entry's time
 * @param billed What holds `usage` and, where known, `provider` and `model`: the entry itself or its message
 */
function billedTurn(
  state: PiState,
  entry: Json,
  writtenAt: EpochMs | undefined,
  billed: Json,
  chain: string,
  problems: string[],
): RecordedTurn | undefined {
  if (billed.usage === undefined || billed.usage === null) return undefined;
  if (!isObject(billed.usage)) {
    problems.push(`Expected usage as an object, found ${quoteValue(billed.usage)}: the turn is not counted`);
    return undefined;
  }
  const usage = usageOf(billed.usage, problems);
  if (usage === undefined) return undefined;
  const reported = reportedOf(billed.usage.cost, problems);
  if (totalTokens(usage) === 0) {
    // An error or an abort before the first token; Pi writes each attempt down.
    if (reported !== undefined && reported.usd > 0) problems.push(`${reported.usd} USD without tokens are not counted`);
    return undefined;
  }
  const span = spanOf(writtenAt, billed);
  if (span === undefined) {
    problems.push(`Expected a time, found ${quoteValue(entry.timestamp)}: the turn is not counted`);
    return undefined;
  }
  const known = modelOf(billed) ?? state.model;
  const asked = known ?? UNKNOWN_MODEL;
  const model = isCostKnown(reported, billed.usage) ? asked : answeringModel(asked, textOf(billed.responseModel));
  const startedAt = state.header?.startedAt;
  const isMain = chain === MAIN_CHAIN;
  const turn: TurnDraft = {
    key: keyOf(entry, span.at, asked, usage),
    at: span.at,
    endedAt: span.endedAt,
    model,
    usage,
    chain,
    reported,
  };
  // A fork holds its parent's entries verbatim, so they are older than the fork itself.
  if (startedAt !== undefined && (writtenAt ?? span.at) < startedAt) turn.copied = true;
  const delegation = delegationOf(state, chain, turn.copied ?? false);
  if (delegation !== undefined) turn.delegation = delegation;
  if (isMain) {
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
function isCostKnown(reported: ReportedCost | undefined, { cost }: Json): boolean {
  return reported !== undefined && (reported.usd > 0 || (isObject(cost) && cost.totalFromProvider === true));
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
function keyOf(entry: Json, at: EpochMs, { provider, model }: ModelRef, usage: TokenUsage): string {
  const time = textOf(entry.timestamp) ?? String(at);
  const id = textOf(entry.id);
  return id !== undefined ? `${id}@${time}` : `@${time}/${at}/${provider}/${model}/${Object.values(usage).join(",")}`;
}

/** An entry is written when its response is complete; an assistant message has the time of its request. */
function spanOf(endedAt: EpochMs | undefined, billed: Json): { at: EpochMs; endedAt?: EpochMs } | undefined {
  if (billed.role === "assistant") {
    const at = timeOf(billed.timestamp) ?? endedAt;
    if (at === undefined) return undefined;
    return endedAt === undefined || endedAt < at ? { at } : { at, endedAt };
  }
  if (endedAt === undefined) return undefined;
  const { durationMs } = billed;
  const lasted = typeof durationMs === "number" && durationMs > 0 ? timeOf(endedAt - durationMs) : undefined;
  return { at: lasted ?? endedAt, endedAt };
}
