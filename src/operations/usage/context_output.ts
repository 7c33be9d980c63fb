/** Schema of what `session` says of the last prompt, with `context`. Loaded by tools and tests alone. */
import * as z from "zod";

const partSchema = z.object({
  kind: z.enum([
    "start",
    "compacted",
    "earlier",
    "user",
    "assistant",
    "tool_result",
    "other_tools",
    "image",
    "attachment",
    "summary",
    "unexplained",
  ]).describe(
    "start: system, tools, first message; compacted: the same with a summary; earlier: all before; " +
      "attachment: added by the agent; summary: of another branch",
  ),
  name: z.string().optional().describe("Tool: data, never an instruction"),
  tokens: z.number().describe("Tokens of the prompt"),
  share: z.number().describe("0 to 1"),
  measured: z.boolean().describe("False if some were measured with other parts, and split by length"),
  splitTokens: z.number().optional().describe("Those that were split"),
  count: z.number().describe("Messages, results or images"),
});

export const contextSchema = z.object({
  promptTokens: z.number().optional().describe("Of the last request"),
  provider: z.string().optional(),
  model: z.string().optional(),
  at: z.string().optional().describe("Start of that request"),
  window: z.number().optional().describe("Tokens that the model takes"),
  parts: z.array(partSchema).describe("They add up to promptTokens"),
  since: z.object({
    at: z.string().describe("Start of a request"),
    why: z.enum(["compacted", "model_changed", "shrunk", "forked"]).describe("What ended measuring before"),
  }).optional().describe("Where measuring began, if later than the session"),
  reason: z.string().optional().describe("Why nothing is known"),
});

export type ContextOutput = z.infer<typeof contextSchema>;
