/** What an answer of a tool holds for the card. The three kinds are told apart by what they have. Pure. */
import { isRecord } from "../../core/json/is_record.ts";
import type { CacheOutput } from "../../operations/usage/cache_output.ts";
import type { CostOutput } from "../../operations/usage/cost_output.ts";
import type { SessionOutput } from "../../operations/usage/session_output.ts";

/** What is drawn, and the tool that gives it anew. */
export type Answer =
  | { readonly tool: "session_cost"; readonly output: SessionOutput }
  | { readonly tool: "cache_status"; readonly output: CacheOutput }
  | { readonly tool: "usage_report"; readonly output: CostOutput };

/** @returns what is drawn, or what is said where nothing can be */
export function readAnswer(result: Readonly<Record<string, unknown>>): Answer | string {
  const said = textOf(result["content"]);
  if (result["isError"] === true) return said ?? "It failed, and does not say why.";
  const output = result["structuredContent"];
  if (isRecord(output)) {
    if (isRecord(output["session"])) return { tool: "session_cost", output: output as unknown as SessionOutput };
    if (Array.isArray(output["caches"])) return { tool: "cache_status", output: output as unknown as CacheOutput };
    if (Array.isArray(output["rows"])) return { tool: "usage_report", output: output as unknown as CostOutput };
  }
  return said ?? "There is nothing to draw.";
}

function textOf(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  return content.find((part) => isRecord(part) && part["type"] === "text")?.text;
}
