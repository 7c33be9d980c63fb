/**
 * The sessions of Cline, each a directory of JSON documents: one that says what the session is, and one for each
 * conversation, its own and those of its sub-agents. A billed response is a message of the assistant with `metrics`.
 *
 * Tasks of editors' extensions of before are directories as well; their requests are for task.ts.
 *
 * Files of Cline 3.0.65, run 2026-11-26 with APIs of OpenAI's and of Anthropic's form; its source of 2026-08.
 */
import { type EpochMs, totalTokens } from "../../core/model.ts";
import { type SpokenText, spokenText } from "../formats/spoken_text.ts";
import type { RecordResult, Source, TurnDraft, UncountedKind } from "../source.ts";
import { CLINE_FIELDS, type ClineRow } from "./fields.ts";
import { modelOf } from "./models.ts";
import { type ClineState, noteConversation, noteSession, noteTime, sessionOf, startState } from "./state.ts";
import { foldTaskMessage, noteModels } from "./task.ts";
import { reportedCost, usageOf } from "./usage.ts";

/** The log format of Cline; state is {@linkcode ClineState}. */
export const clineSource: Source<ClineState, typeof CLINE_FIELDS> = {
  needles: [],
  fields: CLINE_FIELDS,
  start: startState,
  fold(state, row) {
    if (row.isMessage) return foldMessage(state, row);
    if (row.isUi) return foldTaskMessage(state, row);
    if (row.isConversation) noteConversation(state, row);
    else if (row.isSession) noteSession(state, row);
    else if (row.isMetadata) noteModels(state, row);
    return { state };
  },
  uncounted,
  session: sessionOf,
  text: readText,
};

function foldMessage(state: ClineState, row: ClineRow): RecordResult<ClineState> {
  const { at } = row;
  const { previousAt } = state;
  noteTime(state, at);
  state.previousAt = at ?? previousAt;
  if (row.role !== "assistant" || !row.hasMetrics || isCarried(state, row)) return { state };

  const { usage, problem } = usageOf(row, true);
  if (usage === undefined) return { state, problem };
  const { model } = row;
  if (at === undefined || model === undefined) {
    return { state, problem: "A response without a time or a model is not counted." };
  }
  const cost = reportedCost(row.usd);
  // A server that says nothing of usage.
  if (totalTokens(usage) === 0 && cost.reported === undefined) {
    return { state, problem: "A response with no tokens at all is not counted: what it took is unknown." };
  }
  const turn: TurnDraft = {
    key: keyOf(row, at, model),
    at: startOf(previousAt, at),
    endedAt: at,
    model: modelOf(row.provider, model),
    usage,
    chain: state.chain,
  };
  if (cost.reported !== undefined) turn.reported = cost.reported;
  // A session that goes on from a checkpoint of another one begins with that one's messages.
  if (state.startedAt !== undefined && at < state.startedAt) turn.copied = true;
  const said = problem ?? cost.problem;
  return said === undefined ? { state, turns: [turn] } : { state, turns: [turn], problem: said };
}

/**
 * A session that goes on from a task of before has the sum of that in the last of the task's messages, of a provider
 * `unknown` or of none (Cline's source of how tasks are taken over, 2026-08). The task itself has the responses.
 */
function isCarried({ isOfTask }: Pick<ClineState, "isOfTask">, { provider, model }: ClineRow): boolean {
  return provider === "unknown" || (isOfTask === true && model === undefined);
}

/** Ids are Cline's own. A message that is put together out of parts has the same metrics in each. */
function keyOf({ id, input, output, cacheRead }: ClineRow, at: EpochMs, model: string): string {
  return id?.replace(/_part_\d+$/, "") ?? [at, model, input, output, cacheRead].join(" ");
}

/** No request takes longer. */
const LONGEST_MS = 24 * 3_600_000;

/** A message is written when it is complete: what was sent was written just before the request. */
function startOf(previousAt: EpochMs | undefined, at: EpochMs): EpochMs {
  return previousAt !== undefined && previousAt <= at && at - previousAt <= LONGEST_MS ? previousAt : at;
}

function uncounted(row: ClineRow): UncountedKind | undefined {
  return row.role === "assistant" && row.hasMetrics === true && !isCarried({}, row) ? "response" : undefined;
}

/** What sub-agents say is no part of the conversation. What somebody typed stands in a tag that names the mode. */
function readText(value: unknown): SpokenText | undefined {
  const { agent, message, ui } = Object(value) as Record<"agent" | "message" | "ui", unknown>;
  if (ui !== undefined) return textOfTask(ui);
  if (agent !== undefined && agent !== "lead") return undefined;
  const spoken = spokenText(message);
  const text = spoken?.text.replace(/^<user_input[^>]*>([^]*)<\/user_input>$/, "$1").trim();
  return spoken === undefined || !text ? undefined : { ...spoken, text };
}

/** The first message is what somebody asked for; others of theirs are feedback. */
function textOfTask(ui: unknown): SpokenText | undefined {
  const { type, say, text, partial } = Object(ui) as Record<"type" | "say" | "text" | "partial", unknown>;
  if (type !== "say" || partial === true || typeof text !== "string") return undefined;
  const role = say === "task" || say === "user_feedback"
    ? "user"
    : say === "text" || say === "completion_result"
    ? "assistant"
    : undefined;
  return role && spokenText({ role, content: text });
}
