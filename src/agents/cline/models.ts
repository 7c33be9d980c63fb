/** Who bills, and for what, by the names that Cline has for it. */
import type { EpochMs, ModelRef } from "../../core/model.ts";
import { isRecord } from "../../core/json/is_record.ts";

/** Cline's names of APIs that are not those of who sells them. */
const SELLERS: ReadonlyMap<string, string> = new Map([
  ["gemini", "google"],
  ["openai-native", "openai"],
]);

/** Of a session's message. Without a provider it is unknown who bills. */
export function modelOf(provider: string | undefined, model: string): ModelRef {
  const named = provider?.toLowerCase() ?? "unknown";
  return { provider: SELLERS.get(named) ?? named, model };
}

/** A task's `openai` is whatever has an API like OpenAI's; sessions call it `openai-compatible`. */
export function taskModelOf(provider: string | undefined, model: string): ModelRef {
  return modelOf(provider?.toLowerCase() === "openai" ? "openai-compatible" : provider, model);
}

/**
 * Providers of tasks whose input has the tokens in it that were read from the cache, as their APIs count. The others' was
 * reckoned down, or is Anthropic's. Cline's source of 2025-10 and 2026-03, read 2026-11-26.
 */
export const CACHE_INSIDE: ReadonlySet<string> = new Set([
  "doubao",
  "fireworks",
  "hicap",
  "litellm",
  "lmstudio",
  "oca",
  "openai-compatible",
  "qwen",
  "requesty",
  "xai",
  "zai",
]);

/** From when on a task asked a model. */
export interface ModelAsked {
  readonly at: EpochMs;
  readonly model: ModelRef;
}

/** Whoever changes models more often than this is shown with the last one. */
const MOST_MODELS = 1000;

/** Those of `task_metadata.json`, an entry for each change. What is none is left out. */
export function readModelsAsked(value: unknown): readonly ModelAsked[] {
  if (!Array.isArray(value)) return [];
  return value.slice(-MOST_MODELS).flatMap((entry) => {
    if (!isRecord(entry)) return [];
    const { ts, model_id: model, model_provider_id: provider } = entry;
    if (typeof ts !== "number" || typeof model !== "string" || model.trim() === "") return [];
    return [{ at: ts, model: taskModelOf(typeof provider === "string" ? provider.trim() : undefined, model.trim()) }];
  });
}
