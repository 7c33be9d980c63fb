/** Whose requests are routed, and for how long to the same host. */
import type { DurationMs, ModelRef } from "../model.ts";

/**
 * OpenRouter sends the requests of a conversation to one host until ten minutes went by without any; whichever comes next
 * may be sent to another one, whose cache is empty.
 * https://openrouter.ai/docs/guides/best-practices/prompt-caching, 2026-08-22.
 */
export const STICKY_MS: DurationMs = 10 * 60_000;

/** Whether a router chooses who answers, so that a cache may be lost to a request that is still there. */
export function isRouted({ provider }: Pick<ModelRef, "provider">): boolean {
  return provider === "openrouter";
}
