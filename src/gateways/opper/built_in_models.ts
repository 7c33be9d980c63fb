/**
 * The models that are offered when the gateway's catalogue cannot be had: enough to start with, and no promise that the
 * gateway still has them.
 *
 * Names: the gateway's public command line, 2026-11-20. Limits and reasoning levels: the vendors' as listed by Pi 0.87.1
 * (2026-11-20), the smallest where its lists differ, because a window that is too small only compacts early. Prices are
 * the gateway's to tell, and left out.
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";

/** The first one is the default. */
export const BUILT_IN_MODELS: readonly CatalogueModel[] = [
  {
    id: "claude-opus-4-7",
    name: "Claude Opus 4.7",
    contextWindow: 1_000_000,
    maxOutputTokens: 128_000,
    vision: true,
    reasoning: ["none", "low", "medium", "high", "xhigh", "max"],
    price: {},
  },
  {
    id: "claude-sonnet-4-6",
    name: "Claude Sonnet 4.6",
    contextWindow: 1_000_000,
    maxOutputTokens: 64_000,
    vision: true,
    reasoning: ["none", "low", "medium", "high", "max"],
    price: {},
  },
  {
    id: "claude-haiku-4-5",
    name: "Claude Haiku 4.5",
    contextWindow: 200_000,
    maxOutputTokens: 64_000,
    vision: true,
    reasoning: ["none", "low", "medium", "high"],
    price: {},
  },
  {
    id: "gpt-5.5",
    name: "GPT-5.5",
    contextWindow: 272_000,
    maxOutputTokens: 128_000,
    vision: true,
    reasoning: ["none", "low", "medium", "high", "xhigh"],
    price: {},
  },
  {
    id: "gemini-3.1-pro-preview",
    name: "Gemini 3.1 Pro Preview",
    contextWindow: 1_048_576,
    maxOutputTokens: 65_536,
    vision: true,
    reasoning: ["low", "medium", "high"],
    price: {},
  },
  {
    id: "deepinfra/kimi-k2.6",
    name: "Kimi K2.6",
    contextWindow: 262_144,
    maxOutputTokens: 65_536,
    vision: true,
    // The vendor's own API takes no level; whether the gateway does is its catalogue's to say.
    reasoning: [],
    price: {},
  },
];
