/** The model that a response is billed as, and who bills it. */
import type { ModelRef } from "../../core/model.ts";
import { isClaude } from "../../core/model_name.ts";

/**
 * The model as it is billed and cached. In fast mode it costs a multiple, and reads nothing that the same model cached at
 * its usual speed: it is a model of its own, by the name that gateways and ccusage give it. `speed` says what was served,
 * also where another was asked for (Anthropic's documentation of fast mode, 2026-11).
 */
export function modelOf(name: string | undefined, isFast: boolean): string {
  if (name === undefined) return "unknown";
  return isFast && !name.endsWith("-fast") ? `${name}-fast` : name;
}

/**
 * Who bills: Anthropic for its own models, unless the model's or the message's id is of a form that only another's
 * endpoint gives out. Whose key pays for another vendor's model the log does not say.
 *
 * OpenRouter's message ids begin with `gen-` (its own status line for Claude Code goes by that).
 */
export function providerOf(model: string, messageId: string | undefined): string {
  // One line after the other is of one model.
  if (model === lastModel && messageId?.startsWith("msg_01")) return lastProvider;
  const provider = findProvider(model, messageId);
  if (messageId?.startsWith("msg_01")) [lastModel, lastProvider] = [model, provider];
  return provider;
}

/** One object for the turns that follow each other: there are tens of thousands of them. */
export function refOf(provider: string, model: string): ModelRef {
  if (lastRef.provider !== provider || lastRef.model !== model) lastRef = { provider, model };
  return lastRef;
}

let lastRef: ModelRef = { provider: "", model: "" };

let lastModel: string | undefined;
let lastProvider = "";

function findProvider(model: string, messageId: string | undefined): string {
  if (messageId !== undefined && !messageId.startsWith("msg_0")) {
    if (messageId.startsWith("msg_bdrk_")) return "amazon-bedrock";
    if (messageId.startsWith("msg_vrtx_")) return "google-vertex";
    if (messageId.startsWith("gen-")) return "openrouter";
  }
  // Most models are named so, and no cloud's are.
  if (PLAIN_CLAUDE.test(model)) return "anthropic";
  if (BEDROCK.test(model)) return "amazon-bedrock";
  if (VERTEX.test(model)) return "google-vertex";
  return isClaude(model) ? "anthropic" : "unknown";
}

const PLAIN_CLAUDE = /^claude-[\w.-]+(\[1m\])?$/;

/** Ids of Bedrock: an ARN, or `region.vendor.model`; gateways put `bedrock/` before them. */
const BEDROCK =
  /^arn:[\w-]+:bedrock:|^(bedrock|amazon-bedrock)\/|(^|\/)([a-z-]+\.)?(anthropic|amazon|meta|mistral)\.[a-z]/i;

/** Ids of Vertex: `model@date`, or a resource's path; gateways put `vertex_ai/` before them. */
const VERTEX = /^(vertex_ai|vertex|google-vertex)\/|^claude-[^@]+@|\/publishers\/anthropic\//i;
