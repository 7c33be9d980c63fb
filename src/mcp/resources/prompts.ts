/** Prompts that people choose in their client. They name tools and ask for an answer; they hold no data. */
import { toSafeJson } from "../../core/json/safe_json.ts";
import { ProtocolError } from "../protocol_error.ts";
import type { JsonObject } from "../tools/tool_definition.ts";

interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly { readonly name: string; readonly description: string; readonly required: boolean }[];
}

export const PROMPTS: readonly Prompt[] = [
  {
    name: "why_expensive",
    title: "Why was this session expensive?",
    description: "Finds where the money of a session went: models, cache misses, sub-agents",
    arguments: [{
      name: "session",
      description: "Id or start of an id; without it, the current session",
      required: false,
    }],
  },
  {
    name: "what_is_warm",
    title: "What is warm?",
    description: "Lists the sessions whose prompt cache is still warm, and what letting each expire would cost",
    arguments: [],
  },
];

const TEXTS: Readonly<Record<string, (session: string) => string>> = {
  why_expensive: (session) =>
    `Why was this session expensive? Call session_cost with session ${session} and turns true; follow nextCursor while ` +
    "it is there. Then tell me, in this order and briefly: what it cost and on what basis; which models and sub-agents " +
    "the money went to; the cache-hit ratio, each cache miss that cost something, its cause and what it cost; and the " +
    "one or two habits that would have made it cheaper. Say what is not known instead of guessing.",
  what_is_warm: () =>
    "What is warm? Call cache_status. List the sessions whose prompt cache is warm or maybe warm, soonest to expire " +
    "first: project, model, minutes left, and what the next request costs before and after. Tell me which one is most " +
    "worth resuming now. If none is, say so.",
};

/** @throws {ProtocolError} for an unknown prompt or argument */
export function getPrompt(name: string, args: Readonly<Record<string, string>>): JsonObject {
  const prompt = PROMPTS.find((prompt) => prompt.name === name);
  if (prompt === undefined) {
    const known = PROMPTS.map(({ name }) => name).join(", ");
    throw new ProtocolError(
      "invalid_params",
      `Unknown prompt ${toSafeJson(name.slice(0, 80))}: expected ${known}.`,
    );
  }
  const surplus = Object.keys(args).find((argument) => !completePrompt(name, argument));
  if (surplus !== undefined) {
    throw new ProtocolError("invalid_params", `${name} has no argument ${toSafeJson(surplus.slice(0, 80))}.`);
  }
  // Quoted, so that it stays a name whatever it says.
  const text = TEXTS[name]!(toSafeJson(args["session"] || "current"));
  return { description: prompt.description, messages: [{ role: "user", content: { type: "text", text } }] };
}

/** Whether an argument of a prompt is a session, and can be completed. */
export function completePrompt(name: string, argument: string): boolean {
  return PROMPTS.find((prompt) => prompt.name === name)?.arguments.some(({ name }) => name === argument) ?? false;
}
