import { deepStrictEqual } from "node:assert/strict";
import { filterOfPart } from "./part_filter.ts";

Deno.test("filterOfPart", () => {
  const rows: [by: string, key: string, filter: Record<string, string> | undefined][] = [
    ["model", "openrouter/z-ai/glm-4.6", { provider: "openrouter", model: "z-ai/glm-4.6" }],
    ["model", "gpt-5.4", { model: "gpt-5.4" }],
    ["provider", "openai", { provider: "openai" }],
    ["source", "claude", { source: "claude" }],
    ["project", "/home/kim/api", { project: "/home/kim/api" }],
    ["project", "(hidden)", undefined],
    ["session", "0198", undefined],
  ];
  for (const [by, key, filter] of rows) deepStrictEqual(filterOfPart(by, key), filter);
});
