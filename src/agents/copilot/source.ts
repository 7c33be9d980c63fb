/**
 * The logs of Copilot CLI: one file a session, one line an event, only ever appended to.
 *
 * A billed response is a `session.usage_record`, of the conversation and of sub-agents, or a `session.compaction_complete`,
 * which no such record repeats. Versions before those records have sums alone (shutdown_totals.ts).
 *
 * Files of 1.0.102, and programs of 1.0.32, 1.0.62 and 1.0.71, read 2026-11-26.
 */
import { isRecord } from "../../core/json/is_record.ts";
import type { DurationMs, EpochMs } from "../../core/model.ts";
import { type SpokenText, spokenText } from "../formats/spoken_text.ts";
import { LEAST_GENERATED, type RecordResult, type Source, type TurnDraft, type UncountedKind } from "../source.ts";
import { creditsOf, sellerOfRecord } from "./billing.ts";
import { expiryIn } from "./cache_state.ts";
import { COPILOT_FIELDS, type CopilotRow } from "./fields.ts";
import { noteCompactionCredits, noteProcess, noteRecord, noteSpoken, readCounters } from "./shutdown_totals.ts";
import {
  chainOfLine,
  type CopilotState,
  idOfSession,
  noteCompaction,
  noteLine,
  noteModelChange,
  noteStart,
  noteTurn,
  sellerOfConversation,
  sessionOf,
  startState,
  takeCompaction,
} from "./state.ts";
import { type CopilotUsage, countsOfCompaction, countsOfRecord, usageOfCounts } from "./usage.ts";

/** The log format of Copilot CLI; state is {@linkcode CopilotState}. */
export const copilotSource: Source<CopilotState, typeof COPILOT_FIELDS> = {
  needles: [
    '"session.usage_record"',
    '"session.compaction_complete"',
    '"session.usage_checkpoint"',
    '"session.shutdown"',
    '"session.start"',
    '"session.resume"',
    '"session.context_changed"',
    '"session.model_change"',
    // Answers have it in versions without a record of each response.
    '"outputTokens"',
  ],
  textNeedles: ['"user.message"', '"assistant.message"'],
  fields: COPILOT_FIELDS,
  start: startState,
  fold(state, row) {
    noteLine(state, row);
    switch (row.type) {
      case "session.usage_record":
        return readRecord(state, row);
      case "session.compaction_complete":
        return readCompaction(state, row);
      case "session.usage_checkpoint":
        return readCheckpoint(state, row);
      case "session.shutdown":
        return readTotals(state, row);
      case "assistant.message":
        noteSpoken(state.counters, row.spoken);
        break;
      case "session.start":
        noteStart(state, row);
        return beginProcess(state, row.startTime ?? row.at);
      case "session.resume":
        state.cwd = row.cwd ?? state.cwd;
        return beginProcess(state, row.at);
      case "session.context_changed":
        if (row.agentId === undefined) state.cwd = row.changedCwd ?? state.cwd;
        break;
      case "session.model_change":
        noteModelChange(state, row);
    }
    return { state };
  },
  uncounted,
  session: sessionOf,
  text: readText,
};

function beginProcess(state: CopilotState, at: EpochMs | undefined): RecordResult<CopilotState> {
  const problem = noteProcess(state.counters, at);
  return problem === undefined ? { state } : { state, problem };
}

/** What a record says of a response, each where it can be read. */
interface FoundResponse {
  readonly usage: CopilotUsage;
  readonly provider: string;
  readonly model: string | undefined;
  readonly durationMs: number | undefined;
  readonly key: string | undefined;
  readonly chain: string;
}

function readRecord(state: CopilotState, row: CopilotRow): RecordResult<CopilotState> {
  noteRecord(state.counters);
  const chain = chainOfRecord(row);
  if (chain === COMPACTION) state.recordsCompaction = true;
  const provider = sellerOfRecord(row.isByok, row.modelProvider, row.providerType);
  const usage = usageOfCounts(countsOfRecord(row));
  const found = { usage, provider, model: row.model, durationMs: row.durationMs, key: keyOfRecord(row), chain };
  const turn = turnOf(row, found);
  if (turn === undefined) return describeNone(state, found);
  const { nanoCredits, creditsStatus, cacheExpiresAt, agentId, sourceSession } = row;
  turn.reported = creditsOf(provider, nanoCredits, creditsStatus, turn.at);
  if (cacheExpiresAt !== undefined) turn.cacheExpiresAt = cacheExpiresAt;
  // Sub-agents are sessions of their own in this, which have no log.
  const isOther = agentId === undefined && sourceSession !== undefined && sourceSession !== state.sessionId;
  if (isOther && state.sessionId !== undefined) turn.copied = true;
  if (takeCompaction(state, chain)) turn.afterCompaction = true;
  return hand(state, turn, usage.problem);
}

function readCompaction(state: CopilotState, row: CopilotRow): RecordResult<CopilotState> {
  const isRecorded = state.recordsCompaction === true;
  noteCompaction(state, row);
  if (row.hasSpent !== true || isRecorded) return { state };
  const usage = usageOfCounts(countsOfCompaction(row));
  const provider = sellerOfConversation(state);
  const model = row.spentModel ?? row.behaviorModel ?? state.model?.model;
  const key = row.attemptId ?? row.id;
  const found = { usage, provider, model, durationMs: row.spentDurationMs, key, chain: COMPACTION };
  const turn = turnOf(row, found);
  if (turn === undefined) return describeNone(state, found);
  noteCompactionCredits(state.counters, turn.model.model, row.spentNanoCredits);
  turn.reported = creditsOf(provider, row.spentNanoCredits, row.spentStatus, turn.at);
  return hand(state, turn, usage.problem);
}

function turnOf(row: CopilotRow, { usage, provider, model, durationMs, key, chain }: FoundResponse) {
  const { at: endedAt } = row;
  if (usage.usage === undefined || model === undefined || key === undefined || endedAt === undefined) return undefined;
  const at = startOf(endedAt, durationMs);
  const turn: TurnDraft = { key, at, endedAt, model: { provider, model }, usage: usage.usage, chain };
  return turn;
}

function describeNone(state: CopilotState, { usage }: FoundResponse): RecordResult<CopilotState> {
  return { state, problem: usage.problem ?? "A response without an id, a model or a time is not counted." };
}

function hand(state: CopilotState, turn: TurnDraft, problem: string | undefined): RecordResult<CopilotState> {
  if (turn.reported === undefined) delete turn.reported;
  noteTurn(state, { ...turn });
  return problem === undefined ? { state, turns: [turn] } : { state, turns: [turn], problem };
}

/** What no request takes is a damaged figure. */
const LONGEST_MS: DurationMs = 24 * 3_600_000;

/** A record is written when the response is complete. */
function startOf(endedAt: EpochMs, durationMs: DurationMs | undefined): EpochMs {
  const isKnown = durationMs !== undefined && durationMs >= 0 && durationMs <= LONGEST_MS;
  return isKnown ? endedAt - Math.round(durationMs) : endedAt;
}

/**
 * The id that the server gave the response. Servers on a user's machine have few and give them again, which the place among
 * the responses of its session tells apart. Copies have the same of both.
 */
function keyOfRecord({ apiCallId, sourceSession, sequence, id }: CopilotRow): string | undefined {
  const place = sourceSession !== undefined && sequence !== undefined ? `${sourceSession} ${sequence}` : undefined;
  if (apiCallId === undefined) return place ?? id;
  return apiCallId.length >= LEAST_GENERATED || place === undefined ? apiCallId : `${apiCallId} ${place}`;
}

const COMPACTION = "compaction";

/** Side requests that neither the conversation nor a sub-agent asks: for tools, and in the background. */
const SIDE = /^conversation-(?:sampling|background)$/;

/** Sub-agents have an id; their requests share a prompt that grows, as those of the conversation do. */
function chainOfRecord(row: CopilotRow): string {
  const { interaction = "", initiator, agentId, parentCall } = row;
  if (interaction === "conversation-compaction" || initiator === "compaction") return COMPACTION;
  if (agentId === undefined && interaction === "conversation-subagent" && parentCall !== undefined) return parentCall;
  return agentId === undefined && SIDE.test(interaction) ? "tool" : chainOfLine(row);
}

/** What the program keeps for its next start says of the latest response's model when its cache expires. */
function readCheckpoint(state: CopilotState, { cacheState }: CopilotRow): RecordResult<CopilotState> {
  const turn = state.lastTurn;
  const cacheExpiresAt = turn === undefined ? undefined : expiryIn(cacheState, turn.model.model);
  if (turn === undefined || cacheExpiresAt === undefined || cacheExpiresAt <= (turn.cacheExpiresAt ?? turn.at)) {
    return { state };
  }
  state.lastTurn = { ...turn, cacheExpiresAt };
  return { state, turns: [{ ...turn, cacheExpiresAt }] };
}

function readTotals(state: CopilotState, row: CopilotRow): RecordResult<CopilotState> {
  const id = idOfSession(state);
  if (id === undefined) return { state };
  const owner = { id, provider: sellerOfConversation(state), since: state.startedAt };
  return { state, ...readCounters(state.counters, row, owner) };
}

function uncounted({ type, hasSpent, spoken }: CopilotRow): UncountedKind | undefined {
  const isResponse = type === "session.usage_record" || (type === "session.compaction_complete" && hasSpent === true) ||
    (type === "assistant.message" && spoken !== undefined);
  return isResponse ? "response" : undefined;
}

/** What was typed and what was answered. Sub-agents speak with the model alone. */
function readText(record: unknown): SpokenText | undefined {
  if (!isRecord(record) || record.agentId !== undefined || !isRecord(record.data)) return undefined;
  const role = record.type === "user.message" ? "user" : record.type === "assistant.message" ? "assistant" : undefined;
  return role && spokenText({ role, content: record.data.content });
}
