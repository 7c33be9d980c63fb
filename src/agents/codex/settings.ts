/**
 * What the lines of a Codex log say of the requests to come: which model and provider they ask, in which service tier, and
 * when one is about to go out. What they name holds for the responses that follow, and a model also for those before that
 * had none.
 */
import { quoteValue } from "../../core/quote_value.ts";
import type { CodexRow } from "./fields.ts";
import { type CodexState, isOwn, ownerOfTurn, setOwner } from "./state.ts";
import type { CodexThread } from "./thread.ts";
import { nameTurns, type UsageResult } from "./turns.ts";

/**
 * Codex's words for a service tier, and what is billed by them.
 *
 * Source: `ServiceTier` of codex-rs and the members `service_tier` of OpenAI's API, read 2026-11-26.
 */
const TIERS: ReadonlyMap<string, string | undefined> = new Map([
  ["priority", "priority"],
  ["fast", "priority"],
  ["flex", "flex"],
  ["batch", "batch"],
  ["default", undefined],
  ["auto", undefined],
  ["standard", undefined],
]);

/** `task_started` and `turn_context`: whose turn it is, which model it asks, and that a request is about to go out. */
export function readTurnStart(state: CodexState, thread: CodexThread, start: CodexRow): UsageResult {
  if (state.owner !== "own") setOwner(state, ownerOfTurn(state.owner, thread, start));
  state.last = undefined;
  if (thread.isNamed && thread.cwd === undefined) state.thread = { ...thread, cwd: start.cwd };
  const { at, model, tier } = start;
  if (model !== undefined) {
    if (state.next?.model.model === model) state.provider = state.next.model.provider;
    state.model = model;
    state.next = { at: at ?? state.lastActivityAt ?? 0, model: { provider: state.provider, model } };
  }
  if (state.owner === "replay") return {};
  if (at !== undefined) state.readyAt = at;
  return {
    turns: nameTurns(state),
    problem: tier === undefined ? undefined : readTier(state, tier),
  };
}

/**
 * `thread_settings_applied`. A model that is changed within a turn holds from the next turn on; between turns the settings
 * come before its `turn_context`. The tier holds from the next response on: the first settings of a thread come behind the
 * `turn_context` of the turn that they are of, and no other line has it.
 *
 * The settings are all of them, not a change: Codex leaves a tier out that is not set (`ThreadSettingsSnapshot` of codex-rs
 * skips what is none), so that without one the standard holds again.
 */
export function readSettings(state: CodexState, thread: CodexThread, event: CodexRow): UsageResult {
  // Each thread's are written when it begins a turn of its own.
  if (state.owner !== "own" && event.threadId === thread.id) setOwner(state, "own");
  if (event.settings === undefined || !isOwn(state, thread, event)) return {};
  const problem = readTier(state, event.nextTier);
  const model = event.nextModel;
  if (model === undefined) return { problem };
  const provider = event.nextProvider?.toLowerCase() ?? state.provider;
  state.next = { at: event.at ?? state.lastActivityAt ?? 0, model: { provider, model } };
  if (state.model === undefined || state.model === model) {
    state.model = model;
    state.provider = provider;
  }
  return { turns: nameTurns(state), problem };
}

/** @returns what is to be said of a tier that is none of those known, whenever it changes */
export function readTier(state: CodexState, logged: string | undefined): string | undefined {
  const name = logged?.toLowerCase();
  const isKnown = name === undefined || TIERS.has(name);
  const tier = isKnown ? TIERS.get(name ?? "") : name;
  const isChanged = tier !== state.tier;
  state.tier = tier;
  return isKnown || !isChanged ? undefined : `Unknown service tier ${quoteValue(name)}: priced at the standard rate.`;
}
