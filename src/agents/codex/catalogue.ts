/**
 * The gateway's models in Codex' words: the file that `model_catalog_json` names, in the form that `codex debug models` prints
 * (0.169.0, 2026-11-27). Codex takes it in place of its own list, so that its picker has these models, and knows their context
 * and their levels of reasoning.
 *
 * Tools are plain functions: a gateway that translates between vendors may refuse `custom` ones and searches of one vendor. So
 * `apply_patch` is run as a command, which Codex sees to itself.
 */
import type { CatalogueModel } from "../../core/catalogue_model.ts";
import { CODEX_INSTRUCTIONS } from "./instructions.ts";

const LEVELS: Readonly<Record<string, string>> = {
  none: "No reasoning",
  minimal: "Hardly any reasoning",
  low: "Little reasoning, fast",
  medium: "Reasoning for everyday work",
  high: "More reasoning, for what is hard",
  xhigh: "Much reasoning, slow",
  max: "All the reasoning there is",
};

/** Taken first where a model has it. */
const USUAL_LEVEL = "medium";

/** @param first the model to stand first in the picker: Codex takes it where none is named */
export function codexCatalogue(models: readonly CatalogueModel[], first: string | undefined): string {
  const entries = models.map((model, index) => codexModel(model, model.id === first ? 0 : index + 1));
  return `${JSON.stringify({ models: entries })}\n`;
}

/** All members without which Codex refuses the file, and what differs from their defaults. */
function codexModel({ id, name, contextWindow, vision, reasoning }: CatalogueModel, priority: number) {
  return {
    slug: id,
    display_name: name ?? id,
    description: null,
    supported_reasoning_levels: reasoning.map((effort) => ({ effort, description: LEVELS[effort] ?? effort })),
    ...(reasoning.length === 0 ? {} : { default_reasoning_level: usualLevel(reasoning) }),
    default_reasoning_summary: "none",
    support_verbosity: false,
    shell_type: "unified_exec",
    truncation_policy: { mode: "tokens", limit: 10_000 },
    experimental_supported_tools: [],
    supports_search_tool: false,
    input_modalities: vision ? ["text", "image"] : ["text"],
    context_window: contextWindow,
    visibility: "list",
    supported_in_api: true,
    priority,
    base_instructions: CODEX_INSTRUCTIONS,
  };
}

function usualLevel(reasoning: readonly string[]): string {
  if (reasoning.includes(USUAL_LEVEL)) return USUAL_LEVEL;
  return reasoning.find((level) => level !== "none") ?? reasoning[0]!;
}
