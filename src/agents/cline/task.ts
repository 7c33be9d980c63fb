/**
 * Tasks of Cline's extensions of before: `ui_messages.json`, in which each request is a message `api_req_started` whose
 * text says what it took once it is complete. What checkpoints took away, and what sub-agents spent, is there in sums.
 *
 * Cline's source of 2025-03 to 2026-03, how it adds them up among it; read 2026-11-26. Not run.
 */
import { type EpochMs, MAIN_CHAIN, type ModelRef, totalTokens } from "../../core/model.ts";
import type { RecordResult, TurnDraft } from "../source.ts";
import type { ClineRow } from "./fields.ts";
import { CACHE_INSIDE, readModelsAsked, taskModelOf } from "./models.ts";
import { type ClineState, noteTime } from "./state.ts";
import { reportedCost, usageOf } from "./usage.ts";

const UNKNOWN: ModelRef = { provider: "unknown", model: "unknown" };

/** Takes in which models a task asked, before its messages are read. */
export function noteModels(state: ClineState, row: ClineRow): void {
  state.models = readModelsAsked(row.modelsAsked);
}

/** Folds a message of a task: a request is a turn, a sum of requests a total. */
export function foldTaskMessage(state: ClineState, row: ClineRow): RecordResult<ClineState> {
  const { uiAt: at } = row;
  state.isKnown = true;
  noteTime(state, at);
  noteDeletedRange(state, row);
  if (!row.isSpent) {
    return row.say === "api_req_started"
      ? { state, problem: "A request whose text is no JSON object is not counted." }
      : { state };
  }
  if (row.say === "api_req_started") state.cwd ??= directoryIn(row.request);
  // One that got no answer, or is waiting for it, has no counts.
  if (row.spentInput === undefined && row.spentOutput === undefined) return { state };

  const isSum = row.say !== "api_req_started";
  const model = isSum ? modelOfSum(state) : modelAt(state, row, at);
  const { usage, problem } = usageOf(
    {
      input: row.spentInput,
      output: row.spentOutput,
      cacheRead: row.spentCacheRead,
      cacheWrite: row.spentCacheWrite,
    },
    CACHE_INSIDE.has(model.provider),
  );
  if (usage === undefined) return { state, problem };
  const cost = reportedCost(row.spentUsd);
  if (totalTokens(usage) === 0 && cost.reported === undefined) return { state };
  if (at === undefined) return { state, problem: "A response without a time is not counted." };

  const said = problem ?? cost.problem;
  const problems = said === undefined ? {} : { problem: said };
  const key = `${state.directory} ${at}`;
  if (isSum) {
    const total = { key, model, usage, firstAt: Math.min(state.startedAt ?? at, at), lastAt: at };
    return {
      state,
      totals: [cost.reported === undefined ? total : { ...total, reported: cost.reported }],
      ...problems,
    };
  }
  const turn: TurnDraft = { key, at, model, usage, chain: MAIN_CHAIN };
  if (cost.reported !== undefined) turn.reported = cost.reported;
  if (state.isCompacted) turn.afterCompaction = true;
  delete state.isCompacted;
  noteAsked(state, model);
  return { state, turns: [turn], ...problems };
}

/** The message's own, or that which was asked at the time. A task of before 2025 names none. */
function modelAt(state: ClineState, { uiModel, uiProvider }: ClineRow, at: EpochMs | undefined): ModelRef {
  if (uiModel !== undefined) return taskModelOf(uiProvider, uiModel);
  const { models = [] } = state;
  return models.findLast((asked) => at !== undefined && asked.at <= at)?.model ?? models[0]?.model ?? UNKNOWN;
}

/** Which models a sum is of no record says: the task's, if it had one only. */
function modelOfSum({ asked = [], models = [] }: ClineState): ModelRef {
  const all = [...asked, ...models.map(({ model }) => model)];
  const [first = UNKNOWN] = all;
  return all.every(({ provider, model }) => provider === first.provider && model === first.model) ? first : UNKNOWN;
}

function noteAsked(state: ClineState, model: ModelRef): void {
  const { asked = [] } = state;
  // Two tell that there are several.
  if (asked.length > 1 || asked.some((one) => one.provider === model.provider && one.model === model.model)) return;
  state.asked = [...asked, model];
}

/** What is longer than the model takes is made shorter by leaving out a range of messages; it then only grows. */
function noteDeletedRange(state: ClineState, { deletedRange }: ClineRow): void {
  if (!Array.isArray(deletedRange)) return;
  const range = deletedRange.slice(0, 2).map(String).join(" ");
  if (range !== state.deletedRange) state.isCompacted = true;
  state.deletedRange = range;
}

/** Cline says with a request where it works; the last such line is its own, and no text that was typed. */
function directoryIn(request: unknown): string | undefined {
  if (typeof request !== "string") return undefined;
  const lines = [...request.matchAll(/^# Current Working Directory \(([^\n]+)\) Files$/gm)];
  const [, directory] = lines.at(-1) ?? [];
  return directory !== undefined && /^(?:\/|[A-Za-z]:)/.test(directory) ? directory : undefined;
}
