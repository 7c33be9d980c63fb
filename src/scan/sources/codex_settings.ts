/**
 * What the lines of a Codex log say of the requests to come: which model and provider they ask, and when one is about to go out. What they name holds for the responses that follow, and a model also for those before that
 * had none.
 */
import type { EpochMs } from "../../core/model.ts";
import { type Fields, fieldsOf, textOf } from "./codex_fields.ts";
import { type CodexState, isOwn, ownerOfTurn, setOwner } from "./codex_state.ts";
import type { CodexThread } from "./codex_thread.ts";
import { nameTurns, type UsageResult } from "./codex_turns.ts";

/** `task_started` and `turn_context`: whose turn it is, which model it asks, and that a request is about to go out. */
export function readTurnStart(
  state: CodexState,
  thread: CodexThread,
  start: Fields,
  at: EpochMs | undefined,
): UsageResult {
  if (state.owner !== "own") setOwner(state, ownerOfTurn(state.owner, thread, start, at));
  state.last = undefined;
  const model = textOf(start.model);
  if (model !== undefined) {
    if (state.next?.model.model === model) state.provider = state.next.model.provider;
    state.model = model;
    state.next = { at: at ?? state.lastActivityAt ?? 0, model: { provider: state.provider, model } };
  }
  if (state.owner === "replay") return {};
  if (at !== undefined) state.readyAt = at;
  return { turns: nameTurns(state) };
}

/**
 * `thread_settings_applied`. A model that is changed within a turn holds from the next turn on; between turns the settings
 * come before its `turn_context`.
 */
export function readSettings(
  state: CodexState,
  thread: CodexThread,
  event: Fields,
  at: EpochMs | undefined,
): UsageResult {
  const settings = fieldsOf(event.thread_settings);
  if (settings === undefined || !isOwn(state, thread, event)) return {};
  const model = textOf(settings.model);
  if (model === undefined) return {};
  const provider = textOf(settings.model_provider_id)?.toLowerCase() ?? state.provider;
  state.next = { at: at ?? state.lastActivityAt ?? 0, model: { provider, model } };
  if (state.model === undefined || state.model === model) {
    state.model = model;
    state.provider = provider;
  }
  return { turns: nameTurns(state) };
}
