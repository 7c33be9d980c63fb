/**
 * What clients are told of the tools. Made beforehand by scripts/build_tool_list.ts (`deno task tools`) from the very
 * definitions that arguments are checked by, so that a list needs neither them nor the schema library; `deno task check`
 * holds the two together.
 */
import toolList from "./tool_list.json" with { type: "json" };
import type { JsonObject, ToolAnnotations } from "./tool_definition.ts";

/** A tool as `tools/list` has it. */
export interface ListedTool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
  readonly annotations: ToolAnnotations;
  /** `ui.resourceUri`: the page that draws its answers (MCP Apps 2026-01-26). Told to all clients: lists are equal. */
  readonly _meta?: JsonObject;
}

/** In the order that clients show them. @param readOnly leaves out what starts something */
export function listTools({ readOnly }: { readonly readOnly: boolean }): readonly ListedTool[] {
  const { reading, launching }: Readonly<Record<"reading" | "launching", readonly ListedTool[]>> = toolList;
  return readOnly ? reading : [...reading, ...launching];
}
